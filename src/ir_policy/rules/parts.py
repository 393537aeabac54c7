"""The parts of rules that may be written in several ways: limits, recipients, acts, marks, gates.

Each is read by hand, so that one slip is one problem with its place. Nothing here knows whether a name exists.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from ir_policy.clocks import Limit, parse_duration, parse_limit
from ir_policy.rules.conditions import parse
from ir_policy.rules.scalars import Path, plain_text, read_id, read_ids, slip
from ir_policy.terms import OUTCOMES, STAGES, Basis, Phase, Severity

__all__ = [
    "ActDoc",
    "DECISIONS",
    "ForbiddenDoc",
    "GivenDoc",
    "GateWhenDoc",
    "LimitDoc",
    "NOTICES",
    "NeedDoc",
    "RecipientDoc",
    "ReleaseDoc",
    "SENDINGS",
    "SourceOfMarkDoc",
    "TEXTS",
    "read_again_on",
    "read_forbids",
    "read_gate_when",
    "read_given",
    "read_met_by",
    "read_needs",
    "read_outcomes",
    "read_owed_to",
    "read_set_by",
    "read_starts",
    "read_until",
    "read_within",
]


def _parts(value: object, known: tuple[str, ...], path: Path = ()) -> dict[str, Any]:
    """A mapping with known keys only."""
    if not isinstance(value, dict):
        raise slip("must be a mapping", f"with {' or '.join(known)}", path)
    for key in value:
        if key not in known:
            raise slip(f"unknown key '{key[:60]}'", f"known here: {', '.join(known)}", (*path, key))
    return value


def _each(value: object) -> list[tuple[object, Path]]:
    """One thing or a list of them, each with its place."""
    if isinstance(value, list):
        if not value:
            raise slip("must have something in it")
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
        raise slip("'limit' is missing", "say how long, such as {limit: 15 minutes}", path)
    basis = parts.get("basis")
    if basis is not None and basis not in [word.value for word in Basis]:
        raise slip("is not a basis", f"write one of: {', '.join(b.value for b in Basis)}", (*path, "basis"))
    return LimitDoc(
        limit=_words(plain_text(parts["limit"]), (*path, "limit")),
        basis=Basis(basis) if basis is not None else None,
        reading=read_id(parts["reading"]) if "reading" in parts else "",
    )


def _words(text: str, path: Path) -> Limit:
    try:
        return parse_limit(text)
    except ValueError as error:
        raise slip(str(error), "", path) from None


def read_within(value: object) -> dict[Severity | None, LimitDoc]:
    """One limit (under ``None``), or one for each level."""
    if isinstance(value, dict) and value and set(value) & set(Severity.__members__):
        _parts(value, tuple(Severity.__members__))
        return {Severity[level]: _limit(limit, (level,)) for level, limit in value.items()}
    return {None: _limit(value)}


def read_starts(value: object) -> tuple[tuple[str, ...], bool]:
    """The marks a clock starts from, and whether it is their latest rather than their earliest."""
    if isinstance(value, str):
        return (read_id(value),), False
    parts = _parts(value, ("earliest", "latest"))
    if len(parts) != 1:
        raise slip("must be a mark, or one of {earliest: […]} and {latest: […]}")
    ((which, marks),) = parts.items()
    return read_ids(marks), which == "latest"


_TO_WHOM: Final = ("to", "each", "owed", "told")


class RecipientDoc(BaseModel):
    """One line of `owed_to`: one recipient, each member of a family that is affected, whoever another duty is owed
    to, or whoever was told."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)
    when: Any = None
    to: str = ""
    each: str = ""
    owed: str = ""
    told: bool = False
    among: str = ""
    as_: str = ""
    unnamed: str = ""


def read_owed_to(value: object) -> tuple[RecipientDoc, ...]:
    """To whom a duty is owed; a family must say to whom it is owed while no member is named."""
    return tuple(_recipient(item, path) for item, path in _each(value))


