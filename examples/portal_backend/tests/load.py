"""How much one portal bears, on this machine alone: incidents opened, a burst of reminders, appends and questions by HTTP.

python3 examples/portal_backend/run.py load --incidents 10000 --requests 2000
python3 examples/portal_backend/run.py load --long 10000       whether its memory stays what it is
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_hex

from conformance import databases, environment
from long_run import Run
from portal_backend.policies import Policies
from portal_backend.store import Store
from portal_backend.tables import DELIVERED, Database
from portal_backend.work import Worker
from postgres import free_port
from sqlalchemy import func, select

import ir_policy as ir

BEGUN = datetime.fromisoformat("2026-04-03T08:05:00Z")
CLIENTS = 4
LONGEST = 600.0
"""Seconds one measurement may take."""


class Load:
    """One portal that is filled, and what it took."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.clock_file = folder / "now"
        self.now = BEGUN
        database = Database(url)
        database.create()
        self.policies = Policies(database, lambda: self.now)
        self.policies.add_shipped()
        self.store = self._fresh()

    def _fresh(self) -> Store:
        """A store that has nothing in memory."""
        return Store(Database(self.url), self.policies, lambda: self.now)

    def open(self, first: int, many: int) -> float:
        """Open incidents that owe something in a quarter of an hour; how many a second."""
        policy, begun = self.store.policies.current(), time.monotonic()
        for number in range(first, first + many):
            told = {"incident": f"inc-{number}", "at": self.now, "recorded_at": self.now, "by": "load"}
            step = ir.open_incident(policy, ir.Detected(source="load", **told), salt=token_hex(16))
            self.store.open(step, self.now)
            kept = self.store.load(f"inc-{number}")
            down = ir.FactsReported(facts={"streaming-unavailable": ir.YES}, **told)
            self.store.append(kept, ir.record(kept.incident, down, salt=token_hex(16)), self.now)
        return many * 2 / (time.monotonic() - begun)

    def burst(self) -> tuple[int, int, float]:
        """An hour later, all at once: incidents woken, reminders told, seconds until the last one was."""
        self.now += timedelta(hours=1)
        begun = time.monotonic()
        store = self._fresh()
        woken, told = Worker(store, lambda key, body: None).until_idle()
        store.database.close()
        return woken, told, time.monotonic() - begun

    @contextmanager
    def serving(self, *more: str) -> Iterator[tuple[int, int]]:
        """A portal in a process of its own: the port it answers at, and the process."""
        port = free_port()
        self.clock_file.write_text(self.now.isoformat(), encoding="utf-8")
        command = [sys.executable, "-m", "portal_backend", "serve", *more, "--port", str(port)]
        where = ["--database", self.url, "--clock", f"@{self.clock_file}"]
        log = self.clock_file.with_name("log").open("w")  # each reminder is a line in it
        with log, subprocess.Popen([*command, *where], env=environment(), stdout=log, stderr=log) as host:
            try:
                _wait_for(port)
                yield port, host.pid
            finally:
                host.terminate()
                host.wait(30)


def ask(port: int, numbers: Sequence[int], path: str, body: Callable[[int], object] | None) -> list[float]:
    """Ask for each incident, by some clients at once; the milliseconds each answer took, sorted."""

    def client(mine: Sequence[int]) -> list[float]:
        connection, took = HTTPConnection("127.0.0.1", port, timeout=60), []
        for number in mine:
            begun = time.perf_counter()
            sent = json.dumps(body(number)) if body else None
            headers = {"content-type": "application/json"} if body else {}
            connection.request("POST" if body else "GET", f"/incidents/inc-{number}/{path}", sent, headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status in (200, 201), answer.status
            took.append((time.perf_counter() - begun) * 1000)
        connection.close()
        return took

    with ThreadPoolExecutor(CLIENTS) as pool:
        parts = pool.map(client, [numbers[part::CLIENTS] for part in range(CLIENTS)], timeout=LONGEST)
        return sorted(one for part in parts for one in part)


def measure(name: str, url: str, folder: Path, incidents: int, requests: int) -> None:
    """Fill a portal and print what everything took."""
    load, half = Load(url, folder), incidents // 2
    print(f"{name}: {load.open(0, half):,.0f} events a second stored in one process", flush=True)
    woken, told, took = load.burst()
    print(f"{name}: {woken:,} incidents due at once: {told:,} reminders, the last after {took:.1f} s", flush=True)
    load.open(half, incidents - half)
    numbers = [number * 7919 % incidents for number in range(requests)]
    with load.serving("--no-poll") as (port, _):
        begun = time.monotonic()
        took_each = ask(port, numbers, "events", lambda number: {"kind": "note", "text": "load"})
        rate = requests / (time.monotonic() - begun)
        print(f"{name}: {incidents:,} open, {CLIENTS} clients: {rate:,.0f} appends a second, {_spread(took_each)}")
        print(f"{name}: obligations, not in memory: {_spread(ask(port, numbers, 'obligations', None))}")
        again = [number % 500 for number in range(requests)]
        ask(port, again, "obligations", None)
        print(f"{name}: obligations, in memory: {_spread(ask(port, again, 'obligations', None))}", flush=True)
    load.store.database.close()


def run_long(name: str, url: str, folder: Path, operations: int) -> None:
    """Say what a portal takes in memory over so many operations."""
    load = Load(url, folder)
    with load.serving() as (port, pid):
        run = Run(port, pid, load.clock_file, load.now, operations)
        begun = time.monotonic()
        run.all()
        took = time.monotonic() - begun
        _until_told(run)
        with load.store.database.reading() as connection:
            told = connection.scalar(select(func.count()).select_from(DELIVERED)) or 0
    load.store.database.close()
    assert told > 0, "nothing fell due"
    megabytes = ", ".join(f"{one / 1024:.1f}" for one in run.resident)
    print(f"{name}: {operations:,} operations, {told:,} reminders told, {took:.0f} s")
    print(f"{name}: {megabytes} MB in memory at the start, after each quarter and so at the end")
    grown = f"{run.growth(0):.0f} kB for each thousand operations, in the second half by {run.growth(2):.0f} kB"
    print(f"{name}: grown by {grown}", flush=True)


def _until_told(run: Run) -> None:
    until = time.monotonic() + LONGEST
    while run.left() and time.monotonic() < until:
        time.sleep(0.2)
    assert not run.left(), "the poller does not come to an end"


def _spread(took: Sequence[float]) -> str:
    return f"p50 {took[len(took) // 2]:.1f} ms, p99 {took[len(took) * 99 // 100]:.1f} ms"


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                connection.request("GET", "/health")
                connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the host did not begin to answer")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure on SQLite and on PostgreSQL, one after the other."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--incidents", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=2_000)
    only = "only this: memory over so many operations (10000)"
    parser.add_argument("--long", type=int, nargs="?", const=10_000, metavar="OPERATIONS", help=only)
    given = parser.parse_args(arguments)
    print(f"{os.cpu_count()} cores, Python {sys.version.partition(' ')[0]}", flush=True)
    with ExitStack() as stack:
        for name, new_database in databases(stack, fsync="on"):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = new_database() or f"sqlite:///{folder}/portal.sqlite"
            if given.long is not None:
                run_long(name, url, folder, given.long)
            else:
                measure(name, url, folder, given.incidents, given.requests)
    return 0


if __name__ == "__main__":
    sys.exit(main())
