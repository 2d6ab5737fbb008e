"""From a scenario to a programme for the optimiser, and from its rollout to stations that a council can read."""

from time import process_time

import numpy as np

from mobility.placement.optimiser.check import Violation
from mobility.placement.optimiser.instance import BudgetTooSmall, Spacing
from mobility.placement.optimiser.programme.check import violations
from mobility.placement.optimiser.programme.instance import NONE, FixedContradicts, Programme, Size
from mobility.placement.optimiser.programme.plan import Rollout, spent
from mobility.placement.optimiser.programme.solve import rollout_of, solve
from mobility.placement.optimiser.solve import Limits, compile_kernels
from mobility.placement.rules.document import Place, PlacedStation
from mobility.placement.rules.ground import Ground
from mobility.placement.rules.money import Build, build_cents, vehicles_of
from mobility.placement.rules.sites import Site
from mobility.placement.rules.study import Aims, ScenarioWords, StudyRefused
from mobility.placement.rules.wishes import wishes_of
from mobility.placement.service.aims import objective_of, weights_of
from mobility.placement.service.drawing import as_drawn, today_of, vehicles_today, yearly_more


class PlacementWrong(RuntimeError):
    """The optimiser's answer breaks its own rules: a mistake of this program."""

    def __init__(self, found: list[Violation]) -> None:
        super().__init__("; ".join(f"{each.rule}: {each.message}" for each in found))


def place(ground: Ground, scenario: ScenarioWords) -> Place:
    """The scenario's stations, as they are drawn, or proved as far as its seconds reach and checked.

    Raises
    ------
    BudgetTooSmall, FixedContradicts, FixedTooNear, CandidateCutOff, NobodyLives, InstanceInvalid, StudyRefused
    """
    if scenario.draws is not None:
        return as_drawn(ground, scenario)
    programme = programme_of(ground, scenario)
    if programme.budgets[-1] > 0:
        compile_kernels()  # before the clock runs
        # Seconds of CPU: a busy machine finds no worse stations.
        rollout = solve(programme, Limits(seconds=ground.study.aims.seconds), now=process_time)
    else:
        rollout = rollout_of(programme, np.tile(programme.existing, (programme.years, 1)), float("inf"))
    if found := violations(programme, rollout):
        raise PlacementWrong(found)
    return _told(ground, scenario, programme, rollout)


def programme_of(ground: Ground, scenario: ScenarioWords) -> Programme:
    aims = ground.study.aims
    existing, drawn = _existing(ground, scenario), np.array([site.drawn for site in ground.sites])
    price = _prices(ground)
    opened = [_number(ground, code) for code in scenario.opens]
    budget = float(scenario.budget_cents) - sum(price[c, 0] for c in opened if existing[c] == NONE)
    if budget < 0 or 0 < budget < price[(existing == NONE) & ~drawn, 0].min(initial=np.inf):
        needed = scenario.budget_cents - budget if budget < 0 else price[(existing == NONE) & ~drawn, 0].min()
        raise BudgetTooSmall(budget=scenario.budget_cents / 100, needed=needed / 100)
    for c in opened:
        existing[c] = max(0, existing[c])
    return Programme(
        distance=ground.walk_min,
        weight=weights_of(ground),
        objective=objective_of(aims),
        sizes=_sizes(aims),
        price=price,
        budgets=budget * np.array(scenario.years),
        existing=existing,
        excluded=(*(_number(ground, code) for code in scenario.closes), *np.flatnonzero(drawn).tolist()),
        names=tuple(site.name for site in ground.sites),
        load=None if aims.trips_per_bay is None else _load(ground, scenario),
        commune=ground.points.commune,
        worst_share=aims.worst_commune_share,
        spacing=_spacing(ground, aims.spacing_m),
    )


