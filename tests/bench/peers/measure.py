"""Rounds in turning order, and ratios taken round by round.

What is measured is the CPU time of the process, all its threads: other work on the machine stretches it less than time on the
wall, and both sides of a ratio alike.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

from attrs import frozen

__all__ = ["ENOUGH", "Case", "Costs", "Ratio", "Row", "measured", "rows_of"]

ENOUGH: Final = 0.1
"""Seconds of CPU one turn of a case should take, so that the clock's own grain does not show: that may be milliseconds."""
MOST_CALLS: Final = 200_000

Costs: TypeAlias = dict[str, list[float]]
"""Seconds for one unit, round by round, for each case."""


@frozen
class Case:
    """One way to do a workload's job: ``each`` is called with one input after the other.

    ``role`` is ``ours``, ``floor`` (what one would write by hand for this very job), ``hand`` (another way by hand) or
    ``peer``. A call does ``per`` units of the job.
    """

    name: str
    role: str
    each: Callable[[Any], object]
    inputs: Sequence[Any]
    per: int = 1
    package: str = ""


@frozen
class Ratio:
    """How often something fits into something else: the median over the rounds, and the middle half of them."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, above: Sequence[float], below: Sequence[float]) -> Ratio:
        """Round by round, so that a slow moment of the machine meets both."""
        taken = [a / b for a, b in zip(above, below, strict=True)]
        if len(taken) < 2:
            return cls(taken[0], taken[0], taken[0])
        low, median, high = statistics.quantiles(taken, n=4, method="inclusive")
        return cls(median, low, high)


@frozen
class Row:
    """What was measured of one case. ``beside_ours`` is how long it takes when ours takes 1."""

    name: str
    role: str
    package: str
    seconds: float
    beside_ours: Ratio
    beside_floor: Ratio


def measured(cases: Sequence[Case], rounds: int) -> list[Row]:
    """Every round gives every case one turn, each round beginning with another one."""
    turns = [(case, _enough(case)) for case in cases]
    costs: Costs = {case.name: [] for case in cases}
    for number in range(rounds):
        first = number % len(turns)
        for case, inputs in turns[first:] + turns[:first]:
            costs[case.name].append(_cpu(case, inputs) / (len(inputs) * case.per))
    return rows_of([(case.name, case.role, case.package) for case in cases], costs)


def rows_of(cases: Iterable[tuple[str, str, str]], costs: Costs) -> list[Row]:
    """A row for each (name, role, package), beside the one that is ours and the one that is the floor."""
    known = list(cases)
    (ours,) = (name for name, role, _ in known if role == "ours")
    (floor,) = (name for name, role, _ in known if role == "floor")
    return [
        Row(
            name=name,
            role=role,
            package=package,
            seconds=statistics.median(costs[name]),
            beside_ours=Ratio.of(costs[name], costs[ours]),
            beside_floor=Ratio.of(costs[name], costs[floor]),
        )
        for name, role, package in known
    ]


def _enough(case: Case) -> list[Any]:
    """So many inputs, from the front and round again, that one turn takes long enough; it warms the case up too."""
    count = 1
    while True:
        inputs = _first(case.inputs, count)
        spent = _cpu(case, inputs)
        if spent >= ENOUGH / 5 or count >= MOST_CALLS:
            wanted = int(count * ENOUGH / spent) if spent else MOST_CALLS
            return _first(case.inputs, max(1, min(wanted, MOST_CALLS)))
        count *= 4


def _first(inputs: Sequence[Any], count: int) -> list[Any]:
    return (list(inputs) * (count // len(inputs) + 1))[:count]


def _cpu(case: Case, inputs: list[Any]) -> float:
    each = case.each
    gc.collect()
    start = time.process_time()
    for one in inputs:
        each(one)
    return time.process_time() - start
