"""Whether somebody stands behind every role: a contact the document knows, and a person where one has to decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ir_policy.duties.on_call import list_of
from ir_policy.review.findings import ADVICE, DEFECT, Flaw, Path, names
from ir_policy.rules.model import Policy, RoleRule
from ir_policy.terms import Clause

__all__ = ["roles_are_reached"]


def roles_are_reached(policy: Policy, _: date | None) -> Iterator[Flaw]:
    """Contacts, those who follow on them, and everybody the call list pages."""
    deciding, owing = _deciding(policy), _owing(policy)
    for role in policy.roles.values():
        path: Path = ("roles", role.id)
        if role.contact in policy.programs:
            yield from _a_program(policy, role, deciding, owing)
        elif role.contact not in policy.about.people:
            what = f"nobody the document knows is called '{role.contact}': '{role.id}' cannot be reached"
            yield Flaw(policy.id, (*path, "contact"), what, "add the name to 'people'", _clause(role), DEFECT)
        for index, name in enumerate(role.succession):
            if name not in policy.about.people and name not in policy.roles:
                what = f"nobody the document knows is called '{name}', who follows in '{role.id}'"
                yield Flaw(
                    policy.id, (*path, "succession", index), what, "name a person or a role", _clause(role), DEFECT
                )
    yield from _paged(policy)


def _a_program(policy: Policy, role: RoleRule, deciding: frozenset[str], owing: dict[str, list[str]]) -> Iterator[Flaw]:
    path: Path = ("roles", role.id, "contact")
    people = [name for name in role.succession if name not in policy.programs]
    if role.id in deciding:
        what = f"'{role.id}' has to decide, and its contact '{role.contact}' is a program"
        yield Flaw(policy.id, path, what, "name a person, and let the program help", _clause(role), DEFECT)
    elif role.id in owing and not people:
        what = f"only the program '{role.contact}' stands behind '{role.id}', which owes {names(owing[role.id])}"
        yield Flaw(policy.id, path, what, "name a person, or see that somebody takes the role", _clause(role), ADVICE)


def _paged(policy: Policy) -> Iterator[Flaw]:
    found = list_of(policy)
    if found is None:
        return
    tool, rule = found
    path: Path = ("tooling", tool.id, "paging")
    for index, level in enumerate(rule.levels):
        if level in policy.programs:
            what = f"the call list pages '{level}', which is a program"
        elif level not in policy.about.people and level not in policy.roles:
            what = f"the call list pages '{level}', whom the document does not know"
        else:
            continue
        yield Flaw(policy.id, (*path, "levels", index), what, "name a person", Clause(tool.clause), DEFECT)
    for index, name in enumerate(rule.then):
        role = policy.roles.get(name)
        if role is not None and role.contact in policy.programs:
            what = (
                f"when nobody on the call list answers '{name}' is paged, whose contact '{role.contact}' is a program"
            )
            spot: Path = (*path, "exhausted", "page", index)
            yield Flaw(policy.id, spot, what, "page a role that a person answers for", Clause(tool.clause), DEFECT)


def _deciding(policy: Policy) -> frozenset[str]:
    """The roles whose word releases, waives, exempts or corrects something, or that one alone holds."""
    found = {role.id for role in policy.roles.values() if role.held_by_one}
    for gate in policy.gates.values():
        found |= {name for release in gate.until for name in release.roles} | set(gate.waivable_by)
    for duty in policy.duties.values():
        found |= {*duty.waivable_by, *duty.exempted_by}
    return frozenset(found.union(*(mark.corrected_by for mark in policy.marks.values())))


def _owing(policy: Policy) -> dict[str, list[str]]:
    """What each role owes, by its id: duties, exercises and confirmations."""
    found: dict[str, list[str]] = {}
    about = policy.about
    owed = [(one.owed_by, one.id) for one in policy.duties.values()]
    practised = [(one.owed_by, one.id) for one in about.exercises.values()]
    for role, what in sorted([*owed, *practised, *((one.kept_by, one.id) for one in about.assumptions.values())]):
        found.setdefault(role, []).append(what)
    return found


def _clause(role: RoleRule) -> Clause:
    """A role is its own clause below its section: the document gives it no other."""
    return Clause(f"roles/{role.id}")
