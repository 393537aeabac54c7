"""The fold of a programme's log: what was held, confirmed, opened and closed, and what of it had no effect.

Nothing here knows "now" or when a period ends. The log is short, a few lines a week, so it is folded whole each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve, frozen

from ir_policy.clocks import Deadline
from ir_policy.duties.anew import order
from ir_policy.duties.case import Violation
from ir_policy.duties.entries import Due, Entry, Status, earlier
from ir_policy.duties.moment import binding_of, known_when
from ir_policy.duties.own_rules import CORRECTIONS
from ir_policy.errors import EventInvalid, Refusal
from ir_policy.log.events import (
    ActionEvent,
    Corrected,
    Event,
    Opaque,
    ProgrammeOpened,
    ReadinessAttested,
    Session,
    event_from_wire,
    to_wire,
)
from ir_policy.log.fields import thawed
from ir_policy.log.history import stamp_of
from ir_policy.programme.rules import action_rule
from ir_policy.rules.model import INTERNAL, Policy
from ir_policy.terms import Clause, FrozenMap, nearest

__all__ = ["ACTIONS", "Told", "refusals_of", "told"]

ACTIONS = "open-actions"
"""The rule of the library that only an open action is closed."""
_FIXED = frozenset({"kind", "id", "incident", "programme", "by"})


@frozen(eq=False)
class Told:
    """What a programme's log says, in the order of the fold and as corrections left it."""

    events: tuple[Event, ...]
    opening: Event | None
    """The earliest opening: the first day of which anything is owed."""
    sessions: tuple[Session, ...]
    attested: tuple[ReadinessAttested, ...]
    actions: FrozenMap[str, Entry]
    """What is owed for each action, by key."""
    came_from: FrozenMap[str, str]
    """The incident an action comes from, where its opening says one, by key."""
    violations: tuple[Violation, ...]
    opaque: bool
    """Whether the log holds an event this version does not know."""


def in_order(log: Sequence[Event]) -> tuple[list[Event], dict[str, Refusal]]:
    """The events in the order of the fold, as corrections left them; and the corrections that have no effect."""
    current = {event.id: event for event in log}
    positions = {event.id: index for index, event in enumerate(log)}
    refused: dict[str, Refusal] = {}
    for correction in sorted((event for event in log if isinstance(event, Corrected)), key=order):
        known = positions.get(correction.event, len(log)) < positions[correction.id]
        found = _corrected(current.get(correction.event) if known else None, correction)
        if isinstance(found, Refusal):
            refused[correction.id] = found
        else:
            current[found.id] = found
    return sorted(current.values(), key=order), refused


def _corrected(target: Event | None, correction: Corrected) -> Event | Refusal:
    """The target as corrected, or why it stays as it is. Nobody holds power in a programme: evidence is enough."""
    clause = Clause("log/corrections")
    if target is None or isinstance(target, Corrected):
        return Refusal(CORRECTIONS, clause, (f"an event of this log; '{correction.event}' is none",))
    fields = {name: thawed(value) for name, value in correction.fields.items()}
    if _FIXED & fields.keys():
        return Refusal(CORRECTIONS, clause, ("kind, id, incident, programme and by to stay as they are",))
    try:
        merged = {**to_wire(target), **fields}
        return event_from_wire({name: value for name, value in merged.items() if value is not None})
    except EventInvalid as error:
        return Refusal(CORRECTIONS, clause, (f"fields that make an event: {error}",))


def told(policy: Policy, log: Sequence[Event], until: datetime | None = None) -> Told:
    """What follows from a log, up to and with the instant ``until``."""
    events, refused = in_order(log)
    fold = _Fold(policy)
    for event in events:
        if until is None or event.at <= until:
            fold.take(event, refused.get(event.id))
    return fold.told()


