import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from mobility.base.errors import SettingUnreadable
from mobility.riders.ports import Undeliverable
from mobility.riders.rules.addresses import is_email
from mobility.riders.rules.messages import Letter

ANSWER_WITHIN_S = 10.0
PORT, TLS_PORT = 587, 465


class SmtpDelivery:
    """A `Delivery` by a mail server: TLS where it offers it, and no password without."""

    def __init__(self, *, host: str, port: int, is_tls: bool, user: str, password: str, sender: str) -> None:
        self._host, self._port, self._is_tls = host, port, is_tls
        self._user, self._password, self._sender = user, password, sender

    @classmethod
    def at(cls, url: str) -> Self:
        """The server at `smtps://user:password@host:465?from=address`, percent-encoded; `smtp://` begins without TLS.

        Raises
        ------
        SettingUnreadable
            The URL names no server or no sender.
        """
        parts = urlsplit(url)
        sender = parse_qs(parts.query).get("from", [""])[0]
        if parts.scheme not in ("smtp", "smtps") or not (parts.hostname and is_email(sender)):
            raise SettingUnreadable("MOBILITY_SMTP_URL must be smtps://user:password@host:465?from=address")
        return cls(
            host=parts.hostname,
            port=parts.port or (TLS_PORT if parts.scheme == "smtps" else PORT),
            is_tls=parts.scheme == "smtps",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            sender=sender,
        )

    async def deliver(self, letter: Letter) -> None:
        await asyncio.to_thread(self._send, letter)

    def _send(self, letter: Letter) -> None:
        with self._connection() as server:
            if not self._is_tls and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if self._user:
                self._sign_in(server)
            try:
                server.send_message(self._mail(letter))
            except smtplib.SMTPRecipientsRefused as refused:
                raise _why(refused) from None

    def _connection(self) -> smtplib.SMTP:
        if self._is_tls:
            tls = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=ANSWER_WITHIN_S, context=tls)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=ANSWER_WITHIN_S)
        server.ehlo()
        return server

    def _sign_in(self, server: smtplib.SMTP) -> None:
        if not isinstance(server.sock, ssl.SSLSocket):
            raise smtplib.SMTPNotSupportedError("the mail server offers no TLS: the password stays here")
        server.login(self._user, self._password)

    def _mail(self, letter: Letter) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, letter.to, letter.subject
        mail["Date"] = format_datetime(letter.at)
        # Handed over twice, because a worker died in between, it is one mail to whoever reads mail.
        mail["Message-ID"] = f"<{letter.id}@{self._sender.rpartition('@')[2]}>"
        mail.set_content(letter.text)
        for each in letter.attachments:
            kind, _, subtype = each.media_type.partition("/")
            mail.add_attachment(each.content, maintype=kind, subtype=subtype, filename=each.name)
        return mail


def _why(refused: smtplib.SMTPRecipientsRefused) -> Exception:
    """5xx is for good, 4xx for now; the server's own words may quote the address."""
    status = next(iter(refused.recipients.values()))[0]
    return Undeliverable(f"smtp_{status}") if status >= 500 else smtplib.SMTPException(f"smtp_{status}")
