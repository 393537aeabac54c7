"""The log is the incident: what follows from it is the same however it was recorded, and nothing is ever patched."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import NO, YES, Breach, Event, Severity, Truth
from ir_policy.errors import Problem
from ir_policy.log.events import KINDS, to_wire
from ir_policy.terms import LOWERINGS, MICROSECOND, rfc3339
from ir_policy.testing import events, logs, told
from support_time import at

POLICY: Final = ir.load_policy("motion-mavericks")
SEV0, SEV1, SEV2, SEV3 = Severity
T0: Final = at("2026-03-11 09:00+11:00")
COMMANDER: Final = "incident-commander"
LEGAL: Final = "legal-liaison"


def minutes(count: float) -> datetime:
    return T0 + timedelta(minutes=count)


def hours(count: float) -> datetime:
    return T0 + timedelta(hours=count)


def key(event: Event) -> tuple[datetime, datetime]:
    """By what events are ordered, before their position in the log."""
    return event.at, event.recorded_at or event.at


def detected(**said: object) -> Event:
    return told("detected", T0, id="signal", **said)


def reported(at: datetime, known: dict[str, Truth], **said: object) -> Event:
    return told("facts-reported", at, facts=known, **said)


def found(finding: str, at: datetime, **said: object) -> Event:
    return told("breach-finding", at, LEGAL, finding=finding, **said)


def corrected(event: str, fields: dict[str, object], at: datetime, by: str = "somebody", **said: object) -> Event:
    return told("corrected", at, by, event=event, fields=fields, **said)


def one(story: Sequence[Event], key: str, now: datetime) -> ir.Obligation:
    return next(each for each in ir.obligations(ir.replay(POLICY, story), now) if each.key == key)


def moments(log: Sequence[Event]) -> list[datetime]:
    """Instants worth asking about: those of the log, just after, and long after."""
    last = max(event.at for event in log)
    early = sorted({event.at for event in log})[:: max(1, len(log) // 3)]
    return [*early, last, last + timedelta(minutes=16), last + timedelta(hours=73), last + timedelta(days=40)]


def whole(incident: ir.Incident, asked: Sequence[datetime] = ()) -> tuple[object, ...]:
    """Everything that follows from a log, asked about at these instants or at those of the log."""
    asked = asked or moments(incident.log)
    return (
        incident.severity,
        incident.phase,
        (incident.closed, incident.outcome, incident.episode, incident.drill, incident.complete),
        dict(incident.marks),
        dict(incident.facts),
        dict(incident.roles),
        incident.violations,
        [ir.obligations(incident, moment) for moment in asked],
        [ir.next_wakeup(incident, moment) for moment in asked],
    )


def one_by_one(log: Sequence[Event]) -> ir.Incident:
    first, *rest = log
    assert isinstance(first, ir.Detected)
    incident = ir.open_incident(POLICY, first).incident
    for event in rest:
        incident = ir.record(incident, event).incident
    return incident


def without_twins(log: Sequence[Event]) -> list[Event]:
    """The log without events that share both sort keys with an earlier one, and without corrections."""
    found: dict[tuple[datetime, datetime], Event] = {}
    for event in log:
        if event.kind != "corrected":
            found.setdefault(key(event), event)
    return list(found.values())


class TestReplay:
    """Replaying a log gives the incident that recording its events one by one gave."""

    @settings(max_examples=80)
    @given(log=logs(POLICY))
    def test_it_is_recording_one_by_one(self, log: list[Event]) -> None:
        """Late entries, ties, corrections and reopenings included, at any instant asked about."""
        recorded, replayed = one_by_one(log), ir.replay(POLICY, log)
        assert recorded == replayed
        assert whole(recorded) == whole(replayed)

    @given(log=logs(POLICY))
    def test_it_is_the_same_every_time(self, log: list[Event]) -> None:
        """Asking changes nothing, and neither does asking in another order."""
        incident = ir.replay(POLICY, log)
        asked = [ir.obligations(incident, moment) for moment in moments(log)]
        again = [ir.obligations(incident, moment) for moment in reversed(moments(log))]
        assert asked == again[::-1]
        assert whole(incident) == whole(ir.replay(POLICY, log))

    @given(log=logs(POLICY))
    def test_a_log_read_back_is_the_log(self, log: list[Event]) -> None:
        """Written and read, the events, their bytes and all that follows are the same."""
        incident = ir.replay(POLICY, log)
        text = ir.write_log(incident.log, incident.pin)
        read = ir.read_log(text)
        assert (read.events, read.policy) == (tuple(log), incident.pin)
        assert ir.write_log(read.events, read.policy) == text
        assert whole(ir.replay(POLICY, read)) == whole(incident)

    @given(event=events(POLICY))
    def test_any_event_is_its_line(self, event: Event) -> None:
        """Every kind of event survives being written and read."""
        assert event.kind in KINDS
        assert ir.read_event(to_wire(event)) == event

    def test_another_document_is_refused(self) -> None:
        """A log written under another policy is not judged by this one."""
        log = ir.Log((detected(),), ir.PolicyPin("motion-mavericks", "0.1.0", "sha256:0"))
        with pytest.raises(ir.PolicyMismatch):
            ir.replay(POLICY, log)

    @pytest.mark.parametrize("log", [[], [told("note", T0)]])
    def test_a_log_needs_a_signal(self, log: list[Event]) -> None:
        """What nothing detected is no incident."""
        with pytest.raises(ir.LogInvalid):
            ir.replay(POLICY, log)


class TestOrder:
    """Events count in the order in which they happened, not in which the log learnt of them."""

    @settings(max_examples=100)
    @given(log=logs(POLICY), data=st.data())
    def test_the_order_of_arrival_changes_nothing(self, log: list[Event], data: st.DataObject) -> None:
        """Shuffled, a log means the same, as long as no two events share the instants they are ordered by."""
        story = without_twins(log)
        shuffled = data.draw(st.permutations(story))
        assert whole(ir.replay(POLICY, shuffled)) == whole(ir.replay(POLICY, story))

    def test_events_of_one_instant_keep_the_order_of_the_log(self) -> None:
        """Yes and then no is no, no and then yes is yes."""
        yes, no = (reported(minutes(1), {"exfiltration-likely": truth}) for truth in (YES, NO))
        assert ir.replay(POLICY, [detected(), yes, no]).facts["exfiltration-likely"].truth is NO
        assert ir.replay(POLICY, [detected(), no, yes]).facts["exfiltration-likely"].truth is YES

    def test_of_one_instant_the_one_recorded_first_comes_first(self) -> None:
        """An event whose recording time nobody knows counts as recorded when it happened."""
        first = reported(minutes(1), {"exfiltration-likely": YES})
        later = reported(minutes(1), {"exfiltration-likely": NO}, recorded_at=minutes(2))
        for log in ([detected(), first, later], [detected(), later, first]):
            assert ir.replay(POLICY, log).facts["exfiltration-likely"].truth is NO

    def test_since_moves_no_event(self) -> None:
        """What was held since yesterday is known since today: it sets its mark back, and turns nothing back."""
        yes = reported(minutes(1), {"privacy-suspected": YES})
        no = reported(minutes(2), {"privacy-suspected": NO}, since=T0)
        incident = ir.replay(POLICY, [detected(), yes, no])
        assert incident.facts["privacy-suspected"].truth is NO
        dated_back = ir.replay(POLICY, [detected(), yes, reported(minutes(2), {"privacy-suspected": YES}, since=T0)])
        assert (incident.marks["suspected"], dated_back.marks["suspected"]) == (minutes(1), T0)


class TestMarks:
    """A mark is the earliest instant anybody asserted; it stands for the episode, or for the whole incident."""

    @pytest.mark.parametrize(
        ("mark", "findings", "positions", "fact"),
        [
            ("suspected", ("suspected",), ("", "controller", "processor"), "privacy-suspected"),
            ("breach-confirmed", ("confirmed",), ("", "controller", "processor"), ""),
            ("aware/controller", ("aware", "confirmed"), ("", "controller"), ""),
            ("aware/processor", ("aware", "confirmed"), ("", "processor"), ""),
        ],
    )
    @settings(max_examples=40)
    @given(log=logs(POLICY))
    def test_it_is_the_earliest_that_was_asserted(
        self, mark: str, findings: tuple[str, ...], positions: tuple[str, ...], fact: str, log: list[Event]
    ) -> None:
        """Over all findings and facts that set it, dated back where they say so; no position speaks for both."""
        story = [event for event in log if event.kind != "corrected"]
        asserted = [
            event.since or event.at
            for event in story
            if isinstance(event, ir.BreachFinding) and event.finding in findings and event.position in positions
        ]
        asserted += [
            event.since or event.at
            for event in story
            if isinstance(event, ir.FactsReported) and event.facts.get(fact) is YES
        ]
        assert ir.replay(POLICY, story).marks.get(mark) == min(asserted, default=None)

    def test_what_counts_for_the_episode_starts_afresh(self) -> None:
        """Recovery and detection are of the episode, a suspicion is of the incident."""
        story = [
            detected(impact_started=minutes(-30)),
            found("suspected", minutes(1)),
            told("recovered", minutes(2)),
            told("recovered", minutes(3)),
            told("closed", minutes(4), COMMANDER),
        ]
        before = ir.replay(POLICY, story).marks
        after = ir.replay(POLICY, [*story, told("reopened", minutes(60))]).marks
        assert before == {
            "closed": minutes(4), "detected": T0, "impact-started": minutes(-30), "recovered": minutes(2),
            "suspected": minutes(1),
        }  # fmt: skip
        assert after == {"detected": minutes(60), "suspected": minutes(1)}


class TestAsOf:
    """An answer as of an instant knows nothing of what happened later."""

    @settings(max_examples=60)
    @given(log=logs(POLICY), data=st.data())
    def test_what_happened_later_has_not_happened_yet(self, log: list[Event], data: st.DataObject) -> None:
        """Asked about an instant inside its story, an incident answers as if the story ended there."""
        story = [event for event in log if event.kind != "corrected"]
        now = data.draw(st.sampled_from(story)).at
        until = [event for event in story if event.at <= now]
        answer = ir.obligations(ir.replay(POLICY, story), now)
        if any(event.kind == "detected" for event in until):
            assert answer == ir.obligations(ir.replay(POLICY, until), now)

    @pytest.mark.parametrize("now", ["2026-03-11T09:00:00Z", datetime(2026, 3, 11, 9), None])  # noqa: DTZ001
    def test_now_must_be_an_instant(self, now: object) -> None:
        """Text, a time without a zone and nothing at all are refused: each would need a guess."""
        for ask in (ir.obligations, ir.next_wakeup):
            with pytest.raises(ir.QuestionInvalid):
                ask(ir.replay(POLICY, [detected()]), now)  # type: ignore[arg-type]


class TestStep:
    """Every step says what it did: what opened, moved, tightened, was met, ended, and what the level was and is."""

    ALERT: Final = "internal-alert@internal#0"

    def steps(self, *story: Event) -> list[ir.Step]:
        first, *rest = story
        assert isinstance(first, ir.Detected)
        steps = [ir.open_incident(POLICY, first)]
        for event in rest:
            steps.append(ir.record(steps[-1].incident, event))
        return steps

    def test_what_opened_and_what_was_met(self) -> None:
        """A signal, a grave fact, an alert: each names the obligations it opened or met, by key."""
        grave = reported(minutes(1), {"streaming-unavailable": YES})
        sent = told("notice-sent", minutes(2), duties=("internal-alert",), recipients=("internal",))
        signal, fact, alert = self.steps(detected(), grave, sent)
        assert (signal.opened, signal.moved, signal.level) == (
            ("unassessed-alert@internal#0",),
            ("detected",),
            (None, None),
        )
        assert fact.opened == (self.ALERT, "recover@internal#0", "respond@internal#0")
        assert (fact.level, fact.discharged) == ((None, SEV1), ())
        assert (alert.opened, alert.discharged, alert.level) == ((), (self.ALERT,), (SEV1, SEV1))
        assert [step.late for step in (signal, fact, alert)] == [False, False, False]

    def test_what_was_tightened(self) -> None:
        """A raise names what became due earlier, whether the limit shown binds or advises, and only that."""
        mild = reported(minutes(1), {"partial-outage": YES})
        worst = reported(minutes(2), {"exfiltration-likely": YES})
        *_, raised, again = self.steps(detected(), mild, worst, told("note", minutes(3)))
        assert raised.tightened == ("recover@internal#0", "respond@internal#0")
        assert (again.tightened, again.opened, again.moved) == ((), (), ())

    def test_what_ended_and_came_back(self) -> None:
        """A fact taken back cancels, told again it revives; a closing lapses what is missed."""
        yes, no = ({"streaming-unavailable": truth} for truth in (YES, NO))
        *_, back, again, end = self.steps(
            detected(),
            reported(minutes(1), yes),
            reported(minutes(2), no),
            reported(minutes(3), yes),
            told("closed", minutes(60), COMMANDER),
        )
        assert (back.cancelled, back.level) == ((self.ALERT,), (SEV1, None))
        assert (again.revived, again.opened) == ((self.ALERT,), ())
        assert (end.lapsed, end.opened, end.moved) == ((self.ALERT,), ("postmortem@internal#0",), ("closed",))

    @settings(max_examples=60)
    @given(log=logs(POLICY, max_size=12))
    def test_it_names_what_is_otherwise_afterwards(self, log: list[Event]) -> None:
        """Of any event in its turn: what is new was opened, and what is settled now and was not before is named."""
        old = ir.replay(POLICY, log[:1])
        for event in log[1:]:
            step = ir.record(old, event)
            now = max(each.at for each in step.incident.log)
            before, after = ({each.key: each for each in ir.obligations(one, now)} for one in (old, step.incident))
            old = step.incident
            if step.late:
                continue
            assert after.keys() - before.keys() <= set(step.opened)
            for status in ("discharged", "waived", "cancelled"):
                turned = {
                    name
                    for name, each in after.items()
                    if each.status == status and (name not in before or before[name].status != status)
                }
                assert turned <= set(getattr(step, status)), (status, event)


class TestIdentity:
    """An event is itself once: the same words under the same id change nothing, other words are an error."""

    @given(log=logs(POLICY), data=st.data())
    def test_what_is_known_already_changes_nothing(self, log: list[Event], data: st.DataObject) -> None:
        """Recorded, checked or applied again, an event does nothing; a log that repeats it is the same log."""
        incident = ir.replay(POLICY, log)
        event = data.draw(st.sampled_from(log))
        step = ir.record(incident, event)
        assert step.incident is incident
        assert (step.opened, step.discharged, step.moved, step.violations, step.late) == ((), (), (), (), False)
        assert ir.check(incident, event) == ()
        assert ir.apply(incident, event).incident is incident
        assert ir.replay(POLICY, [*log, event]) == incident

    @given(log=logs(POLICY), data=st.data())
    def test_other_words_under_a_known_id_are_an_error(self, log: list[Event], data: st.DataObject) -> None:
        """Neither check nor record nor replay takes them."""
        incident = ir.replay(POLICY, log)
        known = data.draw(st.sampled_from(log))
        other = told("note", known.at, id=known.id, text="something else entirely")
        for ask in (ir.check, ir.apply, ir.record):
            with pytest.raises(ir.EventInvalid):
                ask(incident, other)
        with pytest.raises(ir.EventInvalid):
            ir.replay(POLICY, [*log, other])

    def test_without_an_id_the_words_are_the_id(self) -> None:
        """The same words give the same id, other words another."""
        assert told("note", T0).id == told("note", T0).id
        assert len({told("note", T0).id, told("note", minutes(1)).id, told("note", T0, "alex").id}) == 3

    def test_another_incident_is_not_this_one(self) -> None:
        """An event of another incident is refused by every door."""
        stranger = told("note", minutes(1), incident="inc-2")
        for ask in (ir.check, ir.apply, ir.record):
            with pytest.raises(ir.EventInvalid):
                ask(ir.replay(POLICY, [detected()]), stranger)
        with pytest.raises(ir.LogInvalid):
            ir.replay(POLICY, [detected(), stranger])

    def test_nothing_happens_after_it_was_recorded(self) -> None:
        """An event from the future of its own record is malformed."""
        with pytest.raises(ir.EventInvalid) as error:
            told("note", minutes(1), recorded_at=T0)
        assert error.value.problems == (Problem("at", "it happened after it was recorded", "check both instants"),)


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
        story = sorted((event for event in log if event.kind != "corrected"), key=key)
        assert ir.corrections(ir.replay(POLICY, story)) == ()
        if story[0].kind == "detected":
            assert not any(step.late for step in self.steps(story))

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


class TestPrecision:
    """A record that knows only the minute, the day or the month is read both ways; where it matters which, nobody
    pretends to know."""

    DAY: Final = datetime.fromisoformat("2026-03-11 00:00+11:00")
    EARLY: Final = at("2026-03-14 00:00+11:00")
    LATE: Final = at("2026-03-14 23:59:59.999999+11:00")
    STORY: Final = (
        told("detected", DAY),
        told("breach-finding", DAY, LEGAL, finding="confirmed", precision="day"),
    )

    @pytest.mark.parametrize(
        ("now", "verdict"),
        [
            (EARLY - MICROSECOND, "at-risk"),
            (EARLY, "at-risk"),
            (EARLY + MICROSECOND, "undetermined"),
            (LATE - MICROSECOND, "undetermined"),
            (LATE, "undetermined"),
            (LATE + MICROSECOND, "missed"),
        ],
    )
    def test_left_undone(self, now: datetime, verdict: str) -> None:
        """Before the earliest it can be due it is open, after the latest it is missed, in between nobody can say."""
        found = one(self.STORY, "oaic-notice@oaic#0", now)
        assert (found.verdict, found.due, found.anchor) == (verdict, self.EARLY, self.DAY)
        breach = Breach(self.LATE, self.LATE + MICROSECOND, "deadline") if verdict == "missed" else None
        assert found.breach == breach

    @pytest.mark.parametrize(
        ("done", "verdict"),
        [
            (EARLY, "met"),
            (EARLY + MICROSECOND, "undetermined"),
            (LATE, "undetermined"),
            (LATE + MICROSECOND, "met-late"),
        ],
    )
    def test_done(self, done: datetime, verdict: str) -> None:
        """Done before the earliest it is met, after the latest it is met late, in between the record does not say."""
        sent = told("notice-sent", done, duties=("oaic-notice",), recipients=("oaic",))
        assert one([*self.STORY, sent], "oaic-notice@oaic#0", done).verdict == verdict

    @pytest.mark.parametrize(
        ("day", "verdict"),
        [("2026-03-13", "met"), ("2026-03-14", "undetermined"), ("2026-03-15", "met-late")],
    )
    def test_an_act_known_to_the_day(self, day: str, verdict: str) -> None:
        """A notice sent some time on the day of the deadline was sent in time or not."""
        exact = (told("detected", T0), told("breach-finding", T0, LEGAL, finding="confirmed"))
        sent = told(
            "notice-sent",
            datetime.fromisoformat(f"{day} 00:00+11:00"),
            duties=("oaic-notice",),
            recipients=("oaic",),
            precision="day",
        )
        assert one([*exact, sent], "oaic-notice@oaic#0", at("2026-03-20 00:00+11:00")).verdict == verdict

    def test_since_is_exact(self) -> None:
        """Who says since when has said it exactly."""
        exact = told(
            "breach-finding",
            datetime.fromisoformat("2026-03-12 00:00+11:00"),
            LEGAL,
            finding="confirmed",
            precision="day",
            since=T0,
        )
        story = [told("detected", T0), exact]
        assert one(story, "oaic-notice@oaic#0", hours(72)).verdict == "at-risk"
        assert one(story, "oaic-notice@oaic#0", hours(72) + MICROSECOND).verdict == "missed"

    @pytest.mark.parametrize(
        ("precision", "last"),
        [
            ("minute", "2026-04-01 00:00:59.999999+11:00"),
            ("day", "2026-04-01 23:59:59.999999+11:00"),
            ("month", "2026-04-30 23:59:59.999999+11:00"),
            ("", "2026-04-01 00:00+11:00"),
        ],
    )
    def test_each_precision_reaches_to_its_end(self, precision: str, last: str) -> None:
        """A minute, a day and a month end with their last microsecond, in the offset they began in."""
        assert told("note", datetime.fromisoformat("2026-04-01 00:00+11:00"), precision=precision).latest == at(last)

    def test_a_later_exact_record_of_the_same_start_settles_it(self) -> None:
        """Of two records that start alike the one that ends earlier is the earlier one, for the mark and for the due."""
        exact = told("breach-finding", hours(5), LEGAL, finding="confirmed", since=self.DAY)
        assert one([*self.STORY, exact], "oaic-notice@oaic#0", self.EARLY + MICROSECOND).verdict == "missed"


class TestTheWall:
    """No clock and no zone of the machine takes part in any answer."""

    @pytest.fixture(autouse=True)
    def _zone_of_the_machine(self) -> Iterator[None]:
        before = os.environ.get("TZ")
        yield
        if before is None:
            os.environ.pop("TZ", None)
        else:
            os.environ["TZ"] = before
        time.tzset()

    def moved_to(self, zone: str, patch: pytest.MonkeyPatch) -> None:
        patch.setenv("TZ", zone)
        time.tzset()

    @settings(max_examples=40)
    @given(log=logs(POLICY))
    def test_answers_are_the_same_in_every_zone(self, log: list[Event]) -> None:
        """On the far side of the date line, half an hour off, and where it is UTC."""
        answers = []
        for zone in ("Pacific/Kiritimati", "America/St_Johns", "UTC"):
            with pytest.MonkeyPatch.context() as patch:
                self.moved_to(zone, patch)
                answers.append((whole(ir.replay(POLICY, log)), ir.write_log(log)))
        assert answers[0] == answers[1] == answers[2]

    def test_an_instant_may_be_written_in_any_zone(self) -> None:
        """The same instant with another offset is the same event and the same question."""
        in_sydney = told("detected", datetime.fromisoformat("2026-03-11T09:00:00+11:00"))
        in_utc = told("detected", datetime.fromisoformat("2026-03-10T22:00:00+00:00"))
        assert (in_sydney, in_sydney.id) == (in_utc, in_utc.id)
        incident = ir.replay(POLICY, [in_utc])
        elsewhere = datetime.fromisoformat("2026-03-11T03:30:00+05:15")
        assert ir.obligations(incident, elsewhere) == ir.obligations(incident, at("2026-03-10 22:15+00:00"))


class TestNoPowerClearsABreach:
    """Nothing anybody may decide undoes that a promise was broken: not a waiver, a lowering, a closing, a reopening,
    nor a decision not to notify."""

    def powers(self, incident: ir.Incident, now: datetime) -> Iterator[Event]:
        """Every act of power anybody could try at an instant, by those who hold it."""
        yield told("closed", now, COMMANDER)
        yield told("reopened", now, COMMANDER)
        yield told("hold-released", now, LEGAL)
        yield told("merged", now, COMMANDER)
        for finding in ("not-a-breach", "remediated"):
            yield told("breach-finding", now, LEGAL, finding=finding)
        for level in (SEV1, SEV2, SEV3):
            for why in LOWERINGS:
                yield told("severity-decided", now, COMMANDER, severity=level, reason="because", lowering=why)
        for each in ir.obligations(incident, now):
            yield told("waived", now, POLICY.duties[each.duty].owed_by, obligation=each.key)
            yield told("not-notifying", now, LEGAL, duty=each.duty, recipient=each.recipient)
        yield told("waived", now, "security-lead", gate="snapshot-before-cleanup")

    def breaches(self, incident: ir.Incident, now: datetime) -> set[tuple[str, datetime, str]]:
        return {(each.key, each.breach.at, each.breach.cause) for each in ir.obligations(incident, now) if each.breach}

    def grave(self) -> list[Event]:
        """Everything owed at once and nothing done."""
        known: dict[str, Truth] = dict.fromkeys(
            (
                "exfiltration-likely",
                "privacy-suspected",
                "clients-impacted",
                "client/acme",
                "affected-in/de",
                "risk-unlikely",
            ),
            YES,
        )
        return [detected(), reported(T0, known), found("confirmed", T0)]

    def test_when_everything_is_missed(self) -> None:
        """A hundred days later every binding promise is broken, and stays so under each power and all of them in turn."""
        incident, now = ir.replay(POLICY, self.grave()), hours(2400)
        missed = self.breaches(incident, now)
        assert len(missed) == 7
        for number, power in enumerate(self.powers(incident, now)):
            incident = ir.record(incident, power).incident
            assert missed <= self.breaches(incident, now + timedelta(days=number)), power

    @settings(max_examples=40)
    @given(
        log=logs(POLICY, max_size=14),
        wait=st.sampled_from([timedelta(minutes=20), timedelta(hours=80), timedelta(days=35)]),
    )
    def test_after_any_log(self, log: list[Event], wait: timedelta) -> None:
        """Each power tried on any story leaves every breach with its instant and its cause."""
        incident = ir.replay(POLICY, log)
        now = max(event.at for event in log) + wait
        missed = self.breaches(incident, now)
        for power in self.powers(incident, now):
            after: Any = ir.record(incident, power).incident
            assert missed <= self.breaches(after, now), power
