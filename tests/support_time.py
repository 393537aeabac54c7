"""Time for tests: office hours in Sydney over the shipped holidays of New South Wales."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import yaml

from ir_policy.calendar import Calendar, Holidays, zone
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
