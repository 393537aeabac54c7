"""What a programme owes at an instant: one obligation for each period, for each confirmation, for each action.

A period is owed in full, the first one too: it is the calendar period, in the policy's zone, in which the programme was
opened, and what was held earlier in it counts. What an earlier period missed stays missed, whatever is held later.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from attrs import evolve

from ir_policy.calendar import end_of_period, start_of_period
from ir_policy.duties.entries import Due, Entry, Status, candidate
from ir_policy.duties.moment import binding_of
from ir_policy.log.events import Event, Session
from ir_policy.log.history import Stamp, stamp_of
from ir_policy.programme.rules import ATTESTED, OPENED, assumption_rule, exercise_rule, kept_true
from ir_policy.programme.told import Told
from ir_policy.rules.about import Assumption, Exercise
from ir_policy.rules.model import INTERNAL, Duty, Policy
from ir_policy.terms import LATEST

__all__ = ["Period", "entries_at", "periods_at"]


class Period(NamedTuple):
    """One calendar period of one exercise: from ``start``, until just before ``end``, and what the log knows of it."""

    exercise: Exercise
    number: int
    start: datetime
    end: datetime
    held: tuple[Session, ...]
    """The sessions that were, or may have been, held in it, in the order of time."""
    covered: tuple[str, ...]
    """The scenarios that sessions in it covered for certain."""
    perhaps: tuple[str, ...]
    """Those that only a session covered of which the record does not say whether it was in it."""
    missing: tuple[str, ...]
    entry: Entry


def entries_at(policy: Policy, story: Told, now: datetime, ahead: bool = False) -> dict[str, Entry]:
    """Every obligation that was opened by ``now``, by key; with ``ahead`` also the periods that come next."""
    found = dict(story.actions)
    if story.opening is None or story.opening.at > now:
        return found
    for exercise in policy.about.exercises.values():
        found |= {one.entry.key: one.entry for one in periods_at(policy, story, exercise, now, ahead)}
    for assumption in kept_true(policy):
        found |= {entry.key: entry for entry in _confirmations(policy, story.opening, story, assumption)}
    return found


# --- exercises ------------------------------------------------------------------------------------------


def periods_at(
    policy: Policy, story: Told, exercise: Exercise, now: datetime, ahead: bool = False
) -> tuple[Period, ...]:
    """The periods of an exercise from the opening to ``now``; with ``ahead`` also the next one."""
    opening = story.opening
    if opening is None or opening.at > now:
        return ()
    held = [one for one in story.sessions if (one.drill, one.kind) == (exercise.id, exercise.held_as)]
    return tuple(_periods(policy, opening, exercise, held, now, ahead))


def _periods(
    policy: Policy, opening: Event, exercise: Exercise, held: Sequence[Session], now: datetime, ahead: bool
) -> Iterator[Period]:
    zone = policy.calendar.zone
    start, number = start_of_period(exercise.every, opening.at, zone), 0
    while start < LATEST:
        end = _end(exercise.every, start, zone)
        yield _period(policy, opening, exercise, number, start, end, held)
        if start > now or (not ahead and end > now):
            return
        start, number = end, number + 1


def _period(
    policy: Policy,
    opening: Event,
    exercise: Exercise,
    number: int,
    start: datetime,
    end: datetime,
    held: Sequence[Session],
) -> Period:
    asked = tuple(exercise.covers) or ("",)  # where no scenario is named, a session is a session
    first, last = bisect_left(held, start - LONGEST, key=_at), bisect_left(held, end, key=_at)
    inside = [one for one in held[first:last] if one.at >= start or one.latest >= start]
    certain = _first_to_cover(asked, [one for one in inside if one.at >= start and one.latest < end])
    perhaps = _first_to_cover(asked, inside)
    anchor = stamp_of(opening) if number == 0 else Stamp(start, start)
    entry = _owed(policy, exercise_rule(policy, exercise), number, anchor, OPENED, opening)
    # No later session can meet it, so once its end is past it is over, with its breach.
    entry = evolve(entry, opened_at=max(start, anchor.at), opens_at=None if number == 0 else start, lapses=True)
    if len(certain) == len(asked):
        done = [*certain.values()][-1]  # in the order of the fold
        stamp = Stamp(max(one.at for one in certain.values()), max(one.latest for one in certain.values()))
        entry = evolve(entry, status=Status.DISCHARGED, settled=stamp, settled_by=done.id)
    elif len(perhaps) == len(asked) or (number == 0 and opening.latest >= end):
        entry = _unsure(entry)
    return Period(
        exercise, number, start, end, tuple(inside), _named(asked, certain),
        _named(asked, {name: one for name, one in perhaps.items() if name not in certain}),
        tuple(name for name in asked if name and name not in perhaps), entry,
    )  # fmt: skip


LONGEST: Final = timedelta(days=32)
"""No record is vaguer than a month: what began longer ago than this is over."""


def _at(session: Session) -> datetime:
    return session.at


@lru_cache(maxsize=4096)
def _end(every: str, start: datetime, zone: ZoneInfo) -> datetime:
    """The end of a period; the same few are asked for again and again."""
    return end_of_period(every, start, zone)


def _first_to_cover(asked: Sequence[str], sessions: Sequence[Session]) -> dict[str, Session]:
    """For each scenario the first session that covered it."""
    found: dict[str, Session] = {}
    for one in sessions:
        for name in one.covers if asked != ("",) else asked:
            if name in asked:
                found.setdefault(name, one)
    return found


def _named(asked: Sequence[str], found: dict[str, Session]) -> tuple[str, ...]:
    return tuple(name for name in asked if name and name in found)


def _unsure(entry: Entry) -> Entry:
    """Owed, but once its end is past the record does not say whether it was missed: never for certain."""
    return evolve(entry, firm=evolve(entry.firm, latest=None) if entry.firm is not None else None)


def _owed(policy: Policy, rule: Duty, number: int, anchor: Stamp, mark: str, event: Event) -> Entry:
    due: Due | None = candidate(policy, rule, None, anchor, event, "born-overdue")
    return Entry(
        key=f"{rule.id}@{INTERNAL}#{number}", duty=rule, recipient=INTERNAL, n=number, episode=0, opened_at=anchor.at,
        level=None, anchor=anchor, mark=mark, opens_at=None, status=Status.ACTIVE, due=due, firm=binding_of(due),
    )  # fmt: skip


# --- what is taken for granted ---------------------------------------------------------------------------


def _confirmations(policy: Policy, opening: Event, story: Told, assumption: Assumption) -> Iterator[Entry]:
    """One obligation from each word to the next: it is owed again from the instant it was given.

    The first one runs from the last word before the opening, or from the opening itself where nobody had given one.
    """
    rule = assumption_rule(policy, assumption)
    words = [one for one in story.attested if one.duty == assumption.id]
    since: Event = next((one for one in reversed(words) if one.at <= opening.at), opening)
    later = [one for one in words if one.at > opening.at]
    for number, word in enumerate([since, *later]):
        entry = _owed(policy, rule, number, stamp_of(word), OPENED if word is opening else ATTESTED, word)
        entry = evolve(entry, opened_at=max(word.at, opening.at))
        if number < len(later):
            entry = evolve(
                entry, status=Status.DISCHARGED, settled=stamp_of(later[number]), settled_by=later[number].id
            )
        yield entry
