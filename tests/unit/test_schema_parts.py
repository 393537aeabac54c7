"""Part by part, the published schema of documents takes what the readers take: limits, ids, conditions, acts and marks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

import ir_policy as ir
from ir_policy.clocks import parse_duration, parse_limit
from ir_policy.rules.conditions import ConditionFault, parse
from ir_policy.rules.document_schema import PARTS
from ir_policy.rules.parts import (
    read_again_on,
    read_forbids,
    read_gate_when,
    read_given,
    read_met_by,
    read_needs,
    read_outcomes,
    read_owed_to,
    read_set_by,
    read_starts,
    read_until,
    read_within,
)
from ir_policy.rules.scalars import read_clock_time, read_day, read_id, read_ids, read_pinned, read_share, read_version
from ir_policy.terms import is_id
from support_schema import part_validator, subschemas, validator


def agree(part: str, read: Callable[[Any], object], value: object) -> None:
    """Reader and schema both take a value, or both refuse it."""
    try:
        read(value)
        taken = True
    except (ValueError, PydanticCustomError):
        taken = False
    assert part_validator(part).is_valid(value) is taken, (part, value)


COUNTS: Final = st.one_of(st.integers(0, 10**7).map(str), st.sampled_from(
    ["1", "01", "1.5", "-1", "+1", "120", "121", "3653", "3654", "87672", "87673", "999999", "1000000", "٢", ""]
))  # fmt: skip
UNITS: Final = st.sampled_from(
    [
        "minute",
        "minutes",
        "hour",
        "hours",
        "day",
        "days",
        "month",
        "months",
        "business day",
        "business days",
        "week",
        "Hours",
    ]
)
LENGTHS: Final = st.tuples(COUNTS, st.sampled_from([" ", "  ", "", "\t", "\n"]), UNITS).map("".join)
PERIODS: Final = st.sampled_from(["month", "quarter", "half-year", "year", "week", "quarters"]).map("end of {}".format)
WORDED: Final = st.sampled_from(
    [
        "as soon as practicable",
        "without undue delay",
        "before closed",
        "given by the event",
        "immediately",
        "Before closed",
    ]
)
WRAPPED: Final = st.tuples(
    st.sampled_from(
        [
            "same business day (not before {})",
            "immediately (grace {})",
            "same business day (grace {})",
            "immediately ({})",
        ]
    ),
    LENGTHS,
).map(lambda pair: pair[0].format(pair[1]))
NEAR_LIMITS: Final = st.one_of(LENGTHS, PERIODS, WORDED, WRAPPED, st.text(max_size=12))
EDGES: Final = st.tuples(
    st.sampled_from(["", "", "", " ", "\n"]), NEAR_LIMITS, st.sampled_from(["", "", "", "\n", " ", "x"])
).map("".join)


@given(EDGES)
def test_a_limit_is_valid_where_it_can_be_read(text: str) -> None:
    """The pattern of limits takes what the grammar takes, bounds included, and nothing else."""
    agree("limit", parse_limit, text)
    agree("duration", parse_duration, text)


@given(st.from_regex(ir.schema("document")["$defs"]["limit"]["pattern"], fullmatch=True))
def test_every_limit_the_pattern_makes_can_be_read(text: str) -> None:
    """Words made from the pattern are read, save the line break that Python alone lets stand at the end."""
    if not text.endswith("\n"):
        assert str(parse_limit(text))
    agree("limit", parse_limit, text)


NEAR_SCALARS: Final = st.one_of(
    st.text("ab1-./@ \nÄ", max_size=10),
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\n?", fullmatch=True),
    st.from_regex(r"[0-3]?[0-9]:[0-6][0-9]\n?", fullmatch=True),
    st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,4}\n?", fullmatch=True),
    st.from_regex(r"1/[0-9]{0,3}", fullmatch=True),
    st.integers(195, 205).map("a".__mul__),
)


@given(NEAR_SCALARS)
def test_the_smallest_things_are_valid_where_they_can_be_read(text: str) -> None:
    """Ids, days, times of day, versions and pinned documents."""
    for part, read in (
        ("id", read_id), ("ids", read_ids), ("date", read_day), ("time-of-day", read_clock_time), ("version", read_version),
        ("pinned", read_pinned),
    ):  # fmt: skip
        if part != "pinned" or len(text.partition("@")[0]) <= 200:
            agree(part, read, text)


def test_a_share_and_a_flag() -> None:
    """A share is one part in at most ninety-nine, and yes and no are words."""
    share = validator("document").schema["$defs"]["at-risk"]["properties"]["share"]
    for text in ("1/5", "1/99", "1/100", "1/0", "1/05", "2/5", "0.2"):
        try:
            read_share(text)
            taken = True
        except PydanticCustomError:
            taken = False
        assert jsonschema.Draft202012Validator(share).is_valid(text) is taken
    assert [part_validator("flag").is_valid(value) for value in ("yes", "no", True, "true")] == [
        True,
        True,
        False,
        False,
    ]


HAND_READ: Final[dict[str, Callable[[Any], object]]] = {
    "limits": read_within, "starts": read_starts, "recipients": read_owed_to, "acts": read_met_by,
    "mark-sources": read_set_by, "forbidden": read_forbids, "gate-when": read_gate_when, "releases": read_until,
    "again-on": read_again_on, "condition": parse, "given": read_given, "outcomes": read_outcomes, "needs": read_needs,
}  # fmt: skip
"""Each part that is read by hand; ``document_schema.py`` says how it looks."""


def known_words(read: Callable[[Any], object]) -> set[str]:
    """The words a reader says it knows, when it is given one that nobody knows."""
    try:
        read({"zzz": "x"})
    except (PydanticCustomError, ConditionFault) as fault:
        hint = (
            fault.context["hint"]
            if isinstance(fault, PydanticCustomError) and fault.context
            else getattr(fault, "hint", "")
        )
        return set(str(hint).removeprefix("known here: ").removeprefix("use one of ").split(", "))
    raise AssertionError("a word nobody knows was taken")


@pytest.mark.parametrize(
    "part", [part for part in HAND_READ if part not in ("again-on", "gate-when", "releases", "outcomes")]
)
def test_a_word_a_reader_knows_is_a_word_of_the_schema(part: str) -> None:
    """The schema of a part names exactly the words its reader knows: a new word belongs in ``document_schema.py``."""
    defs = ir.schema("document")["$defs"]
    found = {
        name for _, inner in subschemas(defs[part]) if isinstance(inner, dict) for name in inner.get("properties", {})
    }
    if part == "limits":
        assert found - {level.value for level in ir.Severity} == known_words(read_within)
    else:
        assert found == known_words(HAND_READ[part])


def test_every_part_that_is_read_by_hand_is_looked_at() -> None:
    """The parts named here are those the schema has, so that none is left out of the tests."""
    assert set(HAND_READ) == set(PARTS)


WORDS: Final = st.sampled_from(
    ["a", "a-b", "A", "drill", "SEV1", "SEV1 or worse", "SEV4 or worse", "contain", "confirmed", "15 minutes", "sent", "any",
     "in-force", "reached", "authorised", "in-scope", "raise", "raise to SEV0", "raise to SEV3", "policy", "lowering", "detected",
     "controller", "impact_started", "yes", "resolved", "reason"]
)  # fmt: skip
KEYS: Final = st.sampled_from(
    ["all", "any", "not", "severity", "mark", "step", "phase", "finding", "some", "limit", "basis", "reading", "SEV0", "SEV1",
     "earliest", "latest", "when", "to", "each", "among", "as", "unnamed", "notice", "event", "holding", "level", "hold", "stage",
     "fact", "decision", "duty", "at", "position", "role", "states", "yes", "owed", "told", "settled", "saying", "due", "item", "outcome"]
)  # fmt: skip
NEAR_PARTS: Final = st.recursive(
    WORDS,
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=5,
)


@given(NEAR_PARTS)
def test_a_part_that_is_valid_can_be_read(value: object) -> None:
    """No part is valid that its reader refuses. What is read and not valid names something that only linking would miss."""
    for part, read in HAND_READ.items():
        if part_validator(part).is_valid(value):
            read(value)


@given(NEAR_PARTS)
def test_a_part_that_can_be_read_is_valid(value: object) -> None:
    """Limits, starts and repeats agree in full; where every word is an id that linking could know, conditions do too."""
    for part in ("limits", "starts", "again-on"):
        agree(part, HAND_READ[part], value)
    if re.search(r'"finding": (?!"confirmed")', json.dumps(value)) or not all(map(is_id, leaves(value))):
        return
    for part in ("condition", "gate-when", "releases", "recipients"):
        agree(part, HAND_READ[part], value)


def leaves(value: object) -> list[object]:
    """Every text of a part."""
    if isinstance(value, dict):
        value = list(value.values())
    return [leaf for item in value for leaf in leaves(item)] if isinstance(value, list) else [value]
