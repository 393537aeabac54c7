"""Alarms as jobs of procrastinate, in the database that the incidents are in.

What the engine promises: a job that was deferred in a transaction is there when that commits. No two workers fetch it. It
is fetched once the database's clock has come to its instant, within the time between two looks. A job that raises is
tried again as we say below, for ever.

What it does not: a job whose worker was killed stays under way, and nothing in the engine brings it back. ``retire`` does,
when that worker has sent no heartbeat for a while. One that was only frozen or cut off is taken for dead too, and then
two do the same, one after the other since rows are locked. So a reminder may be sent twice, under the same key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

import procrastinate
from incidents import Connection, Deliver, Incidents, delivering_to_table, pool_of
from procrastinate.exceptions import ConnectorException

HEARTBEAT: Final = 1.0
DEAD_AFTER: Final = 5.0
"""Seconds without a heartbeat until a worker's jobs are given to others. The engine's own values are 10 and 30."""
AT_ONCE: Final = 8
AGAIN: Final = 60
"""Seconds after which an alarm that failed rings again."""

# sets jobs by a connection that is handed in, and is never opened
_setter: Final = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def arm(db: Connection, incident: str, at: datetime) -> None:
    """A job for that instant. It becomes visible with the transaction that the connection is in."""
    _setter.configure_task("ring", schedule_at=at, connection=db).defer(incident=incident, at=at.isoformat())


def prepare(url: str) -> None:
    """The engine's own tables."""
    with procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=url)).open() as app:
        app.schema_manager.apply_schema()


def work(url: str, until_idle: bool) -> None:
    """Ring alarms and tell, until stopped or until nothing is left to do."""
    with pool_of(url, AT_ONCE) as pool:
        incidents = Incidents(pool.connection, arm)
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
        _declare(app, incidents, delivering_to_table(pool.connection))
        asyncio.run(_work(app, incidents.idle, until_idle))


def _declare(app: procrastinate.App, incidents: Incidents, deliver: Deliver) -> None:
    @app.task(name="ring", retry=procrastinate.RetryStrategy(wait=AGAIN))
    def ring(incident: str, at: str) -> None:
        keys = incidents.look(incident, datetime.fromisoformat(at))
        if untold := [key for key in keys if not incidents.send(key, deliver)]:
            raise RuntimeError(f"{len(untold)} reminders of {incident} were not taken: the job is tried again")


async def _work(app: procrastinate.App, idle: Callable[[], bool], until_idle: bool) -> None:
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=AT_ONCE, fetch_job_polling_interval=HEARTBEAT, update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=DEAD_AFTER, delete_jobs="successful",
            )
        )  # fmt: skip
        while not (worker.done() or (until_idle and await asyncio.to_thread(idle))):
            await retire(app)
            await asyncio.wait([worker], timeout=0.1 if until_idle else HEARTBEAT)
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker


async def retire(app: procrastinate.App) -> None:
    """Give the jobs of workers that are dead, or seem so, to others."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
        with suppress(ConnectorException):  # another worker was faster
            await app.job_manager.retry_job(job, retry_at=job.scheduled_at)  # else it waits for this machine's clock
