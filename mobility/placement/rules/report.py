"""From an answer to a report that a council can read: blocks in order, laid out by whoever prints them."""

from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct

from mobility.placement.rules.choice import on_front
from mobility.placement.rules.document import Answer, Interval, ScenarioAnswer
from mobility.placement.rules.study import TODAY, Study
from mobility.placement.rules.words import PHRASES, Words, number, words_of

THOUSAND_CENTS = 100_000


class Block(Struct, frozen=True, kw_only=True, tag=True):
    pass


class Heading(Block, frozen=True, kw_only=True):
    text: str


class Lead(Block, frozen=True, kw_only=True):
    text: str


class Paragraph(Block, frozen=True, kw_only=True):
    text: str


class Facts(Block, frozen=True, kw_only=True):
    """Pairs of a figure and what it counts."""

    rows: tuple[tuple[str, str], ...]


class Picture(Block, frozen=True, kw_only=True):
    name: str
    caption: str


class Table(Block, frozen=True, kw_only=True):
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


class Items(Block, frozen=True, kw_only=True):
    texts: tuple[str, ...]


AnyBlock = Heading | Lead | Paragraph | Facts | Picture | Table | Items


class Report(Struct, frozen=True, kw_only=True):
    language: str
    title: str
    subtitle: str
    footer: str
    blocks: tuple[AnyBlock, ...]


def report_of(answer: Answer, study: Study, made_on: date) -> Report:
    words, city = (
        words_of(answer.language),
        answer.city_name.get(answer.language) or next(iter(answer.city_name.values())),
    )
    blocks = [
        *_answer(answer, words),
        *_money(answer, words),
        *_communes(answer, words),
        *_simulated(answer, words),
        *_stations(answer, words),
        *_assumed(answer, study, words),
        *_sources(answer, words),
    ]
    day = f"{made_on:%d/%m/%Y}" if answer.language == "fr" else made_on.isoformat()
    return Report(
        language=answer.language,
        title=answer.question[answer.language],
        subtitle=words["subtitle"].format(city=city, day=day),
        footer=words["footer"].format(city=city, study=answer.study_id, version=answer.version),
        blocks=tuple(blocks),
    )


def _answer(answer: Answer, words: Words) -> Iterator[AnyBlock]:
    today, best = answer.scenario(TODAY), answer.scenario(answer.recommended)
    new = [each for each in best.place.stations if each.is_new]
    facts = {
        "count": number(len(new), 0, words),
        "invested": _thousands(best.place.invested_cents, words),
        "yearly": _thousands(best.place.yearly_cents, words),
        "before": _percent(today.reach.share, words),
        "after": _percent(best.reach.share, words),
        "residents": number(best.reach.residents, 0, words),
        "more": number(best.reach.within - today.reach.within, 0, words),
        "minutes": number(answer.walking.minutes, 0, words),
    }
    text = words["answer"].format(**facts)
    if best.played and today.played:
        text += " " + words["answer_played"].format(
            more=_interval(best.played.differences["trips"], 1, words),
            subsidy=_interval(best.played.figures["subsidy_per_trip_cents"], 100, words),
            before=_interval(today.played.figures["subsidy_per_trip_cents"], 100, words),
        )
    yield Lead(text=text)
    yield Facts(
        rows=(
            (facts["after"], words["fact_after"].format(**facts)),
            (f"+{facts['more']}", words["fact_more"]),
            (facts["count"], words["fact_stations"]),
            (facts["invested"], words["fact_invested"]),
        )
    )
    yield Picture(name="map", caption=words["caption_map"])
    if bend := _bend(answer, words):
        yield Paragraph(text=bend)


def _bend(answer: Answer, words: Words) -> str:
    """Why this one: what one more resident costs up to it, and beyond."""
    front = on_front(answer.scenarios)
    at = next((number for number, each in enumerate(front) if each.code == answer.recommended), 0)
    if at == 0:
        return ""
    text = words["bend"].format(cost=_per_head(front[0], front[at], words))
    if at + 1 < len(front):
        text += " " + words["bend_beyond"].format(cost=_per_head(front[at], front[-1], words))
    return text


