"""The rules of alerts: which kinds there are, how each behaves where a city file says nothing, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

AlertKind = Literal[
    "low_charge",
    "silent",
    "moved_without_rental",
    "left_zone",
    "ride_outside_area",
    "ride_in_no_ride_zone",
    "parked_elsewhere",
    "tipped",
    "crash",
    "charging_fault",
    "tamper",
    "low_12v",
    "open_damage",
    "unlock_failed",
    "lock_unconfirmed",
    "command_expired",
    "outage",
]
Severity = Literal["info", "warning", "critical"]
TakesOut = Literal["battery_low", "comms_lost", "maintenance", "not_located"]
"""How an alert changes the state of its vehicle, in the words of MDS's mode `micromobility`."""
TaskKind = Literal["swap_battery", "charge", "fetch", "find", "check", "repair"]

KINDS: Final[tuple[AlertKind, ...]] = get_args(AlertKind)
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)

ALARMS: Final[frozenset[AlertKind]] = frozenset({"tipped", "crash", "charging_fault", "tamper", "low_12v"})
"""Kinds that a vehicle's own alarm of the same name raises."""
NOTED: Final[frozenset[AlertKind]] = frozenset(
    {
        "ride_outside_area",
        "ride_in_no_ride_zone",
        "open_damage",
        "unlock_failed",
        "lock_unconfirmed",
        "command_expired",
    }
)
"""Kinds that something which happened raises; no later report can tell that it is over."""
OF_CITIES: Final[frozenset[AlertKind]] = frozenset({"outage"})
"""Kinds that a city has and no vehicle of it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What the thresholds of a kind measure; `worse` says on which side of them it is bad.

    Without `has_clear` the kind is judged once, so that nothing has to get better again.
    """

    unit: Literal["percent", "minutes", "metres"]
    worse: Literal["below", "above"]
    has_clear: bool = True


SCALES: Final[Mapping[AlertKind, Scale]] = {
    "low_charge": Scale("percent", "below"),
    "silent": Scale("minutes", "above"),
    "moved_without_rental": Scale("metres", "above"),
    "left_zone": Scale("metres", "above"),
    "parked_elsewhere": Scale("metres", "above", has_clear=False),
    "outage": Scale("percent", "above"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one kind of alert behaves for one class of vehicles.

    Parameters
    ----------
    raise_at, clear_at
        Thresholds in the unit of the kind's scale; what lies between them changes nothing. None without a scale.
    raise_after_s, clear_after_s
        Seconds for which it must be bad before anybody is told, and well again before it is over.
    latched
        Only a person ends it: that the vehicle says no more of it proves nothing.
    escalate_after_min
        Minutes without acknowledgement after which it becomes one degree graver, each time anew; 0 for never.
    takes_out
        How the vehicle leaves the service, and comes back when the alert is over.
    task, task_due_min
        What a crew is asked to do, and within how many minutes.
    """

    severity: Severity
    enabled: bool = True
    raise_at: float | None = None
    clear_at: float | None = None
    raise_after_s: int = 0
    clear_after_s: int = 0
    latched: bool = False
    escalate_after_min: int = 0
    takes_out: TakesOut | None = None
    task: TaskKind | None = None
    task_due_min: int = 24 * 60


# How far above the class's least charge a vehicle is well again: a swap or an hour's charging, no flicker of the gauge.
CHARGE_CLEARS_ABOVE_PERCENT: Final = 10

DEFAULTS: Final[Mapping[AlertKind, Rule]] = {
    # Raised under the class's `charge_percent_min`: from there on nobody can rent it, so it may as well say so.
    # A minute, because batteries under load read low for seconds.
    "low_charge": Rule(
        severity="info",
        raise_after_s=60,
        clear_after_s=60,
        escalate_after_min=12 * 60,
        takes_out="battery_low",
        task="swap_battery",
    ),
    # Told twenty minutes after the last word. The last minute is waited out by the worker itself, so that one that
    # comes back from an outage of its own hears the fleet first.
    "silent": Rule(
        severity="warning",
        raise_at=19,
        clear_at=5,
        raise_after_s=60,
        escalate_after_min=4 * 60,
        takes_out="comms_lost",
        task="find",
    ),
    # Receivers stray by tens of metres between houses; a van with a vehicle in it does not stop at sixty.
    "moved_without_rental": Rule(
        severity="critical",
        raise_at=60,
        clear_at=30,
        raise_after_s=30,
        clear_after_s=60,
        escalate_after_min=10,
        task="find",
    ),
    "left_zone": Rule(
        severity="warning",
        raise_at=50,
        clear_at=10,
        raise_after_s=120,
        clear_after_s=60,
        escalate_after_min=4 * 60,
        task="fetch",
    ),
    # Told to the rider too, and over when the ride is back: nobody is sent after a rider who took a wrong turn.
    "ride_outside_area": Rule(severity="info", escalate_after_min=60),
    "ride_in_no_ride_zone": Rule(severity="info", escalate_after_min=30),
    # Twice what a phone in a pocket and a receiver under a seat are off together.
    "parked_elsewhere": Rule(severity="info", raise_at=100, task="check"),
    # Who bumps into a moped sets it up again; one that lies for two minutes waits for somebody to be sent.
    "tipped": Rule(
        severity="warning",
        raise_after_s=120,
        clear_after_s=60,
        escalate_after_min=60,
        takes_out="maintenance",
        task="check",
        task_due_min=4 * 60,
    ),
    # Somebody may be hurt: at once, in a ride too, until a person has looked.
    "crash": Rule(
        severity="critical",
        latched=True,
        escalate_after_min=5,
        takes_out="maintenance",
        task="check",
        task_due_min=60,
    ),
    "charging_fault": Rule(
        severity="warning", raise_after_s=300, clear_after_s=300, escalate_after_min=8 * 60, task="check"
    ),
    "tamper": Rule(severity="critical", latched=True, escalate_after_min=15, task="check", task_due_min=60),
    # A flat auxiliary battery still opens the lock today and not tomorrow.
    "low_12v": Rule(severity="warning", raise_after_s=600, clear_after_s=600, escalate_after_min=24 * 60, task="check"),
    # The damage's work order keeps the vehicle off the street and is the crew's task.
    "open_damage": Rule(severity="warning", latched=True, escalate_after_min=24 * 60),
    "unlock_failed": Rule(severity="warning", latched=True, escalate_after_min=60, task="check"),
    # A vehicle that stands open belongs to whoever passes by.
    "lock_unconfirmed": Rule(
        severity="critical", latched=True, escalate_after_min=10, task="check", task_due_min=2 * 60
    ),
    "command_expired": Rule(severity="info", latched=True, escalate_after_min=24 * 60),
    # Half of a fleet does not break down in ten minutes: it is the network, the broker or the consumer. Over when four
    # in five are heard again, and then for as long as the rest need to connect anew.
    "outage": Rule(
        severity="critical", raise_at=50, clear_at=20, raise_after_s=60, clear_after_s=300, escalate_after_min=10
    ),
}
