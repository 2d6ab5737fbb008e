"""What riders do, told to a service that follows a script."""

from random import Random

import pytest

from mobility.geo import LonLat
from mobility.street import journey
from mobility.street.client import Refused
from mobility.street.garage import Garage
from mobility.street.journey import Journey
from mobility.street.life import Life
from mobility.street.rider import persona
from mobility.street.signing_in import Desk, Mailbox, NoCode
from mobility.street.tally import Tally
from mobility.street.vehicle import Vehicle, VehicleClass

CAR = VehicleClass("car", max_range_m=60_000, max_speed_kmh=45, charge_percent_min=20, returned_at_stations=True)
HOME, NORTH, EAST = LonLat(2.640, 50.530), LonLat(2.640, 50.531), LonLat(2.641, 50.530)
WHO = persona(1, 1)


def refused(code, status=409):
    return Refused(status, code, {})


def rental(state="riding", payment=None):
    total = {"cents": 120, "currency": "EUR"}
    return {
        "id": "r1",
        "state": state,
        "vehicle": {"plate": "T-1", "type": "car"},
        "price_so_far": {"total": total},
        "payment": payment and {"state": payment},
    }


class Script:
    """A client whose service answers each (method, path) with what is next for it; the last answer stays."""

    def __init__(self, **answers):
        self.answers, self.asked, self.token = answers, [], "t"

    async def get(self, path, **_):
        return self._answer("get", path)

    async def post(self, path, body=None):
        return self._answer("post", path, body)

    async def patch(self, path, body):
        return self._answer("patch", path, body)

    async def delete(self, path):
        return self._answer("delete", path)

    def _answer(self, method, path, body=None):
        self.asked.append((method, path, body))
        name = f"{method}_{path.rpartition('/')[2].replace('-', '_')}"
        script = self.answers[name]
        answer = script.pop(0) if isinstance(script, list) and len(script) > 1 else script
        answer = answer[0] if isinstance(answer, list) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    def count(self, method, path):
        return sum(asked[:2] == (method, path) for asked in self.asked)


class Purse:
    """A wallet that counts what is asked of it."""

    def __init__(self):
        self.opened = self.settled = 0

    async def open(self):
        self.opened += 1

    async def settle(self):
        self.settled += 1


class Square:
    """A town of three stations."""

    def start(self, _):
        return HOME

    def destination(self, *_):
        return NORTH

    def stops(self, *_):
        return [EAST, HOME]

    def plugged_in(self, _):
        return set()


@pytest.fixture(autouse=True)
def payments_settle_at_once(monkeypatch):
    monkeypatch.setattr(journey, "PAID_LOOK_S", 0)
    monkeypatch.setattr(journey, "UNLOCK_LOOK_S", 0)
    monkeypatch.setattr(journey, "PAUSES", 0)


@pytest.fixture
def tally():
    return Tally()


@pytest.fixture
def garage():
    return Garage(Square(), [Vehicle("T-1", CAR, HOME, 80.0)], speed=100_000)


@pytest.fixture
def ride(garage, tally):
    def ride(script, began=None):
        return Journey(script, Square(), garage, tally, Random(1)).ride(began or rental())

    return ride


@pytest.fixture
def life(garage, tally):
    def life(script, desk=None):
        desk = desk or Desk(Mailbox(None))
        purse = Purse()
        life = Life(WHO, script, desk, purse, city="arcy", town=Square(), garage=garage, tally=tally, random=Random(1))
        life.purse = purse
        return life

    return life


ME = {"id": "a1", "born_on": "1990-01-01", "licences": [{"id": "l1", "category": "B", "state": "verified"}]}


def offer(number, type_code="car"):
    return {"vehicle_id": f"v{number}", "type": type_code, "walk_minutes": 1}


