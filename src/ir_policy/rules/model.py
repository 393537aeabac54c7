"""A compiled policy: small frozen values, each carrying the clause it comes from.

Nothing here knows how documents are written, what happened or what time it is. A :class:`Policy` may be shared
between threads and processes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from attrs import frozen

from ir_policy.calendar import Calendar
from ir_policy.clocks import LatestStart, Limit
from ir_policy.rules.about import About
from ir_policy.rules.choices import DoneBefore, IfMissed, OnScopeExit, Per, Polarity
from ir_policy.rules.conditions import Atom, Mask
from ir_policy.rules.messages import NoticeRules
from ir_policy.rules.templates import Template
from ir_policy.terms import Basis, Clause, FrozenMap, Phase, Severity, Source

__all__ = [
    "INTERNAL", "ActMatch", "AtRisk", "Document", "DoneBefore", "Duty", "Fact", "Family", "Forbidden", "Form", "Former", "Gate", "Given", "IfMissed", "MarkRule",
    "MarkSource", "Need", "NoticeRules", "OnScopeExit", "Per", "PhaseRule", "Policy", "Polarity", "RaiseRules", "Reading", "Recipients",
    "Release", "RoleRule", "SeverityRow", "Within",
]  # fmt: skip

INTERNAL: Final = "internal"
"""The recipient of a duty nobody outside receives."""


@frozen(eq=False, repr=False)
class Document:
    """One of the documents a policy is composed of."""

    kind: str
    """``policy``, ``law``, ``contract`` or ``calendar``."""
    id: str
    version: str
    title: str
    digest: str
    """Covers what it says, not its comments and layout."""
    status: str = ""
    written: str = ""
    """Its text as somebody wrote it, line feeds between lines: whoever keeps the text of each can load the policy again."""


@frozen(eq=False, repr=False)
class Reading:
    """Our interpretation of an open clause, named so that its owner can change it in the document."""

    id: str
    clause: Clause
    text: str
    options: tuple[str, ...]
    adds: bool
    """Whether it adds something the source does not contain: then it only advises until accepted."""
    accepted_by: str

    @property
    def advisory(self) -> bool:
        return self.adds and not self.accepted_by


@frozen(eq=False, repr=False)
class Fact:
    """Something that is so, is not so, or is not known; its polarity says which answer makes matters worse, if either."""

    id: str
    means: str
    polarity: Polarity


@frozen(eq=False, repr=False)
class Family:
    """Facts that share a group, such as one for each client."""

    id: str
    means: str
    polarity: Polarity
    members: frozenset[str]
    """The members there can be; empty when the family is open."""
    known: tuple[str, ...]
    """Members that exist for certain: each counts as affected until somebody says no."""


@frozen(eq=False, repr=False)
class RoleRule:
    """A role, and who may act in it before anybody takes it."""

    id: str
    title: str
    contact: str
    """Who may act in the role until somebody takes it."""
    does: str
    held_by_one: bool = False
    """Whoever takes it ends the tenure of whoever held it."""
    succession: tuple[str, ...] = ()
    """Who may take it in turn, for the time being, when whoever acts in it does not answer a page: people and roles."""
    warns_with: tuple[str, ...] = ()
    """Roles that its only holder should not be the only holder of."""
    readings: tuple[str, ...] = ()


@frozen(eq=False, repr=False)
class MarkSource:
    """One way a mark is set: by an event, a finding, a fact's yes, or by the engine itself.

    ``kind`` is ``event``, ``finding``, ``fact``, ``decision``, ``level`` or ``duty``.
    """

    kind: str
    name: str
    field: str = ""
    """The event's field that holds the instant; its own time when empty."""
    position: str = ""
    saying: str = ""
    """Only an event that states this field sets it; any when empty."""


@frozen(eq=False, repr=False)
class MarkRule:
    """A named instant a clock can start from, and everything that sets it."""

    id: str
    means: str
    per: Per
    sources: tuple[MarkSource, ...]
    reading: str
    corrected_by: tuple[str, ...]
    """Roles that may move it later by a correction; with none, evidence is enough."""


@frozen(eq=False, repr=False)
class SeverityRow:
    """One row of the severity matrix: a level, when it is supported, and the clause that says so."""

    id: str
    clause: Clause
    level: Severity
    when: Mask
    otherwise: bool
    example: str
    reading: str = ""


@frozen(eq=False, repr=False)
class RaiseRules:
    """Threats that raise the level the rows give, once, however many there are."""

    levels: int
    clause: Clause
    rules: FrozenMap[str, Mask]
    reading: str = ""


