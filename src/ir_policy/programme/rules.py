"""What a programme owes, as rules: the exercises of a document, what it takes for granted, and follow-up actions.

The document says all of it in ``exercises`` and ``assumptions``; here each becomes a duty like any other, so that the
same ledger entries, judgements and reminders serve for both kinds of log.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from ir_policy.clocks import Limit, PeriodEnd
from ir_policy.rules.about import Assumption, Exercise
from ir_policy.rules.conditions import ALWAYS, Mask
from ir_policy.rules.model import ActMatch, DoneBefore, Duty, IfMissed, OnScopeExit, Per, Policy, Within
from ir_policy.terms import Basis, Clause, FrozenMap

__all__ = ["ATTESTED", "OPENED", "action_rule", "assumption_rule", "exercise_rule", "kept_true", "programme_duties"]

OPENED: Final = "programme-opened"
ATTESTED: Final = "attested"
"""The marks its clocks start from: the first day owed, and the last word that something is still so."""


def exercise_rule(policy: Policy, exercise: Exercise) -> Duty:
    """One session, or several, in every calendar period, due at its end."""
    return _rules(policy)[exercise.id]


def assumption_rule(policy: Policy, assumption: Assumption) -> Duty:
    """Somebody confirms it again before the last word on it is too old."""
    return _rules(policy)[assumption.id]


def kept_true(policy: Policy) -> tuple[Assumption, ...]:
    """What the policy takes for granted and wants confirmed again and again, in order of id."""
    return tuple(one for _, one in sorted(policy.about.assumptions.items()) if one.attested_within is not None)


def action_rule(policy: Policy) -> Duty | None:
    """The duty by which a follow-up action is owed until the instant its opening gives; ``None``: the policy has none."""
    return next((duty for duty in policy.duties.values() if duty.given and "action-opened" in duty.given.kinds), None)


def programme_duties(policy: Policy) -> FrozenMap[str, Duty]:
    """Everything a programme can owe, by id."""
    action = action_rule(policy)
    return FrozenMap({**_rules(policy), **({action.id: action} if action is not None else {})})


@lru_cache(maxsize=16)
def _rules(policy: Policy) -> FrozenMap[str, Duty]:
    exercises = {
        one.id: _rule(policy, one.id, one.title, one.clause, PeriodEnd(one.every), one.reading, one.owed_by, OPENED, one.held_as)
        for one in policy.about.exercises.values()
    }  # fmt: skip
    kept = {
        one.id: _rule(policy, one.id, one.means, one.clause, one.attested_within, one.reading, one.kept_by, ATTESTED,
                      "readiness-attested")
        for one in kept_true(policy) if one.attested_within is not None
    }  # fmt: skip
    return FrozenMap({**exercises, **kept})


def _rule(
    policy: Policy, id_: str, title: str, clause: Clause, limit: Limit, reading: str, owed_by: str, mark: str, kind: str
) -> Duty:
    # A reading that adds something to the source only advises until the owner has accepted it.
    advises = bool(reading) and policy.readings[reading].advisory
    basis = Basis.ADVISORY if advises else Basis.POLICY
    within = Within(limit, basis, reading)
    return Duty(
        id=id_, title=title, clause=clause, document=policy.id, basis=basis, source=None, reading=reading, owed_by=owed_by,
        owed_to=(), when=Mask(((0, 0),), 0, ALWAYS), unless=None, starts=(mark,), starts_latest=False, within=(within,) * 4,
        opens_after=None, met_by=(ActMatch("event", (kind,)),), must_state=(), sets="", act="", per=Per.INCIDENT,
        on_scope_exit=OnScopeExit.KEEP, if_missed=IfMissed.STILL_OWED, done_before=DoneBefore.COUNTS, again_on_raise=None,
        waivable_by=(), exempted_by=(), given=None, not_for=(),
    )  # fmt: skip
