"""The published JSON Schema of one event line says what the reader of logs accepts."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import ir_policy as ir
from ir_policy.log.events import Opaque, to_wire
from ir_policy.terms import EVENT_KINDS
from oracle.random_logs import random_log

SCHEMA = ir.event_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
EXAMPLES = Path(__file__).parents[2] / "examples" / "incidents"


def test_it_is_a_schema_with_one_alternative_for_each_kind() -> None:
    """The schema is valid itself and names exactly the kinds there are."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert sorted(one["properties"]["kind"]["const"] for one in SCHEMA["oneOf"]) == sorted(EVENT_KINDS)


def test_every_line_of_the_examples_is_valid() -> None:
    """What the project ships as logs is what the schema describes, headers apart."""
    lines = [json.loads(line) for path in sorted(EXAMPLES.glob("*.jsonl")) for line in path.read_text().splitlines()]
    events = [line for line in lines if "log" not in line]
    assert len(events) > 30
    assert [line for line in events if not VALIDATOR.is_valid(line)] == []


def test_every_event_that_can_be_made_is_valid() -> None:
    """Whatever a random log holds is valid as it is written, kinds this version does not know apart."""
    events = [e for seed in range(60) for e in random_log(random.Random(seed)) if not isinstance(e, Opaque)]
    assert len(events) > 600
    assert [event for event in events if not VALIDATOR.is_valid(to_wire(event))] == []


LINE: dict[str, Any] = {
    "kind": "detected", "id": "e1", "incident": "inc-1", "at": "2026-04-03T08:05:00Z", "by": "sentry", "source": "sentry"
}  # fmt: skip


@pytest.mark.parametrize(
    "change", [{"kind": "detectd"}, {"sourc": "x"}, {"source": ""}, {"drill": "yes"}, {"by": None}]
)
def test_what_the_reader_refuses_is_not_valid(change: dict[str, Any]) -> None:
    """A slip that the reader refuses is refused by the schema too."""
    assert VALIDATOR.is_valid(LINE)
    assert not VALIDATOR.is_valid({**LINE, **change})
