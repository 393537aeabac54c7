"""How answers about what happens look, as JSON Schema: what an event did, what time did, and the story told in order."""

from __future__ import annotations

from typing import Any, Final

from ir_policy.present.schema_parts import (
    COUNT,
    DURATION_FORM,
    LEVELS,
    closed_object,
    correction_part,
    instant_text,
    list_of,
    one_of,
    or_null,
    policy_part,
    text,
    texts,
)

__all__ = ["REMINDED", "TOLD", "reminder_schema", "step_schema", "timeline_schema"]

TOLD: Final = (
    "event", "level", "mark", "opened", "revived", "tightened", "attempt", "met", "cancelled", "waived", "lapsed",
    "dropped", "violation", "missed", "undetermined", "past-advice", "at-risk", "due", "correction",
)  # fmt: skip
REMINDED: Final = ("opened", "at-risk", "advice-missed", "undetermined", "missed", "lapsed",
                   "page-next", "exhausted", "acknowledgement-stale", "unanswered")  # fmt: skip
MOVES: Final = {
    "opened": "Obligations that opened, by key.",
    "revived": "Cancelled obligations that are owed again.",
    "tightened": "Obligations whose deadline moved earlier.",
    "discharged": "Obligations that were met.",
    "cancelled": "Obligations that are not owed any more.",
    "waived": "Obligations that were released by name.",
    "lapsed": "Missed obligations that ended with the incident.",
    "dropped": "Obligations that never were, as the log now stands.",
    "moved": "Marks that were set or moved.",
}


def step_schema() -> dict[str, Any]:
    against = closed_object(
        {"rule": text("The rule."), "clause": text("Its clause."), "missing": texts("What it needs.")}
    )
    level = one_of([*LEVELS, None])
    return closed_object(
        {
            "event": text("The event's id."),
            "seq": {**COUNT, "description": "How many events the log holds now."},
            "head": or_null(text("The digest of its last line, where lines are chained.")),
            "level": {
                "type": "array", "items": level, "minItems": 2, "maxItems": 2,
                "description": "The governing level before and after; null where there is none.",
            },
            **{name: texts(says) for name, says in MOVES.items()},
            "violations": list_of(against, "What it was recorded against."),
            "corrections": list_of(correction_part(), "Conclusions drawn anew."),
            "suggested": texts("What follows, in words."),
        }
    )  # fmt: skip


def reminder_schema() -> dict[str, Any]:
    return closed_object(
        {
            "key": text("The same however often it is asked for, so a host keeps it unique and tells it once."),
            "incident": text("The incident; left out for what is owed in a programme."),
            "programme": text("The programme; left out for what is owed in an incident."),
            "obligation": text("The obligation, by key."),
            "duty": text("The rule it comes from."),
            "title": text("What is owed."),
            "recipient": text("To whom."),
            "owed_by": text("The role that owes it, or the person whom the event that asks for it names."),
            "kind": one_of(REMINDED, "What became of it."),
            "at": instant_text("When that was."),
            "due": or_null(instant_text("The deadline it has; null where no instant can be computed.")),
        },
        optional=("incident", "programme"),
        oneOf=[{"required": ["incident"]}, {"required": ["programme"]}],
    )


def timeline_schema() -> dict[str, Any]:
    entry = {
        "at": instant_text("When."),
        "precision": one_of(("minute", "day", "month", None), "How exactly the record knows that; null: exactly."),
        "since_detection": {
            "type": "string",
            "pattern": DURATION_FORM.replace("^", "^-?"),
            "description": "How long after the first signal; with a minus before it.",
        },
        "kind": one_of(TOLD, "What kind of thing it is."),
        "text": text("In a sentence, with local times."),
        "by": or_null(text("Who did it.")),
        "event": or_null(text("The event that did it; null where time alone did.")),
        "about": or_null(text("The obligation, gate, mark or conclusion it is about.")),
        "ahead": {"type": "boolean", "description": "Whether it is later than the instant judged at."},
    }
    return closed_object(
        {
            "as_of": instant_text("The instant judged at."),
            "policy": policy_part(),
            "incident": text("The incident."),
            "detected": instant_text("The first signal."),
            "entries": list_of(
                closed_object(entry), "In the order of time; what an event did stands behind it.", minItems=1
            ),
            "left_out": {**COUNT, "description": "How many events of the log are later than that instant."},
        }
    )
