"""Policy, law, contract and calendar documents as people write them.

Every scalar arrives as text (see ``reader.py``) and is given its meaning here and nowhere else. Nothing here knows
whether a name that is used exists; ``compile.py`` links.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError, core_schema

from ir_policy.calendar import WORKDAYS
from ir_policy.clocks import Limit, parse_duration, parse_limit
from ir_policy.rules.conditions import Condition, ConditionFault, parse
from ir_policy.terms import Basis, Phase, Severity, is_id

__all__ = ["SECTIONS_BY_KIND", "PolicyDocument"]

Path: TypeAlias = tuple[str | int, ...]


def _fault(what: str, hint: str = "", path: Path = ()) -> PydanticCustomError:
    return PydanticCustomError("ir_policy", "{what}", {"what": what, "hint": hint, "path": path})


class _By:
    """A field read by one of our own functions, with the JSON Schema an editor shows for it."""

    def __init__(self, read: Callable[[Any], Any], schema: dict[str, Any]) -> None:
        self.read = read
        self.schema = schema

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self._guarded)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return self.schema

    def _guarded(self, value: object) -> object:
        try:
            return self.read(value)
        except ConditionFault as fault:
            raise _fault(fault.what, fault.hint, fault.path) from None
        except ValueError as error:
            if isinstance(error, PydanticCustomError):
                raise
            raise _fault(str(error)) from None


# --- scalars --------------------------------------------------------------------------------------------


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _fault("must be text")
    return value


def _filled(value: object) -> str:
    text = _text(value)
    if not text.strip():
        raise _fault("is empty")
    return text


def _id(value: object) -> str:
    text = _text(value)
    if not is_id(text):
        raise _fault(f"'{text[:60]}' is not an id", "use lower-case words joined by '-', groups by '/'")
    return text


def _ids(value: object) -> tuple[str, ...]:
    """One id or a list of them; an empty list never means "all"."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not items:
        raise _fault("must be an id or a list of ids with something in it")
    return tuple(_id(item) for item in items)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise _fault("must be a list with something in it")
    return tuple(_filled(item) for item in value)


def _flag(value: object) -> bool:
    if value not in ("yes", "no"):
        raise _fault("must be yes or no")
    return value == "yes"


def _day(value: object) -> date:
    text = _text(value)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII) is None:
        raise _fault(f"'{text[:40]}' is not a day", "write it like 2026-04-27")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _fault(f"'{text}' is not a day of the calendar", "check month and day") from None


def _clock_time(value: object) -> time:
    match = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", _text(value), re.ASCII)
    if match is None:
        raise _fault(f"'{_text(value)[:40]}' is not a time of day", "write it like 09:00")
    return time(int(match[1]), int(match[2]))


def _share(value: object) -> int:
    match = re.fullmatch(r"1/([1-9][0-9]?)", _text(value), re.ASCII)
    if match is None:
        raise _fault("is not a share", "write it like 1/5")
    return int(match[1])


def _levels(value: object) -> int:
    if value not in ("1", "2", "3"):
        raise _fault("must be 1, 2 or 3 levels")
    return int(str(value))


def _workdays(value: object) -> tuple[str, ...]:
    names = _texts(value)
    for name in names:
        if name not in WORKDAYS:
            raise _fault(f"'{name[:40]}' is not a weekday", f"write {', '.join(WORKDAYS)}")
    return names


def _version(value: object) -> str:
    text = _text(value)
    if re.fullmatch(r"[0-9]+(\.[0-9]+){1,3}", text, re.ASCII) is None:
        raise _fault(f"'{text[:40]}' is not a version", "write it like 0.2.0")
    return text


def _pinned(value: object) -> tuple[str, str]:
    """A document's id, with its version where one is pinned: ``au-ndb@2026.11.0``."""
    name, at, version = _text(value).partition("@")
    return _id(name), _version(version) if at else ""


def _all_pinned(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list) or not value:
        raise _fault("must be a list of document ids with something in it")
    return tuple(_pinned(item) for item in value)


_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1}
_LIST: Final[dict[str, Any]] = {"type": "array", "minItems": 1, "items": _TEXT}
_ONE_OR_LIST: Final[dict[str, Any]] = {"anyOf": [_TEXT, _LIST]}

