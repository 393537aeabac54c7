"""What to find out: facts that could change the level, and facts whose yes would make something owed as things stand."""

from __future__ import annotations

from typing import Final

import pytest

import ir_policy as ir
from ir_policy.rules.model import Policy
from support_bad import PLAIN
from support_brief import at, below, event, facts, part, sent, told

LEAK: Final = facts(at(10, 2), share_token_leak_broad="yes", malicious_cause="no")


class TestUnknown:
    """UNKNOWN says nothing only where no answer would bring anything."""

    def test_at_the_worst_level_what_would_be_owed_is_asked_for(self, policy: Policy) -> None:
        """No answer changes the level any more, and three of them would start a clock."""
        shown = ir.brief(told(policy, LEAK), at(10, 30))
        assert [ask.fact for ask in shown.questions] == [
            "personal-data-involved",
            "privacy-suspected",
            "clients-impacted",
        ]
        assert part(shown, "UNKNOWN") == [
            "  personal-data-involved? personal dat…; yes: freeze privacy requests within 15m",
            "  and 2 more below",
        ]

    def test_a_clock_that_ran_out_already_is_asked_for_first(self, policy: Policy) -> None:
        """The hour runs from when the level was reached, whenever somebody says that clients are hit."""
        first = part(ir.brief(told(policy, LEAK), at(11, 30)), "UNKNOWN")[0]
        assert first == "  clients-impacted? at least one agency or…; yes: update the client, overdue 30m"

    @pytest.mark.parametrize("answer", ["yes", "no"])
    def test_what_was_answered_is_not_asked_again(self, answer: str, policy: Policy) -> None:
        """Either answer settles it; that nobody knows does not."""
        said = {"clients_impacted": answer, "privacy_suspected": answer, "personal_data_involved": answer}
        assert part(ir.brief(told(policy, LEAK, facts(at(10, 5), **said)), at(10, 30)), "UNKNOWN") == ["  nothing"]
        unknown = facts(at(10, 5), **dict.fromkeys(said, "unknown"))
        assert len(ir.brief(told(policy, LEAK, unknown), at(10, 30)).questions) == 3

    def test_what_only_another_level_would_make_owed_is_left_to_the_level(self, policy: Policy) -> None:
        """At SEV2 a client's yes starts nothing; a fact that makes it worse is asked for its level alone."""
        milder = facts(at(10, 2), partial_outage="yes", privacy_suspected="no", personal_data_involved="no")
        shown = ir.brief(told(policy, milder), at(10, 30))
        asked = {ask.fact: ask for ask in shown.questions}
        assert "clients-impacted" not in asked
        assert asked["streaming-unavailable"].opens == ()
        assert asked["streaming-unavailable"].level is ir.Severity.SEV1

    def test_what_is_owed_once_more_by_a_raise_is_left_to_the_level(self, policy: Policy) -> None:
        """An alert that went out is owed again at the worst level; that is no clock of the present one."""
        down = facts(at(10, 2), streaming_unavailable="yes")
        shown = ir.brief(told(policy, down, sent(at(10, 8), "internal-alert", to=("internal",))), at(10, 30))
        (ask,) = (ask for ask in shown.questions if ask.fact == "exfiltration-likely")
        assert (ask.level, ask.opens) == (ir.Severity.SEV0, ())

    def test_a_fact_may_do_both(self, policy: Policy) -> None:
        """It raises the level, and starts clocks that run at any level; below everything it would start stands."""
        shown = ir.brief(told(policy, facts(at(10, 2), partial_outage="yes")), at(10, 30))
        (ask,) = (ask for ask in shown.questions if ask.fact == "privacy-suspected")
        assert (ask.level, [owed.duty for owed in ask.opens]) == (ir.Severity.SEV1, ["dsr-freeze", "au.ndb.assess"])
        text = " ".join(" ".join(below(shown, "OPEN QUESTIONS")).split())
        assert (
            "privacy-suspected? there are grounds to suspect that personal data is affected; yes: SEV1; freeze privacy "
            "requests within 15m (clause privacy-integration/freeze); assess the data breach within"
        ) in text

    def test_more_than_the_screen_holds_is_counted_and_stands_below(self, policy: Policy) -> None:
        """Somebody tired reads a few lines, the most urgent ones, and finds the others below."""
        shown = ir.brief(told(policy), at(10, 3))
        assert part(shown, "UNKNOWN")[-1] == "  and 8 more below"
        assert len(shown.questions) == 15

    def test_a_closed_incident_asks_nothing(self, policy: Policy) -> None:
        """Whatever was never answered."""
        closed = event(ir.Closed, at(11), outcome="resolved")
        assert ir.brief(told(policy, LEAK, closed), at(11, 30)).questions == ()

    def test_asking_changes_nothing(self, policy: Policy) -> None:
        """What a yes would bring is tried on a copy: the same question has the same answer again."""
        incident = told(policy, LEAK)
        before = ir.obligations(incident, at(10, 30))
        assert ir.brief(incident, at(10, 30)).text() == ir.brief(incident, at(10, 30)).text()
        assert ir.obligations(incident, at(10, 30)) == before


def test_a_family_is_asked_for_where_no_fact_speaks_for_it() -> None:
    """Under a policy whose duty asks for members alone the question names the family, until one of them is named."""
    call = (
        "duties:\n  call:\n    {title: call the client, clause: notices/call, owed_by: commander, when: {some: client},\n"
        "     starts: detected, within: 2 hours, met_by: {event: documented}}\n"
    )
    policy = ir.load_policy(PLAIN.replace("duties:\n", call, 1))
    signal = ir.Detected(incident="inc-7", at=at(10), by="sentry", source="sentry")
    incident = ir.replay(policy, [signal])
    (ask,) = (ask for ask in ir.brief(incident, at(10, 30)).questions if ask.fact.startswith("client"))
    assert ask.line(at(10, 30)) == "  client/…? this client is affected; yes: call the client within 1h30m"
    named = ir.replay(policy, [signal, facts(at(10, 5), client__acme="yes")])
    assert [ask for ask in ir.brief(named, at(10, 30)).questions if ask.fact.startswith("client")] == []
