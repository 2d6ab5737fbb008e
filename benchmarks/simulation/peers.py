"""Other event loops that drive the reference's stories. Their clocks tell time and rider at once: no two tie."""

from collections.abc import Generator, Iterator
from typing import Any

import salabim
import simpy

from mobility.simulation.reference import City

RIDERS_MAX = 2**22  # salabim's clock is a float: 31 bits of seconds and these stay exact


def ticks(at_s: int, rider: int) -> int:
    return at_s * RIDERS_MAX + rider


def by_simpy(city: City, until_s: int) -> None:
    """A process for each rider, begun when they come."""
    env = simpy.Environment()
    env.process(arrivals_in_simpy(env, city))
    env.run(until=ticks(until_s, 0))


def arrivals_in_simpy(env: simpy.Environment, city: City) -> Iterator[Any]:
    for rider, at_s in enumerate(city.riders.at_s.tolist()):
        yield env.timeout(ticks(at_s, rider) - env.now)
        env.process(rider_in_simpy(env, city, rider))


def rider_in_simpy(env: simpy.Environment, city: City, rider: int) -> Iterator[Any]:
    for wakes_s in city.story(rider):
        yield env.timeout(ticks(wakes_s, rider) - env.now)


def by_salabim(city: City, until_s: int) -> None:
    env = salabim.Environment(trace=False, yieldless=False)
    Arrivals(city=city, env=env)
    env.run(till=ticks(until_s, 0) - 0.5)


class Arrivals(salabim.Component):
    def setup(self, city: City) -> None:
        self.city = city

    def process(self) -> Generator[Any, None, None]:
        for rider, at_s in enumerate(self.city.riders.at_s.tolist()):
            yield self.hold(till=ticks(at_s, rider))
            Rider(city=self.city, rider=rider, env=self.env)


class Rider(salabim.Component):
    def setup(self, city: City, rider: int) -> None:
        self.city, self.rider = city, rider

    def process(self) -> Generator[Any, None, None]:
        for wakes_s in self.city.story(self.rider):
            yield self.hold(till=ticks(wakes_s, self.rider))
