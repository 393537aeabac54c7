"""Published schemas as validators, and documents as an editor loads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import jsonschema
import yaml

import ir_policy as ir


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    """The published schema of that name; days and instants must be such."""
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return jsonschema.Draft202012Validator(ir.schema(name), format_checker=checker)


@cache
def part_validator(part: str) -> jsonschema.Draft202012Validator:
    """One part of the schema of documents, such as ``condition``."""
    document = ir.schema("document")
    assert part in document["$defs"]
    schema = {"$schema": document["$schema"], "$ref": f"#/$defs/{part}", "$defs": document["$defs"]}
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def faults(name: str, value: object) -> list[str]:
    """What the schema says against a value, shortest path first; empty when it is valid."""
    errors = sorted(validator(name).iter_errors(value), key=lambda error: len(list(error.absolute_path)))
    return [f"{error.json_path}: {error.message[:200]}" for error in errors]


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2 with the core schema, which is what editors use: yes, 09:00 and 2026-04-27 are text, 1.0 is a number."""

    yaml_implicit_resolvers: Final[dict[str, Any]] = {}

    def construct_core_int(self, node: yaml.ScalarNode) -> int:
        return int(node.value, 0) if node.value[:2] in ("0x", "0o") else int(node.value)

    def construct_core_float(self, node: yaml.ScalarNode) -> float:
        return float(node.value.replace(".inf", "inf").replace(".nan", "nan"))


for _tag, _form, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"null|Null|NULL|~|", "nN~"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan", "-+0123456789."),
):
    _firsts = [*_first, *([""] if _tag == "null" else [])]
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_form})$"), _firsts)
CoreLoader.add_constructor("tag:yaml.org,2002:int", CoreLoader.construct_core_int)
CoreLoader.add_constructor("tag:yaml.org,2002:float", CoreLoader.construct_core_float)


def as_an_editor(text: str) -> Any:
    """A YAML document as JSON material, the way an editor with YAML 1.2 sees it."""
    return _with_text_keys(yaml.load(text, CoreLoader))


def _with_text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    return [_with_text_keys(item) for item in value] if isinstance(value, list) else value


def subschemas(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every schema inside a schema, with its place."""
    yield path, schema
    if not isinstance(schema, dict):
        return
    for word in ("properties", "$defs"):
        for name, inner in schema.get(word, {}).items():
            yield from subschemas(inner, f"{path}/{word}/{name}")
    for word in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for index, inner in enumerate(schema.get(word, ())):
            yield from subschemas(inner, f"{path}/{word}/{index}")
    for word in ("items", "additionalProperties", "propertyNames", "not", "then"):
        if word in schema and schema[word] is not False:
            yield from subschemas(schema[word], f"{path}/{word}")
