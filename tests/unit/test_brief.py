"""The brief and the explanations: what a person reads at an instant, and why it stands as it does."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import pytest

import ir_policy as ir
from ir_policy.rules.model import Policy

TEN: Final = datetime(2026, 5, 5, 0, 0, tzinfo=timezone.utc)
"""Ten in the morning in Sydney on an ordinary Tuesday."""


def at(hours: int, minutes: int = 0, day: int = 5) -> datetime:
    """A time of the clock in Sydney in May 2026."""
    return TEN + timedelta(days=day - 5, hours=hours - 10, minutes=minutes)


def told(policy: Policy, *events: ir.Event) -> ir.Incident:
    """The incident in which these happened, allowed or not, after a signal at ten."""
    signal = ir.Detected(incident="inc-7", at=TEN, by="sentry", source="sentry", id="signal")
    return ir.replay(policy, [signal, *events])


def event(form: type[ir.Event], when: datetime, by: str = "ravi", **said: Any) -> ir.Event:
    return form(incident="inc-7", at=when, by=by, **said)


def facts(when: datetime, **said: str) -> ir.Event:
    """Facts by their names with underscores."""
    return event(ir.FactsReported, when, facts={name.replace("_", "-"): value for name, value in said.items()})


def sent(when: datetime, *duties: str, to: tuple[str, ...], states: tuple[str, ...] = ()) -> ir.Event:
    return event(ir.Notice, when, "lee", kind="notice-sent", duties=duties, recipients=to, states=states)


def part(shown: ir.Brief, name: str) -> list[str]:
    """The lines of one part of the first screen."""
    lines = shown.text().splitlines()
    names = ["DO NOW", "NEXT", "BLOCKED", "UNKNOWN", ""]
    return lines[lines.index(name) + 1 : lines.index(names[names.index(name) + 1])]


PLAYBACK_IS_DOWN: Final = facts(
    at(10, 5), streaming_unavailable="yes", malicious_cause="no", personal_data_involved="no"
)
DANA_COMMANDS: Final = event(
    ir.RoleChange, at(10, 8), "dana", kind="role-taken", role="incident-commander", person="dana"
)
SEV1_DECIDED: Final = event(ir.SeverityDecided, at(10, 9), "dana", severity="SEV1")
LEAK: Final = facts(at(10, 10), share_token_leak_broad="yes")
RAISED: Final = event(ir.SeverityDecided, at(10, 10), "lee", severity="SEV0", reason="it smells")
TWO_CLIENTS: Final = event(
    ir.FactsReported, at(10, 10), facts={"clients-impacted": "yes", "client/zen": "yes", "client/acme": "yes"}
)
CONFIRMED: Final = event(ir.BreachFinding, at(11), "security-specialist", finding="confirmed", position="controller")
BEFORE_CONTAINMENT: Final = ["channel-before-contain", "roles-identified-before-contain", "severity-before-contain"]
GERMANY: Final = event(ir.FactsReported, at(10, 50), facts={"affected-in/de": "yes"})


class TestBrief:
    """What an incident needs as of an instant."""

    def test_the_whole_screen_of_an_ordinary_incident(self, policy: Policy) -> None:
        """Level and why, phase and time, what is late, what comes, what is held back, what to find out."""
        incident = told(policy, PLAYBACK_IS_DOWN, DANA_COMMANDS, SEV1_DECIDED, TWO_CLIENTS)
        assert ir.brief(incident, at(10, 20)).text().splitlines()[:24] == [
            "inc-7  SEV1  decided; facts: streaming-unavailable",
            "phase detect · Tue 05 May 2026 10:20 Australia/Sydney (05 May 00:20Z)",
            "1 overdue · 5 owed · next change 10:48 (00:48Z) · dana commands",
            "DO NOW",
            "! overdue 5m     10:15 (00:15Z)  alert the internal list (client-success-lead)",
            "NEXT",
            "  due 40m        11:00 (01:00Z)  update the client x2 (client-success-lead)",
            "    to acme, zen",
            "  due 3h40m      14:00 (04:00Z)  restore the service (assigned-engineers)",
            "  due before closing  update the compliance evidence (security-specialist)",
            "BLOCKED",
            "  the incident channel is open before containment (dana)",
            "  who is impacted is named before containment or closing (dana)",
            "  data, playback and milestones are checked before recovery (assigned-engineers)",
            "  where personal data may be involved counsel reviews the text (legal-counsel)",
            "    only because nobody has said no to: privacy-suspected",
            "  when more data is lost than allowed the restore playbook… (assigned-engineers)",
            "    only because nobody has said no to: rpo-breached",
            "UNKNOWN",
            "  privacy-suspected? there …; yes: freeze privacy requests within 15m and 1 more",
            "  cross-tenant-critical? several tenants are hit where it hurts; yes: SEV0",
            "  exfiltration-likely? data has probably left the portal; yes: SEV0",
            "  and 3 more below",
            "",
        ]

    def test_what_one_act_meets_is_one_line(self, policy: Policy) -> None:
        """The statute's notice and the policy's own to one authority are one thing to do; below they are two clocks."""
        shown = ir.brief(told(policy, GERMANY, CONFIRMED), at(11, 5))
        assert [line for line in part(shown, "NEXT") if "EU authority" in line] == [
            "  due 2d23h      Fri 8 May 11:00 notify the EU authority: de (legal-counsel)"
        ]
        below = shown.text().partition("EVERY CLOCK")[2].splitlines()
        assert "  eu-authority-notice@authority/de#0  open" in below
        assert "  same act: eu.gdpr.33-1@authority/de#0  open" in below

    def test_the_one_who_holds_a_role_is_named_and_else_its_contact(self, policy: Policy) -> None:
        """A role taken shows its holder; released, its primary contact again."""
        taken = event(ir.RoleChange, at(10, 11), "lee", kind="role-taken", role="comms-lead", person="lee")
        released = event(ir.RoleChange, at(10, 13), "lee", kind="role-released", role="comms-lead", person="lee")
        incident = told(policy, PLAYBACK_IS_DOWN, DANA_COMMANDS, taken, released)
        whose = [
            next(line for line in part(ir.brief(incident, when), "DO NOW") if "internal list" in line)
            for when in (at(10, 12), at(10, 14))
        ]
        assert [line.rpartition(" (")[2] for line in whose] == ["lee)", "client-success-lead)"]

    def test_times_are_local_with_universal_time_beside_them(self, policy: Policy) -> None:
        """The same instant on both clocks, across a change of the clocks too."""
        easter = datetime(2026, 4, 2, 7, 0, tzinfo=timezone.utc)
        incident = ir.replay(
            policy,
            [
                ir.Detected(incident="inc-7", at=easter, by="sentry", source="sentry"),
                ir.FactsReported(incident="inc-7", at=easter, by="ravi", facts={"partial-outage": "yes"}),
            ],
        )
        text = ir.brief(incident, easter).text()
        assert "Thu 02 Apr 2026 18:00 Australia/Sydney (02 Apr 07:00Z)" in text
        assert "due 20:00 (09:00Z), 2 hours from 18:00 (severity-supported)" in text
        # summer time ends on Easter Sunday
        assert "due Tue 07 Apr 17:00 (07:00Z), same business day (not before 2 hours)" in text

    def test_what_is_later_is_left_out_and_counted(self, policy: Policy) -> None:
        """As of an earlier instant the later events have not happened; the brief says how many it left out."""
        incident = told(policy, PLAYBACK_IS_DOWN, DANA_COMMANDS, SEV1_DECIDED)
        early, late = ir.brief(incident, at(10, 5)), ir.brief(incident, at(10, 9))
        assert (early.left_out, late.left_out) == (2, 0)
        assert "2 events of the log are later than this instant and left out" in early.text()
        assert "left out" not in late.text()
        assert early.as_json()["severity"]["decided"] is None
        assert late.as_json()["severity"]["decided"] == "SEV1"

    def test_before_detection_nothing_can_be_shown(self, policy: Policy) -> None:
        """The question is malformed, and says from when it can be asked."""
        with pytest.raises(ir.QuestionInvalid) as refused:
            ir.brief(told(policy), TEN - timedelta(microseconds=1))
        assert refused.value.problems == (
            ir.Problem("now", "incident 'inc-7' was not detected yet then", "ask for 2026-05-05T00:00:00Z or later"),
        )

    def test_a_naive_instant_is_refused(self, policy: Policy) -> None:
        """The library does not guess a zone."""
        with pytest.raises(ir.QuestionInvalid) as refused:
            ir.brief(told(policy), TEN.replace(tzinfo=None))
        assert "has no time zone" in refused.value.problems[0].what

    @pytest.mark.parametrize(
        ("events", "head"),
        [
            ([], "inc-7  UNASSESSED  no fact supports a level yet; nobody has decided one"),
            ([PLAYBACK_IS_DOWN], "inc-7  SEV1  proposed by sev1-streaming; nobody has decided"),
            ([PLAYBACK_IS_DOWN, SEV1_DECIDED], "inc-7  SEV1  decided; facts: streaming-unavailable"),
            ([event(ir.SeverityDecided, at(10, 9), "reliability-partner", severity="SEV3")], "inc-7  SEV3  decided; facts: none"),
            ([event(ir.SeverityDecided, at(10, 9), "lee", severity="SEV0")], "inc-7  SEV0  raised by lee; nobody has decided; facts: none"),
            ([PLAYBACK_IS_DOWN, event(ir.SeverityDecided, at(10, 9), "reliability-partner", severity="SEV2", reason="small")],
             "inc-7  SEV2  decided; the rules propose SEV1 (sev1-streaming)"),
            ([PLAYBACK_IS_DOWN, SEV1_DECIDED, LEAK], "inc-7  SEV0  by facts; decided SEV1; facts: share-token-leak-broad"),
            ([PLAYBACK_IS_DOWN, SEV1_DECIDED, RAISED], "inc-7  SEV0  raised by lee; decided SEV1; facts: streaming-unavailable"),
            ([RAISED, LEAK], "inc-7  SEV0  raised by lee; nobody has decided; facts: share-token-leak-broad"),
        ],
    )  # fmt: skip
    def test_the_first_line_says_the_level_and_why(self, events: list[ir.Event], head: str, policy: Policy) -> None:
        """Unassessed, proposed, decided, raised, or decided otherwise than the rules propose."""
        incident = told(policy, *([DANA_COMMANDS] if SEV1_DECIDED in events else []), *events)
        assert ir.brief(incident, at(10, 10)).text().splitlines()[0] == head

    def test_while_nobody_has_decided_that_is_the_first_thing_to_do(self, policy: Policy) -> None:
        """What the rules propose is not a decision, and once there is one the line is gone."""
        incident = told(policy, PLAYBACK_IS_DOWN, DANA_COMMANDS, SEV1_DECIDED)
        assert part(ir.brief(incident, at(10, 6)), "DO NOW")[0] == (
            "! decide the level: the rules propose SEV1 (reliability-partner)"
        )
        assert "decide the level" not in ir.brief(incident, at(10, 9)).text()

    @pytest.mark.parametrize(
        ("events", "first"),
        [
            ([SEV1_DECIDED, LEAK], "! decide the level: SEV0 by facts; decided is SEV1 (dana)"),
            ([SEV1_DECIDED, RAISED], "! decide the level: lee raised it to SEV0; decided is SEV1 (dana)"),
            ([RAISED], "! decide the level: lee raised it to SEV0; the rules propose SEV1 (dana)"),
        ],
    )
    def test_a_level_that_nobody_decided_as_it_is_has_to_be_decided(
        self, events: list[ir.Event], first: str, policy: Policy
    ) -> None:
        """Facts or somebody's raise made it worse than the decision: the raise is named, and whoever decides."""
        shown = ir.brief(told(policy, PLAYBACK_IS_DOWN, DANA_COMMANDS, *events), at(10, 10))
        assert part(shown, "DO NOW")[0] == first
        confirmed = event(ir.SeverityDecided, at(10, 11), "dana", severity="SEV0", reason="it leaks")
        again = ir.brief(told(policy, PLAYBACK_IS_DOWN, DANA_COMMANDS, *events, confirmed), at(10, 11))
        assert "decide the level" not in again.text()

    def test_a_raise_on_nothing_known_does_not_say_that_the_rules_propose_the_mildest(self, policy: Policy) -> None:
        """No fact supports a level, and somebody raised it all the same; a refused decision raised nothing."""
        refused = event(ir.SeverityDecided, at(10, 10), "max", severity="SEV0")
        shown = ir.brief(told(policy, RAISED, refused), at(10, 10))
        assert part(shown, "DO NOW")[0] == (
            "! decide the level: lee raised it to SEV0; no fact says so (reliability-partner)"
        )

    def test_a_level_carried_over_a_reopening_that_nobody_decided_is_asked_for(self, policy: Policy) -> None:
        """What was only raised before closing is no decision afterwards."""
        closed = event(ir.Closed, at(11), "reliability-partner", outcome="resolved")
        reopened = event(ir.Reopened, at(12), "dana", reason="again")
        shown = ir.brief(told(policy, RAISED, closed, reopened), at(12))
        assert shown.text().startswith("inc-7  SEV0  as before it was reopened, decided by nobody; facts: none\n")
        assert "! decide the level: SEV0 as before it was reopened" in part(shown, "DO NOW")[0]

    def test_the_step_that_makes_it_worse_says_that_it_has_to_be_decided(self, policy: Policy) -> None:
        """A raise and facts after a decision each say so once."""
        decided = told(policy, PLAYBACK_IS_DOWN, DANA_COMMANDS, SEV1_DECIDED)
        assert "the level is SEV0 by facts now, decided is SEV1: incident-commander decides the level" in (
            ir.apply(decided, LEAK).suggested
        )
        assert "raised to SEV0 provisionally, decided is SEV1: incident-commander decides the level" in (
            ir.apply(decided, RAISED).suggested
        )

    def test_what_is_held_back_names_who_can_release_it(self, policy: Policy) -> None:
        """The gate of the next phase and the gates on steps, each with a person."""
        assess = event(ir.PhaseChange, at(10, 6), kind="phase-entered", phase="assess")
        unknown_cause = facts(at(10, 7), malicious_cause="unknown")
        taken = event(ir.RoleChange, at(10, 8), "sam", kind="role-taken", role="security-lead", person="sam")
        shown = ir.brief(told(policy, PLAYBACK_IS_DOWN, assess, unknown_cause, taken), at(10, 9))
        assert part(shown, "BLOCKED") == [
            "  the incident channel is open before containment (reliability-partner)",
            "  who is impacted is named before containment or closing (reliability-partner)",
            "  the level is decided before containment or closing (reliability-partner)",
            "  the forensic snapshot comes before clean-up (sam)",
            "    only because nobody has said no to: malicious-cause",
            "  data, playback and milestones are checked before recovery (assigned-engineers)",
            "  when more data is lost than allowed the restore playbook… (assigned-engineers)",
            "    only because nobody has said no to: rpo-breached",
        ]
        assert [refusal.rule for refusal in shown.held_back] == BEFORE_CONTAINMENT
        assert [refusal.rule for refusal in shown.shut] == [
            "snapshot-before-cleanup",
            "checks-before-recovered",
            "restore-before-recovered",
        ]

    def test_a_phase_found_not_applicable_holds_nothing_back(self, policy: Policy) -> None:
        """What comes next is the first phase that applies."""
        assess = event(ir.PhaseChange, at(10, 6), kind="phase-entered", phase="assess")
        passed_by = event(
            ir.PhaseChange, at(10, 7), kind="phase-not-applicable", phase="contain", reason="the vendor's"
        )
        incident = told(policy, PLAYBACK_IS_DOWN, assess, passed_by)
        assert [refusal.rule for refusal in ir.brief(incident, at(10, 6)).held_back] == BEFORE_CONTAINMENT
        assert [refusal.rule for refusal in ir.brief(incident, at(10, 7)).held_back] == []

    def test_an_attempt_that_does_not_count_is_shown_once_below_its_line(self, policy: Policy) -> None:
        """One sending to two clients that lacked a field is one remark."""
        attempt = sent(at(10, 30), "client-update", to=("client/acme", "client/zen"), states=("share-link-status",))
        shown = ir.brief(told(policy, PLAYBACK_IS_DOWN, TWO_CLIENTS, attempt), at(10, 31))
        rows = part(shown, "NEXT")
        assert "update the client" in rows[0]
        assert rows[1] == "    to acme, zen"
        assert rows[2] == "    sent 10:30 (00:30Z), does not count: mitigation-steps missing"
        assert shown.text().count("does not count") == 1

    def test_violations_and_changed_conclusions_stand_below(self, policy: Policy) -> None:
        """What happened against the rules, what had no effect, what was concluded otherwise before."""
        cleaned = event(ir.StepDone, at(10, 20), step="clean-up")
        closed = event(ir.Closed, at(10, 30), outcome="duplicate")
        late = sent(at(10, 12), "internal-alert", to=("internal",))
        unknown_cause = facts(at(10, 6), streaming_unavailable="yes")
        text = ir.brief(told(policy, unknown_cause, cleaned, closed, late), at(10, 40)).text()
        assert "3 against the rules" in text.splitlines()[2]
        assert "AGAINST THE RULES\n  10:20 (00:20Z) snapshot-before-cleanup (clause response-phases/contain)\n" in text
        assert "  10:30 (00:30Z) commander-closes (clause response-phases/close), without effect\n" in text
        anew = " ".join(text.partition("CONCLUSIONS DRAWN ANEW")[2].split())
        assert (
            "internal-alert@internal#0: missed, due 2026-05-05T00:15:00Z -> met, due 2026-05-05T00:15:00Z "
            "(recorded late: notice-sent at 2026-05-05T00:12:00Z)"
        ) in anew

    def test_drills_episodes_closing_and_unknown_events_are_said(self, policy: Policy) -> None:
        """Nobody mistakes a drill, a second episode, a closed or an incomplete incident for an ordinary one."""
        drill = ir.Detected(incident="inc-7", at=TEN, by="dana", source="user-report", drill=True)
        closed = event(ir.Closed, at(11), "reliability-partner", outcome="resolved")
        reopened = event(ir.Reopened, at(12), "dana", reason="again")
        newer = ir.read_event(
            {"kind": "satellite-lost", "id": "s", "incident": "inc-7", "at": "2026-05-05T13:00:00+10:00", "by": "nasa"}
        )
        incident = ir.replay(policy, [drill, closed, reopened, newer])
        second = {when: ir.brief(incident, when).text().splitlines()[1:3] for when in (TEN, at(11), at(12), at(13))}
        assert second[TEN][0].startswith("DRILL, phase detect · ")
        assert second[at(11)][0].startswith("DRILL, closed as resolved · ")
        assert second[at(12)][0].startswith("DRILL, phase assess, episode 2 · ")
        assert "INCOMPLETE: unknown events in the log" in second[at(13)][1]
        assert "INCOMPLETE" not in second[at(12)][1]

    def test_overdue_is_what_binds_and_advice_is_counted_apart(self, policy: Policy) -> None:
        """A limit that only advises is past advice and never overdue; the limit itself is still inside."""
        incident = told(policy, facts(at(10, 5), exfiltration_likely="yes"))
        assert [o.duty for o in ir.brief(incident, at(10, 5)).past_advice] == []
        just_after = at(10, 5) + timedelta(microseconds=1)
        assert [o.duty for o in ir.brief(incident, just_after).past_advice] == ["respond"]
        assert [o.verdict for o in ir.brief(incident, just_after).past_advice] == ["open"]
        assert [o.duty for o in ir.brief(incident, just_after).overdue] == []
        assert "nothing overdue · 1 past advice" in ir.brief(incident, just_after).text()
        late = ir.brief(incident, at(10, 16))
        assert [(o.duty, o.verdict) for o in late.overdue] == [("internal-alert", "missed")]

    def test_it_agrees_with_every_other_answer(self, policy: Policy) -> None:
        """Obligations, wake-up and corrections are those the library gives by themselves."""
        incident = told(policy, PLAYBACK_IS_DOWN, TWO_CLIENTS, GERMANY, CONFIRMED, DANA_COMMANDS)
        now = at(11, 5)
        shown = ir.brief(incident, now)
        assert shown.obligations == ir.obligations(incident, now)
        assert shown.next_wakeup == ir.next_wakeup(incident, now)
        assert shown.corrections == ir.corrections(incident) != ()
        assert str(shown) == shown.text()

    def test_colour_adds_codes_and_nothing_else(self, policy: Policy) -> None:
        """With its codes taken out the coloured text is the plain one; red is what is overdue."""
        shown = ir.brief(told(policy, PLAYBACK_IS_DOWN, TWO_CLIENTS), at(10, 20))
        coloured = shown.text(colour=True)
        assert re.sub(r"\x1b\[\d*m", "", coloured) == shown.text()
        assert "\x1b[31m! overdue" in coloured
        assert "\x1b[1mDO NOW\x1b[0m" in coloured


