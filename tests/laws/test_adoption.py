"""Another version of the policy in a running incident: what runs is kept, and may only get stricter (metadata/status)."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final

import pytest
from hypothesis import given, settings

import ir_policy as ir
from ir_policy import NO, YES, Event, Obligation, Severity
from ir_policy.errors import EventInvalid, PolicyMismatch, QuestionInvalid
from ir_policy.log.events import Corrected
from ir_policy.rules.model import Policy
from ir_policy.terms import MICROSECOND
from ir_policy.testing import logs, told
from oracle.random_logs import random_log
from support_desk import moved_on
from support_duties import COMMANDER, POLICY, SEV1, T0, detected, found, hours, minutes, reported, sent
from support_versions import (
    Edit,
    Tree,
    added,
    adopts,
    every,
    field,
    incident,
    mark,
    owed,
    row,
    version,
    within,
    without,
)

# --- other versions ---------------------------------------------------------------------------------------

LOOSER: Final[dict[str, tuple[Edit, ...]]] = {
    "a longer limit": (within("client-update", "4 hours"), within("internal-alert", "2 hours")),
    "a limit with less behind it": (within("internal-alert", {"limit": "15 minutes", "basis": "advisory"}),),
    "a duty dropped": (without("document"), without("dsr-freeze")),
    "owed at fewer levels": (field("internal-alert", "when", {"severity": "SEV0 or worse"}),),
    "owed to fewer": (field("client-update", "owed_to", {"each": "client", "unnamed": "client/nobody"}),),
    "met by less": (
        field("client-update", "must_state", ["mitigation-steps"]),
        field("recover", "met_by", {"event": "note"}),
    ),
    "waivable": (
        every("waivable_by", ["incident-commander", "security-lead", "comms-lead", "technical-sme", "scribe"]),
    ),
    "cancelled when it is over": (every("on_scope_exit", "cancel"),),
    "lapsing": (field("postmortem", "if_missed", "lapses"), field("recover", "if_missed", "lapses")),
    "counting what was done before": (every("done_before", "counts"),),
}
"""Versions whose duties are milder: none of it may reach what runs."""
BY_HAND: Final = {"owed to fewer", "waivable", "cancelled when it is over"}
"""Those that hardly ever matter in random logs: there are examples of them below."""
STRICTER: Final[dict[str, tuple[Edit, ...]]] = {
    "a shorter limit": (within("client-update", "30 minutes"), within("oaic-notice", "24 hours")),
    "a duty more": (
        added("status-page", when={"severity": "SEV2 or worse"}, starts="detected", within="2 hours", met_by={"event": "note"}),
        added("tell-the-board", when={"finding": "confirmed"}, starts="breach-confirmed", within="1 day", per="incident",
              met_by={"event": "note"}),
    ),
    "a worse row": (row("sev2-partial-outage", "SEV1"),),
    "a mark more": (
        mark("talking", {"event": "channel-opened"}, corrected_by=["incident-commander"]),
        added("minutes", when={"mark": "talking"}, starts="talking", within="2 hours", met_by={"event": "note"}),
    ),
}  # fmt: skip


@cache
def newer(name: str) -> Policy:
    return version(*{**LOOSER, **STRICTER, "nothing else": ()}[name])


# --- telling ----------------------------------------------------------------------------------------------


def standing(one: Obligation) -> tuple[object, ...]:
    return one.due, one.due_kind, one.boundary, one.status, one.verdict, one.breach, one.met_at, one.recipient


def later(one: datetime | None, other: datetime | None) -> bool:
    """Whether the first deadline comes after the other."""
    return other is not None and (one is None or one > other)


def random_logs(count: int, first: int = 0) -> Iterable[tuple[random.Random, list[Event]]]:
    for seed in range(first, first + count):
        rng = random.Random(f"adoption {seed}")
        log = random_log(rng)
        if any(event.kind == "detected" for event in log):
            yield rng, log


def begun(log: Sequence[Event]) -> int:
    """How many events make an incident of it."""
    return next(index for index, event in enumerate(log, start=1) if event.kind == "detected")


def with_adoption(log: Sequence[Event], place: int, policy: Policy) -> list[Event]:
    """The log with an adoption recorded after so many events."""
    at = max(event.recorded_at or event.at for event in log[:place])
    return [*log[:place], adopts(policy, at, id="adoption", recorded_at=at, incident=log[0].incident), *log[place:]]


def probes(rng: random.Random, *incidents: ir.Incident, count: int = 4) -> list[datetime]:
    last = max(event.at for one in incidents for event in one.log)
    instants = {last, last + timedelta(days=40)}
    for one in incidents:
        dues = [owed.due for owed in ir.obligations(one, last) if owed.due is not None]
        instants |= {due + beside for due in dues for beside in (timedelta(0), MICROSECOND)}
    kept = sorted(instant for instant in instants if instant >= last)
    return sorted(rng.sample(kept, min(count, len(kept))))


# --- the law ----------------------------------------------------------------------------------------------

DOWN: Final = reported(minutes(5), {"streaming-unavailable": YES})
HARMED: Final = reported(minutes(6), {"client/acme": YES})


class TestNothingThatRunsIsLoosened:
    """Whatever the newer version says: no obligation is dropped, none is due later, no breach goes away."""

    @pytest.mark.parametrize("name", [*LOOSER, *STRICTER])
    def test_at_the_adoption(self, name: str) -> None:
        examined = 0
        for rng, log in random_logs(12):
            place = rng.randrange(begun(log), len(log) + 1)
            story = with_adoption(log, place, newer(name))[: place + 1]
            before, after = incident(*story[:-1]), incident(*story, adopted=[newer(name)])
            for now in probes(rng, before, after):
                was, is_ = owed(before, now), owed(after, now)
                for key, one in was.items():
                    assert key in is_, (name, key)
                    assert not later(is_[key].due, one.due), (name, key, now)
                    assert is_[key].status == one.status, (name, key, now)
                    assert one.breach is None or is_[key].breach is not None, (name, key, now)
                    assert (is_[key].recipient, is_[key].item) == (one.recipient, one.item)
                    examined += 1
        assert examined > 200

    @given(
        log=logs(POLICY, max_size=14, newer=[newer("owed to fewer"), newer("a shorter limit"), newer("a mark more")])
    )
    @settings(max_examples=60, deadline=None)
    def test_in_whatever_story_and_by_whomever(self, log: list[Event]) -> None:
        """Also where it is adopted twice, without authority, dated back, recorded late: no step clears a breach or moves a due later."""
        policies = [newer("owed to fewer"), newer("a shorter limit"), newer("a mark more")]
        found = incident(log[0]).knowing(*policies)
        for event in log[1:]:
            step = ir.record(found, event)
            if not step.late and not isinstance(event, Corrected):
                moved_on(owed(found, event.at), owed(step.incident, event.at))
            found = step.incident
        assert found == incident(*log, adopted=policies)
        assert owed(found, log[-1].at) == owed(incident(*log, adopted=policies), log[-1].at)

    @pytest.mark.parametrize("name", LOOSER)
    def test_and_for_ever_after(self, name: str) -> None:
        """What ran at the adoption goes on as if it had never been: met, cancelled, waived and missed by its own rule."""
        examined, milder = 0, 0
        for rng, log in random_logs(25, first=1_000):
            until = [event for event in log if not isinstance(event, Corrected)]
            place = rng.randrange(begun(until), len(until) + 1)
            story = with_adoption(until, place, newer(name))
            without_it, with_it = incident(*until), incident(*story, adopted=[newer(name)])
            ran = {
                o.key
                for o in ir.obligations(incident(*until[:place]), story[place].at)
                if o.status in ("active", "pending")
            }
            for now in probes(rng, without_it, with_it):
                kept, found = owed(without_it, now), owed(with_it, now)
                for key in sorted(ran & kept.keys()):
                    assert standing(found[key]) == standing(kept[key]), (name, key, now)
                    examined += 1
                by_the_newer = owed(ir.replay(newer(name), until), now)
                milder += any(
                    key not in by_the_newer or standing(by_the_newer[key]) != standing(kept[key])
                    for key in ran & kept.keys()
                )
        assert examined > 200
        assert milder > 0 or name in BY_HAND, (
            "had it been in force from the start, the newer version would have made no difference"
        )

    def test_a_rule_that_is_dropped_still_asks_for_what_opened_under_it(self) -> None:
        """The freeze opened under 0.2.0 is due when it was, is met by a hold as it was, and no other one opens later."""
        suspected = reported(minutes(5), {"privacy-suspected": YES})
        dropped = newer("a duty dropped")
        story = [detected(), suspected, adopts(dropped, minutes(10))]
        now = minutes(15)
        assert (
            owed(incident(*story, adopted=[dropped]), now)["dsr-freeze@internal#0"]
            == owed(incident(*story[:2]), now)["dsr-freeze@internal#0"]
        )
        held = told("hold-started", minutes(12), "security-specialist", scope="all stores")
        met = owed(incident(*story, held, adopted=[dropped]), now)["dsr-freeze@internal#0"]
        assert (met.verdict, met.met_at) == ("met", minutes(12))
        late = [detected(), adopts(dropped, minutes(3)), suspected]
        assert "dsr-freeze@internal#0" not in owed(incident(*late, adopted=[dropped]), now)

    @pytest.mark.parametrize(("adopted_at", "waived"), [(4, True), (6, False)])
    def test_a_power_the_newer_version_gives_is_not_one_over_what_ran(self, adopted_at: int, waived: bool) -> None:
        """Only what opens after the adoption may be waived by the newer version's roles."""
        waivable = newer("waivable")
        story = [detected(), adopts(waivable, minutes(adopted_at)), DOWN]
        waiver = told(
            "waived", minutes(20), COMMANDER, obligation="recover@internal#0", reason="nobody uses it at night"
        )
        story = sorted(story, key=lambda event: event.at)
        found = incident(*story, adopted=[waivable])
        assert (ir.check(found, waiver) == ()) is waived
        assert owed(ir.record(found, waiver).incident, hours(1))["recover@internal#0"].status == (
            "waived" if waived else "active"
        )

    @pytest.mark.parametrize(("adopted_at", "status"), [(4, "cancelled"), (6, "active")])
    def test_a_level_in_error_cancels_only_what_the_rule_it_opened_under_lets_go(
        self, adopted_at: int, status: str
    ) -> None:
        lets_go = newer("cancelled when it is over")
        story = [detected(), adopts(lets_go, minutes(adopted_at)), DOWN]
        story += [
            told("severity-decided", minutes(8), COMMANDER, severity=SEV1, reason="as reported"),
            reported(minutes(9), {"streaming-unavailable": NO}),
            told(
                "severity-decided",
                minutes(10),
                COMMANDER,
                severity=Severity.SEV3,
                reason="a false reading",
                lowering="classified-in-error",
            ),
        ]
        found = incident(*sorted(story, key=lambda event: event.at), adopted=[lets_go])
        assert owed(found, hours(1))["recover@internal#0"].status == status

    def test_the_first_client_named_takes_the_clock_of_a_placeholder_under_a_former_rule(self) -> None:
        """Nobody was named when it opened; the newer version calls nobody in particular by another name."""
        fewer = newer("owed to fewer")
        story = [
            detected(),
            reported(minutes(5), {"streaming-unavailable": YES, "clients-impacted": YES}),
            adopts(fewer, minutes(10)),
            reported(minutes(30), {"client/acme": YES}),
        ]
        found = owed(incident(*story, adopted=[fewer]), minutes(40))
        assert {key: (one.due, one.status) for key, one in found.items() if one.duty == "client-update"} == {
            "client-update@client/unspecified#0": (minutes(60), "cancelled"),
            "client-update@client/acme#0": (minutes(60), "active"),
            "client-update@client/nobody#0": (minutes(60), "cancelled"),
        }

    def test_a_milder_matrix_lowers_nothing(self) -> None:
        """Until the commander decides, the level stands as it was; his decision may then lower it as any may."""
        milder = version(row("sev1-streaming", "SEV2"))
        step = ir.record(incident(detected(), DOWN, adopted=[milder]), adopts(milder, minutes(10)))
        assert (step.level, step.incident.severity.governing) == ((SEV1, SEV1), SEV1)
        assert step.incident.proposed.severity is Severity.SEV2
        lowered = told(
            "severity-decided",
            minutes(12),
            COMMANDER,
            severity=Severity.SEV2,
            reason="one agency",
            lowering="situation-improved",
        )
        assert ir.record(step.incident, lowered).incident.severity.governing is Severity.SEV2
        fresh = incident(detected(), adopts(milder, minutes(3)), DOWN, adopted=[milder])
        assert fresh.severity.governing is Severity.SEV2


