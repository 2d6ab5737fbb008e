"""Maps and charts of an answer, as PNG."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.geometry import outline
from mobility.placement.rules.choice import on_front
from mobility.placement.rules.document import Answer, ScenarioAnswer
from mobility.placement.rules.study import TODAY
from mobility.placement.rules.words import Words, number, words_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, LINE, PAPER = "#17212e", "#54606f", "#dedad0", "#ffffff"
NEAR, FAR, NEW, OLD, WARN = "#7fb8b0", "#ecd9b0", "#c2410c", "#0f5f66", "#b45309"
DPI = 200
COMMUNES_SHOWN = 26
FIGURES = ("trips", "unmet", "crew_km", "used_kwh", "subsidy_per_trip_cents", "co2_with_making_kg")


def draw(answer: Answer, city: CityFile) -> dict[str, bytes]:
    """Pictures by name: the map before and after, the front, the communes, and what was simulated."""
    words = words_of(answer.language)
    pictures = {
        "map": _maps(answer, city, words),
        "front": _front(answer, words),
        "communes": _communes(answer, words),
    }
    if any(each.played for each in answer.scenarios):
        pictures["played"] = _played(answer, words)
    return pictures


def _figure(width: float, height: float) -> "Figure":
    # Half a second to import, for the one command that draws.
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams.update({"font.size": 9, "text.color": INK, "axes.labelcolor": SOFT, "axes.edgecolor": LINE})
    mpl.rcParams.update({"xtick.color": SOFT, "ytick.color": INK, "font.family": "DejaVu Sans"})
    return Figure(figsize=(width, height), facecolor=PAPER, layout="constrained")


def _png(figure: "Figure") -> bytes:
    kept = BytesIO()
    figure.savefig(kept, format="png", dpi=DPI, metadata={"Software": None})
    return kept.getvalue()


def _bare(axes: "Axes") -> None:
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def _maps(answer: Answer, city: CityFile, words: Words) -> bytes:
    figure = _figure(7.6, 4.7)
    left, right = figure.subplots(1, 2)
    today, best = answer.scenario(TODAY), answer.scenario(answer.recommended)
    for axes, scenario, title in ((left, today, words["before"]), (right, best, words["after"])):
        _map(axes, answer, city, scenario)
        said = f"{number(100 * scenario.reach.share, 0, words)} % {words['within']}"
        axes.set_title(f"{title}\n{said}", loc="left", fontsize=9, color=INK, fontweight="bold")
    _legend(figure, words)
    return _png(figure)


def _map(axes: "Axes", answer: Answer, city: CityFile, scenario: ScenarioAnswer) -> None:
    lon, lat = np.array(answer.points.lon), np.array(answer.points.lat)
    near = np.array(scenario.reach.near)
    people = np.sqrt(np.array(answer.points.residents))
    size = 14 * people / max(1.0, float(np.quantile(people, 0.95)))
    for ring in _outlines(city, answer):
        axes.fill(*ring.T, facecolor="#faf8f3", edgecolor="#c9c3b4", linewidth=0.5, zorder=1)
    axes.scatter(lon[~near], lat[~near], s=size[~near], c=FAR, marker="s", linewidths=0, zorder=2)
    axes.scatter(lon[near], lat[near], s=size[near], c=NEAR, marker="s", linewidths=0, zorder=2)
    for is_new, colour, marker, area in ((False, OLD, "o", 20), (True, NEW, "D", 22)):
        mine = [each for each in scenario.place.stations if each.is_new == is_new]
        axes.scatter(
            [each.lon for each in mine],
            [each.lat for each in mine],
            s=area,
            c=colour,
            marker=marker,
            edgecolors="white",
            linewidths=0.6,
            zorder=4,
        )
    axes.set_aspect(1 / np.cos(np.radians(lat.mean())))
    axes.set_xlim(lon.min() - 0.01, lon.max() + 0.01)
    axes.set_ylim(lat.min() - 0.007, lat.max() + 0.007)
    axes.set_xticks([])
    axes.set_yticks([])
    _bare(axes)


def _outlines(city: CityFile, answer: Answer) -> Iterator[Any]:
    """Rings of the communes in which anybody of the study lives."""
    names = {each.name for each in answer.scenarios[0].reach.communes}
    for commune in city.communes:
        if commune.name in names:
            for part in shapely.get_parts(outline(commune.geometry)):
                yield shapely.get_coordinates(shapely.get_exterior_ring(part))


def _legend(figure: "Figure", words: Words) -> None:
    from matplotlib.lines import Line2D

    def mark(marker: str, colour: str, label: str) -> Line2D:
        return Line2D([], [], marker=marker, color=colour, label=label, linestyle="", markersize=7)

    kinds = [
        mark("s", NEAR, words["near"]),
        mark("s", FAR, words["far"]),
        mark("o", OLD, words["station"]),
        mark("D", NEW, words["new_station"]),
    ]
    figure.legend(handles=kinds, loc="outside lower center", ncols=4, frameon=False, fontsize=9)


def _front(answer: Answer, words: Words) -> bytes:
    figure = _figure(7.2, 3.7)
    axes = figure.subplots()
    front = on_front(answer.scenarios)
    told = [each for each in answer.scenarios if not each.is_front and each.code != TODAY]
    money = [each.place.invested_cents / 100_000 for each in front]
    share = [100 * each.reach.share for each in front]
    axes.plot(money, share, color=OLD, linewidth=1.6, marker="o", markersize=5, zorder=3)
    for each, x, y in zip(front, money, share, strict=True):
        best = each.code == answer.recommended
        if best:
            axes.plot([x], [y], marker="D", markersize=10, color=NEW, markeredgecolor="white", zorder=4)
        count = sum(station.is_new for station in each.place.stations)
        label = words["new_count"].format(count=count) if count else ""
        axes.annotate(
            label,
            (x, y),
            textcoords="offset points",
            xytext=(8, -13),
            fontsize=8,
            color=NEW if best else SOFT,
            fontweight="bold" if best else "normal",
        )
    for each in told:
        axes.plot(
            [each.place.invested_cents / 100_000],
            [100 * each.reach.share],
            marker="s",
            markersize=6,
            markerfacecolor="none",
            markeredgecolor=WARN,
            linestyle="",
            zorder=5,
            label=each.name[answer.language],
        )
    if told:
        axes.legend(frameon=False, loc="lower right", fontsize=8)
    axes.set_xlabel(words["invested_axis"])
    axes.set_ylabel(words["share_axis"])
    axes.set_ylim(0, 104)
    axes.margins(x=0.08)
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    _bare(axes)
    return _png(figure)


def _communes(answer: Answer, words: Words) -> bytes:
    today, best = answer.scenario(TODAY).reach, answer.scenario(answer.recommended).reach
    before = {each.name: each for each in today.communes}
    shown = sorted(best.communes, key=lambda each: each.residents)[-COMMUNES_SHOWN:]
    figure = _figure(7.2, 1.0 + 0.235 * len(shown))
    axes = figure.subplots()
    for row, each in enumerate(shown):
        people = max(1, each.residents)
        start, end = 100 * before[each.name].within / people, 100 * each.within / people
        axes.plot([start, end], [row, row], color=LINE, linewidth=3, zorder=1, solid_capstyle="round")
        axes.plot([start], [row], marker="o", color=OLD, markersize=5.5, zorder=3, linestyle="")
        axes.plot([end], [row], marker="D", color=NEW, markersize=5.5, zorder=4 if end > start else 2, linestyle="")
    axes.set_yticks(
        range(len(shown)), [f"{each.name}  {number(each.residents, 0, words)}" for each in shown], fontsize=8
    )
    axes.set_xlim(-2, 102)
    axes.set_ylim(-0.7, len(shown) - 0.3)
    axes.set_xlabel(words["share_axis"])
    axes.plot([], [], marker="o", color=OLD, linestyle="", label=words["before"])
    axes.plot([], [], marker="D", color=NEW, linestyle="", label=words["after"])
    axes.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1.0), fontsize=8.5, borderpad=0)
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    _bare(axes)
    return _png(figure)


def _played(answer: Answer, words: Words) -> bytes:
    shown = [each for each in answer.scenarios if each.played]
    figure = _figure(7.6, 3 * (0.55 + 0.2 * len(shown)))
    for row in figure.subplots(3, 2, sharey=True).tolist():
        for axes in row:
            _bars(axes, shown, FIGURES[figure.axes.index(axes)], answer, words)
    figure.axes[0].invert_yaxis()  # shared: all of them
    return _png(figure)


def _bars(axes: "Axes", shown: Sequence[ScenarioAnswer], name: str, answer: Answer, words: Words) -> None:
    scale = 100 if name.endswith("cents") else 1
    figures = [each.played.figures[name] for each in shown if each.played]
    means = [each.mean / scale for each in figures]
    reach = [(each.half_width or 0) / scale for each in figures]
    colours = [NEW if each.code == answer.recommended else OLD for each in shown]
    axes.barh(range(len(shown)), means, xerr=reach, color=colours, height=0.62, error_kw={"ecolor": INK, "lw": 0.9})
    for row, (mean, half) in enumerate(zip(means, reach, strict=True)):
        told = number(mean, 1 if abs(mean) < 100 else 0, words)
        at: dict[str, Any] = {"xytext": (4, 0), "textcoords": "offset points", "va": "center", "fontsize": 8}
        axes.annotate(told, (max(mean + half, 0), row), **at)
    axes.set_yticks(range(len(shown)), [each.name[answer.language] for each in shown], fontsize=8)
    axes.set_title(words[f"figure.{name}"], loc="left", fontsize=8.5, color=INK, fontweight="bold")
    axes.set_xticks([])
    axes.set_xlim(0, 1.25 * max([mean + half for mean, half in zip(means, reach, strict=True)] + [1e-9]))
    _bare(axes)
