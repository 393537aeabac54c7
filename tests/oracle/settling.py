"""*Duties* 5 and 7: what meets an obligation, and what ends it by name or at closing."""

from __future__ import annotations

from datetime import datetime
from typing import Any as Anything

from ir_policy.log.events import BreachFinding, StepDone, Waived
from ir_policy.rules.model import DoneBefore, Duty, IfMissed, Per
from oracle.asking import concerned, mark_stamp, stamp_of
from oracle.folding import set_mark
from oracle.owing import closing_from, improve, surely_missed
from oracle.state import DISCHARGED, LAPSED, OTHERWISE, WAIVED, Act, Obligation, Stamp, State, Step


def discharge(state: State, step: Step, duty: Duty, fresh: list[Obligation]) -> list[Duty]:
    """*Duties* 5: by an act of this event, by an act before, or by a state; the duties to look at again."""
    again: list[Duty] = []
    for one in state.obligations:
        if one.duty is not duty or not one.is_open():
            continue
        stamps = [stamp for match in duty.met_by for stamp in met_now(state, step, one, match)]
        early = duty.done_before is not DoneBefore.DOES_NOT_COUNT
        if early and not one.repeat and any(one is each for each in fresh):
            stamps += acts_before(state, step, one)
        if not stamps:
            continue
        settle(one, DISCHARGED, min(stamps))
        one.settled_in = len(state.episodes) - 1
        if duty.sets:
            before = mark_stamp(state, duty.sets, len(state.episodes) - 1, Per.EPISODE)
            set_mark(state, duty.sets, min(stamps))
            if mark_stamp(state, duty.sets, len(state.episodes) - 1, Per.EPISODE) != before:
                again += [other for other in state.rules() if duty.sets in other.starts]
    return again


def met_now(state: State, step: Step, one: Obligation, match: Anything) -> list[Stamp]:
    """*Duties* 5: the stamp at which this event, or a state that stands now, meets the obligation."""
    if match.kind == "holding":
        starts = [start for role in match.names for start in state.tenures.get(role, {}).values()]
        return [max(min(starts), one.anchor)] if starts else []
    if match.kind == "hold":
        return [max(state.frozen_since, one.anchor)] if state.frozen_since is not None else []
    if match.kind == "level":
        return [(step.event.at, step.event.at)] if state.governing is not None else []
    if any(event is step.event for event in one.asked_by):
        return []
    if meets(state, state.acts[-1], one, match):
        return [stamp_of(step.event)]
    return []


def acts_before(state: State, step: Step, one: Obligation) -> list[Stamp]:
    """*Duties* 5, ``done_before: counts``: matching acts before, in this episode or in the incident."""
    return [
        stamp_of(act.event)
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
    sending = act.sending
    if match.kind != "notice" or sending is None:
        return False
    if "any" in match.names:
        return one.recipient in sending.recipients
    named = [rule for rule in state.rules() if rule.id in sending.duties]
    names_it = any(rule.id == one.duty.id or (one.duty.act and rule.act == one.duty.act) for rule in named)
    return bool(
        names_it
        and one.recipient in sending.recipients
        and (not match.stage or match.stage == sending.stage)
        and all(name in sending.states for name in one.duty.must_state)
    )


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
