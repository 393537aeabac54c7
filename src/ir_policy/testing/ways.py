"""What a policy's rules speak of and wait for, worked out from the policy alone: nothing here is drawn by chance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from ir_policy.rules.conditions import All, Atom, Condition, Not
from ir_policy.rules.model import INTERNAL, ActMatch, Duty, Policy, Recipients
from ir_policy.terms import Phase, Severity, Truth

__all__ = ["forms", "members", "paged", "paging_lengths", "recipients_of", "stages_of", "way_to"]

Act = tuple[str, dict[str, Any]]
"""A kind of event and what it says."""


def paged(policy: Policy) -> tuple[str, ...]:
    """The levels and roles the policy pages, and a word that is none of them."""
    rules = [tool.paging for tool in policy.about.tooling.values() if tool.paging is not None]
    return tuple(dict.fromkeys([level for rule in rules for level in (*rule.levels, *rule.then)] + ["first"]))


def paging_lengths(policy: Policy) -> set[timedelta]:
    """How long the policy waits for an answer, and how long one holds."""
    rules = [tool.paging for tool in policy.about.tooling.values() if tool.paging is not None]
    return {length for rule in rules for length in (*rule.within.values(), *rule.holds.values())}


def way_to(policy: Policy, *acts: tuple[str, str]) -> list[Act]:
    """Events that release the gates on these acts, and before each of them what releases the gates on it.

    An act is named as gates name it: ``("outcome", "resolved")``. What no event can bring about is left out.
    """
    return _way(policy, acts, set())


def _way(policy: Policy, acts: Iterable[tuple[str, str]], been: set[str]) -> list[Act]:
    found: list[Act] = []
    for gate in policy.gates.values():
        if gate.id in been or not any((one.kind, one.name) in acts for one in gate.forbids):
            continue
        been.add(gate.id)
        conditions = [release.condition.source for release in gate.until if release.condition is not None]
        for kind, said in _making_so(policy, conditions[0]) if conditions else ():
            of_its_own = [("event", kind), *((name, str(what)) for name, what in said.items())]
            found += [*_way(policy, of_its_own, been), (kind, said)]
    return found


def _making_so(policy: Policy, condition: Condition, truth: Truth = Truth.YES) -> list[Act]:
    """Events after which the condition is so, as far as events can make it so."""
    if isinstance(condition, Not):
        return _making_so(policy, condition.part, Truth.NO)
    if not isinstance(condition, Atom):
        every = isinstance(condition, All) == (truth is Truth.YES)
        parts = condition.parts if every else condition.parts[:1]
        return [act for part in parts for act in _making_so(policy, part, truth)]
    name = condition.name
    if condition.kind == "fact":
        return [("facts-reported", {"facts": {name: truth}})]
    if condition.kind == "some":
        return [("facts-reported", {"facts": {f"{name}/{members(policy, name)[0]}": truth}})]
    if condition.kind == "phase":
        return _through_phases(Phase(name))
    if condition.kind == "mark":
        sources = policy.marks[name].sources[:1]
        return [act for source in sources for act in _happening(source.kind, source.name)]
    if condition.kind == "settled":
        return [act for duty in policy.asked_about(name) for act in _meeting(policy, duty)]
    return _happening(condition.kind, name)


def _through_phases(last: Phase) -> list[Act]:
    """That phase, with those before it found not applicable."""
    before = list(Phase)[1 : list(Phase).index(last)]
    skipped = [("phase-not-applicable", {"phase": phase, "reason": "words"}) for phase in before]
    return [*skipped, ("phase-entered", {"phase": last})]


def _meeting(policy: Policy, duty: Duty) -> list[Act]:
    """An act that meets the duty, whoever it is owed to."""
    act = duty.met_by[0]
    if act.kind != "notice":
        return _happening(act.kind, act.names[0])
    said = {"duties": (duty.id,), "recipients": recipients_of(policy, duty.owed_to), "states": duty.must_state}
    return [("notice-sent", said | ({"stage": act.stage} if act.stage else {}))]


def _happening(kind: str, name: str) -> list[Act]:
    """The event that such a source, act or condition names."""
    if kind == "fact":
        return [("facts-reported", {"facts": {name: Truth.YES}})]
    if kind == "step":
        return [("step-done", {"step": name})]
    if kind == "finding":
        return [("breach-finding", {"finding": name})]
    if kind == "decision":
        return [("severity-decided", {"severity": Severity.SEV3, "reason": "words"})]
    return [(name, dict(_PLAIN[name]))] if kind == "event" and name in _PLAIN else []


_PLAIN: Final[dict[str, dict[str, Any]]] = {
    "recovered": {}, "postmortem-distributed": {}, "hold-started": {"scope": "words"},
    "merged": {"into": "inc-2", "reason": "words"}, "channel-opened": {"channel": "words"},
    "documented": {"summary": "words", "disposition": "words"},
}  # fmt: skip
"""What such an event says where it matters only that it happened."""


# --- who and what there is ------------------------------------------------------------------------------


def forms(policy: Policy, field: str) -> list[str]:
    """The forms that gates ask of a field."""
    releases = [release for gate in policy.gates.values() for release in gate.until]
    return [release.form.like for release in releases if release.form is not None and release.form.field == field]


def members(policy: Policy, family: str) -> tuple[str, ...]:
    """Some members a family can have: all where it is closed; else known ones, two of each group, and a stranger."""
    rule = policy.families[family]
    if rule.members:
        return tuple(sorted(rule.members))
    cases = [case for duty in policy.duties.values() for case in duty.owed_to if case.each == family]
    grouped = [member for case in cases if case.group for member in (*sorted(case.among)[:2], case.group)]
    return tuple(dict.fromkeys((*rule.known, *grouped, "one", *(() if grouped else ("two",)))))


def recipients_of(policy: Policy, cases: tuple[Recipients, ...]) -> tuple[str, ...]:
    """To whom a duty may be owed, placeholders among them."""
    found: list[str] = []
    for case in cases:
        if case.to:
            found.append(case.to)
            continue
        if case.told:
            found.append(INTERNAL)
            continue
        if case.owed:
            found += recipients_of(policy, policy.duties[case.owed].owed_to)
            continue
        named = [member for member in members(policy, case.each) if not case.group or member in case.among]
        found += [*(f"{case.as_}/{member}" for member in named), case.unnamed]
    return tuple(dict.fromkeys(recipient for recipient in found if recipient))


def stages_of(acts: Iterable[ActMatch]) -> list[str]:
    """The stages of a notice that the acts ask for."""
    return sorted({act.stage for act in acts if act.stage})
