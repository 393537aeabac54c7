"""The oracle against scenarios worked out by hand from the page on semantics; the engine has no part in this."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ir_policy.terms import NO, UNKNOWN, YES, Severity
from oracle.matrix import classify, severity_facts
from oracle.oracle import World
from oracle.state import Row
from oracle.telling import COMMANDER, LEGAL, closed, decided, detected, facts, policy, row, sent, t, world

# --- levels and the clocks tied to them -----------------------------------------------------------------


def test_a_level_reached_before_the_first_decision_counts_from_detection() -> None:
    """Detected 01:00, decided SEV1 at 01:10: alert due 01:15, commander due 01:30, recovery due 05:00."""
    found = world(detected("01:00"), decided("01:10", "SEV1"))
    assert found.governing is Severity.SEV1
    assert row(found, "internal-alert@internal#0", "01:10").due_at == t("01:15")
    assert row(found, "respond@internal#0", "01:10").due_at == t("01:30")
    assert row(found, "recover@internal#0", "01:10").due_at == t("05:00")
    assert row(found, "recover@internal#0", "01:10").opened_at == t("01:10")


def test_a_level_reached_after_a_decision_counts_from_its_own_stamp() -> None:
    """SEV2 decided at 01:10; facts since 01:40, told at 01:50, support SEV1: alert due 01:55, commander due 02:10."""
    found = world(
        detected("01:00"), decided("01:10", "SEV2"), facts("01:50", since="01:40", streaming_unavailable="yes")
    )
    assert row(found, "internal-alert@internal#0", "01:50").due_at == t("01:55")
    assert row(found, "respond@internal#0", "01:50").due_at == t("02:10")
    assert row(found, "respond@internal#0", "01:50").anchor == t("01:00")


def test_a_raise_beyond_a_shorter_limit_is_a_breach_with_its_cause() -> None:
    """SEV2 decided at 01:10 with recovery due 06:00; a raise to SEV0 at 02:30 makes it 02:00, known at 02:31."""
    found = world(
        detected("01:00"),
        decided("01:10", "SEV2"),
        decided("02:30", "SEV0", recorded_at=t("02:31").isoformat()),
    )
    assert row(found, "recover@internal#0", "02:00").due_at == t("06:00")
    assert row(found, "recover@internal#0", "02:30").breach == (t("02:00"), t("02:31"), "raised-after-limit")


def test_an_advisory_limit_is_shown_and_does_not_bind() -> None:
    """At SEV0 a commander is due after five minutes, which only advises; no lowering moves that clock."""
    opening = (detected("01:00"), facts("01:02", exfiltration_likely="yes"))
    for lines in (opening, (*opening, decided("01:20", "SEV1", lowering="situation-improved"))):
        late = row(world(*lines), "respond@internal#0", "09:00")
        assert (late.due_at, late.binding_due_at, late.verdict, late.breach) == (t("01:05"), None, "open", None)


def test_a_lowering_moves_no_clock() -> None:
    """Facts reached SEV1 at 02:00, so the alert is due 02:15; back at SEV2 from 01:00 it is not due earlier."""
    found = world(
        detected("01:00"),
        decided("01:05", "SEV2"),
        facts("02:00", streaming_unavailable="yes"),
        decided("02:05", "SEV2", lowering="situation-improved"),
    )
    alert = row(found, "internal-alert@internal#0", "02:06")
    assert (alert.status, alert.due_at, alert.anchor, alert.breach) == ("active", t("02:15"), t("02:00"), None)


def test_anybody_may_raise_and_only_the_commander_lowers() -> None:
    """Ana's SEV2 governs, her SEV3 is void, and until somebody takes the role its contact may decide."""
    found = world(
        detected("01:00"),
        ("severity-decided", "01:01", {"severity": "SEV2"}),
        ("severity-decided", "01:02", {"severity": "SEV3", "reason": "too much"}),
    )
    assert found.governing is Severity.SEV2
    assert found.violations == [("commander-decides-severity", "e3")]
    assert "severity-decided" not in found.marks
    by_contact = world(detected("01:00"), decided("01:01", "SEV3", by="reliability-partner"))
    assert by_contact.marks["severity-decided"] == (t("01:01"), t("01:01"))


