"""Kinds of time limit. Each is its own type: hours, civil days and business days never mix in one number.

A clock is a mark plus a limit. Limits are written in words; :func:`parse_limit` reads them and ``str`` of a limit
writes them back. Nothing here knows which duty a limit belongs to.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import ClassVar, Final, TypeAlias

from attrs import frozen

from ir_policy.calendar import PERIODS, Calendar, add_months, end_of_period, start_of_day
from ir_policy.errors import CalendarExhausted
from ir_policy.terms import LATEST, MICROSECOND

__all__ = [
    "BeforeClosed", "BusinessDays", "CalendarDays", "CalendarMonths", "Deadline", "Elapsed", "GivenByEvent", "LatestStart",
    "Immediate", "Limit", "PeriodEnd", "Promptly", "SameBusinessDay", "due_of", "duration_pattern",
    "in_words", "limit_pattern", "parse_duration", "parse_limit",
]  # fmt: skip


@frozen(order=False)
class Deadline:
    """The last moment of a limit, and whether that moment is still inside.

    Hours and business hours end inclusively: done at the instant is on time. Civil days and months end
    exclusively, at the first instant after their last day.
    """

    at: datetime
    inclusive: bool = True

    @property
    def boundary(self) -> str:
        return "inclusive" if self.inclusive else "exclusive"

    @property
    def missed_from(self) -> datetime:
        """The first instant that is too late; the one a host must wake for."""
        return self.at + MICROSECOND if self.inclusive else self.at

    def missed(self, at: datetime) -> bool:
        """Whether something done, or still undone, at that instant is late."""
        return at >= self.missed_from


@frozen
class Elapsed:
    """A length of real time. Nights, weekends and clock changes all count."""

    length: timedelta
    kind: ClassVar[str] = "elapsed"

    def deadline(self, mark: datetime, calendar: Calendar) -> Deadline | None:
        return _bounded(Deadline(mark + self.length), calendar)

    def __str__(self) -> str:
        return _duration_words(self.length)


@frozen
class Immediate:
    """At once, with a grace that absorbs the time it takes to act."""

    grace: timedelta
    kind: ClassVar[str] = "immediate"

    def deadline(self, mark: datetime, calendar: Calendar) -> Deadline | None:
        return _bounded(Deadline(mark + self.grace), calendar)

    def __str__(self) -> str:
        return f"immediately (grace {_duration_words(self.grace)})"


@frozen
class BusinessDays:
    """A count of business days. The day of the mark is day zero; it ends at close of business on the last day."""

    days: int
    kind: ClassVar[str] = "business-days"

    def deadline(self, mark: datetime, calendar: Calendar) -> Deadline | None:
        day = calendar.local_date(mark)
        for _ in range(self.days):
            day = calendar.next_business_day(day)
        return _bounded(Deadline(calendar.closing(day)), calendar)

    def __str__(self) -> str:
        return f"{self.days} business day{'s' * (self.days != 1)}"


@frozen
class SameBusinessDay:
    """Close of business on the day of the mark, or on the next business day when the mark is out of hours.

    Never earlier than ``not_before`` after the mark, so that recovery is not due before response.
    """

    not_before: timedelta
    kind: ClassVar[str] = "same-business-day"

    def deadline(self, mark: datetime, calendar: Calendar) -> Deadline | None:
        closing = calendar.closing(calendar.meant_day(mark))
        return _bounded(Deadline(max(closing, mark + self.not_before)), calendar)

    def __str__(self) -> str:
        return f"same business day (not before {_duration_words(self.not_before)})"


@frozen
class CalendarDays:
    """A count of civil days in the calendar's zone. The day of the mark is not counted."""

    days: int
    kind: ClassVar[str] = "calendar-days"

    def deadline(self, mark: datetime, calendar: Calendar) -> Deadline | None:
        first_after = calendar.local_date(mark) + timedelta(days=self.days + 1)
        return _bounded(Deadline(start_of_day(first_after, calendar.zone), inclusive=False), calendar)

    def __str__(self) -> str:
        return f"{self.days} day{'s' * (self.days != 1)}"


