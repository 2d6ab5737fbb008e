"""`mobility doctor`: the state of this machine, a line for each thing, with what to do about it.

A check returns findings and prints nothing. One that asks the machine is listed in `CHECKS`, one that asks the database
in `servers.DATABASE_CHECKS`.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import rich_click as click

from mobility.cli.doctor import machine
from mobility.cli.doctor.findings import Finding, Machine, State
from mobility.cli.doctor.servers import check_servers

CHECKS: tuple[Callable[[Machine], Iterator[Finding]], ...] = (
    machine.check_python,
    machine.check_packages,
    machine.check_disk,
    machine.check_data,
    machine.check_streets,
    check_servers,
    machine.check_port,
    machine.check_web_pages,
    machine.check_node,
    machine.check_browser,
    machine.check_broker,
)


@click.command()
@click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".mobility"),
    show_default=True,
    help="Folder of the demo's databases.",
)
def doctor(data_dir: Path) -> None:
    """Explain the state of this machine; exit status 1 when something is bad."""
    sources = Path(__file__).parents[3]
    here = Machine(os.environ, data_dir.resolve(), sources if (sources / "run").is_file() else None)
    findings = [finding for check in CHECKS for finding in check(here)]
    for finding in findings:
        show(finding)
    if any(finding.state is State.BAD for finding in findings):
        sys.exit(1)


def show(finding: Finding) -> None:
    colour = {State.OK: "green", State.WARN: "yellow", State.BAD: "red"}[finding.state]
    click.echo(f"{click.style(f'{finding.state:<5}', fg=colour)} {finding.subject:<10} {finding.fact}")
    if finding.advice:
        click.echo(f"{'':<16} → {finding.advice}")
