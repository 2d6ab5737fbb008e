"""Who is within the walk of a station: all residents, by commune, by group, by year."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mobility.placement.rules.document import CommuneReach, GroupReach, Place, Reach, ScenarioAnswer
from mobility.placement.rules.ground import Ground
from mobility.placement.rules.study import FRONT_PREFIX, ScenarioWords

Floats = NDArray[np.float64]


def scenario_answer(ground: Ground, words: ScenarioWords, place: Place) -> ScenarioAnswer:
    """What is known of a scenario that is placed and not yet played."""
    number = {site.code: index for index, site in enumerate(ground.sites)}
    years = range(1, len(words.years) + 1)
    opened = [[number[each.code] for each in place.stations if each.year <= year] for year in years]
    return ScenarioAnswer(
        code=words.code,
        name=words.name,
        is_front=words.code.startswith(FRONT_PREFIX),
        place=place,
        reach=reach_of(ground, opened),
    )


def reach_of(ground: Ground, opened_by_year: Sequence[Sequence[int]]) -> Reach:
    """Of the stations open in the last year; `by_year` of those of each."""
    walks = [nearest_walk(ground, opened) for opened in opened_by_year]
    limit, points = ground.study.aims.walk_minutes, ground.points
    near = walks[-1] <= limit
    within = points.residents * near
    here, served = points.by_commune(points.residents), points.by_commune(within)
    known = points.groups()
    return Reach(
        residents=ground.residents,
        within=int(within.sum()),
        mean_walk_min=float((within * np.where(near, walks[-1], 0)).sum() / max(1, within.sum())),
        communes=tuple(
            CommuneReach(name=name, residents=int(here[number]), within=int(served[number]))
            for number, name in enumerate(points.communes)
        ),
        groups=tuple(
            GroupReach(group=name, people=float(people.sum()), within=float(people[near].sum()))
            for name, people in known.items()
        ),
        by_year=tuple(int(points.residents[walk <= limit].sum()) for walk in walks),
        near=near.tolist(),
    )


def nearest_walk(ground: Ground, opened: Sequence[int]) -> Floats:
    """Minutes to the nearest of some sites, (points,); infinite without any."""
    walk: Floats = ground.walk_min[list(opened)].min(axis=0, initial=np.inf)
    return walk
