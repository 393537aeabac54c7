"""The readiness lint: what a policy cannot keep is found with its rule and its place, and nothing else is."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy.cli import main
from ir_policy.review.readiness import RULES
from ir_policy.rules.reader import read_document
from oracle.random_policies import NAMES, variant
from support_documents import EU, NSW, POLICY, edited, problems, stripped, where
from support_programme import ALL_THREE, after, held, local, opened, stories
from support_schema import faults
from support_time import REPO
from support_versions import EDGES, Edit, field, section, version, within

SHIPPED: Final = ir.load_policy("motion-mavericks")
FILE: Final = "motion-mavericks.yaml"
TODAY: Final = date(2026, 11, 24)

PAGING: Final = "paging-meets-the-matrix"
CHANNEL: Final = "channel-depends-on-what-fails"
TEXT: Final = "template-states-what-its-duties-ask"
CLEARED: Final = "text-cleared-for-what-waits"
ROLE: Final = "role-can-be-reached"
PERIOD: Final = "programme-skips-no-period"
LEAD: Final = "lead-fits-the-limit"
YEAR: Final = "calendar-covers-a-year"


def of(rule: str, policy: ir.Policy, as_of: date | None = None) -> tuple[ir.Finding, ...]:
    return tuple(one for one in ir.lint(policy, as_of=as_of) if one.rule == rule)


def new_in(text: str, *documents: str, as_of: date | None = None) -> tuple[ir.Finding, ...]:
    """What is found in an edited document and not in the shipped one; places move, so they are compared without lines."""
    known = {(one.rule, one.what) for one in ir.lint(SHIPPED, as_of=as_of)}
    found = ir.lint(ir.load_policy(text, documents=documents), as_of=as_of)
    return tuple(one for one in found if (one.rule, one.what) not in known)


def at(text: str, spot: str, path: str, name: str = FILE) -> str:
    return where(text, spot, path, name)


class TestTheCallList:
    """On call and the severity matrix: the whole list is tried before a limit that runs beside it is over."""

    TIMES: Final = "acknowledge_within: {SEV0: 5 minutes, SEV1: 15 minutes, SEV2: 30 minutes}"

    def timed(self, sev1: str, sev0: str = "5 minutes", sev2: str = "30 minutes") -> str:
        return edited(POLICY, (self.TIMES, f"acknowledge_within: {{SEV0: {sev0}, SEV1: {sev1}, SEV2: {sev2}}}"))

    def test_a_list_that_cannot_meet_the_matrix(self) -> None:
        """Planted: each of two has 16 minutes, and the response is due after 30."""
        text = self.timed("16 minutes")
        found = {one.what: one for one in new_in(text)}
        (one,) = (one for one in found.values() if "'respond'" in one.what)
        assert one == ir.Finding(
            PAGING,
            at(text, "SEV1: ¦16 minutes", "tooling.paging-list.paging.acknowledge_within.SEV1"),
            "at SEV1 the list may take 32 min ('reliability-partner' until 16 min, 'owen-backup' until 32 min), and 'respond' is due "
            "after 30 min: an answer of 'reliability-partner' is in time, and one of 'owen-backup' may be too late",
            "settle the open question 'paging-timeouts', or give each level 15 min at most",
            SHIPPED.about.tooling["paging-list"].clause,
            "defect",
        )

    def test_the_shipped_one(self) -> None:
        """Twice 15 minutes are exactly the response limit, and more than the alert's; at SEV0 only advice is exceeded."""
        found = [(one.weight, one.what.partition(", and '")[2].partition(":")[0]) for one in of(PAGING, SHIPPED)]
        assert found == [
            ("advice", "respond' is due after 5 min, which is advisory"),
            ("defect", "internal-alert' is due after 15 min"),
            ("advice", "respond' is due after 30 min"),
        ]

    @pytest.mark.parametrize(
        ("sev1", "against"),
        [
            ("7 minutes", []),
            ("8 minutes", [("defect", "internal-alert")]),
            ("14 minutes", [("defect", "internal-alert")]),
            ("15 minutes", [("defect", "internal-alert"), ("advice", "respond")]),
            ("31 minutes", [("defect", "internal-alert"), ("defect", "respond")]),
        ],
    )
    def test_both_sides_of_each_limit(self, sev1: str, against: list[tuple[str, str]]) -> None:
        """The list takes twice as long as one answer; the last minute of a limit is inside it."""
        found = of(PAGING, ir.load_policy(self.timed(sev1)))
        seen = [(one.weight, one.what.split("'")[5]) for one in found if one.where.endswith("SEV1")]
        assert seen == against

    def test_when_not_even_the_first_is_in_time(self) -> None:
        one = next(
            one
            for one in of(PAGING, ir.load_policy(self.timed("31 minutes")))
            if "'respond'" in one.what and "SEV1" in one.where
        )
        assert one.what.endswith("nobody's answer is in time for certain, not even that of 'reliability-partner'")

    @given(minutes=st.integers(1, 180), limit=st.integers(1, 360))
    @settings(max_examples=40)
    def test_it_is_the_arithmetic(self, minutes: int, limit: int) -> None:
        """Two levels of so many minutes against a response of so many: found when, and only when, it does not fit."""
        policy = version(
            lambda tree: tree["tooling"]["paging-list"]["paging"].update(
                acknowledge_within={"SEV1": f"{minutes} minutes"}
            ),
            within("respond", f"{limit} minutes"),
        )
        weights = [one.weight for one in of(PAGING, policy) if "'respond'" in one.what]
        assert weights == (["defect"] if 2 * minutes > limit else ["advice"] if 2 * minutes == limit else [])


