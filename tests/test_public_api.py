"""The front door: which names there are, that each says what it is, and that a type checker knows them."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

import ir_policy as ir
from support_time import REPO

NAMES: Final = [
    "load_policy", "Policy", "Calendar", "Holidays", "lint", "lint_programme", "Finding",
    "classify", "Classification", "Range", "Question", "Severity", "Truth", "YES", "NO", "UNKNOWN",
    "open_incident", "check", "apply", "record", "replay", "Incident", "Levels", "Step", "Violation",
    "open_programme", "Programme", "ProgrammeStep", "drills", "Drills",
    "obligations", "by_act", "next_wakeup", "reminders", "explain", "brief", "timeline", "board", "evidence", "corrections", "paging", "command", "notices", "Obligation", "Breach", "Reminder", "Explanation", "Brief", "Timeline", "TimelineEntry", "Board", "Manifest", "Basis", "Phase", "Correction",
    "Paging", "PageTry", "PageOutcome", "NextPage", "Skipped", "Command", "Notices", "Message", "Judgement", "Way", "NextWord", "RoleHeld", "Candidate", "Caution", "page_plan", "PagePlan", "PlannedPage", "escalation_policy",
    "draft", "digest", "channel_name", "Draft",
    "read_log", "read_event", "read_said", "read_object", "write_log", "erase", "export", "event_schema", "Log", "PolicyPin", "as_json", "schema",
    "Event", "Detected", "FactsReported", "SeverityDecided", "RoleChange", "ChannelOpened", "Page", "PhaseChange", "StepDone", "Notice", "BreachFinding",
    "ProcessorTold", "RansomPaid", "NotNotifying", "Hold", "Documented", "Milestone", "Closed", "Reopened", "Merged", "Waived", "ActionEvent", "EvidenceMoved", "ProgrammeOpened", "Session", "ReadinessAttested", "PolicyAdopted", "Corrected", "Note",
    "IRPolicyError", "PolicyInvalid", "PolicyMismatch", "Refused", "Refusal", "EventInvalid", "LogInvalid", "QuestionInvalid", "CalendarExhausted", "Problem",
]  # fmt: skip
"""Every public name in reading order. A name that is added, dropped or moved is a decision, so it is written here too."""

TYPED: Final = "tests/typing/api.py"


def test_the_names() -> None:
    """The public names are these, in this order, each once."""
    assert ir.__all__ == NAMES
    assert len(set(NAMES)) == len(NAMES) > 70


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_it_is(name: str) -> None:
    """Each name leads to something that opens with a sentence about itself, and is found by its own name."""
    found = getattr(ir, name)
    assert not isinstance(found, ModuleType)
    sentence = (found.__doc__ or "").strip().partition("\n\n")[0]
    assert sentence.endswith((".", ":")), sentence
    assert sentence[0].isupper() or sentence.startswith("``")
    assert getattr(found, "__name__", name) in (name, "Truth")


def test_the_listing() -> None:
    """``dir`` shows the public names and nothing else."""
    assert dir(ir) == sorted(NAMES)


def test_import_of_all() -> None:
    """``from ir_policy import *`` brings every public name and no other, also the one that is loaded late."""
    space: dict[str, object] = {}
    exec("from ir_policy import *", space)
    assert set(space) - {"__builtins__"} == set(NAMES)
    assert all(space[name] is getattr(ir, name) for name in NAMES)


def test_no_name_is_a_module() -> None:
    """No public name can be hidden by a module of the same name that somebody imports."""
    found = Path(ir.__path__[0]).rglob("*")
    modules = {path.stem if path.suffix else path.name for path in found if path.suffix in ("", ".py")}
    assert len(modules) > 20
    assert modules & set(NAMES) == set()


def test_an_unknown_name() -> None:
    """A name that is not there is missing in the ordinary way."""
    with pytest.raises(AttributeError, match="module 'ir_policy' has no attribute 'declare'"):
        ir.declare  # noqa: B018


def test_it_is_typed() -> None:
    """The package tells type checkers that its annotations are meant."""
    assert Path(ir.__path__[0], "py.typed").is_file()


def test_a_type_checker_accepts_the_public_names() -> None:
    """The strict type checker accepts a page that uses every public name as an embedder would."""
    page = ast.parse((REPO / TYPED).read_text(encoding="utf-8"))
    used = {node.attr for node in ast.walk(page) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "ir"}
    assert set(NAMES) - used == set()
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", TYPED], cwd=REPO, capture_output=True, text=True, check=False
    )
    assert done.stdout == "Success: no issues found in 1 source file\n"
    assert (done.returncode, done.stderr) == (0, "")
