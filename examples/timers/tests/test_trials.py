"""Both hosts pass the library's trials, with small numbers; `run.py conform` is the same with large ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from trials import Timers

from ir_policy.testing.host import Host, Trial, killed_pollers, other_orders, racing_writers, stepping_clocks


@pytest.mark.parametrize("trial", [killed_pollers, other_orders, racing_writers, stepping_clocks])
def test_nothing_is_lost_doubled_or_broken(timers: Timers, trial: Callable[..., Trial]) -> None:
    """Workers are killed, events come again and late, many write at once, clocks are wrong."""
    host: Host = timers.host()
    found = trial(host, reminders=200, kills=8) if trial is killed_pollers else trial(host)
    assert found.ok, found
