from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.base.money import Money
from mobility.payments.rules.ledger import (
    Account,
    AccountKind,
    Entry,
    balanced,
    capture_postings,
    charge_postings,
    imbalance_cents,
    rider,
)

RIDER = UUID(int=1)
TOTALS = st.builds(Money, st.integers(1, 10**9), st.just("EUR"))


def test_a_charge_debits_the_rider_and_credits_revenue_and_vat():
    assert charge_postings(Money(1990, "EUR"), vat_cents=332, account_id=RIDER, city_id="bethune") == (
        Entry(rider(RIDER), 1990),
        Entry(Account(AccountKind.REVENUE, "bethune"), -1658),
        Entry(Account(AccountKind.VAT, "bethune"), -332),
    )


def test_a_charge_without_vat_has_no_vat_line():
    entries = charge_postings(Money(500, "EUR"), vat_cents=0, account_id=RIDER, city_id="bethune")
    assert [entry.account.kind for entry in entries] == [AccountKind.RIDER, AccountKind.REVENUE]


def test_a_capture_moves_the_debt_from_the_rider_to_the_gateway():
    assert capture_postings(Money(1990, "EUR"), account_id=RIDER, gateway="local") == (
        Entry(Account(AccountKind.GATEWAY, "local"), 1990),
        Entry(rider(RIDER), -1990),
    )


@given(total=TOTALS, share=st.fractions(0, Fraction(1, 4)))
def test_a_charge_and_its_capture_always_balance_and_leave_the_rider_at_zero(total, share):
    charged = charge_postings(total, vat_cents=int(total.cents * share), account_id=RIDER, city_id="bethune")
    captured = capture_postings(total, account_id=RIDER, gateway="local")
    assert imbalance_cents(charged) == imbalance_cents(captured) == 0
    assert sum(entry.cents for entry in charged + captured if entry.account == rider(RIDER)) == 0
    assert all(entry.cents for entry in charged + captured)


def test_entries_off_balance_are_refused():
    with pytest.raises(ValueError, match="off balance by 1 cents"):
        balanced(Entry(rider(RIDER), 10), Entry(Account(AccountKind.REVENUE, "bethune"), -9))
