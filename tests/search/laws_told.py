"""What must hold of messages on their way out: what they need before they go, and what becomes of what they meet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from ir_policy.log.events import Event, Notice
from search.laws_shared import OPEN, PERSONAL, is_yes, past
from search.story import LEGAL, Finding, Owed, State, Turn

WRITTEN: Final = ("notice-drafted", "notice-edited")
COUNSEL: Final = (LEGAL, "legal-counsel")
COMMANDS: Final = ("incident-commander", "reliability-partner")
INSIDE: Final = ("internal",)
LEAD: Final = timedelta(minutes=30)


def nothing_leaves_unseen(turn: Turn) -> Iterator[Finding]:
    """A message to somebody outside is on record as against the rules unless the commander approved that very text, and,
    where personal data is or may be involved, counsel reviewed or wrote it; each another person than who wrote it."""
    event = turn.event
    if isinstance(event, Notice) and event.kind == "notice-sent":
        text = _text_of(turn.before, event.notice)
        outside = [one for one in event.recipients or (text[0].recipients if text else ()) if one not in INSIDE]
        against = {one.rule for one in turn.refusals}
        approved = _said(text, "notice-approved", COMMANDS, event)
        yield _told(bool(outside) and not approved, "approval-before-external" in against, "approval")
        personal = any(is_yes(turn.before, fact) for fact in PERSONAL)
        reviewed = _said(text, "notice-reviewed", COUNSEL, event) or (bool(text) and _authors(text) <= {*COUNSEL})
        yield _told(bool(outside) and personal and not reviewed, "legal-review-before-external" in against, "review")
        beyond = turn.before.incident.drill and any(one != "exercise" for one in outside)
        yield _told(beyond, "drills-stay-inside" in against, "leave to go outside in a drill")


def nobody_judges_their_own_text(turn: Turn) -> Iterator[Finding]:
    """A review or an approval counts from counsel or the commander alone, never from who wrote the text, nor from a program."""
    event = turn.event
    if isinstance(event, Notice) and event.kind in ("notice-reviewed", "notice-approved"):
        text = _text_of(turn.before, event.notice)
        may = COUNSEL if event.kind == "notice-reviewed" else COMMANDS
        if event.by not in may or not text or event.by in _authors(text):
            yield "" if turn.void else f"{event.kind} counts from {event.by}"


def a_text_that_failed_told_nobody(turn: Turn) -> Iterator[Finding]:
    """What a failed sending met is owed again, by the clock it had; whom it reached is not asked for again."""
    event = turn.event
    if isinstance(event, Notice) and event.kind == "notice-failed":
        named = event.recipients
        for key, one in turn.was.items():
            if one.status != "discharged" or one.duty != "client-update":
                continue
            after, failed = turn.now[key], one.recipient in named or not named
            if not failed:
                yield "" if after == one else f"{key} is owed again, and {one.recipient} was told"
            else:
                again = after.due == one.due and after.met_at is None and after.status in (*OPEN, "lapsed")
                yield "" if again else f"{key} is {after.status} after its sending failed"


def who_is_reached_was_told_then(turn: Turn) -> Iterator[Finding]:
    """What arrives after all meets what it had met before, as of the sending."""
    event = turn.event
    if isinstance(event, Notice) and event.kind == "notice-delivered" and not turn.refusals:
        for key, one in turn.was.items():
            sent = [at for at, told in _sendings(turn.before, event.notice) if one.recipient in told]
            if one.duty == "client-update" and one.status == "active" and sent and one.recipient in event.recipients:
                after = turn.now[key]
                met = after.status == "discharged" and after.met_at == sent[0]
                yield "" if met else f"{key} is {after.status} though it arrived"


def no_due_gets_later(turn: Turn) -> Iterator[Finding]:
    """A deadline never gets later, whatever becomes of a notice; but for a latest start, which goes by what needs it."""
    for key, one in turn.was.items():
        if one.due_kind != "latest-start":
            after = turn.now[key].due
            kept = one.due is None or (after is not None and after <= one.due)
            yield "" if kept else f"{key} was due {one.due}, and is due {after}"


def a_review_is_owed_in_time(state: State, owed: Owed) -> Iterator[Finding]:
    """Where personal data may be involved a review is owed half an hour before the message is due, while no text for it is
    reviewed; and none otherwise."""
    for one in owed.values():
        if one.duty != "client-update" or one.status not in OPEN or state.incident.closed:
            continue
        text = _text_of(state, "n-1")
        waits = any(is_yes(state, fact) for fact in PERSONAL) and not _stands(state, text, one.recipient)
        reviews = [
            r for r in owed.values() if r.duty == "legal-review" and r.recipient == one.recipient and r.status in OPEN
        ]
        yield "" if len(reviews) == waits else f"{len(reviews)} reviews are owed for {one.key}"
        yield from (
            "" if r.due == one.due - LEAD else f"{r.key} is due {r.due}" for r in reviews if one.due is not None
        )


def a_wait_is_told_from_a_delay(state: State, owed: Owed) -> Iterator[Finding]:
    """A message that was missed while counsel had been asked and had not answered was missed for that; any other was late by itself."""
    for one in owed.values():
        if one.duty == "client-update" and one.breach is not None and one.breach.cause in ("gate", "deadline"):
            waited = _asked_at(state, one.breach.at, one.recipient)
            yield "" if (one.breach.cause == "gate") is waited else f"{one.key} was missed by {one.breach.cause}"
            yield "" if past(one, one.met_at or state.now) else f"{one.key} was not missed"


# --- in short -------------------------------------------------------------------------------------------


def _effective(state: State, notice: str) -> list[Notice]:
    """The events of a notice that had an effect, in order."""
    void = {one.event for one in state.incident.violations if one.void}
    return [
        one for one in state.incident.log if isinstance(one, Notice) and one.notice == notice and one.id not in void
    ]


def _text_of(state: State, notice: str) -> list[Notice]:
    """The writing of the text as it stands, and what was said of it since; the earlier writings stand before it."""
    events = _effective(state, notice)
    last = max((place for place, one in enumerate(events) if one.kind in WRITTEN), default=None)
    if last is None:
        return []
    drafts = [one for one in events[:last] if one.kind in WRITTEN]
    return [events[last], *drafts, *events[last + 1 :]]


def _sendings(state: State, notice: str) -> Iterator[tuple[datetime, tuple[str, ...]]]:
    """When a notice was sent, and to whom: those the sending names, or those its text was for then."""
    recipients: tuple[str, ...] = ()
    for one in _effective(state, notice):
        if one.kind in WRITTEN:
            recipients = one.recipients
        elif one.kind == "notice-sent":
            yield one.at, one.recipients or recipients


def _authors(text: list[Notice]) -> set[str]:
    return {one.by for one in text if one.kind in WRITTEN}


def _said(text: list[Notice], kind: str, by: tuple[str, ...], event: Event) -> bool:
    """Whether that was said of the text by one of those, and not taken back, for everybody the event goes to."""
    good = False
    for one in text[1:]:
        if one.kind == kind:
            good = one.by in by and one.by not in _authors(text)
        elif one.kind in ("notice-rejected", "notice-withdrawn"):
            good = False
    return good and set(event.recipients) <= set(text[0].recipients)


def _stands(state: State, text: list[Notice], recipient: str) -> bool:
    """Whether a text that is not out yet needs no review any more for a recipient."""
    if not text or recipient not in text[0].recipients:
        return False
    after = {one.kind for one in text[1:] if one.kind not in WRITTEN}
    out = after & {"notice-sent", "notice-delivered", "notice-failed", "notice-withdrawn"}
    reviewed = _said(text, "notice-reviewed", COUNSEL, text[0])
    return not out and (reviewed or (_authors(text) <= {*COUNSEL} and "notice-rejected" not in after))


def _asked_at(state: State, at: datetime, recipient: str) -> bool:
    """Whether counsel had been asked about a text for the recipient at that instant, and had not answered."""
    asked, written, reviewed = False, None, False
    for one in _effective(state, "n-1"):
        if one.at > at:
            break
        if one.kind in WRITTEN:
            written, asked, reviewed = one, False, False
        elif one.kind == "notice-review-requested":
            asked = asked or not reviewed
        elif one.kind != "notice-approved":
            asked, reviewed = (
                False,
                one.kind == "notice-reviewed" or (reviewed and one.kind not in ("notice-rejected", "notice-withdrawn")),
            )
    return asked and written is not None and recipient in written.recipients


def _told(needed: bool, refused: bool, what: str) -> Finding:
    return "" if needed is refused else f"sent {'without' if needed else 'and refused for want of'} {what}"
