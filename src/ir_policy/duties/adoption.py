"""The state of an incident put under another policy, so that the adoption can be stepped like any other event.

See "Another version of the policy" in ``docs/semantics.md``. What opens and tightens by it is decided where it always
is, in ``step.py``; here only the atoms, the marks and the rules change hands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from ir_policy.duties.entries import Status
from ir_policy.duties.ledger import Ledger
from ir_policy.duties.level import Level
from ir_policy.errors import PolicyMismatch
from ir_policy.log.events import Event, PolicyAdopted
from ir_policy.log.history import History, Stamp
from ir_policy.rules.model import Policy
from ir_policy.rules.succession import succession
from ir_policy.terms import Truth

__all__ = ["gone_on"]


def gone_on(
    policy: Policy,
    history: History,
    level: Level,
    ledger: Ledger,
    event: PolicyAdopted,
    told: Sequence[Event],
    void: Set[str],
) -> tuple[Policy, History]:
    """The policy and the history to go on with; level and ledger are put under it where they are.

    ``told`` is what happened before in the order of the fold, ``void`` the ids of what had no effect. Raises
    :class:`~ir_policy.errors.PolicyMismatch` when the document is not at hand.
    """
    newer = policy.newer.get(event.policy.digest)
    if newer is None:
        raise PolicyMismatch.at_adoption(event.policy.id, event.policy.version, event.policy.digest)
    follows = succession(policy, newer)
    ledger.under(follows.becomes)
    twin = _history_under(follows.policy, history, told, void)
    for entry in ledger.entries.values():
        met = entry.status is Status.DISCHARGED and entry.episode == twin.episode
        if met and entry.duty.sets and entry.settled is not None:
            twin.set_mark(follows.policy, entry.duty.sets, entry.settled)
    level.under(follows.policy, twin)
    return follows.policy, twin


def _history_under(policy: Policy, history: History, told: Sequence[Event], void: Set[str]) -> History:
    """The same happenings as the policy sees them: what it asks about, and the marks it names.

    Marks that stand stay where they are, unless the policy lets something earlier set them.
    """
    twin = History(policy)
    for event in told:
        if event.id in void:
            twin.skip()
        else:
            twin.advance(policy, event)
    for name, stamp in history.marks.items():
        twin.set_mark(policy, name, stamp)
    twin.first_marks = _earliest(twin.first_marks, history.first_marks)
    # Deciding sets marks where the level is worked out: one that is new here stands where the others of its kind do.
    decided = [name for name, mark in policy.marks.items() if any(s.kind == "decision" for s in mark.sources)]
    twin.marks = {**_like_the_others(twin.marks, decided), **twin.marks}
    twin.first_marks = {**_like_the_others(twin.first_marks, decided), **twin.first_marks}
    for name in twin.marks:
        twin.set_atom(policy, "mark", name, Truth.YES)
    return twin


def _like_the_others(marks: Mapping[str, Stamp], names: Sequence[str]) -> dict[str, Stamp]:
    stamps = [marks[name] for name in names if name in marks]
    return dict.fromkeys(names, min(stamps)) if stamps else {}


def _earliest(one: Mapping[str, Stamp], other: Mapping[str, Stamp]) -> dict[str, Stamp]:
    return {name: min(found) for name in {**one, **other} if (found := [m[name] for m in (one, other) if name in m])}
