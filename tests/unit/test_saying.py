"""What callers send to a host: one bounded JSON object, and in it an event without what only the host may say."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ir_policy as ir

T0: Final = datetime(2026, 4, 3, 8, 5, tzinfo=timezone.utc)
LATER: Final = T0 + timedelta(minutes=7)
NOTE: Final[dict[str, Any]] = {"kind": "note", "text": "all calm", "id": "n-1"}


def opened(policy: ir.Policy) -> ir.Incident:
    first = ir.Detected(incident="inc-7", at=T0, by="sentry", source="sentry", recorded_at=T0)
    return ir.open_incident(policy, first).incident


def problems(said: object, incident: ir.Incident | str = "inc-7", **more: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(ir.EventInvalid) as raised:
        ir.read_said(said, incident, T0, **{"by": "dana", **more})  # type: ignore[arg-type]
    return [(problem.where, problem.what, problem.hint) for problem in raised.value.problems]


class TestSaid:
    """A caller says what happened; who said it, and when that was recorded, is said by the host."""

    def test_what_the_host_fills_in(self, policy: ir.Policy) -> None:
        """Who, in which incident and recorded when; now, and an id, where the caller says none."""
        filled = ir.read_said({"kind": "note", "text": "all calm"}, opened(policy), LATER, by="dana", id="by-chance")
        assert filled == ir.Note(
            incident="inc-7", at=LATER, by="dana", id="by-chance", recorded_at=LATER, text="all calm"
        )
        said = ir.read_said({**NOTE, "at": "2026-04-03T08:06:00Z"}, "inc-7", LATER, by="dana", id="by-chance")
        assert said == ir.Note(
            incident="inc-7", at=T0 + timedelta(minutes=1), by="dana", id="n-1", recorded_at=LATER, text="all calm"
        )
        assert ir.read_said({"kind": "note", "text": "x"}, "inc-7", T0, by="dana").id.startswith("e-")

    def test_a_retry_is_the_same_event(self, policy: ir.Policy) -> None:
        """The same words under the same id, sent again later without an instant: nothing changes, at the check or after it."""
        step = ir.apply(opened(policy), ir.read_said(NOTE, opened(policy), T0, by="dana"))
        again = ir.read_said(NOTE, step.incident, LATER, by="dana", id="another")
        assert (again.at, again.recorded_at) == (T0, LATER)
        assert ir.check(step.incident, again) == ()
        assert ir.apply(step.incident, again).known
        assert ir.apply(step.incident, again).incident is step.incident

    def test_other_words_under_its_id_are_no_retry(self, policy: ir.Policy) -> None:
        """Another text, person or instant under a known id is another event, and refused."""
        incident = ir.apply(opened(policy), ir.read_said(NOTE, opened(policy), T0, by="dana")).incident
        for said, by in (
            ({**NOTE, "text": "not calm"}, "dana"),
            (NOTE, "alex"),
            ({**NOTE, "at": "2026-04-03T08:06:00Z"}, "dana"),
        ):
            event = ir.read_said(said, incident, LATER, by=by)
            with pytest.raises(ir.EventInvalid, match="'n-1' is in the log with other content"):
                ir.apply(incident, event)

    def test_an_instant_that_was_said_is_said_again(self, policy: ir.Policy) -> None:
        """Who said when it happened says it in the retry too: a host fills in only what it filled in before."""
        said = {**NOTE, "at": "2026-04-03T08:05:00Z"}
        incident = ir.apply(opened(policy), ir.read_said(said, opened(policy), LATER, by="dana")).incident
        assert ir.apply(incident, ir.read_said(said, incident, LATER + timedelta(days=1), by="dana")).known
        with pytest.raises(ir.EventInvalid):
            ir.apply(incident, ir.read_said(NOTE, incident, LATER + timedelta(days=1), by="dana"))

    def test_what_only_the_host_may_say(self) -> None:
        """Whatever else the body claims is refused with its place, all at once, never overruled in silence."""
        leave = "leave it out"
        assert problems({"kind": "nte", "by": "alex", "incident": "inc-8", "recorded_at": "x", "id": 5}) == [
            ("by", "is somebody else than the host recognised", leave),
            ("incident", "is another incident than the one addressed", leave),
            ("recorded_at", "is said by the host", "leave it out; say when it happened with at"),
            ("id", "is not text", "make a random one for each event, or leave it out"),
            ("kind", "is no kind of event: 'nte'", "did you mean 'note'?"),
        ]
        assert ir.read_said({**NOTE, "by": "dana", "incident": "inc-7"}, "inc-7", T0, by="dana").by == "dana"

    def test_a_malformed_event(self) -> None:
        """What a reader of events finds is found here too; no caller's body raises anything else."""
        assert problems({"kind": "note"}) == [("text", "'note' must say text", "")]
        assert problems({**NOTE, "precision": False})[0][0] == "precision"
        assert problems({**NOTE, "at": "2026-04-03T08:06:00Z"})[0] == (
            "at", "it happened after it was recorded", "check both instants",
        )  # fmt: skip
        for said in (None, [], "note", 5):
            assert problems(said) == [("event", "is not a mapping", "pass what read_object returned")]
        with pytest.raises(ir.QuestionInvalid, match="now: "):
            ir.read_said(NOTE, "inc-7", T0.replace(tzinfo=None), by="dana")
        with pytest.raises(ir.QuestionInvalid, match="incident: is neither an incident nor an id"):
            ir.read_said(NOTE, None, T0, by="dana")  # type: ignore[arg-type]


