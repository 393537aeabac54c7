"""The paging list on the page: who is told when at each level, and the machine of paging as a picture drawn from its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Final

from ir_policy.clocks import in_words
from ir_policy.duties.calling_plan import page_plan
from ir_policy.present.pages.machines import diagram
from ir_policy.present.pages.markdown import code, table, text
from ir_policy.present.pages.readings import reading_link
from ir_policy.present.pages.words import length, people, roles
from ir_policy.rules.about import Acknowledgement
from ir_policy.rules.machines.on_call import ON_CALL
from ir_policy.rules.model import Policy
from ir_policy.terms import Severity

__all__ = ["called", "called_words"]

START: Final = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""Any instant will do: the table says how long after it."""


def called_words(policy: Policy, rule: Acknowledgement, name: str) -> Iterator[str]:
    """The paging list in sentences, each with the reading behind it where it has one of its own."""
    advice = _advice(policy, name)
    first, *later = rule.levels
    yield f"First: {people(policy, (first,))}" + "".join(f"; then {people(policy, (one,))}" for one in later)
    yield f"Time to answer before the next is paged{advice}: {_lengths(rule.within)}"
    again = "" if rule.repeat is None else f"; at {rule.repeat.value} or worse again and again until somebody answers"
    often = {None: "once", 1: "once", 2: "twice"}.get(rule.times, f"{rule.times} times")
    yield f"When nobody answers: {roles(policy, rule.then, 'and')}{again}, otherwise {often}"
    if rule.unassessed is not None:
        yield f"While nobody has assessed it{_advice(policy, rule.readings.get('unassessed', ''))}: as at {rule.unassessed.value}{_read(rule, 'unassessed')}"
    if rule.holds:
        advice = _advice(policy, rule.readings.get("answer_holds", ""))
        yield f"An answer holds{advice}: {_lengths(rule.holds)}{_read(rule, 'answer_holds')}"
    if rule.answered_by:
        yield f"Nobody is paged while somebody is: {roles(policy, (rule.answered_by,), 'or')}{_read(rule, 'answered_by')}"


def called(policy: Policy, rule: Acknowledgement) -> Iterator[str]:
    """Who is told when, while nobody answers, and what follows from what."""
    yield "Who is told how long after the first page, while nobody answers:"
    yield ""
    levels: list[Severity | None] = [*rule.within, *([None] if rule.unassessed is not None else [])]
    plans = {level: page_plan(policy, level, START) for level in levels}
    names = tuple(level.value if level is not None else "Unassessed" for level in levels)
    told: dict[tuple[str, int], list[str]] = {}
    for index, plan in enumerate(plans.values()):
        turn: dict[str, int] = {}
        for page in plan.pages:
            turn[page.level] = turn.get(page.level, -1) + 1
            row = told.setdefault((page.person, turn[page.level]), ["" for _ in plans])
            row[index] = in_words(page.at - START) if page.at > START else "at once"
    rows = (
        (f"{text(who)}{', again' if turn else ''}", *(cell or "no more" for cell in row))
        for (who, turn), row in told.items()
    )
    yield from table(("Who", *names), rows)
    yield "What follows from what; the first of these states is where every incident begins:"
    yield ""
    yield from diagram(ON_CALL)
    clauses = sorted({code(row.clause) for row in ON_CALL.rows})
    yield f"By {', '.join(clauses)}."
    yield ""


def _lengths(by_level: Mapping[Severity, timedelta]) -> str:
    return "; ".join(f"{level.value}: {length(time)}" for level, time in by_level.items())


def _advice(policy: Policy, name: str) -> str:
    reading = policy.readings.get(name)
    return " (advice)" if reading is not None and reading.advisory else ""


def _read(rule: Acknowledgement, field: str) -> str:
    name = rule.readings.get(field)
    return f", read as {reading_link(name)}" if name else ""
