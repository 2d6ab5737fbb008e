"""Whose things are whose: each operation that names a thing by id, asked by people it does not belong to."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.base.money import Money
from mobility.booking.tables import Hold, Rental
from mobility.city.tables import GroundEdition, Station
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.commands import Command, Kind
from mobility.fleet.service import Actor, NewVehicle, alerts, commands
from mobility.fleet.tables import Task, Vehicle
from mobility.helpdesk.tables import SupportAct
from mobility.invoicing import service as invoicing
from mobility.invoicing.rules.documents import priced
from mobility.payments import service as payments
from mobility.payments.ports import SavedCard
from mobility.payments.tables import BookDifference, Card
from mobility.pricing.tables import Tariff
from mobility.rebalancing.service import plans, restrictions, roster
from mobility.rebalancing.tables import NightPhoto, NightTask
from mobility.riders.rules.guardianship import Part
from mobility.riders.service import guardianships
from mobility.riders.tables import Account, Licence
from tests.pricing.drafting import PLAN
from tests.support.fleets import signed_in
from tests.support.night_work import Piece, write_plan
from tests.support.photos import photo
from tests.support.pushes import BrowserWithPush
from tests.support.rides import LIGHTHOUSE, Phone, add_rider
from tests.support.strangers import Operation, code, operations, rows

HERE = {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}
# Who asks, and what the answer is; whoever is not named may ask.
MINE = {"anonymous": 401, "stranger": 404, "elsewhere": 404}
OPERATORS = {"anonymous": 401, "stranger": 403, "elsewhere": 403}
# People belong to no city; an operator sees those who have to do with theirs, and is told nothing of others.
DESKS = {"anonymous": 401, "stranger": 403, "elsewhere": 404}
# What the operators of the town are not told either.
CITY_HALL = OPERATORS | {"desk": 403}
# Nor may they decide on this.
ADMINS = OPERATORS | {"desk": 403}
# The answer is about who asks.
SIGNED_IN = {"anonymous": 401}
PUBLIC: dict[str, int] = {}
# Nobody's session is a partner's token.
NO_PARTNER = dict.fromkeys(("anonymous", "stranger", "elsewhere", "rider", "desk"), 401)
SLOT = {"starts_at": "2026-06-16T10:00:00+12:00", "ends_at": "2026-06-16T12:00:00+12:00"}
DAYS = {"from": "2026-06-15", "to": "2026-06-15"}
PARAMS: dict[str, Any] = {
    "get_figures": DAYS,
    "export_facts_csv": DAYS,
    "export_facts_parquet": DAYS,
    "get_trial_balance": DAYS,
    "export_ledger": DAYS,
    "list_vehicles_nearby": HERE,
    "find_vehicle_beside": HERE | {"plate": "Z-999"},
    "explain_zones": HERE,
    "get_isochrones": HERE,
    "read_timeline": {"reason": "the rider called"},
    "open_document": {"reason": "the rider called"},
    "search_city": {"query": "B-00"},
    "get_driver": {"at": "2026-06-15T08:00:00Z", "reason": "Fine 2026-1187"},
    "list_availability": {"from": SLOT["starts_at"], "to": SLOT["ends_at"]},
    "get_day_availability": {"date": "2026-06-16", "type": "pebble"},
    "get_forecast": {"day": "2026-06-16"},
    "get_compliance": DAYS,
    **dict.fromkeys(("get_days", "export_days", "list_journal", "export_journal"), DAYS),
    "list_breaches": DAYS,
    "discard_ground_draft": {"version": 1},
}
DAMAGE = {"kind": "brake", "severity": "minor"}
PHOTO = dict.fromkeys(("add_damage_photo", "add_night_photo", "add_parking_photo"), photo())
NOTICE = {
    "kind": "other",
    "summary": {"en": "The pier is closed", "mi": "Kua kati"},
    "starts_at": "2026-06-16T10:00:00Z",
}
GROUND: dict[str, Any] = {"zones": [], "stations": []}
BODIES: dict[str, Any] = {
    "check_ground": {"ground": GROUND},
    "write_ground_draft": {"version": 0, "base": 1, "ground": GROUND},
    "publish_ground": {"version": 1, "note": "Roadworks"},
    "extend_hold": {"minutes": 5},
    "ask_assistance": {"purpose": "assistance", "reason": "Rider calls from a ditch"},
    "check_ride_end": {"position": HERE},
    "end_ride": {"position": HERE},
    "save_place": {"kind": "home", "name": "Home", "position": HERE},
    "add_device": BrowserWithPush(address="https://push.example/1").body,
    "change_booking": {"ends_at": "2026-06-16T13:00:00+12:00"},
    "book_for_rider": {"account_id": str(uuid4()), "vehicle_id": str(uuid4()), **SLOT},
    "pay_again": {},
    "offer_promotion": {
        "code": "WELCOME",
        "percent_off": 50,
        "starts_at": "2026-06-01T00:00:00Z",
        "ends_at": "2026-09-01T00:00:00Z",
    },
    "welcome_partner": {"name": "Ferries", "contact_email": "it@example.org"},
    "change_webhook": {"active": False},
    "replay_webhook": {"since": "2026-06-15T08:00:00Z"},
    "write_notice": NOTICE,
    "rewrite_notice": NOTICE,
    "print_vouchers": {"count": 1, "cents": 500, "good_until": "2026-09-01T00:00:00Z"},
    "grant_entitlement": {"email": "alix@example.org", "code": "lake-card", "ends_at": "2026-09-01T00:00:00Z"},
    "end_ride_for_rider": {"position": HERE, "reason": "the app has frozen"},
    "correct_price": {"cents": 100, "reason": "the gate was shut"},
    "ask_refund": {"cents": 100, "reason": "rain inside"},
    "grant_credit": {"cents": 100, "reason": "a long wait"},
    "place_again": {},
    "explain_difference": {"note": "made by hand"},
    "send_vehicle_command": {"command": "locate", "reason": "a caller asked where it is"},
    "report_damage_beside": DAMAGE | {"plate": "P-003", "position": {"lon": 175.1, "lat": -40.05}},
    "report_fleet_damage": DAMAGE,
    "report_ride_damage": DAMAGE,
    "confirm_damage": {"severity": "minor"},
    "dismiss_damage": {"note": "nothing there"},
    "create_task": {"vehicle_id": str(uuid4()), "kind": "fetch"},
    "repair_damage": {"note": "new pads"},
    "finish_work": {"odometer_m": 1_200},
    "finish_task": {"note": "set up again"},
    "give_up_task": {"note": "it is locked in a yard"},
    "cancel_task": {"note": "no longer needed"},
    "change_task": {"priority": "high"},
    "assign_task": {"assigned_to": str(uuid4())},
    "assign_alert": {"assigned_to": None},
    "snooze_alert": {"until": "2026-06-15T10:00:00Z", "reason": "the crew comes at ten"},
    "resolve_alert": {"note": "set up again"},
    "report_vehicle_event": {"event": "maintenance", "reason": "Flat tyre"},
    "verify_licence": {"birth_date_confirmed": True},
    "draft_tariff": PLAN,
    "rewrite_tariff_draft": PLAN,
    "publish_tariff": {"effective_from": "2026-07-15"},
    "block_account": {"reason": "lent to a friend"},
    "unblock_account": {"reason": "a mistake"},
    "propagate_outage": {"for_good": False},
    "ask_night_plan": {},
    "restrict_night": {"kind": "station", "target": "wharf"},
    "set_night_roster": {"members": []},
    "evaluate_drawing": {},
    "keep_drawing": {"name": "Two more"},
    "change_drawing": {"name": "Two more", "revision": 1},
    "ask_studio_job": {"kind": "study"},
    "give_role": {"email": "eve@example.org", "role": "crew", "reason": "starts today"},
    "withdraw_role": {"reason": "has left"},
}
MY_IDS = (
    "document_id",
    "pass_id",
    *("rental_id", "hold_id", "booking_id", "report_id", "photo_id", "payment_id", "authorisation_id", "card_id"),
    *("guardianship_id", "child_id"),
)
# What ends something comes after what needs it.
LAST = [
    "set_night_roster",
    *("write_ground_draft", "preview_ground", "preview_geofencing", "publish_ground", "discard_ground_draft"),
    "publish_tariff",
    "discard_tariff_draft",
    "resolve_alert",
    "start_task",
    "finish_task",
    "give_up_task",
    "cancel_task",
    "start_work",
    "finish_work",
    "repair_damage",
    "dismiss_damage",
    "look_at_ride",
    "close_assistance",
    "end_ride",
    "end_ride_for_rider",
    "correct_price",
    "cancel_booking",
    "withdraw_booking",
    "list_child_rides",
    "end_guardianship",
    "block_account",
    "unblock_account",
]
MATRIX = {
    "get_city": PUBLIC,
    "get_city_map": PUBLIC,
    "list_tariffs_in_force": PUBLIC,
    "list_tariff_versions": OPERATORS,
    "list_tariff_drafts": OPERATORS,
    "draft_tariff": OPERATORS,
    "rewrite_tariff_draft": OPERATORS,
    "preview_tariff": OPERATORS,
    "publish_tariff": OPERATORS,
    "discard_tariff_draft": OPERATORS,
    "withdraw_tariff": OPERATORS,
    "get_ground": OPERATORS,
    "list_ground_editions": OPERATORS,
    "get_ground_edition": OPERATORS,
    "check_ground": OPERATORS,
    "write_ground_draft": OPERATORS,
    "discard_ground_draft": OPERATORS,
    "preview_ground": OPERATORS,
    "preview_geofencing": OPERATORS,
    "publish_ground": OPERATORS,
    "withdraw_ground": OPERATORS,
    "list_stations": PUBLIC,
    "list_vehicles_nearby": PUBLIC,
    "explain_zones": PUBLIC,
    "get_isochrones": PUBLIC,
    "get_eligibility": SIGNED_IN,
    "find_vehicle_beside": SIGNED_IN,
    "list_usual_rides": SIGNED_IN,
    # Each has a space of their own for ids.
    **dict.fromkeys(("save_place", "forget_place", "add_device", "remove_device"), SIGNED_IN),
    "list_fleet_vehicles": OPERATORS,
    "summarise_fleet": OPERATORS,
    "summarise_today": OPERATORS,
    "watch_fleet": OPERATORS,
    "get_fleet_vehicle": OPERATORS,
    "list_vehicle_events": OPERATORS,
    "report_vehicle_event": OPERATORS,
    "send_vehicle_command": OPERATORS,
    "list_vehicle_commands": OPERATORS,
    "get_vehicle_command": OPERATORS,
    "list_vehicle_reports": OPERATORS,
    "get_telemetry_health": OPERATORS,
    "list_pass_plans": PUBLIC,
    "stop_renewing_pass": MINE,
    "list_notices": PUBLIC,
    "watch_vehicles": PUBLIC,
    "get_morning": PUBLIC,
    "get_privacy_notice": PUBLIC,
    "list_written_notices": OPERATORS,
    "write_notice": OPERATORS,
    "rewrite_notice": OPERATORS,
    "end_notice": OPERATORS,
    "get_figures": OPERATORS,
    "get_coverage": OPERATORS,
    "export_facts_csv": OPERATORS,
    "export_facts_parquet": OPERATORS,
    "list_partners": OPERATORS,
    "get_days": OPERATORS,
    "export_days": OPERATORS,
    "list_journal": OPERATORS,
    "export_journal": OPERATORS,
    "list_roles": OPERATORS,
    "give_role": ADMINS,
    "withdraw_role": ADMINS,
    "get_studio": OPERATORS,
    "evaluate_drawing": OPERATORS,
    "list_drawings": OPERATORS,
    "keep_drawing": OPERATORS,
    "change_drawing": OPERATORS,
    "discard_drawing": OPERATORS,
    "list_studio_jobs": OPERATORS,
    "ask_studio_job": OPERATORS,
    "get_studio_job": OPERATORS,
    "cancel_studio_job": OPERATORS,
    "list_studies": OPERATORS,
    "get_study": OPERATORS,
    "get_replay": OPERATORS,
    "get_report": OPERATORS,
    "welcome_partner": OPERATORS,
    "part_with_partner": OPERATORS,
    "change_webhook": NO_PARTNER,
    "end_webhook": NO_PARTNER,
    "rotate_webhook_secret": NO_PARTNER,
    "replay_webhook": NO_PARTNER,
    "list_webhook_deliveries": NO_PARTNER,
    "list_promotions": OPERATORS,
    "offer_promotion": OPERATORS,
    "stop_promotion": OPERATORS,
    "print_vouchers": OPERATORS,
    "list_vouchers": OPERATORS,
    "list_entitlements": CITY_HALL,
    "grant_entitlement": CITY_HALL,
    "end_entitlement": CITY_HALL,
    "read_timeline": OPERATORS,
    "open_document": OPERATORS,
    "end_ride_for_rider": OPERATORS,
    "correct_price": OPERATORS,
    "ask_refund": OPERATORS,
    "grant_credit": OPERATORS,
    "list_support_acts": OPERATORS,
    "agree_to_act": OPERATORS,
    "refuse_act": OPERATORS,
    "get_trial_balance": OPERATORS,
    "export_ledger": OPERATORS,
    "explain_difference": OPERATORS,
    "place_again": MINE,
    "list_refunds": OPERATORS,
    "ask_assistance": OPERATORS,
    "approve_assistance": OPERATORS,
    "look_at_ride": OPERATORS,
    "close_assistance": OPERATORS,
    "list_assistances": OPERATORS,
    "get_driver": OPERATORS,
    "list_access": OPERATORS,
    "verify_licence": DESKS,
    "refuse_licence": DESKS,
    "verify_birth_date": DESKS,
    "block_account": DESKS,
    "unblock_account": DESKS,
    "list_account_events": DESKS,
    "accept_guardianship": MINE,
    "end_guardianship": MINE,
    "list_child_rides": MINE,
    "preview_propagation": OPERATORS,
    "propagate_outage": OPERATORS,
    "list_availability": PUBLIC,
    "get_day_availability": PUBLIC,
    "get_document": MINE,
    "get_document_pdf": MINE,
    "get_booking": MINE,
    "change_booking": MINE,
    "substitute_vehicle": MINE,
    "start_booking": MINE,
    "cancel_booking": MINE,
    "list_bookings": OPERATORS,
    "book_for_rider": OPERATORS,
    "withdraw_booking": OPERATORS,
    "cancel_hold": MINE,
    "extend_hold": MINE,
    "get_ride": MINE,
    "get_receipt": MINE,
    "pause_ride": MINE,
    "resume_ride": MINE,
    "check_ride_end": MINE,
    "end_ride": MINE,
    "get_payment": MINE,
    "pay_again": MINE,
    "remove_card": MINE,
    "report_damage_beside": SIGNED_IN,
    "report_ride_damage": MINE,
    "add_damage_photo": MINE,
    "get_damage_photo": MINE,
    "add_parking_photo": MINE,
    "get_parking_photo": MINE,
    "report_fleet_damage": OPERATORS,
    "list_damages": OPERATORS,
    "confirm_damage": OPERATORS,
    "dismiss_damage": OPERATORS,
    "repair_damage": OPERATORS,
    "list_work_orders": OPERATORS,
    "start_work": OPERATORS,
    "finish_work": OPERATORS,
    "read_vehicle_story": OPERATORS,
    "get_vehicle_figures": OPERATORS,
    "search_city": OPERATORS,
    "list_alerts": OPERATORS,
    "list_alert_events": OPERATORS,
    "acknowledge_alert": OPERATORS,
    "assign_alert": OPERATORS,
    "snooze_alert": OPERATORS,
    "resolve_alert": OPERATORS,
    "list_tasks": OPERATORS,
    "list_crew": OPERATORS,
    "create_task": OPERATORS,
    "change_task": OPERATORS,
    "assign_task": OPERATORS,
    "take_task": OPERATORS,
    "start_task": OPERATORS,
    "finish_task": OPERATORS,
    "give_up_task": OPERATORS,
    "cancel_task": OPERATORS,
    "list_nights": OPERATORS,
    "get_night": OPERATORS,
    "get_forecast": OPERATORS,
    "get_compliance": OPERATORS,
    "list_breaches": OPERATORS,
    "get_compliance_report": OPERATORS,
    "get_compliance_report_csv": OPERATORS,
    "get_night_report": OPERATORS,
    "get_night_report_csv": OPERATORS,
    "ask_night_plan": OPERATORS,
    "get_night_plan": OPERATORS,
    "get_night_plan_map": OPERATORS,
    "cancel_night_plan": OPERATORS,
    "publish_night_plan": OPERATORS,
    "restrict_night": OPERATORS,
    "lift_restriction": OPERATORS,
    "set_night_roster": OPERATORS,
    "list_night_tasks": OPERATORS,
    "add_night_photo": OPERATORS,
    "get_night_photo": DESKS,
}


@dataclass(frozen=True)
class Things:
    """What belongs to Alix and to the desk of Lakeport, and everybody's way to the API."""

    client: httpx.AsyncClient
    people: dict[str, dict[str, str]]
    ids: dict[str, str]
    secrets: tuple[str, ...]

    async def ask(self, who: str, operation: Operation, **others: str) -> httpx.Response:
        headers = {"Accept-Language": "en", "Idempotency-Key": uuid4().hex, **self.people[who]}
        path = operation.path.format(**(self.ids | others))
        params, body = PARAMS.get(operation.id), BODIES.get(operation.id)
        given: Any = {"content": PHOTO[operation.id]} if operation.id in PHOTO else {"json": body}
        return await self.client.request(operation.method, path, params=params, headers=headers, **given)


