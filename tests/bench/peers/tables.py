"""What a workload hands over, before and after it was measured."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, frozen

from bench.peers.agree import Agreement
from bench.peers.measure import Case, Costs, Row, measured, rows_of

__all__ = ["Growth", "Table", "Workload"]


@frozen
class Table:
    """Ways to do one job, what was compared between them, and what it cost.

    ``cases`` are measured in this process; ``apart`` measures in processes of its own and gives names with their costs.
    """

    id: str
    unit: str
    agreed: tuple[Agreement, ...]
    cases: tuple[Case, ...] = ()
    apart: Callable[[int], tuple[list[tuple[str, str, str]], Costs]] | None = None
    rows: tuple[Row, ...] = ()

    def measured(self, rounds: int) -> Table:
        rows = rows_of(*self.apart(rounds)) if self.apart is not None else measured(self.cases, rounds)
        return evolve(self, rows=tuple(rows), cases=(), apart=None)


@frozen
class Growth:
    """What one more event costs as a log gets longer: seconds and bytes for each size; ``None`` where it was given up.

    It was when the size took more than ``patience`` seconds.
    """

    name: str
    role: str
    package: str
    sizes: tuple[int, ...]
    seconds: tuple[float | None, ...]
    bytes: tuple[float | None, ...]
    patience: float


@frozen
class Workload:
    id: str
    tables: tuple[Table, ...]
    growth: tuple[Growth, ...] = ()
