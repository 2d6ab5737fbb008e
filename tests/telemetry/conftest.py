from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions
from mobility.fleet.service import NewVehicle
from mobility.fleet.tables import VehicleStatus
from mobility.telemetry.tables import TelemetryReport


@dataclass
class Device:
    """The box in one vehicle: numbers its reports and sends them with its key."""

    client: httpx.AsyncClient
    sessions: Sessions
    clock: FixedClock
    vehicle: NewVehicle
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.vehicle.id}.{self.vehicle.secret}"}

    def report(self, *, ago: timedelta = timedelta(0), **said: Any) -> dict[str, Any]:
        return {"seq": next(self.numbers), "at": (self.clock.now() - ago).isoformat(), **said}

    async def post(self, *reports: Any, headers: dict[str, str] | None = None) -> httpx.Response:
        body = {"reports": list(reports)}
        return await self.client.post("/v1/telemetry", json=body, headers=self.headers if headers is None else headers)

    async def send(self, *reports: Any) -> dict[str, Any]:
        answer = await self.post(*reports)
        assert answer.status_code == 202, answer.text
        outcome: dict[str, Any] = answer.json()
        return outcome

    async def stored(self, seq: int) -> TelemetryReport:
        of_number = select(TelemetryReport).filter_by(vehicle_id=self.vehicle.id, seq=seq)
        async with self.sessions() as session:
            return (await session.scalars(of_number)).one()

    async def status(self) -> VehicleStatus:
        async with self.sessions() as session:
            return await session.get_one(VehicleStatus, self.vehicle.id)


@pytest.fixture
def device_of(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> Callable[[str], Device]:
    by_plate = {new.plate: new for new in town}
    return lambda plate: Device(client, sessions, clock, by_plate[plate])


@pytest.fixture
def device(device_of: Callable[[str], Device]) -> Device:
    return device_of("B-001")
