"""Documents that are written by the code they describe."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec
import rich_click as click

from mobility.app import create_app
from mobility.base.errors import Problem
from mobility.settings import Settings
from mobility.telemetry.rules import reports

DOCS = Path("docs")


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when a document differs from the code.")
def generated(check: bool) -> None:
    """Write the OpenAPI document, the settings table, the problem codes and the telemetry schema into docs/."""
    documents = {
        "openapi.json": openapi_document(),
        "settings.md": settings_page(),
        "problems.md": problems_page(),
        "telemetry-v1.schema.json": message_schema(),
    }
    stale = [name for name, text in documents.items() if not _is_current(DOCS / name, text)]
    if check and stale:
        click.echo(f"not current: {', '.join(stale)}; run `make generated`", err=True)
        sys.exit(1)
    for name in stale:
        DOCS.mkdir(exist_ok=True)
        (DOCS / name).write_text(documents[name], encoding="utf-8")
        click.echo(f"wrote docs/{name}")


def openapi_document() -> str:
    """The document that `/openapi.json` serves. Nothing is connected to."""
    nowhere = Settings(database_url="postgresql+asyncpg://nowhere/none", redis_url="redis://nowhere")
    schema = create_app(nowhere).openapi_schema.to_schema()
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True, default=str) + "\n"


def message_schema() -> str:
    """JSON Schema of what vehicles send, over MQTT and as an item of `reports` over HTTP."""
    return json.dumps(reports.schema(), indent=1, ensure_ascii=False) + "\n"


def settings_page() -> str:
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    defaults: Mapping[str, object] = {
        name: field.default
        for name, field in zip(Settings.__struct_fields__, msgspec.structs.fields(Settings), strict=True)
    }
    for name, hint in get_type_hints(Settings, include_extras=True).items():
        default = "required" if defaults[name] is msgspec.NODEFAULT else f"`{defaults[name]}`"
        rows.append(f"| `{name.upper()}` | {default} | {get_args(hint)[1].description} |")
    return (
        "# Settings\n\nRead from the environment by entry points only (`mobility/settings.py`).\n\n"
        + "\n".join(rows)
        + "\n"
    )


def problems_page() -> str:
    rows = ["| code | status | sentence |", "|---|---|---|"]
    for code, problem in sorted(Problem.registry.items()):
        rows.append(f"| `{code}` | {problem.status} | {problem.fr} |")
    return (
        "# Problem codes\n\nEvery refusal is `application/problem+json` with one of these codes; `{…}` is a fact.\n\n"
        + "\n".join(rows)
        + "\n"
    )


def _is_current(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8") == text
