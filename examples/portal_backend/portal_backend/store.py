"""The logs: open, load, append. An append that somebody else was faster than changes nothing and says so.

The event, the reminders that fell due and the next instant to wake at are one transaction: after a crash either all of
it happened or nothing did.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

import ir_policy as ir
from portal_backend.clock import Clock
from portal_backend.policies import Policies
from portal_backend.tables import DELIVERED, EVENT, INCIDENT, OUTBOX, Database, add_once

__all__ = ["Kept", "Moved", "Store", "Unknown", "outbox_rows"]

MOST_CACHED: Final = 1_000
STEP_BACK: Final = timedelta(minutes=1)
"""How far the clock may go back unnoticed; until it has caught up, the last instant of the log counts as now."""


class Unknown(Exception):
    """No incident has this id."""


class Moved(Exception):
    """The log is not where the caller thinks: it has this many events and this head now."""

    def __init__(self, seq: int, head: str) -> None:
        super().__init__(seq, head)
        self.seq = seq
        self.head = head


@dataclass(frozen=True)
class Kept:
    """An incident as stored at one instant."""

    incident: ir.Incident
    seq: int
    head: str
    closed: bool
    next_wakeup: datetime | None
    erasures: int

    @property
    def last_recorded(self) -> datetime:
        return max(event.recorded_at or event.at for event in self.incident.log)


class Store:
    """What is stored, and the instants by one clock."""

    def __init__(self, database: Database, policies: Policies, clock: Clock) -> None:
        self.database = database
        self.policies = policies
        self.clock = clock
        self._cache: OrderedDict[tuple[str, str, int], ir.Incident] = OrderedDict()
        self._caching = Lock()

    # --- writing ---

    def open(self, step: ir.Step, now: datetime) -> None:
        """Store a new incident. Raises :class:`Moved` if one of this id is there already."""
        self._put_in([step], now, outbox_rows(ir.reminders(step.incident, None, now), now))

    def bring_in(self, steps: list[ir.Step], now: datetime) -> None:
        """Store an incident that was run elsewhere until now, with its log; what was due there was told there."""
        told = outbox_rows(ir.reminders(steps[-1].incident, None, now), now)
        self._put_in(steps, now, [{**row, "sent_at": now} for row in told])

    def append(self, kept: Kept, step: ir.Step, now: datetime) -> None:
        """Store one more event. Raises :class:`Moved` if the log is no longer the one that was loaded, word for word."""
        after = step.incident
        moved_on = (
            update(INCIDENT)
            .where(INCIDENT.c.id == after.id, INCIDENT.c.seq == kept.seq, INCIDENT.c.head == kept.head)
            .where(
                INCIDENT.c.erasures == kept.erasures
            )  # erasing moves no head, and what was loaded before it holds the words
            .values(**_state(after, now), trouble=None)
        )
        with self.database.writing() as connection:
            if connection.execute(moved_on).rowcount != 1:
                raise Moved(*_where(connection, after.id))
            connection.execute(insert(EVENT).values(_event_row(step)))
            add_once(connection, OUTBOX, outbox_rows(_to_tell(kept.incident, step, now), now))
        self._remember(after, kept.erasures)

    def erase(self, id_: str, names: Iterable[str], texts: Iterable[str], head: str) -> int:
        """Take names of people, and the free text of events, out of a log for good; in how many events they stood.

        Digests stand in their place and the head stays, so whoever kept a head can verify the log as before. Raises
        :class:`Moved` if ``head`` is no longer the head of the log.
        """
        names = frozenset(names)
        with self.database.writing() as connection:
            row = _row(connection, id_, locked=True)
            if row.head != head:
                raise Moved(row.seq, row.head)
            old = _lines(connection, row)
            new = ir.erase(old, names=names, texts=texts).split("\n")
            changed = [(seq, line) for seq, line in enumerate(new[: len(old)]) if line != old[seq]]
            for seq, line in changed:
                at = (EVENT.c.incident == id_) & (EVENT.c.seq == seq)
                connection.execute(update(EVENT).where(at).values(line=line))
            connection.execute(update(INCIDENT).where(INCIDENT.c.id == id_).values(erasures=row.erasures + 1))
            _erase_in_reminders(connection, id_, names)
        self._forget(id_)
        return len(changed)

    def _put_in(self, steps: list[ir.Step], now: datetime, told: list[dict[str, Any]]) -> None:
        incident = steps[-1].incident
        row = {
            "id": incident.id,
            "policy": incident.opened_under.digest,
            "header": incident.header,
            **_state(incident, now),
        }
        try:
            with self.database.writing() as connection:
                connection.execute(insert(INCIDENT).values(**row))
                connection.execute(insert(EVENT), [_event_row(step) for step in steps])
                add_once(connection, OUTBOX, told)
        except IntegrityError:
            with self.database.reading() as connection:
                raise Moved(*_where(connection, incident.id)) from None
        self._remember(incident, 0)

    # --- reading ---

    def load(self, id_: str) -> Kept:
        """The incident as it is now. Raises :class:`Unknown` if there is none."""
        with self.database.reading() as connection:
            return self.load_in(connection, _row(connection, id_))

    def load_in(self, connection: Connection, row: Row[Any]) -> Kept:
        """The incident of that row; the chain is verified against the head that the row holds."""
        key = (row.id, row.head, row.erasures)
        with self._caching:
            incident = self._cache.get(key)
            if incident is not None:
                self._cache.move_to_end(key)
        if incident is None:
            log = ir.read_log(_lines(connection, row), head=row.head, seq=row.seq)
            adopted = self.policies.adopted_in(log.events, connection)
            incident = ir.replay(self.policies.of(row.policy, connection), log, adopted=adopted)
            self._remember(incident, row.erasures)
        return Kept(incident, row.seq, row.head, row.closed, row.next_wakeup, row.erasures)

    def export(self, id_: str) -> tuple[str, str]:
        """Everything about an incident in one text, and its head."""
        kept = self.load(id_)
        now = max(self.now(kept), min(event.at for event in kept.incident.log))
        with self.database.reading() as connection:
            row = _row(connection, id_)
            lines = _lines(connection, row)
            sent = connection.execute(select(OUTBOX.c.body, OUTBOX.c.sent_at).where(OUTBOX.c.incident == id_)).all()
        told = [{**json.loads(one.body), "sent_at": one.sent_at} for one in sent]
        adopted = self.policies.adopted_in(ir.read_log(lines).events)
        policy = self.policies.of(row.policy)
        return ir.export(lines, policy, now, adopted=adopted, told=told, head=row.head, seq=row.seq), row.head

    def log_text(self, id_: str) -> tuple[str, int, str]:
        """The log as it is stored, how many events it has, and its head."""
        with self.database.reading() as connection:
            row = _row(connection, id_)
            return "".join(f"{line}\n" for line in _lines(connection, row)), row.seq, row.head

    def ids(self, *, closed: bool, limit: int, after: str = "") -> list[str]:
        """Incidents in order of id; without ``closed`` the open ones only."""
        wanted = select(INCIDENT.c.id).where(INCIDENT.c.id > after)
        if not closed:
            wanted = wanted.where(INCIDENT.c.closed.is_(False))
        with self.database.reading() as connection:
            return list(connection.scalars(wanted.order_by(INCIDENT.c.id).limit(limit)))

    def count(self, *, closed: bool) -> int:
        """How many incidents there are; without ``closed`` the open ones only."""
        wanted = select(func.count()).select_from(INCIDENT)
        with self.database.reading() as connection:
            return connection.scalar(wanted if closed else wanted.where(INCIDENT.c.closed.is_(False))) or 0

    def reminders(self, id_: str) -> list[dict[str, Any]]:
        """Every reminder there was, told or still to be told, in order."""
        with self.database.reading() as connection:
            _row(connection, id_)
            rows = connection.execute(
                select(OUTBOX).where(OUTBOX.c.incident == id_).order_by(OUTBOX.c.at, OUTBOX.c.key)
            )
            return [{**json.loads(row.body), "sent": row.sent_at is not None} for row in rows]

    def now(self, kept: Kept | None = None) -> datetime:
        """What time it is for an incident: never before its last record where the clock went back only a little."""
        now = self.clock()
        if kept is None:
            return now
        last = kept.last_recorded
        return last if now < last <= now + STEP_BACK else now

    def _forget(self, id_: str) -> None:
        """Drop what was erased from this process's memory too, and from what the database still holds of it."""
        with self._caching:
            for key in [key for key in self._cache if key[0] == id_]:
                del self._cache[key]
        self.database.forget()

    def _remember(self, incident: ir.Incident, erasures: int) -> None:
        """A head names the whole log before it, so what is found under it is never stale; nor are erased words."""
        with self._caching:
            self._cache[(incident.id, incident.head or "", erasures)] = incident
            while len(self._cache) > MOST_CACHED:
                self._cache.popitem(last=False)


