"""What the benchmark beside others says is right before anything is timed: floors agree, one other answer ends it, nobody is left out in silence.

Nothing here is timed, and no package of others is needed.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Final

import pytest
from attrs import evolve

import ir_policy as ir
from bench.peers import classify, deadlines, fold, growth, imports, measure, opening, replay, step
from bench.peers.agree import Agreement, Disagreement, agree
from bench.peers.calendars import BUSINESS_DAYS, ELAPSED, SAME_DAY
from bench.peers.engines import ENGINES
from bench.peers.installed import LIST, Peer, Peers, pinned, plain_reason
from bench.peers.lifecycle import acts
from bench.peers.machines import MACHINES
from bench.peers.matrix import chain_source, lines, space
from bench.peers.measure import Case, Ratio, Row, measured, rows_of
from bench.peers.tables import Workload
from ir_policy.rules.model import Policy
from support_time import REPO


class Nobody(Peers):
    """No package is here."""

    def built(self, peers: Iterable[Peer], *given: object) -> dict[str, tuple[Any, str]]:
        return {}


class TheLibrarysOwn(Peers):
    """The package the library needs itself, and no other."""

    def built(self, peers: Iterable[Peer], *given: object) -> dict[str, tuple[Any, str]]:
        return super().built([peer for peer in peers if peer.package == "pydantic"], *given)


NOBODY: Final = Nobody({}, {})


def compared(workload: Workload) -> list[tuple[int, tuple[str, ...]]]:
    """How much was compared, and between whom, table by table."""
    return [(one.cases, one.among) for table in workload.tables for one in table.agreed]


class TestFloorsAgreeWithTheLibrary:
    """Whoever writes the same job by hand must come to the same answer, or a ratio to it says nothing."""

    def test_levels_and_their_reasons_in_every_combination(self, policy: Policy) -> None:
        both = ("ir_policy", "by hand")
        assert compared(classify.workload(policy, NOBODY)) == [(2**14, both), (2**14, both)]

    def test_every_act_after_every_event(self, policy: Policy) -> None:
        """Twenty-six acts after forty-nine events, a good part of which is refused."""
        by_hand = ("by hand", "by hand, one object that changes")
        told = [(1_274, ("ir_policy", *by_hand)), (49, by_hand), (1, ("ir_policy", "by hand"))]
        assert compared(step.workload(policy, NOBODY)) == told
        refused = [act.name for act in acts(policy) if not act.guard(frozenset())]
        assert refused == [
            "step-done:clean-up", "step-done:remove-access", "step-done:restore-configuration", "phase-entered:contain",
            "phase-entered:eradicate", "phase-entered:recover", "phase-entered:close", "recovered",
        ]  # fmt: skip

    def test_deadlines_of_three_kinds(self, policy: Policy) -> None:
        both = ("ir_policy", "by hand")
        count = len(deadlines.instants(policy.calendar))
        assert count > 5_000
        by_day = ("ir_policy", "by hand", "by hand, day by day")
        assert compared(deadlines.workload(policy, NOBODY)) == [(count, by_day), (count, both), (count, both)]
        assert [str(limit) for limit in vars_of(deadlines.limits(policy))] == [
            "5 business days", "same business day (not before 2 hours)", "72 hours",
        ]  # fmt: skip

    def test_what_every_beginning_of_the_recorded_incidents_says(self, policy: Policy) -> None:
        """By hand, and read by models that are made from the lines."""
        typed = "pydantic, then the fold by hand"
        told = [(92, ("ir_policy", "by hand", "by hand, frozen")), (92, ("ir_policy", "by hand", typed))]
        assert compared(replay.workload(policy, TheLibrarysOwn({}, {}))) == told

    def test_opening_at_every_level(self, policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(opening, "SAMPLE", 300)
        assert compared(opening.workload(policy, NOBODY)) == [(300, ("ir_policy", "by hand"))]
        by_hand = opening.hand(policy)
        assert {by_hand(asked)[0] for asked in opening.drawn(policy)} == {0, 1, 2, opening.NO_LEVEL}

    def test_a_log_that_grows(self, policy: Policy, tmp_path: Path) -> None:
        """It is an ordinary one, nothing in it is forbidden, and read by hand it says the same."""
        text = list(growth.busy(1_000))
        assert ir.replay(policy, ir.read_log(text)).violations == ()
        path = tmp_path / "log.jsonl"
        path.write_text("\n".join(text), encoding="utf-8")
        ours, by_hand = growth.measure(growth.OURS, path), growth.measure(growth.BY_HAND, path)
        assert ours["state"] == by_hand["state"]
        assert by_hand["state"][-1] == 1_000


def vars_of(value: Any) -> list[object]:
    return [getattr(value, field.name) for field in type(value).__attrs_attrs__]


class TestTheMatrixInOtherWords:
    def test_the_chain_has_a_line_for_each_level_and_each_raise(self, policy: Policy) -> None:
        assert [line.level for line in lines(policy)] == [0, 0, 1, 1, 2, 2, 3]
        assert [line.when is None for line in lines(policy)] == [False] * 6 + [True]

    def test_a_changed_row_changes_the_floor(self, policy: Policy) -> None:
        """The floor is written from the rows: without one of them it is another one, and the comparison says for which facts."""
        fewer = evolve(policy, rows=tuple(row for row in policy.rows if row.id != "sev1-streaming"))
        assert 'get("streaming-unavailable")' in chain_source(policy)
        assert 'get("streaming-unavailable")' not in chain_source(fewer)
        streaming = dict.fromkeys(next(space(policy)), "no") | {"streaming-unavailable": "yes"}
        explain = classify.explaining(fewer)
        with pytest.raises(
            Disagreement, match=r"'by hand' says .* where 'ir_policy' says .*'streaming-unavailable': 'yes'"
        ):
            agree("levels", [streaming], {"ir_policy": classify.explained(policy), "by hand": explain})


class TestAgreeing:
    def test_what_was_compared(self) -> None:
        found = agree("halves", [2, 4, 6], {"a": lambda n: n // 2, "b": lambda n: n / 2})
        assert found == Agreement("halves", 3, ("a", "b"))

    def test_another_answer_ends_it(self) -> None:
        """With who, what, and the case."""
        with pytest.raises(Disagreement) as error:
            agree("halves", [2, 3], {"a": lambda n: n // 2, "b": lambda n: n / 2}, lambda n: f"of {n}")
        assert str(error.value) == "halves: 'b' says 1.5 where 'a' says 1: of 3"

    @pytest.mark.parametrize("cases", [[], [1]])
    def test_nothing_compared_ends_it_too(self, cases: list[int]) -> None:
        answers: dict[str, Callable[[int], int]] = {"a": abs} if cases else {"a": abs, "b": abs}
        with pytest.raises(Disagreement) as error:
            agree("sizes", cases, answers)
        assert str(error.value) == "sizes: nothing was compared; look at what makes the cases"


class TestMeasuring:
    def test_ratios_are_taken_round_by_round(self) -> None:
        """A slow round meets both sides: its ratio stays what it was."""
        assert Ratio.of([2.0, 20.0, 2.0], [1.0, 10.0, 1.0]) == Ratio(2.0, 2.0, 2.0)
        assert Ratio.of([1.0, 2.0, 3.0, 4.0, 5.0], [1.0] * 5) == Ratio(3.0, 2.0, 4.0)
        assert Ratio.of([3.0], [2.0]) == Ratio(1.5, 1.5, 1.5)

    def test_rows(self) -> None:
        costs = {"we": [2.0, 4.0, 2.0], "bare": [1.0, 2.0, 1.0], "they": [8.0, 16.0, 8.0]}
        known = [("we", "ours", ""), ("bare", "floor", ""), ("they", "peer", "package")]
        one, two, half, four, eight = (Ratio(n, n, n) for n in (1.0, 2.0, 0.5, 4.0, 8.0))
        assert rows_of(known, costs) == [
            Row("we", "ours", "", 2.0, one, two),
            Row("bare", "floor", "", 1.0, half, one),
            Row("they", "peer", "package", 8.0, four, eight),
        ]

    def test_each_round_begins_with_another_case(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """And gives every case its turn."""
        monkeypatch.setattr(measure, "ENOUGH", 0.0)
        called: list[str] = []
        cases = [
            Case(name, role, lambda _, name=name: called.append(name), [0])
            for name, role in (("a", "ours"), ("b", "floor"), ("c", "peer"))
        ]
        measured(cases, 4)
        assert "".join(called[3:]) == "abc" + "bca" + "cab" + "abc"


class TestWhoIsHere:
    def test_who_cannot_be_loaded_is_named_with_the_reason(self) -> None:
        def gone() -> object:
            raise ImportError("no module")

        def broken() -> object:
            raise AttributeError("no 'runner' in /usr/lib/some/place.py\nmore of it")

        peers = Peers({"attrs": "1"}, {"refused": "no wheel for this Python"})
        found = peers.built([
            Peer("here", "attrs", lambda: "answers"),
            Peer("absent", "no-such-package", gone),
            Peer("left out", "refused", gone),
            Peer("put together", "", gone),
            Peer("breaks", "attrs", broken),
        ])  # fmt: skip
        assert found == {"here": ("answers", "attrs")}
        assert peers.missing == {
            "absent": "is not installed",
            "left out": "could not be installed: no wheel for this Python",
            "put together": "is not installed",
            "breaks": "does not start: AttributeError: no 'runner' in …",
        }

    def test_a_disagreement_is_no_reason_to_leave_somebody_out(self) -> None:
        def other() -> object:
            raise Disagreement("it says otherwise")

        with pytest.raises(Disagreement):
            Peers({}, {}).built([Peer("they", "attrs", other)])

    @pytest.mark.parametrize(
        ("text", "plain"),
        [
            ("ERROR: No matching distribution found for x==1", "ERROR: No matching distribution found for x==1"),
            ("\n  read https://index.example/simple/x failed\nmore", "read … failed"),
            ("in C:\\Python\\x.py", "in …"),
            ("", "no reason was given"),
            ("a" * 200, "a" * 159 + "…"),
        ],
    )
    def test_reasons_name_no_place_of_a_machine(self, text: str, plain: str) -> None:
        assert plain_reason(text) == plain

    def test_every_peer_is_pinned(self) -> None:
        """In the one list, and each package of the list is started too."""
        asked = pinned(LIST.read_text(encoding="utf-8"))
        peers = [*ENGINES, *MACHINES, *BUSINESS_DAYS, *SAME_DAY, *ELAPSED, *fold.DECODERS, *fold.STORES]
        assert {peer.package for peer in peers} == set(asked)
        assert set(imports.MODULES) == set(asked)
        assert all(version[0].isdigit() for version in asked.values())

    def test_what_is_not_here_is_not_started_and_named(self) -> None:
        peers = Peers({"no-such-package": "1"}, {})
        started = [(name, role) for name, role, _, _ in imports.processes(peers)]
        assert started == [
            ("import ir_policy", "ours"), ("import attrs", "floor"), ("Python alone", "hand"),
            ("pydantic with one model, attrs and dateutil", "hand"),
        ]  # fmt: skip
        assert peers.missing == {"no-such-package, imported": "is not installed"}


class TestSettingUp:
    @pytest.fixture
    def run(self) -> ModuleType:
        spec = importlib.util.spec_from_file_location("run", REPO / "run.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def test_one_that_cannot_be_installed_leaves_the_others(
        self, run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The installer's own sentence goes on to the page."""
        listed = tmp_path / "requirements.txt"
        listed.write_text("# rules\ngood==1.0\nbad==2.0  # a remark\n", encoding="utf-8")
        tried: list[str] = []

        def ran(command: list[str], **more: object) -> SimpleNamespace:
            tried.append(command[-1])
            bad = command[-1].startswith("bad") or command[-1] == str(listed)
            return SimpleNamespace(returncode=int(bad), stdout="", stderr="looking\nERROR: nothing for this Python\n")

        monkeypatch.setattr(run, "PEERS_LIST", listed)
        monkeypatch.setattr(subprocess, "run", ran)
        assert run.install_peers(tmp_path / "python") == {"bad": "ERROR: nothing for this Python"}
        assert tried == [str(listed), "good==1.0", "bad==2.0"]
        assert "bad==2.0 cannot be installed" in capsys.readouterr().out

    def test_its_arguments_go_on_to_the_benchmark(
        self, run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        called: list[tuple[object, ...]] = []
        monkeypatch.setattr(run, "with_peers", lambda: (Path("python"), Path("refused.json")))
        monkeypatch.setattr(run, "call", lambda *command, **more: called.append((*command, more)) or 0)
        assert run.main(["bench", "--peers", "--only", "step"]) == 0
        assert called == [
            (
                Path("python"),
                "-m",
                "bench.peers",
                "--refused",
                Path("refused.json"),
                "--only",
                "step",
                {"PYTHONPATH": str(REPO / "tests")},
            )
        ]
        assert run.main(["bench", "--others"]) == 2
        assert run.main(["demo", "--peers"]) == 2
        assert "bench --peers" in capsys.readouterr().out


def test_figures_of_a_growing_log_are_asked_of_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is given up at one size is not asked at the next, and a state that differs ends it."""
    asked: list[tuple[str, int]] = []
    odd = {"they": "same"}

    def apart(name: str, path: Path, times: int, patience: float) -> dict[str, Any] | None:
        size = len(path.read_text(encoding="utf-8").splitlines())
        asked.append((name, size))
        if name == "they" and size > 10:
            return None
        return {"seconds": 2.0 * size, "replayed": 1.0 * size, "bytes": 3.0 * size, "state": odd.get(name, "same")}

    monkeypatch.setattr(growth, "_apart", apart)
    found = growth.grown((10, 20, 30), ["they"], 1.0)
    assert [(line.name, line.seconds, line.bytes) for line in found] == [
        ("ir_policy, from text", (2.0, 2.0, 2.0), (3.0, 3.0, 3.0)),
        ("ir_policy, events in hand", (1.0, 1.0, 1.0), (3.0, 3.0, 3.0)),
        (growth.BY_HAND, (2.0, 2.0, 2.0), (3.0, 3.0, 3.0)),
        ("they", (2.0, None, None), (3.0, None, None)),
    ]
    assert [one for one in asked if one[0] == "they"] == [("they", 10), ("they", 20)]
    odd["they"] = "another"
    with pytest.raises(Disagreement, match="after 10 events 'they' says another"):
        growth.grown((10,), ["they"], 1.0)


def test_the_lines_are_one_incident_by_json_alone() -> None:
    """Keys in order, so that the same log is the same bytes."""
    text = list(growth.busy(12))
    assert text == [json.dumps(json.loads(line), sort_keys=True) for line in text]
    assert [json.loads(line)["kind"] for line in text[:6]] == [
        "detected", "notice-sent", "step-done", "role-taken", "note", "facts-reported",
    ]  # fmt: skip
