"""The life cycle of a loaded policy as machines for states know it: acts with a guard over flags, and the flags they set.

A flag is a short text: ``step:isolate``, ``yes:rpo-breached``, ``mark:channel-opened``, ``seen:assess``. Not known is neither flag, so a
guard of two values says what the policy says with three. What rests on obligations is left out: closing, and who may decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, TypeAlias

from attrs import frozen

import ir_policy as ir
from bench.peers.matrix import compiled
from ir_policy.rules.conditions import All, Atom, Condition, Not
from ir_policy.rules.model import Gate, Policy

__all__ = ["OTHER", "Act", "Told", "acts", "before_closing", "told"]

Flags: TypeAlias = frozenset[str]
OTHER: Final = "other"
"""What is no act of its own: news, notices, decisions. It is always taken in."""


@frozen(eq=False)
class Act:
    """Something that can be tried: the phase it leads to, if any, and whether the flags allow it."""

    name: str
    phase: str
    guard: Callable[[Flags], bool]
    source: str
    """The guard in words of Python, over ``flags``."""
    event: Callable[[str, datetime], ir.Event]
    """What the library is asked about, for an incident and an instant."""

    @property
    def identifier(self) -> str:
        return self.name.replace("-", "_").replace(":", "_")


@frozen
class Told:
    """One event of a recorded incident as a machine is told it."""

    act: str
    made: Flags
    gone: Flags


def before_closing(events: Iterable[ir.Event]) -> tuple[ir.Event, ...]:
    """The recorded incident up to where obligations begin to decide."""
    found = []
    for event in events:
        if event.kind == "closed":
            break
        found.append(event)
    return tuple(found)


def told(policy: Policy, events: Iterable[ir.Event], known: Iterable[Act]) -> tuple[Told, ...]:
    """Each event as the act it is, with the flags it sets and takes back."""
    names = {act.name for act in known}
    found = []
    for event in events:
        name = _name_of(event)
        found.append(Told(name if name in names else OTHER, *_flags_of(policy, event)))
    return tuple(found)


def _name_of(event: ir.Event) -> str:
    said = getattr(event, "step", "") or getattr(event, "phase", "")
    return f"{event.kind}:{getattr(said, 'value', said)}" if said else event.kind


def _flags_of(policy: Policy, event: ir.Event) -> tuple[Flags, Flags]:
    made, gone = set(), set()
    if isinstance(event, ir.FactsReported):
        for fact, answer in event.facts.items():
            said = getattr(answer, "value", answer)
            made |= {f"{said}:{fact}"} if said in ("yes", "no") else set()
            gone |= {f"{other}:{fact}" for other in ("yes", "no") if other != said}
    if isinstance(event, ir.StepDone):
        made.add(f"step:{event.step}")
    if isinstance(event, ir.PhaseChange):
        made.add(f"seen:{event.phase.value}")
    for rule, source in policy.mark_sources.get(event.kind, ()):
        if source.kind == "event" and not source.saying:
            made.add(f"mark:{rule.id}")
    if isinstance(event, ir.SeverityDecided):
        made |= {f"mark:{rule.id}" for rule in policy.marks.values() if any(s.kind == "decision" for s in rule.sources)}
    return frozenset(made), frozenset(gone)


# --- acts and their guards -------------------------------------------------------------------------------


def acts(policy: Policy) -> tuple[Act, ...]:
    """Everything that can be tried: each step, each phase but the first, and saying that it is recovered."""

    def step(name: str) -> Callable[[str, datetime], ir.Event]:
        return lambda incident, at: ir.StepDone(incident=incident, at=at, by="dana", step=name)

    def phase(name: str) -> Callable[[str, datetime], ir.Event]:
        return lambda incident, at: ir.PhaseChange(
            kind="phase-entered", incident=incident, at=at, by="dana", phase=name
        )

    def recovered(incident: str, at: datetime) -> ir.Event:
        return ir.Milestone(kind="recovered", incident=incident, at=at, by="dana")

    phases = [rule.phase.value for rule in policy.phases][1:]
    return (
        *(_act(policy, f"step-done:{name}", "step", name, step(name)) for name in policy.steps),
        *(_act(policy, f"phase-entered:{name}", "phase", name, phase(name), phases[:place]) for place, name in enumerate(phases)),
        _act(policy, "recovered", "event", "recovered", recovered),
    )  # fmt: skip


def _act(policy: Policy, name: str, kind: str, what: str, event: Any, earlier: Iterable[str] = ()) -> Act:
    gates = [gate for gate in policy.gates.values() if any((f.kind, f.name) == (kind, what) for f in gate.forbids)]
    words = [*(f"'seen:{phase}' in flags" for phase in earlier), *(_open_words(policy, gate) for gate in gates)]
    source = " and ".join(f"({word})" for word in words) or "True"
    guard = compiled(f"def guard(flags):\n    return {source}\n", "guard")
    return Act(name, what if kind == "phase" else "", guard, source, event)


def _open_words(policy: Policy, gate: Gate) -> str:
    """When the gate lets through: its condition is a definite no, or a release is a definite yes."""
    always = isinstance(gate.when.source, All) and not gate.when.source.parts
    ways = [] if always else [_words(policy, gate.when.source, False)]
    ways += [_words(policy, release.condition.source, True) for release in gate.until if release.condition is not None]
    return " or ".join(f"({way})" for way in ways)


def _words(policy: Policy, condition: Condition, so: bool) -> str:
    """Whether the condition is definitely so, or definitely not so, over the flags."""
    if isinstance(condition, Not):
        return _words(policy, condition.part, not so)
    if isinstance(condition, Atom):
        return _atom_words(policy, condition, so)
    joint = " and " if isinstance(condition, All) is so else " or "
    return joint.join(f"({_words(policy, part, so)})" for part in condition.parts)


def _atom_words(policy: Policy, atom: Atom, so: bool) -> str:
    if atom.kind == "fact":
        return f"'{'yes' if so else 'no'}:{atom.name}' in flags"
    if atom.kind == "some" and so:
        return " or ".join(
            f"'yes:{atom.name}/{member}' in flags" for member in sorted(policy.families[atom.name].members)
        )
    if atom.kind in ("mark", "step"):
        return f"'{atom.kind}:{atom.name}' {'in' if so else 'not in'} flags"
    raise ValueError(f"a machine of flags cannot answer whether {atom}; leave the act out")
