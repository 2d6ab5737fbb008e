import itertools
from datetime import date
from typing import get_args

import pytest

from mobility.city.rules.city_file import MaintenanceRule
from mobility.fleet.rules import damages, off_road, upkeep
from mobility.fleet.rules.damages import CLOSED, DamageClosed, DamageState, Kind
from mobility.fleet.rules.modes import MACHINES, Mode
from mobility.fleet.rules.upkeep import Due, OdometerImplausible, OrderState, Served, WorkOrderClosed, due
from mobility.fleet.tables import Damage, DamageReport, WorkOrder


@pytest.mark.parametrize(("state", "word"), [*itertools.product(DamageState, damages.Word)])
def test_a_closed_damage_stays_closed_and_what_is_so_may_be_said_again(state: DamageState, word: damages.Word) -> None:
    says = {"confirm": DamageState.CONFIRMED, "dismiss": DamageState.DISMISSED, "repair": DamageState.REPAIRED}[word]
    if state in CLOSED and state != says:
        with pytest.raises(DamageClosed) as refused:
            damages.decide(state, word)
        assert refused.value.facts == {"state": state}
    else:
        assert damages.decide(state, word) == says


@pytest.mark.parametrize(("state", "word"), [*itertools.product(OrderState, upkeep.Word)])
def test_an_order_once_done_or_called_off_stays_so(state: OrderState, word: upkeep.Word) -> None:
    says = {"start": OrderState.IN_PROGRESS, "finish": OrderState.DONE, "call_off": OrderState.CANCELLED}[word]
    allowed = state in (OrderState.OPEN, OrderState.IN_PROGRESS) or (state, word) == (
        OrderState.DONE,
        upkeep.Word.FINISH,
    )
    if allowed:
        assert upkeep.decide(state, word) == says
    else:
        with pytest.raises(WorkOrderClosed):
            upkeep.decide(state, word)


def test_the_tables_take_the_words_of_the_rules() -> None:
    checks = {
        (table.__tablename__, str(each.name).rpartition("_")[2]): str(each.sqltext)  # type: ignore[attr-defined]
        for table in (Damage, DamageReport, WorkOrder)
        for each in table.__table__.constraints  # type: ignore[attr-defined]
        if hasattr(each, "sqltext")
    }
    words = {
        ("damage", "kind"): get_args(Kind),
        ("damage", "severity"): damages.SEVERITIES,
        ("damage", "state"): tuple(DamageState),
        ("damage_report", "role"): get_args(damages.ReporterRole),
        ("damage_report", "severity"): damages.SEVERITIES,
        ("work_order", "state"): tuple(OrderState),
    }
    for where, allowed in words.items():
        assert sorted(checks[where].split("'")[1::2]) == sorted(allowed), where


@pytest.mark.parametrize("mode", list(Mode))
def test_a_vehicle_leaves_the_road_and_comes_back_by_the_events_of_its_mode(mode: Mode) -> None:
    machine = MACHINES[mode]
    for state in ("available", "reserved"):
        assert machine.walk(state, off_road.leaving(mode, state))[-1][2] == "non_operational"
    assert machine.move("non_operational", off_road.COMING_BACK[mode]) == "available"


@pytest.mark.parametrize("mode", list(Mode))
def test_a_vehicle_that_is_ridden_away_or_out_already_is_left_as_it_is(mode: Mode) -> None:
    for state in set(MACHINES[mode].states) - {"available", "reserved"}:
        assert off_road.leaving(mode, state) == ()


@pytest.mark.parametrize(
    ("state", "because", "by_itself", "expected"),
    [
        ("non_operational", "damage", True, True),
        ("non_operational", "work_order", True, True),
        ("non_operational", "low_charge", True, False),
        ("non_operational", "damage", False, False),
        ("removed", "damage", True, False),
        ("available", "damage", True, False),
    ],
)
def test_only_what_left_for_a_damage_or_an_order_comes_back_by_itself(
    state: str, because: str, by_itself: bool, expected: bool
) -> None:
    assert off_road.comes_back(state, left_because=because, left_by_itself=by_itself) is expected


def rule(**given: int) -> MaintenanceRule:
    return MaintenanceRule(code="service", name={"en": "Service"}, vehicle_types=("breeze",), **given)


CAME = Served(0, date(2026, 1, 31))


@pytest.mark.parametrize(
    ("given", "odometer_m", "today", "expected"),
    [
        ({"every_km": 5}, 4_999, date(2030, 1, 1), None),
        ({"every_km": 5}, 5_000, date(2026, 2, 1), Due(odometer_m=5_000)),
        ({"every_km": 5}, 17_000, date(2026, 2, 1), Due(odometer_m=5_000)),
        ({"every_months": 1}, 10**9, date(2026, 2, 27), None),
        ({"every_months": 1}, 0, date(2026, 2, 28), Due(on=date(2026, 2, 28))),
        ({"every_months": 25}, 0, date(2028, 2, 29), Due(on=date(2028, 2, 29))),
        ({"every_months": 12}, 0, date(2027, 1, 30), None),
        ({"every_months": 11}, 0, date(2026, 12, 31), Due(on=date(2026, 12, 31))),
        ({"every_km": 5, "every_months": 1}, 0, date(2026, 3, 1), Due(on=date(2026, 2, 28))),
        ({"every_km": 5, "every_months": 1}, 6_000, date(2026, 3, 1), Due(odometer_m=5_000)),
    ],
)
def test_work_is_due_at_the_point_that_was_reached(
    given: dict[str, int], odometer_m: int, today: date, expected: Due | None
) -> None:
    assert due(rule(**given), CAME, odometer_m=odometer_m, today=today) == expected


def test_the_next_point_counts_from_when_the_work_was_done() -> None:
    served = Served(7_300, date(2026, 6, 1))
    assert due(rule(every_km=5), served, odometer_m=12_299, today=date(2026, 6, 1)) is None
    assert due(rule(every_km=5), served, odometer_m=12_300, today=date(2026, 6, 1)) == Due(odometer_m=12_300)


@pytest.mark.parametrize("read", [0, 400_001, 2_000_000])
def test_an_odometer_far_from_what_the_vehicle_says_is_refused(read: int) -> None:
    upkeep.refuse_implausible(300_000, heard_m=300_000)
    upkeep.refuse_implausible(310_000, heard_m=300_000)
    with pytest.raises(OdometerImplausible) as refused:
        upkeep.refuse_implausible(read, heard_m=300_000)
    assert refused.value.facts == {"odometer_m": 300_000}
