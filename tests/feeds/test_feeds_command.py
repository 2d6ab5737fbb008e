"""`mobility feeds validate` on feeds served by a server of the test's own."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mobility.cli import cli
from mobility.feeds import httpx as reading
from mobility.feeds.httpx import Unreadable, read_json, reader
from tests.feeds.editions import edition, feed

Answers = dict[str, tuple[int, dict[str, str], bytes]]
Serve = Callable[[Answers], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves answers by path; gives the address."""
    answers: Answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: the test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    def served(given: Answers) -> str:
        answers.update(given)
        return f"http://127.0.0.1:{server.server_port}"

    yield served
    server.shutdown()
    server.server_close()
    thread.join()


def ours(address: str, spoil: Callable[[dict[str, Any]], None] = lambda _: None) -> Answers:
    """Lakeport's feed as of this moment, as answers of a server at the address."""
    fresh = feed(edition())
    bodies = {fresh.url: fresh.index, **{each.url: each.body for each in fresh.documents}}
    spoil(bodies)
    now = datetime.now(UTC).isoformat()
    answers: Answers = {}
    for url, body in bodies.items():
        told = json.dumps(body | {"last_updated": now}).replace("http://mobility.test", address)
        answers[url.removeprefix("http://mobility.test")] = (200, {"Content-Type": "application/json"}, told.encode())
    return answers


def validate(url: str) -> Result:
    return CliRunner().invoke(cli, ["feeds", "validate", url])


def test_a_feed_without_fault_is_said_to_be_so(serve: Serve) -> None:
    address = serve({})
    serve(ours(address))
    result = validate(f"{address}/gbfs/v3/gbfs.json")
    assert (result.exit_code, "Nothing is wrong with it." in result.output) == (0, True), result.output
    assert "GBFS 3.0, 10 files read" in result.output


def test_faults_are_listed_and_the_exit_status_says_so(serve: Serve) -> None:
    def spoil(bodies: dict[str, Any]) -> None:
        for vehicle in bodies["http://mobility.test/gbfs/v3/vehicle_status.json"]["data"]["vehicles"]:
            vehicle["vehicle_type_id"] = "[red]ghost"

    address = serve({})
    serve(ours(address, spoil))
    result = validate(f"{address}/gbfs/v3/gbfs.json")
    assert result.exit_code == 1
    assert "[red]ghost" in result.output
    assert "findings." in result.output


def test_a_file_that_cannot_be_had_is_a_finding(serve: Serve) -> None:
    address = serve({})
    answers = ours(address)
    answers["/gbfs/v3/system_alerts.json"] = (200, {}, b"<html>")
    del answers["/gbfs/v3/system_regions.json"]
    serve(answers)
    result = validate(f"{address}/gbfs/v3/gbfs.json")
    assert (result.exit_code, "unreadable" in result.output, "is not JSON" in result.output) == (1, True, True)


def test_where_there_is_no_feed_the_caller_is_told() -> None:
    result = validate("ftp://example.org/gbfs.json")
    assert (result.exit_code, "only http and https" in result.output) == (2, True)
    assert validate("http://127.0.0.1:9/gbfs.json").exit_code == 2


@pytest.mark.parametrize(
    ("headers", "body"),
    [({}, b" " * 2_000), ({"Content-Encoding": "gzip"}, gzip.compress(b" " * 2_000))],
    ids=["long", "bomb"],
)
def test_no_publisher_fills_the_memory(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], body: bytes
) -> None:
    monkeypatch.setattr(reading, "FILE_BYTES_MAX", 1_000)
    address = serve({"/gbfs.json": (200, headers, body)})
    with reader() as client, pytest.raises(Unreadable, match="longer than"):
        read_json(client, f"{address}/gbfs.json")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "/gbfs.json"], ids=["elsewhere", "in a circle"])
def test_no_redirect_leads_out_of_the_web_or_in_a_circle(serve: Serve, target: str) -> None:
    address = serve({"/gbfs.json": (302, {"Location": target}, b"")})
    with reader() as client, pytest.raises(Unreadable):
        read_json(client, f"{address}/gbfs.json")


def test_a_document_nested_without_end_is_no_document(serve: Serve) -> None:
    address = serve({"/gbfs.json": (200, {}, b"[" * 100_000)})
    with reader() as client, pytest.raises(Unreadable, match="is not JSON"):
        read_json(client, f"{address}/gbfs.json")
