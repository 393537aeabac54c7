"""How ``drills`` looks, as JSON Schema."""

from __future__ import annotations

from typing import Any, Final

from ir_policy.calendar import PERIODS
from ir_policy.present.schema_parts import (
    COUNT,
    closed_object,
    instant_text,
    list_of,
    one_of,
    or_null,
    policy_part,
    text,
    texts,
)

__all__ = ["drills_schema"]

VERDICTS: Final = ("open", "at-risk", "missed", "undetermined", "met")
YES_OR_NO: Final[dict[str, Any]] = {"type": "boolean"}


def drills_schema(obligation: dict[str, Any]) -> dict[str, Any]:
    """The form of it; ``obligation`` is that of one obligation."""
    option = {
        "id": text("Its id."), "clause": text("Where the question comes from."), "adds": text("What a yes would add."),
        "asked_of": texts("Who decides."),
    }  # fmt: skip
    return closed_object(
        {
            "as_of": instant_text("The instant judged at."),
            "policy": policy_part(),
            "programme": text("The programme."),
            "seq": {**COUNT, "description": "How many events the log holds."},
            "head": or_null(text("The hash of its last line; null for a plain log.")),
            "opened_at": instant_text("The first day of which anything is owed."),
            "exercises": list_of(_exercise(), "What is practised or reviewed in every calendar period."),
            "kept": list_of(_kept(), "What is taken for granted, and how old the last word on it is."),
            "actions": list_of(_action(), "Follow-up actions still open, the one due first at the head."),
            "overdue": texts("What is past a limit that binds and not made up for since, by key."),
            "past_advice": texts("What is past a limit that only advises, by key."),
            "switched_off": list_of(closed_object(option), "Options nobody has decided on; none has any effect."),
            "obligations": list_of(obligation, "Everything owed and settled."),
            "next_wakeup": or_null(instant_text("When something changes by time alone.")),
        }
    )


def _exercise() -> dict[str, Any]:
    held = {
        "event": text("The event that says so."), "at": instant_text("When."),
        "precision": one_of(("minute", "day", "month", None), "How exactly the record knows that; null: exactly."),
        "by": text("Who says so."), "covers": texts("The scenarios it covered."), "evidence": texts("What shows it."),
    }  # fmt: skip
    period = {
        "key": text("The obligation."),
        "period": {**COUNT, "description": "Counted from 0."},
        "from": instant_text("Its first instant."),
        "to": instant_text("The first instant after it."),
        "sessions": list_of(closed_object(held), "What was, or may have been, held in it."),
        "covered": texts("Scenarios covered for certain."),
        "perhaps": texts("Scenarios covered by a session that may have been in another period."),
        "missing": texts("Scenarios nobody covered."),
        "verdict": one_of(VERDICTS, "How it stands."),
        "met_at": or_null(instant_text("When the last of it was held.")),
    }
    scenario = closed_object({"id": text("Its id."), "means": text("What happens in it.")})
    return closed_object(
        {
            "id": text("Its id."), "title": text("What it is called."), "clause": text("Where it comes from."),
            "every": one_of(tuple(PERIODS), "The calendar period."), "owed_by": text("The role that owes it."),
            "scenarios": list_of(scenario, "What each period must cover."),
            "overdue": {**YES_OR_NO, "description": "Whether the period before was missed and the present one is not met yet."},
            "periods": list_of(closed_object(period), "Every period so far, the present one last."),
        }
    )  # fmt: skip


def _kept() -> dict[str, Any]:
    return closed_object(
        {
            "key": text("The obligation."), "id": text("Its id."), "means": text("What is taken for granted."),
            "clause": text("Where it comes from."), "kept_by": text("The role that keeps it true."),
            "attested_at": or_null(instant_text("The last word on it; null: nobody ever gave one.")),
            "age_days": {**COUNT, "description": "Its age in civil days, or that of the programme."},
            "good_for": or_null(text("How old it may be.")), "due": or_null(instant_text("When it is too old.")),
            "overdue": {**YES_OR_NO, "description": "Whether it is too old."},
            "binds": {**YES_OR_NO, "description": "Whether too old a word is a breach, or only shown."},
        }
    )  # fmt: skip


def _action() -> dict[str, Any]:
    return closed_object(
        {
            "key": text("The obligation."), "action": text("What is to be done."), "owner": text("Who owes it."),
            "opened_at": instant_text("When it was opened."),
            "age_days": {**COUNT, "description": "How many civil days ago that was."},
            "due": or_null(instant_text("Until when.")), "incident": or_null(text("The incident it comes from.")),
            "overdue": {**YES_OR_NO, "description": "Whether that is past."},
        }
    )  # fmt: skip
