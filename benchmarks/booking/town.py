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
# One round's traces; the vehicles' logs only grow.
RESET = (
    "DELETE FROM hold",
    "DELETE FROM idempotency_key",
    "DELETE FROM outbox_message",
    "UPDATE vehicle SET state = 'available' WHERE state = 'reserved'",
)


def token(rider: int) -> str:
    """The session token of the rider with this number, 1 to `riders`."""
    return f"{rider:043d}"


async def fill(sessions: Sessions, *, vehicles: int, riders: int, spread_deg: float) -> None:
    async with transaction(sessions) as session:
        await load(session, SystemClock(), read_city_file(CITY))
        await session.execute(text(VEHICLES), {"number": vehicles})
        await session.execute(text(STATUSES), {"lon": HERE[0], "lat": HERE[1], "spread": spread_deg})
        await session.execute(text(ACCOUNTS), {"number": riders})
        for statement in (LICENCES, SIGNED_IN):
            await session.execute(text(statement))
    await tidy(sessions)


async def public_ids(sessions: Sessions) -> list[str]:
    async with sessions() as session:
        return [
            str(each) for each in await session.scalars(text("SELECT public_id FROM vehicle WHERE plate LIKE 'X-%'"))
        ]


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