Text = Annotated[str, _By(_filled, _TEXT)]
Id = Annotated[str, _By(_id, {**_TEXT, "pattern": "^[a-z0-9./-]+$"})]
Ids = Annotated[tuple[str, ...], _By(_ids, _ONE_OR_LIST)]
Texts = Annotated[tuple[str, ...], _By(_texts, _LIST)]
Flag = Annotated[bool, _By(_flag, {"enum": ["yes", "no"]})]
Day = Annotated[date, _By(_day, {"type": "string", "format": "date"})]
ClockTime = Annotated[time, _By(_clock_time, {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"})]
Duration = Annotated[
    timedelta, _By(lambda v: parse_duration(_text(v)), {**_TEXT, "pattern": "^[0-9]+ (minute|hour)s?$"})
]
When = Annotated[
    Condition,
    _By(parse, {"description": "a fact, or one of all, any, not, severity, mark, step, phase, finding"}),
]
Version = Annotated[str, _By(_version, _TEXT)]
Pinned = Annotated[tuple[str, str], _By(_pinned, _TEXT)]
AllPinned = Annotated[tuple[tuple[str, str], ...], _By(_all_pinned, _LIST)]


# --- parts of rules -------------------------------------------------------------------------------------


class _Rule(BaseModel):
    """Closed at every depth: a key nobody knows is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _parts(value: object, known: tuple[str, ...], path: Path = ()) -> dict[str, Any]:
    """A mapping with known keys only."""
    if not isinstance(value, dict):
        raise _fault("must be a mapping", f"with {' or '.join(known)}", path)
    for key in value:
        if key not in known:
            raise _fault(f"unknown key '{key[:60]}'", f"known here: {', '.join(known)}", (*path, key))
    return value


def _each(value: object) -> list[tuple[object, Path]]:
    """One thing or a list of them, each with its place."""
    if isinstance(value, list):
        if not value:
            raise _fault("must have something in it")
        return [(item, (index,)) for index, item in enumerate(value)]
    return [(value, ())]


class LimitDoc(BaseModel):
    """A limit with what stands behind it, where that differs from its duty."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)
    limit: Any
    basis: Basis | None = None
    reading: str = ""


def _limit(value: object, path: Path = ()) -> LimitDoc:
    if isinstance(value, str):
        return LimitDoc(limit=_words(value, path))
    parts = _parts(value, ("limit", "basis", "reading"), path)
    if "limit" not in parts:
        raise _fault("'limit' is missing", "say how long, such as {limit: 15 minutes}", path)
    basis = parts.get("basis")
    if basis is not None and basis not in [word.value for word in Basis]:
        raise _fault("is not a basis", f"write one of: {', '.join(b.value for b in Basis)}", (*path, "basis"))
    return LimitDoc(
        limit=_words(_text(parts["limit"]), (*path, "limit")),
        basis=Basis(basis) if basis is not None else None,
        reading=_id(parts["reading"]) if "reading" in parts else "",
    )


def _words(text: str, path: Path) -> Limit:
    try:
        return parse_limit(text)
    except ValueError as error:
        raise _fault(str(error), "", path) from None


def _within(value: object) -> dict[Severity | None, LimitDoc]:
    """One limit (under ``None``), or one for each level."""
    if isinstance(value, dict) and value and set(value) & set(Severity.__members__):
        _parts(value, tuple(Severity.__members__))
        return {Severity[level]: _limit(limit, (level,)) for level, limit in value.items()}
    return {None: _limit(value)}


def _starts(value: object) -> tuple[tuple[str, ...], bool]:
    """The marks a clock starts from, and whether it is their latest rather than their earliest."""
    if isinstance(value, str):
        return (_id(value),), False
    parts = _parts(value, ("earliest", "latest"))
    if len(parts) != 1:
        raise _fault("must be a mark, or one of {earliest: […]} and {latest: […]}")
    ((which, marks),) = parts.items()
    return _ids(marks), which == "latest"


class RecipientDoc(BaseModel):
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)
    when: Any = None
    to: str = ""
    each: str = ""
    among: str = ""
    as_: str = ""
    unnamed: str = ""


def _owed_to(value: object) -> tuple[RecipientDoc, ...]:
    return tuple(_recipient(item, path) for item, path in _each(value))


def _recipient(value: object, path: Path) -> RecipientDoc:
    if isinstance(value, str):
        return RecipientDoc(to=_id(value))
    parts = _parts(value, ("when", "to", "each", "among", "as", "unnamed"), path)
    if ("to" in parts) == ("each" in parts):
        raise _fault("must name either 'to' or 'each'", "", path)
    for key in ("among", "as", "unnamed"):
        if key in parts and "each" not in parts:
            raise _fault(f"'{key}' belongs to 'each'", "name one recipient, or each of a family", (*path, key))
    if "each" in parts and "unnamed" not in parts:
        raise _fault("'unnamed' is missing", "say to whom it is owed while nobody is named", path)
    when = parse(parts["when"], (*path, "when")) if "when" in parts else None
    said = {key: _id(parts[key]) for key in ("to", "each", "among", "unnamed") if key in parts}
    return RecipientDoc(when=when, as_=_id(parts.get("as", parts.get("each", "x"))) if "each" in parts else "", **said)


class ActDoc(BaseModel):
    model_config = ConfigDict(frozen=True)
    kind: str
    names: tuple[str, ...]
    stage: str = ""


_ACT_WORDS: Final = ("notice", "event", "step", "finding", "holding", "level", "hold")


def _met_by(value: object) -> tuple[ActDoc, ...]:
    return tuple(_act(item, path) for item, path in _each(value))


def _act(value: object, path: Path) -> ActDoc:
    parts = _parts(value, (*_ACT_WORDS, "stage"), path)
    kinds = [key for key in parts if key != "stage"]
    if len(kinds) != 1:
        raise _fault(f"must say one of {', '.join(_ACT_WORDS)}", "", path)
    kind = kinds[0]
    names = _ids(parts[kind])
    fixed = {"notice": ("sent",), "level": ("any",), "hold": ("in-force",)}.get(kind)
    if fixed is not None and names != fixed:
        raise _fault(f"'{kind}' knows only '{fixed[0]}'", "", (*path, kind))
    if "stage" in parts and kind != "notice":
        raise _fault("'stage' belongs to notices", "", (*path, "stage"))
    return ActDoc(kind=kind, names=names, stage=_id(parts["stage"]) if "stage" in parts else "")


class SourceOfMarkDoc(BaseModel):
    model_config = ConfigDict(frozen=True)
    kind: str
    name: str
    field: str = ""
    position: str = ""


_MARK_WORDS: Final = ("event", "finding", "fact", "decision", "level", "duty")
_ENGINE_MARKS: Final = {"decision": "authorised", "level": "reached", "duty": "in-scope"}


def _set_by(value: object) -> tuple[SourceOfMarkDoc, ...]:
    return tuple(_mark_source(item, path) for item, path in _each(value))


def _mark_source(value: object, path: Path) -> SourceOfMarkDoc:
    parts = _parts(value, (*_MARK_WORDS, "at", "position"), path)
    kinds = [key for key in parts if key in _MARK_WORDS]
    if len(kinds) != 1:
        raise _fault(f"must say one of {', '.join(_MARK_WORDS)}", "", path)
    kind, name = kinds[0], _id(parts[kinds[0]])
    if kind in _ENGINE_MARKS and name != _ENGINE_MARKS[kind]:
        raise _fault(f"'{kind}' knows only '{_ENGINE_MARKS[kind]}'", "", (*path, kind))
    for key, owner in (("at", "event"), ("position", "finding")):
        if key in parts and kind != owner:
            raise _fault(f"'{key}' belongs to '{owner}'", "", (*path, key))
    position = _text(parts.get("position", ""))
    if position not in ("", "controller", "processor"):
        raise _fault("must be controller or processor", "", (*path, "position"))
    return SourceOfMarkDoc(kind=kind, name=name, field=_text(parts.get("at", "")), position=position)


class ForbiddenDoc(BaseModel):
    model_config = ConfigDict(frozen=True)
    kind: str
    name: str


_FORBIDDEN_WORDS: Final = ("step", "phase", "event", "finding", "decision")
DECISIONS: Final = ("lowering", "not-worse", "differing")


def _forbids(value: object) -> tuple[ForbiddenDoc, ...]:
    return tuple(_forbidden(item, path) for item, path in _each(value))


def _forbidden(value: object, path: Path) -> ForbiddenDoc:
    parts = _parts(value, _FORBIDDEN_WORDS, path)
    if len(parts) != 1:
        raise _fault(f"must say one of {', '.join(_FORBIDDEN_WORDS)}", "", path)
    ((kind, name),) = parts.items()
    if not isinstance(name, str):
        raise _fault("must be text", "", (*path, kind))
    if kind == "decision" and name not in DECISIONS:
        raise _fault("is not a kind of decision", f"write one of: {', '.join(DECISIONS)}", (*path, kind))
    if kind == "phase" and name not in {phase.value for phase in Phase}:
        raise _fault(f"'{name[:60]}' is not a phase", "", (*path, kind))
    return ForbiddenDoc(kind=kind, name=_id(name))


class ReleaseDoc(BaseModel):
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)
    condition: Any = None
    roles: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


def _until(value: object) -> tuple[ReleaseDoc, ...]:
    return tuple(_release(item, path) for item, path in _each(value))


def _release(value: object, path: Path) -> ReleaseDoc:
    if isinstance(value, dict) and len(value) == 1:
        if "role" in value:
            return ReleaseDoc(roles=_ids(value["role"]))
        if "states" in value:
            return ReleaseDoc(states=_ids(value["states"]))
    return ReleaseDoc(condition=parse(value, path))


class GateWhenDoc(BaseModel):
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)
    condition: Any
    only_on_yes: bool


