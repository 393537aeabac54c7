"""What each kind of time limit means, at the moments where meanings part.

Every expected instant is written by hand with its offset. The marks are the ones people get wrong: both sides
of both changes of the clocks in Sydney in 2026, the edges of the working day, the weekend, the eve of a
holiday and the last day of the year.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ir_policy.calendar import Holidays, add_months, end_of_period, zone
from ir_policy.clocks import (
    BusinessDays,
    CalendarDays,
    CalendarMonths,
    Deadline,
    Elapsed,
    Immediate,
    Limit,
    PeriodEnd,
    SameBusinessDay,
    due_of,
    parse_limit,
)
from support_time import (
    DUE,
    LENGTHS,
    MARKS,
    REPO,
    at,
    local,
    office,
    read_plain,
    sydney_office,
    zone_names,
)

MICROSECOND = timedelta(microseconds=1)
OFFICE = sydney_office()


def holds(limit: Limit, due: dict[str, str], *, inclusive: bool) -> None:
    """The limit, started at each mark, ends at the instant written beside it, and flips exactly there."""
    assert due.keys() == MARKS.keys()
    for name, mark in MARKS.items():
        deadline = limit.deadline(mark, OFFICE)
        assert deadline == Deadline(at(due[name]), inclusive), name
        on_time_until(deadline, at(due[name]), inclusive=inclusive)


def on_time_until(deadline: Deadline | None, last: datetime, *, inclusive: bool) -> None:
    """One microsecond before is on time, one after is late; the instant itself is as the boundary says."""
    assert deadline is not None
    assert not deadline.missed(last - MICROSECOND)
    assert deadline.missed(last) is not inclusive
    assert deadline.missed(last + MICROSECOND)
    assert deadline.missed(deadline.missed_from)
    assert not deadline.missed(deadline.missed_from - MICROSECOND)


INSTANTS = st.datetimes(
    min_value=datetime(2000, 1, 1), max_value=datetime(2080, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip
COVERED = st.datetimes(
    min_value=datetime(2020, 1, 2), max_value=datetime(2032, 11, 1), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip
ZONES = st.sampled_from(zone_names())
SHORT = st.integers(1, 72 * 60).map(lambda n: timedelta(minutes=n))
NEAR_LIMIT: st.SearchStrategy[Limit] = st.one_of(
    st.builds(Elapsed, SHORT),
    st.builds(Immediate, SHORT),
    st.builds(BusinessDays, st.integers(1, 20)),
    st.builds(SameBusinessDay, SHORT),
    st.builds(CalendarDays, st.integers(1, 40)),
    st.builds(CalendarMonths, st.integers(1, 1)),
    st.builds(PeriodEnd, st.sampled_from(["month"])),
)
"""Limits that end inside the years covered when they start inside them."""


class TestElapsed:
    """So much real time, as a stopwatch counts it: nights, weekends and changes of the clocks all count."""

    def test_seventy_two_hours_from_each_mark(self) -> None:
        """Seventy-two hours later by a stopwatch is on time, whatever the wall shows."""
        holds(
            parse_limit("72 hours"),
            DUE["72 hours"],
            inclusive=True,
        )

    @given(mark=INSTANTS, zone_name=ZONES, length=LENGTHS)
    def test_no_zone_and_no_clock_change_alters_a_length(
        self, mark: datetime, zone_name: str, length: timedelta
    ) -> None:
        """The deadline less the mark is the length, from any instant and in any zone."""
        deadline = Elapsed(length).deadline(mark, office(zone_name))
        assert deadline is not None
        assert deadline.at - mark == length
        on_time_until(deadline, mark + length, inclusive=True)


class TestImmediate:
    """At once. The grace only absorbs the time it takes to act, and runs like a stopwatch."""

    def test_five_minutes_of_grace_from_each_mark(self) -> None:
        """The grace runs through the weekend, the night and the change of the clocks."""
        holds(
            parse_limit("immediately (grace 5 minutes)"),
            DUE["5 minutes"],
            inclusive=True,
        )

    @given(mark=INSTANTS, zone_name=ZONES, grace=LENGTHS)
    def test_the_grace_is_a_length_of_real_time(self, mark: datetime, zone_name: str, grace: timedelta) -> None:
        """The deadline less the mark is the grace, from any instant and in any zone."""
        deadline = Immediate(grace).deadline(mark, office(zone_name))
        assert deadline == Deadline(mark + grace)


class TestBusinessDays:
    """So many working days of the place. The day it starts is day zero; it ends when business closes."""

    def test_five_business_days_from_each_mark(self) -> None:
        """Weekends, Easter, Labour Day, the day added after Anzac Day and New Year's Day do not count."""
        holds(
            parse_limit("5 business days"),
            DUE["5 business days"],
            inclusive=True,
        )

    def test_the_postmortem_of_a_recovery_on_the_eve_of_anzac_day(self) -> None:
        """Recovered Friday 24 April 2026 at 16:30, so it is owed by Monday 4 May at close of business."""
        deadline = BusinessDays(5).deadline(local("2026-04-24 16:30"), OFFICE)
        on_time_until(deadline, local("2026-05-04 17:00"), inclusive=True)

    def test_a_mark_just_before_midnight_is_still_day_zero(self) -> None:
        """The civil day of the mark in the calendar's zone is day zero to its last microsecond."""
        before = BusinessDays(1).deadline(local("2026-03-10 23:59:59.999999"), OFFICE)
        after = BusinessDays(1).deadline(local("2026-03-11 00:00"), OFFICE)
        assert before == Deadline(local("2026-03-11 17:00"))
        assert after == Deadline(local("2026-03-12 17:00"))

    def test_without_the_holidays_of_the_place_the_answer_is_another(self) -> None:
        """The holidays are data handed in: with none, the days after Easter and Anzac Day count."""
        none = Holidays("nowhere", date(2020, 1, 1), date(2032, 12, 31), {})
        deadline = BusinessDays(5).deadline(local("2026-04-24 16:30"), office("Australia/Sydney", holidays=none))
        assert deadline == Deadline(local("2026-05-01 17:00"))


