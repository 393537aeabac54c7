"""The texts a policy keeps ready, listed for whoever is about to write: fields, what each takes, and whether cleared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from ir_policy.present.lines import wrapped
from ir_policy.rules.cleared import why_not_cleared
from ir_policy.rules.model import Policy
from ir_policy.rules.templates import Gap, Template

__all__ = ["templates_json", "templates_text"]

WIDTH: Final = 100


def templates_json(policy: Policy, now: datetime) -> list[dict[str, Any]]:
    """Every template as plain JSON material, in order of its id."""
    return [_json(policy, template, now) for template in policy.templates.values()]


def templates_text(policy: Policy, now: datetime) -> str:
    """The same for people, 100 columns wide at most."""
    if not policy.templates:
        return "the policy keeps no texts ready\n"
    return "\n".join(line for template in policy.templates.values() for line in _lines(policy, template, now))


def _json(policy: Policy, template: Template, now: datetime) -> dict[str, Any]:
    why = why_not_cleared(policy, template.id, now)
    return {
        "template": template.id,
        "clause": template.clause,
        "audience": template.audience,
        "duties": list(template.duties),
        "states": list(template.states),
        "subject": template.subject or None,
        "text": template.text,
        "fields": [
            {"field": gap.id, "means": gap.means, "one_of": list(gap.one_of), "at_most": gap.at_most or None}
            for gap in template.gaps.values()
        ],
        "digest": template.digest,
        "cleared": not why,
        "why_not_cleared": why or None,
    }


def _lines(policy: Policy, template: Template, now: datetime) -> Iterator[str]:
    why = why_not_cleared(policy, template.id, now)
    yield f"{template.id}  ({template.audience}; for {', '.join(template.duties)})"
    for gap in template.gaps.values():
        yield from wrapped(f"  {gap.id}: {gap.means}; {_takes(gap)}", WIDTH)
    yield from wrapped(f"  cleared beforehand: {f'no, {why}' if why else 'yes'}", WIDTH)
    yield f"  {template.digest}"
    yield ""


def _takes(gap: Gap) -> str:
    return f"one of: {', '.join(gap.one_of)}" if gap.closed else f"free words, {gap.at_most} characters at most"