async def test_a_ride_goes_to_its_goal_ends_there_and_is_seen_paid(ride, garage, tally):
    script = Script(
        post_end=rental("ended", "pending"), get_r1=[rental("ended", "pending"), rental("ended", "captured")]
    )
    assert await ride(script) == NORTH
    assert script.asked[0] == ("post", "/v1/rentals/r1/end", {"position": {"lon": NORTH.lon, "lat": NORTH.lat}})
    assert (tally.rides_ended, tally.rides_paid, tally.cents_paid, tally.rides_running) == (1, 1, 120, 0)
    assert not garage.in_use


async def test_a_rider_waits_until_the_vehicle_is_open(ride, tally):
    script = Script(get_r1=[rental("unlocking"), rental("riding")], post_end=rental("ended", "none"))
    await ride(script, rental("unlocking"))
    assert script.count("get", "/v1/rentals/r1") == 2
    assert tally.rides_ended == 1


async def test_a_rider_whose_vehicle_does_not_open_does_not_ride(ride, garage, tally):
    failed = rental("failed") | {"failure": {"code": "unlock_unanswered", "sentence": "…"}}
    assert await ride(Script(get_r1=failed), rental("unlocking")) == HOME
    assert (tally.refusals, tally.rides_ended, tally.rides_running) == ({"unlock_unanswered": 1}, 0, 0)
    assert not garage.in_use


async def test_a_rider_refused_at_a_full_station_drives_on_to_the_next(ride, tally):
    script = Script(post_end=[refused("station_full"), refused("station_full"), rental("ended", "none")])
    assert await ride(script) == HOME
    assert tally.refusals == {"station_full": 2}


async def test_a_ride_that_has_ended_already_is_only_looked_at(ride, tally):
    script = Script(post_end=refused("rental_ended"), get_r1=rental("ended", "captured"))
    await ride(script)
    assert tally.rides_paid == 1


async def test_another_refusal_leaves_the_ride_for_the_next_outing(ride, garage, tally):
    with pytest.raises(Refused):
        await ride(Script(post_end=refused("internal_error", 500)))
    assert (tally.rides_running, tally.rides_ended) == (0, 0)
    assert not garage.in_use


async def test_a_paused_ride_is_resumed_first(ride):
    script = Script(post_resume=rental(), post_end=rental("ended", "none"))
    await ride(script, rental("paused"))
    assert script.asked[0][1] == "/v1/rentals/r1/resume"


async def test_a_declined_payment_is_not_counted_as_paid(ride, tally):
    await ride(Script(post_end=rental("ended", "declined")))
    assert (tally.rides_ended, tally.rides_paid) == (1, 0)


async def test_a_rider_whose_vehicle_is_taken_takes_the_next(life, tally):
    script = Script(
        get_me=ME,
        get_ride={"kind": "none"},
        get_nearby={"items": [offer(1), offer(2)]},
        post_quotes={},
        post_holds=[refused("vehicle_taken"), {"id": "h1", "vehicle": {"plate": "T-1"}}],
        post_rentals=rental(),
        post_end=rental("ended", "none"),
    )
    await life(script).go_out()
    assert [body for _, path, body in script.asked if path == "/v1/holds"] == [
        {"vehicle_id": "v1"},
        {"vehicle_id": "v2"},
    ]
    assert (tally.rides_ended, tally.refusals, tally.riders) == (1, {"vehicle_taken": 1}, 1)


async def test_a_class_that_is_not_for_a_rider_is_not_asked_for_again(life):
    script = Script(
        get_me=ME,
        get_ride={"kind": "none"},
        get_nearby={"items": [offer(1), offer(2)]},
        post_quotes={},
        post_holds=refused("not_eligible", 403),
    )
    rider = life(script)
    await rider.go_out()
    await rider.go_out()
    assert script.count("post", "/v1/holds") == 1


async def test_a_vehicle_of_another_street_is_left_alone(life):
    foreign = {"id": "h9", "vehicle": {"plate": "X-9"}}
    script = Script(
        get_me=ME,
        get_ride={"kind": "none"},
        get_nearby={"items": [offer(1)]},
        post_holds=foreign,
        post_quotes={},
        delete_h9=None,
    )
    await life(script).go_out()
    assert ("delete", "/v1/holds/h9", None) in script.asked
    assert script.count("post", "/v1/rentals") == 0


