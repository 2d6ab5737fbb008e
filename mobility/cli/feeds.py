import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import rich_click as click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mobility.feeds.gbfs_validator import schema_findings
from mobility.feeds.httpx import Unreadable, read_feed, reader
from mobility.feeds.rules.checks import findings
from mobility.feeds.rules.checks.feed import Feed, Finding, record

# A fault in every vehicle is one fault to its reader.
SHOWN_PER_CODE = 5


@click.group()
def feeds() -> None:
    """GBFS feeds, this service's or anybody's."""


@feeds.command()
@click.argument("url")
def validate(url: str) -> None:
    """Check the GBFS feed whose gbfs.json is at URL: schemas, references, sums, languages, freshness.

    Exit status 1 when something is wrong, 2 when there is no feed to read.
    """
    try:
        with reader() as client:
            feed = read_feed(client, url)
    except Unreadable as reason:
        raise click.UsageError(f"{url}: {reason}") from None
    found = [*schema_findings(feed), *findings(feed, datetime.now(UTC))]
    report(feed, found)
    sys.exit(1 if found else 0)


def report(feed: Feed, found: Sequence[Finding]) -> None:
    console = Console()
    version = record(feed.index).get("version", "1.0")
    console.print(f"GBFS {version}, {len(feed.documents)} files read from {feed.url}", markup=False, soft_wrap=True)
    if not found:
        console.print("Nothing is wrong with it.")
        return
    table = Table("File", "Code", "Where", "What")
    for group in _by_code(found):
        for finding in group[:SHOWN_PER_CODE]:
            # As text: what a stranger's feed says must not be taken for markup.
            table.add_row(*(Text(part) for part in (finding.file, finding.code, finding.path, finding.sentence)))
        if len(group) > SHOWN_PER_CODE:
            table.add_row(Text(group[0].file), group[0].code, "…", f"and {len(group) - SHOWN_PER_CODE} more")
    console.print(table)
    console.print(f"{len(found)} findings.")


def _by_code(found: Sequence[Finding]) -> list[list[Finding]]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in found:
        groups.setdefault((finding.file, finding.code), []).append(finding)
    return list(groups.values())
