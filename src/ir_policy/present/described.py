"""How answers look, as JSON Schema: what ``result.py``, the brief and the command line promise to other programs.

Every object is closed: a field that is added is a change somebody reads about here first. The tool that writes the
published files asks this module; answering does not need it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, get_args

from ir_policy.clocks import Limit, Promptly, parse_limit
from ir_policy.duties.entries import Status
from ir_policy.log.events import KINDS
from ir_policy.terms import DIALECT, OUTCOMES, Basis, Phase, Severity, schema_id

__all__ = ["result_schemas"]

VERDICTS: Final = (
    "pending", "open", "at-risk", "missed", "undetermined", "met", "met-late", "waived", "cancelled", "not-required",
)  # fmt: skip
CAUSES: Final = ("deadline", "born-overdue", "raised-after-limit")
TOLD: Final = (
    "event", "level", "mark", "opened", "revived", "tightened", "attempt", "met", "cancelled", "waived", "lapsed",
    "dropped", "violation", "missed", "undetermined", "past-advice", "at-risk", "due", "correction",
)  # fmt: skip
BOUNDARIES: Final = ("inclusive", "exclusive")
ERRORS: Final = (
    "PolicyInvalid",
    "PolicyMismatch",
    "EventInvalid",
    "LogInvalid",
    "QuestionInvalid",
    "CalendarExhausted",
)
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


def result_schemas() -> dict[str, dict[str, Any]]:
    """The schema of each answer by name."""
    return {
        name: {"$schema": DIALECT, "$id": schema_id(name), "title": f"ir_policy: {title}", "description": description, **body}
        for name, (title, description, body) in _answers().items()
    }  # fmt: skip


def _answers() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Each answer: its title, what it says, and its form."""
    whose = {"as_of": _instant("The instant judged at."), "policy": _policy()}
    return {
        "classification": (
            "how severe facts are",
            "What `ir-policy classify --json` prints.",
            _object({"policy": _policy(), **_CLASSIFICATION}),
        ),
        "obligations": (
            "what is owed and settled",
            "The obligations of a brief, in order of their keys.",
            {"type": "array", "items": _obligation()},
        ),
        "brief": ("what an incident needs at an instant", "What `ir-policy brief --json` prints.", _brief()),
        "timeline": (
            "what happened, what fell due and what is still to come",
            "What `ir-policy timeline --json` prints.",
            _timeline(),
        ),
        "check": (
            "whether an event may happen",
            "What `ir-policy check --json` prints; an empty list means that nothing forbids it.",
            _object({**whose, "refusals": _list(_refusal(), "Every reason why not.")}),
        ),
        "explanation": (
            "why something stands as it does",
            "What `ir-policy explain --json` prints.",
            _object(
                {
                    **whose,
                    "subject": _text("What was asked about."),
                    "headline": _text("The answer in a sentence."),
                    "lines": _list(
                        _object({"label": _TEXT, "text": _TEXT}), "The reasons, back to facts, rules and clauses."
                    ),
                }
            ),
        ),
        "step": ("what an event did", "What `ir-policy open --json` and `add --json` print.", _step()),
        "refused": (
            "why an event was not recorded",
            "What `ir-policy add --json` prints when the policy forbids the event (exit code 1).",
            _object({"refusals": _list(_refusal(), "Every reason at once.", minItems=1)}),
        ),
        "error": (
            "what must be mended",
            "What any command prints with --json when the input or the call is wrong (exit code 2).",
            _object({"error": _words(ERRORS, "The kind of error."), "problems": _list(_problem(), "All of it.", minItems=1)}),
        ),
        "policy-ids": ("the ids of a policy", "What `ir-policy schema ids` prints.", _policy_ids()),
    }  # fmt: skip


# --- small things ---------------------------------------------------------------------------------------

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_TEXTS: Final[dict[str, Any]] = {"type": "array", "items": _TEXT}
_COUNT: Final[dict[str, Any]] = {"type": "integer", "minimum": 0}
_INSTANT_FORM: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?Z$"
_DURATION_FORM: Final = r"^P(?:[0-9]+D)?(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?$"
_LEVELS: Final = tuple(Severity.__members__)


