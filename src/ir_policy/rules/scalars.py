"""The smallest things a document says: text, ids, days, lengths of time; each with one reader and one JSON Schema.

Every scalar arrives as text (see ``reader.py``) and is given its meaning here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Annotated, Any, Final, TypeAlias

from pydantic_core import PydanticCustomError, core_schema

from ir_policy.calendar import WORKDAYS
from ir_policy.clocks import FORMS_IN_WORDS, duration_pattern, limit_pattern, parse_duration
from ir_policy.rules.conditions import Condition, ConditionFault, parse
from ir_policy.terms import ID_FORM, is_id

__all__ = [
    "AllPinned",
    "By",
    "ClockTime",
    "Day",
    "Duration",
    "Flag",
    "Id",
    "Ids",
    "Path",
    "Pinned",
    "SCHEMAS",
    "Text",
    "Texts",
    "Version",
    "When",
    "part",
    "read_id",
    "read_ids",
    "read_levels",
    "read_share",
    "plain_text",
    "read_workdays",
    "slip",
]

Path: TypeAlias = tuple[str | int, ...]
PART: Final = "$part"
"""Stands in a schema for a reference until the whole schema is put together."""


def slip(what: str, hint: str = "", path: Path = ()) -> PydanticCustomError:
    return PydanticCustomError("ir_policy", "{what}", {"what": what, "hint": hint, "path": path})


def part(name: str) -> dict[str, Any]:
    """A JSON Schema that ``document_schema.py`` or :data:`SCHEMAS` gives under that name."""
    return {PART: name}


class By:
    """A field read by one of our own functions, with the JSON Schema an editor shows for it."""

    def __init__(self, read: Callable[[Any], Any], schema: dict[str, Any]) -> None:
        self.read = read
        self.schema = schema

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self._guarded)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return dict(self.schema)  # pydantic adds to what it gets

    def _guarded(self, value: object) -> object:
        try:
            return self.read(value)
        except ConditionFault as fault:
            raise slip(fault.what, fault.hint, fault.path) from None
        except ValueError as error:
            if isinstance(error, PydanticCustomError):
                raise
            raise slip(str(error)) from None


# --- scalars --------------------------------------------------------------------------------------------


def plain_text(value: object) -> str:
    if not isinstance(value, str):
        raise slip("must be text")
    return value


def read_filled(value: object) -> str:
    text = plain_text(value)
    if not text.strip():
        raise slip("is empty")
    return text


def read_id(value: object) -> str:
    text = plain_text(value)
    if not is_id(text):
        raise slip(f"'{text[:60]}' is not an id", "use lower-case words joined by '-', groups by '/'")
    return text


def read_ids(value: object) -> tuple[str, ...]:
    """One id or a list of them; an empty list never means "all"."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not items:
        raise slip("must be an id or a list of ids with something in it")
    return tuple(read_id(item) for item in items)


def read_texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise slip("must be a list with something in it")
    return tuple(read_filled(item) for item in value)


def read_flag(value: object) -> bool:
    if value not in ("yes", "no"):
        raise slip("must be yes or no")
    return value == "yes"


def read_day(value: object) -> date:
    text = plain_text(value)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII) is None:
        raise slip(f"'{text[:40]}' is not a day", "write it like 2026-04-27")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise slip(f"'{text}' is not a day of the calendar", "check month and day") from None


def read_clock_time(value: object) -> time:
    match = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", plain_text(value), re.ASCII)
    if match is None:
        raise slip(f"'{plain_text(value)[:40]}' is not a time of day", "write it like 09:00")
    return time(int(match[1]), int(match[2]))


def read_share(value: object) -> int:
    match = re.fullmatch(r"1/([1-9][0-9]?)", plain_text(value), re.ASCII)
    if match is None:
        raise slip("is not a share", "write it like 1/5")
    return int(match[1])


def read_levels(value: object) -> int:
    if value not in ("1", "2", "3"):
        raise slip("must be 1, 2 or 3 levels")
    return int(str(value))


def read_workdays(value: object) -> tuple[str, ...]:
    names = read_texts(value)
    for name in names:
        if name not in WORKDAYS:
            raise slip(f"'{name[:40]}' is not a weekday", f"write {', '.join(WORKDAYS)}")
    return names


