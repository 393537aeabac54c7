"""The kinds of value an event field can hold: how each is checked, frozen and written.

One table, so that an event means the same whether it was made in Python, read from a line or typed in a terminal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from math import isfinite
from typing import Final

from attrs import frozen

from ir_policy.errors import EventInvalid, Problem, QuestionInvalid
from ir_policy.terms import (
    FINDINGS,
    HIDDEN,
    ID_FORM,
    LOWERINGS,
    MAX_MARKS,
    OUTCOMES,
    STAGES,
    FrozenMap,
    Phase,
    Severity,
    Truth,
    canonical_json,
    instant,
    is_id,
    piled,
    rfc3339,
    show,
)  # fmt: skip

__all__ = ["KINDS_OF_VALUE", "PolicyPin", "ValueKind", "clean_text", "parse_instant"]


class Flaw(ValueError):
    """What is wrong with one value, and the way out."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


@frozen(eq=False)
class ValueKind:
    """How one kind of value is read (from Python or JSON), written, and described in a JSON Schema."""

    read: Callable[[object], object]
    write: Callable[[object], object]
    schema: FrozenMap[str, object]


def read_value(kind: str, value: object, where: str) -> tuple[object, Problem | None]:
    """The value in its frozen form, or what is wrong with it."""
    try:
        return KINDS_OF_VALUE[kind].read(value), None
    except Flaw as flaw:
        return None, Problem(where, flaw.what, flaw.hint)
    except EventInvalid as error:
        return None, error.problems[0]


@frozen
class PolicyPin:
    """The document a log was begun under, or went on under from an adoption."""

    id: str
    version: str
    digest: str

    def __attrs_post_init__(self) -> None:
        problems = []
        for name in _PIN:
            _, problem = read_value("label", getattr(self, name), name)
            problems += [problem] if problem is not None else []
        if problems:
            raise QuestionInvalid(problems)


_PIN: Final = ("id", "version", "digest")


# --- text -----------------------------------------------------------------------------------------------

LONGEST_LABEL: Final = 200
LONGEST_REFERENCE: Final = 2_000
LONGEST_TEXT: Final = 20_000
LONGEST_LIST: Final = 100_000
LONGEST_WIRE: Final = 500_000
MOST_FACTS: Final = 1_000
LARGEST_NUMBER: Final = 10**18
"""These bounds keep every event on one line that a log may hold."""
_JOINERS: Final = {0x200C: None, 0x200D: None}
_UNSEEN: Final = re.compile(f"[{HIDDEN}]")
_UNSEEN_IN_LABEL: Final = re.compile(rf"[\t\n{HIDDEN}]")


def clean_text(value: object, longest: int, lines: bool) -> str:
    """Text in its normal form; characters nobody can see are refused, so that equal looks mean equal bytes."""
    if not isinstance(value, str):
        raise Flaw("is not text")
    if not value.strip():
        raise Flaw("is empty", "leave the field out or say something")
    return _seen(value, longest, lines)


def _seen(value: str, longest: int, lines: bool) -> str:
    # Lengths and piles come first: normalising an endless pile of accents takes quadratic time.
    if len(value) > longest:
        raise Flaw(f"is longer than {longest} characters", "shorten it")
    if piled(value):
        raise Flaw(f"holds more than {MAX_MARKS} accents on one letter", "delete them")
    text = unicodedata.normalize("NFC", plain(value))
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > longest:
        raise Flaw(f"is longer than {longest} characters", "shorten it")
    # In running text joiners are part of the spelling of some languages and of some emoji; in a label they hide.
    found = _UNSEEN.search(text.translate(_JOINERS)) if lines else _UNSEEN_IN_LABEL.search(text)
    if found is not None:
        control = unicodedata.category(found[0]) == "Cc"
        raise Flaw("holds a control character" if control else "holds a character that cannot be seen", "remove it")
    return text