class TestSameBusinessDay:
    """By close of business on the day it happened; out of hours, on the business day that comes next.

    The floor keeps recovery from being due before the response is.
    """

    def test_same_business_day_from_each_mark(self) -> None:
        """In business hours that day's close, or the floor; outside them the next business day's close."""
        holds(
            parse_limit("same business day (not before 2 hours)"),
            DUE["same business day (not before 2 hours)"],
            inclusive=True,
        )

    @pytest.mark.parametrize(
        ("mark", "due"),
        [
            ("2026-03-11 08:59:59.999999", "2026-03-11 17:00"),
            ("2026-03-11 09:00", "2026-03-11 17:00"),
            ("2026-03-11 14:59:59.999999", "2026-03-11 17:00"),
            ("2026-03-11 15:00", "2026-03-11 17:00"),
            ("2026-03-11 15:00:00.000001", "2026-03-11 17:00:00.000001"),
            ("2026-03-11 16:59:59.999999", "2026-03-11 18:59:59.999999"),
            ("2026-03-11 17:00", "2026-03-12 17:00"),
            ("2026-03-11 17:00:00.000001", "2026-03-12 17:00"),
            ("2026-03-11 23:59:59.999999", "2026-03-12 17:00"),
            ("2026-03-12 00:00", "2026-03-12 17:00"),
            ("2026-04-24 17:00", "2026-04-28 17:00"),
            ("2026-04-25 12:00", "2026-04-28 17:00"),
            ("2026-04-27 12:00", "2026-04-28 17:00"),
            ("2026-12-24 17:00", "2026-12-29 17:00"),
            ("2026-12-31 17:00", "2027-01-04 17:00"),
        ],
    )
    def test_the_edges_of_the_working_day(self, mark: str, due: str) -> None:
        """The opening instant is inside business hours, the closing instant is already outside."""
        deadline = SameBusinessDay(timedelta(hours=2)).deadline(local(mark), OFFICE)
        on_time_until(deadline, local(due), inclusive=True)

    @given(mark=COVERED, floor=SHORT)
    def test_it_is_never_due_before_the_floor(self, mark: datetime, floor: timedelta) -> None:
        """Whenever it happens, at least the floor remains."""
        deadline = SameBusinessDay(floor).deadline(mark, OFFICE)
        assert deadline is not None
        assert deadline.at >= mark + floor


