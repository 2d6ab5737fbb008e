"""What the service's people do for riders: what they see they end, correct, give back and grant, much of it by two."""

from sqlalchemy import text

from tests.histories.town import Town, Wrong
from tests.support.rides import LIGHTHOUSE, WHARF, Person

WHY = "the rider has called"
HERE = [(place.lon, place.lat) for place in (LIGHTHOUSE, WHARF)]
CREDITS = [200, 1_000, 6_000]
"""In cents; the last takes two people."""
CHARGED = text(
    """
    SELECT coalesce(sum(p.amount_cents + p.credit_cents - back.cents), 0)
    FROM payment p CROSS JOIN LATERAL (
        SELECT coalesce(sum(f.amount_cents), 0) AS cents FROM refund f
        WHERE f.payment_id = p.id AND f.state <> 'refused' AND f.operator_id IS NOT NULL
    ) back
    WHERE p.state <> 'written_off' AND (p.reference_id = CAST(:rental_id AS uuid) OR p.reference_id IN (
        SELECT id FROM support_act WHERE reference_id = CAST(:rental_id AS uuid) AND kind = 'price'))
    """
)


async def desk_acts(town: Town) -> None:
    """Somebody at the desk does something for a rider, or decides about what somebody asked for."""
    agent, rider = town.random.choice(town.desk), town.random.choice(town.riders)
    await town.random.choice([_end, _correct, _correct, give_back, _grant, _decide, _decide])(town, agent, rider)


async def give_back(town: Town, agent: Person, rider: Person) -> None:
    """Of a payment that the desk found in a rider's list, as far as there was one; sometimes too much."""
    payments = (await town.ask(rider, "GET", "/v1/payments")).json()["items"]
    if payments:
        payment = town.random.choice(payments)
        cents = max(1, int(payment["amount"]["cents"] * town.random.choice([0.3, 0.5, 1, 1, 1.2])))
        path = f"/v1/support/payments/{payment['id']}/refunds"
        await town.ask(agent, "POST", path, {"cents": cents, "reason": "rain inside"})


async def _end(town: Town, agent: Person, rider: Person) -> None:
    """Wherever the vehicle stands, whatever the zones say."""
    current = (await town.ask(rider, "GET", "/v1/me/ride")).json()
    if current["kind"] in {"unlocking", "riding", "paused"}:
        lon, lat = town.random.choice(HERE)
        body = {"position": {"lon": lon, "lat": lat}, "reason": WHY}
        if town.random.random() < 0.3:
            body["ended_at"] = current["rental"]["started_at"] or current["rental"]["requested_at"]
        await town.ask(agent, "POST", f"/v1/support/rides/{current['rental']['id']}/end", body)


async def _correct(town: Town, agent: Person, rider: Person) -> None:
    """Less, more, nothing, or so much more that it takes two."""
    listed = (await town.ask(rider, "GET", "/v1/rentals")).json()["items"]
    rides = [ride for ride in listed if ride["state"] == "ended" or town.random.random() < 0.1]
    if rides:
        ride = town.random.choice(rides)
        cents = town.random.choice([0, 100, 300, 900, 7_000])
        path = f"/v1/support/rides/{ride['id']}/price"
        answer = await town.ask(agent, "POST", path, {"cents": cents, "reason": WHY})
        if answer.status_code < 400 and answer.json()["state"] == "done":
            await _is_charged(town, ride["id"], cents)


async def _grant(town: Town, agent: Person, rider: Person) -> None:
    body = {"cents": town.random.choice(CREDITS), "reason": WHY}
    await town.ask(agent, "POST", f"/v1/cities/lakeport/accounts/{rider.account_id}/credit", body)


async def _decide(town: Town, agent: Person, _: Person) -> None:
    """About what waits for a second person; whoever asked is told that it takes another."""
    waiting = (await town.ask(agent, "GET", "/v1/cities/lakeport/support-acts?state=waiting")).json()["items"]
    if not waiting:
        return
    act = town.random.choice(waiting)
    verb = town.random.choice(["agree", "agree", "agree", "refuse"])
    answer = await town.ask(agent, "POST", f"/v1/support-acts/{act['id']}/{verb}")
    if answer.status_code < 400 and act["asked_by"] == str(agent.account_id):
        raise Wrong("somebody agreed with themselves")
    if answer.status_code < 400 and act["kind"] == "price" and verb == "agree":
        await _is_charged(town, act["reference_id"], act["cents"])


async def _is_charged(town: Town, rental_id: str, cents: int) -> None:
    """A corrected price is what the rider pays, after what they pay for it already and what goes back."""
    async with town.sessions() as session:
        charged = await session.scalar(CHARGED, {"rental_id": rental_id})
    if charged != cents:
        raise Wrong(f"a ride's price was corrected to {cents} cents, and {charged} are charged")
