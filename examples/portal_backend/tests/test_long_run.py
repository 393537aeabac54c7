"""The measurement of memory counts what it did, and would notice what stays for ever."""

from __future__ import annotations

import re
from pathlib import Path

import load
import pytest
from long_run import QUARTERS, Run


def test_it_says_what_was_done_and_what_it_took(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every operation is one request that was answered; the poller told what fell due meanwhile."""
    monkeypatch.setattr("load.databases", lambda _, fsync: iter([("SQLite", lambda: "")]))
    assert load.main(["--long", "240"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^SQLite: 240 operations, \d+ reminders told, \d+ s$", said, re.MULTILINE)
    resident = re.search(r"^SQLite: (.*) MB in memory at the start", said, re.MULTILINE)
    assert resident is not None
    assert len(resident[1].split(", ")) == QUARTERS + 1
    assert re.search(r"grown by -?\d+ kB for each thousand operations, in the second half by -?\d+ kB$", said)


def test_growth_is_told_by_thousand_operations(tmp_path: Path) -> None:
    run = Run(0, 0, tmp_path / "now", load.BEGUN, operations=8_000, resident=[70_000, 80_000, 81_000, 81_500, 82_000])
    assert (run.growth(0), run.growth(2)) == (1_500.0, 250.0)
