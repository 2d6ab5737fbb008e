"""How MDS 2.0 is spoken: versions, hours, milliseconds, names of things, and what is answered when it is not.

References
----------
.. [1] Open Mobility Foundation, Mobility Data Specification 2.0, general-information.md and provider/README.md.
.. [2] Open Mobility Foundation, MDS OpenAPI 2.0, reference/provider.yaml, policy.yaml.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from mobility.base.errors import Malformed, NotFound, Problem, Unauthenticated

VERSION: Final = "2.0.0"
JSON_TYPE: Final = "application/vnd.mds+json"
CSV_TYPE: Final = "text/vnd.mds+csv"
ASKED: Final = "2.0"

HOUR: Final = timedelta(hours=1)
RECENT: Final = timedelta(days=14)
# A transaction begun before the hour was over is long committed by then.
SETTLED_AFTER: Final = timedelta(minutes=5)

NAMESPACE: Final = UUID("4d2c9c1e-6f5b-5d0b-9a51-6a9a7d1f2b10")
_HOUR = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2})", re.ASCII)


class VersionNotServed(Problem):
    status = 406
    code = "mds_version_not_served"
    fr = "Cette API parle MDS 2.0 : demandez « Accept : {accept} »."
    en = 'This API speaks MDS 2.0: ask for "Accept: {accept}".'


class TokenRefused(Unauthenticated):
    code = "mds_token_refused"
    fr = "Ce jeton n'est pas, ou plus, celui d'une autorité de cette ville."
    en = "This token is not, or is no longer, that of an agency of this city."


class TokenExpired(Unauthenticated):
    code = "mds_token_expired"
    fr = "Ce jeton a expiré le {expired_on} : demandez-en un autre à l'opérateur."
    en = "This token expired on {expired_on}: ask the operator for another one."


class NoPermit(NotFound):
    code = "mds_not_spoken_here"
    fr = "Cette ville ne publie rien par MDS pour ce mode."
    en = "This city publishes nothing by MDS for this mode."


class UnknownObject(NotFound):
    code = "mds_unknown_object"
    fr = "Rien ne porte cet identifiant ici."
    en = "Nothing here has this id."


class ParameterMissing(Malformed):
    code = "mds_parameter_missing"
    fr = "Il manque le paramètre « {parameter} »."
    en = 'The parameter "{parameter}" is missing.'


class ParameterUnreadable(Malformed):
    code = "mds_parameter_unreadable"
    fr = "Le paramètre « {parameter} » ne peut pas être lu : {expected}."
    en = 'The parameter "{parameter}" cannot be read: {expected}.'


class RangeTooOld(Malformed):
    code = "mds_range_too_old"
    fr = "Les événements récents ont deux semaines au plus ; les autres sont sous /events/historical."
    en = "Recent events are two weeks old at most; older ones are at /events/historical."


class HourNotOver(NotFound):
    code = "mds_hour_not_over"
    fr = "Cette heure n'est pas encore passée."
    en = "This hour is not over yet."


class NoOperations(NotFound):
    code = "mds_no_operations"
    fr = "Le service ne fonctionnait pas encore à cette heure."
    en = "The service was not operating yet at that hour."


def refuse_other_versions(accept: str | None, media_type: str = JSON_TYPE) -> None:
    """Raise `VersionNotServed` unless `Accept` asks for MDS 2.0.

    Without a version, MDS means one of before versions were asked for, which is not served.
    """
    if not any(_is_ours(each, media_type) for each in (accept or "").split(",")):
        raise VersionNotServed(accept=f"{media_type};version={ASKED}", supported=[ASKED])


def _is_ours(asked: str, media_type: str) -> bool:
    name, *parameters = (part.strip() for part in asked.split(";"))
    given = dict(part.replace(" ", "").lower().partition("=")[::2] for part in parameters)
    wanted = given.get("version", "").strip('"') == ASKED
    return name.lower() == media_type and wanted and not re.fullmatch(r"0(\.0*)?", given.get("q", "1"))


def content_type(media_type: str = JSON_TYPE) -> str:
    return f"{media_type};version={ASKED}"


def error_of(document: dict[str, Any]) -> dict[str, Any]:
    """A problem document with the members of MDS's error message beside its own."""
    detail = document["detail"]
    return {**document, "error": document["code"], "error_description": detail, "error_details": [detail]}


def read_hour(name: str, told: str | None) -> datetime:
    """The beginning of an hour told as `YYYY-MM-DDTHH`, in UTC."""
    if told is None:
        raise ParameterMissing(parameter=name)
    found = _HOUR.fullmatch(told)
    try:
        if found is None:
            raise ValueError(told)
        year, month, day, hour = map(int, found.groups())
        return datetime(year, month, day, hour, tzinfo=UTC)
    except ValueError:
        raise ParameterUnreadable(parameter=name, expected="YYYY-MM-DDTHH, UTC") from None


def read_instant(name: str, told: str | None) -> datetime:
    """An instant told as milliseconds since 1970."""
    if told is None:
        raise ParameterMissing(parameter=name)
    try:
        if not (told.isascii() and told.isdigit()):
            raise ValueError(told)
        return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(told))
    except (ValueError, OverflowError):
        raise ParameterUnreadable(parameter=name, expected="milliseconds since 1970") from None


def read_range(start: str | None, end: str | None, now: datetime) -> tuple[datetime, datetime]:
    """A range of recent events.

    Raises
    ------
    ParameterMissing, ParameterUnreadable, RangeTooOld
    """
    since, until = read_instant("start_time", start), read_instant("end_time", end)
    if until < since:
        raise ParameterUnreadable(parameter="end_time", expected="not before start_time")
    if since < now - RECENT:
        raise RangeTooOld
    return since, until


def refuse_hour(hour: datetime, *, now: datetime, began_at: datetime | None) -> None:
    """Raise why there is nothing to tell of an hour, now or ever."""
    if hour + HOUR > now:
        raise HourNotOver
    if began_at is None or hour + HOUR <= began_at:
        raise NoOperations


def is_settled(hour: datetime, now: datetime) -> bool:
    """Whether nothing of that hour can still be on its way into the database."""
    return now >= hour + HOUR + SETTLED_AFTER


def milliseconds(instant: datetime) -> int:
    return (instant - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)


def id_of(kind: str, *parts: object) -> UUID:
    """The id by which MDS knows something that has none of its own: the same whenever it is asked for."""
    return uuid5(NAMESPACE, " ".join([kind, *map(str, parts)]))
