"""What no request may be: too long, or aimed at a host that has no tokens from anywhere but this machine.

Plain ASGI, before anything is parsed: a body is read here once, at most to its limit.
"""

from __future__ import annotations

import ipaddress
import json
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["LONGEST_BODY", "Limits", "is_loopback"]

LONGEST_BODY: Final = 1024 * 1024
LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


class Limits:
    """Refuses what is too long, answers strangers only with tokens, and adds the headers every answer has."""

    def __init__(self, app: ASGIApp, *, local_only: bool) -> None:
        self._app = app
        self._local_only = local_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sending = _with_headers(send)
        if self._local_only and not _from_here(scope):
            await _say(sending, 403, "NotLocal", "this host has no tokens, so it answers its own machine only")
            return
        body = await _body(scope, receive)
        if body is None:
            await _say(sending, 413, "TooLong", f"the body is longer than {LONGEST_BODY} bytes")
            return
        await self._app(scope, _once(body, receive), sending)


def is_loopback(host: str) -> bool:
    """Whether a name or address means this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _from_here(scope: Scope) -> bool:
    """The caller's address, and the name it called us by: a page of a stranger may be told that its name is ours. A proxy on
    this machine calls for others."""
    client = scope.get("client")
    name = _header(scope, b"host")
    host = name.rpartition(":")[0] if not name.endswith("]") and ":" in name else name
    forwarded = any(key == b"forwarded" or key.startswith(b"x-forwarded-") for key, _ in scope["headers"])
    return client is not None and is_loopback(client[0]) and host in LOCAL_NAMES and not forwarded


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body, or nothing if it is too long; what is announced as too long is not even read."""
    length = _header(scope, b"content-length")
    if length.isdecimal() and int(length[:20]) > LONGEST_BODY:
        return None
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LONGEST_BODY:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


def _once(body: bytes, receive: Receive) -> Receive:
    """The body as one message; after it whatever the server says."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message.get("headers", [])}
            more = [(n.encode(), v.encode()) for n, v in HEADERS.items() if n.encode() not in given]
            message = {**message, "headers": [*message.get("headers", []), *more]}
        await send(message)

    return sending


async def _say(send: Send, status: int, error: str, what: str) -> None:
    said: dict[str, Any] = {"error": error, "problems": [{"where": "", "what": what, "hint": ""}]}
    text = json.dumps(said).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode()),
               (b"connection", b"close")]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def _header(scope: Scope, name: bytes) -> str:
    found: bytes = next((value for key, value in scope["headers"] if key == name), b"")
    return found.decode("latin-1")
