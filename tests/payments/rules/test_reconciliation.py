from datetime import UTC, datetime

import pytest

from mobility.base.money import Money
from mobility.payments.rules.reconciliation import BalanceLine, Difference, Kind, Matter, differences

AT = datetime(2026, 6, 15, tzinfo=UTC)
CHARGE = (Matter.CHARGE, "pi_1")


def line(matter=Matter.CHARGE, about="pi_1", cents=1990, currency="EUR"):
    return BalanceLine("txn_1", matter, about, Money(cents, currency), 55, AT)


@pytest.mark.parametrize(
    ("theirs", "ours", "kind"),
    [
        ([line()], {CHARGE: Money(1990, "EUR")}, None),
        ([line()], {}, Kind.MISSING_HERE),
        ([line()], {CHARGE: Money(1900, "EUR")}, Kind.OTHER_AMOUNT),
        ([line(currency="CHF")], {CHARGE: Money(1990, "EUR")}, Kind.OTHER_CURRENCY),
        ([], {CHARGE: Money(1990, "EUR")}, Kind.MISSING_THERE),
        ([line(Matter.REFUND, "re_1", -500)], {(Matter.REFUND, "re_1"): Money(500, "EUR")}, None),
        ([line(Matter.PAYOUT, "po_1", -500)], {}, None),
        ([line(Matter.FEE, "", -500)], {}, None),
        ([line(Matter.OTHER, "", -500)], {}, Kind.UNKNOWN),
    ],
)
def test_each_difference_has_its_name(theirs, ours, kind):
    assert [each.kind for each in differences(theirs, ours, list(ours))] == ([kind] if kind else [])


def test_a_difference_tells_both_sides():
    (found,) = differences([line()], {CHARGE: Money(1900, "EUR")}, [])
    assert found == Difference(Kind.OTHER_AMOUNT, Matter.CHARGE, "pi_1", Money(1900, "EUR"), Money(1990, "EUR"))


def test_what_is_expected_there_and_not_here_is_nobodys_difference():
    assert differences([], {}, [CHARGE]) == []
