import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from mobility.base.clock import FixedClock
from mobility.geo import LonLat
from mobility.street.client import Refused
from mobility.street.device import Device
from mobility.street.faults import NONE, Faults
from mobility.street.garage import Garage
from mobility.street.radio import HttpRadio
from mobility.street.reporting import Rhythm, report_all
from mobility.street.tally import Tally
from mobility.street.vehicle import Vehicle, VehicleClass

CAR = VehicleClass("car", max_range_m=60_000, max_speed_kmh=45, charge_percent_min=20, returned_at_stations=True)
HERE = LonLat(2.640, 50.530)
AT = datetime(2026, 6, 15, 8, tzinfo=UTC)


class Nowhere:
    """A town without chargers."""

    def plugged_in(self, _):
        return set()


class Ears:
    """A `Radio` that keeps what it is told; it takes as long as `slow` is not set."""

    def __init__(self):
        self.batches, self.reconnects, self.slow = [], 0, asyncio.Event()
        self.slow.set()

    async def send(self, reports):
        await self.slow.wait()
        self.batches.append([(report["boot"], report["seq"]) for report in reports])
        self.last = reports[-1]

    async def reconnect(self):
        self.reconnects += 1

    async def close(self):
        pass


@pytest.fixture
def tally():
    return Tally()


@pytest.fixture
def garage():
    return Garage(Nowhere(), [Vehicle("T-1", CAR, HERE, 50.04, 1_234.5)], speed=1.0, now=lambda: 0.0)


@pytest.fixture
def device(garage, tally):
    def device(faults=NONE, **more):
        return Device("T-1", garage, FixedClock(AT), tally, boot=7, seed=1, faults=faults, now=lambda: 0.0, **more)

    return device


def order(name, *, id_="c1", **arguments):
    valid = {"issued_at": AT, "expires_at": AT + timedelta(seconds=30)}
    return msgspec.json.encode({"id": id_, "command": name, "arguments": arguments, **valid})


@pytest.fixture
def at_once(monkeypatch):
    """Waits take no time and are written down."""
    waited = []

    async def sleep(seconds):
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return waited


async def test_a_report_says_what_the_vehicle_is(device):
    ears, it = Ears(), device()
    it.note()
    await it.send(ears)
    assert ears.last["network"].pop("signal_dbm") < 0
    assert ears.last == {
        "v": 1,
        "boot": 7,
        "seq": 1,
        "at": "2026-06-15T08:00:00+00:00",
        "position": {"lon": 2.64, "lat": 50.53, "accuracy_m": 4.0},
        "charge_percent": 50.0,
        "range_m": 30_024,
        "odometer_m": 1_234,
        "speed_kmh": 0.0,
        "locked": True,
        "ignition": False,
        "charging": False,
        "network": {"technology": "lte"},
    }


async def test_reports_kept_on_board_are_sent_together_in_order_and_once(device):
    ears, it = Ears(), device()
    for _ in range(3):
        it.note()
    await it.send(ears)
    await it.send(ears)
    assert ears.batches == [[(7, 1), (7, 2), (7, 3)]]


async def test_a_report_that_was_lost_is_sent_again(device):
    ears, it = Ears(), device(Faults(lost=0.5))
    for _ in range(20):
        it.note()
    for _ in range(50):
        await it.send(ears)
    arrived = [number for batch in ears.batches for number in batch]
    assert sorted(arrived) == [(7, seq) for seq in range(1, 21)]
    assert len(ears.batches) > 1


async def test_a_device_that_restarts_keeps_its_reports_and_counts_anew(device):
    ears, it = Ears(), device(Faults(restarts=1.0, reconnects=1.0))
    it.note()
    await it.send(ears)
    it.note()
    await it.send(ears)
    assert ears.batches == [[(7, 1)], [(8, 1)]]
    assert ears.reconnects == 2


