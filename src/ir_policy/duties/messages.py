"""What became of every message: whose text it is, what is said of it, whom it reached, and by which way the next may go.

A view: it opens no obligation and changes no verdict. Clauses: ``comms-cadence/client-updates``, ``privacy-integration/legal-review``.
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from ir_policy.duties.case import Case
from ir_policy.duties.held_back import HeldBack
from ir_policy.duties.texts import good_until
from ir_policy.log.messages import GONE, Delivery, NoticeRecord, Word
from ir_policy.terms import Truth

__all__ = ["Judgement", "Message", "NextWord", "Notices", "Way", "notices_of"]


@frozen
class Judgement:
    """Somebody's review or approval of one text."""

    by: str
    at: datetime
    digest: str
    recipients: tuple[str, ...]
    until: datetime | None
    """The last instant it is good for; ``None`` where only an edit ends it."""
    stands: bool
    """Whether it is of the text as it stands, under the policy in force, and still good."""
    ask_again: datetime | None
    """From when on the policy advises to ask again; ``None`` where it does not, or where that ends it."""


@frozen
class Message:
    """One notice as of an instant. ``state`` is one of its life: ``drafted``, ``in-review``, ``reviewed``, ``approved``,
    ``released`` (both), ``rejected``, ``sent``, ``delivered``, ``failed``, ``withdrawn`` or ``unwritten``."""

    id: str
    state: str
    template: str
    digest: str
    duties: tuple[str, ...]
    recipients: tuple[str, ...]
    states: tuple[str, ...]
    authors: tuple[str, ...]
    review: Judgement | None
    approval: Judgement | None
    asked: datetime | None
    """Since when a review is asked for and not answered."""
    blocked_by: tuple[str, ...]
    """The gates that this text does not pass yet; empty where it may go out, or is out."""
    told: tuple[Delivery, ...]
    """For each recipient the last that is known of it on its way."""


@frozen
class Way:
    """A channel by which people are told, and whether it is in doubt."""

    channel: str
    means: str
    carries: tuple[str, ...]
    in_doubt: tuple[str, ...]
    """The services it depends on that are known to be involved in this incident."""
    fallback: str | None
    """The channel that is used instead; ``None`` while nobody has said."""
    question: str
    """The open question that asks for it."""


@frozen
class NextWord:
    """When the next word to somebody is suggested: advice, never a duty. A time that was promised binds instead."""

    recipient: str
    at: datetime
    after: datetime
    """The last word to them."""
    reading: str


@frozen
class Notices:
    """Every message of an incident as of ``at``, in order of its name, and the ways messages go."""

    at: datetime
    incident: str
    messages: tuple[Message, ...]
    ways: tuple[Way, ...]
    next: tuple[NextWord, ...]


def notices_of(case: Case, incident: str, at: datetime) -> Notices:
    """What became of every message as of that instant."""
    held = HeldBack(case.policy, case.history, case.known(at), at)
    found = (_message(case, record, held, at) for _, record in sorted(case.history.notices.items()))
    return Notices(at, incident, tuple(found), tuple(_ways(case)), tuple(_next(case)))


def _message(case: Case, record: NoticeRecord, held: HeldBack, at: datetime) -> Message:
    draft = record.draft
    last = {one.recipient: one for one in record.told}
    open_ = draft is not None and record.state not in (*GONE, "withdrawn")
    return Message(
        id=record.id, state=record.state, template=draft.template if draft is not None else "", digest=record.digest,
        duties=draft.duties if draft is not None else (), recipients=record.recipients,
        states=draft.states if draft is not None else (), authors=record.authors,
        review=_judgement(case, record, record.review, False, at),
        approval=_judgement(case, record, record.approval, True, at),
        asked=record.asked, blocked_by=held.stopped(record) if open_ else (),
        told=tuple(last[name] for name in sorted(last)),
    )  # fmt: skip


def _judgement(case: Case, record: NoticeRecord, word: Word | None, approval: bool, at: datetime) -> Judgement | None:
    if word is None:
        return None
    rules = case.policy.notices
    until = good_until(rules, word) if approval else word.until
    stands = word.digest == record.digest and word.policy == case.policy.digest and (until is None or at <= until)
    advised = approval and rules.approval_good_for is not None and not rules.approval_binds
    again = word.at + rules.approval_good_for if advised and rules.approval_good_for is not None else None
    return Judgement(word.by, word.at, word.digest, word.recipients, until, stands, again)


def _ways(case: Case) -> list[Way]:
    """The channels that carry messages."""
    about, facts = case.policy.about, case.history.facts
    found = []
    for channel in about.channels.values():
        if not channel.carries:
            continue
        services = (about.dependencies[name] for name in channel.depends_on if name in about.dependencies)
        doubt = tuple(one.id for one in services if one.fact in facts and facts[one.fact].truth is Truth.YES)
        setting = channel.fallback
        found.append(Way(channel.id, channel.means, channel.carries, doubt, setting.value if setting is not None else None,
                         setting.question if setting is not None else ""))  # fmt: skip
    return found


def _next(case: Case) -> list[NextWord]:
    """When the policy's rhythm suggests the next word to everybody who was told, while the response goes on."""
    rhythm, history, level = case.policy.notices.rhythm, case.history, case.level.governing
    if rhythm is None or level is None or level not in rhythm.every or history.closing is not None:
        return []
    if any(mark in history.marks for mark in rhythm.until):
        return []
    last: dict[str, datetime] = {}
    for act in history.acts:
        if act.name == "sent" and act.episode == history.episode and rhythm.after in act.duties:
            for recipient in act.recipients:
                if recipient not in history.undelivered.get(act.event, ()):
                    last[recipient] = max(act.stamp.at, last.get(recipient, act.stamp.at))
    every = rhythm.every[level]
    return [NextWord(one, at + every, at, rhythm.reading) for one, at in sorted(last.items())]
