"""Béthune with as many vehicles and riders as asked, so that each request of a round is somebody else's."""

from pathlib import Path

from sqlalchemy import text

from mobility.base.clock import SystemClock
from mobility.city.service import read_city_file
from mobility.cli.loading import load
from mobility.db.session import Sessions, transaction

CITY = Path("cities/bethune/city.toml")
# Around the town hall, well inside the service zone: a reservation there is refused by nothing but another rider.
HERE = (2.6383, 50.5305)

VEHICLES = """
    INSERT INTO vehicle (id, city_id, type_code, plate, public_id, key_hash, state, state_seq, state_since, created_at)
    SELECT gen_random_uuid(), 'bethune', 'atlas-moped', 'X-' || number, gen_random_uuid(), ''::bytea, 'available', 0,
        now(), now()
    FROM generate_series(1, :number) AS number
"""
STATUSES = """
    INSERT INTO vehicle_status (vehicle_id, lon, lat, charge_percent, range_m, odometer_m, locked, report_seq,
        position_at, reported_at, heard_at)
    SELECT id, CAST(:lon AS float8) + :spread * (random() - 0.5), CAST(:lat AS float8) + :spread * (random() - 0.5),
        20 + random() * 80, (10000 + random() * 60000)::int, 0, true, 0, now(), now(), now()
    FROM vehicle WHERE plate LIKE 'X-%'
"""
ACCOUNTS = """
    INSERT INTO account (id, email, name, locale, born_on, born_on_verified, created_at)
    SELECT gen_random_uuid(), number || '@example.org', '', 'fr', '1994-11-23', true, now()
    FROM generate_series(1, :number) AS number
"""
LICENCES = """
    INSERT INTO licence (id, account_id, category, issued_on, state, declared_at)
    SELECT gen_random_uuid(), id, 'B', '2019-05-02', 'verified', now() FROM account
"""
SIGNED_IN = """
    INSERT INTO sign_in_session (token_hash, account_id, created_at, expires_at)
    SELECT sha256(convert_to(lpad(split_part(email, '@', 1), 43, '0'), 'UTF8')), id, now(), now() + interval '1 day'
    FROM account
"""
# An ordinary day: a month of rides, and others who hold a vehicle. Of empty tables the planner would expect that they
# stay empty, and go through all of them.
PAIRS = """
    vehicle
    JOIN account ON account.email = substr(vehicle.plate, 3) || '@example.org'
    JOIN tariff ON tariff.city_id = vehicle.city_id AND tariff.type_code = vehicle.type_code
"""
ORDINARY_DAY = (
    f"""
    INSERT INTO hold (id, account_id, vehicle_id, city_id, tariff_id, vehicle_public_id, state, created_at, free_until,
        expires_at, released_at)
    SELECT gen_random_uuid(), account.id, vehicle.id, vehicle.city_id, tariff.id, public_id, 'used', at, at, at, at
    FROM {PAIRS} CROSS JOIN LATERAL (SELECT now() - make_interval(days => generate_series(20, 29)) AS at) AS ended
    """,
    """
    INSERT INTO rental (id, hold_id, account_id, vehicle_id, city_id, tariff_id, vehicle_public_id, state, requested_at,
        started_at, ended_at, start_lon, start_lat, end_lon, end_lat, total_cents)
    SELECT gen_random_uuid(), id, account_id, vehicle_id, city_id, tariff_id, vehicle_public_id, 'ended', created_at,
        created_at, created_at, 0, 0, 0, 0, 0 FROM hold
    """,
    """
    INSERT INTO idempotency_key (subject, key, request_hash, status, body, created_at)
    SELECT account_id, id, '', 201, '', created_at FROM hold
    """,
    """
    INSERT INTO outbox_message (topic, subject, payload, recorded_at, due_at, attempts, delivered_at)
    SELECT 'past', vehicle_id, '{}', created_at, created_at, 1, created_at FROM hold
    """,
    f"""
    INSERT INTO hold (id, account_id, vehicle_id, city_id, tariff_id, vehicle_public_id, state, created_at, free_until,
        expires_at)
    SELECT gen_random_uuid(), account.id, vehicle.id, vehicle.city_id, tariff.id, public_id, 'active', now(),
        'infinity', 'infinity' FROM {PAIRS} WHERE CAST(substr(vehicle.plate, 3) AS int) > :riders
    """,
    "UPDATE vehicle SET state = 'reserved' FROM hold WHERE vehicle.id = hold.vehicle_id AND released_at IS NULL",
)
# One round's traces; the vehicles' logs only grow.
RESET = (
    "DELETE FROM hold WHERE released_at IS NULL AND expires_at < 'infinity'",
    "DELETE FROM idempotency_key WHERE key LIKE 'key-%'",
    "DELETE FROM outbox_message WHERE delivered_at IS NULL",
    """
    UPDATE vehicle SET state = 'available' WHERE state = 'reserved'
        AND id NOT IN (SELECT vehicle_id FROM hold WHERE released_at IS NULL)
    """,
)


def token(rider: int) -> str:
    """The session token of the rider with this number, 1 to `riders`."""
    return f"{rider:043d}"


async def fill(sessions: Sessions, *, vehicles: int, riders: int, spread_deg: float, others: int = 0) -> None:
    """Of all these people only the `others` hold a vehicle."""
    async with transaction(sessions) as session:
        await load(session, SystemClock(), read_city_file(CITY))
        await session.execute(text(VEHICLES), {"number": vehicles})
        await session.execute(text(STATUSES), {"lon": HERE[0], "lat": HERE[1], "spread": spread_deg})
        await session.execute(text(ACCOUNTS), {"number": riders + others})
        for statement in (LICENCES, SIGNED_IN, *ORDINARY_DAY):
            await session.execute(text(statement), {"riders": riders})
    await tidy(sessions)


async def public_ids(sessions: Sessions) -> list[str]:
    """What residents call the vehicles that nobody holds."""
    free = "SELECT public_id FROM vehicle WHERE plate LIKE 'X-%' AND state = 'available'"
    async with sessions() as session:
        return [str(each) for each in await session.scalars(text(free))]


async def reset(sessions: Sessions) -> None:
    """As if nobody had reserved anything."""
    async with transaction(sessions) as session:
        for statement in RESET:
            await session.execute(text(statement))
    await tidy(sessions)


async def tidy(sessions: Sessions) -> None:
    """Without dead rows of the round before, and with everything on disk."""
    async with sessions.kw["bind"].connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(text("VACUUM ANALYZE"))
        await alone.execute(text("CHECKPOINT"))


async def count(sessions: Sessions, statement: str) -> int:
    async with sessions() as session:
        return int((await session.execute(text(statement))).scalar_one())
