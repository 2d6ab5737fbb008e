from tests.booking.conftest import other, phone, public_ids, riders, story

__all__ = ["other", "phone", "public_ids", "riders", "story"]
