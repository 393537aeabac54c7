"""The API for what is kept, and for how long: everything about an incident, what is erased, policies and their documents."""

from __future__ import annotations

import logging
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

import ir_policy as ir
from portal_backend.actions import erase
from portal_backend.bodies import read_body
from portal_backend.calls import Trouble, host_of, incident_of, media_of, named_head, person_of
from portal_backend.openapi import answer, body, ref, trouble

__all__ = ["router"]

router = APIRouter()
_LOG: Final = logging.getLogger(__name__)
JSON: Final = "application/json"

# --- an incident as a whole -----------------------------------------------------------------------------


@router.get(
    "/incidents/{id}/export",
    summary="Everything about it in one text, to keep or to hand on",
    responses=answer(200, ref("export"), "Log, documents, brief, timeline, reminders. The `ETag` is the head.")
    | trouble(401, 403, 404, 422),
)
def export(request: Request, id: str) -> Response:  # noqa: A002
    person_of(request, "export")
    text, head = host_of(request).store.export(incident_of(id))
    headers = {"etag": f'"{head}"', "content-disposition": f'attachment; filename="{id}.json"'}
    return Response(text, media_type=JSON, headers=headers)


_ERASING: Final = {
    "type": "object",
    "properties": {
        "names": {"type": "array", "items": {"type": "string"}, "description": "Of people, wherever they stand."},
        "texts": {"type": "array", "items": {"type": "string"}, "description": "Events, by id, whose free text goes."},
    },
    "additionalProperties": False,
}
_ERASED: Final = {
    "type": "object",
    "properties": {
        "events": {"type": "integer", "minimum": 1, "description": "In how many events something was erased."},
        "head": {"type": "string", "description": "Of the log, as before."},
    },
    "required": ["events", "head"],
    "additionalProperties": False,
}


async def erasing(request: Request) -> tuple[list[str], list[str]]:
    """The names and the ids of events sent."""
    person_of(request, "erase")
    media_of(request, JSON)
    said = read_body(await request.body())
    names, texts = said.pop("names", []), said.pop("texts", [])
    problems = [ir.Problem(name, "is no field here", "say names and texts") for name in sorted(said)]
    for name, words in (("names", names), ("texts", texts)):
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            problems.append(ir.Problem(name, "is not a list of words"))
    if not problems and not names + texts:
        problems = [ir.Problem("names", "nothing is said to be erased", "say names, or texts by the id of their event")]
    if problems:
        raise ir.QuestionInvalid(problems)
    return names, texts


@router.post(
    "/incidents/{id}/erasures",
    summary="Take names and free texts out of the log for good; its head stays",
    responses=answer(200, _ERASED, "They are gone, with digests in their place.")
    | trouble(400, 401, 403, 404, 409, 413, 415, 422),
    openapi_extra=body(application_json=_ERASING),
)
def erase_words(
    request: Request,
    id: str,  # noqa: A002
    words: Annotated[tuple[list[str], list[str]], Depends(erasing)],
    if_match: Annotated[
        str,
        Header(alias="If-Match", description="The head you saw, in quotes: what is erased is gone.", max_length=200),
    ],
) -> Response:
    person, head = person_of(request, "erase"), named_head(if_match)
    events = erase(host_of(request).store, incident_of(id), *words, head=head)
    _LOG.info("%s erased words in %s events of %s", person.name, events, id)
    return JSONResponse({"events": events, "head": head}, headers={"etag": f'"{head}"'})


# --- policies -------------------------------------------------------------------------------------------

_UPLOAD: Final = {
    "type": "object",
    "properties": {
        "document": {"type": "string", "description": "The company's policy, as text."},
        "documents": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Its own laws, contracts, calendar.",
        },
    },
    "required": ["document"],
    "additionalProperties": False,
}
_PIN: Final = {"type": "object", "properties": {name: {"type": "string"} for name in ("id", "version", "digest")}}


async def upload(request: Request) -> tuple[str, list[str]]:
    """The documents sent: YAML as it is, or JSON that holds the texts of several."""
    person_of(request, "policies")
    media = media_of(request, JSON, "application/yaml")
    sent = await request.body()
    if media != JSON:
        try:
            return sent.decode("utf-8"), []
        except UnicodeDecodeError:
            raise ir.QuestionInvalid([ir.Problem("document", "is not UTF-8 text", "save it as UTF-8")]) from None
    said = read_body(sent)
    texts = said.get("documents", [])
    if (
        not isinstance(said.get("document"), str)
        or not isinstance(texts, list)
        or said.keys() - {"document", "documents"}
    ):
        raise ir.QuestionInvalid([ir.Problem("document", "is not {document: text, documents: [text, …]}")])
    if not all(isinstance(text, str) for text in texts):
        raise ir.QuestionInvalid([ir.Problem("documents", "is not a list of texts")])
    return said["document"], texts


@router.post(
    "/policies",
    status_code=201,
    summary="Add a policy; every problem of its documents at once",
    responses=answer(200, _PIN, "It was here already.")
    | answer(201, _PIN, "It is here now.")
    | trouble(400, 401, 403, 413, 415, 422),
    openapi_extra=body(application_json=_UPLOAD, application_yaml={"type": "string"}),
)
def add_policy(
    request: Request,
    sent: Annotated[tuple[str, list[str]], Depends(upload)],
    current: Annotated[bool, Query(description="New incidents open under it from now on.")] = False,
) -> Response:
    person = person_of(request, "policies")
    policy, new = host_of(request).store.policies.add(*sent, person.name, current=current)
    pin = {"id": policy.id, "version": policy.version, "digest": policy.digest}
    return JSONResponse(pin, 201 if new else 200)


@router.get(
    "/policies",
    summary="The policies there are",
    responses=answer(200, {"type": "array", "items": ref("listed-policy")}, "The newest first.") | trouble(401, 403),
)
def list_policies(request: Request) -> Response:
    person_of(request, "read")
    return JSONResponse(host_of(request).store.policies.listed())


@router.get(
    "/documents/{digest}",
    summary="One document of a policy, as it was written",
    responses=answer(200, {"type": "string"}, "The text.", "text/plain") | trouble(401, 403, 404, 422),
)
def get_document(
    request: Request, digest: Annotated[str, Path(pattern="^sha256:[0-9a-f]{64}$", description="See `GET /policies`.")]
) -> Response:
    person_of(request, "read")
    text = host_of(request).store.policies.document(digest)
    if text is None:
        raise Trouble(404, "NotFound", "no policy here is composed of this document")
    return PlainTextResponse(text)
