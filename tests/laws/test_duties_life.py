"""The life of an obligation, whatever the duty: leaving scope, tightening, closing, reopening, waiving."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings

import ir_policy as ir
from ir_policy import NO, UNKNOWN, YES, Breach, Event, Severity, Truth
from ir_policy.terms import MICROSECOND
from ir_policy.testing import logs, told
from support_duties import (
    FACT_OF,
    POLICY,
    PROMISES,
    SEV0,
    SEV1,
    SEV2,
    SEV3,
    STAGED,
    T0,
    WAIVABLE,
    at_level,
    closed,
    confirmed,
    decided,
    detected,
    hours,
    impacted,
    incident,
    keys,
    minutes,
    owed,
    reopened,
    reported,
    restores,
    sent,
    supports,
    variant,
    verdicts,
)
from support_time import at


def test_every_duty_of_the_policy_has_its_promise_here() -> None:
    """No duty is left out: each has a promise with a length, or laws of its own where no length says when it is due."""
    of_their_own = {
        "unassessed-alert",
        "compliance-evidence",
        "resolution-message",
        "next-update",
        "action-item",
        "legal-review",
    }
    promised = {promise.key.partition("@")[0] for promise in PROMISES}
    assert (promised | of_their_own, promised & of_their_own) == (set(POLICY.duties), set())


class TestScopeExit:
    """An alert or update that is no longer owed ends only where it rested on an error, is not missed yet, and nobody
    was promised more; everything else stays owed."""

    GRAVE: Final = (detected(), supports(SEV1, T0))

    def lowered(self, at: datetime, why: str, level: Severity = SEV3) -> Event:
        return decided(level, at, lowering=why)

    def test_what_was_classified_in_error_is_cancelled(self) -> None:
        """Lowered because it was wrong, the alert is not owed; the duties that say nothing of it stay."""
        story = [*self.GRAVE, self.lowered(minutes(5), "classified-in-error")]
        assert verdicts(story, "internal-alert", minutes(5)) == {"internal#0": "cancelled"}
        assert verdicts(story, "recover", minutes(5)) == {"internal#0": "open"}
        assert verdicts(story, "respond", minutes(5)) == {"internal#0": "open"}

    def test_what_improved_stays_owed(self) -> None:
        """Lowered because it got better, everybody still hears that it was grave."""
        story = [*self.GRAVE, self.lowered(minutes(5), "situation-improved")]
        assert verdicts(story, "internal-alert", minutes(5)) == {"internal#0": "open"}

    def test_a_decision_that_lowers_nothing_cancels_nothing(self) -> None:
        """Only a lowering can say that the level was an error; a raise that uses the word cannot."""
        story = [
            *self.GRAVE,
            self.lowered(minutes(5), "situation-improved"),
            self.lowered(minutes(6), "classified-in-error", SEV2),
        ]
        assert verdicts(story, "internal-alert", minutes(6)) == {"internal#0": "open"}

    def test_a_fact_taken_back_cancels(self) -> None:
        """The fact it rested on turned from yes to no; "we do not know any more" takes nothing back."""
        taken_back = [*self.GRAVE, supports(SEV1, minutes(5), NO)]
        doubted = [*self.GRAVE, supports(SEV1, minutes(5), UNKNOWN)]
        assert verdicts(taken_back, "internal-alert", minutes(5)) == {"internal#0": "cancelled"}
        assert verdicts(doubted, "internal-alert", minutes(5)) == {"internal#0": "open"}

    def test_ruling_out_what_nobody_had_claimed_takes_nothing_back(self) -> None:
        """A fact that was never a yes, and a client nobody had thought of, were no ground for anything."""
        never = {"partial-outage": NO, "client/zeta": NO, FACT_OF[SEV1]: UNKNOWN}
        assert verdicts([*self.GRAVE, reported(minutes(5), never)], "internal-alert", minutes(5)) == {
            "internal#0": "open"
        }
        named = reported(minutes(1), {"client/zeta": UNKNOWN})
        assert verdicts([*self.GRAVE, named, reported(minutes(5), never)], "internal-alert", minutes(5)) == {
            "internal#0": "cancelled"
        }

    @pytest.mark.parametrize(("after", "verdict"), [(timedelta(0), "cancelled"), (MICROSECOND, "missed")])
    def test_what_is_missed_is_not_cancelled(self, after: timedelta, verdict: str) -> None:
        """At its last moment it can be cancelled, a microsecond later it cannot."""
        now = minutes(15) + after
        story = [*self.GRAVE, self.lowered(now, "classified-in-error")]
        assert verdicts(story, "internal-alert", now) == {"internal#0": verdict}

    def test_what_was_promised_is_not_cancelled(self) -> None:
        """A client who was promised a next update is owed it, one who was not is not."""
        incomplete = sent("client-update", "client/acme", minutes(2), states=(), next_update_by=minutes(40))
        story = [*impacted("acme", "blue")(T0), incomplete, self.lowered(minutes(5), "classified-in-error")]
        assert verdicts(story, "client-update", minutes(5)) == {"client/acme#0": "open", "client/blue#0": "cancelled"}

    def test_a_promise_made_in_the_draft_counts(self) -> None:
        """What the draft promised was promised when it was sent."""
        draft = told(
            "notice-drafted",
            minutes(1),
            duties=("client-update",),
            recipients=("client/acme",),
            next_update_by=minutes(40),
        )
        story = [
            *impacted("acme")(T0),
            draft,
            told("notice-sent", minutes(2), notice="n-1"),
            self.lowered(minutes(5), "classified-in-error"),
        ]
        assert verdicts(story, "client-update", minutes(5)) == {"client/acme#0": "open"}

    def test_owed_again_it_has_its_old_clock(self) -> None:
        """Revived, it is the same obligation with the anchor and the deadline it had."""
        story = [*self.GRAVE, supports(SEV1, minutes(5), NO), supports(SEV1, minutes(10))]
        one = owed(story, minutes(10))["internal-alert@internal#0"]
        assert (one.status, one.anchor, one.due, one.breach) == ("active", T0, minutes(15), None)
        late = owed([*story[:3], supports(SEV1, minutes(20))], minutes(20))["internal-alert@internal#0"]
        assert (late.due, late.breach) == (minutes(15), Breach(minutes(15), minutes(20), "born-overdue"))

    def test_what_was_sent_meanwhile_counts_where_acts_before_count(self) -> None:
        """While it was cancelled nothing was owed; owed again, a duty takes what was done before as it always does."""
        story = [
            detected(),
            supports(SEV0, T0),
            supports(SEV0, minutes(5), NO),
            sent("internal-alert", "internal", minutes(7)),
            sent("stakeholder-notice", "stakeholders", minutes(7)),
            supports(SEV0, minutes(10)),
        ]
        assert verdicts(story, "internal-alert", minutes(10)) == {"internal#0": "met"}
        assert verdicts(story, "stakeholder-notice", minutes(10)) == {"stakeholders#0": "open"}

    @pytest.mark.parametrize("truth", [YES, UNKNOWN])
    def test_a_recipient_ruled_out_is_taken_back(self, truth: Truth) -> None:
        """A client who may have been affected, and is not, is not owed the update any more."""
        story = [*impacted("acme")(T0), reported(T0, {"client/blue": truth}), reported(minutes(5), {"client/blue": NO})]
        assert verdicts(story, "client-update", minutes(5)) == {"client/acme#0": "open", "client/blue#0": "cancelled"}


class TestRatchet:
    """A running deadline may get earlier, never later, whatever is decided, found or taken back."""

    def test_a_raise_tightens_and_a_lowering_does_not_loosen(self) -> None:
        """Two hours become thirty minutes; lowered again, thirty minutes stay."""
        story = [
            *at_level(SEV2)(T0),
            supports(SEV1, minutes(10)),
            supports(SEV1, minutes(20), NO),
            decided(SEV2, minutes(21)),
        ]
        assert [owed(story[:end], minutes(30))["respond@internal#0"].due for end in (2, 3, 4, 5)] == [
            minutes(120), minutes(30), minutes(30), minutes(30),
        ]  # fmt: skip

    def test_a_breach_is_a_fact(self) -> None:
        """What was missed stays missed at that instant though a later raise would have missed it earlier."""
        story = [*at_level(SEV1)(T0), supports(SEV0, hours(5))]
        one = owed(story, hours(5))["recover@internal#0"]
        assert one.breach == Breach(hours(4), hours(4) + MICROSECOND, "deadline")

    @settings(max_examples=60)
    @given(log=logs(POLICY))
    def test_no_event_moves_a_deadline_later(self, log: list[Event]) -> None:
        """Event by event in the order they happened, no due and no binding due of an obligation gets later."""
        story = sorted(
            (event for event in log if event.kind != "corrected"),
            key=lambda event: (event.at, event.recorded_at or event.at),
        )
        start = next(index for index, event in enumerate(story) if event.kind == "detected")
        step = ir.replay(POLICY, story[: start + 1])
        before = {one.key: one for one in ir.obligations(step, story[start].at)}
        for event in story[start + 1 :]:
            step = ir.record(step, event).incident
            after = {one.key: one for one in ir.obligations(step, event.at)}
            for key in before.keys() & after.keys():
                was, now = before[key].due, after[key].due
                assert was is None or (now is not None and now <= was), (key, event)
            before = after


class TestClosing:
    """Alerts and updates end when the incident is closed, and keep their breach; everything else stays owed."""

    GRAVE: Final = (detected(), supports(SEV1, T0))

    def test_what_was_missed_lapses(self) -> None:
        """A missed alert is not owed for ever, and a later one does not meet it."""
        story = [*self.GRAVE, closed(minutes(20))]
        one = owed(story, minutes(20))["internal-alert@internal#0"]
        assert (one.status, one.verdict, one.breach) == (
            "lapsed",
            "missed",
            Breach(minutes(15), minutes(15) + MICROSECOND, "deadline"),
        )
        assert (
            owed([*story, sent("internal-alert", "internal", minutes(21))], minutes(21))["internal-alert@internal#0"]
            == one
        )

    def test_what_is_not_missed_yet_is_owed_until_it_is(self) -> None:
        """Closed in time, the alert can still be met up to its deadline, and lapses at the instant it is missed."""
        story = [*self.GRAVE, closed(minutes(5))]
        for moment, status, verdict in (
            (minutes(5), "active", "open"),
            (minutes(15), "active", "at-risk"),
            (minutes(15) + MICROSECOND, "lapsed", "missed"),
        ):
            one = owed(story, moment)["internal-alert@internal#0"]
            assert (one.status, one.verdict) == (status, verdict)
        in_time = [*story, sent("internal-alert", "internal", minutes(15))]
        too_late = [*story, sent("internal-alert", "internal", minutes(15) + MICROSECOND)]
        assert owed(in_time, minutes(16))["internal-alert@internal#0"].verdict == "met"
        assert owed(too_late, minutes(16))["internal-alert@internal#0"].verdict == "missed"

    def test_other_duties_outlive_it(self) -> None:
        """Response, recovery and what is owed to regulators do not end with the incident."""
        story = [*self.GRAVE, *confirmed(T0)[1:], closed(hours(100))]
        now = {one.duty: one.status for one in owed(story, hours(100)).values()}
        assert {now[duty] for duty in ("respond", "recover", "oaic-notice", "eu.gdpr.33-1", "postmortem")} == {"active"}

    def test_what_opens_while_it_is_closed_lapses_when_it_is_missed(self) -> None:
        """A grave fact after the closing owes an alert up to its deadline, and no longer."""
        story = [detected(), decided(SEV3, minutes(1)), closed(minutes(2)), supports(SEV1, minutes(10))]
        for moment, verdict, status in (
            (minutes(25), "at-risk", "active"),
            (minutes(25) + MICROSECOND, "missed", "lapsed"),
        ):
            one = owed(story, moment)["internal-alert@internal#0"]
            assert (one.verdict, one.status, one.due) == (verdict, status, minutes(25))

    def test_closed_at_the_instant_it_opens_it_has_opened(self) -> None:
        """A duty that opens by time alone is pending before its instant; closed then, it was owed and not done."""
        before, at_once = minutes(15) - MICROSECOND, minutes(15)
        assert keys([detected(), closed(before)], "unassessed-alert") == []
        assert verdicts([detected(), closed(at_once)], "unassessed-alert", at_once) == {"internal#0": "missed"}

    def test_a_void_closing_ends_nothing(self) -> None:
        """What somebody without the power closed is open."""
        story = [*self.GRAVE, told("closed", minutes(20), "alex")]
        assert owed(story, minutes(20))["internal-alert@internal#0"].status == "active"


class TestReopening:
    """A new episode owes its service duties anew, with the next number; what the last one left open it still owes."""

    def test_each_episode_has_its_own_service_duties(self) -> None:
        """The second episode's clocks run from the reopening; the first one's keep theirs."""
        story = [detected(), supports(SEV1, T0), decided(SEV1, minutes(1)), closed(hours(1)), reopened(hours(30))]
        now = {
            key: (one.episode, one.due)
            for key, one in owed(story, hours(30)).items()
            if one.duty in ("recover", "respond")
        }
        assert now == {
            "recover@internal#0": (0, hours(4)),
            "recover@internal#1": (1, hours(34)),
            "respond@internal#0": (0, minutes(30)),
            "respond@internal#1": (1, hours(30.5)),
        }

    def test_an_act_meets_what_every_episode_left_open(self) -> None:
        """Service restored is restored for both; the first is late."""
        story = [detected(), supports(SEV1, T0), closed(hours(1)), reopened(hours(30)), restores(hours(31))]
        assert verdicts(story, "recover", hours(31)) == {"internal#0": "met-late", "internal#1": "met"}

    def test_an_act_meets_what_only_the_last_episode_left_open(self) -> None:
        """This episode owes none yet; the one of the last is distributed in it."""
        distributed = told("postmortem-distributed", hours(31), evidence=("the signed copy",))
        story = [detected(), supports(SEV1, T0), closed(hours(1)), reopened(hours(30)), distributed]
        assert verdicts(story, "postmortem", hours(31)) == {"internal#0": "met"}

    def test_a_raise_in_the_next_episode_tightens_nothing_of_the_last(self) -> None:
        """What an earlier episode left open keeps its deadline."""
        story = [detected(), supports(SEV2, T0), closed(minutes(5)), reopened(minutes(10)), supports(SEV0, minutes(20))]
        now = owed(story, minutes(20))
        assert now["recover@internal#0"].due == at("2026-03-11 17:00+11:00")
        assert now["recover@internal#1"].due == minutes(70)


class TestWaiver:
    """Somebody the document names may release an obligation by its key; the breach it had stays."""

    def waived(self, at: datetime, by: str = "security-lead", key: str = "document@internal#0") -> Event:
        return told("waived", at, by, obligation=key)

    STORY: Final = (detected(), decided(SEV3, minutes(1)))

    def test_it_is_released(self) -> None:
        """Waived in time, nothing is missed afterwards, and a later act changes nothing."""
        story = [*self.STORY, self.waived(minutes(5))]
        one = owed(story, hours(100), variant(WAIVABLE))["document@internal#0"]
        assert (one.status, one.verdict, one.breach) == ("waived", "waived", None)
        later = [*story, told("documented", minutes(6))]
        assert owed(later, hours(100), variant(WAIVABLE))["document@internal#0"] == one

    def test_what_was_missed_was_missed(self) -> None:
        """A waiver after the deadline ends what is owed, and not the breach."""
        story = [*self.STORY, self.waived(hours(25))]
        one = owed(story, hours(100), variant(WAIVABLE))["document@internal#0"]
        assert (one.verdict, one.breach) == ("waived", Breach(hours(24), hours(24) + MICROSECOND, "deadline"))

    def test_nobody_else_waives_and_nothing_else_is_waived(self) -> None:
        """By somebody else, of a duty nobody may waive, of no obligation, or of one that is met: void."""
        met = told("documented", minutes(3))
        for story in (
            [*self.STORY, self.waived(minutes(5), "alex")],
            [*self.STORY, self.waived(minutes(5), key="document@internal#1")],
            [*self.STORY, self.waived(minutes(5), key="nothing@internal#0")],
            [*self.STORY, met, self.waived(minutes(5))],
        ):
            void = incident(story, variant(WAIVABLE)).violations
            assert [one.void for one in void] == [True]
            without = owed(story[:-1], hours(1), variant(WAIVABLE))
            assert owed(story, hours(1), variant(WAIVABLE)) == without
        unwaivable = incident([*self.STORY, self.waived(minutes(5))]).violations
        assert [(one.rule, one.void) for one in unwaivable] == [("document", True)]


class TestStages:
    """Where a duty asks for a stage of the notice, another stage does not meet it."""

    def test_only_the_stage_asked_for_counts(self) -> None:
        """A first notice is kept as an attempt, the final one meets the duty."""
        policy = variant(STAGED)
        first = sent("oaic-notice", "oaic", hours(1), stage="initial", id="first")
        story = [*confirmed(T0), first]
        one = owed(story, hours(1), policy)["oaic-notice@oaic#0"]
        assert (one.status, [attempt.event for attempt in one.attempts]) == ("active", ["first"])
        final = sent("oaic-notice", "oaic", hours(2), stage="final")
        assert owed([*story, final], hours(2), policy)["oaic-notice@oaic#0"].verdict == "met"
