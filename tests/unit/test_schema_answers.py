"""Every answer the library and its command line give is valid by its published schema, and nothing else is."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

import ir_policy as ir
from ir_policy.cli import main
from ir_policy.duties.entries import Status
from ir_policy.exchange.published import NAMES
from ir_policy.present.answer_schemas import BOUNDARIES, CAUSES, ERRORS, VERDICTS
from ir_policy.rules.model import Policy
from oracle.random_logs import random_log
from support_schema import faults, subschemas
from support_time import REPO

EXAMPLES: Final = sorted((REPO / "examples" / "incidents").glob("*.jsonl"))
OKTA: Final = "2022-01-21T00:30:00Z"


def briefs(policy: Policy, seeds: range) -> Iterator[dict[str, Any]]:
    """Random incidents at a few instants each, and the recorded ones after each of their events."""
    for seed in seeds:
        rng = random.Random(seed)
        log = random_log(rng)
        if not any(event.kind == "detected" for event in log):
            continue
        incident = ir.replay(policy, log)
        last = max(event.at for event in incident.log)
        for after in (timedelta(0), timedelta(minutes=rng.randrange(1, 4000)), timedelta(days=rng.randrange(1, 90))):
            yield ir.brief(incident, last + after).as_json()
    for path in EXAMPLES:
        incident = ir.replay(policy, ir.read_log(path.read_bytes()))
        for event in incident.log:
            if event.at >= min(one.at for one in incident.log if one.kind == "detected"):
                yield ir.brief(incident, event.at).as_json()


def test_every_brief_is_valid(policy: Policy) -> None:
    """Whatever happened, and whenever one asks; the obligations alone are valid too, and all words were seen."""
    shown = list(briefs(policy, range(60)))
    assert len(shown) > 200
    assert [fault for one in shown for fault in faults("brief", one)] == []
    owed = [obligation for one in shown for obligation in one["obligations"]]
    assert faults("obligations", owed) == []
    # nothing in the shipped policy need be waivable
    assert set(VERDICTS) - {one["verdict"] for one in owed} <= {"waived"}
    assert {status.value for status in Status} - {one["status"] for one in owed} <= {"waived"}
    assert {one["boundary"] for one in owed} <= {*BOUNDARIES, None}
    assert {one["breach"]["cause"] for one in owed if one["breach"]} == set(CAUSES)
    assert any(one["violations"] for one in shown)
    assert any(one["corrections"] for one in shown)


def test_errors_are_those_there_are() -> None:
    """Each error that is not a refusal can be the kind of an error."""
    kinds = {cls.__name__ for cls in vars(ir).values() if isinstance(cls, type) and issubclass(cls, ir.IRPolicyError)}
    assert kinds - {"IRPolicyError", "Refused"} == set(ERRORS)


# --- the command line -----------------------------------------------------------------------------------


def test_everything_the_command_line_prints_is_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One command after the other with --json: the answer is one line, valid by the schema of its command."""
    log, example = tmp_path / "inc-7.jsonl", EXAMPLES[0]
    slip = tmp_path / "own.yaml"
    slip.write_text("document: policy\nid: own\n", encoding="utf-8")
    commands: list[tuple[str, int, list[object]]] = [
        ("step", 0, ["open", log, "incident=inc-7", "by=s", "source=s", "--now", OKTA]),
        ("step", 0, ["add", log, "facts-reported", "by=s", "streaming-unavailable=yes", "--now", OKTA]),
        ("step", 0, ["add", log, "severity-decided", "by=s", "severity=SEV2", "--record", "--now", OKTA]),
        ("refused", 1, ["add", log, "severity-decided", "by=s", "severity=SEV3", "--now", OKTA]),
        ("verified", 0, ["verify", log]),
        ("check", 1, ["check", log, "phase-entered", "by=s", "phase=contain", "--now", OKTA]),
        ("check", 0, ["check", log, "note", "by=s", "text=calm", "--now", OKTA]),
        ("brief", 0, ["brief", example, "--now", OKTA]),
        ("brief", 1, ["brief", example, "--now", OKTA, "--fail-on", "overdue"]),
        ("timeline", 0, ["timeline", example, "--now", OKTA]),
        ("command", 0, ["who", example, "--at", OKTA]),
        ("error", 2, ["timeline", example, "--now", "2022-01-01T00:00:00Z"]),
        ("classification", 0, ["classify", "streaming-unavailable=yes", "exfiltration-likely=unknown"]),
        *(("explanation", 0, ["explain", example, about, "--now", OKTA])
          for about in ("severity", "oaic-notice", "respond", "commander-closes")),
        ("policy-ids", 0, ["schema", "ids"]),
        ("board", 0, ["board", example, "--now", OKTA]),
        ("notices", 0, ["notices", example, "--now", OKTA]),
        ("evidence", 0, ["evidence", example, "--now", OKTA]),
        ("templates", 0, ["draft", "--list", "--now", OKTA]),
        ("draft", 0, ["draft", "resolution-message", "action-summary=made anew", "--now", OKTA]),
        ("error", 2, ["draft", "resolution-message", "action-summary=a@b.example", "--now", OKTA]),
        ("error", 2, ["board", example, "--now", "2022-01-01T00:00:00Z"]),
        ("error", 2, ["explain", example, "zzz", "--now", OKTA]),
        ("error", 2, ["brief", tmp_path / "none.jsonl", "--now", OKTA]),
        ("error", 2, ["brief", slip, "--now", OKTA]),
        ("error", 2, ["brief", example, "--policy", slip, "--now", OKTA]),
        ("error", 2, ["schema", "breif"]),
        ("step", 0, ["open", tmp_path / "p.jsonl", "programme=drills", "by=s", "--now", OKTA]),
        ("step", 0, ["add", tmp_path / "p.jsonl", "drill-held", "drill=tabletop", "by=s", "--now", OKTA]),
        ("refused", 1, ["add", tmp_path / "p.jsonl", "action-closed", "action=a-1", "by=s", "--now", OKTA]),
        ("explanation", 0, ["explain", tmp_path / "p.jsonl", "tabletop", "--now", OKTA]),
        ("drills", 0, ["drills", tmp_path / "p.jsonl", "--now", OKTA]),
        ("drills", 0, ["brief", tmp_path / "p.jsonl", "--now", OKTA, "--fail-on", "overdue"]),
        ("export", 0, ["export", example, "--now", OKTA]),
        ("page-plan", 0, ["who", "--severity", "SEV0", "--at", OKTA]),
        ("page-plan", 0, ["who", "--now", OKTA, "--on-call", "owen-backup="]),
        ("error", 2, ["who", "--now", OKTA, "--on-call", "owen=sam"]),
        ("lint", 1, ["lint", "--as-of", "2026-11-24", "--fail-on", "defect"]),
        ("lint", 0, ["lint", "--log", tmp_path / "p.jsonl", "--now", OKTA]),
        ("error", 2, ["lint", "--as-of", "today"]),
    ]  # fmt: skip
    for name, code, words in commands:
        assert main([*map(str, words), "--json"]) == code, words
        out = capsys.readouterr().out
        assert out.count("\n") == 1
        assert faults(name, json.loads(out)) == [], words
    assert {name for name, _, _ in commands} == set(NAMES) - {
        "document",
        "event",
        "log-line",
        "obligations",
        "obligation",
        "reminder",
        "paging",
    }


