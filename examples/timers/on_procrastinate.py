"""Alarms as jobs of procrastinate, in the database that the incidents are in.

What the engine promises: a job that was deferred in a transaction is there when that commits, and is never fetched by
two workers at once. It is fetched when the database's clock has come to ``schedule_at``; a worker polls for such jobs.
A job whose task raises is tried again as often as we say here, for ever.

What it does not: a job whose worker was killed stays "doing", and nothing in the engine brings it back; ``retire`` does,
once the worker has sent no heartbeat for a while. A worker that is only slow (frozen, cut off) is taken for
dead too, and its job runs twice at once. So a reminder may be sent twice, under the same key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import procrastinate
import psycopg
from incidents import Deliver, Incidents, connected, delivering_to_table
from procrastinate.exceptions import ConnectorException
from psycopg_pool import ConnectionPool

HEARTBEAT: Final = 1.0
DEAD_AFTER: Final = 5.0
"""Seconds without a heartbeat until a worker's jobs are given to others. The engine's own values are 10 and 30."""
AT_ONCE: Final = 8
AGAIN: Final = 60
"""Seconds after which an alarm that failed rings again."""

# sets jobs by a connection that is handed in, and is never opened
_setter: Final = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def arm(db: psycopg.Connection[Any], incident: str, at: datetime) -> None:
    """A job for that instant. It becomes visible with the transaction that the connection is in."""
    _setter.configure_task("ring", schedule_at=at, connection=db).defer(incident=incident, at=at.isoformat())


def prepare(url: str) -> None:
    """The engine's own tables."""
    with procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=url)).open() as app:
        app.schema_manager.apply_schema()


def work(url: str, until_idle: bool) -> None:
    """Ring alarms and tell, until stopped or until nothing is left to do."""
    with ConnectionPool(url, max_size=AT_ONCE, kwargs={"autocommit": True}) as pool, connected(url) as other:
        asyncio.run(_work(_app(url, pool, delivering_to_table(other)), Incidents(other, arm).idle, until_idle))


def _app(url: str, pool: ConnectionPool, deliver: Deliver) -> procrastinate.App:
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

    @app.task(name="ring", retry=procrastinate.RetryStrategy(wait=AGAIN))
    def ring(incident: str, at: str) -> None:
        with pool.connection() as db:
            incidents = Incidents(db, arm)
            for key in incidents.look(incident, datetime.fromisoformat(at)):
                incidents.send(key, deliver)

    return app


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
