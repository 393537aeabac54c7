"""Text for people: widths, lengths of time in few letters, and instants on the clock of the policy's zone."""

from __future__ import annotations

import textwrap
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ir_policy.clocks import in_words

__all__ = ["WIDTH", "LocalClock", "fit", "short", "wrapped"]

WIDTH: Final = 80


class LocalClock:
    """Instants in local time with UTC beside it, as somebody reads them at ``now``."""

    def __init__(self, zone: ZoneInfo, now: datetime) -> None:
        self.zone = zone
        self.now = now

    def near(self, at: datetime) -> str:
        """Local time with UTC beside it today; the day and local time on another day (UTC stands below)."""
        local, today = at.astimezone(self.zone), self.now.astimezone(self.zone)
        if local.date() == today.date():
            return f"{local:%H:%M} ({at:%H:%MZ})"
        return f"{local:%a} {local.day} {local:%b %H:%M}"

    def full(self, at: datetime) -> str:
        """Local time with UTC beside it; the day where it is not today."""
        local, today = at.astimezone(self.zone), self.now.astimezone(self.zone)
        day = "" if local.date() == today.date() else f"{local:%a %d %b} "
        return f"{day}{local:%H:%M} ({at:%H:%MZ})"

    def since(self, at: datetime) -> str:
        """Local time alone; the day where it is not today, and the year where it is another one."""
        local, today = at.astimezone(self.zone), self.now.astimezone(self.zone)
        year = "" if local.year == today.year else f"{local.year} "
        day = "" if local.date() == today.date() else f"{local:%a} {local.day} {local:%b} {year}"
        return f"{day}{local:%H:%M}"

    def span(self, at: datetime, latest: datetime) -> str:
        """An instant that the record may know only as a span; minutes are taken as exact."""
        if latest - at < timedelta(minutes=1):
            return self.full(at)
        return f"between {self._dated(at)} and {self._dated(latest)}"

    def _dated(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return f"{local:%a %d %b %H:%M} ({at:%H:%MZ})"


def short(length: timedelta) -> str:
    """A length of time in its two largest units, without spaces."""
    if length < timedelta(minutes=1):
        return "<1m"
    return in_words(length).replace(" min", "m").replace(" h", "h").replace(" d", "d").replace(" ", "")


def fit(text: str, width: int = WIDTH) -> str:
    """The text, cut where it is wider."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def wrapped(line: str, width: int = WIDTH, indent: int = 2) -> list[str]:
    """The line in as many lines as it needs, the later ones set in by ``indent`` more."""
    if len(line) <= width and "\n" not in line:
        return [line]
    text = line.lstrip(" ")
    margin = " " * (len(line) - len(text))
    return textwrap.wrap(
        text, width, initial_indent=margin, subsequent_indent=f"{margin}{' ' * indent}", break_on_hyphens=False
    )
