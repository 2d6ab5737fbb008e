"""How many vehicles one process of the street can be.

    python -m benchmarks.street.vehicles [--over mqtt http] [--vehicles 100 1000 5000] [--every 5] [--seconds 20]

Over MQTT each vehicle connects to a real Mosquitto with its own name and secret and reports at QoS 1; over HTTP all
share the street's connections, to a server that takes everything. What the service makes of reports is measured in
benchmarks/telemetry. Shown are the street's CPU time per report and its memory per vehicle, together with how many
reports per second were acknowledged of those that were due.
"""

import argparse
import multiprocessing
import secrets
from collections.abc import Sequence
from uuid import UUID

from benchmarks.street.driving import Measured, measure
from benchmarks.street.listeners import LISTENERS


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    print(f"{'over':>4} {'vehicles':>8} {'reports/s':>10} {'of due':>7} {'CPU us/report':>14} {'kB/vehicle':>11}")
    for over in asked.over:
        for vehicles in asked.vehicles:
            fleet = {str(UUID(int=number)): secrets.token_urlsafe(16) for number in range(1, vehicles + 1)}
            with LISTENERS[over](fleet) as url, multiprocessing.get_context("spawn").Pool(1) as pool:
                print(f"{over:>4} {row(pool.apply(measure, (url, fleet, asked.every, asked.seconds)))}", flush=True)
    return 0


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--over", nargs="+", default=["mqtt", "http"], choices=["mqtt", "http"])
    described.add_argument("--vehicles", type=int, nargs="+", default=[100, 1_000, 5_000])
    described.add_argument("--every", type=float, default=5.0, help="seconds between two reports of a vehicle")
    described.add_argument("--seconds", type=float, default=20.0, help="time measured, once all are connected")
    return described


def row(measured: Measured) -> str:
    return (
        f"{measured.vehicles:8} {measured.reports_per_s:10.0f} {measured.acknowledged:7.0%}"
        f" {measured.cpu_us:14.0f} {measured.kb:11.0f}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
