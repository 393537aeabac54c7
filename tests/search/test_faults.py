"""The search finds faults: one rule gone wrong at a time, each with the shortest log that shows it."""

from __future__ import annotations

import pytest

import ir_policy as ir
from search.explore import explore, retold
from search.faults import FAULTS
from search.slices import ALL

FEWEST = 10


def test_there_are_enough_faults() -> None:
    """In the document and in the engine."""
    assert len(FAULTS) >= FEWEST
    assert all((fault.edit is None) != (fault.patch is None) for fault in FAULTS.values())


@pytest.mark.parametrize("name", FAULTS)
def test_it_is_found_with_a_log_that_replays(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breadth first there is no shorter way; told again from the log alone the law breaks, and without the fault it holds."""
    fault = FAULTS[name]
    sound = ALL[fault.slice]()
    with monkeypatch.context() as patch:
        if fault.patch is not None:
            fault.patch(patch)
        faulty = ALL[fault.slice](fault.edit)
        broken = explore(faulty).broken
        assert broken is not None, "the search does not find it"
        text = ir.write_log(broken.log, broken.pin)
        print(f"\n{name}: {len(broken.moves)} moves: {', '.join(broken.moves)}\n{text}")  # noqa: T201
        assert (broken.law, len(broken.moves)) == (fault.law, fault.moves)
        log = ir.read_log(text)
        ir.replay(faulty.policy, log)
        assert retold(faulty, log.events, broken.asked_at) == fault.law
    assert retold(sound, log.events, broken.asked_at) == ""
