"""Alarms as delayed workflows of DBOS, in the database that the incidents are in.

What the engine promises: a workflow that was enqueued in a transaction is there when that commits; it is taken from its
queue by one worker, once the clock of that worker's application has come to its instant; and one that was begun and
not ended is begun again by the next worker of the same name that starts, without the steps that it remembers.

What it does not: a step that was done and whose worker was killed before it was noted is done again, so a reminder
may be sent twice, under the same key. And a workflow belongs to the version of the application that began it. By default the version is a
digest of the code of the workflows, so whoever deploys another comma leaves what was under way behind, silently and for
ever. Hence the fixed ``VERSION``: today's code must be able to end what yesterday's began. It can, since a workflow holds
nothing but the incident's id and an instant, and asks the log for everything else. Change it only if that changes.
"""

from __future__ import annotations

import json
import math
import signal
import threading
from datetime import datetime
from typing import Any, Final

import psycopg
from dbos import DBOS
from incidents import Deliver, Incidents, connected, delivering_to_table
from psycopg_pool import ConnectionPool

NAME: Final = "incident-alarms"
VERSION: Final = "1"
QUEUE: Final = "alarms"
AT_ONCE: Final = 16
LOOKS_EVERY: Final = 0.25
"""Seconds between two looks at the queue; the engine itself looks for delays that are over once a second."""


def arm(db: psycopg.Connection[Any], incident: str, at: datetime) -> None:
    """A workflow for that instant. It becomes visible with the transaction that the connection is in."""
    said, due = json.dumps({"incident": incident, "at": at.isoformat()}), math.ceil(at.timestamp() * 1000)
    enqueue = """select dbos.enqueue_workflow('ring', %s, named_args => %s::json, app_version => %s,
                                              delay_until_epoch_ms => %s, application_name => %s)"""
    db.execute(enqueue, (QUEUE, said, VERSION, due, NAME))


def prepare(url: str) -> None:
    """The engine's own tables and functions, in a schema ``dbos``."""
    DBOS.migrate(url)


def work(url: str, until_idle: bool) -> None:
    """Ring alarms and tell, until stopped or until nothing is left to do."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with ConnectionPool(url, max_size=AT_ONCE, kwargs={"autocommit": True}) as pool, connected(url) as other:
        DBOS(config={"name": NAME, "system_database_url": url, "application_version": VERSION, "log_level": "ERROR"})
        _declare(pool, delivering_to_table(other))
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=LOOKS_EVERY)
        while not stop.wait(0.1 if until_idle else None):
            if Incidents(other, arm).idle():
                break
        DBOS.destroy(workflow_completion_timeout_sec=5)


def _declare(pool: ConnectionPool, deliver: Deliver) -> None:
    @DBOS.step(name="look")
    def look(incident: str, at: str) -> list[str]:
        with pool.connection() as db:
            return Incidents(db, arm).look(incident, datetime.fromisoformat(at))

    @DBOS.step(name="send", retries_allowed=True, max_attempts=20, interval_seconds=1, backoff_rate=1.5)
    def send(key: str) -> None:
        with pool.connection() as db:
            Incidents(db, arm).send(key, deliver)

    @DBOS.workflow(name="ring", max_recovery_attempts=None)
    def ring(incident: str, at: str) -> None:
        for key in look(incident, at):
            send(key)
