"""The oracle on notices, against scenarios worked out by hand from the page on semantics; the engine has no part in this."""

from __future__ import annotations

from typing import Any

from oracle.oracle import World
from oracle.telling import COMMANDER, Line, adopts, closed, decided, detected, facts, row, sent, t, world
from support_versions import EDGES, edge

UPDATE = "client-update@client/acme#0"
REVIEW = "legal-review@client/acme#0"
STATES = ["share-link-status", "mitigation-steps"]
COUNSEL = {"by": "legal-counsel"}
OPENING = (detected("01:00"), facts("01:00", privacy_suspected="yes", clients_impacted="yes", client__acme="yes"))
"""At SEV1 from 01:00: the update is due 02:00, and its review is to begin by 01:30."""


def notice(kind: str, at: str, **said: Any) -> Line:
    return (f"notice-{kind}", at, {"notice": "n1", **said})


def drafted(at: str, digest: str = "d1", *to: str, **said: Any) -> Line:
    about = {"duties": ["client-update"], "recipients": list(to or ("client/acme",)), "states": STATES}
    return notice("drafted", at, digest=digest, **about, **said)


def edited(at: str, digest: str, **said: Any) -> Line:
    return ("notice-edited", at, drafted(at, digest)[2] | said)


def reviewed(at: str, digest: str = "d1", **said: Any) -> Line:
    return notice("reviewed", at, digest=digest, **{**COUNSEL, **said})


def approved(at: str, digest: str = "d1", **said: Any) -> Line:
    return notice("approved", at, digest=digest, **{**COMMANDER, **said})


def refused(found: World, event: str) -> list[str]:
    return sorted(rule for rule, id_ in found.violations if id_ == event)


# --- gates ----------------------------------------------------------------------------------------------


def test_the_very_text_for_the_very_people_may_go() -> None:
    """d1 was reviewed and approved for acme: it may go to acme; not to blue as well, nor once it was edited."""
    ready = (*OPENING, drafted("01:05"), reviewed("01:10"), approved("01:11"))
    assert refused(world(*ready, notice("sent", "01:20")), "e6") == []
    both = ["approval-before-external", "legal-review-before-external"]
    assert refused(world(*ready, notice("sent", "01:20", recipients=["client/acme", "client/blue"])), "e6") == both
    assert refused(world(*ready, edited("01:15", "d2"), notice("sent", "01:20")), "e7") == both
    other = world(*ready, edited("01:15", "d2"), notice("sent", "01:20", digest="d1"))
    assert refused(other, "e7") == [*both, "notices"]


def test_a_judgement_is_good_up_to_its_last_instant() -> None:
    """Approved until 01:20: at 01:20 it may go, a microsecond later it may not."""
    ready = (*OPENING, drafted("01:05"), reviewed("01:10"), approved("01:11", until=t("01:20").isoformat()))
    assert refused(world(*ready, notice("sent", "01:20")), "e6") == []
    assert refused(world(*ready, notice("sent", "01:20:00.000001")), "e6") == ["approval-before-external"]


def test_a_judgement_stays_under_its_version() -> None:
    """Reviewed and approved under one version, sent under another: asked for again."""
    lines = (
        *OPENING,
        drafted("01:05"),
        reviewed("01:10"),
        approved("01:11"),
        adopts("01:15", edge("an alert that is shorter")),
    )
    found = world(*lines, notice("sent", "01:20"), adopted=[edge(name) for name in EDGES])
    assert refused(found, "e7") == ["approval-before-external", "legal-review-before-external"]


def test_nobody_judges_a_text_of_their_own_by_whatever_name() -> None:
    """Ana commands: what she wrote as ana, she does not approve as the commander; bo's text she does."""
    taken = ("role-taken", "01:01", {"role": "incident-commander", "person": "ana"})
    own = world(*OPENING, taken, drafted("01:05"), approved("01:11"))
    assert refused(own, "e5") == ["author-is-not-approver"]
    assert refused(world(*OPENING, taken, drafted("01:05", by="bo"), approved("01:11")), "e5") == []
    assert refused(world(*OPENING, drafted("01:05", by="bo"), approved("01:11", by="cy")), "e4") == [
        "commander-approves"
    ]


def test_what_counsel_wrote_carries_its_review() -> None:
    """Written by counsel it needs the approval alone; once somebody else edited it, it needs a review."""
    lines = (*OPENING, drafted("01:05", **COUNSEL))
    assert refused(world(*lines, notice("sent", "01:20")), "e4") == ["approval-before-external"]
    mended = world(*lines, edited("01:10", "d2", by="bo"), notice("sent", "01:20"))
    assert refused(mended, "e5") == ["approval-before-external", "legal-review-before-external"]


def test_the_table_of_its_life_refuses_and_a_judgement_is_void() -> None:
    """Approving nothing is void; an edit of nothing is refused, and a text all the same."""
    assert refused(world(*OPENING, approved("01:05")), "e3") == ["author-is-not-approver", "notices"]
    lines = (*OPENING, edited("01:05", "d1"), approved("01:06", "d2"), approved("01:07"), reviewed("01:08"))
    found = world(*lines, notice("sent", "01:09"), notice("sent", "01:10", recipients=["internal"]))
    assert [refused(found, f"e{n}") for n in range(3, 9)] == [["notices"], ["notices"], [], [], [], []]
    assert row(found, UPDATE, "01:09").met_at == t("01:09")


# --- what comes first, and what is in the way --------------------------------------------------------------


