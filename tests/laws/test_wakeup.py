"""When anything changes by itself: until the instant named nothing does, at that instant something does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import YES, Event, Severity
from ir_policy.terms import MICROSECOND
from ir_policy.testing import logs, told
from support_time import at

POLICY: Final = ir.load_policy("motion-mavericks")
SEV0, SEV1, SEV2, SEV3 = Severity
T0: Final = at("2026-03-11 09:00+11:00")
COMMANDER: Final = "incident-commander"
FAR: Final = (at("2035-01-01 00:00+00:00"), at("2070-06-01 00:00+00:00"), at("2099-12-31 23:59:59.999999+00:00"))


def minutes(count: float) -> datetime:
    return T0 + timedelta(minutes=count)


def hours(count: float) -> datetime:
    return T0 + timedelta(hours=count)


def reported(at: datetime, *facts: str) -> Event:
    return told("facts-reported", at, facts=dict.fromkeys(facts, YES))


def incident(*events: Event) -> ir.Incident:
    return ir.replay(POLICY, [told("detected", T0), *events])


def seen(incident: ir.Incident, now: datetime) -> dict[str, tuple[str, str, bool]]:
    """What a board shows of each obligation: status, verdict, whether it is in breach."""
    return {one.key: (one.status, one.verdict, one.breach is not None) for one in ir.obligations(incident, now)}


def wakes(incident: ir.Incident, now: datetime) -> Iterator[datetime]:
    """One wake-up after another, as a host would sleep through the incident."""
    wake = ir.next_wakeup(incident, now)
    while wake is not None:
        yield wake
        wake = ir.next_wakeup(incident, wake)


def changes(story: Sequence[Event], key: str, now: datetime = T0) -> list[tuple[datetime, str, str]]:
    """Every wake-up at which one obligation looks otherwise, and how it looks then."""
    found, before = [], None
    asked = incident(*story)
    for moment in (now, *wakes(asked, now)):
        state = seen(asked, moment).get(key)
        if state != before and moment != now and state is not None:
            found.append((moment, state[0], state[1]))
        before = state
    return found


class TestSoundness:
    """A host may sleep until the instant it is told: until then every answer is the same, then one is not."""

    @settings(max_examples=100)
    @given(log=logs(POLICY), data=st.data())
    def test_nothing_changes_before(self, log: list[Event], data: st.DataObject) -> None:
        """At any instant up to the microsecond before, every obligation is the same value."""
        asked = ir.replay(POLICY, log)
        now = data.draw(st.sampled_from(log)).at + data.draw(st.sampled_from([timedelta(0), timedelta(minutes=9)]))
        wake = ir.next_wakeup(asked, now)
        until = FAR[-1] if wake is None else wake - MICROSECOND
        share = data.draw(st.fractions(0, 1, max_denominator=1000))
        between = now + (until - now) * share.numerator / share.denominator
        answer = ir.obligations(asked, now), ir.paging(asked, now)
        for moment in (now + min(MICROSECOND, until - now), between, until):
            assert (ir.obligations(asked, moment), ir.paging(asked, moment)) == answer, moment

    @settings(max_examples=100)
    @given(log=logs(POLICY))
    def test_something_changes_then(self, log: list[Event]) -> None:
        """After the last event each wake-up shows something new, one follows the other, and at last there is none."""
        asked = ir.replay(POLICY, log)
        now = max(event.at for event in log)
        for count, wake in enumerate(wakes(asked, now), start=1):
            assert wake > now
            before = wake - MICROSECOND
            assert (seen(asked, wake), ir.paging(asked, wake)) != (seen(asked, before), ir.paging(asked, before)), wake
            assert count <= 6 * len(ir.obligations(asked, now)) + 2  # nobody answers, or an answer goes stale
            now = wake
        for moment in FAR:
            assert ir.obligations(asked, moment) == ir.obligations(asked, now)

    @settings(max_examples=60)
    @given(log=logs(POLICY), data=st.data())
    def test_inside_the_story_the_next_event_wakes_too(self, log: list[Event], data: st.DataObject) -> None:
        """Asked about an instant before the last event, nobody sleeps past what the log says came next."""
        asked = ir.replay(POLICY, log)
        story = [event for event in log if event.kind != "corrected"]
        now = data.draw(st.sampled_from(story)).at
        later = [event.at for event in log if event.at > now]
        wake = ir.next_wakeup(asked, now)
        if later and not any(event.kind == "corrected" for event in log):
            assert wake is not None
            assert now < wake <= min(later)

    @given(log=logs(POLICY))
    def test_waking_early_or_twice_is_harmless(self, log: list[Event]) -> None:
        """From any instant before it, the same wake-up is named."""
        asked = ir.replay(POLICY, log)
        now = max(event.at for event in log)
        wake = ir.next_wakeup(asked, now)
        if wake is not None:
            for early in (now, now + (wake - now) / 2, wake - MICROSECOND):
                assert ir.next_wakeup(asked, early) == wake

    def test_nothing_owed_wakes_nobody(self) -> None:
        """When everything is settled, only an event can change anything."""
        story = [told("severity-decided", T0, COMMANDER, severity=SEV3), told("documented", minutes(1))]
        assert list(wakes(incident(*story), minutes(1))) == []


class TestInstants:
    """The instants at which people are woken: a promise opens, is at risk, and is missed."""

    def test_an_inclusive_limit_wakes_a_microsecond_after(self) -> None:
        """At the last moment it is still kept; a quarter of an hour is at risk in its last five minutes."""
        assert changes([reported(T0, "streaming-unavailable")], "internal-alert@internal#0") == [
            (minutes(10) + MICROSECOND, "active", "at-risk"),
            (minutes(15) + MICROSECOND, "active", "missed"),
        ]

    def test_an_exclusive_limit_wakes_at_its_end(self) -> None:
        """The first instant after the last day is too late; a fifth of the time to it is at risk."""
        due = at("2026-04-11 00:00+10:00")
        suspected = told("breach-finding", T0, finding="suspected")
        assert changes([suspected], "au.ndb.assess@internal#0") == [
            (due - (due - T0) / 5 + MICROSECOND, "active", "at-risk"),
            (due, "active", "missed"),
        ]

    def test_what_opens_by_time_alone_wakes(self) -> None:
        """A pending obligation opens at its instant; what only advises is open again once it is past."""
        assert changes([], "unassessed-alert@internal#0") == [
            (minutes(15), "active", "at-risk"),
            (minutes(15) + MICROSECOND, "active", "open"),
        ]

    def test_a_closed_incident_wakes_when_something_lapses(self) -> None:
        """What was not missed when the incident was closed lapses at the instant it is."""
        story = [reported(T0, "streaming-unavailable"), told("closed", minutes(1), COMMANDER)]
        assert changes(story, "internal-alert@internal#0", minutes(1)) == [
            (minutes(10) + MICROSECOND, "active", "at-risk"),
            (minutes(15) + MICROSECOND, "lapsed", "missed"),
        ]

    def test_an_advisory_limit_before_a_binding_one_wakes_for_both(self) -> None:
        """The shown limit passes, then the binding one is at risk and missed."""
        story = [reported(T0, "partial-outage"), reported(minutes(1), "exfiltration-likely")]
        assert changes(story, "respond@internal#0", minutes(1)) == [
            (minutes(5) + MICROSECOND, "active", "open"),
            (minutes(96) + MICROSECOND, "active", "at-risk"),
            (minutes(120) + MICROSECOND, "active", "missed"),
        ]

    def test_an_imprecise_record_wakes_at_both_ends(self) -> None:
        """From the earliest it can be missed nobody can say, from the latest it is missed."""
        day = datetime.fromisoformat("2026-03-11 00:00+11:00")
        story = [told("breach-finding", day, finding="confirmed", precision="day")]
        assert changes(story, "oaic-notice@oaic#0") == [
            (day + timedelta(hours=57, minutes=36) + MICROSECOND, "active", "at-risk"),
            (day + timedelta(hours=72) + MICROSECOND, "active", "undetermined"),
            (day + timedelta(hours=96), "active", "missed"),
        ]


class TestTimeLeft:
    """How much time is left, or by how much it is overdue: one of the two while a limit is running, never both."""

    def both(self, key: str, now: datetime, *events: Event) -> tuple[timedelta | None, timedelta | None]:
        (one,) = (one for one in ir.obligations(incident(*events), now) if one.key == key)
        return one.time_left(now), one.overdue_by(now)

    def test_an_inclusive_limit_is_up_after_its_last_moment(self) -> None:
        """At the instant nothing is left and nothing overdue yet."""
        grave = reported(T0, "streaming-unavailable")
        for now, expected in (
            (T0, (timedelta(minutes=15), None)),
            (minutes(15), (timedelta(0), None)),
            (minutes(15) + MICROSECOND, (None, MICROSECOND)),
        ):
            assert self.both("internal-alert@internal#0", now, grave) == expected

    def test_an_exclusive_limit_is_up_at_its_end(self) -> None:
        """At the first instant after the last day it is overdue by nothing."""
        due = at("2026-04-11 00:00+10:00")
        suspected = told("breach-finding", T0, finding="suspected")
        for now, expected in (
            (due - MICROSECOND, (MICROSECOND, None)),
            (due, (None, timedelta(0))),
            (due + MICROSECOND, (None, MICROSECOND)),
        ):
            assert self.both("au.ndb.assess@internal#0", now, suspected) == expected

    def test_what_is_pending_has_time_left_and_what_is_settled_has_neither(self) -> None:
        """Before it opens it counts down already; once met it does not."""
        assert self.both("unassessed-alert@internal#0", T0) == (timedelta(minutes=15), None)
        sent = told("notice-sent", minutes(1), duties=("unassessed-alert",), recipients=("internal",))
        assert self.both("unassessed-alert@internal#0", minutes(60), sent) == (None, None)


class TestAtRisk:
    """At risk is what has less than a fifth of its limit left, or less than five minutes."""

    @pytest.mark.parametrize(
        ("fact", "key", "due", "from_"),
        [
            ("streaming-unavailable", "internal-alert@internal#0", minutes(15), minutes(10)),
            ("streaming-unavailable", "respond@internal#0", minutes(30), minutes(24)),
            ("exfiltration-likely", "recover@internal#0", hours(1), minutes(48)),
            ("streaming-unavailable", "recover@internal#0", hours(4), minutes(192)),
            ("partial-outage", "recover@internal#0", hours(8), minutes(384)),
        ],
    )
    def test_it_begins_just_after(self, fact: str, key: str, due: datetime, from_: datetime) -> None:
        """With exactly that much left it is open, a microsecond later at risk, up to its last moment."""
        asked = incident(reported(T0, fact))
        verdicts = [seen(asked, moment)[key][1] for moment in (from_ - MICROSECOND, from_, from_ + MICROSECOND, due)]
        assert verdicts == ["open", "open", "at-risk", "at-risk"]
        assert seen(asked, due + MICROSECOND)[key][1] == "missed"

    def test_a_limit_shorter_than_that_is_at_risk_from_the_start(self) -> None:
        """Five minutes to take command are five minutes left."""
        asked = incident(reported(T0, "exfiltration-likely"))
        assert [seen(asked, moment)["respond@internal#0"][1] for moment in (T0, T0 + MICROSECOND)] == [
            "open",
            "at-risk",
        ]
