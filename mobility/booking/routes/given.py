"""What handlers are given: by the app, by the path, by the query."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock as AnyClock
from mobility.booking.service.crowds import Around
from mobility.payments.ports import PaymentGateway
from mobility.riders.rules.access import Caller

PAGE_DEFAULT, PAGE_MAX = 50, 100

Session = NamedDependency[AsyncSession]
Clock = NamedDependency[AnyClock]
Me = NamedDependency[Caller]
Anybody = NamedDependency[Caller | None]
Language = NamedDependency[str]
Gateway = NamedDependency[PaymentGateway]

CityId = Annotated[str, PathParameter(description="Id of a city", examples=[Example(value="springfield")])]
HoldId = Annotated[UUID, PathParameter(description="Id of one of my holds")]
RentalId = Annotated[UUID, PathParameter(description="Id of one of my rides")]

Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")]
After = Annotated[UUID | None, QueryParameter(description="`next` of the page before")]


@dataclass(frozen=True, slots=True)
class Reserving:
    """All that a reservation is given, as one dependency: Litestar starts a task for each of several."""

    session: AsyncSession
    clock: AnyClock
    caller: Caller
    gateway: PaymentGateway
    key: str
    around: Around
