"""What containment and recovery wait for: who is impacted, the channel, the checks and, where data is lost, the restore."""

from __future__ import annotations

from itertools import combinations
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import NO, UNKNOWN, YES, Event, Phase, Truth
from ir_policy.terms import OUTCOMES
from ir_policy.testing import told
from support_closing import CHANNEL, CHECKS, ROLES, checked, done, ended, entered, ready
from support_duties import COMMANDER, POLICY, SEV2, minutes, reopened, reported, restores
from support_gates import EVERYBODY, NOW, Answer, decided, incident, recorded, refused
from support_time import at

ASSESSED: Final = (entered(Phase.ASSESS, minutes(1)), decided(SEV2, minutes(1)))
NAMED: Final = reported(minutes(2), {"affected-role/admin": YES})
OPENED: Final = told("channel-opened", minutes(3), channel=CHANNEL)
CONTAIN: Final = entered(Phase.CONTAIN, NOW)


class TestRolesIdentifiedBeforeContain:
    """Before containment somebody has said who of admins, agencies and guests is impacted, or that nobody is."""

    ANSWER: Final = Answer("roles-identified-before-contain", "response-phases/assess", (COMMANDER,))

    @pytest.mark.parametrize("admin", Truth)
    @pytest.mark.parametrize("agency", Truth)
    @pytest.mark.parametrize("guest", Truth)
    def test_one_yes_or_three_noes_release_it(self, admin: Truth, agency: Truth, guest: Truth) -> None:
        """One who is impacted is enough; that nobody is must be said of all three."""
        answers = (admin, agency, guest)
        known = dict(zip((f"affected-role/{role}" for role in ROLES), answers, strict=True))
        may = YES in answers or all(answer is NO for answer in answers)
        assert refused(CONTAIN, *ASSESSED, OPENED, reported(minutes(2), known)) == ([] if may else [self.ANSWER])

    def test_asked_nothing_it_is_shut(self) -> None:
        """Of users nobody has spoken of nothing is known; clients are others."""
        assert refused(CONTAIN, *ASSESSED, OPENED) == [self.ANSWER]
        assert refused(CONTAIN, *ASSESSED, OPENED, reported(minutes(2), {"client/acme": YES})) == [self.ANSWER]

    def test_taken_back_it_is_shut_again(self) -> None:
        """The last report counts."""
        back = reported(minutes(4), {"affected-role/admin": UNKNOWN})
        assert refused(CONTAIN, *ASSESSED, OPENED, NAMED, back) == [self.ANSWER]

    def test_where_nothing_is_contained_it_bites_on_closing(self) -> None:
        """Nobody is left unnamed on the way to a resolved incident; an incident that was none needs no names."""
        silent = [event for event in ready(minutes(10)) if "affected-role/guest" not in getattr(event, "facts", {})]
        for outcome in OUTCOMES:
            assert (self.ANSWER in refused(ended(NOW, outcome), *silent)) == (outcome == "resolved"), outcome
        assert refused(ended(NOW), *silent, reported(minutes(50), {"affected-role/guest": YES})) == []

    @pytest.mark.parametrize("by", EVERYBODY)
    def test_nobody_waives_it(self, by: str) -> None:
        """No role has that power; a waiver of it is void."""
        waiver = told("waived", minutes(4), by, gate="roles-identified-before-contain")
        assert refused(waiver) == [self.ANSWER._replace(who=())]
        assert refused(CONTAIN, *ASSESSED, OPENED, waiver) == [self.ANSWER]

    def test_against_it_the_phase_is_entered_all_the_same(self) -> None:
        """Containment happened; whom it was for is asked all the same."""
        assert recorded(CONTAIN, *ASSESSED, OPENED) == ([("roles-identified-before-contain", False)], True)
        assert incident(*ASSESSED, OPENED, CONTAIN).phase is Phase.CONTAIN


