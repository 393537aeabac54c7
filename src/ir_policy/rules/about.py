"""What a policy says around its rules: what it covers and aims at, what it rests on, what is practised and still open.

Small frozen values, each with the clause it comes from. Nothing here decides anything: rules name these values, and
people read them.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from attrs import frozen

from ir_policy.clocks import Limit
from ir_policy.terms import Clause, FrozenMap, Severity

__all__ = [
    "About", "Acknowledgement", "Assumption", "Channel", "Chapter", "Covered", "Dependency", "Exercise", "LeftOut", "NOT_SET",
    "Objective", "OpenQuestion", "PAGES", "SeeAlso", "Setting", "Signal", "Tool",
]  # fmt: skip

NOT_SET: Final = "not set"
"""What a document writes where its owner still has to give a figure or a name."""

PAGES: Final = (
    "index", "severity", "phases", "who-does-what", "communications", "privacy", "readiness", "open-questions"
)  # fmt: skip
"""The pages a policy is shown on, in reading order."""


@frozen
class Setting:
    """A figure or a name the policy needs; ``value`` is ``None`` while its owner has not given it.

    Not set is not known: it is never zero, never "no limit", and whoever needs it is told what to ask.
    """

    value: str | None
    question: str
    """The open question that asks for it; empty where none does."""


@frozen(eq=False, repr=False)
class Chapter:
    """A section of the policy's source: the first word of the clauses below it, and the page it is shown on."""

    id: str
    title: str
    page: str


@frozen(eq=False, repr=False)
class Covered:
    """A kind of incident the policy speaks about, and the facts that report one."""

    id: str
    clause: Clause
    means: str
    facts: tuple[str, ...]


@frozen(eq=False, repr=False)
class LeftOut:
    """A kind of event the policy does not speak about."""

    id: str
    clause: Clause
    means: str
    fact: str
    """The fact that says an incident is of this kind; empty where none does."""
    unless: str
    """What brings it back into scope."""


@frozen(eq=False, repr=False)
class Objective:
    """What the response serves. Its figure is either its own ``target`` or the limit of a duty."""

    id: str
    clause: Clause
    means: str
    target: Setting | None
    """``None`` where a duty holds the figure."""
    duty: str
    facts: tuple[str, ...]
    """The facts that say it is at risk or lost."""
    given_in: str
    """The referenced page that holds the figure."""
    reading: str


@frozen(eq=False, repr=False)
class Dependency:
    """A service of somebody else that the portal stands on, and what goes down with it."""

    id: str
    title: str
    clause: Clause
    does: str
    fact: str
    functions: tuple[str, ...]
    channels: tuple[str, ...]
    reading: str


@frozen(eq=False, repr=False)
class Channel:
    """A way by which people are told or work is recorded."""

    id: str
    clause: Clause
    means: str
    carries: tuple[str, ...]
    """The duties whose messages go this way."""
    depends_on: tuple[str, ...]
    fallback: Setting | None
    """The channel used when it fails; ``None`` where the document does not speak of one."""
    reading: str


@frozen(eq=False, repr=False)
class Signal:
    """A place where incidents are first noticed, and the word for it in the event that opens one."""

    id: str
    clause: Clause
    means: str
    source: str


@frozen(eq=False, repr=False)
class Acknowledgement:
    """Whom a page goes to in turn, how long each has, and what happens when nobody answers."""

    levels: tuple[str, ...]
    """The people in the order they are paged: the primary, then the backups."""
    within: FrozenMap[Severity, timedelta]
    """How long each has to answer before the next is paged."""
    then: tuple[str, ...]
    """The roles that are paged when nobody on the list answered."""
    repeat: Severity | None
    """At this level and worse, paging goes on until somebody answers; ``None``: at no level."""
    times: int | None
    """How often they are paged at milder levels; ``None``: once, and not again."""
    unassessed: Severity | None
    """The level an incident counts as while nobody has assessed it; ``None``: nobody is paged until then."""
    holds: FrozenMap[Severity, timedelta]
    """How long an answer holds at each level; where a level is missing it holds to the end."""
    answered_by: str
    """The role that ends paging while somebody holds it; empty: no role does."""
    readings: FrozenMap[str, str]
    """The reading behind each of these, by the name of its field in the document; one that is missing names none."""


@frozen(eq=False, repr=False)
class Tool:
    """Something the response is run with, and what it holds."""

    id: str
    title: str
    clause: Clause
    means: str
    channel: str
    """The channel it is, where it is one."""
    holds: FrozenMap[str, str]
    """Its fields or contents, each with what stands there."""
    kept_from: FrozenMap[str, tuple[str, ...]]
    """For contents that a log tells of: the kinds of event whose evidence they are."""
    shown_by: str
    """The view that fills it from an incident: ``board``, ``evidence`` or none."""
    pattern: str
    """How what is made with it is called."""
    template: str
    """The referenced page it is filled in from."""
    code_words: tuple[str, ...]
    """Words that name something without saying what it is about."""
    paging: Acknowledgement | None
    reading: str
    open_question: str


@frozen(eq=False, repr=False)
class Exercise:
    """Something that is practised or looked through again in every calendar period."""

    id: str
    title: str
    clause: Clause
    every: str
    """``month``, ``quarter``, ``half-year`` or ``year``, in the policy's zone."""
    owed_by: str
    held_as: str
    """The kind of event that says a session was held."""
    covers: FrozenMap[str, str]
    """The scenarios each period must cover."""
    follows: str
    """The referenced page it is carried out by."""
    reading: str


@frozen(eq=False, repr=False)
class Assumption:
    """Something the policy takes for granted, and who keeps it true."""

    id: str
    clause: Clause
    means: str
    kept_by: str
    attested_within: Limit | None
    """How old the last confirmation may be."""
    reading: str


@frozen(eq=False, repr=False)
class OpenQuestion:
    """Something the owner still has to decide; until then the readings it names stand."""

    id: str
    clause: Clause
    text: str
    options: tuple[str, ...]
    readings: tuple[str, ...]
    asked_of: tuple[str, ...]
    switched_off: str
    """What a yes would add; it has no effect until then. Empty where the question adds nothing."""


@frozen(eq=False, repr=False)
class SeeAlso:
    """Another page the policy points to or was drawn from."""

    id: str
    title: str
    clause: Clause
    where: str
    used_for: str


@frozen(eq=False, repr=False)
class About:
    """Everything descriptive of one policy. What a document leaves out is empty here."""

    project: str
    owner: str
    reviewers: tuple[str, ...]
    language: str
    updated: date | None
    tags: tuple[str, ...]
    summary: str
    context: str
    people: FrozenMap[str, str]
    """How the people and teams that have an id are called."""
    clauses: FrozenMap[str, Chapter]
    covers: FrozenMap[str, Covered]
    leaves_out: FrozenMap[str, LeftOut]
    objectives: FrozenMap[str, Objective]
    functions: FrozenMap[str, str]
    dependencies: FrozenMap[str, Dependency]
    channels: FrozenMap[str, Channel]
    signals: FrozenMap[str, Signal]
    tooling: FrozenMap[str, Tool]
    exercises: FrozenMap[str, Exercise]
    assumptions: FrozenMap[str, Assumption]
    open_questions: FrozenMap[str, OpenQuestion]
    references: FrozenMap[str, SeeAlso]
    drawn_from: FrozenMap[str, SeeAlso]
    calendar_reading: str
    """The reading that says which zone, hours and holidays are meant."""