@frozen
class CalendarMonths:
    """A count of months: up to the end of the same-numbered day, or of the last day of a shorter month."""

    months: int
    kind: ClassVar[str] = "calendar-months"

    def deadline(self, mark: datetime, calendar: Calendar) -> Deadline | None:
        first_after = add_months(calendar.local_date(mark), self.months) + timedelta(days=1)
        return _bounded(Deadline(start_of_day(first_after, calendar.zone), inclusive=False), calendar)

    def __str__(self) -> str:
        return f"{self.months} month{'s' * (self.months != 1)}"


@frozen
class PeriodEnd:
    """The end of the calendar period, in the calendar's zone, that holds the mark."""

    period: str
    kind: ClassVar[str] = "period-end"

    def deadline(self, mark: datetime, calendar: Calendar) -> Deadline | None:
        return _bounded(Deadline(end_of_period(self.period, mark, calendar.zone), inclusive=False), calendar)

    def __str__(self) -> str:
        return f"end of {self.period}"


@frozen
class Promptly:
    """A legal standard without a number: it has an age, and no instant can be computed for it."""

    kind: str

    def deadline(self, mark: datetime, calendar: Calendar) -> Deadline | None:
        return None

    def __str__(self) -> str:
        return self.kind.replace("-", " ")


@frozen
class BeforeClosed:
    """Any time before the incident is closed."""

    kind: ClassVar[str] = "before-close"

    def deadline(self, mark: datetime, calendar: Calendar) -> Deadline | None:
        return None

    def __str__(self) -> str:
        return "before closed"


@frozen
class GivenByEvent:
    """The event that starts the clock names the instant itself."""

    kind: ClassVar[str] = "given"

    def deadline(self, mark: datetime, calendar: Calendar) -> Deadline | None:
        return None

    def __str__(self) -> str:
        return "given by the event"


@frozen
class LatestStart:
    """So long before the deadline of what needs it that there is still time for it."""

    kind: ClassVar[str] = "latest-start"

    def deadline(self, mark: datetime, calendar: Calendar) -> Deadline | None:
        return None

    def __str__(self) -> str:
        return "latest start"


Limit: TypeAlias = (
    Elapsed | Immediate | BusinessDays | SameBusinessDay | CalendarDays | CalendarMonths | PeriodEnd
    | Promptly | BeforeClosed | GivenByEvent | LatestStart
)  # fmt: skip


def _bounded(deadline: Deadline, calendar: Calendar) -> Deadline:
    """The deadline itself, unless it lies beyond the years the library computes in."""
    if deadline.missed_from >= LATEST:
        holidays = calendar.holidays
        raise CalendarExhausted(deadline.at, (holidays.covers_from, holidays.covers_to))
    return deadline


# --- the grammar ----------------------------------------------------------------------------------------

_UNITS: Final = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_LONGEST_DAYS: Final = 3653  # ten years: anything longer is a slip of the pen
_MOST_MONTHS: Final = 120
_COUNT: Final = r"([1-9][0-9]{0,5})"
_MOST_COUNTED: Final = 999_999
_DURATION: Final = re.compile(rf"{_COUNT} (minute|hour)s?", re.ASCII)
_FORMS: Final = (
    (re.compile(rf"{_COUNT} (?:minute|hour)s?", re.ASCII), lambda m: Elapsed(parse_duration(m[0]))),
    (re.compile(rf"{_COUNT} business days?", re.ASCII), lambda m: BusinessDays(_count(m))),
    (re.compile(rf"{_COUNT} days?", re.ASCII), lambda m: CalendarDays(_count(m))),
    (re.compile(rf"{_COUNT} months?", re.ASCII), lambda m: CalendarMonths(_count(m, _MOST_MONTHS))),
    (re.compile(r"same business day \(not before ([a-z0-9 ]+)\)", re.ASCII), lambda m: SameBusinessDay(parse_duration(m[1]))),
    (re.compile(r"immediately \(grace ([a-z0-9 ]+)\)", re.ASCII), lambda m: Immediate(parse_duration(m[1]))),
    (re.compile(r"as soon as practicable|without undue delay", re.ASCII), lambda m: Promptly(m[0].replace(" ", "-"))),
    (re.compile(r"before closed", re.ASCII), lambda m: BeforeClosed()),
    (re.compile(r"given by the event", re.ASCII), lambda m: GivenByEvent()),
    (re.compile(r"latest start", re.ASCII), lambda m: LatestStart()),
    (re.compile(rf"end of ({'|'.join(PERIODS)})", re.ASCII), lambda m: PeriodEnd(m[1])),
)  # fmt: skip

