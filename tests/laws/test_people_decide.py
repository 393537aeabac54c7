"""What takes a person, and whom a name stands for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import Event, Severity
from ir_policy.log.history import History
from ir_policy.testing import told
from support_duties import POLICY, T0
from support_gates import NOW, incident, refused

RULE: Final = "people-decide"
PROGRAMS: Final = sorted(POLICY.programs)
NOTICE: Final = {"notice": "n1", "digest": "sha256:00"}
WHAT_PEOPLE_DO: Final = {
    "approving": ("notice-approved", NOTICE),
    "reviewing": ("notice-reviewed", NOTICE),
    "deciding a level that is not worse": ("severity-decided", {"severity": Severity.SEV3, "reason": "because"}),
    "waiving": ("waived", {"gate": "snapshot-before-cleanup", "reason": "because"}),
    "closing": ("closed", {"outcome": "duplicate"}),
    "deciding not to notify": (
        "not-notifying",
        {"duty": "oaic-notice", "recipient": "oaic", "ground": "none", "reason": "because"},
    ),
}
ADDS_DUTIES: Final = {
    "a fact": ("facts-reported", {"facts": {"privacy-suspected": ir.YES}}),
    "a finding": ("breach-finding", {"finding": "confirmed"}),
    "a raise": ("severity-decided", {"severity": Severity.SEV0, "reason": "because"}),
    "a step": ("step-done", {"step": "isolate"}),
    "a record": ("documented", {"summary": "words", "disposition": "words"}),
}


def minutes(count: float) -> datetime:
    return T0 + timedelta(minutes=count)


def takes(role: str, person: str, at: datetime) -> Event:
    return told("role-taken", at, role=role, person=person)


def rules(event: Event, *before: Event) -> list[str]:
    return [answer.rule for answer in refused(event, *before)]


class TestPeopleDecide:
    """Approving, reviewing, waiving, closing, deciding not to notify and every decision that does not raise take a person."""

    @pytest.mark.parametrize("what", WHAT_PEOPLE_DO)
    @pytest.mark.parametrize("program", PROGRAMS)
    def test_it_bites_on_programs(self, what: str, program: str) -> None:
        """Each of these is refused to a program, also to one that holds every role."""
        kind, said = WHAT_PEOPLE_DO[what]
        assert RULE in rules(told(kind, NOW, program, **said))
        holding = [takes(role, program, minutes(number)) for number, role in enumerate(POLICY.roles, start=1)]
        assert RULE in rules(told(kind, NOW, program, **said), *holding)

    @pytest.mark.parametrize("what", WHAT_PEOPLE_DO)
    def test_it_lets_people_pass(self, what: str) -> None:
        """A name that is no program is a person; whether that one may is said by other rules."""
        kind, said = WHAT_PEOPLE_DO[what]
        assert RULE not in rules(told(kind, NOW, "alex", **said))

    @pytest.mark.parametrize("what", WHAT_PEOPLE_DO)
    def test_against_it_nothing_has_an_effect(self, what: str) -> None:
        """Recorded all the same, what a program decided is kept and void."""
        kind, said = WHAT_PEOPLE_DO[what]
        before = incident(takes("incident-commander", PROGRAMS[0], minutes(1)))
        after = ir.record(before, told(kind, NOW, PROGRAMS[0], **said))
        assert (RULE, True) in [(one.rule, one.void) for one in after.violations]
        assert (after.incident.severity, after.incident.closed) == (before.severity, False)

    @pytest.mark.parametrize("what", ADDS_DUTIES)
    def test_what_adds_duties_counts_from_programs_too(self, what: str) -> None:
        """Facts, findings, raises and records need nobody's judgement to count."""
        kind, said = ADDS_DUTIES[what]
        assert RULE not in rules(told(kind, NOW, PROGRAMS[0], **said))

    def test_a_role_is_a_person_while_a_person_holds_it(self) -> None:
        """Signed with the role's name it takes one holder, or while nobody holds it a contact, who is no program."""
        closing = told("notice-approved", NOW, "scribe", **NOTICE)
        by_program, by_person = takes("scribe", "docs-agent", minutes(1)), takes("scribe", "alex", minutes(2))
        released = told("role-released", minutes(3), role="scribe", person="alex")
        assert POLICY.roles["scribe"].contact in POLICY.programs
        assert RULE in rules(closing)
        assert RULE in rules(closing, by_program)
        assert RULE not in rules(closing, by_program, by_person)
        assert RULE in rules(closing, by_program, by_person, released)
        assert RULE not in rules(told("notice-approved", NOW, "legal-liaison", **NOTICE))


class TestWhomANameStandsFor:
    """A name stands for itself; a role's name for whoever holds it, and for its primary contact while nobody does."""

    @given(
        holders=st.lists(st.sampled_from(["alex", "kim", "sam", "docs-agent"]), max_size=4, unique=True),
        role=st.sampled_from(sorted(POLICY.roles)),
    )
    def test_a_role_stands_for_its_holders_or_its_contact(self, holders: list[str], role: str) -> None:
        """Somebody who took a role after another one, where one alone may hold it, is the one who holds it."""
        history = history_of(*(takes(role, person, minutes(n)) for n, person in enumerate(holders, start=1)))
        holding = {person for person in holders if person in history.holders.get(role, {})}
        assert history.persons_of(POLICY, role) == (holding or {POLICY.roles[role].contact})
        assert history.is_person(POLICY, role) is bool(history.persons_of(POLICY, role) - POLICY.programs)

    @given(name=st.sampled_from(["alex", "kim", *POLICY.programs, *(r.contact for r in POLICY.roles.values())]))
    def test_any_other_name_stands_for_itself(self, name: str) -> None:
        """Also one that a role has as its contact."""
        history = history_of(takes("incident-commander", "alex", minutes(1)))
        assert history.persons_of(POLICY, name) == {name}
        assert history.is_person(POLICY, name) is (name not in POLICY.programs)

    def test_two_names_for_one_person_have_somebody_in_common(self) -> None:
        """Who wrote a text under her own name and approves it under the role's is one and the same."""
        history = history_of(takes("comms-lead", "lee", minutes(1)), takes("incident-commander", "dana", minutes(2)))
        assert history.persons_of(POLICY, "comms-lead") & history.persons_of(POLICY, "lee")
        assert not history.persons_of(POLICY, "comms-lead") & history.persons_of(POLICY, "incident-commander")


def history_of(*events: Event) -> History:
    return incident(*events)._case.history
