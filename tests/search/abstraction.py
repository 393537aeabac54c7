"""What of an incident everything later depends on, as one value: two incidents with the same value behave alike.

The value holds what conditions can still ask of the facts, steps, marks and findings; levels; phases, episode and
closing; what is promised, waived and exempted; every obligation an event can still change; and of those that are
settled only what later steps ask of them, and whether there is a breach that must not get lost. Events, their names and
the numbers of obligations are left out: no rule asks about them. So is what only a further episode would ask, in the last
one a slice allows.

**Time.** No instant is kept. The engine does three things with an instant: it compares it with another one, it reckons
a deadline from it, and it hands it on. So of all instants that can still come into play (where marks stand, levels were
reached, acts were done, obligations are anchored and due, and the deadlines that would be reckoned from these marks)
only their order is kept, now among them, with ties. Deadlines that are past are all alike: what is reckoned from them
is missed, whichever was missed first. A deadline is kept with its boundary: at the very instant it is met where that
is inclusive, and missed where it is not.

Two incidents with the same order take the same next event to the same order, as long as each instant that is added
falls into the same place of it. It does where a slice reckons with one length of time: what is reckoned from now lies
behind all that was reckoned from earlier marks. Where it reckons with several, time passes either by moments that are
short beside every difference of two limits, or beyond all limits at once (see ``world.py``), and again each added instant has one place.
``test_abstraction.py`` tries it: pairs of different logs with equal values are given the same events and must stay equal.

**Notices.** Of a text its digest is left out: what was reviewed and approved is the text as it stands, since each edit
takes both away. Of reviews that were waited for only those that still wait, or ended just now, are kept: a deadline that
was missed before knows why. Of the sendings that met an obligation only the first is kept, as in time or late: a notice
that arrives after all meets it then. For that each recipient must hear by one notice, so that all its sendings fail together.

What is not in the value is not in the search: records that are late, imprecise or corrected, and what is good until an
instant somebody says.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

import ir_policy as ir
from ir_policy import Severity
from ir_policy.clocks import BeforeClosed, Deadline, Limit, due_of
from ir_policy.duties.case import Case
from ir_policy.duties.entries import Due, Entry, Status
from ir_policy.duties.held_back import HeldBack
from ir_policy.log.messages import NoticeRecord
from ir_policy.rules.conditions import Mask
from ir_policy.rules.model import DoneBefore, Duty, Per, Policy
from ir_policy.terms import LEVELS
from search.story import Slice

TIMELESS: Final = ("as-soon-as-practicable", "without-undue-delay", "before-close", "given", "latest-start")
"""Kinds of limit that reckon no deadline from a mark."""

Label = tuple[object, ...]
Placed = tuple[Label, datetime, bool]
"""What an instant is, the instant, and whether it is alike with all others once it is past."""


class Seen(NamedTuple):
    """An incident at an instant, as far as anything later depends on it."""

    key: Hashable
    coming: datetime | None
    """The next instant, after now, that can come into play."""


class Lens:
    """Looks at the incidents of one slice."""

    def __init__(self, slice_: Slice) -> None:
        self.policy = policy = slice_.policy
        self.last_episode = slice_.episodes - 1
        self._backdated = slice_.backdated
        self._reckons = slice_.reckons
        self._duties = tuple(policy.duties.values())
        self._by_level = any(_starts_by(policy, duty, "level") for duty in self._duties)
        self._ends_at_closing = any(
            within is not None and within.limit.kind == BeforeClosed.kind for d in self._duties for within in d.within
        )
        self._limits = {duty.id: tuple({id(w): w.limit for w in duty.within if w is not None}.values())
                        for duty in self._duties}  # fmt: skip
        self._is_timed = {duty.id: self._asks_anchor(duty) or duty.opens_after is not None
                          or any(limit.kind not in TIMELESS for limit in self._limits[duty.id])
                          for duty in self._duties}  # fmt: skip
        self._levels = {duty.id: _levels_of(policy, duty) for duty in self._duties}
        self._followed = {case.owed for duty in self._duties for case in duty.owed_to if case.owed}
        self._families = sorted({case.each for duty in self._duties for case in duty.owed_to if case.each})
        self._yes, self._no = _asked(policy)
        self._alike: dict[Hashable, Hashable] = {}
        self._reckoned: dict[tuple[Limit, datetime], Deadline | None] = {}

    def see(self, incident: ir.Incident, now: datetime) -> Seen:
        """The incident as it stands at ``now``, which no event of its log is later than."""
        case = incident._case
        placed = [*self._instants(case, now)]
        order = sorted({now, *(at for _, at, fades in placed if not (fades and at < now))})
        rank = {at: place for place, at in enumerate(order)}
        here = rank[now]
        places = tuple([-1 if fades and at < now else rank[at] for _, at, fades in placed])
        coming = order[here + 1] if here + 1 < len(order) else None
        labels = tuple([label for label, _, _ in placed])
        return Seen((self._once(self._standing(case, now)), self._once(labels), here, places), coming)

    def _once(self, value: Hashable) -> Hashable:
        """The same object for equal values: many states share them, and are many."""
        return self._alike.setdefault(value, value)

    # --- what stands, without instants ---

    def _standing(self, case: Case, now: datetime) -> Hashable:
        history, level = case.history, case.level
        last = history.episode >= self.last_episode
        return (
            history.yes & self._yes, history.no & self._no, history.phase, frozenset(history.phases_entered),
            frozenset(history.not_applicable), history.episode, history.closing is not None, history.outcome,
            history.drill, history.opaque, frozenset(history.waived_gates), frozenset(history.promised),
            frozenset(history.exempted), history.hold_since is not None,
            tuple(sorted((role, person) for role, people in history.holders.items() for person in people)),
            tuple(frozenset(history.families.get(family, {}).items()) for family in self._families),
            level.authorised, level.decided, level.raised, level.base if level.decided is not None else None,
            None if last else level.worst_decided, level.supported, level.governing,
            frozenset(self._ended(case, now)), tuple(_text(record) for _, record in sorted(history.notices.items())),
        )  # fmt: skip

    def _ended(self, case: Case, now: datetime) -> Iterator[Hashable]:
        """Settled obligations: what a later step asks of them, and whether there is a breach it must not lose."""
        for entry in case.ledger.entries.values():
            if _is_live(case, entry, now):
                continue
            if entry.missed(now if entry.settled is None else entry.settled.at):
                yield "breached", entry.duty.id
            if (
                not _is_past(case, entry) and not entry.duty.enables
            ):  # of those the next one opens, whatever became of this
                if case.ledger.latest[(entry.duty.id, entry.recipient)] == entry.key:
                    ended = entry.status if entry.status is not Status.ACTIVE else Status.LAPSED
                    yield entry.duty.id, entry.recipient, ended
                elif entry.duty.id in self._followed:
                    yield entry.duty.id, entry.recipient

    # --- instants, each with what it is ---

    def _instants(self, case: Case, now: datetime) -> Iterator[Placed]:
        history = case.history
        if self._by_level and history.detection is not None and not case.level.authorised:
            yield ("detection",), history.detection.at, False
        if self._ends_at_closing and history.closing is not None:
            yield ("closing",), history.closing.at, False
        for duty in self._duties:
            if not self._is_done(case, duty, now):
                yield from self._of_duty(case, duty, now)
        yield from _waiting(case, now)
        live = [entry for entry in case.ledger.entries.values() if _is_live(case, entry, now)]
        for entry in sorted(live, key=lambda one: (one.duty.id, one.recipient, one.n)):
            yield from self._of_entry(case, entry, now)

    def _is_done(self, case: Case, duty: Duty, now: datetime) -> bool:
        """Whether nothing later asks where the duty's marks stand: to its one recipient it is settled, or owed anew from
        a raise and so from that alone."""
        if len(duty.owed_to) != 1 or not duty.owed_to[0].to:
            return False
        entry = case.ledger.latest_to(duty.id, duty.owed_to[0].to)
        if entry is None or _is_past(case, entry):
            return False
        return entry.repeat or not _is_live(case, entry, now)

    def _of_duty(self, case: Case, duty: Duty, now: datetime) -> Iterator[Placed]:
        reckoned: list[tuple[datetime, list[Deadline]]] = []
        timed = self._is_timed[duty.id]
        for label, at in self._marks(case, duty):
            yield label, at if timed else now, False
            dues = [due for limit in self._limits[duty.id] if (due := self._due(limit, at)) is not None]
            yield from (((*label, place), due.at, True) for place, due in enumerate(dues))
            reckoned.append((at, dues))
            yield from (((*label, length), at + length, True) for length in self._reckons)
            if duty.opens_after is not None:
                yield (*label, "opens"), at + duty.opens_after, True
        if duty.done_before is not DoneBefore.DOES_NOT_COUNT:
            yield from self._acts(case, duty, reckoned, now)
        for match in duty.met_by:
            for role in match.names if match.kind == "holding" else ():
                for person, tenure in case.history.holders.get(role, {}).items():
                    yield ("tenure", role, person), tenure.since.at, False
            if match.kind == "hold" and case.history.hold_since is not None:
                yield ("hold",), case.history.hold_since.at, False

    def _marks(self, case: Case, duty: Duty) -> Iterator[tuple[Label, datetime]]:
        """Where the marks stand that a duty may start from."""
        if self._backdated:
            yield (duty.id, "backdated"), case.history.detection.at
        for mark in duty.starts:
            stamp = case.history.mark(mark, duty.per)
            if stamp is not None:
                yield (duty.id, mark), stamp.at
            for source in self.policy.marks[mark].sources:
                if source.kind == "level":
                    for level in self._levels[duty.id]:
                        if level in case.level.reached:
                            yield (duty.id, mark, level), case.level.reached[level].at
                elif source.kind == "duty":
                    register = case.ledger.in_scope_first if duty.per is Per.INCIDENT else case.ledger.in_scope
                    if duty.id in register:
                        yield (duty.id, mark, "scope"), register[duty.id].at

    def _due(self, limit: Limit, anchor: datetime) -> Deadline | None:
        if (limit, anchor) not in self._reckoned:
            self._reckoned[limit, anchor] = due_of(limit, anchor, self.policy.calendar)[0]
        return self._reckoned[limit, anchor]

    def _acts(
        self, case: Case, duty: Duty, reckoned: list[tuple[datetime, list[Deadline]]], now: datetime
    ) -> Iterator[Placed]:
        """Acts that may meet the duty once it opens: of each sort the earliest that counts from each of its marks, with
        what it would be too late for; and any of now, which count from a mark of now."""
        anywhen = duty.done_before is DoneBefore.COUNTS
        kinds = {(match.kind, name) for match in duty.met_by for name in match.names}
        sorts: dict[Label, datetime] = {}
        for act in case.history.acts:
            if (act.kind, act.name) not in kinds or (duty.per is Per.EPISODE and act.episode != case.history.episode):
                continue
            at = act.stamp.at
            counts = [place for place, (anchor, _) in enumerate(reckoned) if anywhen or at >= anchor]
            for which in (*counts, *(("now",) if anywhen or at == now else ())):
                sort = (duty.id, act.kind, act.name, act.duties, act.recipients, act.states, which)
                sorts[sort] = min(at, sorts.get(sort, at))
        for sort, at in sorted(sorts.items(), key=repr):
            late = tuple(due.missed(at) for due in reckoned[sort[-1]][1]) if sort[-1] != "now" else ()
            yield (*sort, late), now, False

    def _asks_anchor(self, duty: Duty) -> bool:
        """Whether anything is compared with where an obligation is anchored: acts done before, or a state that lasts."""
        lasts = any(match.kind in ("holding", "hold") for match in duty.met_by)
        return lasts or duty.done_before is DoneBefore.COUNTS_SINCE_MARK

    def _of_entry(self, case: Case, entry: Entry, now: datetime) -> Iterator[Placed]:
        """An obligation that an event can still change; its own state stands in the label of its anchor."""
        missed_first = entry.settled is not None and entry.missed(entry.settled.at)
        whose: Label = ("owed", entry.duty.id, entry.recipient, _is_past(case, entry))
        own = (
            *whose, entry.status, entry.level, entry.in_scope, entry.not_required, entry.superseded, entry.lapses,
            entry.repeat, entry.item, entry.owner, missed_first, _cause(case, entry, now), *_sendings(case, entry),
        )  # fmt: skip
        yield own, entry.anchor.at if entry.repeat or self._asks_anchor(entry.duty) else now, False
        if entry.opens_at is not None:
            yield (*whose, "opens"), entry.opens_at, True
        for name, due in (("due", entry.due), ("firm", entry.firm)):
            if due is not None:
                yield from _of_due((*whose, name, due.kind), due)
        needs = entry.duty.needs
        if needs is not None and entry.due is not None and entry.due.deadline is not None:
            yield (*whose, "latest start"), entry.due.deadline.at - needs.lead, True
        for limit in self._limits[entry.duty.id] if entry.repeat else ():
            due = self._due(limit, entry.anchor.at)
            if due is not None:
                yield (*whose, "repeat", limit), due.at, True


def _of_due(label: Label, due: Due) -> Iterator[Placed]:
    for which, deadline in (("at", due.deadline), ("latest", due.latest)):
        if deadline is not None:
            yield (*label, which, deadline.inclusive), deadline.at, True


def _is_past(case: Case, entry: Entry) -> bool:
    """Whether it belongs to an earlier episode, so that only an act, a waiver or time ends it."""
    return entry.duty.per is Per.EPISODE and entry.episode != case.history.episode


def _is_live(case: Case, entry: Entry, now: datetime) -> bool:
    """Whether a later event can still change the obligation: it is open, or cancelled and may be revived."""
    if entry.status is Status.CANCELLED:
        return not _is_past(case, entry) and not entry.duty.enables
    return entry.is_open(now) or bool(_sendings(case, entry))


def _cause(case: Case, entry: Entry, now: datetime) -> str:
    """Why its breach came about, once there is one, or would be there if what met it had failed."""
    firm = entry.firm
    if firm is None or firm.latest is None or not entry.missed(now):
        return ""
    waited = HeldBack(case.policy, case.history, (0, 0), now).waited(entry, firm.latest.at)
    return firm.cause if firm.missed_when_set() else "gate" if waited else ""


# --- notices --------------------------------------------------------------------------------------------


def _text(record: NoticeRecord) -> Hashable:
    """A notice, as far as a later step asks of it."""
    text = (record.draft.duties, record.draft.recipients, record.draft.states) if record.draft is not None else None
    words = tuple((one.digest == record.digest, one.recipients) if one is not None else None
                  for one in (record.review, record.approval))  # fmt: skip
    told = tuple(sorted({(one.recipient, record.reached(one.recipient).state) for one in record.told}))
    return record.id, record.state, text, record.persons, record.roles, words, record.asked is not None, told


def _waiting(case: Case, now: datetime) -> Iterator[Placed]:
    """Reviews for which somebody began or ceased to wait this very instant: it may be a deadline's."""
    for id_, record in sorted(case.history.notices.items()):
        ends = {(name, at) for wait in record.waits for name, at in (("since", wait.since), ("until", wait.until))}
        yield from ((("waits", id_, name), now, False) for name, at in sorted(ends, key=repr) if at == now)


