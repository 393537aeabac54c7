"""Policy, law, contract and calendar documents as people write them: the sections, and the fields of each rule.

Nothing here knows whether a name that is used exists; ``compile.py`` links.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from ir_policy.calendar import WORKDAYS
from ir_policy.rules.parts import (
    ActDoc,
    ForbiddenDoc,
    GateWhenDoc,
    GivenDoc,
    LimitDoc,
    NeedDoc,
    RecipientDoc,
    ReleaseDoc,
    SourceOfMarkDoc,
    read_again_on,
    read_forbids,
    read_gate_when,
    read_given,
    read_met_by,
    read_needs,
    read_outcomes,
    read_owed_to,
    read_set_by,
    read_starts,
    read_until,
    read_within,
)
from ir_policy.rules.people_sections import NoticesDoc, RoleDoc
from ir_policy.rules.scalars import (
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
    part,
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
    TemplateDoc,
    ToolDoc,
)
from ir_policy.terms import Basis, Severity

__all__ = ["SECTIONS_BY_KIND", "DayDoc", "Held", "PolicyDocument", "SpanDoc"]


class _Rule(BaseModel):
    """Closed at every depth: a key nobody knows is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class SourceDoc(_Rule):
    """Where a number comes from outside the company, and how sure we are of it."""

    cite: Text
    """The law, instrument or report, as one cites it."""
    checked: Day | None = None
    """The day somebody last compared this with the source."""
    review_by: Day | None = None
    """The day by which somebody compares it again."""
    in_force_from: Day | None = None
    """The first day the rule applies."""
    in_force_to: Day | None = None
    """The first day it no longer applies."""
    evidence: Text = ""
    """How it was read: in the primary text, secondary, or unverified."""


class CalendarOfPolicyDoc(_Rule):
    """Which days and hours are business, and where."""

    zone: Text
    """The IANA name of the zone, such as Australia/Sydney."""
    opens: ClockTime
    """When business opens."""
    closes: ClockTime
    """When business closes, the same day."""
    workdays: Annotated[
        tuple[str, ...], By(read_workdays, {"type": "array", "minItems": 1, "items": {"enum": list(WORKDAYS)}})
    ]
    """The days of the week on which business is open."""
    holidays: Pinned
    """The calendar document that lists the holidays."""
    reading: Id = ""
    """Our interpretation behind these hours."""


class AtRiskDoc(_Rule):
    """When an obligation counts as at risk: with less of its limit left than either says."""

    share: Annotated[int, By(read_share, {"type": "string", "pattern": "^1/[1-9][0-9]?$"})]
    """A share of the limit, such as 1/5."""
    at_least: Duration
    """A least time."""


class FactDoc(_Rule):
    """Something that is so, is not so, or is not known."""

    means: Text
    """What a yes says, as half a sentence."""
    polarity: Literal["worse", "better", "neither"]
    """Whether a yes makes matters worse, better or neither."""


class FamilyDoc(_Rule):
    """Facts of one kind, family/member: one for each client, feature or country."""

    means: Text
    """What a yes says about a member."""
    polarity: Literal["worse", "better", "neither"]
    """Whether a yes makes matters worse, better or neither."""
    members: Ids = ()
    """All the members there can be; left out, there can be any."""
    known: Ids = ()
    """Members that exist for certain: each counts until somebody says no."""


class ReadingDoc(_Rule):
    """Our interpretation of a clause that leaves something open, named so that its owner can change it."""

    clause: Id
    """The clause that is open."""
    text: Text
    """How we read it."""
    options: Texts
    """How else it could be read."""
    adds: Flag = False
    """Whether it adds to the source; then it only advises until it is accepted."""
    accepted_by: Text = ""
    """Who accepted what it adds."""


class MarkDoc(_Rule):
    """A named instant a clock can start from."""

    means: Text
    """What happened at that instant."""
    per: Literal["episode", "incident"] = "episode"
    """Whether it is counted anew once the incident is reopened."""
    reading: Id = ""
    """Our interpretation behind it."""
    corrected_by: Ids = ()
    """Roles that may move it later by a correction; left out, evidence is enough."""
    set_by: Annotated[tuple[SourceOfMarkDoc, ...], By(read_set_by, part("mark-sources"))] = ()
    """What sets it."""


