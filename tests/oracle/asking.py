"""Questions to the state: conditions, who may act, what an event says, the stamps of marks."""

from __future__ import annotations

from typing import Any as Anything

from ir_policy.log.events import Event, Notice, SeverityDecided
from ir_policy.rules.conditions import All, Any, Atom, Condition, Not
from ir_policy.rules.model import Duty, Per, Policy
from ir_policy.terms import NO, UNKNOWN, YES, Severity, Truth
from oracle.state import Episode, Obligation, Register, Sending, Stamp, State


def stamp_of(event: Event) -> Stamp:
    """*Order*: ``since`` where the event has one, else ``at``, which is a span where it has a precision."""
    since = getattr(event, "since", None)
    if since is not None:
        return since, since
    return event.at, event.latest


def truth(condition: Condition, register: Register) -> Truth:
    """*Facts*: all, any and not over yes, no and not known, by plain recursion."""
    if isinstance(condition, Atom):
        return register(condition)
    if isinstance(condition, Not):
        inner = truth(condition.part, register)
        return {YES: NO, NO: YES, UNKNOWN: UNKNOWN}[inner]
    parts = [truth(part, register) for part in condition.parts]
    if isinstance(condition, All):
        if NO in parts:
            return NO
        return UNKNOWN if UNKNOWN in parts else YES
    assert isinstance(condition, Any)
    if YES in parts:
        return YES
    return UNKNOWN if UNKNOWN in parts else NO


def known(state: State) -> Register:
    """*Facts*: the table of atoms."""

    def register(atom: Atom) -> Truth:
        if atom.kind == "fact":
            return state.facts.get(atom.name, UNKNOWN)
        if atom.kind == "severity":
            if state.governing is None:
                return UNKNOWN
            return yes_or_no(not Severity[atom.name].worse_than(state.governing))
        if atom.kind == "mark":
            per = state.policy.marks[atom.name].per
            return yes_or_no(mark_stamp(state, atom.name, len(state.episodes) - 1, per) is not None)
        if atom.kind == "step":
            return yes_or_no(atom.name in state.now.steps)
        if atom.kind == "phase":
            return yes_or_no(state.phase.value == atom.name)
        if atom.kind == "finding":
            return yes_or_no(atom.name in state.findings)
        if atom.kind == "drill":
            return yes_or_no(state.drill)
        if atom.kind == "some":
            said = [value for fact, value in state.facts.items() if fact.partition("/")[0] == atom.name and "/" in fact]
            return YES if YES in said else UNKNOWN
        if atom.kind == "settled":
            asked = [duty for duty in state.rules() if atom.name in (duty.id, duty.basis.value)]
            return yes_or_no(all(is_settled(state, duty) for duty in asked))
        assert atom.kind == "unassessed"
        return yes_or_no(state.governing is None)

    return register


def yes_or_no(value: bool) -> Truth:
    return YES if value else NO


def definitely(state: State, condition: Condition) -> bool:
    """*Facts*: duties open on a definite yes."""
    return truth(condition, known(state)) is YES


def is_settled(state: State, duty: Duty) -> bool:
    """*Facts*, ``settled``: no obligation of it is open, in this episode or in the incident; pending counts as open."""
    return not any(one.is_open() for one in concerned(state, duty))


def concerned(state: State, duty: Duty) -> list[Obligation]:
    """*Duties*: obligations of this episode; for a duty counted per incident, all of them."""
    return [
        one
        for one in state.obligations
        if one.duty is duty and (duty.per is Per.INCIDENT or one.episode == len(state.episodes) - 1)
    ]


def of_any_rule(state: State, duty: Duty, recipient: str) -> list[Obligation]:
    """*Another version*: those of one recipient under whatever rule of that duty, as far as this rule looks back."""
    return [
        one
        for one in state.obligations
        if (one.duty.id, one.recipient) == (duty.id, recipient)
        and (duty.per is Per.INCIDENT or one.episode == len(state.episodes) - 1)
    ]


def is_ruled_out(state: State, duty: Duty) -> bool:
    """*Scope*: the incident is closed with an outcome for which the duty is not owed."""
    return state.closing is not None and state.closing.outcome in duty.not_for


def is_owed(state: State, duty: Duty) -> bool:
    """*Scope*: its ``when`` definitely holds, which it does not while the duty is ruled out."""
    return not is_ruled_out(state, duty) and definitely(state, duty.when.source)


