"""Commands about one incident, whose log is a file: begin it, add to it, and ask it."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path
from typing import Final

import ir_policy as ir
from ir_policy.answers import state_at
from ir_policy.cli.chronicle import show_drills
from ir_policy.cli.shared import (
    NO,
    OK,
    data_of,
    incident_of,
    now_of,
    policy_of,
    print_json,
    print_text,
    size,
    stream_of,
    usage,
    write,
)
from ir_policy.cli.words import event_of
from ir_policy.present.blocked import refusal_lines
from ir_policy.present.lines import wrapped
from ir_policy.present.result import MOVED
from ir_policy.terms import rfc3339

__all__ = [
    "add_event",
    "check_event",
    "erase_words",
    "explain_subject",
    "export_incident",
    "open_log",
    "show_brief",
    "verify_log",
]

COLUMNS: Final = 100
"""The width of answers in sentences; a sentence that is longer goes on in the next line."""


def open_log(arguments: argparse.Namespace) -> int:
    """Begin a log with the first signal, or that of a programme with its opening."""
    path = Path(arguments.log)
    if size(path):
        return usage(f"'{path}' holds a log already; add to it with: ir-policy add {path} …")
    policy = policy_of(arguments)
    of_programme = any(word.startswith("programme=") for word in arguments.fields)
    kind = ir.ProgrammeOpened.only_kind if of_programme else ir.Detected.only_kind
    event = event_of(kind, arguments, _named(arguments) if arguments.chained else {})
    salt = _salt() if arguments.chained else ""
    if isinstance(event, ir.ProgrammeOpened):
        begun = ir.open_programme(policy, event, salt=salt)
        write(path, f"{begun.programme.header}\n{begun.line}\n", expected=0)
        return _told(begun, arguments)
    assert isinstance(event, ir.Detected)
    step = ir.open_incident(policy, event, salt=salt)
    write(path, f"{step.incident.header}\n{step.line}\n", expected=0)
    return _told(step, arguments)


def add_event(arguments: argparse.Namespace) -> int:
    """Check an event, and append it if the policy allows it; with ``--record``, append what already happened."""
    incident, length, ends_whole = stream_of(arguments)
    chained = incident.head is not None
    said = {**_whose(incident), **(_named(arguments) if chained else {})}
    event = event_of(arguments.kind, arguments, said)
    salt = _salt() if chained else ""
    step: ir.Step | ir.ProgrammeStep
    if isinstance(incident, ir.Incident):
        step = (ir.record if arguments.record else ir.apply)(incident, event, salt=salt)
    else:
        step = (ir.record if arguments.record else ir.apply)(incident, event, salt=salt)
    if not step.known:
        line = f"{step.line}\n"
        write(Path(arguments.log), line if ends_whole else f"\n{line}", expected=length)
    elif not arguments.json:
        print(f"{event.id} is in the log already; nothing was added")
        return OK
    return _told(step, arguments)


def check_event(arguments: argparse.Namespace) -> int:
    """Say whether an event may happen, and every reason why not; changes nothing."""
    incident, _, _ = stream_of(arguments)
    event = event_of(arguments.kind, arguments, _whose(incident))
    refusals = ir.check(incident, event)
    if arguments.json:
        print_json(ir.as_json(refusals, "check", incident, event.at))
    elif refusals:
        reasons = f", for {len(refusals)} reasons" if len(refusals) > 1 else ""
        print(f"no, as of {rfc3339(event.at)}{reasons}:")
        for refusal in refusals:
            lines = (
                refusal_lines(state_at(incident, event.at)[0], refusal)
                if isinstance(incident, ir.Incident)
                else [str(refusal)]
            )
            for line, margin in zip(lines, ("  ", "      ", "      "), strict=False):
                print(*wrapped(f"{margin}{line}", COLUMNS), sep="\n")
    else:
        print(f"yes, as of {rfc3339(event.at)}: nothing forbids it")
    return NO if refusals else OK


def show_brief(arguments: argparse.Namespace) -> int:
    """Show what an incident needs now."""
    incident, _, _ = stream_of(arguments)
    if not isinstance(incident, ir.Incident):
        return show_drills(arguments)
    shown = ir.brief(incident, now_of(arguments))
    if arguments.json:
        print_json(ir.as_json(shown, "brief"))
    else:
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        print(shown.text(colour=colour), end="")
    return NO if arguments.fail_on == "overdue" and shown.overdue else OK


def verify_log(arguments: argparse.Namespace) -> int:
    """Say whether a log is whole and unchanged, and where it stands."""
    log = ir.read_log(data_of(arguments.log), head=arguments.head)
    seq = len(log.events)
    if arguments.json:
        print_json(ir.as_json(log, "verified"))
    elif log.chain is not None:
        print(f"whole: {seq} events, each as it was written; head {log.chain.head}")
        if arguments.head is None:
            print(
                "a chain does not show lines that are missing at its end: keep the head elsewhere and pass it as --head"
            )
    else:
        print(f"whole: {seq} events in plain lines, which no chain holds to their words")
    return OK


def erase_words(arguments: argparse.Namespace) -> int:
    """Write a chained log without some names and texts; the file itself stays as it is."""
    print_text(ir.erase(data_of(arguments.log), names=arguments.name, texts=arguments.text))
    return OK


def export_incident(arguments: argparse.Namespace) -> int:
    """Write everything about an incident as one line of JSON: its log, its documents and what followed from them."""
    incident, _, _ = incident_of(arguments)
    print_text(ir.export(data_of(arguments.log), incident.opened_under, now_of(arguments)))
    return OK


def explain_subject(arguments: argparse.Namespace) -> int:
    """Say why something is owed, or not; refused, or not."""
    incident, _, _ = stream_of(arguments)
    now = now_of(arguments)
    explanation = ir.explain(incident, arguments.subject, now)
    if arguments.json:
        print_json(ir.as_json(explanation, "explanation", incident, now))
    else:
        print(f"{explanation}\n\nas of {rfc3339(now)}")
    return OK


def _whose(stream: ir.Incident | ir.Programme) -> dict[str, str]:
    """The field that says to which log an event belongs."""
    return {"incident" if isinstance(stream, ir.Incident) else "programme": stream.id}


def _salt() -> str:
    """What hides the names of one event in its chain."""
    return secrets.token_hex(16)


def _named(arguments: argparse.Namespace) -> dict[str, str]:
    """An id that says nothing of the event's words, unless one is given: a digest of them would tell a name that was taken out."""
    given = any(word.startswith("id=") for word in arguments.fields)
    return {} if given else {"id": f"e-{secrets.token_hex(12)}"}


def _told(step: ir.Step | ir.ProgrammeStep, arguments: argparse.Namespace) -> int:
    """What the event did, in words or as data."""
    if arguments.json:
        print_json(ir.as_json(step, "step"))
        return OK
    level = [level.value if level is not None else None for level in step.level]
    print(f"recorded {step.event.kind} at {rfc3339(step.event.at)} as {step.event.id}")
    if level[0] != level[1]:
        print(f"  level       {level[0] or 'unassessed'} -> {level[1] or 'unassessed'}")
    for name in MOVED:
        keys = getattr(step, name)
        if keys:
            print(f"  {name:<11} {', '.join(keys)}")
    for violation in step.violations:
        print(f"  AGAINST     {violation.rule} (clause {violation.clause}): needs {' and '.join(violation.missing)}")
    for anew in step.corrections:
        print(f"  anew        {anew.what}: {anew.before} -> {anew.after}")
    for words in step.suggested:
        print(f"  note        {words}")
    return OK
