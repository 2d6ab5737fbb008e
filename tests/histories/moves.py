"""What the people of a history do, and what happens around them: one move at a time."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from random import Random

from tests.histories.desk import desk_acts, give_back
from tests.histories.town import Town
from tests.support.rides import LIGHTHOUSE, MARKET, WHARF, Person

TERMINAL, ELSEWHERE = (175.1, -40.05), (176.0, -41.0)
PLACES = [(place.lon, place.lat) for place in (LIGHTHOUSE, MARKET, WHARF, WHARF)] + [TERMINAL, TERMINAL, ELSEWHERE]
WAITS = [
    timedelta(**wait) for wait in ({"seconds": 1}, {"seconds": 7}, {"minutes": 1}, {"minutes": 6}, {"minutes": 40})
]
LONG_WAITS = [timedelta(hours=5), timedelta(days=1)]

WORKER_IS_THERE = 0.95
QUARTER = timedelta(minutes=15)
OUT_AND_BACK = {"B": ("system_suspend", "system_resume"), "P": ("service_end", "service_start")}
"""What an operator reports of a moped, and of a car."""
OFTEN = ["collect_payments", "read_payment_events", "send_refunds", "expire_holds", "expire_commands", "outbox"]
OFTEN += ["watch_bookings", "place_authorisations"]

Move = Callable[[Town], Awaitable[None]]


async def rider_acts(town: Town) -> None:
    """A rider looks at the app and does something that it offers, or something else."""
    rider = town.random.choice(town.riders)
    current = (await town.ask(rider, "GET", "/v1/me/ride")).json()
    match current["kind"]:
        case "none":
            await _from_the_street(town, rider)
        case "held":
            await _with_a_hold(town, rider, current["hold"]["id"])
        case kind:
            await _in_a_ride(town, rider, kind, current["rental"]["id"])


async def rider_books(town: Town) -> None:
    """A rider wants a car for a time to come, here or there."""
    rider = town.random.choice(town.riders)
    stations = (await town.ask(rider, "GET", "/v1/cities/lakeport/stations")).json()["items"]
    starts_at = town.quarter() + QUARTER * town.random.randint(1, 60)
    body = {
        "type": "pebble",
        "station_id": town.random.choice(sorted(stations, key=lambda station: str(station["code"])))["id"],
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + QUARTER * town.random.randint(2, 16)).isoformat(),
    }
    await town.ask(rider, "POST", "/v1/bookings", body)


async def booker_acts(town: Town) -> None:
    """Somebody who has booked comes, cancels, wants to keep the car for longer, or another one."""
    rider = town.random.choice(town.riders)
    for booking in await bookings_of(town, rider):
        path = f"/v1/bookings/{booking['id']}"
        match town.random.choice(["start"] * 6 + ["cancel", "change", "substitute"]):
            case "start":
                await town.wait_for(booking["starts_at"])
                await town.work("beat")
                await town.ask(rider, "POST", f"{path}/start")
                await rides_are_heard(town)
            case "change":
                longer = datetime.fromisoformat(booking["ends_at"]) + QUARTER * town.random.randint(-2, 6)
                await town.ask(rider, "PATCH", path, {"ends_at": longer.isoformat()})
            case other:
                await town.ask(rider, "POST", f"{path}/{other}")


async def bookings_of(town: Town, rider: Person) -> list[dict[str, str]]:
    listed = (await town.ask(rider, "GET", "/v1/bookings")).json()["items"]
    return [booking for booking in listed if booking["state"] == "confirmed"]


async def rider_saves(town: Town) -> None:
    """A rider buys a pass, or lets one run out."""
    rider = town.random.choice(town.riders)
    held = (await town.ask(rider, "GET", "/v1/me/benefits")).json()["passes"]
    if held and town.random.random() < 0.5:
        await town.ask(rider, "DELETE", f"/v1/passes/{town.random.choice(held)['id']}/renewal")
    else:
        body = {"city": "lakeport", "code": town.random.choice(["daily-breeze", "weekend"])}
        await town.ask(rider, "POST", "/v1/passes", body)


async def rider_pays(town: Town) -> None:
    """A rider pays what was declined, perhaps with another card, perhaps answering the bank, perhaps not."""
    rider = town.random.choice(town.riders)
    payments = (await town.ask(rider, "GET", "/v1/payments")).json()["items"]
    declined = [payment["id"] for payment in payments if payment["state"] == "declined"]
    if declined and town.random.random() < 0.6:
        await town.ask(rider, "POST", f"/v1/payments/{town.random.choice(declined)}/pay", {})
    else:
        await new_card(town, rider, town.random.choice(["good", "good", "empty", "careful"]))


async def new_card(town: Town, rider: Person, mood: str) -> None:
    known = set(town.bank.pages)
    opened = await town.ask(rider, "POST", "/v1/me/cards", {})
    if opened.status_code < 400:
        for page in sorted(set(town.bank.pages) - known):
            town.bank.save_card(page, mood)


async def holder_answers(town: Town) -> None:
    waiting = [movement for movement in town.bank.movements.values() if movement.state == "waiting"]
    if waiting:
        town.bank.answer(town.random.choice(waiting), yes=town.random.random() < 0.7)


async def bank_contests(town: Town) -> None:
    """A cardholder's bank takes money back, or decides about what it took."""
    still_open = [contest for contest in town.bank.contests.values() if contest.state == "open"]
    if still_open:
        town.bank.decide(town.random.choice(still_open), town.random.choice(["won", "lost"]))
        return
    contested = {id(contest.movement) for contest in town.bank.contests.values()}
    whole = [m for m in town.bank.movements.values() if m.kept_cents == m.amount.cents and id(m) not in contested]
    if whole and town.random.random() < 0.2:
        town.bank.contest(town.random.choice(whole))


