"""JSON objects from outside: bounded before they are parsed, so that no text is too long, too deep or too clever to be read.

A log reads its lines by this, a host the bodies of requests.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, Final, NoReturn

from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.terms import show

__all__ = ["LONGEST", "Unreadable", "object_of", "read_object"]

LONGEST: Final = 1024 * 1024
DEEPEST: Final = 20


def read_object(text: str | bytes, *, longest: int = LONGEST) -> dict[str, Any]:
    """The JSON object that a text from somebody else holds, such as the body of a request.

    It is at most ``longest`` characters long (bytes where bytes are given) and 20 levels deep; no field stands twice in one
    object, and no number is infinite, none, or longer than Python reads. Bytes are UTF-8 without a byte order mark. What is
    too long is not parsed, and what is too deep is not either. Raises :class:`~ir_policy.errors.QuestionInvalid` with one problem.
    """
    try:
        if not isinstance(text, (str, bytes)):
            raise Unreadable("is neither text nor bytes")
        if len(text) > longest:
            unit = "bytes" if isinstance(text, bytes) else "characters"
            raise Unreadable(f"is longer than {longest} {unit}")
        return object_of(_decoded(text), longest)
    except Unreadable as flaw:
        where = f" (line {flaw.line}, column {flaw.column})" if flaw.line else ""
        raise QuestionInvalid([Problem("text", f"{flaw.what}{where}", "send one JSON object")]) from None


class Unreadable(Exception):
    """A text that is no JSON object anybody can read; ``what`` goes on after its name."""

    def __init__(self, what: str, line: int = 0, column: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.line, self.column = line, column
        """Where it stopped being JSON, counted from 1; zeros where it is something else."""


def object_of(text: str, longest: int = LONGEST) -> dict[str, Any]:
    """The object a text holds; raises :class:`Unreadable`."""
    if len(text) > longest:
        raise Unreadable(f"is longer than {longest} characters")
    if text.startswith("\ufeff"):
        raise Unreadable("begins with a byte order mark; save it without one")
    if _depth(text) > DEEPEST:
        raise Unreadable(f"is nested more than {DEEPEST} levels deep")
    try:
        value = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant, parse_float=_float)
    except json.JSONDecodeError as error:
        raise Unreadable("is not a whole JSON object", error.lineno, error.colno) from None
    except _Twin as error:
        raise Unreadable(str(error)) from None
    except (ValueError, RecursionError):
        raise Unreadable("holds a number or a nesting nobody can read") from None
    if not isinstance(value, dict):
        raise Unreadable("is not a JSON object")
    return value


# --- helpers --------------------------------------------------------------------------------------------


def _decoded(text: str | bytes) -> str:
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("is not UTF-8 text") from None


class _Twin(ValueError):
    """One key twice in one object."""


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise _Twin(f"says '{show(twin)}' twice in one object")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _float(text: str) -> float:
    """A number with a point: no event known here holds one, one of a newer version may."""
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


_BRACKETS: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)


def _depth(text: str) -> int:
    """How deep brackets nest, counted without recursion; those inside strings are text."""
    depth = deepest = 0
    for found in _BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        deepest = max(deepest, depth)
    return deepest
