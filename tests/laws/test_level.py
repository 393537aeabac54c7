"""Which level governs, step by step: what facts support, what was decided, what somebody raised, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import NO, UNKNOWN, YES, Event, Levels, Severity, Truth
from ir_policy.terms import worst
from ir_policy.testing import facts, logs, told
from support_time import at

POLICY: Final = ir.load_policy("motion-mavericks")
SEV0, SEV1, SEV2, SEV3 = Severity
T0: Final = at("2026-03-11 09:00+11:00")
COMMANDER: Final = "incident-commander"
FACT_OF: Final = {SEV0: "exfiltration-likely", SEV1: "streaming-unavailable", SEV2: "partial-outage"}
"""One fact that supports each level; the mildest has none."""
ABOVE: Final = {level: [other for other in Severity if other.worse_than(level)] for level in Severity}


def minutes(count: float) -> datetime:
    return T0 + timedelta(minutes=count)


DETECTED: Final = told("detected", T0)


def reported(at: datetime, by: str = "somebody", since: datetime | None = None, **facts: Truth) -> Event:
    """Facts as keyword arguments, their dashes written as underscores."""
    known = {fact.replace("_", "-"): truth for fact, truth in facts.items()}
    return told("facts-reported", at, by, facts=known, since=since)


def supports(level: Severity, at: datetime, truth: Truth = YES, since: datetime | None = None) -> Event:
    """The fact that supports a level, so or not so."""
    return told("facts-reported", at, facts={FACT_OF[level]: truth}, since=since)


def decided(level: Severity, at: datetime, by: str = COMMANDER, **said: object) -> Event:
    return told("severity-decided", at, by, severity=level, **{"reason": "because", **said})


def closed(at: datetime) -> Event:
    return told("closed", at, COMMANDER)


def reopened(at: datetime) -> Event:
    return told("reopened", at)


def incident(*events: Event) -> ir.Incident:
    return ir.replay(POLICY, [DETECTED, *events])


def levels(*events: Event) -> tuple[Severity | None, Severity | None, Severity | None]:
    """What governs, what was decided, what was raised provisionally."""
    found = incident(*events).severity
    return found.governing, found.decided, found.provisional


def anchors(duty: str, *events: Event) -> list[datetime]:
    """From when each obligation of a duty runs, as of a year later."""
    found = incident(*events)
    return [one.anchor for one in ir.obligations(found, T0 + timedelta(days=365)) if one.duty == duty]


def in_order(log: Sequence[Event]) -> list[Event]:
    return sorted(log, key=lambda event: (event.at, event.recorded_at or event.at))


ANY_LEVEL: Final = st.sampled_from(Severity)


class TestBeforeTheFirstDecision:
    """Until somebody decides, what is known supports a level or none does; the mildest is never assumed."""

    def test_a_signal_alone_gives_no_level(self) -> None:
        """Nobody has looked yet: nothing governs, and nothing is decided."""
        assert incident().severity == Levels(None, None, None, None, None)

    @given(known=facts(POLICY))
    def test_what_facts_support_governs(self, known: dict[str, Truth]) -> None:
        """The proposal governs at once, but the row for everything else governs nobody."""
        proposed = ir.classify(POLICY, known)
        governing = None if proposed.determined_by == ("sev3-otherwise",) else proposed.severity
        reports = [told("facts-reported", minutes(1), facts=known)] if known else []
        assert incident(*reports).severity == Levels(governing, None, None, governing, governing)

    @given(first=facts(POLICY), then=facts(POLICY))
    def test_the_last_report_of_each_fact_counts(self, first: dict[str, Truth], then: dict[str, Truth]) -> None:
        """A fact taken back supports nothing any more."""
        reports = [told("facts-reported", minutes(n), facts=one) for n, one in ((1, first), (2, then)) if one]
        together = [told("facts-reported", minutes(2), facts=first | then)] if first | then else []
        assert levels(*reports) == levels(*together)

    def test_a_threat_alone_raises_the_mildest_level(self) -> None:
        """With a threat and no row, the row for everything else is what is raised."""
        assert levels(reported(minutes(1), residency_threatened=YES)) == (SEV2, None, None)

    def test_a_fact_nobody_knows_supports_nothing(self) -> None:
        """A possible leak leaves the incident without a level."""
        assert levels(reported(minutes(1), exfiltration_likely=UNKNOWN)) == (None, None, None)


class TestDecision:
    """The commander's decision sets the level; facts that are worse than at the decision still count."""

    @pytest.mark.parametrize("level", Severity)
    @pytest.mark.parametrize("supported", FACT_OF)
    def test_it_may_differ_from_what_facts_support(self, level: Severity, supported: Severity) -> None:
        """With a reason it stands, whether worse or milder than the proposal."""
        assert levels(supports(supported, minutes(1)), decided(level, minutes(2))) == (level, level, None)

    @pytest.mark.parametrize("level", Severity)
    @pytest.mark.parametrize("known", [None, *FACT_OF])
    @pytest.mark.parametrize("then", FACT_OF)
    def test_facts_count_once_they_are_worse_than_at_the_decision(
        self, level: Severity, known: Severity | None, then: Severity
    ) -> None:
        """What was known when it was decided never overrides it; something worse that came up afterwards does."""
        before = [] if known is None else [supports(known, minutes(1))]
        news = known is None or then.worse_than(known)
        expected = worst(level, then) if news else level
        assert levels(*before, decided(level, minutes(2)), supports(then, minutes(3))) == (expected, level, None)

    def test_news_that_is_taken_back_leaves_what_was_decided(self) -> None:
        """When the worse fact is no longer so, the decision governs again."""
        story = (decided(SEV2, minutes(1)), supports(SEV0, minutes(2)))
        assert levels(*story) == (SEV0, SEV2, None)
        assert levels(*story, supports(SEV0, minutes(3), NO)) == (SEV2, SEV2, None)

    def test_a_new_decision_remembers_what_is_known_by_then(self) -> None:
        """What a decision was taken in the knowledge of does not count against it."""
        story = (supports(SEV1, minutes(1)), decided(SEV2, minutes(2)), decided(SEV3, minutes(3)))
        assert levels(*story) == (SEV3, SEV3, None)
        assert levels(*story, supports(SEV1, minutes(4))) == (SEV3, SEV3, None)
        assert levels(*story, supports(SEV0, minutes(4))) == (SEV0, SEV3, None)

    @given(log=logs(POLICY, max_size=12))
    def test_nothing_said_by_others_makes_it_milder(self, log: list[Event]) -> None:
        """Whatever follows, what governs is never milder than what was last decided."""
        found = ir.replay(POLICY, log).severity
        assert found.decided is None or (found.governing is not None and not found.decided.worse_than(found.governing))


