"""Logs: what cannot be read as one incident names its first bad line, and what can be read is kept byte for byte."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

import ir_policy as ir
from ir_policy import LogInvalid, PolicyMismatch
from ir_policy.log.events import Opaque

POLICY: Final = ir.load_policy("motion-mavericks")
T: Final = datetime(2026, 3, 11, 1, tzinfo=UTC)

HEADER: Final = json.dumps({"log": 1, "policy": {"id": POLICY.id, "version": POLICY.version, "digest": POLICY.digest}})
FIRST: Final = '{"at":"2026-03-11T01:00:00Z","by":"a","id":"e1","incident":"i","kind":"detected","source":"s"}'
SECOND: Final = '{"at":"2026-03-11T01:05:00Z","by":"a","id":"e2","incident":"i","kind":"note","text":"t"}'
UNKNOWN: Final = (
    '{"at":"2026-03-11T01:06:00Z","by":"a","crew":["b",null,{"deep":[true,-1,""]}],"id":"e3","incident":"i",'
    '"kind":"satellite-lost","note":" "}'
)
WHOLE: Final = (
    "this line is not a whole JSON object (column {}); if it is the last line, it was torn while being written"
)
FORM: Final = "this version reads form 1"


def log(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def refused(lines: str | bytes | Iterable[str]) -> tuple[int, str]:
    """Which line is the first bad one, counted from 0, and what is wrong with it."""
    with pytest.raises(LogInvalid) as caught:
        ir.read_log(lines)
    error = caught.value
    assert type(error) is LogInvalid
    assert str(error) == f"log line {error.index + 1}: {error.why}"
    assert str(error) == " ".join(str(error).split())
    return error.index, error.why


def with_source(value: str) -> str:
    """The first line with another JSON value as its source."""
    assert FIRST.count('"s"') == 1
    return FIRST.replace('"s"', value)


class TestLines:
    @pytest.mark.parametrize(
        ("lines", "index", "why"),
        [
            (log(HEADER, FIRST) + SECOND[:40], 2, WHOLE.format(39)),
            (log(HEADER, "hello", FIRST), 1, WHOLE.format(1)),
            (log(FIRST, "[1, 2]"), 1, "this line is not a JSON object"),
            (log(FIRST, '"note"'), 1, "this line is not a JSON object"),
            (log(FIRST, "{}"), 1, "not an event: kind: the event has no kind; say what happened, such as detected"),
            (log(f"{FIRST} {SECOND}"), 0, WHOLE.format(len(FIRST) + 2)),
            (log(FIRST.replace('"by":"a"', '"by":"a","by":"b"')), 0, "this line says 'by' twice in one object"),
            (log(FIRST, SECOND.replace('"text":"t"', '"text":{"a":1,"a":2}')), 1, "this line says 'a' twice in one object"),
            (log(with_source("NaN")), 0, "this line holds a number or a nesting nobody can read"),
            (log(with_source("-Infinity")), 0, "this line holds a number or a nesting nobody can read"),
            (log(with_source("9" * 5000)), 0, "this line holds a number or a nesting nobody can read"),
            (log(with_source("1.5")), 0, "not an event: source: is not text"),
            (log(with_source("1e400")), 0, "this line holds a number or a nesting nobody can read"),
            (log(FIRST, "[" * 100_000), 1, "this line is nested more than 20 levels deep"),
            (log(FIRST, '{"a":' * 100_000), 1, "this line is nested more than 20 levels deep"),
            (log(FIRST, with_source(json.dumps("s" * 1024 * 1024))), 1, "this line is longer than 1048576 characters"),
            (log(with_source('"\\ud800"')), 0, "not an event: source: holds a character that cannot be seen; remove it"),
            (log(with_source('"a\x01b"')), 0, WHOLE.format(FIRST.index('"s"') + 3)),
            (log(FIRST, SECOND[:-1] + ',"txet":"x"}'), 1,
             "not an event: txet: 'note' has no field of that name; did you mean 'text'?"),
            (log(FIRST, SECOND.replace("01:05:00Z", "01:05:00")), 1,
             "not an event: at: '2026-03-11T01:05:00' has no offset; end it with Z or an offset such as +10:00"),
            ("\ufeff" + log(FIRST), 0, "this line begins with a byte order mark; save it without one"),
        ],
        ids=["torn last line", "no JSON", "array", "text", "empty object", "two on one line", "field twice",
             "field twice deep inside", "NaN", "infinity", "endless number", "fraction", "1e400", "deep array", "deep object",
             "long line", "half a character", "raw control character", "unknown field", "no offset", "byte order mark"],
    )  # fmt: skip
    def test_refused(self, lines: str, index: int, why: str) -> None:
        """The first line that is no event is named, with what is wrong with it, in text and in bytes."""
        assert refused(lines) == (index, why)
        assert refused(lines.split("\n")) == (index, why)
        assert refused(lines.encode()) == (index, why)

    def test_invalid_utf8(self) -> None:
        """A byte that is not UTF-8 names its line, in bytes and in a file that was opened as text."""
        raw = log(HEADER, FIRST).encode() + b'{"\xff":1}\n'
        assert refused(raw) == (2, "this is not UTF-8 text")
        index, why = refused(io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        assert (index <= 2, why) == (True, "this is not UTF-8 text")

    @pytest.mark.parametrize(
        ("lines", "index", "why"),
        [
            (None, 0, "a log is text, or lines of text"),
            (5, 0, "a log is text, or lines of text"),
            ([FIRST, None], 1, "this line is not text"),
            ([FIRST.encode()], 0, "this line is not text"),
        ],
    )
    def test_no_log(self, lines: Any, index: int, why: str) -> None:
        """What is no text at all is no log."""
        assert refused(lines) == (index, why)

    def test_lines_before_the_bad_one_are_whole(self) -> None:
        """The index says how much of the log can be kept."""
        lines = log(HEADER, FIRST, SECOND) + SECOND[:30]
        index, _ = refused(lines)
        kept = ir.read_log(lines.split("\n")[:index])
        assert [event.id for event in kept.events] == ["e1", "e2"]

    def test_blank_lines_and_line_ends(self) -> None:
        """Blank lines and carriage returns before line ends mean nothing."""
        assert ir.read_log(log(FIRST, "", SECOND).replace("\n", "\r\n")) == ir.read_log([FIRST, SECOND])


class TestOneIncident:
    def test_two_incidents(self) -> None:
        """A log is of one incident; the first event says which."""
        why = "this event belongs to incident 'j', the lines before to 'i'"
        assert refused(log(FIRST, SECOND.replace('"incident":"i"', '"incident":"j"'))) == (1, why)

    def test_conflicting_duplicate(self) -> None:
        """One id stands for one event; another event under it is refused."""
        why = "event id 'e2' stands here a second time with other content"
        assert refused(log(FIRST, SECOND, SECOND.replace('"text":"t"', '"text":"u"'))) == (2, why)

    def test_repeated_event(self) -> None:
        """The same event twice is kept once, whatever the order of its fields."""
        again = json.dumps(dict(reversed(json.loads(SECOND).items())))
        assert ir.read_log(log(FIRST, SECOND, again)) == ir.read_log(log(FIRST, SECOND))

    def test_an_id_is_an_id_of_its_incident(self) -> None:
        """Two incidents may use the same ids; neither hides or changes an event of the other."""
        other = log(FIRST, SECOND).replace('"incident":"i"', '"incident":"j"')
        here, there = (ir.replay(POLICY, ir.read_log(lines)) for lines in (log(FIRST, SECOND), other))
        assert [event.id for event in here.log] == [event.id for event in there.log] == ["e1", "e2"]
        assert (here.id, there.id, here == there) == ("i", "j", False)
        assert not set(here.log) & set(there.log)

    def test_the_same_through_replay(self) -> None:
        """Events that were not read from a log are held to the same rules."""
        first, second = ir.read_event(FIRST), ir.read_event(SECOND.replace('"incident":"i"', '"incident":"j"'))
        with pytest.raises(LogInvalid) as caught:
            ir.replay(POLICY, [first, second])
        assert (caught.value.index, caught.value.why) == (
            1,
            "this event belongs to incident 'j', the first one to 'i'",
        )


class TestHeader:
    @pytest.mark.parametrize(
        ("lines", "index", "why"),
        [
            (log(FIRST, HEADER), 1, "a header stands here; it belongs on the first line"),
            (log(HEADER, HEADER, FIRST), 1, "a header stands here; it belongs on the first line"),
            (log(HEADER.replace('"log": 1', '"log": 2'), FIRST), 0, f"this log has form 2; {FORM}"),
            (log(HEADER.replace('"log": 1', '"log": true'), FIRST), 0, f"the header's 'log' is not a number; {FORM}"),
            (log(HEADER.replace('"log": 1', '"log": "1"'), FIRST), 0, f"the header's 'log' is not a number; {FORM}"),
            (log(HEADER.replace('"log": 1', '"log": 1, "chain": "x"'), FIRST), 0, "the header has an unknown field 'chain'"),
            (log(HEADER.replace('"id":', '"name": "x", "id":'), FIRST), 0, "the header's policy must say id, version and digest"),
            (log('{"log": 1, "policy": "motion-mavericks"}', FIRST), 0, "the header's policy must say id, version and digest"),
            (log(HEADER.replace('"0.2.0"', "2"), FIRST), 0, "the header's policy: version: is not text"),
            (log('{"event":{},"hash":"abc","prev":""}'), 0, "a chained log begins with a header in its one canonical form"),
        ],
        ids=["not first", "twice", "newer", "true", "text", "unknown field", "unknown field of the policy", "policy as text",
             "version as a number", "chained line"],
    )  # fmt: skip
    def test_refused(self, lines: str, index: int, why: str) -> None:
        """A header that this version cannot read names what is wrong with it; a newer form is never guessed at."""
        assert refused(lines) == (index, why)

    def test_without_a_policy(self) -> None:
        """A header need not name a policy; then any may be given."""
        read = ir.read_log(log('{"log":1}', FIRST))
        assert read == ir.Log((ir.read_event(FIRST),), None)
        assert ir.replay(POLICY, read).seq == 1

    def test_another_policy(self) -> None:
        """A log that was written under another document is never judged by this one."""
        read = ir.read_log(log(HEADER.replace("sha256:", "sha256:0"), FIRST))
        with pytest.raises(PolicyMismatch) as caught:
            ir.replay(POLICY, read)
        assert caught.value.expected == f"'motion-mavericks@0.2.0' (sha256:0{POLICY.digest[7:14]})"
        assert caught.value.given == f"'motion-mavericks@0.2.0' ({POLICY.digest[:15]})"
        assert str(caught.value) == (
            f"this log was written under policy {caught.value.expected}, but {caught.value.given} was given; "
            "load the document the log names"
        )


class TestNothingDetected:
    @pytest.mark.parametrize("lines", ["", "\n\n", log(HEADER), log(SECOND), log(HEADER, SECOND)])
    def test_no_signal(self, lines: str) -> None:
        """A log without a signal can be read, and is of no incident."""
        read = ir.read_log(lines)
        with pytest.raises(LogInvalid) as caught:
            ir.replay(POLICY, read)
        assert caught.value.why == "no signal detected this incident; a log holds at least one 'detected'"


class TestUnknownKind:
    """An event of a newer version is kept whole, and blocks what needs to know everything."""

    def test_it_is_kept_byte_for_byte(self) -> None:
        """An event of a kind this version does not know is written again as it came, header and order included."""
        lines = log(json.dumps(json.loads(HEADER), sort_keys=True, separators=(",", ":")), FIRST, UNKNOWN, SECOND)
        read = ir.read_log(lines)
        assert isinstance(read.events[1], Opaque)
        assert ir.write_log(read.events, read.policy) == lines
        incident = ir.replay(POLICY, read)
        assert ir.write_log(incident.log, incident.pin) == lines

    def test_it_marks_the_incident_incomplete(self) -> None:
        """The incident says that this version does not know everything that happened."""
        assert ir.replay(POLICY, ir.read_log(log(FIRST, SECOND))).complete
        assert not ir.replay(POLICY, ir.read_log(log(FIRST, UNKNOWN))).complete

    def test_it_blocks_closing_and_lowering(self) -> None:
        """Nobody closes or lowers what they do not know the whole of; what is recorded so has no effect."""
        incident = ir.replay(POLICY, ir.read_log(log(FIRST, UNKNOWN)))
        by, later = "incident-commander", T + timedelta(hours=1)
        decided = ir.SeverityDecided(incident="i", at=later, by=by, severity=ir.Severity.SEV1, reason="x")
        incident = ir.record(incident, decided).incident
        lowered = ir.SeverityDecided(incident="i", at=later, by=by, severity=ir.Severity.SEV2, reason="x")
        closed = ir.Closed(incident="i", at=later, by=by, outcome="resolved")
        for event in (lowered, closed):
            assert "unknown-events" in {refusal.rule for refusal in ir.check(incident, event)}
            after = ir.record(incident, event).incident
            assert (after.severity.governing, after.closed) == (ir.Severity.SEV1, False)
            assert after.violations[-1].void

    def test_known_events_still_count(self) -> None:
        """Everything else goes on: raising, steps and notices need no knowledge of the unknown."""
        incident = ir.replay(POLICY, ir.read_log(log(FIRST, UNKNOWN)))
        raised = ir.SeverityDecided(incident="i", at=T + timedelta(hours=1), by="anybody", severity=ir.Severity.SEV0)
        assert ir.record(incident, raised).incident.severity.governing is ir.Severity.SEV0


class TestWriting:
    def test_the_same_bytes(self) -> None:
        """Writing what was read gives the same bytes again, however the lines were laid out before."""
        loose = "\n".join(json.dumps(json.loads(line), indent=None) for line in (FIRST, SECOND, UNKNOWN))
        once = ir.write_log(ir.read_log(loose).events)
        assert once == log(FIRST, SECOND, UNKNOWN)
        assert ir.write_log(ir.read_log(once).events) == once

    def test_brackets_in_text(self) -> None:
        """Brackets inside a text are text, however many; an event that can be written can be read."""
        event = ir.Note(incident="i", at=T, by="a", text='[{"\\' * 5000)
        assert ir.read_log(ir.write_log([event])).events == (event,)

    @pytest.mark.parametrize(
        "event",
        [
            ir.Notice(kind="notice-sent", incident="i" * 200, at=T, by="a" * 200, id="e" * 200, notice='"' * 200, digest='"' * 200,
                      duties=("d",) * 25_000, recipients=("r" * 200,) * 490, states=("s",) * 25_000, evidence=('"' * 200,) * 490,
                      reasons_for_delay='"' * 20_000),
            ir.FactsReported(incident="i", at=T, by="a", facts={f"client/{'c' * 190}{n:03}": ir.UNKNOWN for n in range(1000)}),
            ir.Corrected(incident="i", at=T, by="a", event="e", fields={f"f{n}": '"' * 20_000 for n in range(12)}, reason="\\" * 20_000,
                         evidence=('"' * 200,) * 490),
        ],
        ids=["notice", "facts", "correction"],
    )  # fmt: skip
    def test_the_longest_events(self, event: ir.Event) -> None:
        """However much an event says, it fits on one line that can be read again."""
        line = ir.write_log([event])
        assert 200_000 < len(line) < 1024 * 1024
        assert ir.read_log(line).events == (event,)
