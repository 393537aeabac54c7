"""Incidents in a few lines, for what a brief says of them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, Final

import ir_policy as ir
from ir_policy.rules.model import Policy

TEN: Final = datetime(2026, 5, 5, 0, 0, tzinfo=timezone.utc)
"""Ten in the morning in Sydney on an ordinary Tuesday."""


def at(hours: int, minutes: int = 0) -> datetime:
    """A time of the clock in Sydney that day."""
    return TEN + timedelta(hours=hours - 10, minutes=minutes)


def event(form: type[ir.Event], when: datetime, by: str = "dana", **said: Any) -> ir.Event:
    return form(incident="inc-7", at=when, by=by, **said)


def facts(when: datetime, **said: str) -> ir.Event:
    """Facts by their names with underscores, families with two of them."""
    names = {name.replace("__", "/").replace("_", "-"): value for name, value in said.items()}
    return event(ir.FactsReported, when, "ravi", facts=names)


def sent(when: datetime, *duties: str, to: tuple[str, ...], **said: Any) -> ir.Event:
    return event(ir.Notice, when, "lee", kind="notice-sent", duties=duties, recipients=to, **said)


def let_out(when: datetime, *duties: str, to: tuple[str, ...], **said: Any) -> tuple[ir.Event, ...]:
    """A text drafted by lee, reviewed for counsel, approved for the commander and sent, all at that instant."""
    text = {"notice": f"n-{when:%H%M}", "digest": "sha256:1"}
    return (
        event(ir.Notice, when, "lee", kind="notice-drafted", duties=duties, recipients=to, **text, **said),
        event(ir.Notice, when, "legal-liaison", kind="notice-reviewed", **text),
        event(ir.Notice, when, "incident-commander", kind="notice-approved", **text),
        event(ir.Notice, when, "lee", kind="notice-sent", **text),
    )


def told(policy: Policy, *events: ir.Event) -> ir.Incident:
    """The incident in which these happened, allowed or not, after a signal at ten; dana commands."""
    signal = ir.Detected(incident="inc-7", at=TEN, by="sentry", source="sentry", id="signal")
    taken = event(ir.RoleChange, at(10, 1), kind="role-taken", role="incident-commander", person="dana")
    return ir.replay(policy, [signal, taken, *events])


def part(shown: ir.Brief, name: str) -> list[str]:
    """The lines of one part of the first screen."""
    lines = shown.text().splitlines()
    names = ["DO NOW", "NEXT", "BLOCKED", "UNKNOWN", ""]
    return lines[lines.index(name) + 1 : lines.index(names[names.index(name) + 1])]


def below(shown: ir.Brief, heading: str) -> list[str]:
    """The lines of one section below the first screen."""
    _, _, text = shown.text().partition(f"\n{heading}\n")
    return text.partition("\n\n")[0].splitlines()
