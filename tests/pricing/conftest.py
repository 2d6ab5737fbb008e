import httpx
import pytest

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions
from mobility.fleet.service import NewVehicle
from tests.booking.conftest import other, phone, public_ids, riders, story
from tests.pricing.drafting import Office
from tests.support.fleets import signed_in

__all__ = ["other", "phone", "public_ids", "riders", "story"]


@pytest.fixture
async def office(client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: list[NewVehicle]) -> Office:
    return Office(client, await signed_in(sessions, clock, city="lakeport"))
