"""What each field of a duty does, shown on variants of the shipped policy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import NO, YES, Event, Truth
from ir_policy.duties import watch
from ir_policy.terms import MICROSECOND
from ir_policy.testing import logs, told
from support_duties import (
    COMMANDER,
    POLICY,
    SEV0,
    SEV1,
    SEV3,
    SEV3_ONLY,
    STATED,
    T0,
    at_level,
    closed,
    confirmed,
    decided,
    detected,
    found,
    hours,
    impacted,
    incident,
    minutes,
    owed,
    reopened,
    reported,
    restores,
    sent,
    variant,
    verdicts,
)


class TestConditions:
    """A duty opens when its own condition is a definite yes, whatever that condition asks."""

    def opens(self, condition: str, *events: Event) -> bool:
        """Whether the duty to document, with this condition instead of its own, is owed after these events."""
        policy = variant((SEV3_ONLY, f"    when: {condition}\n"))
        return "document" in {one.duty for one in owed([detected(), *events], hours(9), policy).values()}

    CLOSED: Final = told("closed", hours(1), COMMANDER)
    REOPENED: Final = told("reopened", hours(2))

    @pytest.mark.parametrize(
        ("condition", "event", "again"),
        [
            ("{step: isolate}", told("step-done", minutes(5), step="isolate"), False),
            ("{mark: recovered}", told("recovered", minutes(5)), False),
            ("{mark: breach-confirmed}", found("confirmed", minutes(5)), True),
            ("{finding: believed}", found("believed", minutes(5)), True),
            ("{phase: assess}", told("phase-entered", minutes(5), phase="assess"), True),
            ("{phase: contain}", told("phase-entered", minutes(5), phase="contain"), False),
            ("rpo-breached", reported(minutes(5), {"rpo-breached": YES}), True),
            ("{severity: SEV1 or worse}", decided(SEV0, minutes(5)), True),
        ],
    )
    def test_each_thing_it_may_ask(self, condition: str, event: Event, again: bool) -> None:
        """Not before it is so, and once it is; what is counted per episode starts afresh with the next one."""
        assert not self.opens(condition, told("note", minutes(5)))
        assert self.opens(condition, event)
        policy = variant((SEV3_ONLY, f"    when: {condition}\n"))
        story = [detected(), event, self.CLOSED, self.REOPENED, told("note", hours(3))]
        numbers = [one.period for one in owed(story, hours(9), policy).values() if one.duty == "document"]
        assert numbers == ([0, 1] if again else [0])

    def test_a_drill_is_one_while_every_signal_says_so(self) -> None:
        """From the first signal on, until a real one comes."""
        policy = variant((SEV3_ONLY, "    when: {not: drill}\n"))
        exercise = detected(drill=True)
        for story, expected in (([exercise], []), ([exercise, detected(minutes(1))], [0])):
            assert [one.period for one in owed(story, hours(9), policy).values() if one.duty == "document"] == expected

    @given(truths=st.lists(st.sampled_from(Truth), min_size=1, max_size=3))
    def test_some_of_a_family_needs_one_yes(self, truths: list[Truth]) -> None:
        """One member reported yes is enough; without one it is not known, and never no."""
        event = reported(minutes(5), {f"client/c{number}": truth for number, truth in enumerate(truths)})
        assert self.opens("{some: client}", event) is (YES in truths)
        assert not self.opens("{not: {some: client}}", event)

    def test_unassessed_is_so_until_a_level_governs(self) -> None:
        """From the first signal on, and no longer once there is a level."""
        assert self.opens("unassessed")
        policy = variant((SEV3_ONLY, "    when: {not: unassessed}\n"))
        for story, expected in (([detected()], False), ([detected(), decided(SEV3, minutes(1))], True)):
            assert ("document@internal#0" in owed(story, hours(9), policy)) is expected

    @given(one=st.sampled_from(Truth), other=st.sampled_from(Truth))
    def test_all_any_and_not_know_three_answers(self, one: Truth, other: Truth) -> None:
        """All needs every yes, any needs one, not needs a definite no."""
        event = reported(minutes(5), {"rpo-breached": one, "high-risk-likely": other})
        both = "[rpo-breached, high-risk-likely]"
        assert self.opens(f"{{all: {both}}}", event) is (one is YES and other is YES)
        assert self.opens(f"{{any: {both}}}", event) is (one is YES or other is YES)
        assert self.opens(f"{{not: {{any: {both}}}}}", event) is (one is NO and other is NO)
        assert self.opens(f"{{not: {{all: {both}}}}}", event) is (one is NO or other is NO)


class TestFromItsOwnCondition:
    """A duty may run from the instant its own condition first held: in the episode, or in the incident."""

    @pytest.mark.parametrize(("per", "anchors"), [("episode", [minutes(5), hours(3)]), ("incident", [minutes(5)])])
    def test_it_runs_from_the_first_time_it_held(self, per: str, anchors: list[datetime]) -> None:
        """Saying it again moves nothing; the next episode has a first time of its own, unless the duty has only one."""
        policy = variant(
            (SEV3_ONLY + "    starts: detected\n", f"    when: rpo-breached\n    starts: scope-met\n    per: {per}\n"),
        )
        story = [
            detected(),
            reported(minutes(5), {"rpo-breached": YES}),
            reported(minutes(6), {"rpo-breached": YES}),
            closed(hours(1)),
            reported(hours(2), {"rpo-breached": NO}),
            reopened(hours(2)),
            reported(hours(3), {"rpo-breached": YES}),
        ]
        assert [one.anchor for one in owed(story, hours(3), policy).values() if one.duty == "document"] == anchors


class TestKnownMembers:
    """Clients the document knows exist for certain count as affected until somebody says that they are not."""

    def test_they_are_owed_without_being_named(self) -> None:
        """Together with those named; each until it is ruled out, and the placeholder when all are."""
        policy = variant(
            (
                "  client: {means: this agency or client is affected, polarity: worse}",
                "  client: {means: this agency or client is affected, polarity: worse, known: [acme, blue]}",
            )
        )
        for named, expected in (
            ({}, ["client/acme", "client/blue"]),
            ({"client/coda": YES, "client/acme": NO}, ["client/blue", "client/coda"]),
            ({"client/acme": NO, "client/blue": NO}, ["client/unspecified"]),
        ):
            story = [*at_level(SEV1)(T0), reported(T0, {"clients-impacted": YES, **named})]
            found = [one.recipient for one in owed(story, T0, policy).values() if one.duty == "client-update"]
            assert found == expected
        ruled_out = [*story[:2], reported(T0, {"clients-impacted": YES}), reported(minutes(5), {"client/acme": NO})]
        now = owed(ruled_out, minutes(5), policy)
        assert now["client-update@client/acme#0"].verdict == "cancelled"
        assert now["client-update@client/blue#0"].verdict == "open"


class TestLatestOfMarks:
    """A duty may run from the last of several marks: then it opens when all of them stand."""

    def test_it_waits_for_all_and_runs_from_the_last(self) -> None:
        """Neither alone opens it; the later one is the anchor, whichever it is."""
        policy = variant(("    starts: {earliest: [recovered, closed]}", "    starts: {latest: [recovered, closed]}"))
        for first, then in ((restores(hours(1)), closed(hours(5))), (closed(hours(1)), restores(hours(5)))):
            assert "postmortem@internal#0" not in owed([detected(), first], hours(5), policy)
            one = owed([detected(), first, then], hours(5), policy)["postmortem@internal#0"]
            assert (one.anchor, one.mark) == (hours(5), then.kind)


class TestDoneBefore:
    """What was done before a duty opened counts as the duty says: never, since its mark, or whenever in this episode (in
    the incident, where the duty belongs to that)."""

    def documented(self, manner: str, at: datetime) -> str:
        """The verdict on writing it down at an instant, decided mild an hour in; the mark is the signal at nine."""
        edit = ("    met_by: {event: documented}\n    done_before: counts-since-mark\n",
                f"    met_by: {{event: documented}}\n    done_before: {manner}\n")  # fmt: skip
        policy = POLICY if manner == "counts-since-mark" else variant(edit)
        story = [told("documented", at), detected(), decided(SEV3, hours(1))]
        return owed(story, hours(1), policy)["document@internal#0"].status

    @pytest.mark.parametrize(
        ("manner", "before", "since", "then"),
        [
            ("does-not-count", "active", "active", "discharged"),
            ("counts-since-mark", "active", "discharged", "discharged"),
            ("counts", "discharged", "discharged", "discharged"),
        ],
    )
    def test_each_manner(self, manner: str, before: str, since: str, then: str) -> None:
        """A microsecond before the mark, at the mark, and by the event after which it is owed."""
        assert self.documented(manner, T0 - MICROSECOND) == before
        assert self.documented(manner, T0) == since
        story = [detected(), decided(SEV3, hours(1)), told("documented", hours(2))]
        assert owed(story, hours(2))["document@internal#0"].status == then

    def test_the_earliest_counts(self) -> None:
        """Written down twice before it was decided that it is mild, it was written down the first time."""
        story = [detected(), told("documented", minutes(1)), told("documented", minutes(2)), decided(SEV3, minutes(5))]
        one = owed(story, minutes(5))["document@internal#0"]
        assert (one.verdict, one.met_at) == ("met", minutes(1))

    @pytest.mark.parametrize("manner", ["counts-since-mark", "counts"])
    def test_not_in_the_episode_before(self, manner: str) -> None:
        """The next episode is another thing to write down."""
        edit = ("    met_by: {event: documented}\n    done_before: counts-since-mark\n",
                f"    met_by: {{event: documented}}\n    done_before: {manner}\n")  # fmt: skip
        policy = POLICY if manner == "counts-since-mark" else variant(edit)
        story = [
            detected(),
            decided(SEV3, minutes(1)),
            told("documented", minutes(2)),
            closed(minutes(3)),
            reopened(minutes(4)),
        ]
        now = owed(story, minutes(4), policy)
        assert [now[f"document@internal#{n}"].status for n in (0, 1)] == ["discharged", "active"]

    def test_in_any_episode_for_what_belongs_to_the_incident(self) -> None:
        """A regulator told in the first episode has been told."""
        story = [
            detected(),
            sent("oaic-notice", "oaic", minutes(1)),
            closed(minutes(2)),
            reopened(hours(1)),
            found("confirmed", hours(2)),
        ]
        assert owed(story, hours(2))["oaic-notice@oaic#0"].met_at == minutes(1)


class TestDrafts:
    """A sending takes from the latest draft of its notice what it does not say itself."""

    def draft(self, at: datetime, kind: str = "notice-drafted", states: tuple[str, ...] = STATED) -> Event:
        return told(kind, at, duties=("client-update",), recipients=("client/acme",), states=states)

    @pytest.mark.parametrize(
        ("drafts", "said", "met"),
        [
            ([(1, "notice-drafted", STATED)], {}, True),
            ([(1, "notice-drafted", ())], {}, False),
            ([(1, "notice-drafted", ())], {"states": STATED}, True),
            ([(1, "notice-drafted", ()), (2, "notice-edited", STATED)], {}, True),
            ([(1, "notice-drafted", STATED), (2, "notice-edited", ())], {}, False),
            ([(1, "notice-drafted", STATED)], {"recipients": ("client/blue",)}, False),
            ([(1, "notice-drafted", STATED)], {"duties": ("internal-alert",)}, False),
        ],
    )
    def test_what_it_leaves_out(
        self, drafts: list[tuple[int, str, tuple[str, ...]]], said: dict[str, tuple[str, ...]], met: bool
    ) -> None:
        """Its own words stand before the draft's, the edited draft before the first."""
        drafted = [self.draft(minutes(count), kind, states) for count, kind, states in drafts]
        story = [*impacted("acme")(T0), *drafted, told("notice-sent", minutes(5), notice="n-1", **said)]
        assert (owed(story, minutes(5))["client-update@client/acme#0"].verdict == "met") is met

    def test_a_sending_without_its_draft_meets_nothing_until_it_comes(self) -> None:
        """The draft that reaches the log late was written before, so the sending counts from when it was sent."""
        orphan = told("notice-sent", minutes(5), notice="n-1")
        story = [*impacted("acme")(T0), orphan]
        assert owed(story, minutes(5))["client-update@client/acme#0"].verdict == "open"
        late = [*story, self.draft(minutes(1))]
        assert owed(late, minutes(5))["client-update@client/acme#0"].met_at == minutes(5)


