"""What a rider is told of terms: until when a vehicle is theirs, what keeping it longer costs, what a ride may cost."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Route, expect

from tests.support.service import Service
from tests.web.conftest import TOWN_CENTRE
from tests.web.pages import ResidentPage
from tests.web.people import People

NEAR = {"lon": TOWN_CENTRE["longitude"], "lat": TOWN_CENTRE["latitude"], "type": "totem-two-seater"}
HERE_ONLY = {"status": 422, "code": "hold_position_needed", "detail": "Dites où vous êtes."}
FRIDAYS = {"days": ["Fr"], "begins": "18:00", "ends": "20:00", "percent": 150}
FAR = {"name": {"fr": "Loin", "en": "Far"}, "cents": 500, "zones": ["service-area"], "outside": True, "stations": []}


async def may_drive(people: People, contact: str, *, operator: str) -> None:
    await people.ask(contact, "PATCH", "/v1/me", json={"born_on": "1996-04-12"})
    await people.ask(contact, "POST", "/v1/me/licences", json={"category": "B", "issued_on": "2016-01-01"})
    await people.verify_papers(contact, operator=operator)


def quarter(hours: float) -> str:
    at = datetime.now(UTC) + timedelta(hours=hours)
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0).isoformat()


async def with_more(phone: BrowserContext, path: str, more: Any) -> None:
    """The service's answer as it would be in another city."""

    async def answer(route: Route) -> None:
        given = await route.fetch()
        await route.fulfill(response=given, json=more(await given.json()))

    await phone.route(path, answer)


def pricier(tariffs: dict[str, Any]) -> dict[str, Any]:
    for each in tariffs.values():
        each["tariff"] |= {"time_factors": [FRIDAYS], "end_fees": [FAR]}
    return tariffs


async def test_a_rider_reads_the_terms_of_a_vehicle_that_somebody_else_has_booked(
    phone: BrowserContext, service: Service, people: People, lea: str, operator: str, screens: Path
) -> None:
    for contact in (lea, f"after-{lea}"):
        await may_drive(people, contact, operator=operator)
    (car, *_) = (await people.ask(lea, "GET", "/v1/cities/bethune/vehicles/nearby", params=NEAR))["items"]
    times = {"starts_at": quarter(5), "ends_at": quarter(6)}
    await people.ask(f"after-{lea}", "POST", "/v1/bookings", json={"vehicle_id": car["vehicle_id"], **times})
    await with_more(phone, "**/v1/cities/bethune/tariffs", pricier)
    rider = await ResidentPage.open(phone, service, screens)
    await rider.tap("Menu")
    await rider.tap("Se connecter")
    await rider.sign_in(lea)
    await expect(rider.page.get_by_role("dialog")).to_be_hidden()
    await rider.tap(re.compile("Voiturette Totem"))  # the nearest
    await rider.sees(re.compile("à rendre avant"))
    await rider.page.get_by_text("Combien pour mon trajet").click()
    await rider.page.get_by_label("Arrivée").select_option("Hôtel de ville")
    await rider.sees("Total")
    await rider.screen("resident-terms-quote")
    problem = {"status": 422, "content_type": "application/problem+json", "body": json.dumps(HERE_ONLY)}
    await rider.page.route("**/v1/holds", lambda route: route.fulfill(**problem))
    await rider.tap("Réserver")
    await rider.sees("Dire où je suis")
    await rider.screen("resident-terms-position")
    await rider.page.unroute("**/v1/holds")
    await rider.tap("Réserver")
    await rider.tap(re.compile("^Prolonger"))
    await expect(rider.page.get_by_role("button", name=re.compile("^Prolonger"))).to_be_visible()
    await rider.screen("resident-terms-held")
    await rider.tap("Déverrouiller")
    await rider.sees(re.compile("rendez-le avant"))
    await rider.screen("resident-terms-riding")
    assert rider.faults == []
