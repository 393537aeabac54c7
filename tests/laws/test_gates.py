"""What may not happen, what releases it, who can release it, and what becomes of an event that happened all the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import pytest
from hypothesis import given, settings

import ir_policy as ir
from ir_policy import NO, UNKNOWN, YES, Event, Phase, Severity, Truth
from ir_policy.terms import OUTCOMES
from ir_policy.testing import logs, told
from support_closing import checked, ended, entered, levelled, prepared, ready
from support_duties import COMMANDER, LEGAL, POLICY, SEV0, SEV1, SEV2, SEV3, minutes, reported, variant
from support_gates import (
    CLEANING,
    EVERYBODY,
    NOW,
    SECURITY,
    Answer,
    decided,
    everything,
    incident,
    recorded,
    refused,
    takes,
)
from support_time import at


class TestCommanderDecides:
    """The level is decided by the commander; anybody else may only make it worse."""

    ANSWER: Final = Answer("commander-decides-severity", "roles/incident-commander", (COMMANDER,))

    @pytest.mark.parametrize("by", EVERYBODY)
    def test_it_bites_on_everybody_else(self, by: str) -> None:
        """While the role is vacant its contact may decide; nobody else may, and the refusal says who could."""
        may = by in (COMMANDER, "reliability-partner")
        assert refused(decided(SEV3, by=by)) == ([] if may else [self.ANSWER])

    def test_the_holder_releases_it(self) -> None:
        """Whoever holds the role decides; then its contact does not any more."""
        assert refused(decided(SEV3, by="alex"), takes(COMMANDER)) == []
        assert refused(decided(SEV3, by="reliability-partner"), takes(COMMANDER)) == [self.ANSWER]

    @pytest.mark.parametrize("level", [SEV0, SEV1, SEV2])
    def test_a_raise_is_nobodys_privilege(self, level: Severity) -> None:
        """Anything worse than what governs may be said by anybody."""
        assert refused(decided(level, by="alex")) == []

    def test_against_it_a_decision_is_void(self) -> None:
        """Recorded all the same it is kept, flagged, and changes nothing."""
        assert recorded(decided(SEV3, by="alex")) == ([("commander-decides-severity", True)], False)


class TestNoLoweringUnderThreat:
    """While integrity or the place of data is known to be threatened nobody makes the level milder."""

    ANSWER: Final = Answer("no-lowering-under-threat", "severity-matrix/escalation", (SECURITY,))

    @pytest.mark.parametrize("fact", ["integrity-threatened", "residency-threatened"])
    @pytest.mark.parametrize("by", [COMMANDER, SECURITY])
    def test_it_bites_on_a_definite_threat(self, fact: str, by: str) -> None:
        """Either threat stops the commander too; no role releases it."""
        lowering = decided(SEV3, by=by)
        assert self.ANSWER in refused(lowering, decided(SEV0, minutes(1)), reported(minutes(2), {fact: YES}))

    @pytest.mark.parametrize("truth", [NO, UNKNOWN])
    def test_what_is_not_known_does_not_keep_it_shut(self, truth: Truth) -> None:
        """Alone among the gates it needs a definite yes: a threat nobody reported stops no lowering."""
        both = {"integrity-threatened": truth, "residency-threatened": truth}
        assert refused(decided(SEV3), decided(SEV0, minutes(1)), reported(minutes(2), both)) == []

    def test_it_opens_when_the_threat_is_over(self) -> None:
        """Once both are known not to be so, or no longer known to be so, the commander may lower."""
        threat = reported(minutes(2), {"integrity-threatened": YES})
        over = reported(minutes(3), {"integrity-threatened": NO})
        assert refused(decided(SEV3), decided(SEV0, minutes(1)), threat, over) == []

    def test_it_stops_lowering_only(self) -> None:
        """Confirming the level or making it worse is no lowering."""
        before = (decided(SEV1, minutes(1)), reported(minutes(2), {"integrity-threatened": YES}))
        assert refused(decided(SEV1), *before) == []
        assert refused(decided(SEV0), *before) == []

    def test_against_it_a_lowering_is_void(self) -> None:
        """The level stays."""
        before = (decided(SEV0, minutes(1)), reported(minutes(2), {"integrity-threatened": YES}))
        assert recorded(decided(SEV3), *before) == ([("no-lowering-under-threat", True)], False)


class TestReasons:
    """Who lowers the level, or decides another than the facts support, says why."""

    LOWERING: Final = Answer("lowering-has-a-reason", "roles/incident-commander", (COMMANDER,))
    DIFFERENCE: Final = Answer("difference-has-a-reason", "roles/incident-commander", (COMMANDER,))

    def test_a_lowering_without_a_reason_is_refused_and_void(self) -> None:
        """With a reason it goes through."""
        bare = decided(SEV2, reason="")
        assert refused(bare, decided(SEV0, minutes(1))) == [self.LOWERING]
        assert recorded(bare, decided(SEV0, minutes(1))) == ([("lowering-has-a-reason", True)], False)
        (refusal,) = ir.check(incident(decided(SEV0, minutes(1))), bare)
        assert "reason" in refusal.missing[0]
        assert refused(decided(SEV2), decided(SEV0, minutes(1))) == []

    def test_a_difference_without_a_reason_is_refused_and_counts_all_the_same(self) -> None:
        """The commander's decision is a decision; what it lacks is kept as a violation."""
        before = reported(minutes(1), {"partial-outage": YES})
        bare = decided(SEV1, reason="")
        assert refused(bare, before) == [self.DIFFERENCE]
        assert recorded(bare, before) == ([("difference-has-a-reason", False)], True)
        assert incident(before, bare).severity.governing is SEV1
        assert refused(decided(SEV1), before) == []

    def test_the_proposal_itself_needs_none(self) -> None:
        """Deciding what the facts support, or anything while they support nothing, states no reason."""
        assert refused(decided(SEV2, reason=""), reported(minutes(1), {"partial-outage": YES})) == []
        assert refused(decided(SEV1, reason="")) == []

    def test_every_reason_is_given_at_once(self) -> None:
        """Nobody has to try three times: all that is missing is said in one answer, in order of the rules."""
        before = (decided(SEV0, minutes(1)), reported(minutes(2), {"integrity-threatened": YES}))
        assert [one.rule for one in refused(decided(SEV3, by="alex", reason=""), *before)] == [
            "commander-decides-severity",
            "difference-has-a-reason",
            "lowering-has-a-reason",
            "no-lowering-under-threat",
        ]


