"""The canonical form of a compiled policy: the same rules give the same text, whatever their layout or order."""

from __future__ import annotations

import hashlib
from datetime import date, time, timedelta
from enum import Enum
from typing import Any, Final

import attrs

from ir_policy.clocks import Limit
from ir_policy.rules.conditions import Atom, Mask
from ir_policy.terms import FrozenMap, canonical_json

__all__ = ["canonical_text", "digest_of"]

_LEFT_OUT: Final = frozenset(
    {
        "digest",
        "canonical",
        "bit_index",
        "bits",
        "mark_sources",
        "worse_if_yes",
        "worse_if_no",
        "zone_data",
        "former",
        "newer",
        "written",
    }
)
"""What follows from the rest, says the same in other words, or is named beside the digest in every answer."""


def canonical_text(value: object, bits: FrozenMap[Atom, int]) -> str:
    """The value as JSON text with sorted keys; conditions are spelt out as their alternatives."""
    return canonical_json(_plain(value, {bit: f"{atom.kind}:{atom.name}" for atom, bit in bits.items()}))


def digest_of(text: str) -> str:
    """The digest of a document's canonical text, with the name of its algorithm."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object, names: dict[int, str]) -> Any:
    if isinstance(value, Mask):
        return sorted([_atoms(must, names), _atoms(must_not, names)] for must, must_not in value.terms)
    if isinstance(value, Limit):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{int(value.total_seconds())} seconds"
    if isinstance(value, (FrozenMap, dict)):
        return {str(_plain(key, names)): _plain(item, names) for key, item in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(_plain(item, names) for item in value)
    if isinstance(value, tuple):
        return [_plain(item, names) for item in value]
    cls: Any = type(value)
    if attrs.has(cls):
        return {
            field.name: _plain(getattr(value, field.name), names)
            for field in attrs.fields(cls)
            if field.name not in _LEFT_OUT
        }
    return value


def _atoms(bits: int, names: dict[int, str]) -> list[str]:
    return sorted(name for bit, name in names.items() if bits & bit)
