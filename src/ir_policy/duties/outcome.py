"""Whether an incident could still be closed today with the outcome it was closed with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ir_policy.duties.case import Case
from ir_policy.log.events import Event, FactsReported
from ir_policy.rules.conditions import Mask, atoms
from ir_policy.rules.model import Gate
from ir_policy.terms import Truth

__all__ = ["against_outcome", "brought_against", "known_against"]


def against_outcome(case: Case, now: datetime) -> tuple[Gate, ...]:
    """The gates that would now forbid closing with the outcome it was closed with; none while it is open.

    Only an outcome for which something is not owed is asked about: there a false word makes the brief too calm.
    """
    history, policy = case.history, case.policy
    if history.closed_at is None or not any(history.outcome in duty.not_for for duty in policy.all_rules()):
        return ()
    yes, no = case.known(now)
    return tuple(
        gate
        for gate in policy.gates.values()
        if any((act.kind, act.name) == ("outcome", history.outcome) for act in gate.forbids)
        and gate.id not in history.waived_gates
        and gate.bites(yes, no)
        and not gate.opened(yes, no)
    )


def known_against(case: Case, gate: Gate) -> tuple[str, ...]:
    """The facts known to be so that such a gate shuts on."""
    found: list[str] = []
    for atom in dict.fromkeys(atoms(gate.when.source)):
        if case.policy.bits.get(atom, 0) & case.history.yes:
            members = case.history.families.get(atom.name, {}) if atom.kind == "some" else {}
            named = [f"{atom.name}/{member}" for member in sorted(members) if members[member] is Truth.YES]
            found += named if atom.kind == "some" else [atom.name]
    return tuple(found)


def brought_against(case: Case, event: Event) -> tuple[Gate, ...]:
    """The gates among them that look at a fact this event reports."""
    if not isinstance(event, FactsReported) or case.history.closed_at is None:
        return ()
    reported = 0
    for fact in event.facts:
        reported |= case.policy.bit_index.get(("fact", fact), 0)
        reported |= case.policy.bit_index.get(("some", fact.partition("/")[0]), 0)
    return tuple(gate for gate in against_outcome(case, event.at) if any(m.watch & reported for m in _asked(gate)))


def _asked(gate: Gate) -> Iterator[Mask]:
    """Every condition of the gate."""
    yield gate.when
    for release in gate.until:
        if release.condition is not None:
            yield release.condition
