"""What may not happen now, what would release it, and who can.

One function answers for everybody: ``check`` returns what it says, ``apply`` raises it, ``record`` keeps it as
violations. There is no other place that permits or forbids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from itertools import takewhile
from typing import Final

from ir_policy.duties.bites import Bite
from ir_policy.duties.ledger import Ledger
from ir_policy.duties.level import Level
from ir_policy.duties.needs import Needs
from ir_policy.duties.own_rules import ADOPTIONS, EPISODES, PHASES, UNKNOWN_EVENTS, who_may
from ir_policy.duties.tenure import role_refusals
from ir_policy.duties.texts import notice_bites, sendings_of, text_is
from ir_policy.errors import Refusal
from ir_policy.log.events import (
    Closed,
    Event,
    Notice,
    NotNotifying,
    PhaseChange,
    PolicyAdopted,
    Reopened,
    RoleChange,
    SeverityDecided,
    StepDone,
    Waived,
)
from ir_policy.log.history import History
from ir_policy.rules.model import Duty, Form, Gate, Per, Policy, Release
from ir_policy.rules.words import definite_words
from ir_policy.terms import Clause, Phase, Severity

__all__ = ["Bite", "acts_of", "decisions_of", "forbidden", "known"]


def forbidden(policy: Policy, history: History, level: Level, ledger: Ledger, event: Event) -> tuple[Bite, ...]:
    """Every reason why the event may not happen in this state; empty when it may."""
    bites = list(_gate_bites(policy, history, level, ledger, event))
    if isinstance(event, PhaseChange):
        bites.extend(_phase_bites(policy, history, event))
    elif isinstance(event, (Closed, Reopened, SeverityDecided)):
        bites.extend(_episode_bites(policy, history, level, event))
    elif isinstance(event, Waived):
        bites.extend(_waiver_bites(policy, history, ledger, event))
    elif isinstance(event, NotNotifying):
        bites.extend(_exemption_bites(policy, history, event))
    elif isinstance(event, Notice):
        bites.extend(notice_bites(policy, history, event))
    elif isinstance(event, RoleChange):
        bites.extend(Bite(refusal, void=False) for refusal in role_refusals(policy, history, level, event))
    elif isinstance(event, PolicyAdopted):
        bites.extend(_adoption_bites(policy, history, event))
    return tuple(bites)


def decisions_of(level: Level, decided: Severity) -> tuple[str, ...]:
    """What kind of decision a level would be now: not worse, lowering, differing from what facts support."""
    governing = level.governing
    kinds = []
    if not decided.worse_than(governing if governing is not None else Severity.SEV3):
        kinds.append("not-worse")
    if governing is not None and governing.worse_than(decided):
        kinds.append("lowering")
    if level.supported is not None and level.supported is not decided:
        kinds.append("differing")
    return tuple(kinds)


# --- gates ----------------------------------------------------------------------------------------------


def _gate_bites(policy: Policy, history: History, level: Level, ledger: Ledger, event: Event) -> Iterator[Bite]:
    gates = _gates_by_act(policy)
    acts = [*acts_of(level, event), *(sendings_of(policy, history, event) if isinstance(event, Notice) else ())]
    found = {gate.id: gate for act in acts if act in gates for gate in gates[act]}
    if not found:
        return
    yes, no = known(policy, history, ledger, event.at)
    for _, gate in sorted(found.items()):
        if gate.id in history.waived_gates or not gate.bites(yes, no) or gate.opened(yes, no):
            continue
        if not any(_released(release, policy, history, event) for release in gate.until):
            missing = Needs(policy, history, ledger, (yes, no), event.at).of(gate)
            yield Bite(Refusal(gate.id, gate.clause, missing, gate.who), gate.void)


def known(policy: Policy, history: History, ledger: Ledger, at: datetime) -> tuple[int, int]:
    """What is known to be so and not so, with what is settled at that instant: only gates ask that."""
    yes, no = history.yes, history.no
    for duties, bit in _settled_bits(policy):
        if any(_is_owed(duty, history, ledger, at) for duty in duties):
            no |= bit
        else:
            yes |= bit
    return yes, no


def _is_owed(duty: Duty, history: History, ledger: Ledger, at: datetime) -> bool:
    of_episode = None if duty.per is Per.INCIDENT else history.episode
    return any(entry.is_open(at) for entry in ledger.open_of(duty.id, of_episode))


@lru_cache(maxsize=16)
def _settled_bits(policy: Policy) -> tuple[tuple[tuple[Duty, ...], int], ...]:
    return tuple((policy.asked_about(atom.name), bit) for atom, bit in policy.bits.items() if atom.kind == "settled")


@lru_cache(maxsize=16)
def _gates_by_act(policy: Policy) -> dict[tuple[str, str], tuple[Gate, ...]]:
    """The gates that forbid each act."""
    found: dict[tuple[str, str], tuple[Gate, ...]] = {}
    for gate in policy.gates.values():
        for act in gate.forbids:
            found[(act.kind, act.name)] = (*found.get((act.kind, act.name), ()), gate)
    return found


def acts_of(level: Level, event: Event) -> Iterator[tuple[str, str]]:
    """What an event does that gates may forbid, as kind and name; what kind of decision it is depends on the level."""
    yield "event", event.kind
    if isinstance(event, StepDone):
        yield "step", event.step
    elif isinstance(event, PhaseChange) and event.kind == "phase-entered":
        yield "phase", event.phase.value
    elif isinstance(event, Closed):
        yield "outcome", event.outcome
    elif isinstance(event, SeverityDecided):
        for kind in decisions_of(level, event.severity):
            yield "decision", kind
    elif event.kind == "breach-finding":
        yield "finding", str(getattr(event, "finding", ""))


def _released(release: Release, policy: Policy, history: History, event: Event) -> bool:
    """Whether the event itself opens the gate: by who acts, by what it states, by the form of what it states."""
    if release.condition is not None:
        return False
    if release.roles:
        return any(history.may_act_as(policy, role, event.by) for role in release.roles)
    if release.person:
        return history.is_person(policy, event.by)
    if release.form is not None:
        return _has_form(policy, history, release.form, str(getattr(event, release.form.field, "")))
    if release.notice or release.author:
        return isinstance(event, Notice) and text_is(policy, history, release, event)
    return all(getattr(event, name, None) for name in release.states)


def _has_form(policy: Policy, history: History, form: Form, text: str) -> bool:
    """Whether the text is what the form asks for on the local day of detection."""
    if history.detection is None or len(text) > form.at_most:
        return False
    day = policy.calendar.local_date(history.detection.at).strftime("%Y%m%d")
    parts = {"{day}": re.escape(day), "{summary}": _WORDS}
    pattern = "".join(parts.get(piece, re.escape(piece)) for piece in _PIECES.split(form.like))
    return re.fullmatch(pattern, text, re.ASCII) is not None


_PIECES: Final = re.compile(r"(\{[a-z]+\})")
_WORDS: Final = "[a-z0-9]+(?:-[a-z0-9]+)*"


# --- phases and episodes --------------------------------------------------------------------------------


def _phase_bites(policy: Policy, history: History, event: PhaseChange) -> Iterator[Bite]:
    clause, who = _clause_of(policy, event.phase), who_may(policy, event.kind)
    if event.kind == "phase-not-applicable":
        if not event.reason:
            yield Bite(Refusal(PHASES, clause, ("the event to state its reason",), who), void=False)
        return
    missing, before = [], _phases_before(policy, history, event.phase)
    if event.phase is Phase.DETECT:
        missing.append("another phase: detection is where every incident begins")
    if history.closed_at is not None:
        missing.append("the incident to be reopened first")
    elif event.phase is history.phase:
        missing.append(f"nothing: the phase is {event.phase.value} already")
    missing += [f"phase {phase.value} entered, or found not applicable with a reason" for phase in before]
    if missing:
        helps = before or history.closed_at is not None
        yield Bite(Refusal(PHASES, clause, tuple(missing), who if helps else ()), void=False)


def _phases_before(policy: Policy, history: History, phase: Phase) -> list[Phase]:
    """The phases before this one that were neither entered nor found not applicable in this episode."""
    earlier = takewhile(lambda rule: rule.phase is not phase, policy.phases)
    seen = {*history.phases_entered, *history.not_applicable}
    return [rule.phase for rule in earlier if rule.phase not in seen]


def _episode_bites(policy: Policy, history: History, level: Level, event: Event) -> Iterator[Bite]:
    clause = _clause_of(policy, Phase.CLOSE)
    if event.kind == "closed" and history.closed_at is not None:
        yield Bite(Refusal(EPISODES, clause, ("nothing: the incident is closed already",)), void=True)
    if event.kind == "reopened" and history.closed_at is None:
        who = who_may(policy, "closed")
        yield Bite(Refusal(EPISODES, clause, ("the incident to be closed first",), who), void=True)
    lowers = isinstance(event, SeverityDecided) and "lowering" in decisions_of(level, event.severity)
    if history.opaque and (lowers or event.kind == "closed"):
        missing = f"a version of this library that knows all events of the log ({history.opaque} it does not know)"
        yield Bite(Refusal(UNKNOWN_EVENTS, clause, (missing,)), void=True)


def _clause_of(policy: Policy, phase: Phase) -> Clause:
    return next((rule.clause for rule in policy.phases if rule.phase is phase), Clause("response-phases"))


# --- powers ---------------------------------------------------------------------------------------------


def _adoption_bites(policy: Policy, history: History, event: PolicyAdopted) -> Iterator[Bite]:
    """Another version of the same policy, on the word of somebody who may decide that."""
    missing, who = [], who_may(policy, event.kind)
    if event.policy.id != policy.id:
        missing.append(f"a version of '{policy.id}'; '{event.policy.id}' is another policy")
    if not any(history.may_act_as(policy, role, event.by) for role in who):
        missing.append(f"somebody acting as {' or '.join(who)}" if who else "nothing: nobody may adopt another policy")
    if missing:
        yield Bite(Refusal(ADOPTIONS, Clause("metadata/status"), tuple(missing), who), void=True)


def _waiver_bites(policy: Policy, history: History, ledger: Ledger, event: Waived) -> Iterator[Bite]:
    """A power exists only where the document gives it to a role."""
    clause = _clause_of(policy, Phase.CLOSE)
    if event.gate:
        gate = policy.gates.get(event.gate)
        if gate is None:
            yield Bite(Refusal(event.gate, clause, (f"a gate of that name; '{event.gate}' is none",)), void=True)
        else:
            yield from _power_bites(policy, history, event, gate.id, gate.clause, gate.waivable_by)
        return
    entry = ledger.entries.get(event.obligation)
    if entry is None or not entry.is_open(event.at):
        yield Bite(Refusal(event.obligation, clause, ("an open obligation of that key",)), void=True)
        return
    yield from _power_bites(policy, history, event, entry.duty.id, entry.duty.clause, entry.duty.waivable_by)


def _power_bites(
    policy: Policy, history: History, event: Event, rule: str, clause: Clause, roles: tuple[str, ...]
) -> Iterator[Bite]:
    if any(history.may_act_as(policy, role, event.by) for role in roles):
        return
    missing = f"somebody acting as {' or '.join(roles)}" if roles else "nothing: nobody may waive it"
    yield Bite(Refusal(rule, clause, (missing,), roles), void=True)


def _exemption_bites(policy: Policy, history: History, event: NotNotifying) -> Iterator[Bite]:
    """An exemption needs a definite yes, a reason and a person who may decide it."""
    rules = policy.rules_of(event.duty)
    duty = rules[-1] if rules else None
    if duty is None:
        clause = _clause_of(policy, Phase.CLOSE)
        yield Bite(Refusal(event.duty, clause, (f"a duty of that name; '{event.duty}' is none",)), void=True)
        return
    missing = []
    if duty.unless is None:
        missing.append("nothing: no ground exempts from it")
    elif not duty.unless.holds(history.yes, history.no):
        missing.append(definite_words(policy, duty.unless.source))
    if not any(history.may_act_as(policy, role, event.by) for role in duty.exempted_by):
        missing.append(
            f"somebody acting as {' or '.join(duty.exempted_by)}"
            if duty.exempted_by
            else "nothing: nobody may decide it"
        )
    if missing:
        yield Bite(Refusal(duty.id, duty.clause, tuple(missing), duty.exempted_by), void=True)
