"""The published JSON Schemas, as the package carries them."""

from __future__ import annotations

import json
from typing import Any, Final

from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.terms import nearest, show

__all__ = ["NAMES", "schema", "schema_text"]

NAMES: Final = (
    "document", "event", "log-line", "classification", "obligations", "obligation", "brief", "timeline", "drills", "board", "evidence", "draft", "templates", "check", "explanation", "step",
    "reminder", "paging", "page-plan", "notices", "command", "lint", "verified", "export", "refused", "error", "policy-ids",
)  # fmt: skip
"""What goes in, then what comes out."""


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what goes in and out: a fresh copy, as the package carries it.

    ``document`` is a policy, law, contract or calendar; ``event`` and ``log-line`` are lines of a log. Answers are
    ``classification``, ``obligations``, ``obligation``, ``brief``, ``timeline``, ``drills``, ``board``, ``evidence``, ``draft``, ``templates``, ``check``, ``explanation``, ``step``, ``reminder``,
    ``paging``, ``page-plan``, ``notices``, ``command``, ``lint`` and ``verified``, ``export`` is a whole incident; ``refused`` and ``error`` are what is said instead, ``policy-ids`` what is said of a policy. :func:`as_json` puts an
    answer in that form. The number at the end of ``$id`` goes up when what was
    valid, or could be relied on, no longer is.

    Raises :class:`~ir_policy.errors.QuestionInvalid` for another name.
    """
    found: dict[str, Any] = json.loads(schema_text(name))
    return found


def schema_text(name: str) -> str:
    """The same as text, laid out for reading."""
    known = f"known are {', '.join(NAMES)}"
    if not isinstance(name, str):
        raise QuestionInvalid([Problem("name", "is not text", known)])
    if name not in NAMES:
        raise QuestionInvalid([Problem("name", f"no schema is called '{show(name)}'", nearest(name, NAMES) or known)])
    from importlib import resources

    return resources.files("ir_policy").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8")
