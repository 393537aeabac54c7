#!/usr/bin/env python3
"""Set up once, then run one of the jobs of this repository. Needs nothing but Python 3.11 or newer.

    python3 run.py demo         show the brief of a recorded incident
    python3 run.py test         everything a change must pass: style, types, tests
    python3 run.py prove        the slow proofs
    python3 run.py bench        how fast it is, beside floors written by hand
    python3 run.py bench --peers [--only classify step …]
                                the same beside the packages of others; writes docs/performance.md
    python3 run.py everywhere   the tests on every Python found here, with both lines of python-dateutil

The first run makes `.venv` here and installs the library into it, with uv when that is on the PATH.
Later runs reuse it until pyproject.toml changes. Delete `.venv` to start afresh. `everywhere` works in a folder
of its own, which is gone afterwards; `bench --peers` in `.venv-peers`, which stays.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

OLDEST = (3, 11)
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
IN_VENV = "Scripts/python.exe" if os.name == "nt" else "bin/python"
PYTHON = VENV / IN_VENV
OTHER_DATEUTIL = VENV / "dateutil-4"
PEERS = ROOT / ".venv-peers"
PEERS_LIST = ROOT / "tests" / "bench" / "peers" / "requirements.txt"
UV = shutil.which("uv")

DEMO = ["ir_policy.cli", "brief", "examples/incidents/okta-2022.jsonl", "--now", "2022-01-21T00:30:00Z"]
ALL_TESTS = ["-q", "-n", "2", "-m", "not prove"]
STEPS = (
    ("Style", ["ruff", "check", "."]),
    ("Layout", ["ruff", "format", "--check", "."]),
    ("Types", ["mypy"]),
    ("Tests", ["pytest", *ALL_TESTS]),
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
    venv_at(VENV, sys.executable)


def venv_at(folder: Path, python: str | Path) -> None:
    """An empty environment of that Python, with uv or with venv."""
    make = [UV, "venv", "--quiet", "--python", python] if UV else [python, "-m", "venv"]
    if call(*make, folder) != 0:
        shutil.rmtree(folder, ignore_errors=True)  # half a one would be taken for a whole one next time
        raise SetUpError(
            f"could not make {folder.name}, the reason is above. This Python may lack venv or ensurepip:\n"
            "on Debian and Ubuntu `sudo apt install python3-venv` brings them; or install uv, and try again"
        )


def installer(into: Path) -> list[str | Path]:
    """The command that installs beside that Python, with uv or with pip."""
    with_pip: list[str | Path] = [into, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return [UV, "pip", "install", "--quiet", "--python", into] if UV else with_pip


def install(*what: str, into: Path = PYTHON) -> None:
    """Install into `.venv`, or beside another Python."""
    if call(*installer(into), *what) != 0:
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
    return time_again(PYTHON, OTHER_DATEUTIL)


def time_again(python: Path, folder: Path, *more: str) -> int:
    """The tests of time by that Python with python-dateutil 4, which is kept in a folder of its own."""
    if not (folder / "dateutil").is_dir():
        install("--target", str(folder), "--no-deps", "python-dateutil>=4", into=python)
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    return call(python, "-c", WITH_OTHER_DATEUTIL, *TIME_TESTS, *more, PYTHONPATH=path)


def prove() -> int:
    set_up("[dev]")
    return call(PYTHON, "-m", "pytest", "-m", "prove", "-q", "-s")


def bench(*more: str) -> int:
    """Beside floors written by hand; or, asked for peers, beside the packages of others."""
    if more[:1] == ("--peers",):
        python, refused = with_peers()
        return call(python, "-m", "bench.peers", "--refused", refused, *more[1:], PYTHONPATH=str(ROOT / "tests"))
    if more:
        say(__doc__.strip())
        return 2
    set_up("")
    return call(PYTHON, "tests/bench/bench.py")


def with_peers() -> tuple[Path, Path]:
    """An environment with the library and its peers, made once; and the file that names those that cannot be installed."""
    python, refused, stamp = PEERS / IN_VENV, PEERS / "refused.json", PEERS / "installed"
    now = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + PEERS_LIST.read_bytes()).hexdigest()
    if python.exists() and stamp.is_file() and stamp.read_text() == now:
        return python, refused
    say(f"making {PEERS.name}, with what the library is measured beside")
    shutil.rmtree(PEERS, ignore_errors=True)
    venv_at(PEERS, sys.executable)
    install("--editable", ".", into=python)
    refused.write_text(json.dumps(install_peers(python)))
    stamp.write_text(now)
    return python, refused


def install_peers(python: Path) -> dict[str, str]:
    """All of them at once; when that fails one after the other, and for each that fails what the installer says."""
    tool = [str(part) for part in installer(python)]
    if works(*tool, "-r", PEERS_LIST):
        return {}
    say("not all of them can be installed together; trying one after the other")
    refused = {}
    for line in PEERS_LIST.read_text().splitlines():
        if wanted := line.partition("#")[0].strip():
            done = subprocess.run([*tool, wanted], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                said = [one.strip() for one in done.stderr.splitlines() if "error" in one.lower()]
                refused[wanted.partition("==")[0]] = said[0] if said else "the installer gave no reason"
                say(f"{wanted} cannot be installed: it is named on the page as not measured")
    return refused


# --- every Python found here ----------------------------------------------------------------------------


class Ran(NamedTuple):
    """One line of the table at the end."""

    python: str
    dateutil: str
    tests: str
    failed: bool = False


def everywhere() -> int:
    """The tests on every Python found here, each in an environment of its own, with both lines of python-dateutil."""
    found = {version: python_of(version) for version in PYTHONS}
    table: list[Ran] = []
    with tempfile.TemporaryDirectory(prefix="ir-policy-") as folder:
        for version, python in found.items():
            if python is None:
                way_out = f"`uv python install {version}` or `pyenv install {version}` brings it"
                table.append(Ran(version, "", f"not found here; {way_out}"))
            else:
                table += run_with(version, python, Path(folder) / f"python{version}")
    return told(table, sum(python is not None for python in found.values()))


def python_of(version: str) -> str | None:
    """An interpreter of that version, if there is one that starts."""
    asks = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
    return next((python for python in candidates(version) if answer(python, "-c", asks) == version), None)


def candidates(version: str) -> Iterator[str]:
    """Where an interpreter may be: this one, one that uv keeps, on the PATH, in pyenv. Not all of them need start."""
    yield sys.executable
    if UV and (kept := answer(UV, "python", "find", "--no-project", "--no-python-downloads", version)):
        yield kept
    if named := shutil.which(f"python{version}"):
        yield named
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    newest_first = sorted(pyenv.glob(f"{version}.*"), key=lambda folder: (len(folder.name), folder.name), reverse=True)
    yield from (str(folder / "bin" / "python") for folder in newest_first)


def answer(*command: str | Path, **more_environment: str) -> str:
    """What a program says; nothing when it does not start or is not content."""
    environment = {**os.environ, **more_environment}
    try:
        done = subprocess.run(
            [str(part) for part in command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def run_with(version: str, python: str, folder: Path) -> list[Ran]:
    """All tests by that Python with python-dateutil 2.9, then those of time with 4."""
    say(f"\n== Python {version}: {python}")
    inside, other_dateutil = folder / IN_VENV, folder / "dateutil-4"
    try:
        venv_at(folder, python)
        install("--editable", ".[dev]", "python-dateutil<3", into=inside)
        say("all tests, with python-dateutil 2.9")
        report = folder / "all.xml"
        code = call(inside, "-m", "pytest", *ALL_TESTS, f"--junit-xml={report}")
        first = ran(inside, "", report, code)
        say("the tests of time, with python-dateutil 4")
        report = folder / "time.xml"
        code = time_again(inside, other_dateutil, f"--junit-xml={report}")
        return [first, ran(inside, str(other_dateutil), report, code)]
    except SetUpError as reason:
        say(str(reason))
        return [Ran(version, "", "could not be set up, the reason is above", failed=True)]


def ran(python: Path, path: str, report: Path, code: int) -> Ran:
    """What one run of tests came to; one in which nothing passed has failed."""
    asks = "import platform, importlib.metadata as m; print(platform.python_version(), m.version('python-dateutil'))"
    full, _, dateutil = answer(python, "-c", asks, PYTHONPATH=path).partition(" ")
    counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for suite in ElementTree.parse(report).iter("testsuite") if report.is_file() else ():
        counts = {name: number + int(suite.get(name, 0)) for name, number in counts.items()}
    bad = counts["failures"] + counts["errors"]
    passed = counts["tests"] - bad - counts["skipped"]
    tests = f"{passed} passed, {bad} failed, {counts['skipped']} skipped"
    return Ran(full, dateutil, tests, failed=code != 0 or bad > 0 or passed == 0)


def told(table: list[Ran], found: int) -> int:
    """Print the table; 1 when anything failed or nothing could be run."""
    say(f"\n{'Python':<9} {'dateutil':<13} tests")
    for row in table:
        say(f"{row.python:<9} {row.dateutil:<13} {row.tests}{'  FAILED' if row.failed else ''}")
    if found < 2:
        known = " and ".join([", ".join(PYTHONS[:-1]), PYTHONS[-1]])
        say(f"\nonly {found} of Python {known} was found here: this says little about the others")
    return int(found == 0 or any(row.failed for row in table))


JOBS = {"demo": demo, "test": test, "prove": prove, "bench": bench, "everywhere": everywhere}


def main(arguments: list[str]) -> int:
    if sys.version_info < OLDEST:
        say(f"this is Python {sys.version.split()[0]}; install Python 3.11 or newer and start this with it")
        return 2
    job, *more = arguments or [""]
    if job not in JOBS or (more and job != "bench"):
        say(__doc__.strip())
        return 0 if arguments in ([], ["-h"], ["--help"]) else 2
    try:
        return JOBS[job](*more)
    except (SetUpError, OSError) as reason:
        print(f"\nstopped: {reason}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
