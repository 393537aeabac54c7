"""A database without room: callers are told so, nothing is stored, and all goes on when there is room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from portal_backend.store import Store
from portal_backend.work import Worker
from postgres import CannotBeHad, Cluster
from sqlalchemy import event

from conftest import Portal, StandingClock, client_of, store_at
from ir_policy.testing.host import CannotBeFilled, SmallDisk, small_disk

LONG = "x" * 2_000
ANSWER = {
    "error": "NoRoom",
    "problems": [
        {
            "where": "",
            "what": "the database has no room left; nothing was stored",
            "hint": "make room, then send it again",
        }
    ],
}


@pytest.fixture
def server() -> Iterator[tuple[SmallDisk, Cluster]]:
    """A PostgreSQL of its own on a small file system, or the reason why there is none."""
    with ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(256 << 20))
            cluster = stack.enter_context(Cluster.started(within=disk.folder))
        except (CannotBeFilled, CannotBeHad) as reason:
            pytest.skip(str(reason))
        yield disk, cluster


def refused(portal: Portal) -> tuple[dict[str, str], Any]:
    """Add notes until one is not taken; that note, and the answer."""
    for number in range(500):
        said = {"kind": "note", "id": f"note-{number}", "text": LONG}
        answer = portal.client.post("/incidents/inc-7/events", json=said)
        if answer.status_code != 201:
            return said, answer
    raise AssertionError("there was always room")


def told_so_and_goes_on(portal: Portal, leave_room: Callable[[int | None], None]) -> None:
    portal.open()
    portal.add("facts-reported", facts={"streaming-unavailable": "yes"})
    leave_room(0)
    said, answer = refused(portal)
    assert (answer.status_code, answer.json()) == (507, ANSWER)
    kept = portal.store.load("inc-7")
    assert said["id"] not in {one.id for one in kept.incident.log}
    assert portal.client.post("/incidents/inc-7/events", json=said).status_code == 507
    assert portal.client.get("/incidents/inc-7/log").headers["portal-seq"] == str(kept.seq)
    leave_room(None)
    answer = portal.client.post("/incidents/inc-7/events", json=said)
    assert (answer.status_code, answer.json()["seq"]) == (201, kept.seq + 1)
    assert portal.client.post("/incidents/inc-7/events", json=said).status_code == 200
    portal.clock.move(hours=1)
    Worker(portal.store).until_idle()
    assert all(one["sent"] for one in portal.client.get("/incidents/inc-7/reminders").json())


def test_sqlite_is_full(tmp_path: Path, clock: StandingClock) -> None:
    """The database may have no page more: SQLite says the same as of a disk that is full, and wherever tests run."""
    store = store_at(f"sqlite:///{tmp_path}/portal.sqlite", clock)
    most = 2**31

    @event.listens_for(store.database.engine, "begin")
    def no_more(connection: Any) -> None:
        connection.exec_driver_sql(f"pragma max_page_count={most}")

    def leave_room(size: int | None) -> None:
        nonlocal most
        most = 1 if size == 0 else 2**31  # less than there is means as many as there are

    told_so_and_goes_on(Portal(str(tmp_path), clock, store, client_of(store)), leave_room)
    store.database.close()


def test_postgresql_is_full(server: tuple[SmallDisk, Cluster], clock: StandingClock) -> None:
    disk, cluster = server
    store = store_at(cluster.new_database(), clock)
    told_so_and_goes_on(Portal("", clock, store, client_of(store)), disk.leave_room)
    store.database.close()


def test_postgresql_goes_down_for_want_of_room(server: tuple[SmallDisk, Cluster], clock: StandingClock) -> None:
    """Where the server cannot write its own journal it ends, and nobody can say at once what it stored; sent again, an
    event is there once."""
    disk, cluster = server
    url = cluster.new_database()
    store: Store = store_at(url, clock)
    portal = Portal(url, clock, store, client_of(store))
    portal.open()
    disk.leave_room(0)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select pg_switch_wal()")  # what is written next needs a new file
    said, answer = refused(portal)
    assert (answer.status_code, answer.json()["error"]) == (503, "Unavailable")
    assert "same id" in answer.json()["problems"][0]["hint"]
    disk.leave_room(None)
    cluster.up()
    assert portal.client.post("/incidents/inc-7/events", json=said).status_code in (200, 201)
    assert portal.client.post("/incidents/inc-7/events", json=said).status_code == 200
    assert portal.store.load("inc-7").seq == 2
    store.database.close()
