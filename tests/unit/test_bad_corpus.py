"""The bad documents, events and logs kept as files: for each the whole answer, and the incident is as good as before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

import ir_policy as ir
from support_bad import BAD, SECRET, of_document, of_event, of_log, plain

FEWEST: Final = 30
"""Of each kind; a folder that lost its files must not pass."""
LONGEST: Final = 400
STORY: Final = {"malformed": "while-open", "while-open": "while-open", "when-closed": "when-closed"}
"""Which incident the events of a folder come to; a malformed one never gets there."""


def files(kind: str) -> list[Path]:
    return sorted(path for path in (BAD / kind).rglob("*") if path.is_file() and path.suffix != ".txt")


def expected(path: Path) -> list[str]:
    return path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()


def named(path: Path) -> str:
    return path.stem


def shown_safely(lines: list[str]) -> None:
    """Each line of an answer fits one line of any terminal, and repeats nothing that people wrote freely."""
    for line in lines:
        assert line == " ".join(line.split())
        assert len(line.encode()) < LONGEST
        assert SECRET not in line


@pytest.mark.parametrize("path", files("documents"), ids=named)
def test_document(path: Path) -> None:
    """It is refused as a whole, each problem with its place, and the policy loaded before stays what it was."""
    before = plain().digest
    answer = of_document(path.read_text(encoding="utf-8"))
    assert answer == expected(path)
    assert answer[0] == "PolicyInvalid"
    shown_safely(answer)
    assert plain().digest == before


def story(folder: str) -> ir.Incident:
    return ir.replay(plain(), ir.read_log((BAD / "events" / f"{STORY[folder]}.jsonl.txt").read_text(encoding="utf-8")))


def everything(incident: ir.Incident) -> tuple[object, ...]:
    last = max(event.at for event in incident.log)
    asked = (last, last + timedelta(days=40))
    return (
        incident,
        incident.severity,
        incident.violations,
        dict(incident.marks),
        [(ir.obligations(incident, now), ir.next_wakeup(incident, now)) for now in asked],
    )


@pytest.mark.parametrize("path", files("events"), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_event(path: Path) -> None:
    """It is refused, or kept and flagged, as its text says; the incident it came to is the same value as before."""
    incident = story(path.parent.name)
    before = everything(incident)
    answer = of_event(path.read_text(encoding="utf-8"), incident)
    assert answer == expected(path)
    assert answer[0] == "EventInvalid" or path.parent.name != "malformed"
    shown_safely(answer)
    assert everything(incident) == before == everything(story(path.parent.name))


@pytest.mark.parametrize("path", files("logs"), ids=named)
def test_log(path: Path) -> None:
    """The first bad line is named and those before it are whole; what can be read says what it comes to."""
    data = path.read_bytes()
    answer = of_log(data)
    assert answer == expected(path)
    shown_safely(answer)
    if answer[0] == "LogInvalid":
        whole = int(answer[-1].rpartition(" ")[2])
        assert len(ir.read_log(b"\n".join(data.split(b"\n")[:whole])).events) <= whole


@pytest.mark.parametrize("kind", ["documents", "events", "logs"])
def test_every_file_is_asked_and_every_answer_is_used(kind: str) -> None:
    """There are enough of each kind, each has its answer, and no answer stands alone."""
    asked = {path.with_suffix("").as_posix() for path in files(kind)}
    answers = {path.with_suffix("").as_posix() for path in (BAD / kind).rglob("*.txt") if ".jsonl" not in path.name}
    assert asked == answers
    assert len(asked) == len(files(kind)) >= FEWEST
    assert len(set(map(tuple, map(expected, files(kind))))) > FEWEST * 2 / 3


def test_some_answers_had_a_secret_to_keep() -> None:
    """Secrets stand in files of each kind, so that their absence from the answers means something."""
    for kind in ("documents", "events", "logs"):
        assert any(SECRET.encode() in path.read_bytes() for path in files(kind)), kind
