"""The parts of a search: a state, what may happen in it, what came of it, and a slice of the policy that says all of that.

Time passes in three ways: by a moment, to the next instant that can come into play, or beyond all of them. A slice that
reckons with one length of time uses the first two and so visits every order there can be; one that reckons with several
uses the first and the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import ir_policy as ir
from ir_policy import Event, Obligation, Refusal
from ir_policy.rules.model import Policy
from ir_policy.terms import MICROSECOND
from ir_policy.testing import told

T0: Final = datetime.fromisoformat("2026-03-11T09:00:00+11:00")
"""A Wednesday morning in Sydney: the office opens, and no holiday is near."""

COMMANDER: Final = "incident-commander"
LEGAL: Final = "legal-liaison"
SOMEBODY: Final = "dana"
"""Somebody without any role."""
LONG: Final = timedelta(weeks=9)
"""Longer than any limit, to the same hour of the week."""
MOMENTS: Final = (timedelta(minutes=1), timedelta(seconds=1), timedelta(milliseconds=1), MICROSECOND)

Owed = dict[str, Obligation]
Finding = str
"""What is broken, in words; empty where it holds."""


class State(NamedTuple):
    """An incident at an instant that no event of its log is later than."""

    incident: ir.Incident
    now: datetime


class Move(NamedTuple):
    """Something that may happen, by name."""

    name: str
    event: Callable[[State], Event | None]
    """The event it is in a state; ``None`` where it cannot be said."""
    against: bool = False
    """Whether the search goes on from it also where the policy forbids it: people do such things."""


class Tick(NamedTuple):
    """A way for time to pass: from a state, and the next instant that can come into play, to an instant."""

    name: str
    to: Callable[[State, datetime | None], datetime | None]


def pass_by(state: State, coming: datetime | None) -> datetime:
    """A moment later: after now, and before anything comes into play."""
    for moment in MOMENTS:
        if coming is None or state.now + moment < coming:
            return state.now + moment
    raise AssertionError(f"there is no time between {state.now} and {coming}")


def pass_on(state: State, coming: datetime | None) -> datetime | None:
    """The next instant that can come into play."""
    return coming


def pass_long(state: State, coming: datetime | None) -> datetime | None:
    """Beyond all limits; nothing new where everything is past."""
    return state.now + LONG if coming is not None else None


MOMENT: Final = Tick("a moment passes", pass_by)
ON: Final = Tick("time passes to the next instant", pass_on)
LONGER: Final = Tick("a long time passes", pass_long)


class Turn(NamedTuple):
    """One event that was asked for and recorded, with everything on both sides of it."""

    before: State
    event: Event
    refusals: tuple[Refusal, ...]
    step: ir.Step
    after: State
    was: Owed
    """Every obligation before, as of the event."""
    now: Owed
    void: bool
    """Whether it was kept without effect."""


class Wait(NamedTuple):
    """Time that passed without an event."""

    before: State
    after: State
    was: Owed
    now: Owed


OnTurn = Callable[[Turn], Iterator[Finding]]
OnWait = Callable[[Wait], Iterator[Finding]]
OnState = Callable[[State, Owed], Iterator[Finding]]


class Laws(NamedTuple):
    """What must hold: of every event, of time that passes, of every state."""

    turns: tuple[OnTurn, ...] = ()
    waits: tuple[OnWait, ...] = ()
    states: tuple[OnState, ...] = ()

    def names(self) -> tuple[str, ...]:
        return tuple(law.__name__ for law in (*self.turns, *self.waits, *self.states))


class Slice(NamedTuple):
    """A part of the policy, and what may happen in an incident under it."""

    name: str
    policy: Policy
    moves: tuple[Move, ...]
    laws: Laws
    ticks: tuple[Tick, ...] = (MOMENT, ON)
    episodes: int = 2
    """How often it may begin: the search needs an end."""
    prologue: tuple[Move, ...] = ()
    """What has happened at the first instant, before anything else may."""
    drill: bool = False
    backdated: bool = False
    """Whether grounds may have been held since the first signal."""
    reckons: tuple[timedelta, ...] = ()
    """Differences between two limits: from there a new clock of the shorter one would end after the longer one."""

    def start(self) -> State:
        signal = told("detected", T0, id="e0", drill=self.drill)
        assert isinstance(signal, ir.Detected)
        state = State(ir.open_incident(self.policy, signal).incident, T0)
        for move in self.prologue:
            event = move.event(state)
            assert event is not None, move.name
            state = State(ir.record(state.incident, event).incident, T0)
        return state
