"""State machines as rows: in this state, after this event, comes that state, under this clause.

A machine is a table and nothing else. Whatever a table does not allow it refuses by name, with what is needed instead;
so every pair of a state and an event is either a row or a refusal, and both name a clause. Pictures are drawn from the
same rows.
"""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from ir_policy.terms import Clause, FrozenMap

__all__ = ["ANY", "Machine", "Row", "Stop"]

ANY: Final = "*"
"""In a :class:`Stop`: every event the state has no row for."""


@frozen
class Row:
    """One step a machine can take."""

    state: str
    event: str
    to: str
    clause: Clause


@frozen
class Stop:
    """An event that may not happen in a state, and what is needed first."""

    state: str
    event: str
    needs: str
    clause: Clause


@frozen(eq=False, repr=False)
class Machine:
    """Some states, some events, and what follows from each pair of them."""

    id: str
    title: str
    start: str
    events: tuple[str, ...]
    rows: tuple[Row, ...]
    stops: tuple[Stop, ...]
    _by_pair: FrozenMap[tuple[str, str], Row | Stop] = field(init=False)

    def __attrs_post_init__(self) -> None:
        found: dict[tuple[str, str], Row | Stop] = {}
        for stop in self.stops:
            for event in self.events if stop.event == ANY else (stop.event,):
                found[stop.state, event] = stop
        found.update({(row.state, row.event): row for row in self.rows})
        object.__setattr__(self, "_by_pair", FrozenMap(found))

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order the rows name them."""
        return tuple(dict.fromkeys([self.start, *(name for row in self.rows for name in (row.state, row.to))]))

    def after(self, state: str, event: str) -> Row | Stop:
        """The row the machine takes, or what stops it. Every pair of its states and events has one of the two."""
        return self._by_pair[state, event]
