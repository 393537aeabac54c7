"""What a closing other than resolved must rest on: that it was found so, outweighed by nothing, or linked elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ir_policy import NO, UNKNOWN, YES, Event, Truth
from ir_policy.terms import OUTCOMES
from ir_policy.testing import told
from support_closing import ended
from support_duties import COMMANDER, LEGAL, minutes, reopened, reported
from support_gates import EVERYBODY, NOW, Answer, incident, recorded, refused

NOT_REAL: Final = ("false-positive", "out-of-scope")
GOES_ON: Final = ("duplicate", "superseded")
LEGAL_CASE: Final = told("waived", minutes(30), LEGAL, gate="regulator-decision-before-close")


FOUND: Final = {"false-positive": "false-positive", "out-of-scope": "outside-portal"}
FOUND_BY: Final = {
    "false-positive": Answer("false-positive-is-found", "severity-matrix/sev3", (COMMANDER,)),
    "out-of-scope": Answer("out-of-scope-is-found", "scope/out-of-scope", (COMMANDER,)),
}


@pytest.mark.parametrize("outcome", NOT_REAL)
class TestNotRealIsFound:
    """A false alarm, and an incident outside the portal, is closed as such once somebody has found that it is one."""

    @pytest.mark.parametrize("truth", Truth)
    def test_only_a_definite_yes_releases_it(self, outcome: str, truth: Truth) -> None:
        """Nobody guesses that an alert was wrong."""
        known = reported(minutes(5), {FOUND[outcome]: truth})
        assert refused(ended(NOW, outcome), known) == ([] if truth is YES else [FOUND_BY[outcome]])
        assert refused(ended(NOW, outcome)) == [FOUND_BY[outcome]]

    def test_it_asks_nothing_of_other_outcomes(self, outcome: str) -> None:
        """Each word rests on its own finding."""
        for other in set(OUTCOMES) - {outcome}:
            assert FOUND_BY[outcome] not in refused(ended(NOW, other))

    @pytest.mark.parametrize("by", EVERYBODY)
    def test_nobody_waives_it(self, outcome: str, by: str) -> None:
        """To find it is quicker."""
        waiver = told("waived", minutes(30), by, gate=FOUND_BY[outcome].rule)
        assert refused(ended(NOW, outcome), waiver) == [FOUND_BY[outcome]]

    def test_against_it_the_closing_counts(self, outcome: str) -> None:
        """It was closed with that word, and nobody had found it so."""
        assert recorded(ended(NOW, outcome)) == ([(FOUND_BY[outcome].rule, False)], True)
        assert incident(ended(NOW, outcome)).outcome == outcome


WORSE: Final = (
    "cross-tenant-critical", "exfiltration-likely", "share-token-leak-broad", "major-function-lost",
    "privacy-suspected", "streaming-unavailable", "notifications-blocked", "credentials-compromised",
    "asset-compromised", "performance-degraded", "partial-outage", "share-links-failing", "integrity-threatened",
    "residency-threatened", "rpo-breached", "personal-data-involved", "clients-impacted",
)  # fmt: skip
"""What is in scope by itself, by hand."""
HARMLESS: Final = ("access-log-anomaly", "malicious-cause", "serious-harm-likely", "eu-establishment", "risk-unlikely")


class TestWorseOutweighs:
    """What is known to be in scope, and bad, outweighs anybody's word that it was nothing."""

    ANSWER: Final = Answer("worse-outweighs", "scope/in-scope", (COMMANDER,))

    def before(self, known: dict[str, Truth]) -> tuple[Event, ...]:
        both = {"false-positive": YES, "outside-portal": YES}
        return (reported(minutes(5), {**known, **both}), LEGAL_CASE)

    @pytest.mark.parametrize("outcome", NOT_REAL)
    @pytest.mark.parametrize("fact", WORSE)
    def test_any_such_fact_keeps_it_shut(self, fact: str, outcome: str) -> None:
        """On a definite yes; no longer known, or known not to be so, it is open again."""
        assert refused(ended(NOW, outcome), *self.before({fact: YES})) == [self.ANSWER]
        for truth in (NO, UNKNOWN):
            assert refused(ended(NOW, outcome), *self.before({fact: truth})) == []
            back = reported(minutes(6), {fact: truth})
            assert refused(ended(NOW, outcome), *self.before({fact: YES}), back) == []

    @given(known=st.dictionaries(st.sampled_from((*WORSE, *HARMLESS)), st.sampled_from(Truth)))
    def test_whatever_is_known(self, known: dict[str, Truth]) -> None:
        """One yes among the bad ones, whatever else is said."""
        bites = any(known.get(fact) is YES for fact in WORSE)
        for outcome in NOT_REAL:
            assert refused(ended(NOW, outcome), *self.before(known)) == ([self.ANSWER] if bites else [])

    @pytest.mark.parametrize("outcome", GOES_ON)
    def test_what_goes_on_elsewhere_may_be_grave(self, outcome: str) -> None:
        """It is as bad there as here."""
        before = (*self.before(dict.fromkeys(WORSE, YES)), told("merged", minutes(6)))
        assert refused(ended(NOW, outcome), *before) == []

    def test_nobody_waives_it_and_against_it_a_closing_counts(self) -> None:
        """A word outweighs no fact, and what was closed was closed."""
        before = self.before({"partial-outage": YES})
        for by in EVERYBODY:
            waiver = told("waived", minutes(30), by, gate=self.ANSWER.rule)
            assert refused(ended(NOW, "false-positive"), *before, waiver) == [self.ANSWER]
        assert recorded(ended(NOW, "false-positive"), *before) == ([(self.ANSWER.rule, False)], True)


@pytest.mark.parametrize("outcome", GOES_ON)
class TestMergedBeforeDuplicate:
    """What goes on as another incident says as which one before it is closed."""

    ANSWER: Final = Answer("merged-before-duplicate", "response-phases/close", (COMMANDER,))
    MERGED: Final = told("merged", minutes(5), into="inc-2")

    def test_it_bites_until_it_is_merged(self, outcome: str) -> None:
        """By anybody; once it came back on its own, a new merger is asked for."""
        assert refused(ended(NOW, outcome)) == [self.ANSWER]
        assert refused(ended(NOW, outcome), self.MERGED) == []
        back = (self.MERGED, ended(minutes(6), outcome), reopened(minutes(7)))
        assert refused(ended(NOW, outcome), *back) == [self.ANSWER]
        assert refused(ended(NOW, outcome), *back, told("merged", minutes(8), into="inc-3")) == []

    def test_it_asks_nothing_of_other_outcomes(self, outcome: str) -> None:
        """What was resolved here went nowhere."""
        for other in set(OUTCOMES) - set(GOES_ON):
            assert self.ANSWER not in refused(ended(NOW, other))

    def test_nobody_waives_it_and_against_it_a_closing_counts(self, outcome: str) -> None:
        """Named afterwards the link is made, and the violation stays."""
        for by in EVERYBODY:
            waiver = told("waived", minutes(4), by, gate=self.ANSWER.rule)
            assert refused(ended(NOW, outcome), waiver) == [self.ANSWER]
        assert recorded(ended(NOW, outcome)) == ([(self.ANSWER.rule, False)], True)
        after = incident(ended(NOW, outcome), told("merged", NOW + timedelta(minutes=1)))
        assert [one.rule for one in after.violations] == [self.ANSWER.rule]
