"""The public set of mixed moped-and-car nights: write it, check plans for it, improve on what is known.

    python -m benchmarks.rebalancing.instances list
    python -m benchmarks.rebalancing.instances write DIR [NAME...]
    python -m benchmarks.rebalancing.instances check NIGHT PLAN
    python -m benchmarks.rebalancing.instances improve DIR [NAME...] [--seconds 20] [--seed 0]
    python -m benchmarks.rebalancing.instances enter DIR [NAME...] --by WHO

`check` asks the independent checker, prints the recomputed cost and ends with status 1 when the plan breaks a rule.
`improve` solves the nights of the directory with the product's optimiser, in `--seconds` of CPU each, writes its plans
beside them as NAME.plan.json and enters what is better into nights.csv; `enter` does so with plans that lie there. The
format is told in docs/instances.md.
"""

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks.command_line import natural, positive
from benchmarks.rebalancing.checker import check
from benchmarks.rebalancing.generator import REFERENCE, TEN_TIMES, Size, generate
from benchmarks.rebalancing.plan_file import rounded, write_plan
from mobility.base.errors import Problem
from mobility.rebalancing.optimiser.night.file import load, save
from mobility.rebalancing.optimiser.night.solve import Limits, nothing, solve

TABLE = Path(__file__).parent / "nights.csv"
SIZES = {
    "tiny": Size(stations=5, mopeds=12, cars=4, vans=1, bookings=1, side_km=4.0),
    "small": Size(stations=15, mopeds=40, cars=10, vans=1, relocators=1, bookings=2, side_km=5.0),
    "middle": Size(stations=30, mopeds=80, cars=20, vans=2, relocators=2, bookings=3, side_km=6.0),
    "reference": REFERENCE,
    "bicycles": Size(relocators=3, bookings=8),
    "flat": Size(low_share=0.9),
    "large": Size(stations=200, mopeds=500, cars=130, vans=13, relocators=4, bookings=15, side_km=14.6),
    "tenfold": TEN_TIMES,
}
SEEDS = {"tiny": 3, "small": 3, "middle": 3, "reference": 5, "bicycles": 2, "flat": 2, "large": 2, "tenfold": 2}
NIGHTS = {f"{kind}-{seed}": (SIZES[kind], seed) for kind, seeds in SEEDS.items() for seed in range(seeds)}
COLUMNS = (
    "name",
    "stations",
    "mopeds",
    "cars",
    "vans",
    "relocators",
    "sha256",
    "nothing",
    "missed",
    "best",
    "bound",
    "by",
)


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    try:
        return int(asked.run(asked))
    except (OSError, ValueError, Problem) as error:
        print(error, file=sys.stderr)
        return 2


def list_known(_: argparse.Namespace) -> int:
    print(TABLE.read_text(encoding="utf-8"), end="")
    return 0


def write_all(asked: argparse.Namespace) -> int:
    """Each file must be, to the byte, the one whose values are known."""
    asked.directory.mkdir(parents=True, exist_ok=True)
    known, different = read_table(), 0
    for name in named(asked.names):
        size, seed = NIGHTS[name]
        path = asked.directory / f"{name}.json"
        save(path, rounded(generate(seed, size)))
        same = known.get(name, {}).get("sha256", "") in ("", checksum(path))
        different += not same
        print(f"{path}" if same else f"{path}: its checksum is not that of nights.csv")
    return 1 if different else 0


def check_plan(asked: argparse.Namespace) -> int:
    found = check(read(asked.night), read(asked.plan))
    print(f"cost {found.cost_cents:.1f} cents")
    for problem in found.problems:
        print(problem)
    return 1 if found.problems else 0


def read(path: Path) -> dict[str, Any]:
    document = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise ValueError(f"{path} is no JSON object")
    return document


def improve(asked: argparse.Namespace) -> int:
    for name in named(asked.names):
        limits = Limits(seed=asked.seed, workers=1, seconds=asked.seconds)
        plan = solve(load(night_path(asked, name)), limits, now=process_time)  # whatever else the machine does
        write_plan(plan_path(asked, name), plan)
        print(enter(asked, name, by="mobility"), flush=True)
    return 0


