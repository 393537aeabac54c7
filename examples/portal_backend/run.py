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

import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

HERE = Path(__file__).resolve().parent
LIBRARY = HERE.parents[1]
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

FOR_TESTS = {
    "test": ["-m", "pytest", "-q"],
    "conform": ["tests/conformance.py"],
    "load": ["tests/load.py"],
    "fuzz": ["tests/fuzz.py"],
}
NEEDED: Final = {"fuzz": "requirements-fuzz.txt"}


def set_up(requirements: str) -> None:
    """An environment with the library and the requirements in it, unless it is there already."""
    wanted = "".join((HERE / name).read_text(encoding="utf-8") for name in ("requirements.txt", requirements))
    stamp = VENV / f"installed-{requirements}"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    if not PYTHON.is_file():
        print("setting up examples/portal_backend/.venv", flush=True)
        venv.create(VENV, with_pip=True)
    install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--editable", str(LIBRARY), "-r", str(HERE / requirements)], check=True)
    stamp.write_text(wanted, encoding="utf-8")


def main(arguments: list[str]) -> int:
    program = FOR_TESTS.get("".join(arguments[:1]))
    try:
        set_up(NEEDED.get(arguments[0], "requirements-test.txt") if program else "requirements.txt")
    except subprocess.CalledProcessError:
        print("could not install what the host needs; the reason is above", file=sys.stderr)
        return 1
    command = [*program, *arguments[1:]] if program else ["-m", "portal_backend", *arguments]
    # tests stand in the folder of the example; whatever else is done happens where the caller is
    path = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path}
    try:
        return subprocess.run(
            [str(PYTHON), *command], env=environment, cwd=HERE if program else None, check=False
        ).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
