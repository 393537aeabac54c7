"""Machines for states, each given the life cycle written from the loaded policy.

A builder gets the phases and the acts, and returns a function that makes a new machine. A machine takes ``tell(act, made, gone)``
and has ``phase``, ``flags`` and ``taken``, the number of acts it let happen.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol

from attrs import frozen

from bench.peers.installed import Peer
from bench.peers.lifecycle import OTHER, Act, Flags, Told

__all__ = ["MACHINES", "Machine", "by_hand", "by_hand_changing", "run"]


class Machine(Protocol):
    phase: str
    flags: Flags
    taken: int

    def tell(self, act: str, made: Flags, gone: Flags) -> Any: ...


def run(new: Callable[[], Any], story: Sequence[Told]) -> Any:
    """A new machine that was told the story; a machine by hand that never changes hands back the next one."""
    machine = new()
    for one in story:
        machine = machine.tell(one.act, one.made, one.gone) or machine
    return machine


# --- by hand ---------------------------------------------------------------------------------------------


def by_hand(phases: Sequence[str], acts: Sequence[Act]) -> Callable[[], Machine]:
    """What one would write: a frozen value, a table of acts, and a new value for each event."""
    table = _table(acts)

    @frozen
    class State:
        phase: str
        flags: Flags
        taken: int

        def tell(self, act: str, made: Flags, gone: Flags) -> State:
            guard, to = table[act]
            if self.phase == to or not guard(self.flags):
                return self
            return State(to or self.phase, (self.flags - gone) | made, self.taken + 1)

    start = State(phases[0], frozenset(), 0)
    return lambda: start


def by_hand_changing(phases: Sequence[str], acts: Sequence[Act]) -> Callable[[], Machine]:
    """The same with an object that changes."""
    table = _table(acts)

    class State:
        __slots__ = ("flags", "phase", "taken")

        def __init__(self) -> None:
            self.phase, self.flags, self.taken = phases[0], frozenset(), 0

        def tell(self, act: str, made: Flags, gone: Flags) -> None:
            guard, to = table[act]
            if self.phase != to and guard(self.flags):
                self.phase, self.flags, self.taken = to or self.phase, (self.flags - gone) | made, self.taken + 1

    return State


def _table(acts: Sequence[Act]) -> dict[str, tuple[Callable[[Flags], bool], str]]:
    return {act.name: (act.guard, act.phase) for act in acts} | {OTHER: (lambda flags: True, "")}


# --- packages --------------------------------------------------------------------------------------------


def transitions(phases: Sequence[str], acts: Sequence[Act]) -> Callable[[], Machine]:
    """One machine for all incidents, as its documentation advises for many; conditions are methods of the model."""
    import transitions

    logging.getLogger("transitions").setLevel(logging.ERROR)

    class Model:
        def __init__(self) -> None:
            self.flags: Flags = frozenset()
            self.taken = 0
            machine.add_model(self)

        @property
        def phase(self) -> str:
            return str(self.state)  # type: ignore[attr-defined]  # the machine puts it there

        def tell(self, act: str, made: Flags, gone: Flags) -> None:
            getattr(self, triggers[act])(made, gone)

        def take(self, made: Flags, gone: Flags) -> None:
            self.flags = (self.flags - gone) | made
            self.taken += 1

        def leave(self) -> None:
            machine.remove_model(self)

    ways: list[dict[str, Any]] = [{"trigger": OTHER, "source": "*", "dest": None, "after": "take"}]
    for act in acts:
        setattr(Model, f"may_{act.identifier}_be", lambda self, made, gone, guard=act.guard: guard(self.flags))
        source = [phase for phase in phases if phase != act.phase] if act.phase else "*"
        condition = f"may_{act.identifier}_be"
        way = {"trigger": act.identifier, "source": source, "dest": act.phase or None}
        ways.append({**way, "conditions": condition, "after": "take"})
    triggers = {act.name: act.identifier for act in acts} | {OTHER: OTHER}
    machine = transitions.Machine(
        model=None, states=list(phases), transitions=ways, initial=phases[0], auto_transitions=False,
        ignore_invalid_triggers=True,
    )  # fmt: skip
    return Model


def statemachine(phases: Sequence[str], acts: Sequence[Act]) -> Callable[[], Machine]:
    """A class for its machines is made once; conditions and actions are methods of it."""
    from statemachine import State, StateMachine
    from statemachine.exceptions import TransitionNotAllowed

    states = {phase: State(initial=place == 0) for place, phase in enumerate(phases)}
    space: dict[str, Any] = dict(states)
    for act in acts:
        condition = f"may_{act.identifier}"
        space[condition] = lambda self, guard=act.guard: guard(self.flags)
        ways = [
            state.to(states[act.phase], cond=condition, on="take") if act.phase else state.to.itself(internal=True, cond=condition, on="take")
            for phase, state in states.items()
            if phase != act.phase
        ]  # fmt: skip
        space[act.identifier] = _joined(ways)
    space[OTHER] = _joined([state.to.itself(internal=True, on="take") for state in states.values()])
    names = {act.name: act.identifier for act in acts} | {OTHER: OTHER}

    def begin(self: Any) -> None:
        self.flags, self.taken = frozenset(), 0
        StateMachine.__init__(self)

    def take(self: Any, made: Flags, gone: Flags) -> None:
        self.flags = (self.flags - gone) | made
        self.taken += 1

    def tell(self: Any, act: str, made: Flags, gone: Flags) -> None:
        with suppress(TransitionNotAllowed):
            self.send(names[act], made=made, gone=gone)

    space |= {"__init__": begin, "take": take, "tell": tell}
    space["phase"] = property(lambda self: next(iter(self.configuration)).id)
    return type("IncidentMachine", (StateMachine,), space)


def _joined(ways: Sequence[Any]) -> Any:
    joined = ways[0]
    for way in ways[1:]:
        joined = joined | way
    return joined


def sismic(phases: Sequence[str], acts: Sequence[Act]) -> Callable[[], Machine]:
    """One statechart for all; guards and actions are its own lines of Python."""
    from sismic.interpreter import Interpreter
    from sismic.model import BasicState, CompoundState, Statechart, Transition

    chart = Statechart("incident", preamble="flags = frozenset()\ntaken = 0")
    chart.add_state(CompoundState("incident", initial=phases[0]), None)
    take = "flags = (flags - event.gone) | event.made\ntaken = taken + 1"
    for phase in phases:
        chart.add_state(BasicState(phase), "incident")
    chart.add_transition(Transition("incident", None, event=OTHER, action=take))
    for act in acts:
        for source in [phase for phase in phases if phase != act.phase] if act.phase else ["incident"]:
            way = Transition(source, act.phase or None, event=act.identifier, guard=act.source, action=take)
            chart.add_transition(way)
    names = {act.name: act.identifier for act in acts} | {OTHER: OTHER}

    class Told:
        def __init__(self) -> None:
            self.interpreter = Interpreter(chart)
            self.interpreter.execute()

        phase = property(lambda self: next(name for name in self.interpreter.configuration if name != "incident"))
        flags = property(lambda self: self.interpreter.context["flags"])
        taken = property(lambda self: self.interpreter.context["taken"])

        def tell(self, act: str, made: Flags, gone: Flags) -> None:
            self.interpreter.queue(names[act], made=made, gone=gone)
            self.interpreter.execute()

    return Told


MACHINES: Final = (
    Peer("transitions, one machine for all", "transitions", transitions),
    Peer("python-statemachine", "python-statemachine", statemachine),
    Peer("sismic", "sismic", sismic),
)
