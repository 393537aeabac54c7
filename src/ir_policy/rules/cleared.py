"""Whether a text was cleared beforehand: by counsel, for good until a day, as one of the texts a template can become."""

from __future__ import annotations

from datetime import datetime

from ir_policy.rules.model import Policy
from ir_policy.rules.templates import fillings

__all__ = ["cleared_digest", "why_not_cleared"]


def cleared_digest(policy: Policy, template_id: str, digest: str, at: datetime) -> bool:
    """Whether a text of that digest may go out at that instant because its template was cleared beforehand.

    Yes when the template is cleared, the civil day of ``at`` in the policy's zone lies in the clearance (its first and its last
    day count), and the digest is that of one of the texts the template can become. ``at`` is an aware instant in UTC. A template
    nobody knows is not cleared. The source asks that counsel reviews drafts before they leave the company
    (clause ``privacy-integration/legal-review``); a text cleared beforehand was reviewed.
    """
    template = policy.templates.get(template_id)
    return template is not None and not why_not_cleared(policy, template_id, at) and digest in fillings(template)


def why_not_cleared(policy: Policy, template_id: str, at: datetime) -> str:
    """Why texts of that template need a review of their own at that instant; empty when they were cleared beforehand."""
    template = policy.templates.get(template_id)
    if template is None:
        return "no such template"
    if template.cleared is None:
        return (
            "nobody cleared it beforehand"
            if template.closed
            else "it takes free words, which nobody can clear beforehand"
        )
    day, cleared = policy.calendar.local_date(at), template.cleared
    if cleared.on is not None and day < cleared.on:
        return f"it is cleared from {cleared.on.isoformat()} on"
    return f"it was cleared until {cleared.until.isoformat()}" if day > cleared.until else ""
