"""*Deadlines* and *Verdicts*: how an obligation stands at an instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from oracle.blocking import blocked_by
from oracle.notices import is_for
from oracle.owing import maybe_missed, surely_missed
from oracle.state import (
    ACTIVE,
    CANCELLED,
    DISCHARGED,
    LAPSED,
    OPENED,
    PENDING,
    RAISE,
    WAIVED,
    Due,
    Obligation,
    Row,
    State,
)


def read_off(state: State, one: Obligation, now: datetime) -> Row:
    """*Deadlines* and *Verdicts*, at an instant not before the last event folded."""
    one = replace(one)
    if one.is_open() and one.lapses and surely_missed(one.binding, now):
        assert one.binding is not None
        assert one.binding.late is not None
        one.settled = LAPSED
        one.settled_at = (one.binding.late.missed_from, one.binding.late.missed_from)
    shown = one.shown.early if one.shown is not None else None
    met_at = one.settled_at[0] if one.settled == DISCHARGED and one.settled_at else None
    return Row(
        duty=one.duty.id,
        status=one.settled or (PENDING if one.is_pending(now) else ACTIVE),
        due_at=shown.at if shown else None,
        due_kind=one.shown.kind if one.shown else "",
        boundary=shown.boundary if shown else "",
        binding_due_at=one.binding.early.at if one.binding and one.binding.early else None,
        verdict=verdict(state, one, now),
        breach=breach(state, one, now),
        met_at=met_at,
        late_by=met_at - shown.at if met_at and shown and shown.missed(met_at) else None,
        episode=one.episode,
        opened_at=one.opens_at() if one.duty.opens_after is not None else one.opened_by.at,
        anchor=one.anchor[0],
        reckoned_from=(one.shown.anchor if one.shown else one.anchor)[0],
        item=one.item,
        owed_by=one.owner or one.duty.owed_by,
        blocked_by=blocked_by(state, one, now),
    )


def breach(state: State, one: Obligation, now: datetime) -> tuple[datetime, datetime, str] | None:
    """*Deadlines*: an open one once its binding deadline is missed, a settled one if it was missed then."""
    due = one.binding
    if due is None or due.late is None or one.superseded or one.is_pending(now):
        return None
    until = now if one.settled_at is None else one.settled_at[0]
    if not due.late.missed(until):
        return None
    learnt = due.event.recorded_at or due.event.at
    why = cause(due)
    if why == "deadline" and was_waiting(state, one, due.late.at):
        why = "gate"
    return due.late.at, max(due.late.missed_from, learnt), why


def was_waiting(state: State, one: Obligation, at: datetime) -> bool:
    """*Deadlines*, ``gate``: whether a review was waiting then for a text meant for it."""
    return any(
        wait.start <= at and (wait.end is None or at < wait.end) and is_for(state, wait.duties, wait.recipients, one)
        for kept in state.records.values()
        for wait in kept.waits
    )


def cause(due: Due) -> str:
    """*Deadlines*: ``deadline``, unless the due was already missed by the event that set it."""
    if surely_missed(due, due.event.at):
        return {OPENED: "born-overdue", RAISE: "raised-after-limit"}.get(due.how, "deadline")
    return "deadline"


def verdict(state: State, one: Obligation, now: datetime) -> str:
    """*Verdicts*: the table."""
    if one.settled == DISCHARGED:
        assert one.settled_at is not None
        first, last = one.settled_at
        if not maybe_missed(one.binding, last):
            return "met"
        return "met-late" if surely_missed(one.binding, first) else "undetermined"
    if one.settled == CANCELLED:
        return "not-required" if one.not_required else "cancelled"
    if one.settled == WAIVED:
        return "waived"
    if one.settled == LAPSED:
        return "missed"
    if one.is_pending(now):
        return "pending"
    if surely_missed(one.binding, now):
        return "missed"
    if maybe_missed(one.binding, now):
        return "undetermined"
    return "at-risk" if at_risk(state, one, now) else "open"


def at_risk(state: State, one: Obligation, now: datetime) -> bool:
    """*Deadlines*: before the shown deadline until it is missed, then before the binding one."""
    due = one.binding if maybe_missed(one.shown, now) else one.shown
    if due is None or due.early is None:
        return False
    left = due.early.at - now
    length = due.early.at - due.anchor[0]
    return left * state.policy.at_risk.one_in < length or left < state.policy.at_risk.at_least
