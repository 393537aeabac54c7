"""Events from the words somebody types: ``field=value``, each by the kind of value its field holds."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping

import ir_policy as ir
from ir_policy.cli.shared import instant_of, now_of, pin_of
from ir_policy.log.events import KINDS, kinds_of_value
from ir_policy.terms import nearest, rfc3339

__all__ = ["event_of", "pair"]


def event_of(kind: str, arguments: argparse.Namespace, said: Mapping[str, object]) -> ir.Event:
    """The event that ``field=value`` words say. Lists are parted by commas; other facts than fields are facts."""
    if kind not in KINDS:
        raise ir.EventInvalid(
            [
                ir.Problem(
                    "kind", f"'{kind}' is not a kind of event", nearest(kind, KINDS) or f"known are {', '.join(KINDS)}"
                )
            ]
        )
    now = now_of(arguments)
    values: dict[str, object] = {"kind": kind, **said}
    facts: dict[str, str] = {}
    known = kinds_of_value(kind)
    for word in arguments.fields:
        name, text = pair(word)
        if name == "kind":
            raise ir.EventInvalid([ir.Problem(name, "is said before the fields", "leave it out here")])
        if name not in known and kind == "facts-reported":
            facts[name] = text
        else:
            values[name] = _value(known.get(name, "text"), text)
    if facts:
        values["facts"] = {**_mapping(values.get("facts")), **facts}
    values.setdefault("at", rfc3339(now))
    if "recorded_at" not in values:
        values["recorded_at"] = rfc3339(max(now, instant_of("at", values["at"])))
    from ir_policy.log.events import event_from_wire

    return event_from_wire(values, id_needed=False)


def _value(kind: str, text: str) -> object:
    if kind in ("ids", "labels", "references"):
        return [item.strip() for item in text.split(",") if item.strip()]
    if kind == "pin":
        return pin_of(text)
    if kind == "flag":
        return {"true": True, "yes": True, "false": False, "no": False}.get(text, text)
    if kind == "truths":
        return dict(pair(item.replace(":", "=", 1)) for item in text.split(","))
    if kind == "wire":
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise ir.EventInvalid(
                [ir.Problem("fields", "is not a JSON object", """write fields='{"since": "…"}'""")]
            ) from None
    return text


def _mapping(value: object) -> dict[str, str]:
    return dict(value) if isinstance(value, dict) else {}


def pair(word: str) -> tuple[str, str]:
    name, equals, text = word.partition("=")
    if not equals or not name:
        raise ir.EventInvalid([ir.Problem(word[:60], "is not a field", "write field=value")])
    return name.strip(), text.strip()