# --- what an event says ---------------------------------------------------------------------------------


def complete(state: State, event: Notice) -> Sending:
    """*Duties* 5: a sending takes from the draft of the same notice what it leaves out."""
    draft = state.drafts.get(event.notice) if event.notice else None
    if draft is None:
        return Sending(event.duties, event.recipients, event.states, event.stage, event.next_update_by)
    return Sending(
        event.duties or draft.duties,
        event.recipients or draft.recipients,
        event.states or draft.states,
        event.stage or draft.stage,
        event.next_update_by or draft.next_update_by,
    )


def complete_if_sent(state: State, event: Event) -> Sending | None:
    """What a sending was sent as, with the drafts as they are now; nothing for any other event."""
    return complete(state, event) if isinstance(event, Notice) and event.kind == "notice-sent" else None


def stated(event: Event, name: str, sending: Sending | None) -> Anything:
    """What an event states in that field; of a sending also what its draft promises."""
    if sending is not None and name == "next_update_by":
        return sending.next_update_by
    return getattr(event, name, None)


def decision_is(state: State, event: SeverityDecided) -> set[str]:
    """*Forbidden*: whether a decision is not-worse, lowering, differing, or several of these."""
    words = set()
    if not event.severity.worse_than(state.governing or Severity.SEV3):
        words.add("not-worse")
    if state.governing is not None and state.governing.worse_than(event.severity):
        words.add("lowering")
    if state.supported is not None and state.supported is not event.severity:
        words.add("differing")
    return words


def is_authorised(state: State, event: SeverityDecided) -> bool:
    """*Marks*: by somebody who may act in a role that decides the level."""
    return any(may_act(state, event.by, role) for role in deciding_roles(state.policy))


def deciding_roles(policy: Policy) -> set[str]:
    """*Marks*: roles that release a gate on not-worse decisions."""
    return {
        role
        for gate in policy.gates.values()
        if any(f.kind == "decision" and f.name == "not-worse" for f in gate.forbids)
        for release in gate.until
        for role in release.roles
    }


def may_act(state: State, name: str, role: str) -> bool:
    """*Forbidden*, who may act: the role itself, a holder, and while nobody holds it its primary contact."""
    holders = state.tenures.get(role, {})
    if name == role or name in holders:
        return True
    rule = state.policy.roles.get(role)
    return rule is not None and not holders and name == rule.contact


# --- marks ----------------------------------------------------------------------------------------------


def mark_stamp(
    state: State, name: str, episode: int, per: Per, duty: Duty | None = None, at_level: Severity | None = None
) -> Stamp | None:
    """*Marks*: as it stands in one episode, or the earliest in any."""
    rule = state.policy.marks[name]
    if rule.per is Per.INCIDENT or per is Per.INCIDENT:
        seen = state.episodes
    else:
        seen = [state.episodes[episode]]
    stamps = []
    for one in seen:
        if name in one.marks:
            stamps.append(one.marks[name])
        for source in rule.sources:
            if source.kind == "level":
                stamps += level_stamps(state, one, duty, at_level)
            if source.kind == "duty" and duty is not None and duty.id in one.in_scope:
                stamps.append(one.in_scope[duty.id])
    return min(stamps, default=None)


def level_stamps(state: State, episode: Episode, duty: Duty | None, at_level: Severity | None) -> list[Stamp]:
    """*Duties*, anchor: that level and milder ones with its limit, at which the duty would be owed."""
    governing = state.governing
    if duty is None:
        return [episode.reached[governing]] if governing in episode.reached else []
    if at_level is None:
        return []
    limits = dict(zip(Severity, duty.within, strict=True))
    found = []
    for level in Severity:
        if level.worse_than(at_level) or level not in episode.reached or limits[level] is not limits[at_level]:
            continue
        state.governing = level
        if is_owed(state, duty):
            found.append(episode.reached[level])
        state.governing = governing
    return found


# --- levels ---------------------------------------------------------------------------------------------


def worst_of(*levels: Severity | None) -> Severity | None:
    """The worst of these; no level is milder than any."""
    found = None
    for one in levels:
        if one is not None and (found is None or one.worse_than(found)):
            found = one
    return found


def is_worse(one: Severity | None, other: Severity | None) -> bool:
    """Whether the first is worse; no level is milder than any."""
    return one is not None and (other is None or one.worse_than(other))
