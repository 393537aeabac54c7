"""Packages for business time and for time zones, each given the policy's own calendar: zone, hours, weekdays and holidays.

A builder returns a function from an instant to the instant it is due; or, for a package with instants of its own, the way in, the
function, and the way out. Only the function is timed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from bench.peers.installed import Peer
from ir_policy.calendar import Calendar

__all__ = ["BUSINESS_DAYS", "ELAPSED", "SAME_DAY"]

Due = Callable[[datetime], datetime]
ONE: Final = timedelta(days=1)


def _closing(calendar: Calendar) -> Callable[[date], datetime]:
    """What every package that counts days still leaves to its caller."""
    closes, zone = calendar.closes, calendar.zone
    return lambda day: datetime.combine(day, closes, zone).astimezone(timezone.utc)


def _counting(calendar: Calendar, limit: Any, add: Callable[[date, int], date]) -> Due:
    """So many business days, given a function that counts on from a day."""
    closing, zone, days = _closing(calendar), calendar.zone, limit.business_days.days
    return lambda at: closing(add(at.astimezone(zone).date(), days))


def _rolling(calendar: Calendar, limit: Any, roll: Callable[[date], date]) -> Due:
    """Close of this business day, given a function that finds the first business day from a day on."""
    closing, zone, closes, least = _closing(calendar), calendar.zone, calendar.closes, limit.same_day.not_before

    def due(at: datetime) -> datetime:
        local = at.astimezone(zone)
        day = local.date() if local.time() < closes else local.date() + ONE
        return max(closing(roll(day)), at + least)

    return due


def _weekend(calendar: Calendar) -> set[int]:
    return set(range(7)) - calendar.workdays


# --- packages that count days ----------------------------------------------------------------------------


def _holidays(calendar: Calendar) -> Any:
    import holidays

    ours = holidays.HolidayBase(expand=False)
    ours.weekend = _weekend(calendar)
    ours.update(dict(calendar.holidays.names.items()))
    return ours


def holidays_counting(calendar: Calendar, limit: Any) -> Due:
    return _counting(calendar, limit, _holidays(calendar).get_nth_working_day)


def holidays_rolling(calendar: Calendar, limit: Any) -> Due:
    known = _holidays(calendar)
    return _rolling(calendar, limit, lambda day: known.get_nth_working_day(day, 0))


def _workalendar(calendar: Calendar) -> Any:
    from workalendar.core import Calendar as Base

    class Ours(Base):  # type: ignore[misc]  # the package is not typed
        def get_weekend_days(self) -> tuple[int, ...]:
            return tuple(sorted(_weekend(calendar)))

        def get_calendar_holidays(self, year: int) -> list[tuple[date, str]]:
            return [(day, name) for day, name in calendar.holidays.names.items() if day.year == year]

    return Ours()


def workalendar_counting(calendar: Calendar, limit: Any) -> Due:
    return _counting(calendar, limit, _workalendar(calendar).add_working_days)


def workalendar_rolling(calendar: Calendar, limit: Any) -> Due:
    known = _workalendar(calendar)
    return _rolling(calendar, limit, lambda day: known.add_working_days(day - ONE, 1))


def bizdays_counting(calendar: Calendar, limit: Any) -> Due:
    from bizdays import Calendar as Days

    weekend = [
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[n]
        for n in sorted(_weekend(calendar))
    ]
    covers = calendar.holidays
    days = Days(
        sorted(covers.names), weekend, startdate=str(covers.covers_from), enddate=str(covers.covers_to), name="ours"
    )
    return _counting(calendar, limit, lambda day, count: days.offset(days.preceding(day), count))


def _busday(calendar: Calendar) -> Any:
    import numpy

    mask = [int(day in calendar.workdays) for day in range(7)]
    return numpy.busdaycalendar(weekmask=mask, holidays=sorted(calendar.holidays.names))


def numpy_counting(calendar: Calendar, limit: Any) -> Due:
    import numpy

    days = _busday(calendar)
    return _counting(
        calendar, limit, lambda day, count: numpy.busday_offset(day, count, roll="backward", busdaycal=days).item()
    )


def numpy_rolling(calendar: Calendar, limit: Any) -> Due:
    import numpy

    days = _busday(calendar)
    return _rolling(calendar, limit, lambda day: numpy.busday_offset(day, 0, roll="forward", busdaycal=days).item())


def pandas_counting(calendar: Calendar, limit: Any) -> Due:
    import pandas

    step = pandas.offsets.CustomBusinessDay(limit.business_days.days, calendar=_busday(calendar))
    closing, zone = _closing(calendar), calendar.zone
    return lambda at: closing((pandas.Timestamp(at.astimezone(zone).date()) + step).date())


def businesstimedelta(calendar: Calendar, limit: Any) -> Due:
    """It knows hours of business, and says the end of the stretch that runs now or comes next."""
    import businesstimedelta as package
    import pytz

    zone, least = pytz.timezone(calendar.zone_name), limit.same_day.not_before
    hours = package.WorkDayRule(
        start_time=calendar.opens, end_time=calendar.closes, working_days=sorted(calendar.workdays), tz=zone
    )
    rules = package.Rules([hours, package.HolidayRule(set(calendar.holidays.names), tz=zone)])
    return lambda at: max(rules.next(at)[1].astimezone(timezone.utc), at + least)


# --- packages with instants of their own -----------------------------------------------------------------


def whenever(calendar: Calendar, limit: Any) -> tuple[Any, Any, Any]:
    from whenever import Instant

    hours = limit.elapsed.length.total_seconds() / 3600
    return Instant, lambda at: at.add(hours=hours), lambda at: at.to_stdlib().astimezone(timezone.utc)


def pendulum(calendar: Calendar, limit: Any) -> tuple[Any, Any, Any]:
    import pendulum as package

    hours = int(limit.elapsed.length.total_seconds()) // 3600
    return (
        package.instance,
        lambda at: at.add(hours=hours),
        lambda at: datetime.fromtimestamp(at.timestamp(), timezone.utc),
    )


def pandas_elapsed(calendar: Calendar, limit: Any) -> tuple[Any, Any, Any]:
    import pandas

    length = limit.elapsed.length
    return pandas.Timestamp, lambda at: at + length, lambda at: at.to_pydatetime()


BUSINESS_DAYS: Final = (
    Peer("numpy busday_offset", "numpy", numpy_counting),
    Peer("bizdays", "bizdays", bizdays_counting),
    Peer("holidays get_nth_working_day", "holidays", holidays_counting),
    Peer("workalendar add_working_days", "workalendar", workalendar_counting),
    Peer("pandas CustomBusinessDay", "pandas", pandas_counting),
)
SAME_DAY: Final = (
    Peer("numpy busday_offset, rolled", "numpy", numpy_rolling),
    Peer("holidays get_nth_working_day, rolled", "holidays", holidays_rolling),
    Peer("workalendar add_working_days, rolled", "workalendar", workalendar_rolling),
    Peer("businesstimedelta", "businesstimedelta", businesstimedelta),
)
ELAPSED: Final = (
    Peer("whenever", "whenever", whenever),
    Peer("pendulum", "pendulum", pendulum),
    Peer("pandas Timestamp", "pandas", pandas_elapsed),
)
