"""Engines for rules, each given the matrix in its own language, written from the loaded policy.

A builder returns a function from {fact: True or False} to the level's number. Making that mapping is not counted to them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

from bench.peers.installed import Peer
from bench.peers.matrix import CEL, PYTHON, Dialect, Line, identifier, lines, names
from ir_policy.rules.conditions import All, Atom, Condition, Not
from ir_policy.rules.model import Policy

__all__ = ["ENGINES", "ternary"]

Decide = Callable[[dict[str, bool]], int]


def ternary(chain: Sequence[Line], dialect: Dialect) -> str:
    """The matrix as one expression: ``(a or b) ? 0 : (…) ? 1 : 3``."""
    parts = [f"({dialect.words(line.when)}) ? {line.level} : " for line in chain if line.when is not None]
    return "".join(parts) + str(chain[-1].level)


def python_words(policy: Policy) -> str:
    """The same as Python writes it: ``0 if a or b else 1 if … else 3``."""
    parts = [f"{line.level} if {PYTHON.words(line.when)} else " for line in lines(policy) if line.when is not None]
    return "".join(parts) + str(lines(policy)[-1].level)


def zen_expression(policy: Policy) -> Decide:
    import zen

    expression = zen.compile_expression(ternary(lines(policy), PYTHON))
    return lambda facts: int(expression.evaluate(facts))


def zen_table(policy: Policy) -> Decide:
    """Its decision table with the hit policy *first*: one row for each line of the chain."""
    import zen

    rules = [
        {"_id": f"line-{number}", "when": "" if line.when is None else PYTHON.words(line.when), "then": str(line.level)}
        for number, line in enumerate(lines(policy))
    ]
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": "when", "name": "when", "type": "expression"}],
        "outputs": [{"id": "then", "name": "level", "field": "level", "type": "expression"}],
        "rules": rules,
    }
    kinds = {"facts": "inputNode", "matrix": "decisionTableNode", "answer": "outputNode"}
    nodes: list[dict[str, Any]] = [
        {"id": id_, "name": id_, "type": kind, "position": {"x": 0, "y": 0}} for id_, kind in kinds.items()
    ]
    nodes[1]["content"] = table
    ways = (("facts", "matrix"), ("matrix", "answer"))
    edges = [{"id": f"{a}-{b}", "type": "edge", "sourceId": a, "targetId": b} for a, b in ways]
    engine = zen.ZenEngine()
    decision = engine.create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda facts: int(decision.evaluate(facts)["result"]["level"])


def cel_rust(policy: Policy) -> Decide:
    import cel

    program = cel.compile(ternary(lines(policy), CEL))
    return lambda facts: int(program.execute(facts))


def cel_cpp(policy: Policy) -> Decide:
    from cel_expr_python import cel

    environment = cel.NewEnv(variables={identifier(fact): cel.Type.BOOL for fact in names(policy)})
    program = environment.compile(ternary(lines(policy), CEL))
    return lambda facts: int(program.eval(data=facts).plain_value())


def simple_eval(policy: Policy) -> Decide:
    import simpleeval

    source = python_words(policy)
    evaluator = simpleeval.SimpleEval()
    parsed = evaluator.parse(source)

    def decide(facts: dict[str, bool]) -> int:
        evaluator.names = facts
        return int(evaluator.eval(source, previously_parsed=parsed))

    return decide


def rule_engine(policy: Policy) -> Decide:
    import rule_engine

    context = rule_engine.Context(resolver=rule_engine.resolve_item)
    rule = rule_engine.Rule(ternary(lines(policy), PYTHON), context=context)
    return lambda facts: int(rule.evaluate(facts))


def json_logic(policy: Policy) -> Decide:
    from json_logic import jsonLogic

    rule: list[object] = []
    for line in lines(policy):
        rule += [line.level] if line.when is None else [_logic(line.when), line.level]
    return lambda facts: int(jsonLogic({"if": rule}, facts))


def _logic(condition: Condition) -> dict[str, object]:
    if isinstance(condition, Atom):
        return {"var": identifier(condition.name)}
    if isinstance(condition, Not):
        return {"!": _logic(condition.part)}
    return {"and" if isinstance(condition, All) else "or": [_logic(part) for part in condition.parts]}


def cedar(policy: Policy) -> Decide:
    """One permit for each line of the chain; those that hold come back as reasons, and the first line is the answer."""
    import cedarpy

    words = Dialect(" && ", " || ", "!", lambda fact: f"context.{identifier(fact)}")
    chain = lines(policy)
    conditions = ["true" if line.when is None else words.words(line.when) for line in chain]
    text = "\n".join(f"permit(principal, action, resource) when {{ {condition} }};" for condition in conditions)
    policies = cedarpy.PolicySet.from_str(text)
    entities = cedarpy.Entities.from_json_str("[]")
    asked = {"principal": 'User::"host"', "action": 'Action::"classify"', "resource": 'Incident::"one"'}
    places = {f"policy{number}": number for number in range(len(chain))}

    def decide(facts: dict[str, bool]) -> int:
        answer = cedarpy.is_authorized({**asked, "context": facts}, policies, entities)
        return chain[min(places[reason] for reason in answer.diagnostics.reasons)].level

    return decide


CASBIN: Final = """
[request_definition]
r = facts
[policy_definition]
p = when, level
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = eval(p.when)
"""


class _Facts:
    """Casbin's rules read attributes."""

    def __init__(self, facts: dict[str, bool]) -> None:
        self.__dict__ = facts


def casbin(policy: Policy) -> Decide:
    import casbin
    from casbin.model import Model

    logging.getLogger("casbin").setLevel(logging.ERROR)
    model = Model()
    model.load_model_from_text(CASBIN)
    enforcer = casbin.Enforcer(model)
    words = Dialect(" and ", " or ", "not ", lambda fact: f"r.facts.{identifier(fact)}")
    for line in lines(policy):
        enforcer.add_policy("True" if line.when is None else words.words(line.when), str(line.level))
    return lambda facts: int(enforcer.enforce_ex(_Facts(facts))[1][1])


ENGINES: Final = (
    Peer("zen-engine, compiled expression", "zen-engine", zen_expression),
    Peer("zen-engine, decision table", "zen-engine", zen_table),
    Peer("common-expression-language (CEL in Rust)", "common-expression-language", cel_rust),
    Peer("cel-expr-python (CEL in C++)", "cel-expr-python", cel_cpp),
    Peer("simpleeval, parsed once", "simpleeval", simple_eval),
    Peer("rule-engine", "rule-engine", rule_engine),
    Peer("panzi-json-logic", "panzi-json-logic", json_logic),
    Peer("cedarpy, prepared policies", "cedarpy", cedar),
    Peer("casbin, rows of conditions", "casbin", casbin),
)