def test_a_repeat_is_owed_after_a_raise_and_counts_from_it() -> None:
    """The alert went out at 01:05; SEV0 at 02:00 owes another one by 02:15."""
    found = world(
        detected("01:00"),
        decided("01:01", "SEV1"),
        ("notice-sent", "01:05", {"duties": ["internal-alert"], "recipients": ["internal"]}),
        decided("02:00", "SEV0"),
    )
    assert row(found, "internal-alert@internal#0", "02:00").verdict == "met"
    again = row(found, "internal-alert@internal#1", "02:00")
    assert (again.status, again.due_at, again.anchor) == ("active", t("02:15"), t("02:00"))


# --- who it is owed to ----------------------------------------------------------------------------------


def test_the_first_named_client_takes_over_from_nobody_in_particular() -> None:
    """Clients unnamed at 01:00, two named at 03:00: the first has the old breach, the second one of its own."""
    found = world(
        detected("01:00"),
        facts("01:00", major_function_lost="yes", clients_impacted="yes"),
        facts("03:00", client__blue="yes", client__acme="unknown"),
    )
    nobody = row(found, "client-update@client/unspecified#0", "03:00")
    assert (nobody.status, nobody.verdict, nobody.breach) == ("cancelled", "cancelled", None)
    first = row(found, "client-update@client/acme#0", "03:00")
    assert (first.due_at, first.breach) == (t("02:00"), (t("02:00"), t("02:00:00.000001"), "deadline"))
    second = row(found, "client-update@client/blue#0", "03:00")
    assert second.breach == (t("02:00"), t("03:00"), "born-overdue")


def test_a_breach_nobody_takes_over_stays_with_the_placeholder() -> None:
    """Acme was told at 01:10 and retracted; the breach of 02:00 against nobody named stays when acme is back."""
    found = world(
        detected("01:00"),
        facts("01:00", major_function_lost="yes", clients_impacted="yes", client__acme="yes"),
        ("notice-sent", "01:10", {
            "duties": ["client-update"], "recipients": ["client/acme"],
            "states": ["share-link-status", "mitigation-steps"],
        }),
        facts("01:20", client__acme="no"),
        facts("03:00", client__acme="yes"),
    )  # fmt: skip
    nobody = row(found, "client-update@client/unspecified#0", "03:00")
    assert (nobody.status, nobody.breach) == ("cancelled", (t("02:00"), t("02:00:00.000001"), "deadline"))


def test_a_retracted_client_is_let_go_unless_it_was_promised_an_update() -> None:
    """Both clients are retracted at 01:30; the one that was promised a next update stays."""
    found = world(
        detected("01:00"),
        facts("01:00", major_function_lost="yes", clients_impacted="yes", client__acme="yes", client__blue="yes"),
        ("notice-sent", "01:10", {
            "duties": ["internal-alert"], "recipients": ["client/blue"], "next_update_by": t("02:00").isoformat(),
        }),
        facts("01:30", client__acme="no", client__blue="no"),
    )  # fmt: skip
    assert row(found, "client-update@client/acme#0", "01:30").status == "cancelled"
    assert row(found, "client-update@client/blue#0", "01:30").status == "active"
    assert row(found, "client-update@client/unspecified#0", "01:30").status == "active"


