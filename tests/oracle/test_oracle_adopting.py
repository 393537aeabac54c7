"""The oracle against adoptions worked out by hand from the page on semantics; the engine has no part in this."""

from __future__ import annotations

import pytest

from ir_policy.rules.model import Policy
from oracle.oracle import World
from oracle.telling import Line, adopts, closed, corrected, decided, detected, facts, row, sent, t
from oracle.telling import world as under_the_shipped_one
from support_versions import EDGES, edge

ALERT = "internal-alert@internal#0"
EVIDENCE = "compliance-evidence@internal#0"
EVERY = [edge(name) for name in EDGES]


def world(*lines: Line) -> World:
    return under_the_shipped_one(*lines, adopted=EVERY)


def keys(found: World, duty: str, now: str) -> list[str]:
    return [key for key, one in found.obligations(t(now)).items() if one.duty == duty]


# --- corrections ----------------------------------------------------------------------------------------


def test_a_correction_is_judged_by_the_version_of_its_time() -> None:
    """Only the newer version guards the mark: Ana moves it later before the adoption of 01:30, the commander after it."""

    def mended(at: str, by: str) -> World:
        return world(
            detected("01:00"),
            ("channel-opened", "01:10", {"channel": "#inc-20260303-down"}),
            adopts("01:30", edge("a mark protected")),
            corrected(at, by, "e2", {"at": t("01:20").isoformat()}),
        )

    refused = mended("01:40", "ana")
    assert (refused.marks["talking"][0], refused.violations) == (t("01:10"), [("corrections", "e4")])
    for found in (mended("01:40", "incident-commander"), mended("01:25", "ana")):
        assert (found.marks["talking"][0], found.violations) == (t("01:20"), [])
        assert row(found, "minutes@internal#0", "01:40").due_at == t("03:20")


def test_a_correction_that_takes_an_adoption_back_takes_its_marks_back() -> None:
    """Had Bo not taken command at 01:05, the version he adopted guarded nothing: that asks for a guard's word too."""

    def mended(by: str) -> World:
        return world(
            detected("01:00"),
            ("role-taken", "01:05", {"role": "incident-commander", "person": "bo"}),
            ("channel-opened", "01:10", {"channel": "#inc-20260303-down"}),
            adopts("01:30", edge("a mark protected"), by="bo"),
            corrected("01:40", by, "e2", {"person": "cy"}),
        )

    refused = mended("ana")
    assert (refused.violations, refused.marks["talking"][0]) == ([("corrections", "e5")], t("01:10"))
    taken_back = mended("bo")
    assert (taken_back.violations, "talking" in taken_back.marks) == ([("adoptions", "e4")], False)


# --- before closing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("newer", "due", "boundary", "known"),
    [
        ("evidence in five days", "02:00", "exclusive", "02:00"),
        ("evidence in half an hour", "01:30", "inclusive", "01:30:00.000001"),
    ],
)
def test_what_was_to_come_before_closing_still_is(newer: str, due: str, boundary: str, known: str) -> None:
    """Closed at 02:00; what the newer version asks counts as well, where it comes first."""
    found = world(detected("01:00"), adopts("01:10", edge(newer)), closed("02:00"))
    evidence = row(found, EVIDENCE, "02:00")
    assert (evidence.due_at, evidence.boundary, evidence.breach) == (t(due), boundary, (t(due), t(known), "deadline"))


def test_until_the_closing_the_rule_in_force_says_when() -> None:
    """Day five after 3 March in Sydney ends with 8 March there."""
    found = world(detected("01:00"), adopts("01:10", edge("evidence in five days")))
    evidence = row(found, EVIDENCE, "01:10")
    assert (evidence.due_at, evidence.verdict) == (t("08T13:00"), "open")


def test_what_is_revived_after_a_closing_is_born_overdue() -> None:
    """Not required of a duplicate closed at 02:00; required again by what is adopted at 02:30, and known then."""
    lines = (detected("01:00"), ("merged", "01:50", {"into": "inc-2", "reason": "r"}), closed("02:00", "duplicate"))
    assert row(world(*lines), EVIDENCE, "02:00").verdict == "not-required"
    found = row(world(*lines, adopts("02:30", edge("evidence whatever the outcome"))), EVIDENCE, "02:30")
    assert (found.due_at, found.boundary, found.status) == (t("02:00"), "exclusive", "active")
    assert found.breach == (t("02:00"), t("02:30"), "born-overdue")


