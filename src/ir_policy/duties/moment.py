"""The moment of one event: what every part of its step looks at and writes to. It lives only while the step is taken."""

from __future__ import annotations

from datetime import datetime

from ir_policy.duties.entries import Due, Entry, Status, ended_at
from ir_policy.duties.ledger import Ledger, Moves
from ir_policy.duties.level import Level
from ir_policy.log.events import Event
from ir_policy.log.history import History, Stamp, stamp_of
from ir_policy.rules.model import Duty, IfMissed, Per, Policy
from ir_policy.terms import Severity

__all__ = ["Moment", "binding_of", "known_when"]


class Moment:
    """One event over the ledger, with the state it met."""

    def __init__(
        self,
        policy: Policy,
        history: History,
        level: Level,
        event: Event,
        ledger: Ledger,
        moves: Moves,
        governed: Severity | None,
    ) -> None:
        self.policy = policy
        self.history = history
        self.level = level
        self.event = event
        self.ledger = ledger
        self.moves = moves
        self.governed = governed
        """The governing level before the event."""
        self.stamp = stamp_of(event)
        """Since when it counts: what it sets and what it meets stand here."""
        done = history.acts and history.acts[-1].event == event.id
        self.acts = [act for act in history.acts[-2:] if act.event == event.id] if done else []
        """What it does that may meet a duty."""
        self.asked: set[str] = set()
        """What this very event asks for: it is not met by the event that asks for it."""

    def when(self) -> Stamp:
        """When it happened, whatever it is dated back to: what a power ends, ends here."""
        return Stamp(self.event.at, self.event.latest)

    def cause(self) -> str:
        """Why a deadline that this event sets and that is past already is missed."""
        raised = self.level.worsened and self.governed is not None
        return "raised-after-limit" if raised else "born-overdue"

    def open_entries(self, duty: Duty) -> list[Entry]:
        """Open obligations of this duty that this episode may still change."""
        entries = self.ledger.open_of(duty.id, None if duty.per is Per.INCIDENT else self.history.episode)
        return [entry for entry in entries if not entry.lapses or entry.is_open(self.event.at)]

    def own_entries(self, duty: Duty) -> list[Entry]:
        """Those of them that opened under this very rule, and not under one of that name in another version."""
        return [entry for entry in self.open_entries(duty) if entry.duty is duty]

    def latest(self, duty: Duty, recipient: str) -> Entry | None:
        """The latest obligation to this recipient that counts in this episode."""
        entry = self.ledger.latest_to(duty.id, recipient)
        if entry is None or duty.per is Per.INCIDENT or entry.episode == self.history.episode:
            return entry
        return None

    def new_entry(
        self, duty: Duty, recipient: str, anchor: Stamp, mark: str, due: Due | None, repeat: bool = False
    ) -> Entry:
        """An obligation this event opens; the next number for this duty and recipient."""
        before = self.ledger.latest_to(duty.id, recipient)
        n = before.n + 1 if before is not None else 0
        if self.history.closing is not None and due is not None:
            due = ended_at(due, self.history.closing, due.set_at, due.known_at, due.cause)
        opens_at = anchor.at + duty.opens_after if duty.opens_after is not None else None
        return Entry(
            key=f"{duty.id}@{recipient}#{n}", duty=duty, recipient=recipient, n=n, episode=self.history.episode,
            opened_at=self.event.at, level=self.level.governing, anchor=anchor, mark=mark, opens_at=opens_at,
            status=Status.PENDING if opens_at is not None else Status.ACTIVE, due=due, firm=binding_of(due), repeat=repeat,
            lapses=self.lapses_from_the_start(duty),
        )  # fmt: skip

    def lapses_from_the_start(self, duty: Duty) -> bool:
        """Whether what opens now, or is revived, ends when it is missed: its incident is closed already."""
        return self.history.closing is not None and duty.if_missed is IfMissed.LAPSES


def binding_of(due: Due | None) -> Due | None:
    """The due where it binds."""
    return due if due is not None and due.within.basis.binds else None


def known_when(event: Event) -> datetime:
    """When the log learnt of the event; when it happened, where that is not known."""
    return event.recorded_at if event.recorded_at is not None else event.at
