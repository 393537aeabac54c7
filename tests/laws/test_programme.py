"""The laws of the programme: what is practised in every calendar period, what is kept ready, which actions stay owed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy.testing import told
from support_programme import (
    ALL_THREE,
    MICROSECOND,
    POLICY,
    action,
    after,
    attested,
    held,
    local,
    one,
    opened,
    opening,
    stories,
    verdicts,
    whole,
)

LATER = local(2026, 2, 24)


class TestTabletop:
    """drills/tabletop: every calendar quarter covers all three scenarios, in one session or in several."""

    def test_one_obligation_for_each_quarter(self) -> None:
        owed = [o for o in ir.obligations(opened(), LATER) if o.duty == "tabletop"]
        assert [(o.key, o.period, o.due, o.due_kind, o.boundary, o.owed_by, o.basis) for o in owed] == [
            (f"tabletop@internal#{n}", n, end, "period-end", "exclusive", "incident-commander", "policy")
            for n, end in enumerate([local(2025, 4), local(2025, 7), local(2025, 10), local(2026, 1), local(2026, 4)])
        ]

    def test_in_several_sessions(self) -> None:
        """Met when the last of the three is covered."""
        programme = after(opened(), held("tabletop", local(2025, 2), *ALL_THREE[:2]))
        assert one(programme, "tabletop@internal#0", local(2025, 2, 2)).verdict == "open"
        programme = after(programme, held("tabletop", local(2025, 3), ALL_THREE[2]))
        assert one(programme, "tabletop@internal#0", LATER).met_at == local(2025, 3)
        assert verdicts(programme, "tabletop", LATER) == ["met", "missed", "missed", "missed", "open"]

    def test_what_is_missing_is_listed(self) -> None:
        programme = after(opened(), held("tabletop", local(2025, 2), *ALL_THREE[:2]))
        periods = next(one for one in ir.drills(programme, LATER).exercises if one.id == "tabletop").periods
        assert (periods[0].covered, periods[0].missing, periods[0].verdict) == (
            ("neon-outage", "share-token-leak"), ("mux-drm-incident",), "missed",
        )  # fmt: skip

    @pytest.mark.parametrize("end", [local(2025, 4), local(2025, 7), local(2025, 10), local(2026, 1)])
    def test_to_the_microsecond(self, end: datetime) -> None:
        """Until the last microsecond of the quarter in Sydney, with and without daylight saving; then it is the next one's."""
        start = end - timedelta(days=40)
        for at, found in ((end - MICROSECOND, ["met", "missed"]), (end, ["missed", "met"])):
            programme = after(opened(start), held("tabletop", at, *ALL_THREE))
            assert verdicts(programme, "tabletop", end + timedelta(days=200))[:2] == found
        empty = opened(start)
        assert one(empty, "tabletop@internal#0", end - MICROSECOND).verdict == "at-risk"
        missed = one(empty, "tabletop@internal#0", end)
        assert (missed.verdict, missed.status, missed.breach) == ("missed", "lapsed", ir.Breach(end, end, "deadline"))

    def test_a_later_session_repairs_nothing(self) -> None:
        programme = after(
            opened(), held("tabletop", local(2025, 4), *ALL_THREE), held("tabletop", local(2025, 5), *ALL_THREE)
        )
        assert verdicts(programme, "tabletop", local(2025, 6)) == ["missed", "met"]

    def test_recorded_late_it_still_counts(self) -> None:
        """What counts is when it was held; the step says that a conclusion is drawn anew."""
        programme = after(opened(), held("tabletop", local(2025, 8), *ALL_THREE))
        step = ir.record(programme, held("tabletop", local(2025, 3), *ALL_THREE, recorded_at=local(2025, 8, 2)))
        assert (step.late, step.discharged) == (True, ("tabletop@internal#0",))
        assert [(c.what, c.before[:6], c.after[:3]) for c in step.corrections] == [
            ("tabletop@internal#0", "missed", "met")
        ]
        assert ir.corrections(step.programme) == step.corrections
        assert verdicts(step.programme, "tabletop", local(2025, 8, 3)) == ["met", "missed", "met"]

    def test_before_the_opening_in_the_same_quarter(self) -> None:
        """The first quarter is owed in full, and what was held in it before the opening counts; an earlier one does not."""
        programme = opened(local(2025, 2, 10))
        assert one(programme, "tabletop@internal#0", local(2025, 2, 10)).due == local(2025, 4)
        early = after(programme, held("tabletop", local(2025, 1), *ALL_THREE))
        assert verdicts(early, "tabletop", local(2025, 5)) == ["met", "open"]
        earlier = after(programme, held("tabletop", local(2025, 1) - MICROSECOND, *ALL_THREE))
        assert verdicts(earlier, "tabletop", local(2025, 5)) == ["missed", "open"]

    def test_a_month_alone_is_enough_where_it_lies_in_the_quarter(self) -> None:
        sure = held("tabletop", local(2025, 3).astimezone(local_zone(3)), *ALL_THREE, precision="month")
        assert verdicts(after(opened(), sure), "tabletop", local(2025, 5)) == ["met", "open"]

    def test_where_the_record_does_not_say(self) -> None:
        """31 March by the clock of UTC ends in the second quarter of Sydney: either quarter may have had it."""
        day = held("tabletop", datetime(2025, 3, 31, tzinfo=timezone.utc), *ALL_THREE, precision="day")
        programme = after(opened(), day)
        assert verdicts(programme, "tabletop", local(2025, 4) - MICROSECOND)[0] == "at-risk"
        assert verdicts(programme, "tabletop", local(2025, 8)) == ["undetermined", "undetermined", "open"]
        assert [o.breach for o in ir.obligations(programme, local(2025, 8)) if o.duty == "tabletop"] == [None] * 3
        certain = after(programme, held("tabletop", local(2025, 6), *ALL_THREE))
        assert verdicts(certain, "tabletop", local(2025, 8)) == ["undetermined", "met", "open"]


