"""Incidents on PostgreSQL, whoever rings the alarms: the logs, what is to be told, and one instant to wake at.

The tables here are the truth. An engine only keeps alarms, and an alarm only says "look at this incident". It is set in
the transaction that moves ``next_wakeup``, so no kill comes between the two; and what is to be told is written
down in that transaction too, so an alarm that rings twice, late or for nothing changes nothing.

Time is the database's, asked after the incident is locked: workers whose clocks differ agree, and nobody looks at an
incident as of before what somebody else has just recorded.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, NamedTuple

import psycopg
from attrs import asdict
from psycopg_pool import ConnectionPool

import ir_policy as ir

__all__ = ["Alarm", "Connection", "Deliver", "Incidents", "Place", "connecting", "delivering_to_table", "pool_of"]

Connection = psycopg.Connection[Any]
Connect = Callable[[], AbstractContextManager[Connection]]
"""Gives a connection that is in no transaction."""
Alarm = Callable[[Connection, str, datetime], None]
"""Sets an alarm for an incident in the transaction that the connection is in."""
Deliver = Callable[[str, dict[str, Any]], None]
"""Tells one reminder under its idempotency key; raises when it could not."""

# a host with several keeps their texts by digest, as the portal does
POLICY: Final = ir.load_policy("motion-mavericks")
_LOG: Final = logging.getLogger(__name__)
TABLES: Final = """
create table if not exists incident(
    id text primary key, header text not null, seq int not null, head text not null, next_wakeup timestamptz);
create table if not exists event(
    incident text references incident, seq int, line text not null, primary key (incident, seq));
create table if not exists outbox(
    key text primary key, incident text not null references incident, body text not null, sent_at timestamptz);
create index if not exists unsent on outbox(incident) where sent_at is null;
create index if not exists asleep on incident(next_wakeup);
create table if not exists delivered(key text primary key, body text not null, times int not null default 1);
"""


class Place(NamedTuple):
    """Where a log stands after an append, and whether the event was stored."""

    stored: bool
    seq: int
    head: str


class Incidents:
    """What is done with incidents, each in a transaction of its own, with one alarm for each incident."""

    def __init__(self, connect: Connect, arm: Alarm) -> None:
        self._connect = connect
        self._arm = arm

    def create(self) -> None:
        """Make the tables; those that are there stay."""
        with self._connect() as db:
            db.execute(TABLES)

    def bring_in(self, path: Path) -> None:
        """Take over an incident from its log; what is due by now counts as told elsewhere."""
        first, *others = ir.read_log(path.read_bytes()).events
        if not isinstance(first, ir.Detected):
            raise ir.LogInvalid(0, "no signal begins this log")
        steps = [ir.open_incident(POLICY, first, salt=token_hex(16))]
        for event in others:
            steps.append(ir.record(steps[-1].incident, event, salt=token_hex(16)))
        incident = steps[-1].incident
        with self._connect() as db, db.transaction():
            db.execute("insert into incident values (%s, %s, 0, '', null)", (incident.id, incident.header))
            for step in steps:
                _add_line(db, step)
            now = _now(db)
            _write_down(db, ir.reminders(incident, None, now), sent_at=now)
            self._sleep(db, incident, now, None, None)

    def append(self, event: ir.Event, head: str) -> Place:
        """Store an event that follows on that head; whoever was too slow, or tells what is known, is told where it stands.

        It stores what happened, also against the policy; ask ``ir.check`` first for what must not.
        """
        with self._connect() as db, db.transaction():
            incident, sleeps_until = _locked(db, event.incident)
            step = ir.record(incident, event, salt=token_hex(16))
            if not step.line or head != incident.head:
                return Place(False, incident.seq, str(incident.head))
            _add_line(db, step)
            now = _now(db)
            if _write_down(db, ir.reminders(step.incident, None, now)):
                self._arm(db, event.incident, now)  # somebody has to tell them
            self._sleep(db, step.incident, now, sleeps_until, None)
        return Place(True, step.incident.seq, str(step.incident.head))

    def look(self, id_: str, alarm: datetime) -> list[str]:
        """The alarm of that instant rings: write down what is due, set the next one; the keys of what is to be told."""
        with self._connect() as db, db.transaction():
            incident, sleeps_until = _locked(db, id_)
            now = _now(db)
            _write_down(db, ir.reminders(incident, None, now))
            self._sleep(db, incident, now, sleeps_until, alarm)
            waiting = "select key from outbox where incident = %s and sent_at is null order by key"
            return [key for (key,) in db.execute(waiting, (id_,))]

    def send(self, key: str, deliver: Deliver) -> bool:
        """Tell a reminder and note it; whether it is told by now, be it by somebody else.

        Who is killed between the two leaves it to be told again, under the same key.
        """
        with self._connect() as db, db.transaction():
            # a second worker waits here, and then finds it told
            waiting = "select body from outbox where key = %s and sent_at is null for update"
            row = db.execute(waiting, (key,)).fetchone()
            if row is not None:
                try:
                    deliver(key, json.loads(row[0]))
                except Exception:  # whatever a receiver does wrong, the others are still to be told
                    _LOG.exception("reminder %s was not delivered", key)
                    return False
                db.execute("update outbox set sent_at = clock_timestamp() where key = %s", (key,))
        return True

    def ring_in(self, id_: str, wait: timedelta) -> None:
        """Another alarm for an incident, for what a receiver did not take."""
        with self._connect() as db, db.transaction():
            self._arm(db, id_, _now(db) + wait)

    def rearm(self) -> None:
        """Set every alarm again, whatever became of the engine's: one too many changes nothing."""
        missing = """select id, next_wakeup from incident where next_wakeup is not null
                     union select incident, clock_timestamp() from outbox where sent_at is null order by 1, 2"""
        with self._connect() as db, db.transaction():
            for id_, at in db.execute(missing).fetchall():
                self._arm(db, id_, at)

    def idle(self) -> bool:
        """Whether nothing is due now and everything is told."""
        waits = """select exists(select from incident where next_wakeup <= clock_timestamp())
                       or exists(select from outbox where sent_at is null)"""
        with self._connect() as db:
            (waiting,) = db.execute(waits).fetchone() or (False,)
        return not waiting

    def lines(self, id_: str) -> list[str]:
        """The log as it is stored, the header first."""
        with self._connect() as db:
            return _lines(db, id_)

    def _sleep(
        self, db: Connection, incident: ir.Incident, now: datetime, before: datetime | None, alarm: datetime | None
    ) -> None:
        """Until when the incident sleeps, and an alarm for it. The one that stands already is not set again.

        Unless it is that one which rings, and too early: the engine's clock may be ahead of the database's. An alarm that
        was overtaken rings for nothing and is not replaced, so there is one for each incident and not one for each event.
        """
        wake = ir.next_wakeup(incident, now)
        db.execute("update incident set next_wakeup = %s where id = %s", (wake, incident.id))
        if wake is not None and (wake != before or wake == alarm):
            self._arm(db, incident.id, wake)