class TestCalendarDays:
    """So many whole days of the calendar on the wall. The day it starts does not count, any other does."""

    def test_thirty_days_from_each_mark(self) -> None:
        """It ends with the thirtieth day in the place's own zone, weekend or holiday."""
        holds(
            parse_limit("30 days"),
            DUE["30 days"],
            inclusive=False,
        )

    def test_the_day_is_the_day_of_the_zone_and_not_of_utc(self) -> None:
        """A microsecond across midnight in Sydney moves the deadline a day; midnight in UTC moves nothing."""
        one = CalendarDays(1)
        assert one.deadline(local("2026-05-10 23:59:59.999999"), OFFICE) == Deadline(
            local("2026-05-12 00:00"), inclusive=False
        )
        assert one.deadline(local("2026-05-11 00:00"), OFFICE) == Deadline(local("2026-05-13 00:00"), inclusive=False)
        before, after = at("2026-05-11 23:59:59.999999+00:00"), at("2026-05-12 00:00+00:00")
        assert one.deadline(before, OFFICE) == one.deadline(after, OFFICE)

    def test_a_day_whose_midnight_is_skipped_ends_at_the_change(self) -> None:
        """In Beirut 29 March 2026 begins at 01:00, so the day before ends at that instant."""
        deadline = CalendarDays(1).deadline(at("2026-03-27 12:00+02:00"), office("Asia/Beirut"))
        on_time_until(deadline, at("2026-03-29 01:00+03:00"), inclusive=False)

    @given(mark=INSTANTS, zone_name=ZONES, days=st.integers(1, 400))
    def test_it_ends_at_the_first_instant_after_the_last_day(self, mark: datetime, zone_name: str, days: int) -> None:
        """The instant before belongs to the last day or an earlier one, the deadline to a later day."""
        deadline = CalendarDays(days).deadline(mark, office(zone_name))
        assert deadline is not None
        tz = zone(zone_name)
        last_day = mark.astimezone(tz).date() + timedelta(days=days)
        assert (deadline.at - MICROSECOND).astimezone(tz).date() <= last_day
        assert deadline.at.astimezone(tz).date() > last_day
        on_time_until(deadline, deadline.at, inclusive=False)


class TestCalendarMonths:
    """So many months: until the day with the same number has ended, or the last day of a shorter month."""

    def test_one_month_from_each_mark(self) -> None:
        """The same-numbered day of the next month counts to its end."""
        holds(
            parse_limit("1 month"),
            {
                "last minute of summer time": "2026-05-06 00:00+10:00",
                "clocks just went back": "2026-05-06 00:00+10:00",
                "last minute of winter time": "2026-11-05 00:00+11:00",
                "clocks just went forward": "2026-11-05 00:00+11:00",
                "Wednesday 06:00": "2026-04-12 00:00+10:00",
                "Friday 16:55": "2026-04-14 00:00+10:00",
                "Friday 17:00": "2026-04-14 00:00+10:00",
                "Friday 18:00": "2026-04-14 00:00+10:00",
                "Saturday noon": "2026-04-15 00:00+10:00",
                "eve of Anzac Day": "2026-05-25 00:00+10:00",
                "New Year's Eve": "2027-02-01 00:00+11:00",
            },
            inclusive=False,
        )

    @pytest.mark.parametrize(
        ("mark", "months", "last_day"),
        [
            ("2026-01-31", 1, "2026-02-28"),
            ("2028-01-31", 1, "2028-02-29"),
            ("2026-02-28", 1, "2026-03-28"),
            ("2026-03-31", 1, "2026-04-30"),
            ("2026-05-31", 6, "2026-11-30"),
            ("2026-08-31", 6, "2027-02-28"),
            ("2028-02-29", 12, "2029-02-28"),
            ("2026-12-31", 2, "2027-02-28"),
        ],
    )
    def test_a_shorter_month_ends_on_its_last_day(self, mark: str, months: int, last_day: str) -> None:
        """There is no 31 February: the limit ends with the month instead of running into the next."""
        deadline = CalendarMonths(months).deadline(local(f"{mark} 10:00"), OFFICE)
        after = date.fromisoformat(last_day) + timedelta(days=1)
        on_time_until(deadline, local(after.isoformat()), inclusive=False)

    @given(day=st.dates(date(2000, 1, 1), date(2080, 1, 1)), months=st.integers(1, 120))
    def test_the_month_is_the_one_asked_for_and_the_day_never_moves_forward(self, day: date, months: int) -> None:
        """The last day lies exactly so many months on and keeps its number wherever that month has it."""
        moved = add_months(day, months)
        assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
        assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).month != moved.month)