class TestChannels:
    """Communications and dependencies: what reports a failure does not fail with it."""

    SECOND: Final = (
        "  internal-list:\n    clause: comms-cadence/initial-alert\n",
        "  second-mail: {clause: comms-cadence/client-updates, means: mail by another name, depends_on: mail-relay}\n"
        "  internal-list:\n    clause: comms-cadence/initial-alert\n",
    )

    def relayed(self, fact: str) -> str:
        """Mail with a fallback by a second service, which has that fact."""
        return edited(
            POLICY,
            ("    depends_on: resend\n    fallback: not set\n", "    depends_on: resend\n    fallback: second-mail\n"),
            self.SECOND,
            (
                "  upstash:\n    title:",
                f"  mail-relay: {{title: Relay, clause: context/dependencies, does: more mail, fact: {fact}, endangers: {{functions: [notifications], channels: [second-mail]}}}}\n"
                "  upstash:\n    title:",
            ),
        )

    def test_a_fallback_that_fails_with_the_same_service(self) -> None:
        """Planted: the second mail service is the first one by another name."""
        text = self.relayed("service/resend")
        (one,) = new_in(text)
        assert (one.rule, one.weight) == (CHANNEL, "defect")
        assert one.where == at(text, "fallback: ¦second-mail", "channels.mail.fallback")
        assert one.what == "'second-mail' stands in for 'mail', and both fail with 'service/resend'"
        assert one.hint == "settle the open question 'mail-fallback', or name a fallback that depends on something else"

    def test_the_very_same_service_is_refused(self) -> None:
        """That the loader can see by the name alone, so such a document is not a policy."""
        text = edited(
            self.relayed("service/neon"), ("means: mail by another name, depends_on: mail-relay", "means: more mail, depends_on: [mail-relay, resend]"),
            ("channels: [mail]}", "channels: [mail, second-mail]}"),
        )  # fmt: skip
        (one,) = problems(text)
        assert one.where == where(text, "fallback: ¦second-mail", "channels.mail.fallback")
        assert one.what == "'second-mail' depends on 'resend' too"

    def test_a_fallback_by_another_service_is_none(self) -> None:
        """Then the one finding about mail is gone, and no other has come."""
        text = self.relayed("service/neon")
        assert new_in(text) == ()
        assert [one.where.partition(": ")[2] for one in of(CHANNEL, ir.load_policy(text))] == [
            "channels.internal-list.fallback"
        ]

    def test_the_shipped_one(self) -> None:
        """Mail has no fallback yet, and of the internal list nobody says what it depends on: both name the question."""
        mail, internal = of(CHANNEL, SHIPPED)
        assert (mail.weight, mail.where) == (
            "defect",
            at(POLICY, "depends_on: resend\n    fallback: ¦not set", "channels.mail.fallback"),
        )
        assert (internal.weight, internal.where.partition(": ")[2]) == ("advice", "channels.internal-list.fallback")
        assert all("'mail-fallback'" in one.hint for one in (mail, internal))


