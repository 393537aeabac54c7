"""*Duties*, step by step: scope, opening, hand-over, tightening, and what an event asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ir_policy.clocks import Deadline
from ir_policy.rules.model import Duty, Given, IfMissed, OnScopeExit
from oracle.asking import concerned, is_owed, is_ruled_out, of_any_rule, stamp_of, stated, worst_of
from oracle.owing import (
    anchor_of,
    candidate_from,
    closing_from,
    earlier,
    improve,
    is_exempted,
    limit_at,
    present_recipients,
    recipients_case,
    replaced_placeholders,
    surely_missed,
)
from oracle.settling import discharge, settle
from oracle.state import (
    CANCELLED,
    DISCHARGED,
    LAPSED,
    OPENED,
    OTHERWISE,
    Due,
    Obligation,
    Stamp,
    State,
    Step,
)


def look_at(state: State, step: Step, duty: Duty) -> list[Duty]:
    """*Duties*, 1 to 6, for one duty; the duties that start from a mark its discharge has set."""
    rule_out(state, step, duty)
    if duty.given is not None:
        again = discharge(state, step, duty, [])
        ask_for(state, step, duty, duty.given)
        return again
    if not state.is_former(duty):
        note_scope(state, step, duty)
    superseded = step.superseded.pop(duty.id, []) + leave_scope(state, step, duty)
    opened, revived = open_all(state, step, duty, superseded)
    if opened or not state.is_former(duty):
        hand_over(superseded, opened, step.event.at)
    else:
        step.superseded[duty.id] = superseded
    tighten(state, step, duty)
    return discharge(state, step, duty, [*opened, *revived])


def note_scope(state: State, step: Step, duty: Duty) -> None:
    """*Marks*, ``duty: in-scope``: the stamp of the event at which its own ``when`` first held, in each episode."""
    if is_owed(state, duty):
        state.now.in_scope.setdefault(duty.id, stamp_of(step.event))


def in_scope_for(state: State, duty: Duty) -> list[str]:
    """*Scope*: ``when`` definitely holds, the recipient is present, and it is not exempted."""
    if not is_owed(state, duty):
        return []
    return [who for who in present_recipients(state, duty) if not is_exempted(state, duty, who)]


def rule_out(state: State, step: Step, duty: Duty) -> None:
    """*Duties* 1, ``not_for``: what becomes of open obligations when the incident is closed with such an outcome."""
    if step.event.kind != "closed" or not is_ruled_out(state, duty):
        return
    by_notice = any(match.kind == "notice" for match in duty.met_by)
    at = step.event.at
    for one in concerned(state, duty):
        if not one.is_open():
            continue
        if one.is_pending(at):
            state.obligations.remove(one)
        elif surely_missed(one.binding, at):
            settle(one, LAPSED, (at, at))
        elif not (by_notice and one.recipient in state.now.promised):
            settle(one, CANCELLED, (at, at))
            one.not_required = True


def leave_scope(state: State, step: Step, duty: Duty) -> list[Obligation]:
    """*Duties* 1: what becomes of open obligations that are not in scope; the superseded ones."""
    superseded = []
    at = step.event.at
    here = in_scope_for(state, duty)
    for one in concerned(state, duty):
        was_inside, one.inside = one.inside, one.recipient in here
        if not one.is_open() or one.inside:
            continue
        if is_exempted(state, duty, one.recipient):
            settle(one, CANCELLED, (at, at))
            one.not_required = True
        elif one.is_pending(at):
            state.obligations.remove(one)
        elif one.recipient in replaced_placeholders(state, duty):
            settle(one, CANCELLED, (at, at))
            superseded.append(one)
        elif (
            duty.on_scope_exit is OnScopeExit.CANCEL
            and was_inside
            and (step.lowered_in_error or step.turned_to_no)
            and not surely_missed(one.binding, at)
            and one.recipient not in state.now.promised
        ):
            settle(one, CANCELLED, (at, at))
    return superseded


def open_all(
    state: State, step: Step, duty: Duty, superseded: list[Obligation]
) -> tuple[list[Obligation], list[Obligation]]:
    """*Duties* 2: open, revive or repeat for every recipient in scope; what opened and what was revived.

    *Another version*: by a former rule only those open to whom a placeholder is handed over, nothing else.
    """
    opened: list[Obligation] = []
    revived: list[Obligation] = []
    anchor = anchor_of(state, duty, len(state.episodes) - 1, state.governing)
    if anchor is None or (duty.opens_after is not None and state.closed):
        return opened, revived
    for who in in_scope_for(state, duty):
        under_any = of_any_rule(state, duty, who)
        latest = under_any[-1] if under_any else None
        if state.is_former(duty) and not (superseded if latest is None else is_cancelled(latest, duty)):
            continue
        if latest is not None and latest.settled == CANCELLED:
            revive(state, step, latest, duty)
            revived.append(latest)
        elif latest is None:
            opened.append(open_one(state, step, duty, who, anchor))
        elif repeats(state, step, duty) and latest.settled == DISCHARGED:
            repeat = open_one(state, step, duty, who, stamp_of(step.event))
            repeat.repeat = True
            opened.append(repeat)
    return opened, revived


def is_cancelled(one: Obligation, duty: Duty) -> bool:
    return one.duty is duty and one.settled == CANCELLED


def repeats(state: State, step: Step, duty: Duty) -> bool:
    """*Duties* 2, ``again_on``: the governing level got worse, and is as bad as the duty asks."""
    least = duty.again_on_raise
    return bool(least and state.governing and step.raised and not least.worse_than(state.governing))


def revive(state: State, step: Step, one: Obligation, duty: Duty) -> None:
    """*Duties* 2: original anchor, candidate and old deadline, whichever is earlier.

    *Deadlines*: a revived due is set by the reviving event, unless it was missed before it was cancelled.
    """
    assert one.settled_at is not None
    one.duty = duty  # *Another version*: where the rule in force revives it, it goes on under that
    missed_before = surely_missed(one.binding, one.settled_at[0])
    one.settled, one.settled_at = "", None
    one.not_required = one.superseded = False
    if not missed_before:
        one.shown, one.binding = set_anew(one.shown, step), set_anew(one.binding, step)
    one.lapses = state.closed and one.duty.if_missed is IfMissed.LAPSES
    one.level = worst_of(one.level, state.governing)
    again = one.anchor if one.repeat else anchor_of(state, duty, len(state.episodes) - 1, one.level)
    improve(one, candidate_from(state, duty, one.level, again, step, OPENED))
    improve(one, closing_from(state, one, step, OPENED))


def set_anew(due: Due | None, step: Step) -> Due | None:
    return None if due is None else replace(due, event=step.event, how=OPENED)


def open_one(state: State, step: Step, duty: Duty, who: str, anchor: Stamp) -> Obligation:
    """*Duties* 2: with the limit from its anchor, and while the incident is closed the closing."""
    one = new_one(state, step, duty, who, anchor)
    improve(one, candidate_from(state, duty, state.governing, anchor, step, step.how()))
    improve(one, closing_from(state, one, step, step.how()))
    return one


def new_one(state: State, step: Step, duty: Duty, who: str, anchor: Stamp) -> Obligation:
    """*Duties*: numbered from 0 for that duty and recipient over the whole incident."""
    number = sum(one.duty.id == duty.id and one.recipient == who for one in state.obligations)
    one = Obligation(duty, who, number, len(state.episodes) - 1, step.event, anchor, level=state.governing)
    one.lapses = state.closed and duty.if_missed is IfMissed.LAPSES
    state.obligations.append(one)
    return one


def hand_over(superseded: list[Obligation], opened: list[Obligation], at: datetime) -> None:
    """*Duties* 3: the first that opens takes over the placeholder's anchor and deadlines, and a breach as it is."""
    for old in superseded:
        for heir in [one for one in opened if not one.repeat][:1]:
            old.superseded = True  # with nobody to take it over the breach stays where it is: no power removes it
            heir.anchor = min(heir.anchor, old.anchor)
            heir.shown = earlier(old.shown, heir.shown)
            missed = surely_missed(old.binding, at)
            heir.binding = old.binding if missed else earlier(old.binding, heir.binding)


