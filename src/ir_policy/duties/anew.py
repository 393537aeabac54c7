"""Conclusions drawn anew: what a late or corrected event changed in what had been concluded before it was known.

An event draws conclusions anew when it belongs before events the log already held, when it corrects one, or when it
was recorded, or dated back, so late that a breach had been concluded which it withdraws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import takewhile
from typing import Final

from attrs import frozen

from ir_policy.duties.amend import TEXTS, amended
from ir_policy.duties.case import Case, fold
from ir_policy.duties.gates import Bite
from ir_policy.duties.judge import breached
from ir_policy.duties.own_rules import ADOPTIONS, NOTICES
from ir_policy.errors import Refusal
from ir_policy.log.events import Corrected, Event, PolicyAdopted
from ir_policy.log.history import stamp_of
from ir_policy.rules.model import Policy
from ir_policy.terms import Clause, rfc3339

__all__ = ["Correction", "all_drawn_anew", "drawn_anew", "folded", "in_order", "inverted", "order"]

ONLY_WHERE_ASKED: Final = frozenset({"note", "evidence-moved", "merged", "channel-opened", "page-sent", "page-acknowledged", "page-failed",
                            "action-opened", "action-closed"})  # fmt: skip
"""Kinds that change a conclusion only where a rule of the policy asks about them."""
WORDS: Final = frozenset({"notice-reviewed", "notice-approved"})
"""What is said of a text as it stood on record."""
KEPT_EVERY: Final = 64
"""How many events lie between two states that are kept while a log grows: folding so many takes as long as sorting it."""


@frozen
class Correction:
    """A conclusion that a late or corrected event changed: what was concluded before, what is now, and why."""

    what: str
    before: str
    after: str
    event: str
    reason: str


def order(event: Event) -> tuple[datetime, datetime]:
    """The order of the fold; events that share it keep their order in the log."""
    return event.at, event.recorded_at if event.recorded_at is not None else event.at


def inverted(event: Event, last: tuple[datetime, datetime]) -> bool:
    """Whether an event corrects another, or stands before events the log held already."""
    return isinstance(event, Corrected) or order(event) < last


def in_order(policy: Policy, log: Sequence[Event]) -> tuple[list[Event], Mapping[str, tuple[Bite, ...]]]:
    """The events in the order of the fold, as corrections left them; and the corrections that have no effect."""
    kinds = {event.kind for event in log}
    events, bites = sorted(log, key=order), _dated_back(log) if PolicyAdopted.only_kind in kinds else {}
    if not kinds.isdisjoint(WORDS):
        bites = {**bites, **_of_another_text(log)}
    if Corrected.only_kind in kinds:
        events, more = amended(policy, tuple(log), order, bites.keys())
        bites = {**bites, **more}
    return events, bites


def _dated_back(log: Sequence[Event]) -> dict[str, tuple[Bite, ...]]:
    """The adoptions that stand before what the log held already: they would change by which rules it was judged then."""
    found: dict[str, tuple[Bite, ...]] = {}
    last: tuple[datetime, datetime] | None = None
    for event in log:
        if isinstance(event, PolicyAdopted) and last is not None and order(event) < last:
            missing = f"a day and time after what the log holds already, {rfc3339(last[0])}"
            found[event.id] = (Bite(Refusal(ADOPTIONS, Clause("metadata/status"), (missing,)), void=True),)
        last = order(event) if last is None else max(last, order(event))
    return found


def _of_another_text(log: Sequence[Event]) -> dict[str, tuple[Bite, ...]]:
    """The reviews and approvals of a text that, as the log learnt later, had become another one before: whoever gave them had not
    seen it."""
    found: dict[str, tuple[Bite, ...]] = {}
    words: dict[str, list[Event]] = {}
    for event in log:
        notice = getattr(event, "notice", "")
        if event.kind in WORDS:
            words.setdefault(notice, []).append(event)
        elif event.kind in TEXTS:
            for word in words.get(notice, ()):
                if order(event) < order(word):
                    missing = "a text that was on record when it was judged; this one was written into the log since"
                    refusal = Refusal(NOTICES, Clause("roles/incident-commander"), (missing,))
                    found[word.id] = (Bite(refusal, void=True),)
    return found


def folded(policy: Policy, log: Sequence[Event], until: Callable[[Event], bool] = lambda event: False) -> Case:
    """What follows from a log, up to the first event in order for which ``until`` holds."""
    events, bites = in_order(policy, log)
    return fold(Case(policy), list(takewhile(lambda event: not until(event), events)), bites)


def all_drawn_anew(policy: Policy, log: Sequence[Event]) -> tuple[Correction, ...]:
    """Every conclusion that was drawn once and is drawn otherwise now, in the order the log learnt better."""
    found: list[Correction] = []
    story = _Story(policy)
    for event in log:
        before, last = story.case, story.last
        story.take(event)
        if last is not None:
            found.extend(drawn_anew(before, story.case, event, max(last[0], event.at), inverted(event, last)))
    return tuple(found)


class _Story:
    """A log that grows, and what follows from it. What comes late is folded in from its place, not from the start."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.log: list[Event] = []
        self.events: list[Event] = []
        """The log in the order of the fold, as corrections left it."""
        self.bites: Mapping[str, tuple[Bite, ...]] = {}
        self.case = Case(policy)
        self.kept = [self.case]
        """The state before the first event, and before every so many."""

    @property
    def last(self) -> tuple[datetime, datetime] | None:
        return order(self.events[-1]) if self.events else None

    def take(self, event: Event) -> None:
        """Let the log learn of an event."""
        last, coming = self.last, [event]
        self.log.append(event)
        if last is not None and inverted(event, last):
            events, bites = in_order(self.policy, self.log)
            same = self._same(events, bites)
            del self.kept[same // KEPT_EVERY + 1 :]
            del self.events[(len(self.kept) - 1) * KEPT_EVERY :]
            self.case, self.bites, coming = self.kept[-1], bites, events[len(self.events) :]
        self.case = self.case.branch()  # whoever asked before still holds the state before
        for one in coming:
            self._advance(one)

    def _same(self, events: Sequence[Event], bites: Mapping[str, tuple[Bite, ...]]) -> int:
        """How many events stand where they stood before, with the same words and the same refusals."""
        refused = {id_ for id_ in {*self.bites, *bites} if _refusals(self.bites, id_) != _refusals(bites, id_)}
        for index, (old, new) in enumerate(zip(self.events, events, strict=False)):
            if (old is not new and old != new) or new.id in refused:
                return index
        return min(len(self.events), len(events))

    def _advance(self, event: Event) -> None:
        if len(self.events) == len(self.kept) * KEPT_EVERY:
            self.kept.append(self.case.branch())
        self.case.advance(event, self.bites.get(event.id, ()), self.events)
        self.events.append(event)


def _refusals(bites: Mapping[str, tuple[Bite, ...]], event: str) -> list[Refusal]:
    return [bite.refusal for bite in bites.get(event, ())]


def drawn_anew(before: Case, after: Case, event: Event, known: datetime, inverted: bool) -> tuple[Correction, ...]:
    """What one event changed in what had been concluded before the log learnt of it.

    ``known`` is the latest instant the log speaks of, ``inverted`` whether the event stands before others there.
    """
    back = stamp_of(event).at  # what is said to have been so since earlier may withdraw a breach as a late entry may
    late = back < event.at or (event.recorded_at is not None and event.recorded_at > event.at)
    if not (inverted or late) or event.kind in _without_effect(before.policy):
        return ()
    now = max(known, event.recorded_at) if event.recorded_at is not None else known
    # What a late one adds was never concluded otherwise; only a breach that it withdraws was.
    withdrawn = _breached(before, now) - _breached(after, now) if not inverted else set()
    if not (inverted or withdrawn):
        return ()
    old, new = _conclusions(before, now), _conclusions(after, now)
    if not inverted:
        old, new = ({what: said[what] for what in withdrawn if what in said} for said in (old, new))
    how = "dated back" if back < event.at else "recorded late"
    reason = getattr(event, "reason", "") or f"{how}: {event.kind} at {rfc3339(back)}"
    return tuple(
        Correction(what, old.get(what, "nothing"), new.get(what, "nothing"), event.id, reason)
        for what in sorted(old.keys() | new.keys())
        if old.get(what) != new.get(what)
    )


@lru_cache(maxsize=16)
def _without_effect(policy: Policy) -> frozenset[str]:
    """Kinds no rule asks about: they can change no conclusion, whenever they arrive."""
    asked = set(policy.mark_sources)
    for duty in policy.all_rules():
        asked.update(name for act in duty.met_by if act.kind == "event" for name in act.names)
    for gate in policy.gates.values():
        asked.update(forbidden.name for forbidden in gate.forbids if forbidden.kind == "event")
    return ONLY_WHERE_ASKED - asked


def _breached(case: Case, now: datetime) -> set[str]:
    return breached(case.ledger.entries.values(), now)


def _conclusions(case: Case, now: datetime) -> dict[str, str]:
    """What was concluded at an instant, by subject, in words."""
    said: dict[str, str] = {}
    if case.level.governing is not None:
        said["severity"] = case.level.governing.value
    for name, stamp in case.history.marks.items():
        said[f"mark {name}"] = rfc3339(stamp.at)
    for obligation in case.obligations(now):
        due = f", due {rfc3339(obligation.due)}" if obligation.due is not None else ""
        said[obligation.key] = f"{obligation.verdict}{due}"
    for violation in case.violations:
        said[f"violation of {violation.rule} by {violation.event}"] = "violated"
    return said