class TestTexts:
    """Client updates and resolution: a text kept ready carries what a message must state, and one is cleared."""

    def test_a_text_that_lacks_a_field(self) -> None:
        """Planted: the text for updates says nothing of share links."""
        text = edited(
            POLICY,
            (
                "    states: [share-link-status, mitigation-steps]\n    subject: Update on",
                "    states: [mitigation-steps]\n    subject: Update on",
            ),
        )
        (one,) = new_in(text)
        assert (one.rule, one.weight, one.clause) == (TEXT, "defect", SHIPPED.templates["client-update"].clause)
        assert one.where == at(
            text, "states: ¦[mitigation-steps]\n    subject: Update on", "templates.client-update.states"
        )
        assert one.what == "this text is for 'client-update' and does not state 'share-link-status', which that must"

    def test_the_shipped_ones_state_all(self) -> None:
        assert of(TEXT, SHIPPED) == ()
        assert sum(bool(duty.must_state) for duty in SHIPPED.duties.values()) >= 2

    def test_no_text_at_all(self) -> None:
        """Without any template each duty that must state something is advice, at its own line; a law's in its own document."""
        bare = lambda tree: tree.pop("templates")  # noqa: E731
        found = of(TEXT, version(bare))
        assert [(one.where, one.weight) for one in found] == [
            ("motion-mavericks.yaml: duties.client-update.must_state", "advice"),
            ("motion-mavericks.yaml: duties.resolution-message.must_state", "advice"),
        ]
        law = edited(EU, ("sets: initial-notice-sent", "must_state: [action-summary]"))
        (one,) = new_in(POLICY, law)
        spot = where(law, "must_state: ¦[action-summary]", name="eu-gdpr.yaml")
        assert one.where.startswith(f"{spot}: duties.")

    def cleared(self) -> str:
        said = f"{{by: legal-liaison, digest: {SHIPPED.templates['holding-text'].digest}, on: 2026-01-01, until: 2026-12-31}}"
        return edited(
            POLICY,
            (
                "subject: An incident at the Motion Mavericks Portal",
                f"cleared: {said}\n    subject: An incident at the Motion Mavericks Portal",
            ),
        )

    @pytest.mark.parametrize(
        ("as_of", "found"),
        [(None, 0), (date(2025, 12, 31), 2), (date(2026, 1, 1), 0), (date(2026, 12, 31), 0), (date(2027, 1, 1), 2)],
    )
    def test_a_clearance_counts_on_its_days(self, as_of: date | None, found: int) -> None:
        """From its first day to its last; with no day asked about it counts."""
        assert len(of(CLEARED, ir.load_policy(self.cleared()), as_of)) == found

    def test_the_shipped_policy_has_cleared_none(self) -> None:
        """Update and stakeholder notice wait for counsel; the finding names the question that is open about it."""
        found = of(CLEARED, SHIPPED)
        assert [one.where.partition(": ")[2] for one in found] == [
            "duties.stakeholder-notice.needs",
            "duties.client-update.needs",
        ]
        assert all(one.weight == "advice" and "'texts-cleared-beforehand'" in one.hint for one in found)


