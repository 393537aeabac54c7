"""Programs of a host: started, waited for, killed. The one place of the kit that reaches out of the process."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ir_policy.testing.host.contract import Command

__all__ = ["PATIENCE", "HostFailed", "Program", "folder", "run", "seconds", "until", "wait"]

PATIENCE: Final = 120.0
"""Seconds a program may take."""


class HostFailed(Exception):
    """A program of the host did not do what it is for; the sentence says which and what it said last."""


class Program:
    """A program that runs. What it says to stderr is kept in a file, so that it never waits for a reader."""

    def __init__(self, command: Command, environment: Mapping[str, str]) -> None:
        self.name = " ".join(str(part) for part in command)[:120]
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the program has ended
        self._process = subprocess.Popen(
            list(command), env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=self._said,
        )  # fmt: skip

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> bool:
        """Kill it as a power cut would; whether it was still running. One that had failed raises :class:`HostFailed`."""
        self._process.kill()
        code = self._process.wait()
        if code in (0, -signal.SIGKILL):
            self._said.close()
            return code != 0
        raise HostFailed(self._failure(code))

    def stop(self) -> None:
        """End it, whatever became of it."""
        self._process.kill()
        self._process.wait()
        self._said.close()

    def ends_within(self, length: float) -> bool:
        """Whether it ends in so many seconds, well or badly; otherwise it is ended."""
        try:
            self._process.wait(timeout=length)
        except subprocess.TimeoutExpired:
            return False
        finally:
            self.stop()
        return True

    def finish(self) -> None:
        """Wait for it. Raises :class:`HostFailed` if it ends badly or not at all."""
        try:
            code = self._process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.stop()
            raise HostFailed(f"{self.name} did not end in {PATIENCE:.0f} seconds") from None
        if code:
            raise HostFailed(self._failure(code))
        self._said.close()

    def _failure(self, code: int) -> str:
        self._said.seek(0)
        words = self._said.read().decode(errors="replace").strip()[-400:]
        self._said.close()
        return f"{self.name} ended with {code}: {words}"


def run(command: Command, environment: Mapping[str, str]) -> None:
    """Run a program to its end. Raises :class:`HostFailed` if it ends badly."""
    Program(command, environment).finish()


def until(reached: Callable[[], bool], pause: float, within: float | None = None) -> None:
    """Look again and again until it is so, or so many seconds are over.

    Raises :class:`HostFailed` where no limit was given and nobody can wait any longer.
    """
    last = seconds() + (PATIENCE if within is None else within)
    while not reached():
        if seconds() > last:
            if within is not None:
                return
            raise HostFailed(f"nothing more happened in {PATIENCE:.0f} seconds")
        wait(pause)


def seconds() -> float:
    """A clock to take differences of."""
    return time.monotonic()


def wait(length: float) -> None:
    time.sleep(length)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="host-") as path:
        yield Path(path)