def _per_head(cheap: ScenarioAnswer, dear: ScenarioAnswer, words: Words) -> str:
    cents = dear.place.invested_cents - cheap.place.invested_cents
    return number(cents / 100 / max(1, dear.reach.within - cheap.reach.within), 0, words)


def _money(answer: Answer, words: Words) -> Iterator[AnyBlock]:
    yield Heading(text=words["heading_money"])
    yield Picture(name="front", caption=words["caption_front"])
    rows = [
        (
            _name(each, answer),
            number(sum(station.is_new for station in each.place.stations), 0, words),
            _thousands(each.place.invested_cents, words),
            _thousands(each.place.yearly_cents, words),
            number(each.reach.within, 0, words),
            _percent(each.reach.share, words),
            words["proved"].format(gap=_percent(each.place.gap, words, 1)) if each.place.invested_cents else "–",
        )
        for each in answer.scenarios
    ]
    yield Table(columns=tuple(words["columns_money"].split("|")), rows=tuple(rows), note=words["note_money"])
    for each in answer.scenarios:
        if len(each.reach.by_year) > 1:
            yield Paragraph(text=_phases(each, answer, words))


def _phases(each: ScenarioAnswer, answer: Answer, words: Words) -> str:
    years = [
        words["phase"].format(
            year=number(year, 0, words),
            count=number(sum(s.is_new and s.year <= year for s in each.place.stations), 0, words),
            invested=_thousands(each.place.invested_by_year_cents[year - 1], words),
            share=_percent(within / max(1, each.reach.residents), words),
        )
        for year, within in enumerate(each.reach.by_year, 1)
    ]
    return words["phases"].format(name=_name(each, answer)) + " " + words["phase_join"].join(years) + "."


def _communes(answer: Answer, words: Words) -> Iterator[AnyBlock]:
    today, best = answer.scenario(TODAY).reach, answer.scenario(answer.recommended).reach
    yield Heading(text=words["heading_communes"])
    yield Picture(name="communes", caption=words["caption_communes"])
    before = {each.name: each.within for each in today.communes}
    rows = [
        (
            each.name,
            number(each.residents, 0, words),
            _percent(before[each.name] / max(1, each.residents), words),
            _percent(each.within / max(1, each.residents), words),
            number(each.within - before[each.name], 0, words),
        )
        for each in sorted(best.communes, key=lambda one: -one.residents)
    ]
    yield Table(columns=tuple(words["columns_communes"].split("|")), rows=tuple(rows))
    if not best.groups:
        yield Paragraph(text=words["no_groups"])
        return
    served = {each.group: each.within for each in today.groups}
    groups = [
        (
            words.get(f"group.{each.group}", each.group),
            number(each.people, 0, words),
            _percent(served[each.group] / max(1.0, each.people), words),
            _percent(each.within / max(1.0, each.people), words),
        )
        for each in best.groups
    ]
    yield Table(columns=tuple(words["columns_groups"].split("|")), rows=tuple(groups), note=words["note_groups"])


SIMULATED = (
    ("asked", 1), ("trips", 1), ("unmet", 1), ("ride_km", 1), ("crew_km", 1), ("used_kwh", 1),
    ("revenue_cents", 100), ("fixed_cents", 100), ("crew_cents", 100), ("energy_cents", 100), ("subsidy_cents", 100),
    ("subsidy_per_trip_cents", 100),
    ("co2_kg", 1), ("co2_with_making_kg", 1), ("co2_spared_kg", 1), ("co2_spared_with_making_kg", 1),
)  # fmt: skip


def _simulated(answer: Answer, words: Words) -> Iterator[AnyBlock]:
    today, best = answer.scenario(TODAY), answer.scenario(answer.recommended)
    if not (today.played and best.played):
        return
    yield Heading(text=words["heading_played"])
    yield Paragraph(text=words["played"])
    yield Picture(name="played", caption=words["caption_played"])
    rows = [
        (
            words[f"figure.{name}"],
            _interval(today.played.figures[name], scale, words),
            _interval(best.played.figures[name], scale, words),
            _interval(best.played.differences[name], scale, words, signed=True),
        )
        for name, scale in SIMULATED
    ]
    yield Table(columns=tuple(words["columns_played"].split("|")), rows=tuple(rows), note=words["note_played"])