def read_version(value: object) -> str:
    text = plain_text(value)
    if re.fullmatch(_VERSION_FORM, text, re.ASCII) is None:
        raise slip(f"'{text[:40]}' is not a version", "write it like 0.2.0")
    return text


def read_pinned(value: object) -> tuple[str, str]:
    """A document's id, with its version where one is pinned: ``au-ndb@2026.11.0``."""
    name, at, version = plain_text(value).partition("@")
    return read_id(name), read_version(version) if at else ""


def read_all_pinned(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list) or not value:
        raise slip("must be a list of document ids with something in it")
    return tuple(read_pinned(item) for item in value)


_IMPLICIT: Final = ["string", "number", "boolean"]
"""An editor takes ``33`` for a number and ``true`` for a boolean; the reader takes each for the text somebody typed."""
_VERSION_FORM: Final = r"[0-9]+(?:\.[0-9]+){1,3}"
_ONE_LINE: Final = {"not": {"type": "string", "pattern": "\n"}}
"""Some dialects let ``$`` match before a last line break; the readers never do."""

SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": _IMPLICIT, "pattern": "\\S", "description": "Text that says something."},
    "texts": {"type": "array", "minItems": 1, "items": part("text")},
    "id": {
        "type": _IMPLICIT,
        "pattern": f"^{ID_FORM}$",
        **_ONE_LINE,
        "maxLength": 200,
        "minimum": 0,
        "description": "An id: lower-case words joined by '-', groups by '/'.",
    },
    "ids": {"anyOf": [part("id"), {"type": "array", "minItems": 1, "items": part("id")}]},
    "flag": {"enum": ["yes", "no"], "description": "yes or no; never true or false."},
    "date": {
        "type": "string",
        "format": "date",
        "pattern": "^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$",
        **_ONE_LINE,
        "description": "A day such as 2026-04-27.",
    },
    "time-of-day": {
        "type": "string",
        "pattern": "^(?:[01][0-9]|2[0-3]):[0-5][0-9]$",
        **_ONE_LINE,
        "description": "A time of day such as 09:00.",
    },
    "duration": {
        "type": "string",
        "pattern": duration_pattern(),
        **_ONE_LINE,
        "description": "A length of real time such as 15 minutes or 2 hours, up to ten years.",
    },
    "limit": {
        "type": "string",
        "pattern": limit_pattern(),
        **_ONE_LINE,
        "description": f"A limit in words: {FORMS_IN_WORDS}.",
    },
    "version": {
        "type": ["string", "number"],
        "pattern": f"^{_VERSION_FORM}$",
        **_ONE_LINE,
        "minimum": 0,
        "description": "A version such as 0.2.0 or 2026.11.0.",
    },
    "pinned": {
        "type": _IMPLICIT,
        "pattern": f"^{ID_FORM}(?:@{_VERSION_FORM})?$",
        **_ONE_LINE,
        "minimum": 0,
        "description": "A document's id, alone or with its version: au-ndb or au-ndb@2026.11.0.",
    },
}
"""How each of these looks, as JSON Schema. A number or boolean is let through where the reader would take its text."""

Text = Annotated[str, By(read_filled, part("text"))]
Id = Annotated[str, By(read_id, part("id"))]
Ids = Annotated[tuple[str, ...], By(read_ids, part("ids"))]
Texts = Annotated[tuple[str, ...], By(read_texts, part("texts"))]
Flag = Annotated[bool, By(read_flag, part("flag"))]
Day = Annotated[date, By(read_day, part("date"))]
ClockTime = Annotated[time, By(read_clock_time, part("time-of-day"))]
Duration = Annotated[timedelta, By(lambda v: parse_duration(plain_text(v)), part("duration"))]
When = Annotated[Condition, By(parse, part("condition"))]
Version = Annotated[str, By(read_version, part("version"))]
Pinned = Annotated[tuple[str, str], By(read_pinned, part("pinned"))]
AllPinned = Annotated[
    tuple[tuple[str, str], ...], By(read_all_pinned, {"type": "array", "minItems": 1, "items": part("pinned")})
]
