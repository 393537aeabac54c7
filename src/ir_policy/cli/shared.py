"""What every command needs: the incident a file holds, the policy, the instant, and how answers are printed."""

from __future__ import annotations

import argparse
import io
import os
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

import ir_policy as ir
from ir_policy.log.fields import Flaw, parse_instant
from ir_policy.terms import canonical_json, instant

if TYPE_CHECKING:
    from ir_policy.incident import Incident
    from ir_policy.programme.value import Programme

__all__ = [
    "BAD", "NO", "OK", "data_of", "incident_of", "instant_of", "now_of", "pin_of", "policy_of", "print_json", "print_text", "programme_of", "say",
    "size", "stream_of", "usage", "write",
]  # fmt: skip

DEFAULT_POLICY: Final = "motion-mavericks"
OK, NO, BAD = 0, 1, 2


def incident_of(arguments: argparse.Namespace) -> tuple[Incident, int, bool]:
    """The incident a log file holds, the size of the file, and whether its last line is ended."""
    found, length, ends_whole = stream_of(arguments)
    if not isinstance(found, ir.Incident):
        hint = f"ask it with: ir-policy drills {arguments.log}"
        raise ir.QuestionInvalid([ir.Problem(str(arguments.log), "is the log of a programme", hint)])
    return found, length, ends_whole


def programme_of(arguments: argparse.Namespace) -> Programme:
    """The programme a log file holds."""
    found, _, _ = stream_of(arguments)
    if isinstance(found, ir.Incident):
        hint = f"ask it with: ir-policy brief {arguments.log}"
        raise ir.QuestionInvalid([ir.Problem(str(arguments.log), "is the log of an incident", hint)])
    return found


def stream_of(arguments: argparse.Namespace) -> tuple[Incident | Programme, int, bool]:
    """The incident or programme a log file holds, the size of the file, and whether its last line is ended."""
    data = data_of(arguments.log)
    log = ir.read_log(data)
    by_header = log.policy if not arguments.policy else None
    policy = _pinned(by_header) if by_header is not None else policy_of(arguments)
    return ir.replay(policy, log, adopted=_adopted(log, arguments)), len(data), not data or data.endswith(b"\n")


def _adopted(log: ir.Log, arguments: argparse.Namespace) -> list[ir.Policy]:
    """The documents ``--adopted`` names, the one an event to be added adopts, and what the log adopts of the shipped ones."""
    named = [*arguments.adopted, *(word.partition("=")[2] for word in _adopting(arguments))]
    found = [ir.load_policy(_source(text)) for text in named]
    for event in log.events:
        if isinstance(event, ir.PolicyAdopted) and event.policy.digest not in {one.digest for one in found}:
            try:
                found.append(ir.load_policy(f"{event.policy.id}@{event.policy.version}"))
            except ir.QuestionInvalid:
                what = f"this log adopts '{event.policy.id}@{event.policy.version}', which is not shipped"
                raise ir.QuestionInvalid(
                    [ir.Problem("adopted", what, "pass the document with --adopted FILE")]
                ) from None
    return found


def _adopting(arguments: argparse.Namespace) -> list[str]:
    fields = arguments.fields if getattr(arguments, "kind", "") == ir.PolicyAdopted.only_kind else []
    return [word for word in fields if word.startswith("policy=")]


def pin_of(text: str) -> dict[str, str]:
    """How a log names the document that a path or an id leads to."""
    policy = ir.load_policy(_source(text))
    return {"id": policy.id, "version": policy.version, "digest": policy.digest}


def data_of(log: str) -> bytes:
    """What a log file holds."""
    path = Path(log)
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        hint = "check the path, or begin a log with: ir-policy open"
        raise ir.QuestionInvalid([ir.Problem(str(path), f"cannot be read: {_why(error)}", hint)]) from None


def _pinned(pin: ir.PolicyPin) -> ir.Policy:
    """The document a log's header names, from the shipped ones."""
    try:
        return ir.load_policy(f"{pin.id}@{pin.version}")
    except ir.QuestionInvalid:
        what = f"this log was begun under '{pin.id}@{pin.version}', which is not shipped"
        raise ir.QuestionInvalid([ir.Problem("policy", what, "pass the document with --policy FILE")]) from None


def policy_of(arguments: argparse.Namespace) -> ir.Policy:
    """The policy ``--policy`` names, else the shipped one."""
    return ir.load_policy(_source(arguments.policy or DEFAULT_POLICY))


def _source(text: str) -> str | Path:
    """A policy by path where there is such a file, else by id."""
    path = Path(text)
    return path if path.suffix in (".yaml", ".yml", ".json") or size(path) else text


def size(path: Path) -> int:
    """How much the file at that path holds; nothing where there is none, or can be none."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except (OSError, ValueError):
        return 0


def _why(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or "no file can have that name"


def write(path: Path, text: str, expected: int) -> None:
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


def now_of(arguments: argparse.Namespace) -> datetime:
    """The instant to judge at: ``--now``, else the clock."""
    if arguments.now is None:
        return datetime.now(timezone.utc)
    return instant_of("--now", arguments.now)


def instant_of(where: str, text: object) -> datetime:
    try:
        return instant(parse_instant(str(text)), where)
    except Flaw as flaw:
        raise ir.QuestionInvalid([ir.Problem(where, flaw.what, flaw.hint)]) from None


def print_json(value: object) -> None:
    """Canonical JSON on one line."""
    print_text(f"{canonical_json(value)}\n")


def print_text(text: str) -> None:
    """The text as it is, in UTF-8 whatever the terminal speaks."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.buffer.write(text.encode())
    else:
        sys.stdout.write(text)


def say(text: str) -> None:
    print(text, file=sys.stderr)


def usage(text: str) -> int:
    say(f"ir-policy: {text}")
    return BAD
