"""What a log says of each notice: its text as it stands, who wrote it, who reviewed and approved it, who was reached.

A review and an approval hold for one digest, for the recipients and under the policy they were given for; whatever
edits the text takes both away. Nothing here says whether a notice may be sent: gates do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from attrs import evolve, frozen

from ir_policy.log.events import Notice
from ir_policy.rules.machines import Row
from ir_policy.rules.machines.notice import GONE, NOTICE

__all__ = ["GONE", "Delivery", "NoticeRecord", "Wait", "Word", "after"]

_WRITTEN: Final = ("notice-drafted", "notice-edited")


class Word(NamedTuple):
    """Somebody's review or approval of one text."""

    event: str
    at: datetime
    by: str
    digest: str
    recipients: tuple[str, ...]
    """Whom the text was for then."""
    policy: str
    """The digest of the policy it was given under."""
    until: datetime | None
    """The last instant it is good for, where whoever gave it said one."""


class Delivery(NamedTuple):
    """What became of a notice on its way to one recipient."""

    recipient: str
    state: str
    """``sent``, ``delivered`` or ``failed``."""
    at: datetime
    channel: str
    evidence: tuple[str, ...]
    event: str


class Wait(NamedTuple):
    """A text waiting for its review: from when it was asked for until it was answered, or the text was another one."""

    since: datetime
    until: datetime | None
    duties: tuple[str, ...]
    recipients: tuple[str, ...]


@frozen(eq=False)
class NoticeRecord:
    """One notice after some events."""

    id: str
    state: str = NOTICE.start
    draft: Notice | None = None
    """The text as it stands, as far as the log says: its digest, whom it is for, what it states."""
    authors: tuple[str, ...] = ()
    """Everybody who wrote at it, in order."""
    persons: frozenset[str] = frozenset()
    """Who that was, where somebody wrote in the name of a role."""
    roles: frozenset[str] = frozenset()
    """The roles every author could act in when writing."""
    waits: tuple[Wait, ...] = ()
    """When a review was asked for, and until when nobody answered; the last one may still be open."""
    review: Word | None = None
    approval: Word | None = None
    told: tuple[Delivery, ...] = ()

    @property
    def asked(self) -> datetime | None:
        """Since when a review of the text as it stands is asked for and not answered."""
        return self.waits[-1].since if self.waits and self.waits[-1].until is None else None

    @property
    def digest(self) -> str:
        """The digest of the text as it stands; empty where the log holds none."""
        return self.draft.digest if self.draft is not None else ""

    @property
    def recipients(self) -> tuple[str, ...]:
        return self.draft.recipients if self.draft is not None else ()

    def reached(self, recipient: str) -> Delivery | None:
        """The last that is known of its way to that recipient."""
        return next((one for one in reversed(self.told) if one.recipient == recipient), None)


def after(
    record: NoticeRecord, event: Notice, persons: Iterable[str], roles: frozenset[str], policy_digest: str
) -> NoticeRecord:
    """The record with one more event of this notice; ``persons`` and ``roles`` say for whom its author speaks.

    What happened against the table happened all the same: a text that was written is the text, and what was sent is out.
    """
    step = NOTICE.after(record.state, event.kind)
    if event.kind in _WRITTEN:
        return _written(record, event, frozenset(persons), roles)
    state = step.to if isinstance(step, Row) else "sent" if event.kind == "notice-sent" else record.state
    if event.kind in ("notice-reviewed", "notice-approved"):
        word = Word(event.id, event.at, event.by, event.digest, record.recipients, policy_digest, event.until)
        if event.kind == "notice-reviewed":
            return evolve(record, state=state, review=word, waits=_answered(record, event.at))
        return evolve(record, state=state, approval=word)
    if event.kind == "notice-review-requested":
        return evolve(record, state=state, waits=_waiting(record, event.at))
    if event.kind in ("notice-rejected", "notice-withdrawn"):
        return evolve(record, state=state, review=None, approval=None, waits=_answered(record, event.at))
    return evolve(record, state=state, waits=_answered(record, event.at), told=(*record.told, *_told(record, event)))


def _written(record: NoticeRecord, event: Notice, persons: frozenset[str], roles: frozenset[str]) -> NoticeRecord:
    """Another text: every author so far has a part in it, and nobody has reviewed or approved it."""
    first = not record.authors
    return evolve(
        record,
        state="drafted",
        draft=event,
        authors=tuple(dict.fromkeys((*record.authors, event.by))),
        persons=record.persons | persons,
        roles=roles if first else record.roles & roles,
        waits=_answered(record, event.at),
        review=None,
        approval=None,
    )


def _waiting(record: NoticeRecord, at: datetime) -> tuple[Wait, ...]:
    """A review is asked for: once for each text, until it is answered."""
    if record.asked is not None or record.review is not None or record.draft is None:
        return record.waits
    return (*record.waits, Wait(at, None, record.draft.duties, record.draft.recipients))


def _answered(record: NoticeRecord, at: datetime) -> tuple[Wait, ...]:
    """The wait ends: with an answer, another text, or a sending without one."""
    return (*record.waits[:-1], record.waits[-1]._replace(until=at)) if record.asked is not None else record.waits


def _told(record: NoticeRecord, event: Notice) -> tuple[Delivery, ...]:
    """What this event says of each recipient; without names it speaks of everybody the notice was sent to."""
    state = event.kind.removeprefix("notice-")
    sent = tuple(dict.fromkeys(one.recipient for one in record.told))
    recipients = event.recipients or (record.recipients if state == "sent" else sent) or record.recipients
    return tuple(Delivery(one, state, event.at, event.channel, event.evidence, event.id) for one in recipients)
