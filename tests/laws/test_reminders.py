"""What a host is told when it wakes: each change by time alone, once, under a key that stays the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import YES, Event
from ir_policy.terms import MICROSECOND
from ir_policy.testing import logs, told
from support_documents import edited, shipped
from support_duties import COMMANDER, POLICY, SEV1, T0, minutes, reported, sent

DOWN: Final = reported(minutes(0), {"streaming-unavailable": YES})
LATER: Final = minutes(60 * 24 * 400)
WORDS: Final = {"opened", "at-risk", "advice-missed", "undetermined", "missed", "lapsed"}


def alert_with(limits: str) -> ir.Policy:
    """The policy with other limits for the alert that opens by itself a quarter of an hour after detection."""
    own = shipped("motion-mavericks.yaml")
    begins = own.index("  unassessed-alert:\n", own.index("\nduties:"))
    rule, rest = own[begins:].split("\n\n", 1)
    given = edited(rule, ("within: 15 minutes", limits))
    if "policy" in limits:  # a reading of ours that adds something only advises
        given = edited(given, ("    reading: unassessed-counts-as-sev1\n", ""))
    if "still-owed" in limits:
        given = edited(given, ("\n    if_missed: lapses", ""))
    return ir.load_policy(f"{own[:begins]}{given}\n\n{rest}")


def incident(*events: Event) -> ir.Incident:
    return ir.replay(POLICY, [told("detected", T0), *events])


def said(asked: ir.Incident, after: datetime, now: datetime, duty: str = "") -> list[tuple[str, str, datetime]]:
    return [(one.obligation, one.kind, one.at) for one in ir.reminders(asked, after, now) if duty in ("", one.duty)]


class TestWhatIsSaid:
    """Design 5.5: what fell in the interval, later than its begin and no later than its end."""

    def test_an_obligation_from_risk_to_missed(self) -> None:
        """To respond within 30 minutes at SEV1: at risk when less than a fifth is left, missed a microsecond after the limit."""
        respond = "respond@internal#0"
        risk, missed = minutes(24) + MICROSECOND, minutes(30) + MICROSECOND
        assert said(incident(DOWN), T0, LATER, "respond") == [(respond, "at-risk", risk), (respond, "missed", missed)]
        assert said(incident(DOWN), T0, risk - MICROSECOND, "respond") == []
        assert said(incident(DOWN), T0, risk, "respond") == [(respond, "at-risk", risk)]
        assert said(incident(DOWN), risk, missed, "respond") == [(respond, "missed", missed)]
        assert said(incident(DOWN), missed, LATER, "respond") == []

    def test_all_of_it(self) -> None:
        """A reminder says whom it is for and which deadline it speaks of."""
        found = next(
            one
            for one in ir.reminders(incident(DOWN), T0, minutes(31))
            if one.key.endswith("missed 2026-03-10T22:30:00.000001Z")
        )
        assert found == ir.Reminder(
            key="inc-1 respond@internal#0 missed 2026-03-10T22:30:00.000001Z", incident="inc-1",
            obligation="respond@internal#0", duty="respond", title=POLICY.duties["respond"].title, recipient="internal",
            owed_by=COMMANDER, kind="missed", at=minutes(30) + MICROSECOND, due=minutes(30),
        )  # fmt: skip

    def test_what_is_settled_is_not_said(self) -> None:
        """Met before anybody woke, nobody is reminded of it, nor that it was late."""
        taken = told("role-taken", minutes(40), role=COMMANDER, person="dana")
        assert said(incident(DOWN, taken), T0, minutes(39), "respond") != []
        assert said(incident(DOWN, taken), T0, minutes(40), "respond") == []

    def test_an_earlier_deadline_is_another_reminder(self) -> None:
        """A raise brings the limit forward: what was said of the old one does not count for the new one."""
        mild = incident(reported(minutes(0), {"performance-degraded": YES}))
        worse = incident(
            reported(minutes(0), {"performance-degraded": YES}),
            told("severity-decided", minutes(5), COMMANDER, severity=SEV1, reason="r"),
        )
        before = {one.key for one in ir.reminders(mild, T0, LATER) if one.duty == "recover"}
        after = {one.key for one in ir.reminders(worse, T0, LATER) if one.duty == "recover"}
        assert len(before) == len(after) == 2
        assert not before & after

    def test_what_opens_by_itself(self) -> None:
        """The alert about what nobody assessed opens a quarter of an hour after detection."""
        opened = [one for one in ir.reminders(incident(), T0, LATER) if one.kind == "opened"]
        assert [(one.duty, one.at) for one in opened] == [("unassessed-alert", minutes(15))]

    @pytest.mark.parametrize(
        ("limits", "expected"),
        [
            ("within: 15 minutes", [("opened", minutes(15))]),
            ("within: 30 minutes", [("opened", minutes(15)), ("at-risk", minutes(24) + MICROSECOND),
                                    ("advice-missed", minutes(30) + MICROSECOND)]),
            ("within: {limit: 15 minutes, basis: policy}", [("missed", minutes(15) + MICROSECOND)]),
            ("within: {limit: 15 minutes, basis: policy}\n    if_missed: still-owed", [("missed", minutes(15) + MICROSECOND)]),
            ("within: {limit: 30 minutes, basis: policy}", [("opened", minutes(15)), ("at-risk", minutes(24) + MICROSECOND),
                                                            ("missed", minutes(30) + MICROSECOND)]),
        ],
        ids=["at-its-deadline", "before-it", "at-a-binding-one", "at-one-still-owed", "before-a-binding-one"],
    )  # fmt: skip
    def test_what_opens_at_its_own_deadline_is_said_once(
        self, limits: str, expected: list[tuple[str, datetime]]
    ) -> None:
        """There is no time between opening and being past: one reminder, by what weighs most. Where there is time, both are said."""
        asked = ir.replay(alert_with(limits), [told("detected", T0)])
        alert = [one for one in ir.reminders(asked, T0, LATER) if one.duty == "unassessed-alert"]
        assert [(one.kind, one.at) for one in alert] == expected
        last = [one for one in ir.reminders(asked, None, LATER) if one.duty == "unassessed-alert"]
        assert last == alert[-1:]
        woken = []
        now: datetime | None = T0
        while now is not None and now < LATER:
            woken += [one for one in ir.reminders(asked, None, now) if one.duty == "unassessed-alert"]
            now = ir.next_wakeup(asked, now)
        assert list(dict.fromkeys(woken)) == alert

    def test_backwards_nothing_fell(self) -> None:
        """A clock that was set back asks for nothing, and loses nothing."""
        assert ir.reminders(incident(DOWN), minutes(30), minutes(20)) == ()
        assert ir.reminders(incident(DOWN), minutes(20), minutes(20)) == ()

    def test_where_each_stands(self) -> None:
        """Without a begin: the last change of each, so that what was overdue when it became known is said as well."""
        found = told(
            "breach-finding", minutes(60 * 24 * 9), "security-specialist", finding="confirmed", since=minutes(0)
        )
        late = incident(found)
        overdue = [one for one in ir.reminders(late, None, found.at) if one.kind == "missed"]
        assert overdue
        assert all(one.at < found.at for one in overdue)
        assert {one.key for one in overdue} <= {one.key for one in ir.reminders(late, T0 - timedelta(days=1), found.at)}
        assert len({one.obligation for one in ir.reminders(late, None, found.at)}) == len(
            ir.reminders(late, None, found.at)
        )

    @pytest.mark.parametrize("slip", ["2026-03-11", 5, T0.replace(tzinfo=None)])
    def test_slips(self, slip: object) -> None:
        """An instant is one, on both sides."""
        with pytest.raises(ir.QuestionInvalid):
            ir.reminders(incident(DOWN), slip, minutes(5))
        with pytest.raises(ir.QuestionInvalid):
            ir.reminders(incident(DOWN), minutes(5), slip)


class TestNothingIsLost:
    """However a host sleeps and wakes, it hears the same."""

    @settings(max_examples=60)
    @given(log=logs(POLICY), data=st.data())
    def test_split_anywhere(self, log: list[Event], data: st.DataObject) -> None:
        """Two stretches that meet say together what one says, each change once; only what was settled in between is said more."""
        asked = ir.replay(POLICY, log)
        last = max(event.at for event in log)
        middle = last + data.draw(
            st.sampled_from([timedelta(0), timedelta(minutes=11), timedelta(hours=5), timedelta(days=9)])
        )
        whole = ir.reminders(asked, T0 - timedelta(days=3000), LATER + timedelta(days=4000))
        first, second = (
            ir.reminders(asked, T0 - timedelta(days=3000), middle),
            ir.reminders(asked, middle, LATER + timedelta(days=4000)),
        )
        assert first + second == whole
        assert len({one.key for one in whole}) == len(whole)
        assert {one.kind for one in whole} <= WORDS

    @settings(max_examples=60)
    @given(log=logs(POLICY))
    def test_each_is_a_change_one_wakes_for(self, log: list[Event]) -> None:
        """Every reminder falls on a wake-up, and every wake-up after the last event brings one at least, unless something opened
        in the instant before it."""
        asked = ir.replay(POLICY, log)
        last = max(event.at for event in log)
        wakes, wake = [], ir.next_wakeup(asked, last)
        while wake is not None:
            wakes.append(wake)
            wake = ir.next_wakeup(asked, wake)
        reminded = ir.reminders(asked, last, LATER + timedelta(days=4000))
        instants = {one.at for one in reminded}
        assert instants <= set(wakes)
        opened = {one.at for one in reminded if one.kind == "opened"}
        assert [wake for wake in wakes if wake not in instants and wake - MICROSECOND not in opened] == []


def test_the_message_met_it() -> None:
    """A client told in time is spoken of no more, the other one is."""
    clients = reported(minutes(0), {"streaming-unavailable": YES, "client/acme": YES, "client/blue": YES})
    update = sent("client-update", "client/acme", minutes(30))
    late = [
        one.recipient
        for one in ir.reminders(incident(clients, update), T0, LATER)
        if (one.duty, one.kind) == ("client-update", "missed")
    ]
    assert "client/blue" in late