def refusals_of(policy: Policy, log: Sequence[Event], event: Event) -> tuple[Refusal, ...]:
    """Every reason why the event may not happen, at its own place in the order."""
    events, refused = in_order((*log, event))
    fold = _Fold(policy)
    for one in events:
        if one.id == event.id:
            return tuple(fold.refusals(one, refused.get(one.id)))
        fold.take(one, refused.get(one.id))
    return ()


class _Fold:
    """A log while it is told."""

    def __init__(self, policy: Policy) -> None:
        self.rule = action_rule(policy)
        self.events: list[Event] = []
        self.entries: dict[str, Entry] = {}
        self.came_from: dict[str, str] = {}
        self.violations: list[Violation] = []

    def told(self) -> Told:
        events = tuple(self.events)
        return Told(
            events=events,
            opening=next((one for one in events if isinstance(one, ProgrammeOpened)), None),
            sessions=tuple(one for one in events if isinstance(one, Session)),
            attested=tuple(one for one in events if isinstance(one, ReadinessAttested)),
            actions=FrozenMap(self.entries),
            came_from=FrozenMap(self.came_from),
            violations=tuple(self.violations),
            opaque=any(isinstance(one, Opaque) for one in events),
        )

    def take(self, event: Event, refused: Refusal | None) -> None:
        self.events.append(event)
        against = self.refusals(event, refused)
        for one in against:
            self.violations.append(Violation(one.rule, Clause(one.clause), event.at, event.id, one.missing, void=True))
        if isinstance(event, ActionEvent) and not against and self.rule is not None:
            self._opened(event) if event.kind == "action-opened" else self._closed(event)

    def refusals(self, event: Event, refused: Refusal | None) -> list[Refusal]:
        """Why the event has no effect here."""
        found = [refused] if refused is not None else []
        if event.kind == "action-closed" and isinstance(event, ActionEvent) and self.rule is not None:
            if self._open(event.action) is None:
                found.append(self._not_open(event.action))
        return found

    def _not_open(self, action: str) -> Refusal:
        assert self.rule is not None
        open_ = sorted(entry.item for entry in self.entries.values() if entry.status is Status.ACTIVE)
        near = nearest(action, open_)
        known = f"; {near}" if near else f"; open are {', '.join(open_)}" if open_ else "; none is open"
        return Refusal(ACTIONS, self.rule.clause, (f"an open action; '{action}' is none{known}",), (self.rule.owed_by,))

    def _open(self, action: str) -> Entry | None:
        return next((e for e in self.entries.values() if e.item == action and e.status is Status.ACTIVE), None)

    def _opened(self, event: ActionEvent) -> None:
        """An action is owed until the instant it gives; asked for again it may only come earlier."""
        rule = self.rule
        within = rule.within[0] if rule is not None else None
        if rule is None or within is None or event.due is None:
            return
        stamp = stamp_of(event)
        due = Due(Deadline(event.due), Deadline(event.due), within.limit.kind, within, stamp.at, event.at,
                  known_when(event), "born-overdue")  # fmt: skip
        standing = self._open(event.action)
        if standing is not None:
            firm = standing.firm if standing.missed(event.at) else earlier(standing.firm, binding_of(due))
            self.entries[standing.key] = evolve(
                standing, due=earlier(standing.due, due), firm=firm, owner=event.owner or standing.owner
            )
            return
        number = len(self.entries)
        key = f"{rule.id}@{INTERNAL}#{number}"
        self.entries[key] = Entry(
            key=key, duty=rule, recipient=INTERNAL, n=number, episode=0, opened_at=event.at, level=None, anchor=stamp,
            mark=rule.starts[0], opens_at=None, status=Status.ACTIVE, due=due, firm=binding_of(due), item=event.action,
            owner=event.owner,
        )  # fmt: skip
        if event.incident:
            self.came_from[key] = event.incident

    def _closed(self, event: ActionEvent) -> None:
        entry = self._open(event.action)
        assert entry is not None
        self.entries[entry.key] = evolve(entry, status=Status.DISCHARGED, settled=stamp_of(event), settled_by=event.id)
