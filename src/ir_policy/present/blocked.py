"""What the policy holds back now, asked of the same gates that would refuse it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ir_policy.duties.case import Case
from ir_policy.duties.judge import Obligation
from ir_policy.duties.own_rules import rule_says
from ir_policy.duties.texts import texts_for
from ir_policy.errors import Refusal
from ir_policy.log.events import Closed, Event, Milestone, PhaseChange
from ir_policy.rules.conditions import ALWAYS, atoms
from ir_policy.rules.model import Gate
from ir_policy.terms import OUTCOMES, Phase

__all__ = ["asked_of", "held_back", "holds_overdue", "may_be_closed", "refusal_lines", "shut_gates", "unanswered"]

NOBODY = "somebody"
"""Who is asked for: what is held back must not depend on who would do it."""


def held_back(case: Case, now: datetime, incident: str) -> tuple[Refusal, ...]:
    """Why what comes next may not happen now: recovery and the phase after the present one, or at the end the closing."""
    if case.history.closed_at is not None:
        return ()
    found = {}
    for event in _coming(case, now, incident):
        for bite in case.forbidden(event):
            found[bite.refusal.rule] = bite.refusal
    return tuple(refusal for rule, refusal in sorted(found.items()) if not _asks_who(case, rule))


def may_be_closed(case: Case, now: datetime, incident: str) -> bool:
    """Whether the response has reached its end and nothing but the right person is wanted to close it."""
    if case.history.closed_at is not None or held_back(case, now, incident):
        return False
    return all(isinstance(event, Closed) for event in _coming(case, now, incident))


def shut_gates(case: Case, now: datetime) -> tuple[Refusal, ...]:
    """Gates that a condition keeps shut now: on steps and on phases still to come, then on what would meet something owed.

    None once the incident is closed.
    """
    if case.history.closed_at is not None:
        return ()
    yes, no = case.known(now)
    open_now = _owed(case, now)
    owed = {act for obligation in open_now for act in _acts(case, obligation)}
    waited_for = {gate for obligation in open_now for gate in _waiting_for(case, obligation)}
    next_ones: list[Refusal] = []
    others: list[Refusal] = []
    for gate in case.policy.gates.values():
        acts = {(act.kind, act.name) for act in gate.forbids}
        ahead = any(kind == "step" or (kind == "phase" and _ahead(case, Phase(name))) for kind, name in acts)
        if not ahead and gate.id not in waited_for and (not acts & owed or _asks_who(case, gate.id)):
            continue
        shut = gate.id in waited_for or (gate.bites(yes, no) and not gate.opened(yes, no))
        if shut and gate.id not in case.history.waived_gates:
            refusal = Refusal(gate.id, gate.clause, case.needs(gate, now), gate.who)
            (next_ones if ahead else others).append(refusal)
    return (*next_ones, *others)


def holds_overdue(case: Case, refusal: Refusal, now: datetime) -> bool:
    """Whether the rule holds back what would meet something that is overdue."""
    gate = case.policy.gates.get(refusal.rule)
    acts = {(act.kind, act.name) for act in gate.forbids} if gate is not None else set()
    overdue = [owed for owed in _owed(case, now) if owed.overdue_by(now) is not None]
    return any(refusal.rule in owed.blocked_by or acts & _acts(case, owed) for owed in overdue)


def _owed(case: Case, now: datetime) -> list[Obligation]:
    return [owed for owed in case.obligations(now) if owed.status in ("active", "pending")]


def _waiting_for(case: Case, owed: Obligation) -> Iterator[str]:
    """The gates its sending waits for; what every text waits for is worth a line once there is one."""
    rules = (case.ledger.entries[owed.key].duty,)
    drafted = (
        any(True for _ in texts_for(case.policy, case.history, rules, owed.recipient)) if owed.blocked_by else False
    )
    for gate in owed.blocked_by:
        if drafted or case.policy.gates[gate].when.source != ALWAYS:
            yield gate


def _acts(case: Case, owed: Obligation) -> set[tuple[str, str]]:
    """What would meet an obligation, as the acts that gates may forbid."""
    acts = set()
    for match in case.ledger.entries[owed.key].duty.met_by:
        if match.kind == "notice":
            acts.add(("event", "notice-sent"))
        elif match.kind in ("event", "step", "finding"):
            acts.update((match.kind, name) for name in match.names)
    return acts


def refusal_lines(case: Case, refusal: Refusal) -> tuple[str, str, str]:
    """A refusal for people: what the rule says; what is missing and who can supply it; which rule it is, and its clause."""
    needs = f"needs {' and '.join(refusal.missing)}" if refusal.missing else "nothing would help"
    ask = f"; ask {asked_of(case, refusal.who)}" if refusal.who else ""
    return rule_says(case.policy, refusal.rule), f"{needs}{ask}", f"{refusal.rule}, clause {refusal.clause}"


def asked_of(case: Case, roles: tuple[str, ...]) -> str:
    """Who can supply what is missing: whoever holds each role, or else its contact."""
    names = []
    for role in roles:
        holders = case.history.holders.get(role)
        contact = case.policy.roles[role].contact if role in case.policy.roles else role
        names.append(f"{', '.join(holders) if holders else contact} ({role})")
    return " or ".join(names)


def unanswered(case: Case, gate: Gate) -> tuple[str, ...]:
    """The facts a gate bites on for want of an answer; empty where it bites on what is known."""
    yes, no = case.history.yes, case.history.no
    if gate.only_on_yes or gate.when.holds(yes, no):
        return ()
    asked = dict.fromkeys(atoms(gate.when.source))
    return tuple(atom.name for atom in asked if not (yes | no) & case.policy.bits.get(atom, 0))


def _coming(case: Case, now: datetime, incident: str) -> Iterator[Event]:
    """What comes next in the order of the phases."""
    history = case.history
    later = list(Phase)[list(Phase).index(history.phase) + 1 :]
    coming = [phase for phase in later if phase not in history.not_applicable]
    restored = any(act.name == "recovered" and act.episode == history.episode for act in history.acts)
    if history.phase is Phase.RECOVER and not restored:
        yield Milestone(kind="recovered", incident=incident, at=now, by=NOBODY)
    if coming:
        yield PhaseChange(kind="phase-entered", incident=incident, at=now, by=NOBODY, phase=coming[0])
    else:
        yield Closed(incident=incident, at=now, by=NOBODY, outcome=OUTCOMES[0])


def _asks_who(case: Case, rule: str) -> bool:
    """Whether a gate asks only who acts or what is stated: it holds nothing back, it waits for the right person."""
    gate = case.policy.gates.get(rule)
    return gate is not None and bool(gate.until) and all(release.condition is None for release in gate.until)


def _ahead(case: Case, phase: Phase) -> bool:
    """Whether the phase is still to come in this episode."""
    return phase not in case.history.phases_entered and phase not in case.history.not_applicable