class TestMarksThatDutiesSet:
    """A duty whose clock starts when another is met opens in the same step."""

    def test_it_opens_with_the_discharge(self) -> None:
        """The second duty runs from the act that met the first, not from when it was recorded."""
        policy = variant(
            ("    starts: breach-confirmed\n    within: 72 hours\n    met_by: {notice: sent}\n    act: tell-oaic\n",
             "    starts: breach-confirmed\n    within: 72 hours\n    met_by: {notice: sent}\n    act: tell-oaic\n    sets: told-oaic\n"),
            ("  closed: {means: the incident was closed,", "  told-oaic: {means: the regulator was told, per: incident}\n  closed: {means: the incident was closed,"),
            ("    starts: {earliest: [recovered, closed]}", "    starts: {earliest: [recovered, closed, told-oaic]}"),
        )  # fmt: skip
        story = [*confirmed(T0), sent("oaic-notice", "oaic", hours(1), recorded_at=hours(9))]
        one = owed(story, hours(1), policy)["postmortem@internal#0"]
        assert (one.mark, one.anchor, one.opened_at) == ("told-oaic", hours(1), hours(1))


class TestEveryDuty:
    """Looking only at the duties an event can touch gives the same as looking at every duty at every step."""

    def agree(self, log: Sequence[Event]) -> None:
        """With every duty visited at every event, each obligation is the same, now and later."""
        moments = [max(event.at for event in log) + timedelta(days=days) for days in (0, 40)]
        quick = [ir.obligations(incident(log), moment) for moment in moments]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(watch.Plan, "touched", lambda plan, *_: set(plan.everything))
            slow = [ir.obligations(incident(log), moment) for moment in moments]
        assert quick == slow

    @settings(max_examples=150)
    @given(log=logs(POLICY, max_size=14))
    def test_on_any_log(self, log: list[Event]) -> None:
        """Whatever happens, nothing that was not looked at would have changed."""
        self.agree(log)

    def test_where_a_fact_is_taken_back_on_which_nothing_rested(self) -> None:
        """An alert that is owed out of scope is not cancelled by whatever fact is taken back."""
        lowered = decided(SEV3, minutes(5), lowering="situation-improved")
        watched = [reported(minutes(count), {"access-log-anomaly": truth}) for count, truth in ((6, YES), (7, NO))]
        story = [*at_level(SEV1)(T0), lowered, *watched]
        self.agree(story)
        assert verdicts(story, "internal-alert", minutes(7)) == {"internal#0": "open"}