class TestProvisionalRaise:
    """Anybody may make the level worse until the commander decides; nobody else makes it milder."""

    @pytest.mark.parametrize("level", [SEV0, SEV1, SEV2])
    def test_anybody_raises_an_incident_nobody_has_assessed(self, level: Severity) -> None:
        """A raise from no level at all governs at once, and is no decision."""
        assert levels(decided(level, minutes(1), by="alex")) == (level, None, level)

    @pytest.mark.parametrize(("standing", "raised"), [(low, high) for low in Severity for high in ABOVE[low]])
    def test_anybody_raises_above_what_was_decided(self, standing: Severity, raised: Severity) -> None:
        """The worse level governs while the decided one stays what was decided."""
        assert levels(decided(standing, minutes(1)), decided(raised, minutes(2), by="alex")) == (
            raised,
            standing,
            raised,
        )

    @pytest.mark.parametrize(
        ("standing", "claimed"), [(high, low) for high in Severity for low in Severity if not low.worse_than(high)]
    )
    def test_nobody_else_decides_what_is_not_worse(self, standing: Severity, claimed: Severity) -> None:
        """The same level or a milder one from somebody else changes nothing and is kept as a violation."""
        before = (decided(standing, minutes(1)),)
        claim = decided(claimed, minutes(2), by="alex", id="claim")
        assert levels(*before, claim) == levels(*before)
        assert "commander-decides-severity" in {
            one.rule for one in incident(*before, claim).violations if one.event == "claim" and one.void
        }

    def test_the_mildest_level_from_anybody_is_no_raise(self) -> None:
        """While nobody has assessed it, the mildest level is still the commander's to decide."""
        assert levels(decided(SEV3, minutes(1), by="alex")) == (None, None, None)

    def test_a_second_raise_keeps_the_worst(self) -> None:
        """Raises add up to the worst of them."""
        story = (decided(SEV2, minutes(1), by="alex"), decided(SEV1, minutes(2), by="kim"))
        assert levels(*story) == (SEV1, None, SEV1)

    @given(raised=st.sampled_from([SEV0, SEV1, SEV2]), level=ANY_LEVEL)
    def test_a_decision_ends_it(self, raised: Severity, level: Severity) -> None:
        """The commander confirms or takes back a raise by deciding."""
        assert levels(decided(raised, minutes(1), by="alex"), decided(level, minutes(2))) == (level, level, None)

    def test_it_is_no_decision_for_anything_that_waits_for_one(self) -> None:
        """A raise sets no mark of a decision; the decision does, at its own instant."""
        raised = incident(decided(SEV1, minutes(1), by="alex"))
        confirmed = incident(decided(SEV1, minutes(1), by="alex"), decided(SEV1, minutes(2)))
        assert "severity-decided" not in raised.marks
        assert confirmed.marks["severity-decided"] == minutes(2)


