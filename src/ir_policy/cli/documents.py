"""Commands about the documents alone, without any incident: how severe facts are, and what JSON looks like."""

from __future__ import annotations

import argparse

import ir_policy as ir
from ir_policy.cli.shared import OK, policy_of, print_json
from ir_policy.cli.words import pair
from ir_policy.present.result import classification_json, policy_json

__all__ = ["classify_facts"]


def classify_facts(arguments: argparse.Namespace) -> int:
    """Say how severe an incident with these facts is."""
    policy = policy_of(arguments)
    verdict = ir.classify(policy, dict(pair(field) for field in arguments.fields))
    if arguments.json:
        print_json({"policy": policy_json(policy), **classification_json(verdict)})
        return OK
    print(f"{verdict.severity.value}  by {', '.join(verdict.determined_by)}")
    print(f"range  {verdict.range.best.value} at best, {verdict.range.worst.value} at worst")
    for question in verdict.open_questions:
        print(f"unknown  {question.fact}: {question.means}; yes: {question.if_yes.best.value} or worse")
    return OK
