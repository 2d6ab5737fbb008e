"""What a process does not have to import to start: solvers and compilers take seconds and a hundred megabytes each."""

import subprocess
import sys

import pytest

WHEN_ASKED = {"matplotlib", "numba", "ortools", "osmium", "pandas", "scipy.optimize", "scipy.spatial", "scipy.stats"}


@pytest.mark.parametrize("process", ["mobility.app", "mobility.worker", "mobility.consumer", "mobility.cli"])
def test_no_process_imports_what_it_may_never_need(process: str) -> None:
    listing = f"import sys, {process}; print(*sys.modules)"
    imported = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    ).stdout.split()
    assert sorted(WHEN_ASKED & set(imported)) == []
