"""What handlers are given by the path and the query, and why most of them may refuse."""

from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock as AnyClock
from mobility.city.service import UnknownCity
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn, RoleMissing

PAGE_DEFAULT, PAGE_MAX = 50, 100
PLANNERS = has_role("city", "operator")
READING = [NotSignedIn, RoleMissing, UnknownCity]
CHANGING = [*READING, CrossSiteRequest]

Session = NamedDependency[AsyncSession]
Clock = NamedDependency[AnyClock]
Me = NamedDependency[Caller]
City = Annotated[str, PathParameter(description="Id of a city", max_length=40)]
DrawingId = Annotated[UUID, PathParameter(description="Id of a drawing")]
JobId = Annotated[UUID, PathParameter(description="Id of a job")]
StudyId = Annotated[str, PathParameter(description="Id of a study", pattern="^[0-9a-f]{12}$")]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")]
