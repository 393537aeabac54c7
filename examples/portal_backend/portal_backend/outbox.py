"""The sender: what is in the outbox goes out, at least once, with the library's key so that once is what counts.

A sender that is killed between telling and noting it tells again after the restart, under the same key.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, or_, select, update

from portal_backend.clock import Clock
from portal_backend.tables import DELIVERED, OUTBOX, Database, add_once

__all__ = ["Deliver", "delivering_to_table", "send_batch", "unsent"]

Deliver = Callable[[str, dict[str, Any]], None]
"""Tells one reminder under its idempotency key; raises when it could not."""
BATCH: Final = 20
"""Told between two notes of what was told: at most so many are told again after a crash."""
LONGEST_WAIT: Final = timedelta(minutes=10)
_LOG: Final = logging.getLogger(__name__)


def send_batch(database: Database, clock: Clock, deliver: Deliver) -> int:
    """Tell the oldest reminders nobody was told of yet; how many there were.

    On PostgreSQL the rows stay locked meanwhile, so two senders never tell the same one. On SQLite a lock would stop
    every writer, so two senders may tell the same one: the key is there for that.
    """
    if database.on_sqlite:
        with database.reading() as connection:
            rows = _waiting(connection, clock)
        told = [(row, _tell(row, deliver)) for row in rows]
        with database.writing() as connection:
            _note(connection, clock, told)
    else:
        with database.writing() as connection:
            rows = _waiting(connection, clock)
            _note(connection, clock, [(row, _tell(row, deliver)) for row in rows])
    return len(rows)


def unsent(database: Database) -> int:
    """How many reminders are still to be told."""
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(OUTBOX).where(OUTBOX.c.sent_at.is_(None))) or 0


def delivering_to_table(database: Database, clock: Clock) -> Deliver:
    """The outside world of the demonstration: a table that takes each key once, and a line in the log."""

    def deliver(key: str, body: dict[str, Any]) -> None:
        with database.writing() as connection:
            add_once(connection, DELIVERED, [{"key": key, "at": clock(), "body": json.dumps(body, ensure_ascii=False)}])
        _LOG.info("%(incident)s: %(kind)s: %(title)s (%(owed_by)s), due %(due)s", body)

    return deliver


def _waiting(connection: Connection, clock: Clock) -> Sequence[Row[Any]]:
    # what was never tried is due whatever the clock says by now: it may have been set back
    due = or_(OUTBOX.c.attempts == 0, OUTBOX.c.retry_at <= clock())
    waiting = select(OUTBOX).where(OUTBOX.c.sent_at.is_(None), due)
    oldest = waiting.order_by(OUTBOX.c.retry_at, OUTBOX.c.at, OUTBOX.c.key).limit(BATCH)
    return connection.execute(oldest.with_for_update(skip_locked=True)).all()


def _tell(row: Row[Any], deliver: Deliver) -> bool:
    try:
        deliver(row.key, json.loads(row.body))
    except Exception:  # whatever a receiver does wrong, the others are still to be told
        _LOG.exception("reminder %s was not delivered, attempt %s", row.key, row.attempts + 1)
        return False
    return True


def _note(connection: Connection, clock: Clock, told: list[tuple[Row[Any], bool]]) -> None:
    now = clock()
    for row, said in told:
        wait = min(timedelta(seconds=2 ** min(row.attempts, 20)), LONGEST_WAIT)
        new = {"sent_at": now} if said else {"retry_at": now + wait}
        sent = update(OUTBOX).where(OUTBOX.c.key == row.key, OUTBOX.c.sent_at.is_(None))
        connection.execute(sent.values(**new, attempts=row.attempts + 1))
