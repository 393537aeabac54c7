"""*Duties* 8, not told: what a sending met that did not reach those it was for."""

from __future__ import annotations

from ir_policy.log.events import Event, Notice
from ir_policy.rules.model import IfMissed, Per
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
    one.lost.append(act)
    others = acts_after(state, one, act)
    if others:
        met(state, one, others)
        state.happened["met by another act instead"] += 1
        return
    one.settled, one.settled_at, one.met_by_act = "", None, None
    one.lapses = one.lapses or (state.closed and one.duty.if_missed is IfMissed.LAPSES)
    state.happened["opened again as not told"] += 1
    state.happened["opened again while closed"] += state.closed


def acts_after(state: State, one: Obligation, start: Act) -> list[Way]:
    """*Duties* 8: other acts of its episode, after that one in the order of the fold, which match."""
    place = next(index for index, act in enumerate(state.acts) if act is start)
    return [
        (stamp_of(act.event), act)
        for act in state.acts[place + 1 :]
        if (one.duty.per is Per.INCIDENT or act.episode == one.episode)
        and not any(asked is act.event for asked in one.asked_by)
        and any(meets(state, act, one, match) for match in one.duty.met_by)
    ]


def meet_again(state: State, one: Obligation, event: Notice) -> None:
    """*Duties* 8, ``notice-delivered``: by the first sending of this notice that had met it and is now known to have come."""
    for act in one.lost:
        sending = act.sending
        assert sending is not None
        ours = getattr(act.event, "notice", "") == event.notice
        if ours and not failed_for(state, sending, act.failed, one.recipient):
            met(state, one, [(stamp_of(act.event), act)])
            state.happened["met by a delivery"] += 1
            return
