"""The ways of a night beside each other, as SVG: what each gains over no plan, with its interval."""

from collections.abc import Sequence
from html import escape

from mobility.simulation.backtest.report import Row

WIDTH, ROW, LEFT, TOP = 900, 44, 150, 70
INK, BAR, WORSE = "#1d2733", "#2f7d5b", "#c8452e"


def picture(title: str, found: Sequence[Row]) -> str:
    low = min(0.0, *(row.gained_cents.mean - _half(row) for row in found))
    high = max(0.0, *(row.gained_cents.mean + _half(row) for row in found))
    scale = (WIDTH - LEFT - 60) / max(high - low, 1.0)
    zero, height = LEFT - low * scale, TOP + ROW * len(found) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        _text(20, 28, title, 18),
        _text(20, 50, "gain over no plan a day, in currency, with its 95 % interval; crew time is paid for", 12),
        f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="{TOP - 8}" y2="{TOP + ROW * len(found)}" stroke="{INK}"/>',
    ]
    for number, row in enumerate(found):
        parts += _row(row, TOP + ROW * number, zero, scale)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(row: Row, top: float, zero: float, scale: float) -> list[str]:
    gain, half, centre = row.gained_cents.mean, _half(row), top + 14
    left, right = zero + min(0.0, gain) * scale, zero + max(0.0, gain) * scale
    ends = [zero + (gain + by) * scale for by in (-half, half)]
    return [
        _text(20, top + 19, row.way, 14),
        f'<rect x="{left:.1f}" y="{top}" width="{right - left:.1f}" height="28" fill="{BAR if gain >= 0 else WORSE}"/>',
        f'<line x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{centre}" y2="{centre}" stroke="{INK}" stroke-width="2"/>',
        _text(zero + 6, top + 40, f"{gain / 100:,.0f}", 10),
    ]


def _half(row: Row) -> float:
    return row.gained_cents.half_width or 0.0


def _text(left: float, top: float, words: str, size: int) -> str:
    return f'<text x="{left}" y="{top}" font-size="{size}" fill="{INK}">{escape(words)}</text>'
