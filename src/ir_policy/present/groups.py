"""Obligations in the order and the groups in which somebody meets them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ir_policy.duties.judge import Obligation, before_closing

__all__ = ["grouped", "urgency"]


def grouped(owed: Iterable[Obligation]) -> list[list[Obligation]]:
    """Obligations that one act can meet at one time, the most urgent first in each group."""
    groups: dict[tuple[object, ...], list[Obligation]] = {}
    for obligation in owed:
        if obligation.act:
            name: tuple[object, ...] = (obligation.act, obligation.recipient, obligation.status)
        else:
            name = (obligation.duty, obligation.due, obligation.verdict, obligation.attempts, obligation.item)
        groups.setdefault(name, []).append(obligation)
    return [sorted(group, key=urgency) for group in groups.values()]


def urgency(obligation: Obligation) -> tuple[bool, bool, datetime, bool, str]:
    """Its place among others: by instant, then what is owed promptly, and last what need only come before closing."""
    due = obligation.due
    binds = obligation.basis in ("statute", "contract", "policy")
    return (
        before_closing(obligation), due is None, due if due is not None else obligation.anchor, not binds, obligation.key
    )  # fmt: skip
