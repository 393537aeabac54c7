"""Whom the policy promises to tell, within what, and what counts as told."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ir_policy import NO, UNKNOWN, YES, Breach, Severity, Truth
from ir_policy.duties.entries import Attempt
from ir_policy.terms import MICROSECOND
from ir_policy.testing import told
from support_duties import (
    CLIENTS,
    INTERNAL_ALERT,
    POLICY,
    POSTMORTEM,
    SEV0,
    SEV1,
    SEV2,
    SEV3,
    STAKEHOLDERS,
    STATED,
    T0,
    at_level,
    closed,
    decided,
    detected,
    holds,
    hours,
    impacted,
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
from support_time import DUE, MARKS, at


class TestInternalAlert:
    """The internal list hears within a quarter of an hour of a grave incident, and again when it gets worse."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """Fifteen minutes by a stopwatch, at night and on a holiday too."""
        holds(INTERNAL_ALERT, mark)

    @pytest.mark.parametrize(("level", "expected"), [(SEV0, ["internal#0"]), (SEV1, ["internal#0"]), (SEV2, [])])
    def test_it_is_owed_at_the_two_worst_levels(self, level: Severity, expected: list[str]) -> None:
        """Milder incidents alert nobody."""
        assert keys(at_level(level)(T0), "internal-alert") == expected

    def test_a_message_to_others_or_about_something_else_is_no_alert(self) -> None:
        """A sending counts for the duty and the recipient it names, and for no other."""
        story = [
            *at_level(SEV1)(T0),
            sent("internal-alert", "stakeholders", minutes(1)),
            sent("client-update", "internal", minutes(2)),
        ]
        one = owed(story, minutes(2))["internal-alert@internal#0"]
        assert (one.status, one.attempts) == ("active", ())

    def test_an_alert_since_the_level_was_reached_counts(self) -> None:
        """Sent after the signal and before anybody had named the level, it was in time; sent before that, it said nothing
        of it."""
        early = [detected(), sent("internal-alert", "internal", minutes(1)), supports(SEV1, minutes(2))]
        assert owed(early, minutes(2))["internal-alert@internal#0"].met_at == minutes(1)
        decided_first = [detected(), decided(SEV3, minutes(1)), sent("internal-alert", "internal", minutes(2))]
        for since, status in ((minutes(2), "discharged"), (minutes(2) + MICROSECOND, "active")):
            story = [*decided_first, supports(SEV1, minutes(3), since=since)]
            assert owed(story, minutes(3))["internal-alert@internal#0"].status == status

    @pytest.mark.parametrize("named", ["internal-alert", "unassessed-alert"])
    def test_one_alert_is_both(self, named: str) -> None:
        """What went to the internal list before anybody had assessed the incident told it already."""
        story = [detected(), sent(named, "internal", minutes(16)), supports(SEV1, minutes(20))]
        assert verdicts(story, "unassessed-alert", minutes(20)) == {"internal#0": "met"}
        one = owed(story, minutes(20))["internal-alert@internal#0"]
        assert (one.verdict, one.met_at, one.late_by) == ("met-late", minutes(16), timedelta(minutes=1))

    def test_a_draft_is_no_sending(self) -> None:
        """Only what was sent counts; the sending takes from its draft what it leaves out."""
        draft = told("notice-drafted", minutes(1), duties=("internal-alert",), recipients=("internal",), notice="n-7")
        story = [*at_level(SEV1)(T0), draft]
        assert owed(story, minutes(1))["internal-alert@internal#0"].status == "active"
        done = [*story, told("notice-sent", minutes(2), notice="n-7")]
        assert owed(done, minutes(2))["internal-alert@internal#0"].met_at == minutes(2)


class TestAgainOnRaise:
    """Whoever has been told hears again when the incident gets worse; whoever has not been told is owed the first
    message still."""

    ALERTED: Final = (*at_level(SEV1)(T0), sent("internal-alert", "internal", minutes(5)))

    def test_a_raise_after_the_alert_owes_another(self) -> None:
        """The new one runs from the raise, and the old one stays met."""
        story = [*self.ALERTED, supports(SEV0, minutes(30))]
        first, second = (
            owed(story, minutes(30))["internal-alert@internal#0"],
            owed(story, minutes(30))["internal-alert@internal#1"],
        )
        assert (first.verdict, first.met_at) == ("met", minutes(5))
        assert (second.anchor, second.due, second.opened_at, second.period) == (
            minutes(30),
            minutes(45),
            minutes(30),
            1,
        )

    def test_it_runs_from_since_when_the_raise_was_held(self) -> None:
        """A raise that is dated back owes its alert from there, and may be late at once."""
        story = [*self.ALERTED, supports(SEV0, minutes(30), since=minutes(10))]
        one = owed(story, minutes(30))["internal-alert@internal#1"]
        assert (one.anchor, one.due) == (minutes(10), minutes(25))
        assert one.breach == Breach(minutes(25), minutes(30), "raised-after-limit")

    def test_a_raise_before_the_alert_owes_no_second(self) -> None:
        """One message then tells everything."""
        assert keys([*at_level(SEV1)(T0), supports(SEV0, minutes(3))], "internal-alert") == ["internal#0"]

    def test_news_that_makes_nothing_worse_owes_none(self) -> None:
        """More facts of the same level, a decision that confirms it, and a lowering repeat nothing."""
        story = [
            *self.ALERTED,
            reported(minutes(10), {"major-function-lost": YES}),
            decided(SEV1, minutes(11)),
            decided(SEV3, minutes(12)),
        ]
        assert keys(story, "internal-alert") == ["internal#0"]

    def test_each_raise_owes_one(self) -> None:
        """Lowered and raised again, people hear again."""
        story = [
            *self.ALERTED,
            supports(SEV0, minutes(30)),
            sent("internal-alert", "internal", minutes(31)),
            decided(SEV1, minutes(40)),
            decided(SEV0, minutes(50)),
        ]
        assert verdicts(story, "internal-alert", minutes(50)) == {
            "internal#0": "met",
            "internal#1": "met",
            "internal#2": "open",
        }

    def test_the_second_alert_is_owed_for_itself(self) -> None:
        """The first alert does not meet the second, and a further raise while it is open owes no third."""
        story = [detected(), decided(SEV2, minutes(1)), supports(SEV1, minutes(10)), sent("internal-alert", "internal", minutes(12)),
                 supports(SEV0, minutes(20)), decided(SEV0, minutes(25))]  # fmt: skip
        assert verdicts(story, "internal-alert", minutes(26)) == {"internal#0": "met", "internal#1": "open"}

    def test_what_was_sent_before_the_raise_is_no_second_alert(self) -> None:
        """Also where acts done before count, the repeat is owed for itself and runs from the raise."""
        story = [
            detected(),
            decided(SEV3, minutes(1)),
            decided(SEV1, minutes(10)),
            sent("internal-alert", "internal", minutes(11)),
            decided(SEV0, minutes(20)),
        ]
        policy = variant(
            (
                "    act: alert-internal\n    done_before: counts-since-mark\n",
                "    act: alert-internal\n    done_before: counts\n",
            )
        )
        for rules in (POLICY, policy):
            one = owed(story, minutes(20), rules)["internal-alert@internal#1"]
            assert (one.status, one.anchor, one.due) == ("active", minutes(20), minutes(35))

    def test_clients_hear_again_when_the_worst_level_is_reached(self) -> None:
        """A raise to the level below is no second update; a raise to the worst is."""
        story = [
            detected(),
            reported(T0, {"clients-impacted": YES, "client/acme": YES}),
            decided(SEV1, minutes(1)),
            sent("client-update", "client/acme", minutes(2)),
            decided(SEV2, minutes(3)),
            decided(SEV1, minutes(4)),
        ]
        assert verdicts(story, "client-update", minutes(4)) == {"client/acme#0": "met"}
        raised = [*story, decided(SEV0, minutes(5))]
        assert verdicts(raised, "client-update", minutes(5)) == {"client/acme#0": "met", "client/acme#1": "open"}

    def test_clients_hear_again_and_stakeholders_do_not(self) -> None:
        """The duty says whether it repeats."""
        story = [
            *at_level(SEV1)(T0),
            reported(T0, {"clients-impacted": YES, "client/acme": YES}),
            sent("client-update", "client/acme", minutes(5)),
            supports(SEV0, minutes(30)),
            sent("stakeholder-notice", "stakeholders", minutes(31)),
            decided(SEV1, minutes(32)),
            decided(SEV0, minutes(33)),
        ]
        assert verdicts(story, "client-update", minutes(33)) == {"client/acme#0": "met", "client/acme#1": "open"}
        assert verdicts(story, "stakeholder-notice", minutes(33)) == {"stakeholders#0": "met"}


class TestUnassessedAlert:
    """An incident nobody has assessed a quarter of an hour after the signal is made known internally; that limit is our
    addition, so it advises."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_opens_by_time_alone(self, mark: str) -> None:
        """Pending until a quarter of an hour has passed, due at that instant, late afterwards and never a breach."""
        start, due = MARKS[mark], at(DUE["15 minutes"][mark])
        story = [detected(start)]
        for moment, status, verdict in (
            (start, "pending", "pending"),
            (due - MICROSECOND, "pending", "pending"),
            (due, "active", "at-risk"),
            (due + MICROSECOND, "active", "open"),
        ):
            one = owed(story, moment)["unassessed-alert@internal#0"]
            assert (one.status, one.verdict, one.breach) == (status, verdict, None), moment
            assert (one.due, one.binding, one.basis, one.anchor) == (due, None, "advisory", start)
            assert (one.clause, one.owed_by, one.mark) == ("comms-cadence/initial-alert", "comms-lead", "detected")
        for moment in (due - MICROSECOND, due, due + MICROSECOND):
            for act in (sent("unassessed-alert", "internal", moment), supports(SEV2, moment), decided(SEV3, moment)):
                done = owed([*story, act], moment).get("unassessed-alert@internal#0")
                if act.kind != "notice-sent" and moment < due:
                    assert done is None
                    continue
                assert done is not None
                assert (done.verdict, done.met_at) == ("met", moment)
                assert done.late_by == (MICROSECOND if moment > due else None)

    def test_assessed_in_time_it_never_was(self) -> None:
        """A level before the quarter of an hour is over leaves no trace of it."""
        for assessment in (supports(SEV2, minutes(14)), decided(SEV3, minutes(14)), decided(SEV1, minutes(14), "alex")):
            assert keys([detected(), assessment], "unassessed-alert") == []

    def test_facts_that_support_no_level_assess_nothing(self) -> None:
        """An anomaly that is watched, or a leak nobody can rule out, is no assessment."""
        story = [detected(), reported(minutes(1), {"access-log-anomaly": YES, "exfiltration-likely": UNKNOWN})]
        assert owed(story, minutes(15))["unassessed-alert@internal#0"].status == "active"

    def test_none_opens_while_the_incident_is_closed(self) -> None:
        """A pending one never was once the incident is closed, and nothing opens it afterwards."""
        story = [
            detected(),
            closed(minutes(5)),
            told("note", minutes(6)),
            reported(minutes(7), {"client/acme": NO}),
            detected(minutes(8)),
        ]
        assert keys(story[:1], "unassessed-alert") == ["internal#0"]
        assert [keys(story[:end], "unassessed-alert") for end in range(2, 6)] == [[], [], [], []]

    def test_a_reopened_incident_is_unassessed_again(self) -> None:
        """With no level ever decided, the next episode has its own quarter of an hour."""
        story = [detected(), closed(minutes(5)), reopened(minutes(60))]
        one = owed(story, minutes(60))["unassessed-alert@internal#0"]
        assert (one.status, one.due, one.episode) == ("pending", minutes(75), 1)