class TestPeriodEnd:
    """Until the calendar month, quarter, half-year or year that holds the mark has ended in the zone."""

    def test_the_quarter_of_each_mark(self) -> None:
        """It ends with the last day of March, June, September or December."""
        holds(
            parse_limit("end of quarter"),
            {
                "last minute of summer time": "2026-07-01 00:00+10:00",
                "clocks just went back": "2026-07-01 00:00+10:00",
                "last minute of winter time": "2027-01-01 00:00+11:00",
                "clocks just went forward": "2027-01-01 00:00+11:00",
                "Wednesday 06:00": "2026-04-01 00:00+11:00",
                "Friday 16:55": "2026-04-01 00:00+11:00",
                "Friday 17:00": "2026-04-01 00:00+11:00",
                "Friday 18:00": "2026-04-01 00:00+11:00",
                "Saturday noon": "2026-04-01 00:00+11:00",
                "eve of Anzac Day": "2026-07-01 00:00+10:00",
                "New Year's Eve": "2027-01-01 00:00+11:00",
            },
            inclusive=False,
        )

    @pytest.mark.parametrize(
        ("day", "month", "quarter", "half_year", "year"),
        [
            ("2026-01-31", "2026-02-01", "2026-04-01", "2026-07-01", "2027-01-01"),
            ("2028-02-29", "2028-03-01", "2028-04-01", "2028-07-01", "2029-01-01"),
            ("2026-03-31", "2026-04-01", "2026-04-01", "2026-07-01", "2027-01-01"),
            ("2026-05-31", "2026-06-01", "2026-07-01", "2026-07-01", "2027-01-01"),
            ("2026-06-30", "2026-07-01", "2026-07-01", "2026-07-01", "2027-01-01"),
            ("2026-08-31", "2026-09-01", "2026-10-01", "2027-01-01", "2027-01-01"),
            ("2026-10-31", "2026-11-01", "2027-01-01", "2027-01-01", "2027-01-01"),
            ("2026-12-31", "2027-01-01", "2027-01-01", "2027-01-01", "2027-01-01"),
        ],
    )
    def test_the_ends_of_months(self, day: str, month: str, quarter: str, half_year: str, year: str) -> None:
        """The last day of a month belongs to its periods from its first microsecond to its last."""
        ends = {"month": month, "quarter": quarter, "half-year": half_year, "year": year}
        for moment in ("00:00", "12:00", "23:59:59.999999"):
            for period, first_after in ends.items():
                mark = local(f"{day} {moment}")
                assert end_of_period(period, mark, OFFICE.zone) == local(first_after), (moment, period)
                assert PeriodEnd(period).deadline(mark, OFFICE) == Deadline(local(first_after), inclusive=False)

    @pytest.mark.parametrize("period", ["month", "quarter", "half-year", "year"])
    def test_the_first_instant_of_a_period_belongs_to_it(self, period: str) -> None:
        """Going from end to end visits every period of two years once, in order, and never stands still."""
        months = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}[period]
        ends = [local("2026-01-01")]
        while ends[-1] < local("2028-01-01"):
            ends.append(end_of_period(period, ends[-1], OFFICE.zone))
        assert len(ends) == 1 + 24 // months
        assert all(earlier < later for earlier, later in pairwise(ends))
        assert ends[-1] == local("2028-01-01")


