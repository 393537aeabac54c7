"""The poller: wakes incidents when something changes by time alone, and says it once.

Each incident has one instant to wake at, in one indexed column. Two pollers share the work: on PostgreSQL each locks
what it claims and skips what the other locked; on SQLite one writes and the other waits, then finds nothing due.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.exc import SQLAlchemyError

import ir_policy as ir
from portal_backend.store import Store, outbox_rows
from portal_backend.tables import INCIDENT, OUTBOX, add_once

__all__ = ["next_instant", "wake_due"]

BATCH: Final = 20
"""Incidents woken in one transaction: few enough that appends to them need not wait long."""
TROUBLE_AGAIN: Final = timedelta(minutes=5)
_LOG: Final = logging.getLogger(__name__)


def wake_due(store: Store) -> int:
    """Wake a batch of the incidents that are due, the longest due first; how many there were. 0 means nothing is due."""
    now = store.clock()
    due = select(INCIDENT).where(INCIDENT.c.next_wakeup <= now).order_by(INCIDENT.c.next_wakeup).limit(BATCH)
    with store.database.writing() as connection:
        # on SQLite this says nothing: there the transaction as a whole is the lock
        rows = connection.execute(due.with_for_update(skip_locked=True)).all()
        for row in rows:
            _wake(store, connection, row, now)
    return len(rows)


def next_instant(store: Store) -> datetime | None:
    """When the next incident is due; ``None`` while none will change by itself."""
    with store.database.reading() as connection:
        wake: datetime | None = connection.scalar(select(func.min(INCIDENT.c.next_wakeup)))
    return wake


def _wake(store: Store, connection: Connection, row: Row[Any], now: datetime) -> None:
    """Write what fell due and when to come back. One incident in trouble does not keep the others asleep."""
    found: tuple[ir.Reminder, ...]
    new: dict[str, Any]
    try:
        kept = store.load_in(connection, row)
        # where the clock went back, what it ran ahead to was told already: the keys keep it from being told again
        found = ir.reminders(kept.incident, min(row.reminded_until, now), now)
        new = {"next_wakeup": ir.next_wakeup(kept.incident, now), "reminded_until": now, "trouble": None}
    except SQLAlchemyError:  # the whole transaction failed: it is begun again
        raise
    except Exception as error:  # a damaged log, a lost policy, a slip of ours: whatever it is, it is this incident's
        _LOG.exception("incident %s cannot be woken", row.id)
        found, new = (), {"next_wakeup": now + TROUBLE_AGAIN, "trouble": f"{type(error).__name__}: {error}"}
    add_once(connection, OUTBOX, outbox_rows(found, now))
    connection.execute(update(INCIDENT).where(INCIDENT.c.id == row.id).values(**new))