FORMS_IN_WORDS: Final = (
    "15 minutes, 72 hours, 30 days, 1 month, 5 business days, same business day (not before 2 hours), "
    "immediately (grace 5 minutes), as soon as practicable, without undue delay, before closed, "
    "given by the event, latest start, end of quarter"
)


def parse_limit(text: str) -> Limit:
    """The limit those words say; raises ``ValueError`` with a sentence for the author of the document."""
    for form, build in _FORMS:
        match = form.fullmatch(text)
        if match is not None:
            limit: Limit = build(match)
            return limit
    raise ValueError(f"'{text[:80]}' is not a limit; write one of: {FORMS_IN_WORDS}")


def parse_duration(text: str) -> timedelta:
    """A length of real time in minutes or hours; raises ``ValueError`` with a sentence for the author."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text[:80]}' is not a length of time; write minutes or hours, such as 15 minutes")
    length = int(match[1]) * _UNITS[match[2]]
    if length > timedelta(days=_LONGEST_DAYS):
        raise ValueError(f"'{text}' is longer than ten years; write a shorter limit")
    return length


def limit_pattern() -> str:
    """What :func:`parse_limit` accepts, as a regular expression of the common kind that JSON Schema asks for.

    It holds the bounds too, and nothing a validator in another language may lack.
    """
    return f"^(?:{'|'.join(_bounded_form(form.pattern) for form, _ in _FORMS)})$"


def duration_pattern() -> str:
    """What :func:`parse_duration` accepts, in the same way."""
    return f"^{_duration_form()}$"


def _bounded_form(form: str) -> str:
    """One form of the grammar with the lengths it may have written out."""
    if "minute" in form:
        return _duration_form()
    most = _MOST_MONTHS if "month" in form else _LONGEST_DAYS
    return form.replace("([a-z0-9 ]+)", _duration_form()).replace(_COUNT, _up_to(most))


def _duration_form() -> str:
    longest = timedelta(days=_LONGEST_DAYS)
    forms = (
        f"{_up_to(longest // length) if longest // length <= _MOST_COUNTED else _COUNT} {unit}s?"
        for unit, length in _UNITS.items()
    )
    return f"(?:{'|'.join(forms)})"


def _up_to(most: int) -> str:
    """The numbers from 1 to that one, without leading noughts, as a regular expression."""
    digits = str(most)
    forms = [f"[1-9][0-9]{{0,{len(digits) - 2}}}"] if len(digits) > 1 else []
    for place, digit in enumerate(digits):
        least = 0 if place else 1
        if int(digit) > least:
            forms.append(f"{digits[:place]}[{least}-{int(digit) - 1}]" + "[0-9]" * (len(digits) - place - 1))
    return f"(?:{'|'.join([*forms, digits])})"


def _count(match: re.Match[str], most: int = _LONGEST_DAYS) -> int:
    if int(match[1]) > most:
        raise ValueError(f"'{match[0]}' is longer than ten years; write a shorter limit")
    return int(match[1])


def _duration_words(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    count, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f"{count} {unit}{'s' * (count != 1)}"


def in_words(length: timedelta) -> str:
    """A length of time in its two largest units: ``2 d 23 h``, ``1 h 05 min``, ``45 min``. Never longer than it is."""
    minutes = int(length.total_seconds()) // 60
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min" if minutes else "under a minute"


def due_of(limit: Limit, mark: datetime, calendar: Calendar) -> tuple[Deadline | None, str]:
    """The deadline of a clock and its ``due_kind``.

    A deadline the calendar cannot reach is no deadline but says so: ``outside-calendar``. Evaluating never fails
    for a reason that lies in a document.
    """
    try:
        return limit.deadline(mark, calendar), limit.kind
    except (CalendarExhausted, OverflowError):
        return None, "outside-calendar"
