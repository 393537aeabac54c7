#!/usr/bin/env python3
"""One command for everything: sets up an environment of its own once, then runs the host or its tests in it.

python3 examples/portal_backend/run.py                 the recorded incidents, to look at
python3 examples/portal_backend/run.py test            its tests
python3 examples/portal_backend/run.py conform         kills, races, wrong clocks and a full disk, and what was lost
python3 examples/portal_backend/run.py load            how much it bears; with --long, whether its memory stays what it is
python3 examples/portal_backend/run.py fuzz            thousands of odd and hostile requests, and what was answered
python3 examples/portal_backend/run.py serve --help    everything else the host can do
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from setting_up import python_of, run_with  # noqa: E402 - it lies beside the examples

FOR_TESTS = {
    "test": ["-m", "pytest", "-q"],
    "conform": ["tests/conformance.py"],
    "load": ["tests/load.py"],
    "fuzz": ["tests/fuzz.py"],
}
NEEDED: Final = {"fuzz": "requirements-fuzz.txt"}


def main(arguments: list[str]) -> int:
    program = FOR_TESTS.get("".join(arguments[:1]))
    needed = NEEDED.get(arguments[0], "requirements-test.txt") if program else ""
    python = python_of(HERE, ["requirements.txt", *filter(None, [needed])])
    if python is None:
        return 1
    command = [*program, *arguments[1:]] if program else ["-m", "portal_backend", *arguments]
    # tests stand in the folder of the example; whatever else is done happens where the caller is
    return run_with(python, command, [HERE], HERE if program else None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
