from collections.abc import Iterator, Sequence

from mobility.city.rules.benefits import ChargingReward, PassPlan, ReducedFare
from mobility.city.rules.checks.codes import repeated, unknown
from mobility.city.rules.checks.texts import names, of_texts
from mobility.city.rules.city_file import VehicleType
from mobility.city.rules.faults import Fault


def check_passes(
    languages: Sequence[str], vehicle_types: Sequence[VehicleType], passes: Sequence[PassPlan]
) -> Iterator[Fault]:
    """A pass is of classes that exist, and good for something."""
    yield from repeated("passes", passes)
    texts = names("passes", passes)
    texts += [(f"passes[{at}].description", each.description) for at, each in enumerate(passes)]
    yield from of_texts(texts, languages)
    types = {vehicle_type.code for vehicle_type in vehicle_types}
    for at, each in enumerate(passes):
        yield from unknown(f"passes[{at}].vehicle_types", each.vehicle_types, types, "vehicle_type")
        if not (each.free_starts or each.minutes_a_day or each.percent_off):
            message = "gives nothing: neither free starts, nor minutes, nor a part off"
            yield Fault(f"passes[{at}]", "empty_pass", message)


def check_reduced_fares(
    languages: Sequence[str], vehicle_types: Sequence[VehicleType], reduced_fares: Sequence[ReducedFare]
) -> Iterator[Fault]:
    yield from repeated("reduced_fares", reduced_fares)
    yield from of_texts(names("reduced_fares", reduced_fares), languages)
    types = {vehicle_type.code for vehicle_type in vehicle_types}
    for at, fare in enumerate(reduced_fares):
        yield from unknown(f"reduced_fares[{at}].vehicle_types", fare.vehicle_types, types, "vehicle_type")


def check_charging_rewards(
    vehicle_types: Sequence[VehicleType], charging_rewards: Sequence[ChargingReward]
) -> Iterator[Fault]:
    """One reward for a class that exists."""
    types = {vehicle_type.code for vehicle_type in vehicle_types}
    for at, reward in enumerate(charging_rewards):
        yield from unknown(f"charging_rewards[{at}].vehicle_type", [reward.vehicle_type], types, "vehicle_type")
        if reward.vehicle_type in {before.vehicle_type for before in charging_rewards[:at]}:
            message = f"{reward.vehicle_type!r} has a reward already"
            yield Fault(f"charging_rewards[{at}].vehicle_type", "duplicate_code", message)
