"""What closing waits for: each reason by itself, all at once, and what the word it is closed with must rest on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import pytest

import ir_policy as ir
from ir_policy import NO, YES, Event, Phase, Truth
from ir_policy.terms import OUTCOMES
from ir_policy.testing import told
from support_closing import done, ended, entered, levelled, phased, prepared, ready, recovered, without_data, written
from support_duties import COMMANDER, LEGAL, SEV2, SEV3, found, minutes, not_notifying, reopened, reported, sent
from support_gates import EVERYBODY, NOW, Answer, decided, incident, recorded, refused

READY: Final = tuple(ready(minutes(10)))
"""All that closing as resolved waits for."""
LEGAL_CASE: Final = told("waived", minutes(30), LEGAL, gate="regulator-decision-before-close")


def without(*left_out: Event) -> list[Event]:
    """Everything but these."""
    kept = [event for event in READY if event not in left_out]
    assert len(kept) == len(READY) - len(left_out)
    return kept


def only_for_resolved(before: Sequence[Event], rule: str) -> None:
    """The rule bites on closing as resolved and on no other outcome."""
    for outcome in OUTCOMES:
        rules = [one.rule for one in refused(ended(NOW, outcome), *before)]
        assert (rule in rules) == (outcome == "resolved"), outcome


def nobody_waives(answer: Answer, before: Sequence[Event]) -> None:
    """A waiver is void, whoever gives it, and the gate stays shut."""
    for by in EVERYBODY:
        waiver = told("waived", minutes(40), by, gate=answer.rule)
        assert refused(waiver, *before) == [answer._replace(who=())]
        assert refused(ended(NOW), *before, waiver) == [answer]


def counts_all_the_same(answer: Answer, before: Sequence[Event]) -> None:
    """Closed against it, the incident is closed, and the violation stays."""
    assert recorded(ended(NOW), *before) == ([(answer.rule, False)], True)
    closed = incident(*before, ended(NOW))
    assert (closed.closed, closed.outcome, [one.rule for one in closed.violations]) == (True, "resolved", [answer.rule])


class TestEverythingDone:
    """An incident that went the whole way is closed without a word."""

    @pytest.mark.parametrize("by", [COMMANDER, "reliability-partner"])
    def test_it_is_closed(self, by: str) -> None:
        """Nothing is missing, nothing is a violation, and the outcome is on the record."""
        assert refused(ended(NOW, by=by), *READY) == []
        closed = incident(*READY, ended(NOW, by=by))
        assert (closed.closed, closed.outcome, closed.violations) == (True, "resolved", ())

    def test_every_reason_at_once(self) -> None:
        """Who closes with nothing done hears all that is missing in one answer, in order of the rules."""
        rules = [
            "backlog-before-close", "change-log-before-close", "checklist-before-close", "commander-closes",
            "freeze-handled-before-close", "lessons-before-close", "phases-before-close",
            "recovery-before-close", "regulator-decision-before-close", "report-before-close", "roles-identified-before-contain",
        ]  # fmt: skip
        before = (decided(SEV2, minutes(1)), found("confirmed", minutes(2)))
        assert [one.rule for one in refused(ended(NOW, by="alex"), *before)] == rules
        assert [rule for rule, _ in recorded(ended(NOW, by="alex"), *before)[0]] == rules

    def test_the_next_episode_writes_its_own_papers(self) -> None:
        """Reopened, everything of the episode is asked for again."""
        again = (ended(minutes(20)), reopened(minutes(21)))
        assert [one.rule for one in refused(ended(NOW), *READY, *again)] == [
            "backlog-before-close", "change-log-before-close", "checklist-before-close", "lessons-before-close",
            "phases-before-close", "report-before-close",
        ]  # fmt: skip


PAPERS: Final = {
    "report-drafted": Answer("report-before-close", "response-phases/close", ("scribe", COMMANDER)),
    "lessons-captured": Answer("lessons-before-close", "response-phases/close", ("scribe", COMMANDER)),
    "backlog-filed": Answer("backlog-before-close", "response-phases/close", (COMMANDER,)),
    "change-log-updated": Answer("change-log-before-close", "response-phases/close", ("technical-sme",)),
    "checklist-updated": Answer("checklist-before-close", "privacy-integration/compliance-evidence", ("security-lead",)),
}  # fmt: skip


@pytest.mark.parametrize("step", PAPERS)
class TestPapersBeforeClose:
    """What is resolved has its report, its lessons, its follow-up work, its change log and its evidence written down."""

    def before(self, step: str) -> list[Event]:
        return [event for event in READY if getattr(event, "step", "") != step]

    def test_it_bites_until_it_is_written(self, step: str) -> None:
        """Each paper by itself; written by anybody it releases the gate."""
        assert refused(ended(NOW), *self.before(step)) == [PAPERS[step]]
        assert refused(ended(NOW), *self.before(step), done(step, minutes(50), by="alex")) == []

    def test_other_outcomes_need_none(self, step: str) -> None:
        """A false alarm has nothing to learn from, and what goes on elsewhere is written down there."""
        only_for_resolved(self.before(step), PAPERS[step].rule)

    def test_nobody_waives_it(self, step: str) -> None:
        """A paper takes less time than a waiver."""
        nobody_waives(PAPERS[step], self.before(step))

    def test_against_it_the_closing_counts(self, step: str) -> None:
        """Written later it is written, and the violation stays."""
        counts_all_the_same(PAPERS[step], self.before(step))
        late = incident(*self.before(step), ended(NOW), done(step, NOW + timedelta(minutes=1)))
        assert [one.rule for one in late.violations] == [PAPERS[step].rule]


class TestPhasesBeforeClose:
    """What is resolved has been through every phase, or has said why not."""

    ANSWER: Final = Answer("phases-before-close", "response-phases", (COMMANDER,))
    BEFORE: Final = (
        levelled(),
        *prepared(minutes(10)),
        without_data(minutes(10)),
        *recovered(minutes(10)),
        *written(minutes(10)),
    )

    def test_it_bites_until_the_last_phase_is_entered(self) -> None:
        """In any phase but the last one, and also where the last one was left again."""
        assert refused(ended(NOW), *self.BEFORE) == [self.ANSWER]
        for phase in (Phase.ASSESS, Phase.CONTAIN, Phase.ERADICATE, Phase.RECOVER):
            assert refused(ended(NOW), *self.BEFORE, entered(phase, minutes(11))) == [self.ANSWER]
        assert refused(ended(NOW), *self.BEFORE, *phased(minutes(11))) == []
        back = entered(Phase.RECOVER, minutes(12))
        assert refused(ended(NOW), *self.BEFORE, *phased(minutes(11)), back) == [self.ANSWER]

    def test_a_phase_left_out_in_silence_is_a_violation_of_its_own(self) -> None:
        """The last phase entered out of order releases closing; that it was is kept."""
        jumped = incident(*self.BEFORE, entered(Phase.CLOSE, minutes(11)), ended(NOW))
        assert [(one.rule, one.void) for one in jumped.violations] == [("phases", False)]

    def test_the_rest(self) -> None:
        """Only what is resolved needs it, nobody waives it, and against it a closing counts."""
        only_for_resolved(self.BEFORE, self.ANSWER.rule)
        nobody_waives(self.ANSWER, self.BEFORE)
        counts_all_the_same(self.ANSWER, self.BEFORE)


class TestRecoveryBeforeClose:
    """What is resolved has recovered, where its level asked for recovery at all."""

    ANSWER: Final = Answer("recovery-before-close", "response-phases/recover", ("technical-sme",))
    BEFORE: Final = (
        without_data(minutes(9)),
        decided(SEV2, minutes(9)),
        *prepared(minutes(9)),
        *phased(minutes(10)),
        *written(minutes(10)),
    )

    def test_it_bites_while_recovery_is_owed(self) -> None:
        """At SEV2 or worse; recovered in time or late it releases."""
        assert refused(ended(NOW), *self.BEFORE) == [self.ANSWER]
        assert refused(ended(NOW), *self.BEFORE, *recovered(minutes(11))) == []
        late = NOW + timedelta(days=3)
        assert refused(ended(late), *self.BEFORE, *recovered(late)) == []

    def test_nothing_owed_is_nothing_to_wait_for(self) -> None:
        """An incident that never was SEV2 or worse owes no recovery."""
        mild = [levelled() if event.kind == "severity-decided" else event for event in self.BEFORE]
        assert refused(ended(NOW), *mild) == []

    def test_a_lowering_does_not_release_it(self) -> None:
        """What was grave once is still to be restored."""
        lowered = decided(SEV3, minutes(12), lowering="situation-improved")
        assert refused(ended(NOW), *self.BEFORE, lowered) == [self.ANSWER]

    def test_what_the_last_episode_left_open_holds_nothing_up(self) -> None:
        """Closed unrecovered and reopened, the new episode's own recovery is what counts."""
        again = (ended(minutes(20)), reopened(minutes(21)), *ready(minutes(22)))
        found_open = incident(*self.BEFORE, *again)
        assert refused(ended(NOW), *self.BEFORE, *again) == []
        assert [one.rule for one in found_open.violations] == ["recovery-before-close"]

    def test_the_rest(self) -> None:
        """Only what is resolved needs it, nobody waives it, and against it a closing counts."""
        only_for_resolved(self.BEFORE, self.ANSWER.rule)
        nobody_waives(self.ANSWER, self.BEFORE)
        counts_all_the_same(self.ANSWER, self.BEFORE)


