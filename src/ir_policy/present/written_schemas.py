"""How what is written during an incident looks, as JSON Schema: a text to send, the card on the board, the list of what is kept."""

from __future__ import annotations

from typing import Any, Final

from ir_policy.present.custody import KINDS, STATES
from ir_policy.present.schema_parts import (
    COUNT,
    closed_object,
    instant_text,
    level_or_null,
    list_of,
    one_of,
    or_null,
    policy_part,
    text,
    texts,
)
from ir_policy.rules.templates import AUDIENCES
from ir_policy.terms import Phase

__all__ = ["board_schema", "draft_schema", "evidence_schema", "templates_schema"]

_DIGEST: Final = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}


def draft_schema() -> dict[str, Any]:
    clearance = {
        **closed_object(
            {
                "by": text("The role or person who cleared it."),
                "on": or_null({**_DAY, "description": "The first day on which that is good; null: it was always."}),
                "until": {**_DAY, "description": "The last one, in the policy's zone."},
            },
            description="Who cleared every text of the template beforehand; null where nobody did.",
        ),
    }
    return closed_object(
        {
            "as_of": instant_text("The instant judged at."),
            "template": text("The template it was made from."),
            "audience": one_of(AUDIENCES, "Who reads it."),
            "subject": or_null(text("The line above it.")),
            "text": text("The text, plain; whoever shows it in a page escapes it."),
            "digest": {**_DIGEST, "description": "What reviews, approvals and sendings bind to."},
            "duties": texts("The duties it is meant to meet."),
            "recipients": texts("To whom it goes."),
            "states": texts("The required fields it carries."),
            "allowed": texts("Fields in which what looks like personal data or a secret was let through."),
            "clearance": or_null(clearance),
            "cleared": {"type": "boolean", "description": "Whether it may go out then without a review of its own."},
            "why_not_cleared": or_null(text("Why it may not.")),
        }
    )


def templates_schema() -> dict[str, Any]:
    gap = {
        "field": text("The field."),
        "means": text("What stands there."),
        "one_of": texts("The fixed texts it can take; none where it takes free words."),
        "at_most": {"type": ["integer", "null"], "minimum": 1, "description": "The most characters of free words."},
    }
    one = {
        "template": text("The template."),
        "clause": text("Where it comes from."),
        "audience": one_of(AUDIENCES, "Who reads it."),
        "duties": texts("The duties a message of it is meant to meet."),
        "states": texts("The required fields it carries."),
        "subject": or_null(text("The line above it, with its gaps.")),
        "text": text("The text with its gaps."),
        "fields": list_of(closed_object(gap), "What may be filled in."),
        "digest": {**_DIGEST, "description": "The digest of the template, which a clearance names."},
        "cleared": {
            "type": "boolean",
            "description": "Whether every text it can become was cleared beforehand, and that is good.",
        },
        "why_not_cleared": or_null(text("Why not.")),
    }
    return {"type": "array", "items": closed_object(one)}


_DAY: Final = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


def board_schema() -> dict[str, Any]:
    one = {
        "field": text("The field, as the policy calls it."),
        "means": text("What stands there."),
        "available": {"type": "boolean", "description": "Whether it can be filled from an incident."},
        "lines": texts("What stands there, with local times."),
    }
    return closed_object(
        {
            "as_of": instant_text("The instant judged at."),
            "policy": policy_part(),
            "incident": text("The incident."),
            "summary": or_null(text("What the first signal said it was about.")),
            "severity": level_or_null("The governing level; null while there is none."),
            "phase": one_of((phase.value for phase in Phase), "The current phase."),
            "episode": {**COUNT, "description": "How many times it was reopened."},
            "outcome": or_null(text("How it was closed; null while it is open.")),
            "commander": texts("Who leads."),
            "channels": texts("The channels it is worked on in."),
            "links": texts("References to pages that the log names as evidence."),
            "merged_into": or_null(text("The incident it goes on as.")),
            "fields": list_of(closed_object(one), "Exactly the fields the policy names for its board."),
        }
    )


def evidence_schema() -> dict[str, Any]:
    collected = {
        "event": text("The event that names it."),
        "kind": text("What happened."),
        "step": or_null(text("The step that was done.")),
        "at": instant_text("When."),
        "by": text("Who said so."),
        "stands": {
            "type": "boolean",
            "description": "Whether the event still names it; not once a correction took it away.",
        },
    }
    moved = {
        "event": text("The event that says so."),
        "at": instant_text("When."),
        "by": text("Who said so."),
        "person": text("Who had it."),
        "to": text("Who has it from then on."),
        "reason": or_null(text("Why.")),
    }
    item = {
        "reference": text("The reference events give it."),
        "kind": one_of(KINDS, "What kind of reference that is."),
        "digest": or_null({**_DIGEST, "description": "The digest it holds."}),
        "holds": texts("The parts of the policy's evidence folder it belongs to."),
        "collected": list_of(closed_object(collected), "The events that name it, in order."),
        "moved": list_of(closed_object(moved), "Its hand-overs, in order."),
        "held_by": or_null(text("Who has it, as the log tells.")),
    }
    part = {
        "part": text("What the policy keeps of each incident."),
        "means": text("What that is."),
        "state": one_of(STATES, "Whether the log tells that it is there; not-known: no event tells of it."),
    }
    return closed_object(
        {
            "as_of": instant_text("The instant judged at."),
            "policy": policy_part(),
            "incident": text("The incident."),
            "items": list_of(closed_object(item), "What is kept, in the order it was first collected."),
            "kept": list_of(closed_object(part), "What the policy keeps of each incident."),
            "unproven": list_of(
                closed_object({"event": text("The event."), "why": text("Which clause rests on it.")}),
                "Events on which a rule rests and that name no evidence.",
            ),
            "left_out": {**COUNT, "description": "How many events of the log are later than that instant."},
            "digest": {**_DIGEST, "description": "Over all the rest, as canonical JSON."},
        }
    )