class RowDoc(_Rule):
    """One row of the severity matrix."""

    level: Literal["SEV0", "SEV1", "SEV2", "SEV3"]
    """The level it gives."""
    clause: Id
    """Where it comes from."""
    when: When | None = None
    """The condition on facts that gives the level."""
    otherwise: Flag = False
    """The one row that stands when no other does."""
    reading: Id = ""
    """Our interpretation behind it."""
    example: Text
    """An incident of this kind."""


class RaiseDoc(_Rule):
    """What raises the level that the rows give, once."""

    levels: Annotated[int, By(read_levels, {"enum": ["1", "2", "3", 1, 2, 3]})]
    """By how many levels."""
    clause: Id
    """Where it comes from."""
    reading: Id = ""
    """Our interpretation behind it."""
    rules: dict[Id, When]
    """Conditions on facts by id; any of them raises."""


class PhaseDoc(_Rule):
    """One phase of the response."""

    clause: Id
    """Where it comes from."""
    means: Text
    """What is done in it."""
    steps: Ids = ()
    """The steps that belong to it."""


class DutyDoc(_Rule):
    """Something that must be done: when, from which mark, within what, to whom, and what meets it."""

    title: Text
    """What is owed, in a few words."""
    clause: Id
    """Where it comes from."""
    source: SourceDoc | None = None
    """What stands behind it outside the company."""
    basis: Basis | None = None
    """What stands behind its limit; by kind of document where it is left out."""
    reading: Id = ""
    """Our interpretation behind it."""
    owed_by: Id
    """The role that owes it."""
    owed_to: Annotated[tuple[RecipientDoc, ...], By(read_owed_to, part("recipients"))] = ()
    """To whom it is owed; nobody outside where it is left out."""
    when: When | None = None
    """It opens once this is definitely so; always where it is left out."""
    unless: When | None = None
    """What exempts, once a person decides so."""
    exempted_by: Ids = ()
    """Roles that may decide the exemption."""
    starts: Annotated[
        tuple[tuple[str, ...], bool],
        By(read_starts, part("starts")),
    ]
    """The mark its clock starts from; `enabling` where other duties need it and set its clock."""
    within: Annotated[
        dict[Severity | None, LimitDoc],
        By(read_within, part("limits")),
    ]
    """How long there is."""
    opens_after: Duration | None = None
    """It opens by time alone, this long after the mark."""
    met_by: Annotated[tuple[ActDoc, ...], By(read_met_by, part("acts"))]
    """What discharges it."""
    must_state: Ids = ()
    """Fields a sending must state to count."""
    sets: Id = ""
    """A mark that its discharge sets."""
    act: Id = ""
    """The name of an act that several duties share: one sending meets them all."""
    per: Literal["episode", "incident"] | None = None
    """Whether it is owed once in an episode or once in the incident; by kind of document where it is left out."""
    on_scope_exit: Literal["keep", "cancel"] = "keep"
    """What becomes of it when its condition no longer holds."""
    if_missed: Literal["still-owed", "lapses"] = "still-owed"
    """Whether it is still owed once missed, or lapses at closing."""
    done_before: Literal["counts", "counts-since-mark", "does-not-count"] = "does-not-count"
    """Which acts done before it opened meet it."""
    again_on: Annotated[Severity, By(read_again_on, part("again-on"))] | None = None
    """When it is owed again after it was met."""
    given: Annotated[GivenDoc, By(read_given, part("given"))] | None = None
    """Which fields of the event say until when, about what and who owes it."""
    needs: Annotated[NeedDoc, By(read_needs, part("needs"))] | None = None
    """The duty that must be done first, and how long before this one is due."""
    refers_to: Ids = ()
    """Roles it is referred to once its limit is past."""
    not_for: Annotated[tuple[str, ...], By(read_outcomes, part("outcomes"))] = ()
    """Outcomes of closing it is not owed for."""
    waivable_by: Ids = ()
    """Roles that may waive it; never for a statute."""


class GateDoc(_Rule):
    """A prohibition, and what releases it."""

    says: Text
    """The rule in a sentence."""
    clause: Id
    """Where it comes from."""
    reading: Id = ""
    """Our interpretation behind it."""
    forbids: Annotated[tuple[ForbiddenDoc, ...], By(read_forbids, part("forbidden"))]
    """What may not happen while it is shut."""
    when: Annotated[GateWhenDoc, By(read_gate_when, part("gate-when"))] | None = None
    """When it is shut; always where it is left out."""
    until: Annotated[tuple[ReleaseDoc, ...], By(read_until, part("releases"))] = ()
    """What releases it, any of these."""
    who: Ids
    """Roles that can supply what is missing."""
    waivable_by: Ids = ()
    """Roles that may waive it."""
    void: Flag = False
    """Whether an event recorded against it has no effect."""