class TestSeverityBeforeContain:
    """Before containment the commander has decided how severe it is."""

    ANSWER: Final = Answer("severity-before-contain", "response-phases/assess", (COMMANDER,))
    ASSESSING: Final = told("phase-entered", minutes(1), phase=Phase.ASSESS)
    CONTAIN: Final = told("phase-entered", NOW, phase=Phase.CONTAIN)

    def test_it_bites_until_a_level_is_decided(self) -> None:
        """Facts and a provisional raise are no decision."""
        raised = decided(SEV1, minutes(2), by="alex")
        before = (self.ASSESSING, *prepared(minutes(1)))
        assert refused(self.CONTAIN, *before) == [self.ANSWER]
        assert refused(self.CONTAIN, *before, raised) == [self.ANSWER]
        assert refused(self.CONTAIN, *before, decided(SEV1, minutes(2))) == []

    def test_a_decision_counts_for_the_whole_incident(self) -> None:
        """Reopened, the incident has been assessed once."""
        again = (
            *prepared(minutes(1)),
            decided(SEV1, minutes(2)),
            told("closed", minutes(3), COMMANDER),
            told("reopened", minutes(4)),
        )
        assert refused(self.CONTAIN, *again) == []

    def test_where_nothing_is_contained_it_bites_on_closing(self) -> None:
        """No way to a resolved incident goes past the decision; an incident that was none needs no level."""
        undecided = [event for event in ready(minutes(10)) if event != levelled()]
        assert refused(ended(NOW), *undecided) == [self.ANSWER]
        assert refused(ended(NOW), *undecided, levelled(minutes(50))) == []
        others = [ended(NOW, outcome) for outcome in OUTCOMES if outcome != "resolved"]
        assert others
        assert not any(self.ANSWER in refused(other, *undecided) for other in others)

    def test_against_it_the_phase_is_entered_all_the_same(self) -> None:
        """Containment happened; that it came too early is kept."""
        before = (self.ASSESSING, *prepared(minutes(1)))
        assert recorded(self.CONTAIN, *before) == ([("severity-before-contain", False)], True)
        assert incident(self.ASSESSING, self.CONTAIN).phase is Phase.CONTAIN

    def test_other_phases_and_steps_may_come_first(self) -> None:
        """Isolating what is compromised waits for nobody."""
        assert refused(told("step-done", NOW, step="isolate"), self.ASSESSING) == []


