"""What the policy promises of the response itself: a commander in place, service restored, the incident written down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ir_policy import Breach, Severity
from ir_policy.terms import MICROSECOND
from ir_policy.testing import told
from support_duties import (
    DOCUMENT,
    MARKS,
    RECOVER,
    RESPOND,
    SEV0,
    SEV1,
    SEV2,
    SEV3,
    T0,
    at_level,
    decided,
    detected,
    holds,
    hours,
    keys,
    minutes,
    owed,
    supports,
    takes_command,
)


class TestRespond:
    """From the mildest level but one upwards somebody takes command: at once at the worst level, then within half an
    hour, then within two; holding the role is what counts, not a click on an alert."""

    @pytest.mark.parametrize("mark", MARKS)
    @pytest.mark.parametrize("level", RESPOND)
    def test_it_is_due(self, level: Severity, mark: str) -> None:
        """At each level, from each mark, to the microsecond; the five minutes at the worst level only advise."""
        holds(RESPOND[level], mark)

    def test_at_the_mildest_level_nobody_need_take_command(self) -> None:
        """An incident of the mildest level owes no response."""
        assert keys([detected(), decided(SEV3, minutes(1))], "respond") == []

    def test_a_commander_who_was_in_place_before_meets_it(self) -> None:
        """A tenure that began earlier counts, from when the clock started."""
        story = [detected(), takes_command(minutes(1)), decided(SEV3, minutes(2), "alex"), supports(SEV1, minutes(60))]
        one = owed(story, minutes(60))["respond@internal#0"]
        assert (one.verdict, one.anchor, one.met_at) == ("met", minutes(60), minutes(60))

    @pytest.mark.parametrize("kind", ["handover-accepted", "role-taken"])
    def test_an_acting_commander_and_one_who_was_handed_the_role_meet_it(self, kind: str) -> None:
        """However the role came to be held, it is held."""
        how = {"acting": True} if kind == "role-taken" else {"to": "kim"}
        story = [*at_level(SEV1)(T0), told(kind, minutes(30), role="incident-commander", person="alex", **how)]
        assert owed(story, minutes(30))["respond@internal#0"].verdict == "met"

    def test_other_roles_and_other_signs_of_life_do_not(self) -> None:
        """A scribe, a decision by the commander's contact and an acknowledged page put no commander in place."""
        story = [
            *at_level(SEV1)(T0),
            told("role-taken", minutes(1), role="scribe", person="alex"),
            told("page-acknowledged", minutes(2)),
            decided(SEV1, minutes(3), "reliability-partner"),
        ]
        assert owed(story, minutes(3))["respond@internal#0"].status == "active"

    def test_a_commander_who_left_before_does_not(self) -> None:
        """The role must be held when the duty is owed, or taken later."""
        left = told("role-released", minutes(5), role="incident-commander", person="alex")
        story = [detected(), takes_command(minutes(1)), left, supports(SEV1, minutes(10))]
        assert owed(story, minutes(10))["respond@internal#0"].status == "active"

    def test_once_met_it_stays_met(self) -> None:
        """A commander who leaves later, or a raise, takes nothing back."""
        left = told("role-released", minutes(60), role="incident-commander", person="alex")
        story = [*at_level(SEV2)(T0), takes_command(minutes(5))]
        met = owed(story, minutes(5))
        more = owed([*story, left, supports(SEV0, minutes(70))], minutes(500))
        assert more["respond@internal#0"] == met["respond@internal#0"]

    def test_an_advisory_limit_is_no_breach(self) -> None:
        """Six minutes at the worst level is late by one minute and breaches nothing."""
        one = owed([*at_level(SEV0)(T0), takes_command(minutes(6))], minutes(6))["respond@internal#0"]
        assert (one.verdict, one.late_by, one.breach, one.binding) == ("met", timedelta(minutes=1), None, None)

    def test_beside_an_advisory_limit_the_binding_one_of_a_milder_level_stays(self) -> None:
        """A raise to the worst level shows its five minutes; the two hours owed before still bind."""
        one = owed([*at_level(SEV2)(T0), supports(SEV0, minutes(10))], minutes(10))["respond@internal#0"]
        assert (one.due, one.binding, one.basis) == (minutes(5), minutes(120), "advisory")
        late = owed([*at_level(SEV2)(T0), supports(SEV0, minutes(10))], minutes(121))["respond@internal#0"]
        assert (late.verdict, late.breach) == ("missed", Breach(minutes(120), minutes(120) + MICROSECOND, "deadline"))


