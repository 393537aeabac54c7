"""What is owed for personal data: to regulators, under which law and which promise of our own, and what exempts."""

from __future__ import annotations

from typing import Final

import pytest

import ir_policy as ir
from ir_policy import NO, UNKNOWN, YES, Breach, Truth
from ir_policy.terms import MICROSECOND
from ir_policy.testing import told
from support_duties import (
    ASSESS,
    EU,
    FREEZE,
    GDPR,
    LEGAL,
    MARKS,
    OAIC,
    POLICY,
    T0,
    UNION,
    closed,
    confirmed,
    detected,
    found,
    holds,
    hours,
    incident,
    keys,
    minutes,
    not_notifying,
    owed,
    reopened,
    reported,
    restores,
    sent,
    variant,
    verdicts,
)
from support_time import at


class TestOaicNotice:
    """The Australian regulator hears within seventy-two hours of a confirmed breach of personal data; that is our
    promise, not the statute's number."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """Seventy-two hours by a stopwatch: weekends, holidays and changes of the clocks count."""
        holds(OAIC, mark)

    @pytest.mark.parametrize(
        "finding", ["suspected", "believed", "aware", "not-a-breach", "remediated", "statement-completed"]
    )
    def test_nothing_but_a_confirmation_starts_it(self, finding: str) -> None:
        """Suspicion, belief and awareness have clocks of their own."""
        assert keys([detected(), found(finding, minutes(1))], "oaic-notice") == []

    def test_it_runs_from_since_when_the_grounds_were_held(self) -> None:
        """Signing the finding late buys no time."""
        one = owed([detected(), found("confirmed", hours(100), since=hours(1))], hours(100))["oaic-notice@oaic#0"]
        assert (one.anchor, one.due, one.breach) == (hours(1), hours(73), Breach(hours(73), hours(100), "born-overdue"))

    def test_an_earlier_confirmation_found_later_moves_it_earlier_and_never_later(self) -> None:
        """The earliest grounds count, in whatever order the findings are signed."""
        story = [detected(), found("confirmed", hours(10))]
        earlier, later = found("confirmed", hours(20), since=hours(2)), found("confirmed", hours(20))
        assert owed([*story, earlier], hours(20))["oaic-notice@oaic#0"].due == hours(74)
        assert owed([*story, later], hours(20))["oaic-notice@oaic#0"].due == hours(82)

    def test_a_notice_before_the_confirmation_counts(self) -> None:
        """Who told the regulator on suspicion has told it, at that time."""
        story = [detected(), sent("oaic-notice", "oaic", hours(1)), found("confirmed", hours(5))]
        one = owed(story, hours(5))["oaic-notice@oaic#0"]
        assert (one.verdict, one.met_at, one.late_by) == ("met", hours(1), None)

    REGULATORS: Final = ("oaic-notice", "eu-authority-notice", "eu.gdpr.33-1", "au.ndb.assess", "postmortem")

    def test_a_drill_tells_no_regulator(self) -> None:
        """In an exercise nothing is owed to an authority, under the policy or a statute; a real signal ends the exercise."""
        story = [
            detected(drill=True),
            found("suspected", minutes(1)),
            found("confirmed", minutes(2)),
            restores(minutes(3)),
        ]
        for signal, owed_to in (
            (detected(minutes(9), drill=True), set()),
            (detected(minutes(9)), set(self.REGULATORS)),
        ):
            duties = {one.duty for one in owed([*story, signal], hours(1)).values()}
            assert duties & set(self.REGULATORS) == owed_to

    def test_no_signal_makes_a_drill_of_an_incident(self) -> None:
        """Who calls it an exercise afterwards has ended nothing."""
        assert keys([detected(), detected(minutes(1), drill=True), found("confirmed", minutes(2))], "oaic-notice") == [
            "oaic#0"
        ]

    def test_it_is_owed_once_in_an_incident(self) -> None:
        """A reopened incident has the same privacy clocks; confirming again starts no second one."""
        story = [*confirmed(T0), closed(hours(1)), reopened(hours(2)), found("confirmed", hours(3))]
        one = owed(story, hours(3))["oaic-notice@oaic#0"]
        assert keys(story, "oaic-notice") == ["oaic#0"]
        assert (one.episode, one.due) == (0, hours(72))


class TestEuAuthorityNotice:
    """European authorities hear within seventy-two hours of a confirmed breach: each member state where affected people
    live, or the lead authority alone where the company is established in the Union."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """Seventy-two hours by a stopwatch from the confirmation."""
        holds(EU, mark)

    @pytest.mark.parametrize("duty", ["eu-authority-notice", "eu.gdpr.33-1"])
    def test_each_member_state_has_its_own_notice(self, duty: str) -> None:
        """Residents reported or not ruled out count; the United Kingdom and Australia are no member states."""
        known = dict.fromkeys(("affected-in/fr", "affected-in/de", "affected-in/gb", "affected-in/au"), YES)
        story = [
            detected(),
            reported(T0, {**known, "affected-in/it": UNKNOWN, "affected-in/es": NO}),
            found("confirmed", T0),
        ]
        assert keys(story, duty) == ["authority/de#0", "authority/fr#0", "authority/it#0"]
        told_one = [*story, sent(duty, "authority/fr", hours(1))]
        assert verdicts(told_one, duty, hours(1)) == {
            "authority/de#0": "open",
            "authority/fr#0": "met",
            "authority/it#0": "open",
        }

    @pytest.mark.parametrize("duty", ["eu-authority-notice", "eu.gdpr.33-1"])
    def test_while_no_country_is_known_it_is_owed_all_the_same(self, duty: str) -> None:
        """Residence nobody knows keeps the notice owed; residence ruled out in the whole Union does not."""
        assert keys([detected(), found("confirmed", T0)], duty) == ["authority/unspecified#0"]
        assert keys([detected(), reported(T0, {"affected-in/eu": UNKNOWN}), found("confirmed", T0)], duty) == [
            "authority/unspecified#0"
        ]
        assert keys([detected(), reported(T0, {"affected-in/eu": NO}), found("confirmed", T0)], duty) == []
        each_state = {f"affected-in/{country}": NO for country in UNION}
        assert keys([detected(), reported(T0, each_state), found("confirmed", T0)], duty) == []
        all_but_one = {**each_state, "affected-in/se": UNKNOWN}
        assert keys([detected(), reported(T0, all_but_one), found("confirmed", T0)], duty) == ["authority/se#0"]

    @pytest.mark.parametrize("duty", ["eu-authority-notice", "eu.gdpr.33-1"])
    def test_the_first_country_named_takes_over(self, duty: str) -> None:
        """Named after seventy-two hours, the first authority has the breach, and it stays owed."""
        story = [
            detected(),
            found("confirmed", T0),
            reported(hours(80), {"affected-in/fr": YES, "affected-in/de": YES}),
        ]
        now = owed(story, hours(80))
        assert now[f"{duty}@authority/unspecified#0"].verdict == "cancelled"
        assert now[f"{duty}@authority/unspecified#0"].breach is None
        for country in ("de", "fr"):
            one = now[f"{duty}@authority/{country}#0"]
            assert (one.anchor, one.due, one.verdict) == (T0, hours(72), "missed")

    @pytest.mark.parametrize("duty", ["eu-authority-notice", "eu.gdpr.33-1"])
    def test_with_an_establishment_the_lead_authority_is_told(self, duty: str) -> None:
        """One notice to one authority, wherever affected people live: the one the document names, or it says none."""
        known = {"eu-establishment": YES, "affected-in/de": YES, "affected-in/fr": YES}
        story = [detected(), reported(T0, known), found("confirmed", T0)]
        irish = owed(story, T0, variant(("status: draft\n", "status: draft\nlead_authority: ie\n")))
        assert [one.recipient for one in irish.values() if one.duty == duty] == ["authority/ie"]
        assert keys(story, duty) == ["authority/unspecified#0"]

    @pytest.mark.parametrize("truth", [NO, UNKNOWN])
    def test_an_establishment_nobody_is_sure_of_brings_no_lead_authority(self, truth: Truth) -> None:
        """The privilege of one authority needs a definite yes."""
        known = {"eu-establishment": truth, "affected-in/de": YES}
        assert keys([detected(), reported(T0, known), found("confirmed", T0)], "eu-authority-notice") == [
            "authority/de#0"
        ]

    def test_a_country_that_drops_out_stays_owed(self) -> None:
        """A notice to a regulator is not cancelled because a fact changed: somebody must decide that and say why."""
        story = [*confirmed(T0), reported(hours(1), {"affected-in/de": NO, "affected-in/fr": YES})]
        assert verdicts(story, "eu-authority-notice", hours(1)) == {"authority/de#0": "open", "authority/fr#0": "open"}


class TestOneActForTwoDuties:
    """The policy's notice and the statute's are one act: each keeps its own number, and one sending meets both."""

    @pytest.mark.parametrize("named", ["eu-authority-notice", "eu.gdpr.33-1"])
    def test_naming_either_meets_both(self, named: str) -> None:
        """For the authority it went to, and no other."""
        story = [*confirmed(T0), reported(T0, {"affected-in/fr": YES}), sent(named, "authority/de", hours(2))]
        for duty in ("eu-authority-notice", "eu.gdpr.33-1"):
            assert verdicts(story, duty, hours(2)) == {"authority/de#0": "met", "authority/fr#0": "open"}
        assert verdicts(story, "oaic-notice", hours(2)) == {"oaic#0": "open"}

    def test_the_earlier_of_both_binds(self) -> None:
        """Each shows its own due; what binds is the earliest limit the same act meets."""
        story = [detected(), reported(T0, {"affected-in/de": YES}), found("aware", T0), found("confirmed", hours(5))]
        policy, statute = (
            owed(story, hours(5))[f"{duty}@authority/de#0"] for duty in ("eu-authority-notice", "eu.gdpr.33-1")
        )
        assert (policy.due, statute.due) == (hours(77), hours(72))
        assert (policy.binding, statute.binding) == (hours(72), hours(72))
        assert (policy.basis, statute.basis) == ("policy", "statute")

    def test_a_duty_that_is_settled_binds_nothing_else(self) -> None:
        """Once the statute asks nothing any more, the policy's own number binds."""
        story = [detected(), reported(T0, {"affected-in/de": YES, "risk-unlikely": YES}), found("aware", T0), found("confirmed", hours(5)),
                 not_notifying("eu.gdpr.33-1", "authority/de", hours(6))]  # fmt: skip
        assert owed(story, hours(6))["eu-authority-notice@authority/de#0"].binding == hours(77)


