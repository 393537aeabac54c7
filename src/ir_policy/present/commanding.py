"""Who does what, for programs and for the brief."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ir_policy.duties.commanders import Candidate, Command, RoleHeld
from ir_policy.log.history import Tenure
from ir_policy.present.lines import LocalClock
from ir_policy.terms import rfc3339

__all__ = ["command_json", "command_lines"]


def command_json(command: Command) -> dict[str, Any]:
    """The roles at an instant as plain JSON material."""
    return {
        "as_of": rfc3339(command.at),
        "incident": command.incident,
        "lead": command.lead or None,
        "roles": [_role(role) for role in command.roles],
        "cautions": [
            {"kind": one.kind, "roles": list(one.roles), "person": one.person, "says": one.says}
            for one in command.cautions
        ],
        "history": [_tenure(one) for one in command.history],
    }


def command_lines(command: Command, clock: LocalClock) -> Iterator[str]:
    """Who is in command and since when, other roles that somebody holds, open offers, and what to be careful about."""
    for role in command.roles:
        for one in role.holders:
            acting = ", acting" if one.acting else ""
            how = {"succession": ", by succession", "handed-over": ", handed over"}.get(one.how, "")
            yield f"  {role.title}: {one.person} since {clock.full(one.since.at)}{acting}{how}"
        if role.id == command.lead and not role.holders:
            yield f"  {role.title}: nobody; {role.contact} may act until somebody takes it"
        for successor in role.succession:
            if successor.may:
                yield f"      {', '.join(successor.people)} may take it now: {successor.why}"
        for offer in role.offers:
            yield f"      offered by {offer.person} to {offer.to} {clock.full(offer.at.at)}, not answered"
    for caution in command.cautions:
        yield f"  careful: {caution.says}"


def _role(role: RoleHeld) -> dict[str, Any]:
    return {
        "role": role.id,
        "title": role.title,
        "does": role.does,
        "contact": role.contact,
        "held_by_one": role.held_by_one,
        "holders": [_tenure(one) for one in role.holders],
        "may_act": [_candidate(one) for one in role.may_act],
        "succession": [_candidate(one) for one in role.succession],
        "offers": [{"person": one.person, "to": one.to, "since": rfc3339(one.at.at)} for one in role.offers],
    }


def _candidate(one: Candidate) -> dict[str, Any]:
    return {"name": one.name, "people": list(one.people), "may": one.may, "why": one.why}


def _tenure(one: Tenure) -> dict[str, Any]:
    return {
        "role": one.role,
        "person": one.person,
        "since": rfc3339(one.since.at),
        "until": rfc3339(one.until) if one.until is not None else None,
        "acting": one.acting,
        "how": one.how,
    }
