"""State machines as pictures and tables, drawn from their rows."""

from __future__ import annotations

from collections.abc import Iterator

from ir_policy.present.pages.markdown import code, table, text
from ir_policy.rules.machines import Machine, Row, Stop

__all__ = ["diagram", "stops"]


def diagram(machine: Machine) -> Iterator[str]:
    """The machine as a Mermaid state diagram; events that lead the same way share an arrow."""
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in machine.states:
        yield f'    state "{state}" as {_name(state)}'
    yield f"    [*] --> {_name(machine.start)}"
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in machine.rows:
        arrows.setdefault((row.state, row.to), []).append(row.event)
    for (state, to), events in arrows.items():
        yield f"    {_name(state)} --> {_name(to)}: {', '.join(dict.fromkeys(events))}"
    yield "```"
    yield ""


def stops(machine: Machine) -> Iterator[str]:
    """For each state what it lets happen, and what everything else needs first, with the clause."""
    yield from table(
        ("State", "May happen", "Everything else needs", "Clause"), (_state(machine, s) for s in machine.states)
    )


def _state(machine: Machine, state: str) -> tuple[str, str, str, str]:
    found = [machine.after(state, event) for event in machine.events]
    may = [code(row.event) for row in found if isinstance(row, Row)]
    needs = dict.fromkeys((stop.needs, stop.clause) for stop in found if isinstance(stop, Stop))
    return (
        code(state),
        ", ".join(may) or "nothing",
        "; ".join(text(words) for words, _ in needs) or "nothing",
        ", ".join(dict.fromkeys(code(clause) for _, clause in needs)),
    )


def _name(state: str) -> str:
    return state.replace("-", "_")
