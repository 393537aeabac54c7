"""Every state of an incident under the shipped policy, slice by slice: the laws hold in all of them, and none is a trap.

The searches have no chance in them, so their sizes are exact. A state or transition more or fewer means that an event,
a gate or a duty is gained or lost: find out which before you write the new number down. To repin after a change
that is meant, run ``python3 run.py prove`` (or ``pytest -m prove tests/search -s``), look at what each slice now prints, and copy
the numbers into ``SIZES``.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import pytest

import ir_policy as ir
from search.once import SMALL, searched
from search.slices import ALL


class Size(NamedTuple):
    """How big a slice is: exactly."""

    states: int
    transitions: int
    depth: int
    """How many moves the farthest state is away."""
    refused: int
    """How often something was asked for that the policy forbids."""


SIZES: Final = {
    "alert": Size(4_289, 25_689, 15, 4_743),
    "stakeholders": Size(1_175, 6_865, 12, 864),
    "unassessed": Size(124, 756, 8, 30),
    "clients": Size(5_642, 39_302, 14, 5_081),
    "endings": Size(4_109, 35_510, 14, 3_445),
    "promises": Size(83, 346, 8, 36),
    "words": Size(2_914, 14_368, 17, 13_780),
    "words_to_two": Size(3_464, 14_470, 13, 10_199),
    "exercise": Size(828, 2_948, 14, 1_233),
    "regulators": Size(1_564, 12_542, 13, 4_060),
    "europe": Size(10_372, 91_351, 14, 8_461),
    "assessment": Size(2_836, 22_108, 14, 7_438),
    "freeze": Size(391, 3_120, 10, 945),
    "document": Size(21_880, 190_657, 15, 74_241),
    "response": Size(6_928, 48_177, 14, 2_443),
    "restoring": Size(3_656, 21_440, 11, 1_146),
    "recovery": Size(2_496, 24_960, 11, 3_478),
    "cleaning": Size(64, 728, 7, 116),
    "outcomes": Size(8_120, 66_728, 16, 39_512),
    "postmortem": Size(1_875, 11_480, 17, 5_144),
    "actions": Size(60, 361, 10, 15),
    "phases": Size(3_202, 30_378, 19, 22_832),
    "papers": Size(1_136, 8_624, 11, 2_074),
    "client_and_regulator": Size(3_740, 25_693, 16, 2_391),
    "closing": Size(2_944, 30_464, 11, 2_012),
}
"""Pinned: see above for how to repin."""
ALWAYS_REFUSED: Final = {
    "alert": {"the commander waives the alert"},
    "words": {"lee reviews it", "mux approves it", "the commander approves another text"},
    "regulators": {
        "no breach, somebody finds", "dana decides not to tell oaic under oaic-notice", "the commander waives the notice",
    },
    "europe": {"legal waives what the Regulation asks"},
    "assessment": {"no breach, somebody finds", "legal waives the assessment"},
    "freeze": {"somebody ends the freeze", "closed as resolved by dana"},
    "document": {"somebody decides SEV3"},
    "cleaning": {"somebody lets it go on"},
    "outcomes": {"closed as duplicate by dana"},
    "postmortem": {"closed as resolved by dana", "the commander waives the postmortem"},
    "phases": {"phase detect", "nothing to contain, without a reason", "the channel is opened under another day"},
    "papers": {"closed as resolved by dana", "the commander waives the evidence"},
    "closing": {"closed as resolved by dana"},
}  # fmt: skip
"""What nobody may ever do; everything else is allowed somewhere."""


def assert_complete(name: str) -> None:
    """The slice is as big as it was, its laws had something to say and hold, every move was made, nothing is a trap."""
    slice_, done = ALL[name](), searched(name)
    size = Size(done.states, done.transitions, done.depth, sum(done.refused.values()))
    print(f"\n{name}: {size}, examined {dict(done.examined)}")  # noqa: T201
    assert done.broken is None, str(done.broken)
    assert {law for law in slice_.laws.names() if not done.examined[law]} == set(), "laws that looked at nothing"
    names = {move.name for move in (*slice_.moves, *slice_.ticks)}
    assert names - done.taken.keys() == ALWAYS_REFUSED.get(name, set())
    assert (done.trapped, done.into_trap) == (0, ())
    assert size == SIZES[name]


@pytest.mark.parametrize("name", SMALL)
def test_small_slices_to_the_end(name: str) -> None:
    """Part of the proof with every change: these are small."""
    assert_complete(name)


@pytest.mark.prove
@pytest.mark.parametrize("name", [name for name in ALL if name not in SMALL])
def test_every_slice_to_the_end(name: str) -> None:
    assert_complete(name)


@pytest.mark.prove
def test_every_duty_and_every_gate_is_searched() -> None:
    """Each duty of the policy and of its laws is owed in some slice, and each gate refuses something there."""
    policy = ir.load_policy("motion-mavericks")
    bitten = {rule for name in ALL for rule in searched(name).bitten}
    owed = {duty for name in ALL for duty in searched(name).opened}
    print(f"\n{len(bitten)} rules refused something, {len(owed)} duties were owed")  # noqa: T201
    assert set(policy.gates) - bitten == set()
    assert set(policy.duties) == owed
    assert set(ALL) == set(SIZES)
