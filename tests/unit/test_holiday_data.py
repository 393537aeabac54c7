"""The shipped holidays of New South Wales: pinned by hand, compared with a second source, and all sourced."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from support_time import AU_NSW, read_plain

DOCUMENT = read_plain(AU_NSW)
DAYS = DOCUMENT["days"]

HOLIDAYS = {
    "2022-09-22": "National Day of Mourning for Queen Elizabeth II",
    "2024-03-29": "Good Friday",
    "2024-03-30": "Easter Saturday",
    "2024-03-31": "Easter Sunday",
    "2024-04-01": "Easter Monday",
    "2024-06-10": "King's Birthday",
    "2024-10-07": "Labour Day",
    "2025-01-27": "Australia Day",
    "2025-04-18": "Good Friday",
    "2025-06-09": "King's Birthday",
    "2025-10-06": "Labour Day",
    "2026-01-26": "Australia Day",
    "2026-04-03": "Good Friday",
    "2026-04-04": "Easter Saturday",
    "2026-04-05": "Easter Sunday",
    "2026-04-06": "Easter Monday",
    "2026-04-25": "Anzac Day",
    "2026-04-27": "Anzac Day (additional day)",
    "2026-06-08": "King's Birthday",
    "2026-10-05": "Labour Day",
    "2026-12-25": "Christmas Day",
    "2026-12-26": "Boxing Day",
    "2026-12-28": "Boxing Day (additional day)",
    "2027-03-26": "Good Friday",
    "2027-04-25": "Anzac Day",
    "2027-04-26": "Anzac Day (additional day)",
    "2027-06-14": "King's Birthday",
    "2027-10-04": "Labour Day",
    "2027-12-27": "Christmas Day (additional day)",
    "2027-12-28": "Boxing Day (additional day)",
    "2028-01-03": "New Year's Day (additional day)",
}

ORDINARY = {
    "2020-04-27": "Anzac Day 2020 was a Saturday and no day was added",
    "2021-04-26": "Anzac Day 2021 was a Sunday and no day was added",
    "2025-01-26": "Australia Day 2025 was moved off the Sunday",
    "2025-08-04": "the Bank Holiday closes no ordinary business",
    "2026-04-24": "the eve of Anzac Day",
    "2026-04-28": "the day after the additional day",
    "2026-08-03": "the Bank Holiday closes no ordinary business",
    "2026-12-24": "Christmas Eve",
    "2026-12-31": "New Year's Eve",
    "2027-04-27": "the day after the additional day",
    "2032-04-26": "not decided when the data was written",
}


@pytest.mark.parametrize(("day", "name"), HOLIDAYS.items())
def test_well_known_holidays_are_listed_by_name(day: str, name: str) -> None:
    """A day everybody in the place knows to be a holiday is one, under the name it has there."""
    assert DAYS[day]["name"] == name


@pytest.mark.parametrize("day", ORDINARY, ids=lambda day: f"{day} {ORDINARY[day]}")
def test_days_that_only_look_like_holidays_are_not_listed(day: str) -> None:
    """A day a rule of thumb would call a holiday is none unless a source says so."""
    assert day not in DAYS


def test_every_day_of_the_years_covered_agrees_with_the_holidays_package() -> None:
    """Each single day covered is a holiday here exactly when the holidays package says so."""
    package = pytest.importorskip("holidays", reason="the holidays package is installed for development only")
    version = tuple(int(part) for part in package.__version__.split(".")[:2])
    assert version >= (0, 91), "older ones do not know the additional days after Anzac Day"

    first, last = (date.fromisoformat(DOCUMENT["covers"][end]) for end in ("from", "to"))
    known = package.country_holidays("AU", subdiv="NSW", years=range(first.year, last.year + 1))
    examined = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    differing = [day.isoformat() for day in examined if (day.isoformat() in DAYS) != (day in known)]

    assert differing == []
    assert len(examined) > 4700


def test_every_holiday_lies_in_the_years_covered_and_they_are_in_order() -> None:
    """The list is read by people, so it is sorted, and it says nothing about days it does not cover."""
    assert list(DAYS) == sorted(DAYS)
    assert all(DOCUMENT["covers"]["from"] <= day <= DOCUMENT["covers"]["to"] for day in DAYS)


def test_every_holiday_names_a_source_and_every_source_is_used() -> None:
    """A holiday nobody can look up is a rumour."""
    assert {entry["source"] for entry in DAYS.values()} == DOCUMENT["sources"].keys()


def test_every_source_says_what_was_read_and_when_to_look_again() -> None:
    """A source carries its citation, when it was checked, when to check again and what stands behind it."""
    for source in DOCUMENT["sources"].values():
        assert source.keys() == {"cite", "checked", "review_by", "evidence"}
        assert date.fromisoformat(source["checked"]) < date.fromisoformat(source["review_by"])


def test_days_declared_by_order_are_not_filed_under_the_standing_list() -> None:
    """A day added for one year comes from an order, so that nobody takes it for a rule of every year."""
    by_order = {day for day, entry in DAYS.items() if entry["source"] != "act"}
    assert by_order == {"2022-09-22", "2026-04-27", "2027-04-26"}


def test_what_is_undecided_is_said() -> None:
    """The one weekend Anzac Day ahead whose Monday nobody has ruled on is written down as open."""
    assert any("25 April 2032" in note for note in DOCUMENT["notes"])
