"""What the demo's city starts with: the loaded file, its vehicles' keys, one account per kind of user."""

from datetime import date
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.cli.city import read
from mobility.cli.loading import keep_keys, load
from mobility.cli.session import in_transaction
from mobility.riders.rules.access import GRANTED_ROLES, GrantedRole
from mobility.riders.service import get_or_create_account, grant_role
from mobility.settings import Settings

RESIDENT = "camille@example.org"
RESIDENT_BORN_ON = date(1984, 5, 17)
LOGINS = {"resident": RESIDENT} | {role: f"{role}@example.org" for role in GRANTED_ROLES}
"""One address for each kind of user; `example.org` receives no mail (RFC 2606)."""
STREET_OPERATOR = "operator@street.example"
"""Verifies the licences of the street's riders."""


def prepare_city(settings: Settings, city_file: Path, data_dir: Path) -> str:
    """Load the city and the demo's people; safe to repeat. Gives the city's id."""
    city = read(city_file)

    async def prepare(session: AsyncSession, clock: Clock) -> None:
        vehicles = await load(session, clock, city)
        await _people(session, clock, city.id)
        # Before the commit: a key that was never kept would leave a vehicle that nobody can speak for.
        keep_keys(data_dir / "vehicles.jsonl", vehicles)

    in_transaction(prepare, settings)
    return city.id


async def _people(session: AsyncSession, clock: Clock, city_id: str) -> None:
    resident = await get_or_create_account(session, clock, RESIDENT)
    if resident.born_on is None:
        # Born before 1988: may drive without a title, so that a visitor's first ride needs no papers.
        resident.name, resident.born_on, resident.born_on_verified = "Camille", RESIDENT_BORN_ON, True
    for role in GRANTED_ROLES:
        await _grant(session, clock, LOGINS[role], role, None if role == "admin" else city_id)
    await _grant(session, clock, STREET_OPERATOR, "operator", city_id)


async def _grant(session: AsyncSession, clock: Clock, email: str, role: GrantedRole, city_id: str | None) -> None:
    account = await get_or_create_account(session, clock, email)
    await grant_role(session, clock, account.id, role, city_id)
