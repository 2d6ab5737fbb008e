"""Whether a vehicle can be promised for a time: free, there where the booking begins, and back where it is due next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from uuid import UUID

from msgspec import Struct


# No dataclass: a search makes thousands of them, and these are made in an eighth of the time.
class Promise(Struct, frozen=True, kw_only=True, gc=False):
    """A vehicle's live booking, or one that is asked for; nobody else's until `blocked_until`.

    The stations are None for a free-floating vehicle, which is booked where it stands and left somewhere.
    """

    starts_at: datetime
    ends_at: datetime
    blocked_until: datetime
    start_station_id: UUID | None
    end_station_id: UUID | None

    def collides(self, other: "Promise") -> bool:
        """Whether one vehicle cannot keep both; half-open, like everything."""
        return self.starts_at < other.blocked_until and other.starts_at < self.blocked_until


class Why(StrEnum):
    """Why a vehicle cannot be promised."""

    TAKEN = "taken"
    ELSEWHERE = "elsewhere"
    """It will stand somewhere else when the booking begins, or nobody knows where."""
    NEEDED_ELSEWHERE = "needed_elsewhere"
    """Its next booking begins somewhere else than this one ends."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """How long a vehicle would stand idle before and after a booking; None: nothing is planned on that side."""

    before: timedelta | None
    after: timedelta | None

    @property
    def tightness(self) -> tuple[int, timedelta]:
        """Smaller is better: a booking between others first, so that whole days stay free; then the shortest gaps."""
        known = [gap for gap in (self.before, self.after) if gap is not None]
        return 2 - len(known), sum(known, timedelta(0))


def why_not(promises: Sequence[Promise], wanted: Promise, *, station_id: UUID | None) -> Why | None:
    """Why the vehicle cannot be promised beside its other bookings; None when it can.

    Parameters
    ----------
    promises
        Its live bookings in the order of time.
    station_id
        Where it stands now; None on the road, and for a free-floating vehicle.
    """
    if any(promise.collides(wanted) for promise in promises):
        return Why.TAKEN
    if wanted.start_station_id is None:
        # Where its next rider will leave it, nobody knows: of a free-floating vehicle one booking is planned at a time.
        return Why.TAKEN if promises else None
    if station_at(promises, wanted.starts_at, station_id=station_id) != wanted.start_station_id:
        return Why.ELSEWHERE
    following = next((promise for promise in promises if promise.starts_at > wanted.starts_at), None)
    if following is not None and following.start_station_id != wanted.end_station_id:
        return Why.NEEDED_ELSEWHERE
    return None


def station_at(promises: Iterable[Promise], at: datetime, *, station_id: UUID | None) -> UUID | None:
    """Where a vehicle will stand: where the last booking that begins before `at` ends, else where it stands now."""
    before = [promise for promise in promises if promise.starts_at <= at]
    return before[-1].end_station_id if before else station_id


def gaps(promises: Iterable[Promise], wanted: Promise) -> Gaps:
    """The idle time that a booking would leave around itself."""
    before = [wanted.starts_at - promise.blocked_until for promise in promises if promise.starts_at < wanted.starts_at]
    after = [promise.starts_at - wanted.blocked_until for promise in promises if promise.starts_at > wanted.starts_at]
    return Gaps(min(before, default=None), min(after, default=None))


def latest_end(promises: Iterable[Promise], begun: Promise) -> datetime | None:
    """Until when a booking could be made longer, for its vehicle's next one; None when nothing follows."""
    following = [promise.starts_at for promise in promises if promise.starts_at > begun.starts_at]
    return min(following) - (begun.blocked_until - begun.ends_at) if following else None


@dataclass(frozen=True, slots=True)
class Chain:
    """What is planned of one vehicle, from where it stands; `station_id` is None while it is on the road."""

    station_id: UUID | None
    promises: tuple[Promise, ...]


def most_standing(chains: Iterable[Chain], station_id: UUID, *, since: datetime) -> int:
    """How many vehicles will stand at a station at most at one time from `since` on, by what is planned now."""
    steps: list[tuple[datetime, int]] = []
    standing = 0
    for chain in chains:
        standing += chain.station_id == station_id
        here = chain.station_id == station_id
        for promise in chain.promises:
            steps += [(promise.starts_at, -1)] if here else []
            here = promise.end_station_id == station_id
            steps += [(promise.ends_at, 1)] if here else []
    standing += sum(step for at, step in steps if at <= since)
    return max(accumulate((step for at, step in sorted(steps) if at > since), initial=standing))
