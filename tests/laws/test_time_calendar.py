"""The calendar behind business time: the years it covers, its working hours, and the zones it stands in."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ir_policy.calendar import Holidays, start_of_day, weekday_numbers, zone
from ir_policy.clocks import (
    BusinessDays,
    Deadline,
    SameBusinessDay,
    due_of,
    parse_limit,
)
from ir_policy.errors import CalendarExhausted, QuestionInvalid
from ir_policy.terms import MICROSECOND
from support_time import (
    at,
    local,
    nsw_holidays,
    office,
    sydney_office,
    zone_names,
)

OFFICE = sydney_office()
ZONES = st.sampled_from(zone_names())


class TestOutsideTheCalendar:
    """Nobody knows the holidays of years not yet declared, so nothing is guessed there."""

    @pytest.mark.parametrize(
        ("words", "mark"),
        [
            ("5 business days", "2032-12-29 10:00"),
            ("1 business day", "2032-12-31 10:00"),
            ("1 business day", "2033-03-01 10:00"),
            ("same business day (not before 2 hours)", "2032-12-31 17:00"),
            ("same business day (not before 2 hours)", "2033-03-01 10:00"),
            ("same business day (not before 2 hours)", "2019-12-30 10:00"),
            ("1 business day", "2019-12-29 10:00"),
        ],
    )
    def test_business_time_says_it_is_outside(self, words: str, mark: str) -> None:
        """There is no deadline, and the kind says why instead of an exception."""
        assert due_of(parse_limit(words), local(mark), OFFICE) == (None, "outside-calendar")

    def test_the_last_days_covered_still_answer(self) -> None:
        """The edge is the last day of the list, not a day before."""
        last = Deadline(local("2032-12-31 17:00"))
        assert due_of(BusinessDays(2), local("2032-12-29 10:00"), OFFICE) == (last, "business-days")
        assert due_of(SameBusinessDay(timedelta(hours=2)), local("2032-12-31 15:00"), OFFICE) == (
            last,
            "same-business-day",
        )

    @pytest.mark.parametrize(
        "words", ["72 hours", "30 days", "1 month", "end of quarter", "immediately (grace 5 minutes)"]
    )
    def test_limits_without_business_days_need_no_holidays(self, words: str) -> None:
        """A statute's hours and days are computed for any year, covered or not."""
        limit = parse_limit(words)
        deadline, kind = due_of(limit, local("2033-03-01 10:00"), OFFICE)
        assert deadline is not None
        assert kind == limit.kind

    @pytest.mark.parametrize("words", ["72 hours", "30 days", "1 month", "end of year", "immediately (grace 48 hours)"])
    def test_no_deadline_lies_beyond_the_years_instants_may_have(self, words: str) -> None:
        """A deadline that could not be written as an instant is no deadline."""
        mark = at("2099-12-30 13:00+00:00")
        assert due_of(parse_limit(words), mark, office("UTC")) == (None, "outside-calendar")

    def test_asking_about_a_day_outside_names_the_day_and_the_cover(self) -> None:
        """The error holds what was asked and what is covered, and says what to pass."""
        with pytest.raises(CalendarExhausted) as outside:
            OFFICE.is_business_day(date(2033, 1, 1))
        assert outside.value.asked == date(2033, 1, 1)
        assert outside.value.covers == (date(2020, 1, 1), date(2032, 12, 31))
        assert "2033-01-01 is outside" in str(outside.value)
        assert "pass a calendar" in str(outside.value)

    def test_a_calendar_nobody_works_in_says_it_is_outside(self) -> None:
        """A search for a business day that never comes ends at the edge of the cover."""
        never = Holidays("never", date(2026, 1, 1), date(2026, 12, 31), {})
        idle = evolve(office("UTC", holidays=never), workdays=frozenset())
        assert due_of(BusinessDays(1), at("2026-03-01 00:00+00:00"), idle) == (None, "outside-calendar")


