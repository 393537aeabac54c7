"""What goes on without anybody asking: wake what is due, tell what is in the outbox, sleep until the next instant."""

from __future__ import annotations

import logging
from threading import Event
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from portal_backend.outbox import Deliver, delivering_to_table, send_batch, unsent
from portal_backend.poller import next_instant, wake_due
from portal_backend.store import Store

__all__ = ["Worker"]

LONGEST_SLEEP: Final = 1.0
"""Seconds between two looks: another process may have stored something that is due sooner, or the clock was set."""
_LOG: Final = logging.getLogger(__name__)


class Worker:
    """Wakes and tells. Any number of them may run, in any number of processes."""

    def __init__(self, store: Store, deliver: Deliver | None = None) -> None:
        self._store = store
        self._deliver = deliver or delivering_to_table(store.database, store.clock)

    def once(self) -> tuple[int, int]:
        """One look: a batch of incidents that are due, then a batch of the outbox; how many of each."""
        return wake_due(self._store), send_batch(self._store.database, self._store.clock, self._deliver)

    def until_idle(self) -> tuple[int, int]:
        """Until nothing is due now and everybody is told; how many of each it was."""
        woken, told, pause = 0, 0, Event()
        while True:
            more = self.once()
            woken, told = woken + more[0], told + more[1]
            if more != (0, 0):
                continue
            if not unsent(self._store.database):
                return woken, told
            pause.wait(0.05)  # what is left waits for another try, or another worker is at it

    def for_ever(self, stop: Event) -> None:
        """Until told to stop. A database that does not answer is asked again."""
        while not stop.is_set():
            try:
                if self.once() == (0, 0):
                    stop.wait(self._sleep())
            except SQLAlchemyError as error:
                _LOG.error("the database does not answer: %s", type(error).__name__)
                stop.wait(LONGEST_SLEEP)
            except Exception:  # a poller that has ended tells nobody, and nobody notices
                _LOG.exception("waking and telling failed, and goes on")
                stop.wait(LONGEST_SLEEP)

    def _sleep(self) -> float:
        wake = next_instant(self._store)
        if wake is None:
            return LONGEST_SLEEP
        return min(max((wake - self._store.clock()).total_seconds(), 0.01), LONGEST_SLEEP)
