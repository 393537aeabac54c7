"""When is it due: business days, the same business day and real hours, from instants of every year the calendar covers."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from attrs import frozen

from bench.peers.agree import agree
from bench.peers.calendars import BUSINESS_DAYS, ELAPSED, SAME_DAY
from bench.peers.installed import Peers
from bench.peers.measure import Case
from bench.peers.tables import Table, Workload
from ir_policy.calendar import Calendar
from ir_policy.clocks import BusinessDays, Elapsed, Limit, SameBusinessDay
from ir_policy.rules.model import Policy

__all__ = ["Closings", "instants", "limits", "workload"]

DRAWN: Final = 3_000
LEFT_OUT: Final = timedelta(days=60)
"""At the end of the years covered, so that no limit leaves them."""

Due = Callable[[datetime], datetime]


@frozen
class Limits:
    """The three limits, each from a duty of the policy that has it."""

    business_days: BusinessDays
    same_day: SameBusinessDay
    elapsed: Elapsed


def limits(policy: Policy) -> Limits:
    """The longest limit of each kind that the policy sets, so that no number stands here."""
    found = [within.limit for duty in policy.duties.values() for within in duty.within if within is not None]
    return Limits(
        max((one for one in found if isinstance(one, BusinessDays)), key=lambda one: one.days),
        max((one for one in found if isinstance(one, SameBusinessDay)), key=lambda one: one.not_before),
        max((one for one in found if isinstance(one, Elapsed)), key=lambda one: one.length),
    )


def instants(calendar: Calendar) -> list[datetime]:
    """Instants drawn from all years covered, and the edges: each closing, opening and clock change with a second either side."""
    chance = random.Random(3)
    first = datetime.combine(calendar.holidays.covers_from, time(0), timezone.utc) + timedelta(days=1)
    last = datetime.combine(calendar.holidays.covers_to, time(0), timezone.utc) - LEFT_OUT
    span = int((last - first).total_seconds())
    drawn = [first + timedelta(seconds=chance.randrange(span)) for _ in range(DRAWN)]
    days = [first.date() + timedelta(days=n) for n in range(0, span // 86_400, 11)] + changes(
        calendar, first.date(), last.date()
    )
    edges = [edge for day in days for edge in (calendar.opening(day), calendar.closing(day))]
    near = [edge + timedelta(seconds=second) for edge in edges for second in (-1, 0, 1)]
    return [at for at in drawn + near if first <= at <= last]


def changes(calendar: Calendar, first: date, last: date) -> list[date]:
    """The days on which clocks are changed, with the day before each."""
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    offset = {day: datetime.combine(day, time(12), calendar.zone).utcoffset() for day in days}
    return [
        d for day in days[1:] if offset[day] != offset[day - timedelta(days=1)] for d in (day - timedelta(days=1), day)
    ]


class Closings:
    """By hand: the closings of all business days worked out once, each question one search in a sorted list."""

    def __init__(self, calendar: Calendar, limit: Limits) -> None:
        covers = calendar.holidays
        days = [covers.covers_from + timedelta(days=n) for n in range((covers.covers_to - covers.covers_from).days + 1)]
        business = [day for day in days if day.weekday() in calendar.workdays and day not in covers.names]
        self.begins = [datetime.combine(day, time(0), calendar.zone).astimezone(timezone.utc) for day in business]
        self.closes = [
            datetime.combine(day, calendar.closes, calendar.zone).astimezone(timezone.utc) for day in business
        ]
        self.days, self.least, self.length = limit.business_days.days, limit.same_day.not_before, limit.elapsed.length

    def business_days(self, at: datetime) -> datetime:
        return self.closes[bisect_right(self.begins, at) + self.days - 1]

    def same_day(self, at: datetime) -> datetime:
        closing, least = self.closes[bisect_right(self.closes, at)], at + self.least
        return closing if closing >= least else least

    def elapsed(self, at: datetime) -> datetime:
        return at + self.length


def by_the_day(calendar: Calendar, limit: Limits) -> Due:
    """By hand without a table: one day after the other, asking the zone and a set of holidays."""
    closed, zone, one = set(calendar.holidays.names), calendar.zone, timedelta(days=1)

    def due(at: datetime) -> datetime:
        day, left = at.astimezone(zone).date(), limit.business_days.days
        while left:
            day += one
            left -= day.weekday() in calendar.workdays and day not in closed
        return datetime.combine(day, calendar.closes, zone).astimezone(timezone.utc)

    return due


def workload(policy: Policy, peers: Peers) -> Workload:
    calendar, limit = policy.calendar, limits(policy)
    hand, asked = Closings(calendar, limit), instants(calendar)
    day_by_day = {"by hand, day by day": by_the_day(calendar, limit)}
    tables = []
    for id_, ours, floor, more, kinds in (
        ("business-days", limit.business_days, hand.business_days, day_by_day, BUSINESS_DAYS),
        ("same-day", limit.same_day, hand.same_day, {}, SAME_DAY),
        ("elapsed", limit.elapsed, hand.elapsed, {}, ELAPSED),
    ):
        tables.append(_table(id_, calendar, ours, floor, more, peers.built(kinds, calendar, limit), asked))
    return Workload("deadlines", tuple(tables))


def _table(
    id_: str, calendar: Calendar, limit: Limit, floor: Due, more: dict[str, Due],
    built: dict[str, tuple[object, str]], asked: Sequence[datetime],
) -> Table:  # fmt: skip
    """A peer that takes instants of its own is a pair: how it makes one, and how it answers with one."""

    def ours(at: datetime) -> datetime | None:
        deadline = limit.deadline(at, calendar)
        return deadline.at if deadline is not None else None

    native = {name: given if isinstance(given, tuple) else (_same, given, _same) for name, (given, _) in built.items()}
    whole = {name: (lambda at, i=into, d=due, o=out: o(d(i(at)))) for name, (into, due, out) in native.items()}
    agreed = agree(f"{limit}", asked, {"ir_policy": ours, "by hand": floor, **more, **whole}, str)
    shuffled = random.Random(4).sample(asked, len(asked))
    cases = [
        Case("ir_policy", "ours", ours, shuffled),
        Case(FLOORS[id_], "floor", floor, shuffled),
        *(Case(name, "hand", due, shuffled) for name, due in more.items()),
        *(
            Case(name, "peer", due, [into(at) for at in shuffled], package=built[name][1])
            for name, (into, due, _) in native.items()
        ),
    ]
    return Table(id_, "deadline", (agreed,), cases=tuple(cases))


def _same(value: datetime) -> datetime:
    return value


FLOORS: Final = {
    "business-days": "by hand: a table of closings, one search",
    "same-day": "by hand: a table of closings, one search",
    "elapsed": "by hand: an instant plus a length",
}
