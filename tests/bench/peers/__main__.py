"""``python -m bench.peers``: compare, measure, write the page. ``run.py bench --peers`` calls it in the environment it made."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from attrs import evolve

import ir_policy as ir
from bench.peers import classify, deadlines, imports, opening, replay, step
from bench.peers.agree import Disagreement
from bench.peers.data import Data, fitting, gathered, read, written
from bench.peers.installed import LIST, Peers, pinned
from bench.peers.page import page, ratio
from bench.peers.pictures import pictures
from bench.peers.tables import Workload
from ir_policy.rules.model import Policy

DOCS: Final = Path(__file__).parents[3] / "docs"
FIGURES: Final = "figures.json"
SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
Make = Callable[[Policy, Peers], Workload]


def main() -> int:
    given = _arguments()
    sizes = tuple(size for size in SIZES if size <= given.largest)
    makes: dict[str, Make] = {
        "classify": classify.workload,
        "step": step.workload,
        "deadlines": deadlines.workload,
        "replay": lambda policy, peers: replay.workload(policy, peers, sizes, given.patience),
        "import": imports.workload,
        "opening": opening.workload,
    }
    refused = json.loads(Path(given.refused).read_text(encoding="utf-8")) if given.refused else {}
    folder = Path(given.docs)
    if given.draw:
        return _drawn_again(folder)
    peers = Peers(pinned(LIST.read_text(encoding="utf-8")), refused)
    try:
        data = _measured({id_: makes[id_] for id_ in makes if id_ in (given.only or makes)}, peers, given.rounds)
        data = fitting(read(folder / "performance" / FIGURES), data)
    except (Disagreement, ValueError) as reason:
        print(f"\nnothing was written: {reason}", file=sys.stderr)
        return 1
    write(folder, data)
    print(f"\nwrote {folder.name}/performance.md, {data['minutes']} minutes for all")
    return 0


def _drawn_again(folder: Path) -> int:
    figures = read(folder / "performance" / FIGURES)
    if figures is None:
        print(f"there are no figures in {folder.name}/performance; measure first", file=sys.stderr)
        return 1
    write(folder, figures)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py bench --peers", description=__doc__)
    known = ("classify", "step", "deadlines", "replay", "import", "opening")
    parser.add_argument(
        "--only", nargs="+", choices=known, metavar="WORKLOAD", help=f"measure these again: {', '.join(known)}"
    )
    parser.add_argument("--rounds", type=int, default=7, help="how often each case gets its turn (7)")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="how long the log grows (1000000 events)")
    parser.add_argument(
        "--patience",
        type=float,
        default=300.0,
        help="seconds of CPU before one size of a growing log is given up (300)",
    )
    parser.add_argument("--draw", action="store_true", help="draw the page again from its figures, and measure nothing")
    parser.add_argument("--docs", default=str(DOCS), help="the folder the page is written to (docs)")
    parser.add_argument("--refused", default="", help="packages that could not be installed, with the reason, as JSON")
    return parser.parse_args()


def _measured(makes: dict[str, Make], peers: Peers, rounds: int) -> Data:
    policy = ir.load_policy("motion-mavericks")
    start, found = time.monotonic(), []
    for id_, make in makes.items():
        print(f"\n== {id_}: comparing answers", flush=True)
        workload = make(policy, peers)
        for table in workload.tables:
            for one in table.agreed:
                print(f"{one.cases:>8,} compared, all the same: {one.what}", flush=True)
        tables = []
        for table in workload.tables:
            tables.append(table.measured(rounds))
            for row in tables[-1].rows:
                print(f"{ratio(row.beside_ours.median):>10}  {row.name}", flush=True)
        found.append(evolve(workload, tables=tuple(tables)))
    return gathered(found, peers, rounds, (time.monotonic() - start) / 60)


def write(folder: Path, data: Data) -> None:
    """The page, its pictures and its figures; pictures that are no longer drawn are taken away."""
    beside = folder / "performance"
    beside.mkdir(parents=True, exist_ok=True)
    (beside / FIGURES).write_text(written(data), encoding="utf-8", newline="\n")
    drawn = pictures(data)
    for old in sorted(beside.glob("*.svg")):
        if old.name not in drawn:
            old.unlink()
    for name, text in drawn.items():
        (beside / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "performance.md").write_text(page(data), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
