"""The search itself: breadth first from the first signal, each state once, every rule of ``laws.py`` asked everywhere.

One process, no chance. A state is expanded from the first incident that reached it, by the shortest way; incidents are
values that share what they have in common, so nothing is ever folded twice. What the policy forbids is asked for as
well: it must be recorded as a violation, and without effect where the rule says so. The search does not go on from it,
unless the slice says that people do such things.
"""

from __future__ import annotations

from array import array
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import ir_policy as ir
from ir_policy import Event
from ir_policy.log.wire import PolicyPin
from search.abstraction import Lens, Seen
from search.story import Finding, Move, Owed, Slice, State, Tick, Turn, Wait


class Broken(NamedTuple):
    """A law that does not hold, with the shortest way to where it does not."""

    law: str
    what: str
    log: tuple[Event, ...]
    asked_at: datetime
    pin: PolicyPin
    moves: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.law}: {self.what}, as of {self.asked_at.isoformat()}\n{ir.write_log(self.log, self.pin)}"


class Found(NamedTuple):
    """What a search visited."""

    states: int
    transitions: int
    depth: int
    taken: Counter[str]
    """How often each move was made."""
    refused: Counter[str]
    """How often each move was refused, and recorded all the same."""
    bitten: Counter[str]
    """How often each rule refused something."""
    opened: Counter[str]
    """How often an obligation of each duty was opened."""
    examined: Counter[str]
    """How often each law had something to look at."""
    broken: Broken | None
    trapped: int
    """States from which the rules leave no way to a closed incident in which nothing is owed."""
    into_trap: tuple[str, ...]
    """The moves to the first such state."""
    pairs: tuple[tuple[State, State], ...]
    """Different incidents with the same key, for a test of the abstraction."""
    keys: frozenset[Hashable]


def owed(state: State) -> Owed:
    return {one.key: one for one in ir.obligations(state.incident, state.now)}


def turned(before: State, event: Event, was: Owed) -> Turn:
    """The event asked for and recorded, whatever the answer was."""
    refusals = ir.check(before.incident, event)
    step = ir.record(before.incident, event)
    after = State(step.incident, before.now)
    void = any(one.void for one in step.violations)
    return Turn(before, event, refusals, step, after, was, owed(after), void)


def retold(slice_: Slice, log: Sequence[Event], asked_at: datetime) -> Finding:
    """The first law a log breaks, told event by event and asked again as of an instant; empty where all of them hold."""
    first = log[0]
    assert isinstance(first, ir.Detected)
    state = State(ir.open_incident(slice_.policy, first).incident, first.at)
    for event in log[1:]:
        state, broken = _waited(slice_, state, event.at)
        turn = turned(state, event, owed(state))
        state = turn.after
        broken = broken or _first((law, law(turn)) for law in slice_.laws.turns)
        broken = broken or _first((law, law(state, turn.now)) for law in slice_.laws.states)
        if broken:
            return broken
    _, broken = _waited(slice_, state, asked_at)
    return broken


def _waited(slice_: Slice, state: State, at: datetime) -> tuple[State, Finding]:
    then = State(state.incident, at)
    wait = Wait(state, then, owed(state), owed(then))
    broken = _first((law, law(wait)) for law in slice_.laws.waits) if at > state.now else ""
    return then, broken or _first((law, law(then, wait.now)) for law in slice_.laws.states)


def _first(asked: Iterable[tuple[Callable[..., object], Iterator[Finding]]]) -> Finding:
    return next((law.__name__ for law, findings in asked for what in findings if what), "")


def explore(slice_: Slice, pairs_kept: int = 0, most: int = 10**6) -> Found:
    """Visit every state of the slice, or stop at the first law that breaks."""
    search = _Search(slice_, pairs_kept, most)
    search.run()
    return search.found()


