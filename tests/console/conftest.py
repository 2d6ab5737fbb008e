from tests.helpdesk.conftest import agent, other, phone, public_ids, riders, settle
from tests.telemetry.conftest import device_of

__all__ = ["agent", "device_of", "other", "phone", "public_ids", "riders", "settle"]
