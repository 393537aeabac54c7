"""What callers send: names that can stand in an address, and bodies that hold one JSON object."""

from __future__ import annotations

import re
from typing import Any, Final

import ir_policy as ir

__all__ = ["BadBody", "is_incident_id", "read_body"]

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class BadBody(Exception):
    """The body is not JSON that anybody can read."""


def is_incident_id(text: object) -> bool:
    """Whether it can name an incident here: it stands in addresses, so it is narrower than what a log allows."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def read_body(body: bytes) -> dict[str, Any]:
    """The JSON object that the body holds."""
    try:
        return ir.read_object(body)
    except ir.QuestionInvalid as error:
        raise BadBody(error.problems[0].what) from None
