"""Events: what cannot have been meant is refused with its field and a way out, and nothing else is changed by it."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import Enum
from typing import Any, Final, NamedTuple

import attrs
import pytest

import ir_policy as ir
from ir_policy import Event, EventInvalid, IRPolicyError, Problem, QuestionInvalid
from ir_policy.calendar import zone
from ir_policy.log.events import COMMON, KINDS, kinds_of_value
from ir_policy.terms import EVENT_INSTANTS, EVENT_KINDS

T: Final = datetime(2026, 3, 11, 1, tzinfo=UTC)
NAIVE: Final = datetime.fromisoformat("2026-03-11T00:00:00")
SYDNEY: Final = zone("Australia/Sydney")
POLICY: Final = ir.load_policy("motion-mavericks")
DETECTED: Final = ir.Detected(incident="i", at=T, by="a", source="s")

NOT_AN_ID: Final = "use lower-case words joined by '-', groups by '/'"
IN_UTC: Final = "pass the instant in UTC"
CHECK_YEAR: Final = "check the year"
UNSEEN: Final = "holds a character that cannot be seen"
FACT_WORDS: Final = "use ir.YES, ir.NO, ir.UNKNOWN or their words"


def made(cls: type[Event], /, **fields: Any) -> Event:
    """An event with the fields every event has, unless others are given."""
    return cls(**{"incident": "i", "at": T, "by": "a", **fields})


def refusal(make: Callable[[], object]) -> tuple[Problem, ...]:
    """What is wrong with the event; each problem is one line that any terminal can show."""
    with pytest.raises(EventInvalid) as refused:
        make()
    assert type(refused.value) is EventInvalid
    for problem in refused.value.problems:
        said = str(problem)
        assert said == " ".join(said.split())
        assert said.encode("utf-8")
    return refused.value.problems


def question(ask: Callable[[], object]) -> tuple[Problem, ...]:
    """What is wrong with the call."""
    with pytest.raises(QuestionInvalid) as refused:
        ask()
    assert type(refused.value) is QuestionInvalid
    return refused.value.problems


class Nanoseconds(datetime):
    """An instant as other libraries make them, with nanoseconds."""

    nanosecond = 50


class Broken(tzinfo):
    """A time zone that fails when it is asked."""

    def utcoffset(self, at: datetime | None) -> timedelta:
        raise RuntimeError("no zone data on this machine")

    def dst(self, at: datetime | None) -> timedelta:
        raise RuntimeError("no zone data on this machine")

    def tzname(self, at: datetime | None) -> str:
        return "broken"


class Role(str, Enum):  # noqa: UP042 - the older form, whose `str()` is not its value
    """Text that is more than text."""

    COMMANDER = "incident-commander"


class Slip(NamedTuple):
    """One malformed event and its one problem."""

    about: str
    cls: type[Event]
    fields: dict[str, Any]
    where: str
    what: str
    hint: str = ""


DETECTION: Final = {"source": "s"}
SLIPS: Final = (
    # --- instants ---
    Slip("naive instant", ir.Note, {"text": "x", "at": NAIVE}, "at", "'2026-03-11T00:00:00' has no time zone",
         "attach one, such as datetime.timezone.utc; the library does not guess"),
    Slip("local time that was skipped", ir.Note, {"text": "x", "at": datetime(2026, 10, 4, 2, 30, tzinfo=SYDNEY)}, "at",
         "local time '2026-10-04T02:30:00' does not exist in Australia/Sydney: the clocks went forward", IN_UTC),
    Slip("local time that happens twice", ir.Note, {"text": "x", "at": datetime(2026, 4, 5, 2, 30, tzinfo=SYDNEY)}, "at",
         "local time '2026-04-05T02:30:00' happens twice in Australia/Sydney",
         "pass it in UTC: 2026-04-04T15:30:00Z or 2026-04-04T16:30:00Z"),
    Slip("nanoseconds", ir.Note, {"text": "x", "at": Nanoseconds(2026, 3, 11, tzinfo=UTC)}, "at",
         "an instant has microseconds, this one has nanoseconds", "round it yourself first"),
    Slip("nanoseconds as text", ir.Note, {"text": "x", "at": "2026-03-11T01:00:00.000000050Z"}, "at",
         "'2026-03-11T01:00:00.000000050Z' is finer than a microsecond", "round it yourself first"),
    Slip("no offset", ir.Note, {"text": "x", "at": "2026-03-11T01:00:00"}, "at", "'2026-03-11T01:00:00' has no offset",
         "end it with Z or an offset such as +10:00"),
    Slip("a day and no time", ir.Note, {"text": "x", "at": "2026-03-11"}, "at", "'2026-03-11' is not an instant",
         "write it like 2026-04-03T18:05:00+10:00"),
    Slip("a date", ir.Note, {"text": "x", "at": date(2026, 3, 11)}, "at", "an instant is a datetime, not a date",
         "pass an aware datetime such as one in UTC"),
    Slip("a number", ir.Note, {"text": "x", "at": 1773190800}, "at", "an instant is a datetime, not a number",
         "pass an aware datetime such as one in UTC"),
    Slip("24:00", ir.Note, {"text": "x", "at": "2026-03-11T24:00:00Z"}, "at",
         "'2026-03-11T24:00:00Z' names an hour 24 or a second 60", "write the next day or the next second"),
    Slip("leap second", ir.Note, {"text": "x", "at": "2016-12-31T23:59:60Z"}, "at",
         "'2016-12-31T23:59:60Z' names an hour 24 or a second 60", "write the next day or the next second"),
    Slip("30 February", ir.Note, {"text": "x", "at": "2026-02-30T10:00:00Z"}, "at",
         "'2026-02-30T10:00:00Z' is not a day and time of the calendar", "check day, hour and offset"),
    Slip("digits of another script", ir.Note, {"text": "x", "at": "٢٠٢٦-03-11T01:00:00Z"}, "at",
         "'٢٠٢٦-03-11T01:00:00Z' is not an instant", "write it like 2026-04-03T18:05:00+10:00"),
    Slip("last century", ir.Note, {"text": "x", "at": "1999-12-31T23:59:59Z"}, "at",
         "'1999-12-31T23:59:59+00:00' is outside the years 2000 to 2100", CHECK_YEAR),
    Slip("next century", ir.Note, {"text": "x", "at": datetime(2101, 1, 1, tzinfo=UTC)}, "at",
         "'2101-01-01T00:00:00+00:00' is outside the years 2000 to 2100", CHECK_YEAR),
    Slip("end of all days", ir.Note, {"text": "x", "at": datetime.max.replace(tzinfo=timezone(timedelta(hours=-14)))}, "at",
         "'9999-12-31T23:59:59.999999-14:00' is outside the years 2000 to 2100", CHECK_YEAR),
    Slip("zone that fails", ir.Note, {"text": "x", "at": datetime(2026, 3, 11, tzinfo=Broken())}, "at",
         "the time zone of this instant says no offset", IN_UTC),
    Slip("recorded before it happened", ir.Note, {"text": "x", "recorded_at": T - timedelta(microseconds=1)}, "at",
         "it happened after it was recorded", "check both instants"),
    Slip("grounds held later than they were reported", ir.FactsReported,
         {"facts": {"false-positive": ir.YES}, "since": T + timedelta(microseconds=1)}, "since",
         "it is later than the event itself", "since is when the grounds were first held"),
    Slip("finding held later than it was made", ir.BreachFinding, {"finding": "aware", "since": T + timedelta(hours=1)}, "since",
         "it is later than the event itself", "since is when the grounds were first held"),
    # --- kinds ---
    Slip("kind of another class", ir.RoleChange, {"kind": "detected", "role": "scribe", "person": "p"}, "kind",
         "'detected' is not a kind of this event",
         "write one of: handover-accepted, handover-declined, handover-offered, role-released, role-taken"),
    Slip("no kind", ir.Hold, {"scope": "x"}, "kind", "the event has no kind",
         "write one of: hold-extended, hold-released, hold-started"),
    Slip("kind that is no text", ir.Hold, {"kind": ["hold-started"], "scope": "x"}, "kind", "is not text",
         "say what happened, such as detected"),
    Slip("event of no class", ir.Event, {"kind": "note"}, "kind", "an event is made with the class of its kind",
         "use one such as ir.Detected"),
    # --- fields ---
    Slip("field this kind has no use for", ir.Notice, {"kind": "notice-sent", "notice": "n", "role": "scribe"}, "role",
         "'notice-sent' has no field of that name"),
    Slip("missing field", ir.Detected, {}, "source", "'detected' must say source"),
    Slip("empty text for a field that must be there", ir.Detected, {"source": ""}, "source", "'detected' must say source"),
    Slip("text of spaces", ir.Note, {"text": " \n "}, "text", "is empty", "leave the field out or say something"),
    Slip("label with a space before it", ir.Note, {"text": "x", "by": " a"}, "by", "begins or ends with a space", "remove it"),
    Slip("label over two lines", ir.Note, {"text": "x", "by": "a\nb"}, "by", "holds a control character", "remove it"),
    Slip("bell", ir.Note, {"text": "ding\x07"}, "text", "holds a control character", "remove it"),
    Slip("half a character", ir.Note, {"text": "a\ud800b"}, "text", UNSEEN, "remove it"),
    Slip("text that runs the other way", ir.Note, {"text": "x", "by": "a\u202eb"}, "by", UNSEEN, "remove it"),
    Slip("mark of direction", ir.Note, {"text": "x", "by": "a\u200eb"}, "by", UNSEEN, "remove it"),
    Slip("letter without a width", ir.Note, {"text": "x", "by": "a\u200bb"}, "by", UNSEEN, "remove it"),
    Slip("line separator", ir.Note, {"text": "a\u2028b"}, "text", UNSEEN, "remove it"),
    Slip("letter that fills space", ir.Note, {"text": "x", "by": "\u3164"}, "by", UNSEEN, "remove it"),
    Slip("tag", ir.Note, {"text": "a\U000e0041b"}, "text", UNSEEN, "remove it"),
    Slip("pile of accents", ir.Note, {"text": "a" + "\u0301" * 31}, "text", "holds more than 30 accents on one letter", "delete them"),
    Slip("over-long label", ir.Note, {"text": "x", "by": "a" * 201}, "by", "is longer than 200 characters", "shorten it"),
    Slip("over-long text", ir.Note, {"text": "a" * 20_001}, "text", "is longer than 20000 characters", "shorten it"),
    Slip("number for text", ir.Note, {"text": 5}, "text", "is not text"),
    Slip("text for a list", ir.StepDone, {"step": "isolate", "evidence": "log.txt"}, "evidence", "is not a list",
         "put it in brackets, such as ['one', 'two']"),
    Slip("set for a list", ir.StepDone, {"step": "isolate", "evidence": {"log.txt"}}, "evidence", "is not a list",
         "put it in brackets, such as ['one', 'two']"),
    Slip("list of lists", ir.StepDone, {"step": "isolate", "evidence": [["log.txt"]]}, "evidence", "is not text"),
    Slip("endless list", ir.StepDone, {"step": "isolate", "evidence": ["log.txt"] * 10_001}, "evidence",
         "is longer than 100000 characters altogether", "split it over several events"),
    Slip("capitals in an id", ir.StepDone, {"step": "Isolate"}, "step", "is not an id", NOT_AN_ID),
    Slip("line end behind an id", ir.StepDone, {"step": "isolate\n"}, "step", "is not an id", NOT_AN_ID),
    Slip("number for yes", ir.Detected, {**DETECTION, "drill": 1}, "drill", "is neither true nor false",
         "write True or False, in JSON true or false"),
    Slip("word for yes", ir.Detected, {**DETECTION, "drill": "no"}, "drill", "is neither true nor false",
         "write True or False, in JSON true or false"),
    # --- words ---
    Slip("outcome", ir.Closed, {"outcome": "done"}, "outcome", "is not one of the words allowed here",
         "write one of: resolved, false-positive, duplicate, superseded, out-of-scope"),
    Slip("finding", ir.BreachFinding, {"finding": "confrimed"}, "finding", "is not one of the words allowed here",
         "write one of: suspected, believed, aware, confirmed, statement-completed, not-a-breach, remediated"),
    Slip("precision", ir.Note, {"text": "x", "precision": "second"}, "precision", "is not one of the words allowed here",
         "write one of: minute, day, month"),
    Slip("false for no precision", ir.Note, {"text": "x", "precision": False}, "precision",
         "is not one of the words allowed here", "write one of: minute, day, month"),
    Slip("false for no recording time", ir.Note, {"text": "x", "recorded_at": False}, "recorded_at",
         "an instant is a datetime, not true or false", "pass an aware datetime such as one in UTC"),
    Slip("no recording time in quotes", ir.Note, {"text": "x", "recorded_at": ""}, "recorded_at", "'' is not an instant",
         "write it like 2026-04-03T18:05:00+10:00"),
    Slip("an empty list for no recording time", ir.Note, {"text": "x", "recorded_at": ()}, "recorded_at",
         "an instant is a datetime, not a list", "pass an aware datetime such as one in UTC"),
    Slip("level", ir.SeverityDecided, {"severity": "SEV4"}, "severity", "is not a level", "write SEV0, SEV1, SEV2 or SEV3"),
    Slip("level as a number", ir.SeverityDecided, {"severity": 0}, "severity", "is not a level", "write SEV0, SEV1, SEV2 or SEV3"),
    Slip("level in letters that only look right", ir.SeverityDecided, {"severity": "ЅEV0"}, "severity", "is not a level",
         "write SEV0, SEV1, SEV2 or SEV3"),
    Slip("phase", ir.PhaseChange, {"kind": "phase-entered", "phase": "containment"}, "phase", "is not a phase",
         "write one of: detect, assess, contain, eradicate, recover, close"),
    # --- facts ---
    Slip("true for yes", ir.FactsReported, {"facts": {"false-positive": True}}, "facts",
         "'false-positive': a fact is yes, no or unknown", FACT_WORDS),
    Slip("nothing for unknown", ir.FactsReported, {"facts": {"false-positive": None}}, "facts",
         "'false-positive': a fact is yes, no or unknown", FACT_WORDS),
    Slip("facts as a list", ir.FactsReported, {"facts": ["false-positive"]}, "facts", "is not a mapping of facts",
         "write {fact: yes}, {fact: no} or {fact: unknown}"),
    Slip("no fact", ir.FactsReported, {"facts": {}}, "facts", "is not a mapping of facts",
         "write {fact: yes}, {fact: no} or {fact: unknown}"),
    Slip("fact in words", ir.FactsReported, {"facts": {"False positive": "yes"}}, "facts", "'False positive' is not a fact id", NOT_AN_ID),
    Slip("fact that is no text", ir.FactsReported, {"facts": {5: "yes", None: "no"}}, "facts",
         "names a fact by something that is not text", "use the fact's id"),
    Slip("too many facts", ir.FactsReported, {"facts": {f"client/c{n}": "yes" for n in range(1001)}}, "facts",
         "holds more than 1000 facts", "split it over several events"),
    # --- what an event is about ---
    Slip("sending about nothing", ir.Notice, {"kind": "notice-sent"}, "duties",
         "a sending names its draft, or its duties and recipients"),
    Slip("sending to somebody about nothing", ir.Notice, {"kind": "notice-sent", "recipients": ("oaic",)}, "duties",
         "a sending names its draft, or its duties and recipients"),
    Slip("waiver of nothing", ir.Waived, {"reason": "x"}, "obligation", "a waiver names one obligation or one gate"),
    Slip("waiver of two things", ir.Waived, {"reason": "x", "obligation": "respond@internal#0", "gate": "commander-closes"},
         "obligation", "a waiver names one obligation or one gate"),
    Slip("correction without evidence", ir.Corrected, {"event": "e", "fields": {"by": "b"}, "reason": "x"}, "evidence",
         "'corrected' must say evidence"),
    Slip("correction of nothing", ir.Corrected, {"event": "e", "fields": {}, "reason": "x", "evidence": ("log",)}, "fields",
         "is not a mapping of fields", "write {field: value}"),
    Slip("correction to a fraction", ir.Corrected, {"event": "e", "fields": {"at": 1.5}, "reason": "x", "evidence": ("log",)},
         "fields", "'at' holds a value that is not text, a whole number, true, false or nothing", "write it as text"),
    Slip("correction to an endless number", ir.Corrected,
         {"event": "e", "fields": {"at": 10**5000}, "reason": "x", "evidence": ("log",)}, "fields",
         "'at' holds a number of more than 18 digits", "write it as text"),
    Slip("correction of a field with half a character", ir.Corrected,
         {"event": "e", "fields": {"\ud800": "x"}, "reason": "x", "evidence": ("log",)}, "fields",
         f"has a key that {UNSEEN}", "write the name of a field"),
    Slip("correction without a bottom", ir.Corrected,
         {"event": "e", "fields": {"at": [[[[[[[[[[[["x"]]]]]]]]]]]]}, "reason": "x", "evidence": ("log",)}, "fields",
         "'at' is nested too deeply", "flatten it"),
)  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.about)
def test_one_slip_is_one_problem(slip: Slip) -> None:
    """Each slip is one problem that names the field, says what is wrong, and the way out where there is one."""
    assert refusal(lambda: made(slip.cls, **slip.fields)) == (Problem(slip.where, slip.what, slip.hint),)


class TestManySlips:
    def test_all_at_once(self) -> None:
        """An event with five slips says five things, each at its field."""
        found = refusal(lambda: ir.Detected(incident="", at="x", by=" x", source=5, drill="no"))  # type: ignore[arg-type]
        assert [(problem.where, problem.what) for problem in found] == [
            ("at", "'x' is not an instant"),
            ("by", "begins or ends with a space"),
            ("source", "is not text"),
            ("drill", "is neither true nor false"),
            ("incident", "'detected' must say incident"),
        ]

    def test_nothing_said(self) -> None:
        """An event that says nothing is told every field it must say."""
        assert [problem.where for problem in refusal(ir.Detected)] == ["incident", "at", "by", "source"]


class TestWire:
    """The same checks for events that come as JSON."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_nothing_but_a_flag_is_false_and_nothing_is_empty(self, kind: str) -> None:
        """A false where no flag stands, and a text without words, are problems at their place; leaving out is how nothing is said."""
        whole = {"kind": kind, "id": "e", "incident": "i", "at": "2026-03-11T00:00:00Z", "by": "a"}
        wrong = 0
        for name, held in kinds_of_value(kind).items():
            for value in (False, "", {}, 0):
                if value is False and held == "flag":
                    continue
                wrong += 1
                found = refusal(lambda line={**whole, name: value}: ir.read_event(line))
                assert name in [problem.where for problem in found], (name, value)
        assert wrong >= 20

    LINE: Final[dict[str, object]] = {
        "kind": "detected",
        "id": "e1",
        "incident": "i",
        "at": "2026-03-11T01:00:00Z",
        "by": "a",
        "source": "s",
    }

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"sorce": "x"}, Problem("sorce", "'detected' has no field of that name", "did you mean 'source'?")),
            ({"\ud800": "x"}, Problem("\\ud800", "'detected' has no field of that name")),
            ({"kind": None}, Problem("kind", "the event has no kind", "say what happened, such as detected")),
            ({"kind": 5}, Problem("kind", "the event has no kind", "say what happened, such as detected")),
            ({"kind": "Detected!"}, Problem("kind", "'Detected!' can be no kind of event", "use lower-case words joined by '-'")),
            ({"kind": "a\u202e"}, Problem("kind", "'a\\u202e' can be no kind of event", "use lower-case words joined by '-'")),
            ({"id": None}, Problem("id", "the event has no id", "give each event one id of its own")),
            ({"id": 5}, Problem("id", "is not text")),
            ({5: "x"}, Problem("event", "has a field whose name is not text", "name each field by a word")),
            ({"kind": "satellite-lost", "height": 1.5},
             Problem("fields", "'height' holds a value that is not text, a whole number, true, false or nothing", "write it as text")),
        ],
        ids=["typo", "half a character", "no kind", "kind as a number", "kind in words", "kind the other way", "no id",
             "id as a number", "field as a number", "fraction in an unknown kind"],
    )  # fmt: skip
    def test_slip(self, change: dict[str, object], expected: Problem) -> None:
        """A slip on the line is one problem at its field, also for fields nobody knows."""
        assert refusal(lambda: ir.read_event({**self.LINE, **change})) == (expected,)

    @pytest.mark.parametrize("line", [None, 5, ["kind"], b"{}"])
    def test_no_line(self, line: Any) -> None:
        """What is neither text nor a mapping is no event."""
        assert refusal(lambda: ir.read_event(line)) == (
            Problem("event", "is neither text nor a mapping", "pass one line of a log"),
        )

    def test_a_number_of_any_length_for_a_name(self) -> None:
        """A number too long to write down is no name of a field or a fact, and no message tries to write it."""
        endless: dict[Any, Any] = {10**5000: "yes"}
        assert refusal(lambda: ir.read_event({**self.LINE, **endless})) == (
            Problem("event", "has a field whose name is not text", "name each field by a word"),
        )
        expected = Problem("facts", "names a fact by something that is not text", "use the fact's id")
        assert refusal(lambda: made(ir.FactsReported, facts=endless)) == (expected,)
        assert question(lambda: ir.classify(POLICY, endless)) == (expected,)

    def test_fields_of_python_are_no_fields(self) -> None:
        """Names that mean something to Python are fields nobody knows, like all others."""
        found = refusal(lambda: ir.read_event({**self.LINE, "self": 1, "__class__": 2}))
        assert [problem.where for problem in found] == ["__class__", "self"]

    def test_an_unknown_kind_says_who_and_when(self) -> None:
        """Also an event of a kind nobody knows belongs to an incident, happened and has an author."""
        found = refusal(lambda: ir.read_event({"kind": "satellite-lost", "id": "e"}))
        assert [problem.where for problem in found] == ["incident", "at", "by"]

    def test_an_unknown_kind_may_say_no_more(self) -> None:
        """An event of an unknown kind without fields of its own is kept like any other."""
        line = {key: value for key, value in self.LINE.items() if key != "source"} | {"kind": "satellite-lost"}
        assert ir.read_event(line).kind == "satellite-lost"


