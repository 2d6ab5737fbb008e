from collections.abc import Sequence
from typing import Any, Literal

import httpx
import msgspec

from mobility.mds.rules.protocol import CSV_TYPE, JSON_TYPE, content_type
from mobility.mds.rules.push import Answer, Target

ANSWER_WITHIN_S = 20.0


class HttpAgency:
    """An `AgencyApi` over HTTP, in MDS's own media type."""

    def __init__(self, target: Target, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url, self._transport = target.url, transport
        self._headers = {
            "Authorization": f"Bearer {target.token}",
            "Accept": content_type(),
        }

    async def send(self, method: Literal["POST", "PUT"], path: str, records: Sequence[Any] | str) -> Answer:
        content, type_ = (records, CSV_TYPE) if isinstance(records, str) else (msgspec.json.encode(records), JSON_TYPE)
        headers = self._headers | {"Content-Type": content_type(type_)}
        try:
            async with httpx.AsyncClient(timeout=ANSWER_WITHIN_S, transport=self._transport) as client:
                answer = await client.request(method, f"{self._url}/{path}", content=content, headers=headers)
        except httpx.HTTPError as error:
            raise ConnectionError(type(error).__name__) from None
        return Answer(answer.status_code, _object(answer.content))


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        return None
