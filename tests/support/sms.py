"""An SMS service on the loopback that answers in the form of Brevo's and keeps what it is asked to send."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

PATH = "/v3/transactionalSMS/send"


@dataclass
class SmsService:
    """`statuses` are its next answers; after them it takes everything."""

    key: str = "secret/key"
    statuses: list[int] = field(default_factory=list)
    port: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.key.replace('/', '%2F')}@127.0.0.1:{self.port}{PATH}?from=Lakeport"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        sms = json.loads(await reader.readexactly(int(headers["content-length"])))
        status = 401 if headers["api-key"] != self.key else self.statuses.pop(0) if self.statuses else 201
        body = json.dumps(
            {"messageId": 1511882900176220} if status == 201 else {"code": "no", "message": sms["recipient"]}
        )
        if status == 201 and asked.startswith(f"POST {PATH} "):
            self.sent.append(sms)
        writer.write(
            f"HTTP/1.1 {status} .\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"Connection: close\r\n\r\n{body}".encode()
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def sms_service(*statuses: int) -> AsyncIterator[SmsService]:
    service = SmsService(statuses=list(statuses))
    server = await asyncio.start_server(service.talk, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    async with server:
        yield service