class TestObject:
    """One reader for JSON from outside: it gives the object, or one problem, and never anything else."""

    WRONG: Final[list[tuple[str | bytes, str]]] = [
        (b"\xff", "is not UTF-8 text"),
        (b"\xef\xbb\xbf{}", "begins with a byte order mark; save it without one"),
        ("", "is not a whole JSON object (line 1, column 1)"),
        ('{"a":\n tru}', "is not a whole JSON object (line 2, column 2)"),
        ("[]", "is not a JSON object"),
        ('{"a": 1, "a": 1}', "says 'a' twice in one object"),
        ('{"a": NaN}', "holds a number or a nesting nobody can read"),
        ('{"a": 1e999}', "holds a number or a nesting nobody can read"),
        (f'{{"a": {"9" * 5000}}}', "holds a number or a nesting nobody can read"),
        (f'{{"a": {"[" * 20}{"]" * 20}}}', "is nested more than 20 levels deep"),
        ("[" * 500_000, "is nested more than 20 levels deep"),
        ('{"a": "' + "x" * 1024 * 1024, "is longer than 1048576 characters"),
        (b'{"a": "' + b"x" * 1024 * 1024, "is longer than 1048576 bytes"),
    ]

    @pytest.mark.parametrize(("text", "what"), WRONG, ids=[what for _, what in WRONG])
    def test_what_is_none(self, text: str | bytes, what: str) -> None:
        """Each is told by one problem of the library's own."""
        with pytest.raises(ir.QuestionInvalid) as raised:
            ir.read_object(text)
        assert raised.value.problems == (ir.Problem("text", what, "send one JSON object"),)

    def test_the_longest(self) -> None:
        """How long it may be is the host's to say, in characters of text and in bytes of bytes."""
        whole = '{"a":"é"}'
        assert ir.read_object(whole, longest=9) == ir.read_object(whole.encode(), longest=10) == {"a": "é"}
        for text, longest in ((whole, 8), (whole.encode(), 9)):
            with pytest.raises(ir.QuestionInvalid, match="is longer than"):
                ir.read_object(text, longest=longest)
        assert ir.read_object('{"a":"' + "x" * 2_000_000 + '"}', longest=3_000_000)["a"] == "x" * 2_000_000
        with pytest.raises(ir.QuestionInvalid, match="is neither text nor bytes"):
            ir.read_object(None)  # type: ignore[arg-type]

    @given(said=st.dictionaries(st.text(), st.recursive(st.none() | st.booleans() | st.integers(-(10**18), 10**18)
           | st.text(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8)))  # fmt: skip
    def test_what_is_one(self, said: dict[str, Any]) -> None:
        """Whatever a JSON writer writes is read back, from text and from bytes."""
        text = json.dumps(said)
        assert ir.read_object(text) == ir.read_object(text.encode()) == said

    @given(raw=st.binary() | st.text())
    def test_anything_at_all(self, raw: str | bytes) -> None:
        """Any bytes and any text are read, or refused in the library's own words."""
        try:
            found: object = ir.read_object(raw)
        except ir.QuestionInvalid as error:
            found = {problem.where: problem.what for problem in error.problems}
            where = list(found)
        else:
            where = ["text"]
        assert isinstance(found, dict)
        assert where == ["text"]