class TestFrozen:
    """An event is a value: nothing that happens to what it was made from, or to its parts, changes it."""

    def test_the_mapping_given_afterwards(self) -> None:
        """Changing the mapping or the list an event was made from changes nothing."""
        facts, evidence = {"false-positive": ir.YES}, ["log.txt"]
        reported, done = made(ir.FactsReported, facts=facts), made(ir.StepDone, step="isolate", evidence=evidence)
        before = copy.deepcopy((ir.write_log([reported]), ir.write_log([done])))
        facts["serious-harm-likely"] = ir.YES
        evidence.append("other.txt")
        assert (ir.write_log([reported]), ir.write_log([done])) == before

    def test_nested_values(self) -> None:
        """Also what stands deep inside a correction is taken over as it was."""
        fields: dict[str, Any] = {"facts": {"false-positive": "yes"}, "evidence": ["a", ["b"]]}
        event = made(ir.Corrected, event="e", fields=fields, reason="x", evidence=["log"])
        before = ir.write_log([event])
        fields["facts"]["other"] = "no"
        fields["evidence"][1].append("c")
        fields["by"] = "b"
        assert ir.write_log([event]) == before

    def test_attributes(self) -> None:
        """No attribute of an event can be set or deleted, and its mappings take no items."""
        event = made(ir.FactsReported, facts={"false-positive": ir.YES})
        with pytest.raises(AttributeError):
            event.by = "b"  # type: ignore[misc]
        with pytest.raises(AttributeError):
            del event.at
        facts: Any = getattr(event, "facts")  # noqa: B009
        with pytest.raises(TypeError):
            facts["other"] = ir.NO
        with pytest.raises(AttributeError):
            facts._items = {}
        assert facts == {"false-positive": ir.YES}

    def test_values_are_plain(self) -> None:
        """Subclasses of text and instants become plain values, so that equal events are equal everywhere."""

        class Label(str):
            __slots__ = ("extra",)

        class Later(datetime):
            """A datetime with ways of its own."""

        event = ir.RoleChange(
            kind="role-taken", incident=Label("i"), at=Later(2026, 3, 11, 1, tzinfo=UTC), by=Label("a"),
            role=Role.COMMANDER, person=Label("p"),
        )  # fmt: skip
        assert {type(getattr(event, name)) for name in ("incident", "by", "role", "person")} == {str}
        assert (event.role, type(event.at)) == ("incident-commander", datetime)
        assert event == made(ir.RoleChange, kind="role-taken", role="incident-commander", person="p")

    def test_equal_words_make_equal_ids(self) -> None:
        """The same words give the same id, whatever form the letters and the instant come in."""
        one = made(ir.Note, text="re\u0301union", at=datetime(2026, 3, 11, 12, tzinfo=SYDNEY))
        other = made(ir.Note, text="r\u00e9union", at="2026-03-11T01:00:00.000000Z")
        assert (one, one.id, hash(one)) == (other, other.id, hash(other))

    def test_copies(self) -> None:
        """Copies and pickles of an event are equal to it."""
        event = made(ir.FactsReported, facts={"false-positive": ir.YES}, since=T)
        assert [pickle.loads(pickle.dumps(event)), copy.deepcopy(event), copy.copy(event)] == [event] * 3