class _Search:
    def __init__(self, slice_: Slice, pairs_kept: int, most: int) -> None:
        self.slice = slice_
        self.laws = slice_.laws
        self.pairs_kept = pairs_kept
        self.most = most
        self.lens = Lens(slice_)
        self.places: dict[Hashable, int] = {}
        self.parents: list[tuple[int, str]] = []
        self.depths = array("H")
        self.frontier: deque[tuple[int, State, Seen]] = deque()
        self.edges = (array("L"), array("L"))
        """Lawful steps: from which state, to which."""
        self.goals: list[int] = []
        self.transitions = 0
        self.taken: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.bitten: Counter[str] = Counter()
        self.opened: Counter[str] = Counter()
        self.examined: Counter[str] = Counter()
        self.broken: Broken | None = None
        self.pairs: list[tuple[State, State]] = []
        self.firsts: dict[int, State] = {}

    def run(self) -> None:
        start = self.slice.start()
        self._reach(start, self.lens.see(start.incident, start.now), -1, "", lawful=True)
        while self.frontier and self.broken is None:
            place, state, seen = self.frontier.popleft()
            was = owed(state)
            self._look(place, state, was)
            for tick in self.slice.ticks:
                self._wait(place, state, seen, was, tick)
            for move in self.slice.moves:
                if self.broken is None:
                    self._turn(place, state, seen, was, move)

    # --- one step ---

    def _turn(self, place: int, state: State, seen: Seen, was: Owed, move: Move) -> None:
        event = move.event(state)
        if event is None:
            return
        turn = turned(state, event, was)
        refusals, step, after, void = turn.refusals, turn.step, turn.after, turn.void
        (self.refused if refusals else self.taken)[move.name] += 1
        self.bitten.update(one.rule for one in refusals)
        self.opened.update(key.partition("@")[0] for key in step.opened)
        for law in self.laws.turns:
            if not self._ask(law.__name__, law(turn), place, move.name, step.incident.log, state.now):
                return
        then = self.lens.see(after.incident, after.now)
        if void and then.key != seen.key:
            self._break(
                "what_is_void_moves_nothing", "it changed something", place, move.name, step.incident.log, state.now
            )
        if not refusals or (move.against and not void):
            self._reach(after, then, place, move.name, lawful=not refusals)

    def _wait(self, place: int, state: State, seen: Seen, was: Owed, tick: Tick) -> None:
        at = tick.to(state, seen.coming)
        if at is None or self.broken is not None:
            return
        after = State(state.incident, at)
        wait = Wait(state, after, was, owed(after))
        for law in self.laws.waits:
            if not self._ask(law.__name__, law(wait), place, tick.name, state.incident.log, at):
                return
        self.taken[tick.name] += 1
        self._reach(after, self.lens.see(state.incident, at), place, tick.name, lawful=True)

    def _reach(self, state: State, seen: Seen, place: int, name: str, *, lawful: bool) -> None:
        there = self.places.get(seen.key)
        if there is None:
            there = self.places[seen.key] = len(self.parents)
            assert there < self.most, f"more than {self.most} states"
            self.parents.append((place, name))
            self.depths.append(self.depths[place] + 1 if place >= 0 else 0)
            self.frontier.append((there, state, seen))
            if self.pairs_kept and there % self._every == 0:
                self.firsts[there] = state
        elif there in self.firsts and self.firsts[there].incident.log != state.incident.log:
            self.pairs.append((self.firsts.pop(there), state))
        if place >= 0:
            self.transitions += 1
            if lawful and there != place:
                self.edges[0].append(place)
                self.edges[1].append(there)

    _every = 7

    def _look(self, place: int, state: State, was: Owed) -> None:
        for law in self.laws.states:
            if not self._ask(law.__name__, law(state, was), place, "", state.incident.log, state.now):
                return
        if state.incident.closed and not any(one.status in ("active", "pending") for one in was.values()):
            self.goals.append(place)

    # --- what is found ---

    def _ask(
        self, name: str, findings: Iterator[Finding], place: int, move: str, log: tuple[Event, ...], at: datetime
    ) -> bool:
        count = 0
        for what in findings:
            count += 1
            if what:
                self._break(name, what, place, move, log, at)
                return False
        if count:
            self.examined[name] += count
        return True

    def _break(self, law: str, what: str, place: int, move: str, log: tuple[Event, ...], at: datetime) -> None:
        if self.broken is None:
            moves = (*self._way(place), *((move,) if move else ()))
            self.broken = Broken(law, what, log, at, self.slice.start().incident.pin, moves)

    def _way(self, place: int) -> tuple[str, ...]:
        names: list[str] = []
        while place >= 0:
            place, name = self.parents[place]
            names.append(name)
        return tuple(reversed(names[:-1]))

    def found(self) -> Found:
        trapped = [] if self.broken is not None else self._trapped()
        return Found(
            len(self.parents), self.transitions, max(self.depths), self.taken, self.refused, self.bitten, self.opened,
            self.examined, self.broken,
            len(trapped), self._way(trapped[0]) if trapped else (), tuple(self.pairs[: self.pairs_kept]), frozenset(self.places),
        )  # fmt: skip

    def _trapped(self) -> list[int]:
        """The states from which no lawful way leads to one that is closed and settled: what going back does not reach."""
        into: list[list[int]] = [[] for _ in self.parents]
        for source, target in zip(*self.edges, strict=True):
            into[target].append(source)
        free = set(self.goals)
        todo = list(self.goals)
        while todo:
            for source in into[todo.pop()]:
                if source not in free:
                    free.add(source)
                    todo.append(source)
        return [place for place in range(len(self.parents)) if place not in free]