class TestRoles:
    """Roles: somebody known stands behind each, and a person where one decides."""

    LEGAL: Final = "legal-liaison: {title: Legal Liaison, contact: legal-counsel, does:"

    def test_a_role_without_a_contact_is_refused(self) -> None:
        """Planted: the loader says so with the place, since without one nobody could ever act in it."""
        text = edited(POLICY, (self.LEGAL, "legal-liaison: {title: Legal Liaison, does:"))
        (one,) = problems(text)
        assert one.where == where(text, "legal-liaison: ¦{title: Legal Liaison", "roles.legal-liaison.contact")

    def test_a_contact_nobody_is(self) -> None:
        """Planted: without a list of people the loader cannot tell, and every contact is a name without anybody behind it."""
        text = stripped(POLICY)
        assert {one.where.partition(": ")[2] for one in new_in(text) if one.rule == ROLE} >= {
            "roles.legal-liaison.contact", "roles.incident-commander.contact", "roles.incident-commander.succession[0]",
        }  # fmt: skip
        one = next(one for one in new_in(text) if "'legal-liaison' cannot" in one.what)
        assert one.where == at(text, "contact: ¦legal-counsel", "roles.legal-liaison.contact")
        assert (one.weight, one.what) == (
            "defect",
            "nobody the document knows is called 'legal-counsel': 'legal-liaison' cannot be reached",
        )

    def test_a_program_that_has_to_decide(self) -> None:
        """Planted: counsel's role has a program as its contact."""
        text = edited(POLICY, (self.LEGAL, self.LEGAL.replace("legal-counsel", "docs-agent")))
        (one,) = new_in(text)
        assert one == ir.Finding(
            ROLE, at(text, "Legal Liaison, contact: ¦docs-agent", "roles.legal-liaison.contact"),
            "'legal-liaison' has to decide, and its contact 'docs-agent' is a program", "name a person, and let the program help",
            SHIPPED.gates["commander-decides-severity"].clause.__class__("roles/legal-liaison"), "defect",
        )  # fmt: skip

    def test_a_program_on_the_call_list(self) -> None:
        text = edited(
            POLICY, ("levels: [reliability-partner, owen-backup]", "levels: [reliability-partner, docs-agent]")
        )
        found = [one for one in new_in(text) if one.rule == ROLE]
        assert [(one.where, one.what) for one in found] == [
            (
                at(text, "levels: [reliability-partner, ¦docs-agent]", "tooling.paging-list.paging.levels[1]"),
                "the call list pages 'docs-agent', which is a program",
            )
        ]

    def test_the_shipped_scribe(self) -> None:
        """A program may write things down, so this only advises."""
        (one,) = of(ROLE, SHIPPED)
        assert (one.where, one.weight) == (at(POLICY, "contact: ¦docs-agent", "roles.scribe.contact"), "advice")


