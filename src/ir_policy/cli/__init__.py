"""The command line: the library's own verbs, for people and programs.

Thin on purpose: parse, call one public function, print. Only here may the time be read: a command that judges uses
``--now`` if given, else the clock, and prints the instant it used. Exit codes: 0, 1 when the policy says no (or
something is overdue with ``--fail-on overdue``), 2 for usage or input.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import Any

import ir_policy as ir
from ir_policy.cli.chronicle import show_drills, show_timeline
from ir_policy.cli.documents import classify_facts, show_schema
from ir_policy.cli.linting import DEFECT, show_lint
from ir_policy.cli.logs import (
    add_event,
    check_event,
    erase_words,
    explain_subject,
    export_incident,
    open_log,
    show_brief,
    verify_log,
)
from ir_policy.cli.on_call import UNASSESSED
from ir_policy.cli.roles import show_who
from ir_policy.cli.shared import BAD, NO, OK, print_json, say, usage
from ir_policy.cli.writing import name_channel, show_board, show_draft, show_evidence, show_notices

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a letter still shows the rest
            stream.reconfigure(errors="backslashreplace")
    arguments = _arguments(argv)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except ir.Refused as refused:
        say("refused:")
        for refusal in refused.refusals:
            say(f"  {refusal}")
        if arguments.json:
            print_json(ir.as_json(refused, "refused"))
        return NO
    except ir.IRPolicyError as error:
        problems = getattr(error, "problems", None) or [ir.Problem("", str(error))]
        for problem in problems:
            say(f"ir-policy: {problem}")
        if arguments.json:
            print_json(ir.as_json(error, "error"))
        return BAD
    except OSError as error:  # whoever reads the answer is gone, or has no room for it; files have their own words
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK if isinstance(error, BrokenPipeError) else usage(f"the answer cannot be written: {error.strerror}")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The words as arguments; fields and options may come in any order."""
    parser = _parser()
    arguments, rest = parser.parse_known_args(argv)
    if rest:
        if "fields" not in arguments or any(word.startswith("-") for word in rest):
            parser.error(f"unrecognized arguments: {' '.join(rest)}")
        arguments.fields = [*arguments.fields, *rest]
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ir-policy",
        description="How severe, what may happen, what is owed to whom by when, and under which clause.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    opened = _command(commands, "open", open_log, "LOG", fields="incident=inc-7 source=sentry by=… [at=…]",
             help="begin a log with the first signal, or a programme's with programme=NAME")  # fmt: skip
    opened.add_argument(
        "--chained", action="store_true", help="chain its lines by hashes, so that none is changed unseen"
    )
    add = _command(
        commands, "add", add_event, "LOG", "KIND", fields="field=value …", help="check an event and append it"
    )
    add.add_argument("--record", action="store_true", help="it already happened: append it, whatever the policy says")
    shown = _command(commands, "brief", show_brief, "LOG", help="what an incident needs now")
    shown.add_argument("--fail-on", choices=["overdue"], help="exit 1 when a limit that binds is overdue")
    verified = _command(commands, "verify", verify_log, "LOG", judges=False, help="is the log whole and unchanged")
    verified.add_argument("--head", metavar="HASH", help="a head of it that was kept elsewhere")
    gone = _command(
        commands,
        "erase",
        erase_words,
        "LOG",
        judges=False,
        help="a chained log without some names and texts, for a new file",
    )
    gone.add_argument(
        "--name", action="append", default=[], metavar="PERSON", help="a name to take out wherever it stands"
    )
    gone.add_argument(
        "--text", action="append", default=[], metavar="EVENT", help="an event whose free text is taken out"
    )
    _command(commands, "export", export_incident, "LOG", help="everything about an incident in one text, for keeping")
    _command(commands, "timeline", show_timeline, "LOG", help="what happened, what fell due, what is still to come")
    who = _command(
        commands, "who", show_who, help="who is in command and who is next; without a log, who would be paged when"
    )
    who.add_argument("log", nargs="?", metavar="LOG", help="an incident; without one the paging list is played through")
    who.add_argument("--at", metavar="RFC3339", help="the instant to ask about, also a past one; else --now")
    who.add_argument("--adopted", action="append", default=[], metavar="ID|FILE", help="a document that the log adopts")
    who.add_argument("--severity", choices=[*ir.Severity.__members__, UNASSESSED], help="without a log: the level")
    who.add_argument(
        "--on-call", action="append", default=[], metavar="LEVEL=NAME",
        help="without a log: who is on duty; LEVEL= where nobody is",
    )  # fmt: skip
    practised = _command(commands, "drills", show_drills, "LOG", help="what a programme practised, and what is overdue")
    practised.add_argument("--fail-on", choices=["overdue"], help="exit 1 when a limit that binds is overdue")
    practised.add_argument("--svg", action="store_true", help="a picture of it, as SVG")
    _command(commands, "classify", classify_facts, fields="fact=yes|no|unknown …", help="how severe these facts are")
    _command(
        commands, "check", check_event, "LOG", "KIND", fields="field=value …", help="may this happen, and if not why"
    )
    _command(
        commands,
        "explain",
        explain_subject,
        "LOG",
        "SUBJECT",
        help="why a duty, an obligation, a gate or severity is so",
    )
    _command(commands, "board", show_board, "LOG", help="the incident's card for the tracking board")
    _command(
        commands, "notices", show_notices, "LOG", help="every message: who reviewed and approved it, whom it reached"
    )
    _command(commands, "evidence", show_evidence, "LOG", help="what is kept as evidence, who has it, what is missing")
    named = _command(commands, "channel", name_channel, "LOG", "SUMMARY", help="a name for the incident's channel")
    named.add_argument("--taken", action="append", default=[], metavar="NAME", help="a name that is in use already")
    named.add_argument("--restricted", action="store_true", help="a code word in place of the summary")
    text = _command(
        commands,
        "draft",
        show_draft,
        fields="TEMPLATE field=value …",
        help="put a text together from a template, or list them",
    )
    text.add_argument("--list", action="store_true", help="the templates with their fields, and whether cleared")
    text.add_argument("--to", action="append", default=[], metavar="RECIPIENT", help="to whom it goes")
    text.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="FIELD",
        help="let through what only looks like personal data or a secret",
    )
    looked = _command(commands, "lint", show_lint, help="where a policy cannot keep what it promises")
    looked.add_argument("document", nargs="?", metavar="POLICY", help="the document, by id or file; else --policy")
    looked.add_argument("--as-of", metavar="DATE", help="the day to judge by what ends; else that is not judged")
    looked.add_argument("--log", metavar="LOG", help="a programme's log: which periods it left out, by --now")
    looked.add_argument("--rules", action="store_true", help="what is asked of a policy")
    looked.add_argument("--fail-on", choices=[DEFECT], help="exit 1 when there is one")
    looked.set_defaults(adopted=[])
    schema = _command(
        commands, "schema", show_schema, judges=False, help="what goes in and out looks like, as JSON Schema"
    )
    schema.add_argument(
        "name", nargs="?", metavar="NAME", help="a schema, or 'ids' for a policy's ids; else their names"
    )
    schema.add_argument("--python", action="store_true", help="the ids as a module for type checkers")
    return parser


def _command(
    commands: Any,
    name: str,
    run: Any,
    *positional: str,
    fields: str = "",
    judges: bool = True,
    help: str,  # noqa: A002 (argparse's word)
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
    for word in positional:
        command.add_argument(word.lower(), metavar=word)
    if fields:
        command.add_argument("fields", nargs="*", metavar="field=value", help=fields)
    command.add_argument(
        "--policy", metavar="ID|FILE", help="the document; else the log's header, else motion-mavericks"
    )
    if judges and "LOG" in positional and name != "open":
        command.add_argument(
            "--adopted",
            action="append",
            default=[],
            metavar="ID|FILE",
            help="a document that the log adopts; shipped ones are found",
        )
    if judges:
        command.add_argument("--now", metavar="RFC3339", help="the instant to judge at; else the clock")
    command.add_argument("--json", action="store_true", help="for programs: canonical JSON on one line")
    command.set_defaults(run=run)
    return command
