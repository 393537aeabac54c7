"""What the laws of the log share: an incident's events in short, and everything that follows from a log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import ir_policy as ir
from ir_policy import Event
from ir_policy.testing import told
from support_duties import POLICY, T0


def key(event: Event) -> tuple[datetime, datetime]:
    """By what events are ordered, before their position in the log."""
    return event.at, event.recorded_at or event.at


def detected(**said: object) -> Event:
    return told("detected", T0, id="signal", **said)


def corrected(event: str, fields: dict[str, object], at: datetime, by: str = "somebody", **said: object) -> Event:
    return told("corrected", at, by, event=event, fields=fields, **said)


def one(story: Sequence[Event], key: str, now: datetime) -> ir.Obligation:
    return next(each for each in ir.obligations(ir.replay(POLICY, story), now) if each.key == key)


def moments(log: Sequence[Event]) -> list[datetime]:
    """Instants worth asking about: those of the log, just after, and long after."""
    last = max(event.at for event in log)
    early = sorted({event.at for event in log})[:: max(1, len(log) // 3)]
    return [*early, last, last + timedelta(minutes=16), last + timedelta(hours=73), last + timedelta(days=40)]


def whole(incident: ir.Incident, asked: Sequence[datetime] = ()) -> tuple[object, ...]:
    """Everything that follows from a log, asked about at these instants or at those of the log."""
    asked = asked or moments(incident.log)
    return (
        incident.severity,
        incident.phase,
        (incident.closed, incident.outcome, incident.episode, incident.drill, incident.complete),
        dict(incident.marks),
        dict(incident.facts),
        dict(incident.roles),
        incident.violations,
        [ir.obligations(incident, moment) for moment in asked],
        [ir.next_wakeup(incident, moment) for moment in asked],
    )
