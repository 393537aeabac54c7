"""Time for tests: office hours in Sydney over the shipped holidays of New South Wales."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import yaml
from hypothesis import strategies as st

from ir_policy.calendar import Calendar, Holidays, zone
from ir_policy.clocks import (
    BeforeClosed,
    BusinessDays,
    CalendarDays,
    CalendarMonths,
    Elapsed,
    GivenByEvent,
    Immediate,
    Limit,
    PeriodEnd,
    Promptly,
    SameBusinessDay,
)  # fmt: skip
from ir_policy.terms import instant

REPO: Final = Path(__file__).parents[1]
AU_NSW: Final = REPO / "src" / "ir_policy" / "rules" / "catalog" / "calendars" / "au-nsw.yaml"


@cache
def read_plain(path: Path) -> Any:
    """A YAML file as mappings, lists and text: no scalar is turned into anything else."""
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)


@cache
def nsw_holidays() -> Holidays:
    """The shipped holidays of New South Wales."""
    document = read_plain(AU_NSW)
    return Holidays(
        place=document["id"],
        covers_from=date.fromisoformat(document["covers"]["from"]),
        covers_to=date.fromisoformat(document["covers"]["to"]),
        names={date.fromisoformat(day): entry["name"] for day, entry in document["days"].items()},
    )


def office(zone_name: str, holidays: Holidays | None = None) -> Calendar:
    """Monday to Friday, 09:00 to 17:00 in that zone."""
    return Calendar(
        zone_name=zone_name,
        opens=time(9),
        closes=time(17),
        workdays=frozenset(range(5)),
        holidays=nsw_holidays() if holidays is None else holidays,
    )


def sydney_office() -> Calendar:
    """The calendar the reference policy ships: Sydney office hours, New South Wales holidays."""
    return office("Australia/Sydney")


def local(text: str, zone_name: str = "Australia/Sydney") -> datetime:
    """A wall-clock time of a zone as an instant; a time that is skipped or happens twice is refused."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=zone(zone_name)), "local time")


def at(text: str) -> datetime:
    """An instant written with its offset."""
    return instant(datetime.fromisoformat(text), "instant")


@cache
def zone_names() -> tuple[str, ...]:
    """Every zone the zone data holds."""
    return tuple(resources.files("tzdata").joinpath("zones").read_text(encoding="ascii").split())


MARKS: Final = {
    "last minute of summer time": at("2026-04-05 02:59+11:00"),
    "clocks just went back": at("2026-04-05 02:00+10:00"),
    "last minute of winter time": at("2026-10-04 01:59+10:00"),
    "clocks just went forward": at("2026-10-04 03:00+11:00"),
    "Wednesday 06:00": at("2026-03-11 06:00+11:00"),
    "Friday 16:55": at("2026-03-13 16:55+11:00"),
    "Friday 17:00": at("2026-03-13 17:00+11:00"),
    "Friday 18:00": at("2026-03-13 18:00+11:00"),
    "Saturday noon": at("2026-03-14 12:00+11:00"),
    "eve of Anzac Day": at("2026-04-24 16:30+10:00"),
    "New Year's Eve": at("2026-12-31 15:00+11:00"),
}
"""The moments people get wrong, by name."""