def outbox_rows(reminders: Iterable[ir.Reminder], now: datetime) -> list[dict[str, Any]]:
    """Reminders as rows to insert once."""
    return [
        {"key": one.key, "incident": one.incident, "at": one.at, "body": _body(one), "retry_at": now, "attempts": 0}
        for one in reminders
    ]


# --- rows -----------------------------------------------------------------------------------------------


def _to_tell(before: ir.Incident, step: ir.Step, now: datetime) -> list[ir.Reminder]:
    """Where every obligation stands with the new event; and where it stood when that happened, if it is settled by now.

    The keys keep apart what was told already.
    """
    fell = [one for one in ir.reminders(before, None, now) if one.at <= step.event.at]
    return [*fell, *ir.reminders(step.incident, None, now)]


def _state(incident: ir.Incident, now: datetime) -> dict[str, Any]:
    """What is indexed of an incident."""
    return {
        "seq": incident.seq,
        "head": incident.head,
        "closed": incident.closed,
        "next_wakeup": ir.next_wakeup(incident, now),
    }


def _event_row(step: ir.Step) -> dict[str, Any]:
    after = step.incident
    return {"incident": after.id, "seq": after.seq, "line": step.line, "head": after.head}


def _body(reminder: ir.Reminder) -> str:
    return json.dumps(ir.as_json(reminder, "reminder"), ensure_ascii=False)


