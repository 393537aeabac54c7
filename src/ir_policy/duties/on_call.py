"""The on-call list over an incident: whom to page, how long to wait, who is next, and whether an answer still holds.

A view with clocks of its own: the rows of ``rules/machines/on_call.py`` say what follows from what, this module says where on
the list paging stands and which instants time alone reaches. Nothing here opens an obligation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import datetime
from functools import lru_cache
from typing import Final

from attrs import evolve

from ir_policy.duties.call_list import UNANSWERED, Place, is_open, worse
from ir_policy.duties.calls import NOBODY_THERE, NextPage, PageOutcome, PageTry, Paging, Skipped, outcome_of
from ir_policy.duties.remind import Reminder
from ir_policy.duties.turns import Turn
from ir_policy.log.events import Event, Page
from ir_policy.log.history import Tenure
from ir_policy.rules.about import Acknowledgement, Tool
from ir_policy.rules.machines.on_call import ON_CALL
from ir_policy.rules.model import Policy
from ir_policy.terms import MICROSECOND, Clause, Severity, rfc3339

__all__ = ["NO_LIST", "Story", "list_of", "name_of", "story_of"]

_WHY: Final = {"detected": "first-page", "reopened": "reopened"}
"""Why the first on the list is told after such an event; after any other because the level got worse."""


_SAYS: Final = {
    "page-next": "nobody answered in time",
    "exhausted": "nobody on the list answered",
    "acknowledgement-stale": "somebody answered, and nobody is in command",
    "unanswered": "nobody answered, and nobody else is to be paged",
}
"""What time alone did, in words."""
NO_LIST: Final = Paging("not-needed", None, None, None, (), (), (), None, "", None, "", None, Clause(""), "")
"""Where paging stands under a policy without a list."""


@lru_cache(maxsize=16)
def list_of(policy: Policy) -> tuple[Tool, Acknowledgement] | None:
    """The policy's paging list; ``None`` where it has none."""
    found = ((tool, tool.paging) for tool in policy.about.tooling.values() if tool.paging is not None)
    return next(((tool, rule) for tool, rule in found if rule is not None), None)


def story_of(policy: Policy, turns: Iterable[Turn], before: Story | None = None) -> Story | None:
    """Where paging stands after those events, from the start or from ``before``; ``None`` where the policy has no list."""
    found = list_of(policy)
    if found is None:
        return None
    story = copy(before) if before is not None else Story(policy, *found)
    for turn in turns:
        story.take(turn)
    return story