class TestPractice:
    """Drills: no period is left out, neither by the document nor by the log."""

    def test_a_document_that_promises_less(self) -> None:
        """Planted: a tabletop every year, where the reading behind it speaks of quarters and half-years."""
        text = edited(
            POLICY, ("    clause: drills/tabletop\n    every: quarter", "    clause: drills/tabletop\n    every: year")
        )
        (one,) = new_in(text)
        assert (one.rule, one.weight) == (PERIOD, "defect")
        assert one.where == at(text, "every: ¦year", "exercises.tabletop.every")
        assert (
            one.what == "'tabletop' is held every year, and what stands behind it speaks of 'quarter' and 'half-year'"
        )
        assert of(PERIOD, SHIPPED) == ()

    def test_a_programme_that_skips_a_period(self) -> None:
        """Planted: two quarters with all scenarios, and none between them."""
        programme = after(
            opened(local(2025, 1)), held("tabletop", local(2025, 2), *ALL_THREE), held("tabletop", local(2025, 8), *ALL_THREE),
        )  # fmt: skip
        end = local(2025, 7)
        before = [
            one for one in ir.lint_programme(programme, end - timedelta(microseconds=1)) if "'tabletop'" in one.what
        ]
        (one,) = (one for one in ir.lint_programme(programme, local(2025, 9)) if "'tabletop'" in one.what)
        assert before == []
        assert one == ir.Finding(
            PERIOD, at(POLICY, "every: ¦quarter", "exercises.tabletop.every"),
            "'tabletop' is owed every quarter, and none is on record for the quarter from 2025-04-01 until before 2025-07-01; "
            "the next one on record is of 2025-08-01",
            "record it if it was held then, or hold one now: a period that was missed stays missed",
            SHIPPED.about.exercises["tabletop"].clause, "defect",
        )  # fmt: skip
        at_end = [one.what for one in ir.lint_programme(programme, end) if "'tabletop'" in one.what]
        assert [what.rpartition("; ")[2] for what in at_end] == ["nothing was held since"]

    def test_what_was_held_in_part_is_not_skipped(self) -> None:
        """One scenario of three: missed, and shown as such elsewhere."""
        programme = after(opened(local(2025, 1)), held("tabletop", local(2025, 2), "neon-outage"))
        assert [one for one in ir.lint_programme(programme, local(2025, 5)) if "'tabletop'" in one.what] == []

    def test_a_hole_before_the_opening(self) -> None:
        """Practice had begun in 2024 and the programme was opened in 2025: the quarters between are advice."""
        programme = after(
            opened(local(2025, 1)),
            held("tabletop", local(2024, 5), *ALL_THREE),
            held("tabletop", local(2025, 2), *ALL_THREE),
        )
        found = [one for one in ir.lint_programme(programme, local(2025, 3)) if "'tabletop'" in one.what]
        assert [(one.weight, one.what.partition("from ")[2][:10]) for one in found] == [
            ("advice", "2024-07-01"),
            ("advice", "2024-10-01"),
        ]

    @given(months=st.sets(st.integers(1, 12)))
    def test_every_month_without_a_review_is_found(self, months: set[int]) -> None:
        """Of a year that is over exactly the months with no session are found, whichever they are."""
        kept = [held("action-review", local(2025, month, 15)) for month in sorted(months)]
        programme = after(opened(local(2025, 1)), *kept)
        found = [one.what for one in ir.lint_programme(programme, local(2026, 1)) if "'action-review'" in one.what]
        assert [int(what.partition("from 2025-")[2][:2]) for what in found] == sorted(set(range(1, 13)) - months)

    def test_the_question_is_checked(self) -> None:
        with pytest.raises(ir.QuestionInvalid, match="is not a programme"):
            ir.lint_programme(SHIPPED, local(2025, 1))  # type: ignore[arg-type]  # what a caller may slip in
        with pytest.raises(ir.QuestionInvalid, match="now"):
            ir.lint_programme(opened(), datetime(2025, 1, 1))  # noqa: DTZ001 (naive on purpose)


class TestTime:
    """Leads and calendars: what is written about time can be kept."""

    @pytest.mark.parametrize(("lead", "found"), [("59 minutes", 0), ("60 minutes", 1), ("61 minutes", 1)])
    def test_a_lead_as_long_as_the_limit(self, lead: str, found: int) -> None:
        """The review would have to begin with the clock itself, or before it."""
        text = edited(
            POLICY,
            (
                "lead: 30 minutes}\n    met_by: {notice: sent}\n    must_state: [share",
                f"lead: {lead}}}\n    met_by: {{notice: sent}}\n    must_state: [share",
            ),
        )
        seen = new_in(text)
        assert [one.rule for one in seen] == [LEAD] * found
        for one in seen:
            assert one.where == at(text, f"lead: ¦{lead}", "duties.client-update.needs.lead")
            assert one.what.endswith("after 1 h 00 min at SEV0 and SEV1")

    def test_a_calendar_that_ends(self) -> None:
        """Advice within a year of its last day, a defect once that is past, nothing a year before and without a day."""
        last = SHIPPED.calendar.holidays.covers_to
        a_year_before = last.replace(year=last.year - 1)
        spot = where(NSW, f"to: ¦{last}", "covers.to", "au-nsw.yaml")
        asked: list[tuple[date | None, list[tuple[str, str]]]] = [
            (None, []), (a_year_before, []), (a_year_before + timedelta(days=1), [(spot, "advice")]),
            (last, [(spot, "advice")]), (last + timedelta(days=1), [(spot, "defect")]), (date.max, [(spot, "defect")]),
        ]  # fmt: skip
        for as_of, found in asked:
            assert [(one.where, one.weight) for one in of(YEAR, SHIPPED, as_of)] == found, as_of

    def test_holidays_that_were_passed_in(self) -> None:
        """They have no document, so the place is that of the section which names them."""
        days = ir.Holidays("au-nsw", date(2026, 1, 1), date(2026, 12, 31), {})
        (one,) = of(YEAR, ir.load_policy(POLICY, documents=[days]), TODAY)
        assert one.where == at(POLICY, "holidays: ¦au-nsw@2026.11.0", "calendar.holidays")


