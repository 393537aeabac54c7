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
from ir_policy import NO, YES, Breach, Event, Truth
from ir_policy.errors import Problem
from ir_policy.log.events import KINDS, to_wire
from ir_policy.terms import LOWERINGS, MICROSECOND
from ir_policy.testing import events, logs, told
from support_duties import COMMANDER, LEGAL, POLICY, SEV1, SEV2, SEV3, T0, found, hours, minutes, reported
from support_log import detected, key, moments, one, whole
from support_time import at


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
        """Shuffled, a log means the same, as long as no two events share the instants they are ordered by. A policy alone is
        adopted only after what the log holds already."""
        story = without_twins([event for event in log if event.kind != "policy-adopted"])
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
            ("compliance-evidence@internal#0", "unassessed-alert@internal#0"),
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

    @given(log=logs(POLICY), later=st.integers(0, 10**12), data=st.data())
    def test_what_is_recorded_again_is_still_the_same_event(
        self, log: list[Event], later: int, data: st.DataObject
    ) -> None:
        """Sent again and recorded at another time it changes nothing, at any door; what the log learnt first stands."""
        incident = ir.replay(POLICY, log)
        event = data.draw(st.sampled_from(log))
        recorded = event.at + timedelta(microseconds=later)
        again = ir.read_event({**to_wire(event), "recorded_at": recorded.isoformat()})
        assert again.says_the_same(event)
        step = ir.record(incident, again)
        assert (step.known, step.incident) == (True, incident)
        assert ir.check(incident, again) == ()
        assert ir.apply(incident, again).line == ""
        assert ir.replay(POLICY, [*log, again]) == incident
        assert ir.read_log(ir.write_log([*incident.log, again])).events == incident.log

    @given(log=logs(POLICY), data=st.data())
    def test_what_happened_at_another_time_is_another_event(self, log: list[Event], data: st.DataObject) -> None:
        """Any other field than the recording time is content: another instant or person under the same id is an error."""
        incident = ir.replay(POLICY, log)
        event = data.draw(st.sampled_from(log))
        line = to_wire(event)
        earlier = {**line, "at": (event.at - MICROSECOND).isoformat()}
        for name in ("precision", "since"):  # what must not come after it
            earlier.pop(name, None)
        for other in map(ir.read_event, (earlier, {**line, "by": f"{event.by}2"})):
            assert not other.says_the_same(event)
            for ask in (ir.check, ir.apply, ir.record):
                with pytest.raises(ir.EventInvalid):
                    ask(incident, other)

    def test_the_recording_time_is_no_part_of_the_id(self) -> None:
        """Without an id the words are it, and when they were recorded is not among them."""
        assert told("note", T0).id == told("note", T0, recorded_at=minutes(5)).id
        assert told("note", T0).id != told("note", T0, text="other").id

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
