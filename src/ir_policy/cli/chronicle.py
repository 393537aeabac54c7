"""The command that tells an incident from the beginning."""

from __future__ import annotations

import argparse
import os
import sys

import ir_policy as ir
from ir_policy.cli.shared import OK, incident_of, now_of, print_json

__all__ = ["show_timeline"]


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