def local_zone(month: int) -> timezone:
    return timezone(timedelta(hours=11 if month in (1, 2, 3, 11, 12) else 10))


class TestRecoveryDrill:
    """drills/recovery-drill: a full recovery drill in every half-year."""

    def test_half_years(self) -> None:
        programme = after(opened(), held("recovery-drill", local(2025, 7) - MICROSECOND))
        owed = [o for o in ir.obligations(programme, LATER) if o.duty == "recovery-drill"]
        assert [(o.due, o.verdict) for o in owed] == [
            (local(2025, 7), "met"), (local(2026, 1), "missed"), (local(2026, 7), "open"),
        ]  # fmt: skip


class TestActionReview:
    """drills/action-review: every month, also when nothing is open; a record that says so meets it."""

    def test_months(self) -> None:
        programme = opened(local(2025, 1, 31, 23, 59))
        owed = [o.due for o in ir.obligations(programme, LATER) if o.duty == "action-review"]
        assert owed == [*(local(2025, month) for month in range(2, 13)), *(local(2026, month) for month in (1, 2, 3))]

    def test_a_review_is_no_drill(self) -> None:
        """A session said by the other kind of event meets nothing; who asks first is told."""
        wrong = told("drill-held", local(2025, 1, 20), programme="drills", drill="action-review")
        with pytest.raises(ir.EventInvalid, match="write 'review-held'"):
            ir.check(opened(), wrong)
        assert verdicts(after(opened(), wrong), "action-review", local(2025, 2)) == ["missed", "open"]
        assert verdicts(after(opened(), held("action-review", local(2025, 1, 20))), "action-review", local(2025, 2)) == [
            "met", "open",
        ]  # fmt: skip


