"""Whom to page: one class for each clause, both sides of every boundary to the microsecond.

The machine itself is walked in ``test_paging_machine.py``; random logs are in ``test_paging_played.py``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest

import ir_policy as ir
from ir_policy import Event, PageOutcome, Severity
from ir_policy.terms import MICROSECOND, rfc3339
from ir_policy.testing import told
from support_documents import POLICY as DOCUMENT
from support_documents import stripped
from support_duties import POLICY, T0, closed, decided, detected, minutes, reopened, supports

SEV0, SEV1, SEV2, SEV3 = Severity
FIRST: Final = "reliability-partner"
SECOND: Final = "owen-backup"
BEHIND: Final = ("security-lead", "comms-lead")
TIMES: Final = {SEV0: 5, SEV1: 15, SEV2: 30}
HOLDS: Final = {SEV0: 30, SEV1: 60, SEV2: 240}
"""Minutes to answer and minutes an answer holds, by hand."""


def paged(level: str, at: datetime, person: str = "pat") -> Event:
    return told("page-sent", at, "pager", level=level, person=person)


def answered(level: str, at: datetime, person: str = "pat") -> Event:
    return told("page-acknowledged", at, "pager", level=level, person=person)


def failed(level: str, at: datetime, outcome: str = "", person: str = "pat") -> Event:
    return told("page-failed", at, "pager", level=level, person=person, outcome=outcome)


def took(at: datetime, person: str = "rita", kind: str = "role-taken") -> Event:
    return told(kind, at, person, role="incident-commander", person=person)


def incident(*events: Event) -> ir.Incident:
    return ir.replay(POLICY, [detected(), *events])


def asked(now: datetime, *events: Event) -> ir.Paging:
    return ir.paging(incident(*events), now)


def who(paging: ir.Paging) -> list[tuple[str, datetime, str]]:
    return [(one.level, one.at, one.why) for one in paging.next]


def ends(paging: ir.Paging) -> list[tuple[str, str | None]]:
    return [(one.level, one.outcome.value if one.outcome is not None else None) for one in paging.tries]


class TestTheFirstPage:
    """tooling/on-call: the first on the list is paged as soon as somebody has to be."""

    @pytest.mark.parametrize("level", TIMES)
    def test_at_each_level_that_has_a_time_to_answer(self, level: Severity) -> None:
        """The first is due from detection on, and stays due until somebody is paged."""
        for later in (0, 1, 10_000):
            found = asked(minutes(later), supports(level, T0))
            assert (found.state, found.severity, found.paged_as) == ("to-page", level, level)
            assert who(found) == [(FIRST, T0, "first-page")]
            assert [one.person for one in found.next] == ["Reliability Partner"]
            assert found.due(minutes(later)) == found.next

    def test_nobody_is_paged_at_the_mildest_level(self) -> None:
        """SEV3 has no time to answer: nobody is paged, whatever pages are sent."""
        found = asked(minutes(9), decided(SEV3, T0), paged(FIRST, minutes(1)))
        assert (found.state, found.severity, found.paged_as, found.next) == ("not-needed", SEV3, None, ())
        assert ends(found) == [(FIRST, "passed-on")]

    def test_what_nobody_has_assessed_is_paged_like_sev1(self) -> None:
        """Before the level is known each has fifteen minutes."""
        found = asked(minutes(2), paged(FIRST, minutes(2)))
        assert (found.severity, found.paged_as) == (None, SEV1)
        assert found.tries[0].answer_by == minutes(2 + TIMES[SEV1])

    def test_before_the_first_signal(self) -> None:
        """What is known before anything was detected pages nobody."""
        log = [supports(SEV0, T0 - timedelta(minutes=5)), detected()]
        assert ir.paging(ir.replay(POLICY, log), T0 - timedelta(minutes=1)).state == "not-needed"

    def test_a_policy_without_a_list(self) -> None:
        """Nobody is paged, and nothing wakes for it."""
        bare = ir.load_policy(stripped(DOCUMENT))
        found = ir.replay(bare, [detected(), supports(SEV0, T0), paged(FIRST, T0)])
        assert ir.paging(found, minutes(5)).state == "not-needed"
        assert ir.paging(found, minutes(5)).tries == ()
        assert ir.page_plan(bare, SEV0, T0).pages == ()
        assert not [one for one in ir.reminders(found, None, minutes(500)) if one.obligation.startswith("paging")]


class TestTheTimeToAnswer:
    """tooling/on-call: each has the time of the governing level, up to and including the last moment."""

    @pytest.mark.parametrize("level", TIMES)
    def test_the_last_moment_and_the_first_one_late(self, level: Severity) -> None:
        """At the limit an answer is in time; one microsecond later the next on the list is due."""
        story = (supports(level, T0), paged(FIRST, minutes(1)))
        limit = minutes(1 + TIMES[level])
        before, after = asked(limit, *story), asked(limit + MICROSECOND, *story)
        assert (before.state, who(before)) == ("waiting", [(SECOND, limit + MICROSECOND, "no-answer")])
        assert (after.state, who(after)) == ("to-page", [(SECOND, limit + MICROSECOND, "no-answer")])
        assert (ends(before), ends(after)) == ([(FIRST, None)], [(FIRST, "no-answer")])
        in_time = asked(limit, *story, answered(FIRST, limit))
        assert (in_time.state, in_time.tries[0].late, in_time.tries[0].ended_at) == ("answered", False, limit)

    def test_a_late_answer_answers_all_the_same(self) -> None:
        """The first answers while the second is waited for: nobody else is told."""
        story = (supports(SEV0, T0), paged(FIRST, T0), paged(SECOND, minutes(6)), answered(FIRST, minutes(7)))
        found = asked(minutes(7), *story)
        assert (found.state, found.answered_by, found.answered_level, found.answered_at) == (
            "answered",
            "pat",
            FIRST,
            minutes(7),
        )
        assert [(one.outcome, one.late) for one in found.tries] == [
            (PageOutcome.ANSWERED, True),
            (PageOutcome.PASSED_ON, False),
        ]

    def test_paged_once_more(self) -> None:
        """A second page to the same person adds no time."""
        found = asked(minutes(4), supports(SEV0, T0), paged(FIRST, T0), paged(FIRST, minutes(4)))
        assert [one.answer_by for one in found.tries] == [minutes(5), minutes(5)]

    def test_a_worse_level_gives_less_time(self) -> None:
        """Paged at SEV2 and raised to SEV0: five minutes from the page, but never before the raise."""
        early = (supports(SEV2, T0), paged(FIRST, T0), supports(SEV0, minutes(2)))
        assert who(asked(minutes(2), *early)) == [(SECOND, minutes(5) + MICROSECOND, "no-answer")]
        late = (supports(SEV2, T0), paged(FIRST, T0), supports(SEV0, minutes(20)))
        assert who(asked(minutes(20), *late)) == [(SECOND, minutes(20), "no-answer")]
        assert not [one for one in ir.reminders(incident(*late), None, minutes(20)) if one.duty.startswith("paging")]

    def test_a_milder_level_gives_no_more(self) -> None:
        """Whoever was paged at SEV0 keeps five minutes after a lowering."""
        lower = decided(SEV2, minutes(2), lowering="classified-in-error")
        found = asked(minutes(2), decided(SEV0, T0), paged(FIRST, T0), lower)
        assert (found.paged_as, who(found)) == (SEV2, [(SECOND, minutes(5) + MICROSECOND, "no-answer")])


class TestPagesThatFail:
    """tooling/on-call: a page that fails, and a level where nobody stands, go on at once."""

    @pytest.mark.parametrize(
        "outcome", [one for one in PageOutcome if one.value not in ("answered", "no-answer", "passed-on", "failed")]
    )
    def test_each_reason(self, outcome: PageOutcome) -> None:
        """The next is due at the instant of the failure, and the reason is kept."""
        found = asked(minutes(2), supports(SEV1, T0), paged(FIRST, T0), failed(FIRST, minutes(2), outcome.value))
        assert (found.state, who(found)) == ("to-page", [(SECOND, minutes(2), "failed")])
        assert [(one.outcome, one.said) for one in found.tries] == [(outcome, outcome.value)]
        nobody = outcome.value in ("nobody-on-duty", "no-contact-method", "target-unknown")
        assert [(gap.level, gap.why) for gap in found.skipped] == ([(FIRST, outcome.value)] if nobody else [])

    def test_a_word_nobody_knows(self) -> None:
        """It is a failure, and the word is kept as it was said."""
        found = asked(minutes(2), supports(SEV1, T0), failed(FIRST, minutes(2), "Line Dead"))
        assert [(one.outcome, one.said, one.sent_at) for one in found.tries] == [
            (PageOutcome.FAILED, "Line Dead", None)
        ]

    def test_a_level_that_failed_before_its_turn(self) -> None:
        """What is known to be empty is not waited for when its turn comes."""
        story = (supports(SEV0, T0), paged(FIRST, T0), failed(SECOND, minutes(1), "nobody-on-duty"))
        assert [level for level, _, _ in who(asked(minutes(1), *story))] == [*BEHIND]
        found = asked(minutes(5) + MICROSECOND, *story)
        assert (found.state, [gap.level for gap in found.skipped]) == ("exhausted", [SECOND])

    def test_two_people_at_one_level(self) -> None:
        """While one of them may still answer, the failure of the other's page changes nothing."""
        story = (supports(SEV1, T0), paged(FIRST, T0), paged(FIRST, T0, "kim"), failed(FIRST, minutes(1)))
        assert asked(minutes(1), *story).state == "waiting"
        assert asked(minutes(2), *story, failed(FIRST, minutes(2), person="kim")).state == "to-page"

    def test_a_level_that_was_passed_over(self) -> None:
        """Paging the second before the first was told is reported."""
        found = asked(minutes(1), supports(SEV1, T0), paged(SECOND, minutes(1)))
        assert (found.state, [(gap.level, gap.why) for gap in found.skipped]) == ("waiting", [(FIRST, "passed-over")])

    def test_a_level_nobody_knows(self) -> None:
        """A page to somebody who is not on the list changes nothing, and neither does their answer."""
        found = asked(minutes(2), supports(SEV1, T0), paged("third", minutes(1)), answered("third", minutes(2)))
        assert (found.state, [one.on_list for one in found.tries]) == ("to-page", [False])


