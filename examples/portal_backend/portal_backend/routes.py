"""The API: one short function for each address."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import func, select

import ir_policy as ir
from portal_backend.actions import Done, add, asked, open_
from portal_backend.answers import rfc3339
from portal_backend.bodies import read_body
from portal_backend.calls import host_of, incident_of, media_of, person_of
from portal_backend.openapi import answer, body, ref, trouble
from portal_backend.outbox import unsent
from portal_backend.store import Kept, Store
from portal_backend.tables import INCIDENT

__all__ = ["json_brief", "lines", "router", "seen"]

router = APIRouter()
JSON: Final = "application/json"
_LIST: Final[dict[str, Any]] = {"type": "array", "items": {"type": "object"}}


async def json_body(request: Request) -> dict[str, Any]:
    """The JSON object sent; who may send one is asked first, so that strangers learn nothing."""
    person_of(request, "respond")
    media_of(request, JSON)
    return read_body(await request.body())


Body = Annotated[dict[str, Any], Depends(json_body)]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The head you saw, in quotes.", max_length=200)]
Digest = Annotated[str | None, Query(pattern="^sha256:[0-9a-f]{64}$", description="Open under this policy.")]


# --- what happens ---------------------------------------------------------------------------------------

_STEP: Final = answer(200, ref("step"), "It is in the log already: nothing changed.") | answer(
    201, ref("step"), "It is in the log now. The `ETag` is the new head."
)


@router.post(
    "/incidents",
    status_code=201,
    summary="Open an incident by its first signal",
    responses=_STEP | trouble(400, 401, 403, 409, 413, 415, 422),
    openapi_extra=body(application_json=ref("new-incident")),
)
def open_incident(request: Request, said: Body, policy: Digest = None) -> Response:
    return _done(open_(host_of(request).store, said, person_of(request, "respond"), policy))


@router.post(
    "/incidents/{id}/events",
    status_code=201,
    summary="Add an event, if the policy allows it",
    responses=_STEP | trouble(400, 401, 403, 404, 409, 413, 415, 422),
    openapi_extra=body(application_json=ref("new-event")),
)
def add_event(
    request: Request,
    id: str,  # noqa: A002 - the name in the address
    said: Body,
    if_match: IfMatch = None,
    record: Annotated[bool, Query(description="Also what happened against the policy.")] = False,
) -> Response:
    head = if_match.strip().removeprefix("W/").strip('"') if if_match and if_match.strip() != "*" else None
    person = person_of(request, "respond")
    return _done(add(host_of(request).store, incident_of(id), said, person, head=head, record=record))


@router.post(
    "/incidents/{id}/check",
    summary="May this happen now? Stores nothing",
    responses=answer(200, ref("check"), "Every reason why not.") | trouble(400, 401, 403, 404, 413, 415, 422),
    openapi_extra=body(application_json=ref("new-event")),
)
def check_event(request: Request, id: str, said: Body) -> Response:  # noqa: A002
    kept, event, refusals = asked(host_of(request).store, incident_of(id), said, person_of(request, "respond"))
    return _json(ir.as_json(refusals, "check", kept.incident, event.at), kept)


# --- what is asked --------------------------------------------------------------------------------------

_ASKED: Final = trouble(401, 403, 404, 422)


@router.get(
    "/incidents",
    summary="Incidents in order of id",
    responses=answer(200, _LIST, "What there is.") | trouble(401, 403, 422),
)
def list_incidents(
    request: Request,
    closed: Annotated[bool, Query(description="Closed ones too.")] = False,
    after: Annotated[str, Query(max_length=64, pattern="^[A-Za-z0-9._-]*$", description="Ids after this one.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    person_of(request, "read")
    return JSONResponse(lines(host_of(request).store, closed=closed, after=after, limit=limit))


@router.get(
    "/incidents/{id}/brief", summary="What it needs now", responses=answer(200, ref("brief"), "As of now.") | _ASKED
)
def get_brief(request: Request, id: str) -> Response:  # noqa: A002
    return json_brief(*seen(request, id))


@router.get(
    "/incidents/{id}/obligations",
    summary="Everything owed and settled, in order of key",
    responses=answer(200, ref("obligations"), "As of now.") | _ASKED,
)
def get_obligations(request: Request, id: str) -> Response:  # noqa: A002
    kept, now = seen(request, id)
    return _json(ir.as_json(ir.obligations(kept.incident, now), "obligations", now=now), kept)


@router.get(
    "/incidents/{id}/explain",
    summary="Why something is owed, or not; shut, or not",
    responses=answer(200, ref("explanation"), "Back to facts, rules and clauses.") | _ASKED,
)
def explain(
    request: Request,
    id: str,  # noqa: A002
    subject: Annotated[str, Query(max_length=400, description="An obligation, a duty, a gate, or `severity`.")],
) -> Response:
    kept, now = seen(request, id)
    return _json(ir.as_json(ir.explain(kept.incident, subject, now), "explanation", kept.incident, now), kept)


@router.get(
    "/incidents/{id}/timeline",
    summary="What happened, fell due, and is still to come",
    responses=answer(200, ref("timeline"), "As of now.") | _ASKED,
)
def timeline(request: Request, id: str) -> Response:  # noqa: A002
    kept, now = seen(request, id)
    return _json(ir.timeline(kept.incident, now).as_json(), kept)


@router.get(
    "/incidents/{id}/log",
    summary="The log as it is stored, for keeping and verifying elsewhere",
    responses=answer(200, {"type": "string"}, "JSON Lines. The `ETag` is the head.", "application/x-ndjson") | _ASKED,
)
def download_log(request: Request, id: str) -> Response:  # noqa: A002
    person_of(request, "read")
    text, seq, head = host_of(request).store.log_text(incident_of(id))
    name = f'attachment; filename="{id}.jsonl"'
    headers = {"etag": f'"{head}"', "portal-seq": str(seq), "content-disposition": name}
    return Response(text, media_type="application/x-ndjson", headers=headers)


@router.get(
    "/incidents/{id}/reminders", summary="What people were told", responses=answer(200, _LIST, "In order.") | _ASKED
)
def reminders(request: Request, id: str) -> Response:  # noqa: A002
    person_of(request, "read")
    return JSONResponse(host_of(request).store.reminders(incident_of(id)))


# --- policies, health -----------------------------------------------------------------------------------

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
        return sent.decode("utf-8", "replace"), []
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
    responses=answer(200, _LIST, "The newest first.") | trouble(401, 403),
)
def list_policies(request: Request) -> Response:
    person_of(request, "read")
    return JSONResponse(host_of(request).store.policies.listed())


@router.get(
    "/health",
    summary="Whether it works, and how far behind it is",
    responses=answer(200, {"type": "object"}, "It works.") | trouble(),
)
def health(request: Request) -> Response:
    """No token needed: it says nothing about any incident."""
    store = host_of(request).store
    now = store.clock()
    due = select(func.count(), func.min(INCIDENT.c.next_wakeup)).where(INCIDENT.c.next_wakeup <= now)
    with store.database.reading() as connection:
        count, oldest = connection.execute(due).one()
        trouble_in = connection.scalar(select(func.count()).where(INCIDENT.c.trouble.is_not(None)))
    behind = (now - oldest).total_seconds() if oldest is not None else 0.0
    said = {"status": "ok", "now": rfc3339(now), "due": count, "behind_seconds": behind, "in_trouble": trouble_in,
            "unsent": unsent(store.database)}  # fmt: skip
    return JSONResponse(said)


# --- helpers --------------------------------------------------------------------------------------------


def seen(request: Request, id_: str) -> tuple[Kept, datetime]:
    """The incident in the address and the instant to ask it at, for whoever may read."""
    person_of(request, "read")
    store = host_of(request).store
    kept = store.load(incident_of(id_))
    return kept, _asking(store, kept)


def lines(store: Store, *, closed: bool, after: str, limit: int) -> list[dict[str, Any]]:
    """Incidents in a list, in order of id."""
    ids = store.ids(closed=closed, after=after, limit=limit)
    return [_line(kept, _asking(store, kept)) for kept in map(store.load, ids)]


def json_brief(kept: Kept, now: datetime) -> Response:
    return _json(ir.brief(kept.incident, now).as_json(), kept)


def _asking(store: Store, kept: Kept) -> datetime:
    """Now; or the first signal, if the clock went back before it."""
    return max(store.now(kept), min(event.at for event in kept.incident.log))


def _line(kept: Kept, now: datetime) -> dict[str, Any]:
    """One incident in a list."""
    incident, level = kept.incident, kept.incident.severity.governing
    owed = [one for one in ir.obligations(incident, now) if one.status == "active"]
    return {
        "incident": incident.id,
        "severity": level.value if level is not None else None,
        "phase": incident.phase.value,
        "closed": incident.closed,
        "owed": len(owed),
        "overdue": sum(one.verdict == "missed" for one in owed),
        "next_wakeup": rfc3339(kept.next_wakeup) if kept.next_wakeup is not None else None,
        "seq": kept.seq,
        "head": kept.head,
    }


def _done(done: Done) -> Response:
    after = done.step.incident
    headers = {"etag": f'"{after.head}"', "location": f"/incidents/{after.id}"}
    return JSONResponse({**ir.as_json(done.step, "step"), "seq": done.seq}, 201 if done.new else 200, headers)


def _json(said: Any, kept: Kept) -> Response:
    return JSONResponse(said, headers={"etag": f'"{kept.head}"'})