class TestReadiness:
    """assumptions: a word that something is still so is good for 90 days; too old a word is shown, and is no breach."""

    def test_never_given(self) -> None:
        found = one(opened(), "on-call-configured@internal#0", LATER)
        assert (found.due, found.basis, found.status, found.verdict, found.breach, found.mark) == (
            local(2025, 4, 2), "advisory", "active", "open", None, "programme-opened",
        )  # fmt: skip
        assert found.overdue_by(LATER) == LATER - local(2025, 4, 2)

    def test_given_again_it_starts_anew(self) -> None:
        programme = after(opened(), attested("on-call-configured", local(2025, 3, 1, 15)))
        first, second = (
            one(programme, f"on-call-configured@internal#{n}", local(2025, 5, 30) + timedelta(hours=23)) for n in (0, 1)
        )
        assert (first.verdict, first.met_at, second.due, second.status) == (
            "met", local(2025, 3, 1, 15), local(2025, 5, 31), "active",
        )  # fmt: skip
        assert second.overdue_by(local(2025, 5, 31) - MICROSECOND) is None
        assert second.overdue_by(local(2025, 5, 31)) == timedelta(0)

    def test_its_age_is_in_civil_days(self) -> None:
        programme = after(opened(), attested("contact-lists-current", local(2025, 1, 20, 23, 59)))
        shown = {kept.id: kept for kept in ir.drills(programme, local(2026, 2, 20)).kept}
        assert (shown["contact-lists-current"].age, shown["contact-lists-current"].overdue) == (396, True)
        assert ir.drills(programme, local(2026, 2, 20)).past_advice == (
            "contact-lists-current@internal#1", "on-call-configured@internal#0",
        )  # fmt: skip

    def test_before_the_opening(self) -> None:
        """A word given before the opening is the one that counts from there."""
        programme = after(opened(local(2025, 3)), attested("on-call-configured", local(2025, 2)))
        assert one(programme, "on-call-configured@internal#0", LATER).due == local(2025, 5, 3)


class TestActions:
    """drills/action-review: an action is owed by its owner until the instant it gives, whatever becomes of the incident."""

    def test_its_life(self) -> None:
        due = local(2025, 4, 1, 17)
        programme = after(opened(), action("a-1", local(2025, 3), due, incident="inc-7"))
        found = one(programme, "action-item@internal#0", due)
        assert (found.owed_by, found.item, found.due, found.verdict) == ("kim", "a-1", due, "at-risk")
        assert one(programme, "action-item@internal#0", due + MICROSECOND).verdict == "missed"
        assert [(a.action, a.owner, a.incident, a.age) for a in ir.drills(programme, due).actions] == [
            ("a-1", "kim", "inc-7", 31)
        ]
        closed = after(programme, action("a-1", local(2025, 4, 2)))
        assert one(closed, "action-item@internal#0", LATER).verdict == "met-late"
        assert ir.drills(closed, LATER).actions == ()

    def test_asked_for_again_it_only_comes_earlier(self) -> None:
        programme = after(opened(), action("a-1", local(2025, 3), local(2025, 4)))
        later = ir.record(programme, action("a-1", local(2025, 3, 2), local(2025, 5), owner="lee"))
        assert (later.tightened, one(later.programme, "action-item@internal#0", LATER).due) == ((), local(2025, 4))
        sooner = ir.record(programme, action("a-1", local(2025, 3, 2), local(2025, 3, 20)))
        assert (sooner.tightened, one(sooner.programme, "action-item@internal#0", LATER).due) == (
            ("action-item@internal#0",), local(2025, 3, 20),
        )  # fmt: skip

    def test_only_an_open_one_is_closed(self) -> None:
        programme = after(opened(), action("a-1", local(2025, 3), local(2025, 4)))
        close = action("a-9", local(2025, 3, 2))
        (refusal,) = ir.check(programme, close)
        assert (refusal.rule, refusal.clause) == ("open-actions", "drills/action-review")
        assert refusal.missing == ("an open action; 'a-9' is none; did you mean 'a-1'?",)
        with pytest.raises(ir.Refused):
            ir.apply(programme, close)
        step = ir.record(programme, close)
        assert [(v.rule, v.event, v.void) for v in step.violations] == [("open-actions", close.id, True)]
        mended = ir.record(step.programme, action("a-9", local(2025, 3, 1, 9), local(2025, 4)))
        assert mended.programme.violations == ()
        assert one(mended.programme, "action-item@internal#1", LATER).verdict == "met"

    def test_its_reminders_outlive_the_incident(self) -> None:
        """The incident is closed; what it left to do is still said when it falls due."""
        programme = after(opened(), action("a-1", local(2025, 3), local(2025, 6), incident="inc-7"))
        said = ir.reminders(programme, local(2025, 5, 31), local(2025, 6, 2))
        assert [(r.kind, r.at, r.owed_by, r.programme, r.incident) for r in said if r.duty == "action-item"] == [
            ("missed", local(2025, 6) + MICROSECOND, "kim", "drills", ""),
        ]  # fmt: skip


