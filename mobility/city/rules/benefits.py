"""What makes rides cheaper for some: passes, reduced fares, rewards. docs/city-file.md explains every key."""

from typing import Annotated

from msgspec import Meta

from mobility.city.rules.tariffs import Cap, Cents, SomeUnits, Units
from mobility.city.rules.words import Code, Names, Record

PASSES_MAX, REDUCED_FARES_MAX, REWARDS_MAX = 50, 50, 20

PercentOff = Annotated[int, Meta(ge=0, le=100)]


class PassPlan(Record, frozen=True, kw_only=True):
    """What can be bought for `days` at once: free starts, minutes a day without charge, so much off of the rest.

    One that `renews` is bought again by itself until its holder says otherwise.
    """

    code: Code
    name: Names
    description: Names
    vehicle_types: Annotated[tuple[Code, ...], Meta(min_length=1)]
    price_cents: Cap
    days: Annotated[int, Meta(gt=0, le=366)]
    renews: bool = False
    free_starts: bool = False
    minutes_a_day: Units = 0
    percent_off: PercentOff = 0


class ReducedFare(Record, frozen=True, kw_only=True):
    """So much off of rides for people who meet a criterion of the city; only they and the city know which."""

    code: Code
    name: Names
    vehicle_types: Annotated[tuple[Code, ...], Meta(min_length=1)]
    percent_off: Annotated[int, Meta(gt=0, le=100)]


class ChargingReward(Record, frozen=True, kw_only=True):
    """Credit for who ends a ride at a charger with at most `below_percent` of charge and plugs in soon enough."""

    vehicle_type: Code
    below_percent: Annotated[int, Meta(gt=0, lt=100)]
    cents: Cents
    within_minutes: SomeUnits = 15