def test_a_review_is_owed_until_the_text_is_reviewed_and_again_after_an_edit() -> None:
    """Due 01:30; met at 01:20; after the edit of 01:25 the next one is owed, by the same instant."""
    lines = (*OPENING, drafted("01:05"), reviewed("01:20"))
    before = row(world(*OPENING), REVIEW, "01:00")
    assert (before.status, before.due_at, before.due_kind, before.anchor) == (
        "active",
        t("01:30"),
        "latest-start",
        t("01:00"),
    )
    assert row(world(*lines), REVIEW, "01:20").met_at == t("01:20")
    again = world(*lines, edited("01:25", "d2")).obligations(t("01:25"))
    assert (again["legal-review@client/acme#1"].status, again["legal-review@client/acme#1"].due_at) == (
        "active",
        t("01:30"),
    )


def test_a_review_is_not_needed_once_no_text_is() -> None:
    """The client is retracted at 01:10: nothing is owed to it, and so no review."""
    found = world(*OPENING, decided("01:05", "SEV1"), facts("01:10", client__acme="no"))
    assert (row(found, UPDATE, "01:10").status, row(found, REVIEW, "01:10").verdict) == ("cancelled", "not-required")


def test_a_review_nobody_answers_is_the_cause() -> None:
    """Asked for at 01:30 and not answered by 02:00: the gate; taken back at 01:50: the deadline."""
    asked = (*OPENING, drafted("01:05"), notice("review-requested", "01:30", digest="d1"))
    missed = row(world(*asked), UPDATE, "03:00").breach
    assert missed == (t("02:00"), t("02:00:00.000001"), "gate")
    gone = row(world(*asked, notice("withdrawn", "01:50")), UPDATE, "03:00").breach
    assert gone == (t("02:00"), t("02:00:00.000001"), "deadline")


def test_the_text_that_is_ready_shows_what_is_still_in_the_way() -> None:
    """Both gates, then one, then none; and both again when the approval has run out."""
    lines = (*OPENING, drafted("01:05"), reviewed("01:10"), approved("01:11", until=t("01:20").isoformat()))
    left = [
        row(world(*lines[:count]), UPDATE, at).blocked_by
        for count, at in ((3, "01:05"), (4, "01:10"), (5, "01:20"), (5, "01:21"))
    ]
    both = ("approval-before-external", "legal-review-before-external")
    assert left == [(both,), (both[:1],), ((),), (both[:1],)]


# --- not told ---------------------------------------------------------------------------------------------


def test_what_did_not_arrive_is_owed_again_by_the_clock_it_had() -> None:
    """Sent at 01:10, known at 03:00 to have failed: missed at 02:00; known at 03:30 to have arrived: met in time."""
    lines = (*OPENING, drafted("01:05"), notice("sent", "01:10"), notice("failed", "03:00"))
    lost = row(world(*lines), UPDATE, "03:00")
    assert (lost.status, lost.due_at, lost.breach) == (
        "active",
        t("02:00"),
        (t("02:00"), t("02:00:00.000001"), "deadline"),
    )
    came = row(world(*lines, notice("delivered", "03:30")), UPDATE, "03:30")
    assert (came.verdict, came.met_at, came.breach) == ("met", t("01:10"), None)


def test_another_word_that_did_arrive_counts_instead() -> None:
    """The second sending at 01:40 met nothing, as the first had; when the first failed it is the one that counts."""
    other = sent("01:40", "client-update", "client/acme", states=STATES)
    found = world(*OPENING, drafted("01:05"), notice("sent", "01:10"), other, notice("failed", "03:00"))
    assert (row(found, UPDATE, "03:00").verdict, row(found, UPDATE, "03:00").met_at) == ("met", t("01:40"))


def test_a_failure_is_that_of_those_it_names() -> None:
    """Failed for blue: acme heard."""
    to = ("client/acme", "client/blue")
    lines = (*OPENING, facts("01:01", client__blue="yes"), drafted("01:05", "d1", *to), notice("sent", "01:10"))
    rows = world(*lines, notice("failed", "01:15", recipients=["client/blue"])).obligations(t("01:15"))
    assert (rows[UPDATE].status, rows["client-update@client/blue#0"].status) == ("discharged", "active")


def test_what_was_ruled_out_meanwhile_is_not_opened_again() -> None:
    """Closed as a duplicate: the update is not for such an incident."""
    lines = (
        *OPENING,
        drafted("01:05"),
        notice("sent", "01:10"),
        closed("01:20", "duplicate"),
        notice("failed", "01:30"),
    )
    assert row(world(*lines), UPDATE, "01:30").status == "discharged"


# --- drills -----------------------------------------------------------------------------------------------


def test_in_a_drill_the_exercise_hears_for_everybody() -> None:
    """Sent to the exercise: acme's update is met, and nothing is beyond the exercise; to acme itself it would be."""
    opening = (detected("01:00", drill=True), OPENING[1])
    found = world(*opening, drafted("01:05", "d1", "exercise"), notice("sent", "01:10"))
    assert row(found, UPDATE, "01:10").met_at == t("01:10")
    assert "drills-stay-inside" not in refused(found, "e4")
    real = world(*opening, drafted("01:05"), notice("sent", "01:10"))
    assert "drills-stay-inside" in refused(real, "e4")
    lost = world(*opening, drafted("01:05", "d1", "exercise"), notice("sent", "01:10"), notice("failed", "01:15"))
    assert row(lost, UPDATE, "01:15").status == "active"
