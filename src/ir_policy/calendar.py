"""Civil time of a named place: zones, business days and hours, periods of the calendar.

Zones are read from the ``tzdata`` package and never from the machine, so that two machines with the same
packages give the same answer and every answer can name its zone data. Nothing here knows what "today" is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from attrs import field, frozen

from ir_policy.errors import CalendarExhausted, Problem, QuestionInvalid
from ir_policy.terms import FrozenMap, instant

__all__ = [
    "Calendar",
    "Holidays",
    "add_months",
    "end_of_period",
    "start_of_day",
    "start_of_period",
    "zone",
    "zone_data",
]

WORKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PERIODS: Final = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
"""Named calendar periods and their length in months; each starts in January and repeats."""


def zone_data() -> str:
    """The version of the zone data every answer rests on, such as ``2026b``."""
    import tzdata

    return str(tzdata.IANA_VERSION)


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name, from the ``tzdata`` package.

    Raises :class:`~ir_policy.errors.QuestionInvalid` for a name the zone data does not hold.
    """
    from importlib import resources

    data = resources.files("tzdata")
    # The package's own list decides, not the file system: a path, an index file, a wrong case or an overlong
    # name is not in it, on any machine.
    if name in data.joinpath("zones").read_text(encoding="ascii").split():
        with data.joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
            return ZoneInfo.from_file(rules, key=name)
    raise QuestionInvalid(
        [Problem("zone", f"no zone is called '{name[:80]}'", "use an IANA name such as Australia/Sydney")]
    )


def start_of_day(day: date, tz: ZoneInfo) -> datetime:
    """The first instant of a civil day, in UTC.

    Where midnight is skipped by a clock change, that is the instant of the change.
    """
    return datetime.combine(day, time(0), tz).astimezone(timezone.utc)


def add_months(day: date, months: int) -> date:
    """The same-numbered day so many months on, or the last day of a shorter month."""
    from dateutil.relativedelta import relativedelta

    moved: date = day + relativedelta(months=months)
    return moved


def start_of_period(name: str, at: datetime, tz: ZoneInfo) -> datetime:
    """The first instant of the calendar period (``month``, ``quarter``, ``half-year``, ``year``) holding ``at``."""
    return start_of_day(_first_day(name, at, tz), tz)


def end_of_period(name: str, at: datetime, tz: ZoneInfo) -> datetime:
    """The first instant after the calendar period (``month``, ``quarter``, ``half-year``, ``year``) holding ``at``."""
    return start_of_day(add_months(_first_day(name, at, tz), PERIODS[name]), tz)


def _first_day(name: str, at: datetime, tz: ZoneInfo) -> date:
    months, day = PERIODS[name], at.astimezone(tz).date()
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _by_day(names: Mapping[date, str]) -> FrozenMap[date, str]:
    if not isinstance(names, Mapping):
        raise QuestionInvalid([Problem("names", "is not a mapping of days to names", "write {date: name}")])
    return FrozenMap(dict(sorted(names.items(), key=lambda item: str(item[0]))))


def _is_day(value: object) -> bool:
    """A day and not an instant: a datetime is a date to Python, and would never be found in a list of days."""
    return isinstance(value, date) and not isinstance(value, datetime)


@frozen
class Holidays:
    """The public holidays of a place as dated data: what is not listed, inside the dates covered, is none.

    Any place's dates can be passed in; the library ships some and guesses none.
    """

    place: str
    covers_from: date
    covers_to: date
    """Last day the list speaks for, inclusive."""
    names: FrozenMap[date, str] = field(converter=_by_day)

    def __attrs_post_init__(self) -> None:
        problems = [
            Problem(name, "is not a day", "use datetime.date")
            for name in ("covers_from", "covers_to")
            if not _is_day(getattr(self, name))
        ]
        if not problems and self.covers_from > self.covers_to:
            problems.append(Problem("covers_to", "lies before the first day covered", "check both days"))
        for day, name in self.names.items():
            if not _is_day(day) or not isinstance(name, str):
                problems.append(Problem("names", f"'{str(day)[:40]}' is not a day with a name", "write {date: name}"))
        if problems:
            raise QuestionInvalid(problems)

    def __contains__(self, day: object) -> bool:
        return day in self.names


@frozen
class Calendar:
    """When business is open: a zone, opening hours, working weekdays and the holidays of a place.

    Hours are ``[opens, closes)``: the closing instant is already outside.
    Asking about a day that ``holidays`` does not cover raises :class:`~ir_policy.errors.CalendarExhausted`.
    """

    zone_name: str
    opens: time
    closes: time
    workdays: frozenset[int]
    """Weekdays that are worked, Monday 0."""
    holidays: Holidays

    @property
    def zone(self) -> ZoneInfo:
        return zone(self.zone_name)

    def local_date(self, at: datetime) -> date:
        """The civil day the instant falls on in this calendar's zone."""
        return instant(at, "at").astimezone(self.zone).date()

    def is_business_day(self, day: date) -> bool:
        """Whether business opens on that day."""
        covers = (self.holidays.covers_from, self.holidays.covers_to)
        if not covers[0] <= day <= covers[1]:
            raise CalendarExhausted(day, covers)
        return day.weekday() in self.workdays and day not in self.holidays

    def next_business_day(self, day: date) -> date:
        """The first business day after the given one."""
        self.is_business_day(day)  # outside what the list covers nothing is counted
        return self._first_business_day(day + timedelta(days=1))

    def opening(self, day: date) -> datetime:
        """The instant business opens on that day, in UTC, whether or not it is a business day."""
        return datetime.combine(day, self.opens, self.zone).astimezone(timezone.utc)

    def closing(self, day: date) -> datetime:
        """The instant business closes on that day, in UTC, whether or not it is a business day."""
        return datetime.combine(day, self.closes, self.zone).astimezone(timezone.utc)

    def is_open(self, at: datetime) -> bool:
        """Whether business is open at the instant."""
        day = self.local_date(at)
        return self.is_business_day(day) and self.opening(day) <= at < self.closing(day)

    def meant_day(self, at: datetime) -> date:
        """The business day somebody means who says "this business day" at that instant.

        Inside business hours that day, otherwise the first business day whose opening is at or after it
        (Wednesday 06:00 means Wednesday, Wednesday 17:00 means Thursday).
        """
        day = self.local_date(at)
        if self.is_open(at):
            return day
        day = self._first_business_day(day)
        return day if self.opening(day) >= at else self.next_business_day(day)

    def _first_business_day(self, day: date) -> date:
        while not self.is_business_day(day):
            day += timedelta(days=1)
        return day


def weekday_numbers(names: Iterable[str]) -> frozenset[int]:
    """Weekday names as numbers, Monday 0."""
    return frozenset(WORKDAYS.index(name) for name in names)
