"""What is said about paging: each try and how it ended, who is told next, and where paging stands as a whole."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Final

from attrs import frozen

from ir_policy.terms import Clause, Severity

__all__ = ["NOBODY_THERE", "NextPage", "PageOutcome", "PageTry", "Paging", "Skipped", "outcome_of"]


class PageOutcome(Enum):
    """How one page ended. The first two are read off the log, the others are what the service that pages said.

    ``PASSED_ON`` is a page nobody waits for any more: somebody else answered or was paged instead, somebody took command,
    or nobody had to be paged any longer. ``FAILED`` is a failure whose reason is not said, or not one of these words.
    """

    ANSWERED = "answered"
    NO_ANSWER = "no-answer"
    PASSED_ON = "passed-on"
    NOBODY_ON_DUTY = "nobody-on-duty"
    NO_CONTACT_METHOD = "no-contact-method"
    TARGET_UNKNOWN = "target-unknown"
    OUTSIDE_WINDOW = "outside-window"
    SUPPRESSED = "suppressed"
    DECLINED = "declined"
    FAILED = "failed"

    __hash__ = object.__hash__


NOBODY_THERE: Final = frozenset({PageOutcome.NOBODY_ON_DUTY, PageOutcome.NO_CONTACT_METHOD, PageOutcome.TARGET_UNKNOWN})
"""A page that failed like this found nobody at that level."""
_SAID: Final = {one.value: one for one in PageOutcome if one.value not in ("answered", "no-answer", "passed-on")}


def outcome_of(said: str) -> PageOutcome:
    """What a failed page's own word for its outcome means; any other word is a failure without a known reason."""
    return _SAID.get(said.strip().lower().replace(" ", "-").replace("_", "-"), PageOutcome.FAILED)


@frozen
class PageTry:
    """One page to one person. Instants are UTC."""

    level: str
    """The level of the list, or the role at its end, as the event says it."""
    person: str
    sent_at: datetime | None
    """``None`` where the log holds only how it ended."""
    answer_by: datetime | None
    """The last moment at which an answer is in time; ``None`` where nobody waits for one."""
    outcome: PageOutcome | None = None
    """``None`` while somebody may still answer."""
    ended_at: datetime | None = None
    said: str = ""
    """The outcome in the words of the event; kept as it was said."""
    on_list: bool = True
    """Whether the level is one of the list; what is not changes nothing."""

    @property
    def late(self) -> bool:
        """Whether it was answered, and after its time."""
        if self.outcome is not PageOutcome.ANSWERED or self.ended_at is None or self.answer_by is None:
            return False
        return self.ended_at > self.answer_by


@frozen
class NextPage:
    """Somebody to be told, from when on, and why.

    ``why`` is ``first-page``, ``no-answer``, ``failed``, ``exhausted`` (nobody on the list answered), ``again`` (nor did
    those after it), ``raised``, ``answer-stale``, ``command-ended`` or ``reopened``. ``at`` is UTC; due now where it is past.
    """

    level: str
    person: str
    """How whoever stands there is called; who holds the role, at the end of the list."""
    at: datetime
    why: str


@frozen
class Skipped:
    """A level nobody was told at: nobody stands there, or a later one was paged instead (``passed-over``)."""

    level: str
    why: str
    at: datetime


@frozen
class Paging:
    """Where paging stands at an instant. It opens no obligation and changes no verdict; source: the policy's paging list.

    ``state`` is ``not-needed`` (no list, no such level, nothing detected yet), ``to-page`` (somebody is to be told now),
    ``waiting`` (somebody was, and has time to answer), ``answered``, ``exhausted`` (nobody on the list answered; the roles after
    it are paged) or ``over`` (recovered or closed). Instants are UTC.
    """

    state: str
    severity: Severity | None
    """The governing level; ``None`` while nobody has assessed it."""
    paged_as: Severity | None
    """The level whose times are used; ``None`` where nobody is paged."""
    begun_at: datetime | None
    """When the present round through the list became due."""
    tries: tuple[PageTry, ...]
    """Every page of the incident, in the order of the fold."""
    next: tuple[NextPage, ...]
    """Who is told next if nothing else happens, several where several roles are; empty where nobody is."""
    skipped: tuple[Skipped, ...]
    """Levels of the present round at which nobody was told."""
    exhausted_at: datetime | None
    """When the list was at its end, or will be if nobody answers; ``None`` while that is open."""
    answered_by: str
    """Who answered, or is in command; empty while nobody is."""
    answered_at: datetime | None
    answered_level: str
    """The level the answer came from; the role where somebody is in command."""
    holds_until: datetime | None
    """The last moment at which the answer holds; ``None`` where it has no end, as long as somebody is in command."""
    clause: Clause
    reading: str

    def due(self, now: datetime) -> tuple[NextPage, ...]:
        """Who is to be told at that instant already."""
        return tuple(one for one in self.next if one.at <= now)