class TestTheEndOfTheList:
    """tooling/on-call: when nobody on the list answers, security and communications are paged, at the worst levels again and again."""

    def story(self, level: Severity) -> tuple[list[Event], datetime]:
        """Nobody answers; each is paged as soon as it is due. Returns the log and the instant the list is at its end."""
        length = timedelta(minutes=TIMES[level])
        second = T0 + length + MICROSECOND
        return [supports(level, T0), paged(FIRST, T0), paged(SECOND, second)], second + length + MICROSECOND

    @pytest.mark.parametrize("level", TIMES)
    def test_who_is_told_then(self, level: Severity) -> None:
        """Both roles at once, at the instant after the last one's time; until then it is said when that will be."""
        log, end = self.story(level)
        assert asked(end - MICROSECOND, *log).exhausted_at == end
        found = asked(end, *log)
        assert (found.state, found.exhausted_at) == ("exhausted", end)
        assert who(found) == [(role, end, "exhausted") for role in BEHIND]
        assert [one.person for one in found.next] == ["Security Specialist", "Client Success Lead"]

    @pytest.mark.parametrize("level", [SEV0, SEV1])
    def test_again_and_again(self, level: Severity) -> None:
        """A hundred rounds later they are still paged, each time as long after the last page as an answer may take."""
        log, at = self.story(level)
        for _ in range(100):
            log += [paged(role, at) for role in BEHIND]
            at += timedelta(minutes=TIMES[level]) + MICROSECOND
            assert who(asked(at, *log)) == [(role, at, "again") for role in BEHIND]
            assert ir.next_wakeup(incident(*log), at - MICROSECOND) == at

    def test_once_below_that(self) -> None:
        """At SEV2 they are paged once; then nobody is, and that is told."""
        log, end = self.story(SEV2)
        log += [paged(role, end) for role in BEHIND]
        last = end + timedelta(minutes=TIMES[SEV2])
        assert (asked(last, *log).state, asked(last, *log).next) == ("exhausted", ())
        assert [one.outcome for one in asked(last, *log).tries[-2:]] == [None, None]
        assert [one.outcome for one in asked(last + MICROSECOND, *log).tries[-2:]] == [PageOutcome.NO_ANSWER] * 2
        assert self.told(log, last + MICROSECOND) == [("paging/security-lead", "unanswered")]

    def test_a_raise_after_that(self) -> None:
        """Nobody else was to be paged at SEV2; raised to SEV0 they are, from the raise on."""
        log, end = self.story(SEV2)
        log += [paged(role, end) for role in BEHIND]
        raised = end + timedelta(hours=2)
        assert who(asked(raised, *log, supports(SEV0, raised))) == [(role, raised, "raised") for role in BEHIND]

    def test_one_of_them_alone(self) -> None:
        """Who was not told yet stays due; an answer of either ends it."""
        log, end = self.story(SEV0)
        log.append(paged("comms-lead", end))
        assert who(asked(end, *log)) == [("security-lead", end, "exhausted")]
        assert asked(end, *log, answered("comms-lead", end)).state == "answered"

    def test_who_holds_the_role(self) -> None:
        """The holder of the role is told, not its first contact."""
        log, end = self.story(SEV0)
        log.append(told("role-taken", minutes(1), "sam", role="security-lead", person="sam"))
        assert [one.person for one in asked(end, *log).next] == ["sam", "Client Success Lead"]

    def told(self, log: list[Event], now: datetime) -> list[tuple[str, str]]:
        found = ir.reminders(incident(*log), None, now)
        return [(one.obligation, one.kind) for one in found if one.obligation.startswith("paging")]


