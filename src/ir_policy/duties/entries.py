"""One obligation between two events: what is due, from which anchor, and whether it still is.

An entry knows nothing of "now"; ``judge.py`` compares it with an instant.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Final

from attrs import evolve, frozen

from ir_policy.clocks import BeforeClosed, Deadline, due_of
from ir_policy.log.events import Event
from ir_policy.log.history import Stamp
from ir_policy.rules.model import Duty, Policy, Within
from ir_policy.terms import Severity

__all__ = ["OPEN", "Attempt", "Due", "Entry", "Status", "candidate", "earlier", "ended_at"]


class Status(Enum):
    """Where an obligation stands, whether or not it was breached."""

    PENDING = "pending"
    ACTIVE = "active"
    DISCHARGED = "discharged"
    WAIVED = "waived"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"

    __hash__ = object.__hash__


OPEN: Final = frozenset({Status.PENDING, Status.ACTIVE})


@frozen(eq=False, repr=False)
class Due:
    """A deadline with what it was reckoned from and what set it."""

    deadline: Deadline | None
    latest: Deadline | None
    """The deadline reckoned from the end of an imprecise anchor; the same where the anchor is exact."""
    kind: str
    within: Within
    anchor: datetime
    set_at: datetime
    known_at: datetime
    cause: str
    """Why a deadline already missed when it was set is missed: born overdue, or raised after the limit."""

    def missed_when_set(self) -> bool:
        return self.latest is not None and self.latest.missed(self.set_at)


@frozen
class Attempt:
    """A sending that named an obligation and did not meet it, and why."""

    event: str
    at: datetime
    missing: tuple[str, ...]


@frozen(eq=False, repr=False)
class Entry:
    """One obligation: one duty, one recipient, one number."""

    key: str
    duty: Duty
    recipient: str
    n: int
    episode: int
    opened_at: datetime
    level: Severity | None
    """The worst level that governed since it opened: its limit is reckoned at that one."""
    anchor: Stamp
    mark: str
    opens_at: datetime | None
    status: Status
    due: Due | None
    """The earliest limit of any basis."""
    firm: Due | None
    """The earliest limit that binds."""
    settled: Stamp | None = None
    """When it was met, waived, cancelled or lapsed."""
    settled_by: str = ""
    in_scope: bool = True
    """Whether it was in scope when its duty was last looked at."""
    not_required: bool = False
    handed_over: bool = False
    """A placeholder's that ended because named recipients came."""
    superseded: bool = False
    """Handed over, and one of them took its clock."""
    lapses: bool = False
    """Closed before it was missed: it lapses at the instant it is."""
    repeat: bool = False
    attempts: tuple[Attempt, ...] = ()
    item: str = ""
    """What it is about, where each event asks for something of its own."""
    undone: tuple[str, ...] = ()
    """The sendings that met it and are known to have failed."""
    owner: str = ""
    """Who owes it, where the event that asks for it says so; empty: the role the duty names."""

    def is_open(self, at: datetime) -> bool:
        """Whether it is still owed at that instant (pending counts as owed)."""
        return self.status in OPEN and not (self.lapses and self.missed(at))

    def missed(self, at: datetime) -> bool:
        """Whether the binding deadline is missed for certain at that instant."""
        return self.firm is not None and self.firm.latest is not None and self.firm.latest.missed(at)


def candidate(
    policy: Policy, duty: Duty, level: Severity | None, anchor: Stamp, event: Event, cause: str
) -> Due | None:
    """The limit for the present level from the present anchor; ``None`` where the duty has none at that level."""
    if level is not None:
        within = duty.within[level.index]
    else:
        within = duty.within[0] if all(limit is duty.within[0] for limit in duty.within) else None
    if within is None:
        return None
    deadline, kind = due_of(within.limit, anchor.at, policy.calendar)
    latest = deadline
    if anchor.latest != anchor.at:
        latest, kind_of_latest = due_of(within.limit, anchor.latest, policy.calendar)
        deadline, kind = (deadline, kind) if latest is not None else (None, kind_of_latest)
    known_at = event.recorded_at if event.recorded_at is not None else event.at
    return Due(deadline, latest, kind, within, anchor.at, event.at, known_at, cause)


def ended_at(due: Due | None, closing: Stamp, set_at: datetime, known_at: datetime, cause: str) -> Due | None:
    """The due with the closing as its deadline, where it was to be met before that; any other as it is.

    Done at the very instant of closing is too late: the closing is what it had to come before.
    """
    if due is None or due.kind != BeforeClosed.kind or due.deadline is not None:
        return due
    deadline, latest = (Deadline(at, inclusive=False) for at in closing)
    return evolve(due, deadline=deadline, latest=latest, set_at=set_at, known_at=known_at, cause=cause)


def earlier(standing: Due | None, new: Due | None) -> Due | None:
    """Whichever is missed first; the standing one where neither is earlier."""
    if standing is None or new is None:
        return new if standing is None else standing
    if new.deadline is None or new.latest is None:
        return standing
    if standing.deadline is None or standing.latest is None:
        return new
    # Of two that may be missed at the same instant the one that is missed for certain first is the earlier one.
    if new.deadline.missed_from == standing.deadline.missed_from:
        return new if new.latest.missed_from < standing.latest.missed_from else standing
    return new if new.deadline.missed_from < standing.deadline.missed_from else standing