class TestSnapshotBeforeCleanup:
    """Evidence is secured before anything is cleaned up, where an attacker may be the cause or data is involved."""

    ANSWER: Final = Answer("snapshot-before-cleanup", "response-phases/contain", (SECURITY,))
    SNAPSHOT: Final = told("step-done", minutes(5), step="forensic-snapshot")
    HARMLESS: Final = reported(minutes(1), {"malicious-cause": NO, "personal-data-involved": NO})

    def done(self, step: str, at: datetime = NOW) -> Event:
        return told("step-done", at, step=step)

    @pytest.mark.parametrize("step", CLEANING)
    @pytest.mark.parametrize("malicious", Truth)
    @pytest.mark.parametrize("personal", Truth)
    def test_what_is_not_known_keeps_it_shut(self, step: str, malicious: Truth, personal: Truth) -> None:
        """Only when both are known not to be so may clean-up come first."""
        known = reported(minutes(1), {"malicious-cause": malicious, "personal-data-involved": personal})
        may = malicious is NO and personal is NO
        assert refused(self.done(step), known) == ([] if may else [self.ANSWER])

    def test_asked_nothing_it_is_shut(self) -> None:
        """Facts nobody has asked about are not known."""
        assert refused(self.done("clean-up")) == [self.ANSWER]

    @pytest.mark.parametrize("step", [step for step in POLICY.steps if step not in CLEANING])
    def test_stopping_the_harm_waits_for_nothing(self, step: str) -> None:
        """Isolation, revocation, rotation and every other step may come first."""
        assert refused(self.done(step)) == []

    def test_the_snapshot_releases_it(self) -> None:
        """Afterwards anybody may clean up, in this episode; the next one needs its own."""
        assert refused(self.done("clean-up"), self.SNAPSHOT) == []
        again = (told("closed", minutes(6), COMMANDER), told("reopened", minutes(7)))
        assert refused(self.done("clean-up"), self.SNAPSHOT, *again) == [self.ANSWER]

    @pytest.mark.parametrize("by", EVERYBODY)
    def test_security_may_waive_it(self, by: str) -> None:
        """With a reason, by security alone, for this episode."""
        waiver = told("waived", minutes(5), by, gate="snapshot-before-cleanup")
        may = by in (SECURITY, "security-specialist")
        assert refused(waiver) == ([] if may else [self.ANSWER])
        assert refused(self.done("clean-up"), waiver) == ([] if may else [self.ANSWER])
        again = (told("closed", minutes(6), COMMANDER), told("reopened", minutes(7)))
        assert refused(self.done("clean-up"), waiver, *again) == [self.ANSWER]

    def test_a_waiver_that_is_not_given_is_void(self) -> None:
        """From somebody else, of a gate nobody may waive, or of none: kept without effect."""
        for by, gate, rule in (
            ("alex", "snapshot-before-cleanup", "snapshot-before-cleanup"),
            (COMMANDER, "commander-closes", "commander-closes"),
            (SECURITY, "no-such-gate", "no-such-gate"),
        ):
            assert recorded(told("waived", NOW, by, gate=gate)) == ([(rule, True)], False)

    def test_against_it_a_clean_up_still_happened(self) -> None:
        """What was deleted is deleted: the step counts for whatever waits for it, and the violation stays."""
        policy = variant(("    met_by: {event: documented}\n", "    met_by: [{event: documented}, {step: clean-up}]\n"))
        before = decided(SEV3, minutes(1))
        step = ir.record(incident(before, policy=policy), self.done("clean-up"))
        assert [(one.rule, one.void) for one in step.violations] == [("snapshot-before-cleanup", False)]
        assert step.discharged == ("document@internal#0",)
        later = ir.record(step.incident, told("step-done", NOW, step="forensic-snapshot", id="late snapshot")).incident
        assert later.violations == step.violations


