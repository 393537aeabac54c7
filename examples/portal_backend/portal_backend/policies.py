"""Policies, kept as the texts they were composed of: an incident goes on under its own, whatever comes later."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection, func, select, update

import ir_policy as ir
from portal_backend.clock import Clock
from portal_backend.tables import DOCUMENT, POLICY, Database, add_once

__all__ = ["Policies", "PolicyLost"]

SHIPPED: Final = "motion-mavericks"


class PolicyLost(Exception):
    """Stored documents no longer give the policy that incidents run under: another library reads them otherwise."""


class Policies:
    """Loads a policy once and hands out the same value; it never changes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._loaded: dict[str, ir.Policy] = {}
        self._loading = Lock()

    def add(self, text: str, documents: Iterable[str], by: str, *, current: bool) -> tuple[ir.Policy, bool]:
        """Keep a policy with every document it is composed of; whether it is new. Raises what ``ir.load_policy`` raises."""
        policy = ir.load_policy(text, documents=list(documents))
        return policy, self._keep(policy, by, current)

    def add_shipped(self) -> ir.Policy:
        """The policy that comes with the library, current until somebody brings another."""
        policy = ir.load_policy(SHIPPED)
        with self._database.reading() as connection:
            first = connection.scalar(select(POLICY.c.digest).where(POLICY.c.current_since.is_not(None))) is None
        self._keep(policy, "portal", first)
        return policy

    def _keep(self, policy: ir.Policy, by: str, current: bool) -> bool:
        texts = {one.digest: one.written for one in policy.documents}
        row = {
            "digest": policy.digest, "id": policy.id, "version": policy.version, "documents": json.dumps(list(texts)),
            "added_at": self._clock(), "added_by": by,
        }  # fmt: skip
        with self._database.writing() as connection:
            new = connection.scalar(select(POLICY.c.digest).where(POLICY.c.digest == policy.digest)) is None
            add_once(connection, DOCUMENT, [{"digest": digest, "text": text} for digest, text in texts.items()])
            add_once(connection, POLICY, [row])
            if current:
                # later than any other, also by a clock that went back
                last = connection.scalar(select(func.max(POLICY.c.current_since)))
                since = self._clock() if last is None else max(self._clock(), last + timedelta(microseconds=1))
                connection.execute(update(POLICY).where(POLICY.c.digest == policy.digest).values(current_since=since))
        self._loaded[policy.digest] = policy
        return new

    def document(self, digest: str) -> str | None:
        """The text of one document, or nothing if no policy here is composed of it."""
        with self._database.reading() as connection:
            return connection.scalar(select(DOCUMENT.c.text).where(DOCUMENT.c.digest == digest))

    def current(self) -> ir.Policy:
        """The policy that new incidents open under."""
        newest = select(POLICY.c.digest).where(POLICY.c.current_since.is_not(None))
        with self._database.reading() as connection:
            digest = connection.scalars(newest.order_by(POLICY.c.current_since.desc(), POLICY.c.digest)).first()
        if digest is None:
            raise PolicyLost("there is no policy yet; run init")
        return self.of(digest)

    def of(self, digest: str, connection: Connection | None = None) -> ir.Policy:
        """The policy of that digest, from its documents. Raises :class:`KeyError` for one nobody added.

        Whoever holds a connection passes it: with one more for each that waits, many at once would wait for each other.
        """
        found = self._loaded.get(digest)
        if found is None and connection is None:
            with self._database.reading() as own:
                return self.of(digest, own)
        if found is None:
            assert connection is not None
            with self._loading:
                found = self._loaded.get(digest) or _composed(connection, digest)
                self._loaded[digest] = found
        return found

    def adopted_in(self, log: Iterable[ir.Event], connection: Connection | None = None) -> list[ir.Policy]:
        """The policies that a log adopts, as far as somebody added them."""
        wanted = {event.policy.digest for event in log if isinstance(event, ir.PolicyAdopted)}
        if not wanted:
            return []
        if connection is None:
            with self._database.reading() as own:
                return self.adopted_in(log, own)
        known = connection.scalars(select(POLICY.c.digest).where(POLICY.c.digest.in_(wanted))).all()
        return [self.of(digest, connection) for digest in sorted(known)]

    def listed(self) -> list[dict[str, Any]]:
        """What there is, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(POLICY).order_by(POLICY.c.added_at.desc(), POLICY.c.digest)).all()
        current = max((row.current_since for row in rows if row.current_since is not None), default=None)
        return [
            {"id": row.id, "version": row.version, "digest": row.digest, "added_by": row.added_by,
             "documents": json.loads(row.documents), "current": row.current_since is not None and row.current_since == current}
            for row in rows
        ]  # fmt: skip


def _composed(connection: Connection, digest: str) -> ir.Policy:
    held = connection.scalar(select(POLICY.c.documents).where(POLICY.c.digest == digest))
    if held is None:
        raise KeyError(digest)
    names = json.loads(held)
    found = connection.execute(select(DOCUMENT.c.digest, DOCUMENT.c.text).where(DOCUMENT.c.digest.in_(names))).all()
    texts = {row.digest: row.text for row in found}
    try:
        policy = ir.load_policy(texts[names[0]], documents=[texts[name] for name in names[1:]])
    except ir.IRPolicyError as error:
        raise PolicyLost(f"the documents of policy {digest[:15]} no longer load: {error}") from None
    if policy.digest != digest:
        raise PolicyLost(
            f"the documents of policy {digest[:15]} now give {policy.digest[:15]}: run its incidents with the version of "
            "ir_policy that they were opened with"
        )
    return policy
