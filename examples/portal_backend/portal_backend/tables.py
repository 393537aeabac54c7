"""The tables, and how a transaction begins on each database.

One table is the truth: ``event``, append-only. ``incident`` holds what is indexed or compared when somebody appends,
and all of it can be worked out from the log again.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator

__all__ = [
    "DELIVERED", "DOCUMENT", "EVENT", "INCIDENT", "OUTBOX", "POLICY", "Database", "add_once", "count_again", "out_of_room",
]  # fmt: skip


class Instant(TypeDecorator[datetime]):
    """An aware instant in UTC, to the microsecond, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(timezone.utc) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


_DISK_FULL: Final = "53100"
"""PostgreSQL's own code for it."""
_META: Final = MetaData()

DOCUMENT: Final = Table(
    "document",
    _META,
    Column("digest", String(71), primary_key=True),
    Column("text", Text, nullable=False),
)
"""What policies are composed of, each by the digest of what it says. Nothing is ever deleted: an old incident needs its old documents."""

POLICY: Final = Table(
    "policy",
    _META,
    Column("digest", String(71), primary_key=True),
    Column("id", String(200), nullable=False),
    Column("version", String(200), nullable=False),
    Column("documents", Text, nullable=False),  # digests in JSON, the company's own policy first
    Column("added_at", Instant, nullable=False),
    Column("added_by", String(200), nullable=False),
    Column("current_since", Instant),  # new incidents open under the one that became current last
)

INCIDENT: Final = Table(
    "incident",
    _META,
    Column("id", String(64), primary_key=True),
    Column("policy", ForeignKey("policy.digest"), nullable=False),
    Column("header", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("head", String(71), nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("next_wakeup", Instant),
    Column("erasures", Integer, nullable=False, default=0),  # words were taken out of the log so often; the head stays
    Column("trouble", Text),  # why the poller could not wake it, until it could
    Index("incident_next_wakeup", "next_wakeup"),
)

EVENT: Final = Table(
    "event",
    _META,
    Column("incident", ForeignKey("incident.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("line", Text, nullable=False),
    Column("head", String(71), nullable=False),
)

OUTBOX: Final = Table(
    "outbox",
    _META,
    Column("key", String(1000), primary_key=True),  # the library's: the same reminder never stands here twice
    Column("incident", ForeignKey("incident.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),
    Column("retry_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("sent_at", Instant),
    Index("outbox_unsent", "sent_at", "retry_at"),
)

DELIVERED: Final = Table(
    "delivered",
    _META,
    Column("key", String(1000), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),
    Column("times", Integer, nullable=False, default=1),  # how often it was sent; it counts once
)
"""The outside world of the demonstration: a receiver that knows idempotency keys."""


class Database:
    """An engine, and the two kinds of transaction there are."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.on_sqlite = self.engine.dialect.name == "sqlite"
        self._writing = threading.Lock()

    def create(self) -> None:
        """The tables, where they are missing."""
        with self.writing() as connection:
            _META.create_all(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes. SQLite has one writer: it is the one from the start, so nobody fails half-way."""
        if not self.on_sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._writing, self.engine.execution_options(writes=True).begin() as connection:
            yield connection

    def forget(self) -> None:
        """Leave no copy of what was overwritten where this database can help it; what PostgreSQL keeps is its owner's to clear.

        SQLite writes zeros over what is gone, and its journal is put into the database and cut; a reader who is in the
        middle of it leaves that to the next time.
        """
        if self.on_sqlite:
            connection = self.engine.raw_connection()  # a checkpoint stands in no transaction
            try:
                connection.cursor().execute("pragma wal_checkpoint(truncate)").fetchall()
            finally:
                connection.close()

    def close(self) -> None:
        self.engine.dispose()


def add_once(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose key is not there yet."""
    if rows:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))


def count_again(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert the row, or count that its key came once more."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    keep = dialect.insert(table).values(**row)
    again = keep.on_conflict_do_update(index_elements=["key"], set_={"times": table.c.times + 1})
    connection.execute(again)


def out_of_room(error: DBAPIError) -> bool:
    """Whether a transaction failed because there was no room, and nothing of it was stored.

    A PostgreSQL that goes down because it cannot write its journal gives the same code, and has perhaps stored it.
    """
    if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return True
    if getattr(error.orig, "sqlstate", None) != _DISK_FULL:
        return False
    severity: object = getattr(getattr(error.orig, "diag", None), "severity_nonlocalized", None)
    return severity == "ERROR"


def _engine(url: str) -> Engine:
    if url.startswith(("postgresql://", "postgres://")):
        url = f"postgresql+psycopg://{url.partition('://')[2]}"
    if url.startswith("sqlite"):
        engine = create_engine(url, pool_size=10, max_overflow=40)  # one for each thread of the web framework
    else:
        engine = create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)  # a server has a hundred
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    pragmas = ("busy_timeout=30000", "journal_mode=wal", "synchronous=full", "foreign_keys=on", "secure_delete=on")
    for pragma in pragmas:
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
