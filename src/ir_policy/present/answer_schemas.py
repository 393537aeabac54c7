"""How answers look, as JSON Schema: what ``result.py``, the brief and the command line promise to other programs.

Every object is closed: a field that is added is a change somebody reads about here first. The tool that writes the
published files asks this module; answering does not need it.
"""

from __future__ import annotations

from typing import Any, Final, get_args

from ir_policy.clocks import Limit, Promptly, parse_limit
from ir_policy.duties.entries import Status
from ir_policy.log.events import KINDS
from ir_policy.present.calling_schemas import page_plan_schema, paging_part, paging_schema
from ir_policy.present.commanding_schema import command_schema
from ir_policy.present.endangered_schema import endangered_schema
from ir_policy.present.happening_schemas import reminder_schema, step_schema, timeline_schema
from ir_policy.present.linted_schema import lint_schema
from ir_policy.present.practice_schema import drills_schema
from ir_policy.present.schema_parts import (
    COUNT,
    DURATION_FORM,
    TEXT,
    closed_object,
    correction_part,
    instant_text,
    level,
    level_or_null,
    list_of,
    one_of,
    or_null,
    policy_part,
    text,
    texts,
)
from ir_policy.present.wording_schema import notices_part, notices_schema
from ir_policy.present.written_schemas import board_schema, draft_schema, evidence_schema, templates_schema
from ir_policy.terms import DIALECT, OUTCOMES, Basis, Phase, schema_id

__all__ = ["result_schemas"]

VERDICTS: Final = (
    "pending", "open", "at-risk", "missed", "undetermined", "met", "met-late", "waived", "cancelled", "not-required",
)  # fmt: skip
CAUSES: Final = ("deadline", "gate", "born-overdue", "raised-after-limit")
BOUNDARIES: Final = ("inclusive", "exclusive")
ERRORS: Final = (
    "PolicyInvalid",
    "PolicyMismatch",
    "EventInvalid",
    "LogInvalid",
    "QuestionInvalid",
    "CalendarExhausted",
)


def result_schemas() -> dict[str, dict[str, Any]]:
    """The schema of each answer by name."""
    return {
        name: {"$schema": DIALECT, "$id": schema_id(name), "title": f"ir_policy: {title}", "description": description, **body}
        for name, (title, description, body) in _answers().items()
    }  # fmt: skip


