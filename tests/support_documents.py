"""The shipped documents as text, slips of the pen in them, and the problems they make."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

import pytest

import ir_policy as ir
from ir_policy import Holidays, PolicyInvalid, Problem
from ir_policy.rules.sections import ABOUT_SECTIONS

CATALOG: Final = resources.files("ir_policy.rules").joinpath("catalog")


def shipped(path: str) -> str:
    return CATALOG.joinpath(path).read_text(encoding="utf-8")


POLICY: Final = shipped("motion-mavericks.yaml")
AU: Final = shipped("law/au-ndb.yaml")
EU: Final = shipped("law/eu-gdpr.yaml")
NSW: Final = shipped("calendars/au-nsw.yaml")

NOT_AN_ID: Final = "use lower-case words joined by '-', groups by '/'"


def edited(text: str, *edits: tuple[str, str]) -> str:
    """The text with each piece replaced; a piece that does not stand there exactly once is a slip of the test."""
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
        text = text.replace(old, new)
    return text


def where(text: str, spot: str, path: str = "", name: str = "document") -> str:
    """The place of what follows the ``¦`` in ``spot``, a piece of the text that stands there once."""
    before, mark, after = spot.partition("¦")
    assert mark, "say where the problem stands"
    assert text.count(before + after) == 1, f"{before + after!r} stands there {text.count(before + after)} times"
    offset = text.index(before + after) + len(before)
    line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
    return f"{name}:{line}:{column}: {path}" if path else f"{name}:{line}:{column}"


def problems(source: str | Path, *documents: str | Path | Holidays) -> tuple[Problem, ...]:
    """What is wrong with the documents; each problem is one line that any terminal can show."""
    with pytest.raises(PolicyInvalid) as refused:
        ir.load_policy(source, documents=documents)
    assert type(refused.value) is PolicyInvalid
    for problem in refused.value.problems:
        said = str(problem)
        assert said == " ".join(said.split())
        assert said.encode("utf-8")
    return refused.value.problems


def turned(value: object) -> object:
    """Every mapping with its keys in the opposite order."""
    if isinstance(value, dict):
        return {key: turned(item) for key, item in reversed(value.items())}
    return [turned(item) for item in value] if isinstance(value, list) else value


def stripped(text: str) -> str:
    """The document without its descriptive sections."""
    kept, dropping = [], False
    for line in text.split("\n"):
        if line and not line.startswith((" ", "#")):
            dropping = line.partition(":")[0] in ABOUT_SECTIONS
        if not dropping:
            kept.append(line)
    return "\n".join(kept)


class Slip(NamedTuple):
    """One slip of the pen in the shipped policy, and the one problem it makes."""

    about: str
    old: str
    new: str
    spot: str
    path: str
    what: str
    hint: str = ""


def assert_one_problem(slip: Slip) -> None:
    """The slip is one problem that names its place, says what is wrong, and the way out where there is one."""
    text = edited(POLICY, (slip.old, slip.new))
    assert problems(text) == (Problem(where(text, slip.spot, slip.path), slip.what, slip.hint),)
