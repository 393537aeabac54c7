"""What stands around the rules and matters now: services that are involved, what goes down with them, aims at risk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ir_policy.duties.case import Case
from ir_policy.rules.about import NOT_SET, Channel, Dependency, Objective
from ir_policy.terms import Truth

__all__ = ["endangered_json", "endangered_lines"]


def endangered_lines(case: Case) -> Iterator[str]:
    """Each service that is or may be involved with what it carries, then each aim that is at risk or cannot be judged.

    Nothing of an incident that is closed.
    """
    if case.history.closing is not None:
        return
    about = case.policy.about
    for dependency in about.dependencies.values():
        truth = _reported(case, dependency.fact)
        if truth in (Truth.YES, Truth.UNKNOWN):
            may = "is involved" if truth is Truth.YES else "may be involved"
            carried = [f"{name} ({about.functions.get(name, name)})" for name in dependency.functions]
            yield f"  {dependency.title} {may}, which endangers {', '.join(carried) or 'no function named here'}"
            for name in dependency.channels:
                yield f"      {_channel_words(name, about.channels[name])}"
    for objective in about.objectives.values():
        at_risk = [fact for fact in objective.facts if _reported(case, fact) is Truth.YES]
        if at_risk:
            yield f"  {objective.id} ({objective.means}: {_target(objective)}) is at risk: {', '.join(at_risk)}"
        elif _cannot_be_judged(case, objective):
            asked = ", ".join(objective.facts)
            yield f"  {objective.id} ({objective.means}) is not set, so {asked} is not known until somebody says so: not known is not no"


def endangered_json(case: Case) -> dict[str, Any]:
    """The same as plain JSON material."""
    about = case.policy.about
    involved = [one for one in about.dependencies.values() if _reported(case, one.fact) in (Truth.YES, Truth.UNKNOWN)]
    return {
        "services": [_service_json(case, one) for one in involved],
        "objectives": [
            {
                "objective": one.id,
                "target": _target(one),
                "facts": [*one.facts],
                "known": not _cannot_be_judged(case, one),
            }
            for one in about.objectives.values()
            if any(_reported(case, fact) is Truth.YES for fact in one.facts) or _cannot_be_judged(case, one)
        ],
    }


def _service_json(case: Case, dependency: Dependency) -> dict[str, Any]:
    channels = case.policy.about.channels
    return {
        "service": dependency.id,
        "certain": _reported(case, dependency.fact) is Truth.YES,
        "functions": [*dependency.functions],
        "channels": [{"channel": name, "fallback": _fallback(channels[name]) or None} for name in dependency.channels],
    }


def _reported(case: Case, fact: str) -> Truth | None:
    """What was last said of a fact; ``None`` where nobody was asked."""
    said = case.history.facts.get(fact)
    return said.truth if said is not None else None


def _cannot_be_judged(case: Case, objective: Objective) -> bool:
    """Whether an aim has no figure and nobody has said whether it was missed."""
    not_set = objective.target is not None and objective.target.value is None
    known = (Truth.YES, Truth.NO)
    return not_set and bool(objective.facts) and not any(_reported(case, fact) in known for fact in objective.facts)


def _target(objective: Objective) -> str:
    if objective.target is None:
        return f"the limit of {objective.duty}"
    return objective.target.value or NOT_SET


def _channel_words(name: str, channel: Channel) -> str:
    fallback = _fallback(channel)
    way = f"use {fallback}" if fallback else "no other way is named: agree on one now"
    carries = f", which carries {', '.join(channel.carries)}" if channel.carries else ""
    return f"the channel {name}{carries}; {way}"


def _fallback(channel: Channel) -> str:
    return (channel.fallback.value or "") if channel.fallback is not None else ""
