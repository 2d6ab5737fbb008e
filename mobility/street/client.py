import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import httpx

FIRST_WAIT_S = 0.2
LAST_WAIT_S = 5.0
# A longer "come back in" is an answer, not a delay: the caller decides what to do with the day.
RETRY_AFTER_MAX_S = 90.0
TOO_MANY = 429
# The service is restarting, or too busy to have done anything.
AWAY = frozenset({502, 503, 504})


class Refused(Exception):
    """The service said no; `code` is its stable reason, `facts` the whole problem document."""

    def __init__(self, status: int, code: str, facts: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.facts = status, code, facts


class Client:
    """One person's or vehicle's way to the service: patient with its restarts, never doing a thing twice.

    A request whose answer is lost is sent again, with the same `Idempotency-Key` if it has one, until it is answered.
    """

    def __init__(
        self, http: httpx.AsyncClient, *, token: str = "", on_repeat: Callable[[], None] = lambda: None
    ) -> None:
        self._http, self._on_repeat = http, on_repeat
        self.token = token

    async def get(self, path: str, **params: Any) -> Any:
        return await self._ask("GET", path, params=params)

    async def post(self, path: str, body: Any = None) -> Any:
        return await self._ask("POST", path, body=body, key=uuid4().hex)

    async def patch(self, path: str, body: Any) -> Any:
        return await self._ask("PATCH", path, body=body)

    async def delete(self, path: str) -> Any:
        return await self._ask("DELETE", path)

    async def _ask(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, body: Any = None, key: str = ""
    ) -> Any:
        headers = {"Accept-Language": "fr"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        request = self._http.build_request(method, path, params=params or None, json=body, headers=headers)
        # Riders share connections, not a browser: one's cookie would sign the next one in.
        request.headers.pop("cookie", None)
        wait_s = FIRST_WAIT_S
        while True:
            response = await self._try(request)
            pause_s = wait_s if response is None else retry_after_s(response, wait_s)
            if response is not None and pause_s is None:
                return answer(response)
            self._on_repeat()
            await asyncio.sleep(pause_s or 0)
            wait_s = min(wait_s * 2, LAST_WAIT_S)

    async def _try(self, request: httpx.Request) -> httpx.Response | None:
        """The response, or None when nobody knows whether the request arrived."""
        try:
            return await self._http.send(request)
        except httpx.TransportError:
            return None


def retry_after_s(response: httpx.Response, otherwise_s: float) -> float | None:
    """Seconds after which the same request is worth repeating; None when this response is the answer."""
    if response.status_code not in AWAY | {TOO_MANY}:
        return None
    asked_s = response.headers.get("retry-after", "")
    wait_s = float(asked_s) if asked_s.isdecimal() else otherwise_s
    return wait_s if wait_s <= RETRY_AFTER_MAX_S else None


def answer(response: httpx.Response) -> Any:
    """The body of a success, None if it has none.

    Raises
    ------
    Refused
        For every status from 400 on, also with a body that is no problem document.
    """
    body = response.json() if "json" in response.headers.get("content-type", "") and response.content else None
    if response.is_success:
        return body
    facts = body if isinstance(body, dict) else {}
    raise Refused(response.status_code, str(facts.get("code", f"http_{response.status_code}")), facts)
