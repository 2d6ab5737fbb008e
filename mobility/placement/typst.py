"""Typst sets the report: no process and no network of its own, fonts beside it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from mobility.placement.rules.report import Report

PAPER = Path(__file__).parent / "paper"
FONTS = Path(__file__).parents[1] / "invoicing/paper/fonts"


def pdf(report: Report, pictures: Mapping[str, bytes], made_at: datetime) -> bytes:
    """A4, tagged for screen readers."""
    # Forty megabytes of fonts and compiler, for the one command that prints.
    import typst

    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "report.typ").write_bytes((PAPER / "report.typ").read_bytes())
        for name, content in pictures.items():
            (root / f"{name}.png").write_bytes(content)
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
        compiler = typst.Compiler(root / "report.typ", root=root, font_paths=fonts)
        given = {"report": msgspec.json.encode(report).decode()}
        made = compiler.compile(
            format="pdf", sys_inputs=given, pdf_standards=["ua-1"], timestamp=made_at.replace(microsecond=0)
        )
    if not isinstance(made, bytes):
        raise TypeError(f"one file was asked for, not {type(made)}")
    return made
