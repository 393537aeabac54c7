"""The state of an incident put under another policy, so that the adoption can be stepped like any other event.

See "Another version of the policy" in ``docs/semantics.md``. What opens and tightens by it is decided where it always
is, in ``step.py``; here only the atoms, the marks and the rules change hands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from ir_policy.duties.entries import Status
from ir_policy.duties.ledger import Ledger
from ir_policy.duties.level import Level, set_decided_marks
from ir_policy.errors import PolicyMismatch
from ir_policy.log.events import Event, PolicyAdopted
from ir_policy.log.history import History, Stamp
from ir_policy.rules.model import Per, Policy
from ir_policy.rules.succession import succession

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
    twin = _history_under(follows.policy, history, told, void, level.decisions)
    _set_by_discharges(follows.policy, twin, ledger)
    level.under(follows.policy, twin)
    return follows.policy, twin


def _history_under(
    policy: Policy, history: History, told: Sequence[Event], void: Set[str], decisions: Set[str]
) -> History:
    """The same happenings as the policy sees them: what it asks about, and the marks it names.

    Marks that stand stay where they are, unless the policy lets something earlier set them. Who decided the level is left as it was.
    """
    twin = History(policy)
    for event in told:
        if event.id in void:
            twin.skip()
            continue
        twin.advance(policy, event)
        if event.id in decisions:
            set_decided_marks(policy, twin, event)
    for name, stamp in history.marks.items():
        twin.set_mark(policy, name, stamp)
    twin.first_marks = _earliest(twin.first_marks, history.first_marks)
    twin.notices = history.notices  # who could review and approve, and under which version, stays as it was said
    return twin


def _set_by_discharges(policy: Policy, history: History, ledger: Ledger) -> None:
    """Marks that the policy lets a discharge set stand where that stood, each in its episode."""
    for entry in ledger.entries.values():
        rule = policy.duties.get(entry.duty.id)
        if rule is None or not rule.sets or entry.status is not Status.DISCHARGED or entry.settled is None:
            continue
        if entry.episode == history.episode or policy.marks[rule.sets].per is Per.INCIDENT:
            history.set_mark(policy, rule.sets, entry.settled)
        else:
            history.first_marks = _earliest(history.first_marks, {rule.sets: entry.settled})


def _earliest(one: Mapping[str, Stamp], other: Mapping[str, Stamp]) -> dict[str, Stamp]:
    return {name: min(found) for name in {**one, **other} if (found := [m[name] for m in (one, other) if name in m])}