class TestStakeholderNotice:
    """At the worst level those who own and use the portal hear within the hour."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """One hour by a stopwatch from when the worst level was supported."""
        holds(STAKEHOLDERS, mark)

    def test_it_is_owed_at_the_worst_level_only(self) -> None:
        """One level below, stakeholders are owed nothing."""
        assert keys(at_level(SEV1)(T0), "stakeholder-notice") == []

    def test_one_message_may_meet_two_duties(self) -> None:
        """A message that names both audiences and both duties meets both; naming one meets one."""
        story = [*at_level(SEV0)(T0), reported(T0, {"clients-impacted": YES, "client/acme": YES})]
        both = told("notice-sent", minutes(9), duties=("client-update", "stakeholder-notice"),
                    recipients=("stakeholders", "client/acme"), states=STATED)  # fmt: skip
        one = sent("stakeholder-notice", "stakeholders", minutes(9))
        assert verdicts([*story, both], "client-update", minutes(9)) == {"client/acme#0": "met"}
        assert verdicts([*story, both], "stakeholder-notice", minutes(9)) == {"stakeholders#0": "met"}
        assert verdicts([*story, one], "client-update", minutes(9)) == {"client/acme#0": "open"}


class TestClientUpdate:
    """Each client who may be affected by a grave incident hears within the hour what became of share links and what
    they can do; while nobody is named, the update is owed all the same."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """One hour by a stopwatch for each client."""
        holds(CLIENTS, mark)

    @pytest.mark.parametrize("impact", Truth)
    @pytest.mark.parametrize("client", Truth)
    def test_it_is_owed_on_a_definite_yes(self, impact: Truth, client: Truth) -> None:
        """Once it is known that clients, or one of them, are affected; while neither is, no update is owed."""
        story = [*at_level(SEV1)(T0), reported(T0, {"clients-impacted": impact, "client/acme": client})]
        if YES not in (impact, client):
            assert keys(story, "client-update") == []
        else:
            assert keys(story, "client-update") == ["client/unspecified#0" if client is NO else "client/acme#0"]

    def test_everyone_not_excluded_counts(self) -> None:
        """A client about whom nobody is sure is owed the update; one known not to be affected is not."""
        known = {"clients-impacted": YES, "client/acme": YES, "client/blue": UNKNOWN, "client/coda": NO}
        assert keys([*at_level(SEV1)(T0), reported(T0, known)], "client-update") == ["client/acme#0", "client/blue#0"]

    @given(truths=st.dictionaries(st.sampled_from(["acme", "blue", "coda", "dune"]), st.sampled_from(Truth)))
    def test_the_recipients_are_those_not_excluded(self, truths: dict[str, Truth]) -> None:
        """Whoever was reported yes or unknown, in order; with nobody left, the placeholder."""
        known = {"clients-impacted": YES} | {f"client/{client}": truth for client, truth in truths.items()}
        expected = sorted(f"client/{client}#0" for client, truth in truths.items() if truth is not NO)
        assert keys([*at_level(SEV1)(T0), reported(T0, known)], "client-update") == (
            expected or ["client/unspecified#0"]
        )

    @pytest.mark.parametrize("missing", STATED)
    def test_a_message_that_leaves_something_out_is_kept_as_an_attempt(self, missing: str) -> None:
        """It does not count, but it is in the record with what it lacked; one that says all counts."""
        states = tuple(field for field in STATED if field != missing)
        lacking = sent("client-update", "client/acme", minutes(5), states, id="lacking")
        story = [*impacted("acme")(T0), lacking]
        one = owed(story, minutes(5))["client-update@client/acme#0"]
        assert (one.status, one.attempts) == ("active", (Attempt("lacking", minutes(5), (missing,)),))
        done = owed([*story, sent("client-update", "client/acme", minutes(6))], minutes(6))[
            "client-update@client/acme#0"
        ]
        assert (done.verdict, done.met_at, done.attempts) == ("met", minutes(6), one.attempts)

    def test_each_client_is_told_for_itself(self) -> None:
        """A message counts for the clients it went to."""
        story = [*impacted("acme", "blue")(T0), sent("client-update", "client/blue", minutes(5))]
        assert verdicts(story, "client-update", minutes(5)) == {"client/acme#0": "open", "client/blue#0": "met"}

    def test_a_client_found_later_is_late_from_the_start(self) -> None:
        """There is no "once we knew": found after two hours, the hour is past, and the record says why."""
        story = [*impacted("acme")(T0), reported(hours(2), {"client/blue": YES})]
        one = owed(story, hours(2))["client-update@client/blue#0"]
        assert (one.due, one.opened_at, one.breach) == (hours(1), hours(2), Breach(hours(1), hours(2), "born-overdue"))

    def test_a_client_who_turns_out_unaffected_stays_owed_what_was_missed(self) -> None:
        """Ruled out in time, the update is cancelled; ruled out after the hour, the breach stays and so does the duty."""
        for now, verdict in ((hours(1), "cancelled"), (hours(1) + MICROSECOND, "missed")):
            story = [*impacted("acme", "blue")(T0), reported(now, {"client/acme": NO})]
            assert verdicts(story, "client-update", now)["client/acme#0"] == verdict


class TestPlaceholder:
    """While nobody is named the duty is owed to a placeholder; the first one named takes over its clock and its breach."""

    RAISED: Final = (
        detected(),
        decided(SEV1, minutes(1)),
        reported(minutes(2), {"clients-impacted": YES}),
        decided(SEV0, hours(3)),
    )

    def test_the_first_named_takes_over_the_clock(self) -> None:
        """Everybody named late runs from where SEV1 was reached, also after a raise: slow naming buys no time."""
        story = [*self.RAISED, reported(hours(3.5), {"client/blue": YES, "client/acme": YES})]
        assert owed(self.RAISED, hours(3))["client-update@client/unspecified#0"].due == hours(1)
        now = owed(story, hours(3.5))
        assert {key: (one.anchor, one.due, one.status) for key, one in now.items() if one.duty == "client-update"} == {
            "client-update@client/acme#0": (T0, hours(1), "active"),
            "client-update@client/blue#0": (T0, hours(1), "active"),
            "client-update@client/unspecified#0": (T0, hours(1), "cancelled"),
        }

    def test_the_breach_goes_with_it(self) -> None:
        """The placeholder's miss passes to the first one named; who else is named late is born overdue."""
        before, after = self.RAISED, [*self.RAISED, reported(hours(3.5), {"client/blue": YES, "client/acme": YES})]
        missed = [
            {
                key: (one.breach.at, one.breach.cause)
                for key, one in owed(story, hours(3.5)).items()
                if one.breach and one.duty == "client-update"
            }
            for story in (before, after)
        ]
        assert missed == [
            {"client-update@client/unspecified#0": (hours(1), "deadline")},
            {
                "client-update@client/acme#0": (hours(1), "deadline"),
                "client-update@client/blue#0": (hours(1), "born-overdue"),
            },
        ]

    def test_what_the_placeholder_was_sent_hands_nothing_over(self) -> None:
        """A message to everybody unnamed met that obligation; those named later have their own."""
        story = [
            *impacted()(T0),
            sent("client-update", "client/unspecified", minutes(5)),
            reported(minutes(10), {"client/acme": YES}),
        ]
        assert verdicts(story, "client-update", minutes(10)) == {"client/acme#0": "open", "client/unspecified#0": "met"}

    def test_a_breach_nobody_takes_over_stays(self) -> None:
        """Where the only one named has been told already, what the placeholder missed is still what was missed."""
        story = [
            *impacted("acme")(T0),
            sent("client-update", "client/acme", minutes(5)),
            reported(minutes(10), {"client/acme": NO}),
            reported(hours(3), {"client/acme": YES}),
        ]
        now = owed(story, hours(3))
        assert now["client-update@client/acme#0"].verdict == "met"
        placeholder = now["client-update@client/unspecified#0"]
        assert placeholder.verdict == "cancelled"
        assert placeholder.breach == Breach(hours(1), hours(1) + MICROSECOND, "deadline")

    def test_it_comes_back_when_nobody_is_left(self) -> None:
        """With every named client ruled out in time the placeholder is owed again from its old clock."""
        story = [
            *impacted()(T0),
            reported(minutes(5), {"client/acme": YES}),
            reported(minutes(10), {"client/acme": NO}),
        ]
        assert verdicts(story, "client-update", minutes(10)) == {
            "client/acme#0": "cancelled",
            "client/unspecified#0": "open",
        }
        assert owed(story, minutes(10))["client-update@client/unspecified#0"].due == hours(1)
        missed = owed(story, hours(2))["client-update@client/unspecified#0"]
        assert missed.breach == Breach(hours(1), hours(1) + MICROSECOND, "deadline")


