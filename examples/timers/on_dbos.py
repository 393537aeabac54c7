"""Alarms as delayed workflows of DBOS, in the database that the incidents are in.

What the engine promises: a workflow that was enqueued in a transaction is there when that commits. It is begun by one
worker, once the clock of whichever worker looks after delays has come to its instant. One that was begun and not ended
is begun again when a worker of the same name starts, without the steps that it remembers.

What it does not: a step that was done, and whose worker was killed before that was noted, is done again; so a reminder
may be sent twice, under the same key. Workers here all have the engine's own name for one ("local"): any that starts takes
over whatever is unfinished, also from one that is alive, and then two do the same, one after the other since rows are
locked. With a name each, what a lost machine had begun would wait until a worker of that name comes back.

And a workflow belongs to the version of the application that began it. By default that is a digest of the workflows'
code, so whoever deploys another comma leaves behind what was under way, without a word. Hence the fixed ``VERSION``:
today's code has to end what yesterday's began. It can, since a workflow holds an incident's id and an instant, and asks
the log for all else. Keep the names of steps and their order; if that must change, let the old workers end their work
first, or call ``rearm``.
"""

from __future__ import annotations

import json
import math
import signal
import threading
from datetime import datetime, timedelta
from typing import Any, Final

from dbos import DBOS
from incidents import Connection, Deliver, Incidents, delivering_to_table, pool_of

NAME: Final = "incident-alarms"
VERSION: Final = "1"
QUEUE: Final = "alarms"
AT_ONCE: Final = 16
LOOKS_EVERY: Final = 0.25
"""Seconds between two looks at the queue; the engine itself looks for delays that are over once a second."""
AGAIN: Final = timedelta(minutes=1)
"""After this what a receiver did not take is sent again."""
TRIES: Final[dict[str, Any]] = {
    "retries_allowed": True,
    "max_attempts": 20,
    "interval_seconds": 1.0,
    "backoff_rate": 1.5,
}
"""For a database that does not answer. A step that fails to the end ends its workflow, and only ``rearm`` finds it again."""


def arm(db: Connection, incident: str, at: datetime) -> None:
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
    with pool_of(url, AT_ONCE) as pool:
        incidents = Incidents(pool.connection, arm)
        DBOS(config={"name": NAME, "system_database_url": url, "application_version": VERSION, "log_level": "ERROR"})
        _declare(incidents, delivering_to_table(pool.connection))
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=LOOKS_EVERY)
        while not stop.wait(0.1 if until_idle else None):
            if incidents.idle():
                break
        DBOS.destroy(workflow_completion_timeout_sec=5)


def _declare(incidents: Incidents, deliver: Deliver) -> None:
    @DBOS.step(name="look", **TRIES)
    def look(incident: str, at: str) -> list[str]:
        return incidents.look(incident, datetime.fromisoformat(at))

    @DBOS.step(name="send", **TRIES)
    def send(key: str) -> bool:
        return incidents.send(key, deliver)

    @DBOS.step(name="again", **TRIES)
    def again(incident: str) -> None:
        incidents.ring_in(incident, AGAIN)

    @DBOS.workflow(name="ring", max_recovery_attempts=None)
    def ring(incident: str, at: str) -> None:
        if [key for key in look(incident, at) if not send(key)]:
            again(incident)  # to sleep here would hold a place of the queue
