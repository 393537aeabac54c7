"""How late the two hosts tell, by the clocks as they are, and how late when a worker is killed meanwhile.

python3 examples/timers/run.py late --incidents 60

All incidents fall due in the same instant, while two workers wait. With kills, the receiver takes its time, both workers
are killed while they tell, and two others begin at once. A reminder is late from its own instant until it is noted as told.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median
from typing import Any, Final

from incidents import POLICY
from postgres import CannotBeHad, Cluster
from trials import ENGINES, Timers

import ir_policy as ir
from ir_policy.testing import told
from ir_policy.testing.host.processes import Program, run, until
from ir_policy.testing.host.story import written

AHEAD: Final = timedelta(seconds=15)
"""Until the instant: time for the workers to begin."""
LOOK: Final = 0.01


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure both hosts, undisturbed and with kills."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--incidents", type=int, default=60)
    many = parser.parse_args(arguments).incidents
    try:
        with Cluster.started() as cluster:
            for name, engine in ENGINES.items():
                for kill in (False, True):
                    timers = Timers(engine, cluster.new_database())
                    late = measured(timers, many, kill)
                    keys, times = timers.sent()
                    timers.close()
                    print(
                        f"{name}, {'both workers killed' if kill else 'undisturbed'}: {keys} reminders, sent {times} times, "
                        f"late by {median(late):.1f} s in the middle and {max(late):.1f} s at most",
                        flush=True,
                    )
    except CannotBeHad as reason:
        print(f"nothing was measured: {reason}")
        return 1
    return 0


def measured(timers: Timers, many: int, kill: bool) -> list[float]:
    """By how many seconds each reminder was late."""
    environment = timers.host().environment
    with tempfile.TemporaryDirectory() as folder:
        logs = written(Path(folder), [[detected(f"late-{number}")] for number in range(many)])
        run(timers.command(None, "bring-in", *map(str, logs)), environment)
    with ExitStack() as running:

        def begin() -> list[Program]:
            workers = [Program(timers.command(None, "work"), environment) for _ in range(2)]
            for worker in workers:
                running.callback(worker.stop)
            return workers

        first = begin()
        if kill:
            with timers.db.transaction():
                timers.db.execute("lock table delivered in exclusive mode")  # nobody gets anything told
                until(lambda: timers.written() > 0, LOOK)
                for worker in first:
                    worker.kill()
            begin()
        until(lambda: len(timers.lateness()) >= many, LOOK)
    return [late.total_seconds() for late in timers.lateness()]


def detected(id_: str) -> ir.Event:
    """A signal for which something falls due soon."""
    now = datetime.now(timezone.utc)
    return told("detected", now + AHEAD - _until_due(now), "kit", id_, source="monitor", id=f"{id_}-0")


def _until_due(now: datetime) -> timedelta:
    first: Any = told("detected", now, "kit", "any", source="monitor", id="any-0")
    wake = ir.next_wakeup(ir.open_incident(POLICY, first).incident, now)
    assert wake is not None
    return wake - now


if __name__ == "__main__":
    sys.exit(main())
