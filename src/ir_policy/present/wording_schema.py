"""How the answer about messages looks, as JSON Schema: see ``wording.py``."""

from __future__ import annotations

from typing import Any

from ir_policy.present.schema_parts import closed_object, instant_text, list_of, one_of, or_null, text, texts
from ir_policy.rules.machines.notice import NOTICE

__all__ = ["notices_part", "notices_schema"]


def notices_schema() -> dict[str, Any]:
    """Every message of an incident, with the instant judged at."""
    return closed_object(
        {"as_of": instant_text("The instant judged at."), "incident": text("The incident."), **notices_part()}
    )


def notices_part() -> dict[str, Any]:
    """The same where it is a part of another answer."""
    way = {
        "channel": text("The channel."),
        "means": text("What it is."),
        "carries": texts("The duties whose messages go this way."),
        "in_doubt": texts("The services it depends on that are known to be involved."),
        "fallback": or_null(text("The channel used instead; null while nobody has said.")),
        "question": or_null(text("The open question that asks for it.")),
    }
    word = {
        "recipient": text("Whom it is for."),
        "at": instant_text("By when it is suggested."),
        "after": instant_text("The last word to them."),
        "reading": text("The reading it rests on."),
    }
    return {
        "notices": list_of(closed_object(_message()), "Every message, in order of its name."),
        "ways": list_of(closed_object(way), "The channels that carry messages."),
        "next_words": list_of(closed_object(word), "When the next word is suggested: advice, never owed."),
    }


def _message() -> dict[str, Any]:
    delivery = {
        "recipient": text("Whom."),
        "state": one_of(("sent", "delivered", "failed"), "The last that is known."),
        "at": instant_text("When."),
        "channel": or_null(text("By which way.")),
        "evidence": texts("References that show it."),
        "event": text("The event that says so."),
    }
    return {
        "notice": text("Its name."),
        "state": one_of(NOTICE.states, "Where it is in its life."),
        "template": or_null(text("The text kept ready that it was made from.")),
        "digest": or_null(text("The digest of the text as it stands.")),
        "duties": texts("The duties it is meant to meet."),
        "recipients": texts("Whom it is for."),
        "states": texts("The required fields its text carries."),
        "authors": texts("Everybody who wrote at it."),
        "review": _judged("The review that is kept."),
        "approval": _judged("The approval that is kept."),
        "review_asked_since": or_null(instant_text("Since when a review is asked for and not answered.")),
        "blocked_by": texts("The gates this text does not pass yet."),
        "told": list_of(closed_object(delivery), "For each recipient the last that is known."),
    }


def _judged(description: str) -> dict[str, Any]:
    judged = {
        "by": text("Who said so."),
        "at": instant_text("When."),
        "digest": text("Of which text."),
        "recipients": texts("For whom the text was then."),
        "until": or_null(instant_text("The last instant it is good for.")),
        "stands": {"type": "boolean", "description": "Whether it is of the text as it stands, and still good."},
        "ask_again": or_null(instant_text("From when on the policy advises to ask again.")),
    }
    return or_null({**closed_object(judged), "description": description})
