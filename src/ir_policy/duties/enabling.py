"""Duties that others need done first: owed to whoever those are owed to, so long before that there is still time.

Their latest start is reckoned backwards from the deadline of what needs them. They end with it. See "What comes first" in
``docs/semantics.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from attrs import evolve

from ir_policy.clocks import Deadline
from ir_policy.duties.discharge import discharge
from ir_policy.duties.entries import Due, Entry, Status
from ir_policy.duties.moment import Moment, binding_of, known_when
from ir_policy.duties.texts import reviewed_for
from ir_policy.rules.model import Duty, Policy

__all__ = ["enable"]


class _Needed(NamedTuple):
    """What is needed first for one recipient, and what needs it soonest."""

    due: Due
    parent: Entry
    rules: tuple[Duty, ...]


def enable(moment: Moment) -> None:
    """Meet, end and open what enables other duties, as they stand after this event."""
    for duty, parents in _enabling(moment.policy):
        standing = moment.ledger.open_of(duty.id, None)
        for rule in dict.fromkeys((*(entry.duty for entry in standing), duty)):
            discharge(moment, rule, set())
            needed = _needed(moment, rule, parents) if _holds(moment, rule) else {}
            for entry in sorted(moment.ledger.open_of(duty.id, None), key=lambda entry: entry.key):
                if entry.duty is rule:
                    _go_on(moment, entry, needed.get(entry.recipient))
            if rule is duty:
                _begin(moment, duty, needed)


def _holds(moment: Moment, rule: Duty) -> bool:
    history = moment.history
    ruled_out = history.closing is not None and history.outcome in rule.not_for
    return rule.when.holds(history.yes, history.no) and not ruled_out


def _go_on(moment: Moment, entry: Entry, need: _Needed | None) -> None:
    """Still needed, it has the due of what needs it now; else it ends."""
    if need is not None and not _has_text(moment, entry.recipient, need):
        _keep(moment, entry, need.due)
        return
    ended = evolve(entry, status=Status.CANCELLED, settled=moment.when(), settled_by=moment.event.id, not_required=True)
    moment.ledger.put(ended)
    moment.moves.cancelled.append(entry.key)


def _begin(moment: Moment, duty: Duty, needed: dict[str, _Needed]) -> None:
    """Open what is needed of nobody yet, unless it would lapse as it opens."""
    standing = {entry.recipient for entry in moment.ledger.open_of(duty.id, None)}
    for recipient, need in sorted(needed.items()):
        if recipient in standing or _over(moment, duty, need.due) or _has_text(moment, recipient, need):
            continue
        entry = moment.new_entry(duty, recipient, need.parent.anchor, need.parent.mark, need.due)
        moment.ledger.put(entry)
        moment.moves.opened.append(entry.key)


def _needed(moment: Moment, duty: Duty, parents: tuple[str, ...]) -> dict[str, _Needed]:
    """By recipient, what is open that needs it: the latest start of the one that is due first counts."""
    found: dict[str, _Needed] = {}
    for entry, due in _needing(moment, duty, parents):
        standing = found.get(entry.recipient)
        if standing is None:
            found[entry.recipient] = _Needed(due, entry, (entry.duty,))
            continue
        sooner = due if _sooner(due, standing.due) else standing.due
        parent = entry if sooner is due else standing.parent
        found[entry.recipient] = _Needed(sooner, parent, (*standing.rules, entry.duty))
    return found


def _needing(moment: Moment, duty: Duty, parents: tuple[str, ...]) -> Iterator[tuple[Entry, Due]]:
    within = duty.within[0]
    assert within is not None
    reviewing = any(match.kind == "notice" for match in duty.met_by)
    for parent in parents:
        for entry in moment.ledger.open_of(parent, None):
            needs = entry.duty.needs
            if needs is None or needs.duty != duty.id or entry.lapses:
                continue  # what only runs out once the incident is closed needs nothing first
            if reviewing and not moment.policy.notices.outside(entry.recipient):
                continue  # what stays inside is reviewed by nobody
            due = entry.due
            deadline = latest = None
            if due is not None and due.deadline is not None and due.latest is not None:
                deadline, latest = (Deadline(one.at - needs.lead) for one in (due.deadline, due.latest))
            kind = within.limit.kind if deadline is not None or due is None else due.kind
            yield entry, Due(deadline, latest, kind, within, entry.anchor.at, moment.event.at,
                             known_when(moment.event), moment.cause())  # fmt: skip


def _over(moment: Moment, duty: Duty, due: Due) -> bool:
    """Whether it would lapse as it opens."""
    firm = binding_of(due)
    missed = firm is not None and firm.latest is not None and firm.latest.missed(moment.event.at)
    return missed and moment.lapses_from_the_start(duty)


def _sooner(due: Due, other: Due) -> bool:
    if due.deadline is None or other.deadline is None:
        return due.deadline is not None
    return due.deadline.at < other.deadline.at


def _has_text(moment: Moment, recipient: str, need: _Needed) -> bool:
    """Whether a text for them stands that needs no more."""
    return reviewed_for(moment.policy, moment.history, need.rules, recipient, moment.event.at)


def _keep(moment: Moment, entry: Entry, due: Due) -> None:
    """Still owed: its latest start is that of what needs it now."""
    standing = entry.due.deadline if entry.due is not None else None
    if due.deadline == standing:
        return
    firm = entry.firm if entry.missed(moment.event.at) else binding_of(due)  # a breach is a fact
    moment.ledger.put(evolve(entry, due=due, firm=firm))
    if standing is None or (due.deadline is not None and due.deadline.at < standing.at):
        moment.moves.tightened.append(entry.key)


@lru_cache(maxsize=16)
def _enabling(policy: Policy) -> tuple[tuple[Duty, tuple[str, ...]], ...]:
    """The duties that enable others, each with those that need it."""
    rules = policy.all_rules()
    return tuple(
        (duty, tuple(sorted({rule.id for rule in rules if rule.needs is not None and rule.needs.duty == duty.id})))
        for duty in policy.duties.values()
        if duty.enables
    )
