"""What fell due is told once: by any number of pollers, across kills, whatever the clock does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from portal_backend.outbox import send_batch, unsent
from portal_backend.poller import wake_due
from portal_backend.store import Store
from portal_backend.tables import DELIVERED, INCIDENT, OUTBOX
from portal_backend.work import Worker
from sqlalchemy import func, select, update

import ir_policy as ir
from conftest import START, Portal

MANY = 60


def opened(portal: Portal, many: int) -> None:
    """Incidents that will owe an assessment in fifteen minutes."""
    for number in range(many):
        portal.open(f"inc-{number}")


def due_by_now(store: Store) -> set[str]:
    """What the library says fell due in all incidents since they began."""
    kept = [store.load(id_) for id_ in store.ids(closed=True, limit=10_000)]
    begun = START - timedelta(days=1)
    return {one.key for each in kept for one in ir.reminders(each.incident, begun, store.clock())}


def delivered(store: Store) -> set[str]:
    with store.database.reading() as connection:
        return set(connection.scalars(select(DELIVERED.c.key)))


def test_what_falls_due_is_told_when_it_does(portal: Portal) -> None:
    """Not before, and with what a person has to know."""
    portal.open()
    portal.add("facts-reported", facts={"streaming-unavailable": "yes"})
    worker = Worker(portal.store)
    assert worker.until_idle() == (0, 0)
    wake = portal.store.load("inc-7").next_wakeup
    assert wake is not None
    portal.clock.at = wake - timedelta(microseconds=1)
    assert worker.until_idle() == (0, 0)
    portal.clock.at = wake
    woken, told = worker.until_idle()
    assert (woken, told > 0) == (1, True)
    said = portal.client.get("/incidents/inc-7/reminders").json()
    assert [one["sent"] for one in said] == [True] * told
    assert {"key", "kind", "title", "owed_by", "due", "at"} <= said[0].keys()
    assert worker.until_idle() == (0, 0)


def test_two_pollers_and_two_senders_tell_everything_once(portal: Portal, another: Callable[[], Store]) -> None:
    opened(portal, MANY)
    portal.clock.move(hours=1)
    received: Counter[str] = Counter()

    def deliver(key: str, _: dict[str, Any]) -> None:
        received[key] += 1

    workers = [Worker(another(), deliver) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        woken = [woken for woken, _ in pool.map(Worker.until_idle, workers)]
    assert sum(woken) == MANY
    expected = due_by_now(portal.store)
    assert len(expected) >= MANY
    assert set(received) == expected
    if not portal.store.database.on_sqlite:  # there a row is locked while it is told
        assert set(received.values()) == {1}


def test_late_news_are_told_with_the_event_that_brings_them(portal: Portal) -> None:
    """What was known four days ago makes a notice overdue at once, long after the last look."""
    portal.open(at="2026-03-30T08:05:00Z")
    Worker(portal.store).until_idle()
    before = delivered(portal.store)
    portal.add("facts-reported", facts={"acts-as-controller": "yes", "affected-in/au": "yes"})
    portal.add("breach-finding", finding="confirmed", since="2026-03-30T09:00:00Z")
    Worker(portal.store).until_idle()
    told = delivered(portal.store) - before
    assert any("oaic-notice" in key and "missed" in key for key in told), told
    assert due_by_now(portal.store) <= delivered(portal.store)


def test_what_was_missed_and_done_before_anybody_looked_is_told_all_the_same(portal: Portal) -> None:
    portal.open()
    portal.add("facts-reported", facts={"streaming-unavailable": "yes"})
    portal.clock.move(hours=2)
    portal.add("role-taken", role="incident-commander", person="demo")
    assert portal.owed()["respond@internal#0"]["verdict"] == "met-late"
    Worker(portal.store).until_idle()
    assert any("respond@internal#0 missed" in key for key in delivered(portal.store))


def test_a_clock_that_goes_back_tells_nothing_twice_and_forgets_nothing(portal: Portal) -> None:
    opened(portal, 3)
    received: list[str] = []
    worker = Worker(portal.store, lambda key, _: received.append(key))
    for minutes in (20, -25, 10, 30, -60, 90, 600):
        portal.clock.move(minutes=minutes)
        worker.until_idle()
    assert len(received) == len(set(received))
    assert set(received) == due_by_now(portal.store)
    assert received


def test_an_event_after_a_small_step_back_is_not_before_the_last_one(portal: Portal) -> None:
    """Clocks are put right by a second now and then; nobody's role is lost over it."""
    portal.open()
    portal.add("facts-reported", facts={"streaming-unavailable": "yes"})
    portal.add("role-taken", role="incident-commander", person="demo")
    portal.clock.move(seconds=-1)
    portal.add("severity-decided", severity="SEV1")
    assert portal.store.load("inc-7").incident.log[-1].at == START


