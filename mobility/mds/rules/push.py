"""What is pushed to a city's Agency endpoint, and what its answers mean for each record.

References
----------
.. [1] Open Mobility Foundation, MDS OpenAPI 2.0, reference/agency.yaml, models/response/bulk.yaml.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Final, Literal, get_args
from urllib.parse import unquote, urlsplit
from uuid import UUID

from mobility.base.errors import SettingUnreadable
from mobility.city.rules.permit import Mode

Kind = Literal["vehicle", "stop", "event", "telemetry", "trip", "report"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""In the order in which an agency can take them: what is told of a vehicle needs the vehicle, and names stops."""
CHANGING: Final[frozenset[Kind]] = frozenset({"vehicle", "stop"})
"""What is put again when it has changed; the rest is told once."""
PATHS: Final[Mapping[Kind, str]] = {
    "vehicle": "vehicles",
    "stop": "stops",
    "event": "events",
    "telemetry": "telemetry",
    "trip": "trips",
    "report": "reports",
}
IDS: Final[Mapping[Kind, str]] = {
    "vehicle": "device_id",
    "stop": "stop_id",
    "event": "event_id",
    "telemetry": "telemetry_id",
    "trip": "trip_id",
    "report": "report_id",
}
# What of a stop can change once the agency has it: models/mutable-stop.yaml.
OF_A_KNOWN_STOP: Final = (
    *("stop_id", "last_updated", "status", "num_vehicles_available", "num_vehicles_disabled"),
    *("num_places_available", "devices"),
)
TAKEN: Final = frozenset({200, 201})
BAD_REQUEST: Final = 400
TAKEN_IN_PART: Final = frozenset({BAD_REQUEST, 404, 409})
RETRY_FIRST: Final = timedelta(seconds=5)
RETRY_LAST: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Target:
    """A city's Agency endpoint for one mode, and what it wants to be shown."""

    city_id: str
    mode: Mode
    url: str
    token: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agency said; `body` is None where it was no JSON object."""

    status: int
    body: Mapping[str, Any] | None


class Outcome(Enum):
    TAKEN = "taken"
    REFUSED = "refused"
    """It will never be taken as it is."""
    UNREGISTERED = "unregistered"
    """The agency does not know its vehicle: that one goes first, again."""
    AGAIN = "again"


OF_ERROR: Final = {
    "already_registered": Outcome.TAKEN,
    "unregistered": Outcome.UNREGISTERED,
    "bad_param": Outcome.REFUSED,
    "missing_param": Outcome.REFUSED,
}


def read_targets(told: str) -> dict[tuple[str, str], Target]:
    """Endpoints told as `city/mode=https://TOKEN@host/path`, by spaces, the token percent-encoded.

    Raises
    ------
    SettingUnreadable
    """
    targets = [_read(each) for each in told.split()]
    return {(target.city_id, target.mode): target for target in targets}


def _read(told: str) -> Target:
    whose, _, address = told.partition("=")
    city_id, _, mode = whose.partition("/")
    parts = urlsplit(address)
    known: Mode | None = next((each for each in get_args(Mode) if each == mode), None)
    if known is None or not city_id or parts.scheme not in ("http", "https") or not (parts.hostname and parts.username):
        raise SettingUnreadable("MOBILITY_MDS_AGENCIES must be city/mode=https://TOKEN@host/path, several by spaces")
    url = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/")
    return Target(city_id, known, url, unquote(parts.username))


def outcomes(kind: Kind, ids: Sequence[UUID], answer: Answer) -> dict[UUID, tuple[Outcome, str]]:
    """What became of each record that was sent, with the agency's word for it."""
    if kind == "report" and answer.status == BAD_REQUEST:  # it is named by its text, and sent alone
        return dict.fromkeys(ids, (Outcome.REFUSED, "bad_param"))
    failures = _failures(kind, answer)
    is_understood = answer.status in TAKEN or (answer.status in TAKEN_IN_PART and failures)
    if not is_understood:
        return dict.fromkeys(ids, (Outcome.AGAIN, f"http_{answer.status}"))
    return {id_: failures.get(id_, (Outcome.TAKEN, "")) for id_ in ids}


def as_sent(kind: Kind, payload: Mapping[str, Any], *, known: bool) -> Any:
    """What goes over the line of a record: of a known stop what can change, of a report its CSV alone."""
    if kind == "report":
        return payload["csv"]
    return {name: payload[name] for name in OF_A_KNOWN_STOP} if kind == "stop" and known else payload


def closed(stop: Mapping[str, Any], at_ms: int) -> dict[str, Any]:
    """A stop that is no more: nothing stands there, nothing starts and nothing ends."""
    counts = ("num_vehicles_available", "num_vehicles_disabled", "num_places_available")
    nothing = {name: dict.fromkeys(stop[name], 0) for name in counts}
    status = {"is_installed": False, "is_renting": False, "is_returning": False}
    return {**stop, **nothing, "status": status, "devices": [], "last_updated": at_ms}


def wait(attempts: int) -> timedelta:
    """Until the next try, each time twice as long."""
    doublings = min(attempts - 1, 20)
    return min(RETRY_FIRST * (1 << doublings), RETRY_LAST)


def _failures(kind: Kind, answer: Answer) -> dict[UUID, tuple[Outcome, str]]:
    told = (answer.body or {}).get("failures")
    found: dict[UUID, tuple[Outcome, str]] = {}
    for failure in told if isinstance(told, list) else ():
        try:
            id_, error = UUID(failure["item"][IDS[kind]]), str(failure["error"])
        except (KeyError, TypeError, ValueError, AttributeError):
            continue  # whoever it was about was not said
        found[id_] = OF_ERROR.get(error, Outcome.AGAIN), error[:100]
    return found