class TestAdmission:
    """What the desk refuses, and that the incident held before still stands."""

    INCIDENT: Final = ir.open_incident(POLICY, DETECTED).incident

    @pytest.fixture(autouse=True)
    def _unchanged(self) -> Any:
        """The incident is the same value after each refusal."""
        log, owed, wake = self.INCIDENT.log, ir.obligations(self.INCIDENT, T), ir.next_wakeup(self.INCIDENT, T)
        yield
        assert (self.INCIDENT.log, ir.obligations(self.INCIDENT, T), ir.next_wakeup(self.INCIDENT, T)) == (
            log,
            owed,
            wake,
        )
        assert self.INCIDENT.seq == 1

    @pytest.mark.parametrize("take", [ir.check, ir.apply, ir.record])
    def test_another_incident(self, take: Callable[[ir.Incident, Event], object]) -> None:
        """An event of another incident is never taken in."""
        event = made(ir.Note, incident="j", text="x")
        assert refusal(lambda: take(self.INCIDENT, event)) == (Problem("incident", "'j' is not this incident, 'i'"),)

    @pytest.mark.parametrize("take", [ir.check, ir.apply, ir.record])
    def test_a_known_id_with_other_content(self, take: Callable[[ir.Incident, Event], object]) -> None:
        """One id stands for one event for ever."""
        event = made(ir.Note, id=DETECTED.id, text="x")
        expected = Problem("id", f"event '{DETECTED.id}' is in the log with other content", "give it an id of its own")
        assert refusal(lambda: take(self.INCIDENT, event)) == (expected,)

    def test_a_known_event_again(self) -> None:
        """The same event again is no error and changes nothing."""
        assert ir.check(self.INCIDENT, DETECTED) == ()
        assert ir.record(self.INCIDENT, DETECTED).incident is self.INCIDENT

    @pytest.mark.parametrize("take", [ir.check, ir.apply])
    @pytest.mark.parametrize(
        ("event", "expected"),
        [
            (made(ir.FactsReported, facts={"exfiltration-likly": ir.YES}),
             Problem("facts.exfiltration-likly", "unknown fact 'exfiltration-likly'", "did you mean 'exfiltration-likely'?")),
            (made(ir.StepDone, step="isolat"), Problem("step", "unknown step 'isolat'", "did you mean 'isolate'?")),
            (made(ir.RoleChange, kind="role-taken", role="scrib", person="p"),
             Problem("role", "unknown role 'scrib'", "did you mean 'scribe'?")),
            (made(ir.Notice, kind="notice-sent", duties=("oaic-notic",), recipients=("oaic",)),
             Problem("duties", "unknown duty 'oaic-notic'", "did you mean 'oaic-notice'?")),
        ],
        ids=["fact", "step", "role", "duty"],
    )  # fmt: skip
    def test_words_the_policy_does_not_know(
        self, take: Callable[[ir.Incident, Event], object], event: Event, expected: Problem
    ) -> None:
        """A word the policy does not know is most likely a slip, so it is refused with the nearest one."""
        assert refusal(lambda: take(self.INCIDENT, event)) == (expected,)

    def test_what_happened_is_recorded_all_the_same(self) -> None:
        """What did happen is recorded, also in words the policy does not know, and the step says so."""
        step = ir.record(self.INCIDENT, made(ir.StepDone, step="isolat"))
        assert step.suggested == ("recorded, but step: unknown step 'isolat'; did you mean 'isolate'?",)

    @pytest.mark.parametrize("take", [ir.check, ir.apply, ir.record])
    def test_no_incident_and_no_event(self, take: Any) -> None:
        """A call with something else in place of the incident or the event is a malformed question."""
        assert question(lambda: take(None, DETECTED)) == (
            Problem("incident", "is not an incident", "pass what open_incident or replay returned"),
        )
        assert question(lambda: take(self.INCIDENT, {"kind": "note"})) == (
            Problem("event", "is not an event", "make one with its class, or read_event"),
        )

    @pytest.mark.parametrize(
        ("ask", "where"),
        [
            (lambda incident: ir.open_incident(None, DETECTED), "policy"),  # type: ignore[arg-type]
            (lambda incident: ir.open_incident(POLICY, made(ir.Note, text="x")), "event"),  # type: ignore[arg-type]
            (lambda incident: ir.replay("motion-mavericks", []), "policy"),  # type: ignore[arg-type]
            (lambda incident: ir.replay(POLICY, 5), "log"),  # type: ignore[arg-type]
            (lambda incident: ir.replay(POLICY, [DETECTED, 5]), "log[1]"),  # type: ignore[list-item]
            (lambda incident: ir.replay(POLICY, [DETECTED], known_at=NAIVE), "known_at"),
            (lambda incident: ir.replay(POLICY, [DETECTED], known_at=T), "known_at"),
            (lambda incident: ir.obligations(None, T), "incident"),  # type: ignore[arg-type]
            (lambda incident: ir.obligations(incident, NAIVE), "now"),
            (lambda incident: ir.obligations(incident, "now"), "now"),  # type: ignore[arg-type]
            (lambda incident: ir.obligations(incident, datetime(2026, 4, 5, 2, 30, tzinfo=SYDNEY)), "now"),
            (lambda incident: ir.obligations(incident, datetime.min.replace(tzinfo=UTC)), "now"),
            (lambda incident: ir.obligations(incident, datetime(2026, 3, 11, tzinfo=Broken())), "now"),
            (lambda incident: ir.next_wakeup(incident, None), "now"),  # type: ignore[arg-type]
            (lambda incident: ir.corrections(None), "incident"),  # type: ignore[arg-type]
            (lambda incident: ir.classify(None, {}), "policy"),  # type: ignore[arg-type]
            (lambda incident: ir.classify(POLICY, ["false-positive"]), "facts"),  # type: ignore[arg-type]
            (lambda incident: ir.classify(POLICY, {"false-positive": True}), "facts.false-positive"),  # type: ignore[dict-item]
            (lambda incident: ir.classify(POLICY, {"false-positiv": ir.YES}), "facts.false-positiv"),
            (lambda incident: ir.write_log(None), "events"),  # type: ignore[arg-type]
            (lambda incident: ir.write_log([DETECTED, "{}"]), "events[1]"),  # type: ignore[list-item]
            (lambda incident: ir.write_log([DETECTED], policy="motion-mavericks"), "policy"),  # type: ignore[arg-type]
            (lambda incident: ir.PolicyPin("\ud800", "1", "x"), "id"),
            (lambda incident: bool(ir.YES), "truth"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_malformed_questions(self, ask: Callable[[ir.Incident], object], where: str) -> None:
        """A malformed call is told which argument is wrong and what would do."""
        (found,) = question(lambda: ask(self.INCIDENT))
        assert found.where == where
        assert found.what
        assert found.hint


class TestTables:
    """The tables that say which events there are agree with each other."""

    def test_kinds(self) -> None:
        """Every kind has a class and no class is without a kind."""
        public = {cls for cls in map(ir.__dict__.get, ir.__all__) if isinstance(cls, type) and issubclass(cls, Event)}
        assert sorted(KINDS) == sorted(EVENT_KINDS)
        assert {known.cls for known in KINDS.values()} == public - {Event}

    def test_instants(self) -> None:
        """The instants a mark may be set from are exactly those the event classes hold."""
        for kind, known in KINDS.items():
            holds = {a.name for a in attrs.fields(known.cls) if a.metadata.get("kind") == "instant"} - set(COMMON)
            said = holds & {*known.required, *known.optional}
            assert set(EVENT_INSTANTS.get(kind, ())) == said, kind

    def test_every_error_is_of_one_tree(self) -> None:
        """Both errors are found below one root."""
        assert issubclass(EventInvalid, IRPolicyError)
        assert issubclass(QuestionInvalid, IRPolicyError)
