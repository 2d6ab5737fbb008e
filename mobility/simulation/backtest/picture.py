"""The ways of a night beside each other, as SVG: what each gains over no plan, with its interval."""

from collections.abc import Sequence
from html import escape

from mobility.simulation.backtest.report import Row

WIDTH, ROW, LEFT, TOP = 900, 44, 150, 70
INK, BAR, WORSE = "#1d2733", "#2f7d5b", "#c8452e"


def picture(title: str, found: Sequence[Row]) -> str:
    reach = max(abs(row.gained_cents.mean) + (row.gained_cents.half_width or 0) for row in found) or 1.0
    middle = LEFT + (WIDTH - LEFT - 60) * 0.35
    scale = (WIDTH - 60 - middle) / reach
    height = TOP + ROW * len(found) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        _text(20, 28, title, 18),
        _text(20, 50, "gain over no plan a day, in currency, with its 95 % interval; crew time is paid for", 12),
        f'<line x1="{middle}" x2="{middle}" y1="{TOP - 8}" y2="{TOP + ROW * len(found)}" stroke="{INK}"/>',
    ]
    for number, row in enumerate(found):
        parts += _row(row, TOP + ROW * number, middle, scale)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(row: Row, top: float, middle: float, scale: float) -> list[str]:
    gain, reach = row.gained_cents.mean, row.gained_cents.half_width or 0
    left, width = middle + min(0.0, gain * scale), abs(gain * scale)
    ends = [max(LEFT, middle + (gain + by) * scale) for by in (-reach, reach)]
    fill, centre = BAR if gain >= 0 else WORSE, top + 14
    return [
        _text(20, top + 19, row.way, 14),
        f'<rect x="{max(LEFT, left):.1f}" y="{top}" width="{min(width, WIDTH):.1f}" height="28" fill="{fill}"/>',
        f'<line x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{centre}" y2="{centre}" stroke="{INK}" stroke-width="2"/>',
        _text(middle + 6, top + 40, f"{gain / 100:,.0f}", 10),
    ]


def _text(left: float, top: float, words: str, size: int) -> str:
    return f'<text x="{left}" y="{top}" font-size="{size}" fill="{INK}">{escape(words)}</text>'
