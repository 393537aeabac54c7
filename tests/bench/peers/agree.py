"""Before anything is timed, everybody must give the same answers: a faster wrong answer is no figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from attrs import frozen

__all__ = ["Agreement", "Disagreement", "agree"]

Asked = TypeVar("Asked")


class Disagreement(Exception):
    """Somebody answered otherwise, or nobody was asked; the sentence says who, what and for which case."""


@frozen
class Agreement:
    """How much was compared, and between whom."""

    what: str
    cases: int
    among: tuple[str, ...]


def agree(
    what: str,
    cases: Iterable[Asked],
    answers: Mapping[str, Callable[[Asked], object]],
    said: Callable[[Asked], str] = repr,
) -> Agreement:
    """Ask everybody about every case; the first name's answer is what the others must say too.

    Raises :class:`Disagreement` for the first other answer, and when there was no case or nobody to compare with.
    """
    (reference, expected), *others = answers.items()
    count = 0
    for case in cases:
        count += 1
        right = expected(case)
        for name, answer in others:
            given = answer(case)
            if given != right:
                raise Disagreement(f"{what}: '{name}' says {given!r} where '{reference}' says {right!r}: {said(case)}")
    if not count or not others:
        raise Disagreement(f"{what}: nothing was compared; look at what makes the cases")
    return Agreement(what, count, tuple(answers))