def _recipient(value: object, path: Path) -> RecipientDoc:
    if isinstance(value, str):
        return RecipientDoc(to=read_id(value))
    parts = _parts(value, ("when", *_TO_WHOM, "among", "as", "unnamed"), path)
    if sum(word in parts for word in _TO_WHOM) != 1:
        raise slip(f"must say one of {', '.join(_TO_WHOM)}", "", path)
    if "told" in parts and parts["told"] != "yes":
        raise slip("'told' knows only 'yes'", "whoever the sending goes to", (*path, "told"))
    for key in ("among", "as", "unnamed"):
        if key in parts and "each" not in parts:
            raise slip(f"'{key}' belongs to 'each'", "name one recipient, or each of a family", (*path, key))
    if "each" in parts and "unnamed" not in parts:
        raise slip("'unnamed' is missing", "say to whom it is owed while nobody is named", path)
    when = parse(parts["when"], (*path, "when")) if "when" in parts else None
    said = {key: read_id(parts[key]) for key in ("to", "each", "owed", "among", "unnamed") if key in parts}
    as_ = read_id(parts.get("as", parts.get("each", "x"))) if "each" in parts else ""
    return RecipientDoc(when=when, as_=as_, told="told" in parts, **said)


class ActDoc(BaseModel):
    """One line of `met_by`: a kind of act, and the names of that kind that count."""

    model_config = ConfigDict(frozen=True)
    kind: str
    names: tuple[str, ...]
    stage: str = ""


NOTICES: Final = ("sent", "any", "reviewed")
"""A sending that names the duty, any sending to the recipient, or a review of a text for both."""
_ACT_WORDS: Final = ("notice", "event", "step", "finding", "holding", "level", "hold")


def read_met_by(value: object) -> tuple[ActDoc, ...]:
    """What discharges a duty; each line says one kind of act."""
    return tuple(_act(item, path) for item, path in _each(value))


def _act(value: object, path: Path) -> ActDoc:
    parts = _parts(value, (*_ACT_WORDS, "stage"), path)
    kinds = [key for key in parts if key != "stage"]
    if len(kinds) != 1:
        raise slip(f"must say one of {', '.join(_ACT_WORDS)}", "", path)
    kind = kinds[0]
    names = read_ids(parts[kind])
    fixed = {"notice": NOTICES, "level": ("any",), "hold": ("in-force",)}.get(kind)
    if fixed is not None and (len(names) != 1 or names[0] not in fixed):
        *others, last = (repr(word) for word in fixed)
        known = f"{', '.join(others)} and {last}" if others else last
        raise slip(f"'{kind}' knows only {known}", "", (*path, kind))
    if "stage" in parts and kind != "notice":
        raise slip("'stage' belongs to notices", "", (*path, "stage"))
    if "stage" in parts and parts["stage"] not in STAGES:
        raise slip("is not a stage", f"write one of: {', '.join(STAGES)}", (*path, "stage"))
    return ActDoc(kind=kind, names=names, stage=parts.get("stage", ""))


