"""Reports into the table, and what was refused into the quarantine."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.db.session import driver_of
from mobility.fleet.rules.rentals import CLOCK_TOLERANCE
from mobility.telemetry.rules.messages import Message, Refused
from mobility.telemetry.rules.quarantine import masked
from mobility.telemetry.rules.reports import Report, split
from mobility.telemetry.rules.sifting import AGE_MAX, Key
from mobility.telemetry.tables import TelemetryQuarantine

# Of one message at most; the others are counted. A broken vehicle fails the same way again and again.
REFUSED_KEPT_MAX = 20

COLUMNS: Final = (
    "vehicle_id",
    "boot",
    "seq",
    "at",
    "received_at",
    "lon",
    "lat",
    "accuracy_m",
    "heading_deg",
    "speed_kmh",
    "charge_percent",
    "range_m",
    "odometer_m",
    "locked",
    "ignition",
    "charging",
    "alarms",
    "network_technology",
    "signal_dbm",
)

FIND_STORED = text("""
    SELECT vehicle_id, boot, seq, report.at
    FROM unnest(CAST(:vehicle_ids AS uuid[]), CAST(:boots AS bigint[]), CAST(:seqs AS bigint[]))
        AS asked (vehicle_id, boot, seq)
    JOIN telemetry_report AS report USING (vehicle_id, boot, seq)
    WHERE report.at BETWEEN :since AND :until
""")


async def find_stored(session: AsyncSession, keys: Sequence[Key], now: datetime) -> dict[Key, datetime]:
    """Time of the report stored under each of the numbers, for those that are, within the time reports may have."""
    if not keys:
        return {}
    vehicle_ids, boots, seqs = map(list, zip(*set(keys), strict=True))
    asked = {"vehicle_ids": vehicle_ids, "boots": boots, "seqs": seqs}
    window = {"since": now - AGE_MAX, "until": now + CLOCK_TOLERANCE}
    return {(row[0], row[1], row[2]): row[3] for row in await session.execute(FIND_STORED, asked | window)}


async def copy(session: AsyncSession, reports: Mapping[UUID, Sequence[Report]], received_at: datetime) -> None:
    """One binary COPY. That each report is new is known by now, under the lock of its vehicle; the key is the net."""
    rows = list(rows_of(reports, received_at))
    if not rows:
        return
    connection = await driver_of(session)
    await connection.copy_records_to_table("telemetry_report", records=rows, columns=COLUMNS)


async def keep_refused(
    session: AsyncSession, messages: Sequence[Message], refused: Sequence[Refused], received_at: datetime
) -> None:
    """Put what was refused into the quarantine, without its numbers."""
    kept: dict[int, int] = {}
    rows = []
    for each in refused:
        kept[each.message] = kept.get(each.message, 0) + 1
        if kept[each.message] <= REFUSED_KEPT_MAX:
            rows.append(_quarantined(messages[each.message], each, received_at))
    if rows:
        await session.execute(insert(TelemetryQuarantine), rows)


def _quarantined(message: Message, refused: Refused, received_at: datetime) -> dict[str, Any]:
    return {
        "received_at": received_at,
        "vehicle_id": message.vehicle_id,
        "channel": message.channel,
        "reason": refused.code,
        "detail": refused.detail,
        "payload": masked(_part(message.payload, refused)),
    }


def _part(payload: bytes, refused: Refused) -> bytes:
    return payload if refused.index is None else bytes(split(payload)[refused.index])


def rows_of(reports: Mapping[UUID, Sequence[Report]], received_at: datetime) -> Iterator[tuple[Any, ...]]:
    """Values of `COLUMNS`, in the order of vehicles and numbers: neighbours in the index come together."""
    for vehicle_id, said in reports.items():
        for report in said:
            position, network = report.position, report.network
            yield (
                vehicle_id,
                report.boot,
                report.seq,
                report.at,
                received_at,
                position and position.lon,
                position and position.lat,
                position and position.accuracy_m,
                report.heading_deg,
                report.speed_kmh,
                report.charge_percent,
                report.range_m,
                report.odometer_m,
                report.locked,
                report.ignition,
                report.charging,
                report.alarms,
                network and network.technology,
                network and network.signal_dbm,
            )
