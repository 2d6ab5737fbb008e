"""Typst sets the papers: no process and no network of its own, tagged PDF (PDF/UA), fonts beside it."""

import asyncio
from pathlib import Path

import msgspec
import typst

from mobility.invoicing.rules.papers import Paper

PAPER = Path(__file__).parent / "paper"


class TypstTypesetter:
    """Keeps the fonts loaded; a compilation takes some 20 ms in a thread."""

    def __init__(self) -> None:
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(PAPER / "fonts")]
        )

    async def pdf(self, paper: Paper) -> bytes:
        return await asyncio.to_thread(self._compile, paper)

    def _compile(self, paper: Paper) -> bytes:
        # A compiler is not shared: it keeps the inputs of its last document, and threads may be several.
        compiler = typst.Compiler(PAPER / "paper.typ", root=PAPER, font_paths=self._fonts)
        given = {"paper": msgspec.json.encode(paper).decode()}
        made = compiler.compile(format="pdf", sys_inputs=given, pdf_standards=["ua-1"], timestamp=paper.at)
        if not isinstance(made, bytes):
            raise TypeError(f"one file was asked for, not {type(made)}")
        return made
