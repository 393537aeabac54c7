#!/usr/bin/env python3
"""One command for everything: sets up an environment of its own once, then tries the two hosts in it.

python3 examples/timers/run.py test       kills, races, wrong clocks and moved instants, in small numbers
python3 examples/timers/run.py conform    the same kills, races and clocks in large numbers, and what was lost
python3 examples/timers/run.py planted    whether the trials find faults that are planted in the hosts
python3 examples/timers/run.py late       how late they tell, and how long the jobs of a killed worker lie

All start a PostgreSQL of their own on this machine, as the portal's tests do.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from setting_up import python_of, run_with  # noqa: E402 - it lies beside the examples

JOBS = {
    "test": ["-m", "pytest", "-q"],
    "conform": ["tests/trials.py"],
    "planted": ["-m", "pytest", "-q", "tests/planted.py"],
    "late": ["tests/late.py"],
}
REQUIREMENTS = ["requirements-dbos.txt", "requirements-procrastinate.txt", "requirements-test.txt"]


def main(arguments: list[str]) -> int:
    program = JOBS.get("".join(arguments[:1]))
    if program is None:
        print((__doc__ or "").strip())
        return 0 if arguments in ([], ["-h"], ["--help"]) else 2
    python = python_of(HERE, REQUIREMENTS)
    if python is None:
        return 1
    paths = [HERE, HERE / "tests", HERE.parent / "portal_backend" / "tests"]  # the last has the PostgreSQL of tests
    return run_with(python, [*program, *arguments[1:]], paths, HERE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
