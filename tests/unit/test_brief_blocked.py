"""What is held back: also what would meet something owed, whatever phase the incident is in."""

from __future__ import annotations

from typing import Final

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
