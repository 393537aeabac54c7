"""Engine and interpreter agree on who may take, offer and answer what, in logs made of little else."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import ir_policy as ir
from ir_policy.log.events import Event, event_from_wire
from oracle.compare import Both

START: Final = datetime(2026, 3, 11, 1, tzinfo=timezone.utc)
NAMES: Final = (
    "ana",
    "bo",
    "owen-backup",
    "security-specialist",
    "reliability-partner",
    "incident-commander",
    "docs-agent",
)
ROLES: Final = ("incident-commander", "incident-commander", "incident-commander", "security-lead", "scribe")
TRIES: Final = 400
PAUSES: Final = (
    timedelta(0), timedelta(microseconds=1), timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=40),
)  # fmt: skip


def log_of(rng: random.Random) -> list[Event]:
    at, lines = START, [{"kind": "detected", "by": "sentry", "source": "sentry"}]
    lines.append(
        {
            "kind": "severity-decided",
            "by": "incident-commander",
            "severity": rng.choice(("SEV0", "SEV1", "SEV2")),
            "reason": "seen",
        }
    )
    if rng.random() < 0.5:
        holder = rng.choice(NAMES[:2])
        lines.append({"kind": "role-taken", "by": holder, "role": "incident-commander", "person": holder})
        lines.append({"kind": "page-sent", "by": "pager", "level": "reliability-partner", "person": holder})
    while len(lines) < rng.randrange(8, 26):
        lines.append(one(rng, lines))
    events = []
    for number, line in enumerate(lines):
        events.append(event_from_wire({**line, "incident": "inc-1", "id": f"e{number}", "at": at.isoformat()}))
        at += rng.choice(PAUSES)
    return events


def one(rng: random.Random, lines: list[dict[str, Any]]) -> dict[str, Any]:
    kind = rng.choice(("role-taken", "role-taken", "role-released", "handover-offered", "handover-accepted", "handover-declined",
                       "page-sent", "page-sent", "page-acknowledged", "reopened", "closed"))  # fmt: skip
    name, other = rng.choice(NAMES), rng.choice(NAMES)
    if rng.random() < 0.2:
        kind, name = "role-taken", rng.choice(("owen-backup", "security-specialist"))
    if kind.startswith("page"):
        return {
            "kind": kind,
            "by": "pager",
            "level": rng.choice(("reliability-partner", "owen-backup", "security-lead")),
            "person": name,
        }
    if kind in ("closed", "reopened"):
        said = {"outcome": "duplicate"} if kind == "closed" else {"reason": "again"}
        return {"kind": kind, "by": rng.choice(("incident-commander", name)), **said}
    role = rng.choice(ROLES)
    if kind == "role-taken":
        return {"kind": kind, "by": name, "role": role, "person": name, "acting": rng.random() < 0.8}
    if kind == "role-released":
        return {"kind": kind, "by": name, "role": role, "person": name}
    offers = [line for line in lines if line["kind"] == "handover-offered"]
    if kind != "handover-offered" and offers and rng.random() < 0.7:
        offer = rng.choice(offers)
        return {**offer, "kind": kind, "by": rng.choice((offer["to"], offer["to"], name))}
    return {"kind": kind, "by": rng.choice((name, other)), "role": role, "person": name, "to": other}


def test_they_agree_on_tenures_and_turns() -> None:
    """Every violation of both is the same, and each rule is both kept and broken in many logs."""
    policy, seen = (
        ir.load_policy("motion-mavericks"),
        dict.fromkeys(("command", "handovers", "succession", "handed over"), 0),
    )
    for seed in range(TRIES):
        events = log_of(random.Random(seed))
        both = Both(policy, events)
        assert both.differ(events[-1].at) == [], f"seed {seed}"
        broken = {violation.rule for violation in both.incident.violations}
        hows = {one.how for one in ir.command(both.incident, events[-1].at).history}
        seen["command"] += "command" in broken
        seen["handovers"] += "handovers" in broken
        seen["succession"] += "succession" in hows
        seen["handed over"] += "handed-over" in hows
    assert min(seen.values()) >= 5, seen
