"""What is kept of each event for MDS, as soon as it is told: where the vehicle stood and which trip it belongs to."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.mds.rules.provider import OF_A_TRIP
from mobility.mds.tables import MdsEvent

TRIP_EVENTS = sorted(frozenset().union(*OF_A_TRIP.values()))

# In a rental the latest state still says where it began: nothing of the way is known here, so nothing can be kept. A
# reservation has no rental yet: its trip goes by the hold, which the rental will go by too.
RECORD = text("""
    INSERT INTO mds_event (vehicle_id, seq, city_id, mode, at, recorded_at, lon, lat, charge_percent, trip_id)
    SELECT event.vehicle_id, event.seq, vehicle.city_id, type.mode, event.at, :now,
        CASE WHEN riding.id IS NULL THEN status.lon END, CASE WHEN riding.id IS NULL THEN status.lat END,
        status.charge_percent,
        CASE WHEN event.event = ANY (:trip_events) THEN coalesce(rental.hold_id, riding.hold_id, held.id) END
    FROM vehicle_event AS event
    JOIN vehicle ON vehicle.id = event.vehicle_id
    JOIN vehicle_type AS type ON type.city_id = vehicle.city_id AND type.code = vehicle.type_code
    JOIN vehicle_status AS status ON status.vehicle_id = vehicle.id
    LEFT JOIN rental ON rental.id = event.rental_id
    LEFT JOIN LATERAL (
        SELECT id, hold_id FROM rental AS ride
        WHERE ride.vehicle_id = event.vehicle_id AND ride.started_at <= event.at
            AND (ride.ended_at IS NULL OR ride.ended_at > event.at)
        ORDER BY ride.started_at DESC LIMIT 1
    ) AS riding ON true
    LEFT JOIN LATERAL (
        SELECT id FROM hold
        WHERE hold.vehicle_id = event.vehicle_id AND (event.from_state = 'reserved' OR event.to_state = 'reserved')
        ORDER BY abs(extract(epoch FROM event.at - CASE
            WHEN event.to_state = 'reserved' THEN hold.created_at ELSE coalesce(hold.released_at, event.at) END))
        LIMIT 1
    ) AS held ON true
    WHERE event.vehicle_id = :vehicle_id AND event.seq <= :seq
        AND event.seq > coalesce((SELECT max(seq) FROM mds_event WHERE vehicle_id = :vehicle_id), 0)
    ORDER BY event.seq
    ON CONFLICT DO NOTHING
    RETURNING seq
""")


async def record_events(session: AsyncSession, clock: Clock, vehicle_id: UUID, seq: int) -> list[int]:
    """Keep what MDS tells of a vehicle's events up to `seq`; the numbers of those that are new."""
    asked = {"vehicle_id": vehicle_id, "seq": seq, "now": clock.now(), "trip_events": TRIP_EVENTS}
    return sorted(await session.scalars(RECORD, asked))


async def mode_of(session: AsyncSession, vehicle_id: UUID) -> str:
    """The mode of a vehicle that MDS has been told of."""
    return (await session.scalars(select(MdsEvent.mode).where(MdsEvent.vehicle_id == vehicle_id).limit(1))).one()


async def forget_places(session: AsyncSession, clock: Clock, kept_days: int) -> int:
    """Forget where vehicles stood at events of long ago; how many. They are told by their area from then on."""
    old = MdsEvent.at < clock.now() - timedelta(days=kept_days), MdsEvent.lon.is_not(None)
    forgotten = update(MdsEvent).where(*old).values(lon=None, lat=None).returning(MdsEvent.seq)
    return len((await session.scalars(forgotten)).all())
