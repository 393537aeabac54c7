"""The fold: what a log says is so. Facts, marks, acts, tenures, phases, episodes; and nothing about duties.

A :class:`History` is changed only inside one step of the desk, on a branch nobody else holds; once handed out it
never changes again. "Yes" and "no" are two integers over the policy's atoms (see ``rules/conditions.py``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from itertools import repeat
from operator import attrgetter
from typing import Any, Final

from ir_policy.log.acts import Act, FactState
from ir_policy.log.events import (
    BreachFinding,
    Closed,
    Detected,
    Event,
    FactsReported,
    Hold,
    Merged,
    Notice,
    NotNotifying,
    Opaque,
    Page,
    PhaseChange,
    Reopened,
    RoleChange,
    StepDone,
    Waived,
)  # fmt: skip
from ir_policy.log.grown import Grown
from ir_policy.log.messages import NoticeRecord, after
from ir_policy.log.tenures import (
    SUCCESSION,
    Offer,
    Paged,
    Stamp,
    Tenure,
    changed,
    may_act_as,
    persons_of,
    stamp_of,
)
from ir_policy.rules.machines.notice import NOTICE
from ir_policy.rules.model import MarkRule, MarkSource, Per, Policy
from ir_policy.terms import Phase, Truth

__all__ = ["Act", "FactState", "History", "Stamp", "Tenure", "stamp_of"]


class History:
    """What is so after some events. Read it freely; only the desk advances it."""

    __slots__ = (
        "acts",
        "changed_families",
        "changed_marks",
        "closing",
        "detection",
        "drill",
        "episode",
        "exempted",
        "facts",
        "families",
        "findings",
        "first_marks",
        "hold_since",
        "holders",
        "marks",
        "merged_into",
        "no",
        "not_applicable",
        "notices",
        "offers",
        "opaque",
        "outcome",
        "pages",
        "phase",
        "phases_entered",
        "promised",
        "retracted",
        "signals",
        "steps",
        "tenures",
        "undelivered",
        "waived_gates",
        "words_end",
        "yes",
    )  # fmt: skip

    def __init__(self, policy: Policy) -> None:
        self.yes = 0
        self.no = _all_but_facts(policy)
        self.facts: dict[str, FactState] = {}
        self.families: dict[str, dict[str, Truth]] = {}
        self.marks: dict[str, Stamp] = {}
        self.first_marks: dict[str, Stamp] = {}
        self.steps: dict[str, Stamp] = {}
        self.findings: dict[str, Stamp] = {}
        self.acts: Grown[Act] = Grown()
        self.notices: dict[str, NoticeRecord] = {}
        self.words_end = False
        """Whether a review, or a text cleared beforehand, may stop being good by time alone."""
        self.tenures: Grown[Tenure] = Grown()
        self.holders: dict[str, dict[str, Tenure]] = {}
        self.offers: tuple[Offer, ...] = ()
        self.pages: Grown[Paged] = Grown()
        self.phase = Phase.DETECT
        self.phases_entered: set[Phase] = {Phase.DETECT}
        self.not_applicable: dict[Phase, str] = {}
        self.episode = 0
        self.detection: Stamp | None = None
        self.drill = False
        self.signals = 0
        """How many times it was detected."""
        self.closing: Stamp | None = None
        """When it was closed; ``None`` while it is open."""
        self.outcome = ""
        self.merged_into = ""
        """The incident this one goes on as; empty while it is on its own."""
        self.exempted: dict[tuple[str, str], str] = {}
        self.waived_gates: set[str] = set()
        self.promised: set[str] = set()
        self.hold_since: Stamp | None = None
        """Since when the freeze is in force; ``None`` while it is not."""
        self.undelivered: dict[str, frozenset[str]] = {}
        """By the event of a sending, the recipients it is known not to have reached."""
        self.opaque = 0
        # What the last step touched; the ledger looks only at duties that watch these.
        self.changed_marks: set[str] = set()
        self.changed_families: set[str] = set()
        self.retracted: set[str] = set()
        self.set_phase(policy, Phase.DETECT)
        self.set_atom(policy, "unassessed", "unassessed", Truth.YES)

    def branch(self) -> History:
        """A copy that can be advanced without touching this one: collections are replaced, never changed."""
        twin = object.__new__(History)
        deque(map(setattr, repeat(twin), _SLOTS, _ALL_OF(self)), maxlen=0)  # a loop would take half the step
        return twin

    # --- questions --------------------------------------------------------------------------------------

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed, to the instant the record gives; ``None`` while it is open."""
        return self.closing.at if self.closing is not None else None

    def may_act_as(self, policy: Policy, role: str, actor: str) -> bool:
        """Whether the actor has a role's authority: as its holder, as the role itself, or as its primary contact
        while nobody holds it."""
        return may_act_as(policy, self.holders, role, actor)

    def persons_of(self, policy: Policy, by: str) -> frozenset[str]:
        """Whom a name stands for: itself, or where it is a role, whoever holds that, or its primary contact while nobody does.

        Two acts were done by different people when these have nobody in common.
        """
        return persons_of(policy, self.holders, by)

    def offers_that_stand(self, policy: Policy, event: RoleChange | None = None) -> tuple[Offer, ...]:
        """Hand-overs that are offered and not answered, by somebody who may act in the role; without the one an event is about."""
        about = (event.role, event.person, event.to) if event is not None else None
        return tuple(
            one
            for one in self.offers
            if (one.role, one.person, one.to) != about and self.may_act_as(policy, one.role, one.person)
        )

    def promote(self, role: str, person: str) -> None:
        """Note that the tenure began because whoever acted in the role before did not answer."""
        people = self.holders[role]
        self.holders = {**self.holders, role: {**people, person: people[person]._replace(how=SUCCESSION)}}

    def is_person(self, policy: Policy, by: str) -> bool:
        """Whether somebody behind the name is no program."""
        return not self.persons_of(policy, by) <= policy.programs

    def in_place(self, policy: Policy, recipients: Sequence[str]) -> bool:
        """Whether a drill's message goes to whoever hears in place of everybody outside."""
        return self.drill and policy.notices.in_drills in recipients

    def draft_of(self, event: Notice) -> Notice | None:
        """The text of that notice as it stands; ``None`` where the log holds none."""
        record = self.notices.get(event.notice)
        return record.draft if record is not None else None

    def mark(self, name: str, per: Per) -> Stamp | None:
        """Where a mark stands: for a duty of the whole incident, its earliest in any episode."""
        return (self.first_marks if per is Per.INCIDENT else self.marks).get(name)

    # --- the fold ---------------------------------------------------------------------------------------

    def advance(self, policy: Policy, event: Event) -> None:
        """Take in one event that has its effect."""
        self.changed_marks = set()
        self.changed_families = set()
        self.retracted = set()
        handle = _HANDLERS.get(event.kind)
        if handle is not None:
            handle(self, policy, event)
        elif isinstance(event, Opaque):
            self.opaque += 1
        if event.kind in _meeting(policy):
            self._act(event, "event", event.kind)
        for mark, source in _sources_of(policy, event.kind):
            self._set_by(policy, mark, source, event)

    def skip(self) -> None:
        """Note that an event had no effect."""
        self.changed_marks = set()
        self.changed_families = set()
        self.retracted = set()

    def set_mark(self, policy: Policy, name: str, stamp: Stamp) -> None:
        """Let a mark stand at this instant, unless it already stands earlier."""
        standing, first = self.marks.get(name), self.first_marks.get(name)
        if standing is None or stamp < standing:
            self.marks = {**self.marks, name: stamp}
            self.changed_marks.add(name)
        if first is None or stamp < first:
            self.first_marks = {**self.first_marks, name: stamp}
            self.changed_marks.add(name)
        self.set_atom(policy, "mark", name, Truth.YES)

    def set_atom(self, policy: Policy, kind: str, name: str, truth: Truth) -> None:
        """What is known of one atom, where any condition asks about it."""
        bit = policy.bit_index.get((kind, name))
        if bit is None:
            return
        self.yes = self.yes | bit if truth is Truth.YES else self.yes & ~bit
        self.no = self.no | bit if truth is Truth.NO else self.no & ~bit

    def set_phase(self, policy: Policy, phase: Phase) -> None:
        so, others = _bits_in(policy)[phase]
        self.yes, self.no = (self.yes | so) & ~others, (self.no | others) & ~so
        self.phase = phase
        self.phases_entered = self.phases_entered | {phase}

    def _set_by(self, policy: Policy, mark: MarkRule, source: MarkSource, event: Event) -> None:
        if source.kind == "event":
            at = getattr(event, source.field) if source.field else None
            if (source.field and at is None) or (source.saying and not self.said(event, source.saying)):
                return
            self.set_mark(policy, mark.id, Stamp(at, at) if at is not None else stamp_of(event))
        elif source.kind == "finding" and isinstance(event, BreachFinding):
            # A finding that names no position speaks for both.
            if event.finding == source.name and event.position in ("", source.position or event.position):
                self.set_mark(policy, mark.id, stamp_of(event))
        elif source.kind == "fact" and isinstance(event, FactsReported):
            if event.facts.get(source.name) is Truth.YES:
                self.set_mark(policy, mark.id, stamp_of(event))

    def said(self, event: Event, name: str) -> Any:
        """What the event says in a field; a sending leaves to its draft what it does not say itself."""
        value = getattr(event, name, None)
        if not value and event.kind == "notice-sent" and isinstance(event, Notice):
            return getattr(self.draft_of(event), name, None)
        return value

    def _detected(self, policy: Policy, event: Event) -> None:
        assert isinstance(event, Detected)
        if self.detection is None:
            self.detection = stamp_of(event)
        # A drill is one only while every signal says so: a real signal ends it, no signal can declare one later.
        self.drill = event.drill and (self.drill or not self.signals)
        self.signals += 1
        self.set_atom(policy, "drill", "drill", Truth.YES if self.drill else Truth.NO)

    def _facts_reported(self, policy: Policy, event: Event) -> None:
        assert isinstance(event, FactsReported)
        since = event.since if event.since is not None else event.at
        self.facts = dict(self.facts)
        for fact, truth in event.facts.items():
            if truth is Truth.NO and self._counted(policy, fact):
                self.retracted.add(fact)
            self.facts[fact] = FactState(truth, event.at, since, event.by, event.id)
            self.set_atom(policy, "fact", fact, truth)
            family, _, member = fact.partition("/")
            if member and family in policy.families:
                self.families = {**self.families, family: {**self.families.get(family, {}), member: truth}}
                self.changed_families.add(family)
        for family in self.changed_families:
            some = Truth.YES if Truth.YES in self.families[family].values() else Truth.UNKNOWN
            self.set_atom(policy, "some", family, some)

    def _counted(self, policy: Policy, fact: str) -> bool:
        """Whether the fact had an effect until now: it was a yes, or a member of a family nobody had ruled out."""
        before = self.facts.get(fact)
        family, _, member = fact.partition("/")
        if member and family in policy.families:
            return before.truth is not Truth.NO if before is not None else member in policy.families[family].known
        return before is not None and before.truth is Truth.YES

    def _role_changed(self, policy: Policy, event: Event) -> None:
        assert isinstance(event, RoleChange)
        people, ended = changed(policy, self.holders, event)
        for tenure in ended:
            self.tenures = self.tenures.plus(tenure)
        self.holders = {**self.holders, event.role: people}
        self.offers = self.offers_that_stand(policy, event)

    def _offer(self, policy: Policy, event: Event) -> None:
        assert isinstance(event, RoleChange)
        self.offers = self.offers_that_stand(policy, event)
        if event.kind == "handover-offered" and self.may_act_as(policy, event.role, event.person):
            self.offers = (*self.offers, Offer(event.role, event.person, event.to, stamp_of(event)))

    def _paged(self, policy: Policy, event: Event) -> None:
        assert isinstance(event, Page)
        answered = event.kind == "page-acknowledged"
        page = Paged(answered, event.level, event.person, Stamp(event.at, event.latest), self.episode)
        self.pages = self.pages.plus(page)

    def _phase_entered(self, policy: Policy, event: Event) -> None:
        assert isinstance(event, PhaseChange)
        if event.phase is not Phase.DETECT:  # where every incident begins; it is never entered
            self.set_phase(policy, event.phase)

    def _phase_not_applicable(self, policy: Policy, event: Event) -> None:
        assert isinstance(event, PhaseChange)
        self.not_applicable = {**self.not_applicable, event.phase: event.reason}

    def _step_done(self, policy: Policy, event: Event) -> None:
        assert isinstance(event, StepDone)
        if event.step not in self.steps:
            self.steps = {**self.steps, event.step: stamp_of(event)}
        self.set_atom(policy, "step", event.step, Truth.YES)
        self._act(event, "step", event.step)

    def _noticed(self, policy: Policy, event: Event) -> None:
        """One more event in the life of a notice."""
        assert isinstance(event, Notice)
        if event.kind == "notice-sent":
            self._notice_sent(policy, event)
        if not event.notice:
            return
        roles = frozenset(role for role in policy.roles if self.may_act_as(policy, role, event.by))
        record = self.notices.get(event.notice) or NoticeRecord(event.notice)
        record = after(record, event, self.persons_of(policy, event.by), roles, policy.digest)
        self.notices = {**self.notices, event.notice: record}
        dated = record.review is not None and record.review.until is not None
        self.words_end = self.words_end or dated or bool(record.draft is not None and record.draft.template)
        if event.kind in ("notice-failed", "notice-delivered"):
            self._on_its_way(event, record)
        if event.kind == "notice-reviewed" and record.draft is not None:
            text = record.draft
            act = Act("notice", "reviewed", stamp_of(event), event.id, self.episode, text.duties, text.recipients,
                      to_all=self.in_place(policy, text.recipients))  # fmt: skip
            self.acts = self.acts.plus(act)

    def _on_its_way(self, event: Notice, record: NoticeRecord) -> None:
        """A sending that failed did not reach its recipient, until it turns out that it did."""
        named = {one.recipient for one in record.told if one.event == event.id}
        self.undelivered = dict(self.undelivered)
        for one in record.told:
            if one.state != "sent" or one.recipient not in named:
                continue
            failed = self.undelivered.get(one.event, frozenset())
            alone = frozenset({one.recipient})
            self.undelivered[one.event] = failed | alone if event.kind == "notice-failed" else failed - alone

    def _notice_sent(self, policy: Policy, event: Notice) -> None:
        duties, recipients, states = (self.said(event, name) or () for name in ("duties", "recipients", "states"))
        in_place = self.in_place(policy, recipients)
        act = Act("notice", "sent", stamp_of(event), event.id, self.episode, duties, recipients, states,
                  self.said(event, "stage") or "", in_place)  # fmt: skip
        self.acts = self.acts.plus(act)
        if self.said(event, "next_update_by") is not None:
            self.promised = self.promised.union(recipients)

    def _found(self, policy: Policy, event: Event) -> None:
        assert isinstance(event, BreachFinding)
        if event.finding not in self.findings:
            self.findings = {**self.findings, event.finding: stamp_of(event)}
        self.set_atom(policy, "finding", event.finding, Truth.YES)
        self._act(event, "finding", event.finding)

    def _not_notifying(self, policy: Policy, event: Event) -> None:
        assert isinstance(event, NotNotifying)
        self.exempted = {**self.exempted, (event.duty, event.recipient): event.id}

    def _hold(self, policy: Policy, event: Event) -> None:
        assert isinstance(event, Hold)
        if event.kind == "hold-released":
            self.hold_since = None
        elif self.hold_since is None:
            self.hold_since = stamp_of(event)

    def _closed(self, policy: Policy, event: Event) -> None:
        assert isinstance(event, Closed)
        self.closing = stamp_of(event)
        self.outcome = event.outcome

    def _merged(self, policy: Policy, event: Event) -> None:
        assert isinstance(event, Merged)
        self.merged_into = event.into

    def _waived(self, policy: Policy, event: Event) -> None:
        assert isinstance(event, Waived)
        if event.gate:
            self.waived_gates = self.waived_gates | {event.gate}

    def _reopened(self, policy: Policy, event: Event) -> None:
        """Begin the next episode: service marks, steps and phases start afresh, privacy marks stay."""
        assert isinstance(event, Reopened)
        self.episode += 1
        self.detection = stamp_of(event)
        self.closing, self.outcome, self.merged_into = None, "", ""
        self.waived_gates, self.promised, self.not_applicable = set(), set(), {}
        for step in self.steps:
            self.set_atom(policy, "step", step, Truth.NO)
        self.steps = {}
        gone = [name for name in self.marks if policy.marks[name].per is Per.EPISODE]
        self.marks = {name: stamp for name, stamp in self.marks.items() if name not in gone}
        for name in gone:
            self.changed_marks.add(name)
            self.set_atom(policy, "mark", name, Truth.NO)
        self.phases_entered = {Phase.DETECT}
        self.set_phase(policy, policy.reopens_to)

    def _act(self, event: Event, kind: str, name: str) -> None:
        self.acts = self.acts.plus(Act(kind, name, stamp_of(event), event.id, self.episode))


