"""The recorded incidents as a demonstration, on a clock that begins where they are alive."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from secrets import token_hex
from typing import Final

import ir_policy as ir
from portal_backend.bodies import is_incident_id
from portal_backend.store import Moved, Store

__all__ = ["BEGINS", "fill"]

BEGINS: Final = datetime(2026, 4, 17, 7, 27, 30, tzinfo=timezone.utc)
"""Three quarters of an hour into the streaming outage; half a minute later the next update of clients is at risk."""
_INCIDENTS: Final = Path(__file__).parents[2] / "incidents"


def fill(store: Store) -> int:
    """Bring in every recorded incident as far as it had got by now; how many there are."""
    return sum(_brought_in(store, path) for path in sorted(_INCIDENTS.glob("*.jsonl")))


def _brought_in(store: Store, path: Path) -> bool:
    """An incident from a plain log becomes a chained one; what was against the rules stays so."""
    now = store.now()
    log = ir.read_log(path.read_bytes())
    first, *others = (event for event in log.events if (event.recorded_at or event.at) <= now)
    if not isinstance(first, ir.Detected) or not is_incident_id(first.incident):
        return False
    steps = [ir.open_incident(store.policies.current(), first, salt=token_hex(16))]
    for event in others:
        steps.append(ir.record(steps[-1].incident, event, salt=token_hex(16)))
    try:
        store.bring_in(steps, now)
    except Moved:  # it is here already
        return False
    return True
