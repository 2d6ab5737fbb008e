"""What Lighthouse says of the resident's start page on a phone: its list with the map on demand, and its map page.

    python -m benchmarks.web.lighthouse [--runs 3]

Starts servers and the service with Béthune loaded. Lighthouse emulates a middling phone on a slow network; the best of
some runs counts, as everything else on this machine only takes time away. Without a graphics card the map is drawn in
software on the same processor: its page's figure says how this machine draws. Needs the web pages built, and Chromium.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.command_line import at_least_one
from benchmarks.web.site import CHROMIUM_FLAGS, ROOT, chromium, service
from mobility.db.embedded import servers

LIGHTHOUSE = ROOT / "web/node_modules/lighthouse/cli/index.js"
PAGES = {"list, map on demand": "/app#list", "map page": "/app", "landing page": "/"}
AIMS = {"accessibility": 100, "best-practices": 95, "performance": 90}
AIMED_AT = "list, map on demand"
NODE_MIN = (22, 19)  # of Lighthouse
METRICS = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    refuse_old_node()
    with tempfile.TemporaryDirectory(prefix="mobility-bench-") as folder:
        Path(folder).chmod(0o755)  # root's servers run as nobody
        with servers(Path(folder)) as running, service(Path(folder), running, "serve") as url:
            best = {name: best_of(url + path, Path(folder), asked.runs) for name, path in PAGES.items()}
    for name, report in best.items():
        print(line(name, report))
    print("transferred by the list page:", transferred(best[AIMED_AT]))
    for fault in faults(best[AIMED_AT]):
        print("  -", fault)
    reached = all(score(best[AIMED_AT], name) >= aim for name, aim in AIMS.items())
    print("aims:", ", ".join(f"{name} {aim}" for name, aim in AIMS.items()), "reached" if reached else "NOT reached")
    return 0 if reached else 1


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    described.add_argument("--runs", type=at_least_one, default=3, help="of each page; the best counts")
    return described


def refuse_old_node() -> None:
    """Raises SystemExit with a sentence, rather than a stack of Lighthouse's own."""
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if tuple(map(int, said.removeprefix("v").split(".")[:2])) < NODE_MIN:
        raise SystemExit(f"Lighthouse needs Node {'.'.join(map(str, NODE_MIN))} or newer; this is {said}.")


def best_of(url: str, folder: Path, runs: int) -> dict[str, Any]:
    return max((audit(url, folder) for _ in range(runs)), key=lambda report: score(report, "performance"))


def audit(url: str, folder: Path) -> dict[str, Any]:
    out = folder / "report.json"
    command = ["node", str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--output-path={out}"]
    command += [f"--only-categories={','.join(AIMS)}", f"--chrome-flags={' '.join(CHROMIUM_FLAGS)}"]
    subprocess.run(command, env=os.environ | {"CHROME_PATH": chromium()}, check=True, stdout=subprocess.DEVNULL)
    report: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return report


def score(report: dict[str, Any], category: str) -> int:
    return round(100 * (report["categories"][category]["score"] or 0))


def line(name: str, report: dict[str, Any]) -> str:
    scores = "  ".join(f"{category} {score(report, category):3d}" for category in AIMS)
    metrics = "  ".join(f"{metric} {report['audits'][metric].get('displayValue', '-')}" for metric in METRICS)
    return f"{name:<20} {scores}  {metrics}"


def transferred(report: dict[str, Any]) -> str:
    items = report["audits"]["network-requests"]["details"]["items"]
    return f"{sum(item.get('transferSize', 0) for item in items) / 1_000:.0f} kB in {len(items)} requests"


def faults(report: dict[str, Any]) -> Iterator[str]:
    """What costs points in the categories that are to be whole."""
    for category in ("accessibility", "best-practices"):
        for each in report["categories"][category]["auditRefs"]:
            audit_ = report["audits"][each["id"]]
            if each["weight"] and audit_["score"] is not None and audit_["score"] < 1:
                yield f"{category}: {audit_['title']}"


if __name__ == "__main__":
    sys.exit(main())