class TestGdprNotice:
    """Article 33(1): the controller tells the authority within seventy-two hours of becoming aware, or of hearing from
    its processor, unless a risk is unlikely and somebody has decided so."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """Seventy-two hours by a stopwatch; a confirmation presumes awareness at the same instant."""
        holds(GDPR, mark)

    @pytest.mark.parametrize(
        ("finding", "position", "expected"),
        [
            ("aware", "", ["authority/de#0"]),
            ("aware", "controller", ["authority/de#0"]),
            ("aware", "processor", []),
            ("confirmed", "controller", ["authority/de#0"]),
            ("confirmed", "processor", []),
            ("suspected", "", []),
            ("believed", "controller", []),
        ],
    )
    def test_the_awareness_of_the_controller_starts_it(self, finding: str, position: str, expected: list[str]) -> None:
        """A finding that names no position speaks for both; a processor's awareness starts no notice of ours."""
        story = [detected(), reported(T0, {"affected-in/de": YES}), found(finding, minutes(1), position=position)]
        assert keys(story, "eu.gdpr.33-1") == expected

    def test_what_a_processor_tells_us_starts_it(self) -> None:
        """Our own clock starts with its message, or with our own awareness where that was earlier."""
        story = [detected(), reported(T0, {"affected-in/de": YES}), told("processor-told", hours(2))]
        one = owed(story, hours(2))["eu.gdpr.33-1@authority/de#0"]
        assert (one.mark, one.anchor, one.due) == ("processor-told", hours(2), hours(74))
        moved = owed([*story, found("aware", hours(3), since=hours(1))], hours(3))["eu.gdpr.33-1@authority/de#0"]
        assert (moved.mark, moved.anchor, moved.due) == ("aware/controller", hours(1), hours(73))
        kept = owed([*story, found("aware", hours(3))], hours(3))["eu.gdpr.33-1@authority/de#0"]
        assert (kept.mark, kept.anchor, kept.due) == ("processor-told", hours(2), hours(74))

    def test_telling_the_authority_is_remembered_as_an_instant(self) -> None:
        """What later notices count from is the first one sent."""
        story = [*confirmed(T0), sent("eu.gdpr.33-1", "authority/de", hours(3))]
        assert incident(story).marks["initial-notice-sent"] == hours(3)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [("2018-05-24 23:59:59.999999+10:00", []), ("2018-05-25 00:00+10:00", ["authority/unspecified#0"])],
    )
    def test_it_applies_from_the_day_it_came_into_force(self, text: str, expected: list[str]) -> None:
        """An awareness on the day before, in the calendar's zone, starts nothing."""
        assert keys([detected(at(text)), found("aware", at(text))], "eu.gdpr.33-1", at(text)) == expected