def tighten(state: State, step: Step, duty: Duty) -> None:
    """*Duties* 4: every open obligation, in scope or not; never later, and a binding due already missed stays."""
    for one in concerned(state, duty):
        if not one.is_open():
            continue
        one.level = worst_of(one.level, state.governing)
        if one.repeat:
            anchor: Stamp | None = one.anchor
        else:
            anchor = anchor_of(state, duty, len(state.episodes) - 1, one.level)
            if anchor is not None:
                one.anchor = min(one.anchor, anchor)
        make_earlier(state, step, one, candidate_from(state, duty, one.level, anchor, step, how_tightened(step)))
    if not state.is_former(duty):
        tighten_former(state, step, duty)


def how_tightened(step: Step) -> str:
    """*Another version*: what is past when an adoption sets it is born overdue."""
    return step.how() if step.raised or step.adopts else OTHERWISE


def make_earlier(state: State, step: Step, one: Obligation, due: Due | None) -> None:
    """*Duties* 4: a binding due already missed at this event stays as it is."""
    missed = one.binding if surely_missed(one.binding, step.event.at) else None
    improve(one, due)
    one.binding = missed or one.binding


def tighten_former(state: State, step: Step, duty: Duty) -> None:
    """*Another version*: the rule in force may tighten what is open under a former one, in scope or not."""
    for who in sorted({one.recipient for one in state.obligations if one.duty.id == duty.id}):
        for one in of_any_rule(state, duty, who)[-1:]:
            if one.duty is duty or not one.is_open():
                continue
            anchor = one.anchor if one.repeat else anchor_of(state, duty, len(state.episodes) - 1, one.level)
            due = candidate_from(state, duty, one.level, anchor, step, how_tightened(step))
            before = one.shown, one.binding
            make_earlier(state, step, one, due)
            one.tightened = one.tightened or (one.shown, one.binding) != before