class TestPromptly:
    """A legal standard without a number. Nobody may turn it into an instant."""

    @pytest.mark.parametrize("words", ["as soon as practicable", "without undue delay"])
    def test_no_mark_gives_it_an_instant(self, words: str) -> None:
        """It has no deadline from any mark, and its kind names the standard."""
        limit = parse_limit(words)
        due = {due_of(limit, mark, OFFICE) for mark in MARKS.values()}
        assert due == {(None, words.replace(" ", "-"))}


class TestBeforeClosed:
    """Any time before the incident is closed: a gate holds it, not the clock."""

    def test_no_mark_gives_it_an_instant(self) -> None:
        """It has no deadline from any mark."""
        assert {due_of(parse_limit("before closed"), mark, OFFICE) for mark in MARKS.values()} == {
            (None, "before-close")
        }


class TestGivenByEvent:
    """Whoever starts the clock names the instant."""

    def test_no_mark_gives_it_an_instant(self) -> None:
        """It has no deadline of its own from any mark."""
        assert {due_of(parse_limit("given by the event"), mark, OFFICE) for mark in MARKS.values()} == {(None, "given")}


class TestEveryLimit:
    """What holds for every kind of limit."""

    @given(limit=NEAR_LIMIT, mark=COVERED)
    def test_nothing_is_late_at_the_instant_it_starts(self, limit: Limit, mark: datetime) -> None:
        """Whoever acts at the mark itself is on time."""
        deadline = limit.deadline(mark, OFFICE)
        assert deadline is not None
        assert not deadline.missed(mark)

    @given(limit=NEAR_LIMIT, first=COVERED, later=st.timedeltas(timedelta(0), timedelta(days=20)))
    def test_a_later_mark_never_brings_an_earlier_deadline(
        self, limit: Limit, first: datetime, later: timedelta
    ) -> None:
        """Waiting to notice never shortens a limit, and noticing earlier never lengthens it."""
        early, late = (limit.deadline(mark, OFFICE) for mark in (first, first + later))
        assert early is not None
        assert late is not None
        assert early.at <= late.at

    @given(limit=NEAR_LIMIT, mark=COVERED)
    def test_the_boundary_is_said_in_words(self, limit: Limit, mark: datetime) -> None:
        """Hours and business hours include their last instant, civil days and months end before theirs."""
        deadline = limit.deadline(mark, OFFICE)
        assert deadline is not None
        civil = isinstance(limit, CalendarDays | CalendarMonths | PeriodEnd)
        assert deadline.boundary == ("exclusive" if civil else "inclusive")
        assert deadline.missed_from == (deadline.at if civil else deadline.at + MICROSECOND)


# --- business time against a walk that shares no code ----------------------------------------------------

HOLIDAYS_ON_WEEKDAYS = {
    date(2026, 1, 1), date(2026, 1, 26), date(2026, 4, 3), date(2026, 4, 6), date(2026, 4, 27),
    date(2026, 6, 8), date(2026, 10, 5), date(2026, 12, 25), date(2026, 12, 28),
    date(2027, 1, 1), date(2027, 1, 26), date(2027, 3, 26), date(2027, 3, 29), date(2027, 4, 26),
    date(2027, 6, 14), date(2027, 10, 4), date(2027, 12, 27), date(2027, 12, 28),
    date(2028, 1, 3),
}  # fmt: skip


def hours_ahead_of_utc(utc: datetime) -> timedelta:
    """Sydney's rule by hand: eleven hours from the first Sunday of October to the first Sunday of April."""

    def change(month: int) -> datetime:
        first = datetime(utc.year, month, 1, tzinfo=UTC)
        sunday = first + timedelta(days=(6 - first.weekday()) % 7)
        return sunday - timedelta(hours=8)  # 02:00 by the standard clock, ten hours ahead

    return timedelta(hours=10 if change(4) <= utc < change(10) else 11)


def walked_close(day: date) -> datetime:
    """17:00 in Sydney. The clocks change before dawn, so the offset at 06:00 in UTC holds all afternoon."""
    afternoon = datetime.combine(day, time(6), UTC)
    return datetime.combine(day, time(17), UTC) - hours_ahead_of_utc(afternoon)