class TestChannelBeforeContain:
    """Before containment the incident has a channel of its own."""

    ANSWER: Final = Answer("channel-before-contain", "response-phases/assess", (COMMANDER,))

    def test_it_bites_until_a_channel_is_open(self) -> None:
        """Any channel is one, also one that is called wrongly: that is another matter."""
        wrong = told("channel-opened", minutes(3), channel="the bridge")
        assert refused(CONTAIN, *ASSESSED, NAMED) == [self.ANSWER]
        assert refused(CONTAIN, *ASSESSED, NAMED, OPENED) == []
        assert refused(CONTAIN, *ASSESSED, NAMED, wrong) == []

    def test_the_channel_serves_the_whole_incident(self) -> None:
        """Reopened, it goes on in the channel it has."""
        again = (ended(minutes(4), "duplicate"), reopened(minutes(5)), decided(SEV2, minutes(6)))
        assert refused(CONTAIN, *ASSESSED, NAMED, OPENED, *again) == []

    def test_other_phases_wait_for_nothing(self) -> None:
        """Assessment itself, and what comes after a containment that does not apply."""
        assert refused(entered(Phase.ASSESS, NOW)) == []
        skipped = told("phase-not-applicable", minutes(5), phase=Phase.CONTAIN, reason="nothing to contain")
        assert refused(entered(Phase.ERADICATE, NOW), *ASSESSED, skipped) == []

    @pytest.mark.parametrize("by", EVERYBODY)
    def test_nobody_waives_it(self, by: str) -> None:
        """No role has that power."""
        waiver = told("waived", minutes(4), by, gate="channel-before-contain")
        assert refused(CONTAIN, *ASSESSED, NAMED, waiver) == [self.ANSWER]

    def test_every_reason_at_once(self) -> None:
        """Level, users, channel and the phase before it are named in one answer, and all are kept."""
        rules = ["channel-before-contain", "phases", "roles-identified-before-contain", "severity-before-contain"]
        assert sorted(one.rule for one in refused(CONTAIN)) == rules
        assert sorted(recorded(CONTAIN)[0]) == [(rule, False) for rule in rules]


class TestChannelIsNamedByDay:
    """The channel is called `#inc-`, the day of detection in Sydney, and what it is about in lower-case words."""

    ANSWER: Final = Answer("channel-is-named-by-day", "response-phases/assess", (COMMANDER,))

    def opening(self, channel: str) -> Event:
        return told("channel-opened", NOW, channel=channel)

    @pytest.mark.parametrize(
        "channel",
        ["#inc-20260311-x", "#inc-20260311-mux-down", "#inc-20260311-2-clients-hit", f"#inc-20260311-{'x' * 66}"],
    )
    def test_such_names_release_it(self, channel: str) -> None:
        """Words of letters and digits joined by hyphens, eighty characters at most."""
        assert len(channel) <= 80
        assert refused(self.opening(channel)) == []

    @pytest.mark.parametrize(
        "channel",
        [
            "#inc-20260311-", "#inc-20260311", "inc-20260311-mux", "#inc-20260311-Mux", "#inc-20260311-mux--down",
            "#inc-20260311--mux", "#inc-20260311-mux-", "#inc-20260311-mux_down", "#inc-20260311-mux down",
            "#inc-20260310-mux", "#inc-20260312-mux", "#inc-2026-03-11-mux", "#inc-260311-mux", "##inc-20260311-mux",
            "x#inc-20260311-mux", "#inc-20260311-mux#", "#inc-20260311-müx", "#inc-20260311-٣", "#inc-{day}-{summary}",
            f"#inc-20260311-{'x' * 67}", "the bridge", "bridge",
        ],
    )  # fmt: skip
    def test_other_names_do_not(self, channel: str) -> None:
        """Another day, no words, capitals, other joints, foreign letters and digits, too long, or no such name at all."""
        assert refused(self.opening(channel)) == [self.ANSWER]

    @given(words=st.lists(st.text("abcxyz0189", min_size=1, max_size=9), min_size=1, max_size=9))
    def test_any_words_within_the_length(self, words: list[str]) -> None:
        """Whatever the words, length alone decides between them."""
        channel = f"#inc-20260311-{'-'.join(words)}"
        assert refused(self.opening(channel)) == ([] if len(channel) <= 80 else [self.ANSWER])

    @pytest.mark.parametrize(
        ("detected", "day"),
        [
            ("2026-03-10 23:59:59.999999+11:00", "20260310"),
            ("2026-03-11 00:00+11:00", "20260311"),
            ("2026-03-10 12:59:59.999999+00:00", "20260310"),
            ("2026-03-10 13:00+00:00", "20260311"),
            ("2026-04-05 02:30+11:00", "20260405"),
            ("2026-12-31 13:30+00:00", "20270101"),
        ],
    )
    def test_the_day_is_the_one_in_sydney(self, detected: str, day: str) -> None:
        """Midnight there turns the day, whatever day it is in Greenwich and whenever the channel was opened."""
        found = ir.replay(POLICY, [told("detected", at(detected))])
        for name in ("20260310", "20260311", "20260405", "20261231", "20270101"):
            opening = told("channel-opened", at(detected), channel=f"#inc-{name}-mux")
            assert [one.rule for one in ir.check(found, opening)] == (
                [] if name == day else ["channel-is-named-by-day"]
            )

    def test_after_reopening_it_is_the_day_it_came_back(self) -> None:
        """A new episode was detected anew."""
        again = (ended(minutes(4)), reopened(at("2026-03-13 08:00+11:00")))
        later = told("channel-opened", at("2026-03-13 09:00+11:00"), channel="#inc-20260313-mux")
        assert refused(later, *again) == []
        old = told("channel-opened", at("2026-03-13 09:00+11:00"), channel=CHANNEL)
        assert refused(old, *again) == [self.ANSWER]

    def test_against_it_the_channel_is_open_all_the_same(self) -> None:
        """People work in it; that it is called wrongly is kept."""
        assert recorded(self.opening("bridge")) == ([("channel-is-named-by-day", False)], True)
        assert incident(self.opening("bridge")).marks["channel-opened"] == NOW

    def test_it_says_what_the_name_should_look_like(self) -> None:
        """The refusal shows the form and its length."""
        (refusal,) = ir.check(incident(), self.opening("bridge"))
        assert refusal.missing == (
            "a channel of the form #inc-20260311-<summary>, with lower-case words joined by '-' and at most 80 characters",
        )


