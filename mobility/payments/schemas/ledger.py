from collections.abc import Sequence
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from mobility.base.money import Money
from mobility.payments.queries import DayTotal
from mobility.payments.rules.accounting import CHART


class DayTotalView(Struct, kw_only=True):
    """What was written on one kind of account on one day of the city's calendar."""

    day: date
    account: Annotated[str, Meta(examples=["revenue"])]
    chart: Annotated[str, Meta(description="Its number in the French chart of accounts", examples=["706000"])]
    debit: Money
    credit: Money

    @classmethod
    def of(cls, total: DayTotal) -> "DayTotalView":
        return cls(
            day=total.day,
            account=total.account,
            chart=CHART[total.account][0],
            debit=Money(total.debit_cents, total.currency),
            credit=Money(total.credit_cents, total.currency),
        )


class TrialBalance(Struct, kw_only=True):
    totals: Annotated[Sequence[DayTotalView], Meta(description="By day; over all of a day, debits are credits")]
