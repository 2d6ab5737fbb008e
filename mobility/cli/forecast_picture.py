"""A day's forecast as a picture: for each class the rides of each hour, with their interval."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mobility.rebalancing.rules.history import HOURS
from mobility.rebalancing.service.forecast import Outlook

Floats = NDArray[np.float64]

WIDTH, HEIGHT, MARGIN, TITLE = 960, 300, 48, 40
INK, BAR, RETURN, PALE = "#1c2733", "#0b6e4f", "#b3541e", "#b8d8cc"


def draw(outlook: Outlook, file: Path) -> None:
    """Write a PNG: bars are rides that begin, their pale ends the interval, the line rides that end."""
    classes = outlook.places.class_codes
    image = Image.new("RGB", (WIDTH, HEIGHT * len(classes)), "white")
    pen = ImageDraw.Draw(image)
    for number, code in enumerate(classes):
        _panel(pen, outlook, number, f"{code}, {outlook.forecast.day.day:%A %d %B %Y}", HEIGHT * number)
    image.save(file, "PNG")


def _panel(pen: ImageDraw.ImageDraw, outlook: Outlook, number: int, title: str, top: int) -> None:
    demand = outlook.forecast.demand
    flows = (demand.departures, demand.returns, demand.low.departures, demand.high.departures)
    begin, end, low, high = (flow[:, number].sum(axis=0).reshape(HOURS, -1).sum(axis=1) for flow in flows)
    most = max(float(high.max()), float(end.max()), 0.1)
    base, room = top + HEIGHT - MARGIN, HEIGHT - MARGIN - TITLE
    wide = (WIDTH - 2 * MARGIN) / HOURS
    pen.text((MARGIN, top + 10), f"{title}: {begin.sum():.0f} rides begin, {end.sum():.0f} end", INK, _font(16))
    pen.text((6, top + TITLE - 8), f"{most:.1f}", INK, _font(12))
    for hour in range(HOURS):
        left = MARGIN + hour * wide
        heights = [base - float(rides[hour]) / most * room for rides in (high, begin, low)]
        pen.rectangle((left + 3, heights[0], left + wide - 3, base), PALE)
        pen.rectangle((left + 3, heights[1], left + wide - 3, base), BAR)
        pen.line((left + 3, heights[2], left + wide - 3, heights[2]), "white", 2)
        pen.text((left + wide / 2 - 8, base + 6), f"{hour:02}", INK, _font(12))
    _line(pen, end / most * room, base, wide)
    pen.line((MARGIN, base, WIDTH - MARGIN, base), INK)


def _line(pen: ImageDraw.ImageDraw, heights: Floats, base: int, wide: float) -> None:
    points = [(MARGIN + (hour + 0.5) * wide, base - float(height)) for hour, height in enumerate(heights)]
    pen.line(points, RETURN, 2)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
