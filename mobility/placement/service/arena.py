"""Scoring designs of a study by simulation: what a day is worth, on days that every design shares."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mobility.placement.optimiser.racing import Design
from mobility.placement.rules.document import Place, PlacedStation
from mobility.placement.rules.money import daily_cents, vehicles_of
from mobility.placement.service.town import StudyTown, scenario_of
from mobility.simulation.demand import draw_riders
from mobility.simulation.riders import Riders
from mobility.simulation.run import simulate
from mobility.simulation.scenario import Scenario


@dataclass(eq=False)
class Arena:
    """`trip_cents` is what a trip is worth to the city, fare aside; new stations have the study's smallest size."""

    town: StudyTown
    trip_cents: float

    def __post_init__(self) -> None:
        self._riders: dict[int, Riders] = {}

    def score(self, design: Design, seed: int) -> float:
        """Cents a day, with today's stations beside the design's; nobody works at night."""
        place = self.place_of(design)
        outcome = simulate(self.scenario(design), self._drawn(seed))
        days = self.town.scenario.calendar.days
        trips, cents = float(outcome.served.sum()), float(outcome.cents[outcome.served].sum())
        return (self.trip_cents * trips + cents) / days - self._costs(place)

    def scenario(self, design: Design) -> Scenario:
        return scenario_of(self.town, self.place_of(design))

    @cached_property
    def candidates(self) -> list[int]:
        return np.flatnonzero(~self.town.ground.has_station).tolist()

    def _drawn(self, seed: int) -> Riders:
        """The same wishes whatever stands where: they are drawn once."""
        if seed not in self._riders:
            self._riders[seed] = draw_riders(self.town.scenario, self.town.demand, seed)
        return self._riders[seed]

    def _costs(self, place: Place) -> float:
        study = self.town.ground.study
        return daily_cents(study, place, {study.vehicle_type: sum(each.vehicles for each in place.stations)})

    def place_of(self, design: Design) -> Place:
        stations = tuple(self._stations(design))
        return Place(
            stations=stations,
            closed=(),
            invested_cents=0,
            invested_by_year_cents=(0,),
            yearly_cents=0,
            loss=0.0,
            bound=0.0,
            gap=0.0,
        )

    def _stations(self, design: Design) -> Iterable[PlacedStation]:
        ground, study = self.town.ground, self.town.ground.study
        for number, site in enumerate(ground.sites):
            if site.station is None and number not in design:
                continue
            size = study.aims.sizes[0] if site.station is None else site.station
            fleet = (each for each in ground.city.file.fleet if each.vehicle_type == study.vehicle_type)
            here = sum(each.count for each in fleet if each.station == site.code)
            yield PlacedStation(
                code=site.code,
                name=site.name,
                lon=site.position.lon,
                lat=site.position.lat,
                bays=size.bays,
                chargers=size.chargers,
                vehicles=vehicles_of(study, size.bays) if site.station is None else here,
                year=1,
                is_new=site.station is None,
                commune="",
            )