class NeedDoc(BaseModel):
    """`needs`: the enabling duty, and how long before its own deadline the duty needs it."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)
    duty: str
    lead: timedelta


def read_needs(value: object) -> NeedDoc:
    """Which duty enables this one, and how long before."""
    parts = _parts(value, ("duty", "lead"))
    for key in ("duty", "lead"):
        if key not in parts:
            raise slip(f"'{key}' is missing", "say which duty comes first and how long it takes")
    try:
        lead = parse_duration(plain_text(parts["lead"]))
    except ValueError as error:
        raise slip(str(error), "", ("lead",)) from None
    return NeedDoc(duty=read_id(parts["duty"]), lead=lead)


class SourceOfMarkDoc(BaseModel):
    """One line of `set_by`: what was said, or what the engine found, that sets the mark."""

    model_config = ConfigDict(frozen=True)
    kind: str
    name: str
    field: str = ""
    position: str = ""
    saying: str = ""


_MARK_WORDS: Final = ("event", "finding", "fact", "decision", "level", "duty")
_ENGINE_MARKS: Final = {"decision": "authorised", "level": "reached", "duty": "in-scope"}


def read_set_by(value: object) -> tuple[SourceOfMarkDoc, ...]:
    """What sets a mark; each line says one source."""
    return tuple(_mark_source(item, path) for item, path in _each(value))


def _mark_source(value: object, path: Path) -> SourceOfMarkDoc:
    parts = _parts(value, (*_MARK_WORDS, "at", "position", "saying"), path)
    kinds = [key for key in parts if key in _MARK_WORDS]
    if len(kinds) != 1:
        raise slip(f"must say one of {', '.join(_MARK_WORDS)}", "", path)
    kind, name = kinds[0], read_id(parts[kinds[0]])
    if kind in _ENGINE_MARKS and name != _ENGINE_MARKS[kind]:
        raise slip(f"'{kind}' knows only '{_ENGINE_MARKS[kind]}'", "", (*path, kind))
    for key, owner in (("at", "event"), ("position", "finding"), ("saying", "event")):
        if key in parts and kind != owner:
            raise slip(f"'{key}' belongs to '{owner}'", "", (*path, key))
    position = plain_text(parts.get("position", ""))
    if position not in ("", "controller", "processor"):
        raise slip("must be controller or processor", "", (*path, "position"))
    at, saying = (plain_text(parts.get(key, "")) for key in ("at", "saying"))
    return SourceOfMarkDoc(kind=kind, name=name, field=at, position=position, saying=saying)


class GivenDoc(BaseModel):
    """`given`: which fields of the event that sets the mark say until when, what it is about, and who owes it."""

    model_config = ConfigDict(frozen=True)
    due: str
    item: str = ""
    owner: str = ""


def read_given(value: object) -> GivenDoc:
    """Which fields of an event say until when, what it is about, and who owes it."""
    parts = _parts(value, ("due", "item", "owner"))
    if "due" not in parts:
        raise slip("'due' is missing", "name the field of the event that says until when")
    return GivenDoc(**{key: plain_text(parts[key]) for key in parts})


class ForbiddenDoc(BaseModel):
    """One line of `forbids`: a kind of act, and which of that kind."""

    model_config = ConfigDict(frozen=True)
    kind: str
    name: str


_FORBIDDEN_WORDS: Final = ("step", "phase", "event", "finding", "decision", "outcome", "notice")
SENDINGS: Final = ("external", "beyond-exercise")
"""A sending to somebody outside the company; one to somebody who does not hear in a drill in everybody's place."""
DECISIONS: Final = ("lowering", "not-worse", "differing")


def read_forbids(value: object) -> tuple[ForbiddenDoc, ...]:
    """What a gate forbids; each line says one kind of act."""
    return tuple(_forbidden(item, path) for item, path in _each(value))


def _forbidden(value: object, path: Path) -> ForbiddenDoc:
    parts = _parts(value, _FORBIDDEN_WORDS, path)
    if len(parts) != 1:
        raise slip(f"must say one of {', '.join(_FORBIDDEN_WORDS)}", "", path)
    ((kind, name),) = parts.items()
    if not isinstance(name, str):
        raise slip("must be text", "", (*path, kind))
    if kind == "decision" and name not in DECISIONS:
        raise slip("is not a kind of decision", f"write one of: {', '.join(DECISIONS)}", (*path, kind))
    if kind == "phase" and name not in {phase.value for phase in Phase}:
        raise slip(f"'{name[:60]}' is not a phase", "", (*path, kind))
    if kind == "outcome" and name not in OUTCOMES:
        raise slip(f"'{name[:60]}' is not an outcome", f"write one of: {', '.join(OUTCOMES)}", (*path, kind))
    if kind == "notice" and name not in SENDINGS:
        raise slip(f"'{name[:60]}' is not a sending", f"write one of: {', '.join(SENDINGS)}", (*path, kind))
    return ForbiddenDoc(kind=kind, name=read_id(name))


def read_outcomes(value: object) -> tuple[str, ...]:
    """Outcomes of closing."""
    for index, name in enumerate(named := read_ids(value)):
        if name not in OUTCOMES:
            raise slip(f"'{name[:60]}' is not an outcome", f"write one of: {', '.join(OUTCOMES)}", (index,))
    return named


