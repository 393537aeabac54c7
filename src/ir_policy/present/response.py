"""How far the response is: phases and their steps, who and what is affected, where it is worked on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ir_policy.duties.case import Case
from ir_policy.log.events import ChannelOpened, Event
from ir_policy.present.lines import LocalClock
from ir_policy.rules.model import Family
from ir_policy.terms import Phase, Truth, rfc3339

__all__ = ["channels_of", "response_json", "response_lines"]


def response_lines(case: Case, log: Sequence[Event], clock: LocalClock) -> Iterator[str]:
    """The response in a few lines; what nobody said is left out."""
    yield from _phase_lines(case)
    yield from _step_lines(case, clock)
    channels = channels_of(case, log)
    if channels:
        yield f"  channel: {', '.join(channels)}"
    for family in case.policy.families.values():
        if family.id in case.history.families:
            yield f"  {family.id}: {_members(case, family)}"
    if case.history.hold_since is not None:
        yield f"  privacy requests frozen since {clock.full(case.history.hold_since.at)}"
    if case.history.merged_into:
        yield f"  merged into {case.history.merged_into}: both records stay, it goes on there"


def response_json(case: Case) -> dict[str, Any]:
    """The present phase's steps, and the phases found not applicable, as plain JSON material."""
    done, todo = _steps_of(case, case.history.phase)
    steps = case.history.steps
    return {
        "entered": [phase.value for phase in Phase if phase in case.history.phases_entered],
        "not_applicable": [
            {"phase": phase.value, "reason": case.history.not_applicable[phase]}
            for phase in Phase
            if phase in case.history.not_applicable
        ],
        "steps": {"done": [{"step": step, "at": rfc3339(steps[step].at)} for step in done], "open": list(todo)},
    }


def channels_of(case: Case, log: Sequence[Event]) -> tuple[str, ...]:
    """The channels the incident is worked on in, in the order they were opened."""
    void = {violation.event for violation in case.violations if violation.void}
    opened = [event.channel for event in log if isinstance(event, ChannelOpened) and event.id not in void]
    return tuple(dict.fromkeys(opened))


def _phase_lines(case: Case) -> Iterator[str]:
    history = case.history
    entered = ", ".join(phase.value for phase in Phase if phase in history.phases_entered)
    yield f"  phases so far: {entered}"
    for phase in Phase:
        if phase in history.not_applicable:
            reason = " ".join(history.not_applicable[phase].split())
            yield f"  phase {phase.value} does not apply: {reason or 'no reason given'}"


def _step_lines(case: Case, clock: LocalClock) -> Iterator[str]:
    phase = case.history.phase
    done, todo = _steps_of(case, phase)
    if done or todo:
        said = ", ".join(f"{step} {clock.since(case.history.steps[step].at)}" for step in done)
        yield f"  steps of {phase.value}: {f'done {said}' if said else 'none done'}; not done: {', '.join(todo) or 'none'}"
    others = [
        f"{step}{'' if step in case.policy.steps else ' (not in the policy)'}"
        for step in case.history.steps
        if step not in done
    ]
    if others:
        yield f"  other steps done: {', '.join(others)}"


def _steps_of(case: Case, phase: Phase) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The steps of a phase that are done in this episode, and those that are not."""
    steps = next((rule.steps for rule in case.policy.phases if rule.phase is phase), ())
    done = tuple(step for step in steps if step in case.history.steps)
    return done, tuple(step for step in steps if step not in done)


def _members(case: Case, family: Family) -> str:
    """Who of a family is affected, who is not, and of whom nobody knows though a rule asks."""
    reported = case.history.families[family.id]
    members = {truth: [member for member in sorted(reported) if reported[member] is truth] for truth in Truth}
    asked = [member for member in sorted(family.members) if ("fact", f"{family.id}/{member}") in case.policy.bit_index]
    not_known = [*members[Truth.UNKNOWN], *(member for member in (*asked, *family.known) if member not in reported)]
    said = [", ".join(members[Truth.YES]) or "none known to be"]
    if members[Truth.NO]:
        said.append(f"not {', '.join(members[Truth.NO])}")
    if not_known:
        said.append(f"not known: {', '.join(dict.fromkeys(not_known))}")
    return "; ".join(said)