_SLOTS: Final = History.__slots__
_ALL_OF: Final = attrgetter(*_SLOTS)

_HANDLERS: Final = {
    "detected": History._detected,
    "facts-reported": History._facts_reported,
    "role-taken": History._role_changed,
    "role-released": History._role_changed,
    "handover-accepted": History._role_changed,
    "handover-offered": History._offer,
    "handover-declined": History._offer,
    "page-sent": History._paged,
    "page-acknowledged": History._paged,
    "phase-entered": History._phase_entered,
    "phase-not-applicable": History._phase_not_applicable,
    "step-done": History._step_done,
    **dict.fromkeys(NOTICE.events, History._noticed),
    "breach-finding": History._found,
    "not-notifying": History._not_notifying,
    "hold-started": History._hold,
    "hold-extended": History._hold,
    "hold-released": History._hold,
    "merged": History._merged,
    "closed": History._closed,
    "waived": History._waived,
    "reopened": History._reopened,
}


@lru_cache(maxsize=16)
def _meeting(policy: Policy) -> frozenset[str]:
    """The kinds of event that by themselves meet some duty."""
    return frozenset(
        name for duty in policy.all_rules() for act in duty.met_by if act.kind == "event" for name in act.names
    )


def _sources_of(policy: Policy, kind: str) -> tuple[tuple[MarkRule, MarkSource], ...]:
    return policy.mark_sources.get(kind, ())


@lru_cache(maxsize=16)
def _bits_in(policy: Policy) -> dict[Phase, tuple[int, int]]:
    """For each phase, the bit that is so while it lasts, and those of the others."""
    bits = {phase: policy.bit_index.get(("phase", phase.value), 0) for phase in Phase}
    return {phase: (bit, sum(bits.values()) - bit) for phase, bit in bits.items()}


@lru_cache(maxsize=16)
def _all_but_facts(policy: Policy) -> int:
    """The bits that are "no" before anything happened: everything but facts and levels, which are not known, and what
    is settled, which the ledger knows."""
    no = 0
    for atom, bit in policy.bits.items():
        if atom.kind not in ("fact", "severity", "some", "settled"):
            no |= bit
    return no