class TestReached:
    """A duty tied to a level runs from detection up to the first decision; later, from when the level was reached."""

    @pytest.mark.parametrize("level", [SEV0, SEV1])
    def test_up_to_the_first_decision_it_runs_from_detection(self, level: Severity) -> None:
        """Slow triage buys no time: facts, a raise, and the first decision all count from the signal."""
        for slow in (supports(level, minutes(40)), decided(level, minutes(40), by="alex"), decided(level, minutes(40))):
            assert anchors("internal-alert", slow) == [T0]

    def test_afterwards_it_runs_from_when_it_was_reached(self) -> None:
        """A level reached after the first decision counts from the event that reached it, or since when that was held."""
        story = decided(SEV3, minutes(5))
        assert anchors("internal-alert", story, supports(SEV1, minutes(60))) == [minutes(60)]
        assert anchors("internal-alert", story, supports(SEV1, minutes(60), since=minutes(20))) == [minutes(20)]
        assert anchors("internal-alert", story, decided(SEV1, minutes(60))) == [minutes(60)]
        assert anchors("internal-alert", story, decided(SEV1, minutes(60), by="alex")) == [minutes(60)]

    def test_each_level_has_its_own_stamp(self) -> None:
        """What is owed at the worst level runs from when that was reached, the rest from where it stood."""
        story = (decided(SEV1, minutes(5)), supports(SEV0, minutes(90)))
        assert anchors("internal-alert", *story) == [T0]
        assert anchors("stakeholder-notice", *story) == [minutes(90)]

    def test_a_level_is_reached_once(self) -> None:
        """Lowered and raised again, a level keeps the stamp it had."""
        story = (
            decided(SEV3, minutes(5)),
            supports(SEV0, minutes(60)),
            supports(SEV0, minutes(70), NO),
            supports(SEV0, minutes(80)),
        )
        assert anchors("stakeholder-notice", *story) == [minutes(60)]

    def test_a_level_that_facts_supported_was_reached_whatever_was_decided(self) -> None:
        """A decision milder than the facts hides no time: the level counts from when they supported it."""
        story = (supports(SEV0, minutes(10)), decided(SEV2, minutes(20)), decided(SEV0, minutes(90)))
        assert anchors("stakeholder-notice", *story) == [T0]

    def test_reaching_a_level_reaches_the_milder_ones(self) -> None:
        """Who reached the worst level has reached all below it at the same instant."""
        story = (decided(SEV3, minutes(5)), supports(SEV0, minutes(60)), decided(SEV1, minutes(70)))
        assert anchors("internal-alert", *story) == [minutes(60)]

    def test_a_void_decision_is_not_the_first(self) -> None:
        """What had no effect does not end the time before the first decision."""
        assert anchors("internal-alert", decided(SEV3, minutes(5), by="alex"), supports(SEV1, minutes(60))) == [T0]

    def test_nothing_is_reached_before_detection(self) -> None:
        """A fact that happened before the signal counts from the signal."""
        early = supports(SEV1, minutes(-30))
        assert anchors("internal-alert", early) == [T0]
        assert ir.obligations(incident(early), minutes(-10)) == ()

    def test_an_earlier_signal_that_is_linked_later_moves_it_earlier(self) -> None:
        """Detection is the earliest signal, whenever it is found."""
        earlier = told("detected", minutes(-60), recorded_at=minutes(30))
        assert anchors("internal-alert", supports(SEV1, minutes(10)), earlier) == [minutes(-60)]


