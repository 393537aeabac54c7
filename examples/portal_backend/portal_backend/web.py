"""The app, and what can go wrong. Routes are in ``routes`` and ``pages``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

import ir_policy as ir
from portal_backend import keeping, pages, routes, team
from portal_backend.actions import Forbidden
from portal_backend.answers import problems_json
from portal_backend.bodies import BadBody
from portal_backend.calls import Host, Trouble
from portal_backend.limits import Limits
from portal_backend.openapi import describe
from portal_backend.policies import PolicyLost
from portal_backend.store import Moved, Unknown
from portal_backend.tables import out_of_room

__all__ = ["create_app"]


def create_app(host: Host) -> FastAPI:
    """The host as an ASGI app. Without tokens it answers this machine only, whatever it is bound to."""
    app = FastAPI(
        title="Portal backend",
        version="1",
        description="Incidents under a policy: what is owed to whom by when, and under which clause.",
        docs_url=None,  # the usual page loads scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.host = host
    app.include_router(routes.router)
    app.include_router(team.router)
    app.include_router(keeping.router)
    app.include_router(pages.router)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    for kind, handle in _HANDLERS.items():
        app.add_exception_handler(kind, handle)
    app.add_middleware(Limits, local_only=not host.people)
    return app


# --- what can go wrong ----------------------------------------------------------------------------------


def _trouble(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Trouble)
    return JSONResponse(error.body, error.status, error.headers)


def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, (ir.EventInvalid, ir.PolicyInvalid, ir.QuestionInvalid))
    return JSONResponse(ir.as_json(error, "error"), 422)


def _bad_question(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = [ir.Problem(".".join(str(part) for part in one["loc"][1:]), one["msg"]) for one in error.errors()]
    return JSONResponse(problems_json("QuestionInvalid", problems), 422)


def _forbidden(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Forbidden)
    return JSONResponse(ir.as_json(ir.Refused(error.refusals), "refused"), 403 if error.actor else 409)


def _moved(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Moved)
    return JSONResponse({"error": "Moved", "seq": error.seq, "head": error.head}, 409, {"etag": f'"{error.head}"'})


def _saying(status: int, name: str, sentence: Callable[[Exception], str], hint: str = "") -> Any:
    def handle(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse(problems_json(name, [ir.Problem("", sentence(error), hint)]), status)

    return handle


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    name = "NotFound" if error.status_code == 404 else "NotAllowed"
    headers = {header.lower(): value for header, value in (error.headers or {}).items()}
    here = describe(request.app)["paths"].get(request.url.path, {})
    if error.status_code == 405 and here:  # the framework names the methods of one of its routes only
        headers["allow"] = ", ".join(sorted(method.upper() for method in here))
    return JSONResponse(problems_json(name, [ir.Problem("", str(error.detail))]), error.status_code, headers)


_damaged = _saying(
    503, "Damaged", lambda error: f"what is stored cannot be read: {error}", "look at the log of the host"
)
_down = _saying(
    503, "Unavailable", lambda _: "the database does not answer", "send it again under the same id: it is taken once"
)
_full = _saying(
    507, "NoRoom", lambda _: "the database has no room left; nothing was stored", "make room, then send it again"
)


def _failed(request: Request, error: Exception) -> Any:
    assert isinstance(error, DBAPIError)
    return (_full if out_of_room(error) else _down)(request, error)


_HANDLERS: Final[dict[type[Exception], Any]] = {
    Trouble: _trouble,
    ir.EventInvalid: _malformed,
    ir.PolicyInvalid: _malformed,
    ir.QuestionInvalid: _malformed,
    RequestValidationError: _bad_question,
    BadBody: _saying(400, "NotJson", lambda error: f"the body {error}"),
    Unknown: _saying(404, "NotFound", lambda _: "no incident has this id"),
    Forbidden: _forbidden,
    Moved: _moved,
    HTTPException: _http,
    ir.LogInvalid: _damaged,
    ir.PolicyMismatch: _damaged,
    PolicyLost: _damaged,
    DBAPIError: _failed,
    PoolTimeout: _down,
}
