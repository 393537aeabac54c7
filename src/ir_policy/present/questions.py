"""What to find out: every fact nobody knows that could change the level, or whose yes would make something owed as things stand.

What a yes would do is not guessed: it is what the incident would owe, were somebody to report it now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from typing import Final

from attrs import frozen

from ir_policy.duties.case import Case
from ir_policy.duties.judge import Obligation, before_closing, promptly
from ir_policy.duties.level import as_if
from ir_policy.duties.severity import Classification
from ir_policy.log.events import FactsReported
from ir_policy.present.groups import grouped, urgency
from ir_policy.present.lines import WIDTH, fit, short
from ir_policy.rules.conditions import literals
from ir_policy.rules.model import Duty, Family, Policy
from ir_policy.terms import LEVELS, Severity, Truth

__all__ = ["Ask", "asked_now"]

SOMEBODY: Final = "somebody"
"""Who is supposed to report it, and who of a family that names nobody: no answer depends on either."""
NEVER: Final = datetime.max.replace(tzinfo=timezone.utc)


@frozen(eq=False)
class Ask:
    """A fact that is not known, the level a yes would leave at least, and what would be owed after it."""

    fact: str
    means: str
    level: Severity | None
    """``None`` where the fact says nothing about the level."""
    opens: tuple[Obligation, ...]
    """What would be owed though the level stayed as it is, the most urgent first; what one act meets stands once."""
    _soonest: datetime
    """The first limit that a yes would set, by the level too."""

    def line(self, now: datetime) -> str:
        """The question on one line of the first screen; what a yes would bring is never what is cut."""
        said = [self.level.value] if self.level is not None else []
        said += [_owed(obligation, now) for obligation in self.opens[:1]]
        more = f" and {len(self.opens) - 1} more" if len(self.opens) > 1 else ""
        yes = f"; yes: {'; '.join(said)}{more}"
        fact = f"  {self.fact}?"
        return fit(f"{fit(f'{fact} {self.means}', max(len(fact), WIDTH - len(yes)))}{yes}")

    def in_full(self, now: datetime) -> str:
        """The question with everything a yes would bring."""
        said = [self.level.value] if self.level is not None else []
        said += [f"{_owed(obligation, now)} (clause {obligation.clause})" for obligation in self.opens]
        return f"  {self.fact}? {self.means}; yes: {'; '.join(said)}"


def asked_now(case: Case, proposed: Classification, now: datetime, incident: str) -> tuple[Ask, ...]:
    """What to ask, by the first limit a yes would set; nothing once the incident is closed."""
    if case.history.closed_at is not None:
        return ()
    levels = {question.fact: question for question in proposed.open_questions}
    asks = [
        _ask(case, fact, question.means, question.if_yes.best, fact, now, incident) for fact, question in levels.items()
    ]
    asks += [
        ask
        for fact, means, sample in _others(case)
        if fact not in levels and (ask := _ask(case, fact, means, None, sample, now, incident)).opens
        and not (fact != sample and _answered_otherwise(case, ask.opens))
    ]  # fmt: skip
    # At the same instant what is owed at the present level comes before what a worse level would bring.
    return tuple(sorted(asks, key=lambda ask: (ask._soonest, not ask.opens)))


def _ask(
    case: Case, fact: str, means: str, level: Severity | None, sample: str, now: datetime, incident: str
) -> Ask:  # fmt: skip
    """The question about one fact; ``sample`` is the fact that stands for it."""
    twin = case.branch()
    moves = twin.advance(FactsReported(incident=incident, at=now, by=SOMEBODY, facts={sample: Truth.YES}))
    keys = {*moves.opened, *moves.revived}
    found = [
        owed
        for owed in twin.obligations(now)
        if owed.key in keys and owed.status in ("active", "pending") and not twin.ledger.entries[owed.key].duty.enables
    ]
    known = _at_level(case, twin)
    as_it_is = [  # what is owed once more is so by a raise alone
        owed
        for owed in found
        if twin.ledger.entries[owed.key].duty.when.holds(*known) and not twin.ledger.entries[owed.key].repeat
    ]
    opens = sorted((group[0] for group in grouped(as_it_is)), key=urgency)
    return Ask(
        fact, means, level, tuple(opens), min((owed.due for owed in found if owed.due is not None), default=NEVER)
    )


def _at_level(case: Case, twin: Case) -> tuple[int, int]:
    """What would be known after the answer, were the level still the present one."""
    if case.level.governing is not None:
        return as_if(case.policy, twin.history, case.level.governing)
    levels = sum(case.policy.bit_index.get(("severity", level.value), 0) for level in LEVELS)
    return twin.history.yes & ~levels, twin.history.no & ~levels


def _others(case: Case) -> Iterator[tuple[str, str, str]]:
    """Facts and families nobody has said yes or no to: the name, what it means, and the fact that stands for it."""
    policy, reported = case.policy, case.history.facts
    named = [atom.name for atom in policy.bits if atom.kind == "fact" and "/" in atom.name]
    for fact in sorted({*policy.facts, *named}):
        if fact not in reported or reported[fact].truth is Truth.UNKNOWN:
            yield fact, _means(policy, fact), fact
    for family in policy.families.values():
        member = _sample(case, family)
        if member and Truth.YES not in case.history.families.get(family.id, {}).values():
            yield f"{family.id}/…", family.means, f"{family.id}/{member}"


def _means(policy: Policy, fact: str) -> str:
    known = policy.facts.get(fact) or policy.families.get(fact.partition("/")[0])
    return known.means if known is not None else ""


def _sample(case: Case, family: Family) -> str:
    """A member nobody has ruled out; empty where there is none."""
    reported = case.history.families.get(family.id, {})
    members: Sequence[str] = sorted(family.members) or [SOMEBODY]
    return next((member for member in members if reported.get(member) is not Truth.NO), "")


def _answered_otherwise(case: Case, opens: Sequence[Obligation]) -> bool:
    """Whether another fact would have opened the same duties, so that asking for a member asks the same again."""
    return all(_asks_a_fact(case.policy.rules_of(owed.duty)[-1]) for owed in opens)


def _asks_a_fact(duty: Duty) -> bool:
    return any(atom.kind == "fact" and sign for atom, sign in literals(duty.when.source))


def _owed(obligation: Obligation, now: datetime) -> str:
    """What would be owed, and how soon."""
    over, left = obligation.overdue_by(now), obligation.time_left(now)
    if over is not None:
        return f"{obligation.title}, overdue {short(over)}"
    if left is not None:
        return f"{obligation.title} within {short(left)}"
    if promptly(obligation):
        return f"{obligation.title} promptly"
    return f"{obligation.title} before closing" if before_closing(obligation) else obligation.title
