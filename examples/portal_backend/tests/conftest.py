"""Every test runs on SQLite and, where it can be had, on PostgreSQL; time stands still unless a test moves it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from portal_backend.calls import Host
from portal_backend.people import People, people_from
from portal_backend.policies import Policies
from portal_backend.store import Store
from portal_backend.tables import Database
from portal_backend.web import create_app
from postgres import CannotBeHad, Cluster

START = datetime(2026, 4, 3, 8, 5, tzinfo=timezone.utc)


class StandingClock:
    """Shows one instant until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster | str]:
    """A PostgreSQL of its own on this machine, or the reason why there is none."""
    try:
        with Cluster.started() as found:
            yield found
    except CannotBeHad as reason:
        yield str(reason)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/portal.sqlite"
    cluster: Cluster | str = request.getfixturevalue("cluster")
    if isinstance(cluster, str):
        pytest.skip(cluster)
    return cluster.new_database()


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def another(url: str, clock: StandingClock) -> Iterator[Callable[[], Store]]:
    """Makes stores as other processes would have them, on the same database: nothing shared, nothing cached."""
    made: list[Store] = []

    def make() -> Store:
        made.append(store_at(url, clock))
        return made[-1]

    yield make
    for store in made:
        store.database.close()


@dataclass
class Portal:
    """A host, and a caller on this machine."""

    url: str
    clock: StandingClock
    store: Store
    client: TestClient

    def open(self, incident: str = "inc-7", **more: Any) -> str:
        """Open an incident; its head."""
        answer = self.client.post("/incidents", json={"incident": incident, "source": "sentry", **more})
        assert answer.status_code == 201, answer.text
        head: str = answer.json()["head"]
        return head

    def add(self, kind: str, incident: str = "inc-7", **said: Any) -> Any:
        """Add an event and demand that it is taken."""
        answer = self.client.post(f"/incidents/{incident}/events", json={"kind": kind, **said})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def owed(self, incident: str = "inc-7") -> dict[str, Any]:
        answer = self.client.get(f"/incidents/{incident}/obligations")
        assert answer.status_code == 200, answer.text
        return {one["key"]: one for one in answer.json()}


@pytest.fixture
def portal(url: str, clock: StandingClock) -> Iterator[Portal]:
    """A host without tokens: the caller is ``demo``."""
    store = store_at(url, clock)
    yield Portal(url, clock, store, client_of(store))
    store.database.close()


TOKENS: dict[str, dict[str, Any]] = {
    "token-of-dana-0123456789": {"person": "dana", "roles": ["incident-commander"]},
    "token-of-lee-01234567890": {"person": "lee", "roles": ["comms-lead"]},
    "token-of-counsel-01234567": {"person": "lex", "roles": ["legal-liaison"]},
    "token-of-reader-01234567": {"person": "ria", "may": ["read"]},
    "token-of-owner-012345678": {"person": "olga", "may": ["read", "policies"]},
    "token-of-keeper-01234567": {"person": "kim", "may": ["read", "export", "erase"]},
    "token-of-trickster-01234": {"person": "incident-commander"},
}


@pytest.fixture
def guarded(url: str, clock: StandingClock) -> Iterator[Portal]:
    """A host with tokens: the caller has none yet."""
    store = store_at(url, clock)
    yield Portal(url, clock, store, client_of(store, people_from({"PORTAL_TOKENS": json.dumps(TOKENS)})))
    store.database.close()


def store_at(url: str, clock: StandingClock) -> Store:
    """A host's store, as another process would have it."""
    database = Database(url)
    database.create()
    policies = Policies(database, clock)
    policies.add_shipped()
    return Store(database, policies, clock)


def client_of(store: Store, people: People | None = None) -> TestClient:
    app = create_app(Host(store, people or People()))
    return TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000))


def bearer(name: str) -> dict[str, str]:
    """The header of a person's token."""
    token = next(token for token, said in TOKENS.items() if said["person"] == name)
    return {"authorization": f"Bearer {token}"}