def labelled(explanation: ir.Explanation, label: str) -> str:
    """The text under one label, which stands once."""
    texts = [text for name, text in explanation.lines if name == label]
    assert len(texts) == 1, f"{label}: {texts}"
    return texts[0]


class TestExplain:
    """Why something is so, back to facts, rules, clauses and sources."""

    def test_an_owed_obligation(self, policy: Policy) -> None:
        """How it stands, whose it is, under which clause, since which mark, until when."""
        incident = told(policy, PLAYBACK_IS_DOWN, TWO_CLIENTS)
        explanation = ir.explain(incident, "client-update@client/acme#0", at(10, 20))
        assert (explanation.subject, explanation.headline) == ("client-update@client/acme#0", "update the client")
        assert explanation.lines == (
            ("now", "open, 40 min left"),
            ("owed by", "Comms Lead (comms-lead; client-success-lead while nobody holds the role)"),
            ("owed to", "client/acme"),
            ("because", "client/acme is reported yes by ravi, since 2026-05-05T00:10:00Z"),
            ("clause", "comms-cadence/client-updates of motion-mavericks 0.2.0"),
            ("basis", "policy"),
            ("reading", f"everyone-not-excluded: {policy.readings['everyone-not-excluded'].text}"),
            ("met by", "notice sent, stating share-link-status and mitigation-steps"),
            ("not for", "an incident closed as duplicate, false-positive, out-of-scope or superseded"),
            ("owed when", "severity is SEV1 or worse and (clients-impacted or some client is affected): yes"),
            ("", "severity is SEV1 or worse: yes"),
            ("", "clients-impacted (at least one agency or client is affected): yes"),
            ("", "some client (this agency or client is affected): yes"),
            ("from", "severity-supported at 2026-05-05T00:00:00Z (facts or a decision reached the level)"),
            (
                "reading",
                "from-when-facts-supported-it: A clock tied to a level runs from detection for levels reached up to the "
                "first decision, later from when facts or a decision reached the level.",
            ),
            ("until", "1 hour: due 2026-05-05T01:00:00Z (inclusive)"),
            ("goes by", "mail to agencies and clients"),
        )

    def test_it_says_how_an_obligation_was_missed_or_met(self, policy: Policy) -> None:
        """Overdue with its breach; then met late, with how late."""
        incident = told(policy, PLAYBACK_IS_DOWN, sent(at(10, 40), "internal-alert", to=("internal",)))
        assert labelled(ir.explain(incident, "internal-alert", at(10, 30)), "now") == (
            "missed, overdue by 15 min; breach at 2026-05-05T00:15:00Z (deadline)"
        )
        assert labelled(ir.explain(incident, "internal-alert", at(10, 40)), "now") == (
            "met late at 2026-05-05T00:40:00Z, late by 25 min; breach at 2026-05-05T00:15:00Z (deadline)"
        )

    def test_the_name_of_a_duty_means_its_latest_open_obligation(self, policy: Policy) -> None:
        """After a raise the second alert is the one that needs somebody."""
        raised = facts(at(10, 30), exfiltration_likely="yes")
        alerted = sent(at(10, 12), "internal-alert", to=("internal",))
        incident = told(policy, PLAYBACK_IS_DOWN, DANA_COMMANDS, SEV1_DECIDED, alerted, raised)
        assert ir.explain(incident, "internal-alert", at(10, 20)).subject == "internal-alert@internal#0"
        assert ir.explain(incident, "internal-alert", at(10, 30)).subject == "internal-alert@internal#1"

    def test_an_attempt_says_what_it_lacked(self, policy: Policy) -> None:
        """The sending, its event, and the missing field."""
        attempt = event(
            ir.Notice, at(10, 30), kind="notice-sent", duties=("client-update",), recipients=("client/acme",), id="n1"
        )
        incident = told(policy, PLAYBACK_IS_DOWN, TWO_CLIENTS, attempt)
        assert labelled(ir.explain(incident, "client-update@client/acme#0", at(10, 31)), "attempt") == (
            "sent 2026-05-05T00:30:00Z (n1), does not count: share-link-status, mitigation-steps missing"
        )

    def test_a_duty_that_is_not_owed_says_what_it_waits_for(self, policy: Policy) -> None:
        """The regulator notice waits for a finding and its mark, and not for the drill it must not be."""
        explanation = ir.explain(told(policy), "oaic-notice", at(10, 5))
        assert explanation.headline == "not owed: notify the OAIC"
        waits = labelled(explanation, "waits for")
        assert "there is a finding confirmed (no now)" in waits
        assert "mark breach-confirmed: a breach of personal data was confirmed" in waits
        assert "drill" not in waits

    def test_a_duty_ruled_out_by_what_is_so_says_that(self, policy: Policy) -> None:
        """At SEV1 nothing need be documented as a SEV3 incident: because it is worse, not because it was met."""
        waits = labelled(ir.explain(told(policy, PLAYBACK_IS_DOWN), "document", at(10, 5)), "waits for")
        assert "SEV2" in waits
        assert "met" not in waits

    def test_a_duty_nobody_is_owed_says_so(self, policy: Policy) -> None:
        """Nobody affected in the Union: there is no authority to tell."""
        nobody = event(ir.FactsReported, at(10, 50), facts={"affected-in/eu": "no"})
        explanation = ir.explain(told(policy, nobody, CONFIRMED), "eu.gdpr.33-1", at(11))
        assert labelled(explanation, "waits for") == "somebody it is owed to: all are ruled out"

    def test_a_gate_is_shut_released_or_waived(self, policy: Policy) -> None:
        """Shut while the cause is not known, open after the snapshot, open when waived, open when harmless."""
        snapshot = event(ir.StepDone, at(10, 20), step="forensic-snapshot")
        waived = event(ir.Waived, at(10, 20), "security-specialist", gate="snapshot-before-cleanup", reason="gone")
        gate = "snapshot-before-cleanup"
        unknown_cause = told(policy, facts(at(10, 5), streaming_unavailable="yes"))
        shut = ir.explain(unknown_cause, gate, at(10, 10))
        assert shut.headline == "gate, shut"
        assert shut.lines == (
            ("now", "shut"),
            ("says", "the forensic snapshot comes before clean-up"),
            ("clause", "response-phases/contain of motion-mavericks 0.2.0"),
            (
                "forbids",
                "step clean-up (delete or rebuild what was touched), step remove-access (remove malicious access), "
                "step restore-configuration (restore configuration)",
            ),
            ("when", "malicious-cause or personal-data-involved: not known"),
            ("", "malicious-cause (the cause is or may be an attacker): not known (nobody has said)"),
            ("", "personal-data-involved (personal data is in what was reached): not known (nobody has said)"),
            ("until", "step forensic-snapshot (save an image of what was touched)"),
            (
                "missing",
                "step forensic-snapshot (save an image of what was touched), or a no to malicious-cause (the cause is or "
                "may be an attacker) and personal-data-involved (personal data is in what was reached)",
            ),
            ("who", "security-lead"),
            ("reading", f"clean-up-is-not-containment: {policy.readings['clean-up-is-not-containment'].text}"),
        )
        assert labelled(ir.explain(told(policy, snapshot), gate, at(10, 20)), "now") == "open: released"
        assert labelled(ir.explain(told(policy, waived), gate, at(10, 20)), "now") == "waived in this episode"
        harmless = ir.explain(told(policy, PLAYBACK_IS_DOWN), gate, at(10, 5))
        assert labelled(harmless, "now") == "open: its condition does not hold"

    def test_a_gate_that_bites_only_on_a_definite_yes(self, policy: Policy) -> None:
        """A threat that is not known lets the commander lower; one that is known does not."""
        assert ir.explain(told(policy), "no-lowering-under-threat", at(10, 5)).headline.startswith("gate, open")
        threatened = told(policy, facts(at(10, 5), integrity_threatened="yes"))
        shut = ir.explain(threatened, "no-lowering-under-threat", at(10, 5))
        assert (shut.headline, labelled(shut, "until")) == ("gate, shut", "its condition is no longer so")

    def test_severity(self, policy: Policy) -> None:
        """What was decided, what is proposed by which rows and facts, and what each open question would settle."""
        incident = told(policy, PLAYBACK_IS_DOWN, DANA_COMMANDS, SEV1_DECIDED)
        explanation = ir.explain(incident, "severity", at(10, 9))
        assert (explanation.subject, explanation.headline) == ("severity", "SEV1")
        assert labelled(explanation, "decided") == "SEV1"
        assert labelled(explanation, "proposed") == "SEV1 by sev1-streaming"
        assert labelled(explanation, "facts") == "streaming-unavailable"
        assert labelled(explanation, "range") == "SEV1 at best, SEV0 at worst"
        assert ("unknown", "exfiltration-likely (data has probably left the portal): yes leaves SEV0, no leaves SEV0 to SEV1") \
            in explanation.lines  # fmt: skip
        assert ir.explain(told(policy), "severity", at(10)).headline == "unassessed"

    def test_an_unknown_subject_gets_a_hint(self, policy: Policy) -> None:
        """The nearest duty, gate or key; for what resembles nothing, everything that can be asked about."""
        with pytest.raises(ir.QuestionInvalid) as near:
            ir.explain(told(policy), "snapshot-before-clean-up", at(10, 5))
        assert near.value.problems[0].hint == "did you mean 'snapshot-before-cleanup'?"
        with pytest.raises(ir.QuestionInvalid) as far:
            ir.explain(told(policy), "xyzzy", at(10, 5))
        assert far.value.problems[0].hint.startswith("known are ")
        assert "oaic-notice" in far.value.problems[0].hint

    def test_every_duty_and_gate_names_its_clause_and_the_version_of_its_document(self, policy: Policy) -> None:
        """Owed or not, shut or open: nothing is claimed without saying where it stands."""
        early, late = (told(policy), TEN), (told(policy, PLAYBACK_IS_DOWN, TWO_CLIENTS, GERMANY, CONFIRMED), at(12))
        versions = {document.id: document.version for document in policy.documents}
        examined = 0
        for incident, now in (early, late):
            for rule in (*policy.duties.values(), *policy.gates.values()):
                clause = labelled(ir.explain(incident, rule.id, now), "clause")
                assert clause == f"{rule.clause} of {rule.document} {versions[rule.document]}"
                examined += 1
        assert examined >= 2 * (11 + 9)

    def test_severity_names_its_clauses_and_the_version_of_the_policy(self, policy: Policy) -> None:
        """The rows stand in the company's document, and the raise has a clause of its own."""
        incident = told(policy, facts(at(10, 5), partial_outage="yes", integrity_threatened="yes"))
        text = str(ir.explain(incident, "severity", at(10, 5)))
        assert "severity-matrix/sev2" in text
        assert "severity-matrix/escalation" in text
        assert "of motion-mavericks 0.2.0" in text

    def test_statutes_show_their_citation(self, policy: Policy) -> None:
        """Every duty with a source: the law, when it was read, how sure we are of it; in the brief too."""
        incident = told(policy, GERMANY, facts(at(10, 55), privacy_suspected="yes"), CONFIRMED)
        assert labelled(ir.explain(incident, "au.ndb.assess", at(12)), "source") == (
            "Privacy Act 1988 (Cth) s 26WH(2)(b), checked 2026-11-01, read in the primary text"
        )
        assert labelled(ir.explain(incident, "eu.gdpr.33-1", at(12)), "source") == (
            "Regulation (EU) 2016/679 Art 33(1), checked 2026-11-01, read in the primary text"
        )
        text = " ".join(ir.brief(incident, at(12)).text().split())
        statutes = [duty for duty in policy.duties.values() if duty.basis is ir.Basis.STATUTE]
        assert len(statutes) >= 2
        for duty in statutes:
            assert duty.source is not None
            assert labelled(ir.explain(incident, duty.id, at(12)), "basis") == "statute"
            assert f"statute, {duty.source.cite}; clause {duty.clause}" in text

    def test_a_limit_that_only_advises_says_so(self, policy: Policy) -> None:
        """Five minutes to be in place are our reading until the owner accepts it."""
        incident = told(policy, facts(at(10, 2), exfiltration_likely="yes"))
        explanation = ir.explain(incident, "respond", at(10, 10))
        assert labelled(explanation, "now") == "open, overdue by 5 min"
        assert labelled(explanation, "until") == (
            "immediately (grace 5 minutes): due 2026-05-05T00:05:00Z (inclusive, advisory only)"
        )

    def test_it_is_laid_out_in_two_columns(self, policy: Policy) -> None:
        """Subject and headline, then labels and texts aligned."""
        lines = str(ir.explain(told(policy), "oaic-notice", at(10, 5))).splitlines()
        assert lines[0] == "oaic-notice: not owed: notify the OAIC"
        assert all(line.startswith("  ") and line[13] != " " for line in lines[1:])


