"""One picture of a study, as SVG: a day's hours above, the city's places below."""

from collections.abc import Sequence
from html import escape

import numpy as np

from mobility.simulation.network import plane_m
from mobility.simulation.scenario import Floats

WIDTH, MARGIN, CHART, MAP = 960, 48, 260, 560
INK, SERVED, UNMET, PAPER = "#1d2733", "#2f7d5b", "#c8452e", "#ffffff"
RADIUS_MAX = 22


def picture(
    title: str,
    *,
    asked_by_hour: Sequence[float],
    unmet_by_hour: Sequence[float],
    position: Floats,
    asked_by_place: Sequence[float],
    unmet_by_place: Sequence[float],
) -> str:
    """Riders a day: who asked by the hour, and where; what was not served is drawn in red."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {CHART + MAP}" font-family="sans-serif">',
        f'<rect width="100%" height="100%" fill="{PAPER}"/>',
        _text(MARGIN, 28, title, 18),
        *_hours(asked_by_hour, unmet_by_hour),
        *_places(position, np.array(asked_by_place, float), np.array(unmet_by_place, float)),
        _legend(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _hours(asked: Sequence[float], unmet: Sequence[float]) -> list[str]:
    step, bottom, height = (WIDTH - 2 * MARGIN) / len(asked), CHART - 34, CHART - 90
    tallest = max(max(asked), 1e-9)
    parts = [_text(MARGIN, 52, f"riders who asked, by the hour (highest bar: {tallest:,.1f} a day)", 12)]
    for hour, (all_, lost) in enumerate(zip(asked, unmet, strict=True)):
        left, whole, red = MARGIN + hour * step, height * all_ / tallest, height * lost / tallest
        parts.append(_bar(left, bottom - whole, step - 3, whole, SERVED))
        parts.append(_bar(left, bottom - red, step - 3, red, UNMET))
        parts.append(_text(left + step / 2 - 2, bottom + 16, str(hour), 11, anchor="middle"))
    return parts


def _places(position: Floats, asked: Floats, unmet: Floats) -> list[str]:
    points = plane_m(position)
    span = max(np.ptp(points, axis=0).max(), 1.0)
    scale = (MAP - 2 * MARGIN) / span
    left = (WIDTH - scale * np.ptp(points[:, 0])) / 2
    x, y = (
        left + scale * (points[:, 0] - points[:, 0].min()),
        CHART + MAP - MARGIN - scale * (points[:, 1] - points[:, 1].min()),
    )
    radius = RADIUS_MAX * np.sqrt(asked / max(asked.max(), 1e-9))
    share = np.sqrt(unmet / np.maximum(asked, 1e-9))  # areas show shares
    parts = []
    for place in np.argsort(-asked):
        if asked[place] > 0:
            at = f'cx="{x[place]:.1f}" cy="{y[place]:.1f}"'
            parts.append(f'<circle {at} r="{max(1.2, radius[place]):.1f}" fill="{SERVED}" fill-opacity="0.55"/>')
            parts.append(f'<circle {at} r="{radius[place] * share[place]:.1f}" fill="{UNMET}" fill-opacity="0.8"/>')
    return parts


def _legend() -> str:
    said = "a circle is a place, its area the riders who asked there; the red part found no vehicle that would do"
    return _text(MARGIN, CHART + 22, said, 12)


def _bar(left: float, top: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{max(0, height):.1f}" fill="{colour}"/>'


def _text(left: float, top: float, words: str, size: int, anchor: str = "start") -> str:
    at = f'x="{left:.1f}" y="{top:.1f}" font-size="{size}" text-anchor="{anchor}"'
    return f'<text {at} fill="{INK}">{escape(words)}</text>'
