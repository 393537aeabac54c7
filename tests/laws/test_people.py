"""Who holds a role, since when, and who may act in it while nobody does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import Event, Severity
from ir_policy.log.history import Stamp, Tenure
from ir_policy.testing import told
from support_time import at

POLICY: Final = ir.load_policy("motion-mavericks")
T0: Final = at("2026-03-11 09:00+11:00")
ROLES: Final = tuple(POLICY.roles)
CONTACT_OF: Final = {
    "incident-commander": "reliability-partner",
    "security-lead": "security-specialist",
    "comms-lead": "client-success-lead",
    "scribe": "docs-agent",
    "technical-sme": "assigned-engineers",
    "legal-liaison": "legal-counsel",
}
"""Written here once more: who acts in each role until somebody takes it."""


def minutes(count: float) -> datetime:
    return T0 + timedelta(minutes=count)


def incident(*events: Event) -> ir.Incident:
    return ir.replay(POLICY, [told("detected", T0), *events])


def taken(person: str, at: datetime, role: str = "incident-commander", **said: object) -> Event:
    return told("role-taken", at, role=role, person=person, **said)


def released(person: str, at: datetime, role: str = "incident-commander") -> Event:
    return told("role-released", at, role=role, person=person)


def handed_over(person: str, to: str, at: datetime, kind: str = "accepted") -> Event:
    return told(f"handover-{kind}", at, role="incident-commander", person=person, to=to)


def tenure(
    person: str, since: datetime, role: str = "incident-commander", acting: bool = False, how: str = "taken"
) -> Tenure:
    return Tenure(role, person, Stamp(since, since), None, acting, how)


def holders(*events: Event) -> tuple[Tenure, ...]:
    return incident(*events).roles.get("incident-commander", ())


def decides(by: str, *events: Event) -> bool:
    """Whether that person's decision, an hour in, is the commander's."""
    decision = told("severity-decided", minutes(60), by, severity=Severity.SEV1, reason="because")
    return incident(*events, decision).severity.decided is Severity.SEV1


class TestTenures:
    """A tenure begins when a role is taken or a hand-over accepted, and ends when it is released or handed over."""

    def test_taking_a_role_begins_it(self) -> None:
        """Whoever takes a role holds it from that instant, permanent or acting."""
        assert holders(taken("alex", minutes(5))) == (tenure("alex", minutes(5)),)
        assert holders(taken("alex", minutes(5), acting=True)) == (tenure("alex", minutes(5), acting=True),)

    def test_taking_a_role_one_holds_changes_nothing(self) -> None:
        """The tenure keeps its start, and its nature."""
        assert holders(taken("alex", minutes(5)), taken("alex", minutes(9), acting=True)) == (
            tenure("alex", minutes(5)),
        )

    def test_two_people_may_hold_a_role(self) -> None:
        """A second person taking it ends nobody's tenure, save where one alone holds it."""
        both = incident(taken("alex", minutes(5), "technical-sme"), taken("kim", minutes(9), "technical-sme"))
        assert both.roles["technical-sme"] == (
            tenure("alex", minutes(5), "technical-sme"),
            tenure("kim", minutes(9), "technical-sme"),
        )
        assert holders(taken("alex", minutes(5)), taken("kim", minutes(9))) == (tenure("kim", minutes(9)),)

    def test_releasing_ends_it(self) -> None:
        """Afterwards nobody holds the role; releasing what one does not hold ends nothing."""
        assert holders(taken("alex", minutes(5)), released("alex", minutes(9))) == ()
        assert holders(taken("alex", minutes(5)), released("kim", minutes(9))) == (tenure("alex", minutes(5)),)

    def test_an_accepted_hand_over_ends_one_and_begins_the_other(self) -> None:
        """The role passes at the instant the hand-over is accepted."""
        assert holders(taken("alex", minutes(5)), handed_over("alex", "kim", minutes(9))) == (
            tenure("kim", minutes(9), how="handed-over"),
        )

    @pytest.mark.parametrize("kind", ["offered", "declined"])
    def test_an_offer_and_a_refusal_pass_nothing(self, kind: str) -> None:
        """Until it is accepted the one who offered holds the role."""
        assert holders(taken("alex", minutes(5)), handed_over("alex", "kim", minutes(9), kind)) == (
            tenure("alex", minutes(5)),
        )

    def test_a_hand_over_from_somebody_who_holds_nothing_still_begins_a_tenure(self) -> None:
        """What was accepted is held, whoever it came from."""
        assert holders(handed_over("alex", "kim", minutes(9))) == (tenure("kim", minutes(9), how="handed-over"),)

    def test_a_role_taken_back_begins_afresh(self) -> None:
        """After a break the tenure counts from when the role was taken again."""
        story = (taken("alex", minutes(5)), released("alex", minutes(9)), taken("alex", minutes(20)))
        assert holders(*story) == (tenure("alex", minutes(20)),)

    @given(
        moves=st.lists(
            st.tuples(
                st.sampled_from(["take", "release", "hand over"]), *[st.sampled_from(["alex", "kim", "sam"])] * 2
            ),
            max_size=8,
        )
    )
    def test_any_sequence_leaves_the_people_one_would_count(self, moves: list[tuple[str, str, str]]) -> None:
        """Taking makes a person the one who holds it, releasing removes one, handing over does both; who holds it holds on."""
        since: dict[str, tuple[datetime, str]] = {}
        story = []
        for number, (move, person, other) in enumerate(moves, start=1):
            moment = minutes(number)
            if move == "take":
                story.append(taken(person, moment))
                since = {person: since.get(person, (moment, "taken"))}
            elif move == "release":
                story.append(released(person, moment))
                since.pop(person, None)
            else:
                story.append(handed_over(person, other, moment))
                since.pop(person, None)
                since = {other: since.get(other, (moment, "handed-over"))}
        assert holders(*story) == tuple(tenure(person, start, how=how) for person, (start, how) in since.items())

    def test_the_end_of_an_episode_ends_no_tenure(self) -> None:
        """Roles are held on when the incident is closed and when it is reopened."""
        story = (
            taken("alex", minutes(5)),
            told("closed", minutes(9), "alex"),
            told("reopened", minutes(20)),
        )
        assert holders(*story) == (tenure("alex", minutes(5)),)


