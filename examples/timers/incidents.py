"""Incidents on PostgreSQL, whoever rings the alarms: the logs, what is to be told, and one instant to wake at.

The tables here are the truth. An engine only keeps alarms, and an alarm only says "look at this incident". It is set in
the transaction that moves ``next_wakeup``, so no kill comes between the two; and what is to be told is written
down in that transaction too, so an alarm that rings twice, late or for nothing changes nothing.

Time is the database's, asked after the incident is locked: workers whose clocks differ agree, and nobody looks at an
incident as of before what somebody else has just recorded.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, NamedTuple

import psycopg
from attrs import asdict

import ir_policy as ir

__all__ = ["Alarm", "Deliver", "Incidents", "Place", "connected", "delivering_to_table"]

Alarm = Callable[[psycopg.Connection[Any], str, datetime], None]
"""Sets an alarm for an incident in the transaction that the connection is in."""
Deliver = Callable[[str, dict[str, Any]], None]
"""Tells one reminder under its idempotency key; raises when it could not."""

POLICY: Final = ir.load_policy(
    "motion-mavericks"
)  # a host with several keeps their texts by digest, as the portal does
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
    """What is done with incidents over one connection, each in a transaction of its own."""

    def __init__(self, db: psycopg.Connection[Any], arm: Alarm) -> None:
        self._db = db
        self._arm = arm

    def create(self) -> None:
        """Make the tables; those that are there stay."""
        self._db.execute(TABLES)

    def bring_in(self, path: Path) -> None:
        """Take over an incident from its log; what is due by now counts as told elsewhere."""
        first, *others = ir.read_log(path.read_bytes()).events
        assert isinstance(first, ir.Detected)
        steps = [ir.open_incident(POLICY, first, salt=token_hex(16))]
        for event in others:
            steps.append(ir.record(steps[-1].incident, event, salt=token_hex(16)))
        incident = steps[-1].incident
        with self._db.transaction():
            self._db.execute("insert into incident values (%s, %s, 0, '', null)", (incident.id, incident.header))
            for step in steps:
                self._add_line(step)
            now = self._now()
            self._write_down(ir.reminders(incident, None, now), sent_at=now)
            self._sleep(incident, now, None, None)

    def append(self, event: ir.Event, head: str) -> Place:
        """Store an event that follows on that head; whoever was too slow, or tells what is known, is told where it stands.

        It stores what happened, also against the policy; ask ``ir.check`` first for what must not.
        """
        with self._db.transaction():
            incident, sleeps_until = self._locked(event.incident)
            step = ir.record(incident, event, salt=token_hex(16))
            if not step.line or head != incident.head:
                return Place(False, incident.seq, str(incident.head))
            self._add_line(step)
            now = self._now()
            if self._write_down(ir.reminders(step.incident, None, now)):
                self._arm(self._db, event.incident, now)  # somebody has to tell them
            self._sleep(step.incident, now, sleeps_until, None)
        return Place(True, step.incident.seq, str(step.incident.head))

    def look(self, id_: str, alarm: datetime) -> list[str]:
        """The alarm of that instant rings: write down what is due, set the next one; the keys of what is to be told."""
        with self._db.transaction():
            incident, sleeps_until = self._locked(id_)
            now = self._now()
            self._write_down(ir.reminders(incident, None, now))
            self._sleep(incident, now, sleeps_until, alarm)
            waiting = "select key from outbox where incident = %s and sent_at is null order by key"
            return [key for (key,) in self._db.execute(waiting, (id_,))]

    def send(self, key: str, deliver: Deliver) -> None:
        """Tell a reminder and note it. Who is killed between the two leaves it to be told again, under the same key."""
        with self._db.transaction():
            # a second worker waits here, and then finds it told
            waiting = "select body from outbox where key = %s and sent_at is null for update"
            row = self._db.execute(waiting, (key,)).fetchone()
            if row is not None:
                deliver(key, json.loads(row[0]))
                self._db.execute("update outbox set sent_at = clock_timestamp() where key = %s", (key,))

    def rearm(self) -> None:
        """Set every alarm again, whatever became of the engine's: one too many changes nothing."""
        missing = """select id, next_wakeup from incident where next_wakeup is not null
                     union select incident, clock_timestamp() from outbox where sent_at is null order by 1, 2"""
        with self._db.transaction():
            for id_, at in self._db.execute(missing).fetchall():
                self._arm(self._db, id_, at)

    def idle(self) -> bool:
        """Whether nothing is due now and everything is told."""
        waits = """select exists(select from incident where next_wakeup <= clock_timestamp())
                       or exists(select from outbox where sent_at is null)"""
        (waiting,) = self._db.execute(waits).fetchone() or (False,)
        return not waiting

    def lines(self, id_: str) -> list[str]:
        """The log as it is stored, the header first."""
        stored = """select header from incident where id = %(id)s union all
                    (select line from event where incident = %(id)s order by seq)"""
        return [line for (line,) in self._db.execute(stored, {"id": id_})]

    # --- inside a transaction ---

    def _locked(self, id_: str) -> tuple[ir.Incident, datetime | None]:
        """The incident, which is nobody else's until the transaction ends, and until when it sleeps."""
        row = "select seq, head, next_wakeup from incident where id = %s for update"
        seq, head, sleeps_until = self._db.execute(row, (id_,)).fetchone() or (0, "", None)
        return ir.replay(POLICY, ir.read_log(self.lines(id_), head=head, seq=seq)), sleeps_until

    def _now(self) -> datetime:
        (now,) = self._db.execute("select clock_timestamp()").fetchone() or (None,)
        assert isinstance(now, datetime)
        return now

    def _add_line(self, step: ir.Step) -> None:
        after = step.incident
        self._db.execute("insert into event values (%s, %s, %s)", (after.id, after.seq, step.line))
        self._db.execute("update incident set seq = %s, head = %s where id = %s", (after.seq, after.head, after.id))

    def _write_down(self, found: Iterable[ir.Reminder], sent_at: datetime | None = None) -> int:
        """Keep each reminder once; how many are new."""
        add = "insert into outbox values (%s, %s, %s, %s) on conflict do nothing"
        rows = [(one.key, one.incident, json.dumps(asdict(one), default=str), sent_at) for one in found]
        return sum(self._db.execute(add, row).rowcount for row in rows)

    def _sleep(self, incident: ir.Incident, now: datetime, before: datetime | None, alarm: datetime | None) -> None:
        """Until when the incident sleeps, and an alarm for it. The one that stands already is not set again.

        Unless it is that one which rings, and too early: the engine's clock may be ahead of the database's. An alarm that
        was overtaken rings for nothing and is not replaced, so there is one for each incident and not one for each event.
        """
        wake = ir.next_wakeup(incident, now)
        self._db.execute("update incident set next_wakeup = %s where id = %s", (wake, incident.id))
        if wake is not None and (wake != before or wake == alarm):
            self._arm(self._db, incident.id, wake)


def connected(url: str) -> psycopg.Connection[Any]:
    """A connection that commits what is not in a transaction at once."""
    return psycopg.connect(url, autocommit=True)


def delivering_to_table(receiver: psycopg.Connection[Any]) -> Deliver:
    """The outside world of the example, to be replaced by mail, chat or pager: it takes a key once, and counts the others."""
    take = "insert into delivered values (%s, %s) on conflict (key) do update set times = delivered.times + 1"

    def deliver(key: str, body: dict[str, Any]) -> None:
        receiver.execute(take, (key, json.dumps(body)))
        print(f"{body['incident']}: {body['kind']}: {body['title']} ({body['owed_by']})", file=sys.stderr)

    return deliver
