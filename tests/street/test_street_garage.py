import asyncio

import pytest

from mobility.geo import LonLat
from mobility.street.garage import Garage
from mobility.street.memory import Memory, keep, recall
from mobility.street.reporting import spread
from mobility.street.tally import Tally
from mobility.street.vehicle import Vehicle, VehicleClass

CAR = VehicleClass("car", max_range_m=60_000, max_speed_kmh=45, charge_percent_min=20, returned_at_stations=True)
HERE, THERE = LonLat(2.640, 50.530), LonLat(2.641, 50.530)


class Chargers:
    """A town with a charger wherever anybody stands."""

    def plugged_in(self, parked):
        return set(parked)


@pytest.fixture
def seconds():
    return [0.0]


@pytest.fixture
def garage(seconds):
    return Garage(Chargers(), [Vehicle("T-1", CAR, HERE, 50.0)], speed=1_000_000, now=lambda: seconds[0])


async def test_a_drive_ends_where_it_was_bound_for(garage, seconds):
    async def clock():
        while True:
            seconds[0] += 0.001
            await asyncio.sleep(0)

    running = asyncio.create_task(clock())
    with garage.driver_of("T-1"):
        await garage.drive("T-1", THERE)
    running.cancel()
    assert garage.vehicle("T-1").position == THERE
    assert garage.vehicle("T-1").odometer_m > 0


def test_a_driver_who_leaves_stops_the_vehicle(garage):
    with garage.driver_of("T-1"):
        assert "T-1" in garage.in_use
    assert "T-1" not in garage.in_use
    assert garage.vehicle("T-1").bound_for is None


async def test_an_immobilised_vehicle_does_not_drive_off(garage):
    garage.change("T-1", immobilised=True)
    await garage.drive("T-1", THERE)
    assert garage.vehicle("T-1").position == HERE


def test_a_vehicle_is_unlocked_while_someone_sits_in_it(garage):
    with garage.driver_of("T-1"):
        assert not garage.vehicle("T-1").locked
    assert garage.vehicle("T-1").locked


def test_a_parked_car_charges_and_one_in_use_does_not(garage, seconds):
    garage.plug_in()
    seconds[0] += 0.0036
    assert garage.vehicle("T-1").charge_percent == pytest.approx(50 + 28)
    with garage.driver_of("T-1"):
        garage.plug_in()
        seconds[0] += 0.0036
        assert garage.vehicle("T-1").charge_percent == pytest.approx(50 + 28)


def test_the_street_remembers_where_everything_was_left(tmp_path):
    file = tmp_path / "street.json"
    assert recall(file) == Memory()
    keep(file, [Vehicle("T-1", CAR, THERE, 41.5, 1_200.0)], {"ada@street.example": "token"})
    kept = recall(file)
    left = kept.vehicles["T-1"]
    assert (left.position, left.charge_percent, left.odometer_m) == (THERE, 41.5, 1_200.0)
    assert kept.tokens == {"ada@street.example": "token"}
    assert file.stat().st_mode & 0o077 == 0


def test_first_reports_are_spread_over_the_interval():
    due_in = [said_at + 20.0 - 1000.0 for said_at, _ in spread(["a", "b", "c", "d"], 1000.0, 20.0).values()]
    assert due_in == [0, 5, 10, 15]


def test_the_status_line_reads_well():
    tally = Tally(rides_running=3, rides_ended=5)
    tally.paid({"cents": 250, "currency": "EUR"})
    tally.refusals.update(["vehicle_taken", "vehicle_taken", "station_full"])
    assert tally.line(reports_per_s=7.25) == (
        "3 riding · 1 paid (2.50 €) · 3 refused (vehicle_taken 2, station_full 1) · 7.2 reports/s"
    )
    assert tally.as_dict(reports_per_s=7.25)["paid"] == {"cents": 250, "currency": "EUR"}