@pytest.mark.parametrize("before", [(), (facts("01:10", partial_outage="yes"), facts("01:20", partial_outage="no"))])
def test_what_opens_or_is_revived_by_a_closing_is_born_overdue(before: tuple[Line, ...]) -> None:
    """Asked for by the closing itself at 02:00, or cancelled at 01:20 and asked for again."""
    found = world(detected("01:00"), adopts("01:05", edge("handed in before closing")), *before, closed("02:00"))
    handed_in = row(found, "hand-in@internal#0", "02:00")
    assert (handed_in.due_at, handed_in.boundary, handed_in.breach) == (
        t("02:00"), "exclusive", (t("02:00"), t("02:00"), "born-overdue"),
    )  # fmt: skip


# --- marks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("former", [(), (adopts("01:11", edge("an alert that is shorter")),)])
def test_a_mark_a_discharge_sets_stands_where_the_duty_of_that_name_was_met(former: tuple[Line, ...]) -> None:
    """Alerted at 01:12, by the rule of its time; what the newer version asks from there was due 01:42."""
    found = world(
        detected("01:00"),
        decided("01:10", "SEV1"),
        *former,
        sent("01:12", "internal-alert", "internal"),
        adopts("02:00", edge("an alert that sets a mark")),
    )
    assert found.marks["alerted"] == (t("01:12"), t("01:12"))
    after = row(found, "after-the-alert@internal#0", "02:00")
    assert (after.due_at, after.breach) == (t("01:42"), (t("01:42"), t("02:00"), "born-overdue"))


def test_it_stands_in_the_episode_of_the_discharge() -> None:
    """Reopened at 01:30, nobody was alerted yet; what is alerted then is so by a rule that sets nothing."""
    lines = (
        detected("01:00"),
        decided("01:10", "SEV1"),
        sent("01:12", "internal-alert", "internal"),
        closed("01:20"),
        ("reopened", "01:30", {"reason": "back"}),
        adopts("01:35", edge("an alert that sets a mark")),
        sent("01:40", "internal-alert", "internal"),
    )
    for found in (world(*lines[:6]), world(*lines)):
        assert ("alerted" in found.marks, keys(found, "after-the-alert", "01:40")) == (False, [])
    assert row(world(*lines), "internal-alert@internal#1", "01:40").met_at == t("01:40")


def test_a_mark_of_deciding_stands_where_somebody_decided_who_could_then() -> None:
    """The commander at 01:10; reopened, by the version of 02:05 only security: not the commander at 02:10, but security at 02:20."""
    lines = (
        detected("01:00"),
        decided("01:10", "SEV1"),
        closed("01:30"),
        ("reopened", "02:00", {"reason": "back"}),
        adopts("02:05", edge("decided by security")),
        decided("02:10", "SEV0"),
    )
    by_security = decided("02:20", "SEV0", by="security-lead")
    last = adopts("02:30", edge("a mark of deciding"), by="security-lead")
    found = world(*lines, by_security, last)
    assert (found.marks["weighed"][0], found.marks["ever-weighed"][0]) == (t("02:20"), t("01:10"))
    found = world(*lines, last)
    assert ("weighed" in found.marks, found.marks["ever-weighed"][0]) == (False, t("01:10"))


# --- what runs under a former rule ----------------------------------------------------------------------