class TestCommanderCloses:
    """The commander closes the incident."""

    ANSWER: Final = Answer("commander-closes", "response-phases/close", (COMMANDER,))

    @pytest.mark.parametrize("by", EVERYBODY)
    def test_it_bites_on_everybody_else(self, by: str) -> None:
        """The contact may while the role is vacant."""
        may = by in (COMMANDER, "reliability-partner")
        before = ready(minutes(1))
        assert refused(told("closed", NOW, by), *before) == ([] if may else [self.ANSWER])
        assert incident(*before, told("closed", NOW, by)).closed is may

    def test_against_it_a_closing_is_void(self) -> None:
        """The incident stays open, and nothing that ends with it ends."""
        before = (reported(minutes(1), {"streaming-unavailable": YES}), *ready(minutes(2)))
        assert recorded(told("closed", NOW, "alex"), *before) == ([("commander-closes", True)], False)


class TestLegalReleasesTheFreeze:
    """Only Legal releases the freeze of destructive steps."""

    ANSWER: Final = Answer("legal-releases-the-freeze", "privacy-integration/freeze", (LEGAL,))

    @pytest.mark.parametrize("by", EVERYBODY)
    def test_it_bites_on_everybody_else(self, by: str) -> None:
        """Starting and extending it is for anybody, releasing it is not."""
        may = by in (LEGAL, "legal-counsel")
        assert refused(told("hold-released", NOW, by)) == ([] if may else [self.ANSWER])
        assert refused(told("hold-started", NOW, by)) == []
        assert refused(told("hold-extended", NOW, by)) == []

    def test_against_it_a_release_is_void(self) -> None:
        """The freeze goes on."""
        held = told("hold-started", minutes(1))
        assert recorded(told("hold-released", NOW, "alex"), held) == ([("legal-releases-the-freeze", True)], False)


class TestPrivacyFindingsThatRemoveDuties:
    """That there was no breach, or that it was remedied, is found by security or by Legal."""

    ANSWER: Final = Answer("privacy-finding-cleared-by-its-owners", "roles/legal-liaison", (SECURITY, LEGAL))

    @pytest.mark.parametrize("finding", ["not-a-breach", "remediated"])
    @pytest.mark.parametrize("by", EVERYBODY)
    def test_it_bites_on_everybody_else(self, by: str, finding: str) -> None:
        """Either role releases it, its contact while it is vacant."""
        may = by in (SECURITY, "security-specialist", LEGAL, "legal-counsel")
        assert refused(told("breach-finding", NOW, by, finding=finding)) == ([] if may else [self.ANSWER])

    @pytest.mark.parametrize("finding", ["not-a-breach", "remediated"])
    def test_against_it_a_finding_is_void(self, finding: str) -> None:
        """It concludes no assessment and opens no exemption."""
        suspected = told("breach-finding", minutes(1), finding="suspected")
        assert recorded(told("breach-finding", NOW, "alex", finding=finding), suspected) == (
            [("privacy-finding-cleared-by-its-owners", True)],
            False,
        )