class TestResolutionMessageBeforeClose:
    """Everybody an update was owed to hears that it is resolved before it is closed."""

    ANSWER: Final = Answer("resolution-message-before-close", "response-phases/recover", ("comms-lead",))
    GRAVE: Final = reported(minutes(1), {"streaming-unavailable": YES, "client/acme": YES, "client/blue": YES})
    BEFORE: Final = (GRAVE, *READY)

    def resolved(self, *clients: str) -> list[Event]:
        return [
            sent("resolution-message", f"client/{client}", minutes(30), states=("action-summary",))
            for client in clients
        ]

    def test_it_bites_until_everybody_was_told(self) -> None:
        """One of two is not everybody; a message that says nothing of what was done is none."""
        assert refused(ended(NOW), *self.BEFORE) == [self.ANSWER]
        assert refused(ended(NOW), *self.BEFORE, *self.resolved("acme")) == [self.ANSWER]
        empty = sent("resolution-message", "client/blue", minutes(31), states=())
        assert refused(ended(NOW), *self.BEFORE, *self.resolved("acme"), empty) == [self.ANSWER]
        assert refused(ended(NOW), *self.BEFORE, *self.resolved("acme", "blue")) == []

    def test_where_no_update_was_owed_nobody_need_hear(self) -> None:
        """Without clients, or below SEV1, there is nobody to tell."""
        assert refused(ended(NOW), *READY) == []
        mild = reported(minutes(1), {"partial-outage": YES, "client/acme": YES})
        assert refused(ended(NOW), mild, *READY) == []

    def test_a_client_taken_back_need_not_hear(self) -> None:
        """Who turned out not to be affected is owed neither."""
        back = reported(minutes(20), {"client/blue": NO})
        assert refused(ended(NOW), *self.BEFORE, back, *self.resolved("acme")) == []

    def test_the_rest(self) -> None:
        """Only what is resolved needs it, nobody waives it, and against it a closing counts."""
        only_for_resolved(self.BEFORE, self.ANSWER.rule)
        nobody_waives(self.ANSWER, self.BEFORE)
        counts_all_the_same(self.ANSWER, self.BEFORE)


