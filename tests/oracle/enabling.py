"""*Duties* 9, what comes first: what other duties need done before, with its latest start."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ir_policy.clocks import Deadline
from ir_policy.rules.model import Duty
from oracle.asking import is_owed
from oracle.notices import is_for, not_out, passes, would_hear
from oracle.owing import limit_at, surely_missed
from oracle.settling import discharge, settle
from oracle.state import CANCELLED, Due, Obligation, State, Step
from oracle.stepping import new_one


def look_at_what_comes_first(state: State, step: Step, duty: Duty) -> None:
    """*Duties* 9, for one enabling duty."""
    open_before = [one for one in state.obligations if one.duty is duty and one.is_open()]
    discharge(state, step, duty, [])
    state.happened["review met"] += any(not one.is_open() for one in open_before)
    needing = needed_by(state, duty) if is_owed(state, duty) else {}
    for one in state.obligations:
        if one.duty is not duty or not one.is_open():
            continue
        wanted = needing.get(one.recipient)
        if wanted is None or text_stands(state, step, wanted):
            settle(one, CANCELLED, (step.event.at, step.event.at))
            state.happened["review cancelled as not needed" if wanted is None else "review cancelled by a text"] += 1
            one.not_required = True
        else:
            before = one.shown
            give_due(state, step, one, wanted, step.how())
            count_move(state, before, one.shown)
    if state.is_former(duty):
        return
    for who in sorted(needing):
        is_open = any(one.is_open() for one in state.obligations if (one.duty.id, one.recipient) == (duty.id, who))
        if not is_open and not text_stands(state, step, needing[who]):
            soonest = soonest_of(needing[who])
            assert soonest.shown is not None
            one = new_one(state, step, duty, who, soonest.shown.anchor)
            give_due(state, step, one, needing[who], step.how())
            if one.lapses and surely_missed(one.binding, step.event.at):
                state.obligations.remove(one)  # it would lapse in this step
            else:
                state.happened["review opened"] += 1


def count_move(state: State, before: Due | None, after: Due | None) -> None:
    """Counts for those who make up logs: whether the latest start came earlier or later."""
    one, other = (due.early.at if due is not None and due.early is not None else None for due in (before, after))
    if one is not None and other is not None:
        state.happened["review due earlier"] += other < one
        state.happened["review due later"] += other > one


def needed_by(state: State, duty: Duty) -> dict[str, list[Obligation]]:
    """*Duties* 9: by recipient, the open obligations (of any episode) whose rule needs it; none that will only lapse."""
    reviewed = any(match.kind == "notice" and "reviewed" in match.names for match in duty.met_by)
    found: dict[str, list[Obligation]] = {}
    for one in state.obligations:
        if one.lapses or (reviewed and one.recipient in state.policy.notices.inside):
            continue
        if one.is_open() and one.duty.needs is not None and one.duty.needs.duty == duty.id:
            found.setdefault(one.recipient, []).append(one)
    return found


def soonest_of(needing: list[Obligation]) -> Obligation:
    """What needs it soonest: by its due less its lead; the first one where none has a deadline."""
    dated = [one for one in needing if one.shown is not None and one.shown.early is not None]
    return min(dated, key=latest_start) if dated else needing[0]


def latest_start(one: Obligation) -> tuple[object, object]:
    assert one.shown is not None
    assert one.shown.early is not None
    assert one.shown.late is not None
    return one.shown.early.at - lead_of(one), one.shown.late.at - lead_of(one)


def lead_of(one: Obligation) -> timedelta:
    assert one.duty.needs is not None
    return one.duty.needs.lead


def give_due(state: State, step: Step, one: Obligation, needing: list[Obligation], how: str) -> None:
    """*Duties* 9: the present due, earlier or later; set by this event where it is another one."""
    soonest = soonest_of(needing)
    before, shown = one.shown, soonest.shown
    within = limit_at(one.duty, state.governing)
    assert shown is not None
    assert within is not None
    early = late = None
    kind = shown.kind
    if shown.early is not None and shown.late is not None:
        early, late = Deadline(shown.early.at - lead_of(soonest)), Deadline(shown.late.at - lead_of(soonest))
        kind = within.limit.kind
    due = Due(within, shown.anchor, step.event, early, late, kind, how)
    if before is not None and (before.early, before.late) == (early, late):
        due = replace(due, event=before.event, how=before.how)
    one.anchor = shown.anchor
    one.shown = due
    if not surely_missed(one.binding, step.event.at):  # a breach is a fact
        one.binding = due if within.basis.binds else None


def text_stands(state: State, step: Step, needing: list[Obligation]) -> bool:
    """*Duties* 9: a text that is not out names what needs it, and passes every gate that a review releases."""
    gates = [gate for gate in state.policy.gates.values() if any(r.notice == "reviewed" for r in gate.until)]
    return any(
        not_out(kept)
        and kept.text is not None
        and any(
            is_for(state, kept.text.duties, kept.text.recipients, one)
            and would_hear(state, kept.text.recipients, one.recipient)
            for one in needing
        )
        and all(passes(state, kept, gate, step.event.at) for gate in gates)
        for kept in state.records.values()
    )