class FormDoc(BaseModel):
    """`{field, like, at_most}`: a text field of the event has this form."""

    model_config = ConfigDict(frozen=True)
    field: str
    like: str
    at_most: int


_PLACEHOLDER: Final = re.compile(r"\{([a-z]*)\}")
PLACEHOLDERS: Final = ("day", "summary")
"""What a form may ask for: the local day of detection, and a summary in lower-case words joined by '-'."""


def _form(value: dict[str, Any], path: Path) -> FormDoc:
    parts = _parts(value, ("field", "like", "at_most"), path)
    for key in ("field", "like", "at_most"):
        if key not in parts:
            raise slip(f"'{key}' is missing", "say which field, like what, and how long at most", path)
    like, longest = plain_text(parts["like"]), plain_text(parts["at_most"])
    for word in _PLACEHOLDER.findall(like):
        if word not in PLACEHOLDERS:
            known = " and ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise slip(f"'{{{word}}}' stands for nothing", f"known are {known}", (*path, "like"))
    if not (longest.isascii() and longest.isdigit() and 0 < int(longest) <= 1000):
        raise slip("is not a number of characters", "write one from 1 to 1000", (*path, "at_most"))
    return FormDoc(field=plain_text(parts["field"]), like=like, at_most=int(longest))


PERSON: Final = "person"
"""Who may do what no program may."""


class ReleaseDoc(BaseModel):
    """One line of `until`: a condition, a role that is held, that a person acts, things that were stated, a field of a given
    form, what was said of the text of a notice, or who wrote it."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)
    condition: Any = None
    roles: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    form: FormDoc | None = None
    person: bool = False
    notice: str = ""
    author: str = ""


TEXTS: Final = ("reviewed", "approved", "cleared")
"""What may be so of the very text of a notice: reviewed, approved, or cleared beforehand."""


def read_until(value: object) -> tuple[ReleaseDoc, ...]:
    """What releases a gate."""
    return tuple(_release(item, path) for item, path in _each(value))


def _release(value: object, path: Path) -> ReleaseDoc:
    if isinstance(value, dict) and len(value) == 1:
        if "role" in value:
            return ReleaseDoc(roles=read_ids(value["role"]))
        if "states" in value:
            return ReleaseDoc(states=read_ids(value["states"]))
        if "author" in value:
            return ReleaseDoc(author=read_id(value["author"]))
        if "notice" in value:
            if value["notice"] not in TEXTS:
                raise slip("is nothing a text can be", f"write one of: {', '.join(TEXTS)}", (*path, "notice"))
            return ReleaseDoc(notice=plain_text(value["notice"]))
        if "by" in value:
            if value["by"] != PERSON:
                raise slip(f"'by' knows only '{PERSON}'", "name roles with {role: …}", (*path, "by"))
            return ReleaseDoc(person=True)
    if isinstance(value, dict) and "like" in value:
        return ReleaseDoc(form=_form(value, path))
    return ReleaseDoc(condition=parse(value, path))


class GateWhenDoc(BaseModel):
    """When a gate is shut: unless the answer is a definite no, or, with `{yes: …}`, only on a definite yes."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)
    condition: Any
    only_on_yes: bool


def read_gate_when(value: object) -> GateWhenDoc:
    """When a gate is shut."""
    if isinstance(value, dict) and set(value) == {"yes"}:
        return GateWhenDoc(condition=parse(value["yes"], ("yes",)), only_on_yes=True)
    return GateWhenDoc(condition=parse(value), only_on_yes=False)


def read_again_on(value: object) -> Severity:
    """Any raise (``raise``), or only one that ends at that level or worse (``raise to SEV0``)."""
    level = plain_text(value).removeprefix("raise").removeprefix(" to ")
    if value == "raise":
        return Severity.SEV3
    if level not in Severity.__members__ or value != f"raise to {level}":
        raise slip("is not a raise", "write 'raise', or 'raise to SEV0'")
    return Severity[level]
