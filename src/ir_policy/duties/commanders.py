"""Who holds each role at an instant, who may act in it and why, who is next, and what to be careful about.

Nothing here decides anything: gates and own rules ask the history. This says the same in order and with reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from attrs import field, frozen

from ir_policy.duties.case import Case
from ir_policy.duties.level import deciding_roles
from ir_policy.duties.tenure import time_to_answer, turn, unanswered_since
from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.log.history import Tenure
from ir_policy.log.tenures import Offer
from ir_policy.rules.model import Policy, RoleRule
from ir_policy.rules.words import listed
from ir_policy.terms import nearest, rfc3339, show

__all__ = ["Candidate", "Caution", "Command", "RoleHeld", "cautions_of", "command_of"]


@frozen
class Candidate:
    """Somebody who may act in a role or take it, or may not yet, and why."""

    name: str
    """A person, or for the succession the name the document gives: a person or a role."""
    people: tuple[str, ...]
    """Whom the name stands for at that instant."""
    may: bool
    why: str


@frozen
class RoleHeld:
    """One role at an instant."""

    id: str
    title: str
    does: str
    contact: str
    held_by_one: bool
    holders: tuple[Tenure, ...]
    """The tenures that last, the earliest first; empty while nobody holds it."""
    may_act: tuple[Candidate, ...]
    """Who may act in it, in order, each with the reason. The role's own name may always: whoever signs with it is one of these."""
    succession: tuple[Candidate, ...]
    """Who may take it in turn, in the policy's order; ``may`` says whether they may at this instant without a hand-over."""
    offers: tuple[Offer, ...]
    """Hand-overs that are offered and not answered: whoever offered keeps everything until then."""


@frozen
class Caution:
    """Something that is allowed and that people should know. ``kind``: ``several-roles``, ``alone-with``, ``own-text``
    or ``program-decides``."""

    kind: str
    roles: tuple[str, ...]
    person: str
    says: str


@frozen
class Command:
    """The roles of an incident at an instant: who holds them, who may act, who is next, and what to be careful about.

    Tenures are as the log knows them today; each lasts from its ``since`` up to, and without, its ``until``.
    """

    incident: str
    at: datetime
    roles: tuple[RoleHeld, ...]
    cautions: tuple[Caution, ...]
    history: tuple[Tenure, ...]
    """Every tenure up to that instant, ended or not, by its beginning."""
    lead: str = field(default="")
    """The role that one holds at a time and that decides the level; empty where the policy has none."""

    def role(self, id: str) -> RoleHeld:  # noqa: A002 (the word of the document)
        """One role. Raises :class:`~ir_policy.errors.QuestionInvalid` for a name the policy does not know."""
        known = {role.id: role for role in self.roles}
        if not isinstance(id, str) or id not in known:
            hint = nearest(str(id), known) or f"known are {', '.join(known)}"
            raise QuestionInvalid([Problem("id", f"no role is called '{show(str(id))}'", hint)])
        return known[id]

    def __str__(self) -> str:
        return "\n".join(self.lines()) + "\n"

    def lines(self) -> Iterator[str]:
        """The whole as lines for people, instants in UTC."""
        yield f"{self.incident}, who does what at {rfc3339(self.at)}"
        for role in self.roles:
            yield f"{role.title} ({role.id}): {_holding(role)}"
            for one in role.may_act if not role.holders else ():
                yield f"  may act: {one.name}, {one.why}"
            if not role.may_act:
                yield "  may act: nobody"
            for one in role.succession:
                word = "may take it now" if one.may else "not yet"
                yield f"  next: {one.name}{_as(one)}, {word}: {one.why}"
            for offer in role.offers:
                yield f"  offered by {offer.person} to {offer.to} since {rfc3339(offer.at.at)}: not answered"
        for caution in self.cautions:
            yield f"careful: {caution.says}"


def command_of(case: Case, incident: str, at: datetime) -> Command:
    """The roles as the case stands; no event of it is later than ``at``."""
    policy, history = case.policy, case.history
    lasting = [tenure for people in history.holders.values() for tenure in people.values()]
    lead = next(
        (role for role in deciding_roles(policy) if role in policy.roles and policy.roles[role].held_by_one), ""
    )
    order = sorted(policy.roles.values(), key=lambda role: (role.id != lead, role.id))
    return Command(
        incident=incident,
        at=at,
        roles=tuple(_held(case, role, at) for role in order),
        cautions=tuple(cautions_of(case)),
        history=tuple(sorted((*history.tenures, *lasting), key=lambda one: (one.since, one.role, one.person))),
        lead=lead,
    )