class TestWords:
    """A slip of the pen is told with the nearest word; what happened is kept, and counts for nothing."""

    @pytest.mark.parametrize(
        ("event", "said"),
        [
            (held("tabeltop", local(2025, 2)), "drill: unknown exercise 'tabeltop'; did you mean 'tabletop'?"),
            (held("tabletop", local(2025, 2), "neon-outages"), "covers: unknown scenario 'neon-outages'; did you mean 'neon-outage'?"),
            (held("recovery-drill", local(2025, 2), "neon-outage"), "covers: unknown scenario 'neon-outage'; it covers none; leave it out"),
            (attested("on-call", local(2025, 2)), "duty: unknown assumption 'on-call'"),
        ],
    )  # fmt: skip
    def test_each(self, event: ir.Event, said: str) -> None:
        with pytest.raises(ir.EventInvalid) as error:
            ir.check(opened(), event)
        assert str(error.value) == said
        step = ir.record(opened(), event)
        assert step.suggested[0] == f"recorded, but {said}"
        assert step.discharged == (("recovery-drill@internal#0",) if "covers none" in said else ())


class TestOneStream:
    """The log of a programme is read, written, chained and replayed as that of an incident, and the two do not mix."""

    def test_there_and_back(self) -> None:
        programme = after(
            opened(),
            held("tabletop", local(2025, 2), *ALL_THREE),
            action("a-1", local(2025, 3), local(2025, 4), incident="inc-7"),
        )
        log = ir.read_log(ir.write_log(programme.log, programme.pin))
        assert ir.replay(POLICY, log, stream=ir.Programme) == programme
        with pytest.raises(ir.LogInvalid, match="log of another kind"):
            ir.replay(POLICY, log, stream=ir.Incident)

    def test_chained(self) -> None:
        step = ir.open_programme(POLICY, opening(local(2025, 1)), salt="0" * 32)
        lines = [step.programme.header, step.line]
        step = ir.apply(step.programme, held("tabletop", local(2025, 2), *ALL_THREE), salt="1" * 32)
        log = ir.read_log([*lines, step.line], head=step.programme.head)
        assert ir.replay(POLICY, log, stream=ir.Programme) == step.programme

    def test_mixed(self) -> None:
        lines = ir.write_log([opening(local(2025, 1)), told("note", local(2025, 1), incident="drills")])
        with pytest.raises(ir.LogInvalid) as error:
            ir.read_log(lines)
        assert (error.value.index, error.value.why) == (
            1, "this event belongs to incident 'drills', the lines before to programme 'drills'",
        )  # fmt: skip
        with pytest.raises(ir.EventInvalid, match="incident 'drills' is not this one, programme 'drills'"):
            ir.check(opened(), told("note", local(2025, 1), incident="drills"))

    def test_one_stream_is_said(self) -> None:
        with pytest.raises(ir.EventInvalid, match="belongs to an incident or to a programme"):
            ir.Note(incident="i", programme="p", at=local(2025, 1), by="a", text="t")
        with pytest.raises(ir.EventInvalid, match="must say programme"):
            ir.ProgrammeOpened(at=local(2025, 1), by="a")
        with pytest.raises(ir.EventInvalid, match="has no field of that name"):
            ir.ProgrammeOpened(programme="p", incident="i", at=local(2025, 1), by="a")

    def test_same_id(self) -> None:
        programme = after(opened(), held("tabletop", local(2025, 2), id="s-1"))
        assert ir.record(programme, held("tabletop", local(2025, 2), id="s-1")).known
        with pytest.raises(ir.EventInvalid, match="with other content"):
            ir.record(programme, held("tabletop", local(2025, 3), id="s-1"))

    def test_nothing_opened_it(self) -> None:
        with pytest.raises(ir.LogInvalid, match="nothing opened this programme"):
            ir.replay(POLICY, [held("tabletop", local(2025, 2))])


