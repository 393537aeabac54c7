"""What is owed around the end of an incident: evidence, the resolution message, promised updates, follow-up actions."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ir_policy import NO, YES, Breach, Event, Obligation
from ir_policy.duties.entries import Attempt
from ir_policy.terms import MICROSECOND, OUTCOMES
from ir_policy.testing import told
from support_closing import done, ended
from support_duties import (
    SEV1,
    T0,
    closed,
    detected,
    hours,
    impacted,
    keys,
    minutes,
    owed,
    reopened,
    reported,
    restores,
    sent,
    supports,
    variant,
    verdicts,
)

FAR: Final = T0 + timedelta(days=90)


def standing(one: Obligation) -> dict[str, object]:
    """How it stands: what is due, whether it was kept, and since when."""
    return {
        "status": one.status, "verdict": one.verdict, "due": one.due, "breach": one.breach, "met_at": one.met_at,
        "late_by": one.late_by,
    }  # fmt: skip


def rule(one: Obligation) -> dict[str, object]:
    """What is owed, by whom, from where: all that no later event changes."""
    return {
        "key": one.key, "clause": one.clause, "basis": one.basis, "reading": one.reading, "owed_by": one.owed_by,
        "mark": one.mark, "anchor": one.anchor, "opened_at": one.opened_at, "limit": one.limit,
        "due_kind": one.due_kind, "item": one.item, "document": one.document,
    }  # fmt: skip


OPEN: Final = {"status": "active", "verdict": "open", "due": None, "breach": None, "met_at": None, "late_by": None}


class TestComplianceEvidence:
    """The evidence of the compliance checklist is brought up to date before the incident is closed."""

    KEY: Final = "compliance-evidence@internal#0"
    UPDATED: Final = "checklist-updated"

    def at(self, now: datetime, *story: Event) -> dict[str, object]:
        return standing(owed([detected(), *story], now)[self.KEY])

    def test_it_is_owed_from_detection(self) -> None:
        """By security, in every incident that is real; it has no instant until somebody closes."""
        assert rule(owed([detected()], T0)[self.KEY]) == {
            "key": self.KEY, "clause": "privacy-integration/compliance-evidence", "basis": "policy",
            "reading": "all-reasons-at-once", "owed_by": "security-lead", "mark": "detected", "anchor": T0,
            "opened_at": T0, "limit": "before closed", "due_kind": "before-close", "item": "",
            "document": "motion-mavericks",
        }  # fmt: skip
        assert self.at(FAR) == OPEN

    def test_a_drill_owes_none(self) -> None:
        """What is practised leaves no evidence."""
        assert keys([detected(drill=True)], "compliance-evidence") == []

    def test_brought_up_to_date_before_closing_it_is_met(self) -> None:
        """However long before, and also at its very instant where the record has it first."""
        for moment in (minutes(1), hours(5)):
            story = (done(self.UPDATED, moment), closed(hours(5)))
            assert self.at(FAR, *story) == {**OPEN, "status": "discharged", "verdict": "met", "met_at": moment}

    def test_not_brought_up_to_date_it_is_missed_by_the_closing(self) -> None:
        """The closing itself is too late, and so is every instant after it; it is still owed."""
        breach = Breach(hours(5), hours(5), "deadline")
        missed = {**OPEN, "verdict": "missed", "due": hours(5), "breach": breach}
        assert self.at(hours(5) - MICROSECOND, closed(hours(5))) == OPEN
        assert self.at(hours(5), closed(hours(5))) == missed
        assert self.at(FAR, closed(hours(5))) == missed
        for late in (timedelta(0), MICROSECOND, timedelta(days=2)):
            story = (closed(hours(5)), done(self.UPDATED, hours(5) + late))
            assert self.at(FAR, *story) == {
                **missed, "status": "discharged", "verdict": "met-late", "met_at": hours(5) + late, "late_by": late,
            }  # fmt: skip

    def test_its_boundary_is_the_closing_itself(self) -> None:
        """Exclusively: it had to come before."""
        one = owed([detected(), closed(hours(5))], hours(5))[self.KEY]
        assert (one.boundary, one.binding, one.due_kind) == ("exclusive", hours(5), "before-close")

    def test_a_closing_known_to_the_day_leaves_it_open_whether_it_came_before(self) -> None:
        """On that day the record does not say; on the next it is missed for certain."""
        midnight, next_day = hours(15), hours(39)
        # A day is a day of some place: midnight in Sydney keeps its offset.
        vague = ended(midnight.astimezone(timezone(timedelta(hours=11))), precision="day")
        assert vague.latest == next_day - MICROSECOND
        assert self.at(midnight, vague)["verdict"] == "undetermined"
        assert self.at(next_day - 2 * MICROSECOND, vague)["verdict"] == "undetermined"
        assert self.at(next_day, vague)["verdict"] == "missed"
        on_that_day = self.at(FAR, vague, done(self.UPDATED, hours(20)))
        assert (on_that_day["verdict"], on_that_day["breach"]) == ("undetermined", None)

    def test_opened_after_closing_it_is_overdue_from_birth(self) -> None:
        """What was taken for a drill, closed, and turns out to be real has missed it."""
        story = [detected(drill=True), closed(hours(1)), told("detected", hours(2))]
        one = owed(story, hours(2))[self.KEY]
        assert (one.opened_at, one.due, one.breach) == (hours(2), hours(1), Breach(hours(1), hours(2), "born-overdue"))

    def test_a_void_closing_misses_nothing(self) -> None:
        """Closed by somebody without the power it goes on."""
        assert self.at(FAR, ended(hours(5), by="alex")) == OPEN

    def test_each_episode_has_its_own(self) -> None:
        """Reopened it is owed again; what the last one missed stays missed."""
        story = [detected(), closed(hours(1)), reopened(hours(2)), done(self.UPDATED, hours(3)), closed(hours(4))]
        assert verdicts(story, "compliance-evidence", FAR) == {"internal#0": "met-late", "internal#1": "met"}

    def test_counted_once_for_the_incident_the_first_closing_counts(self) -> None:
        """Another closing moves no due."""
        policy = variant(
            ("    within: before closed\n", "    within: before closed\n    per: incident\n"),
        )
        story = [detected(), closed(hours(1)), reopened(hours(2)), closed(hours(3))]
        (one,) = [one for one in owed(story, FAR, policy).values() if one.duty == "compliance-evidence"]
        assert (one.key, one.due, one.breach) == (self.KEY, hours(1), Breach(hours(1), hours(1), "deadline"))


class TestResolutionMessage:
    """Once it is resolved, everybody an update was owed to hears so, with a summary of what was done."""

    RESTORED: Final = restores(minutes(30))
    STORY: Final = (*impacted("acme", "blue")(T0), RESTORED)

    def message(self, client: str, at: datetime, states: tuple[str, ...] = ("action-summary",)) -> Event:
        return sent("resolution-message", f"client/{client}", at, states=states)

    def test_it_is_owed_from_recovery(self) -> None:
        """To each client an update was owed to, as soon as practicable: it has no instant and is never missed."""
        assert keys(self.STORY[:-1], "resolution-message") == []
        assert keys(self.STORY, "resolution-message") == ["client/acme#0", "client/blue#0"]
        one = owed(self.STORY, minutes(30))["resolution-message@client/acme#0"]
        assert rule(one) == {
            "key": "resolution-message@client/acme#0", "clause": "response-phases/recover", "basis": "policy",
            "reading": "one-update-then-the-resolution", "owed_by": "comms-lead", "mark": "recovered",
            "anchor": minutes(30), "opened_at": minutes(30), "limit": "as soon as practicable",
            "due_kind": "as-soon-as-practicable", "item": "", "document": "motion-mavericks",
        }  # fmt: skip
        assert standing(owed(self.STORY, FAR)["resolution-message@client/acme#0"]) == OPEN

    def test_it_says_what_was_done(self) -> None:
        """Without the summary it is an attempt; an update is no resolution message."""
        empty = self.message("acme", minutes(40), states=("share-link-status",))
        update = sent("client-update", "client/acme", minutes(41), states=("action-summary",))
        one = owed([*self.STORY, empty, update], minutes(41))["resolution-message@client/acme#0"]
        assert standing(one) == OPEN
        assert one.attempts == (Attempt(empty.id, minutes(40), ("action-summary",)),)
        met = owed([*self.STORY, self.message("acme", minutes(42))], FAR)["resolution-message@client/acme#0"]
        assert standing(met) == {**OPEN, "status": "discharged", "verdict": "met", "met_at": minutes(42)}

    def test_told_or_not_an_update_was_owed(self) -> None:
        """Who was updated hears the end, and so does who should have been, in the next episode too only if owed there."""
        updated = sent("client-update", "client/acme", minutes(5))
        lapsed = [*self.STORY[:-1], updated, closed(hours(3)), restores(hours(4))]
        assert keys(lapsed, "resolution-message") == ["client/acme#0", "client/blue#0"]
        again = [*self.STORY[:-1], closed(hours(1)), reopened(hours(2)), supports(SEV1, hours(2), NO)]
        gone = reported(hours(2), {"client/acme": NO, "client/blue": NO, "clients-impacted": NO})
        assert keys([*again, gone, restores(hours(3))], "resolution-message") == []

    def test_nobody_impacted_nobody_told(self) -> None:
        """Below the two worst levels, and without clients, there was no update."""
        assert keys([detected(), supports(SEV1, T0), self.RESTORED], "resolution-message") == []
        mild = [detected(), reported(T0, {"partial-outage": YES, "client/acme": YES}), self.RESTORED]
        assert keys(mild, "resolution-message") == []

    def test_a_client_taken_back_is_let_go(self) -> None:
        """The update falls away, and the message with it; back again, it is owed again."""
        back = reported(minutes(35), {"client/blue": NO})
        again = reported(minutes(50), {"client/blue": YES})
        found = [verdicts([*self.STORY, *more], "resolution-message", FAR) for more in ((back,), (back, again))]
        assert found == [
            {"client/acme#0": "open", "client/blue#0": "cancelled"},
            {"client/acme#0": "open", "client/blue#0": "open"},
        ]

    def test_one_that_was_missed_or_promised_still_hears(self) -> None:
        """Taken back too late, or after a promise, the update stays, and so does the message."""
        late = reported(hours(2), {"client/blue": NO})
        assert verdicts([*self.STORY, late], "resolution-message", FAR)["client/blue#0"] == "open"
        promised = sent("internal-alert", "client/blue", minutes(32), next_update_by=hours(9))
        back = reported(minutes(35), {"client/blue": NO})
        assert verdicts([*self.STORY, promised, back], "resolution-message", FAR)["client/blue#0"] == "open"


class TestResolutionMessageHandOver:
    """While clients are impacted and unnamed the message is owed to whoever they are; the first named take it over."""

    STORY: Final = (*impacted()(T0), restores(minutes(30)))
    NAMED: Final = reported(minutes(40), {"client/blue": YES, "client/acme": YES})

    def test_unnamed_it_is_owed_all_the_same(self) -> None:
        """To those the update is owed to."""
        assert verdicts(self.STORY, "resolution-message", minutes(30)) == {"client/unspecified#0": "open"}

    def test_the_first_named_take_it_over(self) -> None:
        """From recovery on, whenever they were named."""
        found = owed([*self.STORY, self.NAMED], minutes(40))
        assert verdicts([*self.STORY, self.NAMED], "resolution-message", minutes(40)) == {
            "client/acme#0": "open", "client/blue#0": "open", "client/unspecified#0": "cancelled",
        }  # fmt: skip
        anchors = {key: one.anchor for key, one in found.items() if one.duty == "resolution-message"}
        assert set(anchors.values()) == {minutes(30)}

    def test_who_was_told_without_a_name_was_told(self) -> None:
        """An update sent to nobody in particular was an update: the message is owed there, and to the named."""
        update = sent("client-update", "client/unspecified", minutes(10))
        assert verdicts([*self.STORY, update, self.NAMED], "resolution-message", minutes(40)) == {
            "client/acme#0": "open", "client/blue#0": "open", "client/unspecified#0": "open",
        }  # fmt: skip

    def test_sent_before_names_are_known_it_is_met(self) -> None:
        """What is met is not handed over, and the named hear for themselves."""
        message = sent("resolution-message", "client/unspecified", minutes(35), states=("action-summary",))
        assert verdicts([*self.STORY, message, self.NAMED], "resolution-message", minutes(40)) == {
            "client/acme#0": "open", "client/blue#0": "open", "client/unspecified#0": "met",
        }  # fmt: skip


class TestNextUpdate:
    """Who was promised an update by an instant hears again by then, whatever it is about."""

    def promise(self, at: datetime, until: datetime, *to: str, **said: object) -> Event:
        return told("notice-sent", at, duties=("internal-alert",), recipients=to or ("client/acme",),
                    next_update_by=until, **said)  # fmt: skip

    def any_word(self, at: datetime, to: str = "client/acme") -> Event:
        return told("notice-sent", at, duties=("oaic-notice",), recipients=(to,))

    def test_it_is_owed_to_everybody_told(self) -> None:
        """By the instant that was promised, to each recipient of that sending."""
        story = [detected(), self.promise(minutes(5), hours(1), "client/acme", "internal")]
        assert keys(story, "next-update") == ["client/acme#0", "internal#0"]
        one = owed(story, minutes(5))["next-update@client/acme#0"]
        assert rule(one) == {
            "key": "next-update@client/acme#0", "clause": "comms-cadence/client-updates", "basis": "policy",
            "reading": "one-update-then-the-resolution", "owed_by": "comms-lead", "mark": "notice-promised",
            "anchor": minutes(5), "opened_at": minutes(5), "limit": "given by the event", "due_kind": "given",
            "item": "", "document": "motion-mavericks",
        }  # fmt: skip
        assert (one.boundary, one.binding) == ("inclusive", hours(1))
        assert standing(one) == {**OPEN, "due": hours(1)}

    @pytest.mark.parametrize("late", [-MICROSECOND, timedelta(0), MICROSECOND])
    def test_at_the_instant_promised_it_is_in_time(self, late: timedelta) -> None:
        """Any word to them counts; a microsecond later it was missed."""
        story = [detected(), self.promise(minutes(5), hours(1)), self.any_word(hours(1) + late)]
        breach = Breach(hours(1), hours(1) + MICROSECOND, "deadline") if late > timedelta(0) else None
        assert standing(owed(story, FAR)["next-update@client/acme#0"]) == {
            "status": "discharged", "verdict": "met-late" if breach else "met", "due": hours(1), "breach": breach,
            "met_at": hours(1) + late, "late_by": late if breach else None,
        }  # fmt: skip

    def test_a_word_to_others_keeps_no_promise(self) -> None:
        """Nor does a draft; silence past the instant is a breach."""
        draft = told("notice-drafted", minutes(20), duties=("internal-alert",), recipients=("client/acme",))
        story = [detected(), self.promise(minutes(5), hours(1)), self.any_word(minutes(20), "client/blue"), draft]
        assert standing(owed(story, FAR)["next-update@client/acme#0"]) == {
            **OPEN, "verdict": "missed", "due": hours(1), "breach": Breach(hours(1), hours(1) + MICROSECOND, "deadline"),
        }  # fmt: skip

    def test_the_promise_itself_keeps_no_promise(self) -> None:
        """It keeps the one before, and makes a new one."""
        story = [detected(), self.promise(minutes(5), hours(1)), self.promise(minutes(50), hours(2))]
        found = {key: (one.verdict, one.met_at, one.due) for key, one in owed(story, minutes(50)).items()
                 if one.duty == "next-update"}  # fmt: skip
        assert found == {
            "next-update@client/acme#0": ("met", minutes(50), hours(1)),
            "next-update@client/acme#1": ("open", None, hours(2)),
        }

    def test_a_promise_in_the_draft_is_made_by_its_sending(self) -> None:
        """To those the draft names, by the instant it states; what the sending says itself goes first."""
        draft = told("notice-drafted", minutes(1), duties=("internal-alert",), recipients=("client/acme",),
                     next_update_by=hours(3))  # fmt: skip
        assert keys([detected(), draft], "next-update") == []
        sending = told("notice-sent", minutes(5), notice="n-1")
        assert owed([detected(), draft, sending], minutes(5))["next-update@client/acme#0"].due == hours(3)
        sooner = told("notice-sent", minutes(5), notice="n-1", next_update_by=hours(2))
        assert owed([detected(), draft, sooner], minutes(5))["next-update@client/acme#0"].due == hours(2)

    def test_promised_for_an_instant_gone_by_it_is_overdue_from_birth(self) -> None:
        """At the instant itself it can still be kept."""
        gone = owed([detected(), self.promise(minutes(5), minutes(4))], minutes(5))["next-update@client/acme#0"]
        assert gone.breach == Breach(minutes(4), minutes(5), "born-overdue")
        now = [detected(), self.promise(minutes(5), minutes(5)), self.any_word(minutes(5))]
        assert owed(now, minutes(5))["next-update@client/acme#0"].verdict == "met"

    def test_closing_ends_what_was_missed(self) -> None:
        """Missed then it has lapsed; not missed yet it can be kept up to its instant."""
        story = [detected(), self.promise(minutes(5), hours(1))]
        assert owed([*story, closed(hours(2))], hours(2))["next-update@client/acme#0"].status == "lapsed"
        kept = [*story, closed(minutes(30)), self.any_word(hours(1))]
        assert owed(kept, FAR)["next-update@client/acme#0"].verdict == "met"
        silent = owed([*story, closed(minutes(30))], hours(1) + MICROSECOND)["next-update@client/acme#0"]
        assert (silent.status, silent.verdict) == ("lapsed", "missed")

    @pytest.mark.parametrize("outcome", OUTCOMES)
    def test_a_promise_binds_whatever_it_is_closed_as(self, outcome: str) -> None:
        """A false alarm too: they were promised a word. After such a closing nobody is promised more."""
        story = [detected(), self.promise(minutes(5), hours(1)), ended(minutes(30), outcome)]
        assert standing(owed(story, minutes(30))["next-update@client/acme#0"]) == {**OPEN, "due": hours(1)}
        after = [*story, self.promise(minutes(40), hours(3))]
        real = ["client/acme#0", "client/acme#1"] if outcome == "resolved" else ["client/acme#0"]
        assert keys(after, "next-update") == real


class TestActionItem:
    """Each follow-up action is closed by the day it was given, by whoever took it on."""

    def asked(self, at: datetime, due: datetime, action: str = "a-1", owner: str = "kim") -> Event:
        return told("action-opened", at, action=action, owner=owner, due=due)

    def closes(self, at: datetime, action: str = "a-1") -> Event:
        return told("action-closed", at, action=action)

    def test_it_is_owed_by_its_owner(self) -> None:
        """By the instant given, and it says which action it is."""
        one = owed([detected(), self.asked(minutes(5), hours(50))], minutes(5))["action-item@internal#0"]
        assert rule(one) == {
            "key": "action-item@internal#0", "clause": "drills/action-review", "basis": "policy",
            "reading": "", "owed_by": "kim", "mark": "action-opened", "anchor": minutes(5), "opened_at": minutes(5),
            "limit": "given by the event", "due_kind": "given", "item": "a-1", "document": "motion-mavericks",
        }  # fmt: skip
        assert (one.boundary, standing(one)) == ("inclusive", {**OPEN, "due": hours(50)})

    @pytest.mark.parametrize("late", [-MICROSECOND, timedelta(0), MICROSECOND])
    def test_closed_at_its_instant_it_is_in_time(self, late: timedelta) -> None:
        """By the closing of that action and of no other."""
        story = [
            detected(),
            self.asked(minutes(5), hours(50)),
            self.closes(hours(49), "a-2"),
            self.closes(hours(50) + late),
        ]
        breach = Breach(hours(50), hours(50) + MICROSECOND, "deadline") if late > timedelta(0) else None
        assert standing(owed(story, FAR)["action-item@internal#0"]) == {
            "status": "discharged", "verdict": "met-late" if breach else "met", "due": hours(50), "breach": breach,
            "met_at": hours(50) + late, "late_by": late if breach else None,
        }  # fmt: skip

    def test_each_action_is_one(self) -> None:
        """Two are owed beside each other, and closing one closes one."""
        story = [detected(), self.asked(minutes(5), hours(50)), self.asked(minutes(6), hours(60), "a-2", "alex"),
                 self.closes(hours(1), "a-2")]  # fmt: skip
        found = {key: (one.item, one.owed_by, one.verdict) for key, one in owed(story, hours(1)).items()
                 if one.duty == "action-item"}  # fmt: skip
        assert found == {
            "action-item@internal#0": ("a-1", "kim", "open"), "action-item@internal#1": ("a-2", "alex", "met"),
        }  # fmt: skip

    @given(
        given_=st.lists(st.tuples(st.integers(1, 90), st.sampled_from(("alex", "kim", "sam"))), min_size=1, max_size=6)
    )
    def test_asked_for_again_it_only_comes_earlier(self, given_: list[tuple[int, str]]) -> None:
        """The same action is owed once: the earliest instant given binds, and who was named last owes it."""
        story = [self.asked(minutes(number), hours(due), owner=who) for number, (due, who) in enumerate(given_)]
        (one,) = [one for one in owed([detected(), *story], minutes(10)).values() if one.duty == "action-item"]
        assert (one.key, one.item, one.owed_by) == ("action-item@internal#0", "a-1", given_[-1][1])
        sooner = min(range(len(given_)), key=lambda number: given_[number][0])
        assert (one.due, one.anchor, one.opened_at) == (hours(given_[sooner][0]), minutes(sooner), T0)

    def test_a_breach_is_no_matter_of_a_new_day(self) -> None:
        """Missed, and given again for later or for earlier, it was missed when it was missed."""
        breach = Breach(hours(2), hours(2) + MICROSECOND, "deadline")
        for due in (hours(1), hours(9)):
            story = [detected(), self.asked(minutes(5), hours(2)), self.asked(hours(3), due, owner="sam")]
            one = owed(story, hours(3))["action-item@internal#0"]
            assert (one.breach, one.owed_by, one.binding) == (breach, "sam", hours(2))

    def test_given_a_day_gone_by_it_is_overdue_from_birth(self) -> None:
        """Also where the same action had a later day before."""
        expected = Breach(minutes(5), hours(1), "born-overdue")
        for before in ([], [self.asked(minutes(1), hours(50))]):
            story = [detected(), *before, self.asked(hours(1), minutes(5))]
            assert owed(story, hours(1))["action-item@internal#0"].breach == expected

    def test_closed_and_opened_again_it_is_another(self) -> None:
        """What was done stays done; the new one has the next number."""
        story = [detected(), self.asked(minutes(5), hours(2)), self.closes(minutes(9)), self.asked(hours(1), hours(4))]
        assert verdicts(story, "action-item", hours(1)) == {"internal#0": "met", "internal#1": "open"}

    @pytest.mark.parametrize("outcome", OUTCOMES)
    def test_no_closing_ends_it(self, outcome: str) -> None:
        """Actions outlive the incident and its episodes, and may be taken on after it was closed."""
        story = [
            detected(),
            self.asked(minutes(5), hours(50)),
            ended(minutes(30), outcome),
            self.asked(hours(1), hours(60), "a-2"),
        ]
        assert verdicts(story, "action-item", hours(1)) == {"internal#0": "open", "internal#1": "open"}
        again = [*story, reopened(hours(2)), self.asked(hours(3), hours(40)), self.closes(hours(4), "a-2")]
        assert verdicts(again, "action-item", hours(4)) == {"internal#0": "open", "internal#1": "met"}
        assert owed(again, hours(4))["action-item@internal#0"].due == hours(40)
