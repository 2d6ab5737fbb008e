"""What handlers are given, and what the documents say of it."""

from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock as AnyClock
from mobility.city.service import UnknownCity
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn, RoleMissing

PAGE_DEFAULT, PAGE_MAX = 50, 100
READING = [NotSignedIn, RoleMissing, UnknownCity]
WRITING = [*READING, CrossSiteRequest]

Session = NamedDependency[AsyncSession]
Clock = NamedDependency[AnyClock]
Me = NamedDependency[Caller]
Language = NamedDependency[str]
CityId = Annotated[str, PathParameter(description="Id of a city", examples=[Example(value="springfield")])]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")]
After = Annotated[UUID | None, QueryParameter(description="`next` of the page before")]
