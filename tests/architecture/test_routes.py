"""What every route must have; asked of the composed application, so that a forgotten one is found."""

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from mobility.app import create_app
from mobility.settings import Settings

# Open to everybody, each with its reason.
PUBLIC = {
    "request_code": "whoever signs in is not signed in yet",
    "sign_in": "the same",
    "list_cities": "a map is public",
    "get_city": "a map is public",
    "get_city_map": "a map is public",
    "list_stations": "a map is public",
    "list_notices": "everybody is to know",
    "watch_vehicles": "that something changed, of nobody and nothing",
    "get_morning": "counts of vehicles, of nobody",
    "get_privacy_notice": "what is stored of people, they may know before they sign in",
    "get_definitions": "what a figure means is no secret",
    "explain_zones": "a rule is public",
    "get_isochrones": "how far people walk is no secret",
    "list_vehicles_nearby": "one looks before one signs in; ids rotate",
    "quote_ride": "a price is public",
    "list_tariffs_in_force": "the same",
    "list_pass_plans": "the same",
    "list_availability": "one looks before one signs in; ids rotate",
    "get_day_availability": "the same",
    "receive_payment_webhook": "the payment service signs what it tells",
    **dict.fromkeys(
        (
            *("list_webhooks", "make_webhook", "change_webhook", "end_webhook"),
            *("rotate_webhook_secret", "replay_webhook", "list_webhook_deliveries"),
        ),
        "partners prove themselves with a token of their own",
    ),
    "report_telemetry": "vehicles prove themselves with a key of their own",
    "report_traccar_position": "the same key",
    "app_config": "the web client asks it first",
    "health_live": "for machines that watch this one",
    "health_ready": "for machines that watch this one",
}

# They move what is there to a state it is then in; a repetition finds it there.
DECIDING = {
    "check_ride_end",  # it only looks
    *("pause_ride", "resume_ride", "verify_licence", "refuse_licence", "verify_birth_date"),
    *("block_account", "unblock_account", "accept_guardianship", "end_guardianship", "erase_me"),
    "export_me",
    *("acknowledge_alert", "assign_alert", "snooze_alert", "resolve_alert"),
    *("assign_task", "take_task", "start_task", "finish_task", "give_up_task", "cancel_task"),
    *("approve_assistance", "close_assistance"),
    "withdraw_booking",
    *("agree_to_act", "refuse_act"),
    "print_vouchers",  # whose codes are not kept to be said again
    *("welcome_partner", "make_webhook"),  # nor are their token and secret
    *("rotate_webhook_secret", "replay_webhook"),
    "explain_difference",
    "cancel_studio_job",
    "withdraw_role",
    "confirm_damage",
    *("withdraw_tariff", "withdraw_ground"),
    "dismiss_damage",
    "repair_damage",
    "start_work",
    "finish_work",
    *("cancel_night_plan", "publish_night_plan"),
    "say_steps",  # each has an id of the phone's making
}


@pytest.fixture(scope="module")
def composed() -> Litestar:
    return create_app(Settings(database_url="postgresql+asyncpg://nowhere/none", redis_url="redis://nowhere"))


@pytest.fixture(scope="module")
def handlers(composed: Litestar) -> list[HTTPRouteHandler]:
    found = [
        handler
        for route in composed.routes
        for handler in getattr(route, "route_handlers", [])
        if isinstance(handler, HTTPRouteHandler) and handler.resolve_include_in_schema() is not False
    ]
    return [handler for handler in found if handler.http_methods != {"OPTIONS"} and "/docs" not in str(handler.paths)]


def operation(handler: HTTPRouteHandler) -> str:
    return str(handler.operation_id)


def test_every_route_has_a_guard_or_a_reason_to_be_public(handlers: list[HTTPRouteHandler]) -> None:
    unguarded = {operation(handler) for handler in handlers if not handler.resolve_guards()}
    assert unguarded == set(PUBLIC)


def test_every_route_says_what_it_does(handlers: list[HTTPRouteHandler]) -> None:
    silent = [
        operation(handler) for handler in handlers if not (handler.summary and handler.operation_id and handler.tags)
    ]
    assert silent == []


def test_every_creating_post_takes_an_idempotency_key(handlers: list[HTTPRouteHandler]) -> None:
    without = {
        operation(handler)
        for handler in handlers
        if "POST" in handler.http_methods and not handler.opt.get("idempotent")
    }
    # Codes void each other, a session is made once a code; a quote, a check, a drawing's worth and a page for a card
    # create nothing.
    numbered = {"report_telemetry", "report_traccar_position", "receive_payment_webhook"}
    asked = {"request_code", "sign_in", "quote_ride", "check_ground", "evaluate_drawing", "open_card_page"}
    assert without == asked | numbered | DECIDING


def test_every_list_has_a_limit(composed: Litestar) -> None:
    document = composed.openapi_schema.to_schema()
    for path, item in document["paths"].items():
        operation = item.get("get", {})
        answer = operation.get("responses", {}).get("200", {}).get("content", {}).get("application/json", {})
        name = answer.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
        properties = document["components"]["schemas"].get(name, {}).get("properties", {})
        if "items" in properties:
            limits = [p["schema"] for p in operation["parameters"] if p["name"] == "limit"]
            assert limits, f"{path} gives a list without a limit"
            assert limits[0].get("maximum", 10**9) <= 200, path
