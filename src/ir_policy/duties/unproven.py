"""Steps and milestones that rules rest on, and that name nothing to show for it."""

from __future__ import annotations

from functools import lru_cache

from ir_policy.log.events import Event, Milestone, StepDone
from ir_policy.rules.conditions import atoms
from ir_policy.rules.model import Duty, Gate, Policy
from ir_policy.rules.words import listed

__all__ = ["no_evidence_words", "without_evidence"]


def without_evidence(policy: Policy, event: Event) -> tuple[Duty | Gate, ...]:
    """The duties it may meet and the gates that wait for it, where it names no evidence; else none."""
    if not isinstance(event, (StepDone, Milestone)) or event.evidence:
        return ()
    return _resting_on(policy, event.kind, event.step if isinstance(event, StepDone) else "")


@lru_cache(maxsize=256)
def _resting_on(policy: Policy, event: str, step: str) -> tuple[Duty | Gate, ...]:
    """The duties that such an event may meet and the gates that wait for it; worked out once for each step and kind."""
    kind, name = ("step", step) if step else ("event", event)
    marks = {mark.id for mark, source in policy.mark_sources.get(event, ()) if source.kind == "event"}
    duties = [duty for duty in policy.duties.values() if any(a.kind == kind and name in a.names for a in duty.met_by)]
    gates = [gate for gate in policy.gates.values() if _waits_for(gate, kind, name, marks)]
    return (*sorted(duties, key=lambda duty: duty.id), *sorted(gates, key=lambda gate: gate.id))


def no_evidence_words(policy: Policy, event: Event) -> str:
    """That no evidence was recorded, with the clauses that rest on it; empty where nothing does, or some was."""
    clauses = dict.fromkeys(rule.clause for rule in without_evidence(policy, event))
    return f"no evidence recorded (for clause {listed(clauses)})" if clauses else ""


def _waits_for(gate: Gate, kind: str, name: str, marks: set[str]) -> bool:
    """Whether a release of the gate asks for the step, or for a mark that the event sets."""
    asked = [
        atom for release in gate.until if release.condition is not None for atom in atoms(release.condition.source)
    ]
    return any((atom.kind, atom.name) == (kind, name) or (atom.kind == "mark" and atom.name in marks) for atom in asked)
