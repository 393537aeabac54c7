"""The commands that tell an incident from the beginning, and a programme from its first day."""

from __future__ import annotations

import argparse
import os
import sys

import ir_policy as ir
from ir_policy.cli.shared import NO, OK, incident_of, now_of, print_json, print_text, programme_of

__all__ = ["show_drills", "show_timeline"]


def show_timeline(arguments: argparse.Namespace) -> int:
    """Tell what happened, what fell due, and what is still to come."""
    incident, _, _ = incident_of(arguments)
    told = ir.timeline(incident, now_of(arguments))
    if arguments.json:
        print_json(ir.as_json(told, "timeline"))
    else:
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        print(told.text(colour=colour), end="")
    return OK


def show_drills(arguments: argparse.Namespace) -> int:
    """Show what a programme practised, what is overdue, and what comes next."""
    shown = ir.drills(programme_of(arguments), now_of(arguments))
    if arguments.json:
        print_json(ir.as_json(shown, "drills"))
    elif getattr(arguments, "svg", False):
        print_text(shown.svg())
    else:
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        print(shown.text(colour=colour), end="")
    return NO if arguments.fail_on == "overdue" and shown.overdue else OK
