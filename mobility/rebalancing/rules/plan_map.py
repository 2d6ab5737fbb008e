"""A plan as GeoJSON: the way of each crew, and every stop on it."""

from typing import Any

from mobility.geo import LonLat
from mobility.rebalancing.rules.plan_document import CrewTour, PlanDocument, PlannedTask


def plan_map(document: PlanDocument) -> dict[str, Any]:
    """A FeatureCollection; `properties.kind` is `tour` or `stop`. Ways are straight lines between stops."""
    working = [tour for tour in document.tours if tour.tasks]
    features = [_tour(tour) for tour in working]
    features += [_stop(tour, number, task) for tour in working for number, task in enumerate(tour.tasks, start=1)]
    return {"type": "FeatureCollection", "features": features}


def _tour(tour: CrewTour) -> dict[str, Any]:
    way = [tour.depot.position]
    for task in tour.tasks:
        way.append(task.place.position)
        if task.to_place is not None:
            way.append(task.to_place.position)
    way.append(tour.depot.position)
    properties = {"kind": "tour", "crew": tour.crew, "name": tour.name}
    return _feature("LineString", [_corner(each) for each in way], properties)


def _stop(tour: CrewTour, number: int, task: PlannedTask) -> dict[str, Any]:
    properties = {
        "kind": "stop",
        "crew": tour.crew,
        "number": number,
        "task_id": str(task.id),
        "task": task.kind,
        "place": task.place.name,
        "vehicles": len(task.vehicles),
        "starts_at": task.starts_at.isoformat(),
    }
    return _feature("Point", _corner(task.place.position), properties)


def _feature(kind: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def _corner(position: LonLat) -> list[float]:
    return [position.lon, position.lat]