class TestAnAnswer:
    """tooling/on-call: an answer holds for a time and for its level; command ends paging."""

    @pytest.mark.parametrize("level", HOLDS)
    def test_how_long_it_holds(self, level: Severity) -> None:
        """Up to and including its last moment; then the first on the list is told again."""
        log = [supports(level, T0), paged(FIRST, T0), answered(FIRST, minutes(1))]
        last = minutes(1 + HOLDS[level])
        held, stale = asked(last, *log), asked(last + MICROSECOND, *log)
        assert (held.state, held.holds_until, held.answered_by) == ("answered", last, "pat")
        assert (stale.state, stale.answered_by, stale.holds_until) == ("to-page", "", None)
        assert who(held) == who(stale) == [(FIRST, last + MICROSECOND, "answer-stale")]

    def test_said_once_more(self) -> None:
        """An answer that is renewed holds from then."""
        log = [supports(SEV0, T0), answered(FIRST, minutes(1)), answered(FIRST, minutes(20))]
        assert asked(minutes(20), *log).holds_until == minutes(50)
        assert len(asked(minutes(20), *log).tries) == 1

    def test_a_commander_needs_no_answer(self) -> None:
        """While somebody is in command nothing goes stale and nobody is paged."""
        log = [supports(SEV0, T0), took(minutes(1))]
        found = asked(minutes(10_000), *log)
        assert (found.state, found.next, found.holds_until) == ("answered", (), None)
        assert (found.answered_by, found.answered_level, found.answered_at) == (
            "rita",
            "incident-commander",
            minutes(1),
        )

    def test_command_that_ends(self) -> None:
        """The first is told again, unless an answer still holds; a hand-over goes on without a gap."""
        gone = took(minutes(9), kind="role-released")
        assert who(asked(minutes(9), supports(SEV0, T0), took(minutes(1)), gone)) == [
            (FIRST, minutes(9), "command-ended")
        ]
        log = [supports(SEV0, T0), answered(SECOND, T0), took(minutes(1)), gone]
        assert (asked(minutes(9), *log).state, asked(minutes(9), *log).answered_by) == ("answered", "pat")
        assert asked(minutes(31), *log).state == "to-page"
        late = [supports(SEV0, T0), answered(SECOND, T0), took(minutes(1)), took(minutes(40), kind="role-released")]
        assert who(asked(minutes(40), *late)) == [(FIRST, minutes(40), "command-ended")]
        over = told("handover-accepted", minutes(9), "sam", role="incident-commander", person="rita", to="sam")
        assert asked(minutes(9), supports(SEV0, T0), took(minutes(1)), over).answered_by == "sam"

    def test_a_worse_level_is_paged_anew(self) -> None:
        """An answer at SEV2 is none at SEV0; one at SEV0 is one at SEV1."""
        log = [supports(SEV2, T0), answered(FIRST, minutes(1))]
        assert who(asked(minutes(2), *log, supports(SEV0, minutes(2)))) == [(FIRST, minutes(2), "raised")]
        other = [
            decided(SEV0, T0),
            answered(FIRST, minutes(1)),
            decided(SEV2, minutes(2), lowering="classified-in-error"),
        ]
        assert asked(minutes(3), *other, decided(SEV1, minutes(3))).state == "answered"

    def test_an_answer_before_the_level_was_known(self) -> None:
        """It counts as one at SEV1: SEV1 keeps it, SEV0 does not."""
        for level, state in ((SEV2, "answered"), (SEV1, "answered"), (SEV0, "to-page")):
            assert asked(minutes(2), answered(FIRST, minutes(1)), supports(level, minutes(2))).state == state


