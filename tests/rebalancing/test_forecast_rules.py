from datetime import date, timedelta

import numpy as np
import pytest

from mobility.booking.rules.unserved import CELL_M
from mobility.geo.lattice import cell_centre
from mobility.rebalancing.rules.backtest import HISTORY_MIN, back_test, choose, deviance
from mobility.rebalancing.rules.calendar import SUNDAY, Calendar
from mobility.rebalancing.rules.day_factors import BASELINE, METHODS
from mobility.rebalancing.rules.explain import explain
from mobility.rebalancing.rules.forecast import QUARTERS, Demand, DemandInvalid, Flows, certain, scenarios
from mobility.rebalancing.rules.forecasting import Forecast, forecast
from mobility.rebalancing.rules.history import History, Pairs, count_hours, exposed_hours
from mobility.rebalancing.rules.prior import prior_rates
from mobility.rebalancing.rules.rates import STEPS
from mobility.rebalancing.rules.searches import Counted, spread_searches
from mobility.rebalancing.rules.weather import Weather, WeatherUnreadable, read_weather
from tests.support.demands import MONDAY, Past, day_of, nothing, past, prepared, situation, small_places

CITY = situation()


def made(drawn: Past, method: str = BASELINE, day: date | None = None) -> Forecast:
    coming = day_of(drawn.situation, day) if day else drawn.tomorrow
    return forecast(drawn.situation, drawn.history, drawn.days, coming, method=method)


def of_pairs(values: np.ndarray) -> np.ndarray:
    return values[CITY.pairs.place, CITY.pairs.type].sum(axis=1)


def test_without_history_the_forecast_is_what_the_city_file_expects() -> None:
    city = prepared()
    pairs = Pairs(small_places(cells=1_000))
    whole = situation(pairs.places)
    monday = forecast(whole, nothing(whole), [], day_of(whole, MONDAY), method=BASELINE)
    by_class = monday.demand.departures.sum(axis=(0, 2))
    # Five mopeds twice a day, of whose rides Mondays see 7/9 of the mean; three cars 1.5 times.
    np.testing.assert_allclose(by_class, [5 * 2 * 7 / 9, 3 * 1.5])
    np.testing.assert_allclose(monday.demand.returns, monday.demand.departures)
    assert prior_rates(city, pairs).shape == (len(pairs), 7, 24)


def test_a_city_that_expects_nothing_expects_all_hours_and_places_alike() -> None:
    pairs = Pairs(small_places())
    city = prepared()
    silent = type(city)(type(city.file)(**{**fields(city.file), "demand": None}), "hash")
    rates = prior_rates(silent, pairs)
    assert np.ptp(rates[pairs.type == 0]) == pytest.approx(0)
    assert rates[pairs.type == 1].sum() == pytest.approx(7 * 3)


def fields(record: object) -> dict:
    return {name: getattr(record, name) for name in record.__struct_fields__}  # type: ignore[attr-defined]


def test_a_long_history_is_believed_more_than_the_city_file() -> None:
    drawn = past(CITY, days=140, level=8)
    weekday = CITY.calendar.weekday(drawn.tomorrow.day)
    wanted = of_pairs(made(drawn).demand.departures)
    truth = drawn.truth[:, weekday].sum(axis=1)
    busy = truth > 1
    assert np.abs(wanted / truth - 1)[busy].max() < 0.1
    assert np.abs(CITY.prior[:, weekday].sum(axis=1) / truth - 1)[busy].min() > 0.5


def test_a_place_seldom_seen_stays_near_what_was_expected() -> None:
    drawn = past(CITY, days=140, level=8)
    history = drawn.history
    exposure, departures = history.exposure.copy(), history.departures.copy()
    exposure[:, 0], departures[:, 0] = 0, 0
    unseen = History(history.days, departures, history.returns, exposure, history.unserved)
    found = forecast(CITY, unseen, drawn.days, drawn.tomorrow, method=BASELINE)
    place = next(step for step in found.departures.rates.steps if step.name == "place")
    assert place.factor[0] == 1.0
    assert (place.weight[1:] > 0.5).all()


