"""The portal passes the library's trials of hosts, with small numbers; `run.py conform` is the same with large ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conformance import Portal, main

from ir_policy.testing.host import Host, Report, Trial, killed_pollers, other_orders, racing_writers, stepping_clocks


@pytest.fixture
def host(url: str, tmp_path: Path) -> Iterator[Host]:
    portal = Portal(url, tmp_path)
    yield portal.host()
    portal.close()


@pytest.mark.parametrize("trial", [killed_pollers, other_orders, racing_writers, stepping_clocks])
def test_nothing_is_lost_doubled_or_broken(host: Host, trial: Callable[[Host], Trial]) -> None:
    """Pollers are killed, events come again and late, many write at once, clocks are wrong."""
    found = trial(host)
    assert found.ok, found


def test_the_command_says_what_it_looked_at(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large numbers are asked for by the same words."""
    asked: dict[str, int] = {}

    def examine(new: Callable[[], Host], **given: int) -> Report:
        asked.update(given)
        return Report((racing_writers(new(), 8, 4),))

    monkeypatch.setattr("conformance.databases", lambda _: iter([("SQLite", lambda: "")]))
    monkeypatch.setattr("conformance.examine", examine)
    assert main(["--kills", "3"]) == 0
    assert asked == {"reminders": 2000, "kills": 3, "appends": 200, "at_once": 20}
    said = capsys.readouterr().out
    assert said.startswith("SQLite, ")
    assert said.count("passed  ") == 1