class TestWhoMayAct:
    """A role's authority belongs to those who hold it; while nobody does, to its primary contact; to its own name always."""

    def test_the_contact_acts_while_the_role_is_vacant(self) -> None:
        """Before anybody takes the role, and again once it is released, its primary contact decides."""
        assert {role: rule.contact for role, rule in POLICY.roles.items()} == CONTACT_OF
        assert decides("reliability-partner")
        assert not decides("reliability-partner", taken("alex", minutes(5)))
        assert decides("reliability-partner", taken("alex", minutes(5)), released("alex", minutes(30)))

    def test_who_holds_it_acts(self) -> None:
        """A holder decides, permanent or acting; one who no longer holds it does not, nor does anybody else."""
        assert decides("alex", taken("alex", minutes(5)))
        assert decides("alex", taken("alex", minutes(5), acting=True))
        assert not decides("alex", taken("alex", minutes(5)), released("alex", minutes(30)))
        assert not decides("kim", taken("alex", minutes(5)))

    def test_the_hand_over_moves_the_authority(self) -> None:
        """From the instant it is accepted only the new holder decides."""
        story = (taken("alex", minutes(5)), handed_over("alex", "kim", minutes(30)))
        assert (decides("kim", *story), decides("alex", *story)) == (True, False)

    def test_authority_is_that_of_the_instant(self) -> None:
        """A role taken after the act gives it no authority."""
        assert not decides("alex", taken("alex", minutes(61)))
        assert decides("alex", taken("alex", minutes(60)))

    @pytest.mark.parametrize("role", ROLES)
    def test_the_name_of_the_role_is_enough(self, role: str) -> None:
        """An act signed with the role's own name has its authority, whoever holds it, and no other role's."""
        assert decides(role) is (role == "incident-commander")
        assert decides(role, taken("alex", minutes(5))) is (role == "incident-commander")

    def test_a_claimed_role_gives_nothing(self) -> None:
        """What an event says of its author's role decides nothing: the tenure does."""
        cleared = told("breach-finding", minutes(5), "alex", finding="not-a-breach", role="legal-liaison", id="claim")
        assert [(one.rule, one.void) for one in incident(cleared).violations] == [
            ("privacy-finding-cleared-by-its-owners", True)
        ]

    def test_other_roles_do_not_stand_in(self) -> None:
        """Who holds another role is nobody special, although that role's place is empty too."""
        assert not decides("alex", taken("alex", minutes(5), role="security-lead"))
        assert not decides("security-specialist")
