"""The sections of a policy document on people and words: roles; who is inside the company, and what an approval is worth."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from ir_policy.rules.scalars import Duration, Id, Ids, Text

__all__ = ["ApprovalDoc", "NoticesDoc", "RhythmDoc", "RoleDoc"]


class _Section(BaseModel):
    """Closed at every depth: a key nobody knows is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class ApprovalDoc(_Section):
    """How long an approval is good for where nobody said."""

    good_for: Duration
    """How long."""
    reading: Id = ""
    """Our interpretation behind it; one that adds to the source only advises until it is accepted."""


class RhythmDoc(_Section):
    """How often people hear again: advice, shown and never owed."""

    after: Id
    """The duty whose message begins it."""
    every: dict[Literal["SEV0", "SEV1", "SEV2", "SEV3"], Duration]
    """How long after the last word, at each level; none at a level that is left out."""
    until: Ids
    """The marks that end it."""
    reading: Id
    """Our interpretation behind it."""


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
    rhythm: RhythmDoc | None = None
    """How often people hear again."""


class RoleDoc(_Section):
    """A role, and who may act in it before anybody takes it."""

    title: Text
    """What people call it."""
    contact: Id
    """Who may act in the role while nobody holds it."""
    does: Text
    """What it is for."""
    held_by: Literal["one", "several"] = "several"
    """Whether taking it ends the tenure of whoever held it."""
    succession: Ids = ()
    """People and roles that may take it in turn, for the time being, when whoever acts in it does not answer a page."""
    warns_with: Ids = ()
    """Roles that its holder should not be the only one to hold."""
    readings: Ids = ()
    """Our interpretations behind these."""