class TestExemption:
    """Not to notify takes a ground that definitely holds and a person who may decide it; the rest of the duties stand,
    and when the ground falls away the duty is owed again from its old clock."""

    UNLIKELY: Final = (*confirmed(T0), reported(hours(1), {"risk-unlikely": YES, "affected-in/fr": YES}))

    def test_the_ground_alone_exempts_from_nothing(self) -> None:
        """That a risk is unlikely is a fact; that nobody is told is a decision."""
        assert owed(self.UNLIKELY, hours(1))["eu.gdpr.33-1@authority/de#0"].status == "active"

    def test_a_decision_exempts_one_duty_to_one_recipient(self) -> None:
        """Decided for Germany under the statute, everything else is still owed."""
        story = [*self.UNLIKELY, not_notifying("eu.gdpr.33-1", "authority/de", hours(2))]
        assert verdicts(story, "eu.gdpr.33-1", hours(2)) == {"authority/de#0": "not-required", "authority/fr#0": "open"}
        assert verdicts(story, "eu-authority-notice", hours(2)) == {"authority/de#0": "open", "authority/fr#0": "open"}

    @pytest.mark.parametrize("truth", [NO, UNKNOWN])
    def test_without_a_definite_ground_it_has_no_effect(self, truth: Truth) -> None:
        """While the ground is not known to hold, the decision is void and kept."""
        story = [
            *confirmed(T0),
            reported(hours(1), {"risk-unlikely": truth}),
            not_notifying("eu.gdpr.33-1", "authority/de", hours(2)),
        ]
        assert owed(story, hours(2))["eu.gdpr.33-1@authority/de#0"].status == "active"
        assert [(one.rule, one.void) for one in incident(story).violations] == [("eu.gdpr.33-1", True)]

    def test_from_somebody_else_it_has_no_effect(self) -> None:
        """Only those the duty names may decide it."""
        story = [*self.UNLIKELY, not_notifying("eu.gdpr.33-1", "authority/de", hours(2), by="alex")]
        assert owed(story, hours(2))["eu.gdpr.33-1@authority/de#0"].status == "active"

    def test_when_the_ground_falls_away_it_is_owed_again(self) -> None:
        """Revived with its old anchor and deadline, late if that has passed meanwhile."""
        story = [
            *self.UNLIKELY,
            not_notifying("eu.gdpr.33-1", "authority/de", hours(2)),
            reported(hours(90), {"risk-unlikely": NO}),
        ]
        one = owed(story, hours(90))["eu.gdpr.33-1@authority/de#0"]
        assert (one.anchor, one.due, one.verdict) == (T0, hours(72), "missed")
        assert one.breach == Breach(hours(72), hours(90), "born-overdue")

    def test_the_decision_stands_when_the_ground_comes_back(self) -> None:
        """It was decided for that ground; while the ground holds it exempts."""
        story = [*self.UNLIKELY, not_notifying("eu.gdpr.33-1", "authority/de", hours(2)),
                 reported(hours(3), {"risk-unlikely": UNKNOWN}), reported(hours(4), {"risk-unlikely": YES})]  # fmt: skip
        assert [owed(story[:end], hours(9))["eu.gdpr.33-1@authority/de#0"].verdict for end in (6, 7)] == [
            "open",
            "not-required",
        ]

    def test_a_decision_after_the_deadline_leaves_the_breach(self) -> None:
        """Nothing is owed any more, and what was missed was missed."""
        story = [*self.UNLIKELY, not_notifying("eu.gdpr.33-1", "authority/de", hours(80))]
        one = owed(story, hours(80))["eu.gdpr.33-1@authority/de#0"]
        assert (one.verdict, one.breach) == ("not-required", Breach(hours(72), hours(72) + MICROSECOND, "deadline"))

    def test_a_breach_before_the_decision_keeps_its_story(self) -> None:
        """Missed, then exempted, then owed again: it was missed at its deadline, and not by what revived it."""
        story = [
            *self.UNLIKELY,
            not_notifying("eu.gdpr.33-1", "authority/de", hours(80)),
            reported(hours(90), {"risk-unlikely": NO}),
        ]
        one = owed(story, hours(90))["eu.gdpr.33-1@authority/de#0"]
        assert (one.verdict, one.breach) == ("missed", Breach(hours(72), hours(72) + MICROSECOND, "deadline"))

    def test_a_notice_that_is_sent_all_the_same_is_not_counted_against_nothing(self) -> None:
        """While nothing is owed a sending meets nothing; it counts once the duty is owed again."""
        story = [
            *self.UNLIKELY,
            not_notifying("eu.gdpr.33-1", "authority/de", hours(2)),
            sent("eu.gdpr.33-1", "authority/de", hours(3)),
        ]
        assert owed(story, hours(3))["eu.gdpr.33-1@authority/de#0"].verdict == "not-required"
        again = owed([*story, reported(hours(90), {"risk-unlikely": NO})], hours(90))["eu.gdpr.33-1@authority/de#0"]
        assert (again.verdict, again.met_at) == ("met", hours(3))


