"""What is held back: also what would meet something owed, whatever phase the incident is in."""

from __future__ import annotations

from typing import Final

import pytest

import ir_policy as ir
from ir_policy.rules.model import Policy
from support_brief import at, event, facts, part, told

DOWN: Final = facts(at(10, 2), streaming_unavailable="yes", rpo_breached="no", malicious_cause="no")
DECIDED: Final = event(ir.SeverityDecided, at(10, 3), severity="SEV1")
CHECKED: Final = tuple(
    event(ir.StepDone, at(10, 10), "ravi", step=step)
    for step in ("validate-integrity", "confirm-playback", "confirm-milestones")
)
CHECKS: Final = "  data, playback and milestones are checked before recovery (assigned-engineers)"


class TestWhatIsOwed:
    """Somebody who owes a recovery sees from the start what it waits for."""

    def test_what_holds_it_stands_behind_what_comes_next(self, policy: Policy) -> None:
        """While there is time the next phase comes first."""
        rows = part(ir.brief(told(policy, DOWN, DECIDED), at(10, 30)), "BLOCKED")
        assert rows[0] == "  the incident channel is open before containment (dana)"
        assert rows.count(CHECKS) == 1

    def test_it_comes_first_once_it_is_overdue(self, policy: Policy) -> None:
        """Four hours have passed, and nobody entered a phase."""
        rows = part(ir.brief(told(policy, DOWN, DECIDED), at(14, 30)), "BLOCKED")
        assert rows[0] == CHECKS
        assert rows.count(CHECKS) == 1

    def test_it_is_gone_once_nothing_holds_it(self, policy: Policy) -> None:
        """After the checks, and where nothing is owed that waits for them."""
        checked = ir.brief(told(policy, DOWN, DECIDED, *CHECKED), at(14, 30))
        mild = ir.brief(told(policy, facts(at(10, 2), access_log_anomaly="yes")), at(10, 30))
        assert [CHECKS in part(shown, "BLOCKED") for shown in (checked, mild)] == [False, False]

    def test_nothing_is_held_back_once_it_is_closed(self, policy: Policy) -> None:
        """What is still owed stays, and whoever meets it reopens the incident or hears why not."""
        closed = event(ir.Closed, at(11), outcome="resolved")
        assert part(ir.brief(told(policy, DOWN, DECIDED, closed), at(14, 30)), "BLOCKED") == ["  nothing"]


class TestOwnRules:
    """What every policy forbids has a sentence and somebody to ask, like any gate."""

    ASSESS: Final = "phase assess entered, or found not applicable with a reason"

    def test_a_phase_skipped_in_silence_is_held_back_in_words(self, policy: Policy) -> None:
        """On the first screen, below it, in a refusal and in the timeline."""
        skipped = event(ir.PhaseChange, at(10, 20), kind="phase-entered", phase="contain")
        incident = told(policy, DOWN, DECIDED)
        (refusal,) = (one for one in ir.check(incident, skipped) if one.rule == "phases")
        assert (refusal.missing, refusal.who) == ((self.ASSESS,), ("incident-commander",))
        lines = [entry.text for entry in ir.timeline(ir.record(incident, skipped).incident, at(10, 30)).entries]
        says = "phases follow each other, and none is skipped in silence"
        assert [line for line in lines if line.startswith(f"AGAINST phases: {says} (clause response-phases/contain)")]
        skipped_more = ir.record(incident, skipped).incident
        rows = part(ir.brief(skipped_more, at(10, 30)), "BLOCKED")
        assert "  phases follow each other, and none is skipped in silence (dana)" in rows

    def test_it_is_explained_by_the_name_a_refusal_cites(self, policy: Policy) -> None:
        """How each phase stands, who can help, and what was done against it."""
        assess = event(ir.PhaseChange, at(10, 5), kind="phase-entered", phase="assess")
        no_contain = event(
            ir.PhaseChange, at(10, 6), kind="phase-not-applicable", phase="contain", reason="the vendor's"
        )
        skipped = event(ir.PhaseChange, at(10, 20), kind="phase-entered", phase="recover", id="jump")
        explained = ir.explain(told(policy, DOWN, DECIDED, assess, no_contain, skipped), "phases", at(10, 30))
        assert explained.lines == (
            ("now", "open, phase recover"),
            ("says", "phases follow each other, and none is skipped in silence"),
            ("detect", "entered (clause response-phases/detect)"),
            ("assess", "entered (clause response-phases/assess)"),
            ("contain", "does not apply: the vendor's (clause response-phases/contain)"),
            ("eradicate", "neither entered nor found not applicable (clause response-phases/eradicate)"),
            ("recover", "entered (clause response-phases/recover)"),
            ("close", "neither entered nor found not applicable (clause response-phases/close)"),
            ("who", "incident-commander"),
            (
                "against it",
                "2026-05-05T00:20:00Z (jump): needed phase eradicate entered, or found not applicable with a reason",
            ),
        )

    @pytest.mark.parametrize("rule", ["phases", "episodes", "unknown-events", "corrections"])
    def test_each_has_an_explanation(self, rule: str, policy: Policy) -> None:
        """A sentence, and how things stand."""
        explained = ir.explain(told(policy), rule, at(10, 30))
        assert [label for label, _ in explained.lines][:2] == ["now", "says"]

    def test_what_is_not_open_is_not_reopened(self, policy: Policy) -> None:
        """Whoever may close it is who is asked; what is closed already waits for nobody."""
        reopened = event(ir.Reopened, at(10, 20), reason="again")
        (refusal,) = ir.check(told(policy), reopened)
        assert (refusal.rule, refusal.who) == ("episodes", ("incident-commander",))
        closed = event(ir.Closed, at(10, 10), outcome="resolved")
        again = event(ir.Closed, at(10, 20), outcome="resolved")
        assert [one.who for one in ir.check(told(policy, closed), again) if one.rule == "episodes"] == [()]
