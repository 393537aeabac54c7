"""From a tree of text to a typed document, with every problem at once.

Each section and each rule is read on its own, so one slip never hides the next. Whatever pydantic says about a
value is said again in our own words, with the place in the file and a way out.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, get_args, get_origin

from attrs import frozen
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from ir_policy.errors import Problem
from ir_policy.rules.document import SECTIONS_BY_KIND, Held, PolicyDocument
from ir_policy.rules.reader import Tree
from ir_policy.rules.scalars import Path
from ir_policy.terms import is_id, nearest

__all__ = ["Shaped", "shape"]


@frozen(eq=False)
class Shaped:
    """A document with its sections typed. Rules that could not be read are left out; ``problems`` says why."""

    tree: Tree
    kind: str
    id: str
    version: str
    held: Held
    problems: tuple[Problem, ...]


def shape(tree: Tree) -> Shaped:
    """Type every section of a document."""
    problems: list[Problem] = []
    kind = tree.root.get("document")
    sections = SECTIONS_BY_KIND.get(kind) if isinstance(kind, str) else None
    if sections is None:
        words = ", ".join(SECTIONS_BY_KIND)
        problems.append(Problem(tree.where(("document",)), "does not say what kind of document it is",
                                f"write 'document:' with one of {words}"))  # fmt: skip
        return Shaped(tree, "", "", "", {}, tuple(problems))
    assert isinstance(kind, str)
    for key in tree.root:
        if key not in sections:
            problems.append(Problem(tree.where((key,), key=True), f"unknown key '{key[:60]}' in a {kind}",
                                    nearest(key, sections)))  # fmt: skip
    held: Held = {}
    for name in sections:
        _read_section(tree, name, held, problems)
    return Shaped(tree, kind, held.get("id", ""), held.get("version", ""), held, tuple(problems))


def _read_section(tree: Tree, name: str, held: Held, problems: list[Problem]) -> None:
    known = PolicyDocument.model_fields[name]
    if name not in tree.root:
        if known.is_required():
            problems.append(Problem(f"{tree.name}: {name}", f"'{name}' is missing"))
        held[name] = known.get_default(call_default_factory=True)
        return
    value = tree.root[name]
    rule = _rule_of(known.annotation)
    if rule is None:
        held[name] = _read(tree, (name,), value, _whole(known), problems)
    elif not isinstance(value, dict):
        problems.append(Problem(tree.where((name,)), "must be a mapping of ids to rules"))
        held[name] = {}
    else:
        held[name] = _read_rules(tree, name, value, rule, problems)


def _read_rules(tree: Tree, name: str, value: dict[str, object], rule: Any, problems: list[Problem]) -> Held:
    rules: Held = {}
    for key, body in value.items():
        if not is_id(key):
            problems.append(Problem(tree.where((name, key), key=True), f"'{key[:60]}' is not an id",
                                    "use lower-case words joined by '-', groups by '/'"))  # fmt: skip
            continue
        read = _read(tree, (name, key), body, rule, problems)
        if read is not None:
            rules[key] = read
    return rules


def _whole(known: FieldInfo) -> Any:
    """The section's type with everything that was annotated to it."""
    return Annotated[known.annotation, *known.metadata] if known.metadata else known.annotation


def _rule_of(annotation: Any) -> Any:
    """What a section maps ids to, or ``None`` for a section that is one value."""
    return get_args(annotation)[1] if get_origin(annotation) is dict else None


def _read(tree: Tree, path: Path, value: object, annotation: Any, problems: list[Problem]) -> Any:
    try:
        return TypeAdapter(annotation).validate_python(value)
    except ValidationError as error:
        problems.extend(_problem(tree, path, annotation, fault) for fault in error.errors(include_url=False))
        return None


def _problem(tree: Tree, path: Path, annotation: Any, fault: Any) -> Problem:
    """One fault in our own words, at its place."""
    context = fault.get("ctx") or {}
    loc = fault["loc"]
    is_key = bool(loc) and loc[-1] == "[key]"
    full = (*path, *(loc[:-1] if is_key else loc), *context.get("path", ()))
    if fault["type"] == "ir_policy":
        is_key = is_key or str(context["what"]).startswith("unknown key")
        return Problem(tree.where(full, key=is_key), in_one_line(context["what"]), context["hint"])
    if fault["type"] == "extra_forbidden":
        return Problem(tree.where(full, key=True), f"unknown key '{str(full[-1])[:60]}'",
                       nearest(str(full[-1]), _known_keys(_below(annotation, loc[:-1]))))  # fmt: skip
    if fault["type"] == "missing":
        return Problem(tree.where(full), f"'{full[-1]}' is missing")
    said = _SENTENCES.get(fault["type"], "is not valid here")
    return Problem(tree.where(full, key=is_key), said, _expected(context))


def in_one_line(text: str) -> str:
    """The sentence without the line breaks and tabs of what it quotes."""
    return text.replace("\n", "\\n").replace("\t", "\\t")


_SENTENCES: Final = {
    "string_type": "must be text",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "enum": "is not one of the words allowed here",
    "literal_error": "is not one of the words allowed here",
}


def _expected(context: dict[str, Any]) -> str:
    return f"write {context['expected']}" if "expected" in context else ""


def _below(annotation: Any, path: Path) -> Any:
    """The type of what stands at that path inside a value of this type."""
    for key in path:
        fields = {
            info.alias or name: info for model in _models(annotation) for name, info in model.model_fields.items()
        }
        inner = fields.get(str(key))
        annotation = inner.annotation if inner is not None else _rule_of(annotation)
    return annotation


def _known_keys(annotation: Any) -> list[str]:
    return [info.alias or name for model in _models(annotation) for name, info in model.model_fields.items()]


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The rule a type stands for, also where it may be left out."""
    candidates = [annotation, *get_args(annotation)]
    return [item for item in candidates if isinstance(item, type) and issubclass(item, BaseModel)]
