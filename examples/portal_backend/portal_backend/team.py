"""The API for people and words: who commands, who is paged next, texts from the policy's templates, the board, the evidence.

Who may speak as whom is the token's rule, as for every event. A text that was drafted is answered and never stored: the
log holds its digest, and where texts are kept is for whoever copies this host to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

import ir_policy as ir
from portal_backend.actions import add
from portal_backend.calls import host_of, incident_of, named_head, person_of
from portal_backend.openapi import answer, body, ref, trouble
from portal_backend.routes import IfMatch, json_body, seen

__all__ = ["router"]

router = APIRouter()
_ASKED: Final = trouble(401, 403, 404, 422)


def _as_of_now(name: str) -> dict[int | str, dict[str, Any]]:
    return answer(200, ref(name), "As of now.") | _ASKED


@router.get(
    "/incidents/{id}/command", summary="Who holds each role, who may act, who is next", responses=_as_of_now("command")
)
def get_command(request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
    return _answer(request, id, "command", ir.command)


@router.get(
    "/incidents/{id}/paging", summary="Where paging stands, and whom to page next", responses=_as_of_now("paging")
)
def get_paging(request: Request, id: str) -> Response:  # noqa: A002
    return _answer(request, id, "paging", ir.paging)


@router.get(
    "/incidents/{id}/notices", summary="Every message: who reviewed and approved it, whom it reached",
    responses=_as_of_now("notices"),
)  # fmt: skip
def get_notices(request: Request, id: str) -> Response:  # noqa: A002
    return _answer(request, id, "notices", ir.notices)


@router.get("/incidents/{id}/board", summary="Its card for the tracking board", responses=_as_of_now("board"))
def get_board(request: Request, id: str) -> Response:  # noqa: A002
    return _answer(request, id, "board", ir.board)


@router.get(
    "/incidents/{id}/evidence", summary="What is kept as evidence, who has it, what is missing",
    responses=_as_of_now("evidence"),
)  # fmt: skip
def get_evidence(request: Request, id: str) -> Response:  # noqa: A002
    return _answer(request, id, "evidence", ir.evidence)


@router.get(
    "/incidents/{id}/templates", summary="The texts kept ready, and their fields", responses=_as_of_now("templates")
)
def get_templates(request: Request, id: str) -> Response:  # noqa: A002
    return _answer(request, id, "templates", lambda incident, _: incident.policy)


def _answer(request: Request, id_: str, name: str, ask: Callable[[ir.Incident, Any], object]) -> Response:
    kept, now = seen(request, id_)
    said = ir.as_json(ask(kept.incident, now), name, kept.incident, now)
    return JSONResponse(said, headers={"etag": f'"{kept.head}"'})


# --- drafts ---------------------------------------------------------------------------------------------

_LIST: Final = {"type": "array", "items": {"type": "string"}}
_TEXT: Final = {"type": "string"}
_OF_THE_TEXT: Final = ("fields", "duties", "allow")
_OF_THE_EVENT: Final = ("notice", "id", "at", "next_update_by")
_DRAFTING: Final = {
    "type": "object",
    "properties": {
        "notice": {**_TEXT, "description": "How this message is called from now on."},
        "template": _TEXT,
        "fields": {"type": "object", "additionalProperties": _TEXT, "description": "Each field of the template."},
        "recipients": {**_LIST, "minItems": 1},
        "duties": {**_LIST, "description": "What it is meant to meet; everything its template is for, where left out."},
        "allow": {**_LIST, "description": "Fields in which what looks like personal data is let through."},
        "next_update_by": {"type": "string", "format": "date-time"},
        "id": {**_TEXT, "description": "Of the event; sent again it changes nothing."},
        "at": {"type": "string", "format": "date-time"},
    },
    "required": ["notice", "template", "recipients"],
    "additionalProperties": False,
}  # fmt: skip
_DRAFTED: Final = {
    "type": "object",
    "properties": {"draft": ref("draft"), "step": ref("step")},
    "required": ["draft", "step"],
    "additionalProperties": False,
}


@router.post(
    "/incidents/{id}/drafts",
    status_code=201,
    summary="A text from a template; that it was drafted is recorded, the text is not",
    responses=answer(200, _DRAFTED, "It was drafted before: nothing changed.")
    | answer(201, _DRAFTED, "The text, and what recording it did. The `ETag` is the new head.")
    | trouble(400, 401, 403, 404, 409, 413, 415, 422),
    openapi_extra=body(application_json=_DRAFTING),
)
def draft(
    request: Request,
    id: str,  # noqa: A002
    said: Annotated[dict[str, Any], Depends(json_body)],
    if_match: IfMatch = None,
) -> Response:
    person, store = person_of(request, "respond"), host_of(request).store
    head = named_head(if_match) if if_match and if_match.strip() != "*" else None
    kept = store.load(incident_of(id))
    text = _drafted(kept.incident.policy, said)
    done = add(store, kept.incident.id, _event(text, said), person, head=head)
    answered = {
        "draft": ir.as_json(text, "draft", now=store.now(kept)),
        "step": {**ir.as_json(done.step, "step"), "seq": done.seq},
    }
    after = done.step.incident
    headers = {"etag": f'"{after.head}"', "location": f"/incidents/{after.id}/notices"}
    return JSONResponse(answered, 201 if done.new else 200, headers)


def _drafted(policy: ir.Policy, said: Mapping[str, Any]) -> ir.Draft:
    strange = sorted(said.keys() - _DRAFTING["properties"].keys())
    if strange:
        hint = f"say {', '.join(_DRAFTING['properties'])}"
        raise ir.QuestionInvalid([ir.Problem(name, "is no field here", hint) for name in strange])
    given = {name: said[name] for name in _OF_THE_TEXT if name in said}
    return ir.draft(policy, said.get("template", ""), recipients=said.get("recipients", ()), **given)


def _event(text: ir.Draft, said: Mapping[str, Any]) -> dict[str, Any]:
    """That it was drafted, as a caller would say it: the token's person, the clock and the checks come with adding it."""
    states = {"states": list(text.states)} if text.states else {}
    given = {name: said[name] for name in _OF_THE_EVENT if name in said}
    return {
        "kind": "notice-drafted", "template": text.template, "digest": text.digest, "duties": list(text.duties),
        "recipients": list(text.recipients), **states, **given,
    }  # fmt: skip
