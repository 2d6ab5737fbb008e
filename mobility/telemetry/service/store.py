"""Reports into the table, and what was refused into the quarantine."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.db import binary
from mobility.db.binary import Column, numbers, raw, text_arrays, texts
from mobility.fleet.rules.columns import KnownColumns, ReportColumns, micros
from mobility.fleet.rules.rentals import CLOCK_TOLERANCE
from mobility.telemetry.queries import THESE_DAYS_ONLY
from mobility.telemetry.rules.messages import Message, Refused
from mobility.telemetry.rules.quarantine import masked
from mobility.telemetry.rules.reports import Refusal, split
from mobility.telemetry.rules.sifting import AGE_MAX, Key
from mobility.telemetry.tables import TelemetryQuarantine

# Of one message at most; the others are counted. A broken vehicle fails the same way again and again.
REFUSED_KEPT_MAX = 20

SAID: Final = {
    "lon": "f8",
    "lat": "f8",
    "accuracy_m": "f8",
    "heading_deg": "f8",
    "speed_kmh": "f8",
    "charge_percent": "f8",
    "range_m": "i4",
    "odometer_m": "i8",
    "locked": "?",
    "ignition": "?",
    "charging": "?",
    "signal_dbm": "i2",
}

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
    await session.execute(THESE_DAYS_ONLY)
    return {(row[0], row[1], row[2]): row[3] for row in await session.execute(FIND_STORED, asked | window)}


async def copy(session: AsyncSession, reports: ReportColumns, known: KnownColumns, received_at: datetime) -> None:
    """One binary COPY. That each report is new is known by now, under the lock of its vehicle; the key is the net."""
    if len(reports):
        await binary.copy(session, "telemetry_report", rows_of(reports, known.key, received_at))


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


async def keep_too_often(session: AsyncSession, dropped: Mapping[UUID, int], received_at: datetime) -> None:
    """Note who sent more than it may, and how many messages were not read; of them nothing is kept."""
    rows = [
        {
            "received_at": received_at,
            "vehicle_id": vehicle_id,
            "channel": "mqtt",
            "reason": Refusal.TOO_OFTEN,
            "detail": f"{count} messages over the budget",
            "payload": b"",
        }
        for vehicle_id, count in dropped.items()
    ]
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


def rows_of(reports: ReportColumns, key: NDArray[np.void], received_at: datetime) -> dict[str, Column]:
    """The columns of the table; in the order of vehicles and numbers, so that neighbours in the index come together.

    `key` are the vehicles' ids, as bytes.
    """
    received = np.full(len(reports), micros(received_at))
    return {
        "vehicle_id": raw(key[reports.vehicle]),
        "boot": numbers(reports.boot, "i8"),
        "seq": numbers(reports.seq, "i8"),
        "at": numbers(reports.at, "i8"),
        "received_at": numbers(received, "i8"),
        **{name: numbers(reports.said[name], form) for name, form in SAID.items()},
        "alarms": text_arrays(reports.words["alarms"], len(reports)),
        "network_technology": texts(reports.words["network_technology"], len(reports)),
    }
