"""The ledger at an instant: status, verdict, breach, and when anything will change by itself.

This is the only module that compares obligations with "now". Between two events a verdict changes only at the few
instants :func:`cuts` lists; :func:`next_wakeup_of` is the least of them still to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from attrs import evolve, frozen

from ir_policy.clocks import BeforeClosed, Deadline
from ir_policy.duties.entries import OPEN, Attempt, Due, Entry, Status
from ir_policy.duties.held_back import HeldBack
from ir_policy.rules.model import AtRisk
from ir_policy.terms import MICROSECOND, Clause, Source, instant

__all__ = [
    "Breach",
    "Obligation",
    "State",
    "before_closing",
    "breached",
    "changes_of",
    "cuts",
    "judged",
    "obligations_of",
    "promptly",
    "state_of",
]


@frozen
class Breach:
    """A binding deadline that was missed: at which instant, since when it is known, and why.

    ``cause`` is ``deadline``, ``born-overdue``, ``raised-after-limit``, or ``gate`` where a review of its text had been asked for
    and was not answered by then. No power clears it.
    """

    at: datetime
    known_at: datetime
    cause: str


@frozen(eq=True)
class Obligation:
    """One thing owed, as it stands at the instant asked about. Instants are UTC.

    ``due`` is the earliest limit of any basis, ``binding`` the earliest statutory, contractual or policy limit among
    obligations met by the same act for the same recipient. ``due`` is ``None`` where no instant can be computed;
    ``due_kind`` then says why. ``verdict`` judges the binding limit only, and ``status`` is one of ``pending``,
    ``active``, ``discharged``, ``waived``, ``cancelled`` and ``lapsed``. ``late_by`` is set once the obligation was met late;
    while it is open ask :meth:`overdue_by`. ``blocked_by`` names the gates that its sending has to pass and that no text for it passes yet.

    The number in ``key`` counts obligations in the order of the fold: after a late record or a correction
    (:attr:`Step.late`) it may stand for another one, so read the obligations again.
    """

    key: str
    duty: str
    title: str
    recipient: str
    episode: int
    period: int
    act: str
    basis: str
    binding: datetime | None
    clause: Clause
    source: Source | None
    reading: str
    owed_by: str
    mark: str
    anchor: datetime
    opened_at: datetime
    due: datetime | None
    due_kind: str
    boundary: str
    status: str
    breach: Breach | None
    verdict: str
    met_at: datetime | None
    late_by: timedelta | None
    blocked_by: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    document: str
    limit: str
    item: str

    def overdue_by(self, now: datetime) -> timedelta | None:
        """How far an open obligation lies past the limit it shows; ``None`` while it does not."""
        at = instant(now, "now")
        if self.status != Status.ACTIVE.value or self.due is None or not self._past(at):
            return None
        return at - self.due

    def time_left(self, now: datetime) -> timedelta | None:
        """How long until the limit it shows; ``None`` when settled, past or without an instant."""
        at = instant(now, "now")
        if self.status not in (Status.ACTIVE.value, Status.PENDING.value) or self.due is None or self._past(at):
            return None
        return self.due - at

    def _past(self, at: datetime) -> bool:
        return self.due is not None and (at > self.due or (self.boundary == "exclusive" and at == self.due))


def promptly(obligation: Obligation) -> bool:
    """Whether it is owed as soon as it can be done, by a standard that names no number."""
    return obligation.due is None and obligation.due_kind.replace("-", " ") == obligation.limit != ""


def before_closing(obligation: Obligation) -> bool:
    """Whether all its limit says is that it comes before the incident is closed."""
    return obligation.due is None and obligation.due_kind == BeforeClosed.kind


def obligations_of(
    entries: Mapping[str, Entry], now: datetime, at_risk: AtRisk, held: HeldBack | None = None
) -> tuple[Obligation, ...]:
    """Every obligation at the instant, in order of its key."""
    binding = _binding(entries.values(), now)
    found = []
    for key in sorted(entries):
        entry = entries[key]
        own = entry.firm.deadline.at if entry.firm is not None and entry.firm.deadline is not None else None
        found.append(
            judged(
                entry,
                now,
                at_risk,
                binding.get((entry.duty.act, entry.recipient), own) if entry.is_open(now) else own,
                held,
            )
        )
    return tuple(found)


def breached(entries: Iterable[Entry], now: datetime) -> set[str]:
    """The keys of those that are breached at the instant: what :func:`obligations_of` says of them, and no more."""
    return {entry.key for entry in entries if _breach(entry, now) is not None}


def judged(entry: Entry, now: datetime, at_risk: AtRisk, binding: datetime | None, held: HeldBack | None) -> Obligation:
    """One obligation at the instant."""
    duty, due = entry.duty, entry.due
    status, verdict = _label(entry, now, at_risk)
    deadline = due.deadline if due is not None else None
    met = entry.settled if entry.status is Status.DISCHARGED else None
    late_by = met.at - deadline.at if met is not None and deadline is not None and deadline.missed(met.at) else None
    return Obligation(
        key=entry.key, duty=duty.id, title=duty.title, recipient=entry.recipient, episode=entry.episode,
        period=entry.n, act=duty.act, basis=(due.within.basis if due is not None else duty.basis).value,
        binding=binding, clause=duty.clause, source=duty.source,
        reading=(due.within.reading if due is not None else "") or duty.reading, owed_by=entry.owner or duty.owed_by,
        mark=entry.mark, anchor=due.anchor if due is not None else entry.anchor.at, opened_at=entry.opens_at if entry.opens_at is not None else entry.opened_at,
        due=deadline.at if deadline is not None else None, due_kind=due.kind if due is not None else "",
        boundary=deadline.boundary if deadline is not None else "", status=status.value,
        breach=_caused(_breach(entry, now), entry, held), verdict=verdict, met_at=met.at if met is not None else None, late_by=late_by,
        blocked_by=held.blocked_by(entry) if held is not None and entry.is_open(now) else (), attempts=entry.attempts, document=duty.document,
        limit=str(due.within.limit) if due is not None else "", item=entry.item,
    )  # fmt: skip


def changes_of(entries: Iterable[Entry], at_risk: AtRisk) -> tuple[datetime, ...]:
    """Every instant at which some obligation changes by time alone, in order."""
    return tuple(sorted({cut for entry in entries for cut in cuts(entry, at_risk)}))


def cuts(entry: Entry, at_risk: AtRisk) -> tuple[datetime, ...]:
    """The instants at which the label of an open obligation changes by time alone, in order."""
    if entry.status not in OPEN:
        return ()
    changes = []
    candidates = sorted(set(_candidate_cuts(entry, at_risk)))
    for at in candidates:
        if state_of(entry, at, at_risk) != state_of(entry, at - MICROSECOND, at_risk):
            changes.append(at)
    return tuple(changes)


# --- labels ---------------------------------------------------------------------------------------------


class State(NamedTuple):
    """All of an obligation's label that time alone can change."""

    status: Status
    verdict: str
    past: bool
    """Whether the limit it shows is past, also one that only advises."""


