"""The command line: the library's own verbs, for people and programs.

Thin on purpose: parse, call one public function, print. Only here may the time be read: a command that judges uses
``--now`` if given, else the clock, and prints the instant it used. Exit codes: 0, 1 when the policy says no (or
something is overdue with ``--fail-on overdue``), 2 for usage or input.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ir_policy as ir
from ir_policy.log.events import KINDS
from ir_policy.log.fields import Flaw, parse_instant
from ir_policy.log.wire import header_line, log_line
from ir_policy.present.result import (
    classification_json,
    correction_json,
    explanation_json,
    policy_json,
    refusal_json,
)
from ir_policy.terms import canonical_json, instant, nearest, rfc3339

if TYPE_CHECKING:
    from ir_policy.desk import Incident

__all__ = ["main"]

DEFAULT_POLICY: Final = "motion-mavericks"
OK, NO, BAD = 0, 1, 2


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
        _say("refused:")
        for refusal in refused.refusals:
            _say(f"  {refusal}")
        if arguments.json:
            _print_json({"refusals": [refusal_json(refusal) for refusal in refused.refusals]})
        return NO
    except ir.IRPolicyError as error:
        problems = getattr(error, "problems", None) or [ir.Problem("", str(error))]
        for problem in problems:
            _say(f"ir-policy: {problem}")
        if arguments.json:
            said = [{"where": problem.where, "what": problem.what, "hint": problem.hint} for problem in problems]
            _print_json({"error": type(error).__name__, "problems": said})
        return BAD
    except OSError as error:  # whoever reads the answer is gone, or has no room for it; files have their own words
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK if isinstance(error, BrokenPipeError) else _usage(f"the answer cannot be written: {error.strerror}")


# --- commands -------------------------------------------------------------------------------------------


def _open(arguments: argparse.Namespace) -> int:
    """Begin a log with the first signal."""
    path = Path(arguments.log)
    if _size(path):
        return _usage(f"'{path}' holds a log already; add to it with: ir-policy add {path} …")
    policy = ir.load_policy(_source(arguments.policy or DEFAULT_POLICY))
    event = _event("detected", arguments, {})
    assert isinstance(event, ir.Detected)
    step = ir.open_incident(policy, event)
    _write(path, f"{header_line(step.incident.pin)}\n{log_line(event)}\n", expected=0)
    return _told(step, arguments)


def _add(arguments: argparse.Namespace) -> int:
    """Check an event, and append it if the policy allows it; with ``--record``, append what already happened."""
    incident, size, ends_whole = _incident(arguments)
    event = _event(arguments.kind, arguments, {"incident": incident.id})
    step = ir.record(incident, event) if arguments.record else ir.apply(incident, event)
    if step.incident.seq > incident.seq:
        line = f"{log_line(event)}\n"
        _write(Path(arguments.log), line if ends_whole else f"\n{line}", expected=size)
    elif not arguments.json:
        print(f"{event.id} is in the log already; nothing was added")
        return OK
    return _told(step, arguments)


def _check(arguments: argparse.Namespace) -> int:
    """Say whether an event may happen, and every reason why not; changes nothing."""
    incident, _, _ = _incident(arguments)
    event = _event(arguments.kind, arguments, {"incident": incident.id})
    refusals = ir.check(incident, event)
    if arguments.json:
        _print_json(
            {
                "as_of": rfc3339(event.at),
                "policy": policy_json(incident.policy),
                "refusals": [refusal_json(refusal) for refusal in refusals],
            }
        )
    elif refusals:
        print(f"no, as of {rfc3339(event.at)}:")
        for refusal in refusals:
            print(f"  {refusal}")
    else:
        print(f"yes, as of {rfc3339(event.at)}: nothing forbids it")
    return NO if refusals else OK


def _brief(arguments: argparse.Namespace) -> int:
    """Show what an incident needs now."""
    incident, _, _ = _incident(arguments)
    shown = ir.brief(incident, _now(arguments))
    if arguments.json:
        _print_json(shown.as_json())
    else:
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        print(shown.text(colour=colour), end="")
    return NO if arguments.fail_on == "overdue" and shown.overdue else OK


def _classify(arguments: argparse.Namespace) -> int:
    """Say how severe an incident with these facts is."""
    policy = ir.load_policy(_source(arguments.policy or DEFAULT_POLICY))
    verdict = ir.classify(policy, dict(_pair(field) for field in arguments.fields))
    if arguments.json:
        _print_json({"policy": policy_json(policy), **classification_json(verdict)})
        return OK
    print(f"{verdict.severity.value}  by {', '.join(verdict.determined_by)}")
    print(f"range  {verdict.range.best.value} at best, {verdict.range.worst.value} at worst")
    for question in verdict.open_questions:
        print(f"unknown  {question.fact}: {question.means}; yes: {question.if_yes.best.value} or worse")
    return OK


def _explain(arguments: argparse.Namespace) -> int:
    """Say why something is owed, or not; refused, or not."""
    incident, _, _ = _incident(arguments)
    now = _now(arguments)
    explanation = ir.explain(incident, arguments.subject, now)
    if arguments.json:
        _print_json({"as_of": rfc3339(now), "policy": policy_json(incident.policy), **explanation_json(explanation)})
    else:
        print(f"{explanation}\n\nas of {rfc3339(now)}")
    return OK


# --- reading and writing --------------------------------------------------------------------------------


def _incident(arguments: argparse.Namespace) -> tuple[Incident, int, bool]:
    """The incident a log file holds, the size of the file, and whether its last line is ended."""
    path = Path(arguments.log)
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ir.QuestionInvalid(
            [
                ir.Problem(
                    str(path),
                    f"cannot be read: {_why(error)}",
                    "check the path, or begin a log with: ir-policy open",
                )
            ]
        ) from None
    log = ir.read_log(data)
    if arguments.policy:
        policy = ir.load_policy(_source(arguments.policy))
    elif log.policy is not None:
        policy = _pinned(log.policy)
    else:
        policy = ir.load_policy(DEFAULT_POLICY)
    return ir.replay(policy, log), len(data), not data or data.endswith(b"\n")


def _pinned(pin: ir.PolicyPin) -> ir.Policy:
    """The document a log's header names, from the shipped ones."""
    try:
        return ir.load_policy(f"{pin.id}@{pin.version}")
    except ir.QuestionInvalid:
        what = f"this log was begun under '{pin.id}@{pin.version}', which is not shipped"
        raise ir.QuestionInvalid([ir.Problem("policy", what, "pass the document with --policy FILE")]) from None


