"""Whether what is to be practised leaves out a period: as the document promises it, and as a programme's log shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from ir_policy.calendar import PERIODS, end_of_period, start_of_period
from ir_policy.programme.owing import Period, periods_at
from ir_policy.programme.questions import story_at
from ir_policy.programme.rules import exercise_rule
from ir_policy.programme.value import Programme
from ir_policy.review.findings import ADVICE, DEFECT, Flaw, Path, names, weight_of
from ir_policy.rules.about import Exercise
from ir_policy.rules.model import Policy

__all__ = ["periods_skipped", "promised_periods"]

_PERIODS_IN_WORDS: Final = {
    name: re.compile(rf"(?<![\w-]){stem}(?:s|ly)?(?![\w-])", re.IGNORECASE)
    for name, stem in {period: period.replace("-", "[- ]") for period in PERIODS}.items()
}


def promised_periods(policy: Policy, _: date | None) -> Iterator[Flaw]:
    """No exercise is held less often than the title and the reading behind it say, where they name a period."""
    for exercise in policy.about.exercises.values():
        said = _periods_named(policy, exercise)
        if said and PERIODS[exercise.every] > max(PERIODS[name] for name in said):
            what = f"'{exercise.id}' is held every {exercise.every}, and what stands behind it speaks of {names(said)}"
            hint = "hold it as often as promised, or say in the reading that it is held less often"
            yield Flaw(policy.id, _path(exercise), what, hint, exercise.clause, DEFECT)


def _periods_named(policy: Policy, exercise: Exercise) -> tuple[str, ...]:
    reading = policy.readings.get(exercise.reading)
    words = f"{exercise.title}\n{reading.text if reading is not None else ''}"
    return tuple(name for name, known in _PERIODS_IN_WORDS.items() if known.search(words))


def _path(exercise: Exercise) -> Path:
    return ("exercises", exercise.id, "every")


# --- a programme ----------------------------------------------------------------------------------------


def periods_skipped(programme: Programme, now: datetime) -> Iterator[Flaw]:
    """Periods that are over and in which nothing at all is on record, in the order of time for each exercise."""
    policy, story = programme.policy, story_at(programme, now)
    for exercise in policy.about.exercises.values():
        periods = periods_at(policy, story, exercise, now)
        binds = exercise_rule(policy, exercise).basis.binds
        for period in periods:
            if period.end <= now and not period.held:
                yield _skipped(policy, exercise, period, periods, binds)
        held = [one.latest for one in story.sessions if (one.drill, one.kind) == (exercise.id, exercise.held_as)]
        if periods and held:
            yield from _before(policy, exercise, min(held), periods[0].start, held)


def _skipped(policy: Policy, exercise: Exercise, period: Period, periods: tuple[Period, ...], binds: bool) -> Flaw:
    span = _span(policy, exercise, period.start, period.end)
    later = next((one for one in periods if one.start >= period.end and one.held), None)
    then = f"the next one on record is of {_day(policy, later.held[0].at)}" if later else "nothing was held since"
    what = f"'{exercise.id}' is owed every {exercise.every}, and none is on record {span}; {then}"
    hint = "record it if it was held then, or hold one now: a period that was missed stays missed"
    return Flaw(policy.id, _path(exercise), what, hint, exercise.clause, weight_of(binds))


def _before(
    policy: Policy, exercise: Exercise, first: datetime, opened: datetime, held: list[datetime]
) -> Iterator[Flaw]:
    """Holes before the programme was opened: practice had begun, and nothing was owed yet that could be missed."""
    zone = policy.calendar.zone
    start = start_of_period(exercise.every, first, zone)
    while start < opened:
        end = end_of_period(exercise.every, start, zone)
        if not any(start <= at < end for at in held):
            span = _span(policy, exercise, start, end)
            what = f"'{exercise.id}' had been practised before, and none is on record {span}, when the programme was not open yet"
            hint = "open the programme on the first day of which it is owed"
            yield Flaw(policy.id, _path(exercise), what, hint, exercise.clause, ADVICE)
        start = end


def _span(policy: Policy, exercise: Exercise, start: datetime, end: datetime) -> str:
    return f"for the {exercise.every} from {_day(policy, start)} until before {_day(policy, end)}"


def _day(policy: Policy, at: datetime) -> date:
    return at.astimezone(policy.calendar.zone).date()
