"""Slips in how a role is held, who follows on whom, and who is a program: each is one problem with its place."""

from __future__ import annotations

import pytest

import ir_policy as ir
from support_documents import POLICY, edited

SLIPS = {
    "nobody follows": ("succession: [owen-backup, security-lead]", "succession: [owen-bakup, security-lead]",
                       "roles.incident-commander.succession", "unknown person or role 'owen-bakup'", "owen-backup"),
    "one follows on oneself": ("succession: [owen-backup, security-lead]", "succession: [incident-commander]",
                               "roles.incident-commander.succession", "is this role itself", ""),
    "followed by several": ("held_by: one", "held_by: several",
                            "roles.incident-commander.succession", "belongs to a role that one holds", "held_by: one"),
    "held by nobody": ("held_by: one", "held_by: none",
                       "roles.incident-commander.held_by", "is not one of the words allowed here", "several"),
    "alone with nobody": ("warns_with: [technical-sme]", "warns_with: [technical-smee]",
                          "roles.incident-commander.warns_with", "unknown role 'technical-smee'", "technical-sme"),
    "an unknown reading": ("readings: [one-in-command,", "readings: [one-in-comand,",
                           "roles.incident-commander.readings", "unknown reading 'one-in-comand'", "one-in-command"),
    "a program nobody knows": ("programs: [docs-agent,", "programs: [docs-agnt,",
                               "programs", "unknown program 'docs-agnt'", "docs-agent"),
    "opened by nobody known": ("until: {by: person}", "until: {by: program}",
                               "gates.people-decide.until.by", "'by' knows only 'person'", "role"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_one_slip_is_one_problem(slip: str) -> None:
    """Named with file, line and column, what is wrong and the way out."""
    old, new, path, what, hint = SLIPS[slip]
    with pytest.raises(ir.PolicyInvalid) as raised:
        ir.load_policy(edited(POLICY, (old, new)))
    (problem,) = raised.value.problems
    assert path in problem.where
    assert what in problem.what
    assert hint in problem.hint
    assert problem.where.split(":")[1].isdigit()
