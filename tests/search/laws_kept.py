"""What must hold of everything owed: nothing gets lost, clocks run one way, labels tell the truth.

A law looks at one event (with the incident before and after it), at time that passes, or at a state, and yields a
sentence for each thing it looked at: empty where it holds. It says what the policy's clauses and the page on semantics
say, with its own arithmetic and its own numbers, and asks the engine for answers only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import ir_policy as ir
from ir_policy import Obligation
from ir_policy.log.events import Waived
from ir_policy.terms import MICROSECOND
from search.laws_shared import ENDS_BEFORE, OPEN, milder, past
from search.story import Finding, Owed, State, Turn, Wait

LATEST_START: Final = "latest-start"
BINDS: Final = ("statute", "contract", "policy")
TOLD: Final = ("client-update",)
"""Met by a notice: ``laws_told.py`` says what a failed one makes of it."""
SETTLED: Final = ("discharged", "waived", "lapsed")


def what_was_forbidden_is_on_record(turn: Turn) -> Iterator[Finding]:
    """Whoever acts against a rule is recorded with it, and no later event takes that off the record."""
    kept = turn.before.incident.violations
    after = turn.after.incident.violations
    yield "" if after[: len(kept)] == kept else "a violation was taken off the record"
    if turn.refusals:
        against = [one.rule for one in after[len(kept) :]]
        yield (
            "" if against == [one.rule for one in turn.refusals] else f"refused as {turn.refusals}, recorded {against}"
        )


def no_event_clears_a_breach(turn: Turn) -> Iterator[Finding]:
    """A breach is a fact: no power and no event in its turn removes it or calls it otherwise.

    Where somebody is named in place of an unnamed recipient, the breach goes on with whoever takes over, unless it
    turns out that they had been told in time. So it does where a sending that was taken for failed did arrive.
    """
    for key, one in turn.was.items():
        if one.breach is not None:
            heirs = [turn.now[key]]
            if one.recipient.endswith("/unspecified"):
                heirs = [after for after in turn.now.values() if after.duty == one.duty]
            yield "" if any(_keeps(turn, one, after) for after in heirs) else f"the breach of {key} is gone"


def _keeps(turn: Turn, one: Obligation, after: Obligation) -> bool:
    """Whether an obligation carries the breach of another one on, or shows that there was none."""
    if after.breach is not None and one.breach is not None:
        return (after.breach.at, after.breach.cause) == (one.breach.at, one.breach.cause)
    found = after.key in turn.step.opened or turn.event.kind == "notice-delivered"
    return found and after.status == "discharged" and not past(one, after.met_at)


def what_is_settled_stays_so(turn: Turn) -> Iterator[Finding]:
    """What was met, waived or has lapsed is never touched again, but for what was met by a sending that failed."""
    for key, one in turn.was.items():
        if one.status in SETTLED and not (turn.event.kind == "notice-failed" and one.duty in TOLD):
            yield "" if turn.now.get(key) == one else f"{key} was {one.status} and is changed"


def what_is_void_has_no_effect(turn: Turn) -> Iterator[Finding]:
    """An act of power without authority is kept and moves nothing."""
    if turn.void:
        before, after = turn.before.incident, turn.after.incident
        same = (turn.now, after.severity, after.phase, after.closed) == (
            turn.was,
            before.severity,
            before.phase,
            before.closed,
        )
        yield "" if same else "what is without effect had one"


def no_statute_is_waived(turn: Turn) -> Iterator[Finding]:
    """Nobody waives what the law asks, nor any duty that names no role for it: the attempt is refused and moves nothing."""
    if isinstance(turn.event, Waived) and turn.event.obligation:
        one, after = turn.was[turn.event.obligation], turn.now[turn.event.obligation]
        yield "" if turn.refusals and turn.void and after == one else f"{one.key} was waived"


# --- clocks ---------------------------------------------------------------------------------------------


def a_raise_moves_no_clock_later(turn: Turn) -> Iterator[Finding]:
    """When it gets worse a running deadline may get earlier, never later (severity matrix)."""
    if not milder(turn.before.incident.severity.governing, turn.after.incident.severity.governing):
        yield from (_later(key, one, turn.now[key]) for key, one in _running(turn))


def lowering_moves_no_clock(turn: Turn) -> Iterator[Finding]:
    """When it gets milder what is still owed stays due when it was due."""
    if milder(turn.before.incident.severity.governing, turn.after.incident.severity.governing):
        for key, one in _running(turn):
            if turn.now[key].status in OPEN:
                yield "" if turn.now[key].due == one.due else f"{key} was due {one.due}, and is due {turn.now[key].due}"


def anchors_only_move_back(turn: Turn) -> Iterator[Finding]:
    """A clock never starts later than it did: not when a finding is taken back and made again, not by a raise.

    What an obligation runs from is asked of the ledger: the instant a person is shown belongs to the limit in force,
    and a shorter limit may well be reckoned from a later one.
    """
    before, after = turn.before.incident._case, turn.after.incident._case
    for key, one in before.ledger.entries.items():
        if key in after.ledger.entries:
            yield "" if after.ledger.entries[key].anchor <= one.anchor else f"{key} runs from later on"
    for name, stamp in before.history.first_marks.items():
        yield "" if after.history.first_marks[name] <= stamp else f"the mark {name} moved on"


def labels_tell_the_truth(state: State, owed: Owed) -> Iterator[Finding]:
    """Done by its deadline is on time, to the very instant; later is late, and left undone it is missed from then on."""
    for one in owed.values():
        if one.due is None or one.basis not in BINDS:
            continue
        exclusive = one.due_kind in ENDS_BEFORE
        yield (
            "" if one.boundary == ("exclusive" if exclusive else "inclusive") else f"{one.key}: {one.boundary} is wrong"
        )
        if one.status == "discharged":
            yield _told(one, past(one, one.met_at), "met-late", "met")
        elif one.status == "active":
            yield _told(one, past(one, state.now), "missed", "")
        elif one.status == "lapsed":
            yield "" if one.verdict == "missed" and one.breach is not None else f"{one.key} lapsed as {one.verdict}"


def what_is_owed_ends_or_is_missed(state: State, owed: Owed) -> Iterator[Finding]:
    """Left alone, whatever is owed by an instant is in breach right after it and not before, and a host is woken for it."""
    for one in owed.values():
        if one.status in OPEN and one.due is not None and one.basis in BINDS:
            last = one.due - MICROSECOND if one.due_kind in ENDS_BEFORE else one.due
            before, after = (_at(state, one.key, max(at, state.now)) for at in (last, last + MICROSECOND))
            yield "" if (before.breach is None) == (last >= state.now) else f"{one.key} is in breach before it is due"
            ended = after.breach is not None and after.status in ("active", "lapsed") and after.verdict == "missed"
            yield "" if ended else f"{one.key} is {after.verdict} after {one.due}"
            if last >= state.now:
                wake = ir.next_wakeup(state.incident, state.now)
                yield (
                    ""
                    if wake is not None and wake <= last + MICROSECOND
                    else f"nobody is woken when {one.key} is missed"
                )


def time_alone_changes_labels_only(wait: Wait) -> Iterator[Finding]:
    """Time changes no fact, phase or level and takes no breach away: it opens what was pending, and misses what was owed."""
    yield "" if wait.was.keys() == wait.now.keys() else "time made or ended an obligation"
    for key, one in wait.was.items():
        after = wait.now[key]
        yield "" if _but_labels(one) == _but_labels(after) else f"time changed {key}"
        yield "" if one.breach in (None, after.breach) else f"time cleared the breach of {key}"
        moves = {"pending": ("pending", "active"), "active": ("active", "lapsed")}.get(one.status, (one.status,))
        yield "" if after.status in moves else f"time made {key} {after.status}"


# --- in short -------------------------------------------------------------------------------------------


def _running(turn: Turn) -> Iterator[tuple[str, Obligation]]:
    """What was open or cancelled before and is there still."""
    return ((key, one) for key, one in turn.was.items() if one.status not in SETTLED and key in turn.now)


def _later(key: str, before: Obligation, after: Obligation) -> Finding:
    if before.due_kind == LATEST_START:
        return ""  # it goes by what needs it: the next of those may be due later
    kept = before.due is None or (after.due is not None and after.due <= before.due)
    return "" if kept else f"{key} was due {before.due}, and is due {after.due}"


def _told(one: Obligation, late: bool, bad: str, good: str) -> Finding:
    verdict = one.verdict == bad if late else one.verdict != bad and good in ("", one.verdict)
    return "" if verdict and (one.breach is not None) is late else f"{one.key} is {one.verdict}, breach {one.breach}"


def _at(state: State, key: str, at: datetime) -> Obligation:
    return next(one for one in ir.obligations(state.incident, at) if one.key == key)


def _but_labels(one: Obligation) -> tuple[object, ...]:
    return one.due, one.anchor, one.met_at, one.late_by, one.boundary, one.recipient, one.opened_at, one.attempts