class TestTheEnd:
    """response-phases/recover, response-phases/close: recovery and closing come before any answer; reopening begins afresh."""

    @pytest.mark.parametrize("kind", ["recovered", "closed"])
    @pytest.mark.parametrize("first", [True, False])
    def test_at_the_same_instant(self, kind: str, first: bool) -> None:
        """Whichever of the two the log names first, it is over."""
        end = closed(minutes(3)) if kind == "closed" else told("recovered", minutes(3))
        both = [end, answered(FIRST, minutes(3))] if first else [answered(FIRST, minutes(3)), end]
        found = asked(minutes(500), supports(SEV0, T0), paged(FIRST, T0), *both)
        assert (found.state, found.next, found.answered_by) == ("over", (), "")
        assert ends(found) == [(FIRST, "answered")]

    def test_nobody_is_told_afterwards(self) -> None:
        """A page whose time had not run out when the service was back is waited for no more."""
        found = asked(minutes(500), supports(SEV0, T0), paged(FIRST, T0), told("recovered", minutes(3)))
        assert (found.state, ends(found)) == ("over", [(FIRST, "passed-on")])
        assert not [one for one in ir.reminders(incident(supports(SEV0, T0), paged(FIRST, T0), told("recovered", minutes(3))), None, minutes(500))
                    if one.obligation.startswith("paging")]  # fmt: skip

    def test_worse_after_recovery(self) -> None:
        """What gets worse after the service was back is paged anew, for nobody can reopen what was not closed."""
        log = [supports(SEV2, T0), told("recovered", minutes(3))]
        assert who(asked(minutes(9), *log, supports(SEV1, minutes(9)))) == [(FIRST, minutes(9), "raised")]
        assert asked(minutes(9), *log, closed(minutes(4)), supports(SEV1, minutes(9))).state == "over"

    def test_reopened(self) -> None:
        """It begins afresh: what was answered before counts no more."""
        log = [supports(SEV0, T0), answered(FIRST, minutes(1)), closed(minutes(3)), reopened(minutes(9))]
        found = asked(minutes(9), *log)
        assert (found.state, who(found), found.begun_at) == ("to-page", [(FIRST, minutes(9), "reopened")], minutes(9))