def enter_all(asked: argparse.Namespace) -> int:
    for name in named(asked.names):
        print(enter(asked, name, by=asked.by))
    return 0


def enter(asked: argparse.Namespace, name: str, *, by: str) -> str:
    """Note the plan that lies beside a night when it, or its bound, is better than what is known."""
    path, document = night_path(asked, name), read(plan_path(asked, name))
    found = check(read(path), document)
    if found.problems:
        raise ValueError(f"{plan_path(asked, name)}: {found.problems[0]}")
    table = read_table()
    known = {**table.get(name, {}), "sha256": checksum(path), "nothing": f"{nothing(load(path)).cost_cents:.1f}"}
    missed = sum(each["what"] == "booking" for each in document.get("unserved", []))
    row = better(known, name, missed=missed, cost=found.cost_cents, by=by)
    row["bound"] = highest(known.get("bound", ""), document.get("bound_cents"))
    write_table(table | {name: row})
    return f"{name:<12} {found.cost_cents:10.1f}, best {row['best']}, bound {row['bound'] or 'none'}"


def night_path(asked: argparse.Namespace, name: str) -> Path:
    return Path(asked.directory) / f"{name}.json"


def plan_path(asked: argparse.Namespace, name: str) -> Path:
    return Path(asked.directory) / f"{name}.plan.json"


def better(known: dict[str, str], name: str, *, missed: int, cost: float, by: str) -> dict[str, str]:
    """The row of a night when a plan of this cost is known too; bookings come before money."""
    size, _ = NIGHTS[name]
    row = {**known, "name": name, **{column: str(getattr(size, column)) for column in COLUMNS[1:6]}}
    if not row.get("best") or (missed, cost) < (int(row["missed"]), float(row["best"]) - 0.05):
        row |= {"missed": str(missed), "best": f"{cost:.1f}", "by": by}
    return row


def highest(known: str, bound: float | None) -> str:
    candidates = [*([float(known)] if known else []), *([bound] if bound is not None else [])]
    return f"{max(candidates):.1f}" if candidates else ""


def named(names: Sequence[str]) -> Iterator[str]:
    if unknown := set(names) - NIGHTS.keys():
        raise ValueError(f"there is no night {sorted(unknown)[0]}: {', '.join(NIGHTS)}")
    return iter(names or NIGHTS)


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_table() -> dict[str, dict[str, str]]:
    if not TABLE.exists():
        return {}
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {row["name"]: row for row in csv.DictReader(lines)}


def write_table(table: dict[str, dict[str, str]]) -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as lines:
        rows = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
        rows.writeheader()
        rows.writerows(table[name] for name in NIGHTS if name in table)


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(prog="python -m benchmarks.rebalancing.instances")
    commands = described.add_subparsers(required=True)
    listed = commands.add_parser("list", help="what is known of each night")
    listed.set_defaults(run=list_known)
    written = commands.add_parser("write", help="write the nights as files")
    written.set_defaults(run=write_all)
    checked = commands.add_parser("check", help="check a plan for a night")
    checked.add_argument("night", type=Path)
    checked.add_argument("plan", type=Path)
    checked.set_defaults(run=check_plan)
    improved = commands.add_parser("improve", help="solve nights, and note what is better")
    improved.add_argument("--seconds", type=positive, default=20.0, help="of CPU, for each night")
    improved.add_argument("--seed", type=natural, default=0)
    improved.set_defaults(run=improve)
    entered = commands.add_parser("enter", help="note the plans that lie beside the nights, as NAME.plan.json")
    entered.add_argument("--by", required=True, help="who found them")
    entered.set_defaults(run=enter_all)
    for command in (written, improved, entered):
        command.add_argument("directory", type=Path)
        command.add_argument("names", nargs="*")
    return described


if __name__ == "__main__":
    sys.exit(main())
