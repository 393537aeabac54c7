"""Who commands at every instant: one at a time, handed over by an offer and its answer, or in turn when nobody answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import Event, Severity
from ir_policy.duties.own_rules import COMMAND, HANDOVERS
from ir_policy.rules.machines import Row
from ir_policy.rules.machines.handover import HANDOVER, OFFER_ENDS
from ir_policy.testing import told
from support_duties import POLICY, T0
from support_gates import incident

ROLE: Final = "incident-commander"
CONTACT: Final = "reliability-partner"
TICK: Final = timedelta(microseconds=1)
PEOPLE: Final = ("alex", "kim", "owen-backup", CONTACT)
WITHIN: Final = timedelta(minutes=15)
"""Written here once more: the time to answer at SEV1."""


def minutes(count: float) -> datetime:
    return T0 + timedelta(minutes=count)


def takes(person: str, at: datetime, role: str = ROLE, **said: object) -> Event:
    return told("role-taken", at, person, role=role, person=person, **said)


def gives_up(person: str, at: datetime) -> Event:
    return told("role-released", at, person, role=ROLE, person=person)


def handover(word: str, person: str, to: str, at: datetime, by: str = "") -> Event:
    by = by or (person if word == "offered" else to)
    return told(f"handover-{word}", at, by, role=ROLE, person=person, to=to)


def paged(person: str, at: datetime, level: str = "reliability-partner", kind: str = "page-sent") -> Event:
    return told(kind, at, level=level, person=person)


def rules(event: Event, *before: Event) -> list[str]:
    return [refusal.rule for refusal in ir.check(incident(*before), event)]


def commander(found: ir.Incident, at: datetime) -> tuple[str, ...]:
    return tuple(one.person for one in ir.command(found, at).role(ROLE).holders)


MOVES: Final = st.lists(
    st.tuples(
        st.sampled_from(["take", "release", "offer", "accept", "decline"]),
        st.sampled_from(PEOPLE),
        st.sampled_from(PEOPLE),
        st.sampled_from([0, 1, 60]),
    ),
    max_size=10,
)


def story_of(moves: list[tuple[str, str, str, int]]) -> list[Event]:
    """The moves as events, each a while after the one before, some at the same instant."""
    at, story = T0, []
    for number, (move, person, other, later) in enumerate(moves):
        at += timedelta(seconds=later)
        kind = {"take": "role-taken", "release": "role-released"}.get(move, f"handover-{move}")
        kind = {"handover-offer": "handover-offered", "handover-accept": "handover-accepted",
                "handover-decline": "handover-declined"}.get(kind, kind)  # fmt: skip
        to = {"to": other} if move in ("offer", "accept", "decline") else {}
        story.append(told(kind, at, person, role=ROLE, person=person, id=f"m{number}", **to))
    return story


def slowly(story: list[Event], at: datetime) -> tuple[str, ...]:
    """Who commands, by walking through the log up to that instant."""
    holder: tuple[str, ...] = ()
    for event in story:
        assert isinstance(event, ir.RoleChange)
        if event.at > at:
            break
        if event.kind == "role-taken":
            holder = (event.person,)
        elif event.kind == "role-released" and holder == (event.person,):
            holder = ()
        elif event.kind == "handover-accepted":
            holder = (event.to,)
    return holder


class TestOneInCommand:
    """One person commands at a time, and at any instant it is known who did."""

    @given(moves=MOVES)
    def test_at_every_instant_it_is_who_one_would_count(self, moves: list[tuple[str, str, str, int]]) -> None:
        """Whatever was taken, given up and handed over, allowed or not: before, at and after each instant of the log."""
        story = story_of(moves)
        found = incident(*story)
        instants = sorted({T0, *(event.at + d for event in story for d in (-TICK, timedelta(0), TICK))})
        for at in (one for one in instants if one >= T0):
            held = commander(found, at)
            assert len(held) <= 1
            assert held == slowly(story, at)

    @given(moves=MOVES)
    def test_the_tenures_are_what_is_answered_at_each_instant(self, moves: list[tuple[str, str, str, int]]) -> None:
        """The history and the holders are one: a tenure lasts from its beginning up to, and without, its end."""
        story = story_of(moves)
        found = incident(*story)
        everything = ir.command(found, minutes(60)).history
        for event in story:
            lasting = [t for t in everything if t.since.at <= event.at and (t.until is None or event.at < t.until)]
            assert tuple(t.person for t in lasting) == commander(found, event.at)

    def test_a_hand_over_passes_it_to_the_microsecond(self) -> None:
        """One microsecond before it is the one, at the very instant the other."""
        found = incident(takes("alex", minutes(1)), handover("offered", "alex", "kim", minutes(2)),
                         handover("accepted", "alex", "kim", minutes(3)))  # fmt: skip
        assert commander(found, minutes(1) - TICK) == ()
        assert commander(found, minutes(1)) == ("alex",)
        assert commander(found, minutes(3) - TICK) == ("alex",)
        assert commander(found, minutes(3)) == ("kim",)
        assert [(one.person, one.until) for one in ir.command(found, minutes(9)).history] == [
            ("alex", minutes(3)),
            ("kim", None),
        ]

    def test_taking_it_from_somebody_is_refused_and_counts(self) -> None:
        """Without a hand-over it is against the rules; what happened all the same ended the tenure before."""
        before = (takes("alex", minutes(1)),)
        assert rules(takes("kim", minutes(2)), *before) == [COMMAND]
        step = ir.record(incident(*before), takes("kim", minutes(2)))
        assert [(one.rule, one.void) for one in step.violations] == [(COMMAND, False)]
        assert commander(step.incident, minutes(2)) == ("kim",)

    def test_what_nobody_holds_anybody_takes(self) -> None:
        """Before the first tenure, after it was given up, and again by whoever holds it."""
        assert rules(takes("kim", minutes(2))) == []
        assert rules(takes("kim", minutes(3)), takes("alex", minutes(1)), gives_up("alex", minutes(2))) == []
        assert rules(takes("alex", minutes(2)), takes("alex", minutes(1))) == []

    def test_other_roles_are_held_by_several(self) -> None:
        """Only a role that says so is held by one."""
        assert rules(takes("kim", minutes(2), "technical-sme"), takes("alex", minutes(1), "technical-sme")) == []


class TestHandingOver:
    """A role is handed over by an offer and its answer; until then whoever offered keeps everything."""

    STATES: Final[dict[str, tuple[Event, ...]]] = {
        "not-offered": (),
        "offered": (handover("offered", "alex", "kim", minutes(2)),),
        "accepted": (
            handover("offered", "alex", "kim", minutes(2)),
            handover("accepted", "alex", "kim", minutes(3)),
            handover("offered", "kim", "alex", minutes(4)),
            handover("accepted", "kim", "alex", minutes(5)),
        ),
        "declined": (handover("offered", "alex", "kim", minutes(2)), handover("declined", "alex", "kim", minutes(3))),
        "ended": (
            handover("offered", "alex", "kim", minutes(2)),
            gives_up("alex", minutes(3)),
            takes("alex", minutes(4)),
        ),
    }
    """A way to each state in which alex commands again, so that only the offer matters."""

    @pytest.mark.parametrize("event", [event for event in HANDOVER.events if event != OFFER_ENDS])
    @pytest.mark.parametrize("state", HANDOVER.states)
    def test_the_table_is_what_happens(self, state: str, event: str) -> None:
        """For each state and event there is a row and no refusal, or a stop and one that says what it needs."""
        before = (takes("alex", minutes(1)), *self.STATES[state])
        found = HANDOVER.after(state, event)
        refused = ir.check(incident(*before), handover(event.removeprefix("handover-"), "alex", "kim", minutes(9)))
        assert [one.rule for one in refused] == ([] if isinstance(found, Row) else [HANDOVERS])
        assert found.clause in POLICY.gates["commander-decides-severity"].clause

    def test_every_pair_has_a_row_or_a_stop(self) -> None:
        """Nothing is left to be guessed."""
        pairs = [(state, event) for state in HANDOVER.states for event in HANDOVER.events]
        assert len(pairs) == 20
        assert all(HANDOVER.after(*pair).clause for pair in pairs)

    def test_only_whoever_may_act_offers(self) -> None:
        """The holder, the role's own name, the contact while nobody holds it; not to oneself, and not what another holds."""
        held = (takes("alex", minutes(1)),)
        assert rules(handover("offered", "alex", "kim", minutes(2), by=ROLE), *held) == []
        assert rules(handover("offered", CONTACT, "kim", minutes(2))) == []
        assert rules(handover("offered", CONTACT, "kim", minutes(2)), *held) == [HANDOVERS]
        assert rules(handover("offered", "alex", "kim", minutes(2), by="sam"), *held) == [HANDOVERS]
        assert rules(handover("offered", "alex", "alex", minutes(2)), *held) == [HANDOVERS]

    @pytest.mark.parametrize("word", ["accepted", "declined"])
    def test_nobody_answers_for_somebody_else(self, word: str) -> None:
        """Neither whoever offers nor anybody else says yes or no for whom it was offered to."""
        before = (takes("alex", minutes(1)), handover("offered", "alex", "kim", minutes(2)))
        assert rules(handover(word, "alex", "kim", minutes(3), by="alex"), *before) == [HANDOVERS]
        assert rules(handover(word, "alex", "kim", minutes(3)), *before) == []

    def test_what_was_accepted_all_the_same_counts(self) -> None:
        """Without an offer it is against the rules, and the role passed."""
        step = ir.record(incident(takes("alex", minutes(1))), handover("accepted", "alex", "kim", minutes(2)))
        assert [(one.rule, one.void) for one in step.violations] == [(HANDOVERS, False)]
        assert commander(step.incident, minutes(2)) == ("kim",)

    def test_an_open_offer_is_shown_and_moves_nothing(self) -> None:
        """Whoever offered holds the role, and it says to whom it is offered."""
        found = incident(takes("alex", minutes(1)), handover("offered", "alex", "kim", minutes(2)))
        role = ir.command(found, minutes(3)).role(ROLE)
        assert [(one.person, one.to) for one in role.offers] == [("alex", "kim")]
        assert [one.name for one in role.may_act] == ["alex"]


