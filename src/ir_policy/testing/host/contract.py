"""How a host is driven from outside: its commands, an append, two questions, and how it is run short of room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ir_policy.log.events import Event
from ir_policy.rules.model import Policy

__all__ = ["Answer", "Append", "Command", "Host", "LeaveRoom", "Writer"]

Command = Sequence[str]
"""A program and its arguments."""


@dataclass(frozen=True)
class Answer:
    """What a host says to an append: whether it stored the event, and where the log stands now."""

    stored: bool
    seq: int
    head: str


class Append(Protocol):
    """Takes in one event, if the log still is where the caller saw it; called from several threads at once.

    The event is recorded whatever the policy says of it. One that the log holds already changes nothing. ``now`` is what
    the host's clock shows.
    """

    def __call__(self, event: Event, seq: int, head: str, now: datetime) -> Answer: ...


LeaveRoom = Callable[[int | None], None]
"""Leaves the storage of a host room for so many bytes more, as nearly as can be; with ``None`` as much as ever.

When that returns there is the room. What a supervisor would do then, such as to start a database that went down, is done.
"""


@dataclass(frozen=True)
class Writer:
    """The program that takes appends, for trials that kill it or run it short of room."""

    serve: Callable[[datetime], Command]
    """Takes appends until it is killed, with a clock that stands at that instant."""
    append: Append
    """Sends one event to that program. Raises, whatever it likes, while nobody answers or when the host says that it failed."""
    writes_files: bool = False
    """Whether that process writes its files itself, so that none of them grows where its own may not."""


@dataclass(frozen=True)
class Host:
    """One host on one empty database.

    ``effects`` counts what the receiver of the reminders did, by key. A receiver that knows keys drops what it is sent
    again, so a host that sends at least once under the key is counted once; one whose receiver knows none is counted as it is.
    """

    policy: Policy
    """The policy that incidents are opened under."""
    prepare: Callable[[Sequence[Path], datetime], Command]
    """Makes the database and takes over the incidents of these logs, whose reminders were told elsewhere until that instant."""
    poll: Callable[[datetime], Command]
    """Wakes and tells until nothing is left to do, with a clock that stands at that instant."""
    effects: Callable[[], Mapping[str, int]]
    append: Append
    lines: Callable[[str], Iterable[str]]
    """The log of an incident as it is stored, the header first."""
    written: Callable[[], int] | None = None
    """How many reminders are written down, sent or not, if the host can say: then kills come while it still wakes, and not
    only by the clock."""
    newer: Policy | None = None
    """A newer version of the policy whose documents the host has, for incidents to adopt; ``None`` if it lets none do so.
    :func:`~ir_policy.testing.host.another_version` makes one of a document."""
    writer: Writer | None = None
    """How the program that takes appends is started and spoken to. Without it, it is not killed."""
    leave_room: LeaveRoom | None = None
    """How the host is run short of room. Without it a writer that writes its files itself may let none of them grow."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What the commands find in their environment, beside what is there."""
