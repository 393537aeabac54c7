"""What was learnt late or turned out wrong: the log keeps both, and the answers are those of the log put right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import YES, Event, Severity
from ir_policy.log.events import to_wire
from ir_policy.terms import MICROSECOND, rfc3339
from ir_policy.testing import logs, told
from support_duties import COMMANDER, LEGAL, POLICY, SEV0, SEV1, SEV2, SEV3, T0, found, hours, minutes, reported
from support_log import corrected, detected, key, moments, one, whole


class TestLateEvents:
    """What the log learns late counts from when it happened; conclusions are drawn anew, and the change is shown."""

    CLEAN_UP: Final = told("step-done", minutes(30), step="clean-up", id="clean-up")
    SNAPSHOT: Final = told("step-done", minutes(20), step="forensic-snapshot", id="snapshot", recorded_at=minutes(60))

    def test_evidence_that_it_did_happen_withdraws_a_violation(self) -> None:
        """A snapshot that was taken in time and reported later was taken in time."""
        before = ir.replay(POLICY, [detected(), self.CLEAN_UP])
        step = ir.record(before, self.SNAPSHOT)
        assert [violation.rule for violation in before.violations] == ["snapshot-before-cleanup"]
        assert (step.late, step.incident.violations) == (True, ())
        assert [(change.event, change.after) for change in ir.corrections(step.incident)] == [("snapshot", "nothing")]

    def test_a_link_and_an_action_reported_late_withdraw_what_they_answer(self) -> None:
        """Merged before it was closed, and an action closed in time, though the log learnt of both afterwards."""
        opened = told("action-opened", minutes(1), action="a-1", owner="kim", due=minutes(30), id="opened")
        closing = told("closed", minutes(40), COMMANDER, outcome="duplicate", id="closing")
        before = ir.replay(POLICY, [detected(), opened, closing])
        merged = told("merged", minutes(20), id="merged", recorded_at=minutes(60))
        done = told("action-closed", minutes(25), action="a-1", id="done", recorded_at=minutes(61))
        linked = ir.record(before, merged)
        step = ir.record(linked.incident, done)
        assert (linked.late, step.late) == (True, True)
        assert {
            (change.event, change.what, change.after.partition(",")[0]) for change in ir.corrections(step.incident)
        } == {
            ("merged", "violation of merged-before-duplicate by closing", "nothing"),
            ("merged", "mark merged", rfc3339(minutes(20))),
            ("done", "action-item@internal#0", "met"),
        }

    def test_a_finding_dated_back_withdraws_a_breach_and_shows_it(self) -> None:
        """Found after the thirty days and held since before their end, the assessment was made in time, visibly."""
        suspected = found("suspected", T0, id="suspected")
        believed = found("believed", T0 + timedelta(days=60), since=T0 + timedelta(days=9), id="believed")
        before = ir.replay(POLICY, [detected(), suspected])
        step = ir.record(before, believed)
        assert one([detected(), suspected], "au.ndb.assess@internal#0", T0 + timedelta(days=60)).verdict == "missed"
        assert one([*before.log, believed], "au.ndb.assess@internal#0", T0 + timedelta(days=60)).verdict == "met"
        assert step.late
        assert step.corrections == ir.corrections(step.incident)
        assert [(change.what, change.before, change.after, change.event, change.reason) for change in step.corrections] == [
            ("au.ndb.assess@internal#0", "missed, due 2026-04-10T14:00:00Z", "met, due 2026-04-10T14:00:00Z", "believed",
             "dated back: breach-finding at 2026-03-19T22:00:00Z"),
        ]  # fmt: skip
        in_time = found("believed", T0 + timedelta(days=20), since=T0 + timedelta(days=9), id="believed")
        assert not ir.record(before, in_time).late

    def test_a_late_notice_was_sent_when_it_was_sent(self) -> None:
        """Recorded after the deadline, sent before it: met, and the breach that was shown is gone, visibly."""
        grave = reported(T0, {"streaming-unavailable": YES})
        sent = told("notice-sent", minutes(10), duties=("internal-alert",), recipients=("internal",), id="sent",
                    recorded_at=minutes(40))  # fmt: skip
        shown = [detected(), grave, told("note", minutes(30))]
        assert one(shown, "internal-alert@internal#0", minutes(30)).verdict == "missed"
        assert one([*shown, sent], "internal-alert@internal#0", minutes(30)).verdict == "met"
        changed = {change.what: (change.event, change.before.split(",")[0], change.after.split(",")[0])
                   for change in ir.corrections(ir.replay(POLICY, [*shown, sent]))}  # fmt: skip
        assert changed["internal-alert@internal#0"] == ("sent", "missed", "met")

    @given(log=logs(POLICY))
    def test_what_arrives_in_order_corrects_nothing(self, log: list[Event]) -> None:
        """Without late entries and corrections no conclusion was ever drawn otherwise."""
        in_time = (
            event for event in log if event.recorded_at in (None, event.at) and not getattr(event, "since", None)
        )
        story = sorted((event for event in in_time if event.kind != "corrected"), key=key)
        assert ir.corrections(ir.replay(POLICY, story)) == ()
        if story[0].kind == "detected":
            assert not any(step.late for step in self.steps(story))

    def test_what_arrives_in_order_after_a_correction_corrects_nothing_either(self) -> None:
        """Only the correction itself draws conclusions anew; what happens after it is news, not a change of mind."""
        story = [detected(), told("note", minutes(1), id="n"), corrected("n", {"text": "mended"}, minutes(2))]
        *_, amended, after = self.steps([*story, reported(minutes(3), {"streaming-unavailable": YES})])
        assert (amended.late, amended.corrections) == (True, ())
        assert (after.late, after.corrections, after.level) == (False, (), (None, SEV1))
        assert "respond@internal#0" in after.opened
        assert ir.corrections(after.incident) == ()

    @settings(max_examples=60)
    @given(log=logs(POLICY))
    def test_the_steps_and_the_log_tell_the_same(self, log: list[Event]) -> None:
        """Whoever asks a log afterwards is told of every change that the steps told of, in the same order."""
        if log[0].kind != "detected":
            return
        told_by_steps = [change for step in self.steps(log) for change in step.corrections]
        assert list(ir.corrections(ir.replay(POLICY, log))) == told_by_steps

    def test_in_a_long_log_too(self) -> None:
        """However many events lie between, what comes late is folded in at its place and changes the same conclusions."""
        story: list[Event] = [detected(), reported(T0, {"streaming-unavailable": YES})]
        for number in range(100, 400):
            if number % 40:
                story.append(told("note", minutes(number), id=f"e{number}"))
            else:
                known = {f"client/c{number}": YES}
                story.append(reported(minutes(number - 90), known, recorded_at=minutes(number), id=f"e{number}"))
        story.insert(200, corrected("e160", {"facts": {"client/c160": "no"}}, minutes(298.5), id="mended"))
        told_by_steps = [change for step in self.steps(story) for change in step.corrections]
        late = [f"e{number}" for number in range(120, 281, 40)]
        assert list(dict.fromkeys(change.event for change in told_by_steps)) == [*late, "mended", "e320", "e360"]
        assert list(ir.corrections(ir.replay(POLICY, story))) == told_by_steps

    def steps(self, story: Sequence[Event]) -> Iterator[ir.Step]:
        step = ir.open_incident(POLICY, story[0])  # type: ignore[arg-type]
        for event in story[1:]:
            step = ir.record(step.incident, event)
            yield step


class TestCorrections:
    """A correction puts other words where an event stood, with evidence; it moves a protected mark later only by the
    hand the mark names."""

    HAPPENINGS: Final = (
        "detected",
        "facts-reported",
        "recovered",
        "notice-sent",
        "step-done",
        "role-taken",
        "documented",
    )
    CONFIRMED: Final = found("confirmed", hours(1), id="finding")
    STORY: Final = (detected(), CONFIRMED)

    def due(self, *more: Event) -> datetime | None:
        return one([*self.STORY, *more], "oaic-notice@oaic#0", hours(200)).due

    @settings(max_examples=60)
    @given(log=logs(POLICY, max_size=10), data=st.data())
    def test_it_is_as_if_the_other_words_had_always_stood_there(self, log: list[Event], data: st.DataObject) -> None:
        """Whatever happening was earlier than it was recorded, everything follows as if it had been recorded so."""
        story = [event for event in log if event.kind != "corrected"]
        number = data.draw(st.integers(0, len(story) - 1))
        event, last = story[number], max(event.at for event in story)
        if event.kind not in self.HAPPENINGS or event.precision:
            return
        at_another_time = {"at": rfc3339(event.at - timedelta(minutes=5))}
        change = corrected(event.id, at_another_time, last, LEGAL, id="correction")
        said = {name: value for name, value in to_wire(event).items() if name != "since"}
        if "since" in to_wire(event):
            change = corrected(event.id, {**at_another_time, "since": None}, last, LEGAL, id="correction")
        rewritten = ir.read_event({**said, **at_another_time})
        expected = ir.replay(POLICY, [*story[:number], rewritten, *story[number + 1 :], told("note", last)])
        asked = moments(story)
        assert whole(ir.replay(POLICY, [*story, change]), asked) == whole(expected, asked)

    def test_earlier_is_for_anybody(self) -> None:
        """What starts a clock earlier needs evidence and no power."""
        assert self.due() == hours(73)
        assert self.due(corrected("finding", {"since": rfc3339(T0)}, hours(2), "alex")) == hours(72)

    @pytest.mark.parametrize(("by", "due"), [("alex", 73), (COMMANDER, 73), (LEGAL, 77), ("legal-counsel", 77)])
    def test_later_is_for_legal(self, by: str, due: int) -> None:
        """A confirmation moved to later is moved by Legal or not at all."""
        assert self.due(corrected("finding", {"at": rfc3339(hours(5))}, hours(6), by)) == hours(due)

    def test_what_would_take_a_mark_away_is_for_legal_too(self) -> None:
        """A confirmation corrected into a suspicion takes the clock away, by the same hand."""
        change = {"finding": "suspected"}
        by_others = ir.replay(POLICY, [*self.STORY, corrected("finding", change, hours(6), "alex", id="c")])
        by_legal = ir.replay(POLICY, [*self.STORY, corrected("finding", change, hours(6), LEGAL, id="c")])
        assert "breach-confirmed" in by_others.marks
        assert [(violation.event, violation.void) for violation in by_others.violations] == [("c", True)]
        assert "breach-confirmed" not in by_legal.marks
        assert by_legal.violations == ()

    def test_authority_is_that_of_the_instant(self) -> None:
        """Who took the role before, at the same instant too, may; who took it later may not."""
        change = corrected("finding", {"at": rfc3339(hours(5))}, hours(6), "alex", id="c")
        for moment, due in ((hours(5.5), 77), (hours(6), 77), (hours(6) + MICROSECOND, 73)):
            taken = told("role-taken", moment, role=LEGAL, person="alex")
            assert self.due(taken, change) == hours(due), moment

    def test_a_mark_nobody_protects_moves_with_evidence_alone(self) -> None:
        """When service was restored is corrected by whoever has the evidence."""
        restored = told("recovered", hours(1), id="restored")
        story = [detected(), restored, corrected("restored", {"at": rfc3339(hours(9))}, hours(10), "alex")]
        assert ir.replay(POLICY, story).marks["recovered"] == hours(9)

    @pytest.mark.parametrize(("by", "level"), [("alex", SEV1), (COMMANDER, SEV3), ("reliability-partner", SEV3)])
    def test_nobody_gets_a_power_by_mending_somebody_elses_words(self, by: str, level: Severity) -> None:
        """A decision corrected into a milder one is a milder decision of whoever corrects it."""
        decision = told("severity-decided", minutes(1), COMMANDER, severity=SEV1, reason="because", id="decision")
        change = corrected("decision", {"severity": "SEV3"}, minutes(9), by, id="c")
        incident = ir.replay(POLICY, [detected(), decision, change])
        assert incident.severity.decided is level
        assert [(violation.event, violation.void) for violation in incident.violations] == (
            [("c", True)] if level is SEV1 else []
        )

    @pytest.mark.parametrize("by", ["alex", COMMANDER])
    def test_what_adds_duties_may_be_mended_by_anybody(self, by: str) -> None:
        """A decision corrected into a worse one is a raise, whoever says it."""
        decision = told("severity-decided", minutes(1), COMMANDER, severity=SEV2, reason="because", id="decision")
        change = corrected("decision", {"severity": "SEV0"}, minutes(9), by)
        assert ir.replay(POLICY, [detected(), decision, change]).severity.decided is SEV0

    def test_the_last_of_several_stands(self) -> None:
        """Corrections apply in the order in which they were made."""
        first = corrected("finding", {"since": rfc3339(T0)}, hours(2), LEGAL)
        second = corrected("finding", {"since": rfc3339(minutes(30))}, hours(3), LEGAL)
        assert self.due(first, second) == hours(72.5)
        assert self.due(second, first) == hours(72.5)

    def test_nothing_takes_a_field_away(self) -> None:
        """A field that should not have been there is corrected to nothing."""
        dated_back = (detected(), found("confirmed", hours(1), since=T0, id="finding"))
        change = corrected("finding", {"since": None}, hours(2), LEGAL)
        assert one(dated_back, "oaic-notice@oaic#0", hours(2)).due == hours(72)
        assert one([*dated_back, change], "oaic-notice@oaic#0", hours(2)).due == hours(73)

    @pytest.mark.parametrize(
        ("target", "fields"),
        [
            ("nothing", {"at": rfc3339(T0)}),
            ("later", {"at": rfc3339(T0)}),
            ("correction", {"at": rfc3339(T0)}),
            ("finding", {"kind": "note"}),
            ("finding", {"id": "other"}),
            ("finding", {"incident": "inc-2"}),
            ("finding", {"by": "alex"}),
            ("finding", {"finding": "maybe"}),
            ("finding", {"colour": "red"}),
        ],
    )
    def test_what_cannot_be_corrected_is_kept_without_effect(self, target: str, fields: dict[str, object]) -> None:
        """No event, a later one, a correction, what an event is, and words that make no event: void, and everything stays."""
        change = corrected(target, fields, hours(6), LEGAL, id="correction")
        later = told("note", hours(1), id="later")
        with_it, without = (ir.replay(POLICY, [*self.STORY, *more]) for more in ([change, later], [later]))
        assert [(violation.event, violation.void) for violation in with_it.violations] == [("correction", True)]
        assert ir.obligations(with_it, hours(200)) == ir.obligations(without, hours(200))
        assert with_it.marks == without.marks

    def test_it_needs_evidence(self) -> None:
        """Without a reference to what proves it a correction cannot even be said."""
        with pytest.raises(ir.EventInvalid) as error:
            told("corrected", T0, event="finding", fields={"by": "alex"}, evidence=())
        assert [problem.where for problem in error.value.problems] == ["evidence"]


class TestKnownAt:
    """Beside what is known today, the log can be asked what was known then."""

    @settings(max_examples=60)
    @given(log=logs(POLICY), data=st.data())
    def test_it_leaves_out_what_the_log_had_not_learnt(self, log: list[Event], data: st.DataObject) -> None:
        """As known at an instant, an incident is the log of what was recorded by then."""
        dated = [
            ir.read_event({**to_wire(event), "recorded_at": rfc3339(event.recorded_at or event.at)}) for event in log
        ]
        known_at = data.draw(st.sampled_from(dated)).recorded_at
        assert known_at is not None
        learnt = [event for event in dated if event.recorded_at is not None and event.recorded_at <= known_at]
        if any(event.kind == "detected" for event in learnt):
            then = ir.replay(POLICY, dated, known_at=known_at)
            assert then.log == tuple(learnt)
            now = known_at + timedelta(hours=1)
            answer = ir.obligations(ir.replay(POLICY, dated), now, known_at=known_at)
            assert answer == ir.obligations(then, now)

    def test_what_was_shown_then_is_what_was_known_then(self) -> None:
        """A notice that reached the log late was missing when it was looked for."""
        story = [
            detected(recorded_at=T0),
            reported(T0, {"streaming-unavailable": YES}, recorded_at=T0),
            told(
                "notice-sent",
                minutes(10),
                duties=("internal-alert",),
                recipients=("internal",),
                recorded_at=minutes(40),
            ),
        ]
        incident = ir.replay(POLICY, story)
        then, today = (
            {each.key: each.verdict for each in ir.obligations(incident, minutes(30), known_at=known_at)}
            for known_at in (minutes(30), None)
        )
        assert (then["internal-alert@internal#0"], today["internal-alert@internal#0"]) == ("missed", "met")

    def test_a_recording_time_nobody_knows_is_not_guessed(self) -> None:
        """A log without recording times cannot say what it knew."""
        with pytest.raises(ir.QuestionInvalid):
            ir.replay(POLICY, [detected()], known_at=minutes(1))
