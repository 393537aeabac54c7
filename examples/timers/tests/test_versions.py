"""Why the host on DBOS fixes its version: another version leaves behind what was under way, and says nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import on_dbos
import psycopg
import pytest
from trials import ENGINES, Timers

from ir_policy.testing.host.processes import Program, run, until

AS_VERSION = "import on_dbos, sys; on_dbos.VERSION = sys.argv[1]; on_dbos.work(sys.argv[2], False)"
LOOK = 0.02


@pytest.fixture
def timers(url: str) -> Iterator[Timers]:
    host = Timers(ENGINES["DBOS"], url)
    yield host
    host.close()


@contextmanager
def working(timers: Timers, url: str, version: str) -> Iterator[Program]:
    """A worker of that version, killed in the end."""
    program = Program([sys.executable, "-c", AS_VERSION, version, url], timers.host().environment)
    try:
        yield program
    finally:
        program.stop()


def under_way(timers: Timers) -> list[tuple[str, int]]:
    """The versions of the workflows that were begun and not ended."""
    begun = "select application_version, count(*) from dbos.workflow_status where status = 'PENDING' group by 1"
    return [(version, many) for version, many in timers.db.execute(begun)]


def test_what_one_version_began_no_other_ends(
    timers: Timers, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Yesterday's worker was killed; today's, under another version, works and tells, and leaves that behind."""
    before = timers.overdue(tmp_path, "before")
    with psycopg.connect(url) as receiver, working(timers, url, "1"):
        receiver.execute("lock table delivered in exclusive mode")  # it takes its time
        until(lambda: under_way(timers) != [], LOOK)
    left = under_way(timers)
    assert [version for version, _ in left] == ["1"]

    monkeypatch.setattr(on_dbos, "VERSION", "2")
    after = timers.overdue(tmp_path, "after")
    with working(timers, url, "2"):
        until(lambda: after <= timers.effects().keys(), LOOK)
    assert under_way(timers)[0] == left[0]
    assert not before <= timers.effects().keys()

    run(timers.command(None, "work", "--until-idle"), timers.host().environment)
    assert timers.effects().keys() == before | after
