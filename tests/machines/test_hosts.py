"""The trials of hosts let a good host pass and find every fault that is planted in one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

import ir_policy as ir
from ir_policy.testing.host import (
    CannotBeFilled,
    Host,
    Report,
    SmallDisk,
    Trial,
    adopted_policy,
    everything_at_once,
    examine,
    filling,
    full_disk,
    killed_pollers,
    killed_writers,
    other_orders,
    processes,
    racing_writers,
    small_disk,
    stepping_clocks,
)
from ir_policy.testing.host.story import HOURS
from support_host import FAULTS, POLICY, Small

CAUGHT: Final[dict[str, tuple[Callable[..., Trial], str]]] = {
    "marks-first": (killed_pollers, "lost"),
    "tells-first": (killed_pollers, "doubled"),
    "remembers-the-last-look": (other_orders, "lost"),
    "no-seq": (racing_writers, "wrong"),
    "old-head": (racing_writers, "wrong"),
    "takes-all-again": (other_orders, "doubled"),
    "drops-late": (other_orders, "lost"),
    "other-form": (racing_writers, "broken"),
    "does-nothing": (other_orders, "lost"),
    "newest-for-all": (adopted_policy, "lost"),
    "answers-first": (killed_writers, "lost"),
    "knows-ids-in-memory": (killed_writers, "doubled"),
    "half-an-append": (full_disk, "wrong"),
    "takes-no-for-an-answer": (full_disk, "lost"),
    "gives-up": (full_disk, "wrong"),
    "writes-twice-over": (full_disk, "doubled"),
}
"""For each fault the trial that finds it, and under which heading."""
FEW: Final[dict[object, dict[str, int]]] = {adopted_policy: {"incidents": 4}}
"""Some incidents less, so that an ordinary run stays short."""


KILLING: Final = {killed_pollers: {"kills": 6}, killed_writers: {"kills": 6}}


def test_every_fault_has_a_trial() -> None:
    assert CAUGHT.keys() == FAULTS.keys()


@pytest.mark.parametrize("trial", [other_orders, racing_writers, stepping_clocks, adopted_policy, full_disk])
def test_a_good_host_passes(trial: Callable[..., Trial], tmp_path: Path) -> None:
    """What needs no kill is tried in every run."""
    found = trial(Small(tmp_path / "host.sqlite").host(), **FEW.get(trial, {}))
    assert found.ok, found
    assert all(count > 0 for count in found.examined.values())


@pytest.mark.prove
def test_a_good_host_passes_them_all(tmp_path: Path) -> None:
    databases = iter(range(10))
    report = examine(lambda: Small(tmp_path / f"{next(databases)}.sqlite").host(), reminders=120, kills=3, appends=60)
    assert report.ok, report
    assert len(report.trials) == 7
    assert all(count > 0 for trial in report.trials for count in trial.examined.values())
    assert str(report).count("passed") == 7
    assert not report.not_tried


def test_a_good_host_passes_on_a_file_system_that_is_full(tmp_path: Path) -> None:
    """There nothing of the host's can grow, its journal and what its poller writes neither."""
    try:
        with small_disk(16 << 20) as disk:
            found = full_disk(Small(disk.folder / "host.sqlite", leave_room=disk.leave_room).host())
    except CannotBeFilled as reason:
        pytest.skip(str(reason))
    assert found.ok, found
    assert found.noted["looks without room"] == 2


def test_somebody_s_disk_is_not_filled(tmp_path: Path) -> None:
    with pytest.raises(CannotBeFilled, match="no small file system"):
        SmallDisk(tmp_path)


def test_what_a_host_gives_no_means_for_is_not_tried_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    databases = iter(range(10))
    for others in ("killed_pollers", "other_orders", "racing_writers", "stepping_clocks"):
        monkeypatch.setattr(f"ir_policy.testing.host.{others}", lambda *_, **__: Trial("another", {"looked at": 1}))

    def new() -> Host:
        return replace(Small(tmp_path / f"{next(databases)}.sqlite").host(), writer=None, newer=None)

    report = examine(new)
    assert report.ok, report
    assert [said.partition(":")[0] for said in report.not_tried] == [
        "a newer policy that is adopted", "writers that are killed", "a full disk",
    ]  # fmt: skip
    assert str(report).count("not tried") == 3
    assert killed_writers(new()).problems()[-1].startswith("the host does not say how its program")
    assert full_disk(new()).problems()[-1].startswith("the host does not say how it is run short of room")


