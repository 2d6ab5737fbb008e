"""The two statements of a reservation: what there is to know, and what changes when the vehicle is won."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, and_, bindparam, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from mobility.booking.queries import ACTIVE_HOLD, ACTIVE_RENTAL
from mobility.booking.queries.free import FREE_UNTIL
from mobility.booking.rules.holds import LOCKOUT_MAX, UNUSED, Unused
from mobility.booking.tables import Hold, Rental
from mobility.city.tables import City
from mobility.db import idempotency
from mobility.db.direct import Row, Statement, connection_of, listed
from mobility.db.idempotency import Claim, Given
from mobility.db.tables import IdempotencyKey
from mobility.fleet.service.states import FREE, LOGGED, TOLD, WON
from mobility.fleet.tables import Vehicle, VehicleStatus, VehicleType
from mobility.geo import LonLat
from mobility.payments.tables import Payment
from mobility.pricing.queries import tariff_in_force_of
from mobility.riders.queries import is_closed
from mobility.riders.rules.eligibility import Rider
from mobility.riders.rules.guardianship import Guardian, State
from mobility.riders.rules.licences import LicenceCategory, LicenceState, Title
from mobility.riders.tables import Account, Guardianship, Licence


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants which vehicle, known to residents as `public_id`; where they stand, if they said, is not kept.

    `payer_id` is who pays for them, if somebody else does. With a `claim` the answer is written down beside the hold,
    and a repeated wish is answered with it.
    """

    account_id: UUID
    public_id: UUID
    payer_id: UUID | None = None
    position: LonLat | None = None
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class HeldVehicle:
    """A vehicle as the rider who holds it may see it."""

    public_id: UUID
    type_code: str
    plate: str
    position: LonLat
    charge_percent: float
    range_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a wish meets, all of one instant. The vehicle's facts are empty when nobody knows it under this name."""

    given: Given | None
    is_holding: bool
    is_riding: bool
    is_owing: bool
    has_stale_hold: bool
    rider: Rider
    unused: list[Unused]
    vehicle: "FoundVehicle | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVehicle:
    """`needed_at` is when somebody who has booked it needs it back; the tariff is the one in force."""

    id: UUID
    seen: HeldVehicle
    city_id: str
    city_hash: str
    state: str
    is_retired: bool
    charge_percent_min: int
    tariff_id: UUID | None
    needed_at: datetime | None


_ACCOUNT, _NOW = bindparam("account_id", type_=Uuid()), bindparam("now", type_=Hold.created_at.type)
_PAYER, _PARENT = bindparam("payer_id", type_=Uuid()), aliased(Account)
_VEHICLE, _STATUS, _TYPE = Vehicle, VehicleStatus, VehicleType
_LICENCE = Licence.category, Licence.issued_on, Licence.expires_on, Licence.state
_OVER_AT = func.least(Hold.released_at, Hold.expires_at)
_UNUSED = Hold.vehicle_id, VehicleStatus.lon, VehicleStatus.lat, Hold.created_at, _OVER_AT
_LICENCES = msgspec.json.Decoder(list[tuple[LicenceCategory, date, date | None, LicenceState]])
_HOLDS = msgspec.json.Decoder(list[tuple[UUID, float, float, datetime, datetime]])


def _stale() -> Any:
    """Whether a hold of this rider, or on this vehicle, keeps nothing any more and is still to be released."""
    held = _VEHICLE.__table__.alias("held")
    is_kept = exists().where(held.c.id == Hold.vehicle_id, held.c.state == "reserved")
    theirs = or_(Hold.account_id == _ACCOUNT, Hold.vehicle_id == _VEHICLE.id)
    return exists().where(ACTIVE_HOLD, theirs, or_(Hold.expires_at <= _NOW, ~is_kept)).correlate(_VEHICLE)


def _unused() -> Any:
    lately = or_(*(Hold.state == unused for unused in UNUSED)), Hold.released_at > bindparam("since", type_=_NOW.type)
    return (
        select(listed(*_UNUSED))
        .join_from(Hold, _STATUS, _STATUS.vehicle_id == Hold.vehicle_id)
        .where(Hold.account_id == _ACCOUNT, *lately)
        .correlate(None)
        .scalar_subquery()
    )


FACTS = Statement(
    select(
        Account.born_on,
        Account.born_on_verified,
        is_closed(Account).label("is_blocked"),
        _PARENT.id.label("parent_id"),
        _PARENT.born_on_verified.label("parent_is_verified"),
        is_closed(_PARENT).label("parent_is_blocked"),
        select(listed(*_LICENCE)).where(Licence.account_id == _ACCOUNT).scalar_subquery().label("licences"),
        exists().where(Hold.account_id == _ACCOUNT, ACTIVE_HOLD, Hold.expires_at > _NOW).label("is_holding"),
        exists().where(Rental.account_id == _ACCOUNT, ACTIVE_RENTAL).label("is_riding"),
        exists()
        .where(Payment.account_id == bindparam("payer_id", type_=Uuid()), Payment.state == "declined")
        .label("is_owing"),
        _stale().label("has_stale_hold"),
        _unused().label("unused"),
        _VEHICLE.id,
        _VEHICLE.city_id,
        _VEHICLE.type_code,
        _VEHICLE.plate,
        _VEHICLE.state,
        _STATUS.lon,
        _STATUS.lat,
        _STATUS.charge_percent,
        _STATUS.range_m,
        _TYPE.charge_percent_min,
        _TYPE.retired_at,
        City.document_hash,
        tariff_in_force_of(_VEHICLE.city_id, _VEHICLE.type_code, _NOW).label("tariff_id"),
        FREE_UNTIL.label("needed_at"),
        IdempotencyKey.request_hash,
        IdempotencyKey.status,
        IdempotencyKey.body,
    )
    .select_from(Account)
    .outerjoin(_VEHICLE, _VEHICLE.public_id == bindparam("public_id", type_=Uuid()))
    .outerjoin(_STATUS, _STATUS.vehicle_id == _VEHICLE.id)
    .outerjoin(_TYPE, and_(_TYPE.city_id == _VEHICLE.city_id, _TYPE.code == _VEHICLE.type_code))
    .outerjoin(City, City.id == _VEHICLE.city_id)
    .outerjoin(
        IdempotencyKey,
        and_(IdempotencyKey.subject == bindparam("subject"), IdempotencyKey.key == bindparam("key")),
    )
    .outerjoin(Guardianship, and_(Guardianship.child_id == Account.id, Guardianship.state == State.ACTIVE))
    .outerjoin(_PARENT, _PARENT.id == Guardianship.guardian_id)
    .where(Account.id == _ACCOUNT)
)