async def test_a_ride_on_a_vehicle_of_another_street_is_left_alone(life, tally):
    foreign = rental() | {"vehicle": {"plate": "X-9", "type": "car"}}
    await life(Script(get_me=ME, get_ride={"kind": "riding", "rental": foreign})).go_out()
    assert (tally.rides_ended, tally.refusals) == (0, {})


async def test_a_ride_under_way_comes_before_a_new_one(life, tally):
    script = Script(
        get_me=ME, get_ride={"kind": "riding", "rental": rental()}, post_end=rental("ended", "none"), get_r1=rental()
    )
    await life(script).go_out()
    assert tally.rides_ended == 1
    assert script.count("post", "/v1/holds") == 0


async def test_a_hold_left_over_is_used_first(life, tally):
    script = Script(
        get_me=ME,
        get_ride={"kind": "held", "hold": {"id": "h0", "vehicle": {"plate": "T-1"}}},
        post_rentals=rental(),
        post_end=rental("ended", "none"),
    )
    await life(script).go_out()
    assert ("post", "/v1/rentals", {"hold_id": "h0"}) in script.asked


async def test_a_rider_whose_sign_in_is_over_signs_in_at_the_next_outing(life, tally):
    class Door:
        admitted = 0

        async def admit(self, *_):
            self.admitted += 1

    door = Door()
    rider = life(Script(get_ride=refused("not_signed_in", 401)), door)
    await rider.go_out()
    assert tally.riders == 0
    await rider.go_out()
    assert (door.admitted, tally.refusals) == (2, {"not_signed_in": 2})


async def test_a_new_rider_signs_in_says_who_they_are_and_has_the_licence_verified(tmp_path):
    mailbox = tmp_path / "mailbox.jsonl"
    mailbox.write_text(
        f'{{"to": "{WHO.email}", "code": "111111"}}\n'
        f'{{"to": "{WHO.email}", "code": "222222"}}\n'
        f'{{"to": "{WHO.email}", "code": "", "subject": "Not a code"}}\n'
        '{"to": "ada@example.org", "code": "333333"}\n'
    )
    blank = {"id": "a1", "born_on": None, "licences": []}
    script = Script(
        get_me=[refused("not_signed_in", 401), blank],
        post_codes={"request_id": "q1"},
        post_sessions={"token": "mine"},
        patch_me=blank,
        post_licences={"id": "l1", "state": "declared"},
    )
    operator = Script(get_me=ME, post_verify={})
    await Desk(Mailbox(mailbox), operator=operator, operator_email="op@example.org").admit(script, WHO)
    assert script.token == "mine"
    assert ("post", "/v1/sign-in/sessions", {"request_id": "q1", "code": "222222"}) in script.asked
    declared = {"category": "B", "issued_on": WHO.licensed_on.isoformat()}
    assert ("post", "/v1/me/licences", declared) in script.asked
    assert operator.asked[-1] == ("post", "/v1/accounts/a1/licences/l1/verify", {"birth_date_confirmed": True})


async def test_a_mailbox_that_is_not_the_services_is_named(tmp_path):
    script = Script(get_me=refused("not_signed_in", 401), post_codes={"request_id": "q1"})
    with pytest.raises(NoCode, match=r"mailbox\.jsonl holds no code for"):
        await Desk(Mailbox(tmp_path / "mailbox.jsonl")).admit(script, WHO)


async def test_a_rider_who_owes_a_ride_settles_it_before_the_next(life, tally):
    script = Script(get_me=ME, get_ride={"kind": "none"}, get_nearby={"items": [offer(1)]}, post_quotes={})
    script.answers["post_holds"] = refused("ride_unpaid")
    rider = life(script)
    await rider.go_out()
    assert (rider.purse.opened, rider.purse.settled) == (1, 1)
    assert tally.refusals == {"ride_unpaid": 1}
