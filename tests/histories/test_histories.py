from tests.histories.history import run
from tests.histories.town import Town


async def test_everything_is_accounted_for_whatever_happens(town: Town, seed: int, steps: int) -> None:
    assert await run(town, seed, steps)


async def test_the_same_seed_tells_the_same_history(town: Town) -> None:
    assert await run(town, 7, 25) == await run(town, 7, 25)
