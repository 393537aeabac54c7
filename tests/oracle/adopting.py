"""*Another version of the policy*: whether an adoption has an effect, and the state put under the newer policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any as Anything

from attrs import evolve, fields, has

from ir_policy.log.events import Event, PolicyAdopted
from ir_policy.rules.model import Duty, MarkSource, Policy
from ir_policy.terms import FrozenMap, Severity
from oracle.asking import deciding_roles, is_worse, may_act, worst_of
from oracle.folding import asserted, governed_by, supported_by
from oracle.state import DISCHARGED, State

BESIDE_THE_RULE = ("title", "clause", "document", "reading", "owed_by", "source")
"""What may differ in a rule that is the same: its title, clause, reading, owner or source."""
DERIVED = ("kinds",)
"""Worked out from the marks a duty starts from, and not written in the rule."""


def out_of_turn(log: list[Event]) -> set[str]:
    """Adoptions that do not stand after everything the log held when it learnt of them."""
    found = set()
    for place, event in enumerate(log):
        if isinstance(event, PolicyAdopted) and any(_when(before) > _when(event) for before in log[:place]):
            found.add(event.id)
    return found | judged_unseen(log)


def judged_unseen(log: list[Event]) -> set[str]:
    """*Notices*: reviews and approvals before which, as the log learnt after them, the text became another one."""
    found = set()
    for place, word in enumerate(log):
        if word.kind not in ("notice-reviewed", "notice-approved"):
            continue
        later = [e for e in log[place + 1 :] if e.kind in ("notice-drafted", "notice-edited")]
        if any(e.notice == word.notice and _when(e) < _when(word) for e in later):
            found.add(word.id)
    return found


def _when(event: Event) -> tuple[Anything, Anything]:
    return event.at, event.recorded_at or event.at


def has_no_effect(state: State, event: PolicyAdopted) -> bool:
    """Its author may not adopt, the document is none of this policy, or something the log held stands after it."""
    return (
        not any(may_act(state, event.by, role) for role in adopting_roles(state.policy))
        or event.policy.id != state.policy.id
        or event.id in state.out_of_turn
    )


def adopting_roles(policy: Policy) -> set[str]:
    """The roles a gate on adoptions names; without such a gate, those that decide the level."""
    gates = [
        gate
        for gate in policy.gates.values()
        if any((f.kind, f.name) == ("event", "policy-adopted") for f in gate.forbids)
    ]
    named = {role for gate in gates for release in gate.until for role in release.roles}
    return named or deciding_roles(policy)


# --- rules ----------------------------------------------------------------------------------------------


def is_same(one: Duty, other: Duty) -> bool:
    """Whether two rules differ in nothing but what stands beside the rule."""
    return all(
        _plain(getattr(one, field.name)) == _plain(getattr(other, field.name))
        for field in fields(Duty)
        if field.name not in BESIDE_THE_RULE
    )


def _plain(value: Anything) -> Anything:
    """A part of a rule as it is written, without what stands beside it; conditions by what they say."""
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    source = getattr(value, "terms", None) is not None and getattr(value, "source", None)
    if source:
        return _plain(source)
    if has(type(value)):
        names = [field.name for field in fields(type(value)) if field.name not in (*BESIDE_THE_RULE, *DERIVED)]
        return [type(value).__name__, *(_plain(getattr(value, name)) for name in names)]
    return value


def take_over(state: State, newer: Policy) -> None:
    """Rules the newer policy has as well are that rule from then on; all others become former ones, oldest first."""
    known = [*state.former, *state.policy.duties.values()]
    state.former = []
    for rule in known:
        now = newer.duties.get(rule.id)
        if now is None or not is_same(rule, now):
            state.former.append(rule)
            continue
        for one in state.obligations:
            if one.duty is rule:
                one.duty = now


# --- the whole state ------------------------------------------------------------------------------------


def put_under(state: State, newer: Policy) -> bool:
    """Before the event is stepped: rules, marks and levels are those of the newer policy, and what was known stays.

    Whether that changed anything: the document in force adopted again does not.
    """
    older = state.policy
    state.adopted.append(newer.digest)
    if newer.digest == older.digest:
        return False
    take_over(state, newer)
    state.policy = evolve(
        newer,
        marks=FrozenMap({**older.marks, **newer.marks}),
        facts=FrozenMap({**older.facts, **newer.facts}),
        families=FrozenMap({**older.families, **newer.families}),
        roles=FrozenMap({**older.roles, **newer.roles}),
        steps=FrozenMap({**older.steps, **newer.steps}),
    )
    for name, source in only_newer(older, newer):
        set_by_what_was(state, name, source)
    for name, duty in only_newer_sets(older, newer):
        set_by_discharges(state, name, duty)
    weigh_anew(state)
    return True


def only_newer(older: Policy, newer: Policy) -> Iterator[tuple[str, MarkSource]]:
    """Sources of marks that the older policy did not have there."""
    for rule in newer.marks.values():
        before = older.marks[rule.id].sources if rule.id in older.marks else ()
        for source in rule.sources:
            if _plain(source) not in _plain(before):
                yield rule.id, source


def only_newer_sets(older: Policy, newer: Policy) -> Iterator[tuple[str, str]]:
    for duty in newer.duties.values():
        before = older.duties.get(duty.id)
        if duty.sets and (before is None or before.sets != duty.sets):
            yield duty.sets, duty.id


def set_by_what_was(state: State, name: str, source: MarkSource) -> None:
    """By what happened before, in the episode it happened in; a decision as it was taken."""
    for act in state.acts:
        stamps = act.deciding if source.kind == "decision" else asserted(state, source, act.event, act.sending)
        set_all(state, name, act.episode, stamps)


def set_by_discharges(state: State, name: str, duty: str) -> None:
    """Where the discharge stood."""
    for one in state.obligations:
        if one.duty.id == duty and one.settled == DISCHARGED and one.settled_at is not None:
            set_all(state, name, one.settled_in, [one.settled_at])


def set_all(state: State, name: str, episode: int, stamps: Iterable[Anything]) -> None:
    marks = state.episodes[episode].marks
    for stamp in stamps:
        marks[name] = min(marks.get(name, stamp), stamp)


def weigh_anew(state: State) -> None:
    """What a milder matrix would take away stands as a provisional raise; what was supported is no worse than now."""
    before: Severity | None = state.governing
    state.supported = supported_by(state)
    if is_worse(state.remembered, state.supported):
        state.remembered = state.supported
    if is_worse(before, governed_by(state)):
        state.provisional = worst_of(state.provisional, before)
        state.worst_so_far = worst_of(state.worst_so_far, before)
