"""How the answer of the lint looks, as JSON Schema."""

from __future__ import annotations

from typing import Any

from ir_policy.present.schema_parts import closed_object, list_of, one_of, policy_part, text
from ir_policy.review.findings import WEIGHTS

__all__ = ["lint_schema"]


def lint_schema() -> dict[str, Any]:
    """The rules asked and the findings, with the policy they are of."""
    rule = {"id": text("Its id."), "says": text("What it asks of a policy.")}
    finding = {
        "rule": text("The rule that found it."),
        "where": text("The place in the document: file, line and column, then the path."),
        "what": text("What was found."),
        "hint": text("The way out."),
        "clause": text("The clause that is concerned."),
        "weight": one_of(WEIGHTS, "Whether what binds cannot be kept, or whether somebody should look."),
    }
    return closed_object(
        {
            "policy": policy_part(),
            "rules": list_of(closed_object(rule), "Every rule that was asked."),
            "findings": list_of(closed_object(finding), "In the order of the document."),
        }
    )
