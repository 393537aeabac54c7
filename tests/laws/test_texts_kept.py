"""The card on the tracking board and the list of what is kept: filled from the incident, as the policy names their parts."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy.terms import canonical_json
from support_documents import POLICY, edited
from support_schema import faults
from support_time import REPO

SHIPPED: Final = ir.load_policy("motion-mavericks")
STORY: Final = ir.replay(
    SHIPPED, ir.read_log((REPO / "examples" / "incidents" / "share-token-leak.jsonl").read_bytes())
)
T0: Final = min(event.at for event in STORY.log)
END: Final = max(event.at for event in STORY.log)
DIGEST: Final = "sha256:" + "7f" * 32


def told(*events: tuple[str, dict[str, Any]], policy: ir.Policy = SHIPPED) -> ir.Incident:
    """An incident of these events, a minute apart."""
    step = ir.open_incident(
        policy, ir.Detected(incident="inc-7", at=T0, by="sentry", source="sentry", summary="Mux is down")
    )
    for minute, (kind, said) in enumerate(events, start=1):
        line = {
            "kind": kind,
            "incident": "inc-7",
            "at": T0 + timedelta(minutes=minute),
            "by": "ravi",
            "id": f"e{minute}",
            **said,
        }
        step = ir.record(step.incident, ir.read_event(json.dumps({**line, "at": line["at"].isoformat()})))
    return step.incident


def lines(incident: ir.Incident, field: str, after: timedelta = timedelta(hours=1)) -> tuple[str, ...]:
    return next(one.lines for one in ir.board(incident, T0 + after).fields if one.id == field)


class TestTheBoard:
    """Each incident is a card with its level, timeline, affected features and recovery status."""

    def test_it_has_the_fields_the_policy_names(self) -> None:
        """Exactly those, and each can be filled."""
        card = ir.board(STORY, END)
        assert {one.id: one.means for one in card.fields} == dict(SHIPPED.about.tooling["incident-board"].holds)
        assert [one.available for one in card.fields] == [True] * 4
        assert (card.severity, card.phase, card.commander, card.channels) == (
            "SEV0",
            "contain",
            ("dana",),
            ("#inc-20260403-share-token-leak",),
        )

    def test_a_field_nobody_fills_says_so(self) -> None:
        """A field the policy names anew stays on the card, and is not shown as empty."""
        more = edited(POLICY, ("      severity: its level\n", "      severity: its level\n      cost: what it cost\n"))
        card = ir.board(told(policy=ir.load_policy(more)), T0)
        assert [(one.available, one.lines) for one in card.fields if one.id == "cost"] == [(False, ())]
        assert "COST\n  not available from an incident: what it cost\n" in card.text()
        fewer = edited(POLICY, ("      severity: its level\n", ""))
        assert "severity" not in {one.id for one in ir.board(told(policy=ir.load_policy(fewer)), T0).fields}
        assert ir.board(told(policy=ir.load_policy(edited(POLICY, ("    shown_by: board\n", "")))), T0).fields == ()

    def test_the_level_says_why(self) -> None:
        """Not assessed, proposed by a row, decided: always with its reason."""
        down = ("facts-reported", {"facts": {"streaming-unavailable": "yes"}})
        assert lines(told(), "severity") == ("not assessed: no fact supports a level yet; nobody has decided one",)
        assert lines(told(down), "severity") == ("SEV1: proposed by sev1-streaming; nobody has decided",)
        decided = ("severity-decided", {"severity": "SEV1", "by": "reliability-partner"})
        assert lines(told(down, decided), "severity") == ("SEV1: decided; facts: streaming-unavailable",)

    def test_features_that_are_affected(self) -> None:
        """Those reported yes, in order; not those reported no or unknown."""
        facts = {"feature/upload": "yes", "feature/notes": "no", "feature/login": "yes", "feature/search": "unknown"}
        assert lines(told(("facts-reported", {"facts": facts})), "affected-features") == ("login", "upload")

    def test_recovery_against_its_time_and_its_point(self) -> None:
        """The time is the obligation with its limit, to the last moment; the point is not set, and not known is said."""
        incident = told(("facts-reported", {"facts": {"streaming-unavailable": "yes"}}))
        limit = timedelta(hours=4)
        point = "recovery-point (no more data is lost than agreed): not set; rpo-breached not known"
        for after, verdict in ((limit, "at risk"), (limit + timedelta(microseconds=1), "missed by <1m")):
            said = lines(incident, "recovery-status", after)
            assert said[1] == point
            assert said[2] == f"recovery-time (service is back in time): {verdict}; due 09:05 (22:05Z)"
        lost = told(("facts-reported", {"facts": {"rpo-breached": "yes"}}))
        assert lines(lost, "recovery-status")[0].endswith("nothing is owed")
        assert lines(lost, "recovery-status")[1].endswith("not set; rpo-breached yes")

    def test_the_timeline_is_what_happened(self) -> None:
        """One line for each event by then, in local time; later ones are not there."""
        assert len(lines(STORY, "timeline", END - T0)) == STORY.seq
        assert lines(STORY, "timeline", timedelta(0)) == (
            "05:05 upstash-monitor: detected by upstash: One share token is used from four hundred addresses in ten minutes.",
        )

    @given(st.integers(0, 20_000))
    def test_at_any_instant(self, minutes: int) -> None:
        """It is valid by its schema, the same twice, and its text is at most 100 columns wide."""
        card = ir.board(STORY, T0 + timedelta(minutes=minutes))
        assert faults("board", card.as_json()) == []
        assert card.as_json() == ir.board(STORY, T0 + timedelta(minutes=minutes)).as_json()
        assert max(map(len, card.text().split("\n"))) <= 100


FOUND: Final = ("step-done", {"step": "forensic-snapshot", "evidence": [f"image {DIGEST}", "https://store.example/1"]})
MOVED: Final = (
    "evidence-moved",
    {"item": f"image {DIGEST}", "person": "ravi", "to": "legal-counsel", "reason": "the court asked"},
)


class TestTheEvidence:
    """A shared folder keeps evidence, recordings and signed postmortems."""

    def test_every_reference_with_who_and_when(self) -> None:
        """Each reference once, in the order it was collected, with its kind and the digest it holds."""
        kept = ir.evidence(told(FOUND), T0 + timedelta(hours=1))
        assert [(item.reference, item.kind, item.digest, item.held_by) for item in kept.items] == [
            ("https://store.example/1", "link", "", "ravi"),
            (f"image {DIGEST}", "digest", DIGEST, "ravi"),
        ]
        one = kept.items[0].collected[0]
        assert (one.event, one.kind, one.step, one.at, one.by, one.stands) == (
            "e1", "step-done", "forensic-snapshot", T0 + timedelta(minutes=1), "ravi", True,
        )  # fmt: skip
        assert len(kept.items[0].collected) == 1

    def test_who_has_it(self) -> None:
        """A hand-over says who had it and who has it from then on; before it, whoever collected it has it."""
        incident = told(FOUND, MOVED)
        for after, holder, moves in ((1, "ravi", 0), (2, "legal-counsel", 1)):
            item = ir.evidence(incident, T0 + timedelta(minutes=after)).items[1]
            assert (item.held_by, len(item.moved)) == (holder, moves)
        assert (item.moved[0].person, item.moved[0].to, item.moved[0].reason) == (
            "ravi",
            "legal-counsel",
            "the court asked",
        )
        never = ir.evidence(told(MOVED), T0 + timedelta(hours=1)).items[0]
        assert (never.collected, never.held_by) == ((), "legal-counsel")

    def test_a_hand_over_changes_nothing_else(self) -> None:
        """It opens, meets and forbids nothing."""
        before, after = told(FOUND), told(FOUND, MOVED)
        now = T0 + timedelta(hours=2)
        assert ir.obligations(before, now) == ir.obligations(after, now)
        assert (before.violations, dict(before.marks)) == (after.violations, dict(after.marks))

    def test_signed_postmortems(self) -> None:
        """What the postmortem went out with is marked as such; a recording no event tells of is not known, and never missing."""
        states = [
            {one.id: one.state for one in ir.evidence(incident, T0 + timedelta(hours=1)).kept}
            for incident in (told(), told(FOUND), told(FOUND, ("postmortem-distributed", {"evidence": ["signed.pdf"]})))
        ]
        assert states == [
            {"evidence": "missing", "recordings": "not-known", "signed-postmortems": "missing"},
            {"evidence": "kept", "recordings": "not-known", "signed-postmortems": "missing"},
            {"evidence": "kept", "recordings": "not-known", "signed-postmortems": "kept"},
        ]
        signed = ir.evidence(
            told(("postmortem-distributed", {"evidence": ["signed.pdf"]})), T0 + timedelta(hours=1)
        ).items
        assert [(item.reference, item.holds) for item in signed] == [("signed.pdf", ("signed-postmortems",))]

    def test_what_names_no_evidence(self) -> None:
        """A step on which a rule rests, done without evidence, is listed with the clause."""
        kept = ir.evidence(told(("step-done", {"step": "forensic-snapshot"})), T0 + timedelta(hours=1))
        assert kept.unproven == (("e1", "no evidence recorded (for clause response-phases/contain)"),)

    def test_a_correction_hides_nothing(self) -> None:
        """What a correction took out of an event stays on the list, marked; what it put in is there as well."""
        change = {
            "event": "e1",
            "fields": {"evidence": ["image 2"]},
            "reason": "the wrong one",
            "evidence": ["mail"],
            "by": "ravi",
        }
        kept = ir.evidence(told(FOUND, ("corrected", change)), T0 + timedelta(hours=1))
        stands = {item.reference: [one.stands for one in item.collected] for item in kept.items}
        assert stands == {
            f"image {DIGEST}": [False],
            "https://store.example/1": [False],
            "image 2": [True],
            "mail": [True],
        }
        assert "a correction took it away" in kept.text()

    def test_its_digest_covers_all_of_it(self) -> None:
        """Anybody can compute it from the JSON without it; any change shows."""
        said = ir.evidence(told(FOUND), T0 + timedelta(hours=1)).as_json()
        digest = said.pop("digest")
        assert digest == f"sha256:{hashlib.sha256(canonical_json(said).encode()).hexdigest()}"
        assert digest != ir.evidence(told(FOUND, MOVED), T0 + timedelta(hours=1)).digest

    @given(st.integers(0, 20_000))
    def test_at_any_instant(self, minutes: int) -> None:
        """It is valid by its schema, and lists what was recorded by then and nothing else."""
        now = T0 + timedelta(minutes=minutes)
        kept = ir.evidence(STORY, now)
        assert faults("evidence", kept.as_json()) == []
        named = {reference for event in STORY.log if event.at <= now for reference in getattr(event, "evidence", ())}
        assert {item.reference for item in kept.items} == named
        assert kept.left_out == sum(event.at > now for event in STORY.log)

    def test_before_the_first_signal(self) -> None:
        """There is no incident yet to ask."""
        for ask in (ir.board, ir.evidence):
            with pytest.raises(ir.QuestionInvalid) as error:
                ask(STORY, T0 - timedelta(microseconds=1))
            assert [problem.where for problem in error.value.problems] == ["now"]