# --- one role -------------------------------------------------------------------------------------------


def _held(case: Case, role: RoleRule, at: datetime) -> RoleHeld:
    history = case.history
    holders = tuple(sorted(history.holders.get(role.id, {}).values(), key=lambda one: (one.since, one.person)))
    may_act = [Candidate(one.person, (one.person,), True, f"holds it, {_how(one)}") for one in holders]
    if not holders and role.contact:
        may_act.append(Candidate(role.contact, (role.contact,), True, "its primary contact, while nobody holds it"))
    return RoleHeld(
        id=role.id, title=role.title, does=role.does, contact=role.contact, held_by_one=role.held_by_one, holders=holders,
        may_act=tuple(may_act), succession=tuple(_succession(case, role, at)),
        offers=tuple(one for one in history.offers_that_stand(case.policy) if one.role == role.id),
    )  # fmt: skip


def _succession(case: Case, role: RoleRule, at: datetime) -> Iterator[Candidate]:
    history, policy = case.history, case.policy
    acting = frozenset(history.holders.get(role.id) or (role.contact,))
    in_turn = turn(policy, history, case.level, role, at)
    waits_for, name = acting, role.id
    for successor in role.succession:
        people = history.persons_of(policy, successor)
        if people <= acting:
            yield Candidate(successor, tuple(sorted(people)), False, "acts in it already")
            continue
        why = _silence(case, waits_for, name)
        yield Candidate(successor, tuple(sorted(people)), bool(in_turn) and people >= in_turn, why)
        waits_for, name = people, successor


def _silence(case: Case, people: frozenset[str], name: str) -> str:
    """How those stand who come before: paged or not, and since when without an answer."""
    who = listed(sorted(people))
    first = unanswered_since(case.history, case.policy.roles.get(name), people | {name})
    within = time_to_answer(case.policy, case.level)
    if first is None:
        return f"no page to {who} waits for an answer"
    if within is None:
        return f"{who} was paged at {rfc3339(first)}, and no time to answer is set at this level"
    return f"{who} was paged at {rfc3339(first)} and has until {rfc3339(first + within)} to answer"


def _how(tenure: Tenure) -> str:
    return f"since {rfc3339(tenure.since.at)}{', for the time being' if tenure.acting else ''}{_BEGUN[tenure.how]}"


_BEGUN = {"taken": "", "handed-over": ", handed over", "succession": ", by succession"}


def _holding(role: RoleHeld) -> str:
    if not role.holders:
        return "nobody holds it"
    return "; ".join(f"{one.person} {_how(one)}" for one in role.holders)


def _as(one: Candidate) -> str:
    return "" if one.people == (one.name,) else f" ({', '.join(one.people)})"


# --- what to be careful about ---------------------------------------------------------------------------


def cautions_of(case: Case) -> Iterator[Caution]:
    """Doubling and programs that deserve a word, by person."""
    policy, holders = case.policy, case.history.holders
    held: dict[str, list[str]] = {}
    for role in sorted(policy.roles):
        for person in holders.get(role, {}):
            held.setdefault(person, []).append(role)
    decides = set(deciding_roles(policy))
    tells = _telling_roles(policy)
    for person, roles in sorted(held.items()):
        yield from _of_person(policy, person, roles, decides, tells)
        for role in roles:
            for other in policy.roles[role].warns_with:
                if tuple(holders[role]) == (person,) and tuple(holders.get(other, {})) == (person,):
                    says = f"{person} alone is {policy.roles[role].title} and {policy.roles[other].title}"
                    yield Caution("alone-with", (role, other), person, says)


def _of_person(policy: Policy, person: str, roles: list[str], decides: set[str], tells: set[str]) -> Iterator[Caution]:
    titles = listed(policy.roles[role].title for role in roles)
    if len(roles) > 1:
        yield Caution("several-roles", tuple(roles), person, f"{person} holds several roles: {titles}")
    if decides & set(roles) and (tells - decides) & set(roles):
        both = tuple(sorted((decides | tells) & set(roles)))
        yield Caution("own-text", both, person, f"{person} writes messages and decides: nobody approves their own text")
    if person in policy.programs and decides & set(roles):
        says = f"{person} is a program, and a person has to decide"
        yield Caution("program-decides", tuple(sorted(decides & set(roles))), person, says)


def _telling_roles(policy: Policy) -> set[str]:
    """The roles that owe messages."""
    return {duty.owed_by for duty in policy.all_rules() if any(act.kind == "notice" for act in duty.met_by)}