def _gate_when(value: object) -> GateWhenDoc:
    if isinstance(value, dict) and set(value) == {"yes"}:
        return GateWhenDoc(condition=parse(value["yes"], ("yes",)), only_on_yes=True)
    return GateWhenDoc(condition=parse(value), only_on_yes=False)


def _again_on(value: object) -> Severity:
    """Any raise (``raise``), or only one that ends at that level or worse (``raise to SEV0``)."""
    level = _text(value).removeprefix("raise").removeprefix(" to ")
    if value == "raise":
        return Severity.SEV3
    if level not in Severity.__members__ or value != f"raise to {level}":
        raise _fault("is not a raise", "write 'raise', or 'raise to SEV0'")
    return Severity[level]


# --- rules ----------------------------------------------------------------------------------------------


class SourceDoc(_Rule):
    cite: Text
    checked: Day | None = None
    review_by: Day | None = None
    in_force_from: Day | None = None
    in_force_to: Day | None = None
    evidence: Text = ""


class CalendarOfPolicyDoc(_Rule):
    zone: Text
    opens: ClockTime
    closes: ClockTime
    workdays: Annotated[tuple[str, ...], _By(_workdays, _LIST)]
    holidays: Pinned
    reading: Id = ""


class AtRiskDoc(_Rule):
    share: Annotated[int, _By(_share, {"type": "string", "pattern": "^1/[0-9]+$"})]
    at_least: Duration


