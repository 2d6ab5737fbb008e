from tests.helpdesk.conftest import agent, colleague, other, phone, public_ids, riders, settle

__all__ = ["agent", "colleague", "other", "phone", "public_ids", "riders", "settle"]
