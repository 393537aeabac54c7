"""What closing as no incident of this house does to what is owed: what was not missed by then is not required."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest

from ir_policy import NO, UNKNOWN, YES, Breach, Event, Severity
from ir_policy.terms import MICROSECOND, OUTCOMES
from ir_policy.testing import told
from support_closing import ended
from support_duties import (
    COMMANDER,
    SEV1,
    T0,
    closed,
    decided,
    detected,
    hours,
    impacted,
    incident,
    minutes,
    owed,
    reopened,
    reported,
    sent,
    supports,
    variant,
)

FAR: Final = T0 + timedelta(days=90)
ELSEWHERE: Final = [outcome for outcome in OUTCOMES if outcome != "resolved"]


@pytest.mark.parametrize("outcome", ELSEWHERE)
class TestNotForEveryOutcome:
    """What is closed as no incident of this house owes nothing more that it had not missed by then."""

    STORY: Final = (*impacted("acme")(T0), decided(SEV1, T0, COMMANDER), told("hold-started", T0))
    SERVICE: Final = ("client-update", "compliance-evidence", "internal-alert", "recover", "respond")

    def statuses(self, *story: Event, now: datetime) -> dict[str, tuple[str, str]]:
        found = owed([*self.STORY, *story], now)
        return {one.duty: (one.status, one.verdict) for one in found.values() if one.episode == 0}

    def test_what_was_not_missed_is_not_required(self, outcome: str) -> None:
        """Response, recovery, alert, update and evidence fall away; the postmortem is not even asked for."""
        now = self.statuses(ended(minutes(5), outcome), now=FAR)
        assert {duty: now[duty] for duty in self.SERVICE} == dict.fromkeys(self.SERVICE, ("cancelled", "not-required"))
        assert "postmortem" not in now

    def test_what_was_missed_has_lapsed_with_its_breach(self, outcome: str) -> None:
        """At its last moment the alert can still fall away; a microsecond later it was missed, and is."""
        last, late = minutes(15), minutes(15) + MICROSECOND
        assert self.statuses(ended(last, outcome), now=FAR)["internal-alert"] == ("cancelled", "not-required")
        story = [*self.STORY, ended(late, outcome)]
        one = owed(story, FAR)["internal-alert@internal#0"]
        assert (one.status, one.verdict, one.breach) == ("lapsed", "missed", Breach(last, late, "deadline"))
        after = [*story, sent("internal-alert", "internal", minutes(20))]
        assert owed(after, FAR)["internal-alert@internal#0"] == one

    def test_who_was_promised_more_still_hears(self, outcome: str) -> None:
        """The promise and the update stay for that client, and only what a message can meet."""
        promised = sent("client-update", "client/acme", minutes(2), states=(), next_update_by=hours(2))
        now = self.statuses(promised, ended(minutes(5), outcome), now=minutes(5))
        assert (now["client-update"], now["next-update"]) == (("active", "open"), ("active", "open"))
        inside = sent("oaic-notice", "internal", minutes(2), next_update_by=hours(2))
        now = self.statuses(inside, ended(minutes(5), outcome), now=minutes(5))
        assert now["internal-alert"] == ("active", "open")
        assert {now[duty] for duty in ("recover", "respond", "compliance-evidence")} == {("cancelled", "not-required")}

    def test_what_happens_afterwards_rules_out_nothing_more(self, outcome: str) -> None:
        """What stayed owed ends by its own rule, not by the next event that comes along."""
        policy = variant(("    if_missed: lapses\n    not_for: [false-positive, duplicate, superseded, out-of-scope]\n\n"
                          "  next-update:\n",
                          "    not_for: [false-positive, duplicate, superseded, out-of-scope]\n\n  next-update:\n"))  # fmt: skip
        promised = sent("client-update", "client/acme", minutes(2), states=(), next_update_by=hours(9))
        story = [*self.STORY, promised, ended(minutes(5), outcome)]
        for later in (
            told("hold-extended", hours(2)),
            reported(hours(2), {"client/zeta": UNKNOWN}),
            told("note", hours(2)),
        ):
            one = owed([*story, later], hours(2), policy)["client-update@client/acme#0"]
            assert (one.status, one.verdict) == ("active", "missed")

    def test_what_is_learnt_afterwards_opens_nothing(self, outcome: str) -> None:
        """While it is closed so, a grave fact owes no service; reopened, everything is owed from there."""
        grave = reported(hours(1), {"exfiltration-likely": YES, "client/blue": YES})
        story = [detected(), ended(minutes(5), outcome), grave]
        service = {"client-update", "internal-alert", "recover", "respond", "stakeholder-notice", "postmortem"}
        assert {one.duty for one in owed(story, FAR).values()} & service == set()
        again = owed([*story, reopened(hours(2))], hours(2))
        expected = service - {"postmortem"}
        assert {one.duty for one in again.values() if one.duty in service} == expected
        assert {one.anchor for one in again.values() if one.duty in service} == {hours(2)}

    def test_law_freeze_and_record_stay(self, outcome: str) -> None:
        """What statute, regulators, the freeze and the record ask for ends with no word."""
        confirmed = told("breach-finding", minutes(1), "legal-liaison", finding="confirmed")
        data = reported(minutes(1), {"personal-data-involved": YES})
        released = told("hold-released", T0, "legal-liaison")
        mild = decided(Severity.SEV3, minutes(2), lowering="situation-improved")
        gone = supports(SEV1, minutes(2), NO)
        story = (released, confirmed, data, gone, mild, ended(minutes(5), outcome))
        now = self.statuses(*story, now=minutes(5))
        kept = ("dsr-freeze", "document", "eu-authority-notice", "eu.gdpr.33-1", "oaic-notice")
        assert {duty: now[duty][0] for duty in kept} == dict.fromkeys(kept, "active")

    def test_a_void_closing_rules_out_nothing(self, outcome: str) -> None:
        """Somebody without the power ends no duty."""
        now = self.statuses(ended(minutes(5), outcome, by="alex"), now=minutes(5))
        assert {now[duty][0] for duty in self.SERVICE} == {"active"}


def test_resolved_owes_everything_all_the_same() -> None:
    """The word that says it was real ends nothing by itself."""
    story = [*TestNotForEveryOutcome.STORY, closed(minutes(5))]
    now = {one.duty: one.status for one in owed(story, minutes(5)).values()}
    assert {duty: now[duty] for duty in (*TestNotForEveryOutcome.SERVICE, "postmortem")} == dict.fromkeys(
        (*TestNotForEveryOutcome.SERVICE, "postmortem"), "active"
    )
    assert incident(story).outcome == "resolved"
