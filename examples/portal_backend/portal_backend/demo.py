"""The recorded incidents as a demonstration, on a clock that begins where they are alive."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Final

from portal_backend.arrivals import bring_in
from portal_backend.store import Store

__all__ = ["BEGINS", "fill"]

BEGINS: Final = datetime(2026, 4, 17, 7, 27, 30, tzinfo=timezone.utc)
"""Three quarters of an hour into the streaming outage; half a minute later the next update of clients is at risk."""
_INCIDENTS: Final = Path(__file__).parents[2] / "incidents"


def fill(store: Store) -> int:
    """Bring in every recorded incident; how many there are."""
    return sum(bring_in(store, path).startswith("brought in") for path in sorted(_INCIDENTS.glob("*.jsonl")))
