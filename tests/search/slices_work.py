"""Slices of the policy about the work: level, targets, clean-up, recovery and what is written afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import ir_policy as ir
from ir_policy import Event
from ir_policy.testing import told
from search import laws_gates, laws_kept, laws_owed
from search.asked import GATES, LEVELS, asks
from search.documents import OUTCOMES, Edit, cut
from search.moves import (
    BACK,
    CLOSED,
    DOWN,
    DUPLICATE,
    IMPROVED,
    MERGED,
    NO,
    PART_OUT,
    RAISED,
    RECOVERED,
    REOPENED,
    SAFE,
    SEV1,
    SEV2,
    SEV3,
    THREAT,
    closes,
    decides,
    does,
    next_id,
    reopens,
    reports,
    says,
    sends,
    waives,
    while_open,
)
from search.story import LONGER, MOMENT, SOMEBODY, Laws, Move, Slice, State

REGULATORS = "regulator-decision-before-close"


def document(edit: Edit | None = None) -> Slice:
    moves = (
        PART_OUT, reports("the part is back", "partial-outage", NO), THREAT, SAFE,
        decides("the commander decides SEV3", SEV3), decides("the commander decides SEV2", SEV2),
        decides("the commander decides SEV3 without a reason", SEV3, reason=""), decides("somebody decides SEV3", SEV3, by=SOMEBODY),
        decides("somebody raises to SEV1", SEV1, by=SOMEBODY),
        says("documented", "documented"), CLOSED, REOPENED,
    )  # fmt: skip
    return Slice(
        "document", cut(["document"], edit=edit), moves,
        asks(*LEVELS, laws_gates.a_threat_is_one_level_worse, laws_gates.nobody_lowers_under_a_threat, states=(laws_owed.targets_follow_the_level,)),
    )  # fmt: skip


def response(edit: Edit | None = None) -> Slice:
    """A commander in place at each level; with limits of many lengths, so that time passes by moments or for long."""
    moves = (
        DOWN, PART_OUT, RAISED, IMPROVED,
        says("alex takes command", "role-taken", role="incident-commander", person="alex"),
        says("alex gives command back", "role-released", role="incident-commander", person="alex"), CLOSED, REOPENED,
    )  # fmt: skip
    return Slice(
        "response", cut(["respond"], edit=edit), moves, asks(*LEVELS, states=(laws_owed.targets_follow_the_level,)),
        ticks=(MOMENT, LONGER),
    )  # fmt: skip


def restoring(edit: Edit | None = None) -> Slice:
    """Service restored at each level, in time to pass as for the response."""
    milder = while_open(decides("the commander lowers to SEV2", SEV2, lowering="situation-improved"))
    moves = (DOWN, PART_OUT, RAISED, milder, RECOVERED, CLOSED, REOPENED)
    return Slice(
        "restoring", cut(["recover"], edit=edit), moves, asks(*LEVELS, states=(laws_owed.targets_follow_the_level,)),
        ticks=(MOMENT, LONGER),
    )  # fmt: skip


def recovery(edit: Edit | None = None) -> Slice:
    moves = (
        DOWN, reports("more is lost than allowed", "rpo-breached"), reports("no more is lost than allowed", "rpo-breached", NO),
        *(does(step) for step in (*laws_gates.CHECKS, "restore-playbook")),
        RECOVERED._replace(against=True), CLOSED, REOPENED,
    )  # fmt: skip
    gates = ["restore-before-recovered", "checks-before-recovered", "recovery-before-close"]
    return Slice(
        "recovery", cut(["recover"], gates, edit=edit), moves,
        asks(laws_gates.recovery_is_checked, laws_gates.closing_leaves_nothing_owed, states=(laws_owed.targets_follow_the_level,)),
        ticks=(MOMENT, LONGER),
    )  # fmt: skip


def cleaning(edit: Edit | None = None) -> Slice:
    facts = [("somebody is behind it", "malicious-cause"), ("personal data is involved", "personal-data-involved")]
    moves = (
        *(reports(words, fact) for words, fact in facts), *(reports(f"not so: {words}", fact, NO) for words, fact in facts),
        *(reports(f"nobody knows: {words}", fact, ir.UNKNOWN) for words, fact in facts),
        does("forensic-snapshot"), does("clean-up")._replace(against=True), does("remove-access"), does("restore-configuration"),
        says("the Security Lead lets it go on", "waived", "security-lead", gate="snapshot-before-cleanup"),
        says("somebody lets it go on", "waived", gate="snapshot-before-cleanup"), CLOSED, REOPENED,
    )  # fmt: skip
    return Slice(
        "cleaning", cut(["stakeholder-notice"], ["snapshot-before-cleanup"], edit=edit), moves,
        Laws((*GATES, laws_gates.clean_up_waits_for_the_snapshot)), ticks=(),
    )  # fmt: skip


def outcomes(edit: Edit | None = None) -> Slice:
    moves = (
        DOWN, BACK, reports("the alarm was false", "false-positive"), reports("the alarm was right", "false-positive", NO),
        reports("it lies outside the portal", "outside-portal"), MERGED,
        *(closes(outcome)._replace(against=True) for outcome in ("false-positive", "out-of-scope", "duplicate", "superseded")),
        CLOSED, closes("duplicate", by=SOMEBODY), sends("the list is alerted", "internal-alert", "internal"), REOPENED,
    )  # fmt: skip
    gates = [*OUTCOMES, "out-of-scope-is-found"]
    return Slice(
        "outcomes",
        cut(["internal-alert"], gates, edit=edit),
        moves,
        asks(laws_gates.an_outcome_is_found_first),
        ticks=(LONGER,),
    )


def postmortem(edit: Edit | None = None) -> Slice:
    moves = (
        RECOVERED, says("the postmortem goes out", "postmortem-distributed"), closes(), closes(by=SOMEBODY), DUPLICATE, MERGED,
        says("it was no drill", "detected"), waives("the commander waives the postmortem", "postmortem"), reopens(3),
    )  # fmt: skip
    return Slice(
        "postmortem", cut(["postmortem"], OUTCOMES, edit=edit), moves,
        asks(laws_owed.what_is_closed_owes_a_postmortem, laws_kept.no_statute_is_waived), episodes=3, drill=True,
    )  # fmt: skip


def actions(edit: Edit | None = None) -> Slice:
    """Follow-up actions: each names what it is about, by whom and by when; closing does not end them."""

    def asked_of(owner: str) -> Callable[[State], Event | None]:
        return lambda state: told("action-opened", state.now, id=next_id(state), action="fix-it", owner=owner,
                                  due=state.now + timedelta(hours=1))  # fmt: skip

    moves = (
        Move("the action is opened", asked_of("kim")), Move("somebody else is to see to it", asked_of("alex")),
        says("the action is closed", "action-closed", action="fix-it"),
        says("another action is closed", "action-closed", action="leave-it"), CLOSED, REOPENED,
    )  # fmt: skip
    return Slice("actions", cut(["action-item"], edit=edit), moves, asks())