def plain(text: str) -> str:
    """The text as plain text, whatever subclass came in."""
    return text if type(text) is str else str.__str__(text)


def _label(value: object) -> str:
    text = clean_text(value, LONGEST_LABEL, lines=False)
    if text != text.strip():
        raise Flaw("begins or ends with a space", "remove it")
    return text


def _reference(value: object) -> str:
    return clean_text(value, LONGEST_REFERENCE, lines=False)


def _text(value: object) -> str:
    return clean_text(value, LONGEST_TEXT, lines=True)


def _id(value: object) -> str:
    if not isinstance(value, str) or not is_id(value):
        raise Flaw("is not an id", "use lower-case words joined by '-', groups by '/'")
    return plain(value)


def _list_of(read: Callable[[object], str]) -> Callable[[object], tuple[str, ...]]:
    def read_all(value: object) -> tuple[str, ...]:
        if isinstance(value, str) or not isinstance(value, (list, tuple)):
            raise Flaw("is not a list", "put it in brackets, such as ['one', 'two']")
        items = tuple(read(item) for item in value)
        if sum(len(item) + 3 for item in items) > LONGEST_LIST:
            raise Flaw(f"is longer than {LONGEST_LIST} characters altogether", "split it over several events")
        return items

    return read_all


# --- instants -------------------------------------------------------------------------------------------

_RFC3339: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)


