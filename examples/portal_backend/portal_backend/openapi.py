"""The OpenAPI document: the library's own schemas as components, and what each status means, said once."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

import ir_policy as ir

__all__ = ["Responses", "answer", "body", "describe", "ref", "trouble"]

_USED: Final = (
    "document", "event", "log-line", "obligations", "brief", "timeline", "check", "explanation", "step", "reminder", "export", "refused", "error",
    "command", "paging", "notices", "board", "evidence", "templates", "draft",
)  # fmt: skip
_MEANING: Final = {
    400: "the body cannot be read",
    401: "no token, or one nobody has",
    403: "the token, or the role of whoever acts, does not allow it; a refusal names its clause",
    404: "there is no such thing",
    409: "the policy forbids it, with every reason; or the log has moved on, with its new head",
    413: "the body is longer than a megabyte",
    415: "the body is of a kind nobody reads here",
    422: "it is malformed; each problem names its place",
    503: "the database does not answer; what was sent under an id of its own can be sent again and is taken once",
    507: "the database has no room left; nothing was stored",
}
_PROBLEM: Final = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("where", "what", "hint")},
    "required": ["where", "what", "hint"],
    "additionalProperties": False,
}
_TROUBLE: Final = {
    "type": "object",
    "description": "What is wrong with a request, in the shape of the library's own errors.",
    "properties": {"error": {"type": "string"}, "problems": {"type": "array", "items": _PROBLEM, "minItems": 1}},
    "required": ["error", "problems"],
    "additionalProperties": False,
}
_MOVED: Final = {
    "type": "object",
    "description": "Somebody else was faster: read the incident again from this head.",
    "properties": {
        "error": {"const": "Moved"},
        "seq": {"type": "integer", "minimum": 1},
        "head": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
    },
    "required": ["error", "seq", "head"],
    "additionalProperties": False,
}
_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_INSTANT: Final = {"type": "string", "format": "date-time"}
_DIGEST: Final = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}


def _record(description: str, **fields: dict[str, Any]) -> dict[str, Any]:
    """An object that says all of these, and nothing else."""
    said = {"properties": fields, "required": list(fields), "additionalProperties": False}
    return {"type": "object", "description": description, **said}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


_OWN: Final = {
    "listed": _record(
        "An incident in a line.", incident=_TEXT, severity=_or_null({"enum": ["SEV0", "SEV1", "SEV2", "SEV3"]}), phase=_TEXT,
        closed={"type": "boolean"}, owed=_COUNT, overdue=_COUNT, next_wakeup=_or_null(_INSTANT), seq=_COUNT, head=_DIGEST,
    ),
    "listed-policy": _record(
        "A policy that is here, and the digests of its documents.", id=_TEXT, version=_TEXT, digest=_DIGEST, added_by=_TEXT,
        documents={"type": "array", "items": _DIGEST}, current={"type": "boolean"},
    ),
    "told": _record(
        "What somebody was told, or is still to be told.",
        **dict.fromkeys(("key", "incident", "kind", "obligation", "duty", "title", "recipient", "owed_by"), _TEXT),
        at=_INSTANT, due=_or_null(_INSTANT), sent={"type": "boolean"},
    ),
    "health": _record(
        "How far behind it is.", status={"const": "ok"}, now=_INSTANT, due=_COUNT, behind_seconds={"type": "number", "minimum": 0},
        in_trouble=_COUNT, unsent=_COUNT,
    ),
}  # fmt: skip
"""What only this host says, by name."""


Schema = dict[str, Any]
Responses = dict[int | str, dict[str, Any]]


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_SHAPES: Final[dict[int, Schema]] = {
    403: {"oneOf": [ref("trouble"), ref("refused")]},
    409: {"oneOf": [ref("refused"), ref("moved")]},
    422: ref("error"),
}
"""What is said with these; with every other status a trouble."""


def answer(status: int, schema: Schema, says: str, media: str = "application/json") -> Responses:
    """One response of an operation."""
    return {status: {"description": says, "content": {media: {"schema": schema}}}}


def trouble(*statuses: int) -> Responses:
    """What can go wrong, by status. Every operation can meet a database that does not answer, or has no room left."""
    found: Responses = {}
    for status in (*statuses, 503, 507):
        found |= answer(status, _SHAPES.get(status, ref("trouble")), _MEANING[status])
    return found


def body(**by_media: Schema) -> dict[str, Any]:
    """The body of an operation, by media type; ``_`` stands for the slash."""
    content = {media.replace("_", "/"): {"schema": schema} for media, schema in by_media.items()}
    return {"requestBody": {"required": True, "content": content}}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document of the app, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        components = made.setdefault("components", {})
        components["schemas"] = dict(sorted(_components()))
        components["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer"},
            "page": {"type": "http", "scheme": "basic", "description": "The token as the password; to read only."},
        }
        made["security"] = [{"token": []}, {}]  # without tokens set up, this machine needs none
        for operations in made["paths"].values():
            if "get" in operations:
                operations["get"]["security"] = [{"token": []}, {"page": []}, {}]
        app.openapi_schema = made
    return app.openapi_schema


def _components() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "trouble", _TROUBLE
    yield "moved", _MOVED
    yield from _OWN.items()
    for name in _USED:
        yield from _hoisted(name, ir.schema(name))
    said = _what_callers_say(ir.schema("event"))
    yield from _hoisted("new-event", said)
    yield "new-incident", _first_signal(said)


def _hoisted(name: str, schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A schema and its definitions as components: one document cannot hold the places of several."""
    definitions = schema.pop("$defs", {})
    for key in ("$schema", "$id"):
        schema.pop(key, None)
    yield name, _placed(name, schema)
    for inner, definition in definitions.items():
        yield f"{name}.{inner}", _placed(name, definition)


def _placed(name: str, schema: Any) -> Any:
    if isinstance(schema, list):
        return [_placed(name, item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _placed(name, value) for key, value in schema.items()}
    target = schema.get("$ref")
    if isinstance(target, str) and target.startswith("#/$defs/"):
        found["$ref"] = f"#/components/schemas/{name}.{target.removeprefix('#/$defs/')}"
    return found


def _what_callers_say(event: dict[str, Any]) -> dict[str, Any]:
    """The schema of an event without what the host fills in."""
    schema = deepcopy(event)
    schema["description"] = "An event as a caller says it. Who acts and when it was recorded is said by the host."
    for kind in schema["oneOf"]:
        for field in ("by", "recorded_at", "incident"):
            kind["properties"].pop(field, None)
        kind["required"] = [f for f in kind["required"] if f not in ("by", "recorded_at", "incident", "id", "at")]
    return schema


def _first_signal(said: dict[str, Any]) -> dict[str, Any]:
    """The one kind of event that opens an incident; its address is not known yet, so it says the id."""
    signal = deepcopy(next(kind for kind in said["oneOf"] if kind["properties"]["kind"]["const"] == "detected"))
    signal["properties"]["incident"] = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"}
    signal["required"] = ["incident", *(field for field in signal["required"] if field != "kind")]
    placed: dict[str, Any] = _placed("new-event", signal)
    return placed
