"""What a stranger knows of the API: its document; and what lies in its tables, for looking whether anything moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from litestar import Litestar
from sqlalchemy import text

from mobility.all_tables import metadata
from mobility.db.session import Sessions

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    takes_body: bool
    takes_key: bool

    @property
    def names_a_thing(self) -> bool:
        return "{" in self.path


def operations(app: Litestar) -> Iterator[Operation]:
    """Every operation of the composed app's OpenAPI document."""
    for path, item in app.openapi_schema.to_schema()["paths"].items():
        for method in METHODS:
            if method in item:
                told: dict[str, Any] = item[method]
                headers = {each["name"] for each in told.get("parameters", ())}
                yield Operation(
                    told["operationId"], method.upper(), path, "requestBody" in told, "Idempotency-Key" in headers
                )


async def rows(sessions: Sessions) -> dict[str, list[str]]:
    """Every row of every table as text, bytes in hexadecimal digits."""
    async with sessions() as session:
        return {
            name: sorted(await session.scalars(text(f'SELECT t::text FROM "{name}" t')))
            for name in sorted(metadata.tables)
        }


def code(answer: httpx.Response) -> str:
    """The refusal's code; empty for what is not refused."""
    return str(answer.json()["code"]) if answer.status_code >= 400 else ""
