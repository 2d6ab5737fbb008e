"""Webhooks over HTTP, however slow, broken or ill-meant the other side is."""

import asyncio
import socket
import time
from urllib.parse import urlsplit

import httpx

from mobility.partners.rules.addresses import is_public
from mobility.partners.rules.trying import EXCERPT_CHARACTERS, Failure, Outcome, failure_of

ANSWER_WITHIN_S = 10.0


class AddressRefused(Exception):
    """The host leads to an address that is not of the public internet."""


class HttpSender:
    """Sends to the address that was checked and no other: the name is looked up once, and nobody is followed.

    Parameters
    ----------
    private
        Whether private addresses will do (demo and tests).
    """

    def __init__(self, *, private: bool, answer_within_s: float = ANSWER_WITHIN_S) -> None:
        self._private, self._answer_within_s = private, answer_within_s
        # A kept connection to an address could be taken for that of another host behind it.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.AsyncClient(timeout=None, limits=limits, trust_env=False)  # noqa: S113 — `send` ends it

    async def send(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._answer_within_s):
                status, excerpt = await self._ask(url, headers, body)
        except (TimeoutError, AddressRefused, httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Outcome(None, _failure(error), "", _ms_since(began))
        return Outcome(status, failure_of(status), excerpt, _ms_since(began))

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _ask(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        parts = urlsplit(url)
        host = parts.hostname or ""
        address = await self._look_up(host, parts.port or (443 if parts.scheme == "https" else 80))
        pinned = httpx.URL(url).copy_with(host=address)
        named = {"host": parts.netloc, "user-agent": "mobility", "accept-encoding": "identity"}
        # The certificate is still that of the host, not of the address.
        request = self._client.build_request(
            "POST", pinned, content=body, headers=headers | named, extensions={"sni_hostname": host}
        )
        answer = await self._client.send(request, stream=True, follow_redirects=False)
        try:
            return answer.status_code, await _beginning(answer)
        finally:
            await answer.aclose()

    async def _look_up(self, host: str, port: int) -> str:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(each[4][0]) for each in found]
        if not self._private and not all(is_public(address) for address in addresses):
            raise AddressRefused(host)
        return addresses[0]


async def _beginning(answer: httpx.Response) -> str:
    """So much of the answer that somebody can see what is wrong; of a flood no more is read."""
    read = b""
    async for part in answer.aiter_raw():
        read += part
        if len(read) >= EXCERPT_CHARACTERS:
            break
    # PostgreSQL keeps no U+0000.
    return read.decode(errors="replace").replace("\0", "\ufffd")[:EXCERPT_CHARACTERS]


def _failure(error: Exception) -> Failure:
    if isinstance(error, TimeoutError):
        return "timeout"
    return "address_refused" if isinstance(error, AddressRefused) else "unreachable"


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1_000)
