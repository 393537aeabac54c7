"""The page about performance, drawn from the figures alone: the same figures give the same page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from bench.peers.data import Data
from bench.peers.words import AIMS, TABLES, WORKLOADS, Aim

__all__ = ["page", "ratio", "seconds_words"]

ORDER: Final = tuple(WORKLOADS)
LEAST_BYTES: Final = 50
"""For an event; what is below is the process, not the log."""
ROLES: Final = {"ours": "ours", "floor": "floor", "hand": "by hand", "peer": "package"}


def page(data: Data) -> str:
    """The whole page as Markdown."""
    blocks = [_head(data), _short(data), _losing(data), _aims(data)]
    blocks += [_workload(id_, data["workloads"][id_], data) for id_ in ORDER if id_ in data["workloads"]]
    blocks += [_not_measured(data), _versions(data)]
    return "\n\n".join(blocks) + "\n"


def ratio(value: float) -> str:
    """A ratio as one reads it: three figures, fewer where there are none."""
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 1:
        return f"{value:.3g}"
    return f"{value:.2g}" if value >= 0.001 else f"{value:.4f}"


def seconds_words(seconds: float) -> str:
    """A time in the unit that suits it."""
    for unit, length in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= length:
            return f"{ratio(seconds / length)} {unit}"
    return f"{ratio(seconds / 1e-9)} ns"


def _head(data: Data) -> str:
    made = data["made_with"]
    return f"""# Performance

*Written by `python3 run.py bench --peers`, with its pictures, from the figures in [performance/figures.json](performance/figures.json). Change the benchmark in `tests/bench/peers`, not this page.*

The library beside packages a team would use today, and beside what one would write by hand. The claims are ratios taken in one run:

- **Beside ours** says how long something takes when the library takes 1. At 12 the library is twelve times as fast; at 0.05 it takes twenty times as long. In brackets stand
  the bounds of the middle half of the rounds.
- **Beside the floor** says the same beside what a careful hand would write for this very job, and nothing more.
- Times stand beside for orientation. They are of this machine on that day.

Every one of {data["rounds"]} rounds gives each case one turn, each round beginning with another one, garbage collected before each turn; processes are started {2 * data["rounds"]} times. CPU time of all threads,
on a machine that was shared: {made["machine"]}, {made["python"]}. It took {ratio(data["minutes"])} minutes.

