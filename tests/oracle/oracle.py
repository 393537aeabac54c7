"""A slow, obvious interpreter of logs, written from ``docs/semantics.md`` alone.

It exists to disagree: nothing here is shared with the engine beyond the policy's data, the limits and the events.
Every question folds the whole log from nothing. Each function names the paragraph it spells out, and each module
beside this one a few paragraphs of the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ir_policy.log.events import Event
from ir_policy.rules.model import Policy
from ir_policy.terms import Severity
from oracle.asking import mark_stamp
from oracle.corrections import Documents, apply_corrections, documents, fold_all, in_order, once
from oracle.reading import read_off
from oracle.state import Row, Stamp, State


@dataclass
class World:
    """What a log means under a policy."""

    policy: Policy
    story: list[Event]
    """The events as corrected, in the order of the fold."""
    governing: Severity | None
    supported: Severity | None
    marks: dict[str, Stamp]
    violations: list[tuple[str, str]]
    state: State
    documents: Documents

    def obligations(self, now: datetime) -> dict[str, Row]:
        """Every obligation as it stands at ``now``: only what happened up to then counts."""
        before = [event for event in self.story if event.at <= now]
        state = self.state if len(before) == len(self.story) else fold_all(self.documents, before)
        return {obligation.key: read_off(state, obligation, now) for obligation in state.obligations}


# --- the whole ------------------------------------------------------------------------------------------


def interpret(
    policy: Policy, events: Iterable[Event], now: datetime | None = None, adopted: Iterable[Policy] = ()
) -> World:
    """*Order*: corrections first, then every event in the order of the fold, up to ``now``.

    ``policy`` is the one the log was begun under, ``adopted`` are those its adoptions name.
    """
    log = once(events)
    known = documents(policy, adopted, log)
    corrected, flaws = apply_corrections(known, log)
    story = [event for event in in_order(corrected) if now is None or event.at <= now]
    state = fold_all(known, story)
    state.violations += [("corrections", id_) for id_ in flaws]
    return World(policy, story, state.governing, state.supported, visible_marks(state), state.violations, state, known)


def visible_marks(state: State) -> dict[str, Stamp]:
    """The marks that stand now, by name; the two that have many stamps only where one of them is meant."""
    marks = {}
    for name, rule in state.policy.marks.items():
        stamp = mark_stamp(state, rule.id, len(state.episodes) - 1, rule.per)
        if stamp is not None:
            marks[name] = stamp
    return marks
