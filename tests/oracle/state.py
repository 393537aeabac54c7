"""What the interpreter keeps of a log: small values, and all that is known after so many steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ir_policy.clocks import Deadline
from ir_policy.log.events import Closed, Event, Notice, Page
from ir_policy.rules.conditions import Atom
from ir_policy.rules.model import Duty, Policy, Within
from ir_policy.terms import Phase, Severity, Truth

Stamp = tuple[datetime, datetime]
"""First and last instant something can have happened; as tuples they compare by start, then by end."""
Register = Callable[[Atom], Truth]

PENDING, ACTIVE, DISCHARGED, WAIVED, CANCELLED, LAPSED = (
    "pending", "active", "discharged", "waived", "cancelled", "lapsed",
)  # fmt: skip

OPENED, RAISE, OTHERWISE = "opened", "raise", "otherwise"


@dataclass(frozen=True)
class Due:
    """A deadline with the limit it comes from, the anchor it was reckoned from and the event that set it."""

    within: Within
    anchor: Stamp
    event: Event
    early: Deadline | None
    late: Deadline | None
    kind: str
    how: str
    """Whether its event ``opened`` (or revived) the obligation, was a ``raise`` that tightened it, or something else."""

    @property
    def missed_first(self) -> tuple[datetime, datetime]:
        assert self.early is not None
        assert self.late is not None
        return self.early.missed_from, self.late.missed_from


@dataclass(frozen=True)
class Judgement:
    """A review or an approval, as it is kept."""

    at: datetime
    digest: str
    recipients: tuple[str, ...]
    policy: str
    until: datetime | None


@dataclass
class Wait:
    """A review that was asked for, from when to when it waited, and what it was to let go out."""

    start: datetime
    end: datetime | None
    duties: tuple[str, ...]
    recipients: tuple[str, ...]


@dataclass
class Record:
    """What is known of one notice."""

    notice: str
    life: str = "unwritten"
    text: Notice | None = None
    """The text as it stands: the last that was drafted or edited."""
    persons: set[str] = field(default_factory=set)
    """Those who wrote it."""
    roles: set[str] | None = None
    """The roles every one of its authors could act in when writing; nothing before there is one."""
    review: Judgement | None = None
    approval: Judgement | None = None
    waits: list[Wait] = field(default_factory=list)


@dataclass(eq=False)
class Obligation:
    """One duty, one recipient, one number."""

    duty: Duty
    recipient: str
    number: int
    episode: int
    opened_by: Event
    anchor: Stamp
    shown: Due | None = None
    binding: Due | None = None
    settled: str = ""
    """Empty while it is open or pending, else how it ended."""
    settled_at: Stamp | None = None
    not_required: bool = False
    superseded: bool = False
    repeat: bool = False
    level: Severity | None = None
    """The worst level that governed since it opened."""
    inside: bool = True
    """It was in scope when its duty was last looked at."""
    lapses: bool = False
    """The incident was closed while it ran: it lapses at the instant it is missed."""
    item: str = ""
    """What it is about, where the event that asked for it says so."""
    owner: str = ""
    """Who owes it, where the event names somebody; else the duty's own role does."""
    tightened: bool = False
    """The rule in force made it earlier while it ran under a former one: a count for those who make up logs."""
    settled_in: int = 0
    """The episode in which it was settled."""
    asked_by: list[Event] = field(default_factory=list)
    """The events that asked for it: none of them meets it."""
    met_by_act: Act | None = None
    """The act that met it; nothing where a state did."""
    lost: list[Act] = field(default_factory=list)
    """The sendings that had met it before they were known to have failed."""

    @property
    def key(self) -> str:
        return f"{self.duty.id}@{self.recipient}#{self.number}"

    def is_open(self) -> bool:
        return not self.settled

    def opens_at(self) -> datetime:
        return self.anchor[0] + (self.duty.opens_after or timedelta(0))

    def is_pending(self, at: datetime) -> bool:
        return self.is_open() and self.duty.opens_after is not None and at < self.opens_at()


@dataclass
class Episode:
    """What starts afresh when the incident is reopened."""

    detection: Stamp | None = None
    marks: dict[str, Stamp] = field(default_factory=dict)
    reached: dict[Severity, Stamp] = field(default_factory=dict)
    in_scope: dict[str, Stamp] = field(default_factory=dict)
    steps: set[str] = field(default_factory=set)
    entered: set[Phase] = field(default_factory=set)
    waived_gates: set[str] = field(default_factory=set)
    promised: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Sending:
    """A notice that was sent, completed from its draft."""

    duties: tuple[str, ...]
    recipients: tuple[str, ...]
    states: tuple[str, ...]
    stage: str
    next_update_by: datetime | None


