"""*Forbidden, and what has no effect*: the gates that bite on an event, and whether it is void."""

from __future__ import annotations

import string
from typing import Final

from ir_policy.log.events import (
    BreachFinding,
    Closed,
    Event,
    NotNotifying,
    PhaseChange,
    PolicyAdopted,
    RoleChange,
    SeverityDecided,
    StepDone,
    Waived,
)
from ir_policy.rules.model import Duty, Form, Gate
from ir_policy.terms import NO, YES, Phase
from oracle.adopting import has_no_effect
from oracle.asking import decision_is, definitely, known, may_act, truth
from oracle.notices import JUDGED, is_about_outside, notice_refused, releases
from oracle.state import State
from oracle.tenures import handing_over_refused, stands_for, taking_refused

LOWER_CASE: Final = string.ascii_lowercase + string.digits


def forbid(state: State, event: Event) -> bool:
    """*Forbidden*: record every refusal, on the state before the event; whether the event is void."""
    void = False
    for gate in state.policy.gates.values():
        if not concerns(state, gate, event):
            continue
        shut = bites(state, gate, event)
        state.asked.append((gate.id, shut))
        if shut:
            state.violations.append((gate.id, event.id))
            void = void or gate.void
    for rule in no_effect(state, event):
        state.violations.append((rule, event.id))
        void = True
    if isinstance(event, RoleChange) and taking_refused(state, event):
        state.violations.append(("command", event.id))
    if isinstance(event, RoleChange) and handing_over_refused(state, event):
        state.violations.append(("handovers", event.id))
    if event.kind in JUDGED and event.id in state.out_of_turn:
        state.violations.append(("notices", event.id))
        void = True
    if notice_refused(state, event):
        state.violations.append(("notices", event.id))
        void = void or event.kind in JUDGED
    if phase_refused(state, event):
        state.violations.append(("phases", event.id))
    return void


def concerns(state: State, gate: Gate, event: Event) -> bool:
    """*Forbidden*: gates forbid a step, a phase, a kind of event, a finding, an outcome, a notice or a decision."""
    for forbidden in gate.forbids:
        if forbidden.kind == "event" and event.kind == forbidden.name:
            return True
        if forbidden.kind == "step" and isinstance(event, StepDone) and event.step == forbidden.name:
            return True
        if forbidden.kind == "finding" and isinstance(event, BreachFinding) and event.finding == forbidden.name:
            return True
        if forbidden.kind == "notice" and is_about_outside(state, event, forbidden.name):
            return True
        if forbidden.kind == "outcome" and isinstance(event, Closed) and event.outcome == forbidden.name:
            return True
        if forbidden.kind == "phase" and event.kind == "phase-entered":
            assert isinstance(event, PhaseChange)
            if event.phase.value == forbidden.name:
                return True
        if forbidden.kind == "decision" and isinstance(event, SeverityDecided):
            if forbidden.name in decision_is(state, event):
                return True
    return False


def bites(state: State, gate: Gate, event: Event) -> bool:
    """*Forbidden*: its ``when`` bites, none of its releases is given, and it was not waived in this episode."""
    when = truth(gate.when.source, known(state))
    if when is NO or (gate.only_on_yes and when is not YES):
        return False
    if gate.id in state.now.waived_gates:
        return False
    for release in gate.until:
        if release.condition is not None and definitely(state, release.condition.source):
            return False
        if any(may_act(state, event.by, role) for role in release.roles):
            return False
        if release.person and is_person(state, event.by):
            return False
        if release.states and all(getattr(event, name, None) for name in release.states):
            return False
        if release.form is not None and has_form(state, event, release.form):
            return False
        if (release.notice or release.author) and releases(state, release, event):
            return False
    return True


def is_person(state: State, name: str) -> bool:
    """*Forbidden*, ``{by: person}``: somebody the name stands for is none of the programs."""
    return any(one not in state.policy.programs for one in stands_for(state, name))


def has_form(state: State, event: Event, form: Form) -> bool:
    """*Forbidden*: the whole text is what the form says, and no longer than it may be."""
    text = getattr(event, form.field, None)
    detection = state.now.detection
    if not isinstance(text, str) or len(text) > form.at_most or ("{day}" in form.like and detection is None):
        return False
    day = "" if detection is None else state.policy.calendar.local_date(detection[0]).strftime("%Y%m%d")
    return matches(text, form.like.replace("{day}", day))


def matches(text: str, like: str) -> bool:
    """Character by character; ``{summary}`` is tried at every length."""
    before, found, after = like.partition("{summary}")
    if not found:
        return text == like
    if not text.startswith(before):
        return False
    rest = text[len(before) :]
    return any(is_summary(rest[:end]) and matches(rest[end:], after) for end in range(1, len(rest) + 1))


def is_summary(text: str) -> bool:
    """*Forbidden*: lower-case ASCII letters and digits in words joined by single hyphens."""
    return all(word and all(sign in LOWER_CASE for sign in word) for word in text.split("-"))


def no_effect(state: State, event: Event) -> list[str]:
    """*Forbidden*: the other reasons for which an event is void, as rule ids."""
    rules = []
    if (event.kind == "reopened" and not state.closed) or (event.kind == "closed" and state.closed):
        rules.append("episodes")
    lowering = isinstance(event, SeverityDecided) and "lowering" in decision_is(state, event)
    if state.unknown_kind and (lowering or event.kind == "closed"):
        rules.append("unknown-events")
    if isinstance(event, Waived):
        rules += waiver_refused(state, event)
    if isinstance(event, PolicyAdopted) and has_no_effect(state, event):
        rules.append("adoptions")
    if isinstance(event, NotNotifying):
        named = [rule for rule in state.rules() if rule.id == event.duty]
        if not named or not may_exempt(state, event, named[-1]):  # the one in force, where there is one
            rules.append(event.duty)
    return rules


def may_exempt(state: State, event: NotNotifying, duty: Duty) -> bool:
    """*Forbidden*, ``not-notifying``: the duty has a ground, it holds for certain, and the actor may say so."""
    return (
        duty.unless is not None
        and definitely(state, duty.unless.source)
        and any(may_act(state, event.by, role) for role in duty.exempted_by)
    )


def waiver_refused(state: State, event: Waived) -> list[str]:
    """*Forbidden*: ``waived`` names no rule, an obligation that is not open, or a rule not the actor's to waive."""
    if event.gate:
        gate = state.policy.gates.get(event.gate)
        if gate is None or not any(may_act(state, event.by, role) for role in gate.waivable_by):
            return [event.gate]
        return []
    named = next((one for one in state.obligations if one.key == event.obligation and one.is_open()), None)
    if named is None:
        return [event.obligation]
    return [] if any(may_act(state, event.by, role) for role in named.duty.waivable_by) else [named.duty.id]


def phase_refused(state: State, event: Event) -> bool:
    """*Forbidden*: closed, already the current phase, an earlier phase left out, ``detect``, or no reason to leave it out."""
    if not isinstance(event, PhaseChange):
        return False
    if event.kind == "phase-not-applicable":
        return not event.reason
    if state.closed or event.phase is state.phase or event.phase is Phase.DETECT:
        return True
    phases = list(Phase)
    earlier = phases[1 : phases.index(event.phase)]  # detect is never entered
    return any(phase not in state.now.entered and phase not in state.not_applicable for phase in earlier)
