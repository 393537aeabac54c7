"""Logs as text: JSON Lines, one event a line, with a header that names the policy they were written under.

Lines are plain, or chained by hashes (``chain.py``) in a log that begins so. Reading is strict: what cannot be read as one incident is an error that names the line, and the lines before it are
whole. The form of each event follows from its class (``events.py``); nothing is said twice here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from ir_policy.errors import EventInvalid, LogInvalid, Problem, QuestionInvalid
from ir_policy.log.events import COMMON, KINDS, Event, event_from_wire, kinds_of_value, to_wire
from ir_policy.log.fields import KINDS_OF_VALUE, PolicyPin
from ir_policy.log.objects import Unreadable, object_of
from ir_policy.terms import DIALECT, OF_ACTIONS, OF_BOTH, OF_PROGRAMMES, canonical_json, schema_id, show

if TYPE_CHECKING:
    from ir_policy.log.chain import Chain

__all__ = [
    "Log", "PolicyPin", "erase", "event_schema", "header_line", "log_line", "log_lines", "log_line_schema", "read_event", "read_log", "write_log",
]  # fmt: skip

VERSION: Final = 1


@frozen
class Log:
    """The events of one incident or programme in the order they were recorded, and the policy the header names, if any."""

    events: tuple[Event, ...]
    policy: PolicyPin | None = None
    chain: Chain | None = None
    """Where its chain stands; ``None`` for plain lines."""


def read_log(lines: str | bytes | Iterable[str], *, head: str | None = None, seq: int | None = None) -> Log:
    """The log those lines hold: an optional header, then one event a line. A repeated event is kept once, as it was first recorded.

    A chained log is verified while it is read. ``head`` is a head of it that was kept elsewhere: the log must have passed
    it, since a chain by itself does not show that lines are missing at its end. ``seq`` is how many events it must hold.

    Raises :class:`~ir_policy.errors.LogInvalid` naming the first line that is torn, malformed, of another incident,
    a different event under a known id, of a newer form, or that does not follow on the chain.
    """
    reading = _Reading()
    index, passed = -1, head is None
    for index, line in enumerate(log_lines(lines)):
        if line.strip():
            reading.take(index, line)
            passed = passed or (reading.chain is not None and reading.chain.head == head)
    if not passed:
        what = (
            "lines are missing at its end, or it is another log" if reading.chain is not None else "it is a plain one"
        )
        raise LogInvalid(max(index, 0), f"the log never has the head that was kept elsewhere: {what}")
    if seq is not None and len(reading.events) != seq:
        raise LogInvalid(max(index, 0), f"the log holds {len(reading.events)} events, where {seq} were written")
    return Log(tuple(reading.events.values()), reading.pin, reading.chain)


def erase(lines: str | bytes | Iterable[str], *, names: Iterable[str] = (), texts: Iterable[str] = ()) -> str:
    """A chained log without those names of people, and without the free text of those events, by id.

    A digest stands where each stood, one for each name, so the chain still holds and the same duties follow. What else names a person, such as a
    link to evidence, stays; so does an event id that is a digest of the event's words. Raises
    :class:`~ir_policy.errors.QuestionInvalid` for a word that no line of it holds, and what :func:`read_log` raises.
    """
    from ir_policy.log.chain import erased

    wanted = {"names": _words("names", names), "texts": _words("texts", texts)}
    held = [line for line in log_lines(lines) if line.strip()]
    if read_log(held).chain is None:
        raise QuestionInvalid(
            [Problem("lines", "are a plain log, which no chain holds to its words", "edit it, or begin a chained one")]
        )
    left, found = held[:1], set()
    for index, line in enumerate(held[1:], start=1):
        line, gone = erased(index, line, _object(index, line), wanted["names"], wanted["texts"])
        left.append(line)
        found |= gone
    missing = [
        Problem(where, f"no line holds '{show(word)}'")
        for where, words in wanted.items()
        for word in sorted(words - found)
    ]
    if missing:
        raise QuestionInvalid(missing)
    return "".join(f"{line}\n" for line in left)


class _Reading:
    """A log while it is read, line by line."""

    def __init__(self) -> None:
        self.pin: PolicyPin | None = None
        self.chain: Chain | None = None
        self.events: dict[str, Event] = {}
        self.header = ""

    def take(self, index: int, line: str) -> None:
        value = _object(index, line)
        if "log" in value and "kind" not in value:
            if index > 0:
                raise LogInvalid(index, "a header stands here; it belongs on the first line")
            self.pin, self.header = _header(index, value), line
        else:
            self._keep(index, self._event(index, line, value))

    def _event(self, index: int, line: str, value: dict[str, object]) -> Event:
        chained = "kind" not in value and bool({"prev", "hash", "event"} & value.keys())
        if self.events and chained != (self.chain is not None):
            raise LogInvalid(
                index, "plain and chained lines stand in one log, so this line was put in or taken out of its chain"
            )
        if not chained:
            return _plain_event(index, value)
        from ir_policy.log.chain import Chain

        if self.chain is None and (self.pin is None or self.header != header_line(self.pin)):
            raise LogInvalid(index, "a chained log begins with a header in its one canonical form")
        self.chain, event = (self.chain or Chain.begun(self.header)).follow(index, line, value)
        return event

    def _keep(self, index: int, event: Event) -> None:
        first = next(iter(self.events.values()), event)
        if not event.shares_log_with(first):
            raise LogInvalid(index, event.strays_from(first, "the lines before"))
        same = event.id in self.events and self.events[event.id].says_the_same(event)
        if event.id in self.events and (self.chain is not None or not same):
            again = "in one chain" if same else "with other content"
            raise LogInvalid(index, f"event id '{event.id}' stands here a second time {again}")
        self.events.setdefault(event.id, event)


def read_event(line: str | Mapping[str, object]) -> Event:
    """The event that one JSON object says, as text or as a mapping.

    Raises :class:`~ir_policy.errors.EventInvalid` with every problem.
    """
    if isinstance(line, Mapping):
        return event_from_wire(line)
    if not isinstance(line, str):
        raise EventInvalid([Problem("event", "is neither text nor a mapping", "pass one line of a log")])
    try:
        return event_from_wire(_object(0, line))
    except LogInvalid as error:
        raise EventInvalid([Problem("event", error.why)]) from None


def write_log(events: Iterable[Event], policy: PolicyPin | None = None) -> str:
    """The log as text that :func:`read_log` reads back to the same events: same events, same bytes."""
    if policy is not None and not isinstance(policy, PolicyPin):
        raise QuestionInvalid([Problem("policy", "is not a policy's pin", "pass incident.pin")])
    if not isinstance(events, Iterable):
        raise QuestionInvalid([Problem("events", "is not a list of events", "pass incident.log")])
    header = [canonical_json(_header_of(policy))] if policy is not None else []
    return "".join(f"{line}\n" for line in [*header, *map(_event_line, enumerate(events))])


def _event_line(numbered: tuple[int, object]) -> str:
    index, event = numbered
    if not isinstance(event, Event):
        raise QuestionInvalid([Problem(f"events[{index}]", "is not an event", "pass incident.log")])
    return log_line(event)


def log_line(event: Event) -> str:
    """One event as one line, without the line break."""
    return canonical_json(to_wire(event))


def header_line(policy: PolicyPin) -> str:
    """The header of a log as one line, without the line break."""
    return canonical_json(_header_of(policy))


def event_schema() -> dict[str, Any]:
    """The JSON Schema of one event line as it is written, one alternative for each kind."""
    return {
        "$schema": DIALECT,
        "$id": schema_id("event"),
        "title": f"ir_policy log, version {VERSION}: one event",
        "description": "One thing that happened. Fields nobody filled in are left out, never empty and never null.",
        "oneOf": [_schema_of(kind) for kind in KINDS],
        "$defs": _values(),
    }


def log_line_schema() -> dict[str, Any]:
    """The JSON Schema of any line of a log: its header, an event, or an event of a kind that is newer than this library."""
    pin = {name: _value("label") for name in ("id", "version", "digest")}
    policy = {"type": "object", "properties": pin, "required": list(pin), "additionalProperties": False}
    header = {
        "type": "object",
        "properties": {"log": {"const": VERSION}, "policy": policy},
        "required": ["log"],
        "additionalProperties": False,
        "title": "header",
        "description": "The first line, if there is one: the form of the log, and the policy it was written under.",
    }
    common = {name: _value(kinds_of_value("note")[name]) for name in COMMON if name != "kind"}
    newer = {
        "type": "object",
        "properties": {"kind": {**_value("id"), "not": {"enum": list(KINDS)}}, **common},
        "required": _REQUIRED,
        "anyOf": [{"required": [name]} for name in _STREAMS],
        "title": "newer",
        "description": "An event of a kind this version does not know: kept whole, and the incident counts as incomplete.",
    }
    events = [*(_schema_of(kind) for kind in KINDS), newer]
    return {
        "$schema": DIALECT,
        "$id": schema_id("log-line"),
        "title": f"ir_policy log, version {VERSION}: one line",
        "description": "A log is JSON Lines: a header, then one event a line in the order they were recorded, plain or chained.",
        "oneOf": [header, {"$ref": "#/$defs/event"}, _chained_schema()],
        "$defs": {**_values(), "event": {"oneOf": events}},
    }


def _chained_schema() -> dict[str, Any]:
    """A line of a chained log."""
    digest = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
    return {
        "type": "object",
        "properties": {
            "prev": {**digest, "description": "The hash of the line before: its own, or that of the header's bytes."},
            "hash": {
                **digest,
                "description": "Over the line before and this event, with a digest for each word that has a salt.",
            },
            "event": {"$ref": "#/$defs/event"},
            "salts": {"type": "object", "additionalProperties": {"type": "string", "pattern": "^[0-9a-f]{32}$"}},
        },
        "required": ["prev", "hash", "event"],
        "additionalProperties": False,
        "title": "chained",
        "description": "An event in a chained log. Words and their salts may be taken out, leaving their digest in the event.",
    }


# --- schemas --------------------------------------------------------------------------------------------

_REQUIRED: Final = ["kind", "id", "at", "by"]
_STREAMS: Final = ("incident", "programme")
_TOGETHER: Final[dict[str, dict[str, Any]]] = {
    "notice-sent": {"anyOf": [{"required": ["notice"]}, {"required": ["duties", "recipients"]}]},
    "waived": {"oneOf": [{"required": ["obligation"]}, {"required": ["gate"]}]},
}
"""What fields of one event must say together: a sending names its draft or its duties and recipients, a waiver one thing."""


def _of_stream(kind: str) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The fields that may name the log an event belongs to, and which of them must."""
    if kind not in OF_BOTH:
        return ("programme" if kind in OF_PROGRAMMES else "incident",), {}
    each = [{"required": [name]} for name in _STREAMS]
    return _STREAMS, {"anyOf" if kind in OF_ACTIONS else "oneOf": each}


