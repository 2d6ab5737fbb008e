from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.riders import queries
from mobility.riders.rules.addresses import is_email
from mobility.riders.rules.licences import (
    LICENCES_MAX,
    LicenceState,
    LicencesTooMany,
    Title,
    refuse_implausible,
    refuse_issued_too_young,
)
from mobility.riders.rules.profiles import BirthDateMissing, refuse_birth_date
from mobility.riders.service.desk import note_city
from mobility.riders.tables import Account, Licence


async def get_or_create_account(session: AsyncSession, clock: Clock, address: str, *, locale: str = "fr") -> Account:
    """The account of a normalised address; made when there is none."""
    account = await queries.find_account_at(session, address)
    if account is not None:
        return account
    reached = {"email" if is_email(address) else "phone": address}
    new = insert(Account).values(id=new_id(), locale=locale, created_at=clock.now(), **reached)
    await session.execute(new.on_conflict_do_nothing())
    made = await queries.find_account_at(session, address)
    if made is None:
        raise RuntimeError("an account that was just made is gone")
    return made


async def update_profile(
    session: AsyncSession,
    clock: Clock,
    account_id: UUID,
    *,
    name: str | None = None,
    born_on: date | None = None,
    locale: str | None = None,
    city_id: str | None = None,
) -> Account:
    """Change what is given; from then on the operators of `city_id` see the account.

    Raises
    ------
    BirthDateVerified, BirthDateImplausible, LicenceIssuedTooYoung
    """
    account = await queries.lock_account(session, account_id)
    if born_on is not None:
        refuse_birth_date(
            born_on, known=account.born_on, is_verified=account.born_on_verified, today=clock.now().date()
        )
        refuse_issued_too_young([queries.title(licence) for licence in account.licences], born_on=born_on)
        account.born_on = born_on
    account.name = account.name if name is None else name
    account.locale = account.locale if locale is None else locale
    if city_id is not None:
        await note_city(session, clock, account_id, city_id)
    await session.flush()
    return account


async def declare_licence(
    session: AsyncSession, clock: Clock, account_id: UUID, title: Title, *, city_id: str | None = None
) -> Licence:
    """Keep what a rider says of a driving title, for the operators of a city to look at.

    Raises
    ------
    BirthDateMissing, LicencesTooMany, LicenceImplausible
    """
    account, now = await queries.lock_account(session, account_id), clock.now()
    if account.born_on is None:
        raise BirthDateMissing
    if len(account.licences) >= LICENCES_MAX:
        raise LicencesTooMany(most=LICENCES_MAX)
    refuse_implausible(title, born_on=account.born_on, today=now.date())
    licence = Licence(
        account_id=account_id,
        category=title.category,
        issued_on=title.issued_on,
        expires_on=title.expires_on,
        state=LicenceState.DECLARED,
        declared_at=now,
    )
    session.add(licence)
    if city_id is not None:
        await note_city(session, clock, account_id, city_id)
    await session.flush()
    return licence