@pytest.fixture
async def things(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: list[NewVehicle], app: Litestar
) -> Things:
    async with transaction(sessions) as session:
        alix, bo = add_rider(session, clock), add_rider(session, clock)
        desk_vehicle, ridden, held = await session.scalars(
            select(Vehicle).where(Vehicle.type_code == "breeze").order_by(Vehicle.plate).limit(3)
        )
    rental = await Phone(client, alix).ride(ridden.public_id)
    hold = (await Phone(client, bo).post("/v1/holds", {"vehicle_id": str(held.public_id)})).json()
    async with sessions() as session:
        licence = (await session.scalars(select(Licence.id).where(Licence.account_id == alix.account_id))).one()
        station = (await session.scalars(select(Station.id).where(Station.code == "wharf"))).one()
        edition = (await session.scalars(select(GroundEdition.id))).one()
    booking = await Phone(client, alix).post("/v1/bookings", {"type": "pebble", "station_id": str(station), **SLOT})
    held_pass = await Phone(client, alix).post("/v1/passes", {"city": "lakeport", "code": "daily-breeze"})
    colleague = await signed_in(sessions, clock, "colleague@example.fr", city="lakeport")
    asked = await client.post(
        f"/v1/fleet/vehicles/{ridden.id}/assistances",
        json=BODIES["ask_assistance"],
        headers=colleague | {"Idempotency-Key": uuid4().hex},
    )
    path = "/v1/cities/lakeport/tariff-drafts"
    drafted = await client.post(path, json=PLAN, headers=colleague | {"Idempotency-Key": uuid4().hex})
    async with transaction(sessions) as session:
        tariff_id = await session.scalar(select(Tariff.id).limit(1))
        alert = await alerts.note(session, clock, desk_vehicle.id, "unlock_failed", {})
        task_id = await session.scalar(select(Task.id))
        money = await _money(session, clock, alix.account_id)
        desk = await session.scalar(select(Account.id).where(Account.email == "colleague@example.fr"))
        act = SupportAct(
            city_id="lakeport",
            account_id=alix.account_id,
            kind="credit",
            reference_id=alix.account_id,
            cents=9_000,
            reason="a long wait",
            asked_by=desk,
            asked_at=clock.now(),
            state="waiting",
        )
        session.add(act)
        child, parent = add_rider(session, clock, born_on=date(2012, 1, 1)), f"{alix.account_id}@example.org"
        await session.flush()
        guardianship = await guardianships.ask(session, clock, child.account_id, Part.CHILD, parent)
        command = await commands.send(session, clock, desk_vehicle.id, Command(Kind.LOCATE), actor=Actor.OPERATOR)
        night_ids = await _night(session, clock, desk)
    damage_ids = await _damage(Phone(client, alix), colleague, rental["id"], desk_vehicle.id)
    return Things(
        client=client,
        people={
            "anonymous": {},
            "stranger": (await _stranger(sessions, clock)),
            "elsewhere": await signed_in(sessions, clock, "elsewhere@example.fr", city="springfield"),
            "rider": alix.headers,
            "holder": bo.headers,
            "desk": await signed_in(sessions, clock, "desk@example.fr", city="lakeport"),
        },
        ids={
            "city": "lakeport",
            "rental_id": rental["id"],
            "hold_id": hold["id"],
            "booking_id": booking.json()["id"],
            "pass_id": held_pass.json()["id"],
            "promotion_id": str(uuid4()),
            "table": "weeks",
            "notice_id": str(uuid4()),
            "partner_id": str(uuid4()),
            "drawing_id": str(uuid4()),
            "job_id": str(uuid4()),
            "study_id": "0123456789ab",
            "role_id": str(uuid4()),
            "scenario": "drawn-1",
            "form": "pdf",
            "webhook_id": str(uuid4()),
            "act_id": str(act.id),
            "entitlement_id": str(uuid4()),
            "station_id": str(station),
            "edition_id": str(edition),
            "vehicle_id": str(desk_vehicle.id),
            "account_id": str(alix.account_id),
            "licence_id": str(licence),
            "assistance_id": asked.json()["id"],
            "alert_id": str(alert and alert.id),
            "task_id": str(task_id),
            "command_id": str(command.id),
            "draft_id": drafted.json()["id"],
            "day": "2026-06-14",
            "tariff_id": str(tariff_id),
            "guardianship_id": str(guardianship.id),
            "child_id": str(child.account_id),
            "place_id": str(uuid4()),
            "device_id": str(uuid4()),
            **money,
            **damage_ids,
            **night_ids,
        },
        secrets=(f"{alix.account_id}@example.org", f"{bo.account_id}@example.org", ridden.plate, held.plate, "-40.0"),
    )