def test_a_sending_must_state_what_is_asked_and_takes_the_rest_from_its_draft() -> None:
    """The first sending leaves a state out and meets nothing; the second has both from the draft."""
    found = world(
        detected("01:00"),
        facts("01:00", major_function_lost="yes", clients_impacted="yes", client__acme="yes"),
        ("notice-drafted", "01:02", {
            "notice": "n1", "digest": "d", "duties": ["client-update"], "recipients": ["client/acme"],
            "states": ["share-link-status", "mitigation-steps"],
        }),
        ("notice-sent", "01:05", {"notice": "n1", "states": ["mitigation-steps"]}),
        ("notice-sent", "01:50", {"notice": "n1"}),
    )  # fmt: skip
    assert row(found, "client-update@client/acme#0", "01:49").status == "active"
    assert row(found, "client-update@client/acme#0", "01:50").met_at == t("01:50")


def test_one_notice_meets_every_duty_with_the_same_act() -> None:
    """Told the authority under the law at 02:00: the company's own notice is met too, without being named."""
    found = world(
        detected("01:00"),
        ("breach-finding", "01:10", {"finding": "confirmed"}),
        facts("01:11", affected_in__de="yes", affected_in__au="yes"),
        ("notice-sent", "02:00", {"duties": ["eu.gdpr.33-1"], "recipients": ["authority/de"]}),
    )
    rows = found.obligations(t("02:00"))
    assert rows["eu.gdpr.33-1@authority/de#0"].met_at == t("02:00")
    assert rows["eu-authority-notice@authority/de#0"].met_at == t("02:00")
    assert rows["oaic-notice@oaic#0"].due_at == t("06T01:10")
    assert "eu.gdpr.33-1@authority/au#0" not in rows
    assert found.marks["initial-notice-sent"] == (t("02:00"), t("02:00"))


# --- facts, findings, exemptions ------------------------------------------------------------------------


def test_what_was_done_before_counts_where_it_is_not_before_the_mark() -> None:
    """Confirmed at 01:10; suspected since 01:05, told at 01:20: met as it opens. Suspected since 01:20: still owed."""

    def assessed(since: str) -> Row:
        lines = (
            detected("01:00"),
            ("breach-finding", "01:10", {"finding": "confirmed"}),
            facts("01:20", since=since, privacy_suspected="yes"),
        )
        return row(world(*lines), "au.ndb.assess@internal#0", "01:20")

    before = assessed("01:05")
    assert (before.status, before.met_at, before.verdict) == ("discharged", t("01:10"), "met")
    assert (assessed("01:20").status, assessed("01:20").met_at) == ("active", None)
    # Suspected on 3 March in Sydney: day 30 is 2 April, the first instant after it is 3 April, still at +11:00.
    assert before.due_at == datetime(2026, 4, 2, 13, tzinfo=timezone.utc)
    assert before.boundary == "exclusive"


def test_an_exemption_lasts_as_long_as_its_ground() -> None:
    """Not notified for want of risk; when risk is found again the duty is back with its old deadline."""
    lines = (
        detected("01:00"),
        ("breach-finding", "01:10", {"finding": "aware"}),
        facts("01:20", risk_unlikely="yes"),
        ("not-notifying", "01:30", {
            "duty": "eu.gdpr.33-1", "recipient": "authority/unspecified", "ground": "no risk", "reason": "r", **LEGAL,
        }),
    )  # fmt: skip
    exempted = row(world(*lines), "eu.gdpr.33-1@authority/unspecified#0", "01:30")
    assert (exempted.status, exempted.verdict) == ("cancelled", "not-required")
    back = row(world(*lines, facts("05T00:00", risk_unlikely="no")), "eu.gdpr.33-1@authority/unspecified#0", "05T00:00")
    assert (back.status, back.due_at, back.opened_at) == ("active", t("06T01:10"), t("01:10"))


