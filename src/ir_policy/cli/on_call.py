"""The command that says who would be told when."""

from __future__ import annotations

import argparse

import ir_policy as ir
from ir_policy.cli.shared import OK, instant_of, now_of, policy_of, print_json, usage
from ir_policy.present.calling import plan_lines
from ir_policy.present.lines import LocalClock

__all__ = ["UNASSESSED", "show_plan"]

UNASSESSED = "unassessed"


def show_plan(arguments: argparse.Namespace) -> int:
    """Play the paging list through while nobody answers."""
    policy = policy_of(arguments)
    at = instant_of("--at", arguments.at) if arguments.at is not None else now_of(arguments)
    severity = None if arguments.severity in (None, UNASSESSED) else ir.Severity[arguments.severity]
    on_call: dict[str, str | None] = {}
    for word in arguments.on_call:
        level, given, person = word.partition("=")
        if not given:
            return usage(f"'{word}' says nobody: write --on-call LEVEL=NAME, or LEVEL= where nobody is on duty")
        on_call[level] = person or None
    plan = ir.page_plan(policy, severity, at, on_call)
    if arguments.json:
        print_json(ir.as_json(plan, "page-plan", policy))
    else:
        print("\n".join(plan_lines(policy, plan, LocalClock(policy.calendar.zone, at))))
    return OK
