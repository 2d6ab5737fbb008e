"""What a PDF says, read by a library that did not write it."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader


@dataclass(frozen=True)
class Read:
    """A PDF's text without its odd spaces, its title and language, whether it is tagged and carries its fonts."""

    text: str
    pages: int
    title: str | None
    author: str | None
    language: str
    is_tagged: bool
    fonts_embedded: bool


def read(pdf: bytes) -> Read:
    reader = PdfReader(BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    about = reader.metadata
    assert about is not None
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    return Read(
        text=" ".join(" ".join(page.extract_text() for page in reader.pages).split()),
        pages=len(reader.pages),
        title=about.title,
        author=about.author,
        language=root["/Lang"],
        is_tagged=bool(root["/MarkInfo"]["/Marked"]) and "/StructTreeRoot" in root,
        fonts_embedded=all(is_embedded(font) for font in fonts),
    )


def is_embedded(font: Any) -> bool:
    described = [descendant.get_object() for descendant in font.get("/DescendantFonts", [font])]
    return all(any(key.startswith("/FontFile") for key in each["/FontDescriptor"]) for each in described)
