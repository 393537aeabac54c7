"""Commands that need no incident: how severe facts are, what goes in and out looks like, which ids a policy has."""

from __future__ import annotations

import argparse
import json

import ir_policy as ir
from ir_policy.cli.shared import OK, policy_of, print_json, print_text, usage
from ir_policy.cli.words import pair
from ir_policy.exchange.ids import ids_module
from ir_policy.exchange.published import NAMES, schema_text

__all__ = ["classify_facts", "show_schema"]


def classify_facts(arguments: argparse.Namespace) -> int:
    """Say how severe an incident with these facts is."""
    policy = policy_of(arguments)
    verdict = ir.classify(policy, dict(pair(field) for field in arguments.fields))
    if arguments.json:
        print_json(ir.as_json(verdict, "classification", policy))
        return OK
    print(f"{verdict.severity.value}  by {', '.join(verdict.determined_by)}")
    print(f"range  {verdict.range.best.value} at best, {verdict.range.worst.value} at worst")
    for question in verdict.open_questions:
        print(f"unknown  {question.fact}: {question.means}; yes: {question.if_yes.best.value} or worse")
    return OK


def show_schema(arguments: argparse.Namespace) -> int:
    """Print a published schema, their names, or the ids of a policy."""
    name = arguments.name
    if name != "ids" and (arguments.python or arguments.policy):
        return usage("--python and --policy belong to the ids: ir-policy schema ids --python --policy ID|FILE")
    if name is None:
        return _shown(list(NAMES), "".join(f"{known}\n" for known in NAMES), arguments)
    if name != "ids":
        return _shown(ir.schema(name), schema_text(name), arguments)
    policy = policy_of(arguments)
    if arguments.python:
        print_text(ids_module(policy))
        return OK
    ids = ir.as_json(policy, "policy-ids")
    return _shown(ids, f"{json.dumps(ids, indent=2, ensure_ascii=False)}\n", arguments)


def _shown(value: object, text: str, arguments: argparse.Namespace) -> int:
    """As data on one line for programs, else laid out for reading."""
    if arguments.json:
        print_json(value)
    else:
        print_text(text)
    return OK
