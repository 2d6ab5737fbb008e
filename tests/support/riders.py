"""People of the tests, and ports that let everything pass and keep what they are given."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.session import commit
from mobility.riders import service
from mobility.riders.rules.access import Caller
from mobility.riders.rules.codes import Count
from mobility.riders.rules.licences import LicenceCategory, Title
from mobility.riders.rules.messages import Letter
from mobility.riders.service import SignedIn
from mobility.riders.tables import Account

EMAIL = "camille@example.fr"
IP = "192.0.2.7"
LICENCE_B = Title(category=LicenceCategory.B, issued_on=date(2019, 5, 2), expires_on=date(2034, 5, 1))
BORN_ON = date(1994, 11, 23)


@dataclass
class Letterbox:
    """A `Delivery`."""

    messages: list[Letter] = field(default_factory=list)

    async def deliver(self, letter: Letter) -> None:
        self.messages.append(letter)


@dataclass
class OpenGate:
    """A `Limiter` that refuses what it is told to."""

    wait_s: int = 0
    counts: list[Count] = field(default_factory=list)

    async def hit(self, count: Count) -> int:
        self.counts.append(count)
        return self.wait_s


async def code_for(session: AsyncSession, clock: Clock, address: str = EMAIL, locale: str = "fr") -> tuple[UUID, str]:
    """Ask for a code and read it: (request id, code)."""
    letterbox = Letterbox()
    sent = await service.request_code(session, clock, OpenGate(), letterbox, address=address, locale=locale, ip=IP)
    await commit(session)
    return sent.id, letterbox.messages[0].code


async def sign_in(session: AsyncSession, clock: Clock, request_id: UUID, code: str) -> SignedIn:
    return await service.sign_in(session, clock, OpenGate(), request_id=request_id, code=code, ip=IP)


async def person(session: AsyncSession, clock: Clock, address: str = EMAIL, born_on: date | None = BORN_ON) -> Account:
    account = await service.get_or_create_account(session, clock, address)
    return await service.update_profile(session, clock, account.id, born_on=born_on)


async def operator(session: AsyncSession, clock: Clock) -> Caller:
    account = await person(session, clock, "operator@example.fr")
    await service.grant_role(session, clock, account.id, "operator", None)
    return Caller(account.id, frozenset({("operator", None)}), "fr")


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"
