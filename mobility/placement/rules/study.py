"""The study file's words: a question, what may be built, what is changed and compared. docs/studies.md explains it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from mobility.base.errors import Invalid

FORMAT = 1
FRONT_MAX, SCENARIOS_MAX, SIZES_MAX, YEARS_MAX = 40, 40, 10, 20
REPLICATIONS_MAX, DAYS_MAX = 1_000, 366
DRAWN_MAX = 300

Code = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
Cents = Annotated[int, Meta(ge=0, le=10**12)]
Share = Annotated[float, Meta(ge=0, le=1)]
Factor = Annotated[float, Meta(ge=0, le=100)]
Names = dict[str, str]
Crews = Literal["none", "operators", "plan"]


class StudyRefused(Invalid):
    code = "study_refused"
    fr = "Cette étude ne peut pas être menée : {reason}."
    en = "This study cannot be run: {reason}."


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Candidates(Record, frozen=True, kw_only=True):
    """Where a station might stand, beside those of the city: kinds of the people's places, a lattice, a CSV file."""

    places: tuple[str, ...] = ()
    grid_m: Annotated[int, Meta(ge=100, le=10_000)] | None = None
    file: str | None = None


class SizeWords(Record, frozen=True, kw_only=True):
    bays: Annotated[int, Meta(ge=1, le=100)]
    chargers: Annotated[int, Meta(ge=0, le=100)]


class Aims(Record, frozen=True, kw_only=True):
    """What a good placement is, and how long to look for it.

    `distance_share` is what a short walk counts beside one within reach at all; weights add to a resident's 1.
    """

    walk_minutes: Annotated[float, Meta(gt=0, le=60)] = 15.0
    distance_share: Share = 0.0
    worst_commune_share: Share = 0.0
    carless_weight: Factor = 0.0
    unlicensed_weight: Factor = 0.0
    spacing_m: Annotated[int, Meta(ge=0, le=50_000)] = 0
    trips_per_bay: Annotated[float, Meta(gt=0, le=100)] | None = None
    seconds: Annotated[float, Meta(gt=0, le=3_600)] = 5.0
    sizes: Annotated[tuple[SizeWords, ...], Meta(min_length=1, max_length=SIZES_MAX)]


class VehicleCosts(Record, frozen=True, kw_only=True):
    vehicle_type: str
    buy_cents: Cents
    yearly_cents: Cents


class Costs(Record, frozen=True, kw_only=True):
    """What is built once, written off over years, and what runs each year, tax aside."""

    station_cents: Cents
    bay_cents: Cents
    charger_cents: Cents
    station_yearly_cents: Cents = 0
    bay_yearly_cents: Cents = 0
    charger_yearly_cents: Cents = 0
    vehicles: tuple[VehicleCosts, ...] = ()
    energy_cents_per_kwh: Cents = 0
    written_off_years: Annotated[int, Meta(ge=1, le=50)] = 10
    vehicles_written_off_years: Annotated[int, Meta(ge=1, le=50)] = 6
    source: Names


class Front(Record, frozen=True, kw_only=True):
    """Budgets to place stations for, the best of which are simulated."""

    budgets_cents: Annotated[tuple[Cents, ...], Meta(max_length=FRONT_MAX)]
    simulate: Annotated[int, Meta(ge=0, le=FRONT_MAX)] = 3


class Simulated(Record, frozen=True, kw_only=True):
    """`wishes_per_day` are those for the class by everybody, were there stations everywhere; from today's if absent."""

    days: Annotated[int, Meta(ge=1, le=DAYS_MAX)] = 9
    warm_up: Annotated[int, Meta(ge=0, le=DAYS_MAX)] = 2
    replications: Annotated[int, Meta(ge=1, le=REPLICATIONS_MAX)] = 4
    seed: Annotated[int, Meta(ge=0)] = 0
    crews: Crews = "plan"
    wishes_per_day: Annotated[float, Meta(gt=0, le=10**6)] | None = None


