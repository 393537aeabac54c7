"""Small words that somebody tired reads rightly at once."""

from __future__ import annotations

from pathlib import Path

import ir_policy as ir
from ir_policy.rules.model import Policy
from support_brief import at, event, facts, part, told

EXAMPLE = Path(__file__).parents[2] / "examples" / "incidents" / "streaming-outage.jsonl"
DOWN = facts(at(10, 2), streaming_unavailable="yes", affected_in__de="yes")


def test_a_ground_that_is_missing_is_a_finding_or_an_answer(policy: Policy) -> None:
    """What exempts is asked for in words: a finding is a finding, a fact wants its answer."""
    confirmed = event(ir.BreachFinding, at(10, 30), "security-specialist", finding="confirmed")
    incident = told(policy, DOWN, confirmed)
    said = {"by": "legal-counsel", "ground": "none", "reason": "no breach"}
    (oaic,) = ir.check(incident, event(ir.NotNotifying, at(11), duty="oaic-notice", recipient="oaic", **said))
    assert oaic.missing == ("the finding not-a-breach",)
    (eu,) = ir.check(
        incident, event(ir.NotNotifying, at(11), duty="eu-authority-notice", recipient="authority/de", **said)
    )
    assert eu.missing == (
        "the finding not-a-breach or a definite no to affected-in/eu (affected people live in this country)",
    )


def test_what_is_left_over_from_an_earlier_episode_says_so(policy: Policy) -> None:
    """Three lines of the same title are three episodes, and the present one needs no remark."""
    story: list[ir.Event] = [event(ir.SeverityDecided, at(10, 5), severity="SEV3", reason="an odd log line")]
    for hour in (11, 13):
        story.append(event(ir.Closed, at(hour), outcome="resolved"))
        story.append(event(ir.Reopened, at(hour + 1), reason="again"))
    shown = ir.brief(told(policy, *story), at(15))
    text = shown.text().partition("BLOCKED")[0].splitlines()
    rows = [text[index + 1] for index, row in enumerate(text) if "document the incident" in row]
    assert rows[:2] == ["    left over from episode 1", "    left over from episode 2"]
    assert "left over" not in rows[2]


def test_what_may_be_closed_says_so_and_by_whom(policy: Policy) -> None:
    """At the end of the response, once no rule holds the closing back; not before, and not once it is closed."""
    log = ir.read_log(EXAMPLE.read_bytes()).events
    closing = next(index for index, one in enumerate(log) if one.kind == "closed")
    line = "  may be closed as resolved now (dana)"
    before = ir.replay(policy, log[:closing])
    rows = part(ir.brief(before, log[closing].at), "NEXT")
    assert [row for row in rows if row.startswith("  may be closed as resolved now (")]
    after = ir.replay(policy, log[: closing + 1])
    assert line not in part(ir.brief(after, log[closing].at), "NEXT")
    early = ir.replay(policy, log[:5])
    assert not [row for row in part(ir.brief(early, log[4].at), "NEXT") if "may be closed" in row]