def _schema_of(kind: str) -> dict[str, Any]:
    """One kind of event, with what its class says of it."""
    known, kinds = KINDS[kind], kinds_of_value(kind)
    streams, said = _of_stream(kind)
    names = [
        name for name in (*COMMON, *known.required, *known.optional) if name not in {"kind", *_STREAMS} - {*streams}
    ]
    properties: dict[str, Any] = {"kind": {"const": kind}}
    properties |= {name: _value(kinds[name]) for name in names}
    one = list(streams) if len(streams) == 1 else []
    return {
        "type": "object",
        "properties": properties,
        "required": [*_REQUIRED[:2], *one, *_REQUIRED[2:], *known.required],
        "additionalProperties": False,
        **said,
        **_TOGETHER.get(kind, {}),
        "title": kind,
        "description": " ".join((known.cls.__doc__ or "").partition("\n\n")[0].split()),
    }


def _value(kind: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{kind}"}


def _values() -> dict[str, Any]:
    """Each kind of value that some event holds, once."""
    used = {kind for name in KINDS for kind in kinds_of_value(name).values()}
    return {kind: dict(KINDS_OF_VALUE[kind].schema) for kind in sorted(used)}


# --- helpers --------------------------------------------------------------------------------------------


def _words(where: str, words: object) -> frozenset[str]:
    """Words to be erased; one text is no list of them."""
    listed = list(words) if isinstance(words, Iterable) and not isinstance(words, str) else [None]
    if not all(isinstance(word, str) for word in listed):
        raise QuestionInvalid([Problem(where, "is not a list of words", "pass such as ['dana']")])
    return frozenset(word for word in listed if isinstance(word, str))


def log_lines(lines: str | bytes | Iterable[str]) -> Iterator[str]:
    """The lines of a log in whatever form it comes, empty ones too, without their line breaks."""
    if isinstance(lines, bytes):
        raw = lines
        try:
            lines = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise LogInvalid(raw[: error.start].count(b"\n"), "this is not UTF-8 text") from None
    if isinstance(lines, str):
        # Only line feeds part lines: other breaks may stand inside a text.
        yield from lines.split("\n")
        return
    index = -1
    try:
        for index, line in enumerate(lines):
            if not isinstance(line, str):
                raise LogInvalid(index, "this line is not text")
            yield line.removesuffix("\n")
    except TypeError:
        raise LogInvalid(0, "a log is text, or lines of text") from None
    except UnicodeDecodeError:  # a file that was opened as text
        raise LogInvalid(index + 1, "this is not UTF-8 text") from None


def _object(index: int, line: str) -> dict[str, object]:
    try:
        return object_of(line)
    except Unreadable as flaw:
        torn = f" (column {flaw.column}); if it is the last line, it was torn while being written" if flaw.line else ""
        raise LogInvalid(index, f"this line {flaw.what}{torn}") from None


def _plain_event(index: int, value: dict[str, object]) -> Event:
    try:
        return event_from_wire(value)
    except EventInvalid as error:
        raise LogInvalid(index, f"not an event: {error}") from None


def _header(index: int, value: dict[str, object]) -> PolicyPin | None:
    form = value["log"]
    if not isinstance(form, int) or isinstance(form, bool):
        raise LogInvalid(index, f"the header's 'log' is not a number; this version reads form {VERSION}")
    if form != VERSION:
        raise LogInvalid(index, f"this log has form {str(form)[:20]}; this version reads form {VERSION}")
    pin = value.get("policy")
    unknown = sorted(set(value) - {"log", "policy"})
    if unknown:
        raise LogInvalid(index, f"the header has an unknown field '{show(unknown[0])}'")
    if pin is None:
        return None
    words = ("id", "version", "digest")
    if not isinstance(pin, dict) or set(pin) != set(words):
        raise LogInvalid(index, "the header's policy must say id, version and digest")
    try:
        return PolicyPin(*(pin[word] for word in words))
    except QuestionInvalid as error:
        raise LogInvalid(index, f"the header's policy: {error}") from None


def _header_of(policy: PolicyPin) -> dict[str, object]:
    return {"log": VERSION, "policy": {"id": policy.id, "version": policy.version, "digest": policy.digest}}
