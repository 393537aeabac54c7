"""Policy, law, contract and calendar documents as people write them: the sections, and the fields of each rule.

Nothing here knows whether a name that is used exists; ``compile.py`` links.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from ir_policy.rules.parts import (
    ActDoc,
    ForbiddenDoc,
    GateWhenDoc,
    GivenDoc,
    LimitDoc,
    RecipientDoc,
    ReleaseDoc,
    SourceOfMarkDoc,
    read_again_on,
    read_forbids,
    read_gate_when,
    read_given,
    read_met_by,
    read_outcomes,
    read_owed_to,
    read_set_by,
    read_starts,
    read_until,
    read_within,
)
from ir_policy.rules.scalars import (
    LIST,
    AllPinned,
    By,
    ClockTime,
    Day,
    Duration,
    Flag,
    Id,
    Ids,
    Pinned,
    Text,
    Texts,
    Version,
    When,
    read_levels,
    read_share,
    read_workdays,
)
from ir_policy.rules.sections import (
    ABOUT_SECTIONS,
    AssumptionDoc,
    ChannelDoc,
    ChapterDoc,
    DependencyDoc,
    ExerciseDoc,
    ObjectiveDoc,
    OpenQuestionDoc,
    ScopeDoc,
    SeeAlsoDoc,
    SignalDoc,
    ToolDoc,
)
from ir_policy.terms import OUTCOMES, Basis, Severity

__all__ = ["SECTIONS_BY_KIND", "DayDoc", "Held", "PolicyDocument", "SpanDoc"]


class _Rule(BaseModel):
    """Closed at every depth: a key nobody knows is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class SourceDoc(_Rule):
    cite: Text
    checked: Day | None = None
    review_by: Day | None = None
    in_force_from: Day | None = None
    in_force_to: Day | None = None
    evidence: Text = ""


class CalendarOfPolicyDoc(_Rule):
    zone: Text
    opens: ClockTime
    closes: ClockTime
    workdays: Annotated[tuple[str, ...], By(read_workdays, LIST)]
    holidays: Pinned
    reading: Id = ""


class AtRiskDoc(_Rule):
    share: Annotated[int, By(read_share, {"type": "string", "pattern": "^1/[0-9]+$"})]
    at_least: Duration


class RoleDoc(_Rule):
    title: Text
    contact: Id
    does: Text


class FactDoc(_Rule):
    means: Text
    polarity: Literal["worse", "better", "neither"]


class FamilyDoc(_Rule):
    means: Text
    polarity: Literal["worse", "better", "neither"]
    members: Ids = ()
    known: Ids = ()


class ReadingDoc(_Rule):
    clause: Id
    text: Text
    options: Texts
    adds: Flag = False
    accepted_by: Text = ""


class MarkDoc(_Rule):
    means: Text
    per: Literal["episode", "incident"] = "episode"
    reading: Id = ""
    corrected_by: Ids = ()
    set_by: Annotated[tuple[SourceOfMarkDoc, ...], By(read_set_by, {"description": "what sets it"})] = ()


class RowDoc(_Rule):
    level: Literal["SEV0", "SEV1", "SEV2", "SEV3"]
    clause: Id
    when: When | None = None
    otherwise: Flag = False
    reading: Id = ""
    example: Text


class RaiseDoc(_Rule):
    levels: Annotated[int, By(read_levels, {"enum": ["1", "2", "3"]})]
    clause: Id
    reading: Id = ""
    rules: dict[Id, When]


class PhaseDoc(_Rule):
    clause: Id
    means: Text
    steps: Ids = ()


class DutyDoc(_Rule):
    title: Text
    clause: Id
    source: SourceDoc | None = None
    basis: Basis | None = None
    reading: Id = ""
    owed_by: Id
    owed_to: Annotated[
        tuple[RecipientDoc, ...], By(read_owed_to, {"description": "a recipient, or each of a family"})
    ] = ()
    when: When | None = None
    unless: When | None = None
    exempted_by: Ids = ()
    starts: Annotated[
        tuple[tuple[str, ...], bool],
        By(read_starts, {"description": "a mark, or the earliest or latest of several"}),
    ]
    within: Annotated[
        dict[Severity | None, LimitDoc],
        By(read_within, {"description": "a limit in words, or one for each level"}),
    ]
    opens_after: Duration | None = None
    met_by: Annotated[tuple[ActDoc, ...], By(read_met_by, {"description": "what discharges it"})]
    must_state: Ids = ()
    sets: Id = ""
    act: Id = ""
    per: Literal["episode", "incident"] | None = None
    on_scope_exit: Literal["keep", "cancel"] = "keep"
    if_missed: Literal["still-owed", "lapses"] = "still-owed"
    done_before: Literal["counts", "counts-since-mark", "does-not-count"] = "does-not-count"
    again_on: (
        Annotated[Severity, By(read_again_on, {"enum": ["raise", "raise to SEV0", "raise to SEV1", "raise to SEV2"]})]
        | None
    ) = None
    given: Annotated[GivenDoc, By(read_given, {"description": "which fields of the event say until when"})] | None = (
        None
    )
    not_for: Annotated[tuple[str, ...], By(read_outcomes, {"type": "array", "items": {"enum": list(OUTCOMES)}})] = ()
    waivable_by: Ids = ()


