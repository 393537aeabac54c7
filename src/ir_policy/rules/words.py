"""Conditions as sentences: every name with what it means, so that a message needs no glossary."""

from __future__ import annotations

from ir_policy.rules.conditions import All, Any, Atom, Condition, Not
from ir_policy.rules.model import Policy

__all__ = ["atom_words", "condition_words"]


def condition_words(policy: Policy, condition: Condition) -> str:
    """The condition with the meaning of each name beside it."""
    if isinstance(condition, Atom):
        return atom_words(policy, condition)
    if isinstance(condition, Not):
        return f"not ({condition_words(policy, condition.part)})"
    joint = " and " if isinstance(condition, All) else " or "
    loose = Any if isinstance(condition, All) else All
    parts = [
        f"({condition_words(policy, part)})" if isinstance(part, loose) and len(part.parts) > 1
        else condition_words(policy, part)
        for part in condition.parts
    ]  # fmt: skip
    return joint.join(parts) if parts else "always"


def atom_words(policy: Policy, atom: Atom) -> str:
    """One atom with its meaning: ``malicious-cause (the cause is or may be an attacker)``."""
    if atom.kind == "mark" and atom.name in policy.marks:
        return f"{atom.name} ({policy.marks[atom.name].means})"
    if atom.kind == "step" and atom.name in policy.steps:
        return f"step {atom.name} done"
    if atom.kind == "fact" and atom.name in policy.facts:
        return f"{atom.name} ({policy.facts[atom.name].means})"
    return str(atom)