def _answers() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Each answer: its title, what it says, and its form."""
    whose = {"as_of": instant_text("The instant judged at."), "policy": policy_part()}
    return {
        "classification": (
            "how severe facts are",
            "What `ir-policy classify --json` prints.",
            closed_object({"policy": policy_part(), **_CLASSIFICATION}),
        ),
        "obligations": (
            "what is owed and settled",
            "The obligations of a brief, in order of their keys.",
            {"type": "array", "items": _obligation()},
        ),
        "obligation": ("one thing owed or settled", "One obligation, as it stands at an instant.", _obligation()),
        "brief": ("what an incident needs at an instant", "What `ir-policy brief --json` prints.", _brief()),
        "timeline": (
            "what happened, what fell due and what is still to come",
            "What `ir-policy timeline --json` prints.",
            timeline_schema(),
        ),
        "drills": (
            "what a programme practised, confirmed and still owes",
            "What `ir-policy drills --json` prints.",
            drills_schema(_obligation()),
        ),
        "board": ("the card on the tracking board", "What `ir-policy board --json` prints.", board_schema()),
        "evidence": ("what is kept as evidence", "What `ir-policy evidence --json` prints.", evidence_schema()),
        "draft": ("a text to send", "What `ir-policy draft --json` prints.", draft_schema()),
        "templates": ("texts kept ready", "What `ir-policy draft --list --json` prints.", templates_schema()),
        "check": (
            "whether an event may happen",
            "What `ir-policy check --json` prints; an empty list means that nothing forbids it.",
            closed_object({**whose, "refusals": list_of(_refusal(), "Every reason why not.")}),
        ),
        "explanation": (
            "why something stands as it does",
            "What `ir-policy explain --json` prints.",
            closed_object(
                {
                    **whose,
                    "subject": text("What was asked about."),
                    "headline": text("The answer in a sentence."),
                    "lines": list_of(
                        closed_object({"label": TEXT, "text": TEXT}), "The reasons, back to facts, rules and clauses."
                    ),
                }
            ),
        ),
        "step": ("what an event did", "What `ir-policy open --json` and `add --json` print.", step_schema()),
        "reminder": (
            "one obligation that changed by time alone",
            "What a host writes down and tells once under its key.",
            reminder_schema(),
        ),
        "paging": (
            "whom to page",
            "Where paging stands, what was tried and who is next.",
            paging_schema(),
        ),
        "page-plan": (
            "who would be told when",
            "What `ir-policy who --json` prints: the paging list played through while nobody answers.",
            page_plan_schema(),
        ),
        "notices": (
            "what became of every message",
            "Every text by its digest: who wrote, reviewed and approved it, what it waits for and whom it reached.",
            notices_schema(),
        ),
        "command": ("who does what", "What `ir-policy who --json` prints.", command_schema()),
        "lint": ("what a policy cannot keep", "What `ir-policy lint --json` prints.", lint_schema()),
        "verified": (
            "whether a log is whole",
            "What `ir-policy verify --json` prints where it is; where it is not, the error names the first bad line.",
            _verified(),
        ),
        "export": (
            "everything about one incident",
            "What `ir-policy export` prints: the log, its documents, and what followed from them.",
            _export(),
        ),
        "refused": (
            "why an event was not recorded",
            "What `ir-policy add --json` prints when the policy forbids the event (exit code 1).",
            closed_object({"refusals": list_of(_refusal(), "Every reason at once.", minItems=1)}),
        ),
        "error": (
            "what must be mended",
            "What any command prints with --json when the input or the call is wrong (exit code 2).",
            closed_object({"error": one_of(ERRORS, "The kind of error."), "problems": list_of(_problem(), "All of it.", minItems=1)}),
        ),
        "policy-ids": ("the ids of a policy", "What `ir-policy schema ids` prints.", _policy_ids()),
    }  # fmt: skip


# --- what answers are made of ---------------------------------------------------------------------------


def _between(description: str) -> dict[str, Any]:
    return closed_object({"best": level("At best."), "worst": level("At worst.")}, description=description)


_CLASSIFICATION: Final[dict[str, Any]] = {
    "severity": level("The level the known facts give."),
    "best": level("The level if all that is unknown turns out well."),
    "worst": level("The level if all that is unknown turns out badly."),
    "determined_by": texts("The rows and raise rules that gave the level."),
    "facts": texts("The facts those rules rest on."),
    "open_questions": list_of(
        closed_object(
            {
                "fact": text("The fact."),
                "means": text("What a yes says."),
                "if_yes": _between("What could still be the level after a yes."),
                "if_no": _between("What could still be the level after a no."),
            }
        ),
        "Unknown facts whose answer can change the level.",
    ),
}


def _refusal() -> dict[str, Any]:
    return closed_object(
        {
            "rule": text("The rule that forbids it."),
            "clause": text("Where the rule comes from."),
            "missing": texts("What would release it."),
            "who": texts("Roles that can supply that."),
        },
        description="Why an event may not happen now.",
    )


def _problem() -> dict[str, Any]:
    return closed_object(
        {
            "where": text("Place: file, line, column and path in a document, a field of an event or of a call."),
            "what": text("What is wrong."),
            "hint": text("The way out; may be empty."),
        },
        description="One thing that must be mended.",
    )


def _due_kinds() -> tuple[str, ...]:
    """Every kind of limit there is, and what stands where the calendar cannot reach the deadline."""
    kinds = [cls.kind for cls in get_args(Limit) if cls is not Promptly]
    prompt = [parse_limit(words) for words in ("as soon as practicable", "without undue delay")]
    return (*kinds, *(limit.kind for limit in prompt), "outside-calendar")


def _source() -> dict[str, Any]:
    days = {
        "checked": "The day somebody last compared the document with the source.",
        "review_by": "The day by which somebody compares it again.",
        "in_force_from": "The first day the rule applies.",
        "in_force_to": "The first day it no longer applies.",
    }
    dated = {name: {"type": "string", "format": "date", "description": says} for name, says in days.items()}
    cite, evidence = text("The source, as one cites it."), or_null(text("How it was read."))
    source = closed_object({"cite": cite, **dated, "evidence": evidence}, optional=days)
    return {**or_null(source), "description": "What stands behind the rule outside the company."}


def _breach() -> dict[str, Any]:
    breach = closed_object(
        {
            "at": instant_text("The deadline that was missed."),
            "known_at": instant_text("Since when that is known."),
            "cause": one_of(CAUSES, "Whether time ran out, or the deadline was past when it was set."),
        }
    )
    return {**or_null(breach), "description": "The binding deadline that was missed; no power clears it."}


def _obligation() -> dict[str, Any]:
    """One obligation, field by field as ``obligation_json`` writes it."""
    attempt = closed_object(
        {"event": text("The sending."), "at": instant_text("When."), "missing": texts("What it lacked.")}
    )
    late_by = {"type": "string", "pattern": DURATION_FORM}
    return closed_object(
        {
            "key": text("duty@recipient#period, unique in the incident; a late record may shift the period."),
            "duty": text("The rule it comes from."),
            "title": text("What is owed."),
            "item": or_null(text("What it is about, where events ask for one thing after another.")),
            "recipient": text("To whom."),
            "episode": {**COUNT, "description": "In which episode it opened, from 0."},
            "period": {**COUNT, "description": "How many of this duty and recipient there were before."},
            "act": or_null(text("The act it shares with other duties.")),
            "basis": one_of((basis.value for basis in Basis), "What stands behind the limit it shows."),
            "binding": or_null(instant_text("The earliest limit that binds, among what one act meets.")),
            "clause": text("Where the rule comes from."),
            "document": text("The document that holds the rule."),
            "source": _source(),
            "reading": or_null(text("The interpretation it rests on.")),
            "owed_by": text("The role that owes it, or the person whom the event that asks for it names."),
            "mark": text("The mark its clock started from."),
            "anchor": instant_text("The instant its limit is reckoned from."),
            "limit": or_null(text("The limit in words.")),
            "opened_at": instant_text("When it opened, or will open while it is pending."),
            "due": or_null(instant_text("The deadline it shows; null where no instant can be computed.")),
            "due_kind": one_of((*_due_kinds(), None), "The kind of the limit; says why there is no instant."),
            "boundary": one_of((*BOUNDARIES, None), "Whether the instant of the deadline is still in time."),
            "status": one_of((status.value for status in Status), "Where it stands, breached or not."),
            "breach": _breach(),
            "verdict": one_of(VERDICTS, "How it stands against the limit that binds."),
            "met_at": or_null(instant_text("When it was met.")),
            "late_by": or_null({**late_by, "description": "How far past the deadline it was met, or is as of the answer."}),
            "blocked_by": texts("What holds it back."),
            "attempts": list_of(attempt, "Sendings that named it and did not meet it."),
        },
        description="One thing owed, as it stands at the instant asked about.",
    )  # fmt: skip


def _violation() -> dict[str, Any]:
    rule = {"gate": text("The gate it was against."), "duty": text("The duty it was against.")}
    return closed_object(
        {
            **rule,
            "at": instant_text("When."),
            "clause": text("Where the rule comes from."),
            "event": text("The event that was recorded against it."),
            "missing": texts("What would have released it."),
            "without_effect": {"type": "boolean", "description": "Whether the event changed nothing."},
        },
        optional=rule,
        oneOf=[{"required": [name]} for name in rule],
        description="An event recorded against a rule.",
    )


# --- whole answers --------------------------------------------------------------------------------------


def _brief() -> dict[str, Any]:
    severity = {
        "governing": level_or_null("The level that counts; null while nothing supports or decided one."),
        "decided": level_or_null("What somebody with the power decided."),
        "provisional": level_or_null("What somebody without it raised to."),
        "proposed": closed_object(_CLASSIFICATION, description="What the rules make of the facts."),
        "initial": level_or_null("The first level of the incident."),
        "peak": level_or_null("The worst level so far."),
    }
    phase = {
        "current": one_of(phase.value for phase in Phase),
        "episode": {**COUNT, "description": "How often the incident was reopened."},
        "closed": {"type": "boolean"},
        "outcome": one_of((*OUTCOMES, None), "How it was closed; null while it is open."),
        "entered": list_of(one_of(phase.value for phase in Phase), "The phases of this episode so far."),
        "not_applicable": list_of(
            closed_object({"phase": one_of(phase.value for phase in Phase), "reason": text("Why.")}),
            "Phases found not to apply.",
        ),
        "steps": _steps(),
        "blocked_by": list_of(
            _refusal(), "Why what comes next may not happen yet: recovery, the next phase, or closing."
        ),
    }
    return closed_object(
        {
            "as_of": instant_text("The instant judged at."),
            "policy": policy_part(),
            "incident": text("The incident."),
            "seq": {**COUNT, "description": "How many events its log holds."},
            "head": or_null(text("The digest of its last line, where lines are chained.")),
            "severity": closed_object(severity),
            "phase": closed_object(phase),
            "merged_into": or_null(text("The incident this one goes on as.")),
            "endangered": endangered_schema(),
            "channels": texts("Where it is worked on, in the order they were opened."),
            "command": command_schema(),
            "paging": paging_part(),
            "words": closed_object(
                notices_part(), description="Every message, the ways they go, and what is suggested next."
            ),
            "obligations": list_of(_obligation(), "What is owed and settled, in order of keys."),
            "next_wakeup": or_null(instant_text("When anything changes by time alone; null if nothing does.")),
            "violations": list_of(_violation(), "What was recorded against the rules."),
            "corrections": list_of(correction_part(), "Conclusions that are drawn otherwise than before."),
        }
    )


def _steps() -> dict[str, Any]:
    done = closed_object({"step": text("The step."), "at": instant_text("When it was done.")})
    return closed_object(
        {"done": list_of(done, "Done in this episode."), "open": texts("Not done.")},
        description="The steps of the present phase.",
    )


def _export() -> dict[str, Any]:
    """One incident for keeping or handing on; the brief and the timeline in it are those of their own schemas."""
    document = {
        "kind": text("What kind of document it is."),
        "id": text("Its id."),
        "version": text("Its version."),
        "digest": text("Covers what it says, not its comments and layout."),
        "text": text("The document as it was written."),
    }
    policy = {
        "id": text("Its id."),
        "version": text("Its version."),
        "digest": text("Covers policy, laws and calendar; the log names it."),
        "documents": texts("What it is composed of, by digest; the company's own document is the first."),
    }
    reminder = reminder_schema()
    sent_at = or_null(instant_text("When it was sent; null while it was not, or nobody said."))
    return closed_object(
        {
            "export": {"const": 1, "description": "The form of this text."},
            "as_of": instant_text("The instant judged at."),
            "incident": text("The incident."),
            "policies": list_of(
                closed_object(policy), "The policy the log was begun under, then those it adopted.", minItems=1
            ),
            "documents": list_of(closed_object(document), "What they are composed of, each once.", minItems=1),
            "verified": _verified(),
            "log": list_of(
                TEXT, "The log line by line as it is stored, its header first where it has one.", minItems=1
            ),
            "brief": _brief(),
            "timeline": timeline_schema(),
            "reminders": list_of(
                closed_object({**reminder["properties"], "sent_at": sent_at}),
                "What the host told, in order of time and key.",
            ),
        }
    )


def _verified() -> dict[str, Any]:
    return closed_object(
        {
            "seq": {**COUNT, "description": "How many events the log holds."},
            "head": or_null(text("The digest of its last line, where lines are chained.")),
            "chained": {
                "type": "boolean",
                "description": "Whether its lines are chained, and so as they were written.",
            },
        }
    )


def _policy_ids() -> dict[str, Any]:
    said: dict[str, Any] = {"type": "object", "additionalProperties": TEXT}
    groups = {
        "facts": "Facts with what a yes means; members of closed families among them.",
        "families": "Families of facts.",
        "roles": "Roles with their titles.",
        "duties": "Duties with their titles.",
        "gates": "Gates with what they say.",
        "steps": "Steps with what they are.",
        "marks": "Marks with what they mean.",
        "rows": "Rows of the severity matrix with an example.",
        "raises": "Raise rules with their condition.",
        "phases": "Phases with what is done in them.",
        "recipients": "Recipients that documents name, with the duties owed to them.",
        "states": "Fields a sending must state, with the duties that ask for them.",
    }
    kinds = {"type": "object", "required": list(KINDS), "additionalProperties": TEXT}
    return closed_object(
        {
            "policy": policy_part(),
            **{name: {**said, "description": says} for name, says in groups.items()},
            "event_kinds": {**kinds, "description": "Kinds of event with what they say."},
        }
    )
