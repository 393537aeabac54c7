"""Every state of paging with every event: a row, or a stop that says what is needed; and the fold takes the rows it should."""

from __future__ import annotations

from typing import Final

import pytest

from ir_policy.present.pages.machines import diagram
from ir_policy.rules.machines import Machine, Row, Stop
from ir_policy.rules.machines.on_call import ON_CALL
from support_duties import POLICY

PAIRS: Final = [(state, event) for state in ON_CALL.states for event in ON_CALL.events]
ROWS: Final = {
    "not-needed": {"needed": "to-page", "recovered": "over", "closed": "over"},
    "to-page": {
        "not-needed": "not-needed", "page-sent": "waiting", "page-failed": "to-page", "list-ended": "exhausted",
        "page-acknowledged": "answered", "raised": "to-page", "role-taken": "answered", "recovered": "over", "closed": "over",
    },
    "waiting": {
        "not-needed": "not-needed", "page-sent": "waiting", "page-failed": "to-page", "no-answer": "to-page",
        "page-acknowledged": "answered", "raised": "waiting", "role-taken": "answered", "recovered": "over", "closed": "over",
    },
    "exhausted": {
        "not-needed": "not-needed", "page-sent": "exhausted", "page-failed": "exhausted", "no-answer": "exhausted",
        "list-ended": "exhausted", "page-acknowledged": "answered", "raised": "exhausted", "role-taken": "answered",
        "recovered": "over", "closed": "over",
    },
    "answered": {
        "not-needed": "not-needed", "page-acknowledged": "answered", "answer-stale": "to-page", "raised": "to-page",
        "role-taken": "answered", "role-released": "answered", "recovered": "over", "closed": "over",
    },
    "over": {"raised": "to-page", "recovered": "over", "closed": "over", "reopened": "not-needed"},
}  # fmt: skip
"""What the owner of the policy would draw by hand: all else is stopped."""


@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_every_pair_has_its_answer(state: str, event: str) -> None:
    """A row to the state it should lead to, or a stop that names what is needed instead; both name a clause."""
    found = ON_CALL.after(state, event)
    expected = ROWS[state].get(event)
    if expected is None:
        assert isinstance(found, Stop)
        assert found.needs
    else:
        assert isinstance(found, Row)
        assert found.to == expected
    assert found.clause.partition("/")[0] in POLICY.about.clauses


def test_all_of_it_was_walked() -> None:
    """Six states and fourteen events; each state can be reached from the start, and none is left for good."""
    assert (len(ON_CALL.states), len(ON_CALL.events), len(PAIRS)) == (6, 14, 84)
    assert set(ROWS) == set(ON_CALL.states) == reached(ON_CALL, ON_CALL.start)
    assert all(ON_CALL.start in reached(ON_CALL, state) for state in ON_CALL.states)


def test_the_picture_shows_every_row() -> None:
    """Each row is an arrow of the picture with its event on it, and no arrow shows anything else."""
    shown = set()
    for line in diagram(ON_CALL):
        arrow, colon, events = line.strip().partition(": ")
        if colon:
            state, _, to = arrow.replace("_", "-").partition(" --> ")
            shown |= {(state, event, to) for event in events.split(", ")}
    assert shown == {(row.state, row.event, row.to) for row in ON_CALL.rows}


def reached(machine: Machine, start: str) -> set[str]:
    """Every state that some events lead to."""
    found, todo = {start}, [start]
    while todo:
        state = todo.pop()
        steps = (machine.after(state, event) for event in machine.events)
        new = {step.to for step in steps if isinstance(step, Row)} - found
        found |= new
        todo += new
    return found