class TestLate:
    """What the log learnt late, and what ended with the incident."""

    def test_a_restore_recorded_late_withdraws_a_breach_in_plain_sight(self, policy: Policy) -> None:
        """Nobody wrote it down in time: the miss that was concluded is withdrawn, with both conclusions and why."""
        restored = ir.Milestone(
            kind="recovered", incident="inc-7", by="ravi", id="late", at=at(12, 0), recorded_at=at(15, 0)
        )
        step = ir.record(told(policy, PLAYBACK_IS_DOWN), restored)
        anew = ir.Correction(
            what="recover@internal#0",
            before="missed, due 2026-05-05T04:00:00Z",
            after="met, due 2026-05-05T04:00:00Z",
            event="late",
            reason="recorded late: recovered at 2026-05-05T02:00:00Z",
        )
        assert (step.late, step.corrections) == (True, (anew,))
        assert ir.corrections(step.incident) == (anew,)
        assert ir.brief(step.incident, at(15, 0)).corrections == (anew,)

    def test_an_instant_before_the_late_event_knows_nothing_of_it(self, policy: Policy) -> None:
        """A brief of an earlier instant shows no conclusion that an event after it changed."""
        step = ir.record(
            told(policy, PLAYBACK_IS_DOWN),
            ir.Milestone(kind="recovered", incident="inc-7", by="ravi", at=at(12, 0), recorded_at=at(15, 0)),
        )
        assert ir.brief(step.incident, at(11, 0)).corrections == ()

    def test_what_lapsed_is_not_to_do_any_more(self, policy: Policy) -> None:
        """An alert missed before closing stands below with its breach, and not among what to do now."""
        closed = event(ir.Closed, at(11, 0), "dana", outcome="resolved")
        shown = ir.brief(told(policy, PLAYBACK_IS_DOWN, DANA_COMMANDS, SEV1_DECIDED, closed), at(12, 0))
        assert not [line for line in part(shown, "DO NOW") if "internal list" in line]
        assert "  internal-alert@internal#0  missed, lapsed when the incident was closed\n" in shown.text()
        assert " owed · 1 lapsed · " in shown.text().splitlines()[2]
