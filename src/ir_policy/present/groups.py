"""Obligations in the order and the groups in which somebody meets them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ir_policy.duties.judge import Obligation, before_closing
from ir_policy.errors import Problem, QuestionInvalid

__all__ = ["by_act", "grouped", "urgency"]


def by_act(obligations: Iterable[Obligation]) -> tuple[tuple[Obligation, ...], ...]:
    """Obligations that one act can meet, together: a notice that a policy and a statute ask for is one thing to do.

    What shares an act, a recipient and a status is one group; of the others those of one duty with the same limit and verdict, whoever
    they are owed to. The most urgent group comes first, and in each group the most urgent obligation; the same obligations in another
    order give the same groups. The lines of the brief are these groups. Raises :class:`~ir_policy.errors.QuestionInvalid` for what are no
    obligations.
    """
    given = list(obligations) if isinstance(obligations, Iterable) else [None]
    if not all(isinstance(one, Obligation) for one in given):
        raise QuestionInvalid([Problem("obligations", "are not obligations", "pass what ir.obligations returned")])
    in_order = sorted((one for one in given if isinstance(one, Obligation)), key=urgency)
    return tuple(tuple(group) for group in sorted(grouped(in_order), key=lambda group: urgency(group[0])))


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
