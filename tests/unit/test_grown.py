"""Logs that share what they hold: an incident stays as it was, whoever goes on from it, in whatever order and thread."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy.duties.case import Case
from ir_policy.log.grown import Grown
from ir_policy.rules.model import Policy

START: Final = datetime.fromisoformat("2026-03-11T01:00:00+00:00")


def note(number: int, text: str = "seen", id_: str = "") -> ir.Note:
    return ir.Note(incident="inc-1", id=id_, at=START + timedelta(minutes=number), by="dana", text=text)


@pytest.fixture
def opened(policy: Policy) -> ir.Incident:
    return ir.open_incident(policy, ir.Detected(incident="inc-1", at=START, by="dana", source="sentry")).incident


class TestGrown:
    @given(moves=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), min_size=1, max_size=40))
    def test_whoever_goes_on_from_wherever_every_length_is_as_its_tuple(self, moves: list[tuple[int, int]]) -> None:
        items = [object() for _ in range(4)]
        grown: list[Grown[object]] = [Grown()]
        tuples: list[tuple[object, ...]] = [()]
        for start, which in moves:
            start %= len(grown)
            grown.append(grown[start].plus(items[which]))
            tuples.append((*tuples[start], items[which]))
        for mine, plain in zip(grown, tuples, strict=True):
            assert (tuple(mine), mine.whole(), len(mine), mine[1:], mine[-2:]) == (
                plain, plain, len(plain), plain[1:], plain[-2:],
            )  # fmt: skip
            assert [mine[place] for place in range(-len(plain), len(plain))] == [*plain, *plain]
            with pytest.raises(IndexError):
                mine[len(plain)]

    def test_lengths_of_one_story_share_and_another_story_does_not(self) -> None:
        first, second = object(), object()
        start = Grown([object()])
        longer = start.plus(first)
        assert longer.shares_with(start)
        assert start.plus(first).shares_with(longer), "the same once more is the same story"
        other = start.plus(second)
        assert not other.shares_with(start)
        assert (tuple(longer)[1:], tuple(other)[1:]) == ((first,), (second,))

    def test_threads_that_go_on_from_one_length_never_meet(self) -> None:
        start = Grown(range(100))

        def go_on(thread: int) -> list[tuple[int, ...]]:
            found = []
            for turn in range(50):
                mine = start
                for step in range(5):
                    mine = mine.plus(1000 * thread + 10 * turn + step)
                found.append(mine[100:])
            return found

        with ThreadPoolExecutor(8) as pool:
            stories = list(pool.map(go_on, range(1, 9)))
        for thread, found in enumerate(stories, start=1):
            assert found == [tuple(1000 * thread + 10 * turn + step for step in range(5)) for turn in range(50)]
        assert tuple(start) == tuple(range(100))


class TestIncidents:
    def test_an_old_incident_knows_nothing_of_what_others_recorded(self, opened: ir.Incident) -> None:
        ahead = opened
        for number in range(1, 30):
            ahead = ir.record(ahead, note(number, id_=f"n{number}")).incident
        assert (opened.seq, len(opened.log), ahead.seq) == (1, 1, 30)
        other = ir.record(opened, note(1, "another story", id_="n7")).incident
        assert [event.id for event in other.log[1:]] == ["n7"]
        assert ir.record(other, note(1, "another story", id_="n7")).known
        assert not ir.record(other, note(2, id_="n1")).known, "what only the other story holds is new here"
        with pytest.raises(ir.EventInvalid):
            ir.record(ahead, note(1, "another story", id_="n7"))
        assert ir.replay(ahead.policy, ahead.log) == ahead != other

    def test_copies_hold_their_own_log_and_no_more(self, opened: ir.Incident) -> None:
        said = note(1, "heard elsewhere")
        ahead = ir.record(opened, said).incident
        for twin in (pickle.loads(pickle.dumps(opened)), copy.deepcopy(opened), copy.copy(opened)):
            assert (twin == opened, twin != ahead, hash(twin) == hash(opened)) == (True, True, True)
            assert not ir.record(twin, said).known
            assert ir.record(twin, said).incident == ahead
        assert b"heard elsewhere" not in pickle.dumps(opened)


class TestCorrections:
    """After a correction an event is one step again, unless the correction's effect hangs on what comes later."""

    @pytest.mark.parametrize(
        ("mended", "fields", "one_step"),
        [
            (note(1, id_="e1"), {"text": "what it should have said"}, True),
            (ir.FactsReported(incident="inc-1", id="e1", at=START, by="dana", facts={"partial-outage": ir.YES}),
             {"facts": {"partial-outage": "no"}}, False),
            (None, {"text": "of nothing"}, True),
        ],
        ids=["a note", "facts", "nothing"],
    )  # fmt: skip
    def test_what_is_folded(
        self, opened: ir.Incident, mended: ir.Event | None, fields: dict[str, object], one_step: bool,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        before = ir.record(opened, mended).incident if mended is not None else ir.record(opened, note(1)).incident
        correction = ir.Corrected(incident="inc-1", at=START + timedelta(hours=1), by="dana", event="e1",
                                  fields=fields, reason="typo", evidence=("x",))  # fmt: skip
        incident = ir.record(before, correction).incident
        advance, count = Case.advance, 0

        def counted(case: Case, *given: object) -> object:
            nonlocal count
            count += 1
            return advance(case, *given)  # type: ignore[arg-type]

        monkeypatch.setattr(Case, "advance", counted)
        after = ir.record(incident, note(90)).incident
        assert (count == 1) is one_step
        assert after == ir.replay(after.policy, after.log)
        assert after.facts == ir.replay(after.policy, after.log).facts