@frozen(eq=False, repr=False)
class PhaseRule:
    """One phase of the response, and the clause it comes from."""

    phase: Phase
    clause: Clause
    means: str
    steps: tuple[str, ...]
    """The steps of the response that belong to it, in the order the policy names them."""


@frozen(eq=False, repr=False)
class Within:
    """A limit with what stands behind it."""

    limit: Limit
    basis: Basis
    reading: str


@frozen(eq=False, repr=False)
class Recipients:
    """To whom a duty is owed: one recipient, each member of a family of facts, whoever another duty is owed to, or
    whoever the event went to that asks for it."""

    when: Mask | None
    to: str
    """The fixed recipient; empty when it is owed to each of a family."""
    each: str = ""
    """The family of facts that names the affected ones."""
    among: frozenset[str] = frozenset()
    group: str = ""
    as_: str = ""
    """How the recipients are called: ``client`` gives ``client/acme``."""
    unnamed: str = ""
    """Whom it is owed to while nobody is named."""
    owed: str = ""
    """The duty whose recipients it follows."""
    told: bool = False
    """Owed to the recipients of the event itself; only where a limit is given by the event."""


@frozen(eq=False, repr=False)
class ActMatch:
    """What discharges a duty. ``kind``: ``notice``, ``event``, ``step``, ``finding``, ``holding``, ``level``, ``hold``."""

    kind: str
    names: tuple[str, ...]
    stage: str = ""


@frozen(eq=False, repr=False)
class Given:
    """A duty that each event of a kind asks for anew: the fields of the event that say until when, of what, by whom."""

    kinds: tuple[str, ...]
    """The kinds of event that set the duty's mark; one that states ``due`` opens an obligation."""
    due: str
    item: str
    """The field that names what it is about: the same thing is owed once. Empty: the recipient is all there is."""
    owner: str


@frozen(eq=False, repr=False)
class Need:
    """What a duty needs done first: the enabling duty, and how long before its own deadline that is to begin."""

    duty: str
    lead: timedelta


@frozen(eq=False, repr=False)
class Duty:
    """A rule that something must be done: when, from which mark, within what, to whom, and what meets it."""

    id: str
    title: str
    clause: Clause
    document: str
    basis: Basis
    source: Source | None
    reading: str
    owed_by: str
    owed_to: tuple[Recipients, ...]
    when: Mask
    """The duty opens on a definite yes."""
    unless: Mask | None
    """Facts that exempt, once a person decides so and says why."""
    starts: tuple[str, ...]
    starts_latest: bool
    within: tuple[Within | None, ...]
    """The limit at each level, worst first; the same four times where the level does not matter."""
    opens_after: timedelta | None
    met_by: tuple[ActMatch, ...]
    must_state: tuple[str, ...]
    sets: str
    act: str
    per: Per
    on_scope_exit: OnScopeExit
    if_missed: IfMissed
    done_before: DoneBefore
    again_on_raise: Severity | None
    """Owed again when the governing level gets worse and is then this one or worse; ``None``: once."""
    waivable_by: tuple[str, ...]
    exempted_by: tuple[str, ...]
    given: Given | None
    """Where the limit is given by the event: which events ask for it, and how."""
    not_for: tuple[str, ...]
    """Not owed for an incident that is closed with one of these outcomes."""
    needs: Need | None = None
    """What is to be done before it can be; that is owed in its own right, with a latest start."""
    refers_to: tuple[str, ...] = ()
    """The roles it is referred to once its limit is past."""

    @property
    def enables(self) -> bool:
        """Whether it is owed because other duties need it, to whoever they are owed to."""
        return isinstance(self.within[0].limit if self.within[0] is not None else None, LatestStart)


@frozen(eq=False, repr=False)
class Former:
    """A rule that a newer version of the policy changed or dropped: what opened under it still ends by it."""

    duty: Duty
    policy: str
    """The id and version it stood in."""
    digest: str


@frozen(eq=False, repr=False)
class Forbidden:
    """One act a gate forbids. ``kind``: ``step``, ``phase``, ``event``, ``finding``, ``decision``, ``outcome`` or ``notice``."""

    kind: str
    name: str


@frozen(eq=False, repr=False)
class Form:
    """The form a text field of an event must have: ``{day}`` is the local day of detection, ``{summary}`` words."""

    field: str
    like: str
    at_most: int
    """The most characters it may have."""


@frozen(eq=False, repr=False)
class Release:
    """One way through a gate: a condition that holds, a role the actor has, that the actor is a person, fields the event states
    or their form, what was said of the notice's very text, or who wrote it."""

    condition: Mask | None
    roles: tuple[str, ...]
    states: tuple[str, ...]
    form: Form | None
    person: bool = False
    """Open to every person, and to no program."""
    notice: str = ""
    """``reviewed``, ``approved`` or ``cleared``: so is the text that is sent, or that is approved."""
    author: str = ""
    """``another``: the actor did not write the text. Any other word is a role every author of it could act in."""


