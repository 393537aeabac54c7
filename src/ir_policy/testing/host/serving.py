"""The program that takes appends: started, spoken to, killed and started again."""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import Final

from ir_policy.log.events import Event
from ir_policy.testing.host.contract import Answer, Host, Writer
from ir_policy.testing.host.processes import HostFailed, Program

__all__ = ["AGAIN", "Served", "writer_of"]

AGAIN: Final = 0.02
"""Seconds a client waits before it sends an event again."""


class Served:
    """The writer of a host at one instant; ended at the end, whatever became of it.

    A host that says of no such program is spoken to where it is, and can be neither killed nor started.
    """

    def __init__(self, host: Host, now: datetime) -> None:
        self._host = host
        self._now = now
        self._program: Program | None = None

    def __enter__(self) -> Served:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._program is not None:
            self._program.stop()

    @property
    def runs(self) -> bool:
        return self._host.writer is None or (self._program is not None and self._program.runs)

    @property
    def pid(self) -> int | None:
        """Its process, while there is one of its own."""
        return self._program.pid if self._program is not None else None

    def append(self, event: Event, stands: tuple[int, str]) -> Answer:
        """What the program says to an event; raises whatever the host raises."""
        writer = self._host.writer
        return (writer.append if writer is not None else self._host.append)(event, *stands, self._now)

    def start(self) -> None:
        """Start it, in place of one that has ended."""
        if self._program is not None:
            self._program.stop()
        if self._host.writer is not None:
            self._program = Program(self._host.writer.serve(self._now), self._host.environment)

    def kill(self) -> None:
        """Kill it as a power cut would. Raises :class:`HostFailed` if it had ended by itself."""
        if self._program is None or not self._program.kill():
            raise HostFailed("the program that takes appends had ended by itself")


def writer_of(host: Host) -> Writer:
    """The writer. Raises :class:`HostFailed` if the host says of none."""
    if host.writer is None:
        raise HostFailed("the host does not say how its program that takes appends is started: give Host.writer")
    return host.writer