class TestBusinessHours:
    """Business is open from the opening instant up to, but not at, the closing instant."""

    @pytest.mark.parametrize(
        ("moment", "is_open"),
        [
            ("2026-03-11 08:59:59.999999", False),
            ("2026-03-11 09:00", True),
            ("2026-03-11 16:59:59.999999", True),
            ("2026-03-11 17:00", False),
            ("2026-03-14 12:00", False),
            ("2026-04-24 12:00", True),
            ("2026-04-27 12:00", False),
            ("2026-04-28 12:00", True),
        ],
    )
    def test_open_and_closed(self, moment: str, is_open: bool) -> None:
        """The opening instant is open; the closing instant, weekends and holidays are closed."""
        assert OFFICE.is_open(local(moment)) is is_open

    def test_a_holiday_knows_its_name(self) -> None:
        """What closes business can be told to people."""
        assert nsw_holidays().names[date(2026, 4, 27)] == "Anzac Day (additional day)"
        assert date(2026, 4, 28) not in nsw_holidays()

    def test_a_caller_who_changes_his_dates_changes_no_calendar(self) -> None:
        """Holidays own their dates once they are built."""
        dates = {date(2026, 3, 11): "a day off"}
        mine = Holidays("here", date(2026, 1, 1), date(2026, 12, 31), dates)
        dates.clear()
        assert date(2026, 3, 11) in mine

    def test_weekdays_have_numbers(self) -> None:
        """Monday is nought, as in the standard library."""
        assert weekday_numbers(["monday", "sunday"]) == {0, 6}


class TestZones:
    """A zone is a name in the zone data the library names, and nothing else on the machine."""

    @pytest.mark.parametrize(
        "name",
        [
            "",
            ".",
            "..",
            "/",
            "../etc/passwd",
            "/etc/localtime",
            "posixrules/..",
            "Australia/../UTC",
            "Australia//Sydney",
            "Australia/Sydney/",
            "Australia",
            "Australia/Sidney",
            "australia/sydney",
            "Australia/Sydney\n",
            "Australia/Sydney\0",
            "Аustralia/Sydney",  # its A is Cyrillic
            "zones",
            "zone.tab",
            "leapseconds",
            "tzdata.zi",
            "__init__.py",
            "localtime",
            "+10:00",
            "A" * 5000,
            "a/" * 3000 + "b",
        ],
    )
    def test_other_names_are_refused_with_a_way_out(self, name: str) -> None:
        """The error repeats the name, shortened, and says what kind of name is meant."""
        with pytest.raises(QuestionInvalid) as refused:
            zone(name)
        (problem,) = refused.value.problems
        assert problem.where == "zone"
        assert problem.what == f"no zone is called '{name[:80]}'"
        assert "Australia/Sydney" in problem.hint

    def test_every_zone_of_the_zone_data_is_known(self) -> None:
        """Whatever name the zone data lists can be used and keeps its name."""
        assert [str(zone(name)) for name in zone_names()] == list(zone_names())
        assert len(zone_names()) > 500

    @given(zone_name=ZONES, day=st.dates(date(2000, 1, 2), date(2080, 1, 1)))
    def test_a_day_starts_where_the_one_before_ends(self, zone_name: str, day: date) -> None:
        """The start of a day belongs to it, or to the next if it was skipped; the instant before does not."""
        tz = zone(zone_name)
        start = start_of_day(day, tz)
        assert start.tzinfo is UTC
        assert start.astimezone(tz).date() >= day
        assert (start - MICROSECOND).astimezone(tz).date() < day

    def test_a_day_samoa_skipped_starts_at_the_change(self) -> None:
        """In Apia there was no 30 December 2011: it has no length, and starts where the 31st does."""
        apia = zone("Pacific/Apia")
        assert start_of_day(date(2011, 12, 30), apia) == start_of_day(date(2011, 12, 31), apia)