class TestTheNewerVersionAddsAndTightens:
    def test_a_version_that_changes_no_rule_changes_no_answer(self) -> None:
        """Whenever it is adopted: only the version that answers name is another one."""
        same, examined = newer("nothing else"), 0
        assert same.digest != POLICY.digest
        for rng, log in random_logs(60, first=2_000):
            story = with_adoption(log, rng.randrange(begun(log), len(log) + 1), same)
            without_it, with_it = incident(*log), incident(*story, adopted=[same])
            for now in probes(rng, without_it, with_it):
                kept, found = ir.obligations(without_it, now), ir.obligations(with_it, now)
                assert [(one.key, standing(one), one.anchor, one.opened_at) for one in kept] == [
                    (one.key, standing(one), one.anchor, one.opened_at) for one in found
                ]
                examined += len(kept)
            assert (without_it.severity, without_it.marks, without_it.phase) == (
                with_it.severity,
                with_it.marks,
                with_it.phase,
            )
            assert without_it.violations == with_it.violations
            last = max(event.at for event in story)
            assert ir.next_wakeup(without_it, last) == ir.next_wakeup(with_it, last)
        assert examined > 1_000

    @pytest.mark.parametrize("name", STRICTER)
    def test_adopted_at_the_first_signal_it_is_as_if_opened_under_it(self, name: str) -> None:
        examined = 0
        for rng, log in random_logs(30, first=3_000):
            if log[0].kind != "detected" or any(event.at < log[0].at for event in log) or log[0].precision:
                continue
            story = [
                log[0],
                adopts(newer(name), log[0].at, id="adoption", incident=log[0].incident, recorded_at=log[0].recorded_at),
                *log[1:],
            ]
            by_adoption, from_the_start = incident(*story, adopted=[newer(name)]), ir.replay(newer(name), log)
            for now in probes(rng, by_adoption, from_the_start):
                adopted, opened = owed(by_adoption, now), owed(from_the_start, now)
                assert {key: standing(one)[:5] for key, one in adopted.items()} == {
                    key: standing(one)[:5] for key, one in opened.items()
                }
                examined += len(opened)
        assert examined > 300

    def test_a_shorter_limit_brings_the_deadline_forward(self) -> None:
        """30 instead of 60 minutes from detection; adopted after they are over, it is missed from the adoption."""
        shorter = newer("a shorter limit")
        key = "client-update@client/acme#0"
        for adopted_at, missed_at in ((10, None), (30, None), (30.5, minutes(30)), (61, minutes(60))):
            story = [detected(), DOWN, HARMED, adopts(shorter, minutes(adopted_at))]
            step = ir.record(incident(*story[:-1], adopted=[shorter]), story[-1])
            one = owed(step.incident, minutes(adopted_at))[key]
            assert (one.due, one.breach.at if one.breach is not None else None) == (minutes(30), missed_at)
            assert key in step.tightened

    def test_a_duty_more_opens_from_its_mark(self) -> None:
        """The mark was set long before the adoption: the clock runs from there, and what is past is born overdue."""
        more = newer("a duty more")
        story = [detected(), DOWN, found("confirmed", minutes(20)), adopts(more, hours(3))]
        step = ir.record(incident(*story[:-1], adopted=[more]), story[-1])
        assert step.opened == ("status-page@internal#0", "tell-the-board@internal#0")
        open_ = owed(step.incident, hours(3))
        page, board = (open_[key] for key in step.opened)
        assert (page.due, page.verdict, page.breach) == (
            hours(2),
            "missed",
            ir.Breach(hours(2), hours(3), "born-overdue"),
        )
        assert (board.due, board.verdict, board.breach) == (
            minutes(20) + timedelta(days=1),
            "open",
            None,
        ) or board.due_kind

    def test_a_mark_the_older_version_had_no_name_for_stands_where_it_was_set(self) -> None:
        """Also in the episode that counts: reopened, it is for the newer version as if it had always looked."""

        asks = added(
            "minutes",
            when={"all": [{"mark": "talking"}, "integrity-threatened"]},
            starts="talking",
            within="2 hours",
            met_by={"event": "note"},
        )
        talks = version(mark("talking", {"event": "channel-opened"}), asks)
        opened = told("channel-opened", minutes(10), channel="#inc-20260311-down")
        threatened = reported(minutes(20), {"integrity-threatened": YES})
        story = [detected(), opened, threatened, adopts(talks, hours(1))]
        step = ir.record(incident(*story[:-1], adopted=[talks]), story[-1])
        assert step.opened == ("minutes@internal#0",)
        assert (owed(step.incident, hours(1))["minutes@internal#0"].due, step.incident.marks["talking"]) == (
            minutes(130),
            minutes(10),
        )
        again = [
            *story[:-1],
            told("closed", hours(2), COMMANDER, outcome="out-of-scope"),
            told("reopened", hours(3), COMMANDER, reason="back"),
            adopts(talks, hours(4)),
        ]
        step = ir.record(incident(*again[:-1], adopted=[talks]), again[-1])
        assert ("minutes@internal#0" in step.opened, "talking" in step.incident.marks) == (
            step.incident.episode == 0,
        ) * 2

    def test_a_worse_row_raises_what_the_facts_support(self) -> None:
        worse = newer("a worse row")
        story = [detected(), reported(minutes(5), {"partial-outage": YES})]
        step = ir.record(incident(*story, adopted=[worse]), adopts(worse, minutes(10)))
        assert step.level == (Severity.SEV2, SEV1)
        decided = told("severity-decided", minutes(7), COMMANDER, severity=Severity.SEV2, reason="as reported")
        step = ir.record(incident(*story, decided, adopted=[worse]), adopts(worse, minutes(10)))
        assert step.level == (Severity.SEV2, SEV1), "also after a decision: it was taken by another matrix"