def _source(text: str) -> str | Path:
    """A policy by path where there is such a file, else by id."""
    path = Path(text)
    return path if path.suffix in (".yaml", ".yml", ".json") or _size(path) else text


def _size(path: Path) -> int:
    """How much the file at that path holds; nothing where there is none, or can be none."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except (OSError, ValueError):
        return 0


def _why(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or "no file can have that name"


def _write(path: Path, text: str, expected: int) -> None:
    """Append whole lines, only if nobody else wrote in between; nothing is ever overwritten."""
    try:
        with path.open("ab") as file:
            file.seek(0, os.SEEK_END)
            if file.tell() != expected:
                raise ir.QuestionInvalid(
                    [ir.Problem(str(path), "somebody else wrote to the log just now", "run the command again")]
                )
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
    except (OSError, ValueError) as error:
        raise ir.QuestionInvalid(
            [ir.Problem(str(path), f"cannot be written: {_why(error)}", "nothing was added")]
        ) from None


# --- events from words ----------------------------------------------------------------------------------


def _event(kind: str, arguments: argparse.Namespace, said: Mapping[str, object]) -> ir.Event:
    """The event that ``field=value`` words say. Lists are parted by commas; other facts than fields are facts."""
    if kind not in KINDS:
        raise ir.EventInvalid(
            [
                ir.Problem(
                    "kind", f"'{kind}' is not a kind of event", nearest(kind, KINDS) or f"known are {', '.join(KINDS)}"
                )
            ]
        )
    now = _now(arguments)
    values: dict[str, object] = {"kind": kind, **said}
    facts: dict[str, str] = {}
    known = _fields_of(kind)
    for word in arguments.fields:
        name, text = _pair(word)
        if name == "kind":
            raise ir.EventInvalid([ir.Problem(name, "is said before the fields", "leave it out here")])
        if name not in known and kind == "facts-reported":
            facts[name] = text
        else:
            values[name] = _value(known.get(name, "text"), text)
    if facts:
        values["facts"] = {**_mapping(values.get("facts")), **facts}
    values.setdefault("at", rfc3339(now))
    if "recorded_at" not in values:
        values["recorded_at"] = rfc3339(max(now, _instant("at", values["at"])))
    from ir_policy.log.events import event_from_wire

    return event_from_wire(values, id_needed=False)


def _fields_of(kind: str) -> dict[str, str]:
    """The fields of a kind, and what kind of value each holds."""
    from attrs import fields

    return {a.name: a.metadata["kind"] for a in fields(KINDS[kind].cls) if "kind" in a.metadata}


def _value(kind: str, text: str) -> object:
    if kind in ("ids", "labels", "references"):
        return [item.strip() for item in text.split(",") if item.strip()]
    if kind == "flag":
        return {"true": True, "yes": True, "false": False, "no": False}.get(text, text)
    if kind == "truths":
        return dict(_pair(item.replace(":", "=", 1)) for item in text.split(","))
    if kind == "wire":
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise ir.EventInvalid(
                [ir.Problem("fields", "is not a JSON object", """write fields='{"since": "…"}'""")]
            ) from None
    return text


def _mapping(value: object) -> dict[str, str]:
    return dict(value) if isinstance(value, dict) else {}


def _pair(word: str) -> tuple[str, str]:
    name, equals, text = word.partition("=")
    if not equals or not name:
        raise ir.EventInvalid([ir.Problem(word[:60], "is not a field", "write field=value")])
    return name.strip(), text.strip()


def _now(arguments: argparse.Namespace) -> datetime:
    """The instant to judge at: ``--now``, else the clock."""
    if arguments.now is None:
        return datetime.now(timezone.utc)
    return _instant("--now", arguments.now)


def _instant(where: str, text: object) -> datetime:
    try:
        return instant(parse_instant(str(text)), where)
    except Flaw as flaw:
        raise ir.QuestionInvalid([ir.Problem(where, flaw.what, flaw.hint)]) from None


# --- saying ---------------------------------------------------------------------------------------------


def _told(step: ir.Step, arguments: argparse.Namespace) -> int:
    """What the event did, in words or as data."""
    names = ("opened", "revived", "tightened", "discharged", "cancelled", "waived", "lapsed", "dropped", "moved")
    moved = {name: list(getattr(step, name)) for name in names}
    level = [level.value if level is not None else None for level in step.level]
    against = [{"rule": v.rule, "clause": v.clause, "missing": list(v.missing)} for v in step.violations]
    if arguments.json:
        _print_json({"event": step.event.id, "seq": step.incident.seq, "level": level, **moved, "violations": against, "corrections": [correction_json(anew) for anew in step.corrections],
                     "suggested": list(step.suggested)})  # fmt: skip
        return OK
    print(f"recorded {step.event.kind} at {rfc3339(step.event.at)} as {step.event.id}")
    if level[0] != level[1]:
        print(f"  level       {level[0] or 'unassessed'} -> {level[1] or 'unassessed'}")
    for name, keys in moved.items():
        if keys:
            print(f"  {name:<11} {', '.join(keys)}")
    for violation in step.violations:
        print(f"  AGAINST     {violation.rule} (clause {violation.clause}): needs {' and '.join(violation.missing)}")
    for anew in step.corrections:
        print(f"  anew        {anew.what}: {anew.before} -> {anew.after}")
    for words in step.suggested:
        print(f"  note        {words}")
    return OK


def _print_json(value: object) -> None:
    """Canonical JSON on one line, in UTF-8 whatever the terminal speaks."""
    line = f"{canonical_json(value)}\n"
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.buffer.write(line.encode())
    else:
        sys.stdout.write(line)


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _usage(text: str) -> int:
    _say(f"ir-policy: {text}")
    return BAD


# --- the words of the command line ----------------------------------------------------------------------


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
    _command(commands, "open", _open, "LOG", fields="incident=inc-7 source=sentry by=… [at=…]",
             help="begin a log with the first signal")  # fmt: skip
    add = _command(commands, "add", _add, "LOG", "KIND", fields="field=value …", help="check an event and append it")
    add.add_argument("--record", action="store_true", help="it already happened: append it, whatever the policy says")
    shown = _command(commands, "brief", _brief, "LOG", help="what an incident needs now")
    shown.add_argument("--fail-on", choices=["overdue"], help="exit 1 when a limit that binds is overdue")
    _command(commands, "classify", _classify, fields="fact=yes|no|unknown …", help="how severe these facts are")
    _command(commands, "check", _check, "LOG", "KIND", fields="field=value …", help="may this happen, and if not why")
    _command(
        commands, "explain", _explain, "LOG", "SUBJECT", help="why a duty, an obligation, a gate or severity is so"
    )
    return parser


def _command(
    commands: Any,
    name: str,
    run: Any,
    *positional: str,
    fields: str = "",
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
    command.add_argument("--now", metavar="RFC3339", help="the instant to judge at; else the clock")
    command.add_argument("--json", action="store_true", help="for programs: canonical JSON on one line")
    command.set_defaults(run=run)
    return command


if __name__ == "__main__":
    sys.exit(main())
