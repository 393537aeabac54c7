"""Where what two versions of the policy say of one obligation meets, worked out by hand (metadata/status)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

import ir_policy as ir
from ir_policy import NO, YES, Event, Obligation, Severity
from ir_policy.rules.model import Policy
from ir_policy.terms import MICROSECOND
from ir_policy.testing import told
from support_duties import (
    COMMANDER,
    SEV0,
    SEV1,
    SEV2,
    SEV3,
    closed,
    decided,
    detected,
    hours,
    minutes,
    reopened,
    reported,
    sent,
)  # fmt: skip
from support_time import at
from support_versions import EDGES, adopts, edge, field, incident, owed, row, version

EVERY = [edge(name) for name in EDGES]
ALERT = "internal-alert@internal#0"
EVIDENCE = "compliance-evidence@internal#0"
ALERTED = sent("internal-alert", "internal", minutes(12))
OPENED = told("channel-opened", minutes(10), channel="#inc-20260311-down", id="opened")


def story(*events: Event) -> ir.Incident:
    return incident(*events, adopted=EVERY)


def of(found: ir.Incident, duty: str, now: datetime) -> dict[str, Obligation]:
    return {key: one for key, one in owed(found, now).items() if one.duty == duty}


def corrects(when: datetime, by: str, event: str, **fields: str) -> Event:
    return told("corrected", when, by, event=event, fields=fields, reason="a slip", evidence=["mail"])


def refused(found: ir.Incident) -> list[tuple[str, str]]:
    return [(one.rule, one.event) for one in found.violations]


class TestCorrections:
    @pytest.mark.parametrize(("when", "by", "stands_at"), [(40, "lee", 10), (40, COMMANDER, 20), (25, COMMANDER, 20)])
    def test_a_correction_is_judged_by_the_version_of_its_time(self, when: float, by: str, stands_at: float) -> None:
        """Only the version adopted after 30 minutes guards the mark; what it asks for runs two hours from there."""
        mended = corrects(minutes(when), by, "opened", at="2026-03-10T22:20:00Z")
        found = story(detected(), OPENED, adopts(edge("a mark protected"), minutes(30)), mended)
        assert refused(found) == ([] if stands_at == 20 else [("corrections", mended.id)])
        assert found.marks["talking"] == minutes(stands_at)
        asked = owed(found, minutes(40))["minutes@internal#0"]
        assert (asked.anchor, asked.due) == (minutes(stands_at), minutes(stands_at + 120))


class TestBeforeClosing:
    @pytest.mark.parametrize(
        ("newer", "due", "boundary", "known"),
        [
            ("evidence in five days", minutes(60), "exclusive", minutes(60)),
            ("evidence in half an hour", minutes(30), "inclusive", minutes(30) + MICROSECOND),
        ],
    )
    def test_what_was_to_come_before_closing_still_is(
        self, newer: str, due: datetime, boundary: str, known: datetime
    ) -> None:
        """Closed after an hour: the closing is the deadline, or what the rule in force asks where that comes first."""
        found = story(detected(), adopts(edge(newer), minutes(10)), closed(minutes(60)))
        evidence = owed(found, minutes(60))[EVIDENCE]
        assert (evidence.due, evidence.boundary, evidence.verdict) == (due, boundary, "missed")
        assert evidence.breach == ir.Breach(due, known, "deadline")

    def test_until_the_closing_the_rule_in_force_says_when(self) -> None:
        """Day five after Wednesday 11 March in Sydney ends with the 16th."""
        found = story(detected(), adopts(edge("evidence in five days"), minutes(10)))
        evidence = owed(found, minutes(10))[EVIDENCE]
        assert (evidence.due, evidence.boundary) == (at("2026-03-17 00:00+11:00"), "exclusive")

    def test_what_an_adoption_revives_after_the_closing_is_born_overdue(self) -> None:
        """Not required of a duplicate closed after an hour; required again after two, and known from then on."""
        merged = told("merged", minutes(50))
        duplicate = told("closed", minutes(60), COMMANDER, outcome="duplicate")
        found = story(detected(), merged, duplicate)
        assert owed(found, minutes(60))[EVIDENCE].verdict == "not-required"
        step = ir.record(found, adopts(edge("evidence whatever the outcome"), hours(2)))
        evidence = owed(step.incident, hours(2))[EVIDENCE]
        assert (evidence.status, evidence.due, evidence.boundary) == ("active", minutes(60), "exclusive")
        assert evidence.breach == ir.Breach(minutes(60), hours(2), "born-overdue")

    @pytest.mark.parametrize("cancelled", [False, True])
    def test_what_opens_or_is_revived_by_the_closing_is_born_overdue(self, cancelled: bool) -> None:
        """The closing asks for what had to come before it: for the first time, or again."""
        before = [reported(minutes(10), {"partial-outage": YES}), reported(minutes(20), {"partial-outage": NO})]
        begun = [detected(), adopts(edge("handed in before closing"), minutes(5)), *(before if cancelled else ())]
        assert [one.status for one in of(story(*begun), "hand-in", minutes(20)).values()] == ["cancelled"] * cancelled
        found = story(*begun, closed(minutes(60)))
        assert {key: (one.due, one.boundary, one.breach) for key, one in of(found, "hand-in", minutes(60)).items()} == {
            "hand-in@internal#0": (
                minutes(60),
                "exclusive",
                ir.Breach(minutes(60), minutes(60), "born-overdue"),
            )
        }


class TestMarks:
    @pytest.mark.parametrize("former", [False, True])
    def test_one_a_discharge_sets_stands_where_the_duty_of_that_name_was_met(self, former: bool) -> None:
        """Alerted after 12 minutes, by a rule in force or by a former one; what is asked from there was due after 42."""
        between = [adopts(edge("an alert that is shorter"), minutes(11))] if former else []
        found = story(
            detected(),
            decided(SEV1, minutes(10)),
            *between,
            ALERTED,
            adopts(edge("an alert that sets a mark"), minutes(60)),
        )
        assert found.marks["alerted"] == minutes(12)
        after = owed(found, minutes(60))["after-the-alert@internal#0"]
        assert (after.due, after.breach) == (minutes(42), ir.Breach(minutes(42), minutes(60), "born-overdue"))

    def test_it_stands_in_the_episode_of_the_discharge(self) -> None:
        """Reopened, nobody was alerted yet; and whoever is alerted by the former rule is so by one that sets nothing."""
        found = story(
            detected(),
            decided(SEV1, minutes(10)),
            ALERTED,
            closed(minutes(20)),
            reopened(minutes(30)),
            adopts(edge("an alert that sets a mark"), minutes(35)),
        )
        again = ir.record(found, sent("internal-alert", "internal", minutes(40))).incident
        for one in (found, again):
            assert ("alerted" in one.marks, of(one, "after-the-alert", minutes(40))) == (False, {})
        assert owed(again, minutes(40))["internal-alert@internal#1"].met_at == minutes(40)

    @pytest.mark.parametrize("by_security", [False, True])
    def test_one_of_deciding_stands_where_somebody_decided_who_could_then(self, by_security: bool) -> None:
        """In the second episode only security could: the commander's word of then is none, that of the first is another's."""
        last = [decided(SEV0, minutes(80), by="security-lead")] if by_security else []
        found = story(
            detected(),
            decided(SEV1, minutes(10)),
            closed(minutes(30)),
            reopened(minutes(60)),
            adopts(edge("decided by security"), minutes(65)),
            decided(SEV0, minutes(70)),
            *last,
            adopts(edge("a mark of deciding"), minutes(90), by="security-lead"),
        )
        assert found.marks.get("weighed") == (minutes(80) if by_security else None)


class TestWhatRunsUnderAFormerRule:
    def test_asked_for_again_it_comes_earlier_and_nothing_opens(self) -> None:
        """Due after eight hours from bo; asked for again by five hours from cy, under a version that gives two days."""

        def asks(when: datetime, action: str, owner: str, due: datetime) -> Event:
            return told("action-opened", when, action=action, owner=owner, due=due)

        found = story(
            detected(),
            asks(hours(1), "a1", "bo", hours(8)),
            adopts(edge("actions in two days"), hours(1.5)),
            asks(hours(2), "a1", "cy", hours(5)),
            asks(hours(2.2), "a2", "di", hours(4)),
        )
        said = {
            key: (one.item, one.owed_by, one.due, one.anchor, one.status)
            for key, one in of(found, "action-item", hours(3)).items()
        }
        assert said == {"action-item@internal#0": ("a1", "cy", hours(5), hours(2), "active")}
        other = ir.record(found, told("action-closed", hours(4), action="a2")).incident
        assert owed(other, hours(4))["action-item@internal#0"].status == "active"
        done = ir.record(other, told("action-closed", hours(4.5), action="a1")).incident
        assert {key: one.met_at for key, one in of(done, "action-item", hours(5)).items()} == {
            "action-item@internal#0": hours(4.5)
        }

    def test_those_a_placeholder_is_handed_over_to_are_owed_by_its_rule(self) -> None:
        """72 hours to tell nobody in particular, and so de and fr, named after an hour; by the newer rule es has 96."""
        found = story(
            detected(),
            told("breach-finding", minutes(10), "legal-liaison", finding="confirmed"),
            adopts(edge("a day more for notices"), minutes(30)),
            reported(hours(1), {"affected-in/de": YES, "affected-in/fr": YES}),
            reported(hours(2), {"affected-in/es": YES}),
        )
        due, later = minutes(10) + timedelta(hours=72), minutes(10) + timedelta(hours=96)
        assert {
            key.partition("@")[2]: (one.status, one.due)
            for key, one in of(found, "eu-authority-notice", hours(2)).items()
        } == {
            "authority/unspecified#0": ("cancelled", due),
            "authority/de#0": ("active", due),
            "authority/fr#0": ("active", due),
            "authority/es#0": ("active", later),
        }

    def test_what_the_rule_in_force_revives_goes_on_under_it(self) -> None:
        """SEV1 was an error; SEV2 owes the alert by the newer rule only: with the deadline it had, and a summary in it."""
        found = story(
            detected(),
            decided(SEV1, minutes(5)),
            decided(SEV3, minutes(10), lowering="classified-in-error"),
            adopts(edge("an alert for more"), minutes(11)),
        )
        assert owed(found, minutes(11))[ALERT].status == "cancelled"
        step = ir.record(found, reported(minutes(12), {"partial-outage": YES}))
        revived = owed(step.incident, minutes(12))[ALERT]
        assert (revived.status, revived.due, revived.anchor) == ("active", minutes(15), minutes(0))
        bare = ir.record(step.incident, sent("internal-alert", "internal", minutes(13), states=())).incident
        assert owed(bare, minutes(13))[ALERT].status == "active", "the former rule asked for no summary"
        whole = ir.record(bare, sent("internal-alert", "internal", minutes(14), states=("action-summary",))).incident
        assert {key: one.met_at for key, one in of(whole, "internal-alert", minutes(14)).items()} == {
            ALERT: minutes(14)
        }


class TestStoriesOfTwoVersions:
    """Stories in which the version of the time matters: found by the independent interpreter, worked out by hand."""

    @pytest.mark.parametrize("level", [SEV1, SEV0])
    def test_a_level_kept_up_at_an_adoption_is_the_worst_so_far_when_reopened(self, level: Severity) -> None:
        """*The governing level*: reopened makes decided the worst level decided or provisionally raised so far."""
        milder: Policy = version(row("sev1-streaming", "SEV2"), number="0.5.1")
        worse, back = version(row("sev1-streaming", "SEV0"), number="0.5.2"), version(number="0.5.3")
        newer = [milder] if level is SEV1 else [worse, back]
        begun = [detected(), reported(minutes(5), {"streaming-unavailable": YES})]
        begun += [adopts(one, minutes(10 + number)) for number, one in enumerate(newer)]
        found = incident(*begun, adopted=newer)
        assert found.severity.governing is level
        again = incident(*begun, closed(minutes(60)), reopened(hours(2)), adopted=newer)
        assert again.severity.governing is level

    def test_a_duty_counted_per_incident_starts_from_the_level_of_any_episode(self) -> None:
        """*Marks*: a duty counted per incident sees the earliest in any episode; reached in the first one, at detection."""
        by_incident = version(field("respond", "per", "incident"), number="0.5.4")
        found = incident(
            detected(),
            decided(SEV2, minutes(10)),
            closed(hours(1)),
            reopened(hours(4)),
            adopts(by_incident, hours(4) + timedelta(minutes=10)),
            adopted=[by_incident],
        )
        assert owed(found, hours(5))["respond@internal#1"].due == hours(2)

    def test_a_mark_of_deciding_stands_where_the_version_of_its_time_let_somebody_decide(self) -> None:
        """*Another version*: by the decisions of those who decided by the version of their time."""
        found = story(
            detected(),
            decided(SEV1, minutes(10)),
            adopts(edge("decided by security"), minutes(20)),
            adopts(edge("a mark of deciding"), minutes(30), by="security-lead"),
        )
        assert found.marks.get("weighed") == minutes(10)

    def test_a_correction_dated_before_the_adoption_is_judged_by_the_version_before_it(self) -> None:
        """*Another version*: what comes to be known later of the time before is judged by the version of that time."""
        mended = corrects(minutes(25), "lee", "opened", at="2026-03-10T22:20:00Z")
        found = story(detected(), OPENED, adopts(edge("a mark protected"), minutes(30)), mended)
        assert (refused(found), found.marks["talking"]) == ([], minutes(20))

    def test_a_correction_that_takes_an_adoption_back_takes_a_guarded_mark_away(self) -> None:
        """*Corrections*: what would take a guarded mark away asks for one of its roles, and Lee acts in none."""
        taken = told("role-taken", minutes(5), role=COMMANDER, person="bo", id="taken")
        adopted = adopts(edge("a mark protected"), minutes(30), by="bo", id="adopted")
        mended = corrects(minutes(40), "lee", "taken", person="cy")
        found = story(detected(), taken, OPENED, adopted, mended)
        assert (refused(found), found.marks.get("talking")) == ([("corrections", mended.id)], minutes(10))
