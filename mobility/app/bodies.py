"""A body is JSON of exactly the type that the document says: nothing is converted on the way.

Read by its type, a body nested without end is refused where it leaves the type, and never overflows the stack.
"""

from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import ValidationException


class TypedRequest(Request[Any, Any, Any]):
    """Reads the body into the type of the handler's `data`; Litestar itself would take "15" for a number."""

    async def body(self) -> bytes:
        body = await super().body()
        # An absent body is refused like null, by its type, and not by the name of our argument.
        return body or (b"null" if "data" in self.route_handler.parsed_fn_signature.parameters else b"")

    async def json(self) -> Any:
        wanted = self.route_handler.parsed_fn_signature.parameters["data"].annotation
        try:
            return msgspec.json.decode(await self.body(), type=wanted)
        except msgspec.DecodeError as error:
            message, _, path = str(error).partition(" - at `$")
            raise _refused(message, path.rstrip("`").lstrip(".")) from None
        except UnicodeDecodeError:
            raise _refused("Invalid UTF-8") from None


def _refused(message: str, path: str = "") -> ValidationException:
    return ValidationException(message, extra=[{"key": path, "message": message}])