class TestWhatAddsDuties:
    """What adds duties counts, whoever says it."""

    @pytest.mark.parametrize("by", EVERYBODY)
    @pytest.mark.parametrize("finding", ["suspected", "believed", "aware", "confirmed"])
    def test_a_finding_of_anybody_starts_the_clocks(self, by: str, finding: str) -> None:
        """Suspicion, belief, awareness and confirmation need no role."""
        event = told("breach-finding", NOW, by, finding=finding)
        assert refused(event) == []
        assert recorded(event)[0] == []
        by_legal = told("breach-finding", NOW, LEGAL, finding=finding)
        assert everything(incident(event)) == everything(incident(by_legal))

    @pytest.mark.parametrize("by", EVERYBODY)
    def test_a_fact_counts_from_anybody(self, by: str) -> None:
        """Facts need no role, whichever way they turn."""
        known = {"exfiltration-likely": YES, "clients-impacted": YES, "risk-unlikely": NO}
        event = told("facts-reported", NOW, by, facts=known)
        assert refused(event) == []
        assert incident(event).severity.governing is SEV0

    @pytest.mark.parametrize("by", EVERYBODY)
    def test_a_raise_counts_from_anybody(self, by: str) -> None:
        """Whoever sees that it is worse may say so."""
        event = decided(SEV1, by=by)
        assert refused(event, decided(SEV2, minutes(1))) == []
        assert incident(decided(SEV2, minutes(1)), event).severity.governing is SEV1

    @pytest.mark.parametrize("by", EVERYBODY)
    def test_a_happening_counts_from_anybody(self, by: str) -> None:
        """Service restored, a message sent and a processor's call are what happened, not powers."""
        for kind in ("recovered", "documented", "processor-told", "ransom-paid", "postmortem-distributed", "merged"):
            assert refused(told(kind, NOW, by), *checked(minutes(1))) == []


