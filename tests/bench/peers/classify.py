"""Facts in, a level with its reasons out: the whole matrix, in every combination."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import ir_policy as ir
from bench.peers.agree import agree
from bench.peers.engines import ENGINES
from bench.peers.installed import Peers
from bench.peers.matrix import Explained, chain_source, compiled, explaining, identifier, space
from bench.peers.measure import Case
from bench.peers.tables import Table, Workload
from ir_policy.rules.model import Policy

__all__ = ["workload"]

SAMPLE = 4_000


def workload(policy: Policy, peers: Peers) -> Workload:
    facts = list(space(policy))
    built = peers.built(ENGINES, policy)
    level_of = compiled(chain_source(policy), "level_of")
    explain, ours = explaining(policy), explained(policy)
    as_engines = {name: _level(engine) for name, (engine, _) in built.items()}
    agreed = (
        agree("rules, clauses and facts behind the level", facts, {"ir_policy": ours, "by hand": explain}),
        agree(
            "levels in every combination of yes and no",
            facts,
            {"ir_policy": lambda one: ours(one).level, "by hand": level_of, **as_engines},
        ),
    )
    sample = drawn(facts, level_of)
    booleans = [_booleans(one) for one in sample]
    cases = [
        Case("ir_policy", "ours", ours, sample),
        Case("an if-chain by hand: the level alone", "floor", level_of, sample),
        Case("by hand with rules, clauses and facts", "hand", explain, sample),
        *(Case(name, "peer", engine, booleans, package=package) for name, (engine, package) in built.items()),
    ]
    return Workload("classify", (Table("classify", "decision", agreed, cases=tuple(cases)),))


def explained(policy: Policy) -> Callable[[dict[str, str]], Explained]:
    """The library's answer, with the clause of each rule looked up beside it."""
    clauses = {row.id: str(row.clause) for row in policy.rows} | dict.fromkeys(
        policy.raises.rules, str(policy.raises.clause)
    )

    def classify(facts: dict[str, str]) -> Explained:
        verdict = ir.classify(policy, facts)
        rules = verdict.determined_by
        return Explained(verdict.severity.index, rules, tuple([clauses[rule] for rule in rules]), verdict.facts)

    return classify


def drawn(facts: list[dict[str, str]], level_of: Callable[[dict[str, str]], int]) -> list[dict[str, str]]:
    """A sample in which the levels come equally often and one after the other: most combinations are the worst level."""
    chance = random.Random(1)
    by_level: dict[int, list[dict[str, str]]] = {}
    for one in facts:
        by_level.setdefault(level_of(one), []).append(one)
    return [chance.choice(by_level[number % len(by_level)]) for number in range(SAMPLE)]


def _booleans(facts: dict[str, str]) -> dict[str, bool]:
    return {identifier(fact): answer == "yes" for fact, answer in facts.items()}


def _level(engine: Callable[[Any], int]) -> Callable[[dict[str, str]], int]:
    return lambda facts: engine(_booleans(facts))
