"""The API: one short function for each address."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import func, select

import ir_policy as ir
from portal_backend.actions import Done, add, asked, open_
from portal_backend.answers import rfc3339
from portal_backend.bodies import read_body
from portal_backend.calls import host_of, incident_of, media_of, named_head, person_of
from portal_backend.openapi import answer, body, ref, trouble
from portal_backend.outbox import unsent
from portal_backend.store import Kept, Store
from portal_backend.tables import INCIDENT

__all__ = ["After", "IfMatch", "json_body", "json_brief", "lines", "router", "seen"]

router = APIRouter()
JSON: Final = "application/json"


async def json_body(request: Request) -> dict[str, Any]:
    """The JSON object sent; who may send one is asked first, so that strangers learn nothing."""
    person_of(request, "respond")
    media_of(request, JSON)
    return read_body(await request.body())


Body = Annotated[dict[str, Any], Depends(json_body)]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The head you saw, in quotes.", max_length=200)]
After = Annotated[str, Query(max_length=64, pattern="^[A-Za-z0-9._-]*$", description="Ids after this one.")]
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
    head = named_head(if_match) if if_match and if_match.strip() != "*" else None
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


_LISTED: Final = answer(
    200,
    {"type": "array", "items": ref("listed")},
    "What there is. The `Link` leads to what comes next, if anything does.",
)
_LISTED[200]["headers"] = {
    "Link": {"description": 'Such as `</incidents?after=inc-7>; rel="next"`.', "schema": {"type": "string"}}
}


@router.get(
    "/incidents",
    summary="Incidents in order of id",
    responses=_LISTED | trouble(401, 403, 422),
)
def list_incidents(
    request: Request,
    closed: Annotated[bool, Query(description="Closed ones too.")] = False,
    after: After = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    person_of(request, "read")
    found, more = lines(host_of(request).store, closed=closed, after=after, limit=limit)
    if not more:
        return JSONResponse(found)
    there = f"/incidents?{urlencode({'after': more, 'limit': limit, **({'closed': 'true'} if closed else {})})}"
    return JSONResponse(found, headers={"link": f'<{there}>; rel="next"'})


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
    "/incidents/{id}/reminders",
    summary="What people were told",
    responses=answer(200, {"type": "array", "items": ref("told")}, "In order.") | _ASKED,
)
def reminders(request: Request, id: str) -> Response:  # noqa: A002
    person_of(request, "read")
    return JSONResponse(host_of(request).store.reminders(incident_of(id)))


# --- health ---------------------------------------------------------------------------------------------


@router.get(
    "/health",
    summary="Whether it works, and how far behind it is",
    responses=answer(200, ref("health"), "It works.") | trouble(),
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


def lines(store: Store, *, closed: bool, after: str, limit: int) -> tuple[list[dict[str, Any]], str]:
    """Incidents in a list, in order of id; and the id after which it goes on, empty at its end.

    An id never moves, so whoever goes from page to page meets each incident once, whatever is opened or closed meanwhile.
    """
    ids = store.ids(closed=closed, after=after, limit=limit + 1)
    more = ids[limit - 1] if len(ids) > limit else ""
    return [_line(kept, _asking(store, kept)) for kept in map(store.load, ids[:limit])], more


def json_brief(kept: Kept, now: datetime) -> Response:
    return _json(ir.brief(kept.incident, now).as_json(), kept)


def _asking(store: Store, kept: Kept) -> datetime:
    """Now; or the first signal, if the clock went back before it."""
    return max(store.now(kept), min(event.at for event in kept.incident.log))


def _line(kept: Kept, now: datetime) -> dict[str, Any]:
    """One incident in a list; what one act meets counts once."""
    incident, level = kept.incident, kept.incident.severity.governing
    owed = [one for one in ir.obligations(incident, now) if one.status == "active"]
    return {
        "incident": incident.id,
        "severity": level.value if level is not None else None,
        "phase": incident.phase.value,
        "closed": incident.closed,
        "owed": len(ir.by_act(owed)),
        "overdue": len(ir.by_act(one for one in owed if one.verdict == "missed")),
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
