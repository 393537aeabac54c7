"""What one act meets is one thing to do, for embedders as for the brief."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import YES
from ir_policy.testing import logs, told
from support_duties import POLICY, T0, found, minutes, reported

BREACH = [
    told("detected", T0),
    reported(
        minutes(0),
        {"personal-data-involved": YES, "privacy-suspected": YES, "affected-in/de": YES, "acts-as-controller": YES},
    ),
    found("confirmed", minutes(5)),
]


def test_one_notice_of_policy_and_statute_is_one_thing_to_do() -> None:
    """The company's ceiling and the statute's limit for one authority stand together, by key where both are due at once; another recipient apart."""
    owed = ir.obligations(ir.replay(POLICY, BREACH), minutes(10))
    groups = ir.by_act(owed)
    notices = [group for group in groups if group[0].recipient == "authority/de"]
    assert [[(one.duty, one.basis) for one in group] for group in notices] == [
        [("eu-authority-notice", "policy"), ("eu.gdpr.33-1", "statute")]
    ]
    assert len({one.act for one in notices[0]}) == 1
    assert ["oaic-notice"] in [[one.duty for one in group] for group in groups]


@settings(max_examples=60)
@given(log=logs(POLICY), seed=st.integers(0, 1000))
def test_each_is_in_one_group_whatever_the_order(log: list[ir.Event], seed: int) -> None:
    """Nothing is lost or doubled, groups are of one act or one duty, and the order given does not matter."""
    now = max(event.at for event in log) + timedelta(minutes=seed)
    owed = list(ir.obligations(ir.replay(POLICY, log), now))
    groups = ir.by_act(owed)
    assert sorted(one.key for group in groups for one in group) == [one.key for one in owed]
    for group in groups:
        acts = {(one.act, one.recipient, one.status) if one.act else (one.duty, one.due, one.verdict) for one in group}
        assert len(acts) == 1
    random.Random(seed).shuffle(owed)
    assert ir.by_act(owed) == groups


def test_what_are_no_obligations() -> None:
    """Nothing gives no groups; what is something else is a problem of the call."""
    assert ir.by_act(()) == ()
    for wrong in (None, 5, "x", [None]):
        with pytest.raises(ir.QuestionInvalid, match="obligations: are not obligations"):
            ir.by_act(wrong)  # type: ignore[arg-type]
