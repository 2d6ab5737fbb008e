import rich_click as click
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import Problem
from mobility.city.service import get_city
from mobility.cli.session import in_transaction
from mobility.riders import queries, service
from mobility.riders.rules.access import GRANTED_ROLES, GrantedRole
from mobility.riders.rules.addresses import normal_email
from mobility.riders.tables import Account

LISTED_MAX = 1_000


class Email(click.ParamType[str]):
    name = "email"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return normal_email(value)
        except Problem as problem:
            self.fail(str(problem), param, ctx)


@click.group()
def accounts() -> None:
    """People: who may do what, and where."""


@accounts.command()
@click.argument("email", type=Email())
@click.argument("role", type=click.Choice(GRANTED_ROLES))
@click.option("--city", "city_id", help="Only in this city; otherwise in every city.")
@click.option("--reason", default="", help="Why; kept with the change.")
def grant(email: str, role: GrantedRole, city_id: str | None, reason: str) -> None:
    """Give a role to the account of EMAIL, which is made when there is none; safe to repeat."""

    async def job(session: AsyncSession, clock: Clock) -> None:
        if city_id is not None:
            await get_city(session, city_id)
        account = await service.get_or_create_account(session, clock, email)
        await service.grant_role(session, clock, account.id, role, city_id, reason=reason)

    in_transaction(job)
    click.echo(f"{email} is {role} {_where(city_id)}.")


@accounts.command()
@click.argument("email", type=Email())
@click.argument("role", type=click.Choice(GRANTED_ROLES))
@click.option("--city", "city_id", help="As it was granted.")
@click.option("--reason", default="", help="Why; kept with the change.")
def revoke(email: str, role: GrantedRole, city_id: str | None, reason: str) -> None:
    """Take a role back."""

    async def job(session: AsyncSession, clock: Clock) -> None:
        account = await queries.get_account_at(session, email)
        await service.revoke_role(session, clock, account.id, role, city_id, reason=reason)

    in_transaction(job)
    click.echo(f"{email} is not {role} {_where(city_id)}.")


@accounts.command()
@click.argument("email", type=Email())
@click.option("--reason", default="", help="Why; kept in the account's history.")
def block(email: str, reason: str) -> None:
    """Sign the account of EMAIL out everywhere and let it sign in no more."""

    async def job(session: AsyncSession, clock: Clock) -> None:
        account = await queries.get_account_at(session, email)
        await service.block_account(session, clock, account.id, by=None, reason=reason)

    in_transaction(job)
    click.echo(f"{email} is blocked.")


@accounts.command("list")
@click.option("--query", help="Part of an e-mail, a phone number or a name.")
def list_(query: str | None) -> None:
    """Show accounts with their roles, the first thousand in the order they were made."""

    async def job(session: AsyncSession, _: Clock) -> list[Account]:
        return list(await queries.list_accounts(session, text=query, limit=LISTED_MAX, after=None))

    table = Table("e-mail or phone", "name", "roles", "licences", "state")
    for account in in_transaction(job):
        table.add_row(*_row(account))
    Console().print(table)


def _row(account: Account) -> tuple[str, ...]:
    roles = sorted(f"{held.role} {_where(held.city_id)}" for held in account.roles)
    licences = [f"{licence.category} {licence.state}" for licence in account.licences]
    state = "blocked" if account.blocked_at else "open"
    return account.email or account.phone or "", account.name, ", ".join(roles), ", ".join(licences), state


def _where(city_id: str | None) -> str:
    return "everywhere" if city_id is None else f"in {city_id}"