def walked_is_business_day(day: date) -> bool:
    """Monday to Friday, and not in the list above."""
    return day.weekday() < 5 and day not in HOLIDAYS_ON_WEEKDAYS


def walked_business_days(mark: datetime, days: int) -> datetime:
    """Turn over the leaves of the calendar one by one."""
    day = (mark + hours_ahead_of_utc(mark)).date()
    while days:
        day += timedelta(days=1)
        days -= walked_is_business_day(day)
    return walked_close(day)


def walked_same_business_day(mark: datetime) -> datetime:
    """Look for the first close of business that is still ahead, on a day that is worked."""
    wall = mark + hours_ahead_of_utc(mark)
    day = wall.date()
    while not walked_is_business_day(day) or walked_close(day) <= mark:
        day += timedelta(days=1)
    return max(walked_close(day), mark + timedelta(hours=2))


def every_three_hours() -> Iterator[datetime]:
    mark = datetime(2025, 12, 31, 13, tzinfo=UTC)  # midnight in Sydney
    while mark < datetime(2027, 12, 31, 13, tzinfo=UTC):
        yield mark
        mark += timedelta(hours=3)


class TestAgainstAWalkByHand:
    """The calendar agrees with somebody who turns over its leaves one by one, for two whole years."""

    @pytest.mark.parametrize("days", [1, 2, 5])
    def test_business_days(self, days: int) -> None:
        """Counting business days and walking them give the same instant from every third hour."""
        differing = [
            mark
            for mark in every_three_hours()
            if BusinessDays(days).deadline(mark, OFFICE) != Deadline(walked_business_days(mark, days))
        ]
        assert differing == []

    def test_same_business_day(self) -> None:
        """The same business day and the walk give the same instant from every third hour."""
        marks = list(every_three_hours())
        limit = SameBusinessDay(timedelta(hours=2))
        differing = [mark for mark in marks if limit.deadline(mark, OFFICE) != Deadline(walked_same_business_day(mark))]
        assert differing == []
        assert len(marks) == 730 * 8


# --- worked examples from the laws -----------------------------------------------------------------------

VECTORS = REPO.parent / "shared" / "law" / "vectors-public.yaml"


@pytest.mark.skipif(not VECTORS.exists(), reason="the worked deadlines of the laws are not beside this repository")
class TestWorkedDeadlinesOfTheLaws:
    """The deadlines somebody worked out by hand for the privacy laws come out the same."""

    READINGS = {"elapsed": True, "calendar_days": False}
    """Readings the library follows, and whether the last instant is included."""

    @staticmethod
    def limit(vector: dict[str, dict[str, str]]) -> Limit:
        count, unit = vector["period"]["value"], vector["period"]["unit"]
        return parse_limit(f"{count} {unit.removeprefix('calendar_')}")

    def test_hours_and_days(self) -> None:
        """Elapsed hours and civil days match every vector that has such a limit, boundary included."""
        examined = []
        for vector in read_plain(VECTORS)["vectors"]:
            reading = vector["expected"]["reading"]
            if reading not in self.READINGS or vector["period"]["value"].startswith("-"):
                continue  # months rolled to a working day, and a plan counted backwards, are no limits here
            deadline = self.limit(vector).deadline(at(vector["input"]["instant_utc"]), office(vector["tz"]))
            assert deadline == Deadline(at(vector["expected"]["deadline_utc"]), inclusive=self.READINGS[reading]), (
                vector["id"]
            )
            examined.append(vector["id"])
        assert len(examined) == 17

    def test_months_that_are_not_rolled(self) -> None:
        """A month ends unrolled, which the vectors call the safe reading, never on a later working day."""
        examined = []
        for vector in read_plain(VECTORS)["vectors"]:
            for other in vector.get("alternatives", ()):
                if other["reading"] == "no_rollover":
                    deadline = self.limit(vector).deadline(at(vector["input"]["instant_utc"]), office(vector["tz"]))
                    assert deadline == Deadline(at(other["deadline_utc"]), inclusive=False), vector["id"]
                    examined.append(vector["id"])
        assert examined == ["P14", "P15"]