def _object(properties: Mapping[str, Any], optional: Iterable[str] = (), **more: Any) -> dict[str, Any]:
    """An object with these fields and no others, all there but the optional ones."""
    required = [name for name in properties if name not in set(optional)]
    return {
        "type": "object",
        "properties": dict(properties),
        "required": required,
        **more,
        "additionalProperties": False,
    }


def _text(description: str) -> dict[str, Any]:
    return {**_TEXT, "description": description}


def _texts(description: str) -> dict[str, Any]:
    return {**_TEXTS, "description": description}


def _list(items: dict[str, Any], description: str, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, "description": description, **more}


def _words(known: Iterable[str | None], description: str = "") -> dict[str, Any]:
    return {"enum": list(known), **({"description": description} if description else {})}


def _instant(description: str) -> dict[str, Any]:
    return {"type": "string", "format": "date-time", "pattern": _INSTANT_FORM, "description": description}


def _or_null(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "type": [one["type"], "null"]}


def _level(description: str) -> dict[str, Any]:
    return _words(_LEVELS, description)


def _level_or_null(description: str) -> dict[str, Any]:
    return _words([*_LEVELS, None], description)


# --- what answers are made of ---------------------------------------------------------------------------


def _policy() -> dict[str, Any]:
    return _object(
        {
            "id": _text("Its id."),
            "version": _text("Its version."),
            "digest": {
                "type": "string",
                "pattern": "^sha256:[0-9a-f]{64}$",
                "description": "Covers policy, laws and calendar.",
            },
            "semantics": {
                "type": "integer",
                "minimum": 1,
                "description": "The meaning this library gives to documents.",
            },
            "zone_data": _text("The version of the zone data."),
        },
        description="Which document answered, and what else the answer rests on.",
    )


def _between(description: str) -> dict[str, Any]:
    return _object({"best": _level("At best."), "worst": _level("At worst.")}, description=description)


_CLASSIFICATION: Final[dict[str, Any]] = {
    "severity": _level("The level the known facts give."),
    "best": _level("The level if all that is unknown turns out well."),
    "worst": _level("The level if all that is unknown turns out badly."),
    "determined_by": _texts("The rows and raise rules that gave the level."),
    "facts": _texts("The facts those rules rest on."),
    "open_questions": _list(
        _object(
            {
                "fact": _text("The fact."),
                "means": _text("What a yes says."),
                "if_yes": _between("What could still be the level after a yes."),
                "if_no": _between("What could still be the level after a no."),
            }
        ),
        "Unknown facts whose answer can change the level.",
    ),
}


def _refusal() -> dict[str, Any]:
    return _object(
        {
            "rule": _text("The rule that forbids it."),
            "clause": _text("Where the rule comes from."),
            "missing": _texts("What would release it."),
            "who": _texts("Roles that can supply that."),
        },
        description="Why an event may not happen now.",
    )


