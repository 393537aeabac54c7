"""Storage that runs short of room: a small file system that can be filled, or files that may not grow."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ir_policy.testing.host.contract import LeaveRoom
from ir_policy.testing.host.processes import HostFailed, folder, run

__all__ = ["CannotBeFilled", "SmallDisk", "files_that_may_not_grow", "small_disk"]

LARGEST: Final = 1 << 30
"""Bytes: nothing larger is filled, it would be somebody's disk."""
BALLAST: Final = "ballast"


class CannotBeFilled(Exception):
    """Storage cannot be run short of room here; the sentence says why."""


class SmallDisk:
    """A small file system of its own, which a file fills as far as is wanted; :meth:`leave_room` is for ``Host``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        found = os.statvfs(folder)
        if found.f_blocks * found.f_frsize > LARGEST or folder.stat().st_dev == folder.parent.stat().st_dev:
            raise CannotBeFilled(f"'{folder}' is no small file system of its own; mount one there")

    def leave_room(self, size: int | None) -> None:
        """Leave so many bytes, to the block; with ``None`` all there is."""
        ballast = self.folder / BALLAST
        file = os.open(ballast, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if size is None:
                os.ftruncate(file, 0)
                return
            block = os.statvfs(self.folder).f_frsize
            for _ in range(3):  # others take room meanwhile
                left = os.statvfs(self.folder).f_bavail
                filled = max(os.fstat(file).st_size // block + left - size // block, 0)
                _grown(file, filled * block)
        finally:
            os.close(file)


@contextmanager
def small_disk(size: int = 64 << 20) -> Iterator[SmallDisk]:
    """A file system in memory of so many bytes, gone afterwards. Raises :class:`CannotBeFilled` where none can be mounted.

    Root alone may mount one, and not in every container.
    """
    with folder() as outside:
        disk = outside / "disk"
        os.chmod(outside, 0o711)  # a database runs as somebody else
        os.mkdir(disk)
        try:
            run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0711", "tmpfs", str(disk)], {})
        except (HostFailed, OSError) as error:
            raise CannotBeFilled(f"no small file system can be mounted here: {error}") from None
        try:
            yield SmallDisk(disk)
        finally:
            run(["umount", "-l", str(disk)], {})


def files_that_may_not_grow(process: Callable[[], int | None]) -> LeaveRoom:
    """Runs one process short of room: no file of it may grow past a limit, and what would is refused by the system.

    It is not told ``ENOSPC`` but ``EFBIG``, and other processes that write for it have room as before. The limit begins
    at the size of its largest open file and goes on from where an append went through.
    """
    if sys.platform != "linux":
        raise HostFailed("a running process is given a limit on Linux only: give Host.leave_room")
    import resource  # not everywhere

    floor = limit = last = 0

    def leave_room(size: int | None) -> None:
        nonlocal floor, limit, last
        pid = process()
        if pid is None:
            return
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        if size is None:
            floor = limit = last = 0
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
            return
        if size <= last:
            floor = max(limit, _largest_open(pid))
        limit, last = floor + size, size
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, hard))

    return leave_room


def _grown(file: int, size: int) -> None:
    """A file that takes up so many bytes, or as many as there are."""
    now = os.fstat(file).st_size
    if size <= now:
        os.ftruncate(file, size)
        return
    try:
        os.posix_fallocate(file, now, size - now)
    except OSError:
        return  # somebody was faster, and there is even less room


def _largest_open(pid: int) -> int:
    """The size of the largest file that a process has open."""
    sizes = [0]
    try:
        with os.scandir(f"/proc/{pid}/fd") as found:
            for one in found:
                about = os.stat(one.path)
                sizes += [about.st_size] if stat.S_ISREG(about.st_mode) else []
    except OSError:
        return max(sizes)
    return max(sizes)
