"""How documents look, as JSON Schema for editors and other languages: derived from the readers, never said twice.

The fields come from the classes of ``document.py`` with the sentence under each, the smallest things from ``scalars.py``,
and here stands what ``parts.py`` reads by hand, made of the words it knows. Only the tool that writes the published
files asks this module; reading a document does not need it.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ir_policy.rules import document, people_sections, sections
from ir_policy.rules.conditions import BARE, condition_schema
from ir_policy.rules.document import SECTIONS_BY_KIND, PolicyDocument
from ir_policy.rules.parts import (
    _ACT_WORDS,
    _ENGINE_MARKS,
    _FORBIDDEN_WORDS,
    _MARK_WORDS,
    _TO_WHOM,
    DECISIONS,
    NOTICES,
    PERSON,
    PLACEHOLDERS,
    SENDINGS,
    TEXTS,
)
from ir_policy.rules.scalars import PART, SCHEMAS, part
from ir_policy.terms import EVENT_FIELDS, EVENT_INSTANTS, FINDINGS, OF_INCIDENTS, OUTCOMES, Basis, Phase, Severity

__all__ = ["PARTS", "document_schema"]

_ID: Final = part("id")
_IDS: Final = part("ids")
_WHEN: Final = part("condition")
_FIELD: Final = {"enum": sorted({name for must, may in EVENT_FIELDS.values() for name in (*must, *may)})}
"""A field of some kind of event."""
_INSTANT: Final = {"enum": sorted({name for names in EVENT_INSTANTS.values() for name in names})}
"""A field of some kind of event that holds an instant."""


def _words(known: Iterable[str]) -> dict[str, Any]:
    return {"enum": list(known)}


def _mapping(properties: Mapping[str, Any], *required: str, **more: Any) -> dict[str, Any]:
    """A mapping with these keys only."""
    needed = {"required": list(required)} if required else {}
    return {"type": "object", "properties": dict(properties), **needed, **more, "additionalProperties": False}


def _one_of(words: Mapping[str, Any], beside: Mapping[str, Mapping[str, Any]] = {}) -> list[dict[str, Any]]:
    """One alternative for each word; ``beside`` gives the further keys that belong to a word."""
    return [_mapping({word: says, **beside.get(word, {})}, word) for word, says in words.items()]


def _one_or_list(*alternatives: dict[str, Any], description: str) -> dict[str, Any]:
    one = {"anyOf": list(alternatives)} if len(alternatives) > 1 else alternatives[0]
    return {"description": description, "anyOf": [*alternatives, {"type": "array", "minItems": 1, "items": one}]}


def _one_or_more_words(known: Iterable[str]) -> dict[str, Any]:
    words = _words(known)
    return {"anyOf": [words, {"type": "array", "minItems": 1, "items": words}]}


# --- what is read by hand -------------------------------------------------------------------------------


def _limits() -> dict[str, Any]:
    behind = {"limit": part("limit"), "basis": _words(basis.value for basis in Basis), "reading": _ID}
    one = [part("limit"), _mapping(behind, "limit")]
    levels = {level: {"anyOf": one} for level in Severity.__members__}
    return {
        "description": "One limit, or one for each level; each in words, or with the basis and reading behind it.",
        "anyOf": [*one, _mapping(levels, minProperties=1)],
    }


def _recipients() -> dict[str, Any]:
    each = {"among": _ID, "as": _ID, "unnamed": _ID}
    says = {**dict.fromkeys(_TO_WHOM, _ID), "told": _words(["yes"])}
    return _one_or_list(
        _ID,
        *(
            _mapping({"when": _WHEN, word: one, **each}, word, "unnamed")
            if word == "each"
            else _mapping({"when": _WHEN, word: one}, word)
            for word, one in says.items()
        ),
        description="To whom it is owed: a recipient, each of a family, or cases of which the first that holds applies.",
    )


def _acts() -> dict[str, Any]:
    says = {
        **dict.fromkeys(_ACT_WORDS, _IDS),
        "notice": _one_or_more_words(NOTICES),
        "event": _one_or_more_words(OF_INCIDENTS),
        "finding": _one_or_more_words(FINDINGS),
        "level": _one_or_more_words(["any"]),
        "hold": _one_or_more_words(["in-force"]),
    }
    return _one_or_list(
        *_one_of(says, {"notice": {"stage": _ID}}), description="What discharges it: one act, or any of several."
    )


def _mark_sources() -> dict[str, Any]:
    says = {
        **dict.fromkeys(_MARK_WORDS, _ID),
        "event": _words(OF_INCIDENTS),
        "finding": _words(FINDINGS),
        **{kind: _words([word]) for kind, word in _ENGINE_MARKS.items()},
    }
    at, position = _words(["at", "recorded_at", *_INSTANT["enum"]]), _words(["controller", "processor"])
    alternatives = _one_of(says, {"event": {"at": at, "saying": _FIELD}, "finding": {"position": position}})
    return _one_or_list(*alternatives, description="What sets it: one source, or any of several.")


def _forbidden() -> dict[str, Any]:
    says = {
        **dict.fromkeys(_FORBIDDEN_WORDS, _ID),
        "phase": _words(phase.value for phase in Phase),
        "event": _words(OF_INCIDENTS),
        "finding": _words(FINDINGS),
        "decision": _words(DECISIONS),
        "outcome": _words(OUTCOMES),
        "notice": _words(SENDINGS),
    }
    return _one_or_list(*_one_of(says), description="What may not happen: one act, or several.")


def _releases() -> dict[str, Any]:
    return _one_or_list(
        _WHEN,
        _mapping({"role": _IDS}, "role"),
        _mapping({"by": _words([PERSON])}, "by"),
        _mapping({"states": _IDS}, "states"),
        _mapping({"notice": _words(TEXTS)}, "notice"),
        _mapping({"author": _ID}, "author"),
        _mapping(_FORM, *_FORM),
        description="What releases it, any of these: a condition, a role the actor may act in, that a person acts, fields the event "
        "states, a field that has a form, what is so of the text of a notice, or who wrote it.",
    )


_FORM: Final = {
    "field": _FIELD,
    "like": {
        **part("text"),
        "description": f"The form, which may hold {' and '.join(f'{{{word}}}' for word in PLACEHOLDERS)}.",
    },
    "at_most": {
        "anyOf": [
            {"type": "string", "pattern": "^0*(?:[1-9][0-9]{0,2}|1000)$"},
            {"type": "integer", "minimum": 1, "maximum": 1000},
        ]
    },
}


PARTS: Final[dict[str, dict[str, Any]]] = {
    "condition": condition_schema(_WHEN, _ID),
    "limits": _limits(),
    "starts": {
        "description": "The mark its clock starts from, or the earliest or latest of several.",
        "anyOf": [_ID, _mapping({"earliest": _IDS}, "earliest"), _mapping({"latest": _IDS}, "latest")],
    },
    "recipients": _recipients(),
    "acts": _acts(),
    "mark-sources": _mark_sources(),
    "forbidden": _forbidden(),
    "releases": _releases(),
    "given": {
        "description": "Which fields of the event say until when, what it is about, and who owes it.",
        **_mapping({"due": _INSTANT, "item": _FIELD, "owner": _FIELD}, "due"),
    },
    "needs": {
        "description": "Which duty comes first, and how long before this one is due it is to begin.",
        **_mapping({"duty": _ID, "lead": part("duration")}, "duty", "lead"),
    },
    "outcomes": {"description": "How an incident can end.", **_one_or_more_words(OUTCOMES)},
    "gate-when": {
        "description": "When it is shut: unless the answer is a definite no, or with {yes: …} only on a definite yes.",
        "anyOf": [_WHEN, _mapping({"yes": _WHEN}, "yes")],
    },
    "again-on": {
        "description": "Owed again on any raise, or only on one that ends at that level or worse.",
        "enum": ["raise", *(f"raise to {level}" for level in Severity.__members__)],
    },
}
"""Each part that is read by hand, under the name ``document.py`` gives it."""


# --- the whole ------------------------------------------------------------------------------------------

_NEEDED: Final = {
    "policy": ("calendar", "at_risk", "severity_rows", "severity_raise", "phases", "reopens_to"),
    "law": ("prefix",),
    "contract": ("prefix",),
    "calendar": (),
}
"""Sections a kind of document cannot be without, beside those every document has; a test compares this with loading."""


def document_schema() -> dict[str, Any]:
    """The schema of a document of any kind, without its name and address."""
    whole = PolicyDocument.model_json_schema(by_alias=True)
    rules = {_named(name): _tidied(rule, _sentences(name)) for name, rule in whole["$defs"].items()}
    all_sections = _tidied(whole, _sentences(PolicyDocument.__name__))["properties"]
    for asked, of in ((_RULES, rules), (_SECTIONS, all_sections)):
        for name, more in asked.items():
            of[name].update(more)
    needed = list(whole["required"])
    kinds = {
        kind: _mapping({name: all_sections[name] for name in known} | {"document": {"const": kind}}, *needed, *_NEEDED[kind],
                       description=_KINDS[kind])
        for kind, known in SECTIONS_BY_KIND.items()
    }  # fmt: skip
    parts = {**kinds, **rules, **PARTS, **SCHEMAS}
    assert len(parts) == len(kinds) + len(rules) + len(PARTS) + len(SCHEMAS), "two parts have one name"
    schema = {
        "type": "object",
        "properties": {"document": all_sections["document"]},
        "required": ["document"],
        "allOf": [
            {"if": {"properties": {"document": {"const": kind}}, "required": ["document"]}, "then": part(kind)}
            for kind in kinds
        ],
        "$defs": parts,
    }
    linked: dict[str, Any] = _linked(schema)
    return linked


_KINDS: Final = {
    "policy": "The company's policy: severity, phases, roles and rules, composed with the laws and contracts it names.",
    "law": "A law: rules below its prefix, beside the company's own and never merged with them.",
    "contract": "A contract: rules below its prefix, owed to whom the contract says.",
    "calendar": "The holidays of a place as dated data with their sources.",
}
_RULES: Final[dict[str, dict[str, Any]]] = {
    "row": {
        "if": {"properties": {"otherwise": {"const": "yes"}}, "required": ["otherwise"]},
        "then": {"not": {"required": ["when"]}},
        "else": {"required": ["when"]},
    },
    "duty": {
        "dependentRequired": {"unless": ["exempted_by"]},
        "not": {"properties": {"basis": {"const": Basis.STATUTE.value}}, "required": ["basis", "waivable_by"]},
    },
}
"""What fields of one rule ask of each other: a row says when or is the otherwise, an exemption names who decides it, and
nobody waives a statute."""
_SECTIONS: Final[dict[str, dict[str, Any]]] = {
    "facts": {"propertyNames": {"allOf": [_ID, {"not": _words(BARE)}]}},
    "severity_rows": {"propertyNames": _ID, "minProperties": 1},
    "phases": {
        "propertyNames": _words(phase.value for phase in Phase),
        "required": [phase.value for phase in Phase],
    },
    "days": {"propertyNames": part("date")},
}
"""What a section asks of its keys."""


def _sentences(name: str) -> dict[str, str]:
    """What a class of ``document.py`` or ``sections.py`` says of itself (under its own name) and under each of its fields."""
    found = next(getattr(module, name) for module in (document, people_sections, sections) if hasattr(module, name))
    source = ast.parse(inspect.getsource(found)).body[0]
    assert isinstance(source, ast.ClassDef)
    found = {name: ast.get_docstring(source) or ""}
    for field, text in zip(source.body, source.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            found[ast.unparse(field.target).removesuffix("_")] = " ".join(str(text.value.value).split())
    return found


def _tidied(rule: dict[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    """A class as pydantic describes it, in our words: a description for each field, and defaults that mean something."""
    fields = {}
    for name, field in rule.get("properties", {}).items():
        others = [one for one in field.get("anyOf", ()) if one.get("type") != "null"]
        field = {key: says for key, says in field.items() if key not in ("title", "default", "anyOf")} | {
            **({"anyOf": others} if len(others) > 1 else others[0] if others else {}),
        }
        default = rule["properties"][name].get("default")
        if isinstance(default, str) and default:
            field["default"] = default
        if "additionalProperties" in field:
            field.setdefault("propertyNames", _ID)
        fields[name] = field | ({"description": said[name]} if name in said else {})
    kept = {key: says for key, says in rule.items() if key not in ("title", "properties", "description")}
    return {"description": next(iter(said.values())), **kept, **({"properties": fields} if fields else {})}


def _linked(schema: Any) -> Any:
    """The schema with every part referred to where it stands."""
    if isinstance(schema, list):
        return [_linked(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    name = schema.get(PART) or _named(schema.get("$ref", "").removeprefix(_DEFS))
    linked = {key: _linked(item) for key, item in schema.items() if key not in (PART, "$ref")}
    return {"$ref": f"{_DEFS}{name}", **linked} if name else linked


_DEFS: Final = "#/$defs/"


def _named(cls: str) -> str:
    """A class of ``document.py`` as one word of a schema: ``AtRiskDoc`` is ``at-risk``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.removesuffix("Doc")).lower()
