"""What an operator sees of an outage before and after, over the API."""

import httpx

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions
from mobility.fleet.service import NewVehicle
from tests.booking.conftest import PublicIds
from tests.support.desks import Desk
from tests.support.fleets import signed_in
from tests.support.rides import Phone, refusal


async def test_an_operator_looks_first_and_then_moves_the_bookings(
    client: httpx.AsyncClient,
    town: list[NewVehicle],
    phone: Phone,
    public_ids: PublicIds,
    sessions: Sessions,
    clock: FixedClock,
) -> None:
    car = next(each for each in town if each.plate == "P-001")
    (public_id,) = await public_ids("P-001")
    slot = {"starts_at": "2026-06-16T10:00:00", "ends_at": "2026-06-16T12:00:00"}
    booked = await phone.post("/v1/bookings", {"vehicle_id": str(public_id), **slot})
    assert booked.status_code == 201, booked.text
    desk = Desk(client, await signed_in(sessions, clock, "desk@example.fr", city="lakeport"))
    path = f"/v1/fleet/vehicles/{car.id}/propagation"
    foreseen = await desk.get(path, for_good=True)
    assert foreseen.status_code == 200, foreseen.text
    (move,) = foreseen.json()["moves"]
    assert (move["booking_id"], move["change"], move["is_hurt"]) == (booked.json()["id"], "vehicle", True)
    done = await desk.post(path, {"for_good": True})
    assert done.json() == foreseen.json()
    assert (await desk.get(path, for_good=True)).json() == {"moves": [], "is_proven": True}
    far = await desk.get(path, until="2031-01-01T00:00:00")
    assert refusal(far) == (422, "time_too_far")
