"""What it costs to start: whole processes, from nothing to a package that is loaded, or to the first answer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Final

import ir_policy as ir
from bench.peers.agree import Agreement, Disagreement
from bench.peers.installed import Peers, plain_reason
from bench.peers.measure import Costs
from bench.peers.tables import Table, Workload
from ir_policy.rules.model import Policy

__all__ = ["processes", "workload"]

MORE_ROUNDS: Final = 2
"""Starts of processes vary more than calls within one."""
FIRST_ANSWER: Final = """
from datetime import datetime, timezone
import ir_policy as ir
policy = ir.load_policy("motion-mavericks")
at = datetime(2026, 4, 3, 8, 5, tzinfo=timezone.utc)
step = ir.open_incident(policy, ir.Detected(incident="i", at=at, by="a", source="s"))
step = ir.apply(step.incident, ir.FactsReported(incident="i", at=at, by="a", facts={"streaming-unavailable": "yes"}))
print(step.incident.proposed.severity.value, len(ir.obligations(step.incident, at)))
"""
STACK: Final = "from pydantic import BaseModel\nimport attrs, dateutil.tz, dateutil.rrule, dateutil.parser\nclass Facts(BaseModel):\n    known: bool\n"
OURS_FIRST: Final = "ir_policy: import, load the policy, first answer with its deadlines"
MODULES: Final = {
    "zen-engine": "zen", "common-expression-language": "cel", "cel-expr-python": "cel_expr_python.cel", "simpleeval": "simpleeval",
    "rule-engine": "rule_engine", "panzi-json-logic": "json_logic", "cedarpy": "cedarpy", "casbin": "casbin",
    "transitions": "transitions", "python-statemachine": "statemachine", "sismic": "sismic.interpreter", "holidays": "holidays",
    "workalendar": "workalendar.core", "businesstimedelta": "businesstimedelta", "bizdays": "bizdays", "numpy": "numpy", "pandas": "pandas",
    "whenever": "whenever", "pendulum": "pendulum", "eventsourcing": "eventsourcing.application", "msgspec": "msgspec",
    "pydantic": "pydantic",
}  # fmt: skip
"""What a program imports of each package. One that is not named here is imported by its own name."""


def workload(policy: Policy, peers: Peers) -> Workload:
    """Two tables: what is loaded when it is imported, and all that is needed for a first answer."""
    if not hasattr(os, "wait4"):
        peers.missing["whole processes"] = "this system does not say what a process that ended has used"
        return Workload("import", ())
    first = [
        (OURS_FIRST, "ours", "", FIRST_ANSWER),
        ("pydantic with one model, attrs and dateutil, imported only", "floor", "", f"{STACK}print('loaded')"),
    ]
    return Workload("import", (_table("import", processes(peers)), _table("first-answer", first, _right(policy))))


def processes(peers: Peers) -> list[tuple[str, str, str, str]]:
    """What is started: name, role, package and program."""
    found = [
        ("import ir_policy", "ours", "", "import ir_policy\nprint('loaded')"),
        ("import attrs", "floor", "", "import attrs\nprint('loaded')"),
        ("Python alone", "hand", "", "print('loaded')"),
        ("pydantic with one model, attrs and dateutil", "hand", "", f"{STACK}print('loaded')"),
    ]
    for package in peers.asked:
        if package in peers.versions():
            module = MODULES.get(package, package.replace("-", "_"))
            found.append((package, "peer", package, f"import {module}\nprint('loaded')"))
        else:
            peers.missing[f"{package}, imported"] = peers.why(package, ImportError(package))
    return found


def _right(policy: Policy) -> str:
    """The first answer, worked out here."""
    at = datetime(2026, 4, 3, 8, 5, tzinfo=timezone.utc)
    opened = ir.open_incident(policy, ir.Detected(incident="i", at=at, by="a", source="s"))
    event = ir.FactsReported(incident="i", at=at, by="a", facts={"streaming-unavailable": "yes"})  # type: ignore[dict-item]  # as a host may write it
    incident = ir.apply(opened.incident, event).incident
    return f"{incident.proposed.severity.value} {len(ir.obligations(incident, at))}"


def _table(id_: str, started: Sequence[tuple[str, str, str, str]], right: str = "loaded") -> Table:
    """Each process once beforehand: it says what it should, and its compiled files are there."""
    for name, role, _, program in started:
        expected = right if role == "ours" else "loaded"
        _, said = _process(name, program)
        if said != expected:
            raise Disagreement(f"import: '{name}' says {said!r}, not {expected!r}")
    agreed = Agreement(
        "that each process came to its end and said so", len(started), tuple(name for name, *_ in started)
    )

    def apart(rounds: int) -> tuple[list[tuple[str, str, str]], Costs]:
        costs: Costs = {name: [] for name, *_ in started}
        for number in range(rounds * MORE_ROUNDS):
            first = number % len(started)
            for name, _, _, program in [*started[first:], *started[:first]]:
                costs[name].append(_process(name, program)[0])
        return [(name, role, package) for name, role, package, _ in started], costs

    return Table(id_, "process", (agreed,), apart=apart)


def _process(name: str, program: str) -> tuple[float, str]:
    """CPU seconds of a whole process, and what it printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_environment()
    )
    assert process.stdout is not None
    assert process.stderr is not None
    said, complaint = process.stdout.read().strip(), process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    process.stderr.close()
    if process.returncode:
        last = complaint.strip().rpartition("\n")[2]
        raise Disagreement(f"import: '{name}' ended with {process.returncode}: {plain_reason(last)}")
    return used.ru_utime + used.ru_stime, said


def _environment() -> dict[str, str]:
    """This process's own, less the folder that only the benchmark needs."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