class RoleDoc(_Rule):
    title: Text
    contact: Id
    does: Text


class FactDoc(_Rule):
    means: Text
    polarity: Literal["worse", "better", "neither"]


class FamilyDoc(_Rule):
    means: Text
    polarity: Literal["worse", "better", "neither"]
    members: Ids = ()
    known: Ids = ()


class ReadingDoc(_Rule):
    clause: Id
    text: Text
    options: Texts
    adds: Flag = False
    accepted_by: Text = ""


class MarkDoc(_Rule):
    means: Text
    per: Literal["episode", "incident"] = "episode"
    reading: Id = ""
    corrected_by: Ids = ()
    set_by: Annotated[tuple[SourceOfMarkDoc, ...], _By(_set_by, {"description": "what sets it"})] = ()


class RowDoc(_Rule):
    level: Literal["SEV0", "SEV1", "SEV2", "SEV3"]
    clause: Id
    when: When | None = None
    otherwise: Flag = False
    reading: Id = ""
    example: Text


class RaiseDoc(_Rule):
    levels: Annotated[int, _By(_levels, {"enum": ["1", "2", "3"]})]
    clause: Id
    reading: Id = ""
    rules: dict[Id, When]


class PhaseDoc(_Rule):
    clause: Id
    means: Text


class DutyDoc(_Rule):
    title: Text
    clause: Id
    source: SourceDoc | None = None
    basis: Basis | None = None
    reading: Id = ""
    owed_by: Id
    owed_to: Annotated[
        tuple[RecipientDoc, ...], _By(_owed_to, {"description": "a recipient, or each of a family"})
    ] = ()
    when: When | None = None
    unless: When | None = None
    exempted_by: Ids = ()
    starts: Annotated[
        tuple[tuple[str, ...], bool],
        _By(_starts, {"description": "a mark, or the earliest or latest of several"}),
    ]
    within: Annotated[
        dict[Severity | None, LimitDoc],
        _By(_within, {"description": "a limit in words, or one for each level"}),
    ]
    opens_after: Duration | None = None
    met_by: Annotated[tuple[ActDoc, ...], _By(_met_by, {"description": "what discharges it"})]
    must_state: Ids = ()
    sets: Id = ""
    act: Id = ""
    per: Literal["episode", "incident"] | None = None
    on_scope_exit: Literal["keep", "cancel"] = "keep"
    if_missed: Literal["still-owed", "lapses"] = "still-owed"
    done_before: Literal["counts", "counts-since-mark", "does-not-count"] = "does-not-count"
    again_on: (
        Annotated[Severity, _By(_again_on, {"enum": ["raise", "raise to SEV0", "raise to SEV1", "raise to SEV2"]})]
        | None
    ) = None
    waivable_by: Ids = ()