async def _receipt(session: AsyncSession, clock: FixedClock, account_id: UUID) -> str:
    sold = await invoicing.issue(
        session,
        clock,
        account_id=account_id,
        city_id="lakeport",
        reference_id=uuid4(),
        lines=[priced({"en": "Riding"}, 1, {"en": "ride"}, 1990, Decimal(15))],
        served_from=clock.now(),
        served_until=clock.now(),
        place={"en": "Lakeport"},
    )
    return str(sold and sold.id)


async def _money(session: AsyncSession, clock: FixedClock, account_id: UUID) -> dict[str, str]:
    """A ride of the rider's that is to be paid, and their card."""
    due: dict[str, Any] = {"total": Money(1990, "EUR"), "vat_percent": Decimal(20)}
    payment = await payments.charge(
        session, clock, account_id=account_id, city_id="lakeport", reference_id=uuid4(), **due
    )
    customer = await payments.remember_customer(session, account_id, gateway="local", reference="cus_alix")
    await payments.save_card(session, clock, SavedCard(customer, "pm_1", "visa", "4242", 12, 2034), gateway="local")
    card = await session.scalar(select(Card.id))
    start = clock.now() + timedelta(days=1)
    held = await payments.authorise(
        session,
        clock,
        account_id=account_id,
        city_id="lakeport",
        reference_id=uuid4(),
        amount=due["total"],
        place_at=start,
        until=start,
    )
    named = {"gateway": "stripe", "kind": "missing_here", "matter": "charge", "reference": "pi_1"}
    differs = BookDifference(**named, found_at=clock.now(), seen_at=clock.now())
    session.add(differs)
    await session.flush()
    return {
        "payment_id": str(payment and payment.id),
        "card_id": str(card),
        "document_id": await _receipt(session, clock, account_id),
        "authorisation_id": str(held.id),
        "difference_id": str(differs.id),
    }


