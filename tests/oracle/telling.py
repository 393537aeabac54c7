"""Stories in short, for the scenarios the oracle is held against: a line is kind, instant and what the event says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from functools import cache
from typing import Any

from ir_policy.log.events import Event, event_from_wire
from ir_policy.rules.compile import load_policy
from ir_policy.rules.model import Policy
from oracle.oracle import World, interpret
from oracle.state import Row

COMMANDER = {"by": "incident-commander"}
LEGAL = {"by": "legal-liaison"}
Line = tuple[str, str, dict[str, Any]]


@cache
def policy() -> Policy:
    return load_policy("motion-mavericks")


def t(text: str) -> datetime:
    """An instant in UTC, on Tuesday 3 March 2026 unless it names another day of that month."""
    day, _, clock = text.rpartition("T")
    return datetime.fromisoformat(f"2026-03-{day or '03'}T{clock}+00:00").astimezone(timezone.utc)


def log(*lines: Line) -> list[Event]:
    """Events from (kind, instant, fields), numbered from e1."""
    return [
        event_from_wire({"kind": kind, "id": f"e{n}", "incident": "i", "at": t(at).isoformat(), "by": "ana"} | fields)
        for n, (kind, at, fields) in enumerate(lines, 1)
    ]


def world(*lines: Line, adopted: Iterable[Policy] = ()) -> World:
    return interpret(policy(), log(*lines), adopted=adopted)


def row(found: World, key: str, now: str) -> Row:
    return found.obligations(t(now))[key]


def detected(at: str, **fields: Any) -> Line:
    return ("detected", at, {"source": "sentry", **fields})


def facts(at: str, since: str = "", **values: str) -> Line:
    said = {name.replace("__", "/").replace("_", "-"): value for name, value in values.items()}
    return ("facts-reported", at, {"facts": said} | ({"since": t(since).isoformat()} if since else {}))


def decided(at: str, level: str, **fields: Any) -> Line:
    return ("severity-decided", at, {"severity": level, "reason": "seen enough", **COMMANDER, **fields})


def closed(at: str, outcome: str = "resolved", **fields: Any) -> Line:
    return ("closed", at, {"outcome": outcome, **COMMANDER, **fields})


def sent(at: str, duty: str, to: str, **fields: Any) -> Line:
    return ("notice-sent", at, {"duties": [duty], "recipients": [to], **fields})


def adopts(at: str, newer: Policy, **fields: Any) -> Line:
    pin = {"id": newer.id, "version": newer.version, "digest": newer.digest}
    return ("policy-adopted", at, {"policy": pin, "reason": "in force from now on", **COMMANDER, **fields})


def corrected(at: str, by: str, event: str, fields: dict[str, str]) -> Line:
    return ("corrected", at, {"event": event, "fields": fields, "reason": "a slip", "evidence": ["mail"], "by": by})
