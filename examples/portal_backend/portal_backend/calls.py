"""What every request needs: the store, and who calls."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from fastapi import Request

import ir_policy as ir
from portal_backend.answers import problems_json
from portal_backend.bodies import is_incident_id
from portal_backend.people import DEMO, People, Person
from portal_backend.store import Store, Unknown

__all__ = ["Host", "Trouble", "host_of", "incident_of", "media_of", "named_head", "person_of"]


@dataclass(frozen=True)
class Host:
    """What every request needs."""

    store: Store
    people: People
    banner: str = ""
    """What pages say on top, such as that this is a demonstration."""


class Trouble(Exception):
    """A request that cannot be answered: status, and a sentence."""

    def __init__(
        self, status: int, error: str, what: str, hint: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(status, error, what)
        self.status = status
        self.body = problems_json(error, [ir.Problem("", what, hint)])
        self.headers = headers


def host_of(request: Request) -> Host:
    found: Host = request.app.state.host
    return found


def person_of(request: Request, power: str) -> Person:
    """Who calls; raises :class:`Trouble` if nobody is recognised, or the portal does not let them do this."""
    host = host_of(request)
    person = host.people.of(_token(request)) if host.people else DEMO
    if person is None:
        ways = 'Bearer, Basic realm="portal: any name, the token as password"' if request.method == "GET" else "Bearer"
        raise Trouble(401, "NotRecognised", "no token, or one that nobody has", "send Authorization: Bearer …",
                      {"www-authenticate": ways})  # fmt: skip
    if power not in person.may:
        raise Trouble(403, "NotAllowed", f"the token does not let its holder {_DOING[power]}")
    return person


def incident_of(id_: str) -> str:
    """The id in an address; what can be none is not even looked for."""
    if not is_incident_id(id_):
        raise Unknown(id_)
    return id_


def named_head(if_match: str) -> str:
    """The head that a caller names as the one they saw."""
    return if_match.strip().removeprefix("W/").strip('"')


_DOING: Final = {
    "read": "read",
    "respond": "add to incidents",
    "policies": "add policies",
    "export": "take a whole incident away",
    "erase": "erase",
}


def _token(request: Request) -> str:
    """The bearer token. A browser can only ask for a password: for pages that is one too, and for nothing that writes."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic" and request.method == "GET":
        try:
            return base64.b64decode(rest.strip(), validate=True).decode("utf-8").partition(":")[2]
        except (binascii.Error, ValueError):
            return ""
    return ""


def media_of(request: Request, *known: str) -> str:
    """The kind of body sent; raises :class:`Trouble` for one that is not read at this address."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in known:
        raise Trouble(415, "NotRead", "the body is of a kind nobody reads here", f"send {' or '.join(known)}")
    return media