def test_where_no_vehicle_stood_that_nobody_left_says_nothing() -> None:
    always, half = (past(CITY, days=140, level=8, vehicles_there=share) for share in (1.0, 0.5))
    assert half.history.departures.sum() < 0.6 * always.history.departures.sum()
    ratio = made(half).demand.departures.sum() / made(always).demand.departures.sum()
    assert ratio == pytest.approx(1, abs=0.1)


def test_searches_tell_of_demand_where_never_a_vehicle_stands() -> None:
    drawn = past(CITY, days=140, level=8, vehicles_there=0.6, searching=0.5)
    history = drawn.history
    exposure, departures, unserved = history.exposure.copy(), history.departures.copy(), history.unserved.copy()
    exposure[:, 0], departures[:, 0], unserved[:, 0] = 0, 0, 2 * unserved[:, 0]
    searched = History(history.days, departures, history.returns, exposure, unserved)
    silent = History(history.days, departures, history.returns, exposure, np.zeros_like(unserved))
    found, without = (forecast(CITY, each, drawn.days, drawn.tomorrow, method=BASELINE) for each in (searched, silent))
    assert found.searches_per_ride == pytest.approx([0.5, 0.5], abs=0.2)
    assert without.searches_per_ride.tolist() == [0, 0]
    truth = drawn.truth[0, CITY.calendar.weekday(drawn.tomorrow.day)].sum()
    told, untold = (of_pairs(each.demand.departures)[0] for each in (found, without))
    assert abs(told - truth) < abs(untold - truth)


def test_a_public_holiday_is_a_sunday_and_learns_what_else_it_is() -> None:
    calendar = Calendar(frozenset({MONDAY + timedelta(days=7 * week) for week in range(2, 20, 3)}), ())
    city = type(CITY)(CITY.pairs, CITY.prior, calendar)
    assert calendar.weekday(MONDAY + timedelta(days=14)) == SUNDAY
    quiet = np.array([0.4 if calendar.is_holiday(MONDAY + timedelta(days=number)) else 1.0 for number in range(140)])
    drawn = past(city, days=140, level=8, of_days=quiet)
    (name, factor), *_ = made(drawn, day=MONDAY + timedelta(days=7 * 17)).departures.factors[0].parts
    assert name == "public holiday: yes"
    assert 0.3 < factor < 0.75


def test_rain_takes_riders_away_once_it_has_been_seen_to() -> None:
    random = np.random.default_rng(3)
    rainy = {MONDAY + timedelta(days=n): Weather(float(10 * (random.random() < 0.4)), 12) for n in range(150)}
    of_days = np.array([0.5 if rainy[MONDAY + timedelta(days=n)].rain_mm else 1.0 for n in range(140)])
    drawn = past(CITY, days=140, level=8, of_days=of_days, weather=rainy)
    day = drawn.tomorrow.day
    for method in ("rates", "regression"):
        wet, dry = (
            forecast(CITY, drawn.history, drawn.days, day_of(CITY, day, weather), method=method)
            for weather in (Weather(10, 12), Weather(0, 12))
        )
        assert wet.demand.departures.sum() / dry.demand.departures.sum() == pytest.approx(0.5, abs=0.12)


def test_the_interval_holds_the_mean_and_narrows_with_rides() -> None:
    short, long = (made(past(CITY, days=days, level=8)).demand for days in (7, 140))
    for demand in (short, long):
        assert np.all(demand.low.departures <= demand.departures)
        assert np.all(demand.departures <= demand.high.departures)
    widths = [
        (each.high.departures.sum() - each.low.departures.sum()) / each.departures.sum() for each in (short, long)
    ]
    assert widths[1] < widths[0]


