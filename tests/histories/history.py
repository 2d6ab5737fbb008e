"""One random history of the whole service in virtual time: begun from a seed, told move by move, brought to rest.

Riders, operators and workers act; processes die, messages get lost, come late and twice. After every move the books and
the vehicles are checked; at the end everything must have come to rest.
"""

from datetime import timedelta

from tests.histories.checks import check, check_at_rest
from tests.histories.desk import desk_acts
from tests.histories.moves import (
    OFTEN,
    draw,
    end_ride,
    holder_answers,
    new_card,
    operator_acts,
    rider_pays,
    rides_are_heard,
    time_passes,
    webhook_arrives,
)
from tests.histories.town import Town, Wrong
from tests.support.rides import Person

DAYS_TO_REST = (1, 3, 7)
"""A declined payment is tried again by itself after so many days."""
PLACES_TO_END = [(175.02, -39.98), (175.1, -40.05), (175.0, -40.0), (175.01, -40.0)]
"""For a moped the first; for a car the station that has a free bay."""
EVENING = 10


async def run(town: Town, seed: int, steps: int) -> list[str]:
    """Let `steps` moves happen, then rest; what happened, line by line.

    Raises
    ------
    Wrong
        Something is as it must never be; told with the seed and the whole history.
    """
    await town.begin(seed)
    try:
        for _ in range(steps):
            await draw(town.random)(town)
            await check(town)
        await go_home(town)
        await come_to_rest(town)
        await check_at_rest(town)
    except Exception as error:
        raise Wrong("\n".join([f"{error} (seed {seed}, {steps} steps)", *town.trace])) from error
    return town.trace


async def go_home(town: Town) -> None:
    """Everybody ends what they began while things go on failing, the asking for money above all."""
    for _ in range(EVENING):
        for rider in town.riders:
            await _give_back(town, rider)
        for job in OFTEN:
            await town.work(job)
        await rides_are_heard(town)
        await webhook_arrives(town)
        await town.random.choice([time_passes, rider_pays, holder_answers, operator_acts, desk_acts, desk_acts])(town)
        await check(town)


async def come_to_rest(town: Town) -> None:
    """Nothing fails any more: who still has a vehicle gives it back, everybody pays, and days go by."""
    town.faults.calm = True
    for contest in [each for each in town.bank.contests.values() if each.state == "open"]:
        town.bank.decide(contest, town.random.choice(["won", "lost"]))
    for _ in range(3):
        await _settle(town)
    for rider in town.riders:
        await _give_back(town, rider)
        await new_card(town, rider, "good")
    for days in DAYS_TO_REST:
        await _settle(town)
        town.passes(timedelta(days=days))
    await _settle(town)
    for rider in town.riders:
        await _pay_all(town, rider)
    for _ in range(2):
        await _settle(town)


async def _give_back(town: Town, rider: Person) -> None:
    """A rider ends what goes on; of what was booked nobody comes for anything."""
    current = (await town.ask(rider, "GET", "/v1/me/ride")).json()
    if current["kind"] == "held":
        await town.ask(rider, "DELETE", f"/v1/holds/{current['hold']['id']}")
    elif current["kind"] in {"riding", "paused"}:
        for place in PLACES_TO_END:
            if await end_ride(town, rider, current["rental"]["id"], [place]):
                return
        raise Wrong("a ride can end nowhere")


async def _pay_all(town: Town, rider: Person) -> None:
    payments = (await town.ask(rider, "GET", "/v1/payments")).json()["items"]
    for payment in payments:
        if payment["state"] == "declined":
            await town.ask(rider, "POST", f"/v1/payments/{payment['id']}/pay", {})


async def _settle(town: Town) -> None:
    """What is on its way arrives, every job has a turn, and the leases of those who died run out."""
    town.passes(timedelta(minutes=6))
    while town.air.on_the_way:
        await town.reply(0)
    while town.bank.untold:
        await town.tell(0)
    for job in sorted(town.jobs):
        await town.work(job)
    while await town.jobs["outbox"]():
        pass
