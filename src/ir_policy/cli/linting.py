"""The command that looks a policy through before an incident."""

from __future__ import annotations

import argparse
from datetime import date

import ir_policy as ir
from ir_policy.cli.shared import NO, OK, now_of, policy_of, print_json, print_text, programme_of, usage
from ir_policy.present.linted import lint_lines, rule_lines
from ir_policy.review.findings import DEFECT
from ir_policy.terms import show

__all__ = ["DEFECT", "show_lint"]


def show_lint(arguments: argparse.Namespace) -> int:
    """Say where a policy cannot keep what it promises; with a programme's log also which periods it left out."""
    if arguments.rules:
        if arguments.json:
            return usage("--rules is for reading: --json alone says the rules beside the findings")
        print_text("".join(f"{line}\n" for line in rule_lines()))
        return OK
    if arguments.document is not None:
        if arguments.policy is not None:
            return usage("the document is named twice: write it once")
        arguments.policy = arguments.document
    as_of = _day(arguments.as_of)
    if arguments.log is not None:
        programme = programme_of(arguments)
        policy, skipped = programme.policy, ir.lint_programme(programme, now_of(arguments))
    else:
        policy, skipped = policy_of(arguments), ()
    found = (*ir.lint(policy, as_of=as_of), *skipped)
    if arguments.json:
        print_json(ir.as_json(found, "lint", policy))
    else:
        print_text("".join(f"{line}\n" for line in lint_lines(found)))
    failed = arguments.fail_on is not None and any(one.weight == arguments.fail_on for one in found)
    return NO if failed else OK


def _day(text: str | None) -> date | None:
    """A day as people write it; Python alone would take ``20270101`` too."""
    if text is None:
        return None
    try:
        if len(text) == len("2027-01-01"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ir.QuestionInvalid([ir.Problem("--as-of", f"'{show(text)}' is not a day", "write it like 2026-04-27")])
