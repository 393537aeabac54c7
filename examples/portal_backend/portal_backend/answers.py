"""What this host says in its own words: problems, and whether somebody else could do it. Everything else is ``ir.as_json``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

import ir_policy as ir

__all__ = ["only_the_actor", "problems_json", "rfc3339"]


def problems_json(error: str, problems: Iterable[ir.Problem]) -> dict[str, Any]:
    """What is wrong with a request, under a name of this host's, in the shape of the library's errors."""
    return {**ir.as_json(ir.QuestionInvalid(problems), "error"), "error": error}


def only_the_actor(incident: ir.Incident, event: ir.Event, refusals: Iterable[ir.Refusal]) -> bool:
    """Whether nothing is missing but somebody else to do it: a role that a refusal names could do the very same now."""
    roles = sorted({role for refusal in refusals for role in refusal.who})
    return any(not ir.check(incident, _by(event, role)) for role in roles)


def rfc3339(at: datetime) -> str:
    return at.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def _by(event: ir.Event, role: str) -> ir.Event:
    """The same act by whoever holds the role; never stored."""
    (line,) = ir.write_log([event]).splitlines()
    return ir.read_event({**json.loads(line), "by": role})
