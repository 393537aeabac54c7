"""How answers about paging look, as JSON Schema: see ``calling.py``."""

from __future__ import annotations

from typing import Any, Final

from ir_policy.duties.calls import PageOutcome
from ir_policy.present.schema_parts import (
    COUNT,
    DURATION_FORM,
    closed_object,
    instant_text,
    level_or_null,
    list_of,
    one_of,
    or_null,
    policy_part,
    text,
)

__all__ = ["page_plan_schema", "paging_part", "paging_schema"]

STATES: Final = ("not-needed", "to-page", "waiting", "answered", "exhausted", "over")
REASONS: Final = (
    "first-page", "no-answer", "failed", "exhausted", "again", "raised", "answer-stale", "command-ended", "reopened",
)  # fmt: skip
PLANNED: Final = ("first-page", "no-answer", "nobody-there", "exhausted", "again")


def paging_schema() -> dict[str, Any]:
    """Where paging stands, with the policy and the instant it was asked at."""
    return closed_object({"as_of": instant_text("The instant judged at."), "policy": policy_part(), **_paging()})


def paging_part() -> dict[str, Any]:
    """The same within a brief."""
    return closed_object(_paging(), description="Whom to page, what was tried and who is next.")


def page_plan_schema() -> dict[str, Any]:
    page = {
        "level": text("The level of the list, or the role after it."),
        "person": text("Who stands there."),
        "at": instant_text("When they would be told."),
        "answer_by": instant_text("The last moment at which an answer is in time."),
        "why": one_of(PLANNED, "Why they are told."),
    }
    every = {
        "type": "string",
        "pattern": DURATION_FORM,
        "description": "How often those after the list are paged again.",
    }
    return closed_object(
        {
            "policy": policy_part(),
            "severity": level_or_null("The level asked about; null: nobody has assessed it."),
            "paged_as": level_or_null("The level whose times are used; null where nobody is paged."),
            "at": instant_text("The first page."),
            "pages": list_of(closed_object(page), "Who would be told, in order, up to the first repeat."),
            "skipped": _skipped(),
            "exhausted_at": or_null(instant_text("When nobody on the list is left.")),
            "repeats_every": or_null(every),
            "times": or_null(
                {**COUNT, "description": "How often they are paged in all; null: until somebody answers."}
            ),
            **_rests_on(),
        }
    )


def _paging() -> dict[str, Any]:
    one = {
        "level": text("The level of the list, or the role after it, as the event says it."),
        "person": text("Who was paged."),
        "sent_at": or_null(instant_text("When; null where the log holds only how it ended.")),
        "answer_by": or_null(instant_text("The last moment at which an answer is in time; null where nobody waits.")),
        "outcome": one_of([*(known.value for known in PageOutcome), None], "How it ended; null while it has not."),
        "ended_at": or_null(instant_text("When it ended.")),
        "late": {"type": "boolean", "description": "Whether it was answered after its time."},
        "said": or_null(text("The outcome in the words of the event.")),
        "on_list": {
            "type": "boolean",
            "description": "Whether the level is one of the list; what is not changes nothing.",
        },
    }
    coming = {
        "level": text("The level of the list, or the role after it."),
        "person": text("Who stands there."),
        "at": instant_text("From when on; due where that is past."),
        "why": one_of(REASONS, "Why they are told."),
    }
    return {
        "state": one_of(STATES, "Where paging stands."),
        "severity": level_or_null("The governing level; null while nobody has assessed it."),
        "paged_as": level_or_null("The level whose times are used; null where nobody is paged."),
        "begun_at": or_null(instant_text("When the present round through the list became due.")),
        "tries": list_of(closed_object(one), "Every page of the incident."),
        "next": list_of(closed_object(coming), "Who is told next if nothing else happens."),
        "skipped": _skipped(),
        "exhausted_at": or_null(instant_text("When the list was at its end, or will be if nobody answers.")),
        "answered_by": or_null(text("Who answered or is in command.")),
        "answered_level": or_null(text("The level or the role the answer came from.")),
        "answered_at": or_null(instant_text("When.")),
        "holds_until": or_null(instant_text("The last moment at which the answer holds; null where it has no end.")),
        **_rests_on(),
    }


def _skipped() -> dict[str, Any]:
    gap = {
        "level": text("The level."),
        "why": text("What was found there, or that a later level was paged instead."),
        "at": instant_text("When paging went on."),
    }
    return list_of(closed_object(gap), "Levels at which nobody was told.")


def _rests_on() -> dict[str, Any]:
    return {
        "clause": or_null(text("The clause of the paging list; null where the policy has none.")),
        "reading": or_null(text("The reading it rests on.")),
    }