async def operator_acts(town: Town) -> None:
    """An operator takes a vehicle out, brings one back, or gives money back."""
    if town.random.random() < 0.5:
        await give_back(town, town.random.choice(town.desk), town.random.choice(town.riders))
        return
    vehicles = (await town.ask(town.operator, "GET", "/v1/cities/lakeport/fleet/vehicles")).json()["items"]
    out = [vehicle for vehicle in vehicles if vehicle["state"] == "non_operational"]
    vehicle = town.random.choice(out if out and town.random.random() < 0.7 else vehicles)
    await out_or_back(town, vehicle, back=vehicle in out)


async def out_or_back(town: Town, vehicle: dict[str, str], *, back: bool) -> bool:
    body = {"event": OUT_AND_BACK[vehicle["plate"][0]][back], "reason": "seen on the round"}
    answer = await town.ask(town.operator, "POST", f"/v1/fleet/vehicles/{vehicle['id']}/events", body)
    return answer.status_code < 400


async def worker_works(town: Town) -> None:
    await town.work(town.random.choice(OFTEN if town.random.random() < 0.8 else sorted(town.jobs)))


async def rides_are_heard(town: Town) -> None:
    """What riders wait for: commands go out, answers come in, facts are told."""
    await town.work("publish_commands")
    await vehicle_answers(town)
    for _ in range(4):
        await town.work("outbox")


async def vehicle_answers(town: Town) -> None:
    if town.air.on_the_way:
        await town.reply(town.random.randrange(len(town.air.on_the_way)))


async def webhook_arrives(town: Town) -> None:
    """Not in the order in which it was sent."""
    if town.bank.untold:
        await town.tell(town.random.randrange(len(town.bank.untold)))


async def time_passes(town: Town) -> None:
    town.passes(town.random.choice(WAITS))


async def much_time_passes(town: Town) -> None:
    town.passes(town.random.choice(LONG_WAITS))


MOVES: dict[Move, int] = {
    rider_acts: 40,
    rider_books: 5,
    booker_acts: 5,
    rider_saves: 1,
    rides_are_heard: 14,
    worker_works: 20,
    time_passes: 12,
    webhook_arrives: 6,
    vehicle_answers: 4,
    operator_acts: 4,
    desk_acts: 6,
    rider_pays: 3,
    holder_answers: 2,
    bank_contests: 1,
    much_time_passes: 1,
}


def draw(random: Random) -> Move:
    return random.choices(list(MOVES), list(MOVES.values()))[0]


async def _from_the_street(town: Town, rider: Person) -> None:
    plates = await town.plates()
    _, public_id = town.random.choice(plates)
    if town.random.random() < 0.1:
        await town.ask(rider, "GET", f"/v1/cities/lakeport/vehicles/nearby?lon={MARKET.lon}&lat={MARKET.lat}")
    else:
        await town.ask(rider, "POST", "/v1/holds", {"vehicle_id": public_id})


async def _with_a_hold(town: Town, rider: Person, hold_id: str) -> None:
    match town.random.choice(["start"] * 7 + ["cancel"] * 2 + ["another"]):
        case "start":
            if town.random.random() < WORKER_IS_THERE:
                await town.work("beat")
            await town.ask(rider, "POST", "/v1/rentals", {"hold_id": hold_id})
        case "cancel":
            await town.ask(rider, "DELETE", f"/v1/holds/{hold_id}")
        case _:
            await _from_the_street(town, rider)


async def _in_a_ride(town: Town, rider: Person, state: str, rental_id: str) -> None:
    if state == "unlocking" and town.random.random() < 0.8:
        await rides_are_heard(town)
        return
    match town.random.choice(["end"] * 4 + ["pause", "resume", "another"]):
        case "end":
            await end_ride(town, rider, rental_id)
        case "pause":
            await town.ask(rider, "POST", f"/v1/rentals/{rental_id}/pause")
        case "resume":
            await town.ask(rider, "POST", f"/v1/rentals/{rental_id}/resume")
        case "another":
            await _from_the_street(town, rider)


async def end_ride(town: Town, rider: Person, rental_id: str, places: list[tuple[float, float]] = PLACES) -> bool:
    lon, lat = town.random.choice(places)
    body = {"position": {"lon": lon, "lat": lat}}
    return (await town.ask(rider, "POST", f"/v1/rentals/{rental_id}/end", body)).status_code < 400
