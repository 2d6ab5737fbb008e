"""How many vehicles with connections of their own one process of the street can be.

    python -m benchmarks.street.vehicles [--vehicles 100 1000 5000] [--every 5] [--seconds 20]

Each vehicle connects to a real Mosquitto with its own name and secret and reports at QoS 1. The broker only takes the
messages: what the service makes of them is measured in benchmarks/telemetry. Shown are the street's CPU time per report
and its memory per vehicle, taken together with how many reports per second were acknowledged of those that were due.
"""

import argparse
import asyncio
import multiprocessing
import resource
import secrets
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from mobility.base.clock import SystemClock
from mobility.db.embedded import EmbeddedBroker
from mobility.fleet.rules.credentials import broker_hash_of
from mobility.fleet.rules.topics import ACCESS
from mobility.geo import LonLat
from mobility.street.device import Device
from mobility.street.faults import NONE
from mobility.street.garage import Garage
from mobility.street.mqtt import MqttRadio, read_broker
from mobility.street.reporting import Rhythm, report_all
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


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    print(f"{'vehicles':>8} {'reports/s':>10} {'of due':>7} {'CPU us/report':>14} {'kB/vehicle':>11}")
    for vehicles in asked.vehicles:
        fleet = {str(UUID(int=number)): secrets.token_urlsafe(16) for number in range(1, vehicles + 1)}
        with tempfile.TemporaryDirectory(prefix="mobility-bench-") as folder:
            Path(folder).chmod(0o755)  # root's servers run as nobody
            passwords = "".join(f"{user}:{broker_hash_of(secret)}\n" for user, secret in fleet.items())
            with (
                EmbeddedBroker(Path(folder), access=ACCESS, passwords=passwords, durable=False) as broker,
                multiprocessing.get_context("spawn").Pool(1) as pool,
            ):
                print(row(pool.apply(measure, (broker.url, fleet, asked.every, asked.seconds))), flush=True)
    return 0


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--vehicles", type=int, nargs="+", default=[100, 1_000, 5_000])
    described.add_argument("--every", type=float, default=5.0, help="seconds between two reports of a vehicle")
    described.add_argument("--seconds", type=float, default=20.0, help="time measured, once all are connected")
    return described


def measure(url: str, fleet: dict[str, str], every_s: float, seconds: float) -> Measured:
    """In a process of its own, so that its memory is that of these vehicles."""
    bare_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reports, cpu_s, took_s = asyncio.run(drive(url, fleet, every_s, seconds))
    kb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - bare_kb) / len(fleet)
    due = len(fleet) * took_s / every_s
    return Measured(len(fleet), reports / due, reports / took_s, 1e6 * cpu_s / max(1, reports), kb)


async def drive(url: str, fleet: dict[str, str], every_s: float, seconds: float) -> tuple[int, float, float]:
    """Reports acknowledged, CPU seconds and seconds, from when every vehicle has been heard once."""
    tally, broker = Tally(), read_broker(url)
    garage = Garage(Town([], [], [], []), [Vehicle(each, MOPED, LonLat(0, 0), 80.0) for each in fleet], speed=1.0)
    devices = [Device(each, garage, SystemClock(), tally, boot=1, seed=1, faults=NONE) for each in fleet]
    radios = {
        device: MqttRadio(broker, device.plate, fleet[device.plate], obey=device.obey, tally=tally)
        for device in devices
    }
    running = asyncio.create_task(report_all(garage, radios, tally, Rhythm(every_s, every_s)))
    while tally.reports < len(fleet):  # noqa: ASYNC110  # a number that grows is no event
        await asyncio.sleep(0.1)
    reports, cpu_s, began = tally.reports, time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    measured = tally.reports - reports, time.process_time() - cpu_s, time.monotonic() - began
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return measured


def row(measured: Measured) -> str:
    return (
        f"{measured.vehicles:8} {measured.reports_per_s:10.0f} {measured.acknowledged:7.0%}"
        f" {measured.cpu_us:14.0f} {measured.kb:11.0f}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
