"""The severity matrix by brute force: every complete set of facts, worked out once each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ir_policy.rules.conditions import Atom, atoms
from ir_policy.rules.model import Policy
from ir_policy.terms import UNKNOWN, YES, Severity, Truth
from oracle.asking import truth, worst_of, yes_or_no


def severity_facts(policy: Policy) -> tuple[str, ...]:
    """Every fact a row or the raise asks about."""
    conditions = [row.when.source for row in policy.rows] + [rule.source for rule in policy.raises.rules.values()]
    return tuple(sorted({atom.name for condition in conditions for atom in atoms(condition)}))


class Levels:
    """The level of every complete set of facts, worked out once each; a set is a number with one bit a fact."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.facts = severity_facts(policy)
        self.worked_out = [self._work_out(mask) for mask in range(1 << len(self.facts))]
        self.index = [level.index for level, _ in self.worked_out]

    def mask(self, names: Iterable[str]) -> int:
        return sum(1 << self.facts.index(name) for name in names)

    def _work_out(self, mask: int) -> tuple[Severity, tuple[str, ...]]:
        """Level and deciding rules when exactly the facts of the mask are so."""
        yes = {name for position, name in enumerate(self.facts) if mask >> position & 1}

        def register(atom: Atom) -> Truth:
            return yes_or_no(atom.name in yes)

        holding = [row for row in self.policy.rows if not row.otherwise and truth(row.when.source, register) is YES]
        deciding = worst_of(*(row.level for row in holding))
        if deciding is None:
            holding = [row for row in self.policy.rows if row.otherwise]
            deciding = holding[0].level
        ids = [row.id for row in holding if row.level is deciding]
        threats = [id_ for id_, rule in self.policy.raises.rules.items() if truth(rule.source, register) is YES]
        raised = deciding.raised(self.policy.raises.levels) if threats else deciding
        return raised, tuple(sorted(ids + (threats if raised is not deciding else [])))


def classify(
    policy: Policy, facts: Mapping[str, Truth], levels: Levels | None = None
) -> tuple[Severity, Severity, Severity, tuple[str, ...]]:
    """Level of the facts known to be yes, best and worst over every completion, and the rules that decide."""
    levels = levels or Levels(policy)
    yes = levels.mask(name for name in levels.facts if facts.get(name) is YES)
    not_known = levels.mask(name for name in levels.facts if facts.get(name, UNKNOWN) is UNKNOWN)
    severity, determined_by = levels.worked_out[yes]
    outcomes = set()
    added = not_known
    while True:  # every subset of what is not known, as if those were so and the others not
        outcomes.add(levels.index[yes | added])
        if not added:
            break
        added = (added - 1) & not_known
    every = list(Severity)
    return severity, every[max(outcomes)], every[min(outcomes)], determined_by
