"""Slices of the policy about phases and closing, and two parts of it at once."""

from __future__ import annotations

from datetime import timedelta

import ir_policy as ir
from search import laws_gates, laws_kept, laws_owed
from search.asked import ALWAYS, ANYWHERE, GATES, asks
from search.documents import OUTCOMES, PAPERS, Document, Edit, cut
from search.moves import (
    ACME,
    BACK,
    CLOSED,
    CONFIRMED,
    DOWN,
    DUPLICATE,
    HEARS,
    MERGED,
    NO,
    RECOVERED,
    REOPENED,
    SEV1,
    SEV3,
    TOLD,
    UPDATED,
    closes,
    decides,
    does,
    opens_channel,
    reports,
    says,
    sends,
    waives,
    while_open,
)
from search.story import LEGAL, MOMENT, SOMEBODY, Laws, Slice

REGULATORS = "regulator-decision-before-close"


def phases(edit: Edit | None = None) -> Slice:
    roles = {f"affected-role/{role}": NO for role in ("admin", "agency", "guest")}
    moves = (
        *(says(f"phase {phase.value}", "phase-entered", phase=phase) for phase in ir.Phase),
        says("nothing to contain", "phase-not-applicable", phase=ir.Phase.CONTAIN, reason="nothing spreads"),
        says("nothing to remove", "phase-not-applicable", phase=ir.Phase.ERADICATE, reason="nothing stays"),
        says("nothing to contain, without a reason", "phase-not-applicable", phase=ir.Phase.CONTAIN),
        decides("the commander decides SEV3", SEV3), decides("somebody raises to SEV1", SEV1, by=SOMEBODY),
        opens_channel("the channel is opened", right=True), opens_channel("the channel is opened under another day", right=False),
        reports("guests are hit", "affected-role/guest"), says("nobody is hit", "facts-reported", facts=roles),
        closes(), REOPENED,
    )  # fmt: skip
    gates = ["severity-before-contain", "roles-identified-before-contain", "channel-before-contain", "channel-is-named-by-day",
             "phases-before-close"]  # fmt: skip
    asked = (
        laws_gates.phases_come_in_order,
        laws_gates.containment_waits_for_assessment,
        laws_gates.the_channel_has_its_name,
    )
    return Slice("phases", cut(["stakeholder-notice"], gates, edit=edit), moves, Laws((*GATES, *asked)), ticks=())  # fmt: skip


def papers(edit: Edit | None = None) -> Slice:
    moves = (
        *(does(step) for step in laws_gates.PAPERS), while_open(closes(against=True)), closes(by=SOMEBODY), DUPLICATE, REOPENED,
        waives("the commander waives the evidence", "compliance-evidence"), MERGED,
    )  # fmt: skip
    return Slice(
        "papers", cut(["compliance-evidence"], [*PAPERS, "checklist-before-close", *OUTCOMES], edit=edit), moves,
        asks(laws_gates.closing_has_its_papers, laws_owed.evidence_comes_before_closing, laws_kept.no_statute_is_waived), ticks=(MOMENT,),
    )  # fmt: skip


def client_and_regulator(edit: Edit | None = None) -> Slice:
    """An hour for the client beside three days for the regulator; the days are written as two hours, so that every order
    of the two clocks is met: all that is asked here is which of two instants comes first, never how far apart they are."""

    def two_hours(document: Document) -> None:
        document["duties"]["oaic-notice"]["within"] = "2 hours"
        if edit is not None:
            edit(document)

    moves = (
        DOWN, BACK, UPDATED, CONFIRMED, TOLD, CLOSED, REOPENED,
    )  # fmt: skip
    policy = cut(["client-update", "oaic-notice"], [REGULATORS], edit=two_hours)
    return Slice(
        "client and regulator", policy, moves,
        asks(laws_gates.closing_leaves_nothing_owed, states=(laws_owed.clients_are_owed_an_update, laws_owed.the_oaic_is_owed_a_notice)),
        prologue=(ACME,), reckons=(timedelta(hours=1),),
    )  # fmt: skip


def closing(edit: Edit | None = None) -> Slice:
    """Every duty a closing waits for, open or settled; no time passes, because no gate here asks for any."""
    moves = (
        RECOVERED, UPDATED, HEARS, CONFIRMED, TOLD,
        sends("the German authority is told", "eu-authority-notice", "authority/de"),
        says("requests are frozen", "hold-started", "security-lead"), does("checklist-updated"),
        says("legal moves it to a case of its own", "waived", LEGAL, gate=REGULATORS),
        while_open(closes(against=True)), while_open(closes(by=SOMEBODY)),
        says("the postmortem goes out", "postmortem-distributed"),
    )  # fmt: skip
    gates = ["recovery-before-close", "resolution-message-before-close", "checklist-before-close",
             "freeze-handled-before-close", REGULATORS]  # fmt: skip
    duties = ["recover", "client-update", "resolution-message", "oaic-notice", "eu-authority-notice", "dsr-freeze", "postmortem",
              "compliance-evidence"]  # fmt: skip
    return Slice(
        "closing", cut(duties, gates, ["au-ndb", "eu-gdpr"], edit), moves,
        Laws((*ALWAYS, laws_gates.closing_leaves_nothing_owed, laws_gates.closing_waits_for_the_freeze, laws_owed.what_is_closed_owes_a_postmortem,
              laws_owed.evidence_comes_before_closing), states=ANYWHERE),
        prologue=(DOWN, ACME, reports("Germans are hit", "affected-in/de"), reports("privacy may be hit", "privacy-suspected")),
        ticks=(), episodes=1,
    )  # fmt: skip