class DayDoc(_Rule):
    """One holiday."""

    name: Text
    """What the day is called."""
    source: Id
    """A source of this document, by its key."""


class SpanDoc(_Rule):
    """From which day to which a list of holidays speaks."""

    from_: Day = Field(alias="from")
    """The first day."""
    to: Day
    """The last day."""


class PolicyDocument(_Rule):
    """A whole document. Which sections it may have depends on its kind (``SECTIONS_BY_KIND``)."""

    document: Literal["policy", "law", "contract", "calendar"]
    """Which kind of document this is."""
    id: Id
    """The name other documents call it by."""
    version: Version
    """Its version; with the id it names this text for ever."""
    title: Text
    """What people call it."""
    status: Text = ""
    """Where it stands, such as draft."""
    owner: Id = ""
    """Who answers for it."""
    reviewers: Ids = ()
    """Who reads it before it changes."""
    language: Text = ""
    """The language it is written in, such as en-AU."""
    updated: Day | None = None
    """The day it last changed."""
    laws: AllPinned = ()
    """The laws it is composed with."""
    contracts: AllPinned = ()
    """The contracts it is composed with."""
    prefix: Id = ""
    """The name its rules stand below."""
    jurisdiction: Id = ""
    """Where it applies."""
    lead_authority: Id = ""
    """The country whose authority leads."""
    calendar: CalendarOfPolicyDoc | None = None
    """Which days and hours are business; a clock in business days needs it."""
    at_risk: AtRiskDoc | None = None
    """When an obligation counts as at risk."""
    notices: NoticesDoc | None = None
    """Who is inside the company, and what an approval is worth."""
    groups: dict[str, Ids] = {}
    """Named sets of members, such as the countries of the Union."""
    roles: dict[str, RoleDoc] = {}
    """Who does what, and who may act for them."""
    programs: Ids = ()
    """Names that act and are no persons: service accounts among the people, and sources of signals."""
    facts: dict[str, FactDoc] = {}
    """What can be asked about an incident."""
    families: dict[str, FamilyDoc] = {}
    """Facts of one kind, one for each member."""
    readings: dict[str, ReadingDoc] = {}
    """Our interpretations, by name."""
    marks: dict[str, MarkDoc] = {}
    """Instants that clocks start from."""
    severity_rows: dict[str, RowDoc] = {}
    """The severity matrix; exactly one row, the mildest, is the otherwise."""
    severity_raise: RaiseDoc | None = None
    """What raises the level."""
    phases: dict[str, PhaseDoc] = {}
    """The six phases of a response."""
    reopens_to: Literal["assess", "contain", "eradicate", "recover"] | None = None
    """The phase an incident is in once it is reopened."""
    steps: dict[str, Text] = {}
    """What each step of the response is."""
    duties: dict[str, DutyDoc] = {}
    """What must be done."""
    gates: dict[str, GateDoc] = {}
    """What may not happen."""
    templates: dict[str, TemplateDoc] = {}
    """Texts kept ready."""
    covers: SpanDoc | None = None
    """From which day to which the list speaks."""
    sources: dict[str, SourceDoc] = {}
    """Where the days come from."""
    days: dict[str, DayDoc] = {}
    """The holidays by day."""
    notes: Texts = ()
    """What else a reader should know."""
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
    "policy": (*_HEAD, "laws", "contracts", "lead_authority", "calendar", "at_risk", "notices", "roles", "programs",
               "severity_rows",
               "severity_raise", "phases", "reopens_to", "steps", *_SHARED, "templates", *ABOUT_SECTIONS),
    "law": (*_HEAD, "prefix", "jurisdiction", *_SHARED),
    "contract": (*_HEAD, "prefix", "jurisdiction", *_SHARED, "templates"),
    "calendar": (*_HEAD, "covers", "sources", "days", "notes"),
}  # fmt: skip

Held: TypeAlias = dict[str, Any]
"""What a document holds once read: sections by name, rules by id; what could not be read is left out."""