class TestFreezeHandledBeforeClose:
    """Where personal data is or may be involved, requests of those concerned were frozen before closing."""

    ANSWER: Final = Answer("freeze-handled-before-close", "privacy-integration/freeze", ("security-lead",))
    BEFORE: Final = tuple(READY[1:])
    HELD: Final = told("hold-started", minutes(20))

    @pytest.mark.parametrize("involved", Truth)
    @pytest.mark.parametrize("suspected", Truth)
    def test_what_is_not_known_keeps_it_shut(self, involved: Truth, suspected: Truth) -> None:
        """Only two definite noes need no freeze; a freeze releases it whatever is known."""
        told_so = reported(minutes(5), {"personal-data-involved": involved, "privacy-suspected": suspected})
        before = (told_so, *self.BEFORE, LEGAL_CASE)
        may = involved is NO and suspected is NO
        assert refused(ended(NOW), *before) == ([] if may else [self.ANSWER])
        assert refused(ended(NOW), *before, self.HELD) == []

    def test_asked_nothing_it_is_shut(self) -> None:
        """Nobody has said that no data is involved."""
        assert refused(ended(NOW), *self.BEFORE) == [self.ANSWER]

    def test_a_freeze_that_was_released_was_a_freeze(self) -> None:
        """It need not outlast the incident; it counts for the whole of it."""
        released = told("hold-released", minutes(21), LEGAL)
        assert refused(ended(NOW), *self.BEFORE, self.HELD, released) == []
        again = (ended(minutes(22)), reopened(minutes(23)), *ready(minutes(24))[1:])
        assert refused(ended(NOW), *self.BEFORE, self.HELD, released, *again) == []

    def test_extending_what_was_never_started_is_no_freeze_begun(self) -> None:
        """The mark is set by the start."""
        assert refused(ended(NOW), *self.BEFORE, told("hold-extended", minutes(20))) == [self.ANSWER]

    def test_the_rest(self) -> None:
        """Only what is resolved needs it, nobody waives it, and against it a closing counts."""
        only_for_resolved(self.BEFORE, self.ANSWER.rule)
        nobody_waives(self.ANSWER, self.BEFORE)
        counts_all_the_same(self.ANSWER, self.BEFORE)