def test_what_is_asked_for_again_comes_earlier_by_its_former_rule() -> None:
    """Due 09:00 by bo; under a version that gives actions two days asked for by 05:00 from cy. Another item opens nothing."""
    lines = (
        detected("01:00"),
        ("action-opened", "02:00", {"action": "a1", "owner": "bo", "due": t("09:00").isoformat()}),
        adopts("02:30", edge("actions in two days")),
        ("action-opened", "03:00", {"action": "a1", "owner": "cy", "due": t("05:00").isoformat()}),
        ("action-opened", "03:10", {"action": "a2", "owner": "di", "due": t("04:00").isoformat()}),
    )
    found = world(*lines)
    assert keys(found, "action-item", "03:10") == ["action-item@internal#0"]
    asked = row(found, "action-item@internal#0", "03:10")
    assert (asked.item, asked.owed_by, asked.due_at, asked.status) == ("a1", "cy", t("05:00"), "active")
    assert (asked.anchor, asked.reckoned_from) == (t("02:00"), t("03:00"))
    done = world(*lines, ("action-closed", "04:30", {"action": "a2"}), ("action-closed", "04:40", {"action": "a1"}))
    assert keys(done, "action-item", "04:40") == ["action-item@internal#0"]
    assert row(done, "action-item@internal#0", "04:40").met_at == t("04:40")


def test_those_a_placeholder_is_handed_over_to_are_owed_by_its_rule() -> None:
    """Confirmed at 01:10, 72 hours to tell nobody in particular: to de and fr, named at 03:00. By the newer rule es has 96."""
    found = world(
        detected("01:00"),
        ("breach-finding", "01:10", {"finding": "confirmed"}),
        adopts("02:00", edge("a day more for notices")),
        facts("03:00", affected_in__de="yes", affected_in__fr="yes"),
        facts("04:00", affected_in__es="yes"),
    )
    rows = found.obligations(t("04:00"))
    assert {key: (rows[key].status, rows[key].due_at) for key in keys(found, "eu-authority-notice", "04:00")} == {
        "eu-authority-notice@authority/unspecified#0": ("cancelled", t("06T01:10")),
        "eu-authority-notice@authority/de#0": ("active", t("06T01:10")),
        "eu-authority-notice@authority/fr#0": ("active", t("06T01:10")),
        "eu-authority-notice@authority/es#0": ("active", t("07T01:10")),
    }


def test_what_the_rule_in_force_revives_goes_on_under_it() -> None:
    """SEV1 in error: cancelled at 01:10. SEV2 at 01:13 owes it by the newer rule only, due 01:15 as it was, with a summary."""
    lines = (
        detected("01:00"),
        decided("01:05", "SEV1"),
        decided("01:10", "SEV3", lowering="classified-in-error"),
        adopts("01:12", edge("an alert for more")),
        facts("01:13", partial_outage="yes"),
        sent("01:14", "internal-alert", "internal"),
        sent("01:14:30", "internal-alert", "internal", states=["action-summary"]),
    )
    assert [row(world(*lines[:3]), ALERT, "01:11").status, row(world(*lines[:4]), ALERT, "01:12").status] == [
        "cancelled"
    ] * 2
    revived = row(world(*lines[:6]), ALERT, "01:14")
    assert (revived.status, revived.due_at, revived.anchor) == ("active", t("01:15"), t("01:00"))
    assert row(world(*lines), ALERT, "01:15").met_at == t("01:14:30")
    assert keys(world(*lines), "internal-alert", "01:15") == [ALERT]


def test_an_event_that_stands_there_again_counts_once() -> None:
    """Ana's SEV3 is refused once, though the log learnt of it twice."""
    again = ("severity-decided", "01:02", {"severity": "SEV3", "reason": "r", "id": "twice"})
    later = (again[0], again[1], {**again[2], "recorded_at": t("01:09").isoformat()})
    found = world(detected("01:00"), decided("01:01", "SEV2", by="ana"), again, later)
    assert found.violations == [("commander-decides-severity", "twice")]


def test_an_adoption_is_judged_by_the_version_before_it() -> None:
    """By the version of 01:10 only security decides the level, and so only security adopts."""

    def adopted(by: str) -> tuple[list[tuple[str, str]], list[str]]:
        newer: Policy = edge("a mark of deciding")
        found = world(detected("01:00"), adopts("01:10", edge("decided by security")), adopts("01:20", newer, by=by))
        return found.violations, found.state.adopted

    by_security = edge("decided by security").digest
    assert adopted("incident-commander") == ([("adoptions", "e3")], [by_security])
    assert adopted("security-lead") == ([], [by_security, edge("a mark of deciding").digest])
