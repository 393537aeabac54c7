"""The engine and the oracle side by side on one log: every difference as a line a person can read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import ir_policy as ir
from ir_policy.log.events import Event, to_wire
from ir_policy.rules.model import Policy
from oracle.oracle import World, interpret
from oracle.random_policies import adopted_in
from oracle.state import Row

MANY_STAMPS = ("severity-supported", "scope-met", "impact-or-level")
"""Marks with one stamp for each level or duty: their duties' anchors are compared instead."""


def differences(policy: Policy, log: Sequence[Event], prefix_len: int, now: datetime) -> list[str]:
    """Where the engine and the oracle part on the first events of a log, as of ``now``; empty where they agree."""
    return Both(policy, log[:prefix_len]).differ(now)


class Both:
    """One log folded by both; ``skipped`` where the engine does not take it for an incident."""

    def __init__(self, policy: Policy, events: Sequence[Event]) -> None:
        documents = adopted_in(events)
        self.world: World = interpret(policy, events, adopted=documents)
        self.compared = 0
        self.skipped = not any(event.kind == "detected" for event in events)
        if self.skipped:
            try:
                ir.replay(policy, events, adopted=documents)
            except ir.LogInvalid:
                return
            raise AssertionError("a log in which nothing is detected was taken for an incident")
        self.incident = ir.replay(policy, events, adopted=documents)

    def differ(self, now: datetime) -> list[str]:
        """Differences of the incident as a whole, and of its obligations as they stand at ``now``."""
        if self.skipped:
            return []
        return [*self._whole(), *self._rows(now)]

    def _whole(self) -> list[str]:
        world, incident = self.world, self.incident
        found = []
        if incident.severity.governing is not world.governing:
            found.append(_line("governing", incident.severity.governing, world.governing))
        engine, expected = _refusals((v.rule, v.event) for v in incident.violations), _refusals(world.violations)
        if engine != expected:
            found.append(_line("violations", engine, expected))
        marks = {name: at for name, at in incident.marks.items() if name not in MANY_STAMPS}
        stamps = {name: stamp[0] for name, stamp in world.marks.items() if name not in MANY_STAMPS}
        for name in sorted(marks.keys() | stamps.keys()):
            if marks.get(name) != stamps.get(name):
                found.append(_line(f"mark {name}", marks.get(name), stamps.get(name)))
        return found

    def _rows(self, now: datetime) -> list[str]:
        engine = {one.key: _engine_row(one) for one in ir.obligations(self.incident, now)}
        expected = {key: _oracle_row(row) for key, row in self.world.obligations(now).items()}
        self.compared += len(expected)
        found = []
        for key in sorted(engine.keys() | expected.keys()):
            one, other = engine.get(key), expected.get(key)
            if one is None or other is None:
                found.append(_line(f"{now.isoformat()} {key}", one, other))
                continue
            for name in other:
                same = one[name] in other[name] if name == "blocked_by" else one[name] == other[name]
                if not same:
                    found.append(_line(f"{now.isoformat()} {key} {name}", one[name], other[name]))
        return found


def _refusals(violations: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Refusals in order; an adoption without effect is one, for however many reasons: the page does not count them."""
    every = list(violations)
    return sorted({one for one in every if one[0] == "adoptions"}) + sorted(
        one for one in every if one[0] != "adoptions"
    )


def _engine_row(one: Any) -> dict[str, object]:
    breach = None if one.breach is None else (one.breach.at, one.breach.known_at, one.breach.cause)
    return {
        "status": one.status, "due": one.due, "due_kind": one.due_kind, "boundary": one.boundary,
        "verdict": one.verdict, "breach": breach, "met_at": one.met_at, "late_by": one.late_by,
        "episode": one.episode, "opened_at": one.opened_at, "anchor": one.anchor, "item": one.item,
        "owed_by": one.owed_by, "blocked_by": tuple(sorted(one.blocked_by)),
    }  # fmt: skip


def _oracle_row(row: Row) -> dict[str, Any]:
    return {
        "status": row.status, "due": row.due_at, "due_kind": row.due_kind, "boundary": row.boundary,
        "verdict": row.verdict, "breach": row.breach, "met_at": row.met_at, "late_by": row.late_by,
        "episode": row.episode, "opened_at": row.opened_at, "anchor": row.reckoned_from, "item": row.item,
        "owed_by": row.owed_by, "blocked_by": row.blocked_by,
    }  # fmt: skip


def _line(what: str, engine: object, oracle: object) -> str:
    return f"{what}: engine {_said(engine)}, oracle {_said(oracle)}"


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return "(" + ", ".join(_said(item) for item in value) + ")"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_said(item)}" for key, item in value.items()) + "}"
    return str(value)


# --- making it small ------------------------------------------------------------------------------------


def smallest(policy: Policy, log: Sequence[Event], now: datetime | None = None) -> list[dict[str, object]]:
    """The log with events dropped one by one while a difference remains, as wire lines."""

    def differs(events: Sequence[Event]) -> bool:
        return bool(events) and bool(differences(policy, events, len(events), now or max(e.at for e in events)))

    return [to_wire(event) for event in shrunk(list(log), differs)]


def shrunk(log: list[Event], differs: Callable[[Sequence[Event]], bool]) -> list[Event]:
    """Drop events from the end to the start, again and again, while ``differs`` stays so."""
    smaller = True
    while smaller:
        smaller = False
        for index in reversed(range(len(log))):
            fewer = log[:index] + log[index + 1 :]
            if differs(fewer):
                log, smaller = fewer, True
    return log


def in_words(policy: Policy, log: Sequence[Event], prefix_len: int, now: datetime) -> str:
    """A difference for a person: the smallest log that shows it, and what differs there."""
    small = smallest(policy, log[:prefix_len], now)
    kept = {line["id"] for line in small}
    events = [event for event in log[:prefix_len] if event.id in kept]
    lines = [f"as of {now.isoformat()}:", *(f"  {line}" for line in small), "differ in"]
    return "\n".join([*lines, *(f"  {line}" for line in differences(policy, events, len(events), now))])
