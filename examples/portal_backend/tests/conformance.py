"""The portal as the library's trials of hosts drive it; as a program it runs them all and prints what they found.

python3 examples/portal_backend/run.py conform --reminders 2000 --kills 8 --appends 200
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from importlib.resources import files
from itertools import count
from pathlib import Path

from portal_backend import actions
from portal_backend.people import Person
from portal_backend.policies import Policies
from portal_backend.store import Moved, Store
from portal_backend.tables import DELIVERED, OUTBOX, Database
from postgres import CannotBeHad, Cluster
from sqlalchemy import func, select

import ir_policy as ir
from ir_policy.testing.host import Answer, Host, another_version, examine

DOCUMENT = files("ir_policy.rules").joinpath("catalog", "motion-mavericks.yaml").read_text(encoding="utf-8")
HERE = Path(__file__).resolve().parent


def environment() -> dict[str, str]:
    """What a program of the portal needs in its environment to be found."""
    path = os.pathsep.join(filter(None, [str(HERE.parent), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path}


class Portal:
    """One portal: two hosts that write in this process, and pollers in processes of their own, on one database."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder
        self._now = datetime.fromisoformat("2026-04-03T08:05:00Z")
        self._stores = [self._store(), self._store()]
        self._turns = count()

    def host(self) -> Host:
        """What the trials are handed."""
        return Host(
            policy=self._stores[0].policies.current(),
            prepare=self._prepare,
            poll=self._poll,
            effects=self._effects,
            append=self._append,
            lines=self._lines,
            written=self._written,
            environment=environment(),
            newer=ir.load_policy(another_version(DOCUMENT)),
        )

    def close(self) -> None:
        for store in self._stores:
            store.database.close()

    def _store(self) -> Store:
        database = Database(self._url)
        database.create()
        policies = Policies(database, self._clock)
        shipped = policies.add_shipped()
        policies.add(another_version(DOCUMENT), (), "conformance", current=False)
        assert policies.current() == shipped
        return Store(database, policies, self._clock)

    def _clock(self) -> datetime:
        return self._now

    def _prepare(self, logs: Sequence[Path], now: datetime) -> list[str]:
        return [*self._command("bring-in", now), *map(str, logs)]

    def _poll(self, now: datetime) -> list[str]:
        return self._command("poll", now, "--until-idle")

    def _command(self, name: str, now: datetime, *more: str) -> list[str]:
        clock = self._folder / f"{now:%Y%m%dT%H%M%S}"  # one file for each instant: pollers may differ
        if not clock.exists():  # and never again: a running poller reads it
            clock.write_text(now.isoformat(), encoding="utf-8")
        return [sys.executable, "-m", "portal_backend", name, *more, "--database", self._url, "--clock", f"@{clock}"]

    def _effects(self) -> Mapping[str, int]:
        with self._stores[0].database.reading() as connection:
            return dict.fromkeys(connection.scalars(select(DELIVERED.c.key)), 1)

    def _append(self, event: ir.Event, seq: int, head: str, now: datetime) -> Answer:
        self._now = now
        store = self._stores[next(self._turns) % 2]
        said = json.loads(ir.write_log([event]))
        body = {name: value for name, value in said.items() if name not in ("by", "incident", "recorded_at")}
        person = Person(event.by, frozenset({"*"}))
        try:
            done = actions.add(store, event.incident, body, person, head=head, record=True)
        except Moved as moved:
            return Answer(False, moved.seq, moved.head)
        assert done.step.incident.head is not None
        return Answer(done.new, done.step.incident.seq, done.step.incident.head)

    def _written(self) -> int:
        with self._stores[0].database.reading() as connection:
            return connection.scalar(select(func.count()).select_from(OUTBOX)) or 0

    def _lines(self, id_: str) -> Iterable[str]:
        return self._stores[0].log_text(id_)[0].splitlines()

    def sent(self) -> tuple[int, int]:
        """How many reminders were sent, and how often in all."""
        with self._stores[0].database.reading() as connection:
            keys, times = connection.execute(select(func.count(), func.sum(DELIVERED.c.times))).one()
        return keys, times or 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Every trial on SQLite and on PostgreSQL; 0 if the portal passed them all."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    for name, many in (("reminders", 2000), ("kills", 8), ("appends", 200), ("at-once", 20), ("live", 50)):
        parser.add_argument(f"--{name}", type=int, default=many)
    given = vars(parser.parse_args(arguments))
    with ExitStack() as stack:
        passed = [_tried(name, new_database, given) for name, new_database in databases(stack)]
    return 0 if all(passed) else 1


def _tried(name: str, new_database: Callable[[], str], given: Mapping[str, int]) -> bool:
    portals: list[Portal] = []
    begun = time.monotonic()
    with ExitStack() as stack:

        def new() -> Host:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            portals.append(Portal(new_database() or f"sqlite:///{folder}/portal.sqlite", folder))
            stack.callback(portals[-1].close)
            return portals[-1].host()

        report = examine(new, **given)
        keys, times = (sum(numbers) for numbers in zip(*(portal.sent() for portal in portals), strict=True))
    print(
        f"{name}, {time.monotonic() - begun:.0f} s; {keys:,} reminders were sent {times:,} times\n{report}", flush=True
    )
    return report.ok


def databases(stack: ExitStack, fsync: str = "off") -> Iterator[tuple[str, Callable[[], str]]]:
    """What makes empty databases on this machine, by the name of the system."""
    yield "SQLite", lambda: ""
    try:
        cluster = stack.enter_context(Cluster.started(fsync))
    except CannotBeHad as reason:
        print(f"PostgreSQL was left out: {reason}")
        return
    yield "PostgreSQL", cluster.new_database


if __name__ == "__main__":
    sys.exit(main())
