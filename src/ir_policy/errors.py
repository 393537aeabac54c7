"""The errors of the library: one tree, and every sentence is built from fields a program can read.

None of them harms an incident: values do not change, so whatever was held before the call still stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from attrs import frozen

__all__ = [
    "CalendarExhausted",
    "EventInvalid",
    "IRPolicyError",
    "LogInvalid",
    "PolicyInvalid",
    "PolicyMismatch",
    "Problem",
    "QuestionInvalid",
    "Refusal",
    "Refused",
]


@frozen
class Problem:
    """One thing that must be mended: where it stands, what is wrong, and the way out."""

    where: str
    """Place: ``file:line:column: path`` in a document, a field name in an event or a call."""
    what: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        way_out = f"; {self.hint}" if self.hint else ""
        return f"{place}{self.what}{way_out}"


@frozen
class Refusal:
    """Why an event may not happen now.

    ``missing`` says what would release it, ``who`` lists the roles that can supply that.
    """

    rule: str
    clause: str
    missing: tuple[str, ...] = ()
    who: tuple[str, ...] = ()

    def __str__(self) -> str:
        needs = f": needs {' and '.join(self.missing)}" if self.missing else ""
        ask = f"; ask {' or '.join(self.who)}" if self.who else ""
        return f"'{self.rule}' forbids it (clause {self.clause}){needs}{ask}"


class IRPolicyError(Exception):
    """Root of every error a public function may raise."""


class _WithProblems(IRPolicyError):
    """An error whose message is its first problem and the number of the others."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        others = len(self.problems) - 1
        first = str(self.problems[0]) if self.problems else "no reason given"
        return f"{first} (and {others} more)" if others > 0 else first


class PolicyInvalid(_WithProblems):
    """A policy, law or calendar document must be mended; ``problems`` holds all that is wrong with it."""


class EventInvalid(_WithProblems):
    """The event itself is malformed, whatever the policy says; ``problems`` names each field."""


class QuestionInvalid(_WithProblems):
    """The call is malformed: a naive ``now``, an ambiguous local time, an unknown id."""


class PolicyMismatch(IRPolicyError):
    """This log was written under another document than the one given, or adopts one that was not given."""

    def __init__(self, expected: str, given: str) -> None:
        self.expected = expected
        self.given = given
        super().__init__(expected, given)

    @classmethod
    def at_adoption(cls, id_: str, version: str, digest: str) -> PolicyMismatch:
        """The document that an adoption in the log names is not at hand; ``given`` is empty then."""
        return cls(f"'{id_}@{version}' ({digest[:15]})", "")

    def __str__(self) -> str:
        if not self.given:
            return f"this log adopts policy {self.expected}, which was not given; load it and pass adopted=[policy]"
        return (
            f"this log was written under policy {self.expected}, but {self.given} was given; "
            f"load the document the log names"
        )


class Refused(IRPolicyError):
    """The policy forbids this event now; ``refusals`` holds every reason at once."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals: tuple[Refusal, ...] = tuple(refusals)
        super().__init__(self.refusals)

    def __str__(self) -> str:
        return " | ".join(str(refusal) for refusal in self.refusals)


class LogInvalid(IRPolicyError):
    """A log that cannot be read as one incident: torn, mixed, tampered with or newer than this library.

    ``index`` is the position of the first bad line, counted from 0; the lines before it are whole.
    """

    def __init__(self, index: int, why: str) -> None:
        self.index = index
        self.why = why
        super().__init__(index, why)

    def __str__(self) -> str:
        return f"log line {self.index + 1}: {self.why}"


class CalendarExhausted(IRPolicyError):
    """A calendar function was asked about a day outside the dates its calendar covers."""

    def __init__(self, asked: date | datetime, covers: tuple[date, date]) -> None:
        self.asked = asked
        self.covers = covers
        super().__init__(asked, covers)

    def __str__(self) -> str:
        first, last = self.covers
        return (
            f"{self.asked.isoformat()} is outside the calendar, which covers {first.isoformat()} to "
            f"{last.isoformat()}; pass a calendar with later holidays"
        )
