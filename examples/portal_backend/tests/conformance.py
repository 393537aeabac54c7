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
from contextlib import ExitStack, contextmanager
from datetime import datetime
from http.client import HTTPConnection
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

from portal_backend import actions
from portal_backend.people import Person
from portal_backend.policies import Policies
from portal_backend.store import Moved, Store
from portal_backend.tables import DELIVERED, OUTBOX, Database
from postgres import CannotBeHad, Cluster, free_port
from sqlalchemy import func, select

import ir_policy as ir
from ir_policy.testing.host import (
    Answer,
    CannotBeFilled,
    Host,
    LeaveRoom,
    SmallDisk,
    Writer,
    another_version,
    examine,
    small_disk,
)

DOCUMENT = files("ir_policy.rules").joinpath("catalog", "motion-mavericks.yaml").read_text(encoding="utf-8")
HERE = Path(__file__).resolve().parent
SMALL = 256 << 20
"""Bytes of a file system that is filled: an empty PostgreSQL takes a quarter of it."""


def environment() -> dict[str, str]:
    """What a program of the portal needs in its environment to be found."""
    path = os.pathsep.join(filter(None, [str(HERE.parent), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path}


class Portal:
    """One portal: two hosts that write in this process, and pollers in processes of their own, on one database."""

    def __init__(self, url: str, folder: Path, leave_room: LeaveRoom | None = None) -> None:
        self._url = url
        self._folder = folder
        self._now = datetime.fromisoformat("2026-04-03T08:05:00Z")
        self._stores = [self._store(), self._store()]
        self._turns = count()
        self._leave_room = leave_room
        self._port = free_port()

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
            writer=Writer(self._serve, self._ask, writes_files=self._url.startswith("sqlite")),
            leave_room=self._leave_room,
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
        person = Person(event.by, frozenset({"*"}))
        try:
            done = actions.add(store, event.incident, _said(event), person, head=head, record=True)
        except Moved as moved:
            return Answer(False, moved.seq, moved.head)
        assert done.step.incident.head is not None
        return Answer(done.new, done.step.incident.seq, done.step.incident.head)

    def _serve(self, now: datetime) -> list[str]:
        return self._command("serve", now, "--no-poll", "--port", str(self._port))

    def _ask(self, event: ir.Event, seq: int, head: str, now: datetime) -> Answer:
        """Send it over HTTP; whatever is no clear answer is raised."""
        path = f"/incidents/{event.incident}"
        status, answer = self._http("POST", f"{path}/events?record=true", _said(event), {"if-match": f'"{head}"'})
        if status == 200:  # it is there already, and others may have come after it
            status, answer = self._http("GET", f"{path}/log", None, {})
            return Answer(False, int(answer["portal-seq"]), answer["etag"].strip('"'))
        if status == 201 or (status == 409 and answer.get("error") == "Moved"):
            return Answer(status == 201, answer["seq"], answer["head"])
        raise RuntimeError(f"{status}: {answer}")

    def _http(self, method: str, path: str, body: object, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            sent = json.dumps(body) if body is not None else None
            connection.request(method, path, sent, {"content-type": "application/json", **headers})
            answer = connection.getresponse()
            text = answer.read()
            is_json = answer.headers.get_content_type() == "application/json"
            return answer.status, json.loads(text) if is_json else {k.lower(): v for k, v in answer.headers.items()}
        finally:
            connection.close()

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


def _said(event: ir.Event) -> dict[str, Any]:
    """An event as a caller says it."""
    said = json.loads(ir.write_log([event]))
    return {name: value for name, value in said.items() if name not in ("by", "incident", "recorded_at")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Every trial on SQLite and on PostgreSQL; 0 if the portal passed them all."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    numbers = (("reminders", 2000), ("kills", 8), ("appends", 200), ("at-once", 20), ("shortages", 6), ("live", 50))
    for name, many in numbers:
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

        disk = stack.enter_context(on_small_disk(name))
        report = examine(new, on_small_disk=disk, **given)
        keys, times = (sum(numbers) for numbers in zip(*(portal.sent() for portal in portals), strict=True))
    print(
        f"{name}, {time.monotonic() - begun:.0f} s; {keys:,} reminders were sent {times:,} times\n{report}", flush=True
    )
    return report.ok


@contextmanager
def on_small_disk(name: str) -> Iterator[Callable[[], Host] | None]:
    """What makes a portal whose database can run out of room; ``None`` where no file system can be mounted for it."""
    with ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(SMALL))
            portal = stack.enter_context(_portal_on(name, disk))
        except (CannotBeFilled, CannotBeHad) as reason:
            print(f"{name}, a full disk: {reason}")
            yield None
            return
        yield portal.host


@contextmanager
def _portal_on(name: str, disk: SmallDisk) -> Iterator[Portal]:
    with ExitStack() as stack:
        folder, leave_room = Path(stack.enter_context(tempfile.TemporaryDirectory())), disk.leave_room
        url = f"sqlite:///{disk.folder}/portal.sqlite"
        if name != "SQLite":
            cluster = stack.enter_context(Cluster.started(within=disk.folder))
            url = cluster.new_database()

            def leave_room(size: int | None) -> None:
                disk.leave_room(size)
                if size is None:
                    cluster.up()

        portal = Portal(url, folder, leave_room)
        stack.callback(portal.close)
        yield portal


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
