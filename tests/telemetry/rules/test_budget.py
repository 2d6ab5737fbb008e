from datetime import UTC, datetime, timedelta
from uuid import UUID

from mobility.telemetry.rules.budget import BUDGET_BYTES, REFILL_BYTES_PER_S, Budgets

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
BABBLER, QUIET = UUID(int=1), UUID(int=2)


def test_a_day_kept_aboard_passes_at_once() -> None:
    budgets = Budgets()
    assert all(budgets.spend(QUIET, 400 * 500, NOW) for _ in range(18))


def test_who_babbles_is_stopped_and_who_does_not_is_not() -> None:
    budgets = Budgets(budget=1_000, refill_per_s=100)
    passed = [budgets.spend(BABBLER, 100, NOW) for _ in range(1_000)]
    assert passed.count(True) == 10
    assert budgets.spend(QUIET, 100, NOW)


def test_the_bucket_fills_again_up_to_its_brim_and_says_how_long_that_takes() -> None:
    budgets = Budgets(budget=1_000, refill_per_s=100)
    assert budgets.wait_s(BABBLER, NOW) == 0
    assert budgets.spend(BABBLER, 1_500, NOW)  # the last message may overdraw
    assert budgets.wait_s(BABBLER, NOW) == 6
    assert not budgets.spend(BABBLER, 1, NOW + timedelta(seconds=5))
    assert budgets.spend(BABBLER, 1, NOW + timedelta(seconds=6))
    assert budgets.spend(BABBLER, 1_000, NOW + timedelta(days=1))
    assert not budgets.spend(BABBLER, 1, NOW + timedelta(days=1))


def test_a_clock_that_steps_back_gives_nothing() -> None:
    budgets = Budgets(budget=100, refill_per_s=100)
    budgets.spend(BABBLER, 100, NOW)
    assert budgets.wait_s(BABBLER, NOW - timedelta(hours=1)) == 1


def test_a_vehicle_that_reports_every_second_never_waits() -> None:
    assert REFILL_BYTES_PER_S >= 2 * 400
    assert BUDGET_BYTES >= 24 * 360 * 400