DUE: Final = {
    "5 minutes": {
        "last minute of summer time": "2026-04-05 02:04+10:00",
        "clocks just went back": "2026-04-05 02:05+10:00",
        "last minute of winter time": "2026-10-04 03:04+11:00",
        "clocks just went forward": "2026-10-04 03:05+11:00",
        "Wednesday 06:00": "2026-03-11 06:05+11:00",
        "Friday 16:55": "2026-03-13 17:00+11:00",
        "Friday 17:00": "2026-03-13 17:05+11:00",
        "Friday 18:00": "2026-03-13 18:05+11:00",
        "Saturday noon": "2026-03-14 12:05+11:00",
        "eve of Anzac Day": "2026-04-24 16:35+10:00",
        "New Year's Eve": "2026-12-31 15:05+11:00",
    },
    "15 minutes": {
        "last minute of summer time": "2026-04-05 02:14+10:00",
        "clocks just went back": "2026-04-05 02:15+10:00",
        "last minute of winter time": "2026-10-04 03:14+11:00",
        "clocks just went forward": "2026-10-04 03:15+11:00",
        "Wednesday 06:00": "2026-03-11 06:15+11:00",
        "Friday 16:55": "2026-03-13 17:10+11:00",
        "Friday 17:00": "2026-03-13 17:15+11:00",
        "Friday 18:00": "2026-03-13 18:15+11:00",
        "Saturday noon": "2026-03-14 12:15+11:00",
        "eve of Anzac Day": "2026-04-24 16:45+10:00",
        "New Year's Eve": "2026-12-31 15:15+11:00",
    },
    "30 minutes": {
        "last minute of summer time": "2026-04-05 02:29+10:00",
        "clocks just went back": "2026-04-05 02:30+10:00",
        "last minute of winter time": "2026-10-04 03:29+11:00",
        "clocks just went forward": "2026-10-04 03:30+11:00",
        "Wednesday 06:00": "2026-03-11 06:30+11:00",
        "Friday 16:55": "2026-03-13 17:25+11:00",
        "Friday 17:00": "2026-03-13 17:30+11:00",
        "Friday 18:00": "2026-03-13 18:30+11:00",
        "Saturday noon": "2026-03-14 12:30+11:00",
        "eve of Anzac Day": "2026-04-24 17:00+10:00",
        "New Year's Eve": "2026-12-31 15:30+11:00",
    },
    "1 hour": {
        "last minute of summer time": "2026-04-05 02:59+10:00",
        "clocks just went back": "2026-04-05 03:00+10:00",
        "last minute of winter time": "2026-10-04 03:59+11:00",
        "clocks just went forward": "2026-10-04 04:00+11:00",
        "Wednesday 06:00": "2026-03-11 07:00+11:00",
        "Friday 16:55": "2026-03-13 17:55+11:00",
        "Friday 17:00": "2026-03-13 18:00+11:00",
        "Friday 18:00": "2026-03-13 19:00+11:00",
        "Saturday noon": "2026-03-14 13:00+11:00",
        "eve of Anzac Day": "2026-04-24 17:30+10:00",
        "New Year's Eve": "2026-12-31 16:00+11:00",
    },
    "2 hours": {
        "last minute of summer time": "2026-04-05 03:59+10:00",
        "clocks just went back": "2026-04-05 04:00+10:00",
        "last minute of winter time": "2026-10-04 04:59+11:00",
        "clocks just went forward": "2026-10-04 05:00+11:00",
        "Wednesday 06:00": "2026-03-11 08:00+11:00",
        "Friday 16:55": "2026-03-13 18:55+11:00",
        "Friday 17:00": "2026-03-13 19:00+11:00",
        "Friday 18:00": "2026-03-13 20:00+11:00",
        "Saturday noon": "2026-03-14 14:00+11:00",
        "eve of Anzac Day": "2026-04-24 18:30+10:00",
        "New Year's Eve": "2026-12-31 17:00+11:00",
    },
    "4 hours": {
        "last minute of summer time": "2026-04-05 05:59+10:00",
        "clocks just went back": "2026-04-05 06:00+10:00",
        "last minute of winter time": "2026-10-04 06:59+11:00",
        "clocks just went forward": "2026-10-04 07:00+11:00",
        "Wednesday 06:00": "2026-03-11 10:00+11:00",
        "Friday 16:55": "2026-03-13 20:55+11:00",
        "Friday 17:00": "2026-03-13 21:00+11:00",
        "Friday 18:00": "2026-03-13 22:00+11:00",
        "Saturday noon": "2026-03-14 16:00+11:00",
        "eve of Anzac Day": "2026-04-24 20:30+10:00",
        "New Year's Eve": "2026-12-31 19:00+11:00",
    },
    "24 hours": {
        "last minute of summer time": "2026-04-06 01:59+10:00",
        "clocks just went back": "2026-04-06 02:00+10:00",
        "last minute of winter time": "2026-10-05 02:59+11:00",
        "clocks just went forward": "2026-10-05 03:00+11:00",
        "Wednesday 06:00": "2026-03-12 06:00+11:00",
        "Friday 16:55": "2026-03-14 16:55+11:00",
        "Friday 17:00": "2026-03-14 17:00+11:00",
        "Friday 18:00": "2026-03-14 18:00+11:00",
        "Saturday noon": "2026-03-15 12:00+11:00",
        "eve of Anzac Day": "2026-04-25 16:30+10:00",
        "New Year's Eve": "2027-01-01 15:00+11:00",
    },
    "72 hours": {
        "last minute of summer time": "2026-04-08 01:59+10:00",
        "clocks just went back": "2026-04-08 02:00+10:00",
        "last minute of winter time": "2026-10-07 02:59+11:00",
        "clocks just went forward": "2026-10-07 03:00+11:00",
        "Wednesday 06:00": "2026-03-14 06:00+11:00",
        "Friday 16:55": "2026-03-16 16:55+11:00",
        "Friday 17:00": "2026-03-16 17:00+11:00",
        "Friday 18:00": "2026-03-16 18:00+11:00",
        "Saturday noon": "2026-03-17 12:00+11:00",
        "eve of Anzac Day": "2026-04-27 16:30+10:00",
        "New Year's Eve": "2027-01-03 15:00+11:00",
    },
    "same business day (not before 2 hours)": {
        "last minute of summer time": "2026-04-07 17:00+10:00",
        "clocks just went back": "2026-04-07 17:00+10:00",
        "last minute of winter time": "2026-10-06 17:00+11:00",
        "clocks just went forward": "2026-10-06 17:00+11:00",
        "Wednesday 06:00": "2026-03-11 17:00+11:00",
        "Friday 16:55": "2026-03-13 18:55+11:00",
        "Friday 17:00": "2026-03-16 17:00+11:00",
        "Friday 18:00": "2026-03-16 17:00+11:00",
        "Saturday noon": "2026-03-16 17:00+11:00",
        "eve of Anzac Day": "2026-04-24 18:30+10:00",
        "New Year's Eve": "2026-12-31 17:00+11:00",
    },
    "5 business days": {
        "last minute of summer time": "2026-04-13 17:00+10:00",
        "clocks just went back": "2026-04-13 17:00+10:00",
        "last minute of winter time": "2026-10-12 17:00+11:00",
        "clocks just went forward": "2026-10-12 17:00+11:00",
        "Wednesday 06:00": "2026-03-18 17:00+11:00",
        "Friday 16:55": "2026-03-20 17:00+11:00",
        "Friday 17:00": "2026-03-20 17:00+11:00",
        "Friday 18:00": "2026-03-20 17:00+11:00",
        "Saturday noon": "2026-03-20 17:00+11:00",
        "eve of Anzac Day": "2026-05-04 17:00+10:00",
        "New Year's Eve": "2027-01-08 17:00+11:00",
    },
    "30 days": {
        "last minute of summer time": "2026-05-06 00:00+10:00",
        "clocks just went back": "2026-05-06 00:00+10:00",
        "last minute of winter time": "2026-11-04 00:00+11:00",
        "clocks just went forward": "2026-11-04 00:00+11:00",
        "Wednesday 06:00": "2026-04-11 00:00+10:00",
        "Friday 16:55": "2026-04-13 00:00+10:00",
        "Friday 17:00": "2026-04-13 00:00+10:00",
        "Friday 18:00": "2026-04-13 00:00+10:00",
        "Saturday noon": "2026-04-14 00:00+10:00",
        "eve of Anzac Day": "2026-05-25 00:00+10:00",
        "New Year's Eve": "2027-01-31 00:00+11:00",
    },
}
"""For each limit and each mark the last moment, or the first moment after where the limit is in civil days."""

LENGTHS: Final = st.one_of(
    st.integers(1, 999_999).map(lambda n: timedelta(minutes=n)),
    st.integers(1, 3653 * 24).map(lambda n: timedelta(hours=n)),
)
ANY_LIMIT: Final[st.SearchStrategy[Limit]] = st.one_of(
    st.builds(Elapsed, LENGTHS),
    st.builds(Immediate, LENGTHS),
    st.builds(BusinessDays, st.integers(1, 3653)),
    st.builds(SameBusinessDay, LENGTHS),
    st.builds(CalendarDays, st.integers(1, 3653)),
    st.builds(CalendarMonths, st.integers(1, 120)),
    st.builds(PeriodEnd, st.sampled_from(["month", "quarter", "half-year", "year"])),
    st.builds(Promptly, st.sampled_from(["as-soon-as-practicable", "without-undue-delay"])),
    st.just(BeforeClosed()),
    st.just(GivenByEvent()),
)
"""Every kind of limit, of any length a document may state."""
