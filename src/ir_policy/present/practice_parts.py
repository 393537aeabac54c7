"""What a programme practised, confirmed and still owes at an instant, as plain values: what text and picture are made of."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from ir_policy.duties.judge import Obligation
from ir_policy.programme.value import Programme
from ir_policy.rules.about import OpenQuestion
from ir_policy.terms import FrozenMap

__all__ = ["Action", "Held", "Kept", "PeriodHeld", "Practice", "Practised"]


@frozen
class Held:
    """One session. ``at`` is UTC; with ``precision`` it is the first instant of that minute, day or month."""

    event: str
    at: datetime
    precision: str
    by: str
    covers: tuple[str, ...]
    evidence: tuple[str, ...]


@frozen
class PeriodHeld:
    """One calendar period of an exercise, from ``start`` until just before ``end``, and what was held in it.

    ``covered`` were covered for certain, ``perhaps`` by a session of which the record does not say whether it was in
    the period, ``missing`` by none. ``verdict`` is that of the obligation.
    """

    key: str
    number: int
    start: datetime
    end: datetime
    sessions: tuple[Held, ...]
    covered: tuple[str, ...]
    perhaps: tuple[str, ...]
    missing: tuple[str, ...]
    verdict: str
    met_at: datetime | None


@frozen
class Practised:
    """An exercise or review and each of its periods so far, the present one last."""

    id: str
    title: str
    clause: str
    every: str
    owed_by: str
    scenarios: FrozenMap[str, str]
    periods: tuple[PeriodHeld, ...]

    @property
    def overdue(self) -> bool:
        """Whether the last period that is over was missed, and the present one has not been met since."""
        return len(self.periods) > 1 and self.periods[-2].verdict == "missed" and self.periods[-1].verdict != "met"


@frozen
class Kept:
    """Something the policy takes for granted, and how old the last word on it is, in civil days of the policy's zone."""

    key: str
    id: str
    means: str
    clause: str
    kept_by: str
    attested_at: datetime | None
    """The last confirmation; ``None``: nobody ever gave one, and the age is that of the programme."""
    age: int
    good_for: str
    due: datetime | None
    overdue: bool
    binds: bool
    """Whether too old a word is a breach; where it only advises it is shown and is none."""


@frozen
class Action:
    """A follow-up action that is still open: who owes it until when, its age in civil days, and the incident it comes from."""

    key: str
    action: str
    owner: str
    opened_at: datetime
    age: int
    due: datetime | None
    incident: str
    overdue: bool


@frozen(eq=False)
class Practice:
    """A programme as of an instant."""

    programme: Programme
    now: datetime
    exercises: tuple[Practised, ...]
    kept: tuple[Kept, ...]
    actions: tuple[Action, ...]
    """Those still open, the one due first at the head."""
    switched_off: tuple[OpenQuestion, ...]
    """Options the owner has not decided on: what each would add. None has any effect."""
    next_wakeup: datetime | None
    obligations: tuple[Obligation, ...]

    @property
    def overdue(self) -> tuple[str, ...]:
        """The keys of what is past a limit that binds and not made up for since: missed periods, words too old, open actions."""
        missed = [one.periods[-2].key for one in self.exercises if one.overdue]
        return (*missed, *(one.key for one in self.kept if one.overdue and one.binds),
                *(one.key for one in self.actions if one.overdue))  # fmt: skip

    @property
    def past_advice(self) -> tuple[str, ...]:
        """The keys of what is past a limit that only advises."""
        return tuple(one.key for one in self.kept if one.overdue and not one.binds)
