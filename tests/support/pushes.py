"""A browser and its push service, small: it keeps what it is sent and reads it with the browser's own keys."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from mobility.riders.rules.messages import Device
from mobility.riders.webpush import public_key

PUSH_KEY = base64.urlsafe_b64encode((20260615).to_bytes(32, "big")).decode().rstrip("=")
CONTACT = "push@example.org"
HERE = "127.0.0.1"


@dataclass
class BrowserWithPush:
    """`answers` are given one by one, then 201; `shown` is what the browser could read."""

    answers: list[int] = field(default_factory=list)
    shown: list[Any] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    address: str = ""
    secret: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"0123456789abcdef"

    @property
    def device(self) -> Device:
        point = self.secret.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Device(endpoint=self.address, p256dh=_base64(point), auth=_base64(self.auth))

    @property
    def body(self) -> dict[str, Any]:
        device = self.device
        return {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}}

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        signed = headers["authorization"]
        assert Vapid02.verify(signed)
        assert signed.endswith(f",k={public_key(PUSH_KEY)}")
        status = self.answers.pop(0) if self.answers else 201
        if status == 201:
            read = http_ece.decrypt(body, private_key=self.secret, auth_secret=self.auth)
            self.shown.append(json.loads(read))
        self.headers.append(headers)
        return status


@contextmanager
def listening_browser() -> Iterator[BrowserWithPush]:
    browser = BrowserWithPush()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = browser.take(body, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer((HERE, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    browser.address = f"http://{HERE}:{server.server_port}/push/1"
    try:
        yield browser
    finally:
        server.shutdown()
        server.server_close()


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