Before anything is timed, everybody answers the same cases, and one other answer ends the run: what was compared stands with each table. Faster than the library is easy for whoever does less,
so each section says what is asked of whom."""


def _tables(data: Data) -> Iterator[tuple[str, dict[str, Any]]]:
    for id_ in ORDER:
        for table in data["workloads"].get(id_, {"tables": ()})["tables"]:
            yield id_, table


def _heading(workload: str, table: dict[str, Any]) -> str:
    below = TABLES[table["id"]].title
    title = WORKLOADS[workload].title
    if table["id"] == "refusal":
        below = "a no"
    return f"{title}: {below[0].lower()}{below[1:]}" if below else title


def _row(table: dict[str, Any], beside: str) -> dict[str, Any] | None:
    """The row that is meant: the floor, the fastest package, or the package or case of that name."""
    rows = table["rows"]
    if beside == "fastest":
        found = [row for row in rows if row["role"] == "peer"]
    else:
        found = [row for row in rows if beside in (row["role"], row["package"], row["name"])]
    return min(found, key=lambda row: row["beside_ours"]["median"], default=None)  # type: ignore[no-any-return]  # figures are plain


def _short(data: Data) -> str:
    lines = [
        "## In short",
        "",
        "| | ours beside the floor | fastest package beside ours | slowest package beside ours |",
        "| --- | --- | --- | --- |",
    ]
    for id_, table in _tables(data):
        (ours,) = (row for row in table["rows"] if row["role"] == "ours")
        peers = sorted(
            (row for row in table["rows"] if row["role"] == "peer"), key=lambda row: row["beside_ours"]["median"]
        )
        ends = (
            [f"{ratio(row['beside_ours']['median'])} ({row['name']})" for row in (peers[0], peers[-1])]
            if peers
            else ["", ""]
        )
        lines.append(f"| {_heading(id_, table)} | {ratio(ours['beside_floor']['median'])} | {ends[0]} | {ends[1]} |")
    return "\n".join(lines)


def _losing(data: Data) -> str:
    """Everything that is faster, said as plainly as what is slower."""
    lines = ["## Where the library is slower", ""]
    for id_, table in _tables(data):
        faster = [row for row in table["rows"] if row["role"] == "peer" and row["beside_ours"]["median"] < 1]
        peers = [row for row in table["rows"] if row["role"] == "peer"]
        if faster:
            faster.sort(key=lambda row: row["beside_ours"]["median"])
            named = "; ".join(
                f"{row['name']} ({ratio(1 / row['beside_ours']['median'])} times as fast)" for row in faster
            )
            lines.append(
                f"- {_heading(id_, table)}: {len(faster)} of {len(peers)} {'are' if len(faster) > 1 else 'is'} faster: {named}."
            )
    return "\n".join(lines) if len(lines) > 2 else "\n".join([*lines, "No package measured here is faster."])


def _aims(data: Data) -> str:
    known = {table["id"]: table for _, table in _tables(data)}
    judged = [(aim, _row(known[aim.table], aim.beside)) for aim in AIMS if aim.table in known]
    reached = [aim for aim, row in judged if row is not None and 1 / row["beside_ours"]["median"] <= aim.at_most]
    lines = [
        "## What was aimed at", "",
        f"Set before the library was written, from fragments by hand that did the bare job. Reached: {len(reached)} of {len(judged)}.", "",
        "| aim | ours is to take at most | it takes | |", "| --- | --- | --- | --- |",
    ]  # fmt: skip
    lines += [_aim(aim, row, aim in reached) for aim, row in judged]
    return "\n".join(lines)


def _aim(aim: Aim, row: dict[str, Any] | None, reached: bool) -> str:
    if row is None:
        return f"| {aim.what} | {ratio(aim.at_most)} | | not measured |"
    return f"| {aim.what} | {ratio(aim.at_most)} | {ratio(1 / row['beside_ours']['median'])} | {'reached' if reached else 'not reached'} |"


# --- one workload ----------------------------------------------------------------------------------------


def _workload(id_: str, workload: dict[str, Any], data: Data) -> str:
    blocks = [f"## {WORKLOADS[id_].title}", WORKLOADS[id_].text]
    for table in workload["tables"]:
        told = TABLES[table["id"]]
        blocks += [f"### {told.title}"] if told.title else []
        blocks += [told.text] if told.text else []
        blocks += [_table(table), "\n".join(f"- Compared: {_compared(one)}" for one in table["agreed"])]
        blocks.append(
            f"![{_heading(id_, table)}: each beside ours, on a scale of powers of ten](performance/{table['id']}.svg)"
        )
    if workload["growth"]:
        blocks.append(_growth(workload["growth"]))
    return "\n\n".join(blocks)


def _compared(one: dict[str, Any]) -> str:
    return f"{one['what']}, in {one['cases']:,} case{'s' * (one['cases'] != 1)}, between {'; '.join(one['among'])}: all the same."


def _table(table: dict[str, Any]) -> str:
    lines = [f"| {table['unit']} | | beside ours | beside the floor | here |", "| --- | --- | --- | --- | --- |"]
    for row in sorted(table["rows"], key=_place):
        ours = "1" if row["role"] == "ours" else _spread(row["beside_ours"])
        floor = "1" if row["role"] == "floor" else _spread(row["beside_floor"])
        lines.append(f"| {row['name']} | {ROLES[row['role']]} | {ours} | {floor} | {seconds_words(row['seconds'])} |")
    return "\n".join(lines)


def _place(row: dict[str, Any]) -> tuple[int, float]:
    return ("ours", "floor", "hand", "peer").index(row["role"]), row["beside_ours"]["median"]


def _spread(value: dict[str, float]) -> str:
    return f"{ratio(value['median'])} ({ratio(value['low'])} to {ratio(value['high'])})"


def _growth(lines: list[dict[str, Any]]) -> str:
    ours, sizes = lines[0]["seconds"], lines[0]["sizes"]
    heads = [f"{size:,}" for size in sizes]
    rows = ["| | " + " | ".join(heads) + " | longest beside shortest |", "| --- " * (len(sizes) + 2) + "|"]
    memory = ["| | " + " | ".join(heads) + " |", "| --- " * (len(sizes) + 1) + "|"]
    for line in lines:
        cells = [_beside(one, mine) for one, mine in zip(line["seconds"], ours, strict=True)]
        whole = None not in line["seconds"]
        times = ratio(line["seconds"][-1] / line["seconds"][0]) if whole else ""
        rows.append(f"| {line['name']} | {' | '.join(cells)} | {times} |")
        if line["name"] != "ir_policy, events in hand":
            memory.append(f"| {line['name']} | {' | '.join(_bytes(one) for one in line['bytes'])} |")
    return "\n".join([
        "### One log that grows", "",
        "One incident, one event each twenty seconds: news, notices, steps, people taking over, notes. Each figure is made in a process of its own, from lines in a file to what is so, "
        "one after the other; the shorter logs three times, of which the median stands here. What they come to is the same at every size. What one event takes beside ours from text, "
        "in brackets its CPU time. Given up means that it took more than "
        f"{ratio(lines[0]['patience'])} seconds of CPU in all:", "",
        *rows, "", "![One log that grows: time for each event by the number of events, both on scales of powers of ten](performance/growth.svg)", "",
        "Memory the process took for each event, at its peak (nothing where it is too little to see); for eventsourcing its store is part of it, by hand no event is kept:", "",
        *memory,
    ])  # fmt: skip


def _beside(seconds: float | None, ours: float | None) -> str:
    if seconds is None:
        return "given up"
    return f"({seconds_words(seconds)})" if ours is None else f"{ratio(seconds / ours)} ({seconds_words(seconds)})"


def _bytes(value: float | None) -> str:
    if value is None:
        return "given up"
    return f"{value / 1000:.2g} kB" if value >= LEAST_BYTES else ""


def _not_measured(data: Data) -> str:
    lines = ["## Not measured", ""]
    lines += [f"- {name}: {reason}" for name, reason in data["not_measured"].items()]
    return "\n".join(
        lines if data["not_measured"] else [*lines, "Everything that was asked for could be installed and measured."]
    )


def _versions(data: Data) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in data["made_with"]["versions"].items())
    return f"## Versions\n\n{versions}."
