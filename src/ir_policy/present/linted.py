"""What the lint found, for people and programs; and the rules it looks by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ir_policy.review.findings import WEIGHTS, Finding
from ir_policy.review.readiness import RULES

__all__ = ["lint_json", "lint_lines", "rule_lines"]


def lint_json(findings: Iterable[Finding]) -> dict[str, Any]:
    """The rules that were asked, and every finding in the order of the document."""
    return {
        "rules": [{"id": rule.id, "says": rule.says} for rule in RULES],
        "findings": [
            {
                "rule": one.rule, "where": one.where, "what": one.what, "hint": one.hint, "clause": one.clause,
                "weight": one.weight,
            }
            for one in findings
        ],
    }  # fmt: skip


def lint_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """A finding in four lines: its place, what was found, the way out, and by which rule."""
    found = tuple(findings)
    for one in found:
        yield one.where
        yield f"  {one.weight}: {one.what}"
        yield f"  way out: {one.hint}"
        yield f"  rule {one.rule}, clause {one.clause}"
    counts = [f"{sum(one.weight == weight for one in found)} {weight}" for weight in WEIGHTS]
    yield f"{', '.join(counts)}; {len(RULES)} rules asked"


def rule_lines() -> Iterator[str]:
    """Every rule with the sentence it asks."""
    for rule in RULES:
        yield rule.id
        yield f"  {rule.says}"