def test_the_record_may_not_say_whether_it_was_in_time() -> None:
    """The alert is due 01:15 or up to a minute less a microsecond later: sent at 01:15:30 it is undetermined."""
    found = world(
        detected("01:00", precision="minute"),
        decided("01:01", "SEV1"),
        ("notice-sent", "01:15:30", {"duties": ["internal-alert"], "recipients": ["internal"]}),
    )
    assert row(found, "internal-alert@internal#0", "01:15:20").verdict == "undetermined"
    sent = row(found, "internal-alert@internal#0", "02:00")
    assert (sent.verdict, sent.breach, sent.late_by) == ("undetermined", None, timedelta(seconds=30))


# --- episodes -------------------------------------------------------------------------------------------


def test_closing_lets_lapse_what_is_missed_then_or_later() -> None:
    """Closed at 01:10 with the alert due 01:15: it stays open until then, and a later sending does not meet it."""
    found = world(
        detected("01:00"),
        decided("01:05", "SEV1"),
        ("closed", "01:10", {"outcome": "resolved", **COMMANDER}),
        ("notice-sent", "01:20", {"duties": ["internal-alert"], "recipients": ["internal"]}),
    )
    assert row(found, "internal-alert@internal#0", "01:15").status == "active"
    lapsed = row(found, "internal-alert@internal#0", "01:20")
    assert (lapsed.status, lapsed.verdict, lapsed.met_at) == ("lapsed", "missed", None)
    assert lapsed.breach == (t("01:15"), t("01:15:00.000001"), "deadline")
    # Closed on Tuesday 3 March at 12:10 in Sydney: five business days end on Tuesday 10 March at 17:00 there.
    assert row(found, "postmortem@internal#0", "01:20").due_at == t("10T06:00")


def test_reopening_starts_the_service_clocks_afresh_and_keeps_the_privacy_clocks() -> None:
    """Reopened at 04T00:00: recovery is owed anew from there, the notice to the regulator goes on."""
    found = world(
        detected("01:00"),
        decided("01:05", "SEV1"),
        ("breach-finding", "01:06", {"finding": "confirmed"}),
        ("recovered", "02:00", {}),
        ("closed", "02:10", {"outcome": "resolved", **COMMANDER}),
        ("reopened", "04T00:00", {"reason": "it came back"}),
    )
    rows = found.obligations(t("04T00:00"))
    assert rows["recover@internal#0"].met_at == t("02:00")
    assert (rows["recover@internal#1"].due_at, rows["recover@internal#1"].episode) == (t("04T04:00"), 1)
    assert (rows["oaic-notice@oaic#0"].due_at, rows["oaic-notice@oaic#0"].episode) == (t("06T01:06"), 0)
    assert "oaic-notice@oaic#1" not in rows


def test_an_alert_that_opens_by_time_never_was_when_a_level_comes_before() -> None:
    """Nobody assessed it until 01:15; with a level at 01:14 the alert never was, with one at 01:15 it was met."""
    before = world(detected("01:00"), facts("01:14", partial_outage="yes"))
    assert "unassessed-alert@internal#0" in before.obligations(t("01:13"))
    assert before.obligations(t("01:13"))["unassessed-alert@internal#0"].status == "pending"
    assert "unassessed-alert@internal#0" not in before.obligations(t("01:14"))
    after = world(detected("01:00"), facts("01:15", partial_outage="yes"))
    assert row(after, "unassessed-alert@internal#0", "01:15").met_at == t("01:15")


# --- the end of an incident -----------------------------------------------------------------------------


def test_what_is_to_be_done_before_closing_is_missed_by_the_closing() -> None:
    """Closed at 02:00: the evidence is due then, exclusively. Known to the minute, 02:00:30 is undetermined."""
    found = world(detected("01:00"), closed("02:00"))
    evidence = row(found, "compliance-evidence@internal#0", "02:00")
    assert (evidence.due_at, evidence.boundary, evidence.due_kind) == (t("02:00"), "exclusive", "before-close")
    assert evidence.breach == (t("02:00"), t("02:00"), "deadline")
    vague = world(detected("01:00"), closed("02:00", precision="minute"))
    assert row(vague, "compliance-evidence@internal#0", "02:00:30").verdict == "undetermined"
    assert row(vague, "compliance-evidence@internal#0", "02:01").verdict == "missed"