# --- all of it -------------------------------------------------------------------------------------------

EDITS: Final[tuple[tuple[Edit, ...], ...]] = (
    *EDGES.values(),
    (within("client-update", "30 minutes"),), (within("respond", "10 minutes"),), (within("internal-alert", "2 business days"),),
    (within("stakeholder-notice", "before closed"),), (field("legal-review", "when", {"severity": "SEV3 or worse"}),),
    (field("respond", "met_by", {"event": "note"}),), (field("internal-alert", "owed_to", "stakeholders"),),
    (section("notices", inside=["internal", "stakeholders"]),), (section("calendar", opens="06:00", closes="22:00"),),
    (lambda tree: tree.pop("templates", None),), (lambda tree: tree.pop("tooling", None),), (lambda tree: tree.pop("exercises", None),),
    (lambda tree: tree["programs"].append("owen-backup"),), (lambda tree: tree["programs"].append("legal-counsel"),),
    (lambda tree: tree.get("tooling", {}).get("paging-list", {"paging": {}})["paging"].pop("answered_by", None),),
)  # fmt: skip
"""Versions that the rules look at, and versions of the edges; any of them together are a policy, but for a few."""


class TestAnyPolicy:
    """Whatever a loaded policy says, the lint answers, and answers alike."""

    @given(edits=st.lists(st.sampled_from(EDITS), max_size=5), as_of=st.none() | st.dates())
    @settings(max_examples=60)
    def test_it_never_raises_and_is_stable(self, edits: list[tuple[Edit, ...]], as_of: date | None) -> None:
        """Of random versions: the same twice, and again from the documents the policy keeps; each finding is whole and there once."""
        try:
            policy = version(*(edit for several in edits for edit in several))
        except (ir.PolicyInvalid, KeyError):  # two edits of the same rule contradict each other
            reject()
        self.assert_stable(policy, as_of)

    @given(name=st.sampled_from(NAMES))
    @settings(max_examples=25)
    def test_nor_for_versions_that_logs_adopt(self, name: str) -> None:
        self.assert_stable(variant(name), TODAY)

    def assert_stable(self, policy: ir.Policy, as_of: date | None) -> None:
        found = ir.lint(policy, as_of=as_of)
        first, *others = (one.written for one in policy.documents)
        assert found == ir.lint(policy, as_of=as_of) == ir.lint(ir.load_policy(first, documents=others), as_of=as_of)
        assert len(set(found)) == len(found)
        assert_whole(found)

    @given(story=stories(), day=st.integers(0, 900))
    @settings(max_examples=40)
    def test_nor_for_a_programme(self, story: list[ir.Event], day: int) -> None:
        """Of random logs, at any instant after the opening."""
        programme = ir.replay(SHIPPED, story, stream=ir.Programme)
        now = programme.opened_at + timedelta(days=day)
        found = ir.lint_programme(programme, now)
        assert found == ir.lint_programme(programme, now)
        assert {one.rule for one in found} <= {PERIOD}
        assert_whole(found)

    def test_the_question_is_checked(self) -> None:
        """Both slips in one answer."""
        with pytest.raises(ir.QuestionInvalid) as refused:
            ir.lint("motion-mavericks", as_of=datetime(2026, 1, 1, tzinfo=timezone.utc))  # type: ignore[arg-type]  # slips
        assert [one.where for one in refused.value.problems] == ["policy", "as_of"]

    def test_places_are_where_they_say(self) -> None:
        """Each line and column leads to the value the path names."""
        tree, seen = read_document(POLICY, FILE), ir.lint(SHIPPED, as_of=TODAY)
        assert len(seen) >= 8
        for one in seen:
            spot, path = one.where.split(": ")
            assert tree.where(tuple(path.split("."))) == one.where
            assert spot.startswith(f"{FILE}:")

    def test_they_come_in_the_order_of_the_document(self) -> None:
        lines = [tuple(map(int, one.where.split(": ")[0].split(":")[1:])) for one in ir.lint(SHIPPED, as_of=TODAY)]
        assert lines == sorted(lines)
        assert len(lines) >= 8


