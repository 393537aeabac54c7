"""Whatever is thrown at a public function, it answers or raises an error of the one tree, in one printable line."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from importlib import resources
from typing import Any, Final, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import Event, IRPolicyError
from ir_policy.log.events import KINDS, to_wire
from ir_policy.rules.reader import read_document
from ir_policy.terms import EVENT_KINDS, FINDINGS, LOWERINGS, OF_PROGRAMMES, OUTCOMES, rfc3339

T = TypeVar("T")

CATALOG: Final = resources.files("ir_policy.rules").joinpath("catalog")
DOCUMENTS: Final = {
    name: CATALOG.joinpath(name).read_text(encoding="utf-8")
    for name in ("motion-mavericks.yaml", "law/au-ndb.yaml", "law/eu-gdpr.yaml", "calendars/au-nsw.yaml")
}
SOURCE: Final = DOCUMENTS["motion-mavericks.yaml"]
ROOT: Final = read_document(SOURCE, "document").root
POLICY: Final = ir.load_policy(SOURCE)
NOON: Final = datetime(2026, 3, 11, 1, tzinfo=UTC)
FIRST: Final = ir.Detected(incident="i", at=NOON, by="ana", source="s", id="e0")
INCIDENT: Final = ir.open_incident(POLICY, FIRST).incident


def tried(call: Callable[..., T], *args: Any, **more: Any) -> T | None:
    """What the call answers; ``None`` when it raises an error of ours, whose message is one printable line."""
    try:
        return call(*args, **more)
    except IRPolicyError as refused:
        said = str(refused)
    assert said
    assert said.encode("utf-8").count(b"\n") == 0
    return None


# --- what is thrown -------------------------------------------------------------------------------------

NASTY: Final = (
    "", " ", "\n", "no", "yes", "true", "~", "<<", "a: b", "- a", "[", "{", "&a", "*a", "!!str", "\u202e", "\ud800", "\x00", "\ufeff",
    "٣", "ЅEV0", "SEV0 or worse", "1e400", "9" * 5000, "a" * 300, "2026-03-11", "24:00", "1/5", "15 minutes", "motion-mavericks",
    "au-ndb@2026.11.0", "../../secret", "a\u0301" * 40, "client/acme", "x" + "\u0301" * 40,
)  # fmt: skip
SCALARS: Final = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.binary(max_size=6),
    st.sampled_from(NASTY), st.datetimes(), st.just(ir.YES), st.just(ir.Severity.SEV0), st.just(object()),
)  # fmt: skip
KEYS: Final = st.one_of(st.text(max_size=8), st.sampled_from(NASTY), st.integers(), st.none())
ANYTHING: Final = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4), st.tuples(inner), st.just(set())
    ),
    max_leaves=10,
)
JSON: Final = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(NASTY)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12,
)


class Odd(tzinfo):
    """A time zone as nobody should write one."""

    def __init__(self, offset: Any, dst: Any) -> None:
        self.offset, self.saving = offset, dst

    def utcoffset(self, at: datetime | None) -> Any:
        if isinstance(self.offset, Exception):
            raise self.offset
        return self.offset

    def dst(self, at: datetime | None) -> Any:
        if isinstance(self.saving, Exception):
            raise self.saving
        return self.saving

    def tzname(self, at: datetime | None) -> str:
        return "odd"


OFFSETS: Final = st.sampled_from(
    (
        None, timedelta(0), timedelta(hours=10), timedelta(microseconds=1), timedelta(hours=24), timedelta(days=-3), 7, "Z",
        ValueError("no"), RuntimeError("no"), KeyError("no"), OverflowError("no"), NotImplementedError(),
    )
)  # fmt: skip
INSTANTS: Final = st.one_of(
    st.datetimes(),
    st.datetimes(timezones=st.timezones()),
    st.datetimes(timezones=st.timezones(), allow_imaginary=True),
    st.builds(lambda at, zone: at.replace(tzinfo=zone), st.datetimes(), st.builds(Odd, OFFSETS, OFFSETS)),
    st.sampled_from(
        [
            datetime.max.replace(tzinfo=UTC),
            datetime.min.replace(tzinfo=UTC),
            datetime.max.replace(tzinfo=timezone(timedelta(hours=-23))),
            datetime.min.replace(tzinfo=timezone(timedelta(hours=23))),
            datetime(2099, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            datetime(2000, 1, 1, tzinfo=UTC),
        ]
    ),
)

IDS: Final = (
    *POLICY.roles,
    *POLICY.steps,
    *POLICY.duties,
    *POLICY.gates,
    "oaic",
    "client/acme",
    "authority/de",
    "internal",
)
PEOPLE: Final = ("ana", "bo", *POLICY.roles, *(role.contact for role in POLICY.roles.values()))
FACTS: Final = (*POLICY.facts, "client/acme", "client/blue", "affected-in/de", "affected-in/eu", "never-heard-of")
EVENT_IDS: Final = tuple(f"e{n}" for n in range(8))
TIMES: Final = st.integers(-90, 90_000).map(lambda minutes: rfc3339(NOON + timedelta(minutes=minutes)))
FIELDS: Final = sorted({name for known in KINDS.values() for name in (*known.required, *known.optional)})

PLAUSIBLE: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "label": st.sampled_from((*PEOPLE, *EVENT_IDS, "respond@internal#0", "client-update@client/acme#0", "x y")),
    "name": st.sampled_from(PEOPLE),
    "text": st.text("ab \n\u00e9", min_size=1, max_size=8),
    "id": st.sampled_from(IDS),
    "ids": st.lists(st.sampled_from(IDS), max_size=3),
    "labels": st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2),
    "reference": st.sampled_from((*PEOPLE, "sha256:7f0c")),
    "references": st.lists(st.sampled_from((*PEOPLE, "sha256:7f0c")), min_size=1, max_size=2),
    "instant": TIMES,
    "flag": st.booleans(),
    "severity": st.sampled_from([level.value for level in ir.Severity]),
    "phase": st.sampled_from([phase.value for phase in ir.Phase]),
    "truths": st.dictionaries(st.sampled_from(FACTS), st.sampled_from(["yes", "no", "unknown"]), min_size=1, max_size=4),
    "wire": st.one_of(
        st.dictionaries(st.sampled_from((*FIELDS, "at", "by", "kind")), JSON, min_size=1, max_size=2),
        st.fixed_dictionaries({"at": TIMES}),
        st.fixed_dictionaries({"facts": st.dictionaries(st.sampled_from(FACTS), st.sampled_from(["yes", "no"]), min_size=1)}),
    ),
    "pin": st.sampled_from([{"id": POLICY.id, "version": POLICY.version, "digest": POLICY.digest}, {"id": "a", "version": "1", "digest": "b"}]),
    "precision": st.sampled_from(["minute", "day", "month"]),
    "lowering": st.sampled_from(LOWERINGS),
    "finding": st.sampled_from(FINDINGS),
    "position": st.sampled_from(["controller", "processor"]),
    "outcome": st.sampled_from(OUTCOMES),
    "stage": st.sampled_from(["initial", "supplementary", "final"]),
}  # fmt: skip


@st.composite
def plausible_lines(draw: st.DrawFn) -> dict[str, Any]:
    """The wire form of an event that could have happened, most of the time."""
    from attrs import fields

    kind = draw(st.sampled_from(EVENT_KINDS))
    known = KINDS[kind]
    kinds = {attribute.name: attribute.metadata.get("kind", "text") for attribute in fields(known.cls)}
    line: dict[str, Any] = {
        "kind": kind,
        "id": draw(st.sampled_from(EVENT_IDS)),
        "programme" if kind in OF_PROGRAMMES else "incident": "i",
        "at": draw(TIMES),
        "by": draw(st.sampled_from(PEOPLE)),
    }
    optional = [name for name in (*known.optional, "precision") if draw(st.integers(0, 2)) == 0]
    for name in (*known.required, *optional):
        line[name] = draw(PLAUSIBLE[kinds[name]])
    if "precision" in line:
        line["at"] = draw(st.sampled_from(["2026-03-01T00:00:00Z", "2026-03-01T00:00:00+11:00", line["at"]]))
    return line


@st.composite
def odd_lines(draw: st.DrawFn) -> dict[Any, Any]:
    """A plausible event with some of its fields spoilt, or nothing like an event."""
    line: dict[Any, Any] = draw(plausible_lines())
    for _ in range(draw(st.integers(0, 3))):
        key = draw(st.one_of(st.sampled_from((*line, *FIELDS)), KEYS))
        line[key] = draw(st.one_of(ANYTHING, PLAUSIBLE["truths"], PLAUSIBLE["wire"], INSTANTS))
    if draw(st.booleans()):
        line["kind"] = draw(st.sampled_from(("satellite-lost", "note", "corrected", line["kind"])))
    return line


# --- documents ------------------------------------------------------------------------------------------


class TestDocuments:
    @given(st.one_of(st.text(), st.binary(), st.sampled_from(NASTY), ANYTHING, JSON.map(json.dumps)))
    @settings(max_examples=400)
    def test_anything(self, source: Any) -> None:
        """Anything at all in place of a document is refused in our own words."""
        assert tried(ir.load_policy, source) is None or source == "motion-mavericks"

    @given(
        st.one_of(
            ANYTHING, st.lists(st.one_of(st.text(), ANYTHING, st.sampled_from(tuple(DOCUMENTS.values()))), max_size=3)
        )
    )
    @settings(max_examples=150)
    def test_anything_beside_the_policy(self, documents: Any) -> None:
        """Anything at all in place of the other documents is refused, or has been asked for."""
        policy = tried(ir.load_policy, SOURCE, documents=documents)
        assert policy is None or policy.digest == POLICY.digest

    @given(
        st.sampled_from(sorted(DOCUMENTS)),
        st.lists(
            st.tuples(st.floats(0, 1), st.integers(0, 60), st.sampled_from(("delete", "double", "replace")), st.sampled_from(NASTY)),
            min_size=1,
            max_size=3,
        ),
    )  # fmt: skip
    @settings(max_examples=250)
    def test_slices(self, name: str, edits: list[tuple[float, int, str, str]]) -> None:
        """A shipped document with slices deleted, doubled or replaced loads or says what is wrong."""
        text = DOCUMENTS[name]
        for where, length, what, new in edits:
            start = int(where * len(text))
            piece = {"delete": "", "double": text[start : start + length] * 2, "replace": new}[what]
            text = text[:start] + piece + text[start + length :]
        main = text if name == "motion-mavericks.yaml" else SOURCE
        policy = tried(ir.load_policy, main, documents=() if main is text else [text])
        assert policy is None or policy.digest.startswith("sha256:")

    @given(st.data())
    @settings(max_examples=150)
    def test_values(self, data: st.DataObject) -> None:
        """A policy whose values were spoilt is refused, or works."""
        root = copy.deepcopy(ROOT)
        for _ in range(data.draw(st.integers(1, 3))):
            spoil(root, data)
        policy = tried(ir.load_policy, json.dumps(root))
        assert policy is None or use(policy).seq > 10

    @given(st.data())
    @settings(max_examples=120)
    def test_rules(self, data: st.DataObject) -> None:
        """A policy whose rules are other rules than ours works: evaluating never fails for a reason in a document."""
        root = copy.deepcopy(ROOT)
        rules: Any = {**root["duties"], **root["gates"], **root["marks"], **root["severity_rows"]}  # type: ignore[dict-item]
        for _ in range(data.draw(st.integers(1, 8))):
            rule = data.draw(st.sampled_from(list(rules.values())))
            key = data.draw(st.sampled_from(sorted(set(rule) & set(BY_KEY))))
            rule[key] = copy.deepcopy(data.draw(st.sampled_from(BY_KEY[key])))
        policy = tried(ir.load_policy, json.dumps(root))
        assert policy is None or use(policy).seq > 10


def spoil(root: dict[str, Any], data: st.DataObject) -> None:
    """Replace, drop or add one value somewhere in a document; most new values are values of the same document."""
    holder: Any = root
    while True:
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if not isinstance(holder[key], (dict, list)) or data.draw(st.integers(0, 4)) == 0:
            break
        holder = holder[key]
    how = data.draw(st.integers(0, 5))
    if how == 0:
        del holder[key]
    elif how == 1:
        holder[key] = data.draw(JSON)
    elif how == 2 and isinstance(holder, dict):
        holder[data.draw(st.sampled_from(VALUES + NASTY))] = holder[key]
    else:
        holder[key] = copy.deepcopy(data.draw(st.sampled_from(PARTS if how == 3 else VALUES)))


def parts(value: Any) -> list[Any]:
    """Every value inside a value."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(part for item in inner for part in parts(item))]


