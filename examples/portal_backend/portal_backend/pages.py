"""The pages people look at: incidents, and the live clocks of one. They refresh themselves and ask nobody else."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from portal_backend.calls import host_of, person_of
from portal_backend.layout import POLICY, page
from portal_backend.openapi import answer, ref, trouble
from portal_backend.routes import After, json_brief, lines, seen
from portal_backend.shown import incident_main, list_main

__all__ = ["router"]

router = APIRouter()
ON_A_PAGE: Final = 100
_PAGE: Final = {"text/html": {"schema": {"type": "string"}}}
_EITHER: Final = answer(200, ref("brief"), "As of now.")
_EITHER[200]["content"] |= _PAGE


@router.get(
    "/",
    summary="The page of open incidents",
    response_class=HTMLResponse,
    responses=answer(200, {"type": "string"}, "A page.", "text/html") | trouble(401, 403, 422),
)
def index(request: Request, after: After = "") -> Response:
    person = person_of(request, "read")
    host = host_of(request)
    shown, more = lines(host.store, closed=False, after=after, limit=ON_A_PAGE)
    main = list_main(shown, host.store.now(), host.store.count(closed=False), after, more)
    return _page("Open incidents", main, person.name, host.banner)


@router.get(
    "/incidents/{id}",
    summary="What it needs now: a page for browsers, the brief for programs",
    responses=_EITHER | trouble(401, 403, 404, 422),
)
def incident(request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
    kept, now = seen(request, id)
    if not _wants_page(request.headers.get("accept", "")):
        return json_brief(kept, now)
    person, host = person_of(request, "read"), host_of(request)
    return _page(kept.incident.id, incident_main(kept.incident, now), person.name, host.banner)


def _wants_page(accept: str) -> bool:
    """Whether the caller names pages, and names them before JSON: browsers do, programs do not."""
    kinds = [kind.partition(";")[0].strip().lower() for kind in accept.split(",")]
    page_at = kinds.index("text/html") if "text/html" in kinds else len(kinds)
    json_at = kinds.index("application/json") if "application/json" in kinds else len(kinds)
    return page_at < json_at


def _page(title: str, main: str, person: str, banner: str) -> Response:
    headers = {"content-security-policy": POLICY, "vary": "accept, authorization"}
    return HTMLResponse(page(title, main, person, banner), headers=headers)