class Drawn(Record, frozen=True, kw_only=True):
    """A station as somebody drew it: a new one, or the city's `station`, larger where it stands or moved elsewhere."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    bays: Annotated[int, Meta(ge=1, le=100)]
    station: Annotated[str, Meta(min_length=1, max_length=80)] | None = None


class ScenarioWords(Record, frozen=True, kw_only=True):
    """What changes: stations that close or have to open, a budget for others, how much of it by each year's end.

    With `draws` nothing is left to choose: the stations of the city stand, but for those that close and those drawn.
    """

    code: Code
    name: Names
    budget_cents: Cents = 0
    years: Annotated[tuple[Share, ...], Meta(min_length=1, max_length=YEARS_MAX)] = (1.0,)
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    draws: Annotated[tuple[Drawn, ...], Meta(max_length=DRAWN_MAX)] | None = None
    demand_factor: Annotated[float, Meta(gt=0, le=100)] = 1.0
    crews: Crews | None = None


class Study(Record, frozen=True, kw_only=True):
    """Paths are from the study file's folder."""

    format: Annotated[int, Meta(ge=FORMAT, le=FORMAT)]
    code: Code
    question: Names
    language: Annotated[str, Meta(pattern="^(fr|en)$")] = "fr"
    city: str
    people: str
    factors: str
    streets: str | None = None
    vehicle_type: str
    vehicles_per_bay: Share = 0.5
    first_day: date
    candidates: Candidates
    aims: Aims
    costs: Costs
    front: Front
    simulation: Simulated = Simulated()
    scenarios: Annotated[tuple[ScenarioWords, ...], Meta(max_length=SCENARIOS_MAX)] = ()


class FactorRow(Record, frozen=True, kw_only=True):
    """A figure of somebody else's: how much, of what, who says so, and as of when."""

    value: Annotated[float, Meta(ge=0, le=1_000)]
    unit: str
    source: str
    as_of: date
    url: str = ""


class ClassFactors(Record, frozen=True, kw_only=True):
    """Of a class of vehicles: making one, spread over the kilometres of its life."""

    vehicle_type: str
    making_kg_per_km: FactorRow


class Factors(Record, frozen=True, kw_only=True):
    """Greenhouse gases, as kg of CO2 equivalent."""

    electricity_kg_per_kwh: FactorRow
    van_kg_per_km: FactorRow
    van_making_kg_per_km: FactorRow
    replaced_kg_per_km: FactorRow
    replaced_making_kg_per_km: FactorRow
    replaced_share: FactorRow
    classes: tuple[ClassFactors, ...] = ()


def parse_study(raw: Mapping[str, Any]) -> Study:
    """A study from plain data; raises `StudyRefused` with the first thing that is wrong."""
    try:
        study = msgspec.convert(raw, Study)
    except msgspec.ValidationError as error:
        raise StudyRefused(reason=str(error)) from None
    for reason in _faults(study):
        raise StudyRefused(reason=reason)
    return study


def parse_factors(raw: Mapping[str, Any]) -> Factors:
    try:
        return msgspec.convert(raw, Factors)
    except msgspec.ValidationError as error:
        raise StudyRefused(reason=f"factors: {error}") from None


def _faults(study: Study) -> Iterator[str]:
    if study.simulation.warm_up >= study.simulation.days:
        yield "the warm-up is not shorter than the days that are simulated"
    for code, times in Counter(each.code for each in study.scenarios).items():
        if times > 1 or code == TODAY or code.startswith(FRONT_PREFIX):
            yield f"the scenario {code} is described twice, or has a name that is the study's own"
    for scenario in study.scenarios:
        if list(scenario.years) != sorted(scenario.years):
            yield f"the shares of the budget fall from year to year in {scenario.code}"
        if scenario.draws is not None and (scenario.budget_cents or scenario.opens or len(scenario.years) > 1):
            yield f"{scenario.code} is drawn: it has no budget, no years and nothing that has to open"
    if study.language not in study.question:
        yield f"the question is not asked in {study.language}"
    if list(study.front.budgets_cents) != sorted(set(study.front.budgets_cents)):
        yield "the budgets of the front do not rise"


TODAY = "today"
FRONT_PREFIX = "budget-"


def scenarios_of(study: Study) -> list[ScenarioWords]:
    """Today as it is, those of the front, and those that the file tells."""
    today = ScenarioWords(code=TODAY, name={"fr": "Aujourd’hui", "en": "Today"})
    return [today, *map(_budgeted, study.front.budgets_cents), *study.scenarios]


def _budgeted(cents: int) -> ScenarioWords:
    thousands = f"{cents // 100_000:,}".replace(",", " ")
    name = {"fr": f"Budget de {thousands} k€", "en": f"Budget of {thousands} k"}
    return ScenarioWords(code=f"{FRONT_PREFIX}{cents // 100}", name=name, budget_cents=cents)