def test_the_schemas_themselves_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Their names, each of them laid out for reading, and on one line for programs."""
    assert main(["schema"]) == 0
    assert capsys.readouterr().out.split() == list(NAMES)
    assert main(["schema", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == list(NAMES)
    for name in NAMES:
        assert main(["schema", name]) == 0
        text = capsys.readouterr().out
        assert json.loads(text) == ir.schema(name)
        assert text.count("\n") > 10
        assert main(["schema", name, "--json"]) == 0
        line = capsys.readouterr().out
        assert (line.count("\n"), json.loads(line)) == (1, ir.schema(name))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["breif"], "ir-policy: name: no schema is called 'breif'; did you mean 'brief'?\n"),
        (["brief", "--python"], "ir-policy: --python and --policy belong to the ids: ir-policy schema ids --python --policy ID|FILE\n"),
        (["--policy", "motion-mavericks"], "ir-policy: --python and --policy belong to the ids: ir-policy schema ids --python --policy ID|FILE\n"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_answered_with_the_way_out(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and one line."""
    assert main(["schema", *words]) == 2
    assert capsys.readouterr() == ("", said)


# --- what is not valid ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def example(policy: Policy) -> dict[str, Any]:
    """The brief of a recorded incident, with breaches in it."""
    shown = ir.brief(
        ir.replay(policy, ir.read_log(EXAMPLES[0].read_bytes())), ir.read_log(EXAMPLES[0].read_bytes()).events[-1].at
    )
    return shown.as_json()


