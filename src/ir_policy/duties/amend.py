"""Corrections: an earlier event as it should have been recorded, and who may say so.

Whatever moves a protected mark later needs the role the mark names; evidence is needed always.
See "Corrections" in ``docs/semantics.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from datetime import datetime
from functools import lru_cache
from itertools import takewhile

from ir_policy.duties.case import Case, fold
from ir_policy.duties.gates import Bite
from ir_policy.duties.own_rules import CORRECTIONS
from ir_policy.errors import EventInvalid, Refusal
from ir_policy.log.events import Corrected, Event, Notice, PolicyAdopted, event_from_wire, to_wire
from ir_policy.log.fields import thawed
from ir_policy.rules.model import Policy
from ir_policy.terms import EVENT_KINDS, Clause

__all__ = ["amended", "hanging_on_later"]

Key = Callable[[Event], tuple[datetime, datetime]]
RULE = CORRECTIONS
CLAUSE = Clause("log/corrections")
FIXED = frozenset({"kind", "id", "incident", "programme", "by"})
TEXTS = frozenset({"notice-drafted", "notice-edited"})
SETTLED = TEXTS | {"notice-rejected", "notice-withdrawn"}
"""A text is edited on record, never corrected: what was said of it was said of the text as it stood. Nor is taken back what
stopped it."""
WHICH_TEXT = frozenset({"notice", "digest"})
"""Of any word about a text: which one it is about."""


def amended(
    policy: Policy, log: tuple[Event, ...], key: Key, void: Set[str]
) -> tuple[list[Event], Mapping[str, tuple[Bite, ...]]]:
    """The events in the order of the fold as corrections left them, and a bite for each correction that has no effect.

    ``void`` are the ids of other events without effect, whatever is corrected: nothing is judged by what follows from them.
    """
    current = {event.id: event for event in log}
    positions = {event.id: index for index, event in enumerate(log)}
    bites: dict[str, tuple[Bite, ...]] = {}
    for correction in sorted((event for event in log if isinstance(event, Corrected)), key=key):
        known = positions.get(correction.event, len(log)) < positions[correction.id]
        judged = {id_: one for id_, one in current.items() if id_ not in void} if void else current
        refusal, event = _corrected(policy, judged if known else {}, correction, key)
        if event is not None:
            current[event.id] = event
        elif refusal is not None:
            bites[correction.id] = (Bite(refusal, void=True),)
    return sorted(current.values(), key=key), bites


def _corrected(
    policy: Policy, current: Mapping[str, Event], correction: Corrected, key: Key
) -> tuple[Refusal | None, Event | None]:
    """The target as corrected, or why it stays as it is."""
    target = current.get(correction.event)
    if target is None or isinstance(target, Corrected):
        return Refusal(RULE, CLAUSE, (f"an event of this log; '{correction.event}' is none",)), None
    if isinstance(target, PolicyAdopted):
        return Refusal(RULE, CLAUSE, ("another adoption: one that was recorded stays as it is",)), None
    fields = {name: thawed(value) for name, value in correction.fields.items()}
    if FIXED & fields.keys():
        return Refusal(RULE, CLAUSE, ("kind, id, incident and by to stay as they are",)), None
    if target.kind in SETTLED or (isinstance(target, Notice) and WHICH_TEXT & fields.keys()):
        return Refusal(RULE, CLAUSE, ("an edit of the text: what was reviewed and approved stays what it was",)), None
    if fields.get("drill") is True:
        return Refusal(RULE, CLAUSE, ("a signal that stays real: no correction makes an incident a drill",)), None
    try:
        merged = {**to_wire(target), **fields}
        event = event_from_wire({name: value for name, value in merged.items() if value is not None})
    except EventInvalid as error:
        return Refusal(RULE, CLAUSE, (f"fields that make an event: {error}",)), None
    powerless = _powerless(policy, current, event, correction, key)
    if powerless is not None:
        return powerless, None
    then = _then(policy, current, correction, key) if _may_guard(policy, current, target) else None
    roles = _roles_needed(policy, current, event, key, then) if then is not None else ()
    if then is not None and roles and not _may_correct(then, correction, roles):
        return Refusal(RULE, CLAUSE, (f"somebody acting as {' or '.join(roles)}: it moves a mark later",), roles), None
    return None, event


def _powerless(
    policy: Policy, current: Mapping[str, Event], event: Event, correction: Corrected, key: Key
) -> Refusal | None:
    """Why the author of a correction may not do what the corrected event then does: an act of power stays one."""
    if not any(event.kind in kinds_of_power(one) for one in _at_hand(policy)):
        return None
    story = sorted({**current, event.id: event}.values(), key=key)
    case = _fold(policy, takewhile(lambda one: one.id != event.id, story), key)
    as_its_own = event_from_wire({**to_wire(event), "by": correction.by})
    refusals = [bite.refusal for bite in case.forbidden(as_its_own) if bite.void]
    if not refusals:
        return None
    return Refusal(RULE, CLAUSE, (f"somebody who may do what it then says: {refusals[0]}",), refusals[0].who)


@lru_cache(maxsize=16)
def kinds_of_power(policy: Policy) -> frozenset[str]:
    """Kinds of event that have no effect without authority."""
    kinds = {"waived", "not-notifying", "closed", "reopened"}
    for gate in policy.gates.values():
        for act in gate.forbids if gate.void else ():
            kinds.add({"decision": "severity-decided", "finding": "breach-finding"}.get(act.kind, act.name))
    return frozenset(kinds)


@lru_cache(maxsize=16)
def hanging_on_later(policy: Policy) -> frozenset[str]:
    """Kinds of event whose correction may have an effect, or none, by what is recorded after it: acts of power, and
    what sets a mark that only some roles may move later. Whether any other is mended shows at once."""
    if policy.newer:
        return frozenset(EVENT_KINDS)  # whatever decides which policy is in force
    power: frozenset[str] = frozenset()
    return power.union(*(kinds_of_power(one) | _protecting(one) for one in _at_hand(policy)))


@lru_cache(maxsize=16)
def _protecting(policy: Policy) -> frozenset[str]:
    """Kinds of event that set a mark which only some roles may move later."""
    return frozenset(
        kind for kind, sources in policy.mark_sources.items() if any(mark.corrected_by for mark, _ in sources)
    )


def _at_hand(policy: Policy) -> tuple[Policy, ...]:
    """The policy and those that may be adopted: which of them the event is under shows when the log is folded."""
    return policy, *policy.newer.values()


def _may_guard(policy: Policy, current: Mapping[str, Event], target: Event) -> bool:
    """Whether a correction of the event can move a mark that only some roles may move later. Whatever decides which policy is
    in force can, where one is adopted."""
    adopts = any(isinstance(event, PolicyAdopted) for event in current.values()) if policy.newer else False
    return adopts or any(target.kind in _protecting(one) for one in _at_hand(policy))


def _roles_needed(policy: Policy, current: Mapping[str, Event], event: Event, key: Key, then: Case) -> tuple[str, ...]:
    """The roles of the marks that would stand later, or not at all, and that the policy of that time protects."""
    before = _fold(policy, current.values(), key).history.first_marks
    after = _fold(policy, {**current, event.id: event}.values(), key).history.first_marks
    roles: list[str] = []
    for name, stamp in before.items():
        mark = then.policy.marks.get(name)
        if mark is not None and mark.corrected_by and (name not in after or after[name] > stamp):
            roles.extend(mark.corrected_by)
    return tuple(dict.fromkeys(roles))


def _may_correct(then: Case, correction: Corrected, roles: tuple[str, ...]) -> bool:
    """Whether the author may act in one of the roles at that instant."""
    return any(then.history.may_act_as(then.policy, role, correction.by) for role in roles)


def _then(policy: Policy, current: Mapping[str, Event], correction: Corrected, key: Key) -> Case:
    """What was so when the correction was made."""
    story = sorted(current.values(), key=key)
    return _fold(policy, takewhile(lambda event: event.id != correction.id, story), key)


def _fold(policy: Policy, events: Iterable[Event], key: Key) -> Case:
    return fold(Case(policy), [event for event in sorted(events, key=key) if not isinstance(event, Corrected)])