# The hold before the vehicle: of a rider's two wishes at once, one waits here for the other and then changes nothing.
HOLD = """
    INSERT INTO hold (id, account_id, vehicle_id, city_id, tariff_id, vehicle_public_id, state, created_at, free_until,
        expires_at)
    SELECT CAST(:hold_id AS uuid), CAST(:actor_id AS uuid), free.vehicle_id, CAST(:city_id AS text),
        CAST(:tariff_id AS uuid), :public_id, 'active', :now, CAST(:free_until AS timestamptz), :free_until
    FROM free ON CONFLICT DO NOTHING RETURNING vehicle_id
"""
# A rider's own taps come one after the other, so that the second finds what became of the first. Riders who want the
# same vehicle wait for nobody.
MINE = """
    SELECT CAST(:public_id AS uuid) AS public_id
    FROM pg_advisory_xact_lock(hashtextextended(CAST(CAST(:actor_id AS uuid) AS text), 0))
"""
WIN = Statement(f"""
    WITH mine AS ({MINE}), free AS ({FREE.format(public_id="(SELECT public_id FROM mine)")}), chosen AS ({HOLD}),
        won AS ({WON}), logged AS ({LOGGED}), told AS ({TOLD}), answered AS ({idempotency.ANSWERED})
    SELECT state_seq FROM won
""")  # noqa: S608  # of constants


async def find(session: AsyncSession, now: datetime, wish: Wish) -> Found:
    """Everything that decides on a wish, in one statement."""
    claim = wish.claim
    row = await FACTS.row(
        await connection_of(session),
        account_id=wish.account_id,
        payer_id=wish.payer_id or wish.account_id,
        public_id=wish.public_id,
        now=now,
        since=now - LOCKOUT_MAX,
        subject=claim and claim.subject,
        key=claim and claim.key,
    )
    if row is None:
        raise LookupError(wish.account_id)
    return Found(
        given=None if row["status"] is None else Given(row["request_hash"], row["status"], row["body"]),
        is_holding=row["is_holding"],
        is_riding=row["is_riding"],
        is_owing=row["is_owing"],
        has_stale_hold=row["has_stale_hold"],
        rider=_rider(row),
        unused=[_as_unused(*each) for each in _HOLDS.decode(row["unused"])] if row["unused"] else [],
        vehicle=None if row["id"] is None else _vehicle(row, wish.public_id),
    )


async def win(
    session: AsyncSession,
    now: datetime,
    wish: Wish,
    vehicle: FoundVehicle,
    *,
    hold_id: UUID,
    free_until: datetime,
    body: bytes | None,
) -> bool:
    """Reserve the vehicle, insert the hold, tell the others and keep the answer: all of it, or nothing."""
    claim = wish.claim
    won = await WIN.row(
        await connection_of(session),
        public_id=wish.public_id,
        actor_id=wish.account_id,
        hold_id=hold_id,
        city_id=vehicle.city_id,
        tariff_id=vehicle.tariff_id,
        now=now,
        free_until=free_until,
        subject=claim and claim.subject,
        key=claim and claim.key,
        request_hash=claim and claim.request_hash,
        body=body,
    )
    return won is not None


def _rider(row: Row) -> Rider:
    licences = _LICENCES.decode(row["licences"]) if row["licences"] else []
    parent_id, is_verified, is_blocked = row["parent_id"], row["parent_is_verified"], row["parent_is_blocked"]
    return Rider(
        is_blocked=row["is_blocked"],
        guardian=parent_id and Guardian(account_id=parent_id, is_verified=is_verified, is_blocked=is_blocked),
        born_on=row["born_on"],
        born_on_verified=row["born_on_verified"],
        titles=[
            Title(category=category, issued_on=issued_on, expires_on=expires_on, state=state)
            for category, issued_on, expires_on, state in licences
        ],
    )


def _as_unused(vehicle_id: UUID, lon: float, lat: float, created_at: datetime, over_at: datetime) -> Unused:
    return Unused(vehicle_id=vehicle_id, position=LonLat(lon, lat), created_at=created_at, over_at=over_at)


def _vehicle(row: Row, public_id: UUID) -> FoundVehicle:
    return FoundVehicle(
        id=row["id"],
        seen=HeldVehicle(
            public_id,
            row["type_code"],
            row["plate"],
            LonLat(row["lon"], row["lat"]),
            row["charge_percent"],
            row["range_m"],
        ),
        city_id=row["city_id"],
        city_hash=row["document_hash"],
        state=row["state"],
        is_retired=row["retired_at"] is not None,
        charge_percent_min=row["charge_percent_min"],
        tariff_id=row["tariff_id"],
        needed_at=row["needed_at"],
    )