@frozen(eq=False, repr=False)
class Gate:
    """A prohibition with a release. It bites unless its condition is a definite no."""

    id: str
    clause: Clause
    document: str
    says: str
    reading: str
    forbids: tuple[Forbidden, ...]
    when: Mask
    only_on_yes: bool
    """Bites only on a definite yes instead."""
    until: tuple[Release, ...]
    who: tuple[str, ...]
    waivable_by: tuple[str, ...]
    void: bool
    """Whether an event recorded against it is kept but has no effect."""

    def bites(self, yes: int, no: int) -> bool:
        """Whether its condition shuts it, given what is known to be so and not so; a release may open it still."""
        return self.when.holds(yes, no) if self.only_on_yes else self.when.possible(yes, no)

    def opened(self, yes: int, no: int) -> bool:
        """Whether a condition that releases it holds; roles and statements release it for one event only."""
        return any(release.condition is not None and release.condition.holds(yes, no) for release in self.until)


@frozen(eq=False, repr=False)
class AtRisk:
    """When an open obligation counts as at risk: less than this share of its limit left, or this long."""

    one_in: int
    """The share as the number of parts the limit is cut into: 5 for a fifth."""
    at_least: timedelta


@frozen(eq=False, repr=False)
class Policy:
    """One company policy composed with its laws, contracts and calendar; ready to be asked.

    ``digest`` covers everything that can change an answer, and ``semantics`` the meaning this library gives to it.
    """

    id: str
    version: str
    title: str
    status: str
    digest: str
    semantics: int
    zone_data: str
    documents: tuple[Document, ...]
    """Every document it is composed of, the company's own first. ``load_policy(first.written, documents=[one.written for one in the
    others])`` gives this policy again, unless holidays were passed in as values: those have no text."""
    calendar: Calendar
    at_risk: AtRisk
    notices: NoticeRules
    roles: FrozenMap[str, RoleRule]
    facts: FrozenMap[str, Fact]
    families: FrozenMap[str, Family]
    marks: FrozenMap[str, MarkRule]
    readings: FrozenMap[str, Reading]
    rows: tuple[SeverityRow, ...]
    raises: RaiseRules
    phases: tuple[PhaseRule, ...]
    reopens_to: Phase
    steps: FrozenMap[str, str]
    duties: FrozenMap[str, Duty]
    gates: FrozenMap[str, Gate]
    templates: FrozenMap[str, Template]
    """Texts kept ready, by id."""
    about: About
    """What the document says around its rules."""
    bits: FrozenMap[Atom, int]
    """One bit for each atom that any condition asks about."""
    bit_index: FrozenMap[tuple[str, str], int]
    """The same by kind and name."""
    worse_if_yes: int
    """Facts whose yes makes the matrix worse."""
    worse_if_no: int
    """Facts whose no makes the matrix worse."""
    mark_sources: FrozenMap[str, tuple[tuple[MarkRule, MarkSource], ...]]
    """What an event of a kind can set, by kind of event."""
    canonical: str
    """The canonical compiled form, as JSON text: what the digest is taken over."""
    former: FrozenMap[str, tuple[Former, ...]] = FrozenMap()
    """By duty, the rules an incident brings along that adopted this policy; none for a policy by itself."""
    newer: FrozenMap[str, Policy] = FrozenMap()
    """Documents at hand that an incident under this one may adopt, by digest."""
    programs: frozenset[str] = frozenset()
    """Names that act and are no persons: service accounts, and what signals come from."""

    def rules_of(self, duty_id: str) -> tuple[Duty, ...]:
        """Every rule of that name, the former ones first; empty when there is none."""
        here = (self.duties[duty_id],) if duty_id in self.duties else ()
        return (*(one.duty for one in self.former.get(duty_id, ())), *here) if self.former else here

    def all_rules(self) -> tuple[Duty, ...]:
        """Every rule that something must be done, those an incident brings along from earlier versions after the others."""
        return (*self.duties.values(), *(one.duty for formers in self.former.values() for one in formers))

    def asked_about(self, name: str) -> tuple[Duty, ...]:
        """The duties a question about what is settled is about: one by its name, or all that a statute stands behind."""
        found: dict[str, Duty] = {}
        for duty in self.all_rules():
            if name in (duty.id, duty.basis.value):
                found.setdefault(duty.id, duty)
        return tuple(found.values())

    def __repr__(self) -> str:
        return f"<Policy {self.id} {self.version} {self.digest[:15]}>"