def _erase_in_reminders(connection: Connection, id_: str, names: frozenset[str]) -> None:
    """A follow-up action is owed by a person; what was told stays told, without the name."""
    for row in connection.execute(select(OUTBOX.c.key, OUTBOX.c.body).where(OUTBOX.c.incident == id_)).all():
        said = json.loads(row.body)
        if said["owed_by"] in names:
            body = json.dumps({**said, "owed_by": "erased"}, ensure_ascii=False)
            for table in (OUTBOX, DELIVERED):
                connection.execute(update(table).where(table.c.key == row.key).values(body=body))


def _row(connection: Connection, id_: str, *, locked: bool = False) -> Row[Any]:
    wanted = select(INCIDENT).where(INCIDENT.c.id == id_)
    row = connection.execute(wanted.with_for_update() if locked else wanted).one_or_none()
    if row is None:
        raise Unknown(id_)
    return row


def _where(connection: Connection, id_: str) -> tuple[int, str]:
    row = _row(connection, id_)
    return row.seq, row.head


def _lines(connection: Connection, row: Row[Any]) -> list[str]:
    """The log up to the row's ``seq``: what was appended since the row was read is left out."""
    stored = select(EVENT.c.line).where(EVENT.c.incident == row.id, EVENT.c.seq <= row.seq).order_by(EVENT.c.seq)
    return [row.header, *connection.scalars(stored)]
