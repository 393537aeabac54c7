"""Whether what is written about time can be kept: leads inside their limits, and a calendar that reaches far enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from ir_policy.calendar import PERIODS, add_months
from ir_policy.clocks import in_words
from ir_policy.review.findings import ADVICE, DEFECT, Flaw, Path, decided_at, length_of
from ir_policy.rules.model import Policy
from ir_policy.rules.words import listed
from ir_policy.terms import Clause, Severity

__all__ = ["a_year_is_covered", "leads_fit"]

_AHEAD: Final = "year"
"""How far the calendar is to reach beyond the day asked about: one of the periods the calendar itself has."""


def leads_fit(policy: Policy, _: date | None) -> Iterator[Flaw]:
    """What is to be done first begins after the clock of what needs it has started."""
    for duty in policy.duties.values():
        if duty.needs is None:
            continue
        short: dict[str, list[str]] = {}
        for level in Severity:
            within = duty.within[level.index]
            limit = length_of(within.limit) if within is not None else None
            if limit is not None and duty.needs.lead >= limit and decided_at(policy, duty, level):
                short.setdefault(in_words(limit), []).append(level.value)
        if short:
            limits = listed(f"{limit} at {listed(levels)}" for limit, levels in short.items())
            what = f"'{duty.needs.duty}' is to begin {in_words(duty.needs.lead)} before '{duty.id}' is due, and that is due after {limits}"
            hint = "make the lead shorter than the limit, or the limit longer"
            path: Path = ("duties", duty.id, "needs", "lead")
            yield Flaw(duty.document, path, what, hint, duty.clause, DEFECT)


def a_year_is_covered(policy: Policy, as_of: date | None) -> Iterator[Flaw]:
    """Beyond the last day of the holidays no deadline in business days can be worked out."""
    if as_of is None:
        return
    last = policy.calendar.holidays.covers_to
    needed = _ahead(as_of)
    if last >= needed:
        return
    past = last < as_of
    what = f"the holidays of '{policy.calendar.holidays.place}' end on {last}, {'before' if past else 'within a year of'} {as_of}"
    lists = [document for document in policy.documents if document.kind == "calendar"]
    where, path = (lists[0].id, ("covers", "to")) if lists else (policy.id, ("calendar", "holidays"))
    hint = f"take a newer list, with the holidays up to {needed}"
    yield Flaw(where, path, what, hint, _clause(policy), DEFECT if past else ADVICE)


def _ahead(day: date) -> date:
    """The same day a year on, or the last day there is."""
    try:
        return add_months(day, PERIODS[_AHEAD])
    except (ValueError, OverflowError):
        return date.max


def _clause(policy: Policy) -> Clause:
    """The clause of the reading that says which holidays are meant; the section itself where none does."""
    reading = policy.readings.get(policy.about.calendar_reading)
    return reading.clause if reading is not None else Clause("calendar")