class TestPhases:
    """Phases are entered in order: none is skipped in silence, none twice in a row, none while the incident is closed."""

    def test_the_six_in_order(self) -> None:
        """Detection is where every incident begins; each next phase may be entered when the one before was."""
        story = [decided(SEV2, minutes(1)), *prepared(minutes(1))]
        assert incident(*story).phase is Phase.DETECT
        for number, phase in enumerate(list(Phase)[1:]):
            event = entered(phase, minutes(2 + number))
            assert refused(event, *story) == []
            story.append(event)
            assert incident(*story).phase is phase

    @pytest.mark.parametrize("phase", Phase)
    def test_a_phase_left_out_is_refused_and_recorded(self, phase: Phase) -> None:
        """A jump is refused, but what happened is the phase."""
        may = phase is Phase.ASSESS
        refusals = refused(entered(phase, NOW), decided(SEV2, minutes(1)), *prepared(minutes(1)))
        assert refusals == (
            []
            if may
            else [Answer("phases", f"response-phases/{phase.value}", () if phase is Phase.DETECT else (COMMANDER,))]
        )
        if phase is not Phase.DETECT:
            assert incident(decided(SEV2, minutes(1)), entered(phase, NOW)).phase is phase

    def test_a_phase_that_does_not_apply_may_be_left_out(self) -> None:
        """With a reason, said by anybody."""
        skipped = told("phase-not-applicable", minutes(3), phase=Phase.CONTAIN, reason="nothing to contain")
        before = (decided(SEV2, minutes(1)), entered(Phase.ASSESS, minutes(2)))
        assert [one.rule for one in refused(entered(Phase.ERADICATE, NOW), *before)] == ["phases"]
        assert refused(entered(Phase.ERADICATE, NOW), *before, skipped) == []

    def test_a_phase_that_does_not_apply_says_why(self) -> None:
        """Without a reason it is refused, and left out all the same."""
        reasoned = told("phase-not-applicable", minutes(1), phase=Phase.ASSESS, reason="known before")
        silent = told("phase-not-applicable", minutes(1), phase=Phase.ASSESS)
        assert refused(reasoned) == []
        assert refused(silent) == [Answer("phases", "response-phases/assess", (COMMANDER,))]
        assert recorded(silent)[0] == [("phases", False)]
        before = (decided(SEV2, minutes(1)), *prepared(minutes(1)))
        assert refused(entered(Phase.CONTAIN, NOW), *before, silent) == []

    def test_back_to_an_earlier_phase(self) -> None:
        """Who was in containment and finds more to assess goes back; the current one cannot be entered again."""
        before = (
            decided(SEV2, minutes(1)),
            *prepared(minutes(1)),
            entered(Phase.ASSESS, minutes(2)),
            entered(Phase.CONTAIN, minutes(3)),
        )
        assert refused(entered(Phase.ASSESS, NOW), *before) == []
        assert [one.rule for one in refused(entered(Phase.CONTAIN, NOW), *before)] == ["phases"]

    def test_none_while_it_is_closed(self) -> None:
        """First it is reopened; then it begins where the document says, and earlier episodes' phases count no more."""
        before = (
            decided(SEV2, minutes(1)),
            *prepared(minutes(1)),
            *(entered(phase, minutes(2)) for phase in (Phase.ASSESS, Phase.CONTAIN, Phase.ERADICATE)),
            told("closed", minutes(3), COMMANDER),
        )
        assert [one.rule for one in refused(entered(Phase.RECOVER, NOW), *before)] == ["phases"]
        again = (*before, told("reopened", minutes(4)))
        assert incident(*again).phase is Phase.ASSESS
        assert refused(entered(Phase.CONTAIN, NOW), *again) == []
        assert [one.rule for one in refused(entered(Phase.ERADICATE, NOW), *again)] == ["phases"]


class TestEpisodes:
    """An incident is closed once and reopened once it is closed."""

    def test_closing_twice_is_void(self) -> None:
        """The first closing counts."""
        before = (told("merged", minutes(1)), told("closed", minutes(1), COMMANDER))
        assert recorded(told("closed", NOW, COMMANDER, outcome="duplicate"), *before) == ([("episodes", True)], False)

    def test_reopening_what_is_open_is_void(self) -> None:
        """There is nothing to reopen, at first and after it was reopened once."""
        assert recorded(told("reopened", NOW)) == ([("episodes", True)], False)
        again = (told("closed", minutes(1), COMMANDER), told("reopened", minutes(2)))
        assert recorded(told("reopened", NOW), *again) == ([("episodes", True)], False)

    @pytest.mark.parametrize("by", EVERYBODY)
    def test_anybody_reopens(self, by: str) -> None:
        """That it came back is no matter of power."""
        assert refused(told("reopened", NOW, by), told("closed", minutes(1), COMMANDER)) == []


class TestEventsNobodyKnows:
    """While the log holds events of a kind this version does not know, nobody lowers the level or closes."""

    UNKNOWN: Final = ir.read_event(
        {"kind": "satellite-lost", "id": "u-1", "incident": "inc-1", "at": "2026-03-10T22:05:00Z", "by": "alex", "n": 1}
    )

    def test_lowering_and_closing_are_void(self) -> None:
        """What is unknown might have been a reason not to; everything else goes on."""
        before = (decided(SEV0, minutes(1)), self.UNKNOWN, *ready(minutes(6)))
        assert recorded(decided(SEV2), *before) == ([("unknown-events", True)], False)
        assert recorded(told("closed", NOW, COMMANDER), *before) == ([("unknown-events", True)], False)
        assert refused(decided(SEV0), *before) == []
        assert refused(told("recovered", NOW), *before) == []

    def test_the_incident_says_that_it_is_incomplete(self) -> None:
        """The event is kept whole, and the incident knows that it does not know all."""
        found = incident(self.UNKNOWN)
        assert (found.complete, found.log[-1]) == (False, self.UNKNOWN)
        assert incident().complete


