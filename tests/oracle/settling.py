"""*Duties* 5 and 7: what meets an obligation, and what ends it by name or at closing."""

from __future__ import annotations

from datetime import datetime
from typing import Any as Anything

from ir_policy.log.events import BreachFinding, StepDone, Waived
from ir_policy.rules.model import DoneBefore, Duty, IfMissed, Per
from oracle.asking import concerned, mark_stamp, stamp_of
from oracle.folding import set_mark
from oracle.notices import failed_for, is_to, names
from oracle.owing import closing_from, improve, surely_missed
from oracle.state import DISCHARGED, LAPSED, OTHERWISE, WAIVED, Act, Obligation, Stamp, State, Step

Way = tuple[Stamp, Act | None]
"""What an obligation was met at, and by which act, where it was one."""


def discharge(state: State, step: Step, duty: Duty, fresh: list[Obligation]) -> list[Duty]:
    """*Duties* 5: by an act of this event, by an act before, or by a state; the duties to look at again."""
    again: list[Duty] = []
    for one in state.obligations:
        if one.duty is not duty or not one.is_open():
            continue
        ways = [way for match in duty.met_by for way in met_now(state, step, one, match)]
        early = duty.done_before is not DoneBefore.DOES_NOT_COUNT
        if early and not one.repeat and any(one is each for each in fresh):
            ways = acts_before(state, step, one) + ways
        if not ways:
            continue
        met(state, one, ways)
        assert one.settled_at is not None
        if duty.sets:
            before = mark_stamp(state, duty.sets, len(state.episodes) - 1, Per.EPISODE)
            set_mark(state, duty.sets, one.settled_at)
            if mark_stamp(state, duty.sets, len(state.episodes) - 1, Per.EPISODE) != before:
                again += [other for other in state.rules() if duty.sets in other.starts]
    return again


def met(state: State, one: Obligation, ways: list[Way]) -> None:
    """*Duties* 5: by the earliest of them, and by what was folded first among equals."""
    stamp, act = min(ways, key=lambda way: way[0])
    settle(one, DISCHARGED, stamp)
    one.met_by_act = act
    one.settled_in = len(state.episodes) - 1


def met_now(state: State, step: Step, one: Obligation, match: Anything) -> list[Way]:
    """*Duties* 5: the stamp at which this event, or a state that stands now, meets the obligation."""
    if match.kind == "holding":
        starts = [start for role in match.names for start in state.tenures.get(role, {}).values()]
        return [(max(min(starts), one.anchor), None)] if starts else []
    if match.kind == "hold":
        return [(max(state.frozen_since, one.anchor), None)] if state.frozen_since is not None else []
    if match.kind == "level":
        return [((step.event.at, step.event.at), None)] if state.governing is not None else []
    if any(event is step.event for event in one.asked_by):
        return []
    if meets(state, state.acts[-1], one, match):
        return [(stamp_of(step.event), state.acts[-1])]
    return []


def acts_before(state: State, step: Step, one: Obligation) -> list[Way]:
    """*Duties* 5, ``done_before: counts``: matching acts before, in this episode or in the incident."""
    return [
        (stamp_of(act.event), act)
        for act in state.acts
        if act.event is not step.event
        and (one.duty.done_before is DoneBefore.COUNTS or stamp_of(act.event) >= one.anchor)
        and (one.duty.per is Per.INCIDENT or act.episode == len(state.episodes) - 1)
        and any(meets(state, act, one, match) for match in one.duty.met_by)
    ]


def meets(state: State, act: Act, one: Obligation, match: Anything) -> bool:
    """*Duties* 5: whether an act is of the kind asked, and a sending complete for this duty and recipient."""
    event = act.event
    if one.item and one.duty.given is not None and getattr(event, one.duty.given.item, None) != one.item:
        return False
    if match.kind == "event":
        return event.kind in match.names
    if match.kind == "step":
        return isinstance(event, StepDone) and event.step in match.names
    if match.kind == "finding":
        return isinstance(event, BreachFinding) and event.finding in match.names
    if match.kind != "notice":
        return False
    if "reviewed" in match.names:
        return is_review_of(state, act, one)
    sending = act.sending
    if sending is None or failed_for(state, sending, act.failed, one.recipient):
        return False
    if not is_to(state, sending.recipients, one.recipient):
        return False
    return "any" in match.names or (
        names(state, sending.duties, one.duty.id, one.duty.act)
        and (not match.stage or match.stage == sending.stage)
        and all(name in sending.states for name in one.duty.must_state)
    )


def is_review_of(state: State, act: Act, one: Obligation) -> bool:
    """*Duties* 5, ``{notice: reviewed}``: of a text that names the duty or one that needs it, and the recipient."""
    text = act.text
    if act.event.kind != "notice-reviewed" or text is None:
        return False
    wanted = {one.duty.id} | {rule.id for rule in state.rules() if rule.needs and rule.needs.duty == one.duty.id}
    return bool(wanted & set(text.duties)) and is_to(state, text.recipients, one.recipient)


def settle(one: Obligation, how: str, when: Stamp) -> None:
    one.settled, one.settled_at = how, when


def settle_by_name(state: State, step: Step) -> None:
    """*Duties* 7: waived by name; on an effective ``closed`` what lapses, lapses now or when it is missed."""
    event = step.event
    if event.kind == "closed":
        miss_before_closing(state, step)
    for one in list(state.obligations):
        if isinstance(event, Waived) and one.key == event.obligation and one.is_open():
            settle(one, WAIVED, (event.at, event.at))
        if event.kind != "closed" or not one.is_open() or one.episode != len(state.episodes) - 1:
            continue
        if one.duty.if_missed is not IfMissed.LAPSES:
            continue
        if one.is_pending(event.at):
            state.obligations.remove(one)
        elif one.binding is None or one.binding.early is None or surely_missed(one.binding, event.at):
            settle(one, LAPSED, (event.at, event.at))
        else:
            one.lapses = True


def miss_before_closing(state: State, step: Step) -> None:
    """*Duties* 7: what was to be met before closing gets the closing as its due."""
    for one in state.obligations:
        if one.is_open() and any(one is each for each in concerned(state, one.duty)):
            improve(one, closing_from(state, one, step, OTHERWISE))


def let_lapse(state: State, at: datetime) -> None:
    """*Duties* 7: an obligation left open at closing lapses at the instant it is missed."""
    for one in state.obligations:
        if one.is_open() and one.lapses and surely_missed(one.binding, at):
            assert one.binding is not None
            assert one.binding.late is not None
            missed_from = one.binding.late.missed_from
            settle(one, LAPSED, (missed_from, missed_from))