PARTS: Final = [part for part in parts(ROOT) if isinstance(part, (dict, list))]
VALUES: Final = tuple(
    dict.fromkeys(
        [part for part in parts(ROOT) if isinstance(part, str) and len(part) < 40]
        + ["detected", "reopened", "closed", "no", "SEV3 or worse", "999999 hours", "3653 days", "120 months", "1 business day",
           "end of year", "before closed", "given by the event", "as soon as practicable", "Pacific/Apia", "23:59", "1/99"]
    )
)  # fmt: skip


def by_key(value: Any, found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Every value of a document by the key it stands under, so that one of a kind can take another's place."""
    if isinstance(value, dict):
        for key, item in value.items():
            found.setdefault(key, []).append(item)
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        by_key(item, found)
    return found


BY_KEY: Final = {
    **{key: values for key, values in by_key(ROOT, {}).items() if key in {
        "when", "starts", "within", "met_by", "owed_to", "owed_by", "if_missed", "on_scope_exit", "done_before", "per", "set_by",
        "forbids", "until", "who", "void", "act", "opens_after", "again_on", "must_state", "waivable_by", "unless", "exempted_by",
    }},
    "level": ["SEV0", "SEV1", "SEV2", "SEV3"],
}  # fmt: skip
BY_KEY["within"] += [
    "3653 days",
    "120 months",
    "end of year",
    "given by the event",
    {"SEV3": "1 month"},
    "999 business days",
]
BY_KEY["met_by"] += [[{"step": "patch"}, {"finding": "aware"}], {"holding": "scribe"}, {"event": ["note", "closed"]}]


def use(policy: ir.Policy) -> ir.Incident:
    """A whole incident under the policy, asked every question."""
    told = {"incident": "i", "by": "ana"}
    lines: list[dict[str, Any]] = [
        {"kind": "detected", "source": "s", "impact_started": rfc3339(NOON - timedelta(hours=1))},
        {"kind": "facts-reported", "facts": dict.fromkeys([*policy.facts, "client/acme", "affected-in/de"], "yes")},
        {"kind": "role-taken", "role": "incident-commander", "person": "bo"},
        {"kind": "severity-decided", "severity": "SEV2", "by": "bo", "reason": "x"},
        {"kind": "breach-finding", "finding": "confirmed", "by": "bo"},
        {"kind": "phase-entered", "phase": "assess"},
        {"kind": "notice-sent", "duties": [*policy.duties][:20], "recipients": ["internal", "client/acme"]},
        {"kind": "step-done", "step": "clean-up"},
        {"kind": "hold-started", "scope": "x", "until": rfc3339(NOON + timedelta(days=3))},
        {"kind": "recovered", "precision": "minute"},
        {"kind": "closed", "outcome": "resolved", "by": "bo"},
        {"kind": "reopened", "reason": "x"},
        {"kind": "facts-reported", "facts": dict.fromkeys(policy.facts, "no")},
    ]
    incident: ir.Incident | None = None
    for number, line in enumerate(lines):
        event = ir.read_event({**told, "id": f"e{number}", "at": rfc3339(NOON + timedelta(hours=number)), **line})
        if incident is None:
            assert isinstance(event, ir.Detected)
            incident = ir.open_incident(policy, event).incident
        else:
            ir.check(incident, event)
            incident = ir.record(incident, event).incident
    assert incident is not None
    assert ir.replay(policy, incident.log) == incident
    for now in (NOON, NOON + timedelta(days=20), datetime(2099, 12, 31, tzinfo=UTC)):
        assert isinstance(ir.obligations(incident, now), tuple)
        assert ir.next_wakeup(incident, now) is None or ir.next_wakeup(incident, now) != now
        assert str(ir.brief(incident, now))
    for subject in (*policy.duties, *policy.gates, "severity"):
        assert str(ir.explain(incident, subject, NOON))
    assert isinstance(incident.proposed.open_questions, tuple)
    assert ir.corrections(incident) == ()
    return incident


# --- events and logs ------------------------------------------------------------------------------------


class TestEvents:
    @given(st.one_of(odd_lines(), ANYTHING, st.text(), JSON.map(json.dumps)))
    @settings(max_examples=600)
    def test_reading(self, line: Any) -> None:
        """Anything at all in place of an event is refused, or is an event that reads back to itself."""
        event = tried(ir.read_event, line)
        if event is not None:
            assert ir.read_event(to_wire(event)) == event
            written = ir.write_log([event])
            assert written.encode("utf-8").count(b"\n") == 1
            assert ir.read_log(written).events == (event,)
            assert ir.write_log(ir.read_log(written).events) == written

    @given(st.data())
    @settings(max_examples=300)
    def test_making(self, data: st.DataObject) -> None:
        """Anything at all in place of the fields of an event class is refused, or makes an event."""
        known = KINDS[data.draw(st.sampled_from(EVENT_KINDS))]
        names = ("kind", "incident", "at", "by", "id", "recorded_at", "precision", *known.required, *known.optional)
        given_fields = {name: data.draw(st.one_of(ANYTHING, INSTANTS)) for name in names if data.draw(st.booleans())}
        event = tried(known.cls, **{"incident": "i", "at": NOON, "by": "ana", **given_fields})
        assert event is None or ir.read_log(ir.write_log([event])).events == (event,)

    @given(plausible_lines())
    @settings(max_examples=300)
    def test_round_trip(self, line: dict[str, Any]) -> None:
        """An event is the same after it was written and read, and the same words give the same bytes."""
        event = tried(ir.read_event, line)
        if event is not None:
            again = ir.read_event(json.dumps(line))
            assert (again, hash(again), repr(again)) == (event, hash(event), repr(event))
            assert ir.write_log([again]) == ir.write_log([event])
        assert (event is None) or event.kind == line["kind"]


class TestLogs:
    @given(
        st.one_of(
            st.text(),
            st.binary(),
            ANYTHING,
            st.lists(st.one_of(st.text(), JSON.map(json.dumps), plausible_lines().map(json.dumps)), max_size=4),
        )
    )
    @settings(max_examples=400)
    def test_reading(self, lines: Any) -> None:
        """Anything at all in place of a log is refused, or is a log that is written to bytes which stay the same."""
        log = tried(ir.read_log, lines)
        if log is not None:
            written = ir.write_log(log.events, log.policy)
            assert ir.read_log(written) == log
            assert ir.write_log(ir.read_log(written).events, log.policy) == written

    @given(
        st.lists(plausible_lines(), min_size=1, max_size=4),
        st.lists(st.tuples(st.floats(0, 1), st.integers(0, 20), st.sampled_from(NASTY)), max_size=3),
    )
    @settings(max_examples=200)
    def test_torn_logs(self, lines: list[dict[str, Any]], edits: list[tuple[float, int, str]]) -> None:
        """A log with slices torn out or overwritten is refused at a line it has, or is read."""
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        for where, length, new in edits:
            start = int(where * len(text))
            text = text[:start] + new + text[start + length :]
        index = None
        try:
            ir.read_log(text)
        except ir.LogInvalid as torn:
            index = torn.index
        assert index is None or 0 <= index <= text.count("\n")
        assert (tried(ir.read_log, text) is None) is (index is not None)

    @given(
        st.one_of(ANYTHING, st.lists(st.one_of(ANYTHING, st.just(FIRST)), max_size=3)),
        st.one_of(st.none(), INSTANTS, ANYTHING),
    )
    @settings(max_examples=200)
    def test_replaying(self, log: Any, known_at: Any) -> None:
        """Anything at all in place of a log cannot be replayed, or is replayed."""
        incident = tried(ir.replay, POLICY, log, known_at=known_at)
        assert incident is None or incident.log[0] == FIRST


# --- questions ------------------------------------------------------------------------------------------


class TestQuestions:
    @given(
        st.one_of(
            ANYTHING,
            st.dictionaries(
                st.one_of(st.sampled_from(FACTS), KEYS), st.one_of(SCALARS, st.sampled_from(["yes", "no"]))
            ),
        )
    )
    @settings(max_examples=300)
    def test_classify(self, facts: Any) -> None:
        """Anything at all in place of facts is refused, or classified within its range."""
        verdict = tried(ir.classify, POLICY, facts)
        if verdict is not None:
            assert not verdict.severity.worse_than(verdict.range.worst)
            assert all(question.fact in POLICY.facts for question in verdict.open_questions)

    @given(st.one_of(INSTANTS, ANYTHING), st.one_of(st.none(), INSTANTS, ANYTHING))
    @settings(max_examples=300)
    def test_obligations(self, now: Any, known_at: Any) -> None:
        """Any instant at all, however odd its zone, is answered or refused."""
        owed = tried(ir.obligations, INCIDENT, now, known_at=known_at)
        assert owed is None or isinstance(owed, tuple)
        wake = tried(ir.next_wakeup, INCIDENT, now)
        assert wake is None or wake > now

    @given(ANYTHING, ANYTHING)
    @settings(max_examples=100)
    def test_no_incident(self, incident: Any, event: Any) -> None:
        """Anything at all in place of an incident, an event or a policy is a malformed call."""
        for take in (ir.check, ir.apply, ir.record):
            assert tried(take, incident, event) is None
            assert tried(take, INCIDENT, event) is None
        for ask in (ir.obligations, ir.next_wakeup):
            assert tried(ask, incident, NOON) is None
        assert tried(ir.corrections, incident) is None
        assert tried(ir.open_incident, POLICY, event) is None
        assert tried(ir.classify, incident, {}) is None


class TestTheDesk:
    @given(st.lists(st.one_of(plausible_lines(), odd_lines()), max_size=8), st.one_of(st.none(), INSTANTS))
    @settings(max_examples=400)
    def test_any_events(self, lines: list[dict[str, Any]], now: datetime | None) -> None:
        """Whatever events come in whatever order, they are refused or recorded, and the log replays to the same incident."""
        incident = INCIDENT
        for line in lines:
            event = tried(ir.read_event, line)
            if event is None:
                continue
            before = incident.log
            tried(ir.check, incident, event)
            tried(ir.apply, incident, event)
            assert incident.log == before
            step = tried(ir.record, incident, event)
            incident = step.incident if step is not None else incident
        assert ir.replay(POLICY, ir.read_log(ir.write_log(incident.log, incident.pin))) == incident
        for at in (NOON, NOON + timedelta(days=30), now):
            owed = tried(ir.obligations, incident, at)
            assert owed is None or len({o.key for o in owed}) == len(owed)
            wake = tried(ir.next_wakeup, incident, at)
            assert wake is None or at is None or wake > at
        assert isinstance(ir.corrections(incident), tuple)
        assert isinstance(incident.proposed.severity, ir.Severity)
        assert all(isinstance(event, Event) for event in incident.log)
