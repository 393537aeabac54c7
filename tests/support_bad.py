"""What the bad documents, events and logs in ``tests/bad`` come to: told in lines, so that the whole answer is compared.

Each file is bad in the one way its name says. The text beside it says all that the library answers, word for word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

import ir_policy as ir
from ir_policy.rules.model import Policy

BAD: Final = Path(__file__).parent / "bad"
PLAIN: Final = (BAD / "plain.yaml").read_text(encoding="utf-8")
SECRET: Final = "hunter2"
"""Stands in some of the files where people write freely; no answer may repeat it."""

_SECTION: Final = re.compile(r"^([a-z_]+):", re.MULTILINE)
_KIND: Final = re.compile(r"^document: (law|contract|calendar)$", re.MULTILINE)


@cache
def plain() -> Policy:
    return ir.load_policy(PLAIN)


def of_error(error: ir.IRPolicyError) -> list[str]:
    """An error as lines: its type, then everything it says."""
    problems = getattr(error, "problems", None) or getattr(error, "refusals", None)
    return [type(error).__name__, *(str(each) for each in problems or [error])]


# --- documents ------------------------------------------------------------------------------------------


def of_document(text: str) -> list[str]:
    """What loading comes to. A file without ``document:`` says sections that replace those of the plain policy."""
    kind = _KIND.search(text)
    try:
        if kind is not None:
            named = {"law": "laws: [the-law]\n", "contract": "contracts: [the-contract]\n"}.get(kind[1], "")
            ir.load_policy(PLAIN + named, documents=[text])
        else:
            whole = text.startswith(("document:", "{"))
            ir.load_policy(text if whole else text + _without(set(_SECTION.findall(text))))
    except ir.IRPolicyError as error:
        return of_error(error)
    return ["loaded"]


def _without(sections: set[str]) -> str:
    """The plain policy without some of its sections."""
    starts = [*_SECTION.finditer(PLAIN)]
    ends = [*(found.start() for found in starts[1:]), len(PLAIN)]
    pieces = zip(starts, ends, strict=True)
    return "".join(PLAIN[found.start() : end] for found, end in pieces if found[1] not in sections)


# --- events ---------------------------------------------------------------------------------------------


def of_event(text: str, incident: ir.Incident) -> list[str]:
    """What an event comes to: whether it can be read, what forbids it, and what becomes of it when it happened."""
    try:
        event = ir.read_event(text.removesuffix("\n"))
    except ir.IRPolicyError as error:
        return of_error(error)
    return [*_asked(lambda: ir.check(incident, event)), *_recorded(incident, event)]


def _asked(check: Callable[[], tuple[ir.Refusal, ...]]) -> list[str]:
    try:
        refusals = check()
    except ir.IRPolicyError as error:
        return of_error(error)
    return [f"refused: {refusal}" for refusal in refusals] or ["allowed"]


def _recorded(incident: ir.Incident, event: ir.Event) -> Iterator[str]:
    try:
        step = ir.record(incident, event)
    except ir.EventInvalid:
        yield "not recorded"
        return
    if step.incident.seq == incident.seq:
        yield "known already"
    assert set(incident.log) <= set(step.incident.log), "nothing is lost"
    assert event in step.incident.log, "and the event is kept"
    assert ir.read_log(ir.write_log(step.incident.log)).events == step.incident.log
    for one in step.violations:
        effect = "without effect" if one.void else "and it counts"
        yield f"recorded against '{one.rule}' (clause {one.clause}), {effect}"
    if step.level[0] is not step.level[1]:
        yield f"level: {_level(step.level[0])} -> {_level(step.level[1])}"
    for name in ("opened", "discharged", "cancelled", "waived", "lapsed"):
        for key in getattr(step, name):
            yield f"{name}: {key}"
    yield from (f"note: {words}" for words in step.suggested)


# --- logs -----------------------------------------------------------------------------------------------


def of_log(data: bytes) -> list[str]:
    """What a log comes to: the first bad line, or what follows from all of them."""
    try:
        log = ir.read_log(data)
        incident = ir.replay(plain(), log)
    except ir.LogInvalid as error:
        return [*of_error(error), f"lines that are whole: {error.index}"]
    except ir.PolicyMismatch as error:
        return [line.replace(plain().digest[:15], "that of the plain policy") for line in of_error(error)]
    except ir.IRPolicyError as error:
        return of_error(error)
    again = ir.read_log(ir.write_log(incident.log, log.policy))
    assert (again.events, again.policy) == (log.events, log.policy), "nothing is lost"
    return [f"read: {len(log.events)} events", *_told(incident)]


def _told(incident: ir.Incident) -> Iterator[str]:
    now = max(event.at for event in incident.log) + timedelta(minutes=1)
    state = f"closed as {incident.outcome}" if incident.closed else f"in phase {incident.phase.value}"
    yield f"level: {_level(incident.severity.governing)}, {state}"
    if not incident.complete:
        yield "incomplete: it holds events of a kind this version does not know"
    for fact, last in incident.facts.items():
        yield f"fact: {fact} is {last.truth.value}, said by {last.by}"
    for role, tenures in incident.roles.items():
        yield f"role: {role} is held by {' and '.join(tenure.person for tenure in tenures)}"
    for owed in ir.obligations(incident, now):
        due = f", due {owed.due:%Y-%m-%dT%H:%MZ}" if owed.due is not None else ""
        yield f"owed: {owed.key} {owed.verdict}{due}"
    for one in incident.violations:
        effect = "without effect" if one.void else "and it counts"
        yield f"against '{one.rule}' (clause {one.clause}) by {one.event}, {effect}"
    for change in ir.corrections(incident):
        yield f"drawn anew by {change.event}: {change.what}: {change.before} -> {change.after}"


def _level(level: ir.Severity | None) -> str:
    return level.value if level is not None else "none"