class TestDsrFreeze:
    """Destructive steps on requests of data subjects stop at once when personal data is, or may be, involved; the
    grace is our addition, so it advises."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """Fifteen minutes from when its own condition first held."""
        holds(FREEZE, mark)

    @pytest.mark.parametrize("fact", ["personal-data-involved", "privacy-suspected"])
    def test_it_runs_from_the_first_yes(self, fact: str) -> None:
        """Either fact starts it, since when it was held; the second one, or saying it again, moves nothing."""
        story = [detected(), reported(hours(2), {fact: YES}, since=hours(1))]
        more = reported(hours(3), {"personal-data-involved": YES, "privacy-suspected": YES})
        assert owed([*story, more], hours(3))["dsr-freeze@internal#0"].due == hours(1.25)

    @pytest.mark.parametrize("truth", [NO, UNKNOWN])
    def test_it_needs_a_definite_yes(self, truth: Truth) -> None:
        """What is not known, and what is not so, freezes nothing."""
        assert (
            keys(
                [detected(), reported(T0, {"personal-data-involved": truth, "privacy-suspected": truth})], "dsr-freeze"
            )
            == []
        )

    def test_a_freeze_in_force_counts(self) -> None:
        """Who froze at the first doubt is not late when it is confirmed; a freeze that was released is none."""
        frozen = [detected(), told("hold-started", hours(1)), told("hold-extended", hours(1.5))]
        suspected = reported(hours(2), {"privacy-suspected": YES})
        one = owed([*frozen, suspected], hours(2))["dsr-freeze@internal#0"]
        assert (one.verdict, one.met_at) == ("met", hours(2))
        released = [*frozen, told("hold-released", hours(1.75), LEGAL), suspected]
        assert owed(released, hours(2))["dsr-freeze@internal#0"].status == "active"
        void = [*frozen, told("hold-released", hours(1.75), "alex"), suspected]
        assert owed(void, hours(2))["dsr-freeze@internal#0"].verdict == "met"

    def test_since_when_it_stands(self) -> None:
        """From its start until legal releases it: not later for being extended, and neither a void release nor closing ends it."""
        frozen = [detected(), told("hold-started", hours(1)), told("hold-extended", hours(1.5))]
        legal, anybody = (told("hold-released", hours(1.75), by) for by in (LEGAL, "alex"))
        again = told("hold-started", hours(3))
        for story, since in (
            ([detected()], None),
            (frozen, hours(1)),
            ([*frozen, anybody], hours(1)),
            ([*frozen, closed(hours(2))], hours(1)),
            ([*frozen, legal], None),
            ([*frozen, legal, again], hours(3)),
        ):
            assert ir.replay(POLICY, story).frozen_since == since

    def test_it_belongs_to_the_incident_and_not_to_the_episode(self) -> None:
        """Reopening neither asks for it again nor forgets that it was never done."""
        story = [detected(), reported(minutes(1), {"privacy-suspected": YES}), closed(hours(1)), reopened(hours(2))]
        assert keys(story, "dsr-freeze") == ["internal#0"]
        assert owed(story, hours(2))["dsr-freeze@internal#0"].due == minutes(16)


class TestAssessment:
    """Section 26WH(2): a suspected breach is assessed within thirty days; the day of suspicion does not count, and the
    last day counts to its end in the place's own zone."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """At the first instant after the thirtieth day, whatever the clocks did meanwhile."""
        holds(ASSESS, mark)

    @pytest.mark.parametrize("finding", ["believed", "confirmed", "not-a-breach", "remediated"])
    def test_a_conclusion_meets_it(self, finding: str) -> None:
        """Any conclusion ends the assessment, one that there was no breach among them."""
        story = [detected(), found("suspected", T0), found(finding, hours(5))]
        assert owed(story, hours(5))["au.ndb.assess@internal#0"].met_at == hours(5)

    @pytest.mark.parametrize("finding", ["suspected", "aware", "statement-completed"])
    def test_other_findings_do_not(self, finding: str) -> None:
        """Suspecting again, or being aware, concludes nothing."""
        story = [detected(), found("suspected", T0), found(finding, hours(5))]
        assert owed(story, hours(5))["au.ndb.assess@internal#0"].status == "active"

    def test_the_fact_of_a_suspicion_starts_it_too(self) -> None:
        """Grounds to suspect start it whether they are told as a finding or as a fact, since when they were held."""
        one = owed([detected(), reported(hours(48), {"privacy-suspected": YES}, since=T0)], hours(48))[
            "au.ndb.assess@internal#0"
        ]
        assert (one.anchor, one.due) == (T0, at("2026-04-11 00:00+10:00"))

    def test_a_conclusion_since_the_grounds_were_held_counts(self) -> None:
        """A breach confirmed outright needs no assessment when the suspicion is recorded late; an older conclusion was of
        something else."""
        story = [detected(), found("confirmed", hours(1))]
        dated_back = owed([*story, found("suspected", hours(2), since=hours(1))], hours(2))["au.ndb.assess@internal#0"]
        assert (dated_back.verdict, dated_back.met_at) == ("met", hours(1))
        fresh = [*story, found("suspected", hours(2))]
        moved = [*fresh, found("suspected", hours(3), since=T0)]
        for told_so_far in (fresh, moved):
            assert owed(told_so_far, hours(3))["au.ndb.assess@internal#0"].status == "active"

    @pytest.mark.parametrize(
        ("text", "expected"), [("2018-02-21 23:59:59.999999+11:00", []), ("2018-02-22 00:00+11:00", ["internal#0"])]
    )
    def test_it_applies_from_the_day_it_came_into_force(self, text: str, expected: list[str]) -> None:
        """A suspicion on the day before starts nothing."""
        assert keys([detected(at(text)), found("suspected", at(text))], "au.ndb.assess", at(text)) == expected
