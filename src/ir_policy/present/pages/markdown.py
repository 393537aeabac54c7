"""Markdown, as little of it as pages need: headings, tables, lists, links; whatever a document says is shown as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

__all__ = ["anchor", "bullets", "code", "link", "sentence", "table", "text"]

_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>|]")


def text(words: str) -> str:
    """Words of a document as they are: nothing in them is taken for Markdown, and they stay on one line."""
    return _SPECIAL.sub(lambda found: "\\" + found[0], " ".join(words.split()))


def sentence(words: str) -> str:
    """Markdown that opens with a capital, as a sentence or a cell does."""
    return words[:1].upper() + words[1:]


def code(name: str) -> str:
    """A name or pattern exactly as it is typed."""
    shown = " ".join(name.split()).replace("|", "\\|")
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def link(shown: str, page: str, heading: str = "") -> str:
    """A link to a page, or to a heading on it; ``shown`` is Markdown already."""
    return f"[{shown}]({page}.md{'#' + anchor(heading) if heading else ''})"


def anchor(heading: str) -> str:
    """What a heading is called in a link: lower case, without signs, words joined by hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def table(heads: Iterable[str], rows: Iterable[Iterable[str]], nothing: str = "None.") -> Iterator[str]:
    """A table, or one sentence where there are no rows; cells are Markdown already."""
    found = [list(row) for row in rows]
    if not found:
        yield nothing
    else:
        names = list(heads)
        yield _row(names)
        yield _row("---" for _ in names)
        yield from (_row(row) for row in found)
    yield ""


def bullets(items: Iterable[str]) -> Iterator[str]:
    """A list and the empty line behind it."""
    yield from (f"- {item}" for item in items)
    yield ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell or 'none' for cell in cells)} |"
