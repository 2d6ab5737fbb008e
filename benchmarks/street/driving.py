"""Vehicles that drive nowhere and report, in a process of their own."""

import asyncio
import resource
import time
from dataclasses import dataclass

import httpx

from mobility.base.clock import SystemClock
from mobility.geo import LonLat
from mobility.street.client import Client
from mobility.street.device import Device
from mobility.street.faults import NONE
from mobility.street.garage import Garage
from mobility.street.mqtt import MqttRadio, read_broker
from mobility.street.radio import HttpRadio, Radio
from mobility.street.reporting import Rhythm, report_all
from mobility.street.street import ANSWER_WITHIN_S, CONNECTIONS, REPORTING_MAX
from mobility.street.tally import Tally
from mobility.street.town import Town
from mobility.street.vehicle import Vehicle, VehicleClass

MOPED = VehicleClass("moped", max_range_m=50_000, max_speed_kmh=45, charge_percent_min=15, returned_at_stations=False)


@dataclass(frozen=True)
class Measured:
    vehicles: int
    acknowledged: float
    """Share of the reports that were due."""
    reports_per_s: float
    cpu_us: float
    """Of the street's process, per report."""
    kb: float
    """Of its memory, per vehicle."""


def measure(url: str, fleet: dict[str, str], every_s: float, seconds: float) -> Measured:
    """In a process of its own, so that its memory is that of these vehicles."""
    bare_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reports, cpu_s, took_s = asyncio.run(drive(url, fleet, every_s, seconds))
    kb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - bare_kb) / len(fleet)
    due = len(fleet) * took_s / every_s
    return Measured(len(fleet), reports / due, reports / took_s, 1e6 * cpu_s / max(1, reports), kb)


async def drive(url: str, fleet: dict[str, str], every_s: float, seconds: float) -> tuple[int, float, float]:
    """Reports acknowledged, CPU seconds and seconds, from when every vehicle has been heard once."""
    tally = Tally()
    garage = Garage(Town([], [], [], []), [Vehicle(each, MOPED, LonLat(0, 0), 80.0) for each in fleet], speed=1.0)
    devices = [Device(each, garage, SystemClock(), tally, boot=1, seed=1, faults=NONE) for each in fleet]
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    http = httpx.AsyncClient(base_url=url, timeout=ANSWER_WITHIN_S, limits=limits)
    door = asyncio.Semaphore(REPORTING_MAX)
    at = read_broker(url) if url.startswith("mqtt") else None

    def radio(device: Device) -> Radio:
        secret = fleet[device.plate]
        if at is None:
            return HttpRadio(Client(http, token=f"{device.plate}.{secret}"), tally, door)
        return MqttRadio(at, device.plate, secret, obey=device.obey, tally=tally)

    radios = {device: radio(device) for device in devices}
    running = asyncio.create_task(report_all(garage, radios, tally, Rhythm(every_s, every_s)))
    while tally.reports < len(fleet):  # noqa: ASYNC110  # a number that grows is no event
        await asyncio.sleep(0.1)
    reports, cpu_s, began = tally.reports, time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    measured = tally.reports - reports, time.process_time() - cpu_s, time.monotonic() - began
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return measured
