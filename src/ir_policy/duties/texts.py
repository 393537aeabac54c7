"""What gates ask about notices: who a sending goes to, and what was said of its very text.

A review or an approval counts for one digest, for the recipients and under the policy it was given for, until the last
instant it is good for. See "Notices" in ``docs/semantics.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from ir_policy.duties.bites import Bite
from ir_policy.duties.own_rules import NOTICES, who_may
from ir_policy.errors import Refusal
from ir_policy.log.events import Notice
from ir_policy.log.history import History
from ir_policy.log.messages import GONE, NoticeRecord, Word
from ir_policy.rules.machines import Stop
from ir_policy.rules.machines.notice import NOTICE
from ir_policy.rules.model import Duty, NoticeRules, Policy, Release

__all__ = [
    "good_until",
    "is_released",
    "meets_any",
    "notice_bites",
    "reaching",
    "reviewed_for",
    "sendings_of",
    "text_is",
    "texts_for",
]

_OF_THE_TEXT: Final = (
    "notice-review-requested",
    "notice-reviewed",
    "notice-approved",
    "notice-rejected",
    "notice-sent",
)
_POWERS: Final = ("notice-reviewed", "notice-approved")


def notice_bites(policy: Policy, history: History, event: Notice) -> Iterator[Bite]:
    """What the life of the notice itself forbids: an event its state has no place for, words about another text."""
    record = history.notices.get(event.notice) or NoticeRecord(event.notice)
    step, missing = NOTICE.after(record.state, event.kind), []
    clause = step.clause
    if isinstance(step, Stop):
        missing.append(step.needs)
    elif event.kind in _OF_THE_TEXT and record.digest and event.digest and event.digest != record.digest:
        missing.append("the digest of the text as it stands; this is the digest of another one")
    elif event.kind == "notice-sent" and not history.said(event, "recipients"):
        missing.append("a draft of that notice first, or whom it is sent to")
    elif event.kind == "notice-sent" and record.draft is not None and _says_more(record.draft, event):
        missing.append("what its draft says it is for and states; a text of the same digest says no more")
    if missing:
        yield Bite(Refusal(NOTICES, clause, tuple(missing), who_may(policy, event.kind)), void=event.kind in _POWERS)


def _says_more(draft: Notice, sending: Notice) -> bool:
    """Whether a sending claims more for its text than the draft that was judged."""
    return (
        not set(sending.duties) <= set(draft.duties)
        or not set(sending.states) <= set(draft.states)
        or bool(sending.stage and draft.stage and sending.stage != draft.stage)
    )


def sendings_of(policy: Policy, history: History, event: Notice) -> Iterator[tuple[str, str]]:
    """What kind of sending it is, as gates call it; nothing for any other event of a notice."""
    if event.kind != "notice-sent":
        return
    rules = policy.notices
    outside = [one for one in history.said(event, "recipients") or () if rules.outside(one)]
    if outside:
        yield "notice", "external"
    if any(one != rules.in_drills for one in outside):
        yield "notice", "beyond-exercise"


def text_is(policy: Policy, history: History, release: Release, event: Notice) -> bool:
    """Whether the very text is what the gate asks for, or was written by whom it asks for."""
    record = history.notices.get(event.notice)
    if record is None or record.draft is None:
        return False
    if release.author == "another":
        return history.persons_of(policy, event.by).isdisjoint(record.persons)
    if event.digest and event.digest != record.digest:
        return False
    return is_released(policy, release, record, history.said(event, "recipients") or (), event.at)


def is_released(
    policy: Policy, release: Release, record: NoticeRecord, recipients: Iterable[str], at: datetime
) -> bool:
    """Whether the text of a notice as it stands opens a gate at that instant, for those recipients."""
    if record.draft is None or record.state in ("rejected", "withdrawn") or not (release.notice or release.author):
        return False
    if release.author:
        return release.author in record.roles
    if release.notice == "cleared":
        from ir_policy.rules.cleared import cleared_digest  # few need it

        template = policy.templates.get(record.draft.template)
        meant = template is not None and set(record.draft.duties) <= set(template.duties)
        if template is None or not meant or not set(record.draft.states) <= set(template.states):
            return False  # counsel cleared it for what it is for, and for what it states
        return cleared_digest(policy, record.draft.template, record.digest, at)
    word = record.review if release.notice == "reviewed" else record.approval
    if word is None or word.digest != record.digest or word.policy != policy.digest:
        return False
    until = good_until(policy.notices, word) if release.notice == "approved" else word.until
    return frozenset(recipients) <= frozenset(word.recipients) and (until is None or at <= until)


def reviewed_for(policy: Policy, history: History, rules: Iterable[Duty], recipient: str, at: datetime) -> bool:
    """Whether a text for one of those duties to that recipient stands that passes every gate a review opens."""
    gates = [gate for gate in policy.gates.values() if any(release.notice == "reviewed" for release in gate.until)]
    return any(
        all(any(is_released(policy, one, record, reaching(history, policy, record, recipient), at) for one in gate.until) for gate in gates)
        for record in texts_for(policy, history, rules, recipient)
    )  # fmt: skip


def _is_to(policy: Policy, history: History, record: NoticeRecord, recipient: str) -> bool:
    """Whether the recipient would hear of it; in a drill whoever is outside hears through the exercise list alone."""
    in_place = history.in_place(policy, record.recipients)
    if history.drill and policy.notices.in_drills and policy.notices.outside(recipient):
        return in_place
    return in_place or recipient in record.recipients


def reaching(history: History, policy: Policy, record: NoticeRecord, recipient: str) -> tuple[str, ...]:
    """Whom a text is to go to for that recipient to hear."""
    return (policy.notices.in_drills,) if history.in_place(policy, record.recipients) else (recipient,)


def texts_for(policy: Policy, history: History, rules: Iterable[Duty], recipient: str) -> Iterator[NoticeRecord]:
    """Every text that is meant for one of those duties, or what one act meets with them, to that recipient, and is not out yet."""
    meant_for = tuple(rules)
    duties = {rule.id for rule in meant_for}
    acts = {rule.act for rule in meant_for if rule.act}
    anything = any(meets_any(rule) for rule in meant_for)
    for _, record in sorted(history.notices.items()):
        if record.draft is None or record.state in (*GONE, "withdrawn"):
            continue
        if not _is_to(policy, history, record, recipient):
            continue
        meant = record.draft.duties
        if (
            anything
            or duties.intersection(meant)
            or any(rule.act in acts for one in meant for rule in policy.rules_of(one))
        ):
            yield record


def meets_any(duty: Duty) -> bool:
    """Whether any word to the recipient meets it, whatever duties the word names."""
    return any(match.kind == "notice" and "any" in match.names for match in duty.met_by)


def good_until(rules: NoticeRules, approval: Word) -> datetime | None:
    """The last instant an approval is good for: its own, and the policy's where that binds; ``None`` for no end."""
    ends = [] if approval.until is None else [approval.until]
    if rules.approval_good_for is not None and rules.approval_binds:
        ends.append(approval.at + rules.approval_good_for)
    return min(ends, default=None)
