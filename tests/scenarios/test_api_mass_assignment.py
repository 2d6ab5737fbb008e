"""Bodies with members that are the server's to decide: refused whole, and no row moves."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from tests.pricing.drafting import PLAN
from tests.support.fleets import signed_in
from tests.support.pushes import BrowserWithPush
from tests.support.rides import LIGHTHOUSE, add_rider
from tests.support.strangers import code, operations, rows

HERE = {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}
SOME_ID = "5f0c2b3e-8f4e-4a52-9d0a-7f7d0a4f9b1c"
# Columns of our tables, and words that other services take.
SERVER_SIDE: dict[str, Any] = {
    "id": SOME_ID,
    "account_id": SOME_ID,
    "vehicle_public_id": SOME_ID,
    "state": "verified",
    "role": "admin",
    "roles": [{"role": "admin", "city": None}],
    "price": 0,
    "total": {"cents": 0, "currency": "EUR"},
    "total_cents": 0,
    "tariff": {"code": "free"},
    "started_at": "2020-01-01T00:00:00Z",
    "expires_at": "2099-01-01T00:00:00Z",
    "born_on_verified": True,
    "blocked_at": None,
    "email_verified": True,
    "__class__": "Account",
}
DAMAGE = {"kind": "brake", "severity": "minor"}
SLOT = {"starts_at": "2026-06-16T10:00:00+12:00", "ends_at": "2026-06-16T12:00:00+12:00"}
NOTICE = {
    "kind": "other",
    "summary": {"en": "The pier is closed", "mi": "Kua kati"},
    "starts_at": "2026-06-16T10:00:00Z",
}
BODIES: dict[str, dict[str, Any]] = {
    "request_code": {"email": "mallory@example.fr"},
    "sign_in": {"request_id": SOME_ID, "code": "123456"},
    "update_me": {"name": "Mallory"},
    "choose_statements": {"wanted": False},
    "declare_licence": {"category": "B", "issued_on": "2019-05-02"},
    "verify_licence": {"birth_date_confirmed": True},
    "block_account": {"reason": "lent to a friend"},
    "unblock_account": {"reason": "a mistake"},
    "ask_guardianship": {"part": "guardian", "email": "child@example.fr"},
    "propagate_outage": {"for_good": False},
    "end_ride_for_rider": {"position": HERE, "reason": "the app has frozen"},
    "correct_price": {"cents": 100, "reason": "the gate was shut"},
    "ask_refund": {"cents": 100, "reason": "rain inside"},
    "grant_credit": {"cents": 100, "reason": "a long wait"},
    "buy_pass": {"city": "lakeport", "code": "weekend"},
    "use_code": {"city": "lakeport", "code": "WELCOME"},
    "offer_promotion": {
        "code": "WELCOME",
        "percent_off": 50,
        "starts_at": "2026-06-01T00:00:00Z",
        "ends_at": "2026-09-01T00:00:00Z",
    },
    "welcome_partner": {"name": "Ferries", "contact_email": "it@example.org"},
    "make_webhook": {"url": "https://ferries.example/hook", "events": ["alert.changed"]},
    "change_webhook": {"active": False},
    "replay_webhook": {"since": "2026-06-15T08:00:00Z"},
    "write_notice": NOTICE,
    "rewrite_notice": NOTICE,
    "print_vouchers": {"count": 1, "cents": 500, "good_until": "2026-09-01T00:00:00Z"},
    "grant_entitlement": {"email": "ada@example.fr", "code": "lake-card", "ends_at": "2026-09-01T00:00:00Z"},
    "give_role": {"email": "ada@example.fr", "role": "crew", "reason": "starts today"},
    "withdraw_role": {"reason": "has left"},
    "quote_ride": {"vehicle_id": SOME_ID, "minutes": 15},
    "reserve_vehicle": {"vehicle_id": SOME_ID, "position": HERE},
    "extend_hold": {"minutes": 10},
    "start_ride": {"hold_id": SOME_ID},
    "book_vehicle": {"vehicle_id": SOME_ID, **SLOT},
    "change_booking": {"ends_at": SLOT["ends_at"]},
    "book_for_rider": {"account_id": SOME_ID, "vehicle_id": SOME_ID, **SLOT},
    "check_ride_end": {"position": HERE},
    "end_ride": {"position": HERE},
    "save_place": {"kind": "home", "name": "Home", "position": HERE},
    "choose_notices": {"letters": "all", "first": "email"},
    "add_device": BrowserWithPush(address="https://push.example/1").body,
    "report_vehicle_event": {"event": "maintenance", "reason": "Flat tyre"},
    "report_damage_beside": DAMAGE | {"plate": "B-001", "position": HERE},
    "report_fleet_damage": DAMAGE,
    "report_ride_damage": DAMAGE,
    "confirm_damage": {"severity": "minor"},
    "dismiss_damage": {"note": "nothing there"},
    "repair_damage": {"note": "new pads"},
    "finish_work": {"odometer_m": 1_200},
    "resolve_alert": {"note": "set up again"},
    "finish_task": {"note": "set up again"},
    "give_up_task": {"note": "it is locked in a yard"},
    "cancel_task": {"note": "no longer needed"},
    "create_task": {"vehicle_id": SOME_ID, "kind": "fetch"},
    "change_task": {"priority": "high"},
    "assign_task": {"assigned_to": SOME_ID},
    "assign_alert": {"assigned_to": None},
    "snooze_alert": {"until": "2026-06-15T10:00:00Z", "reason": "the crew comes at ten"},
    "ask_assistance": {"purpose": "assistance", "reason": "Rider calls from a ditch"},
    "send_vehicle_command": {"command": "locate", "reason": "a caller asked where it is"},
    "open_card_page": {},
    "pay_again": {},
    "draft_tariff": PLAN,
    "rewrite_tariff_draft": PLAN,
    "publish_tariff": {"effective_from": "2026-07-15"},
    "check_ground": {"ground": {"zones": [], "stations": []}},
    "write_ground_draft": {"version": 0, "base": 1, "ground": {"zones": [], "stations": []}},
    "publish_ground": {"version": 1, "note": "Roadworks"},
    "place_again": {},
    "explain_difference": {"note": "made by hand"},
    "ask_night_plan": {},
    "restrict_night": {"kind": "station", "target": "wharf"},
    "set_night_roster": {"members": []},
    "say_steps": {"steps": []},
    "evaluate_drawing": {},
    "keep_drawing": {"name": "Two more"},
    "change_drawing": {"name": "Two more", "revision": 1},
    "ask_studio_job": {"kind": "study"},
}
# Reads its body report by report: see tests/telemetry. Traccar sends a hundred members of which a few are read. A photo
# has no members: see tests/fleet.
READS_ITSELF = {
    "report_telemetry",
    "report_traccar_position",
    "add_damage_photo",
    "add_night_photo",
    "add_parking_photo",
}


@pytest.fixture
async def headers(sessions: Sessions, clock: FixedClock, town: list[NewVehicle]) -> dict[str, str]:
    """An administrator's, so that no guard refuses before the body is read."""
    return await signed_in(sessions, clock, "mallory@example.fr", role="admin", city=None)


