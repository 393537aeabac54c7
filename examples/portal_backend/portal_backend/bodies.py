"""A request's body → an event: what the caller says, and what only the host may say.

Who acts comes from the token, when it was recorded from the clock, which incident from the address. A body that says
otherwise is refused, never overruled in silence.
"""

from __future__ import annotations

import difflib
import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final, NoReturn

import ir_policy as ir
from portal_backend.people import Person

__all__ = ["BadBody", "as_event", "is_incident_id", "read_object", "stored_times"]

DEEPEST: Final = 20
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class BadBody(Exception):
    """The body is not JSON that anybody can read."""


def is_incident_id(text: object) -> bool:
    """Whether it can name an incident here: it stands in addresses, so it is narrower than what a log allows."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object that the body holds; no field twice, no numbers that are none, no endless nesting."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise BadBody("is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise BadBody(f"is not JSON (line {error.lineno}, column {error.colno})") from None
    except (ValueError, RecursionError) as error:
        raise BadBody(
            str(error) if isinstance(error, _Twin) else "holds a number or a nesting nobody can read"
        ) from None
    if not isinstance(value, dict):
        raise BadBody("is not a JSON object")
    if _deeper(value, DEEPEST):
        raise BadBody(f"is nested more than {DEEPEST} levels deep")
    return value


def as_event(
    body: Mapping[str, Any], incident: str, person: Person, now: datetime, known: ir.Event | None = None
) -> ir.Event:
    """The event a body says, by that person, recorded now. ``known`` is the event in the log with the body's id.

    A retry means the event it means the first time, so what the host filled in then is filled in again. Raises
    :class:`ir.EventInvalid` with every problem there is.
    """
    problems = list(_claims(body, incident, person))
    if problems:
        raise ir.EventInvalid(problems)
    times = stored_times(known) if known is not None else {"at": now, "recorded_at": now}
    identity = {"id": secrets.token_hex(16), "incident": incident, "by": person.name}
    return ir.read_event({"at": times["at"], **identity, **body, "recorded_at": times["recorded_at"]})


def stored_times(event: ir.Event) -> dict[str, Any]:
    """When it happened and when the log learnt it, as the host said it the first time."""
    return {"at": event.recorded_at or event.at, "recorded_at": event.recorded_at}


def _claims(body: Mapping[str, Any], incident: str, person: Person) -> list[ir.Problem]:
    """What the body says and only the host may say, and a kind of event nobody knows."""
    found = []
    if body.get("by", person.name) != person.name:
        found.append(ir.Problem("by", "is somebody else than the token stands for", "leave it out"))
    if body.get("incident", incident) != incident:
        found.append(ir.Problem("incident", "is another incident than the address names", "leave it out"))
    if "recorded_at" in body:
        found.append(ir.Problem("recorded_at", "is said by the host", "leave it out; say when it happened with at"))
    if "id" in body and not isinstance(body["id"], str):
        found.append(ir.Problem("id", "is not text", "make a random one for each event, or leave it out"))
    kind = body.get("kind")
    if not isinstance(kind, str) or kind not in _kinds():
        near = difflib.get_close_matches(kind if isinstance(kind, str) else "", _kinds(), 1)
        hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(_kinds())}"
        found.append(ir.Problem("kind", "is no kind of event this host knows", hint))
    return found


@cache
def _kinds() -> tuple[str, ...]:
    """The kinds of event that can be added; one of a newer library would only make the incident incomplete."""
    return tuple(sorted(one["properties"]["kind"]["const"] for one in ir.event_schema()["oneOf"]))


class _Twin(ValueError):
    """One field twice in one object."""


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twin("has a field that stands twice in one object")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _deeper(value: Any, levels: int) -> bool:
    """Whether it nests deeper; counted level by level, so that no nesting is too deep to count."""
    layer = [value]
    for _ in range(levels):
        layer = [inner for outer in layer for inner in _inner(outer)]
    return bool(layer)


def _inner(value: Any) -> list[Any]:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [item for item in items if isinstance(item, (dict, list))]