class TestSuccession:
    """When the commander does not answer in time the next in the policy's order may take command for the time being."""

    BEFORE: Final = (
        told("severity-decided", minutes(1), ROLE, severity=Severity.SEV1, reason="because"),
        takes("alex", minutes(2)),
        paged("alex", minutes(10)),
    )
    OVER: Final = minutes(10) + WITHIN

    def test_the_backup_takes_it_once_the_time_is_over(self) -> None:
        """At its last moment the commander may still answer; a microsecond later the backup may act."""
        assert rules(takes("owen-backup", self.OVER, acting=True), *self.BEFORE) == [COMMAND]
        assert rules(takes("owen-backup", self.OVER + TICK, acting=True), *self.BEFORE) == []
        found = ir.apply(incident(*self.BEFORE), takes("owen-backup", self.OVER + TICK, acting=True)).incident
        (tenure,) = ir.command(found, self.OVER + TICK).role(ROLE).holders
        assert (tenure.person, tenure.acting, tenure.how) == ("owen-backup", True, "succession")

    def test_it_is_said_to_be_for_the_time_being(self) -> None:
        """Without it the taking is against the rules."""
        assert rules(takes("owen-backup", self.OVER + TICK), *self.BEFORE) == [COMMAND]

    def test_others_wait_for_their_turn(self) -> None:
        """The Security Lead waits until the backup was paged and has not answered either; nobody else ever may."""
        late = self.OVER + timedelta(hours=1)
        assert rules(takes("security-specialist", late, acting=True), *self.BEFORE) == [COMMAND]
        both = (*self.BEFORE, paged("owen-backup", self.OVER + TICK, "owen-backup"))
        over = self.OVER + TICK + WITHIN
        assert rules(takes("security-specialist", over, acting=True), *both) == [COMMAND]
        assert rules(takes("security-specialist", over + TICK, acting=True), *both) == []
        assert rules(takes("owen-backup", over + TICK, acting=True), *both) == [COMMAND]
        assert rules(takes("kim", late, acting=True), *both) == [COMMAND]

    def test_an_answer_ends_it(self) -> None:
        """Also a late one; a page after it counts afresh."""
        answered = (*self.BEFORE, paged("alex", self.OVER + TICK, kind="page-acknowledged"))
        assert rules(takes("owen-backup", self.OVER + 2 * TICK, acting=True), *answered) == [COMMAND]
        again = (*answered, paged("alex", minutes(60)))
        assert rules(takes("owen-backup", minutes(60) + WITHIN, acting=True), *again) == [COMMAND]
        assert rules(takes("owen-backup", minutes(60) + WITHIN + TICK, acting=True), *again) == []

    def test_a_page_before_the_tenure_is_no_page_to_it(self) -> None:
        """Whoever took the role after the page has answered by that."""
        before = (*self.BEFORE[:1], paged("alex", minutes(2)), takes("alex", minutes(3)))
        assert rules(takes("owen-backup", minutes(90), acting=True), *before) == [COMMAND]

    def test_the_reasons_are_told_in_order(self) -> None:
        """Who may take it now and who not yet, each with what it waits for."""
        found = ir.command(incident(*self.BEFORE), self.OVER + TICK).role(ROLE).succession
        assert [(one.name, one.people, one.may) for one in found] == [
            ("owen-backup", ("owen-backup",), True),
            ("security-lead", ("security-specialist",), False),
        ]
        assert all(one.why for one in found)
        early = ir.command(incident(*self.BEFORE), self.OVER).role(ROLE).succession
        assert [one.may for one in early] == [False, False]


