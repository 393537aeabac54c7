"""What the laws of closing share: everything containment, recovery and closing wait for, in events."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from ir_policy import NO, YES, Event, Phase, Severity
from ir_policy.testing import told
from support_duties import COMMANDER, T0

ROLES: Final = ("admin", "agency", "guest")
CHECKS: Final = ("validate-integrity", "confirm-playback", "confirm-milestones")
PAPERS: Final = ("report-drafted", "lessons-captured", "backlog-filed", "change-log-updated", "checklist-updated")
CHANNEL: Final = "#inc-20260311-playback-down"
"""What the channel of an incident detected on 11 March 2026 in Sydney may be called."""


def done(step: str, at: datetime, **said: object) -> Event:
    return told("step-done", at, step=step, **said)


def entered(phase: Phase, at: datetime) -> Event:
    return told("phase-entered", at, phase=phase)


def ended(at: datetime, outcome: str = "resolved", by: str = COMMANDER, **said: object) -> Event:
    return told("closed", at, by, outcome=outcome, **said)


def prepared(at: datetime) -> list[Event]:
    """What containment waits for beside the level: who is impacted is named and the channel is open."""
    named = told("facts-reported", at, facts={"affected-role/guest": YES})
    return [named, told("channel-opened", at, channel=CHANNEL)]


def checked(at: datetime) -> list[Event]:
    """What recovery waits for: no more data lost than allowed, and everything looked at."""
    return [told("facts-reported", at, facts={"rpo-breached": NO}), *(done(step, at) for step in CHECKS)]


def recovered(at: datetime) -> list[Event]:
    """Service restored, after the checks."""
    return [*checked(at), told("recovered", at)]


def levelled(at: datetime = T0) -> Event:
    """The commander agrees with the mildest level, before anything else is known."""
    return told("severity-decided", at, COMMANDER, severity=Severity.SEV3)


def phased(at: datetime) -> list[Event]:
    """The phase of closing entered, nothing left out in silence; containment is not gone through."""
    phases = [phase for phase in Phase if phase not in (Phase.DETECT, Phase.CLOSE)]
    skipped = [told("phase-not-applicable", at, phase=phase, reason="nothing to do") for phase in phases]
    return [*skipped, entered(Phase.CLOSE, at)]


def written(at: datetime) -> list[Event]:
    """Every paper closing waits for."""
    return [done(step, at) for step in PAPERS]


def without_data(at: datetime) -> Event:
    """Nobody's personal data is involved, so no freeze is asked for."""
    return told("facts-reported", at, facts={"personal-data-involved": NO, "privacy-suspected": NO})


def ready(at: datetime) -> list[Event]:
    """All that closing as resolved waits for, where nobody outside was owed an update and no regulator is to be told."""
    return [without_data(at), levelled(), *prepared(at), *recovered(at), *phased(at), *written(at)]
