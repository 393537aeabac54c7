"""What is to be said of obligations that changed by time alone: each change once, under a name that stays the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from attrs import frozen

from ir_policy.duties.entries import Entry, Status
from ir_policy.duties.judge import State, cuts, state_of
from ir_policy.rules.model import AtRisk
from ir_policy.terms import MICROSECOND, rfc3339

__all__ = ["Reminder", "reminders_of"]


@frozen
class Reminder:
    """One obligation changed by time alone, at one instant.

    ``kind`` is ``opened``, ``at-risk``, ``advice-missed`` (a limit that only advises), ``undetermined``, ``missed`` or
    ``lapsed``; about paging ``page-next``, ``exhausted`` (of the list), ``acknowledgement-stale`` or ``unanswered`` (nobody else is to
    be paged). ``key`` is the same however often it is asked for, so a host keeps it unique and says it once; another
    deadline of the same obligation is another reminder, and so is another instant from which it counts as at risk, where a
    newer version of the policy moves that. Instants are UTC.
    """

    key: str
    incident: str
    obligation: str
    duty: str
    title: str
    recipient: str
    owed_by: str
    kind: str
    at: datetime
    due: datetime | None
    programme: str = ""
    """The programme it is owed in; empty for an incident, and then ``incident`` names that."""


def reminders_of(
    incident: str, entries: Iterable[Entry], after: datetime | None, now: datetime, at_risk: AtRisk
) -> tuple[Reminder, ...]:
    """What became so later than ``after`` and no later than ``now``, in the order it did; without ``after`` where each stands."""
    found = [one for entry in entries for one in _of(incident, entry, after, now, at_risk)]
    return tuple(sorted(found, key=lambda one: (one.at, one.key)))


def _of(incident: str, entry: Entry, after: datetime | None, now: datetime, at_risk: AtRisk) -> Iterator[Reminder]:
    passed = [(at, kind) for at, kind in _changes(entry, at_risk) if at <= now]
    for at, kind in passed[-1:] if after is None else [change for change in passed if change[0] > after]:
        deadline = entry.due.deadline if entry.due is not None else None
        yield Reminder(
            key=f"{incident} {entry.key} {kind} {rfc3339(at)}", incident=incident, obligation=entry.key,
            duty=entry.duty.id, title=entry.duty.title, recipient=entry.recipient,
            owed_by=entry.owner or entry.duty.owed_by, kind=kind, at=at,
            due=deadline.at if deadline is not None else None,
        )  # fmt: skip


def _changes(entry: Entry, at_risk: AtRisk) -> list[tuple[datetime, str]]:
    """Each change by time alone and what it is called. What opens at its own deadline, and is past it in the next instant there is,
    changed once: it is called by what weighs most of the two."""
    found: list[tuple[datetime, str]] = []
    for at in cuts(entry, at_risk):
        before, kind = at - MICROSECOND, _kind(state_of(entry, at - MICROSECOND, at_risk), state_of(entry, at, at_risk))
        if found and found[-1] == (before, "opened"):
            kind = _kind(state_of(entry, before - MICROSECOND, at_risk), state_of(entry, at, at_risk))
            opened, _ = found.pop()
            at = opened if kind == "opened" else at
        found.append((at, kind))
    return found


def _kind(before: State, after: State) -> str:
    """What one change of its label is called; what weighs most, where several change at once."""
    if after.status is Status.LAPSED:
        return "lapsed"
    if after.verdict != before.verdict and after.verdict in ("missed", "undetermined"):
        return after.verdict
    if before.status is Status.PENDING:
        return "opened"
    return "advice-missed" if after.past and not before.past else after.verdict
