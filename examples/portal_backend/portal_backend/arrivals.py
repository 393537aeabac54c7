"""Incidents that were run elsewhere until now: their logs are taken over, event by event."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import ir_policy as ir
from portal_backend.bodies import is_incident_id
from portal_backend.store import Moved, Store

__all__ = ["bring_in"]


def bring_in(store: Store, path: Path) -> str:
    """Take over the incident of a log as far as it had got by now; what became of it, in words.

    A plain log becomes a chained one. It goes on under the policy its header names where that is here, else under the current
    one; what was against the rules stays so. What was due before now counts as told elsewhere. Raises what ``ir.read_log`` raises.
    """
    now, log = store.now(), ir.read_log(path.read_bytes())
    events = [event for event in log.events if (event.recorded_at or event.at) <= now]
    if not events or not isinstance(events[0], ir.Detected) or not is_incident_id(events[0].incident):
        raise ir.LogInvalid(0, "no signal begins this log, or its incident has an id that cannot stand in an address")
    policy, remarks = _policy(store, log.policy)
    if len(events) < len(log.events):
        remarks.append(f"without what is later than now ({len(log.events) - len(events)} of {len(log.events)} events)")
    steps = [ir.open_incident(policy, events[0], salt=token_hex(16))]
    incident = steps[0].incident.knowing(*store.policies.adopted_in(events))
    for event in events[1:]:
        steps.append(ir.record(incident, event, salt=token_hex(16)))
        incident = steps[-1].incident
    try:
        store.bring_in(steps, now)
    except Moved:
        return "here already"
    return ", ".join(["brought in", *remarks])


def _policy(store: Store, pin: ir.PolicyPin | None) -> tuple[ir.Policy, list[str]]:
    current = store.policies.current()
    if pin is None:
        return current, []
    try:
        return store.policies.of(pin.digest), []
    except KeyError:
        return current, [f"under {current.id} {current.version}: {pin.id} {pin.version} of its header is not here"]
