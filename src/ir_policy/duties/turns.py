"""The events that may change whom to page, as a case keeps them: few of a log, and nothing is worked out until somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from ir_policy.log.events import Event
from ir_policy.log.history import History, Tenure
from ir_policy.terms import Severity

__all__ = ["Turn", "turns_paging"]


class Turn(NamedTuple):
    """An event that may change whom to page, with the governing level and the holders of roles after it."""

    event: Event
    governing: Severity | None
    holders: Mapping[str, Mapping[str, Tenure]]


_TURNING: Final = frozenset({
    "page-sent", "page-acknowledged", "page-failed", "role-taken", "role-released", "handover-accepted", "recovered", "closed", "reopened",
})  # fmt: skip


def turns_paging(event: Event, history: History) -> bool:
    """Whether the event may change whom to page, whatever the level is: of signals only the first does."""
    return event.kind in _TURNING or (event.kind == "detected" and history.signals == 1)
