"""Trials of a host, whatever it is made of: does it lose, double or break anything when things go wrong?

A host is described by two commands, an append and two questions (:class:`Host`), and is tried on an empty database for
each trial. Pollers are killed while they race, events come twice and in another order, many write at once, clocks are
wrong; and if the host says how, the program that takes appends is killed, and the disk is full. What must follow is worked
out by the library from the lines that the host has stored::

    report = examine(a_new_host, reminders=2_000, kills=8)
    assert report.ok, report

Nothing imports this package but who tries a host: it starts and kills programs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ir_policy.testing.host.adopting import adopted_policy, another_version
from ir_policy.testing.host.contract import Answer, Append, Command, Host, LeaveRoom, Writer
from ir_policy.testing.host.dying import killed_writers
from ir_policy.testing.host.filling import full_disk
from ir_policy.testing.host.killing import killed_pollers
from ir_policy.testing.host.racing import racing_writers
from ir_policy.testing.host.report import Report, Trial
from ir_policy.testing.host.room import CannotBeFilled, SmallDisk, small_disk
from ir_policy.testing.host.story import Story, everything_at_once
from ir_policy.testing.host.telling import other_orders, stepping_clocks

__all__ = [
    "Answer", "Append", "CannotBeFilled", "Command", "Host", "LeaveRoom", "Report", "SmallDisk", "Story", "Trial", "Writer",
    "adopted_policy", "another_version", "everything_at_once", "examine", "full_disk", "killed_pollers", "killed_writers",
    "other_orders", "racing_writers", "small_disk", "stepping_clocks",
]  # fmt: skip


def examine(
    new: Callable[[], Host],
    *,
    reminders: int = 120,
    kills: int = 3,
    appends: int = 40,
    at_once: int = 8,
    live: int = 12,
    shortages: int = 4,
    on_small_disk: Callable[[], Host] | None = None,
    story: Story | None = None,
) -> Report:
    """Every trial, each on a host that ``new`` makes on an empty database.

    ``live`` incidents adopt a newer policy, if the host names one. ``on_small_disk`` makes the host that is run short of
    room, where that is another one than ``new`` makes. ``story`` is what happens in an incident; without one it is
    everything that the host's policy knows. Something must fall due within ten days after it, at two instants or more.
    """
    not_tried: list[str] = []

    def trials() -> Iterator[Trial]:
        first = new()
        yield killed_pollers(first, reminders, kills, story)
        yield other_orders(new(), story)
        yield racing_writers(new(), appends, at_once, story)
        yield stepping_clocks(new(), story=story)
        if first.newer is not None:
            yield adopted_policy(new(), live, story)
        else:
            not_tried.append("a newer policy that is adopted: name one whose documents the host has, Host.newer")
        if first.writer is not None:
            yield killed_writers(new(), appends, kills, story=story)
        else:
            not_tried.append("writers that are killed: say how the program that takes appends is started, Host.writer")
        writes = first.writer is not None and first.writer.writes_files
        if writes or on_small_disk is not None or first.leave_room is not None:
            yield full_disk((on_small_disk or new)(), shortages, story)
        else:
            not_tried.append("a full disk: say how the host is run short of room, Host.leave_room")

    return Report(tuple(trials()), tuple(not_tried))