class Story(Place):
    """Where on the list paging stands. It is changed while a log is folded and by time; ask :meth:`at` for a copy."""

    def at(self, now: datetime) -> Story:
        """The same at an instant that is no earlier than its last event."""
        changes = self.deadline()
        if changes is None or changes > now:
            return self
        then = copy(self)
        then._pass_time(now)
        return then

    # --- what it says -----------------------------------------------------------------------------------

    def deadline(self) -> datetime | None:
        """The instant at which time alone changes something, if nothing happens before."""
        if self.state == "answered":
            return self.until + MICROSECOND if self.until is not None and not self.commander else None
        if self.state in ("waiting", "exhausted") and self.answer_by is not None:
            out = self.answer_by + MICROSECOND  # answered at the very last moment is in time
            return max(out, self.tightened_at) if self.tightened_at is not None else out
        return None

    def next(self) -> tuple[NextPage, ...]:
        """Who is told next if nothing else happens."""
        at, levels = self.deadline(), self.rule.levels
        if self.state == "to-page" and self.due is not None:
            return self._told((levels[self.position],), self.due, self.why)
        if self.state == "waiting" and at is not None:
            later = [level for level in levels[self.position + 1 :] if level not in self.failed]
            return self._told(later[:1], at, "no-answer") if later else self._told(self.rule.then, at, "exhausted")
        if self.state == "exhausted" and self.due is not None:
            left = [role for role in self.rule.then if role not in self.asked]
            if left and self._allowed(self.rounds):
                return self._told(left, self.due, self.why)
            return self._told(self.rule.then, at, "again") if at and self._allowed(self.rounds + 1) else ()
        if self.state == "answered" and at is not None:
            return self._told(levels[:1], at, "answer-stale")
        return ()

    def paging(self) -> Paging:
        """All of it as a value."""
        answer, commander = self.answer, self.commander
        answered = self.state == "answered"
        tenure = self.holders.get(self.rule.answered_by, {}).get(commander) if commander else None
        by, level, since, _ = answer if answer is not None else ("", "", None, None)
        if tenure is not None:
            by, level, since = commander, self.rule.answered_by, tenure.since.at
        return Paging(
            state=self.state, severity=self.governing, paged_as=self.paged_as if self._needed() else None,
            begun_at=self.begun_at, tries=self.tries, next=self.next(), skipped=self.skipped,
            exhausted_at=self._exhausted_at(), answered_by=by if answered else "",
            answered_at=since if answered else None, answered_level=level if answered else "",
            holds_until=self.until if answered and tenure is None else None, clause=Clause(self.tool.clause),
            reading=self.tool.reading,
        )  # fmt: skip

    def reminders(self, incident: str, after: datetime | None) -> tuple[Reminder, ...]:
        """What time alone changed later than ``after`` and still stands, for each who is to be told."""
        if self.changed is None or (after is not None and self.changed[0] <= after):
            return ()
        at, kind = self.changed
        told = [(one.level, one.person) for one in self.next() if one.at == at]
        if kind == "unanswered" and self.state == "exhausted" and self.answer_by is None and not self.next():
            told = [(self.rule.then[0], "")]
        return tuple(self._reminder(incident, level, person, kind, at) for level, person in told)

    def _reminder(self, incident: str, level: str, person: str, kind: str, at: datetime) -> Reminder:
        key = f"paging/{level}"
        return Reminder(
            key=f"{incident} {key} {kind} {rfc3339(at)}", incident=incident, obligation=key, duty=f"paging/{self.tool.id}",
            title=f"page {person}: {_SAYS[kind]}" if person else _SAYS[kind], recipient=level,
            owed_by=self.rule.answered_by, kind=kind, at=at, due=at if person else None,
        )  # fmt: skip

    def _told(self, levels: Iterable[str], at: datetime, why: str) -> tuple[NextPage, ...]:
        return tuple(NextPage(level, name_of(self.policy, level, self.holders), at, why) for level in levels)

    def _exhausted_at(self) -> datetime | None:
        at = self.deadline()
        if self.state != "waiting" or at is None or self.paged_as is None:
            return self.exhausted_at
        later = [level for level in self.rule.levels[self.position + 1 :] if level not in self.failed]
        return at + len(later) * (self.rule.within[self.paged_as] + MICROSECOND)

    @property
    def commander(self) -> str:
        """Who holds the role that ends paging; empty while nobody does."""
        return next(iter(self.holders.get(self.rule.answered_by, ())), "")

    # --- what happens -----------------------------------------------------------------------------------

    def take(self, turn: Turn) -> None:
        """Take in one event, after all that time did before it."""
        event, at = turn.event, turn.event.at
        self._pass_time(at)
        led = bool(self.commander)
        self.holders = turn.holders
        if event.kind == "detected":
            self.detected = True
        elif event.kind == "reopened" and self._go("reopened"):
            self.closed = False
        elif event.kind in ("recovered", "closed"):
            self._over(event)
        elif isinstance(event, Page):
            self._page(event)
        self._govern(turn.governing, at, _WHY.get(event.kind, "raised"))
        self._lead(led, at)

    def _pass_time(self, now: datetime) -> None:
        """All that changes by time alone up to that instant; what happens at it comes after."""
        while (at := self.deadline()) is not None and at <= now:
            if self.state == "answered":
                self._go("answer-stale")
                self._from_the_first(at, "answer-stale")
                self.changed = at, "acknowledgement-stale"
                return
            self._end_tries(PageOutcome.NO_ANSWER, at)
            was = self.state
            self._go("no-answer")
            if was == "waiting":
                self._next_level(at, "no-answer")
                self.changed = at, "exhausted" if self.state == "exhausted" else "page-next"
            else:
                self._next_round(at)
                self.changed = at, "page-next" if self._allowed(self.rounds) else "unanswered"

    def _over(self, event: Event) -> None:
        self.closed = self.closed or event.kind == "closed"
        if self._go(event.kind):
            self._end_tries(PageOutcome.PASSED_ON, event.at)
            self.over_as, self.answer, self.until = self.paged_as, None, None

    def _needed(self) -> bool:
        return self.detected and self.paged_as in self.rule.within

    def _govern(self, governing: Severity | None, at: datetime, why: str) -> None:
        """What the governing level asks for: nobody, somebody, or more than before."""
        before = self.paged_as
        self.governing = governing
        self.paged_as = governing if governing is not None else self.rule.unassessed
        if not self._needed():
            if self._go("not-needed"):
                self._end_tries(PageOutcome.PASSED_ON, at)
                self.answer, self.until = None, None
        elif self.state == ON_CALL.start:
            self._go("needed")
            self._from_the_first(at, why)
        elif self.state == "answered":
            answered_as = self.answer[3] if self.answer is not None else before
            if not self.commander and worse(self.paged_as, answered_as) and self._go("raised"):
                self._from_the_first(at, "raised")
        elif self.state == "over":
            if not self.closed and not self.commander and worse(self.paged_as, self.over_as) and self._go("raised"):
                self._from_the_first(at, "raised")
        elif worse(self.paged_as, before) and self._go("raised"):
            self._hurry(before, at)

    def _hurry(self, before: Severity | None, at: datetime) -> None:
        """A worse level gives less time to whoever was paged already; a milder one never gives more."""
        assert self.paged_as is not None
        if self.sent_at is not None and self.answer_by is not None:
            sooner = self.sent_at + self.rule.within[self.paged_as]
            if sooner < self.answer_by:
                self.answer_by, self.tightened_at = sooner, at
                self.tries = tuple(
                    evolve(one, answer_by=min(one.answer_by, sooner)) if is_open(one) and one.answer_by else one
                    for one in self.tries
                )
        elif self.state == "exhausted" and not self._may(self.rounds, before) and self._allowed(self.rounds):
            self.due, self.why = at, "raised"
        changed = self.changed
        self._pass_time(at)
        self.changed = changed  # what the event hurried on did not change by time alone

    def _lead(self, led: bool, at: datetime) -> None:
        """What follows where somebody took command, or nobody is in command any more."""
        if self.commander:
            if self.state in UNANSWERED and self._go("role-taken"):
                self._end_tries(PageOutcome.PASSED_ON, at)
        elif led and self.state == "answered" and self._go("role-released") and not self._holds(at):
            self._go("answer-stale")
            self._from_the_first(at, "command-ended")

    def _holds(self, at: datetime) -> bool:
        """Whether somebody answered, for a level as bad as this one, and not too long ago."""
        if self.answer is None or worse(self.paged_as, self.answer[3]):
            return False
        return self.until is None or at <= self.until

    # --- pages ------------------------------------------------------------------------------------------

    def _page(self, page: Page) -> None:
        spot = self._spot(page.level)
        if page.kind == "page-sent":
            self._sent(page, spot)
        elif page.kind == "page-failed":
            self._failed(page, spot)
        else:
            counts = spot is not None and self._go("page-acknowledged")
            self._ended(page, PageOutcome.ANSWERED)
            if counts:
                self._end_tries(PageOutcome.PASSED_ON, page.at)
                self.answer = page.person, page.level, page.at, self.paged_as
                held = self.rule.holds.get(self.paged_as) if self.paged_as is not None else None
                self.until = page.at + held if held is not None else None

    def _sent(self, page: Page, spot: int | None) -> None:
        one = PageTry(page.level, page.person, page.at, None, said=page.outcome, on_list=spot is not None)
        if spot is None or self.state not in UNANSWERED or self.paged_as is None:
            self.tries = (*self.tries, evolve(one, outcome=PageOutcome.PASSED_ON, ended_at=page.at))
            return
        here = spot == self.position
        if spot > self.position:  # somebody further down was paged instead
            self._end_tries(PageOutcome.PASSED_ON, page.at)
            self._pass_over(spot, page.at)
        if spot == self.position:
            by = page.at + self.rule.within[self.paged_as]
            again = page.level in self.asked or (here and self.state == "waiting")
            if again and self.answer_by is not None:
                by = min(by, self.answer_by)  # paged once more: no time is added
            self.asked |= {page.level}
            self.sent_at, self.answer_by, self.tightened_at = page.at, by, None
            one = evolve(one, answer_by=by)
        self.failed -= {page.level}
        self.tries = (*self.tries, one)
        if spot == self.position:
            self._go("page-sent")

    def _pass_over(self, spot: int, at: datetime) -> None:
        """Go on at a later place than the one whose turn it is."""
        told = {one.level for one in self.tries[self.first_try :]}
        passed = [level for level in self.rule.levels[self.position : spot] if level not in told]
        self.skipped = (*self.skipped, *(Skipped(level, "passed-over", at) for level in passed))
        self._stand_at(spot, at, "no-answer")

    def _failed(self, page: Page, spot: int | None) -> None:
        outcome = outcome_of(page.outcome)
        self._ended(page, outcome)
        if spot is None or self.state not in UNANSWERED or self.paged_as is None:
            return
        waits = any(is_open(one) and one.level == page.level for one in self.tries[self.first_try :])
        if waits:
            return  # somebody else at that level was paged too, and may still answer
        if outcome in NOBODY_THERE:
            self.skipped = (*self.skipped, Skipped(page.level, outcome.value, page.at))
        if spot == len(self.rule.levels):
            if self.state == "exhausted":
                self._go("page-failed")
                self.asked |= {page.level}
                self.sent_at, self.answer_by = page.at, page.at + self.rule.within[self.paged_as]
                self.tightened_at = None
            return
        self.failed |= {page.level}
        if spot == self.position and self._go("page-failed"):
            self._next_level(page.at, "failed")


def name_of(policy: Policy, level: str, holders: Mapping[str, Mapping[str, Tenure]]) -> str:
    """How whoever stands at a level is called: the name of a person, or who holds the role, else its contact's name."""
    if level in policy.roles and level not in policy.about.people:
        held = holders.get(level)
        if held:
            return ", ".join(held)
        level = policy.roles[level].contact
    return policy.about.people.get(level, level)
