"""What handlers are given, and what the documents say of it."""

from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock as AnyClock
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn, RoleMissing

PAGE_DEFAULT, PAGE_MAX = 50, 100
READING = [NotSignedIn, RoleMissing]
WRITING = [*READING, CrossSiteRequest]

Session = NamedDependency[AsyncSession]
Clock = NamedDependency[AnyClock]
Me = NamedDependency[Caller]
CityId = Annotated[str, PathParameter(description="Id of a city")]
AccountId = Annotated[UUID, PathParameter(description="Id of an account")]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")]
Why = Annotated[str, QueryParameter(min_length=3, max_length=300, description="Why; it is kept")]
