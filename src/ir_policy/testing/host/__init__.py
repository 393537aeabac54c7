"""Trials of a host, whatever it is made of: does it lose, double or break anything when things go wrong?

A host is described by two commands, an append and two questions (:class:`Host`), and is tried on an empty database for
each trial. Pollers are killed while they race, events come twice and in another order, many write at once, clocks are
wrong. What must follow is worked out by the library from the lines that the host has stored::

    report = examine(a_new_host, reminders=2_000, kills=8)
    assert report.ok, report

Nothing imports this package but who tries a host: it starts and kills programs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ir_policy.testing.host.adopting import adopted_policy, another_version
from ir_policy.testing.host.contract import Answer, Append, Command, Host
from ir_policy.testing.host.killing import killed_pollers
from ir_policy.testing.host.racing import racing_writers
from ir_policy.testing.host.report import Report, Trial
from ir_policy.testing.host.story import Story, everything_at_once
from ir_policy.testing.host.telling import other_orders, stepping_clocks

__all__ = [
    "Answer", "Append", "Command", "Host", "Report", "Story", "Trial", "adopted_policy", "another_version", "everything_at_once", "examine",
    "killed_pollers", "other_orders", "racing_writers", "stepping_clocks",
]  # fmt: skip


def examine(
    new: Callable[[], Host],
    *,
    reminders: int = 120,
    kills: int = 3,
    appends: int = 40,
    at_once: int = 8,
    live: int = 12,
    story: Story | None = None,
) -> Report:
    """Every trial, each on a host that ``new`` makes on an empty database.

    ``live`` incidents adopt a newer policy, if the host names one. ``story`` is what happens in an incident; without one it is everything that the host's policy knows. Something must
    fall due within ten days after it, at two instants or more.
    """

    def trials() -> Iterator[Trial]:
        yield killed_pollers(new(), reminders, kills, story)
        yield other_orders(new(), story)
        yield racing_writers(new(), appends, at_once, story)
        yield stepping_clocks(new(), story=story)
        host = new()
        if host.newer is not None:
            yield adopted_policy(host, live, story)

    return Report(tuple(trials()))