def _sizes(aims: Aims) -> tuple[Size, ...]:
    per_bay = np.inf if aims.trips_per_bay is None else aims.trips_per_bay
    return tuple(Size(bays=each.bays, chargers=each.chargers, capacity=each.bays * per_bay) for each in aims.sizes)


def _load(ground: Ground, scenario: ScenarioWords) -> np.ndarray:
    wishes = wishes_of(ground)
    return np.asarray(wishes.per_day * wishes.of_points * scenario.demand_factor)


def _existing(ground: Ground, scenario: ScenarioWords) -> np.ndarray:
    """A station counts as the largest size that is not larger; those that close are gone."""
    sizes = [each.bays for each in ground.study.aims.sizes]
    both = set(scenario.opens) & set(scenario.closes)
    if both:
        raise FixedContradicts(candidate=min(both))
    existing = np.full(len(ground.sites), NONE)
    for number, site in enumerate(ground.sites):
        if site.station is not None and site.code not in scenario.closes:
            existing[number] = max(0, int(np.searchsorted(sizes, site.station.bays, side="right")) - 1)
    return existing


def _prices(ground: Ground) -> np.ndarray:
    return np.array([[_price(ground, site, k) for k in range(len(ground.study.aims.sizes))] for site in ground.sites])


def _price(ground: Ground, site: Site, k: int) -> float:
    size, station = ground.study.aims.sizes[k], site.station
    if site.bays_max is not None and size.bays > site.bays_max:
        return np.inf
    bays, chargers = (0, 0) if station is None else (station.bays, station.chargers)
    more = max(0, size.bays - bays)
    new = Build(int(station is None), more, max(0, size.chargers - chargers), vehicles_of(ground.study, more))
    return float(build_cents(ground.study, new))


def _spacing(ground: Ground, spacing_m: int) -> Spacing | None:
    """What stands already may stand nearer than new stations may."""
    if not spacing_m:
        return None
    stands = ground.has_station
    apart = np.where(stands[:, None] & stands[None], np.inf, (ground.apart_m + ground.apart_m.T) / 2)
    return Spacing(np.asarray(apart), float(spacing_m))


def _number(ground: Ground, code: str) -> int:
    for number, site in enumerate(ground.sites):
        if site.code == code:
            return number
    raise StudyRefused(reason=f"there is no station and no candidate {code}")


def _told(ground: Ground, scenario: ScenarioWords, programme: Programme, rollout: Rollout) -> Place:
    opened = rollout.stations()
    stations = tuple(_station(ground, rollout, c) for c in opened)
    before = today_of(ground)
    forced = sum(_price(ground, ground.sites[_number(ground, c)], 0) for c in scenario.opens if c not in before)
    return Place(
        stations=stations,
        closed=scenario.closes,
        invested_cents=round(spent(programme, rollout.size)[-1] + forced),
        invested_by_year_cents=tuple(round(cents + forced) for cents in spent(programme, rollout.size)),
        yearly_cents=yearly_more(ground, stations),
        loss=rollout.cost,
        bound=rollout.bound,
        gap=rollout.gap,
    )


def _station(ground: Ground, rollout: Rollout, c: int) -> PlacedStation:
    site, size = ground.sites[c], ground.study.aims.sizes[int(rollout.size[-1, c])]
    bays, chargers = size.bays, size.chargers
    if site.station is not None:
        bays, chargers = max(bays, site.station.bays), max(chargers, site.station.chargers)
    here = 0 if site.station is None else site.station.bays
    nearest = int(ground.walk_min[c].argmin())
    return PlacedStation(
        code=site.code,
        name=site.name,
        lon=site.position.lon,
        lat=site.position.lat,
        bays=bays,
        chargers=chargers,
        vehicles=vehicles_today(ground, site.code) + vehicles_of(ground.study, bays - here),
        year=1 + int(np.argmax(rollout.size[:, c] > NONE)),
        is_new=site.station is None,
        commune=ground.points.communes[int(ground.points.commune[nearest])],
    )
