"""What laws share: what is past, what got milder, which obligations of a duty there are."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from ir_policy import Obligation, Severity, Truth
from search.story import Owed, State

SEV0, SEV1, SEV2, SEV3 = Severity
ENDS_BEFORE: Final = ("calendar-days", "calendar-months", "before-close")
"""Kinds of limit that are over at their instant; all others still include it."""
OPEN: Final = ("active", "pending")
THREATS: Final = ("integrity-threatened", "residency-threatened")
PERSONAL: Final = ("personal-data-involved", "privacy-suspected")


def milder(before: Severity | None, after: Severity | None) -> bool:
    """Whether the level got milder: it was worse before."""
    return before is not None and (after is None or before.worse_than(after))


def past(one: Obligation, at: datetime | None) -> bool:
    """Whether an instant is too late for an obligation, by the kind of its limit."""
    assert one.due is not None
    assert at is not None
    return at >= one.due if one.due_kind in ENDS_BEFORE else at > one.due


def of(owed: Owed, duty: str, episode: int) -> list[Obligation]:
    """The obligations of a duty in an episode."""
    return [one for one in owed.values() if one.duty == duty and one.episode == episode]


def is_yes(state: State, fact: str) -> bool:
    """Whether the fact is known to be so."""
    said = state.incident.facts.get(fact)
    return said is not None and said.truth is Truth.YES


def is_no(state: State, fact: str) -> bool:
    """Whether the fact is known not to be so."""
    said = state.incident.facts.get(fact)
    return said is not None and said.truth is Truth.NO