class TestDocument:
    """An incident of the mildest level is written down within a day, with what it was and what became of it."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """Twenty-four hours by a stopwatch from the signal."""
        holds(DOCUMENT, mark)

    def test_it_is_owed_once_somebody_said_it_is_mild(self) -> None:
        """While nobody has assessed the incident, and at any worse level, it is not owed."""
        assert keys([detected()], "document") == []
        assert keys([detected(), supports(SEV2, minutes(1))], "document") == []
        assert keys([detected(), decided(SEV3, minutes(1))], "document") == ["internal#0"]

    def test_it_runs_from_the_signal_and_not_from_the_decision(self) -> None:
        """Who decides after two days has missed it already."""
        one = owed([detected(), decided(SEV3, hours(48))], hours(48))["document@internal#0"]
        assert (one.due, one.verdict) == (hours(24), "missed")
        assert one.breach == Breach(hours(24), hours(48), "born-overdue")

    def test_a_raise_does_not_end_it(self) -> None:
        """Owed once, it stays owed when the incident turns out worse."""
        story = [detected(), decided(SEV3, minutes(1)), supports(SEV1, minutes(5))]
        assert owed(story, minutes(5))["document@internal#0"].verdict == "open"


class TestRecover:
    """Service is restored within an hour, within four, or on the same business day, counted from detection whatever
    happens to the level later."""

    @pytest.mark.parametrize("mark", MARKS)
    @pytest.mark.parametrize("level", RECOVER)
    def test_it_is_due(self, level: Severity, mark: str) -> None:
        """At each level from each mark; the business day is the one meant, and never ends before the response is due."""
        holds(RECOVER[level], mark)

    def test_a_raise_counts_from_detection_and_may_be_late_at_once(self) -> None:
        """Clients feel the outage and not our label: raised after three hours, the one hour is past."""
        story = [*at_level(SEV1)(T0), supports(SEV0, hours(3))]
        before, after = (owed(story, now)["recover@internal#0"] for now in (hours(3) - MICROSECOND, hours(3)))
        assert (before.due, before.verdict, before.breach) == (hours(4), "open", None)
        assert (after.due, after.verdict) == (hours(1), "missed")
        assert after.breach == Breach(hours(1), hours(3), "raised-after-limit")

    def test_the_instant_a_raise_was_recorded_is_when_the_breach_was_known(self) -> None:
        """A raise that reached the log later was known later."""
        raised = supports(SEV0, hours(3), recorded_at=hours(5))
        one = owed([*at_level(SEV1)(T0), raised], hours(6))["recover@internal#0"]
        assert one.breach == Breach(hours(1), hours(5), "raised-after-limit")

    def test_a_level_reached_after_its_limit_is_born_overdue(self) -> None:
        """Decided after two days that it was grave, the obligation opens late."""
        one = owed([detected(), decided(SEV1, hours(48))], hours(48))["recover@internal#0"]
        assert (one.due, one.opened_at, one.breach) == (
            hours(4),
            hours(48),
            Breach(hours(4), hours(48), "born-overdue"),
        )

    def test_entering_the_phase_is_not_recovering(self) -> None:
        """The phase of that name and the steps in it restore nothing by themselves."""
        story = [
            *at_level(SEV1)(T0),
            told("phase-entered", hours(1), phase="recover"),
            told("step-done", hours(1), step="fix-validated"),
        ]
        assert owed(story, hours(1))["recover@internal#0"].status == "active"