class TestPostmortem:
    """Every real incident has a postmortem within five business days of recovery or closing, whichever came first."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """At close of the fifth business day after the day of recovery."""
        holds(POSTMORTEM, mark)

    def test_the_first_of_recovery_and_closing_starts_it(self) -> None:
        """Closing after recovery lets it run; closing without recovery starts it."""
        friday = at("2026-03-13 16:55+11:00")
        for first, then in ((restores(friday), closed(hours(200))), (closed(friday), restores(hours(200)))):
            one = owed([detected(), first, then], hours(200))["postmortem@internal#0"]
            assert (one.anchor, one.due, one.mark) == (friday, at("2026-03-20 17:00+11:00"), first.kind)

    def test_it_never_lapses(self) -> None:
        """Missed and closed, it is owed still, and met late when it comes."""
        story = [detected(), restores(T0), closed(hours(1))]
        assert owed(story, hours(24 * 60))["postmortem@internal#0"].verdict == "missed"
        late = [*story, told("postmortem-distributed", hours(24 * 60))]
        assert owed(late, hours(24 * 60))["postmortem@internal#0"].verdict == "met-late"

    def test_a_drill_has_none(self) -> None:
        """What did not happen is not explained."""
        assert keys([detected(drill=True), restores(hours(1)), closed(hours(2))], "postmortem") == []
