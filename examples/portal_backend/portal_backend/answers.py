"""What the library answers, as JSON in the library's own published shapes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any, Final

import ir_policy as ir

__all__ = ["check_json", "explanation_json", "only_the_actor", "problems_json", "refused_json", "rfc3339", "step_json"]

_MOVES: Final = ("opened", "revived", "tightened", "discharged", "cancelled", "waived", "lapsed", "dropped", "moved")


def step_json(step: ir.Step, seq: int) -> dict[str, Any]:
    """What an event did; ``seq`` is its own place in the log."""
    return {
        "event": step.event.id,
        "seq": seq,
        "head": step.incident.head,
        "level": [level.value if level is not None else None for level in step.level],
        **{name: list(getattr(step, name)) for name in _MOVES},
        "violations": [
            {"rule": one.rule, "clause": one.clause, "missing": list(one.missing)} for one in step.violations
        ],
        "corrections": [
            {"what": one.what, "before": one.before, "after": one.after, "event": one.event, "reason": one.reason}
            for one in step.corrections
        ],
        "suggested": list(step.suggested),
    }


def refused_json(refusals: Iterable[ir.Refusal]) -> dict[str, Any]:
    return {
        "refusals": [
            {"rule": one.rule, "clause": one.clause, "missing": list(one.missing), "who": list(one.who)}
            for one in refusals
        ]
    }


def check_json(incident: ir.Incident, event: ir.Event, refusals: Iterable[ir.Refusal]) -> dict[str, Any]:
    return {"as_of": rfc3339(event.at), "policy": _policy_json(incident.policy), **refused_json(refusals)}


def explanation_json(incident: ir.Incident, explanation: ir.Explanation, now: datetime) -> dict[str, Any]:
    lines = [{"label": label, "text": text} for label, text in explanation.lines]
    said = {"subject": explanation.subject, "headline": explanation.headline, "lines": lines}
    return {"as_of": rfc3339(now), "policy": _policy_json(incident.policy), **said}


def problems_json(error: str, problems: Iterable[ir.Problem]) -> dict[str, Any]:
    said = [{"where": one.where, "what": one.what, "hint": one.hint} for one in problems]
    return {"error": error, "problems": said}


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


def _policy_json(policy: ir.Policy) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in ("id", "version", "digest", "semantics", "zone_data")}