def test_closing_as_a_duplicate_rules_out_what_was_not_missed() -> None:
    """At SEV1 closed at 01:20: the alert of 01:15 lapsed, recovery is not required, blue's update was promised."""
    found = world(
        detected("01:00"),
        facts("01:00", major_function_lost="yes", client__acme="yes", client__blue="yes"),
        sent("01:10", "internal-alert", "client/blue", next_update_by=t("03:00").isoformat()),
        closed("01:20", "duplicate"),
    )
    rows = found.obligations(t("01:20"))
    said = {key: rows[f"{key}#0"].verdict for key in (
        "internal-alert@internal", "recover@internal", "client-update@client/acme", "client-update@client/blue",
        "next-update@client/blue", "compliance-evidence@internal",
    )}  # fmt: skip
    assert said == {
        "internal-alert@internal": "missed", "recover@internal": "not-required",
        "client-update@client/acme": "not-required", "client-update@client/blue": "open",
        "next-update@client/blue": "open", "compliance-evidence@internal": "not-required",
    }  # fmt: skip
    assert [one for one in found.violations if one[1] == "e4"] == [("merged-before-duplicate", "e4")]
    assert "postmortem@internal#0" not in rows


def test_the_resolution_message_follows_the_update() -> None:
    """Recovered at 01:30 with clients unnamed; named at 01:40, acme takes the message over from 01:30 on."""
    lines = (
        detected("01:00"),
        facts("01:00", major_function_lost="yes", clients_impacted="yes"),
        ("recovered", "01:30", {}),
        facts("01:40", client__acme="yes"),
    )
    before = world(*lines[:3]).obligations(t("01:30"))
    assert before["resolution-message@client/unspecified#0"].status == "active"
    after = world(*lines).obligations(t("01:40"))
    assert after["resolution-message@client/unspecified#0"].status == "cancelled"
    taken_over = after["resolution-message@client/acme#0"]
    assert (taken_over.status, taken_over.anchor, taken_over.due_at) == ("active", t("01:30"), None)


def test_a_promise_is_kept_by_any_word_and_made_by_the_draft() -> None:
    """The draft promised 03:00; its sending at 01:10 owes it, a word about something else at 03:00 keeps it."""
    found = world(
        detected("01:00"),
        ("notice-drafted", "01:05", {
            "notice": "n1", "digest": "d", "duties": ["internal-alert"], "recipients": ["client/acme"],
            "next_update_by": t("03:00").isoformat(),
        }),
        ("notice-sent", "01:10", {"notice": "n1"}),
        sent("03:00", "oaic-notice", "client/acme"),
    )  # fmt: skip
    assert found.marks["notice-promised"] == (t("01:10"), t("01:10"))
    promised = row(found, "next-update@client/acme#0", "02:00")
    assert (promised.status, promised.due_at, promised.anchor) == ("active", t("03:00"), t("01:10"))
    assert row(found, "next-update@client/acme#0", "03:00").verdict == "met"


def test_an_action_is_owed_once_and_by_whoever_was_named_last() -> None:
    """Due 09:00 by bo, asked again for 05:00 by cy: one obligation, due 05:00, owed by cy; met by its own closing."""
    lines = (
        detected("01:00"),
        ("action-opened", "02:00", {"action": "a1", "owner": "bo", "due": t("09:00").isoformat()}),
        ("action-opened", "03:00", {"action": "a1", "owner": "cy", "due": t("05:00").isoformat()}),
        ("action-closed", "04:00", {"action": "a2"}),
    )
    asked = row(world(*lines), "action-item@internal#0", "04:00")
    assert (asked.item, asked.owed_by, asked.due_at, asked.status) == ("a1", "cy", t("05:00"), "active")
    assert (asked.anchor, asked.reckoned_from) == (t("02:00"), t("03:00"))
    done = world(*lines, ("action-closed", "05:00", {"action": "a1"}))
    assert row(done, "action-item@internal#0", "05:00").verdict == "met"
    assert "action-item@internal#1" not in done.obligations(t("05:00"))