class TestChecksBeforeRecovered:
    """Recovered is said once the data, playback and milestones were checked."""

    ANSWER: Final = Answer("checks-before-recovered", "response-phases/recover", ("technical-sme",))
    ENOUGH: Final = reported(minutes(1), {"rpo-breached": NO})

    @pytest.mark.parametrize("steps", [some for count in range(4) for some in combinations(CHECKS, count)])
    def test_only_all_three_release_it(self, steps: tuple[str, ...]) -> None:
        """In any order; any that is left out keeps it shut."""
        before = [done(step, minutes(2)) for step in reversed(steps)]
        assert refused(restores(NOW), self.ENOUGH, *before) == ([] if len(steps) == 3 else [self.ANSWER])

    def test_each_episode_is_checked_anew(self) -> None:
        """What was checked before it came back says nothing of now."""
        again = (ended(minutes(4)), reopened(minutes(5)))
        assert refused(restores(NOW), *checked(minutes(2)), *again) == [self.ANSWER]
        assert refused(restores(NOW), *checked(minutes(2)), *again, *checked(minutes(6))) == []

    @pytest.mark.parametrize("by", EVERYBODY)
    def test_nobody_waives_it_and_no_role_replaces_it(self, by: str) -> None:
        """Not even who restored it."""
        waiver = told("waived", minutes(3), by, gate="checks-before-recovered")
        assert refused(told("recovered", NOW, by), self.ENOUGH, waiver) == [self.ANSWER]

    def test_against_it_the_recovery_counts(self) -> None:
        """Service is back; that nobody looked is kept, and looking later does not clear it."""
        before = (reported(minutes(1), {"partial-outage": YES}), reported(minutes(1), {"rpo-breached": NO}))
        assert recorded(restores(NOW), *before) == ([("checks-before-recovered", False)], True)
        found = incident(*before, restores(NOW), *checked(at("2026-03-11 10:30+11:00")))
        assert [one.rule for one in found.violations] == ["checks-before-recovered"]
        assert found.marks["recovered"] == NOW


class TestRestoreBeforeRecovered:
    """Where more data is lost than the recovery point allows, or nobody knows, the restore playbook comes first."""

    ANSWER: Final = Answer("restore-before-recovered", "response-phases/recover", ("technical-sme",))
    LOOKED: Final = tuple(done(step, minutes(2)) for step in CHECKS)
    RESTORED: Final = done("restore-playbook", minutes(3))

    @pytest.mark.parametrize("truth", Truth)
    def test_only_a_definite_no_needs_no_restore(self, truth: Truth) -> None:
        """What nobody knows keeps it shut as a yes does; the playbook releases it whatever is known."""
        known = reported(minutes(1), {"rpo-breached": truth})
        assert refused(restores(NOW), *self.LOOKED, known) == ([] if truth is NO else [self.ANSWER])
        assert refused(restores(NOW), *self.LOOKED, known, self.RESTORED) == []

    def test_asked_nothing_it_is_shut(self) -> None:
        """Silence about the recovery point is no answer."""
        assert refused(restores(NOW), *self.LOOKED) == [self.ANSWER]

    def test_a_restore_of_the_episode_before_does_not_count(self) -> None:
        """Each episode restores what it lost."""
        again = (ended(minutes(4)), reopened(minutes(5)), *(done(step, minutes(6)) for step in CHECKS))
        assert refused(restores(NOW), self.RESTORED, *again) == [self.ANSWER]

    def test_against_it_the_recovery_counts(self) -> None:
        """It happened, and the record says that data may be missing."""
        assert recorded(restores(NOW), *self.LOOKED) == ([("restore-before-recovered", False)], True)

    def test_both_reasons_at_once(self) -> None:
        """Who forgot everything hears everything."""
        assert [one.rule for one in refused(restores(NOW))] == ["checks-before-recovered", "restore-before-recovered"]
