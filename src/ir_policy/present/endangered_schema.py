"""How what stands around the rules looks in an answer, as JSON Schema: see ``endangered.py``."""

from __future__ import annotations

from typing import Any

from ir_policy.present.schema_parts import closed_object, list_of, or_null, text, texts

__all__ = ["endangered_schema"]


def endangered_schema() -> dict[str, Any]:
    """Services that are involved, the ways of telling people that fail with them, and aims at risk."""
    channel = closed_object(
        {"channel": text("The channel that fails with it."), "fallback": or_null(text("The channel used instead."))}
    )
    service = closed_object(
        {
            "service": text("The service that is or may be involved."),
            "certain": {"type": "boolean", "description": "Whether it is; otherwise nobody knows."},
            "functions": texts("What goes down with it."),
            "channels": list_of(channel, "The ways of telling people that depend on it; null where no other is named."),
        }
    )
    objective = closed_object(
        {
            "objective": text("The aim."),
            "target": text("Its figure, or that it is not set."),
            "facts": texts("The facts that say it is missed or at risk."),
            "known": {
                "type": "boolean",
                "description": "Whether anybody can say so: without a figure it is not known.",
            },
        }
    )
    return closed_object(
        {
            "services": list_of(service, "Services that are or may be involved."),
            "objectives": list_of(objective, "Aims at risk, and those nobody can judge."),
        },
        description="What stands around the rules and matters now.",
    )
