"""One incident's whole derived state: history, level, ledger, violations; and the step that moves them together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import frozen

from ir_policy.duties.gates import Bite, forbidden, known
from ir_policy.duties.held_back import HeldBack, endings
from ir_policy.duties.judge import Obligation, changes_of, obligations_of
from ir_policy.duties.ledger import Ledger, Moves
from ir_policy.duties.level import Level
from ir_policy.duties.needs import Needs
from ir_policy.duties.step import step
from ir_policy.duties.tenure import is_promoted
from ir_policy.duties.turns import Turn, turns_paging
from ir_policy.log.events import Event, PolicyAdopted, RoleChange
from ir_policy.log.grown import Grown
from ir_policy.log.history import History
from ir_policy.rules.model import Gate, Policy
from ir_policy.terms import Clause, FrozenMap

if TYPE_CHECKING:
    from ir_policy.duties.on_call import Story

__all__ = ["Case", "Violation", "fold"]


@frozen
class Violation:
    """Something that happened against a rule: it stays in the record, whatever is done afterwards."""

    rule: str
    clause: Clause
    at: datetime
    event: str
    missing: tuple[str, ...]
    void: bool
    """Whether the event had no effect."""


class Case:
    """What follows from a log so far. Advanced only on a branch nobody else holds."""

    __slots__ = (
        "_asked",
        "_changes",
        "_judged",
        "_on_call",
        "history",
        "ledger",
        "level",
        "policy",
        "turns",
        "violations",
    )

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.history = History(policy)
        self.level = Level()
        self.ledger = Ledger()
        self.violations: Grown[Violation] = Grown()
        self.turns: Grown[Turn] = Grown()
        """What happened that may change whom to page."""
        self._on_call: tuple[Policy, int, Story | None] | None = None
        """Where paging stood when somebody asked, and after how many of them."""
        self._forget()

    def _forget(self) -> None:
        # Worked out when first asked for and the same whoever asks: a memo, not a state.
        self._changes: tuple[datetime, ...] | None = None
        self._judged: dict[int, tuple[Obligation, ...]] = {}
        self._asked: tuple[Event, Policy, tuple[Bite, ...]] | None = None

    def branch(self) -> Case:
        twin = object.__new__(Case)
        twin.policy = self.policy
        twin.history = self.history.branch()
        twin.level = self.level.branch()
        twin.ledger = self.ledger.branch()
        twin.violations = self.violations
        twin.turns = self.turns
        twin._on_call = self._on_call
        twin._forget()
        twin._asked = self._asked  # who asks whether an event may happen mostly lets it happen next
        return twin

    def changes(self) -> tuple[datetime, ...]:
        """Every instant at which some obligation changes by time alone, in order."""
        if self._changes is None:
            changes = changes_of(self.ledger.entries.values(), self.policy.at_risk)
            ends = endings(self.policy, self.history) if self.history.notices else ()
            self._changes = tuple(sorted({*changes, *ends})) if ends else changes
        return self._changes

    def next_change(self, now: datetime) -> datetime | None:
        """The first of them later than ``now``."""
        changes = self.changes()
        index = bisect_right(changes, now)
        return changes[index] if index < len(changes) else None

    def obligations(self, now: datetime) -> tuple[Obligation, ...]:
        """Every obligation as of ``now``: between two changes the same values are handed out again."""
        between = bisect_right(self.changes(), now)
        found = self._judged.get(between)
        if found is None:
            found = self._judged[between] = obligations_of(
                self.ledger.entries, now, self.policy.at_risk, HeldBack(self.policy, self.history, self.known(now), now)
            )
        return found

    def on_call(self, now: datetime) -> Story | None:
        """Where paging stands at that instant by the policy in force; ``None`` where it has no paging list."""
        held = self._on_call
        if held is None or held[0] is not self.policy or held[1] != len(self.turns):
            from ir_policy.duties.on_call import story_of  # few ask, and a policy may have no list

            taken, before = (held[1], held[2]) if held is not None and held[0] is self.policy else (0, None)
            held = self._on_call = self.policy, len(self.turns), story_of(self.policy, self.turns[taken:], before)
        story = held[2]
        return story.at(now) if story is not None else None

    def known(self, at: datetime) -> tuple[int, int]:
        """What gates ask: the atoms known to be so and not so, with what is settled at that instant."""
        return known(self.policy, self.history, self.ledger, at)

    def needs(self, gate: Gate, at: datetime) -> tuple[str, ...]:
        """What a gate that is shut waits for at that instant, in words."""
        return Needs(self.policy, self.history, self.ledger, self.known(at), at).of(gate)

    def forbidden(self, event: Event) -> tuple[Bite, ...]:
        """Every reason why the event may not happen in this state."""
        asked = self._asked
        if asked is None or asked[0] is not event or asked[1] is not self.policy:
            bites = forbidden(self.policy, self.history, self.level, self.ledger, event)
            asked = self._asked = event, self.policy, bites
        return asked[2]

    def advance(self, event: Event, extra: tuple[Bite, ...] = (), told: Sequence[Event] = ()) -> Moves:
        """Take one event in: forbidden, fold, level, scope, open, tighten, discharge.

        ``told`` is what came before it in the order of the fold; only the adoption of another policy looks at that.
        """
        bites = (*self.forbidden(event), *extra)
        self._forget()
        void = bool(bites) and any(bite.void for bite in bites)
        for bite in bites:
            said = bite.refusal
            self.violations = self.violations.plus(
                Violation(said.rule, Clause(said.clause), event.at, event.id, said.missing, void)
            )
        if void:
            self.history.skip()
            return Moves()
        if isinstance(event, PolicyAdopted) and event.policy.digest != self.policy.digest:
            from ir_policy.duties.adoption import gone_on  # few need it

            without_effect = {violation.event for violation in self.violations if violation.void}
            self.policy, self.history = gone_on(
                self.policy, self.history, self.level, self.ledger, event, told, without_effect
            )
        before = (self.history.yes, self.history.no, self.level.governing)
        promoted = isinstance(event, RoleChange) and is_promoted(self.policy, self.history, self.level, event)
        self.history.advance(self.policy, event)
        if promoted and isinstance(event, RoleChange):
            self.history.promote(event.role, event.person)
        self.level.advance(self.policy, self.history, event)
        if self.level.governing is not before[2] or turns_paging(event, self.history):
            self.turns = self.turns.plus(Turn(event, self.level.governing, self.history.holders))
        return step(self.policy, self.history, self.level, self.ledger, event, before)


def fold(case: Case, events: Sequence[Event], bites: Mapping[str, tuple[Bite, ...]] = FrozenMap()) -> Case:
    """The case with all those events taken in, in the order given; ``bites`` says more of what forbids one, by id."""
    for index, event in enumerate(events):
        told = events[:index] if isinstance(event, PolicyAdopted) else ()
        case.advance(event, bites.get(event.id, ()), told)
    return case