class TestNotNotifying:
    """A decision not to notify is for those the duty names, on a ground that definitely holds."""

    ANSWER: Final = Answer("eu.gdpr.33-1", "art-33-1", (LEGAL,))

    @pytest.mark.parametrize("by", EVERYBODY)
    @pytest.mark.parametrize("truth", Truth)
    def test_it_needs_the_ground_and_the_person(self, by: str, truth: Truth) -> None:
        """Either alone is not enough."""
        event = told("not-notifying", NOW, by, duty="eu.gdpr.33-1", recipient="authority/unspecified")
        may = by in (LEGAL, "legal-counsel") and truth is YES
        known = reported(minutes(1), {"risk-unlikely": truth})
        assert refused(event, known) == ([] if may else [self.ANSWER])

    @pytest.mark.parametrize("duty", ["respond", "no-such-duty"])
    def test_it_is_void_where_nothing_exempts(self, duty: str) -> None:
        """A duty without a ground for exemption, and a duty there is none of, cannot be decided away."""
        event = told("not-notifying", NOW, LEGAL, duty=duty, recipient="internal")
        grave = reported(minutes(1), {"streaming-unavailable": YES})
        assert recorded(event, grave) == ([(duty, True)], False)


class TestOneAnswerForEverybody:
    """Checking, applying and recording agree: what is refused is what becomes a violation, and void means no effect."""

    @settings(max_examples=150)
    @given(log=logs(POLICY, max_size=12))
    def test_every_refusal_becomes_a_violation_of_that_event(self, log: list[Event]) -> None:
        """For any event at its own place in the order; one that is refused leaves the incident it was asked of as it was."""
        *before, event = log
        if not before:
            return
        old = ir.replay(POLICY, before)
        refusals = ir.check(old, event)
        step = ir.record(old, event)
        against = [one for one in step.incident.violations if one.event == event.id]
        assert [(one.rule, one.clause, one.missing) for one in against] == [
            (one.rule, one.clause, one.missing) for one in refusals
        ]
        if refusals:
            with pytest.raises(ir.Refused) as error:
                ir.apply(old, event)
            assert error.value.refusals == refusals
        else:
            assert ir.apply(old, event).incident == step.incident
        assert (old, everything(old)) == (ir.replay(POLICY, before), everything(ir.replay(POLICY, before)))

    @settings(max_examples=150)
    @given(log=logs(POLICY, max_size=12))
    def test_what_is_void_has_no_effect(self, log: list[Event]) -> None:
        """Taking every void event out of a log changes nothing that follows from it."""
        found = ir.replay(POLICY, log)
        void = {one.event for one in found.violations if one.void}
        kept = [event for event in log if event.id not in void]
        assert self.followed(found) == self.followed(ir.replay(POLICY, kept))

    def followed(self, found: ir.Incident) -> Sequence[object]:
        later = at("2040-01-01 00:00+00:00")
        return (*everything(found)[:8], ir.obligations(found, later))

    @pytest.mark.parametrize("kind", ["waived", "closed", "reopened", "not-notifying", "hold-released"])
    def test_what_is_void_is_kept(self, kind: str) -> None:
        """The log holds what was tried, by whom and when, and says in words that it had no effect."""
        said = {
            "waived": {"gate": "commander-closes"},
            "not-notifying": {"duty": "respond", "recipient": "internal"},
        }
        event = told(kind, NOW, "alex", **said.get(kind, {}))
        step = ir.record(incident(), event)
        assert step.incident.log[-1] == event
        assert len(step.suggested) == 1