class TestCautions:
    """One person may hold several roles, and what deserves a word is said."""

    def kinds(self, *events: Event) -> list[tuple[str, str]]:
        return [(one.kind, one.person) for one in ir.command(incident(*events), minutes(60)).cautions]

    def test_each_is_said(self) -> None:
        """Several roles, command and the only engineer, command and messages, a program that commands."""
        assert self.kinds(takes("alex", minutes(1))) == []
        assert self.kinds(takes("alex", minutes(1)), takes("alex", minutes(2), "technical-sme")) == [
            ("several-roles", "alex"),
            ("alone-with", "alex"),
        ]
        assert self.kinds(takes("alex", minutes(1)), takes("alex", minutes(2), "comms-lead")) == [
            ("several-roles", "alex"),
            ("own-text", "alex"),
        ]
        assert self.kinds(takes("docs-agent", minutes(1))) == [("program-decides", "docs-agent")]

    def test_a_second_engineer_ends_the_warning(self) -> None:
        """It is about being alone."""
        both = (takes("alex", minutes(1)), takes("alex", minutes(2), "technical-sme"))
        assert ("alone-with", "alex") not in self.kinds(*both, takes("kim", minutes(3), "technical-sme"))

    def test_it_is_said_when_the_role_is_taken(self) -> None:
        """The step that brings it about says so."""
        step = ir.record(incident(takes("alex", minutes(1))), takes("alex", minutes(2), "technical-sme"))
        assert any("alone" in words for words in step.suggested)

    def test_a_role_nobody_knows_is_a_question_that_cannot_be_answered(self) -> None:
        """With the nearest one as a way out."""
        with pytest.raises(ir.QuestionInvalid, match="incident-commander"):
            ir.command(incident(), minutes(1)).role("incident-comander")
