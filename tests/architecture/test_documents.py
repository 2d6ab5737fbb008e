"""Documents that would rot if nothing read them."""

import re
from pathlib import Path

from mobility.app import create_app  # noqa: F401 - every problem is registered by being imported
from mobility.base.errors import Problem

ROOT = Path(__file__).parents[2]


def test_every_refusal_has_a_test_that_names_its_code() -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    named = set(re.findall(r"[\"']([a-z_]+)[\"']", tests)) | set(re.findall(r"\.code\b.*?([a-z_]+)", tests))
    classes = set(re.findall(r"\b([A-Z][A-Za-z]+)\b", tests))
    untested = {
        code for code, problem in Problem.registry.items() if code not in named and problem.__name__ not in classes
    }
    assert untested == set()


def test_every_room_stands_in_the_architecture_page() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rooms = [path.name for path in (ROOT / "mobility").iterdir() if (path / "__init__.py").exists()]
    assert [room for room in rooms if f"mobility/{room}/" not in page] == []


def test_every_decision_says_what_was_decided() -> None:
    for record in sorted((ROOT / "docs/decisions").glob("*.md")):
        assert re.match(r"# \d+\. .+\n", record.read_text(encoding="utf-8")), record.name
        assert "**Decision.**" in record.read_text(encoding="utf-8"), record.name


def test_every_command_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    asked = set(re.findall(r"`?make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert asked <= targets


def test_every_benchmark_that_is_listed_exists() -> None:
    listed = re.findall(
        r'^    "([a-z.]+)":', (ROOT / "benchmarks/__main__.py").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert listed
    assert all((ROOT / "benchmarks" / f"{name.replace('.', '/')}.py").is_file() for name in listed)
