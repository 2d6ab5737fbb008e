"""What an answer says of the ground that it stands on."""

from collections.abc import Iterator

from mobility.placement.rules.document import Points, SiteLine, SourceLine, Walking
from mobility.placement.rules.ground import Ground
from mobility.placement.service.inputs import Inputs


def walking_of(ground: Ground) -> Walking:
    points = ground.points
    return Walking(
        minutes=ground.study.aims.walk_minutes,
        speed_kmh=ground.city.file.quarter_hour.walking_speed_kmh,
        basis=ground.walks,
        detour_factor=ground.detour_factor,
        spread_share=float(points.residents[points.spread].sum() / max(1, points.residents.sum())),
    )


def site_lines(ground: Ground) -> Iterator[SiteLine]:
    """Stations and candidates; what is drawn is told with its scenario."""
    for site in ground.sites:
        if not site.drawn:
            yield SiteLine(
                code=site.code,
                name=site.name,
                kind=site.kind,
                lon=site.position.lon,
                lat=site.position.lat,
                stands=site.station is not None,
            )


def points_of(ground: Ground) -> Points:
    points = ground.points
    return Points(
        lon=points.position[:, 0].round(6).tolist(),
        lat=points.position[:, 1].round(6).tolist(),
        residents=points.residents.tolist(),
    )


def sources_of(inputs: Inputs) -> Iterator[SourceLine]:
    """Of people, places and the city's stations, each once."""
    named: set[str] = set()
    people = [*inputs.people.points.sources, *inputs.people.places.sources]
    lines = [SourceLine(name=s.name, licence=s.licence, as_of=s.as_of, url=s.url) for s in people]
    lines += [SourceLine(name=s.name, licence=s.licence, as_of=s.as_of) for s in inputs.city.sources]
    for line in lines:
        if line.name not in named:
            named.add(line.name)
            yield line
