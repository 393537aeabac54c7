"""Incident policy as a library: how severe, what may happen, what is owed to whom by when, and under which clause.

Names stand here in reading order. What needs pydantic or YAML is loaded when a document is read, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ir_policy.answers import command, corrections, explain, next_wakeup, notices, obligations, paging, reminders
from ir_policy.calendar import Calendar, Holidays
from ir_policy.desk import apply, check, open_incident, record, replay
from ir_policy.duties.anew import Correction
from ir_policy.duties.case import Violation
from ir_policy.duties.explanation import Explanation
from ir_policy.duties.judge import Breach, Obligation
from ir_policy.duties.remind import Reminder
from ir_policy.duties.severity import Classification, Question, Range, classify
from ir_policy.errors import (
    CalendarExhausted,
    EventInvalid,
    IRPolicyError,
    LogInvalid,
    PolicyInvalid,
    PolicyMismatch,
    Problem,
    QuestionInvalid,
    Refusal,
    Refused,
)
from ir_policy.incident import Incident, Levels, Step
from ir_policy.log.events import (
    ActionEvent,
    BreachFinding,
    ChannelOpened,
    Closed,
    Corrected,
    Detected,
    Documented,
    Event,
    EvidenceMoved,
    FactsReported,
    Hold,
    Merged,
    Milestone,
    Note,
    Notice,
    NotNotifying,
    Page,
    PhaseChange,
    PolicyAdopted,
    ProcessorTold,
    ProgrammeOpened,
    RansomPaid,
    ReadinessAttested,
    Reopened,
    RoleChange,
    Session,
    SeverityDecided,
    StepDone,
    Waived,
)
from ir_policy.log.objects import read_object
from ir_policy.log.wire import Log, PolicyPin, erase, event_schema, read_event, read_log, write_log
from ir_policy.present.groups import by_act
from ir_policy.present.screen import Brief, brief
from ir_policy.rules.model import Policy
from ir_policy.terms import NO, UNKNOWN, YES, Basis, Phase, Severity, Truth

if TYPE_CHECKING:
    from ir_policy.duties.calling_plan import PagePlan, PlannedPage, page_plan
    from ir_policy.duties.calls import NextPage, PageOutcome, PageTry, Paging, Skipped
    from ir_policy.duties.commanders import Candidate, Caution, Command, RoleHeld
    from ir_policy.duties.messages import Judgement, Message, NextWord, Notices, Way
    from ir_policy.exchange.pagerduty import escalation_policy
    from ir_policy.exchange.plain import as_json
    from ir_policy.exchange.published import schema
    from ir_policy.exchange.saying import read_said
    from ir_policy.exchange.whole import export
    from ir_policy.present.card import Board, board
    from ir_policy.present.chronicle import Timeline, TimelineEntry, timeline
    from ir_policy.present.custody import Manifest, evidence
    from ir_policy.present.practice import Drills, drills
    from ir_policy.programme.door import open_programme
    from ir_policy.programme.value import Programme, ProgrammeStep
    from ir_policy.review.findings import Finding
    from ir_policy.review.readiness import lint, lint_programme
    from ir_policy.rules.compile import load_policy
    from ir_policy.words.channels import channel_name
    from ir_policy.words.drafts import Draft, digest, draft

__all__ = [
    # documents → a policy
    "load_policy",
    "Policy",
    "Calendar",
    "Holidays",
    # what a policy cannot keep
    "lint",
    "lint_programme",
    "Finding",
    # facts → severity
    "classify",
    "Classification",
    "Range",
    "Question",
    "Severity",
    "Truth",
    "YES",
    "NO",
    "UNKNOWN",
    # what happens → an incident
    "open_incident",
    "check",
    "apply",
    "record",
    "replay",
    "Incident",
    "Levels",
    "Step",
    "Violation",
    # what is practised → a programme
    "open_programme",
    "Programme",
    "ProgrammeStep",
    "drills",
    "Drills",
    # an incident at an instant
    "obligations",
    "by_act",
    "next_wakeup",
    "reminders",
    "explain",
    "brief",
    "timeline",
    "board",
    "evidence",
    "corrections",
    "paging",
    "command",
    "notices",
    "Obligation",
    "Breach",
    "Reminder",
    "Explanation",
    "Brief",
    "Timeline",
    "TimelineEntry",
    "Board",
    "Manifest",
    "Basis",
    "Phase",
    "Correction",
    "Paging",
    "PageTry",
    "PageOutcome",
    "NextPage",
    "Skipped",
    "Command",
    "Notices",
    "Message",
    "Judgement",
    "Way",
    "NextWord",
    "RoleHeld",
    "Candidate",
    "Caution",
    # who would be told when
    "page_plan",
    "PagePlan",
    "PlannedPage",
    "escalation_policy",
    # what is written
    "draft",
    "digest",
    "channel_name",
    "Draft",
    # the log as text
    "read_log",
    "read_event",
    "read_said",
    "read_object",
    "write_log",
    "erase",
    "export",
    "event_schema",
    "Log",
    "PolicyPin",
    # what goes in and out, for other languages
    "as_json",
    "schema",
    # what can happen
    "Event",
    "Detected",
    "FactsReported",
    "SeverityDecided",
    "RoleChange",
    "ChannelOpened",
    "Page",
    "PhaseChange",
    "StepDone",
    "Notice",
    "BreachFinding",
    "ProcessorTold",
    "RansomPaid",
    "NotNotifying",
    "Hold",
    "Documented",
    "Milestone",
    "Closed",
    "Reopened",
    "Merged",
    "Waived",
    "ActionEvent",
    "EvidenceMoved",
    "ProgrammeOpened",
    "Session",
    "ReadinessAttested",
    "PolicyAdopted",
    "Corrected",
    "Note",
    # what can be wrong
    "IRPolicyError",
    "PolicyInvalid",
    "PolicyMismatch",
    "Refused",
    "Refusal",
    "EventInvalid",
    "LogInvalid",
    "QuestionInvalid",
    "CalendarExhausted",
    "Problem",
]

_LAZY = {
    **dict.fromkeys(("Notices", "Message", "Judgement", "Way", "NextWord"), "ir_policy.duties.messages"),
    **dict.fromkeys(("Command", "RoleHeld", "Candidate", "Caution"), "ir_policy.duties.commanders"),
    **dict.fromkeys(("Paging", "PageTry", "PageOutcome", "NextPage", "Skipped"), "ir_policy.duties.calls"),
    "escalation_policy": "ir_policy.exchange.pagerduty",
    **dict.fromkeys(("page_plan", "PagePlan", "PlannedPage"), "ir_policy.duties.calling_plan"),
    "load_policy": "ir_policy.rules.compile",
    **dict.fromkeys(("lint", "lint_programme"), "ir_policy.review.readiness"),
    "Finding": "ir_policy.review.findings",
    "as_json": "ir_policy.exchange.plain",
    "schema": "ir_policy.exchange.published",
    "export": "ir_policy.exchange.whole",
    "read_said": "ir_policy.exchange.saying",
    "timeline": "ir_policy.present.chronicle",
    "Timeline": "ir_policy.present.chronicle",
    "TimelineEntry": "ir_policy.present.chronicle",
    "channel_name": "ir_policy.words.channels",
    "board": "ir_policy.present.card",
    "Board": "ir_policy.present.card",
    "evidence": "ir_policy.present.custody",
    "Manifest": "ir_policy.present.custody",
    "draft": "ir_policy.words.drafts",
    "digest": "ir_policy.words.drafts",
    "Draft": "ir_policy.words.drafts",
    "drills": "ir_policy.present.practice",
    "Drills": "ir_policy.present.practice",
    "open_programme": "ir_policy.programme.door",
    "Programme": "ir_policy.programme.value",
    "ProgrammeStep": "ir_policy.programme.value",
}


def __getattr__(name: str) -> Any:
    """Load what few need, or what needs pydantic and YAML, the first time somebody asks for it."""
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'ir_policy' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
