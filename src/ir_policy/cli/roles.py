"""The command that says who does what."""

from __future__ import annotations

import argparse

import ir_policy as ir
from ir_policy.cli.on_call import show_plan
from ir_policy.cli.shared import OK, incident_of, instant_of, now_of, print_json, usage

__all__ = ["show_who"]


def show_who(arguments: argparse.Namespace) -> int:
    """Say who is in command, who may act in each role, and who is next; without a log, who would be paged when."""
    if arguments.log is None:
        return show_plan(arguments)
    if arguments.severity is not None or arguments.on_call:
        return usage("--severity and --on-call play the paging list through without a log; leave the log out")
    incident, _, _ = incident_of(arguments)
    at = instant_of("--at", arguments.at) if arguments.at is not None else now_of(arguments)
    found = ir.command(incident, at)
    if arguments.json:
        print_json(ir.as_json(found, "command"))
    else:
        print(found, end="")
    return OK