def connecting(url: str, **more: Any) -> Connect:
    """A new connection each time, which commits what is not in a transaction at once. Workers take a pool in its place."""
    return lambda: psycopg.connect(url, autocommit=True, **more)


def pool_of(url: str, at_once: int) -> ConnectionPool:
    """Connections for so many workers: each has one, and the receiver of the example may need another."""
    settings = {"autocommit": True}
    return ConnectionPool(url, max_size=2 * at_once, kwargs=settings, check=ConnectionPool.check_connection, open=False)


def delivering_to_table(connect: Connect) -> Deliver:
    """The outside world of the example, to be replaced by mail, chat or pager: it takes a key once, and counts the others."""
    take = "insert into delivered values (%s, %s) on conflict (key) do update set times = delivered.times + 1"

    def deliver(key: str, body: dict[str, Any]) -> None:
        with connect() as db:  # it knows nothing of our transaction
            db.execute(take, (key, json.dumps(body)))
        print(f"{body['incident']}: {body['kind']}: {body['title']} ({body['owed_by']})", file=sys.stderr)

    return deliver


# --- inside a transaction -------------------------------------------------------------------------------


def _locked(db: Connection, id_: str) -> tuple[ir.Incident, datetime | None]:
    """The incident, which is nobody else's until the transaction ends, and until when it sleeps."""
    row = db.execute("select seq, head, next_wakeup from incident where id = %s for update", (id_,)).fetchone()
    if row is None:
        raise LookupError(f"no incident has the id '{id_}'")
    seq, head, sleeps_until = row
    return ir.replay(POLICY, ir.read_log(_lines(db, id_), head=head, seq=seq)), sleeps_until


def _lines(db: Connection, id_: str) -> list[str]:
    stored = """select 0, header from incident where id = %(id)s
                union all select seq, line from event where incident = %(id)s order by 1"""
    return [line for _, line in db.execute(stored, {"id": id_})]


def _now(db: Connection) -> datetime:
    (now,) = db.execute("select clock_timestamp()").fetchone() or (None,)
    assert isinstance(now, datetime)
    return now


def _add_line(db: Connection, step: ir.Step) -> None:
    after = step.incident
    db.execute("insert into event values (%s, %s, %s)", (after.id, after.seq, step.line))
    db.execute("update incident set seq = %s, head = %s where id = %s", (after.seq, after.head, after.id))


def _write_down(db: Connection, found: Iterable[ir.Reminder], sent_at: datetime | None = None) -> int:
    """Keep each reminder once; how many are new."""
    add = "insert into outbox values (%s, %s, %s, %s) on conflict do nothing"
    rows = [(one.key, one.incident, json.dumps(asdict(one), default=str), sent_at) for one in found]
    return sum(db.execute(add, row).rowcount for row in rows)
