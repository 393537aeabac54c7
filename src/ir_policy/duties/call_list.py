"""Where on the paging list an incident stands: the place, those paged there, how each page ended, and the rows taken.

What happens and what time does to it is in ``on_call.py``; this is what both move.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from attrs import evolve

from ir_policy.duties.calls import PageOutcome, PageTry, Skipped
from ir_policy.log.events import Page
from ir_policy.log.history import Tenure
from ir_policy.rules.about import Acknowledgement, Tool
from ir_policy.rules.machines import Row
from ir_policy.rules.machines.on_call import ON_CALL
from ir_policy.rules.model import Policy
from ir_policy.terms import Severity

__all__ = ["UNANSWERED", "Place", "is_open", "repeats", "worse"]

UNANSWERED: Final = frozenset({"to-page", "waiting", "exhausted"})
"""Nobody has answered, and somebody has to."""


class Place:
    """A place on the list. It is changed while a log is folded and by time, on a copy nobody else holds."""

    failed: frozenset[str]
    """Levels whose page failed in this round."""
    skipped: tuple[Skipped, ...]
    exhausted_at: datetime | None
    begun_at: datetime | None
    first_try: int
    """Where the pages of this round begin."""
    position: int
    """The level whose turn it is; behind the last one stand the roles that are paged when nobody on the list answered."""
    due: datetime | None
    """Since when somebody is to be told at this place."""
    why: str
    rounds: int
    """How often those behind the list were to be told."""
    asked: frozenset[str]
    """Who was told at this place, or could not be."""
    sent_at: datetime | None
    answer_by: datetime | None
    tightened_at: datetime | None
    """When a worse level gave less time to answer: the time cannot have gone by before that."""
    answer: tuple[str, str, datetime, Severity | None] | None
    """Who answered, at which level of the list, when, and for which level of the incident."""
    until: datetime | None

    def __init__(self, policy: Policy, tool: Tool, rule: Acknowledgement) -> None:
        self.policy = policy
        self.tool = tool
        self.rule = rule
        self.state = ON_CALL.start
        self.detected = self.closed = False
        self.governing: Severity | None = None
        self.paged_as: Severity | None = None
        self.over_as: Severity | None = None
        """The level when the service was back; a worse one is paged anew."""
        self.holders: Mapping[str, Mapping[str, Tenure]] = {}
        self.tries: tuple[PageTry, ...] = ()
        self.changed: tuple[datetime, str] | None = None
        """The last change by time alone, and what it is called."""
        self._from_the_first(None, "")

    def _go(self, event: str) -> bool:
        """Take the row for that event, where there is one."""
        step = ON_CALL.after(self.state, event)
        if isinstance(step, Row):
            self.state = step.to
        return isinstance(step, Row)

    def _spot(self, level: str) -> int | None:
        """Where on the list a level is; all the roles after it are one place; ``None`` for what is not on it."""
        if level in self.rule.levels:
            return self.rule.levels.index(level)
        return len(self.rule.levels) if level in self.rule.then else None

    def _ended(self, page: Page, outcome: PageOutcome) -> None:
        """Write down how the latest try at that level ended; a try of its own where the log holds none."""
        for index in reversed(range(self.first_try, len(self.tries))):
            one = self.tries[index]
            if (one.level, one.person) != (page.level, page.person):
                continue
            if one.outcome is PageOutcome.ANSWERED:
                if outcome is PageOutcome.ANSWERED:
                    return  # said once more
                break
            ended = evolve(one, outcome=outcome, ended_at=page.at, said=page.outcome or one.said)
            self.tries = (*self.tries[:index], ended, *self.tries[index + 1 :])
            return
        on_list = self._spot(page.level) is not None
        self.tries = (
            *self.tries, PageTry(page.level, page.person, None, None, outcome, page.at, page.outcome, on_list)
        )  # fmt: skip

    def _end_tries(self, outcome: PageOutcome, at: datetime) -> None:
        """Nobody waits for those who have not answered yet."""
        self.tries = tuple(evolve(one, outcome=outcome, ended_at=at) if is_open(one) else one for one in self.tries)

    # --- places -----------------------------------------------------------------------------------------

    def _from_the_first(self, at: datetime | None, why: str) -> None:
        """Begin with the first on the list."""
        self.failed = frozenset()
        self.skipped = ()
        self.exhausted_at = None
        self.answer, self.until = None, None
        self.begun_at = at
        self.first_try = len(self.tries)
        self._stand_at(0, at, why)

    def _stand_at(self, position: int, at: datetime | None, why: str) -> None:
        self.position = position
        self.due, self.why = at, why
        self.rounds = 1
        self.asked = frozenset()
        self.sent_at = None
        self.answer_by = None
        self.tightened_at = None
        if position == len(self.rule.levels):
            self.exhausted_at = at
            self.why = "exhausted"
            if self.state == "waiting":
                self._go("no-answer")
            self._go("list-ended")

    def _next_level(self, at: datetime, why: str) -> None:
        """The next on the list whose page has not failed in this round; after the last one those who stand behind it."""
        levels, position = self.rule.levels, self.position + 1
        while position < len(levels) and levels[position] in self.failed:
            position += 1
        self._stand_at(position, at, why)

    def _next_round(self, at: datetime) -> None:
        self.rounds += 1
        self.due, self.why, self.asked = at, "again", frozenset()
        self.sent_at = self.answer_by = self.tightened_at = None

    def _allowed(self, rounds: int) -> bool:
        return self._may(rounds, self.paged_as)

    def _may(self, rounds: int, level: Severity | None) -> bool:
        """Whether those after the list are paged so often at that level."""
        return repeats(self.rule, level) or rounds <= (self.rule.times or 1)


def is_open(one: PageTry) -> bool:
    return one.outcome is None


def worse(level: Severity | None, other: Severity | None) -> bool:
    return level is not None and (other is None or level.worse_than(other))


def repeats(rule: Acknowledgement, level: Severity | None) -> bool:
    """Whether those after the list are paged again and again at that level."""
    return rule.repeat is not None and level is not None and not rule.repeat.worse_than(level)
