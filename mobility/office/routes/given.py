"""What handlers are given, and what the documents say of it."""

from typing import Annotated

from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock as AnyClock
from mobility.city.service import UnknownCity
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn, RoleMissing

PAGE_DEFAULT, PAGE_MAX = 50, 100
READING = [NotSignedIn, RoleMissing, UnknownCity]
WRITING = [*READING, CrossSiteRequest]
CSV = "text/csv"

Session = NamedDependency[AsyncSession]
Clock = NamedDependency[AnyClock]
Me = NamedDependency[Caller]
CityId = Annotated[str, PathParameter(description="Id of a city", max_length=40)]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")]


def named(file: str) -> dict[str, str]:
    """Headers that have an answer kept as a file."""
    return {"Content-Disposition": f'attachment; filename="{file}"'}