class TestWakingAndTelling:
    """tooling/on-call: a host needs one instant, and is told each change by time alone once, under a key that stays."""

    def test_each_change_by_time_alone(self) -> None:
        """No answer, the end of the list and an answer that is stale are told; nothing changes in between."""
        log: list[Event] = [supports(SEV0, T0), paged(FIRST, T0)]
        first = minutes(5) + MICROSECOND
        assert self.keys(log, first) == [f"inc-1 paging/{SECOND} page-next {rfc3339(first)}"]
        assert self.keys(log, first - MICROSECOND) == []
        log.append(paged(SECOND, first))
        assert self.keys(log, first) == []
        end = first + timedelta(minutes=5) + MICROSECOND
        assert self.keys(log, end) == [f"inc-1 paging/{role} exhausted {rfc3339(end)}" for role in sorted(BEHIND)]
        log.append(answered(SECOND, end))
        stale = end + timedelta(minutes=30) + MICROSECOND
        assert self.keys(log, stale) == [f"inc-1 paging/{FIRST} acknowledgement-stale {rfc3339(stale)}"]

    def test_what_a_reminder_says(self) -> None:
        """Whom to tell, why, and since when; it is valid by its schema like any other."""
        found = ir.reminders(incident(supports(SEV0, T0), paged(FIRST, T0)), None, minutes(6))
        one = next(one for one in found if one.obligation.startswith("paging"))
        assert (one.title, one.recipient, one.owed_by, one.duty) == (
            "page Owen: nobody answered in time", SECOND, "incident-commander", "paging/paging-list")  # fmt: skip
        assert (one.at, one.due) == (minutes(5) + MICROSECOND, minutes(5) + MICROSECOND)

    def keys(self, log: list[Event], now: datetime) -> list[str]:
        asked_now = incident(*log)
        every = [one.key for one in ir.reminders(asked_now, None, now) if one.obligation.startswith("paging")]
        since = [
            one.key for one in ir.reminders(asked_now, now - MICROSECOND, now) if one.obligation.startswith("paging")
        ]
        assert set(since) <= set(every)
        if every:
            assert ir.next_wakeup(asked_now, now - MICROSECOND) == now
        return every
