"""Every number, literal, role, row and switch of the policy matters: change one, and some scenario comes out otherwise.

A few hundred mutants in every run, all of them with ``run.py prove``. A mutant that no scenario notices is either a
hole in the scenarios or stands in :data:`EQUIVALENT` with the reason why it changes nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Final

import pytest

import ir_policy as ir
from expecting import flaws_at
from ir_policy.rules.model import Policy
from keeping import kept_of
from mutants.document_mutants import Mutant, mutants_of
from mutants.equivalent import EQUIVALENT
from telling import Scenario, policy, scenarios, tell

POLICY: Final = (
    resources.files("ir_policy.rules").joinpath("catalog", "motion-mavericks.yaml").read_text(encoding="utf-8")
)
MUTANTS: Final = mutants_of(POLICY)
FEWEST: Final = 600
EVERY: Final = 9
"""In an ordinary run every ninth mutant is tried."""


def noticed_by(mutant: Mutant) -> str:
    """The first scenario that comes out otherwise under the mutant, or the loader; empty when nobody notices."""
    try:
        rules = ir.load_policy(mutant.text)
    except ir.PolicyInvalid:
        return "the document is refused"
    for scenario in _nearest_first(mutant):
        try:
            if _comes_out_otherwise(scenario, rules):
                return scenario.name
        except ir.IRPolicyError:
            return scenario.name  # it speaks of something the mutant does not know
    return ""


def _comes_out_otherwise(scenario: Scenario, rules: Policy) -> bool:
    told = copy.copy(scenario)
    told.policy = rules
    story = tell(told)
    if story.flaws or any(flaw for moment in told.said["expect"] for flaw in flaws_at(story.incident, moment)):
        return True
    return kept_of(told, story) != _kept(scenario)


@cache
def _kept(scenario: Scenario) -> object:
    return kept_of(scenario, tell(scenario))


def _nearest_first(mutant: Mutant) -> Iterable[Scenario]:
    """The scenarios that name what was changed come first; the order changes nothing but the time it takes."""
    name = mutant.where.split(".")[1] if "." in mutant.where else mutant.where
    plain = [scenario for scenario in scenarios() if scenario.policy is policy("")]
    return sorted(plain, key=lambda scenario: name not in str(scenario.said))


def check(mutants: Iterable[Mutant]) -> tuple[list[str], int]:
    """The mutants nobody noticed that are not known to change nothing, and how many were noticed."""
    unnoticed, noticed = [], 0
    for mutant in mutants:
        if noticed_by(mutant):
            noticed += 1
            assert mutant.name not in EQUIVALENT, f"{mutant.name} is noticed: it is no longer equivalent"
        elif mutant.name not in EQUIVALENT:
            unnoticed.append(mutant.name)
    return unnoticed, noticed


def test_there_are_enough_mutants() -> None:
    """Numbers, literals, roles, rows and switches of every rule are among them, and what is excused exists."""
    assert len(MUTANTS) >= FEWEST
    names = {mutant.name for mutant in MUTANTS}
    assert sorted(set(EQUIVALENT) - names) == []
    assert all(len(reason.split()) > 3 for reason in EQUIVALENT.values())
    rules = ir.load_policy("motion-mavericks")
    changed = {mutant.where for mutant in MUTANTS}
    for section, ids in (("duties", [d for d in rules.duties if "." not in d]), ("gates", rules.gates)):
        assert [id_ for id_ in ids if not any(where.startswith(f"{section}.{id_}") for where in changed)] == []


@pytest.mark.parametrize("part", range(8))
def test_some_mutants_are_noticed(part: int, record_property: pytest.RecordProperty) -> None:
    """Every ninth mutant, in eight parts that may run side by side."""
    mutants = MUTANTS[::EVERY][part::8]
    unnoticed, noticed = check(mutants)
    record_property("examined", len(mutants))
    assert noticed > len(mutants) // 2
    assert not unnoticed, "\n".join(["no scenario notices:", *unnoticed])


@pytest.mark.prove
@pytest.mark.parametrize("part", range(8))
def test_every_mutant_is_noticed(part: int) -> None:
    """All of them."""
    mutants = MUTANTS[part::8]
    unnoticed, noticed = check(mutants)
    assert noticed + len(EQUIVALENT) >= len(mutants) - len(unnoticed)
    assert not unnoticed, "\n".join(["no scenario notices:", *unnoticed])
