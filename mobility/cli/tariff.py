import calendar
import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import rich_click as click
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.tariffs import NamedPlan
from mobility.cli.session import in_transaction
from mobility.pricing.rules.preview import Row, Typical
from mobility.pricing.rules.refusals import TariffRefused
from mobility.pricing.service.previews import typical_rides
from mobility.settings import read_settings


@click.group()
def tariff() -> None:
    """Tariffs: what rides cost."""


@tariff.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--city", "city_id", help="Id of a loaded city; otherwise the one that the web pages open with.")
def preview(file: Path, city_id: str | None) -> None:
    """Print what typical rides would cost by the plan in FILE, beside the tariff in force; keeps nothing.

    FILE holds one plan with the words of docs/city-file.md, as TOML or JSON: what the console shows to experts.
    """
    plan = read(file)

    async def job(session: AsyncSession, clock: Clock) -> list[Row]:
        try:
            return await typical_rides(session, clock, city_id or read_settings().mobility_city, plan)
        except TariffRefused as refused:
            faults = (f"{fault['path']} {fault['message']}" for fault in refused.facts["errors"])
            raise click.UsageError(f"{file}: {refused} {'; '.join(faults)}") from None

    _show(in_transaction(job), plan.currency)


def read(file: Path) -> NamedPlan:
    """The plan of a file; a sentence and exit status 2 when there is none in it."""
    try:
        text = file.read_text(encoding="utf-8")
        raw: Any = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
        return msgspec.convert(raw, NamedPlan)
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror or 'cannot be read'}") from None
    except (ValueError, msgspec.ValidationError) as error:
        raise click.UsageError(f"{file}: {error}") from None


def _show(rows: Sequence[Row], currency: str) -> None:
    table = Table("ride", "from", *(f"{name} ({currency})" for name in ("in force", "draft", "change")))
    for column in table.columns[2:]:
        column.justify = "right"
    for row in rows:
        change = "" if row.old_cents is None else f"{(row.new_cents - row.old_cents) / 100:+.2f}"
        old = "–" if row.old_cents is None else f"{row.old_cents / 100:.2f}"
        table.add_row(_ride(row.ride), _start(row.ride), old, f"{row.new_cents / 100:.2f}", change)
    Console().print(table)


def _ride(ride: Typical) -> str:
    pause = f", {ride.pause_minutes} min of it paused" if ride.pause_minutes else ""
    return f"{ride.minutes} min, {ride.km} km{pause}"


def _start(ride: Typical) -> str:
    return f"{calendar.day_abbr[ride.weekday]} {ride.starts:%H:%M}{', booked' if ride.booked_ahead else ''}"