@dataclass(frozen=True, eq=False)
class Act:
    """An effective event, kept because it may meet a duty now or later."""

    event: Event
    episode: int
    sending: Sending | None
    deciding: tuple[Stamp, ...] = ()
    """The stamp of an authorised decision; empty for any other act."""
    text: Notice | None = None
    """The text as it stood, where the event is one of a notice."""
    failed: set[str] = field(default_factory=set)
    """Whom a sending is known not to have reached."""


@dataclass
class State:
    """All that is known after so many steps."""

    policy: Policy
    """The one in force, and beside it what only earlier ones had of marks, facts, families, roles and steps."""
    documents: Mapping[str, Policy] = field(default_factory=dict)
    """What an adoption can name, by digest."""
    out_of_turn: Set[str] = frozenset()
    """The ids of adoptions that do not stand after everything the log held when it learnt of them."""
    former: list[Duty] = field(default_factory=list)
    """Rules of earlier versions that the one in force has otherwise or no more, oldest first."""
    adopted: list[str] = field(default_factory=list)
    """The digests of the documents that were adopted with an effect: a count for those who make up logs."""
    facts: dict[str, Truth] = field(default_factory=dict)
    findings: set[str] = field(default_factory=set)
    signals: list[bool] = field(default_factory=list)
    """For each ``detected`` so far, whether it said it was a drill."""
    drill: bool = False
    frozen_since: Stamp | None = None
    """Since when the freeze of data-subject requests is in force."""
    unknown_kind: bool = False
    closing: Closed | None = None
    """The closing that stands; nothing while the incident is open."""
    phase: Phase = Phase.DETECT
    not_applicable: set[Phase] = field(default_factory=set)
    tenures: dict[str, dict[str, Stamp]] = field(default_factory=dict)
    offers: list[tuple[str, str, str]] = field(default_factory=list)
    """Role, who offers it and to whom, of every hand-over that stands."""
    pages: list[tuple[int, Page]] = field(default_factory=list)
    """Every page that was sent or acknowledged, with its episode."""
    supported: Severity | None = None
    decided: Severity | None = None
    provisional: Severity | None = None
    remembered: Severity | None = None
    worst_so_far: Severity | None = None
    authorised: bool = False
    governing: Severity | None = None
    episodes: list[Episode] = field(default_factory=lambda: [Episode()])
    drafts: dict[str, Notice] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    """What is known of each notice, by its name."""
    exempted: set[tuple[str, str]] = field(default_factory=set)
    acts: list[Act] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    violations: list[tuple[str, str]] = field(default_factory=list)
    asked: list[tuple[str, bool]] = field(default_factory=list)
    """Every gate that was asked about an event, and whether it was shut: a count for those who make up logs."""
    happened: Counter[str] = field(default_factory=Counter)
    """What came about of notices: a count for those who make up logs."""

    @property
    def now(self) -> Episode:
        return self.episodes[-1]

    def rules(self) -> list[Duty]:
        """Every rule that something must be done, those of earlier versions first."""
        return [*self.former, *self.policy.duties.values()]

    def is_former(self, duty: Duty) -> bool:
        return any(duty is rule for rule in self.former)

    @property
    def closed(self) -> bool:
        return self.closing is not None

    @property
    def sending(self) -> Sending | None:
        """What the latest act sent, if it was a sending."""
        return self.acts[-1].sending


@dataclass
class Step:
    """What one event did, as far as later parts of the same step ask."""

    event: Event
    raised: bool = False
    """The governing level got worse."""
    lowered_in_error: bool = False
    turned_to_no: bool = False
    authorised_before: bool = False
    governed_before: bool = False
    """There was a governing level before it."""
    adopts: bool = False
    """It put the state under another policy."""
    superseded: dict[str, list[Obligation]] = field(default_factory=dict)
    """By duty, placeholders under former rules whose place named recipients take under the rule in force."""

    def how(self) -> str:
        """*Deadlines*: what sets a due in this step: a raise, or an opening."""
        return RAISE if self.raised and self.governed_before else OPENED


@dataclass(frozen=True)
class Row:
    """How one obligation stands at an instant."""

    duty: str
    status: str
    due_at: datetime | None
    due_kind: str
    boundary: str
    binding_due_at: datetime | None
    verdict: str
    breach: tuple[datetime, datetime, str] | None
    met_at: datetime | None
    late_by: timedelta | None
    episode: int
    opened_at: datetime
    anchor: datetime
    reckoned_from: datetime
    """The anchor of the due it shows, which a later one may have replaced."""
    item: str
    owed_by: str
    blocked_by: tuple[tuple[str, ...], ...]
    """The gates in the way of a sending; several answers where several texts leave equally few."""