class TestWhoAdoptsWhat:
    OTHER: Final = newer("nothing else")

    def at_hand(self, *story: Event) -> ir.Incident:
        return incident(detected(), DOWN, *story, adopted=[self.OTHER])

    def refused(self, event: Event, *story: Event) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
        return [(r.rule, r.clause, r.missing, r.who) for r in ir.check(self.at_hand(*story), event)]

    def test_only_who_decides_the_level(self) -> None:
        assert self.refused(adopts(self.OTHER, minutes(10))) == []
        assert self.refused(adopts(self.OTHER, minutes(10), by="lee")) == [
            ("adoptions", "metadata/status", ("somebody acting as incident-commander",), ("incident-commander",))
        ]
        step = ir.record(self.at_hand(), adopts(self.OTHER, minutes(10), by="lee"))
        assert (step.incident.policy.digest, step.incident.policies) == (POLICY.digest, (step.incident.pin,))
        assert [(one.rule, one.void) for one in step.violations] == [("adoptions", True)]

    def test_only_another_version_of_the_same_policy(self) -> None:
        def renamed(tree: Tree) -> None:
            tree["id"] = "other-portal"

        other = version(renamed)
        found = incident(detected(), DOWN, adopted=[other])
        assert [r.missing for r in ir.check(found, adopts(other, minutes(10)))] == [
            ("a version of 'motion-mavericks'; 'other-portal' is another policy",)
        ]

    def test_a_document_that_is_called_otherwise_than_it_is(self) -> None:
        """What counts is the document that the digest leads to; an event, a log or a header that calls it otherwise is an error."""

        def renamed(tree: Tree) -> None:
            tree["id"] = "other-portal"

        other = version(renamed)
        event = told(
            "policy-adopted", minutes(10), COMMANDER, policy=ir.PolicyPin(POLICY.id, "9.9.9", other.digest), reason="x"
        )
        for verb in (ir.check, ir.apply, ir.record):
            with pytest.raises(EventInvalid) as refused:
                verb(incident(detected(), adopted=[other]), event)
            assert str(refused.value) == (
                f"policy: 'motion-mavericks@9.9.9' ({other.digest[:15]}) is not what has that digest; "
                f"the document of that digest is 'other-portal@0.3.0' ({other.digest[:15]})"
            )
        with pytest.raises(PolicyMismatch):
            incident(detected(), event, adopted=[other])
        lying = ir.PolicyPin(POLICY.id, "9.9.9", POLICY.digest)
        with pytest.raises(PolicyMismatch):
            ir.replay(POLICY, ir.read_log(ir.write_log([detected()], lying)))

    def test_a_bad_version_is_taken_back_by_adopting_the_first_one_again(self) -> None:
        """The document of the header needs not be given twice."""
        longer = newer("a longer limit")
        found = incident(detected(), DOWN, adopts(longer, minutes(10)), adopted=[longer])
        back = ir.apply(found, adopts(POLICY, minutes(20))).incident
        assert [pin.version for pin in back.policies] == ["0.2.0", "0.3.0", "0.2.0"]
        harmed = ir.apply(back, reported(minutes(30), {"client/acme": YES})).incident
        assert owed(harmed, minutes(30))["client-update@client/acme#0"].due == minutes(60)
        assert ir.replay(POLICY, harmed.log, adopted=[longer]) == harmed
        assert harmed.knowing(longer) == harmed

    def test_a_document_nobody_gave_is_an_error_with_the_way_out(self) -> None:
        pin = f"'motion-mavericks@0.3.0' ({self.OTHER.digest[:15]})"
        found = incident(detected(), DOWN)
        for verb in (ir.check, ir.apply, ir.record):
            with pytest.raises(EventInvalid) as refused:
                verb(found, adopts(self.OTHER, minutes(10)))
            assert (
                str(refused.value) == f"policy: {pin} is not at hand; load it, and go on with incident.knowing(policy)"
            )
        log = ir.record(found.knowing(self.OTHER), adopts(self.OTHER, minutes(10))).incident.log
        with pytest.raises(PolicyMismatch) as mismatch:
            ir.replay(POLICY, log)
        assert (
            str(mismatch.value)
            == f"this log adopts policy {pin}, which was not given; load it and pass adopted=[policy]"
        )
        for wrong in ("policy", [1]):
            with pytest.raises(QuestionInvalid):
                ir.replay(POLICY, log, adopted=wrong)  # type: ignore[arg-type]  # what a caller may get wrong
        with pytest.raises(QuestionInvalid):
            found.knowing("policy")  # type: ignore[arg-type]  # what a caller may get wrong

    def test_it_is_dated_when_it_is_decided(self) -> None:
        """At the instant of the last event it is; before it, it has no effect: what was judged then stays judged so."""
        note = told("note", minutes(20), text="still down")
        assert self.refused(adopts(self.OTHER, minutes(20)), note) == []
        assert self.refused(adopts(self.OTHER, minutes(20) - MICROSECOND), note) == [
            (
                "adoptions",
                "metadata/status",
                (f"a day and time after what the log holds already, {minutes(20).strftime('%Y-%m-%dT%H:%M:%SZ')}",),
                (),
            )
        ]
        step = ir.record(self.at_hand(note), adopts(self.OTHER, minutes(10)))
        assert step.incident.policy.digest == POLICY.digest

    def test_what_is_recorded_late_is_judged_by_the_version_of_its_time(self) -> None:
        more = newer("a longer limit")
        story = [
            detected(),
            adopts(more, hours(2)),
            reported(minutes(5), {"streaming-unavailable": YES, "client/acme": YES}, recorded_at=hours(3)),
        ]
        assert owed(incident(*story, adopted=[more]), hours(3))["client-update@client/acme#0"].due == hours(1)
        story = [*story[:2], reported(hours(3), {"streaming-unavailable": YES, "client/acme": YES})]
        assert owed(incident(*story, adopted=[more]), hours(3))["client-update@client/acme#0"].due == hours(4)

    def test_a_mark_only_the_newer_version_protects_is_moved_later_by_its_roles_only(self) -> None:
        """The correction is judged by the version of its own time."""
        protects = newer("a mark more")
        opened = told("channel-opened", minutes(10), channel="#inc-20260311-down", id="opened")
        fields = {"at": "2026-03-10T22:20:00Z"}
        said = {"event": "opened", "fields": fields, "reason": "a slip", "evidence": ["mail"]}
        found = incident(detected(), opened, adopts(protects, minutes(30)), adopted=[protects])
        slip = told("corrected", minutes(40), "lee", **said)
        assert [(r.rule, r.who) for r in ir.check(found, slip)] == [("corrections", ("incident-commander",))]
        mended = ir.apply(found, told("corrected", minutes(40), COMMANDER, **said)).incident
        assert (mended.marks["talking"], owed(mended, minutes(40))["minutes@internal#0"].due) == (
            minutes(20),
            minutes(140),
        )
        before = incident(detected(), opened, adopted=[protects])
        assert ir.check(before, told("corrected", minutes(20), "lee", **said)) == ()

    def test_it_is_not_corrected_but_followed_by_another(self) -> None:
        adoption = adopts(self.OTHER, minutes(10), id="adoption")
        found = self.at_hand(adoption)
        wrong = told(
            "corrected",
            minutes(20),
            COMMANDER,
            event="adoption",
            fields={"reason": "a slip"},
            reason="a slip",
            evidence=["mail"],
        )
        assert [r.missing for r in ir.check(found, wrong)] == [
            ("another adoption: one that was recorded stays as it is",)
        ]
        back = ir.record(found.knowing(POLICY), adopts(POLICY, minutes(30))).incident
        assert (back.policy.digest, [pin.version for pin in back.policies]) == (
            POLICY.digest,
            ["0.2.0", "0.3.0", "0.2.0"],
        )
        assert back.policy.former == {}


