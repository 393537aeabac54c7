"""Texts that leave the company: who writes, reviews and approves them, how long that is good for, what a failed one owes."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import Event
from ir_policy.rules.model import Policy
from ir_policy.terms import MICROSECOND
from ir_policy.testing import told
from support_documents import POLICY as TEXT
from support_documents import edited
from support_duties import POLICY, T0
from support_gates import incident, refused

COUNSEL: Final = "legal-counsel"
FIRST: Final = "reliability-partner"
"""Commands while nobody has taken command."""
ACME: Final = "client/acme"
STATED: Final = ("share-link-status", "mitigation-steps")
SAID: Final = {"share-link-status": "affected", "mitigation-steps": "none yet"}
HIT: Final = told(
    "facts-reported", T0, id="hit", facts={"privacy-suspected": ir.YES, "clients-impacted": ir.YES, ACME: ir.YES}
)
HOUR: Final = timedelta(hours=1)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def drafted(at: timedelta = timedelta(minutes=1), by: str = "lee", digest: str = "sha256:1", **said: object) -> Event:
    return said_of(
        "drafted", at, by, digest=digest, duties=("client-update",), recipients=(ACME,), states=STATED, **said
    )


def said_of(what: str, at: timedelta, by: str = "lee", digest: str = "sha256:1", **said: object) -> Event:
    id_ = f"{what}-{at // MICROSECOND}"
    return told(f"notice-{what}", T0 + at, by, id=id_, notice="n-1", digest=digest, **said)


def rules_of(event: Event, *before: Event, policy: Policy = POLICY) -> list[str]:
    return [one.rule for one in refused(event, HIT, *before, policy=policy)]


REVIEWED: Final = said_of("reviewed", minutes(2), COUNSEL)
APPROVED: Final = said_of("approved", minutes(3), FIRST)


class TestCounselReviewsWhatLeavesTheCompany:
    """Where personal data is or may be involved counsel reviews a text before it leaves the company."""

    @given(st.permutations([REVIEWED, APPROVED]), st.integers(0, 2))
    def test_both_words_are_needed_in_either_order(self, words: list[Event], count: int) -> None:
        given_ = words[:count]
        missing = {"approval-before-external": APPROVED, "legal-review-before-external": REVIEWED}
        expected = sorted(gate for gate, word in missing.items() if word not in given_)
        assert sorted(rules_of(said_of("sent", minutes(4)), drafted(), *given_)) == expected

    def test_a_text_of_counsel_carries_its_review_and_one_with_another_author_does_not(self) -> None:
        own = drafted(by=COUNSEL)
        assert rules_of(said_of("sent", minutes(4)), own, APPROVED) == []
        shared = said_of("edited", minutes(2), "lee", duties=("client-update",), recipients=(ACME,), states=STATED)
        assert rules_of(said_of("sent", minutes(4)), own, shared, APPROVED) == ["legal-review-before-external"]

    @pytest.mark.parametrize("digest", ["", "sha256:1", "sha256:2"])
    def test_it_is_of_the_very_text(self, digest: str) -> None:
        """An edit takes review and approval away; nor may the text that was reviewed go in its place."""
        edit = said_of(
            "edited", minutes(4), digest="sha256:2", duties=("client-update",), recipients=(ACME,), states=STATED
        )
        found = rules_of(said_of("sent", minutes(5), digest=digest), drafted(), REVIEWED, APPROVED, edit)
        assert {"approval-before-external", "legal-review-before-external"} <= {*found}

    @given(st.sampled_from([0, 1]), st.sampled_from([-MICROSECOND, timedelta(0), MICROSECOND]))
    def test_a_review_is_owed_half_an_hour_before_the_message(self, late: int, step: timedelta) -> None:
        """The latest start is the deadline less the time counsel has, the last moment included."""
        at = minutes(30) + step
        shown = incident(HIT, drafted(), said_of("reviewed", at, COUNSEL))
        key = "legal-review@client/acme#0"
        review = next(one for one in ir.obligations(shown, T0 + HOUR + late * MICROSECOND) if one.key == key)
        assert (review.due, review.status, review.met_at) == (T0 + minutes(30), "discharged", T0 + at)
        assert (review.late_by or timedelta(0)) == max(step, timedelta(0))


class TestCounselMayClearATextBeforehand:
    """A holding text whose gaps take fixed words only may be cleared beforehand; it then goes at once."""

    def cleared(self) -> Policy:
        holding = POLICY.templates["holding-text"]
        old = "    reading: reviewed-or-cleared-beforehand\n  resolution-message:"
        words = f"    cleared: {{by: legal-liaison, digest: {holding.digest}, until: 2027-12-31}}\n"
        return ir.load_policy(edited(TEXT, (old, old.replace("\n", f"\n{words}", 1))))

    def text(self, policy: Policy) -> tuple[Event, str]:
        digest = ir.draft(policy, "holding-text", SAID).digest
        return drafted(by=FIRST, digest=digest, template="holding-text"), digest

    def test_it_needs_no_review_and_its_author_may_approve_it(self) -> None:
        policy = self.cleared()
        text, digest = self.text(policy)
        approval = said_of("approved", minutes(3), FIRST, digest)
        assert rules_of(approval, text, policy=policy) == []
        assert rules_of(said_of("sent", minutes(4), digest=digest), text, approval, policy=policy) == []

    def test_anybody_may_release_it_and_nobody_another_text(self) -> None:
        policy = self.cleared()
        text, digest = self.text(policy)
        assert rules_of(said_of("approved", minutes(3), "ana", digest), text, policy=policy) == []
        other = drafted(by=FIRST, template="holding-text")
        assert rules_of(said_of("approved", minutes(3), FIRST), other, policy=policy) == ["author-is-not-approver"]
        assert rules_of(said_of("approved", minutes(3), "ana"), other, policy=policy) == ["commander-approves"]
        assert "legal-review-before-external" in rules_of(said_of("sent", minutes(4)), other, policy=policy)

    def test_nobody_has_cleared_the_shipped_one(self) -> None:
        text, digest = self.text(POLICY)
        assert rules_of(said_of("approved", minutes(3), FIRST, digest), text) == ["author-is-not-approver"]
        assert "legal-review-before-external" in rules_of(said_of("sent", minutes(4), digest=digest), text)


class TestTheCommanderApprovesWhatLeavesTheCompany:
    """The commander approves messages, and never the own text."""

    @given(st.sampled_from([-MICROSECOND, timedelta(0), MICROSECOND]))
    def test_an_approval_is_good_for_four_hours_where_that_is_accepted(self, step: timedelta) -> None:
        """The last moment included; as the policy stands the figure only advises, and the text may go."""
        accepted = ir.load_policy(edited(TEXT, (", reading: approvals-go-stale", "")))
        sending = said_of("sent", minutes(3) + 4 * HOUR + step)
        stale = ["approval-before-external"] if step > timedelta(0) else []
        assert rules_of(sending, drafted(), REVIEWED, APPROVED, policy=accepted) == stale
        assert rules_of(sending, drafted(), REVIEWED, APPROVED) == []

    def test_it_is_for_those_it_was_given_for(self) -> None:
        wider = said_of("sent", minutes(4), recipients=(ACME, "client/zen"))
        assert sorted(rules_of(wider, drafted(), REVIEWED, APPROVED)) == [
            "approval-before-external",
            "legal-review-before-external",
        ]

    @pytest.mark.parametrize("what", ["reviewed", "approved"])
    def test_nobody_judges_a_text_they_had_a_part_in(self, what: str) -> None:
        by = COUNSEL if what == "reviewed" else FIRST
        part = said_of("edited", minutes(2), by, duties=("client-update",), recipients=(ACME,), states=STATED)
        assert rules_of(said_of(what, minutes(3), by), drafted(), part) == ["author-is-not-approver"]
        assert rules_of(said_of(what, minutes(3), by), drafted()) == []


class TestWhatFailedToldNobody:
    """A sending that is known to have failed told nobody; what it met is owed again, by the clock it had."""

    @given(st.integers(5, 120), st.integers(1, 120))
    def test_it_is_owed_again_and_met_again_when_it_arrives_after_all(self, sent: int, more: int) -> None:
        key, failed = "client-update@client/acme#0", minutes(sent + more)
        log = (HIT, drafted(), REVIEWED, APPROVED, said_of("sent", minutes(sent)))
        fails = said_of("failed", failed, "resend", recipients=(ACME,))
        arrives = said_of("delivered", failed + minutes(1), "resend", recipients=(ACME,))

        def then(*more_: Event) -> ir.Obligation:
            shown = incident(*log, *more_)
            return next(one for one in ir.obligations(shown, T0 + failed + minutes(1)) if one.key == key)

        first, again, after_all = then(), then(fails), then(fails, arrives)
        assert (first.met_at, first.due) == (T0 + minutes(sent), T0 + HOUR)
        assert (again.status, again.met_at, again.due) == ("active", None, T0 + HOUR)
        assert (again.breach is None) is (failed + minutes(1) <= HOUR)
        assert after_all == first
