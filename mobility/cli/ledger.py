import asyncio
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import rich_click as click
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession
from stdnum.fr.siren import is_valid as is_siren

from mobility.base.clock import Clock, SystemClock
from mobility.cli.session import in_transaction
from mobility.db.session import Sessions, create_engine, create_sessions
from mobility.payments import queries
from mobility.payments.gateways import choose_gateway
from mobility.payments.ports import GatewayUnavailable
from mobility.payments.queries import DayTotal, Period
from mobility.payments.rules.accounting import CHART, fec_name
from mobility.payments.service.exports import ledger_csv, ledger_fec, period_of
from mobility.payments.tables import BookDifference
from mobility.payments.tasks import reconcile
from mobility.settings import Settings, read_settings

Export = Callable[[Sessions, Period], AsyncIterator[str]]
COMMON_ZONE = ZoneInfo("Europe/Paris")
"""The calendar of what belongs to no city, and of all cities together."""

day = click.DateTime(formats=["%Y-%m-%d"])
first_day = click.option("--from", "first", type=day, required=True, help="First day.")
last_day = click.option("--to", "last", type=day, required=True, help="Last day, included.")
one_city = click.option("--city", "city_id", help="Only this city; otherwise all, and what belongs to none.")


@click.group()
def ledger() -> None:
    """The books: what was written on which account, for accountants."""


@ledger.command()
@first_day
@last_day
@one_city
def balance(first: datetime, last: datetime, city_id: str | None) -> None:
    """Print the trial balance: debits and credits of each kind of account, day by day."""

    async def job(session: AsyncSession, clock: Clock) -> list[DayTotal]:
        period = await _period(session, first.date(), last.date(), city_id)
        return await queries.trial_balance(session, period)

    _show(in_transaction(job))


@ledger.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@first_day
@last_day
@one_city
def export(file: Path, first: datetime, last: datetime, city_id: str | None) -> None:
    """Write every line of the ledger to FILE as CSV; `-` is the screen. The columns are in docs/accounting.md."""
    _export(ledger_csv, file, first.date(), last.date(), city_id)


@ledger.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--siren", required=True, help="The operator's nine digits: part of the file's name.")
@first_day
@last_day
def fec(folder: Path, siren: str, first: datetime, last: datetime) -> None:
    """Write the file of entries of the French tax office (article A47 A-1) into FOLDER, named as it wants it."""
    if not is_siren(siren):
        raise click.BadParameter("a SIREN has nine digits, the last one to check the others", param_hint="--siren")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / fec_name(siren, last)
    _export(ledger_fec, file, first.date(), last.date(), None)
    click.echo(file)


@ledger.command("reconcile")
def reconcile_now() -> None:
    """Compare the books with the payment service's own now; exit status 1 when they differ."""
    settings = read_settings()
    found = asyncio.run(_reconcile(settings))
    for each in found:
        ours, theirs = each.ours_cents, each.theirs_cents
        click.echo(f"{each.kind:<15} {each.matter:<8} {each.reference:<32} ours {ours} theirs {theirs} cents")
    click.echo("The books agree." if not found else f"{len(found)} differences.")
    sys.exit(1 if found else 0)


async def _reconcile(settings: Settings) -> Sequence[BookDifference]:
    gateway = choose_gateway(
        settings.mobility_stripe_key,
        secret=settings.mobility_stripe_webhook_secret,
        base_url=settings.mobility_stripe_url,
    )
    engine = create_engine(settings.database_url, pool_size=1)
    sessions = create_sessions(engine)
    try:
        await reconcile(sessions, SystemClock(), gateway, at_once=True)
        async with sessions() as session:
            return await queries.list_differences(session)
    except GatewayUnavailable as error:
        raise click.ClickException(f"the payment service does not answer: {error}") from None
    finally:
        await engine.dispose()


async def _period(session: AsyncSession, first: date, last: date, city_id: str | None) -> Period:
    zone = await queries.zone_of(session, city_id) if city_id else COMMON_ZONE
    return period_of(first, last, zone=zone, city_id=city_id)


def _export(lines: Export, file: Path, first: date, last: date, city_id: str | None) -> None:
    async def job(session: AsyncSession, clock: Clock) -> Period:
        return await _period(session, first, last, city_id)

    asyncio.run(_write(lines, in_transaction(job), file))


async def _write(lines: Export, period: Period, file: Path) -> None:
    engine = create_engine(read_settings().database_url, pool_size=1)
    out = sys.stdout if str(file) == "-" else file.open("w", encoding="utf-8", newline="")
    try:
        async for text in lines(create_sessions(engine), period):
            out.write(text)
    finally:
        await engine.dispose()
        if out is not sys.stdout:
            out.close()


def _show(totals: list[DayTotal]) -> None:
    table = Table("day", "chart", "account", "debit", "credit")
    sums: dict[str, int] = defaultdict(int)
    for total in totals:
        units = [f"{cents / 100:,.2f} {total.currency}" for cents in (total.debit_cents, total.credit_cents)]
        table.add_row(str(total.day), CHART[total.account][0], total.account, *units)
        sums[total.currency] += total.debit_cents - total.credit_cents
    Console().print(table)
    for currency, off in sums.items():
        if off:
            raise click.ClickException(f"off balance by {off / 100:.2f} {currency}: call an engineer")
