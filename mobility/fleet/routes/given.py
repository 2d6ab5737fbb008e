"""What handlers are given by the path and the query, and why most of them may refuse."""

from typing import Annotated
from uuid import UUID

from litestar.params import PathParameter, QueryParameter

from mobility.riders.rules.access import NotSignedIn, RoleMissing

PAGE_DEFAULT, PAGE_MAX = 50, 100

READING = [NotSignedIn, RoleMissing]

City = Annotated[str, PathParameter(description="Id of a city", max_length=40)]
VehicleId = Annotated[UUID, PathParameter(description="Lasting id of a vehicle")]
TaskId = Annotated[UUID, PathParameter(description="Id of a task")]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")]
