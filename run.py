#!/usr/bin/env python3
"""Set up once, then run one of the jobs of this repository. Needs nothing but Python 3.11 or newer.

    python3 run.py demo     show the brief of a recorded incident
    python3 run.py test     everything a change must pass: style, types, tests
    python3 run.py prove    the slow proofs
    python3 run.py bench    how fast it is

The first run makes `.venv` here and installs the library into it, with uv when that is on the PATH.
Later runs reuse it until pyproject.toml changes. Delete `.venv` to start afresh.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OTHER_DATEUTIL = VENV / "dateutil-4"
UV = shutil.which("uv")

DEMO = ["ir_policy.cli", "brief", "examples/incidents/okta-2022.jsonl", "--now", "2022-01-21T00:30:00Z"]
STEPS = (
    ("Style", ["ruff", "check", "."]),
    ("Layout", ["ruff", "format", "--check", "."]),
    ("Types", ["mypy"]),
    ("Tests", ["pytest", "-q", "-n", "2", "-m", "not prove"]),
)
TIME_TESTS = [
    "-q", "-m", "not prove", "tests/laws/test_time.py", "tests/laws/test_time_calendar.py",
    "tests/laws/test_time_words.py", "tests/unit/test_holiday_data.py",
]  # fmt: skip
WITH_OTHER_DATEUTIL = """\
import sys, dateutil, pytest
if not dateutil.__version__.startswith("4"):
    sys.exit(f"python-dateutil {dateutil.__version__} was loaded, not 4: delete .venv and try again")
sys.exit(pytest.main(sys.argv[1:]))
"""


class SetUpError(Exception):
    """Nothing more can be done; the sentence says what and the way out."""


def say(text: str) -> None:
    """A line for whoever waits, in order with what the programs print."""
    print(text, flush=True)


def call(*command: str | Path, **more_environment: str) -> int:
    """Run a program from the top of the repository, its output shown as it comes."""
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", **more_environment}
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=environment, check=False).returncode


def works(*command: str | Path) -> bool:
    """Whether the program starts and is content."""
    try:
        done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def make_venv() -> None:
    """An empty `.venv`, in place of one that does not work."""
    if works(PYTHON, *(["-c", ""] if UV else ["-m", "pip", "--version"])):
        return
    say("making .venv")
    if VENV.exists():
        shutil.rmtree(VENV)
    make = [UV, "venv", "--quiet", "--python", sys.executable] if UV else [sys.executable, "-m", "venv"]
    if call(*make, VENV) != 0:
        shutil.rmtree(VENV, ignore_errors=True)  # half a one would be taken for a whole one next time
        raise SetUpError(
            "could not make .venv, the reason is above. This Python may lack venv or ensurepip:\n"
            "on Debian and Ubuntu `sudo apt install python3-venv` brings them; or install uv, and try again"
        )


def install(*what: str) -> None:
    """Install into `.venv`, with uv or with pip."""
    with_pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    tool = [UV, "pip", "install", "--quiet", "--python", PYTHON] if UV else with_pip
    if call(*tool, *what) != 0:
        raise SetUpError(
            f"could not install '{what[-1]}', the reason is above. Check that the package index is within\n"
            "reach and try again; if that does not help, delete .venv and try once more"
        )


def set_up(extra: str) -> None:
    """The library and its extra in `.venv`, unless they are there since pyproject.toml last changed."""
    now = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = VENV / f"installed{extra}"
    enough = {stamp, VENV / "installed[dev]"}
    if PYTHON.exists() and any(path.is_file() and path.read_text() == now for path in enough):
        return
    make_venv()
    say(f"installing the library{' and its development tools' if extra else ''}")
    install("--editable", f".{extra}")
    shutil.rmtree(OTHER_DATEUTIL, ignore_errors=True)
    stamp.write_text(now)


def demo() -> int:
    set_up("")
    done = subprocess.run([str(PYTHON), "-m", *DEMO], cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    sys.stderr.write(done.stderr)
    # 1 says that something is owed, as it should be in an incident; a crash is 1 too, but complains.
    return 0 if done.returncode == 1 and not done.stderr else done.returncode


def test() -> int:
    set_up("[dev]")
    for headline, arguments in STEPS:
        say(f"\n== {headline}: {' '.join(arguments)}")
        if code := call(PYTHON, "-m", *arguments):
            return code
    say("\n== Time again, with python-dateutil 4")
    if not (OTHER_DATEUTIL / "dateutil").is_dir():
        install("--target", str(OTHER_DATEUTIL), "--no-deps", "python-dateutil>=4")
    path = os.pathsep.join(filter(None, [str(OTHER_DATEUTIL), os.environ.get("PYTHONPATH")]))
    return call(PYTHON, "-c", WITH_OTHER_DATEUTIL, *TIME_TESTS, PYTHONPATH=path)


def prove() -> int:
    set_up("[dev]")
    return call(PYTHON, "-m", "pytest", "-m", "prove", "-q", "-s")


def bench() -> int:
    set_up("")
    return call(PYTHON, "tests/bench/bench.py")


JOBS = {"demo": demo, "test": test, "prove": prove, "bench": bench}


def main(arguments: list[str]) -> int:
    if sys.version_info < OLDEST:
        say(f"this is Python {sys.version.split()[0]}; install Python 3.11 or newer and start this with it")
        return 2
    if len(arguments) != 1 or arguments[0] not in JOBS:
        say(__doc__.strip())
        return 0 if arguments in ([], ["-h"], ["--help"]) else 2
    try:
        return JOBS[arguments[0]]()
    except (SetUpError, OSError) as reason:
        print(f"\nstopped: {reason}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
