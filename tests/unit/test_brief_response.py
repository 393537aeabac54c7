"""The brief and the explanations from recovery to closing: steps, actions, promises, outcomes, mergers, and what is missing."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import pytest

import ir_policy as ir
from ir_policy.rules.model import Policy
from support_bad import PLAIN
from support_brief import TEN, at, event, let_out


def facts(when: datetime, **said: str) -> ir.Event:
    """Facts by their names with underscores, families with two of them."""
    names = {name.replace("__", "/").replace("_", "-"): value for name, value in said.items()}
    return event(ir.FactsReported, when, facts=names)


def phase(when: datetime, name: str) -> ir.Event:
    return event(ir.PhaseChange, when, kind="phase-entered", phase=name)


def step(when: datetime, name: str) -> ir.Event:
    return event(ir.StepDone, when, "ravi", step=name, evidence=("shown",))


def sent(when: datetime, duty: str, *to: str, **said: Any) -> ir.Event:
    return event(ir.Notice, when, "lee", kind="notice-sent", duties=(duty,), recipients=to, **said)


RUN_IN: Final = (
    event(ir.Detected, TEN, "sentry", source="sentry", id="signal"),
    facts(at(10, 2), streaming_unavailable="yes", clients_impacted="yes", client__acme="yes", affected_role__guest="yes"),
    event(ir.RoleChange, at(10, 3), kind="role-taken", role="incident-commander", person="dana"),
    event(ir.SeverityDecided, at(10, 4), severity="SEV1"),
    event(ir.ChannelOpened, at(10, 5), channel="#inc-20260505-no-playback"),
    phase(at(10, 6), "assess"),
    sent(at(10, 8), "internal-alert", "internal"),
    phase(at(10, 10), "contain"),
    step(at(10, 15), "disable-feature"),
    *let_out(at(10, 30), "client-update", to=("client/acme",), states=("share-link-status", "mitigation-steps"), next_update_by=at(12)),
    event(ir.PhaseChange, at(10, 40), kind="phase-not-applicable", phase="eradicate", reason="the vendor's\nfault"),
    phase(at(10, 50), "recover"),
)  # fmt: skip
"""An outage up to the phase of recovery: one client told, and promised to hear again by noon."""
CHECKS: Final = tuple(
    step(at(11, minute), name)
    for minute, name in enumerate(("validate-integrity", "confirm-playback", "confirm-milestones"))
)
NO_LOSS: Final = facts(
    at(11, 5), rpo_breached="no", malicious_cause="no", personal_data_involved="no", privacy_suspected="no"
)
RECOVERED: Final = event(ir.Milestone, at(11, 10), "ravi", kind="recovered", evidence=("graph",))


def told(policy: Policy, *events: ir.Event) -> ir.Incident:
    return ir.replay(policy, [*RUN_IN, *events])


def part(shown: ir.Brief, name: str) -> list[str]:
    """The lines of one part, on the first screen or below it."""
    lines = shown.text().splitlines()
    rest = lines[lines.index(name) + 1 :]
    names = {"", "DO NOW", "NEXT", "BLOCKED", "UNKNOWN"}
    return rest[: next(index for index, line in enumerate(rest) if line in names)]


def labelled(explanation: ir.Explanation, label: str) -> list[str]:
    """The texts under one label."""
    return [text for name, text in explanation.lines if name == label]


class TestResponse:
    """How far the response is, in a few lines below the first screen."""

    def test_phases_steps_channel_and_who_is_affected(self, policy: Policy) -> None:
        """Done and open steps of the present phase, what does not apply and why, and of whom nobody has said."""
        shown = ir.brief(told(policy, CHECKS[0]), at(11, 1))
        assert part(shown, "RESPONSE") == [
            "  phases so far: detect, assess, contain, recover",
            "  phase eradicate does not apply: the vendor's fault",
            "  steps of recover: done validate-integrity 11:00; not done: fix-validated,",
            "    post-incident-tests, restore-playbook, confirm-playback, confirm-milestones",
            "  other steps done: disable-feature",
            "  channel: #inc-20260505-no-playback",
            "  affected-role: guest; not known: admin, agency",
            "  client: acme",
        ]
        data = shown.as_json()
        assert data["channels"] == ["#inc-20260505-no-playback"]
        assert data["merged_into"] is None
        assert {name: data["phase"][name] for name in ("entered", "not_applicable", "steps", "outcome")} == {
            "entered": ["detect", "assess", "contain", "recover"],
            "not_applicable": [{"phase": "eradicate", "reason": "the vendor's\nfault"}],
            "steps": {
                "done": [{"step": "validate-integrity", "at": "2026-05-05T01:00:00Z"}],
                "open": ["fix-validated", "post-incident-tests", "restore-playbook", "confirm-playback", "confirm-milestones"],
            },
            "outcome": None,
        }  # fmt: skip

    def test_recovery_is_held_back_by_what_is_missing_alone(self, policy: Policy) -> None:
        """Two checks of three are still to come, and nobody was asked whether more data is lost than allowed."""
        shown = ir.brief(told(policy, CHECKS[1]), at(11, 1))
        assert part(shown, "BLOCKED")[:3] == [
            "  data, playback and milestones are checked before recovery (assigned-engineers)",
            "  when more data is lost than allowed the restore playbook… (assigned-engineers)",
            "    only because nobody has said no to: rpo-breached",
        ]
        needs = {refusal.rule: refusal.missing for refusal in shown.held_back}
        assert needs == {
            "checks-before-recovered": (
                "step validate-integrity (check the integrity of the data)",
                "step confirm-milestones (confirm that milestones are intact)",
            ),
            "restore-before-recovered": (
                "step restore-playbook (carry out the restore playbook), or a no to rpo-breached (more data is lost than the "
                "recovery point allows)",
            ),
        }
        assert (
            "  rpo-breached? more data is lost than the recovery point allows; without a no\n"
            "    it keeps shut: restore-before-recovered\n"
        ) in shown.text()
        asked = ir.brief(told(policy, facts(at(11), rpo_breached="unknown")), at(11, 1)).text()
        assert "restore-before-recovered (dana did not know, 11:00 (01:00Z))" in asked
        explained = ir.explain(
            told(policy, facts(at(11), rpo_breached="unknown")), "restore-before-recovered", at(11, 1)
        )
        assert labelled(explained, "when") == ["rpo-breached: not known"]

    def test_once_recovered_they_are_told_promptly_and_papers_last(self, policy: Policy) -> None:
        """What is owed as soon as it can be done stands in DO NOW; what need only come before closing at the end of NEXT."""
        shown = ir.brief(told(policy, *CHECKS, NO_LOSS, RECOVERED), at(11, 12))
        assert part(shown, "DO NOW") == [
            "  due promptly   since 11:10     tell them it is resolved: acme (client-succes…)"
        ]
        assert part(shown, "NEXT") == [
            "  due 48m        12:00 (02:00Z)  send the promised update: acme (client-succes…)",
            "  due 7d5h       Tue 12 May 17:00 distribute the postmortem (dana)",
            "  due before closing  update the compliance evidence (security-specialist)",
        ]

    def test_at_the_end_it_says_what_closing_waits_for(self, policy: Policy) -> None:
        """In the phase of closing the gates of a closing as resolved hold back, each with whom to ask."""
        shown = ir.brief(told(policy, *CHECKS, NO_LOSS, RECOVERED, phase(at(11, 20), "close")), at(11, 21))
        assert [refusal.rule for refusal in shown.held_back] == [
            "backlog-before-close", "change-log-before-close", "checklist-before-close", "lessons-before-close",
            "report-before-close", "resolution-message-before-close",
        ]  # fmt: skip
        assert part(shown, "BLOCKED")[:2] == [
            "  follow-up work is in the backlog before closing (dana)",
            "  the change log is up to date before closing (assigned-engineers)",
        ]
        assert (
            "  the change log is up to date before closing (change-log-before-close, clause\n"
            "    response-phases/close)\n"
            "      needs step change-log-updated (update the change log); ask\n"
            "        assigned-engineers (technical-sme)\n"
        ) in shown.text()

    @pytest.mark.parametrize(
        ("outcome", "head"),
        [("false-positive", "closed as false-positive · Tue 05 May 2026 12:00 Australia/Sydney (02:00Z)"),
         ("duplicate", "closed as duplicate · Tue 05 May 2026 12:00 Australia/Sydney (05 May 02:00Z)")],
    )  # fmt: skip
    def test_a_closed_incident_is_calm(self, outcome: str, head: str, policy: Policy) -> None:
        """The head says how it ended, nothing is asked or held back, and what was not missed is owed no more."""
        back_to_normal = facts(
            at(11), streaming_unavailable="no", clients_impacted="no", client__acme="no", false_positive="yes",
            affected_role__admin="no", affected_role__agency="no", affected_role__guest="no",
        )  # fmt: skip
        merged = event(ir.Merged, at(11, 1), into="inc-2", reason="one cause")
        closed = event(ir.Closed, at(11, 30), outcome=outcome)
        incident = told(policy, back_to_normal, merged, closed)
        assert incident.violations == ()
        shown = ir.brief(incident, at(12))
        assert shown.text().splitlines()[1] == head
        assert (
            shown.text().splitlines()[2] == "goes on as inc-2 · nothing overdue · 1 owed · next change 12:00 (02:00Z)"
        )
        assert [part(shown, name) for name in ("BLOCKED", "UNKNOWN")] == [["  nothing"], ["  nothing"]]
        assert f"  recover@internal#0  not required, closed as {outcome}\n" in shown.text()
        assert shown.as_json()["phase"]["outcome"] == outcome
        assert (incident.merged_into, shown.as_json()["merged_into"]) == ("inc-2", "inc-2")
        owed = ir.explain(incident, "recover", at(12))
        assert labelled(owed, "ended by")[0].endswith(f"; closed as {outcome}")
        waits = labelled(ir.explain(incident, "postmortem", at(12)), "waits for")
        assert waits == [f"nothing: the incident was closed as {outcome}, and the duty is not owed for such a one"]


class TestItems:
    """What each event asks for by itself: actions with an owner, and promised updates."""

    ACTIONS: Final = (
        event(ir.ActionEvent, at(11, 30), kind="action-opened", action="second-player", owner="ravi", due=at(15), id="a1"),
        event(ir.ActionEvent, at(11, 31), kind="action-opened", action="alarm", owner="comms-lead", due=at(15), id="a2"),
    )  # fmt: skip

    def test_an_action_is_a_line_of_its_own_with_its_owner(self, policy: Policy) -> None:
        """Two actions due at one instant are two things to do; a role that owns one is shown by its person."""
        shown = ir.brief(told(policy, *self.ACTIONS), at(11, 40))
        assert [line for line in part(shown, "NEXT") if "15:00" in line] == [
            "  due 3h20m      15:00 (05:00Z)  second-player: close the follow-up acti… (ravi)",
            "  due 3h20m      15:00 (05:00Z)  alarm: close the follow-up acti… (client-succ…)",
        ]
        assert "  action-item@internal#0: second-player  open\n" in shown.text()

    def test_an_explanation_says_which_event_asked_for_it(self, policy: Policy) -> None:
        """The action, who opened it and until when, and who owes it."""
        explained = ir.explain(told(policy, *self.ACTIONS), "action-item@internal#0", at(11, 40))
        assert explained.headline == "close the follow-up action: second-player"
        assert labelled(explained, "asked by") == [
            "action-opened of dana at 2026-05-05T01:30:00Z (a1): by 2026-05-05T05:00:00Z"
        ]
        assert labelled(explained, "owed by") == ["ravi (named by the event that asks for it; else incident-commander)"]
        assert labelled(explained, "met by") == ["event action-closed of the same action"]

    def test_a_promised_update_names_the_promise(self, policy: Policy) -> None:
        """Who promised it in which sending; any notice to them keeps it."""
        explained = ir.explain(told(policy), "next-update", at(11))
        (asked,) = labelled(explained, "asked by")
        assert asked.startswith("notice-sent of lee at 2026-05-05T00:30:00Z (")
        assert asked.endswith("): by 2026-05-05T02:00:00Z")
        assert labelled(explained, "met by") == ["any notice sent to them"]

    def test_why_they_hear_that_it_is_resolved(self, policy: Policy) -> None:
        """The message follows the update: it is owed to whom that was owed to, as soon as it can be done."""
        explained = ir.explain(told(policy, *CHECKS, NO_LOSS, RECOVERED), "resolution-message", at(11, 12))
        assert labelled(explained, "because") == ["'update the client' was owed to them (client-update@client/acme#0)"]
        assert labelled(explained, "until") == [
            "as soon as practicable: no instant can be computed; owed since 2026-05-05T01:10:00Z"
        ]
        evidence = ir.explain(told(policy), "compliance-evidence", at(11))
        assert labelled(evidence, "until") == [
            "before closed: whenever that is; done at the instant of closing is late"
        ]
        nobody = ir.explain(ir.replay(policy, [RUN_IN[0], RECOVERED]), "resolution-message", at(12))
        assert labelled(nobody, "waits for") == ["somebody 'update the client' is owed to"]


class TestMissing:
    """What a gate waits for is said in one way: by a refusal, by the brief and by an explanation."""

    def test_one_wording(self, policy: Policy) -> None:
        """For every gate that holds back at some instant all three say the same."""
        examined = 0
        for incident, now in (
            (told(policy), at(10, 55)),
            (told(policy, *CHECKS, NO_LOSS, RECOVERED, phase(at(11, 20), "close")), at(11, 30)),
        ):
            shown = ir.brief(incident, now)
            for refusal in (*shown.held_back, *shown.shut):
                explained = ir.explain(incident, refusal.rule, now)
                first = explained.lines.index(("missing", refusal.missing[0]))
                more = [("", text) for text in refusal.missing[1:]]
                assert list(explained.lines[first + 1 :][: len(more)]) == more
                assert "".join(f"needs {' and '.join(refusal.missing)}; ask".split()) in "".join(shown.text().split())
                examined += 1
        assert examined >= 8
        closing = event(ir.Closed, at(11, 30), outcome="resolved")
        assert shown.held_back == ir.check(incident, closing)

    def test_a_duty_that_must_be_settled_names_what_is_open(self, policy: Policy) -> None:
        """By its title, with each open obligation and when it is due; all of a statute's together."""
        confirmed = event(
            ir.BreachFinding,
            at(11),
            "security-specialist",
            finding="confirmed",
            position="controller",
            since=at(10, 55),
        )
        incident = told(policy, confirmed, facts(at(11, 1), affected_in__de="yes"))
        closing = event(ir.Closed, at(11, 30), outcome="resolved")
        needs = {refusal.rule: refusal.missing for refusal in ir.check(incident, closing)}
        assert needs["recovery-before-close"] == (
            "'restore the service' to be settled (open: recover@internal#0, due 2026-05-05T04:00:00Z)",
        )
        assert needs["regulator-decision-before-close"] == (
            "'notify the OAIC' to be settled (open: oaic-notice@oaic#0, due 2026-05-08T00:55:00Z)",
            "'notify the EU authority' to be settled (open: eu-authority-notice@authority/de#0, due 2026-05-08T00:55:00Z)",
            "what a statute asks for to be settled (open: 'notify the EU authority': eu.gdpr.33-1@authority/de#0, due "
            "2026-05-08T00:55:00Z)",
        )
        explained = ir.explain(incident, "regulator-decision-before-close", at(11, 30))
        assert labelled(explained, "until") == [
            "'notify the OAIC' settled (oaic-notice) and 'notify the EU authority' settled (eu-authority-notice) and all that a "
            "statute asks for settled"
        ]

    def test_the_form_of_a_name_shows_the_day(self, policy: Policy) -> None:
        """The day of detection stands in it, ready to be copied."""
        opened = event(ir.ChannelOpened, at(11), channel="#ops")
        (refusal,) = ir.check(told(policy), opened)
        assert refusal.missing == (
            "a channel of the form #inc-20260505-<summary>, with lower-case words joined by '-' and at most 80 characters",
        )
        explained = ir.explain(told(policy), refusal.rule, at(11))
        assert labelled(explained, "forbids") == ["channel-opened"]
        assert "the form #inc-YYYYMMDD-<summary>, with" in labelled(explained, "until")[0]

    def test_what_is_known_to_be_so_is_named_and_no_more(self, policy: Policy) -> None:
        """A closing as a false alarm names the facts that outweigh it, of the many that could."""
        closing = event(ir.Closed, at(11), outcome="false-positive")
        needs = {refusal.rule: refusal.missing for refusal in ir.check(told(policy), closing)}
        assert needs == {
            "false-positive-is-found": ("a yes to false-positive (a person found that the alert was wrong)",),
            "worse-outweighs": (
                "an end of this first: streaming-unavailable (playback is down), clients-impacted (at least one agency or "
                "client is affected) and affected-role/admin, affected-role/agency or affected-role/guest (these users are affected)",
            ),
        }

    def test_answers_to_a_family_are_asked_for_in_one_breath(self, policy: Policy) -> None:
        """Who is impacted: a yes to one of them, or a no to all."""
        early = ir.replay(policy, RUN_IN[:1])
        refusals = {refusal.rule: refusal.missing for refusal in ir.check(early, phase(at(11), "contain"))}
        assert refusals["roles-identified-before-contain"] == (
            "a yes to affected-role/admin, affected-role/agency or affected-role/guest (these users are affected), or a no to "
            "affected-role/admin, affected-role/agency and affected-role/guest (these users are affected)",
        )