def _problem() -> dict[str, Any]:
    return _object(
        {
            "where": _text("Place: file, line, column and path in a document, a field of an event or of a call."),
            "what": _text("What is wrong."),
            "hint": _text("The way out; may be empty."),
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
    cite, evidence = _text("The source, as one cites it."), _or_null(_text("How it was read."))
    source = _object({"cite": cite, **dated, "evidence": evidence}, optional=days)
    return {**_or_null(source), "description": "What stands behind the rule outside the company."}


def _breach() -> dict[str, Any]:
    breach = _object(
        {
            "at": _instant("The deadline that was missed."),
            "known_at": _instant("Since when that is known."),
            "cause": _words(CAUSES, "Whether time ran out, or the deadline was past when it was set."),
        }
    )
    return {**_or_null(breach), "description": "The binding deadline that was missed; no power clears it."}


def _obligation() -> dict[str, Any]:
    """One obligation, field by field as ``obligation_json`` writes it."""
    attempt = _object({"event": _text("The sending."), "at": _instant("When."), "missing": _texts("What it lacked.")})
    late_by = {"type": "string", "format": "duration", "pattern": _DURATION_FORM}
    return _object(
        {
            "key": _text("duty@recipient#period, unique in the incident; a late record may shift the period."),
            "duty": _text("The rule it comes from."),
            "title": _text("What is owed."),
            "item": _or_null(_text("What it is about, where events ask for one thing after another.")),
            "recipient": _text("To whom."),
            "episode": {**_COUNT, "description": "In which episode it opened, from 0."},
            "period": {**_COUNT, "description": "How many of this duty and recipient there were before."},
            "act": _or_null(_text("The act it shares with other duties.")),
            "basis": _words((basis.value for basis in Basis), "What stands behind the limit it shows."),
            "binding": _or_null(_instant("The earliest limit that binds, among what one act meets.")),
            "clause": _text("Where the rule comes from."),
            "document": _text("The document that holds the rule."),
            "source": _source(),
            "reading": _or_null(_text("The interpretation it rests on.")),
            "owed_by": _text("The role that owes it, or the person whom the event that asks for it names."),
            "mark": _text("The mark its clock started from."),
            "anchor": _instant("The instant its limit is reckoned from."),
            "limit": _or_null(_text("The limit in words.")),
            "opened_at": _instant("When it opened, or will open while it is pending."),
            "due": _or_null(_instant("The deadline it shows; null where no instant can be computed.")),
            "due_kind": _words((*_due_kinds(), None), "The kind of the limit; says why there is no instant."),
            "boundary": _words((*BOUNDARIES, None), "Whether the instant of the deadline is still in time."),
            "status": _words((status.value for status in Status), "Where it stands, breached or not."),
            "breach": _breach(),
            "verdict": _words(VERDICTS, "How it stands against the limit that binds."),
            "met_at": _or_null(_instant("When it was met.")),
            "late_by": _or_null({**late_by, "description": "How far past the deadline it was met, or is as of the answer."}),
            "blocked_by": _texts("What holds it back."),
            "attempts": _list(attempt, "Sendings that named it and did not meet it."),
        },
        description="One thing owed, as it stands at the instant asked about.",
    )  # fmt: skip


def _correction() -> dict[str, Any]:
    return _object(
        {
            "what": _text("Which conclusion."),
            "before": _text("As it was drawn once."),
            "after": _text("As it is drawn now."),
            "event": _text("The event that changed it."),
            "reason": _text("Why."),
        },
        description="A conclusion that is drawn otherwise than before.",
    )


def _violation() -> dict[str, Any]:
    rule = {"gate": _text("The gate it was against."), "duty": _text("The duty it was against.")}
    return _object(
        {
            **rule,
            "at": _instant("When."),
            "clause": _text("Where the rule comes from."),
            "event": _text("The event that was recorded against it."),
            "missing": _texts("What would have released it."),
            "without_effect": {"type": "boolean", "description": "Whether the event changed nothing."},
        },
        optional=rule,
        oneOf=[{"required": [name]} for name in rule],
        description="An event recorded against a rule.",
    )


# --- whole answers --------------------------------------------------------------------------------------


def _brief() -> dict[str, Any]:
    severity = {
        "governing": _level_or_null("The level that counts; null while nothing supports or decided one."),
        "decided": _level_or_null("What somebody with the power decided."),
        "provisional": _level_or_null("What somebody without it raised to."),
        "proposed": _object(_CLASSIFICATION, description="What the rules make of the facts."),
        "initial": _level_or_null("The first level of the incident."),
        "peak": _level_or_null("The worst level so far."),
    }
    phase = {
        "current": _words(phase.value for phase in Phase),
        "episode": {**_COUNT, "description": "How often the incident was reopened."},
        "closed": {"type": "boolean"},
        "outcome": _words((*OUTCOMES, None), "How it was closed; null while it is open."),
        "entered": _list(_words(phase.value for phase in Phase), "The phases of this episode so far."),
        "not_applicable": _list(
            _object({"phase": _words(phase.value for phase in Phase), "reason": _text("Why.")}),
            "Phases found not to apply.",
        ),
        "steps": _steps(),
        "blocked_by": _list(
            _refusal(), "Why what comes next may not happen yet: recovery, the next phase, or closing."
        ),
    }
    return _object(
        {
            "as_of": _instant("The instant judged at."),
            "policy": _policy(),
            "incident": _text("The incident."),
            "seq": {**_COUNT, "description": "How many events its log holds."},
            "head": _or_null(_text("The digest of its last line, where lines are chained.")),
            "severity": _object(severity),
            "phase": _object(phase),
            "merged_into": _or_null(_text("The incident this one goes on as.")),
            "channels": _texts("Where it is worked on, in the order they were opened."),
            "obligations": _list(_obligation(), "What is owed and settled, in order of keys."),
            "next_wakeup": _or_null(_instant("When anything changes by time alone; null if nothing does.")),
            "violations": _list(_violation(), "What was recorded against the rules."),
            "corrections": _list(_correction(), "Conclusions that are drawn otherwise than before."),
        }
    )


def _steps() -> dict[str, Any]:
    done = _object({"step": _text("The step."), "at": _instant("When it was done.")})
    return _object(
        {"done": _list(done, "Done in this episode."), "open": _texts("Not done.")},
        description="The steps of the present phase.",
    )


def _timeline() -> dict[str, Any]:
    entry = {
        "at": _instant("When."),
        "precision": _words(("minute", "day", "month", None), "How exactly the record knows that; null: exactly."),
        "since_detection": {
            "type": "string",
            "pattern": _DURATION_FORM.replace("^", "^-?"),
            "description": "How long after the first signal; with a minus before it.",
        },
        "kind": _words(TOLD, "What kind of thing it is."),
        "text": _text("In a sentence, with local times."),
        "by": _or_null(_text("Who did it.")),
        "event": _or_null(_text("The event that did it; null where time alone did.")),
        "about": _or_null(_text("The obligation, gate, mark or conclusion it is about.")),
        "ahead": {"type": "boolean", "description": "Whether it is later than the instant judged at."},
    }
    return _object(
        {
            "as_of": _instant("The instant judged at."),
            "policy": _policy(),
            "incident": _text("The incident."),
            "detected": _instant("The first signal."),
            "entries": _list(_object(entry), "In the order of time; what an event did stands behind it.", minItems=1),
            "left_out": {**_COUNT, "description": "How many events of the log are later than that instant."},
        }
    )


def _step() -> dict[str, Any]:
    against = _object({"rule": _text("The rule."), "clause": _text("Its clause."), "missing": _texts("What it needs.")})
    level = _words([*_LEVELS, None])
    return _object(
        {
            "event": _text("The event's id."),
            "seq": {**_COUNT, "description": "How many events the log holds now."},
            "level": {
                "type": "array", "prefixItems": [level, level], "minItems": 2, "maxItems": 2, "items": False,
                "description": "The governing level before and after; null where there is none.",
            },
            **{name: _texts(says) for name, says in MOVES.items()},
            "violations": _list(against, "What it was recorded against."),
            "corrections": _list(_correction(), "Conclusions drawn anew."),
            "suggested": _texts("What follows, in words."),
        }
    )  # fmt: skip


def _policy_ids() -> dict[str, Any]:
    said: dict[str, Any] = {"type": "object", "additionalProperties": _TEXT}
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
    kinds = {"type": "object", "required": list(KINDS), "additionalProperties": _TEXT}
    return _object(
        {
            "policy": _policy(),
            **{name: {**said, "description": says} for name, says in groups.items()},
            "event_kinds": {**kinds, "description": "Kinds of event with what they say."},
        }
    )
