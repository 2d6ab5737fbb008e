"""A feed read over HTTP, however large, slow or hostile its publisher is."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx

from mobility.feeds.rules.checks.feed import Document, Feed, Finding, record, records

# The largest feeds of the world are some megabytes a file; compressed bombs are counted as they unpack.
FILE_BYTES_MAX = 20_000_000
FILES_MAX = 100
REDIRECTS_MAX = 3
WAIT_S = 10.0
FILE_WITHIN_S = 30.0


Listed = tuple[str, str | None, str]
"""Name, language and address of a file."""


class Unreadable(Exception):
    """The file cannot be had; says why."""


def read_feed(client: httpx.Client, url: str) -> Feed:
    """The feed whose `gbfs.json` is at `url`, each file once.

    Raises
    ------
    Unreadable
        There is no `gbfs.json` to begin with.
    """
    index = read_json(client, url)
    read, faults = _read(client, list(_listed(index))[:FILES_MAX])
    manifest, missing = _read(client, list(_manifests(read)))
    return Feed(url, index, (*read, *manifest), (*faults, *missing))


def _read(client: httpx.Client, listed: list[Listed]) -> tuple[list[Document], list[Finding]]:
    read, faults = [], []
    for name, language, url in listed:
        try:
            read.append(Document(name, language, url, read_json(client, url)))
        except Unreadable as reason:
            faults.append(Finding(name, url, "unreadable", str(reason)))
    return read, faults


def reader() -> httpx.Client:
    """A client that asks politely and not for ever."""
    return httpx.Client(
        timeout=WAIT_S, follow_redirects=True, max_redirects=REDIRECTS_MAX, headers={"User-Agent": "mobility"}
    )


def read_json(client: httpx.Client, url: str) -> Any:
    """The JSON document at an http or https address; raises `Unreadable`."""
    if not url.startswith(("https://", "http://")):
        raise Unreadable("only http and https addresses are read")
    try:
        with client.stream("GET", url) as response:
            response.raise_for_status()
            return json.loads(_body(response))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreadable(str(error) or type(error).__name__) from None
    except (ValueError, RecursionError):
        raise Unreadable("is not JSON") from None


def _body(response: httpx.Response) -> bytes:
    until, body = time.monotonic() + FILE_WITHIN_S, bytearray()
    for part in response.iter_bytes():
        body += part
        if len(body) > FILE_BYTES_MAX:
            raise Unreadable(f"is longer than {FILE_BYTES_MAX // 1_000_000} MB")
        if time.monotonic() > until:
            raise Unreadable(f"takes longer than {FILE_WITHIN_S:.0f} s")
    return bytes(body)


def _listed(index: Any) -> Iterator[Listed]:
    """Version 3 lists its files once, version 2 by language."""
    data = record(record(index).get("data"))
    groups = {None: data} if "feeds" in data else {language: record(each) for language, each in data.items()}
    for language, group in groups.items():
        for feed in records(group.get("feeds")):
            name, url = feed.get("name"), feed.get("url")
            if isinstance(name, str) and isinstance(url, str) and name != "gbfs":
                yield name, language, url


def _manifests(read: list[Document]) -> Iterator[Listed]:
    """A system among others names the list of all; it is not in its own list of files."""
    for document in read:
        url = record(record(document.body).get("data")).get("manifest_url")
        if document.name == "system_information" and document.language is None and isinstance(url, str):
            yield "manifest", None, url
