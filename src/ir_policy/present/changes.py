"""What one event changed, and what time alone changed between two events, each in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from ir_policy.duties.case import Case
from ir_policy.duties.explanation import late_words, why_ended
from ir_policy.duties.judge import Obligation, before_closing
from ir_policy.duties.ledger import Moves
from ir_policy.duties.own_rules import OWN_RULES, rule_says
from ir_policy.log.events import Event
from ir_policy.present.lines import LocalClock
from ir_policy.rules.model import INTERNAL
from ir_policy.rules.words import listed
from ir_policy.terms import MICROSECOND

__all__ = ["Told", "by_event", "by_time"]


class Told(NamedTuple):
    """One change: its kind and instant, and its sentence, cut where the recipients stand in it."""

    at: datetime
    kind: str
    before: str
    recipient: str
    after: str
    event: str = ""
    about: str = ""

    def text(self, *others: str) -> str:
        """The sentence; said of several recipients at once, where ``others`` are given."""
        to = f" ({listed((self.recipient, *others))})" if self.recipient else ""
        return f"{self.before}{to}{self.after}"


def by_event(before: Case, after: Case, event: Event, moves: Moves) -> Iterator[Told]:
    """What the event did: level, marks, obligations, and the rules it was against."""
    clock = LocalClock(after.policy.calendar.zone, event.at)
    old, new = before.level.governing, after.level.governing
    if old is not new:
        words = f"level {old.value if old is not None else 'unassessed'} -> {new.value if new is not None else 'unassessed'}"
        yield Told(event.at, "level", words, "", "", event.id, "severity")
    yield from _marks(before, after, event, clock)
    yield from _obligations(before, after, event, moves, clock)
    for violation in after.violations[len(before.violations) :]:
        known = violation.rule in after.policy.gates or violation.rule in OWN_RULES
        says = f": {rule_says(after.policy, violation.rule)}" if known else ""
        effect = "; without effect" if violation.void else ""
        words = f"AGAINST {violation.rule}{says} (clause {violation.clause}); it needed {' and '.join(violation.missing)}{effect}"
        yield Told(event.at, "violation", words, "", "", event.id, violation.rule)


def by_time(case: Case, since: datetime, until: datetime | None) -> Iterator[Told]:
    """What changes by itself after ``since``, up to and with ``until``: nothing but time passes."""
    for at in case.changes():
        if at <= since or (until is not None and at > until):
            continue
        clock = LocalClock(case.policy.calendar.zone, at)
        before = {owed.key: owed for owed in case.obligations(at - MICROSECOND)}
        for owed in case.obligations(at):
            yield from _changed(case, before[owed.key], owed, at, clock)


# --- one event ------------------------------------------------------------------------------------------


def _marks(before: Case, after: Case, event: Event, clock: LocalClock) -> Iterator[Told]:
    old, new = before.history.marks, after.history.marks
    for name in sorted(new):
        stamp = new[name]
        if old.get(name) == stamp or (name == event.kind and stamp.at == event.at):
            continue  # the event itself says so already
        moved = f", until now {clock.since(old[name].at)}" if name in old else ""
        words = f"mark {name}: {after.policy.marks[name].means}, since {clock.since(stamp.at)}{moved}"
        yield Told(event.at, "mark", words, "", "", event.id, name)


def _obligations(before: Case, after: Case, event: Event, moves: Moves, clock: LocalClock) -> Iterator[Told]:
    old = {owed.key: owed for owed in before.obligations(event.at)}
    new = {owed.key: owed for owed in after.obligations(event.at)}
    for kind in ("opened", "revived", "tightened", "discharged", "cancelled", "waived", "lapsed"):
        for key in dict.fromkeys(getattr(moves, kind)):
            if key in new and not (kind == "tightened" and key in moves.opened):
                yield _moved(kind, after, old.get(key), new[key], event, clock)
    for key in moves.dropped:
        if key in old:
            yield _sentence(after, "dropped", "never came to be owed", old[key], "", event)
    for key, owed in new.items():
        had = key in old and old[key].breach is not None
        if owed.breach is not None and not had:
            why = f"{_due(owed, clock)}; {owed.owed_by}, clause {owed.clause}{_CAUSES.get(owed.breach.cause, '')}"
            yield _sentence(after, "missed", "MISSED", owed, why, event)
        for attempt in owed.attempts:
            if attempt.event == event.id:
                yield _sentence(
                    after, "attempt", "does not count", owed, f": {', '.join(attempt.missing)} missing", event
                )


_CAUSES: Final = {
    "born-overdue": "; past when it came to be owed",
    "raised-after-limit": "; past when the level was raised",
    "gate": "; its text was waiting for a review",
}

_OPENING: Final = {"opened": "owed", "revived": "owed again", "tightened": "due earlier", "discharged": "met",
                   "cancelled": "owed no more", "waived": "waived", "lapsed": "lapsed with its breach"}  # fmt: skip


def _moved(kind: str, case: Case, old: Obligation | None, new: Obligation, event: Event, clock: LocalClock) -> Told:
    after = ""
    if kind in ("opened", "revived") and new.status == "pending":
        return _sentence(
            case, kind, f"owed from {clock.since(new.opened_at)}, if still so then", new, _until(new, clock), event
        )
    if kind in ("opened", "revived", "tightened"):
        after = _until(new, clock)
    elif kind == "discharged":
        after = _how_met(case, new, clock)
    elif kind == "cancelled":
        why = why_ended(case.ledger.entries[new.key], event)
        after = f": {why}" if why else ""
    if kind == "tightened" and old is not None and old.due is not None:
        after += f"; it was {clock.since(old.due)}"
    return _sentence(case, "met" if kind == "discharged" else kind, _OPENING[kind], new, after, event)


def _sentence(case: Case, kind: str, opening: str, owed: Obligation, after: str, event: Event) -> Told:
    return Told(event.at, kind, f"{opening}: {_what(case, owed)}", _to(owed), after, event.id, owed.key)


def _how_met(case: Case, owed: Obligation, clock: LocalClock) -> str:
    late = late_words(owed, case.ledger.entries[owed.key])
    unsure = "; the record does not say whether in time" if owed.verdict == "undetermined" else ""
    return f"{f', {late}' if late else ''}{_due(owed, clock)}{unsure}"


# --- time alone -----------------------------------------------------------------------------------------


def _changed(case: Case, before: Obligation, owed: Obligation, at: datetime, clock: LocalClock) -> Iterator[Told]:
    """What one instant made of one obligation."""
    who = f"; {owed.owed_by}, clause {owed.clause}"
    due = min(owed.due, at) if owed.due is not None else at
    if before.status == "pending" and owed.status == "active":
        yield _by_itself(case, at, "opened", "owed", owed, _until(owed, clock))
    if before.verdict != owed.verdict and owed.verdict == "at-risk":
        yield _by_itself(case, at, "at-risk", "at risk", owed, _until(owed, clock))
    if before.verdict != owed.verdict and owed.verdict == "undetermined":
        yield _by_itself(case, due, "undetermined", "missed, if the record is read at its worst", owed, who)
    elif before.verdict != owed.verdict and owed.verdict == "missed":
        missed_at = min(owed.breach.at, at) if owed.breach is not None else due
        shown = "" if owed.due is None or clock.since(owed.due) == clock.since(missed_at) else _due(owed, clock)
        ended = "; it lapsed then, as the incident was closed" if owed.status == "lapsed" else ""
        why = _CAUSES.get(owed.breach.cause, "") if owed.breach is not None else ""
        yield _by_itself(case, missed_at, "missed", "MISSED", owed, f"{shown}{who}{why}{ended}")
    elif before.overdue_by(at - MICROSECOND) is None and owed.overdue_by(at) is not None and owed.verdict != "missed":
        yield _by_itself(case, due, "past-advice", "past advice", owed, who)


def _by_itself(case: Case, at: datetime, kind: str, opening: str, owed: Obligation, after: str) -> Told:
    return Told(at, kind, f"{opening}: {_what(case, owed)}", _to(owed), after, "", owed.key)


# --- words ----------------------------------------------------------------------------------------------


def _what(case: Case, owed: Obligation) -> str:
    """What is owed; with the law where it is not the company's own rule, since both may say the same."""
    law = f" [{owed.document}]" if owed.document != case.policy.id else ""
    return f"{owed.title}: {owed.item}{law}" if owed.item else f"{owed.title}{law}"


def _to(owed: Obligation) -> str:
    return "" if owed.recipient == INTERNAL else owed.recipient


def _until(owed: Obligation, clock: LocalClock) -> str:
    """Until when, and by whom."""
    if before_closing(owed):
        limit = ", before closing"
    elif owed.due is None:
        limit = f", {owed.limit or 'without a limit'}"
    else:
        advice = "" if owed.basis in ("statute", "contract", "policy") else f" ({owed.basis} only)"
        limit = f", by {clock.since(owed.due)}{advice}"
    return f"{limit}; {owed.owed_by}"


def _due(owed: Obligation, clock: LocalClock) -> str:
    return f", due {clock.since(owed.due)}" if owed.due is not None else ""