class TestCorrections:
    """log/corrections: what was recorded wrongly is mended with evidence, and the log keeps both."""

    def test_the_day_of_a_session(self) -> None:
        programme = after(opened(), held("tabletop", local(2025, 4, 2), *ALL_THREE, id="s-1"))
        mend = told(
            "corrected", local(2025, 4, 5), programme="drills", event="s-1", fields={"at": "2025-03-30T00:00:00Z"}
        )
        step = ir.record(programme, mend)
        assert verdicts(step.programme, "tabletop", local(2025, 5)) == ["met", "open"]
        assert {c.what for c in step.corrections} == {"tabletop@internal#0", "tabletop@internal#1"}
        nothing = told("corrected", local(2025, 4, 5), programme="drills", event="s-2", fields={"by": "x"})
        assert [refusal.rule for refusal in ir.check(programme, nothing)] == ["corrections"]


class TestTheWhole:
    """What holds of any log of a programme."""

    @given(stories(), st.randoms())
    @settings(max_examples=120)
    def test_replay_is_record_in_any_order(self, story: list[ir.Event], random: object) -> None:
        """One by one or at once, and as it was recorded in whatever order; only a correction must come after what it mends."""
        asked = [local(2025, 1), local(2025, 7), local(2025, 7) - MICROSECOND, local(2026, 3, 3)]
        programme = after(ir.open_programme(POLICY, opening(story[0].at, id="opening")).programme, *story[1:])
        assert whole(ir.replay(POLICY, story, stream=ir.Programme), asked) == whole(programme, asked)
        plain = [event for event in story if not isinstance(event, ir.Corrected)]
        shuffled = list(plain)
        random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
        if len({(event.at, event.recorded_at or event.at) for event in plain}) == len(plain):
            one, other = (ir.replay(POLICY, events, stream=ir.Programme) for events in (plain, shuffled))
            assert whole(one, asked) == whole(other, asked)

    @given(stories(), st.integers(0, 400 * 24 * 60), st.floats(0, 1))
    @settings(max_examples=150)
    def test_nothing_changes_between_two_wakeups(self, story: list[ir.Event], minutes: int, share: float) -> None:
        programme = ir.replay(POLICY, story, stream=ir.Programme)
        now = local(2025, 1) + timedelta(minutes=minutes)
        wake = ir.next_wakeup(programme, now)
        assert wake is not None
        assert wake > now
        between = now + (wake - MICROSECOND - now) * share
        assert labels(programme, between) == labels(programme, now)
        assert labels(programme, wake - MICROSECOND) == labels(programme, now)
        assert ir.reminders(programme, now, wake - MICROSECOND) == ()

    @given(stories(6))
    @settings(max_examples=60)
    def test_reminders_are_the_changes(self, story: list[ir.Event]) -> None:
        """Asked in one go or bit by bit, the same reminders come, each once."""
        programme = ir.replay(POLICY, story, stream=ir.Programme)
        end = max(event.at for event in story) + timedelta(days=200)
        steps = [end - timedelta(days=200) + timedelta(days=40 * n) for n in range(6)]
        bits = [key.key for a, b in pairwise(steps) for key in ir.reminders(programme, a, b)]
        assert bits == [key.key for key in ir.reminders(programme, steps[0], end)]
        assert len(set(bits)) == len(bits)


def labels(programme: ir.Programme, now: datetime) -> list[tuple[str, str, str, bool]]:
    """Everything an obligation shows that time alone may change."""
    return [(o.key, o.status, o.verdict, o.overdue_by(now) is not None) for o in ir.obligations(programme, now)]