def test_a_host_that_always_has_room_has_not_been_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "MOST_FILLERS", 5)
    found = full_disk(Small(tmp_path / "host.sqlite", leave_room=lambda _: None).host(), 1)
    assert "kit-0: nothing was refused: say how there is no room, Host.leave_room" in found.problems()


@pytest.mark.prove
def test_a_host_that_cannot_say_what_it_has_written_is_killed_by_the_clock(tmp_path: Path) -> None:
    found = killed_pollers(replace(Small(tmp_path / "host.sqlite").host(), written=None), kills=2)
    assert found.ok, found


# Whether a kill hits the moment a fault needs is a matter of timing, so these are tried with the slow proofs.
@pytest.mark.parametrize(
    "fault",
    [pytest.param(fault, marks=[pytest.mark.prove] if CAUGHT[fault][0] in KILLING else []) for fault in FAULTS],
)
def test_a_planted_fault_is_found(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As what it is: what was lost is called lost, what came twice doubled, a changed line broken."""
    monkeypatch.setattr(filling, "BACK", 3.0)  # nobody waits long for one that does not come back
    trial, heading = CAUGHT[fault]
    more = KILLING.get(trial, {}) | FEW.get(trial, {})
    found = trial(Small(tmp_path / "host.sqlite", fault).host(), **more)
    assert not found.ok
    assert getattr(found, heading), found
    assert str(found).startswith("FAILED")


def test_nothing_examined_is_a_failure(tmp_path: Path) -> None:
    """A trial or a report of nothing, a race that nobody ran, kills that nobody asked for."""
    assert not Trial("empty").ok
    assert not Trial("empty", {"reminders due": 0}).ok
    assert not Report(()).ok

    host = Small(tmp_path / "host.sqlite").host()
    assert not racing_writers(host, appends=0).ok
    later = Small(tmp_path / "other.sqlite").host()
    assert killed_pollers(later, kills=0).problems() == ["no kills while there was work were examined"]
    last = Small(tmp_path / "last.sqlite").host()
    assert killed_writers(last, 4, kills=0).problems() == [
        "no kills while appends were on their way were examined",
        "no acknowledged appends sent again after a kill were examined",
    ]


def test_a_program_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    good = Small(tmp_path / "host.sqlite").host()
    bad = Host(
        policy=POLICY,
        prepare=lambda _, __: ["/bin/sh", "-c", "echo no room >&2; exit 3"],
        poll=good.poll,
        effects=dict,
        append=good.append,
        lines=good.lines,
    )
    for trial in (killed_pollers, other_orders, racing_writers, stepping_clocks, killed_writers, full_disk):
        found = trial(replace(bad, writer=good.writer))
        assert not found.ok
        assert any("ended with 3: no room" in problem for problem in found.problems()), found


def test_of_a_poller_that_waits_for_ever_it_is_told_what_it_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host whose engine has lost an alarm never finds that there is nothing left to do."""
    good, begun = Small(tmp_path / "host.sqlite").host(), everything_at_once(POLICY)("kit-0")[-1].at

    def poll(now: datetime) -> Sequence[str]:
        if now == begun:
            return good.poll(now)
        monkeypatch.setattr(processes, "PATIENCE", 0.1)
        return [sys.executable, "-c", "import signal; signal.pause()"]

    found = killed_pollers(replace(good, poll=poll), reminders=1, kills=1)
    incident = ir.replay(POLICY, everything_at_once(POLICY)("kit-0"))
    first = ir.reminders(incident, begun, begun + HOURS)[0].at
    assert found.lost == [one.key for one in ir.reminders(incident, begun, first)]
    assert found.wrong == ["nothing more happened in 0 seconds"]


def test_the_story_has_instants_of_its_own() -> None:
    """Otherwise another order of delivery would be another story."""
    story = everything_at_once(POLICY)("inc-7")
    assert len({event.at for event in story}) == len({event.id for event in story}) == len(story)
    assert story[-1].at - story[0].at < timedelta(hours=1)