async def _damage(rider: Phone, desk: dict[str, str], rental_id: str, vehicle_id: UUID) -> dict[str, str]:
    """A report of the rider's with a photo, and a damage of the desk's with its work order."""
    report = (await rider.post(f"/v1/rentals/{rental_id}/damage-reports", DAMAGE)).json()["id"]
    path, key = f"/v1/damage-reports/{report}/photos", {"Idempotency-Key": uuid4().hex}
    added = await rider.client.post(path, content=photo(), headers=rider.person.headers | key)
    path, key = f"/v1/fleet/vehicles/{vehicle_id}/damage-reports", {"Idempotency-Key": uuid4().hex}
    await rider.client.post(path, json=DAMAGE | {"kind": "tyre"}, headers=desk | key)
    of_vehicle = {"params": {"vehicle_id": str(vehicle_id)}, "headers": desk}
    damage = (await rider.client.get("/v1/cities/lakeport/damages", **of_vehicle)).json()["items"][0]["id"]
    await rider.client.post(f"/v1/damages/{damage}/confirm", json={}, headers=desk)
    order = (await rider.client.get("/v1/cities/lakeport/work-orders", **of_vehicle)).json()["items"][0]["id"]
    return {"report_id": report, "photo_id": added.json()["id"], "damage_id": damage, "order_id": order}