class GateDoc(_Rule):
    says: Text
    clause: Id
    reading: Id = ""
    forbids: Annotated[tuple[ForbiddenDoc, ...], By(read_forbids, {"description": "what may not happen"})]
    when: Annotated[GateWhenDoc, By(read_gate_when, {"description": "a condition, or {yes: condition}"})] | None = None
    until: Annotated[tuple[ReleaseDoc, ...], By(read_until, {"description": "what releases it"})] = ()
    who: Ids
    waivable_by: Ids = ()
    void: Flag = False


class DayDoc(_Rule):
    name: Text
    source: Id


class SpanDoc(_Rule):
    from_: Day = Field(alias="from")
    to: Day


class PolicyDocument(_Rule):
    """A whole document. Which sections it may have depends on its kind (``SECTIONS_BY_KIND``)."""

    document: Literal["policy", "law", "contract", "calendar"]
    id: Id
    version: Version
    title: Text
    status: Text = ""
    owner: Id = ""
    reviewers: Ids = ()
    language: Text = ""
    updated: Day | None = None
    laws: AllPinned = ()
    contracts: AllPinned = ()
    prefix: Id = ""
    jurisdiction: Id = ""
    lead_authority: Id = ""
    calendar: CalendarOfPolicyDoc | None = None
    at_risk: AtRiskDoc | None = None
    groups: dict[str, Ids] = {}
    roles: dict[str, RoleDoc] = {}
    facts: dict[str, FactDoc] = {}
    families: dict[str, FamilyDoc] = {}
    readings: dict[str, ReadingDoc] = {}
    marks: dict[str, MarkDoc] = {}
    severity_rows: dict[str, RowDoc] = {}
    severity_raise: RaiseDoc | None = None
    phases: dict[str, PhaseDoc] = {}
    reopens_to: Literal["assess", "contain", "eradicate", "recover"] | None = None
    steps: dict[str, Text] = {}
    duties: dict[str, DutyDoc] = {}
    gates: dict[str, GateDoc] = {}
    covers: SpanDoc | None = None
    sources: dict[str, SourceDoc] = {}
    days: dict[str, DayDoc] = {}
    notes: Texts = ()
    # What a policy says around its rules.
    project: Text = ""
    tags: Ids = ()
    summary: Text = ""
    context: Text = ""
    people: dict[str, Text] = {}
    clauses: dict[str, ChapterDoc] = {}
    scope: ScopeDoc | None = None
    objectives: dict[str, ObjectiveDoc] = {}
    functions: dict[str, Text] = {}
    dependencies: dict[str, DependencyDoc] = {}
    channels: dict[str, ChannelDoc] = {}
    signals: dict[str, SignalDoc] = {}
    tooling: dict[str, ToolDoc] = {}
    exercises: dict[str, ExerciseDoc] = {}
    assumptions: dict[str, AssumptionDoc] = {}
    open_questions: dict[str, OpenQuestionDoc] = {}
    references: dict[str, SeeAlsoDoc] = {}
    drawn_from: dict[str, SeeAlsoDoc] = {}


_HEAD: Final = ("document", "id", "version", "title", "status", "owner", "reviewers", "language", "updated")
_SHARED: Final = ("groups", "facts", "families", "readings", "marks", "duties", "gates")

SECTIONS_BY_KIND: Final = {
    "policy": (*_HEAD, "laws", "contracts", "lead_authority", "calendar", "at_risk", "roles", "severity_rows",
               "severity_raise", "phases", "reopens_to", "steps", *_SHARED, *ABOUT_SECTIONS),
    "law": (*_HEAD, "prefix", "jurisdiction", *_SHARED),
    "contract": (*_HEAD, "prefix", "jurisdiction", *_SHARED),
    "calendar": (*_HEAD, "covers", "sources", "days", "notes"),
}  # fmt: skip

Held: TypeAlias = dict[str, Any]
"""What a document holds once read: sections by name, rules by id; what could not be read is left out."""
