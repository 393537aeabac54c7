"""Every test runs on both engines, each time on an empty database, where a PostgreSQL can be had."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from postgres import CannotBeHad, Cluster
from trials import ENGINES, Timers


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster | str]:
    """A PostgreSQL of its own on this machine, or the reason why there is none."""
    try:
        with Cluster.started() as found:
            yield found
    except CannotBeHad as reason:
        yield str(reason)


@pytest.fixture
def url(cluster: Cluster | str) -> str:
    """An empty database."""
    if isinstance(cluster, str):
        pytest.skip(cluster)
    return cluster.new_database()


@pytest.fixture(params=list(ENGINES))
def timers(request: pytest.FixtureRequest, url: str) -> Iterator[Timers]:
    host = Timers(ENGINES[request.param], url)
    yield host
    host.close()
