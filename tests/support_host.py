"""A host in miniature on SQLite, good or with one fault planted, to try the trials of hosts on.

As a program: ``support_host.py prepare|poll|serve DATABASE FAULT NOW [LOG...]``.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from secrets import token_hex
from threading import Thread
from typing import Final

from attrs import evolve

import ir_policy as ir
from ir_policy.testing.host import Answer, Host, LeaveRoom, Writer, another_version

FAULTS: Final = {
    "marks-first": "an incident is marked as told before its reminders are written",
    "tells-first": "what was told is noted after it was told, and the receiver knows no keys",
    "remembers-the-last-look": "only what fell due since the last look is told",
    "no-seq": "an append does not look where the log stands",
    "old-head": "whoever was too slow is told the head they named",
    "takes-all-again": "an event that is there already is taken in again",
    "drops-late": "an event from before the last one is answered and not stored",
    "other-form": "lines come back in another form, as from a column that holds JSON and not text",
    "does-nothing": "nobody is ever told",
    "newest-for-all": "after a restart every incident goes on under the newest document, whatever its log says",
    "answers-first": "an append is acknowledged before it is committed",
    "knows-ids-in-memory": "an event that comes again is known as the same by the process alone that took it in",
    "half-an-append": "a line is committed, and then the place where the log stands",
    "takes-no-for-an-answer": "an append is acknowledged though the database had no room for it",
    "gives-up": "once there was no room nothing is taken in any more",
    "writes-twice-over": "what could not be stored is kept, and stored as another event when there is room",
}
TABLES: Final = """
create table if not exists incident(id text primary key, header text, seq int, head text, wake text, looked text);
create table if not exists event(incident text, seq int, line text, primary key(incident, seq));
create table if not exists outbox(key text primary key, sent int not null default 0);
create table if not exists received(key text);
"""
POLICY: Final = ir.load_policy("motion-mavericks")
DOCUMENT: Final = (
    resources.files("ir_policy.rules").joinpath("catalog", "motion-mavericks.yaml").read_text(encoding="utf-8")
)
NEWER: Final = ir.load_policy(another_version(DOCUMENT))
RECEIVER: Final = 0.03
"""Seconds a batch takes at the other end; a host that is done at once cannot be killed at work."""
WINDOW: Final = 0.05
"""Seconds between the two halves of what belongs together; a kill finds its way in."""


@dataclass
class Memory:
    """What a process knows besides its database."""

    taken: set[str] = field(default_factory=set)
    failed: list[ir.Event] = field(default_factory=list)


@dataclass(frozen=True)
class Small:
    """A host on one database file."""

    path: Path
    fault: str = ""
    leave_room: LeaveRoom | None = None
    memory: Memory = field(default_factory=lambda: Memory())

    def host(self) -> Host:
        here = [str(Path(__file__).parent), str(Path(ir.__file__).parents[1])]
        return Host(
            policy=POLICY,
            prepare=lambda logs, now: [*self._command("prepare", now), *map(str, logs)],
            poll=lambda now: self._command("poll", now),
            effects=self._effects,
            append=self.append,
            lines=self.lines,
            written=self._written,
            newer=NEWER,
            writer=Writer(lambda now: self._command("serve", now), self._ask, writes_files=True),
            leave_room=self.leave_room,
            environment={"PYTHONPATH": os.pathsep.join(here)},
        )

    def _command(self, name: str, now: datetime) -> list[str]:
        return [sys.executable, __file__, name, str(self.path), self.fault or "none", now.isoformat()]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=60, isolation_level=None)) as db:
            db.execute("begin immediate")
            yield db
            db.execute("commit")

    def _replayed(self, id_: str, db: sqlite3.Connection, *, woken: bool = False) -> ir.Incident:
        log = ir.read_log(self._lines(id_, db))
        if woken and self.fault == "newest-for-all":
            return ir.replay(NEWER, log.events)
        return ir.replay(POLICY, log, adopted=[NEWER])

    # --- what everybody does ---

    def prepare(self, logs: Sequence[Path], now: datetime) -> None:
        with closing(sqlite3.connect(self.path, timeout=60)) as db:
            db.executescript(TABLES)
        with self._writing() as db:
            for path in logs:
                first, *others = ir.read_log(path.read_bytes()).events
                assert isinstance(first, ir.Detected)
                step = ir.open_incident(POLICY, first, salt=token_hex(16))
                db.execute("insert into incident(id, header) values (?, ?)", (first.incident, step.incident.header))
                self._put(db, step, now)
                for event in others:
                    step = ir.record(step.incident, event, salt=token_hex(16))
                    self._put(db, step, now)
                told = [(one.key, 1) for one in ir.reminders(step.incident, None, now)]
                db.executemany("insert or replace into outbox values (?, ?)", told)

    def lines(self, id_: str) -> list[str]:
        lines = self._lines(id_)
        return [json.dumps(json.loads(line)) for line in lines] if self.fault == "other-form" else lines

    def append(
        self, event: ir.Event, seq: int, head: str, now: datetime, said: Callable[[Answer], None] = lambda _: None
    ) -> Answer:
        if self.fault == "gives-up" and self.memory.failed:
            raise RuntimeError("the database failed once")
        try:
            answer = self._appended(event, seq, head, now, said)

        except sqlite3.OperationalError:
            self.memory.failed.append(event)
            if self.fault == "takes-no-for-an-answer":
                return Answer(True, seq + 1, head)
            raise
        if self.fault == "writes-twice-over" and self.memory.failed:
            failed = self.memory.failed.pop()
            answer = self._appended(evolve(failed, id=f"{failed.id}-kept"), answer.seq, answer.head, now, said)
        return answer

    def _appended(self, event: ir.Event, seq: int, head: str, now: datetime, said: Callable[[Answer], None]) -> Answer:
        with self._writing() as db:
            lines = self._lines(event.incident, db)
            if self.fault == "half-an-append":
                lines = lines[
                    : 1 + db.execute("select seq from incident where id = ?", (event.incident,)).fetchone()[0]
                ]
            incident = ir.replay(POLICY, ir.read_log(lines), adopted=[NEWER])
            at, place = incident.seq, str(incident.head)
            step = ir.record(incident, event, salt=token_hex(16))
            forgotten = self.fault == "knows-ids-in-memory" and event.id not in self.memory.taken
            if not step.line and (forgotten or self.fault == "takes-all-again"):
                event = evolve(event, id=f"{event.id}-{seq}")
                step = ir.record(incident, event, salt=token_hex(16))
            if not step.line:
                return Answer(False, at, place)
            if (at, place) != (seq, head) and self.fault != "no-seq":
                return Answer(False, seq, head) if self.fault == "old-head" else Answer(False, at, place)
            if self.fault == "drops-late" and event.at < incident.log[-1].at:
                return Answer(True, at + 1, place)
            answer = Answer(True, step.incident.seq, str(step.incident.head))
            if self.fault == "answers-first":
                said(answer)
                time.sleep(WINDOW)
            self._store(db, step, now)
            self.memory.taken.add(event.id)
            return answer

    def _store(self, db: sqlite3.Connection, step: ir.Step, now: datetime) -> None:
        self._add(db, step)
        if self.fault == "half-an-append":
            db.execute("commit")
            db.execute("begin immediate")
        since = now if self.fault == "remembers-the-last-look" else None
        self._keep(db, ir.reminders(step.incident, since, now))
        self._look(db, step.incident, now)

    def serve(self, now: datetime) -> None:
        """Take appends, each from a client of its own."""
        with suppress(FileNotFoundError):
            self._address.unlink()
        with Listener(str(self._address)) as listener:
            while True:
                Thread(target=self._serve_one, args=(listener.accept(), now), daemon=True).start()

    def _serve_one(self, client: Connection, now: datetime) -> None:
        with client, suppress(EOFError, BrokenPipeError, ConnectionResetError):
            event, seq, head = client.recv()
            said: object
            try:
                said = self.append(event, seq, head, now, client.send)
            except Exception as error:  # the client is told, whatever it was
                said = f"{type(error).__name__}: {error}"
            client.send(said)

    def _ask(self, event: ir.Event, seq: int, head: str, now: datetime) -> Answer:
        with Client(str(self._address)) as server:
            server.send((event, seq, head))
            said: object = server.recv()
        if not isinstance(said, Answer):
            raise RuntimeError(said)
        return said

    @property
    def _address(self) -> Path:
        return self.path.with_suffix(".at")

    def poll(self, now: datetime) -> None:
        while self._woke(now) or self._told():
            pass

    # --- one step each ---

    def _woke(self, now: datetime) -> int:
        with self._writing() as db:
            due = "select id, looked from incident where wake <= ? order by wake limit 3"
            rows = db.execute(due, (now.isoformat(),)).fetchall()
            found: list[ir.Reminder] = []
            for id_, looked in rows:
                incident = self._replayed(id_, db, woken=True)
                since = datetime.fromisoformat(looked) if self.fault == "remembers-the-last-look" else None
                found += ir.reminders(incident, since, now)
                self._look(db, incident, now)
            if self.fault == "marks-first":
                db.execute("commit")
                time.sleep(WINDOW)
                db.execute("begin immediate")
            self._keep(db, found)
        return len(rows)

    def _told(self) -> int:
        with self._writing() as db:
            rows = db.execute("select key from outbox where sent = 0 limit 3").fetchall()
            time.sleep(RECEIVER)
            if self.fault != "does-nothing":
                db.executemany("insert into received values (?)", rows)
            if self.fault == "tells-first":
                db.execute("commit")
                time.sleep(WINDOW)
                db.execute("begin immediate")
            db.executemany("update outbox set sent = 1 where key = ?", rows)
        return len(rows)

    def _put(self, db: sqlite3.Connection, step: ir.Step, now: datetime) -> None:
        self._add(db, step)
        self._look(db, step.incident, now)

    def _add(self, db: sqlite3.Connection, step: ir.Step) -> None:
        db.execute("insert into event values (?, ?, ?)", (step.incident.id, step.incident.seq, step.line))

    def _look(self, db: sqlite3.Connection, incident: ir.Incident, now: datetime) -> None:
        wake = ir.next_wakeup(incident, now)
        row = (incident.seq, incident.head, wake.isoformat() if wake else None, now.isoformat(), incident.id)
        db.execute("update incident set seq = ?, head = ?, wake = ?, looked = ? where id = ?", row)

    def _keep(self, db: sqlite3.Connection, found: Sequence[ir.Reminder]) -> None:
        db.executemany("insert or ignore into outbox(key) values (?)", [(one.key,) for one in found])

    def _lines(self, id_: str, db: sqlite3.Connection | None = None) -> list[str]:
        if db is None:
            with closing(sqlite3.connect(self.path, timeout=60)) as db:
                return self._lines(id_, db)
        header = db.execute("select header from incident where id = ?", (id_,)).fetchone()
        rows = db.execute("select line from event where incident = ? order by seq", (id_,)).fetchall()
        return [*header, *(line for (line,) in rows)]

    def _written(self) -> int:
        with closing(sqlite3.connect(self.path, timeout=60)) as db:
            return int(db.execute("select count(*) from outbox").fetchone()[0])

    def _effects(self) -> Mapping[str, int]:
        with closing(sqlite3.connect(self.path, timeout=60)) as db:
            return Counter(key for (key,) in db.execute("select key from received").fetchall())


def main(name: str, path: str, fault: str, now: str, *logs: str) -> None:
    small = Small(Path(path), fault)
    if name == "prepare":
        small.prepare([Path(log) for log in logs], datetime.fromisoformat(now))
    elif name == "serve":
        small.serve(datetime.fromisoformat(now))
    else:
        small.poll(datetime.fromisoformat(now))


if __name__ == "__main__":
    main(*sys.argv[1:])
