"""Readings as pages show them: beside the clauses they interpret, and each with what rests on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from ir_policy.present.pages.markdown import bullets, code, link, table, text
from ir_policy.rules.model import Policy, Reading
from ir_policy.terms import Clause

__all__ = ["LAWS", "OTHERWISE", "every_reading", "reading_link", "readings_of_page"]

LAWS: Final = "privacy"
"""The page on which laws and contracts stand."""
OTHERWISE: Final = "who-does-what"
"""The page that shows what stands nowhere else."""


def reading_link(name: str) -> str:
    """The reading's name, leading to where it stands with its alternatives."""
    return link(code(name), "open-questions", name)


def readings_of_page(policy: Policy, page: str) -> Iterator[str]:
    """How the open clauses in the chapters of a page are read; their alternatives stand with the open questions."""
    found = [reading for reading in policy.readings.values() if _page_of(policy, reading.clause) == page]
    if found:
        resting = _resting(policy)
        yield "## How we read it"
        yield ""
        yield "Where no rule names a reading, it says how rules are meant that do not name it, or waits for a rule of its own."
        yield ""
        lines = (_line(reading, reading.id in resting) for reading in found)
        yield from table(("Reading", "What we take it to mean", "Clause"), lines)


def every_reading(policy: Policy) -> Iterator[str]:
    """Every reading with its alternatives, what it stands as, and the rules that rest on it."""
    resting = _resting(policy)
    for reading in policy.readings.values():
        yield f"### {reading.id}"
        yield ""
        yield f"{text(reading.text)} ({code(reading.clause)})"
        yield ""
        yield from bullets(
            (
                f"Could also be read: {'; '.join(text(option) for option in reading.options)}",
                f"Stands as: {_standing(reading)}",
                f"Rests on it: {', '.join(resting.get(reading.id, ())) or 'no rule names it'}",
            )
        )


def _line(reading: Reading, named: bool) -> tuple[str, ...]:
    advice = " *Advice until accepted.*" if reading.advisory else ""
    unnamed = "" if named else " *No rule names it.*"
    return reading_link(reading.id), text(reading.text) + advice + unnamed, code(reading.clause)


def _page_of(policy: Policy, clause: Clause) -> str:
    """The page of a reading; those of laws stand with the laws."""
    chapter = policy.about.clauses.get(clause.partition("/")[0])
    if chapter is not None:
        return chapter.page
    return LAWS if policy.about.clauses else OTHERWISE


def _standing(reading: Reading) -> str:
    if reading.advisory:
        return "advice until accepted"
    return f"accepted by {text(reading.accepted_by)}" if reading.accepted_by else "ours"


class _Reads(Protocol):
    """Any rule that may name a reading."""

    @property
    def reading(self) -> str: ...


def _resting(policy: Policy) -> dict[str, list[str]]:
    """For each reading the rules that name it."""
    about = policy.about
    named: list[tuple[str, str]] = [(row.id, row.reading) for row in policy.rows]
    named += [(id_, policy.raises.reading) for id_ in policy.raises.rules]
    for duty in policy.duties.values():
        named += [(duty.id, duty.reading), *((duty.id, limit.reading) for limit in duty.within if limit is not None)]
    rules: tuple[Mapping[str, _Reads], ...] = (
        policy.marks, policy.gates, about.objectives, about.dependencies, about.channels, about.tooling, about.exercises,
        about.assumptions,
    )  # fmt: skip
    named += [(id_, rule.reading) for register in rules for id_, rule in register.items()]
    named += [("notices", reading) for reading in (*policy.notices.readings, policy.notices.approval_reading)]
    named += [("notices", policy.notices.rhythm.reading)] if policy.notices.rhythm is not None else []
    named.append((policy.calendar.zone_name, about.calendar_reading))
    named += [(role.id, reading) for role in policy.roles.values() for reading in role.readings]
    resting: dict[str, list[str]] = {}
    for id_, reading in dict.fromkeys(named):
        resting.setdefault(reading, []).append(code(id_))
    return resting