class TestRegulatorDecisionBeforeClose:
    """Nothing is closed, however, while it is open whether a regulator is told; Legal may carry it on as a case of its
    own."""

    ANSWER: Final = Answer("regulator-decision-before-close", "comms-cadence/regulator-notice", (LEGAL,))
    CONFIRMED: Final = found("confirmed", minutes(5))
    TOLD: Final = (
        sent("oaic-notice", "oaic", minutes(20)),
        sent("eu.gdpr.33-1", "authority/unspecified", minutes(20)),
    )

    def around(self, outcome: str) -> list[Event]:
        """What else that outcome waits for."""
        return {
            "resolved": [*READY, told("hold-started", minutes(20))],
            "false-positive": [reported(minutes(6), {"false-positive": YES})],
            "out-of-scope": [reported(minutes(6), {"outside-portal": YES})],
        }.get(outcome, [told("merged", minutes(6))])

    @pytest.mark.parametrize("outcome", OUTCOMES)
    def test_it_bites_on_every_outcome(self, outcome: str) -> None:
        """A false alarm too; both notices, and the assessment that the finding met, must be settled."""
        before = (self.CONFIRMED, *self.around(outcome))
        assert refused(ended(NOW, outcome), *before) == [self.ANSWER]
        assert refused(ended(NOW, outcome), *before, self.TOLD[0]) == [self.ANSWER]
        assert refused(ended(NOW, outcome), *before, *self.TOLD) == []

    def test_a_suspicion_is_to_be_assessed(self) -> None:
        """Thirty days to assess are not an excuse to close."""
        before = (found("suspected", minutes(5)), *self.around("duplicate"))
        assert refused(ended(NOW, "duplicate"), *before) == [self.ANSWER]
        assert refused(ended(NOW, "duplicate"), *before, found("believed", minutes(7))) == []

    def test_a_decision_not_to_notify_settles_it(self) -> None:
        """Legal found that there was no breach and says so of each notice; one left out keeps it shut."""
        none = found("not-a-breach", minutes(8))
        decisions = [
            not_notifying(duty, to, minutes(9))
            for duty, to in (
                ("oaic-notice", "oaic"),
                ("eu-authority-notice", "authority/unspecified"),
                ("eu.gdpr.33-1", "authority/unspecified"),
            )
        ]
        before = (self.CONFIRMED, *self.around("duplicate"), none)
        assert refused(ended(NOW, "duplicate"), *before, *decisions) == []
        for missing in decisions:
            some = [one for one in decisions if one is not missing]
            assert refused(ended(NOW, "duplicate"), *before, *some) == [self.ANSWER]

    @pytest.mark.parametrize("by", EVERYBODY)
    def test_legal_may_waive_it(self, by: str) -> None:
        """With a reason that names the case it goes on as; nobody else, and not for the next episode."""
        before = (self.CONFIRMED, *self.around("duplicate"))
        waiver = told("waived", minutes(30), by, gate=self.ANSWER.rule)
        may = by in (LEGAL, "legal-counsel")
        assert refused(waiver, *before) == ([] if may else [self.ANSWER])
        assert refused(ended(NOW, "duplicate"), *before, waiver) == ([] if may else [self.ANSWER])
        again = (ended(minutes(31), "duplicate"), reopened(minutes(32)), told("merged", minutes(33)))
        assert refused(ended(NOW, "duplicate"), *before, waiver, *again) == [self.ANSWER]

    def test_waived_the_duties_go_on(self) -> None:
        """Closing ends no duty to a regulator, waived or not."""
        before = (self.CONFIRMED, *self.around("duplicate"), LEGAL_CASE)
        closed = incident(*before, ended(NOW, "duplicate"))
        assert {one.duty: one.status for one in ir.obligations(closed, NOW) if one.basis == "statute"} == {
            "eu.gdpr.33-1": "active"
        }
        oaic = next(one for one in ir.obligations(closed, NOW) if one.duty == "oaic-notice")
        assert (oaic.status, oaic.verdict) == ("active", "open")

    def test_against_it_the_closing_counts(self) -> None:
        """The record says that it was closed over an open decision."""
        before = (self.CONFIRMED, *self.around("duplicate"))
        assert recorded(ended(NOW, "duplicate"), *before) == ([(self.ANSWER.rule, False)], True)
        after = incident(*before, ended(NOW, "duplicate"), sent("oaic-notice", "oaic", NOW + timedelta(minutes=1)))
        assert self.ANSWER.rule in [one.rule for one in after.violations]
        (oaic,) = (one for one in ir.obligations(after, NOW + timedelta(minutes=1)) if one.duty == "oaic-notice")
        assert oaic.status == "discharged"
