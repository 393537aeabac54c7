"""How the answer about roles looks, as JSON Schema."""

from __future__ import annotations

from typing import Any

from ir_policy.present.schema_parts import closed_object, instant_text, list_of, one_of, or_null, text, texts

__all__ = ["command_schema"]


def command_schema() -> dict[str, Any]:
    """Who holds each role, who may act in it, who is next."""
    role = {
        "role": text("Its id."),
        "title": text("What people call it."),
        "does": text("What it is for."),
        "contact": text("Who may act in it while nobody holds it."),
        "held_by_one": _flag("Whether one person holds it at a time."),
        "holders": list_of(_tenure(), "The tenures that last; empty while nobody holds it."),
        "may_act": list_of(_candidate(), "Who may act in it, in order; empty where nobody may."),
        "succession": list_of(_candidate(), "Who may take it in turn, in the policy's order."),
        "offers": list_of(
            closed_object(
                {
                    "person": text("Who offers it, and keeps it until it is accepted."),
                    "to": text("To whom."),
                    "since": instant_text("When it was offered."),
                }
            ),
            "Hand-overs that are offered and not answered.",
        ),
    }
    caution = {
        "kind": one_of(("several-roles", "alone-with", "own-text", "program-decides"), "What it is about."),
        "roles": texts("The roles concerned."),
        "person": text("Who holds them."),
        "says": text("What to know."),
    }
    return closed_object(
        {
            "as_of": instant_text("The instant asked about."),
            "incident": text("The incident."),
            "lead": or_null(text("The role that commands: one holds it, and it decides the level.")),
            "roles": list_of(closed_object(role), "Every role of the policy, the one that commands first."),
            "cautions": list_of(closed_object(caution), "What is allowed and should be known."),
            "history": list_of(_tenure(), "Every tenure up to that instant, by its beginning."),
        }
    )


def _tenure() -> dict[str, Any]:
    return closed_object(
        {
            "role": text("The role."),
            "person": text("Who holds or held it."),
            "since": instant_text("From when on, inclusively."),
            "until": or_null(instant_text("Until when, exclusively; null while it lasts.")),
            "acting": _flag("Whether it was said to be for the time being."),
            "how": one_of(("taken", "handed-over", "succession"), "How it began."),
        }
    )


def _candidate() -> dict[str, Any]:
    return closed_object(
        {
            "name": text("The name."),
            "people": texts("Whom it stands for."),
            "may": _flag("Whether they may now."),
            "why": text("Why, or what it waits for."),
        }
    )


def _flag(description: str) -> dict[str, Any]:
    return {"type": "boolean", "description": description}
