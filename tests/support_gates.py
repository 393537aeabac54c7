"""What the laws of gates share: an incident in short, every reason why not, and what an event changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

import ir_policy as ir
from ir_policy import Event, Severity
from ir_policy.rules.model import Policy
from ir_policy.testing import told
from support_duties import COMMANDER, POLICY, T0

SECURITY: Final = "security-lead"
CLEANING: Final = ("clean-up", "remove-access", "restore-configuration")
EVERYBODY: Final = (
    "alex",
    *(n for role in POLICY.roles.values() if role.contact not in POLICY.programs for n in (role.id, role.contact)),
)
"""Every person and every role that a person acts in; what programs may not do is a law of its own."""
NOW: Final = T0 + timedelta(hours=1)
"""When the act in question happens; what came before happened within the hour."""


def decided(level: Severity, at: datetime = NOW, by: str = COMMANDER, **said: object) -> Event:
    return told("severity-decided", at, by, severity=level, **{"reason": "because", **said})


def takes(role: str, at: datetime = T0) -> Event:
    """Alex takes a role."""
    return told("role-taken", at, role=role, person="alex")


def incident(*before: Event, policy: Policy = POLICY) -> ir.Incident:
    return ir.replay(policy, [told("detected", T0), *before])


class Answer(NamedTuple):
    """A refusal without its sentence."""

    rule: str
    clause: str
    who: tuple[str, ...]


def refused(event: Event, *before: Event, policy: Policy = POLICY) -> list[Answer]:
    """Every reason why the event may not happen; each says what is missing."""
    refusals = ir.check(incident(*before, policy=policy), event)
    assert all(refusal.missing and all(refusal.missing) for refusal in refusals)
    return [Answer(refusal.rule, refusal.clause, refusal.who) for refusal in refusals]


def everything(found: ir.Incident) -> tuple[object, ...]:
    """All that follows from a log, but for violations."""
    last = max(event.at for event in found.log)
    return (
        found.severity,
        found.phase,
        found.closed,
        found.outcome,
        found.episode,
        found.marks,
        found.facts,
        found.roles,
        ir.obligations(found, last),
        ir.obligations(found, last + timedelta(days=40)),
    )


def recorded(event: Event, *before: Event, policy: Policy = POLICY) -> tuple[list[tuple[str, bool]], bool]:
    """The rules an event went against and whether it was void, and whether anything changed by it."""
    old = incident(told("note", event.at), *before, policy=policy)
    step = ir.record(old, event)
    against = [(one.rule, one.void) for one in step.violations if one.event == event.id]
    return against, everything(step.incident) != everything(old)
