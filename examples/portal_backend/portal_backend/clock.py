"""The one place that asks what time it is; everything else is handed a clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

__all__ = ["Clock", "clock_of", "ticking_from", "utc_now"]

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


def ticking_from(start: datetime) -> Clock:
    """A clock that shows ``start`` now and goes on at the pace of the real one: for demonstrations."""
    begun = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - begun)


def clock_of(text: str | None) -> Clock:
    """The real clock; one that begins at the instant given; or with ``@FILE`` whatever instant the file holds.

    A file lets a test step the time of a running host back and forth.
    """
    if not text:
        return utc_now
    if text.startswith("@"):
        path = Path(text[1:])
        return lambda: _instant(path.read_text(encoding="utf-8").strip())
    return ticking_from(_instant(text))


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"'{text}' has no offset; end it with Z")
    return at.astimezone(timezone.utc)
