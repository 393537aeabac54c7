"""What was done without anything to show for it leaves a trace for whoever reads the record later."""

from __future__ import annotations

import pytest

import ir_policy as ir
from ir_policy.rules.model import Policy
from support_brief import at, event, facts, told

DOWN = facts(at(10, 2), streaming_unavailable="yes")
LACKING = "no evidence recorded (for clause severity-matrix/recovery-target)"


def recovered(*evidence: str) -> ir.Event:
    return event(ir.Milestone, at(11), "ravi", kind="recovered", evidence=evidence, id="back")


def happened(incident: ir.Incident, id_: str) -> str:
    """The timeline's words for one event."""
    return next(e.text for e in ir.timeline(incident, at(12)).entries if (e.kind, e.event) == ("event", id_))


class TestNoEvidence:
    """Said calmly, with the clause that rests on it, and no longer once some is recorded."""

    @pytest.mark.parametrize(
        ("evidence", "words", "line"),
        [
            ((), f"service was restored; {LACKING}", LACKING),
            (("graph 7",), "service was restored; evidence: graph 7", "graph 7"),
        ],
    )
    def test_timeline_and_explanation_agree(
        self, evidence: tuple[str, ...], words: str, line: str, policy: Policy
    ) -> None:
        """The entry of the event, and the obligation it met."""
        incident = told(policy, DOWN, recovered(*evidence))
        assert happened(incident, "back") == words
        assert dict(ir.explain(incident, "recover", at(12)).lines)["evidence"] == line

    def test_evidence_found_later_takes_it_away(self, policy: Policy) -> None:
        """A correction brings what shows it, and the record says so from then on."""
        mended = event(
            ir.Corrected,
            at(11, 30),
            event="back",
            fields={"evidence": ["graph 7"]},
            evidence=("graph 7",),
            reason="found",
        )
        assert LACKING not in happened(told(policy, DOWN, recovered(), mended), "back")

    def test_what_nothing_rests_on_needs_none(self, policy: Policy) -> None:
        """A step no rule asks for, and an act of another kind."""
        isolated = event(ir.StepDone, at(11), step="isolate", id="step")
        incident = told(policy, DOWN, isolated)
        assert "evidence" not in happened(incident, "step")
        assert "evidence" not in dict(ir.explain(incident, "respond", at(12)).lines)

    def test_a_step_names_each_clause_once(self, policy: Policy) -> None:
        """A duty and a gate of one clause rest on it."""
        bare = event(ir.StepDone, at(11), step="checklist-updated", id="step")
        assert happened(told(policy, DOWN, bare), "step").endswith(
            "; no evidence recorded (for clause privacy-integration/compliance-evidence)"
        )
