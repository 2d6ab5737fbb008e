"""A mail server on the loopback that keeps what it is given; without TLS and without passwords."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


@dataclass
class PostOffice:
    """`answer` is what it says to an address it is given."""

    answer: str = "250 ok"
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        say = {b"RCPT": self.answer, b"DATA": "354 go on", b"QUIT": "221 bye"}
        writer.write(b"220 post.example\r\n")
        try:
            while line := await reader.readline():
                verb = line[:4].upper()
                writer.write(f"{say.get(verb, '250 ok')}\r\n".encode())
                if verb == b"DATA":
                    mail = message_from_bytes(await reader.readuntil(b"\r\n.\r\n"), policy=policy.default)
                    self.mails.append(cast("EmailMessage", mail))
                    writer.write(b"250 kept\r\n")
                if verb == b"QUIT":
                    break
        finally:
            writer.close()


@asynccontextmanager
async def post_office(answer: str = "250 ok") -> AsyncIterator[PostOffice]:
    office = PostOffice(answer)
    server = await asyncio.start_server(office.talk, "127.0.0.1", 0)
    office.port = server.sockets[0].getsockname()[1]
    async with server:
        yield office
