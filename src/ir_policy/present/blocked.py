"""What the policy holds back now, asked of the same gates that would refuse it."""

from __future__ import annotations

from datetime import datetime

from ir_policy.duties.case import Case
from ir_policy.errors import Refusal
from ir_policy.log.events import PhaseChange
from ir_policy.terms import Phase

__all__ = ["held_back", "shut_gates"]


def held_back(case: Case, now: datetime, incident: str) -> tuple[Refusal, ...]:
    """Why the phase after the present one may not be entered now."""
    later = list(Phase)[list(Phase).index(case.history.phase) + 1 :]
    coming = [phase for phase in later if phase not in case.history.not_applicable]
    if not coming or case.history.closed_at is not None:
        return ()
    event = PhaseChange(kind="phase-entered", incident=incident, at=now, by="somebody", phase=coming[0])
    return tuple(bite.refusal for bite in case.forbidden(event))


def shut_gates(case: Case, now: datetime) -> tuple[Refusal, ...]:
    """Gates on steps, and on phases still to come, that a condition keeps shut now."""
    yes, no = case.known(now)
    found = []
    for gate in case.policy.gates.values():
        steps = [
            forbidden.name
            for forbidden in gate.forbids
            if forbidden.kind == "step"
            or (forbidden.kind == "phase" and case.history.closed_at is None and _ahead(case, Phase(forbidden.name)))
        ]
        shut = gate.bites(yes, no) and not gate.opened(yes, no)
        if steps and shut and gate.id not in case.history.waived_gates:
            needs = [str(r.condition.source) for r in gate.until if r.condition is not None]
            found.append(Refusal(gate.id, gate.clause, (", ".join(steps), *needs), gate.who))
    return tuple(found)


def _ahead(case: Case, phase: Phase) -> bool:
    """Whether the phase is still to come in this episode."""
    return phase not in case.history.phases_entered and phase not in case.history.not_applicable