def test_scenarios_scatter_around_the_forecast_as_it_doubts_itself() -> None:
    demand = made(past(CITY, days=60)).demand
    drawn = scenarios(demand, 1_000, seed=1)
    np.testing.assert_allclose(drawn.departures.mean(axis=0), demand.departures, rtol=0.15, atol=1e-3)
    np.testing.assert_array_equal(drawn.departures, scenarios(demand, 1_000, seed=1).departures)
    assert np.ptp(scenarios(certain(demand.departures, demand.returns), 5, seed=1).departures, axis=0).max() < 1e-3


def test_the_baseline_stays_unless_another_way_wins_the_back_test() -> None:
    steady = past(CITY, days=56, level=8)
    test = back_test(CITY, steady.history, steady.days, days_max=6)
    assert (len(test.days), test.chosen) == (6, BASELINE)
    assert test.deviance[BASELINE].mean() < test.deviance["prior"].mean()
    assert test.covered > 0.75


def test_a_growing_city_is_forecast_by_a_way_that_follows_growth() -> None:
    growing = past(CITY, days=84, level=40, of_days=np.linspace(0.3, 2.0, 84))
    assert back_test(CITY, growing.history, growing.days, days_max=8).chosen != BASELINE


def test_a_tested_day_is_forecast_from_the_days_before_it_alone() -> None:
    drawn = past(CITY, days=28, level=8)
    changed = drawn.history.departures.copy()
    changed[-1] *= 50
    later = History(
        drawn.history.days, changed, *(drawn.history.returns, drawn.history.exposure, drawn.history.unserved)
    )
    before, after = (back_test(CITY, each, drawn.days, days_max=4) for each in (drawn.history, later))
    for name in METHODS:
        np.testing.assert_array_equal(before.deviance[name][:-1], after.deviance[name][:-1])


def test_a_history_too_short_to_test_on_leaves_the_baseline() -> None:
    drawn = past(CITY, days=HISTORY_MIN - 1)
    test = back_test(CITY, drawn.history, drawn.days)
    assert (test.days, test.chosen) == ((), BASELINE)


def test_a_way_that_wins_by_chance_alone_is_not_chosen() -> None:
    random = np.random.default_rng(0)
    base = random.uniform(90, 110, 28)
    assert choose({BASELINE: base, "lucky": base - random.normal(0.05, 3, 28)}) == BASELINE
    assert choose({BASELINE: base, "better": base - random.normal(5, 3, 28)}) == "better"


def test_deviance_is_nothing_where_the_forecast_was_right_and_grows_with_the_error() -> None:
    seen = np.array([0.0, 1.0, 4.0])
    assert deviance(seen, seen) == pytest.approx(0, abs=1e-6)
    assert deviance(seen, seen + 1) < deviance(seen, seen + 2)


def test_an_explanation_walks_from_the_prior_to_the_forecast() -> None:
    drawn = past(CITY, days=60, vehicles_there=0.7, searching=0.4)
    found = made(drawn)
    place = int(CITY.pairs.place[0])
    (told, *_) = explain(CITY, drawn.history, found, place)
    assert tuple(step.name for step in told.departures.steps) == STEPS
    assert told.departures.prior == pytest.approx(CITY.prior[0, CITY.calendar.weekday(drawn.tomorrow.day)].sum())
    assert told.departures.steps[-1].rides == pytest.approx(told.departures.rides)
    assert told.departures.low < told.departures.rides < told.departures.high
    assert (told.searches > 0, round(told.vehicle_share, 1)) == (True, 0.7)


def test_an_hour_is_exposed_as_long_as_one_of_the_vehicles_stands_there() -> None:
    pair = np.array([0, 0, 0, 1])
    begins, ends = np.array([1800, 3000, 7200, -50]), np.array([3600, 5400, 7200, 900])
    exposed = exposed_hours(pair, begins, ends, days=1, pairs=2)
    assert exposed[0, 0, :3].tolist() == [0.5, 0.5, 0.0]
    assert exposed[0, 1, :2].tolist() == [0.25, 0.0]


def test_what_happened_outside_the_days_or_at_no_place_is_not_counted() -> None:
    counted = count_hours(np.array([0, 0, -1, 0]), np.array([0, 2, 0, -1]), np.array([3_600, 0, 0, 0]), days=2, pairs=1)
    assert (counted.sum(), counted[0, 0, 1]) == (1, 1)


