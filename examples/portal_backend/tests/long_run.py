"""Whether a portal that runs for long needs ever more memory: so many operations, and what its process takes meanwhile.

python3 examples/portal_backend/run.py load --long 10000

An operation is one request over HTTP; the same process wakes and tells meanwhile, on a clock that goes a minute further
with each incident. Incidents are opened all the time, so what is kept of each of them for ever would show.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from threading import Lock

__all__ = ["Run", "memory_of"]

CLIENTS = 4
QUARTERS = 4
MINUTE = timedelta(minutes=1)
HEADERS = {"content-type": "application/json"}


@dataclass
class Run:
    """So many operations against a portal that answers at a port, and the memory of its process."""

    port: int
    pid: int
    clock_file: Path
    now: datetime
    operations: int
    done: int = 0
    resident: list[int] = field(default_factory=list)
    """Kilobytes at the start, after each quarter of the operations, and at the end."""
    _numbers: Iterator[int] = field(default_factory=count)
    _counting: Lock = field(default_factory=Lock)

    def all(self) -> None:
        """Run them all, by some clients at once."""
        self.resident.append(memory_of(self.pid))
        with ThreadPoolExecutor(CLIENTS) as pool:
            for one in [pool.submit(self._client) for _ in range(CLIENTS)]:
                one.result()

    def left(self) -> int:
        """How many incidents are still to be woken and reminders to be told."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/health")
        said = json.loads(connection.getresponse().read())
        connection.close()
        left: int = said["unsent"] + said["due"]
        return left

    def growth(self, first: int) -> float:
        """Kilobytes that were added by a thousand operations, from so many quarters on to the end."""
        return (self.resident[-1] - self.resident[first]) / (self.operations * (QUARTERS - first) / QUARTERS) * 1000

    def _client(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        while self.done < self.operations:
            with self._counting:
                number = next(self._numbers)
                self._tick()
            for method, path, body in operations(number):
                sent = json.dumps(body) if body is not None else None
                connection.request(method, path, sent, HEADERS)
                answer = connection.getresponse()
                text = answer.read()
                assert answer.status in (200, 201), (answer.status, text)
                if not self._counted():
                    break
        connection.close()

    def _counted(self) -> bool:
        """Note that one more is done, and the memory after each quarter; whether there are more to do."""
        with self._counting:
            if self.done == self.operations:
                return False
            self.done += 1
            if self.done * QUARTERS // self.operations > (self.done - 1) * QUARTERS // self.operations:
                self.resident.append(memory_of(self.pid))
            return self.done < self.operations

    def _tick(self) -> None:
        self.now += MINUTE
        new = self.clock_file.with_suffix(".new")
        new.write_text(self.now.isoformat(), encoding="utf-8")
        os.replace(new, self.clock_file)


def operations(number: int) -> Iterator[tuple[str, str, object]]:
    """What is done with one incident: half are events, half are questions, one of them about an older one."""
    at = f"/incidents/long-{number}"
    events = f"{at}/events"
    yield "POST", "/incidents", {"incident": f"long-{number}", "source": "load"}
    yield "POST", events, {"kind": "facts-reported", "facts": {"streaming-unavailable": "yes"}}
    yield "GET", f"{at}/obligations", None
    yield "POST", events, {"kind": "note", "text": f"what was seen first, {number}"}
    yield "GET", f"{at}/brief", None
    yield "POST", events, {"kind": "facts-reported", "facts": {"exfiltration-likely": "unknown"}}
    yield "GET", f"{at}/timeline", None
    yield "POST", events, {"kind": "note", "text": f"what was seen then, {number}"}
    yield "GET", f"{at}/explain?subject=severity", None
    yield "GET", f"/incidents/long-{number // 2}/log", None


def memory_of(pid: int) -> int:
    """Kilobytes of a process that are in memory."""
    said = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in said.splitlines() if line.startswith("VmRSS:"))