# --- given by the event ---------------------------------------------------------------------------------


def ask_for(state: State, step: Step, duty: Duty, given: Given) -> None:
    """*Duties* 6: an event that states until when opens one for each recipient, or makes an open one earlier."""
    event = step.event
    until = stated(event, given.due, state.sending)
    if not is_owed(state, duty) or event.kind not in given.kinds or until is None:
        return
    item = (getattr(event, given.item, "") or "") if given.item else ""
    owner = (getattr(event, given.owner, "") or "") if given.owner else ""
    for who in asked_for(state, duty):
        mine = [one for one in of_any_rule(state, duty, who) if one.is_open() and one.item == item]
        if state.is_former(duty):  # *Another version*: it makes earlier what runs under it, and opens nothing
            mine = [one for one in mine if one.duty is duty]
            if not mine:
                continue
        one = mine[-1] if mine else new_one(state, step, duty, who, stamp_of(event))
        one.item = item
        within = limit_at(duty, state.governing)
        assert within is not None
        due = Due(within, stamp_of(event), event, Deadline(until), Deadline(until), within.limit.kind, OPENED)
        make_earlier(state, step, one, due)
        one.owner = owner or one.owner
        one.asked_by.append(event)


def asked_for(state: State, duty: Duty) -> list[str]:
    """*Duties* 6: those of ``owed_to``, or, with ``told``, those of the sending."""
    case = recipients_case(state, duty)
    if case is not None and case.told:
        return sorted(set(state.sending.recipients)) if state.sending is not None else []
    return present_recipients(state, duty)