class TestTheLogSaysIt:
    def test_replayed_it_is_the_incident_that_was_recorded(self) -> None:
        """One by one, at once, from text, from a chained log and from a pickle, with more documents at hand than needed."""
        policies = [newer(name) for name in ("a shorter limit", "a duty more", "a duty dropped")]
        for _, log in random_logs(10, first=4_000):
            story = log
            for policy in policies:
                at = max(event.recorded_at or event.at for event in story)
                story = [*story, adopts(policy, at, id=policy.digest, recorded_at=at, incident=log[0].incident)]
                story = [
                    *story,
                    told(
                        "note", at + timedelta(hours=1), incident=log[0].incident, id=f"n{len(story)}", text="on we go"
                    ),
                ]
            at_once = incident(*story, adopted=policies)
            start = begun(story)
            step_by_step = incident(*story[:start]).knowing(*policies)
            for event in story[start:]:
                step_by_step = ir.record(step_by_step, event).incident
            lines = ir.write_log(story, policy=at_once.pin)
            read = ir.replay(POLICY, ir.read_log(lines), adopted=[*policies, POLICY])
            later = story[-1].at + timedelta(days=3)
            for other in (step_by_step, read, pickle.loads(pickle.dumps(at_once))):
                assert other == at_once
                assert ir.brief(other, later).as_json() == ir.brief(at_once, later).as_json()
            assert [pin.version for pin in at_once.policies] == ["0.2.0", *["0.3.0"] * 3]

    def test_a_chained_log_says_it(self) -> None:
        shorter, salts = newer("a shorter limit"), iter(f"{number:032x}" for number in range(1, 9))
        first = detected()
        assert isinstance(first, ir.Detected)
        step = ir.open_incident(POLICY, first, salt=next(salts))
        lines = [step.incident.header, step.line]
        found = step.incident.knowing(shorter)
        assert (found.head, found.seq) == (step.incident.head, 1)
        for event in (DOWN, HARMED, adopts(shorter, minutes(10))):
            step = ir.record(found, event, salt=next(salts))
            lines.append(step.line)
            found = step.incident
        read = ir.replay(POLICY, ir.read_log(lines, head=found.head, seq=4), adopted=[shorter])
        assert (read, read.head, read.header) == (found, found.head, ir.open_incident(POLICY, first).incident.header)

    def test_as_known_before_the_adoption_the_old_version_answers(self) -> None:
        shorter = newer("a shorter limit")
        story = [
            detected(recorded_at=T0),
            reported(minutes(5), {"streaming-unavailable": YES, "client/acme": YES}, recorded_at=minutes(5)),
            adopts(shorter, minutes(10), recorded_at=minutes(10)),
        ]
        found = incident(*story, adopted=[shorter])
        key = "client-update@client/acme#0"
        assert owed(found, minutes(20))[key].due == minutes(30)
        assert {o.key: o for o in ir.obligations(found, minutes(20), known_at=minutes(9))}[key].due == hours(1)
        assert owed(found, minutes(9))[key].due == hours(1)
        assert ir.brief(found, minutes(9)).as_json()["policy"]["version"] == "0.2.0"
        assert ir.brief(found, minutes(20)).as_json()["policy"]["version"] == "0.3.0"

    def test_people_read_it(self) -> None:
        longer = newer("a longer limit")
        story = [detected(), DOWN, HARMED, adopts(longer, minutes(10))]
        step = ir.record(incident(*story[:-1], adopted=[longer]), story[-1])
        assert step.suggested == (
            "goes on by the rule of motion-mavericks 0.2.0: client-update@client/acme#0",
            "goes on by the rule of motion-mavericks 0.2.0: internal-alert@internal#0",
        )
        why = str(ir.explain(step.incident, "client-update@client/acme#0", minutes(20)))
        assert "rule of    motion-mavericks 0.2.0, under which it opened; it ends by that rule" in why
        lines = ir.timeline(step.incident, minutes(20)).text()
        assert "adopted policy motion-mavericks 0.3.0" in lines
        assert (
            sent("client-update", "client/acme", minutes(15))
            in ir.record(step.incident, sent("client-update", "client/acme", minutes(15))).incident.log
        )
