"""Incidents the search takes for the same state go on alike, and no walk leaves the states it visited.

The first is what makes one incident for each state enough; the second is that nothing was left out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

import pytest

import ir_policy as ir
from search.abstraction import Lens
from search.once import PAIRS, SMALL, searched
from search.slices import ALL
from search.story import Move, Slice, State, Tick

WALKS: Final = 25
STEPS: Final = 80
LARGE: Final = [name for name in ALL if name not in SMALL]


def after(slice_: Slice, lens: Lens, state: State, step: Move | Tick) -> tuple[State | None, object]:
    """Where a move or time leads, and what is to be the same for incidents that are alike."""
    if isinstance(step, Tick):
        at = step.to(state, lens.see(*state).coming)
        then = State(state.incident, at) if at is not None else None
        return then, lens.see(*then).key if then is not None else None
    event = step.event(state)
    if event is None:
        return None, "nothing to say"
    refusals = [one.rule for one in ir.check(state.incident, event)]
    done = ir.record(state.incident, event)
    then = State(done.incident, state.now)
    void = any(one.void for one in done.violations)
    return then if not refusals or (step.against and not void) else None, (refusals, void, lens.see(*then).key)


def pairs_that_part(slice_: Slice, pairs: tuple[tuple[State, State], ...], steps: int) -> Iterator[str]:
    """Pairs that begin alike and do not stay so: after each next step, and along one walk of some more."""
    lens, rng = Lens(slice_), random.Random(7)
    choices: list[Move | Tick] = [*slice_.ticks, *slice_.moves]
    for one, other in pairs:
        assert lens.see(*one).key == lens.see(*other).key
        for step in choices:
            if after(slice_, lens, one, step)[1] != after(slice_, lens, other, step)[1]:
                yield f"part at once, by '{step.name}'\n{ir.write_log(one.incident.log)}\n{ir.write_log(other.incident.log)}"
        here, there = one, other
        for _ in range(steps):
            step = rng.choice(choices)
            (then, alike), (elsewhere, same) = after(slice_, lens, here, step), after(slice_, lens, there, step)
            if alike != same:
                yield f"part by '{step.name}'\n{ir.write_log(here.incident.log)}\n{ir.write_log(there.incident.log)}"
                break
            if then is not None and elsewhere is not None:
                here, there = then, elsewhere


def assert_alike(name: str) -> None:
    pairs = searched(name).pairs
    print(f"\n{name}: {len(pairs)} pairs of incidents taken for the same state")  # noqa: T201
    assert len(pairs) >= min(PAIRS, searched(name).states // 20)
    parted = list(pairs_that_part(ALL[name](), pairs, 12))
    assert not parted, f"{len(parted)} times, first\n{parted[0]}"


def assert_nothing_left_out(name: str) -> None:
    """Walks by chance, of all the moves there are, meet only states that the search has visited."""
    slice_, rng, met = ALL[name](), random.Random(11), 0
    lens, keys = Lens(slice_), searched(name).keys
    choices: list[Move | Tick] = [*slice_.ticks, *slice_.moves]
    for _ in range(WALKS):
        state = slice_.start()
        for _ in range(STEPS):
            then, _ = after(slice_, lens, state, rng.choice(choices))
            state = then if then is not None else state
            met += 1
            assert lens.see(*state).key in keys, ir.write_log(state.incident.log)
    print(f"\n{name}: {met} steps by chance")  # noqa: T201
    assert met == WALKS * STEPS


@pytest.mark.parametrize("name", SMALL)
def test_incidents_taken_for_the_same_state_go_on_alike(name: str) -> None:
    assert_alike(name)


@pytest.mark.parametrize("name", SMALL)
def test_no_walk_leaves_the_states_that_were_visited(name: str) -> None:
    assert_nothing_left_out(name)


@pytest.mark.prove
@pytest.mark.parametrize("name", LARGE)
def test_incidents_of_every_slice_go_on_alike(name: str) -> None:
    assert_alike(name)


@pytest.mark.prove
@pytest.mark.parametrize("name", LARGE)
def test_no_walk_leaves_the_states_of_any_slice(name: str) -> None:
    assert_nothing_left_out(name)
