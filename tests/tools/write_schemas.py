"""Writes the published JSON Schemas from the readers, the event classes and the shapes of answers.

    python tests/tools/write_schemas.py

The files are read by a person and kept: the library only reads them. tests/unit/test_schemas.py compares each.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ir_policy.log.wire import event_schema, log_line_schema
from ir_policy.present.answer_schemas import result_schemas
from ir_policy.rules.document_schema import document_schema
from ir_policy.terms import DIALECT, schema_id

TARGET = Path(__file__).parents[2] / "src" / "ir_policy" / "schemas"

DOCUMENT = (
    "A policy, law, contract or calendar, as an editor loads its YAML (version 1.2) or JSON. The reader takes every "
    "scalar for the text somebody typed, so that 09:00, 0.20 and no stay what they are; where an editor makes a number or "
    "a boolean of one, this schema lets it through. yes and no are words here, true and false are not. "
    "Whether a name that is used exists only loading can say."
)


def schemas() -> dict[str, dict[str, Any]]:
    """Every published schema by name."""
    head = {
        "$schema": DIALECT,
        "$id": schema_id("document"),
        "title": "ir_policy document",
        "description": DOCUMENT,
    }
    return {
        "document": {**head, **document_schema()},
        "event": event_schema(),
        "log-line": log_line_schema(),
        **result_schemas(),
    }


def as_text(schema: dict[str, Any]) -> str:
    return f"{json.dumps(schema, indent=2, ensure_ascii=False)}\n"


if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    for name, schema in schemas().items():
        (TARGET / f"{name}.json").write_text(as_text(schema), encoding="utf-8", newline="\n")
    sys.stdout.write(f"wrote {len(schemas())} schemas\n")
