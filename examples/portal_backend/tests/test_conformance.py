"""The portal passes the library's trials of hosts, with small numbers; `run.py conform` is the same with large ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conformance import Portal, main, on_small_disk

from ir_policy.testing.host import (
    Host,
    Report,
    Trial,
    full_disk,
    killed_pollers,
    killed_writers,
    other_orders,
    racing_writers,
    stepping_clocks,
)


@pytest.fixture
def host(url: str, tmp_path: Path) -> Iterator[Host]:
    portal = Portal(url, tmp_path)
    yield portal.host()
    portal.close()


@pytest.mark.parametrize("trial", [killed_pollers, killed_writers, other_orders, racing_writers, stepping_clocks])
def test_nothing_is_lost_doubled_or_broken(host: Host, trial: Callable[[Host], Trial]) -> None:
    """Pollers and writers are killed, events come again and late, many write at once, clocks are wrong."""
    found = trial(host)
    assert found.ok, found


@pytest.mark.parametrize("name", ["SQLite", "PostgreSQL"])
def test_a_full_disk_loses_and_doubles_nothing(name: str) -> None:
    with on_small_disk(name) as new:
        if new is None:
            pytest.skip("no file system of its own can be mounted, or there is no such server")
        found = full_disk(new())
    assert found.ok, found


def test_a_writer_whose_files_may_not_grow_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Where no file system can be mounted."""
    portal = Portal(f"sqlite:///{tmp_path}/portal.sqlite", tmp_path)
    found = full_disk(portal.host(), 2)
    portal.close()
    assert found.ok, found


def test_the_command_says_what_it_looked_at(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large numbers are asked for by the same words."""
    asked: dict[str, int] = {}

    def examine(new: Callable[[], Host], on_small_disk: object, **given: int) -> Report:
        asked.update(given)
        return Report((racing_writers(new(), 8, 4),))

    monkeypatch.setattr("conformance.databases", lambda _: iter([("SQLite", lambda: "")]))
    monkeypatch.setattr("conformance.examine", examine)
    assert main(["--kills", "3"]) == 0
    assert asked == {"reminders": 2000, "kills": 3, "appends": 200, "at_once": 20, "shortages": 6}
    said = capsys.readouterr().out
    assert said.startswith("SQLite, ")
    assert said.count("passed  ") == 1
