"""What vehicles said, brought into their latest states."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.binary import Column, copy, numbers, raw, records, text_arrays, texts
from mobility.db.session import driver_of
from mobility.fleet.rules.columns import Kin, KnownColumns, LatestColumns

KNOWN: Final = {
    "vehicle_id": "V16",
    "at_row": "V6",
    "state_since": "i8",
    "lon": "f8",
    "lat": "f8",
    "charge_percent": "f8",
    "charge_said": "f8",
    "odometer_m": "i8",
    "report_boot": "i8",
    "report_seq": "i8",
    "reported_at": "i8",
}
# In one order everywhere: of two batches with the same vehicles one waits for the other, never both. The rows come as
# they were sent: to make objects of their values cost this process as much as all the rest.
LOCK: Final = f"""
    SELECT city_id, type_code, max_range_m, state, sent
    FROM (
        SELECT city_id, type_code, state, string_agg(record_send(ROW({", ".join(KNOWN)})), '') AS sent
        FROM (
            SELECT city_id, type_code, state, state_since, vehicle_status.ctid AS at_row, vehicle_id, lon, lat,
                charge_percent, coalesce(charge_said, 'NaN') AS charge_said, odometer_m, report_boot, report_seq,
                reported_at
            FROM vehicle_status JOIN vehicle ON vehicle.id = vehicle_id
            WHERE vehicle_id = ANY($1::uuid[])
            ORDER BY vehicle_id
            FOR NO KEY UPDATE OF vehicle_status
        ) AS locked
        GROUP BY city_id, type_code, state
    ) AS kin
    JOIN (SELECT city_id, code AS type_code, max_range_m FROM vehicle_type) AS type USING (city_id, type_code)
"""  # noqa: S608 - the names are those above

# The plan that serves any number of vehicles looks each up by itself. Planned for thousands the question costs a fifth
# less, for hundreds half as much again.
MANY: Final = 2_000
FOR_THESE: Final = "SET LOCAL plan_cache_mode = force_custom_plan"

# Of the connection; emptied by every commit, and here for a second call in one transaction. Arrays as parameters cost
# the client three times as much.
STAGE: Final = """
    CREATE TEMPORARY TABLE IF NOT EXISTS heard_now (
        at_row tid, lon float8, lat float8, accuracy_m float8, position_at timestamptz, speed_kmh float8,
        charge_percent float8, charge_said float8, range_m int, odometer_m bigint, locked bool, ignition bool,
        charging bool, signal_dbm int2, alarms text[], network_technology text, report_boot bigint, report_seq bigint,
        reported_at timestamptz
    ) ON COMMIT DELETE ROWS
"""
SAID: Final = {
    "lon": "f8",
    "lat": "f8",
    "accuracy_m": "f8",
    "position_at": "i8",
    "speed_kmh": "f8",
    "charge_percent": "f8",
    "charge_said": "f8",
    "range_m": "i4",
    "odometer_m": "i8",
    "locked": "?",
    "ignition": "?",
    "charging": "?",
    "signal_dbm": "i2",
}
NUMBERED: Final = ("report_boot", "report_seq", "reported_at")
STAYS_UNLESS_SAID: Final = (
    *(name for name in SAID if name not in ("accuracy_m", "speed_kmh")),
    "alarms",
    "network_technology",
)
# By the place of a row, which its lock holds: the planner would read the whole fleet to find fifty of its vehicles.
BY_PLACE: Final = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; DELETE FROM heard_now"
AS_BEFORE: Final = "SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on"
UPDATE: Final = f"""
    UPDATE vehicle_status AS status SET heard_at = $1, speed_kmh = now.speed_kmh,
        accuracy_m = CASE WHEN now.lon IS NULL THEN status.accuracy_m ELSE now.accuracy_m END,
        {", ".join(f"{name} = now.{name}" for name in NUMBERED)},
        {", ".join(f"{name} = coalesce(now.{name}, status.{name})" for name in STAYS_UNLESS_SAID)}
    FROM heard_now AS now WHERE status.ctid = now.at_row
"""  # noqa: S608 - the names are those above


async def begin_hearing(session: AsyncSession, vehicles: int) -> None:
    """Have what `lock_all` of so many vehicles and `hear` need; the transaction begins here."""
    await session.execute(text(STAGE))
    if vehicles > MANY:
        await session.execute(text(FOR_THESE))


async def lock_all(session: AsyncSession, vehicle_ids: Sequence[UUID], key: NDArray[np.bytes_]) -> KnownColumns:
    """What is known of vehicles, kept from others until the transaction ends.

    Each is given once, in the order of ids; `key` are the ids as bytes.
    """
    connection = await driver_of(session)
    found = await connection.fetch(LOCK, vehicle_ids)
    kins = [Kin(*row[:4]) for row in found]
    sent = [records(row[4], KNOWN) for row in found]
    rows = np.concatenate(sent) if sent else records(b"", KNOWN)
    at = np.searchsorted(key, np.ascontiguousarray(rows["vehicle_id"]).view("S16"))
    is_known = np.zeros(len(key), bool)
    is_known[at] = True

    def column(values: NDArray[Any], kind: Any) -> NDArray[Any]:
        placed = np.zeros(len(key), kind)
        placed[at] = values
        return placed

    return KnownColumns(
        ids=vehicle_ids,
        key=key.view("V16"),
        is_known=is_known,
        kins=kins,
        kin=column(np.repeat(np.arange(len(kins)), [len(each) for each in sent]), np.int64),
        at_row=column(rows["at_row"], "V6"),
        **{
            name: column(rows[name], np.float64)
            for name in ("lon", "lat", "charge_percent", "charge_said", "odometer_m")
        },
        **{name: column(rows[name], np.int64) for name in ("state_since", *NUMBERED)},
    )


async def hear(session: AsyncSession, clock: Clock, known: KnownColumns, latest: Sequence[LatestColumns]) -> None:
    """Bring the latest states of vehicles up to date.

    The caller holds them by `lock_all`, and has left out what was said before and positions made in a rental.
    """
    rows = [_staged(each, known) for each in latest if len(each.vehicle)]
    if not rows:
        return
    connection = await driver_of(session)
    await connection.execute(BY_PLACE)
    for staged in rows:
        await copy(session, "heard_now", staged)
    done = await connection.execute(UPDATE, clock.now())
    await connection.execute(AS_BEFORE)
    if done != f"UPDATE {sum(len(each.vehicle) for each in latest)}":
        raise RuntimeError("a vehicle's latest state is not where it was locked")


def _staged(latest: LatestColumns, known: KnownColumns) -> dict[str, Column]:
    said = {name: numbers(latest.said[name], form) for name, form in SAID.items()}
    numbered = {name: numbers(getattr(latest, name), "i8") for name in NUMBERED}
    return {
        "at_row": raw(known.at_row[latest.vehicle]),
        **said,
        **numbered,
        "alarms": text_arrays(latest.words["alarms"], len(latest.vehicle)),
        "network_technology": texts(latest.words["network_technology"], len(latest.vehicle)),
    }