def _sendings(case: Case, entry: Entry) -> Label:
    """Whether it was, and would again be, in time by the first sending of a notice that met it; nothing where none did."""
    sent = {one.event for record in case.history.notices.values() for one in record.told if one.state == "sent"}
    met = [act.stamp.at for act in case.history.acts if act.event in sent & {*entry.undone, entry.settled_by}]
    return (entry.missed(min(met)),) if met else ()


def _starts_by(policy: Policy, duty: Duty, kind: str) -> bool:
    return any(source.kind == kind for mark in duty.starts for source in policy.marks[mark].sources)


def _levels_of(policy: Policy, duty: Duty) -> tuple[Severity, ...]:
    """The levels whose stamp can move a clock of the duty: of those at which it can be owed the mildest for each limit.

    A level is reached no later than those that are worse, so the mildest has the earliest stamp.
    """
    mildest = {id(duty.within[level.index]): level for level in LEVELS
               if duty.when.possible(*_nothing_known_but(policy, level))}  # fmt: skip
    return tuple(mildest.values())


def _nothing_known_but(policy: Policy, level: Severity) -> tuple[int, int]:
    bits = {other: policy.bit_index.get(("severity", other.value), 0) for other in LEVELS}
    return _bits(bits[o] for o in LEVELS if not o.worse_than(level)), _bits(
        bits[o] for o in LEVELS if o.worse_than(level)
    )


def _asked(policy: Policy) -> tuple[int, int]:
    """The atoms of which a condition asks whether they are so, and those of which one asks whether they are not.

    "Definitely so" asks for the yes of an atom and for the no of a negated one; "not definitely false", which opens no
    gate, the other way round.
    """
    duties, gates = policy.duties.values(), policy.gates.values()
    definite: list[Mask] = [
        *(row.when for row in policy.rows), *policy.raises.rules.values(), *(duty.when for duty in duties),
        *(duty.unless for duty in duties if duty.unless is not None),
        *(case.when for duty in duties for case in duty.owed_to if case.when is not None),
        *(gate.when for gate in gates if gate.only_on_yes),
        *(release.condition for gate in gates for release in gate.until if release.condition is not None),
    ]  # fmt: skip
    possible = [gate.when for gate in gates if not gate.only_on_yes]
    return (
        _bits(term[0] for mask in definite for term in mask.terms) | _bits(t[1] for mask in possible for t in mask.terms),
        _bits(term[1] for mask in definite for term in mask.terms) | _bits(t[0] for mask in possible for t in mask.terms),
    )  # fmt: skip


def _bits(masks: Iterable[int]) -> int:
    bits = 0
    for mask in masks:
        bits |= mask
    return bits