def test_a_receiver_that_fails_is_tried_again_and_the_others_are_told(portal: Portal) -> None:
    opened(portal, 5)
    portal.clock.move(hours=1)
    while wake_due(portal.store):
        pass
    waiting, tries = unsent(portal.store.database), Counter[str]()

    def deliver(key: str, body: dict[str, Any]) -> None:
        tries[key] += 1
        if body["incident"] == "inc-3" and tries[key] < 3:
            raise ConnectionError("mail is down")

    while send_batch(portal.store.database, portal.clock, deliver):
        pass
    held = unsent(portal.store.database)
    assert 0 < held < waiting
    for _ in range(2):
        portal.clock.move(minutes=1)
        send_batch(portal.store.database, portal.clock, deliver)
    assert unsent(portal.store.database) == 0
    assert {key: count for key, count in tries.items() if count != 1} == {key: 3 for key in tries if "inc-3 " in key}


def test_an_incident_in_trouble_keeps_nobody_else_asleep(portal: Portal, another: Callable[[], Store]) -> None:
    """Its log is damaged: the others are told in time, and health says that one needs somebody."""
    opened(portal, 4)
    with portal.store.database.writing() as connection:
        connection.execute(update(INCIDENT).where(INCIDENT.c.id == "inc-2").values(head="sha256:" + "0" * 64))
    portal.clock.move(hours=1)
    Worker(another()).until_idle()
    said = {key.partition(" ")[0] for key in delivered(portal.store)}
    assert said == {"inc-0", "inc-1", "inc-3"}
    assert portal.client.get("/health").json()["in_trouble"] == 1


def test_a_slip_of_ours_in_one_incident_keeps_nobody_else_asleep(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And once it is mended, the one that was left out is told as well."""
    opened(portal, 3)
    portal.clock.move(hours=1)
    with monkeypatch.context() as patched:

        def slips(incident: ir.Incident, after: datetime, now: datetime) -> tuple[ir.Reminder, ...]:
            if incident.id == "inc-1":
                raise ZeroDivisionError
            return right(incident, after, now)

        right = ir.reminders
        patched.setattr(ir, "reminders", slips)
        Worker(portal.store).until_idle()
    assert {key.partition(" ")[0] for key in delivered(portal.store)} == {"inc-0", "inc-2"}
    portal.clock.move(minutes=5)
    Worker(portal.store).until_idle()
    assert delivered(portal.store) == due_by_now(portal.store)
    assert portal.client.get("/health").json()["in_trouble"] == 0


@pytest.mark.parametrize("kills", [3])
def test_pollers_that_are_killed_lose_nothing_and_double_nothing(portal: Portal, tmp_path: Path, kills: int) -> None:
    """Killed in the middle, again and again; the last one finishes, and every reminder was received once."""
    opened(portal, MANY)
    portal.clock.move(hours=1)
    expected = due_by_now(portal.store)
    time_file = tmp_path / "now"
    time_file.write_text(portal.clock.at.isoformat(), encoding="utf-8")
    for number in range(kills):
        goal = len(expected) * (number + 1) // (kills + 2)
        kill_at(portal.store, time_file, lambda: len(delivered(portal.store)), goal)
    done = subprocess.run(
        poller(portal.url, time_file), env=environment(), capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert delivered(portal.store) == expected
    with portal.store.database.reading() as connection:
        rows, sent = connection.execute(select(func.count(), func.count(OUTBOX.c.sent_at)).select_from(OUTBOX)).one()
    assert (rows, sent) == (len(expected), len(expected))


def kill_at(store: Store, time_file: Path, count: Callable[[], int], goal: int) -> None:
    """Start a poller, and kill it as soon as it has got so far; it must not have finished before."""
    process = subprocess.Popen(
        poller(str(store.database.engine.url.render_as_string(hide_password=False)), time_file),
        env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 60
    while count() < goal and process.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=30) == -signal.SIGKILL
    assert count() >= goal


def poller(url: str, time_file: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "portal_backend",
        "poll",
        "--until-idle",
        "--database",
        url,
        "--clock",
        f"@{time_file}",
    ]


def environment() -> dict[str, str]:
    here = str(Path(__file__).parents[1])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))}
