from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.telemetry.queries import THESE_DAYS_ONLY
from mobility.telemetry.rules.standing import stood_since
from mobility.telemetry.tables import TelemetryReport

# As far back as a report is looked for that tells where the odometer was.
BEFORE = timedelta(minutes=10)


class Odometers:
    """booking's `Witness`, from the reports."""

    async def stood_since(
        self, session: AsyncSession, vehicle_id: UUID, *, since: datetime, until: datetime
    ) -> datetime | None:
        report = TelemetryReport
        said = select(report.at, report.odometer_m).where(
            report.vehicle_id == vehicle_id,
            report.at.between(since - BEFORE, until),
            report.odometer_m.is_not(None),
        )
        await session.execute(THESE_DAYS_ONLY)
        readings = [(at, metres or 0) for at, metres in await session.execute(said.order_by(report.at))]
        return stood_since(readings, since=since, until=until)
