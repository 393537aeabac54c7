"""*Duties*: to whom a duty is owed, from when and until when."""

from __future__ import annotations

from datetime import datetime

from ir_policy.clocks import BeforeClosed, Deadline, due_of
from ir_policy.rules.model import Duty, Per, Recipients, Within
from ir_policy.terms import NO, Severity
from oracle.asking import definitely, is_owed, mark_stamp, stamp_of
from oracle.state import CANCELLED, Due, Obligation, Stamp, State, Step


def recipients_case(state: State, duty: Duty) -> Recipients | None:
    """*Duties*: the first case whose ``when`` is absent or definitely yes."""
    for case in duty.owed_to:
        if case.when is None or definitely(state, case.when.source):
            return case
    return None


def named_recipients(state: State, case: Recipients) -> list[str]:
    """*Duties*, ``each``: members reported yes or unknown, and known members not reported no."""
    family = state.policy.families[case.each]
    members = {name.partition("/")[2] for name in state.facts if name.startswith(case.each + "/")}
    named = {member for member in members if state.facts[f"{case.each}/{member}"] is not NO}
    named |= {member for member in family.known if state.facts.get(f"{case.each}/{member}") is not NO}
    if case.group:
        named = {member for member in named if member in case.among}
    return sorted(f"{case.as_}/{member}" for member in named)


def present_recipients(state: State, duty: Duty) -> list[str]:
    """*Duties*: to whom the duty is owed now, in order."""
    case = recipients_case(state, duty)
    if case is None:
        return []
    if case.owed:
        return followed_recipients(state, duty, case)
    if not case.each:
        return [case.to]
    named = named_recipients(state, case)
    if named or not case.unnamed:
        return named
    if case.group:
        every = [state.facts.get(f"{case.each}/{member}") for member in case.among]
        if state.facts.get(f"{case.each}/{case.group}") is NO or all(value is NO for value in every):
            return []
    return [case.unnamed]


def followed_recipients(state: State, duty: Duty, case: Recipients) -> list[str]:
    """*Duties*, ``owed``: every recipient of an obligation of the other duty that is not cancelled."""
    return sorted(
        {
            one.recipient
            for one in state.obligations
            if one.duty.id == case.owed
            and one.settled != CANCELLED
            and (duty.per is Per.INCIDENT or one.episode == len(state.episodes) - 1)
        }
    )


def placeholders(state: State, duty: Duty) -> set[str]:
    """*Duties*: who stands in while nobody is named; of a duty that follows another one it is the other duty's.

    *Another version*: by whatever rule what it follows is owed.
    """
    case = recipients_case(state, duty)
    if case is None:
        return set()
    if not case.owed:
        return {case.unnamed} - {""}
    return {one for rule in state.rules() if rule.id == case.owed for one in placeholders(state, rule)}


def replaced_placeholders(state: State, duty: Duty) -> set[str]:
    """*Hand-over*: placeholders whose place named recipients have taken."""
    stand_in = placeholders(state, duty)
    named = set(present_recipients(state, duty)) - stand_in
    return stand_in if is_owed(state, duty) and named else set()


def is_exempted(state: State, duty: Duty, recipient: str) -> bool:
    """*Scope*: an effective ``not-notifying`` for it while ``unless`` definitely holds."""
    return (duty.id, recipient) in state.exempted and duty.unless is not None and definitely(state, duty.unless.source)


def anchor_of(state: State, duty: Duty, episode: int, level: Severity | None) -> Stamp | None:
    """*Duties*: the earliest of the marks it starts from, or the latest where all must stand."""
    stamps = [mark_stamp(state, name, episode, duty.per, duty, level) for name in duty.starts]
    standing = [stamp for stamp in stamps if stamp is not None]
    if duty.starts_latest:
        anchor = max(standing) if standing and len(standing) == len(stamps) else None
    else:
        anchor = min(standing, default=None)
    return anchor if anchor is not None and in_force(state, duty, anchor) else None


def in_force(state: State, duty: Duty, anchor: Stamp) -> bool:
    """*Duties*: a rule of law applies only if the anchor's civil day lies in its force."""
    if duty.source is None:
        return True
    day = state.policy.calendar.local_date(anchor[0])
    first, after = duty.source.in_force_from, duty.source.in_force_to
    return (first is None or first <= day) and (after is None or day < after)


def limit_at(duty: Duty, level: Severity | None) -> Within | None:
    """*Duties*: the limit for that level; a single limit serves also without a level."""
    if all(within is duty.within[0] for within in duty.within):
        return duty.within[0]
    return None if level is None else duty.within[level.index]


def candidate_from(
    state: State, duty: Duty, level: Severity | None, anchor: Stamp | None, step: Step, how: str
) -> Due | None:
    """*Duties*: the limit for that level from the anchor."""
    within = limit_at(duty, level)
    if anchor is None or within is None:
        return None
    early, kind = due_of(within.limit, anchor[0], state.policy.calendar)
    late, _ = due_of(within.limit, anchor[1], state.policy.calendar)
    return Due(within, anchor, step.event, early, late or early, kind, how)


def closing_from(state: State, one: Obligation, step: Step, how: str) -> Due | None:
    """*Duties* 7, before closing: the closing itself as the due, exclusively; an imprecise one gives a span."""
    within = limit_at(one.duty, one.level)
    if state.closing is None or within is None or not isinstance(within.limit, BeforeClosed):
        return None
    first, last = stamp_of(state.closing)
    early, late = Deadline(first, inclusive=False), Deadline(last, inclusive=False)
    return Due(within, one.anchor, step.event, early, late, within.limit.kind, how)


def earlier(one: Due | None, other: Due | None) -> Due | None:
    """*Deadlines*: earliest means missed first; the first given stays where neither is earlier."""
    if one is None or (one.early is None and other is not None and other.early is not None):
        return other
    if other is None or other.early is None:
        return one
    return other if other.missed_first < one.missed_first else one


def improve(one: Obligation, candidate: Due | None) -> None:
    """*Deadlines*: the due it shows is the earliest of any basis, the binding one the earliest that binds."""
    if candidate is not None:
        one.shown = earlier(one.shown, candidate)
        if candidate.within.basis.binds:
            one.binding = earlier(one.binding, candidate)


def maybe_missed(due: Due | None, at: datetime) -> bool:
    """Missed if the record is read at its worst."""
    return due is not None and due.early is not None and due.early.missed(at)


def surely_missed(due: Due | None, at: datetime) -> bool:
    """Missed for certain: in its latest form."""
    return due is not None and due.late is not None and due.late.missed(at)