async def _night(session: AsyncSession, clock: FixedClock, desk: UUID | None) -> dict[str, str]:
    """A draft of tonight's plan, a task of one before it with a photo, and a crew that is absent."""
    assert desk is not None
    before = await write_plan(session, clock, Piece("swap", ["B-003"]))
    await plans.publish(session, clock, before.id, operator_id=desk)
    task = (await session.scalars(select(NightTask))).one()
    await roster.set_roster(session, clock, before.night_id, {desk: "early"})
    picture = NightPhoto(id=uuid4(), task_id=task.id, account_id=desk, received_at=clock.now(), jpeg=photo())
    session.add(picture)
    absent = restrictions.Asked(kind="crew", target="drivers")
    made = await restrictions.restrict(session, clock, before.night_id, absent, operator_id=desk)
    draft = await write_plan(session, clock)
    return {
        "night_id": str(draft.night_id),
        "plan_id": str(draft.id),
        "restriction_id": str(made.id),
        "night_task_id": str(task.id),
        "night_photo_id": str(picture.id),
    }


async def _stranger(sessions: Sessions, clock: FixedClock) -> dict[str, str]:
    async with transaction(sessions) as session:
        return add_rider(session, clock).headers


async def test_every_operation_that_names_a_thing_has_its_row(app: Litestar) -> None:
    assert {operation.id for operation in operations(app) if operation.names_a_thing} == set(MATRIX)


