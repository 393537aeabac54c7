"""A policy that is not the shipped one: small, and with clocks that start elsewhere. Every question has its answer."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy.present.pages import pages
from ir_policy.testing import logs
from support_bad import PLAIN

T0 = datetime(2026, 3, 11, 1, tzinfo=timezone.utc)
ELSEWHERE = PLAIN.replace("set_by: [{event: detected}]}", "set_by: [{event: phase-entered}]}")
POLICIES = {"plain": ir.load_policy(PLAIN), "with clocks that start elsewhere": ir.load_policy(ELSEWHERE)}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES.keys())
def test_it_has_its_pages(policy: ir.Policy) -> None:
    """Every duty has its part, and every gate and row its line in a table."""
    shown = "\n".join(pages(policy).values())
    assert [name for name in policy.duties if f"({name})\n" not in shown] == []
    assert [name for name in (*policy.gates, *(row.id for row in policy.rows)) if f"`{name}`" not in shown] == []


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES.keys())
@settings(max_examples=40)
@given(data=st.data())
def test_whatever_happens_everything_can_be_asked(policy: ir.Policy, data: st.DataObject) -> None:
    """Told event by event or replayed it is one incident, and brief, timeline and explanations answer at any instant."""
    log = data.draw(logs(policy))
    assert isinstance(log[0], ir.Detected)
    told = ir.open_incident(policy, log[0]).incident
    for event in log[1:]:
        told = ir.record(told, event).incident
    assert told == ir.replay(policy, log)
    detected = min(event.at for event in log if isinstance(event, ir.Detected))
    for now in (log[len(log) // 2].at, log[-1].at + timedelta(days=40)):
        if now < detected:
            with pytest.raises(ir.QuestionInvalid, match="was not detected yet"):
                ir.brief(told, now)
            continue
        shown = ir.brief(told, now)
        assert shown.text()
        assert shown.as_json()["incident"] == told.id
        assert ir.timeline(told, now).text()
        for subject in (*policy.duties, *policy.gates, "severity", *(one.key for one in shown.obligations)):
            assert ir.explain(told, subject, now).lines


def test_what_the_policy_does_not_know_is_shown_as_such() -> None:
    """Recorded all the same, a fact and a step of no such name never look like ordinary ones."""
    policy = POLICIES["plain"]
    opened = ir.open_incident(policy, ir.Detected(incident="i", at=T0, by="pager", source="monitor")).incident
    facts = ir.FactsReported(incident="i", at=T0, by="ann", facts={"down": ir.YES, "dancing": ir.YES})
    told = ir.record(
        ir.record(opened, facts).incident, ir.StepDone(incident="i", at=T0, by="ann", step="dance")
    ).incident
    shown = ir.timeline(told, T0).text()
    assert "yes to dancing and down; the policy does not know dancing" in " ".join(shown.split())
    assert "did step dance, which the policy does not know" in " ".join(shown.split())
    assert "dance (not in the policy)" in ir.brief(told, T0).text()