def test_a_squares_searches_are_shared_as_its_places_are_expected_to_be() -> None:
    pairs = Pairs(small_places(cells=1_000))
    market = next(place for place in pairs.places.places if place.code == "market").position
    prior = prior_rates(prepared(), pairs).sum(axis=(1, 2))
    cell = cell_centre(market, size_m=CELL_M)
    counted = [Counted("breeze", cell.lon, cell.lat, 0, 60, 6), Counted("pebble", 170.0, -40.0, 0, 60, 6)]
    pair, _, _, weight = spread_searches(counted, pairs, prior)
    assert weight.sum() == pytest.approx(6)
    assert {int(pairs.type[each]) for each in pair} == {0}
    best = pairs.places.places[pairs.place[pair[np.argmax(weight)]]]
    assert best.code == "market"


HOURS = np.zeros((1, 2, 24))
BAD_PASTS = {
    "negative counts": (HOURS - 1, HOURS),
    "counts that are no number": (HOURS * np.nan, HOURS),
    "more than an hour of an hour": (HOURS, HOURS + 1.5),
    "arrays that differ": (HOURS, np.zeros((1, 3, 24))),
    "another number of days": (np.zeros((2, 2, 24)), HOURS),
}


@pytest.mark.parametrize(("departures", "exposure"), BAD_PASTS.values(), ids=BAD_PASTS.keys())
def test_a_past_that_cannot_be_is_refused(departures: np.ndarray, exposure: np.ndarray) -> None:
    with pytest.raises(DemandInvalid):
        History((MONDAY,), departures, HOURS, exposure, HOURS)


def test_days_out_of_order_are_refused() -> None:
    two = np.zeros((2, 2, 24))
    with pytest.raises(DemandInvalid, match="order"):
        History((MONDAY, MONDAY), two, two, two, two)


DAY = np.ones((1, 1, QUARTERS))
BAD_DEMANDS = {
    "a negative rate": (-DAY, DAY, 1.0, 1.0),
    "arrays that differ": (DAY, np.ones((2, 1, QUARTERS)), 1.0, 1.0),
    "a day of another length": (DAY[..., :4], DAY[..., :4], 1.0, 1.0),
    "no certainty": (DAY, DAY, 0.0, 1.0),
    "no certainty of the day": (DAY, DAY, 1.0, 0.0),
}


@pytest.mark.parametrize(("departures", "returns", "certainty", "of_day"), BAD_DEMANDS.values(), ids=BAD_DEMANDS.keys())
def test_a_demand_that_cannot_be_is_refused(
    departures: np.ndarray, returns: np.ndarray, certainty: float, of_day: float
) -> None:
    flows = Flows(departures, returns)
    with pytest.raises(DemandInvalid):
        Demand(*flows, low=flows, high=flows, certainty=np.full((1, 1), certainty), day_certainty=of_day)


def test_weather_is_read_by_day() -> None:
    lines = ["day,rain_mm,temperature_c", "2026-03-02,3.5,4", "2026-03-03,0,25"]
    weather = read_weather(lines)
    assert {day.day: each.sky for day, each in weather.items()} == {2: "wet and cold", 3: "warm"}


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["day,rain"], 1),
        (["day,rain_mm,temperature_c", "yesterday,0,5"], 2),
        (["day,rain_mm,temperature_c", "2026-03-02,much,5"], 2),
        (["day,rain_mm,temperature_c", "2026-03-02,0,5", "2026-03-03,-1,5"], 3),
        (["day,rain_mm,temperature_c", "2026-03-02,0"], 2),
    ],
)
def test_weather_that_cannot_be_read_is_refused_with_its_line(lines: list[str], line: int) -> None:
    with pytest.raises(WeatherUnreadable) as refused:
        read_weather(lines)
    assert (refused.value.code, refused.value.facts["line"]) == ("weather_unreadable", line)
