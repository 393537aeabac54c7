"""The commands of a host with a fault planted in it: faulty.py FAULT ENGINE COMMAND URL [LOG...]"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import time
from datetime import datetime
from types import ModuleType
from typing import Final

import command
from incidents import Alarm, Connection, Deliver, Incidents

FAULTS: Final = {
    "armed-afterwards": "an alarm is set after the transaction that moves the instant, and not in it",
    "noted-first": "a reminder is noted as told before it is told",
    "a-version-each": "each process is a version of its own, as if its code had changed",
    "nobody-retires": "nobody gives the jobs of dead workers to others",
}
WINDOW: Final = 0.3
"""Seconds between the two halves of what belongs together; a kill finds its way in."""


def plant(fault: str, host: ModuleType) -> None:
    """Put the fault into this process."""
    if fault == "armed-afterwards":
        host.arm = _afterwards(host.arm)
    elif fault == "noted-first":
        Incidents.send = _noted_first
    elif fault == "a-version-each":
        host.VERSION = str(os.getpid())
    elif fault == "nobody-retires":
        host.retire = _nobody


def _afterwards(arm: Alarm) -> Alarm:
    def later(db: Connection, incident: str, at: datetime) -> None:
        to, password = db.info.dsn, db.info.password

        def do() -> None:
            time.sleep(WINDOW)
            with Connection.connect(to, password=password, autocommit=True) as other:
                arm(other, incident, at)

        threading.Thread(target=do).start()

    return later


def _noted_first(incidents: Incidents, key: str, deliver: Deliver) -> bool:
    note = "update outbox set sent_at = clock_timestamp() where key = %s and sent_at is null returning body"
    with incidents._connect() as db:
        row = db.execute(note, (key,)).fetchone()
    if row is not None:
        time.sleep(WINDOW)
        deliver(key, json.loads(row[0]))
    return True


async def _nobody(_: object) -> None:
    pass


if __name__ == "__main__":
    planted, sys.argv = sys.argv[1], [sys.argv[0], *sys.argv[2:]]
    plant(planted, importlib.import_module(f"on_{sys.argv[1]}"))
    command.main()
