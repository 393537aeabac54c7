"""The severity matrix of a loaded policy, said in the words of other engines and in Python.

Nothing is stated twice: rows, raise rules and their order come from the document, and each engine's text is written from them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeAlias

from attrs import frozen

from ir_policy.rules.conditions import All, Atom, Condition, Not, atoms
from ir_policy.rules.conditions import Any as Some
from ir_policy.rules.model import Policy
from ir_policy.terms import Severity

__all__ = [
    "CEL",
    "PYTHON",
    "Dialect",
    "Line",
    "chain_source",
    "compiled",
    "explaining",
    "identifier",
    "lines",
    "names",
    "space",
]

Answers: TypeAlias = dict[str, str]
"""What our side is given: yes or no for each fact."""


@frozen
class Line:
    """The first line whose condition holds gives the level; the last one has none."""

    when: Condition | None
    level: int


@frozen
class Dialect:
    """How an engine joins conditions; ``fact`` words one fact."""

    both: str
    either: str
    opposite: str
    fact: Callable[[str], str]

    def words(self, condition: Condition) -> str:
        if isinstance(condition, Atom):
            return self.fact(condition.name)
        if isinstance(condition, Not):
            return f"{self.opposite}({self.words(condition.part)})"
        joint = self.both if isinstance(condition, All) else self.either
        return joint.join(f"({self.words(part)})" for part in condition.parts)


def identifier(fact: str) -> str:
    """The fact's name where hyphens are not allowed."""
    return fact.replace("-", "_")


PYTHON: Final = Dialect(" and ", " or ", "not ", identifier)
CEL: Final = Dialect(" && ", " || ", "!", identifier)
MAPPING: Final = Dialect(" and ", " or ", "not ", lambda fact: f'get("{fact}") == "yes"')


def lines(policy: Policy) -> tuple[Line, ...]:
    """The matrix with its raise rules as one chain: each level, raised where a threat stands, worst first."""
    threatened = Some(tuple(mask.source for mask in policy.raises.rules.values()))
    chain = []
    for level in dict.fromkeys(row.level for row in policy.rows):
        rows = [row for row in policy.rows if row.level is level]
        raised = level.raised(policy.raises.levels)
        otherwise = any(row.otherwise for row in rows)
        here = None if otherwise else Some(tuple(row.when.source for row in rows))
        if raised is not level:
            chain.append(Line(threatened if here is None else All((here, threatened)), raised.index))
        chain.append(Line(here, level.index))
    return tuple(chain)


def names(policy: Policy) -> tuple[str, ...]:
    """Every fact the matrix and its raise rules ask about, in their order."""
    conditions = [row.when.source for row in policy.rows if not row.otherwise]
    conditions += [mask.source for mask in policy.raises.rules.values()]
    return tuple(dict.fromkeys(atom.name for condition in conditions for atom in atoms(condition)))


def space(policy: Policy) -> Iterator[Answers]:
    """Every combination of yes and no to what the matrix asks about."""
    facts = names(policy)
    for answers in itertools.product(("yes", "no"), repeat=len(facts)):
        yield dict(zip(facts, answers, strict=True))


# --- by hand ---------------------------------------------------------------------------------------------


def chain_source(policy: Policy, chain: Iterable[Line] = ()) -> str:
    """The matrix as the function one would write: an if-chain over a mapping, without range, reasons or checks."""
    body = []
    for line in chain or lines(policy):
        if line.when is None:
            body.append(f"    return {line.level}")
        else:
            body.append(f"    if {MAPPING.words(line.when)}:\n        return {line.level}")
    return "\n".join(["def level_of(facts):", "    get = facts.get", *body, ""])


def compiled(source: str, name: str, **known: object) -> Any:
    """The function of that name which the source defines."""
    space: dict[str, Any] = dict(known)
    exec(compile(source, f"<{name}>", "exec"), space)
    return space[name]


@frozen
class Explained:
    """What a careful hand would return: the level, the rows and threats that give it with their clauses, and the facts."""

    level: int
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    facts: tuple[str, ...]


def explaining(policy: Policy) -> Callable[[Answers], Explained]:
    """The same matrix by hand with reasons: a loop over rows of (level, rule, clause, fact), where each asks one fact."""
    rows = [(row.level, row.id, str(row.clause), row.when.source) for row in policy.rows if not row.otherwise]
    threats = [(id_, str(policy.raises.clause), mask.source) for id_, mask in policy.raises.rules.items()]
    otherwise = next((row.level, row.id, str(row.clause)) for row in policy.rows if row.otherwise)
    asked = {condition: _one_fact(condition) for *_, condition in (*rows, *threats)}
    plain = [(level, id_, clause, asked[condition]) for level, id_, clause, condition in rows]
    raising = [(id_, clause, asked[condition]) for id_, clause, condition in threats]
    raised = {level: level.raised(policy.raises.levels) for level in Severity}

    def explain(facts: Answers) -> Explained:
        level, found = None, []
        for at, id_, clause, fact in plain:
            if level is not None and at is not level:
                break
            if facts.get(fact) == "yes":
                level = at
                found.append((id_, clause, fact))
        if level is None:
            level = otherwise[0]
            found.append((otherwise[1], otherwise[2], ""))
        if raised[level] is not level:
            threats = [threat for threat in raising if facts.get(threat[2]) == "yes"]
            if threats:
                level = raised[level]
                found += threats
        rules, clauses, because = zip(*found, strict=True)
        return Explained(level.index, rules, clauses, tuple(sorted({fact for fact in because if fact})))

    return explain


def _one_fact(condition: Condition) -> str:
    (atom,) = atoms(condition)
    return atom.name