async def test_nobody_reaches_what_is_not_theirs_and_nothing_of_it_is_told(
    app: Litestar, things: Things, sessions: Sessions
) -> None:
    before = await rows(sessions)
    wrong = {}
    for operation in operations(app):
        for who, status in MATRIX.get(operation.id, PUBLIC).items():
            answer = await things.ask(who, operation)
            told = [secret for secret in things.secrets if secret in answer.text]
            if answer.status_code != status or told:
                wrong[operation.id, who] = (answer.status_code, told)
    assert wrong == {}
    assert await rows(sessions) == before


async def test_a_thing_of_somebody_else_is_refused_like_one_that_does_not_exist(app: Litestar, things: Things) -> None:
    for operation in operations(app):
        if MATRIX.get(operation.id) is MINE:
            nothing = {name: str(uuid4()) for name in MY_IDS}
            theirs, missing = (
                await things.ask("stranger", operation),
                await things.ask("stranger", operation, **nothing),
            )
            told = [
                {k: v for k, v in a.json().items() if k not in ("instance", "request_id")} for a in (theirs, missing)
            ]
            assert told[0] == told[1], operation.id


async def test_who_owns_the_thing_may(app: Litestar, things: Things) -> None:
    """Without this, the rows above might be refused for another reason."""
    owners = {"get_receipt": "rider", "cancel_hold": "holder", "extend_hold": "holder"}
    reached = {}
    for operation in sorted(operations(app), key=lambda each: LAST.index(each.id) if each.id in LAST else -1):
        if operation.id in MATRIX and operation.id not in ("watch_fleet", "watch_vehicles"):  # which never end
            owner = owners.get(operation.id, "rider" if MATRIX[operation.id] in (MINE, SIGNED_IN) else "desk")
            answer = await things.ask(owner, operation)
            reached[operation.id] = code(answer)
    refused_for_its_state = {
        "extend_hold": "hold_not_extendable",
        "find_vehicle_beside": "not_beside_vehicle",
        "get_receipt": "rental_not_ended",
        "get_document_pdf": "document_not_numbered",
        "open_document": "document_not_numbered",
        "verify_licence": "licence_decided",
        "ask_assistance": "vehicle_not_rented",
        "get_driver": "nobody_drove",
        "dismiss_damage": "damage_closed",
        "ask_refund": "payment_not_captured",
        "end_ride_for_rider": "rental_ended",
        "refuse_act": "support_act_decided",
        "stop_promotion": "unknown_promotion",
        "rewrite_notice": "unknown_notice",
        "end_notice": "unknown_notice",
        "part_with_partner": "unknown_partner",
        **dict.fromkeys(("get_studio", "evaluate_drawing", "ask_studio_job"), "no_studio"),
        **dict.fromkeys(("change_drawing", "discard_drawing"), "unknown_drawing"),
        **dict.fromkeys(("get_studio_job", "cancel_studio_job"), "unknown_studio_job"),
        **dict.fromkeys(("get_study", "get_replay", "get_report"), "studio_result_not_ready"),
        **{id_: "wrong_partner_token" for id_, row in MATRIX.items() if row is NO_PARTNER},
        "list_entitlements": "role_missing",
        "grant_entitlement": "role_missing",
        "end_entitlement": "role_missing",
        **dict.fromkeys(("give_role", "withdraw_role"), "role_missing"),
        "explain_difference": "role_missing",  # the till is one for all cities
        "substitute_vehicle": "no_substitute",
        "start_booking": "booking_too_early",
        "withdraw_booking": "booking_over",
        "book_for_rider": "unknown_account",
        "create_task": "unknown_vehicle",
        "assign_task": "assignee_not_crew",
        "give_up_task": "task_closed",
        "cancel_task": "task_closed",
        "discard_tariff_draft": "unknown_tariff_draft",
        "withdraw_tariff": "tariff_of_city_file",
        "withdraw_ground": "ground_begun",
        **dict.fromkeys(("preview_ground", "preview_geofencing", "publish_ground"), "ground_refused"),
        "cancel_night_plan": "plan_not_being_solved",
        "get_forecast": "no_forecast",
        "get_compliance_report": "mds_unknown_object",
        "get_compliance_report_csv": "mds_unknown_object",
        "add_parking_photo": "parking_photo_not_asked",
        "get_parking_photo": "unknown_photo",
        "add_night_photo": "not_on_this_crew",  # a colleague is
    }
    assert {id_: refusal for id_, refusal in reached.items() if refusal} == refused_for_its_state


async def test_a_hold_named_in_a_body_starts_nobody_elses_ride(
    things: Things, sessions: Sessions, client: httpx.AsyncClient
) -> None:
    headers = things.people["stranger"] | {"Idempotency-Key": uuid4().hex}
    answer = await client.post("/v1/rentals", json={"hold_id": things.ids["hold_id"]}, headers=headers)
    assert (answer.status_code, code(answer)) == (404, "unknown_hold")
    async with sessions() as session:
        hold = await session.get_one(Hold, things.ids["hold_id"])
        assert hold.state == "active"
        assert len((await session.scalars(select(Rental))).all()) == 1


async def test_lists_of_mine_hold_nothing_of_others(things: Things) -> None:
    cards = await things.client.get("/v1/me/cards", headers=things.people["stranger"])
    assert cards.json()["items"] == []
    for path in ("/v1/rentals", "/v1/payments", "/v1/documents", "/v1/me/damage-reports"):
        answer = await things.client.get(path, headers=things.people["stranger"])
        assert answer.json() == {"items": [], "next": None}, path
    answer = await things.client.get("/v1/me/ride", headers=things.people["stranger"])
    assert answer.json() == {"kind": "none"}