async def test_a_clock_is_off_always_the_same_way_and_a_charge_each_time_another(device):
    ears, it = Ears(), device(Faults(skew_s=60, charge_noise_percent=3))
    said = []
    for _ in range(10):
        it.note()
        await it.send(ears)
        said.append((ears.last["at"], ears.last["charge_percent"]))
    assert len({at for at, _ in said}) == 1
    assert said[0][0] != AT.isoformat()
    assert len({charge for _, charge in said}) > 3
    assert all(47 <= charge <= 53.1 for _, charge in said)


async def test_reports_that_made_room_for_later_ones_are_counted(device, tally):
    it = device()
    for _ in range(502):
        it.note()
    assert tally.reports_overwritten == 2


@pytest.mark.parametrize(
    ("name", "arguments", "field", "value"),
    [
        ("unlock", {}, "locked", False),
        ("immobilise", {}, "immobilised", True),
        ("set_speed_limit", {"speed_limit_kmh": 20}, "speed_limit_kmh", 20),
        ("set_speed_limit", {"speed_limit_kmh": None}, "speed_limit_kmh", None),
    ],
)
async def test_a_vehicle_does_what_it_is_told_and_says_so(
    device, garage, tally, at_once, name, arguments, field, value
):
    reply = msgspec.json.decode(await device().obey(order(name, **arguments)))
    assert reply == {"id": "c1", "done": True, "code": None, "at": "2026-06-15T08:00:00Z"}
    assert getattr(garage.vehicle("T-1"), field) == value
    assert tally.commands == {"done": 1}
    assert at_once[0] > 0


async def test_a_command_that_comes_again_is_not_done_again(device, garage, at_once):
    it = device()
    first = await it.obey(order("unlock"))
    garage.change("T-1", locked=True)
    assert await it.obey(order("unlock")) == first
    assert garage.vehicle("T-1").locked


async def test_a_reboot_begins_a_new_boot_number(device, at_once):
    ears, it = Ears(), device()
    await it.obey(order("reboot"))
    it.note()
    await it.send(ears)
    assert ears.batches == [[(8, 1)]]


async def test_a_vehicle_that_does_not_hear_a_command_says_nothing(device, tally, at_once):
    assert await device(Faults(unanswered=1.0)).obey(order("lock")) is None
    assert await device().obey(b"hello") is None
    assert tally.commands == {"unanswered": 1}


async def test_alarms_are_reported_when_asked_for(device):
    ears, it = Ears(), device(with_alarms=True)
    it.note()
    await it.send(ears)
    assert ears.last["alarms"] == []


async def test_a_vehicle_reports_when_its_ride_begins_and_when_it_is_asked_where_it_is(device, garage, tally):
    ears, it = Ears(), device()
    reporting = asyncio.create_task(
        report_all(garage, {it: ears}, tally, Rhythm(in_use_s=1e9, parked_s=1e9), now=lambda: 0.0)
    )
    async with asyncio.timeout(30):
        while len(ears.batches) < 1:
            await asyncio.sleep(0.01)
        with garage.driver_of("T-1"):
            while len(ears.batches) < 2:
                await asyncio.sleep(0.01)
            it.asked = True
            while len(ears.batches) < 3:
                await asyncio.sleep(0.01)
    reporting.cancel()


class Service:
    def __init__(self, answer):
        self.answer, self.batches = answer, []

    async def post(self, path, body):
        self.batches.append([report["seq"] for report in body["reports"]])
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_what_the_service_made_of_a_batch_is_counted(tally):
    service = Service({"accepted": 2, "repeated": 0, "refused": [{"index": 1, "code": "clock_ahead"}]})
    await HttpRadio(service, tally, asyncio.Semaphore()).send([{"seq": 1}, {"seq": 2}, {"seq": 3}])
    assert service.batches == [[1, 2, 3]]
    assert (tally.reports, tally.reports_refused) == (2, {"clock_ahead": 1})


async def test_a_refused_batch_is_counted_and_not_said_again(device, tally):
    service, it = Service(Refused(401, "wrong_vehicle_key", {})), device()
    it.note()
    for _ in range(2):
        await it.send(HttpRadio(service, tally, asyncio.Semaphore()))
    assert len(service.batches) == 1
    assert tally.reports_refused == {"wrong_vehicle_key": 1}
