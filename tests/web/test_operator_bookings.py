"""The desk looks at a vehicle's bookings, and at what becomes of them before the vehicle is taken out of service."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, expect

from tests.support.service import Service
from tests.web.pages import OperatorPage
from tests.web.people import People


async def test_an_operator_sees_a_booking_in_the_calendar_and_what_a_breakdown_would_do_to_it(
    desk: BrowserContext, service: Service, people: People, lea: str, operator: str, screens: Path
) -> None:
    booked = await book(people, lea, operator)
    console = await OperatorPage.open(desk, service, screens)
    page = console.page
    await console.sign_in(operator)
    await console.choose(booked["plate"])
    await page.get_by_role("button", name="Mettre hors service").click()
    outage = page.get_by_test_id("outage")
    await expect(outage).to_contain_text("réservation")
    await expect(outage.get_by_role("listitem")).to_have_count(1)
    await console.screen("operator-outage")

    await page.get_by_role("link", name="Voir son calendrier").click()
    calendar = page.get_by_test_id("calendar")
    await expect(calendar.get_by_label("Véhicule")).to_have_value(booked["fleet_vehicle_id"])
    await expect(calendar.get_by_role("row")).to_have_count(8)
    await console.screen("operator-calendar")
    await calendar.get_by_role("button", name=re.compile("^Annuler la réservation")).click()
    await calendar.get_by_role("button", name="Confirmer").click()
    await expect(calendar.get_by_text("Rien de réservé cette semaine.")).to_be_visible()
    assert (await people.ask(lea, "GET", f"/v1/bookings/{booked['id']}"))["state"] == "cancelled"
    assert console.faults == []


async def book(people: People, lea: str, operator: str) -> Any:
    """Two hours of a car, as the desk sees them."""
    await people.ask(lea, "PATCH", "/v1/me", json={"born_on": "1996-04-12"})
    await people.ask(lea, "POST", "/v1/me/licences", json={"category": "B", "issued_on": "2016-01-01"})
    await people.verify_papers(lea, operator=operator)
    start = soon(datetime.now(UTC))
    when = {"from": start.isoformat(), "to": (start + timedelta(hours=2)).isoformat(), "lon": 2.6392, "lat": 50.5287}
    found = await people.ask(lea, "GET", "/v1/cities/bethune/availability", params=when)
    offer = next(each for each in found["items"] if each["station"])
    wish = {
        "type": offer["type"],
        "station_id": offer["station"]["id"],
        "starts_at": when["from"],
        "ends_at": when["to"],
    }
    made = await people.ask(lea, "POST", "/v1/bookings", json=wish)
    listed = await people.ask(operator, "GET", "/v1/cities/bethune/bookings")
    return next(each for each in listed["items"] if each["id"] == made["id"])


def soon(now: datetime) -> datetime:
    """By day and within a day: a vehicle of which nobody knows when it is back is missed for so long."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    by_day = [midnight + timedelta(days=day, hours=hour) for day in (0, 1) for hour in (9, 12, 15)]
    return next(start for start in by_day if start > now + timedelta(hours=1))
