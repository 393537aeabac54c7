"""What a rule of the lint says: a finding with its place, and a rule that finds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Final, TypeAlias

from attrs import frozen

from ir_policy.clocks import Elapsed, Immediate, Limit
from ir_policy.rules.model import Duty, Policy
from ir_policy.rules.words import listed
from ir_policy.terms import Clause, Severity

__all__ = [
    "ADVICE", "DEFECT", "WEIGHTS", "Check", "Finding", "Flaw", "Path", "Rule", "ask", "decided_at", "length_of", "names", "weight_of",
]  # fmt: skip

DEFECT: Final = "defect"
ADVICE: Final = "advice"
WEIGHTS: Final = (DEFECT, ADVICE)

Path: TypeAlias = tuple[str | int, ...]


@frozen
class Finding:
    """One place where a policy cannot keep what it promises, or where its owner should look.

    It decides nothing: a policy with findings is in force as it is.
    """

    rule: str
    """The id of the rule that found it."""
    where: str
    """``file:line:column: path`` in the document, counted from 1; the path alone where the document's text has no places."""
    what: str
    hint: str
    """The way out."""
    clause: Clause
    """The clause that is concerned."""
    weight: str
    """``defect``: what binds cannot be kept as it is written. ``advice``: it can, but not in every case, or not for certain."""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.hint} [{self.rule}, clause {self.clause}]"


@frozen
class Flaw:
    """The same before its place is looked up: the id of the document, and the path in it, with rules called as the policy calls them."""

    document: str
    path: Path
    what: str
    hint: str
    clause: Clause
    weight: str


Check: TypeAlias = Callable[[Policy, date | None], Iterator[Flaw]]


@frozen
class Rule:
    """One rule of the lint: its id, the sentence that says what it asks of a policy, and how it looks."""

    id: str
    says: str
    check: Check


# --- what several rules ask ------------------------------------------------------------------------------


def length_of(limit: Limit | None) -> timedelta | None:
    """How long a limit is where it is a number of hours or minutes; business days and periods have no one length."""
    if isinstance(limit, Elapsed):
        return limit.length
    return limit.grace if isinstance(limit, Immediate) else None


def decided_at(policy: Policy, duty: Duty, severity: Severity) -> bool:
    """Whether the duty can be owed in an incident that is at that level."""
    yes = no = 0
    for level in Severity:
        bit = policy.bit_index.get(("severity", level.value), 0)
        if level is severity or severity.worse_than(level):
            yes |= bit
        else:
            no |= bit
    no |= sum(bit for atom, bit in policy.bits.items() if atom.kind == "unassessed")
    return duty.when.possible(yes, no)


def names(ids: Iterable[str]) -> str:
    """Ids in quotes, as a list in words."""
    return listed(f"'{one}'" for one in ids)


def ask(questions: Iterable[str], otherwise: str) -> str:
    """The way out: the open question to settle where the document asks one, and what to write."""
    found = sorted({one for one in questions if one})
    return f"settle the open question {names(found)}, or {otherwise}" if found else otherwise


def weight_of(binds: bool) -> str:
    """What cannot be kept is a defect where it binds, and advice where it only informs."""
    return DEFECT if binds else ADVICE