MALFORMED: Final = (
    ("as_of", "yesterday"), ("as_of", "2022-01-21T00:30:00+00:00"), ("policy.digest", "md5:0"), ("policy.semantics", "1"),
    ("seq", -1), ("seq", "3"), ("severity.governing", "SEV4"), ("severity.proposed.severity", None), ("phase.current", "triage"),
    ("phase.closed", "no"), ("next_wakeup", 0), ("obligations", {}), ("obligations.0.verdict", "late"),
    ("obligations.0.status", "open"), ("obligations.0.basis", "law"), ("obligations.0.boundary", "in"),
    ("obligations.0.due_kind", "hours"), ("obligations.0.late_by", "2 hours"), ("obligations.0.period", 0.5),
    ("obligations.0.breach", {"at": OKTA, "known_at": OKTA, "cause": "bad luck"}), ("obligations.0.attempts", [{"event": "e"}]),
    ("violations", [{"at": OKTA, "clause": "c", "event": "e", "missing": [], "without_effect": False}]),
    ("corrections", [{}]),
)  # fmt: skip


@pytest.mark.parametrize(("path", "value"), MALFORMED, ids=lambda part: str(part)[:30])
def test_a_malformed_brief_is_not_valid(path: str, value: object, example: dict[str, Any]) -> None:
    """Each of these is refused at its place and nowhere else."""
    spoilt = copy.deepcopy(example)
    *way, last = path.split(".")
    here: Any = spoilt
    for step in way:
        here = here[int(step) if isinstance(here, list) else step]
    here[last] = value
    assert faults("brief", example) == []
    found = faults("brief", spoilt)
    assert found
    assert all(fault.startswith("$." + path.replace(".0", "[0]")) for fault in found)


def test_a_field_more_or_less_is_not_valid(example: dict[str, Any]) -> None:
    """Every object of a brief is closed and complete: at each depth, one field more or one less is refused."""
    examined = 0
    for spoilt in _spoilt(example):
        examined += 1
        assert faults("brief", spoilt) != []
    assert examined > 40


def _spoilt(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The first of each kind of object in a brief with a field added, and with each field taken away."""
    for way in ((), ("policy",), ("severity",), ("severity", "proposed"), ("phase",), ("obligations", 0)):
        for field in (None, *_at(whole, way)):
            spoilt = copy.deepcopy(whole)
            if field is None:
                _at(spoilt, way)["more"] = 1
            else:
                del _at(spoilt, way)[field]
            yield spoilt


def _at(whole: Any, way: tuple[Any, ...]) -> Any:
    for step in way:
        whole = whole[step]
    return whole


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("document", "event", "log-line")])
def test_every_object_of_an_answer_is_closed(name: str) -> None:
    """No object of any answer lets an unknown field through."""
    objects = [part for _, part in subschemas(ir.schema(name)) if isinstance(part, dict) and "properties" in part]
    assert objects
    assert [part for part in objects if part["additionalProperties"] is not False] == []


def test_the_levels_of_a_step_are_two_and_any_tool_reads_that(policy: Policy) -> None:
    """Before and after, no more and no less; no answer is described by places in a list, which many tools cannot read."""
    level = ir.schema("step")["properties"]["level"]
    assert (level["type"], level["minItems"], level["maxItems"]) == ("array", 2, 2)
    assert [name for name in NAMES if "prefixItems" in json.dumps(ir.schema(name))] == []
    first = ir.Detected(
        incident="i", at=min(e.at for e in ir.read_log(EXAMPLES[0].read_bytes()).events), by="s", source="s"
    )
    said = ir.as_json(ir.open_incident(policy, first), "step")
    assert faults("step", said) == []
    for wrong in ([], ["SEV1"], ["SEV1", None, None], ["SEV1", "SEV9"]):
        assert faults("step", {**said, "level": wrong}) != []