def parse_instant(text: str) -> datetime:
    """An RFC 3339 instant with its offset; raises ``ValueError`` saying what is wrong and the way out."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise Flaw(f"'{show(text, 40)}' is not an instant", "write it like 2026-04-03T18:05:00+10:00")
    second, fraction, offset = match[6], match[7] or "", match[8]
    if offset is None:
        raise Flaw(f"'{show(text, 40)}' has no offset", "end it with Z or an offset such as +10:00")
    if len(fraction.rstrip("0")) > 6:
        raise Flaw(f"'{show(text, 40)}' is finer than a microsecond", "round it yourself first")
    if match[4] == "24" or second == "60":
        raise Flaw(f"'{show(text, 40)}' names an hour 24 or a second 60", "write the next day or the next second")
    plain = f"{match[1]}-{match[2]}-{match[3]}T{match[4]}:{match[5]}:{second or '00'}.{fraction[:6].ljust(6, '0')}"
    try:
        return datetime.fromisoformat(plain + offset.upper().replace("Z", "+00:00"))
    except ValueError:
        raise Flaw(f"'{show(text, 40)}' is not a day and time of the calendar", "check day, hour and offset") from None


def _instant(value: object) -> datetime:
    return instant(parse_instant(value) if isinstance(value, str) else value, "", EventInvalid)


# --- the rest -------------------------------------------------------------------------------------------


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Flaw("is neither true nor false", "write True or False, in JSON true or false")
    return value


def _choice(*words: str) -> ValueKind:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise Flaw("is not one of the words allowed here", f"write one of: {', '.join(words)}")
        return plain(value)

    return ValueKind(read, _same, FrozenMap({"enum": list(words)}))


def _severity(value: object) -> Severity:
    if isinstance(value, Severity):
        return value
    if not isinstance(value, str) or value not in Severity.__members__:
        raise Flaw("is not a level", "write SEV0, SEV1, SEV2 or SEV3")
    return Severity[value]


def _phase(value: object) -> Phase:
    if isinstance(value, Phase):
        return value
    words = [phase.value for phase in Phase]
    if not isinstance(value, str) or value not in words:
        raise Flaw("is not a phase", f"write one of: {', '.join(words)}")
    return Phase(value)


def _truths(value: object) -> FrozenMap[str, Truth]:
    if not isinstance(value, Mapping) or not value:
        raise Flaw("is not a mapping of facts", "write {fact: yes}, {fact: no} or {fact: unknown}")
    if len(value) > MOST_FACTS:
        raise Flaw(f"holds more than {MOST_FACTS} facts", "split it over several events")
    if not all(isinstance(fact, str) for fact in value):
        raise Flaw("names a fact by something that is not text", "use the fact's id")
    facts: dict[str, Truth] = {}
    for fact, truth in sorted(value.items()):
        if not is_id(fact):
            raise Flaw(f"'{show(fact)}' is not a fact id", "use lower-case words joined by '-', groups by '/'")
        try:
            facts[plain(fact)] = read_truth(truth)
        except Flaw as flaw:
            raise Flaw(f"'{fact}': {flaw.what}", flaw.hint) from None
    return FrozenMap(facts)


def read_truth(value: object) -> Truth:
    """Yes, no or unknown, as a :class:`~ir_policy.terms.Truth` or as its word."""
    if isinstance(value, Truth):
        return value
    truth = _TRUTHS.get(value) if isinstance(value, str) else None
    if truth is None:
        raise Flaw("a fact is yes, no or unknown", "use ir.YES, ir.NO, ir.UNKNOWN or their words")
    return truth


_TRUTHS: Final = {truth.value: truth for truth in Truth}


def _wire_mapping(value: object) -> FrozenMap[str, object]:
    """Wire values by field name; lists become tuples, so that nobody can change them afterwards."""
    if not isinstance(value, Mapping) or not value or not all(isinstance(key, str) for key in value):
        raise Flaw("is not a mapping of fields", "write {field: value}")
    fields: dict[str, object] = {}
    for key, item in sorted(value.items()):
        name = _key(key)
        try:
            fields[name] = _frozen(item)
        except Flaw as flaw:
            raise Flaw(f"'{name}' {flaw.what}", flaw.hint) from None
    frozen = FrozenMap(fields)
    if len(canonical_json(thawed(frozen))) > LONGEST_WIRE:
        raise Flaw(f"is longer than {LONGEST_WIRE} characters altogether", "say less")
    return frozen


def _key(key: str) -> str:
    try:
        return clean_text(key, LONGEST_LABEL, lines=False)
    except Flaw as flaw:
        raise Flaw(f"has a key that {flaw.what}", "write the name of a field") from None


def _frozen(value: object, depth: int = 0) -> object:
    if depth > 10:
        raise Flaw("is nested too deeply", "flatten it")
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(item, depth + 1) for item in value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise Flaw("has a key that is not text")
        return FrozenMap({_key(key): _frozen(item, depth + 1) for key, item in sorted(value.items())})
    if isinstance(value, str):
        return _seen(value, LONGEST_TEXT, lines=True)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) >= LARGEST_NUMBER:
            raise Flaw("holds a number of more than 18 digits", "write it as text")
        return int(value)
    raise Flaw("holds a value that is not text, a whole number, true, false or nothing", "write it as text")


def _kept_whole(value: object) -> object:
    """A value of an event nobody here knows: frozen, and otherwise as it was written."""
    if isinstance(value, (list, tuple)):
        return tuple(_kept_whole(item) for item in value)
    if isinstance(value, Mapping):
        return FrozenMap(
            {str(key): _kept_whole(item) for key, item in sorted(value.items(), key=lambda pair: str(pair[0]))}
        )
    if value is None or isinstance(value, (str, bool, int)) or (isinstance(value, float) and isfinite(value)):
        return value
    raise Flaw("holds something that JSON cannot say", "write it as text")


def thawed(value: object) -> object:
    """A frozen wire value as plain JSON material."""
    if isinstance(value, FrozenMap):
        return {key: thawed(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [thawed(item) for item in value]
    return value


def _pin(value: object) -> PolicyPin:
    if isinstance(value, PolicyPin):
        return value
    if not isinstance(value, Mapping) or set(value) != set(_PIN):
        raise Flaw("does not name a document", "say its id, its version and its digest")
    try:
        return PolicyPin(*(value[word] for word in _PIN))
    except QuestionInvalid as error:
        raise Flaw(f"does not name a document: {error.problems[0]}", "say its id, its version and its digest") from None


def _written_pin(value: object) -> object:
    assert isinstance(value, PolicyPin)
    return {word: getattr(value, word) for word in _PIN}


def _same(value: object) -> object:
    return value


def _word(value: object) -> object:
    return getattr(value, "value", value)


def _written_instant(value: object) -> object:
    assert isinstance(value, datetime)
    return rfc3339(value.astimezone(timezone.utc))


def _written_truths(value: object) -> object:
    assert isinstance(value, FrozenMap)
    return {fact: truth.value for fact, truth in value.items()}


def _text_schema(longest: int) -> dict[str, object]:
    return {"type": "string", "minLength": 1, "maxLength": longest, "pattern": r"\S"}


_ID_SCHEMA: Final[dict[str, object]] = {
    "type": "string", "maxLength": 200, "pattern": f"^{ID_FORM}$"
}  # fmt: skip
_INSTANT_SCHEMA: Final[FrozenMap[str, object]] = FrozenMap(
    {
        "type": "string",
        "format": "date-time",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]+)?)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})$",
    }
)


def _list_schema(items: dict[str, object]) -> FrozenMap[str, object]:
    return FrozenMap({"type": "array", "items": items})


KINDS_OF_VALUE: Final[FrozenMap[str, ValueKind]] = FrozenMap(
    {
        "label": ValueKind(_label, _same, FrozenMap(_text_schema(LONGEST_LABEL))),
        "name": ValueKind(_label, _same, FrozenMap(_text_schema(LONGEST_LABEL))),
        "text": ValueKind(_text, _same, FrozenMap(_text_schema(LONGEST_TEXT))),
        "id": ValueKind(_id, _same, FrozenMap(_ID_SCHEMA)),
        "ids": ValueKind(_list_of(_id), thawed, _list_schema(_ID_SCHEMA)),
        "labels": ValueKind(_list_of(_label), thawed, _list_schema(_text_schema(LONGEST_LABEL))),
        "instant": ValueKind(_instant, _written_instant, _INSTANT_SCHEMA),
        "flag": ValueKind(_flag, _same, FrozenMap({"type": "boolean"})),
        "severity": ValueKind(_severity, _word, FrozenMap({"enum": [level.value for level in Severity]})),
        "phase": ValueKind(_phase, _word, FrozenMap({"enum": [phase.value for phase in Phase]})),
        "truths": ValueKind(
            _truths,
            _written_truths,
            FrozenMap(
                {
                    "type": "object",
                    "minProperties": 1,
                    "maxProperties": MOST_FACTS,
                    "propertyNames": _ID_SCHEMA,
                    "additionalProperties": {"enum": [truth.value for truth in Truth]},
                }
            ),
        ),
        "reference": ValueKind(_reference, _same, FrozenMap(_text_schema(LONGEST_REFERENCE))),
        "references": ValueKind(_list_of(_reference), thawed, _list_schema(_text_schema(LONGEST_REFERENCE))),
        "pin": ValueKind(
            _pin,
            _written_pin,
            FrozenMap(
                {
                    "type": "object",
                    "properties": {word: _text_schema(LONGEST_LABEL) for word in _PIN},
                    "required": list(_PIN),
                    "additionalProperties": False,
                }
            ),
        ),
        "opaque": ValueKind(_kept_whole, thawed, FrozenMap({"type": "object"})),
        "wire": ValueKind(_wire_mapping, thawed, FrozenMap({"type": "object", "minProperties": 1})),
        "precision": _choice("minute", "day", "month"),
        "lowering": _choice(*LOWERINGS),
        "finding": _choice(*FINDINGS),
        "position": _choice("controller", "processor"),
        "outcome": _choice(*OUTCOMES),
        "stage": _choice(*STAGES),
    }
)
