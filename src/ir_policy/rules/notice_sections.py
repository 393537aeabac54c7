"""The section of a policy document on notices: who is inside the company, and what an approval is worth."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from ir_policy.rules.scalars import Duration, Id, Ids

__all__ = ["ApprovalDoc", "NoticesDoc"]


class _Section(BaseModel):
    """Closed at every depth: a key nobody knows is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class ApprovalDoc(_Section):
    """How long an approval is good for where nobody said."""

    good_for: Duration
    """How long."""
    reading: Id = ""
    """Our interpretation behind it; one that adds to the source only advises until it is accepted."""


class NoticesDoc(_Section):
    """Who of those who are told is inside the company, who hears in a drill, and what an approval is worth."""

    clause: Id
    """Where it comes from."""
    readings: Ids = ()
    """Our interpretations behind it."""
    inside: Ids
    """Recipients inside the company; everybody else is outside."""
    in_drills: Id = ""
    """The recipient that hears in a drill in place of everybody outside."""
    approval: ApprovalDoc | None = None
    """How long an approval is good for."""
