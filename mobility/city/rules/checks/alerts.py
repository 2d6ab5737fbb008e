from collections.abc import Iterator, Sequence

from mobility.city.rules.alert_rules import NOTED, OF_CITIES, SCALES
from mobility.city.rules.checks.codes import unknown
from mobility.city.rules.city_file import AlertRule, VehicleType
from mobility.city.rules.faults import Fault

LARGEST = {"percent": 100.0, "minutes": 43_200.0, "metres": 100_000.0}


def check_alerts(vehicle_types: Sequence[VehicleType], alerts: Sequence[AlertRule] = ()) -> Iterator[Fault]:
    """A rule fits its kind and its classes, and no class has two rules of one kind."""
    modes = {each.code: each.mode for each in vehicle_types}
    for at, rule in enumerate(alerts):
        path = f"alerts[{at}]"
        yield from unknown(f"{path}.vehicle_types", rule.vehicle_types, set(modes), "vehicle_type")
        yield from _thresholds(path, rule)
        yield from _of_what_happened(path, rule)
        yield from _of_the_city(path, rule)
        yield from _states(path, rule, {modes[code] for code in modes if rule.binds(code)})
        yield from _repeated(path, rule, alerts[:at])


def _thresholds(path: str, rule: AlertRule) -> Iterator[Fault]:
    scale = SCALES.get(rule.kind)
    given = {name: value for name in ("raise_at", "clear_at") if (value := getattr(rule, name)) is not None}
    wanted = {"raise_at", "clear_at"} if scale and scale.has_clear else {"raise_at"} if scale else set()
    for name in sorted(given.keys() - wanted):
        yield Fault(f"{path}.{name}", "no_threshold", f"{rule.kind!r} is not judged by {name!r}")
    if not scale or not given:
        return
    for name in sorted(wanted - given.keys()):
        yield Fault(f"{path}.{name}", "missing_key", "is missing: both thresholds are given, or none")
    for name, value in given.items():
        if not 0 <= value <= LARGEST[scale.unit]:
            message = f"{value:g} {scale.unit} is not between 0 and {LARGEST[scale.unit]:g}"
            yield Fault(f"{path}.{name}", "wrong_value", message)
    if rule.raise_at is not None and rule.clear_at is not None:
        raised_below = scale.worse == "below"
        if (rule.clear_at <= rule.raise_at) if raised_below else (rule.clear_at >= rule.raise_at):
            side = "above" if raised_below else "below"
            yield Fault(f"{path}.clear_at", "thresholds_reversed", f"{rule.kind!r} is over {side} its 'raise_at'")


def _of_what_happened(path: str, rule: AlertRule) -> Iterator[Fault]:
    scale = SCALES.get(rule.kind)
    judged_once = rule.kind in NOTED or (scale is not None and not scale.has_clear)
    for name in ("raise_after_s", "clear_after_s"):
        if judged_once and getattr(rule, name) is not None:
            yield Fault(f"{path}.{name}", "no_delay", f"{rule.kind!r} happens once: there is nothing to wait for")


def _of_the_city(path: str, rule: AlertRule) -> Iterator[Fault]:
    for name in ("vehicle_types", "takes_out", "task", "task_due_min"):
        if rule.kind in OF_CITIES and getattr(rule, name):
            yield Fault(f"{path}.{name}", "of_the_city", f"{rule.kind!r} is told of a city, not of a vehicle")


def _states(path: str, rule: AlertRule, modes: set[str]) -> Iterator[Fault]:
    if rule.takes_out == "comms_lost" and rule.kind != "silent":
        yield Fault(f"{path}.takes_out", "wrong_state", "only a vehicle that is 'silent' is out of contact")
    if rule.takes_out == "not_located" and "car-share" in modes:
        yield Fault(f"{path}.takes_out", "wrong_state", "MDS knows no missing cars: name the classes it holds for")


def _repeated(path: str, rule: AlertRule, before: Sequence[AlertRule]) -> Iterator[Fault]:
    for at, other in enumerate(before):
        both_general = not rule.vehicle_types and not other.vehicle_types
        if rule.kind == other.kind and (both_general or set(rule.vehicle_types) & set(other.vehicle_types)):
            yield Fault(path, "duplicate_rule", f"alerts[{at}] is already a rule of {rule.kind!r} for the same class")