class TestSuggested:
    """What a person should do after an event, where no rule refuses anything."""

    def test_what_the_other_incident_must_know(self, policy: Policy) -> None:
        """After a merger: the first signal and the earliest awareness of this one, each as it is recorded."""
        incident = told(
            policy,
            event(ir.FactsReported, at(11), "ravi", facts={"privacy-suspected": "yes"}, since=at(10, 45)),
            event(ir.BreachFinding, at(11, 5), "sec", finding="aware", position="controller", since=at(10, 50)),
        )
        merged = ir.apply(incident, event(ir.Merged, at(11, 10), into="inc-2", reason="one leak"))
        assert merged.suggested == (
            "record in 'inc-2': detected at 2026-05-05T00:00:00Z",
            "record in 'inc-2': breach-finding suspected, since 2026-05-05T00:45:00Z (there were grounds to suspect a breach of "
            "personal data)",
            "record in 'inc-2': breach-finding aware, position controller, since 2026-05-05T00:50:00Z (the controller became "
            "aware of the breach)",
        )

    def test_a_merger_under_a_policy_whose_clocks_start_elsewhere(self) -> None:
        """Where no mark is set by the signal there is no such clock to carry over, and nothing is said of one."""
        elsewhere = PLAIN.replace("set_by: [{event: detected}]}", "set_by: [{event: phase-entered}]}")
        assert elsewhere != PLAIN
        alone = ir.replay(ir.load_policy(elsewhere), RUN_IN[:1])
        assert ir.record(alone, event(ir.Merged, at(11), into="inc-2", reason="one cause")).suggested == ()

    def test_a_merger_where_a_guarded_mark_was_set_by_a_discharge(self) -> None:
        """What this incident met is its own: there is no event that would say so in the other one."""
        guarded = PLAIN.replace(
            "told: {means: the first notice went out}",
            "told: {means: the first notice went out, per: incident, corrected_by: [counsel]}",
        )
        assert guarded != PLAIN
        alert = event(ir.Notice, at(10, 30), kind="notice-sent", duties=["alert"], recipients=["internal"])
        down = event(ir.FactsReported, at(10, 20), facts={"down": "yes"})
        alone = ir.replay(ir.load_policy(guarded), [RUN_IN[0], down, alert])
        assert "told" in alone.marks
        merged = ir.record(alone, event(ir.Merged, at(11), into="inc-2", reason="one cause"))
        assert merged.suggested == ("record in 'inc-2': detected at 2026-05-05T00:00:00Z",)

    @pytest.mark.parametrize(
        ("bare", "rests"),
        [
            (
                event(ir.StepDone, at(11), step="forensic-snapshot"),
                "snapshot-before-cleanup (clause response-phases/contain)",
            ),
            (
                event(ir.StepDone, at(11), step="checklist-updated"),
                "compliance-evidence (clause privacy-integration/compliance-evidence), "
                "checklist-before-close (clause privacy-integration/compliance-evidence)",
            ),
            (event(ir.Milestone, at(11), kind="recovered"), "recover (clause severity-matrix/recovery-target)"),
            (event(ir.StepDone, at(11), step="isolate"), ""),
            (step(at(11), "forensic-snapshot"), ""),
        ],
    )
    def test_what_something_rests_on_names_its_evidence(self, bare: ir.Event, rests: str, policy: Policy) -> None:
        """A step or milestone without evidence is accepted, with a remark where a duty or a gate waits for it."""
        said = ir.record(told(policy), bare).suggested
        expected = f"it names no evidence, and this rests on it: {rests}; record what shows it was done"
        assert said == ((expected,) if rests else ())
