"""The two hosts as the library's trials of hosts drive them; as a program it runs them all and prints what they found.

python3 examples/timers/run.py conform --reminders 2000 --kills 8 --appends 200

Engines look at clocks of their own, so the trials hand them one: what the database says to them is replaced for
their sessions, and where an engine reads the time of its process, that is replaced too (``by_a_clock.py``).
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
from incidents import POLICY, Incidents, connecting
from postgres import CannotBeHad, Cluster

import ir_policy as ir
from ir_policy.testing.host import Answer, Host, everything_at_once, examine
from ir_policy.testing.host.story import written

HERE: Final = Path(__file__).resolve().parent
CLOCKS: Final = """
create schema hosts;  -- what hosts ask
create function hosts.clock_timestamp() returns timestamptz language sql stable as
    $$ select coalesce(nullif(current_setting('trial.now', true), '')::timestamptz, pg_catalog.clock_timestamp()) $$;
create schema engines;  -- what an engine asks when it looks for what is due; its heartbeats stay as they are
create function engines.now() returns timestamptz language sql stable as $$ select hosts.clock_timestamp() $$;
"""


@dataclass(frozen=True)
class Engine:
    """What is particular to the trials of one engine."""

    name: str
    ready: str
    """What is changed in the database once its tables are there."""
    reads_process_clock: bool
    alarms: str
    """A query for the instants of the alarms that are set for an incident."""
    lose: str
    """What takes all alarms away."""


ENGINES: Final = {
    "DBOS": Engine(
        "dbos",
        "",
        True,
        """select to_timestamp(delay_until_epoch_ms / 1000.0) from dbos.workflow_status s
           join dbos.workflow_input i using (workflow_uuid)
           where s.status = 'DELAYED' and i.inputs::json -> 'namedArgs' ->> 'incident' = %s order by 1""",
        "delete from dbos.workflow_status",
    ),
    "procrastinate": Engine(
        "procrastinate",
        "alter function procrastinate_fetch_job_v2 set search_path = engines, pg_catalog, public",
        False,
        "select scheduled_at from procrastinate_jobs where status = 'todo' and args ->> 'incident' = %s order by 1",
        "delete from procrastinate_jobs",
    ),
}


class Timers:
    """One host on one empty database, good or with a fault planted in its programs."""

    def __init__(self, engine: Engine, url: str, fault: str = "") -> None:
        self._program = [str(HERE / "faulty.py"), fault] if fault else [str(HERE.parent / "command.py")]
        self._engine = engine
        self._url = url
        self.module = f"on_{engine.name}"
        host = importlib.import_module(self.module)
        self._arm = host.arm
        self.db = psycopg.connect(url, autocommit=True)
        self.incidents = Incidents(connecting(url), self._arm)
        self.incidents.create()
        host.prepare(url)
        self.db.execute(CLOCKS + engine.ready)

    def host(self) -> Host:
        """What the trials are handed."""
        return Host(
            policy=POLICY,
            prepare=lambda logs, now: self.command(now, "bring-in", *map(str, logs)),
            poll=lambda now: self.command(now, "work", "--until-idle"),
            effects=self.effects,
            append=self.append,
            lines=self.incidents.lines,
            written=self.written,
            environment={"PYTHONPATH": os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])},
        )

    def command(self, now: datetime | None, name: str, *more: str) -> list[str]:
        """A command of the host, by a clock that shows that instant, or by the clocks as they are."""
        told = [*self._program, self._engine.name, name, self._url, *more]
        if now is None:
            return [sys.executable, *told]
        clock = [str(HERE / "by_a_clock.py"), now.isoformat()] if self._engine.reads_process_clock else []
        return ["env", f"PGOPTIONS={_clock(now)}", sys.executable, *clock, *told]

    def effects(self) -> Mapping[str, int]:
        """What a receiver that knows keys did; ``sent`` says how often it was told."""
        return dict.fromkeys((key for (key,) in self.db.execute("select key from delivered")), 1)

    def look(self, id_: str, alarm: datetime, now: datetime) -> list[str]:
        """An alarm rings, and nobody tells what is to be told."""
        return self._at(now).look(id_, alarm)

    def append(self, event: ir.Event, seq: int, head: str, now: datetime) -> Answer:
        return Answer(*self._at(now).append(event, head))

    def written(self) -> int:
        """How many reminders are written down, sent or not."""
        return self._count("select count(*) from outbox")

    def alarms(self, id_: str) -> list[datetime]:
        return [at for (at,) in self.db.execute(self._engine.alarms, (id_,))]

    def overdue(self, folder: Path, id_: str) -> set[str]:
        """Make an incident of months ago, of which much is learnt only now; the keys of what is to be told at once."""
        first, *others = everything_at_once(POLICY)(id_)
        self.incidents.bring_in(written(folder, [[first]])[0])
        for event in others:
            (head,) = self.db.execute("select head from incident where id = %s", (id_,)).fetchone() or ("",)
            self.incidents.append(event, head)
        unsent = "select key from outbox where incident = %s and sent_at is null"
        return {key for (key,) in self.db.execute(unsent, (id_,))}

    def lose_alarms(self) -> None:
        self.db.execute(self._engine.lose)

    def sent(self) -> tuple[int, int]:
        """How many reminders were sent, and how often in all."""
        return self._count("select count(*) from delivered"), self._count("select sum(times) from delivered")

    def lateness(self) -> list[timedelta]:
        """How long after its instant each reminder was noted as told."""
        noted = """select o.sent_at - (o.body::json ->> 'at')::timestamptz
                   from outbox o join delivered using (key) where o.sent_at is not null"""
        return [late for (late,) in self.db.execute(noted)]

    def close(self) -> None:
        self.db.close()

    def _at(self, now: datetime) -> Incidents:
        return Incidents(connecting(self._url, options=_clock(now)), self._arm)

    def _count(self, query: Any) -> int:
        (many,) = self.db.execute(query).fetchone() or (0,)
        return int(many or 0)


def _clock(now: datetime) -> str:
    return f"-c trial.now={now.isoformat()} -c search_path=hosts,pg_catalog,public"


def main(arguments: Sequence[str] | None = None) -> int:
    """Every trial of both hosts; 0 if they passed them all."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    for name, many in (("reminders", 2000), ("kills", 8), ("appends", 200), ("at-once", 20)):
        parser.add_argument(f"--{name}", type=int, default=many)
    parser.add_argument("--engine", choices=tuple(ENGINES), help="only this one")
    given = vars(parser.parse_args(arguments))
    only = given.pop("engine")
    try:
        with Cluster.started() as cluster:
            names = [only] if only else list(ENGINES)
            passed = [_tried(name, cluster, given) for name in names]
    except CannotBeHad as reason:
        print(f"nothing was tried: {reason}")
        return 1
    return 0 if all(passed) else 1


def _tried(name: str, cluster: Cluster, given: Mapping[str, int]) -> bool:
    tried: list[Timers] = []
    begun = time.monotonic()

    def new() -> Host:
        tried.append(Timers(ENGINES[name], cluster.new_database()))
        return tried[-1].host()

    report = examine(new, **given)
    keys, times = (sum(numbers) for numbers in zip(*(timers.sent() for timers in tried), strict=True))
    for timers in tried:
        timers.close()
    print(
        f"{name}, {time.monotonic() - begun:.0f} s; {keys:,} reminders were sent {times:,} times\n{report}", flush=True
    )
    return report.ok


if __name__ == "__main__":
    sys.exit(main())
