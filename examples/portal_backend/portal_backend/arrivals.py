"""Incidents that were run elsewhere until now: their logs are taken over, event by event."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import ir_policy as ir
from portal_backend.bodies import is_incident_id
from portal_backend.store import Moved, Store

__all__ = ["bring_in"]


def bring_in(store: Store, path: Path) -> bool:
    """Take over the incident of a log as far as it had got by now; whether it is new here.

    A plain log becomes a chained one. What was against the rules stays so, under the policy that is current here. What
    was due before now counts as told elsewhere. Raises what ``ir.read_log`` raises.
    """
    now = store.now()
    events = [event for event in ir.read_log(path.read_bytes()).events if (event.recorded_at or event.at) <= now]
    if not events or not isinstance(events[0], ir.Detected) or not is_incident_id(events[0].incident):
        raise ir.LogInvalid(0, "no signal begins this log, or its incident has an id that cannot stand in an address")
    steps = [ir.open_incident(store.policies.current(), events[0], salt=token_hex(16))]
    incident = steps[0].incident.knowing(*store.policies.adopted_in(events))
    for event in events[1:]:
        steps.append(ir.record(incident, event, salt=token_hex(16)))
        incident = steps[-1].incident
    try:
        store.bring_in(steps, now)
    except Moved:
        return False
    return True
