from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.booking.rules.availability import Promise
from mobility.booking.rules.charge import Rates, forecast, lasts, rates_of
from mobility.city.rules.city_file import BookableAhead
from tests.support.promises import MARKET, NOW, WHARF, booked, plans

RATES = Rates(use_percent=10, charging_percent={WHARF: 5})


def at(hours: float, *promises: Promise, charge: float = 50, place: UUID | None = MARKET) -> float:
    instant = NOW + timedelta(hours=hours)
    return forecast(charge, promises, now=NOW, at=instant, station_id=place, rates=RATES)


def test_a_vehicle_that_stands_where_there_is_no_charger_keeps_its_charge() -> None:
    assert at(10) == 50


def test_a_vehicle_at_a_charger_gains_by_the_hour_until_it_is_full() -> None:
    assert at(4, place=WHARF) == 70
    assert at(40, place=WHARF) == 100


def test_a_booked_hour_takes_its_share_even_of_a_ride_that_is_under_way() -> None:
    assert at(5, booked(1, 3, MARKET, MARKET)) == 30
    assert at(2, booked(1, 3, MARKET, MARKET)) == 40
    assert at(5, booked(-5, 3, MARKET, MARKET)) == 20


def test_after_a_booking_the_vehicle_charges_where_that_ended() -> None:
    assert at(8, booked(1, 3, MARKET, WHARF)) == 50 - 20 + 25


def test_a_battery_is_never_below_empty() -> None:
    assert at(20, booked(1, 15, MARKET, MARKET)) == 0


def test_a_booking_that_has_run_late_takes_nothing_of_the_time_to_come() -> None:
    assert at(1, booked(-3, -1, MARKET, MARKET)) == 50


def test_only_the_share_of_bays_with_a_charger_is_counted_on() -> None:
    terms = BookableAhead(use_km_per_hour=20, charge_percent_per_hour=20)
    rates = rates_of(terms, max_range_m=200_000, stations={WHARF: (1, 4), MARKET: (0, 2)})
    assert rates.use_percent == 10
    assert rates.charging_percent == {WHARF: 5, MARKET: 0}


@pytest.mark.parametrize(("charge", "enough"), [(39, False), (40, True)])
def test_a_charge_lasts_when_it_is_enough_at_the_start_of_the_last_booking(charge: float, enough: bool) -> None:
    planned = [booked(1, 3, MARKET, MARKET), booked(5, 6, MARKET, MARKET)]
    known = {"now": NOW, "station_id": MARKET, "rates": RATES}
    assert lasts(charge, planned, charge_percent_min=20, **known) is enough  # type: ignore[arg-type]


@given(plans(), st.floats(0, 100), st.floats(0, 100), st.floats(0, 60), st.floats(0, 30), st.floats(0, 30))
def test_a_forecast_is_a_percentage_and_more_now_is_not_less_then(
    plan: tuple[UUID, list[Promise]], less: float, more: float, hours: float, use: float, add: float
) -> None:
    less, more = sorted((less, more))
    rates = Rates(use_percent=use, charging_percent={WHARF: add})
    instant = NOW + timedelta(hours=hours)
    low, high = (
        forecast(charge, plan[1], now=NOW, at=instant, station_id=plan[0], rates=rates) for charge in (less, more)
    )
    assert 0 <= low <= high <= 100
