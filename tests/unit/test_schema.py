"""The published JSON Schemas of logs say what the reader of logs accepts."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import ir_policy as ir
from ir_policy.log.events import Opaque, to_wire
from ir_policy.rules.model import Policy
from ir_policy.terms import EVENT_KINDS
from oracle.random_logs import random_log
from support_schema import faults

SCHEMA = ir.event_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
EXAMPLES = Path(__file__).parents[2] / "examples" / "incidents"


def test_it_is_a_schema_with_one_alternative_for_each_kind() -> None:
    """The schema is valid itself and names exactly the kinds there are."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert sorted(one["properties"]["kind"]["const"] for one in SCHEMA["oneOf"]) == sorted(EVENT_KINDS)


def test_it_is_the_published_one() -> None:
    """The function and the file say the same."""
    assert ir.schema("event") == SCHEMA


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


def test_every_line_that_is_written_is_valid(policy: Policy) -> None:
    """Whole logs, with their headers and with kinds this version does not know."""
    pin = ir.PolicyPin(policy.id, policy.version, policy.digest)
    lines = [
        json.loads(line)
        for seed in range(20)
        for line in ir.write_log(random_log(random.Random(seed)), pin).splitlines()
    ]
    assert sum("log" in line for line in lines) == 20
    assert any(line.get("kind") not in EVENT_KINDS for line in lines if "log" not in line)
    assert [line for line in lines if faults("log-line", line)] == []


HEADER: dict[str, Any] = {"log": 1, "policy": {"id": "a", "version": "1.0", "digest": "sha256:0"}}


@pytest.mark.parametrize(
    "line",
    [
        {**HEADER, "log": 2}, {**HEADER, "log": True}, {**HEADER, "more": 1}, {"log": 1, "policy": {"id": "a"}},
        {"kind": "detected", "id": "e1"}, {"kind": "satellite lost", "id": "e", "incident": "i", "at": "2026-04-03T08:05:00Z", "by": "x"},
        {"kind": "satellite-lost", "incident": "i", "at": "2026-04-03T08:05:00Z", "by": "x"}, {}, [], "detected",
    ],
)  # fmt: skip
def test_what_is_no_line_is_not_valid(line: Any) -> None:
    """Headers of another form, events without what every event says, and what is no object; the reader agrees."""
    assert faults("log-line", line) != []
    with pytest.raises(ir.LogInvalid):
        ir.read_log(json.dumps(line))


def test_a_header_may_stand_without_a_policy() -> None:
    """As the reader has it."""
    for line in (HEADER, {"log": 1}):
        assert faults("log-line", line) == []
        assert ir.read_log(json.dumps(line)).events == ()


@pytest.mark.parametrize(
    "change", [
        {"kind": "detectd"}, {"sourc": "x"}, {"source": ""}, {"drill": "yes"}, {"by": None}, {"at": "yesterday"},
        {"at": "2026-04-03T08:05:00"}, {"source": "x" * 201}, {"by": " "}, {"precision": "week"},
        {"kind": "notice-sent", "duties": ["a"]}, {"kind": "waived", "reason": "x", "gate": "a", "obligation": "b"},
        {"kind": "facts-reported", "facts": {"No Id": "yes"}}, {"kind": "facts-reported", "facts": {"a": True}},
    ],
)  # fmt: skip
def test_what_the_reader_refuses_is_not_valid(change: dict[str, Any]) -> None:
    """A slip that the reader refuses is refused by the schema too."""
    line = {**LINE, **change}
    if "kind" in change:
        line.pop("source", None)
    assert VALIDATOR.is_valid(LINE)
    assert not VALIDATOR.is_valid(line)
    if change != {"kind": "detectd"}:  # a kind of a newer version is kept whole
        with pytest.raises(ir.EventInvalid):
            ir.read_event(line)