def assert_whole(found: Iterable[ir.Finding]) -> None:
    known = {rule.id for rule in RULES}
    for one in found:
        assert one.rule in known
        assert all((one.where, one.what, one.hint, one.clause))
        assert one.weight in ("defect", "advice")
        assert str(one) == " ".join(str(one).split())


class TestTheRules:
    def test_each_is_listed_once_in_order_and_described(self) -> None:
        """Every rule has a sentence, and a chapter of the page."""
        ids = [rule.id for rule in RULES]
        assert ids == sorted(set(ids))
        assert len(ids) == 8
        page = (REPO / "docs" / "lint.md").read_text(encoding="utf-8")
        assert [line[4:] for line in sorted(page.splitlines()) if line.startswith("### ")] == ids
        assert all(rule.says.endswith(".") for rule in RULES)

    def test_the_page_shows_what_is_found(self) -> None:
        """docs/lint.md: `python tests/tools/write_lint.py` writes the findings anew; its Python is so."""
        sys.path.insert(0, str(REPO / "tests" / "tools"))
        try:
            from write_lint import page
        finally:
            sys.path.pop(0)
        text = (REPO / "docs" / "lint.md").read_text(encoding="utf-8")
        assert page(text) == text
        block = text.partition("```python\n")[2].partition("```")[0]
        assert "ir.lint(" in block
        exec(compile(block, "docs/lint.md", "exec"), {})


class TestTheCommand:
    YEAR_OF_DRILLS: Final = str(REPO / "examples" / "programmes" / "a-year-of-drills.jsonl")

    def test_its_exit_codes(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        """1 only where a defect is there and was asked for; 2 for a slip."""
        assert main(["lint"]) == 0
        out = capsys.readouterr().out
        assert out.splitlines()[-1] == "2 defect, 6 advice; 8 rules asked"
        assert main(["lint", "--fail-on", "defect"]) == 1
        mended = tmp_path / "own.yaml"
        mended.write_text(
            TestChannels().relayed("service/neon").replace("SEV1: 15 minutes, SEV2", "SEV1: 7 minutes, SEV2"),
            encoding="utf-8",
        )
        assert main(["lint", str(mended), "--fail-on", "defect"]) == 0
        assert main(["lint", "--as-of", "tomorrow"]) == main(["lint", str(mended), "--policy", "motion-mavericks"]) == 2
        assert main(["lint", "--rules", "--json"]) == 2
        said = capsys.readouterr().err
        assert "ir-policy: --as-of: 'tomorrow' is not a day; write it like 2026-04-27" in said

    def test_it_is_valid_by_its_schema(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["lint", "--json", "--as-of", "2040-01-01"]) == 0
        out = capsys.readouterr().out
        assert faults("lint", json.loads(out)) == []
        assert json.loads(out) == ir.as_json(ir.lint(SHIPPED, as_of=date(2040, 1, 1)), "lint", SHIPPED)

    def test_with_a_programme(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The recorded year left out one month's review, and nothing else."""
        assert main(["lint", "--log", self.YEAR_OF_DRILLS, "--now", "2026-02-24T00:00:00Z", "--json"]) == 0
        found = json.loads(capsys.readouterr().out)["findings"]
        assert [(one["rule"], one["clause"]) for one in found[len(ir.lint(SHIPPED)) :]] == [
            (PERIOD, "drills/action-review")
        ]

    def test_the_rules(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["lint", "--rules"]) == 0
        assert capsys.readouterr().out == "".join(f"{rule.id}\n  {rule.says}\n" for rule in RULES)
