"""Slices of the policy about privacy: regulators, the assessment, the freeze."""

from __future__ import annotations

from search import laws_gates, laws_kept, laws_owed
from search.asked import asks
from search.documents import Edit, cut
from search.moves import (
    CLOSED,
    CONFIRMED,
    NO,
    NO_BREACH,
    REOPENED,
    TOLD,
    begins,
    closes,
    exempts,
    reports,
    says,
    sends,
    waives,
)
from search.story import LEGAL, SOMEBODY, Slice

REGULATORS = "regulator-decision-before-close"


def regulators(edit: Edit | None = None) -> Slice:
    moves = (
        CONFIRMED, begins("a breach is confirmed, and was since the start", "breach-finding", finding="confirmed"), NO_BREACH,
        says("no breach, somebody finds", "breach-finding", finding="not-a-breach"),
        TOLD,
        exempts("oaic-notice", "oaic"), exempts("oaic-notice", "oaic", by=SOMEBODY),
        waives("the commander waives the notice", "oaic-notice"),
        says("legal moves it to a case of its own", "waived", LEGAL, gate=REGULATORS),
        CLOSED, REOPENED,
    )  # fmt: skip
    return Slice(
        "regulators", cut(["oaic-notice"], [REGULATORS, "privacy-finding-cleared-by-its-owners"], edit=edit),
        moves, asks(laws_kept.no_statute_is_waived, laws_gates.closing_leaves_nothing_owed,
        states=(laws_owed.the_oaic_is_owed_a_notice, laws_owed.regulators_hear_within_seventy_two_hours)), backdated=True,
    )  # fmt: skip


def assessment(edit: Edit | None = None) -> Slice:
    moves = (
        says("a breach is suspected", "breach-finding", finding="suspected"),
        begins("a breach is suspected, and was since the start", "breach-finding", finding="suspected"),
        reports("privacy may be hit", "privacy-suspected"), reports("privacy is not hit", "privacy-suspected", NO),
        says("a breach is believed", "breach-finding", finding="believed"), NO_BREACH,
        says("no breach, somebody finds", "breach-finding", finding="not-a-breach"), CLOSED, REOPENED,
        waives("legal waives the assessment", "au.ndb.assess", LEGAL),
    )  # fmt: skip
    policy = cut(["stakeholder-notice"], [REGULATORS, "privacy-finding-cleared-by-its-owners"], ["au-ndb"], edit)
    return Slice(
        "assessment",
        policy,
        moves,
        asks(laws_gates.closing_leaves_nothing_owed, laws_kept.no_statute_is_waived),
        backdated=True,
    )


def europe(edit: Edit | None = None) -> Slice:
    """Two duties met by one notice: what the policy promises from confirmation, and what the Regulation asks from awareness."""
    moves = (
        says("we are aware", "breach-finding", finding="aware"), CONFIRMED, NO_BREACH,
        reports("Germans are hit", "affected-in/de"),
        sends("the German authority is told", "eu-authority-notice", "authority/de"),
        sends("some authority is told", "eu-authority-notice", "authority/unspecified"),
        exempts("eu.gdpr.33-1", "authority/de"), waives("legal waives what the Regulation asks", "eu.gdpr.33-1", LEGAL), CLOSED, REOPENED,
    )  # fmt: skip
    policy = cut(["eu-authority-notice"], [REGULATORS], ["eu-gdpr"], edit)
    return Slice(
        "europe",
        policy,
        moves,
        asks(
            laws_gates.closing_leaves_nothing_owed,
            laws_kept.no_statute_is_waived,
            states=(laws_owed.europe_is_owed_a_notice, laws_owed.regulators_hear_within_seventy_two_hours),
        ),
    )


def freeze(edit: Edit | None = None) -> Slice:
    moves = (
        reports("personal data is involved", "personal-data-involved"),
        reports("no personal data is involved", "personal-data-involved", NO),
        reports("privacy may be hit", "privacy-suspected"), reports("privacy is not hit", "privacy-suspected", NO),
        says("requests are frozen", "hold-started", "security-lead"), says("legal ends the freeze", "hold-released", LEGAL),
        says("somebody ends the freeze", "hold-released"), CLOSED, closes(by=SOMEBODY), REOPENED,
    )  # fmt: skip
    policy = cut(["dsr-freeze"], ["freeze-handled-before-close", "legal-releases-the-freeze"], edit=edit)
    return Slice(
        "freeze",
        policy,
        moves,
        asks(laws_gates.closing_waits_for_the_freeze, states=(laws_owed.a_freeze_is_owed_at_once,), binds=False),
    )