def _stations(answer: Answer, words: Words) -> Iterator[AnyBlock]:
    best = answer.scenario(answer.recommended)
    rows = [
        (
            each.name,
            each.commune,
            str(each.bays),
            str(each.chargers),
            str(each.vehicles),
            f"{each.lat:.4f}, {each.lon:.4f}",
        )
        for each in sorted(best.place.stations, key=lambda one: (one.commune, one.name))
        if each.is_new
    ]
    yield Heading(text=words["heading_stations"])
    yield Table(columns=tuple(words["columns_stations"].split("|")), rows=tuple(rows), note=words["note_stations"])


def _assumed(answer: Answer, study: Study, words: Words) -> Iterator[AnyBlock]:
    costs, aims, told = study.costs, study.aims, PHRASES[answer.language]
    facts = {
        "source": costs.source.get(answer.language) or next(iter(costs.source.values())),
        "station": _euros(costs.station_cents, words),
        "bay": _euros(costs.bay_cents, words),
        "charger": _euros(costs.charger_cents, words),
        "years": costs.written_off_years,
        "vehicle_years": costs.vehicles_written_off_years,
        "vehicles": number(study.vehicles_per_bay, 1, words),
        "speed": number(answer.walking.speed_kmh, 1, words),
        "detour": number(answer.walking.detour_factor, 1, words),
        "spread": _percent(answer.walking.spread_share, words),
        "spacing": aims.spacing_m,
        "days": study.simulation.days,
        "warm_up": study.simulation.warm_up,
        "replications": study.simulation.replications,
        "replaced": _percent(answer.factors["replaced_share"]["value"], words),
        "candidates": number(sum(not site.stands for site in answer.sites), 0, words),
        "distance": _percent(aims.distance_share, words),
        "worst": _percent(aims.worst_commune_share, words),
    }
    yield Heading(text=words["heading_assumed"])
    chosen = [told[f"walks.{answer.walking.basis}"], *([told["spread"]] if answer.walking.spread_share else [])]
    chosen += [
        told[name] for name in ("candidates", "aims", "costs", "vehicles", "demand", "simulated", "crews", "gases")
    ]
    yield Items(texts=tuple(text.format(**facts) for text in chosen))


def _sources(answer: Answer, words: Words) -> Iterator[AnyBlock]:
    yield Heading(text=words["heading_sources"])
    lines = [f"{each.name} ({each.licence}, {each.as_of}) {each.url}".strip() for each in answer.sources]
    yield Items(texts=(*lines, *_factor_lines(answer, words)))


def _factor_lines(answer: Answer, words: Words) -> Iterator[str]:
    rows = [value for value in answer.factors.values() if isinstance(value, dict)]
    rows += [each["making_kg_per_km"] for each in answer.factors.get("classes", [])]
    for row in rows:
        value = number(row["value"], 4, words).rstrip("0")
        yield f"{row['source']} ({row['as_of']}){words['colon']}{value} {row['unit']}. {row.get('url', '')}".strip()


def _name(scenario: ScenarioAnswer, answer: Answer) -> str:
    return scenario.name.get(answer.language) or next(iter(scenario.name.values()))


def _percent(share: float, words: Words, digits: int = 0) -> str:
    return f"{number(100 * share, digits, words)}{words['percent']}"


def _thousands(cents: int, words: Words) -> str:
    return words["thousand"].format(amount=number(cents / THOUSAND_CENTS, 0, words))


def _euros(cents: int, words: Words) -> str:
    return words["amount"].format(amount=number(cents / 100, 0, words))


def _interval(interval: Interval, scale: int, words: Words, *, signed: bool = False) -> str:
    mean = interval.mean / scale
    digits = 1 if abs(mean) < 1_000 else 0
    text = ("+" if signed and mean > 0 else "") + number(mean, digits, words)
    half = interval.half_width
    return text if half is None or half == 0 else f"{text} ± {number(half / scale, digits, words)}"


def as_lines(blocks: Sequence[AnyBlock]) -> Iterator[str]:
    """Every sentence and cell, for who looks for one."""
    for block in blocks:
        if isinstance(block, Heading | Lead | Paragraph):
            yield block.text
        elif isinstance(block, Table):
            yield from (cell for row in block.rows for cell in row)
        elif isinstance(block, Items):
            yield from block.texts
