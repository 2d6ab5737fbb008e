"""The report as one HTML file that stands alone: no outside host, pictures inside, a map and a front to click."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import msgspec
import shapely

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.geometry import outline
from mobility.placement.rules.choice import on_front
from mobility.placement.rules.document import Answer
from mobility.placement.rules.report import AnyBlock, Facts, Heading, Items, Lead, Paragraph, Picture, Report, Table
from mobility.placement.rules.words import words_of

PAPER = Path(__file__).parent / "paper"
DEGREES = 5  # decimals: a metre
INTERACTIVE = "map"


def page(report: Report, answer: Answer, city: CityFile, pictures: Mapping[str, bytes]) -> str:
    """The first picture is drawn from the answer itself; printed, it is the picture."""
    body = "\n".join(part for block in report.blocks for part in _block(block, answer, city, pictures))
    style, script = ((PAPER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return f"""<!doctype html>
<html lang="{report.language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(report.title)}</title>
<style>{style}</style>
<main>
<header><p>{escape(report.subtitle)}</p><h1>{escape(report.title)}</h1></header>
{body}
<footer>{escape(report.footer)}</footer>
</main>
<script>{script}</script>
</html>
"""


def _block(block: AnyBlock, answer: Answer, city: CityFile, pictures: Mapping[str, bytes]) -> Iterator[str]:
    match block:
        case Heading(text=text):
            yield f"<h2>{escape(text)}</h2>"
        case Lead(text=text):
            yield f'<p class="lead">{escape(text)}</p>'
        case Paragraph(text=text):
            yield f"<p>{escape(text)}</p>"
        case Facts(rows=rows):
            cells = "".join(f"<div><strong>{escape(a)}</strong><span>{escape(b)}</span></div>" for a, b in rows)
            yield f'<div class="facts">{cells}</div>'
        case Picture(name=name, caption=caption):
            yield from _picture(name, caption, answer, city, pictures)
        case Table():
            yield _table(block)
        case Items(texts=texts):
            yield "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"


def _picture(name: str, caption: str, answer: Answer, city: CityFile, pictures: Mapping[str, bytes]) -> Iterator[str]:
    image = b64encode(pictures[name]).decode()
    still = f'<img src="data:image/png;base64,{image}" alt="{escape(caption)}">'
    if name != INTERACTIVE:
        yield f"<figure>{still}<figcaption>{escape(caption)}</figcaption></figure>"
        return
    data = msgspec.json.encode(_data(answer, city)).decode().replace("<", "\\u003c")
    yield '<div class="play" hidden><div id="front"></div><div id="told" role="status"></div><div id="map"></div></div>'
    yield f'<figure class="still">{still}<figcaption>{escape(caption)}</figcaption></figure>'
    yield f'<script type="application/json" id="data">{data}</script>'


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    note = f"<p class='note'>{escape(table.note)}</p>" if table.note else ""
    return f"<div class='sheet'><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{note}"


def _data(answer: Answer, city: CityFile) -> dict[str, Any]:
    """What the page draws: outlines, people, and the scenarios of the front with those that the file tells."""
    front = {each.code for each in on_front(answer.scenarios)}
    words = words_of(answer.language)
    names = {each.name for each in answer.scenarios[0].reach.communes}
    keep = (
        "invested_axis",
        "share_axis",
        "near",
        "far",
        "station",
        "new_station",
        "fact_stations",
        "within",
        "percent",
    )
    return {
        "language": answer.language,
        "words": {key: words[key] for key in keep},
        "recommended": answer.recommended,
        "points": [answer.points.lon, answer.points.lat, answer.points.residents],
        "outlines": [ring for each in city.communes if each.name in names for ring in _rings(each.geometry)],
        "scenarios": [
            {
                "name": each.name.get(answer.language) or next(iter(each.name.values())),
                "code": each.code,
                "front": each.code in front,
                "invested": each.place.invested_cents / 100_000,
                "share": 100 * each.reach.share,
                "near": "".join("1" if near else "0" for near in each.reach.near),
                "stations": [
                    [round(s.lon, DEGREES), round(s.lat, DEGREES), int(s.is_new), f"{s.name} · {s.bays}/{s.chargers}"]
                    for s in each.place.stations
                ],
            }
            for each in answer.scenarios
        ],
    }


def _rings(area: Any) -> Iterator[list[list[float]]]:
    for part in shapely.get_parts(outline(area)):
        yield shapely.get_coordinates(shapely.get_exterior_ring(part)).round(DEGREES).tolist()
