"""*Duties* 8, not told: what a sending met that did not reach those it was for."""

from __future__ import annotations

from ir_policy.log.events import Event, Notice
from ir_policy.rules.model import DoneBefore, IfMissed, Per
from oracle.asking import is_ruled_out, stamp_of
from oracle.notices import failed_for
from oracle.settling import Way, meets, met
from oracle.state import DISCHARGED, Act, Obligation, State


def not_told(state: State, event: Event) -> None:
    """*Duties* 8: after all else of the step."""
    if not isinstance(event, Notice) or event.kind not in ("notice-failed", "notice-delivered"):
        return
    for one in list(state.obligations):
        if event.kind == "notice-failed" and one.settled == DISCHARGED:
            open_again(state, one, event)
        elif event.kind == "notice-delivered" and one.is_open():
            meet_again(state, one, event)


def open_again(state: State, one: Obligation, event: Notice) -> None:
    """*Duties* 8: with what it had, unless another act matches, or the incident is closed with an outcome it is not for."""
    act = one.met_by_act
    if act is None or act.sending is None or getattr(act.event, "notice", "") != event.notice:
        return
    if not failed_for(state, act.sending, act.failed, one.recipient) or is_ruled_out(state, one.duty):
        return
    others = ways_from(state, one, act, include=False)
    if others:
        met(state, one, others)
        state.happened["met by another act instead"] += 1
        return
    one.settled, one.settled_at, one.met_by_act = "", None, None
    one.lapses = state.closed and one.duty.if_missed is IfMissed.LAPSES
    state.happened["opened again as not told"] += 1
    state.happened["opened again while closed"] += state.closed


def meet_again(state: State, one: Obligation, event: Notice) -> None:
    """*Duties* 8, ``notice-delivered``: by the earliest act from the first sending on, where that is one of this notice."""
    sendings = [
        act for act in state.acts if act.sending is not None and getattr(act.event, "notice", "") == event.notice
    ]
    if not sendings:
        return
    ways = ways_from(state, one, sendings[0], include=True)
    if not ways:
        return
    first = min(ways, key=lambda way: way[0])
    if any(first[1] is act for act in sendings):
        met(state, one, [first])
        state.happened["met by a delivery"] += 1


def ways_from(state: State, one: Obligation, start: Act, *, include: bool) -> list[Way]:
    """Acts of its episode, not before that one, which match."""
    return [
        (stamp_of(act.event), act)
        for place, act in enumerate(state.acts)
        if (include or act is not start)
        and stamp_of(act.event) >= stamp_of(start.event)
        and (one.duty.per is Per.INCIDENT or act.episode == one.episode)
        and not any(asked is act.event for asked in one.asked_by)
        and (place + 1 >= one.opened_at_act or counts_before(one, act))
        and any(meets(state, act, one, match) for match in one.duty.met_by)
    ]


def counts_before(one: Obligation, act: Act) -> bool:
    """*Duties* 5: whether what was done before it opened counts; for a repeat it does not."""
    if one.repeat or one.duty.done_before is DoneBefore.DOES_NOT_COUNT:
        return False
    return one.duty.done_before is DoneBefore.COUNTS or stamp_of(act.event) >= one.anchor
