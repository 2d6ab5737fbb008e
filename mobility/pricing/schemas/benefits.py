from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from mobility.base.money import Money
from mobility.city.rules.benefits import PassPlan, ReducedFare
from mobility.pricing.rules.codes import PROMOTION_PATTERN
from mobility.pricing.service.codes import Batch
from mobility.pricing.tables import Entitlement, Promotion, RiderPass, Voucher

CENTS_MAX, VOUCHERS_MAX = 100_000, 500

TypedCode = Annotated[str, Meta(min_length=4, max_length=40, description="As it was typed", examples=["BIENVENUE"])]
Cents = Annotated[int, Meta(ge=0, le=CENTS_MAX, description="In cents, tax included", examples=[500])]


def in_words(names: Mapping[str, str], language: str) -> str:
    """A text in the reader's language, or in the first there is."""
    return names.get(language) or next(iter(names.values()))


class PassPlanView(Struct, kw_only=True):
    """A pass that is for sale."""

    code: str
    name: str
    description: str
    vehicle_types: Sequence[str]
    price: Annotated[Money, Meta(description="Tax included, in cents")]
    days: Annotated[int, Meta(description="How long it is good for")]
    renews: Annotated[bool, Meta(description="Whether it is bought again by itself until that is stopped")]
    free_starts: bool
    minutes_a_day: int
    percent_off: Annotated[int, Meta(description="Off of what is not free")]

    @classmethod
    def of(cls, plan: PassPlan, currency: str, language: str) -> Self:
        return cls(
            code=plan.code,
            name=in_words(plan.name, language),
            description=in_words(plan.description, language),
            vehicle_types=plan.vehicle_types,
            price=Money(plan.price_cents, currency),
            days=plan.days,
            renews=plan.renews,
            free_starts=plan.free_starts,
            minutes_a_day=plan.minutes_a_day,
            percent_off=plan.percent_off,
        )


class PassesForSale(Struct, kw_only=True):
    plans: list[PassPlanView]


class PassRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    city: Annotated[str, Meta(max_length=40)]
    code: Annotated[str, Meta(max_length=40, description="Of a pass that the city sells")]


class PassView(Struct, kw_only=True):
    id: UUID
    code: str
    name: str
    state: Annotated[Literal["pending", "active"], Meta(description="pending: it begins once it is paid")]
    starts_at: datetime
    ends_at: Annotated[datetime, Meta(description="The first instant at which it is over")]
    renews: bool

    @classmethod
    def of(cls, held: RiderPass, language: str) -> Self:
        return cls(
            id=held.id,
            code=held.code,
            name=in_words(msgspec.convert(held.terms, PassPlan).name, language),
            state=held.state,  # type: ignore[arg-type]  # the table's check constraint
            starts_at=held.starts_at,
            ends_at=held.ends_at,
            renews=held.renews,
        )


class CodeRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    city: Annotated[str, Meta(max_length=40)]
    code: TypedCode


class CodeView(Struct, kw_only=True):
    """What a code was good for: credit at once, or something off of coming rides."""

    kind: Literal["voucher", "promotion"]
    credit: Money | None = None
    percent_off: int | None = None
    amount_off: Money | None = None
    rides: int | None = None

    @classmethod
    def of(cls, found: Promotion | Voucher, currency: str) -> Self:
        if isinstance(found, Voucher):
            return cls(kind="voucher", credit=Money(found.cents, found.currency))
        return cls(
            kind="promotion",
            percent_off=found.percent_off or None,
            amount_off=Money(found.cents_off, currency) if found.cents_off else None,
            rides=found.rides_each,
        )


class ClaimView(Struct, kw_only=True):
    code: str
    percent_off: int
    cents_off: int
    rides_left: int
    ends_at: datetime


class OwnFareView(Struct, kw_only=True):
    """A reduced fare that I ride by."""

    city: str
    name: str
    percent_off: int
    ends_at: datetime


class Benefits(Struct, kw_only=True):
    """What makes my rides cheaper."""

    passes: list[PassView]
    promotions: list[ClaimView]
    reduced_fares: list[OwnFareView]


class PromotionRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """Either `percent_off` or `cents_off` of a ride, in so many rides of each rider who types the code."""

    code: Annotated[str, Meta(pattern=PROMOTION_PATTERN, examples=["BIENVENUE"])]
    starts_at: datetime
    ends_at: datetime
    percent_off: Annotated[int, Meta(ge=0, le=100)] = 0
    cents_off: Cents = 0
    rides_each: Annotated[int, Meta(ge=1, le=100)] = 1
    riders_max: Annotated[int, Meta(ge=1, le=1_000_000, description="null: as many as come")] | None = None
    new_riders_only: bool = False
    vehicle_types: Annotated[list[str], Meta(max_length=20, description="Empty: all classes of the city")] = []


class PromotionView(Struct, kw_only=True):
    id: UUID
    code: str
    percent_off: int
    cents_off: int
    rides_each: int
    riders_max: int | None
    riders: Annotated[int, Meta(description="How many have typed it")]
    new_riders_only: bool
    vehicle_types: list[str]
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, row: Promotion) -> Self:
        return cls(**{name: getattr(row, name) for name in cls.__struct_fields__})


class PromotionList(Struct, kw_only=True):
    """Newest first."""

    items: list[PromotionView]
    next: UUID | None


class VoucherRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    count: Annotated[int, Meta(ge=1, le=VOUCHERS_MAX)]
    cents: Annotated[int, Meta(ge=1, le=CENTS_MAX, description="What each is worth, in cents")]
    good_until: datetime


class VoucherBatch(Struct, kw_only=True):
    """Vouchers printed at once."""

    printed_at: datetime
    good_until: datetime
    worth: Annotated[Money, Meta(description="Of each")]
    count: int
    redeemed: Annotated[int, Meta(description="How many have become credit")]

    @classmethod
    def of(cls, batch: Batch) -> Self:
        return cls(**{name: getattr(batch, name) for name in cls.__struct_fields__})


class VoucherBatchList(Struct, kw_only=True):
    """Newest first."""

    items: list[VoucherBatch]
    next: Annotated[datetime | None, Meta(description="`before` of the next page; null on the last")]


class VoucherCodes(Struct, kw_only=True):
    codes: Annotated[list[str], Meta(description="Shown this once: only their hashes are kept")]


class EntitlementRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """Of the account with that e-mail address or phone number: one of the two."""

    email: Annotated[str, Meta(max_length=254)] | None = None
    phone: Annotated[str, Meta(max_length=40)] | None = None
    code: Annotated[str, Meta(max_length=40, description="Of a reduced fare of the city")]
    ends_at: datetime


class EntitlementView(Struct, kw_only=True):
    id: UUID
    account_id: UUID
    code: str
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, row: Entitlement) -> Self:
        return cls(**{name: getattr(row, name) for name in cls.__struct_fields__})


class EntitlementList(Struct, kw_only=True):
    """Newest first."""

    items: list[EntitlementView]
    next: UUID | None


def own_fare(row: Entitlement, fares: Sequence[ReducedFare], language: str) -> OwnFareView | None:
    """None for a fare that the city has abolished."""
    fare = next((fare for fare in fares if fare.code == row.code), None)
    if fare is None:
        return None
    name = in_words(fare.name, language)
    return OwnFareView(city=row.city_id, name=name, percent_off=fare.percent_off, ends_at=row.ends_at)
