"""Double entry: what a business fact does to the accounts, as lines that sum to zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from mobility.base.money import Money
from mobility.payments.rules.vat import vat_part


class AccountKind(StrEnum):
    RIDER = "rider"
    """What a rider owes; a debit balance is a debt. Owner: the account's id."""
    REVENUE = "revenue"
    """What a city's service earned, without VAT. Owner: the city."""
    VAT = "vat"
    """What is owed to the treasury. Owner: the city."""
    GATEWAY = "gateway"
    """What a payment gateway collected for us. Owner: the gateway's name."""
    DISPUTED = "disputed"
    """What cardholders' banks took back until a dispute is decided. Owner: the gateway's name."""
    LOSSES = "losses"
    """What was lost in disputes, or is too small to be collected. Owner: the city."""
    CREDIT = "credit"
    """What we owe a rider in rides; never below nothing (a deferred trigger). Owner: the account's id."""
    PROMOTIONS = "promotions"
    """What a city gave away: codes, rewards, goodwill. Owner: the city."""
    VOUCHERS = "vouchers"
    """What vouchers that somebody else paid became credit. Owner: the city."""
    FEES = "fees"
    """What a gateway kept for its work. Owner: the gateway's name."""
    PAYOUTS = "payouts"
    """What a gateway sent to our bank account. Owner: the gateway's name."""


VOUCHER: Final = "voucher"
"""The reason of a credit that somebody paid for; every other is a gift of the city's."""


@dataclass(frozen=True, slots=True, order=True)
class Account:
    kind: AccountKind
    owner: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line on one account: positive cents are a debit, negative a credit."""

    account: Account
    cents: int


def rider(account_id: UUID) -> Account:
    return Account(AccountKind.RIDER, str(account_id))


def credit_of(account_id: UUID) -> Account:
    return Account(AccountKind.CREDIT, str(account_id))


def charge_postings(total: Money, *, vat_cents: int, account_id: UUID, city_id: str) -> tuple[Entry, ...]:
    """A rider owes `total`, VAT included: debit the rider, credit the city's revenue and its VAT."""
    return balanced(
        Entry(rider(account_id), total.cents),
        Entry(Account(AccountKind.REVENUE, city_id), vat_cents - total.cents),
        Entry(Account(AccountKind.VAT, city_id), -vat_cents),
    )


def capture_postings(amount: Money, *, account_id: UUID, gateway: str) -> tuple[Entry, ...]:
    """The gateway collected `amount` from a rider: debit the gateway, credit the rider."""
    return balanced(
        Entry(Account(AccountKind.GATEWAY, gateway), amount.cents),
        Entry(rider(account_id), -amount.cents),
    )


def refund_postings(
    amount: Money, *, charged_cents: int, vat_cents: int, given_cents: int, account_id: UUID, city_id: str
) -> tuple[Entry, ...]:
    """We owe a rider `amount` of a charge again, VAT included: what the charge does, backwards.

    `given_cents` of it were given back before: the VAT of all together is that of their sum, so that no cent of it is
    left when everything is back.
    """
    before, after = (vat_part(vat_cents, cents, charged_cents) for cents in (given_cents, given_cents + amount.cents))
    return balanced(
        Entry(rider(account_id), -amount.cents),
        Entry(Account(AccountKind.REVENUE, city_id), amount.cents - (after - before)),
        Entry(Account(AccountKind.VAT, city_id), after - before),
    )


def repaid_postings(amount: Money, *, account_id: UUID, gateway: str) -> tuple[Entry, ...]:
    """The gateway gave `amount` back to a rider: what a capture does, backwards."""
    captured = capture_postings(amount, account_id=account_id, gateway=gateway)
    return balanced(*(Entry(entry.account, -entry.cents) for entry in captured))


def repaid_by_bank_postings(amount: Money, *, account_id: UUID, city_id: str) -> tuple[Entry, ...]:
    """A lost dispute gave a rider what we owed them anyway: so much of it is no loss."""
    return balanced(Entry(rider(account_id), amount.cents), Entry(Account(AccountKind.LOSSES, city_id), -amount.cents))


def dispute_postings(amount: Money, *, gateway: str, city_id: str, state: str) -> tuple[Entry, ...]:
    """A bank takes money back (`open`), and in the end gives it back to us (`won`) or keeps it (`lost`)."""
    till, disputed = Account(AccountKind.GATEWAY, gateway), Account(AccountKind.DISPUTED, gateway)
    match state:
        case "open":
            return balanced(Entry(disputed, amount.cents), Entry(till, -amount.cents))
        case "won":
            return balanced(Entry(till, amount.cents), Entry(disputed, -amount.cents))
    losses = Account(AccountKind.LOSSES, city_id)
    return balanced(Entry(losses, amount.cents), Entry(disputed, -amount.cents))


def grant_postings(amount: Money, *, account_id: UUID, city_id: str, reason_code: str) -> tuple[Entry, ...]:
    """We owe a rider `amount` in rides: debit the city's promotions or vouchers, credit the rider's credit."""
    kind = AccountKind.VOUCHERS if reason_code == VOUCHER else AccountKind.PROMOTIONS
    return balanced(Entry(Account(kind, city_id), amount.cents), Entry(credit_of(account_id), -amount.cents))


def spend_postings(amount: Money, *, account_id: UUID) -> tuple[Entry, ...]:
    """Credit pays `amount` of a debt; a negative one gives it back."""
    return balanced(Entry(credit_of(account_id), amount.cents), Entry(rider(account_id), -amount.cents))


def fee_postings(cents: int, *, gateway: str) -> tuple[Entry, ...]:
    """A gateway kept `cents` of what it collected; negative: it gave them back."""
    return balanced(
        Entry(Account(AccountKind.FEES, gateway), cents), Entry(Account(AccountKind.GATEWAY, gateway), -cents)
    )


def payout_postings(cents: int, *, gateway: str) -> tuple[Entry, ...]:
    """A gateway sent `cents` to our bank account; negative: it took them back."""
    till = Account(AccountKind.GATEWAY, gateway)
    return balanced(Entry(Account(AccountKind.PAYOUTS, gateway), cents), Entry(till, -cents))


def write_off_postings(amount: Money, *, account_id: UUID, city_id: str) -> tuple[Entry, ...]:
    """A debt that nobody collects is a loss."""
    return balanced(Entry(Account(AccountKind.LOSSES, city_id), amount.cents), Entry(rider(account_id), -amount.cents))


def balanced(*entries: Entry) -> tuple[Entry, ...]:
    """The lines that say something (not zero), once their sum is known to be zero; ValueError otherwise."""
    if off := imbalance_cents(entries):
        raise ValueError(f"the entries are off balance by {off} cents")
    return tuple(entry for entry in entries if entry.cents)


def imbalance_cents(entries: Sequence[Entry]) -> int:
    return sum(entry.cents for entry in entries)
