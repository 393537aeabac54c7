"""The trials find what is planted in these hosts; a host that has lost an alarm waits for it for ever, and that is told.

Whether a kill hits the moment a fault needs is a matter of timing, so this is a command of its own: `run.py planted`.
"""

from __future__ import annotations

import pytest
from faulty import FAULTS
from trials import ENGINES, Timers

from ir_policy.testing.host import Trial, killed_pollers, processes

FOR_ONE: dict[str, str] = {
    "a-version-each": "DBOS",
    "nobody-retires": "procrastinate",
    # sixteen at once tell all incidents of so small a trial in the same moment: kills fall before it and after it
    "noted-first": "procrastinate",
}
"""Faults that only a host on that engine can have, or that are surely found on it only."""
PATIENCE = 30.0
"""Seconds without anything happening: enough for a good host, and shorter than what the trials would wait."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PATIENCE", PATIENCE)


@pytest.mark.parametrize("engine", list(ENGINES))
def test_without_a_fault_nothing_is_found(engine: str, url: str) -> None:
    found = tried(engine, url, "")
    assert found.ok, found


@pytest.mark.parametrize(
    ("engine", "fault"),
    [(engine, fault) for fault in FAULTS for engine in ENGINES if FOR_ONE.get(fault, engine) == engine],
)
def test_it_is_found(engine: str, fault: str, url: str) -> None:
    """As what it is: something is lost."""
    found = tried(engine, url, fault)
    assert found.lost, found


def tried(engine: str, url: str, fault: str) -> Trial:
    host = Timers(ENGINES[engine], url, fault)
    found = killed_pollers(host.host(), reminders=200, kills=8)
    host.close()
    return found
