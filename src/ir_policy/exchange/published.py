"""The published JSON Schemas, as the package carries them."""

from __future__ import annotations

import json
from typing import Any, Final

from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.terms import nearest

__all__ = ["NAMES", "schema", "schema_text"]

NAMES: Final = (
    "document", "event", "log-line", "classification", "obligations", "brief", "check", "explanation", "step", "refused",
    "error", "policy-ids",
)  # fmt: skip
"""What goes in, then what comes out."""


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what goes in and out: a fresh copy, as the package carries it.

    ``document`` is a policy, law, contract or calendar; ``event`` and ``log-line`` are lines of a log. Answers are
    ``classification``, ``obligations``, ``brief``, ``check``, ``explanation`` and ``step``; ``refused`` and ``error`` are what the
    command line says instead, ``policy-ids`` what it says of a policy. The part of ``$id`` behind the name is raised when what
    was valid before no longer is.

    Raises :class:`~ir_policy.errors.QuestionInvalid` for another name.
    """
    found: dict[str, Any] = json.loads(schema_text(name))
    return found


def schema_text(name: str) -> str:
    """The same as text, laid out for reading."""
    if not isinstance(name, str) or name not in NAMES:
        hint = nearest(name, NAMES) if isinstance(name, str) else ""
        what = f"no schema is called '{str(name)[:60]}'"
        raise QuestionInvalid([Problem("name", what, hint or f"known are {', '.join(NAMES)}")])
    from importlib import resources

    return resources.files("ir_policy").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8")
