"""*Deadlines*, blocked by: the gates in the way of a sending that would meet an obligation."""

from __future__ import annotations

from datetime import datetime

from ir_policy.rules.model import Gate
from ir_policy.terms import NO, YES
from oracle.asking import definitely, known, truth
from oracle.notices import is_for, not_out, passes, would_hear
from oracle.state import Obligation, State


def blocked_by(state: State, one: Obligation, now: datetime) -> tuple[tuple[str, ...], ...]:
    """The gates in the way; of several texts the ones that leave the fewest, each with what it leaves."""
    by_sending = any(match.kind == "notice" and "reviewed" not in match.names for match in one.duty.met_by)
    if not one.is_open() or not by_sending or one.recipient in state.policy.notices.inside:
        return ((),)
    gates = [gate for gate in state.policy.gates.values() if is_in_the_way(state, gate)]
    left = [
        tuple(sorted(gate.id for gate in gates if not passes(state, kept, gate, now)))
        for kept in state.records.values()
        if kept.text is not None and not_out(kept) and is_for(state, kept.text.duties, kept.text.recipients, one)
        if would_hear(state, kept.text.recipients, one.recipient)
    ]
    left = left or [tuple(sorted(gate.id for gate in gates))]
    fewest = min(len(each) for each in left)
    return tuple(each for each in left if len(each) == fewest)


def is_in_the_way(state: State, gate: Gate) -> bool:
    """It forbids a sending outside, bites, and was not waived."""
    kinds = {"external"}
    if not (state.drill and state.policy.notices.in_drills):
        kinds.add("beyond-exercise")
    if not any(forbidden.kind == "notice" and forbidden.name in kinds for forbidden in gate.forbids):
        return False
    when = truth(gate.when.source, known(state))
    if when is NO or (gate.only_on_yes and when is not YES) or gate.id in state.now.waived_gates:
        return False
    return not any(r.condition is not None and definitely(state, r.condition.source) for r in gate.until)