class GateDoc(_Rule):
    says: Text
    clause: Id
    reading: Id = ""
    forbids: Annotated[tuple[ForbiddenDoc, ...], _By(_forbids, {"description": "what may not happen"})]
    when: Annotated[GateWhenDoc, _By(_gate_when, {"description": "a condition, or {yes: condition}"})] | None = None
    until: Annotated[tuple[ReleaseDoc, ...], _By(_until, {"description": "what releases it"})] = ()
    who: Ids
    waivable_by: Ids = ()
    void: Flag = False


class DayDoc(_Rule):
    name: Text
    source: Id


class SpanDoc(_Rule):
    from_: Day = Field(alias="from")
    to: Day


class PolicyDocument(_Rule):
    """A whole document. Which sections it may have depends on its kind (``SECTIONS_BY_KIND``)."""

    document: Literal["policy", "law", "contract", "calendar"]
    id: Id
    version: Version
    title: Text
    status: Text = ""
    owner: Id = ""
    reviewers: Ids = ()
    language: Text = ""
    updated: Day | None = None
    laws: AllPinned = ()
    contracts: AllPinned = ()
    prefix: Id = ""
    jurisdiction: Id = ""
    lead_authority: Id = ""
    calendar: CalendarOfPolicyDoc | None = None
    at_risk: AtRiskDoc | None = None
    groups: dict[str, Ids] = {}
    roles: dict[str, RoleDoc] = {}
    facts: dict[str, FactDoc] = {}
    families: dict[str, FamilyDoc] = {}
    readings: dict[str, ReadingDoc] = {}
    marks: dict[str, MarkDoc] = {}
    severity_rows: dict[str, RowDoc] = {}
    severity_raise: RaiseDoc | None = None
    phases: dict[str, PhaseDoc] = {}
    reopens_to: Literal["assess", "contain", "eradicate", "recover"] | None = None
    steps: dict[str, Text] = {}
    duties: dict[str, DutyDoc] = {}
    gates: dict[str, GateDoc] = {}
    covers: SpanDoc | None = None
    sources: dict[str, SourceDoc] = {}
    days: dict[str, DayDoc] = {}
    notes: Texts = ()


_HEAD: Final = ("document", "id", "version", "title", "status", "owner", "reviewers", "language", "updated")
_SHARED: Final = ("groups", "facts", "families", "readings", "marks", "duties", "gates")

SECTIONS_BY_KIND: Final = {
    "policy": (*_HEAD, "laws", "contracts", "lead_authority", "calendar", "at_risk", "roles", "severity_rows",
               "severity_raise", "phases", "reopens_to", "steps", *_SHARED),
    "law": (*_HEAD, "prefix", "jurisdiction", *_SHARED),
    "contract": (*_HEAD, "prefix", "jurisdiction", *_SHARED),
    "calendar": (*_HEAD, "covers", "sources", "days", "notes"),
}  # fmt: skip

Held: TypeAlias = dict[str, Any]
"""What a document holds once read: sections by name, rules by id; what could not be read is left out."""
