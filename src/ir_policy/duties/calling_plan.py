"""Who would be told when, if nobody answered: the paging list played through without an incident."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from attrs import frozen

from ir_policy.duties.call_list import repeats
from ir_policy.duties.calls import PageOutcome, Skipped
from ir_policy.duties.on_call import list_of, name_of
from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.rules.about import Acknowledgement
from ir_policy.rules.model import Policy
from ir_policy.terms import Clause, Severity, instant, nearest, show

__all__ = ["PagePlan", "PlannedPage", "page_plan"]


@frozen
class PlannedPage:
    """One page that would go out, if nobody had answered by then. Instants are UTC.

    ``why`` is ``first-page``, ``no-answer``, ``nobody-there`` (the level before is empty), ``exhausted`` or ``again``.
    """

    level: str
    person: str
    at: datetime
    answer_by: datetime
    """The last moment at which an answer is in time; whoever is next is told as soon as it is over."""
    why: str


@frozen
class PagePlan:
    """Who would be told when, in order, up to the first repeat; nothing where nobody is paged at that level."""

    severity: Severity | None
    paged_as: Severity | None
    """The level whose times are used; ``None`` where nobody is paged."""
    at: datetime
    pages: tuple[PlannedPage, ...]
    skipped: tuple[Skipped, ...]
    """Levels at which nobody stands: paging goes on at once."""
    exhausted_at: datetime | None
    """When nobody on the list is left."""
    repeats_every: timedelta | None
    """How often those after the list are paged again; ``None`` where they are not, or nobody is there."""
    times: int | None
    """How often they are paged in all; ``None``: until somebody answers."""
    clause: Clause
    reading: str


def page_plan(
    policy: Policy, severity: Severity | None, at: datetime, on_call: Mapping[str, str | None] | None = None
) -> PagePlan:
    """Who would be told, when and in which order, from a page at ``at`` that nobody answers, up to the first repeat.

    ``None`` for ``severity`` is an incident nobody has assessed. ``on_call`` says who stands at a level or in a role after the list,
    ``None`` where nobody does: such a level is skipped and reported. Whoever is not in it is called as the document calls them.
    The instants are the limits themselves: in a log the next is due one microsecond later, because the last moment is in time.
    Raises :class:`~ir_policy.errors.QuestionInvalid` for a naive instant, a level that is none and a name nobody pages.
    Source: ``tooling/on-call``.
    """
    found, start = list_of(_policy(policy)), instant(at, "at")
    problems = [*_flaws(severity), *_unknown(found[1] if found is not None else None, on_call)]
    if problems:
        raise QuestionInvalid(problems)
    if found is None:
        return PagePlan(severity, None, start, (), (), None, None, None, Clause(""), "")
    tool, rule = found
    paged_as = severity if severity is not None else rule.unassessed
    if paged_as is None or paged_as not in rule.within:
        return PagePlan(severity, None, start, (), (), None, None, None, Clause(tool.clause), tool.reading)
    people = {level: name_of(policy, level, {}) for level in (*rule.levels, *rule.then)} | dict(on_call or {})
    return _played(rule, people, severity, paged_as, start, Clause(tool.clause), tool.reading)


def _played(
    rule: Acknowledgement, people: Mapping[str, str | None], severity: Severity | None, paged_as: Severity, start: datetime,
    clause: Clause, reading: str,
) -> PagePlan:  # fmt: skip
    length, at, why = rule.within[paged_as], start, "first-page"
    pages: list[PlannedPage] = []
    skipped: list[Skipped] = []
    for level in rule.levels:
        person = people[level]
        if person is None:
            skipped.append(_empty(level, at))
            why = why if why == "no-answer" else "nobody-there"
            continue
        pages.append(PlannedPage(level, person, at, at + length, why))
        at, why = at + length, "no-answer"
    there = [(role, person) for role in rule.then if (person := people[role]) is not None]
    skipped += [_empty(role, at) for role in rule.then if people[role] is None]
    pages += _round(there, at, length, "exhausted")
    times = None if repeats(rule, paged_as) else rule.times or 1
    again = bool(there) and times != 1
    if again:
        pages += _round(there, at + length, length, "again")
    return PagePlan(
        severity, paged_as, start, tuple(pages), tuple(skipped), at, length if again else None, times, clause, reading
    )


def _round(there: Iterable[tuple[str, str]], at: datetime, length: timedelta, why: str) -> Iterator[PlannedPage]:
    yield from (PlannedPage(role, person, at, at + length, why) for role, person in there)


def _empty(level: str, at: datetime) -> Skipped:
    return Skipped(level, PageOutcome.NOBODY_ON_DUTY.value, at)


# --- what may be wrong with the question ----------------------------------------------------------------


def _policy(policy: object) -> Policy:
    if not isinstance(policy, Policy):
        raise QuestionInvalid([Problem("policy", "is not a loaded policy", "pass what load_policy returned")])
    return policy


def _flaws(severity: object) -> Iterator[Problem]:
    if severity is not None and not isinstance(severity, Severity):
        yield Problem(
            "severity", "is not a level", "pass ir.Severity.SEV1, or None for an incident nobody has assessed"
        )


def _unknown(rule: Acknowledgement | None, on_call: object) -> Iterator[Problem]:
    if on_call is None:
        return
    if not isinstance(on_call, Mapping):
        yield Problem("on_call", "is not a mapping", "write {level: name, or None where nobody is on duty}")
        return
    known = (*rule.levels, *rule.then) if rule is not None else ()
    for level, person in on_call.items():
        if level not in known:
            name = show(level) if isinstance(level, str) else "something that is not text"
            hint = nearest(level, known) if isinstance(level, str) else ""
            yield Problem("on_call", f"nobody is paged as '{name}'", hint or f"known are {', '.join(known) or 'none'}")
        elif person is not None and not (isinstance(person, str) and person.strip()):
            yield Problem(f"on_call.{level}", "is not a name", "write a name, or None where nobody is on duty")
