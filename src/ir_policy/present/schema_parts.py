"""Small parts that the schemas of answers are made of. Every object is closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ir_policy.terms import Severity

__all__ = [
    "COUNT", "DURATION_FORM", "LEVELS", "TEXT", "TEXTS", "closed_object", "correction_part", "instant_text", "level",
    "level_or_null", "list_of", "one_of", "or_null", "policy_part", "text", "texts",
]  # fmt: skip

TEXT: Final[dict[str, Any]] = {"type": "string"}
TEXTS: Final[dict[str, Any]] = {"type": "array", "items": TEXT}
COUNT: Final[dict[str, Any]] = {"type": "integer", "minimum": 0}
INSTANT_FORM: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?Z$"
DURATION_FORM: Final = r"^P(?:[0-9]+D)?(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?$"
LEVELS: Final = tuple(Severity.__members__)


def closed_object(properties: Mapping[str, Any], optional: Iterable[str] = (), **more: Any) -> dict[str, Any]:
    """An object with these fields and no others, all there but the optional ones."""
    required = [name for name in properties if name not in set(optional)]
    return {
        "type": "object",
        "properties": dict(properties),
        "required": required,
        **more,
        "additionalProperties": False,
    }


def text(description: str) -> dict[str, Any]:
    return {**TEXT, "description": description}


def texts(description: str) -> dict[str, Any]:
    return {**TEXTS, "description": description}


def list_of(items: dict[str, Any], description: str, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, "description": description, **more}


def one_of(known: Iterable[str | None], description: str = "") -> dict[str, Any]:
    return {"enum": list(known), **({"description": description} if description else {})}


def instant_text(description: str) -> dict[str, Any]:
    return {"type": "string", "format": "date-time", "pattern": INSTANT_FORM, "description": description}


def or_null(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "type": [one["type"], "null"]}


def level(description: str) -> dict[str, Any]:
    return one_of(LEVELS, description)


def level_or_null(description: str) -> dict[str, Any]:
    return one_of([*LEVELS, None], description)


def policy_part() -> dict[str, Any]:
    return closed_object(
        {
            "id": text("Its id."),
            "version": text("Its version."),
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
            "zone_data": text("The version of the zone data."),
        },
        description="Which document answered, and what else the answer rests on.",
    )


def correction_part() -> dict[str, Any]:
    return closed_object(
        {
            "what": text("Which conclusion."),
            "before": text("As it was drawn once."),
            "after": text("As it is drawn now."),
            "event": text("The event that changed it."),
            "reason": text("Why."),
        },
        description="A conclusion that is drawn otherwise than before.",
    )