def test_every_operation_with_a_body_is_tried(app: Litestar) -> None:
    assert {each.id for each in operations(app) if each.takes_body} == set(BODIES) | READS_ITSELF


async def test_a_member_that_is_the_servers_to_decide_is_refused_and_no_row_moves(
    app: Litestar, client: httpx.AsyncClient, headers: dict[str, str], sessions: Sessions
) -> None:
    before, taken = await rows(sessions), {}
    for operation in operations(app):
        path = operation.path.replace("{city}", "lakeport")
        path = "/".join(SOME_ID if part.startswith("{") else part for part in path.split("/"))
        # Whom an operator books for is for the operator to say.
        own = BODIES.get(operation.id, SERVER_SIDE)
        for member, value in [(name, each) for name, each in SERVER_SIDE.items() if name not in own]:
            body = BODIES[operation.id] | {member: value}
            key = {"Idempotency-Key": uuid4().hex}
            answer = await client.request(operation.method, path, json=body, headers=headers | key)
            if (answer.status_code, code(answer)) != (400, "unknown_field"):
                taken[operation.id, member] = answer.text
    assert taken == {}
    assert await rows(sessions) == before


async def test_a_position_has_two_members(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    body = {"position": HERE | {"altitude": 3}}
    key = {"Idempotency-Key": uuid4().hex}
    answer = await client.post(f"/v1/rentals/{SOME_ID}/end", json=body, headers=headers | key)
    assert (answer.status_code, code(answer)) == (400, "unknown_field")
    assert answer.json()["errors"] == [{"path": "position", "message": "Object contains unknown field `altitude`"}]


async def test_a_profile_takes_what_is_the_riders_and_nothing_beside(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock
) -> None:
    async with transaction(sessions) as session:
        rider = add_rider(session, clock)
    answer = await client.patch("/v1/me", json={"name": "Mallory", "locale": "en"}, headers=rider.headers)
    assert (answer.json()["name"], answer.json()["roles"], answer.json()["born_on_verified"]) == ("Mallory", [], True)