def test_what_is_settled_releases_a_gate_and_what_is_open_does_not() -> None:
    """A confirmed breach holds closing up until both notices went out; the channel's name is a matter of its day."""
    lines = (
        detected("01:00"),
        ("channel-opened", "01:01", {"channel": "#inc-20260303-mux-down"}),
        ("channel-opened", "01:02", {"channel": "#inc-20260302-mux-down"}),
        ("breach-finding", "01:05", {"finding": "confirmed"}),
        ("merged", "01:06", {"into": "inc-2", "reason": "r"}),
    )
    shut = world(*lines, closed("02:00", "duplicate"))
    assert shut.violations == [("channel-is-named-by-day", "e3"), ("regulator-decision-before-close", "e6")]
    told = (sent("01:10", "oaic-notice", "oaic"), sent("01:11", "eu.gdpr.33-1", "authority/unspecified"))
    of_the_closing = [one for one in world(*lines, *told, closed("02:00", "duplicate")).violations if one[1] == "e8"]
    assert of_the_closing == []


# --- corrections ----------------------------------------------------------------------------------------


def test_only_legal_moves_a_privacy_clock_later() -> None:
    """Awareness at 01:10 is moved to 03:10 by legal, not by Ana; an earlier one anybody with evidence may say."""

    def corrected(by: str, at: str) -> World:
        fields = {"at": t(at).isoformat()}
        return world(
            detected("01:00"),
            ("breach-finding", "01:10", {"finding": "aware"}),
            ("corrected", "04:00", {"event": "e2", "fields": fields, "reason": "r", "evidence": ["x"], "by": by}),
        )

    assert corrected("legal-counsel", "03:10").marks["aware"][0] == t("03:10")
    refused = corrected("ana", "03:10")
    assert (refused.marks["aware"][0], refused.violations) == (t("01:10"), [("corrections", "e3")])
    assert corrected("ana", "01:05").marks["aware"][0] == t("01:05")


def test_nobody_gets_a_power_by_mending_the_words_of_another() -> None:
    """The commander said SEV1; Ana cannot make it SEV3 by a correction, and the contact who may decide can."""

    def corrected(by: str) -> World:
        return world(
            detected("01:00"),
            decided("01:10", "SEV1"),
            ("corrected", "02:00", {
                "event": "e2", "fields": {"severity": "SEV3"}, "reason": "r", "evidence": ["x"], "by": by,
            }),
        )  # fmt: skip

    assert corrected("ana").governing is Severity.SEV1
    assert corrected("ana").violations == [("corrections", "e3")]
    assert corrected("reliability-partner").governing is Severity.SEV3


# --- severity alone -------------------------------------------------------------------------------------


def test_the_range_covers_every_answer_that_is_still_open() -> None:
    """A partial outage is SEV2; with everything else open it may yet be SEV0, and a threat raises it to SEV1."""
    assert classify(policy(), {"partial-outage": YES}) == (
        Severity.SEV2,
        Severity.SEV2,
        Severity.SEV0,
        ("sev2-partial-outage",),
    )
    others = dict.fromkeys(severity_facts(policy()), NO)
    assert classify(policy(), others) == (Severity.SEV3, Severity.SEV3, Severity.SEV3, ("sev3-otherwise",))
    threatened = {**others, "partial-outage": YES, "integrity-threatened": YES, "streaming-unavailable": UNKNOWN}
    assert classify(policy(), threatened) == (
        Severity.SEV1,
        Severity.SEV1,
        Severity.SEV0,
        ("raise-integrity", "sev2-partial-outage"),
    )