def state_of(entry: Entry, at: datetime, at_risk: AtRisk) -> State:
    """The label of an obligation at an instant, as far as time alone can change it."""
    return State(*_label(entry, at, at_risk), entry.due is not None and _missed(entry.due.deadline, at))


def _label(entry: Entry, now: datetime, at_risk: AtRisk) -> tuple[Status, str]:
    """Status and verdict; see "Verdicts" in ``docs/semantics.md``."""
    if entry.status is Status.DISCHARGED:
        return entry.status, _verdict_when_met(entry)
    if entry.status is Status.CANCELLED:
        return entry.status, "not-required" if entry.not_required else "cancelled"
    if entry.status is Status.WAIVED:
        return entry.status, "waived"
    if entry.status is Status.LAPSED or (entry.lapses and entry.missed(now)):
        return Status.LAPSED, "missed"
    if entry.opens_at is not None and now < entry.opens_at:
        return Status.PENDING, "pending"
    if entry.missed(now):
        return Status.ACTIVE, "missed"
    if entry.firm is not None and _missed(entry.firm.deadline, now):
        return Status.ACTIVE, "undetermined"
    return Status.ACTIVE, "at-risk" if _is_at_risk(entry, now, at_risk) else "open"


def _verdict_when_met(entry: Entry) -> str:
    """Met or met late, where the record says which; the binding deadline decides."""
    assert entry.settled is not None
    firm = entry.firm
    if firm is None or not _missed(firm.deadline, entry.settled.latest):
        return "met"
    return "met-late" if _missed(firm.latest, entry.settled.at) else "undetermined"


def _is_at_risk(entry: Entry, now: datetime, at_risk: AtRisk) -> bool:
    """Less than the share of the limit, or the least time, is left before the next deadline."""
    due = next((due for due in (entry.due, entry.firm) if due is not None and not _missed(due.deadline, now)), None)
    if due is None or due.deadline is None:
        return False
    return due.deadline.at - now < _margin(due, at_risk)


def _margin(due: Due, at_risk: AtRisk) -> timedelta:
    assert due.deadline is not None
    # Rounded up to the microsecond, so that "less than a fifth is left" is exact for whole microseconds.
    share = -(-(due.deadline.at - due.anchor) // at_risk.one_in)
    return max(share, at_risk.at_least)


def _candidate_cuts(entry: Entry, at_risk: AtRisk) -> Iterator[datetime]:
    if entry.opens_at is not None:
        yield entry.opens_at
    for due in (entry.due, entry.firm):
        if due is None or due.deadline is None or due.latest is None:
            continue
        yield due.deadline.at - _margin(due, at_risk) + MICROSECOND
        yield due.deadline.missed_from
        yield due.latest.missed_from


def _missed(deadline: Deadline | None, at: datetime) -> bool:
    return deadline is not None and deadline.missed(at)


def _breach(entry: Entry, now: datetime) -> Breach | None:
    """Read off, never stored: whether the binding deadline is missed for certain."""
    firm = entry.firm
    if firm is None or firm.latest is None or entry.superseded:
        return None
    at = now if entry.status in OPEN or entry.settled is None else entry.settled.at
    if not firm.latest.missed(at):
        return None
    cause = firm.cause if firm.missed_when_set() else "deadline"
    return Breach(firm.latest.at, max(firm.latest.missed_from, firm.known_at), cause)


def _caused(breach: Breach | None, entry: Entry, held: HeldBack | None) -> Breach | None:
    """A deadline that passed while a review asked for in time was not answered was missed for want of that."""
    if breach is None or breach.cause != "deadline" or held is None or not held.waited(entry, breach.at):
        return breach
    return evolve(breach, cause="gate")


def _binding(entries: Iterable[Entry], now: datetime) -> dict[tuple[str, str], datetime]:
    """The earliest binding instant among open obligations met by one act for one recipient."""
    binding: dict[tuple[str, str], datetime] = {}
    for entry in entries:
        if not entry.duty.act or not entry.is_open(now) or entry.firm is None or entry.firm.deadline is None:
            continue
        pair = (entry.duty.act, entry.recipient)
        at = entry.firm.deadline.at
        binding[pair] = min(at, binding.get(pair, at))
    return binding