class TestReopening:
    """A reopened incident is as bad as it was ever decided or raised to be, and its service clocks start afresh."""

    @given(first=ANY_LEVEL, then=ANY_LEVEL)
    def test_it_governs_at_the_worst_decided(self, first: Severity, then: Severity) -> None:
        """Lowered before it was closed, it comes back at the worst level that was decided."""
        story = (decided(first, minutes(1)), decided(then, minutes(2)), closed(minutes(3)), reopened(minutes(4)))
        expected = worst(first, then)
        assert levels(*story) == (expected, expected, None)

    def test_a_raise_counts_as_decided_and_is_over(self) -> None:
        """The worst provisional raise is remembered too."""
        story = (decided(SEV2, minutes(1)), decided(SEV0, minutes(2), by="alex"), decided(SEV3, minutes(3)))
        assert levels(*story, closed(minutes(4)), reopened(minutes(5))) == (SEV0, SEV0, None)

    def test_what_is_known_when_it_is_reopened_does_not_count_as_news(self) -> None:
        """Facts that stood before are part of the picture; only something worse governs anew."""
        story = (supports(SEV1, minutes(1)), decided(SEV3, minutes(2)), closed(minutes(3)), reopened(minutes(4)))
        assert levels(*story) == (SEV3, SEV3, None)
        assert levels(*story, supports(SEV1, minutes(5))) == (SEV3, SEV3, None)
        assert levels(*story, supports(SEV0, minutes(5))) == (SEV0, SEV3, None)

    def test_without_any_decision_facts_go_on_to_govern(self) -> None:
        """An incident nobody decided is reopened as its facts stand."""
        story = (supports(SEV1, minutes(1)), closed(minutes(3)), reopened(minutes(4)))
        assert levels(*story) == (SEV1, None, None)

    def test_levels_reached_count_from_the_reopening(self) -> None:
        """The second episode has its own clocks, from the reopening."""
        story = (supports(SEV1, minutes(1)), decided(SEV1, minutes(2)), closed(minutes(30)), reopened(minutes(600)))
        assert anchors("internal-alert", *story) == [T0, minutes(600)]

    def test_a_level_nothing_supports_any_more_is_not_reached_again(self) -> None:
        """A level the first episode had reached, and nothing holds now, is reached when something reaches it anew."""
        story = (
            decided(SEV2, minutes(1)),
            supports(SEV0, minutes(2)),
            supports(SEV0, minutes(3), NO),
            closed(minutes(30)),
            reopened(minutes(600)),
            supports(SEV0, minutes(700)),
        )
        assert anchors("stakeholder-notice", *story) == [minutes(2), minutes(700)]

    def test_without_an_authorised_decision_later_levels_still_count_from_the_reopening(self) -> None:
        """A raise is no decision: until the commander has decided once, slow triage buys no time."""
        story = (decided(SEV2, minutes(1), by="alex"), closed(minutes(30)), reopened(minutes(600)))
        assert anchors("internal-alert", *story, supports(SEV1, minutes(700))) == [minutes(600)]

    def test_after_an_authorised_decision_later_levels_count_from_when_they_were_reached(self) -> None:
        """Who has decided once has triaged: in the next episode too, a new level counts from its own event."""
        story = (decided(SEV2, minutes(1)), closed(minutes(30)), reopened(minutes(600)))
        assert anchors("internal-alert", *story, supports(SEV1, minutes(700))) == [minutes(700)]


class TestHistory:
    """Where it began and how bad it ever was are kept beside what governs now."""

    @settings(max_examples=60)
    @given(log=logs(POLICY, max_size=12))
    def test_the_first_level_and_the_worst_are_those_of_the_story(self, log: list[Event]) -> None:
        """The initial level is the first that governed after any event, the peak the worst that ever did."""
        story = in_order([event for event in log if event.kind != "corrected"])
        start = next(index for index, event in enumerate(story) if event.kind == "detected")
        seen = [ir.replay(POLICY, story[:end]).severity.governing for end in range(start + 1, len(story) + 1)]
        governed = [level for level in seen if level is not None]
        found = ir.replay(POLICY, story).severity
        assert found.governing is seen[-1]
        if start == 0:
            assert found.initial is (governed[0] if governed else None)
            assert found.peak is worst(*governed)
