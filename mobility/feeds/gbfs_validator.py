"""The JSON schemas of GBFS and their rules between files, by PyPI `gbfs-validator`, on a feed already read."""

from typing import Any

from gbfs_validator import GBFS
from gbfs_validator.fetch import FetchError

from mobility.feeds.rules.checks.feed import Feed, Finding


class ReadAlready:
    """Gives the validator what was read, so that it asks nobody."""

    def __init__(self, feed: Feed) -> None:
        self._bodies = {document.url: document.body for document in feed.documents} | {feed.url: feed.index}

    def get_json(self, url: str) -> object:
        if url not in self._bodies:
            raise FetchError(url, "was not read")
        return self._bodies[url]


def schema_findings(feed: Feed) -> list[Finding]:
    """Where the feed's files break the schemas of their version."""
    try:
        report = GBFS(feed.url, fetcher=ReadAlready(feed)).validation()
    except Exception as error:  # the validator repeats JavaScript, and what throws there throws here
        return [Finding("gbfs", "", "schema", f"is too broken for the schemas ({type(error).__name__})")]
    return sorted({finding for file in report.get("files", []) for finding in _findings(file)})


def _findings(file: dict[str, Any]) -> list[Finding]:
    name = file["file"].removesuffix(".json")
    if file.get("required") and not file.get("exists"):
        return [Finding(name, "", "file_missing", "is required and not there")]
    errors = [error for part in file.get("languages", [file]) for error in part.get("errors") or []]
    return [Finding(name, error["instancePath"].lstrip("/"), "schema", error["message"]) for error in errors]
