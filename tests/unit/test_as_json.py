"""One public way from an answer to JSON: the command line prints it, the published schema describes it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import pytest

import ir_policy as ir
from ir_policy.cli import main
from ir_policy.exchange.published import NAMES
from support_schema import faults
from support_time import REPO

YEAR: Final = REPO / "examples" / "programmes" / "a-year-of-drills.jsonl"
EXAMPLE: Final = REPO / "examples" / "incidents" / "okta-2022.jsonl"
NOW: Final = datetime(2022, 1, 21, 0, 30, tzinfo=timezone.utc)
AT: Final = "2022-01-21T00:30:00Z"
GOES_IN: Final = {"document", "event", "log-line"}
"""Schemas of what is read; the others describe answers."""


@pytest.fixture(scope="module")
def incident(policy: ir.Policy) -> ir.Incident:
    return ir.replay(policy, ir.read_log(EXAMPLE.read_bytes()))


def every_answer(policy: ir.Policy, incident: ir.Incident) -> dict[str, Any]:
    """Each answer there is, once, as JSON material by the name of its schema."""
    owed = ir.obligations(incident, NOW)
    closing = ir.Closed(incident=incident.id, at=NOW, by="ana", outcome="resolved")
    note = ir.Note(incident=incident.id, at=NOW, by="ana", text="calm")
    error = ir.EventInvalid([ir.Problem("at", "is missing"), ir.Problem("by", "is empty", "say who")])
    verdict = ir.classify(policy, {"streaming-unavailable": ir.YES})
    programme = ir.replay(policy, ir.read_log(YEAR.read_bytes()), stream=ir.Programme)
    return {
        "drills": ir.as_json(ir.drills(programme, datetime(2026, 2, 24, tzinfo=timezone.utc)), "drills"),
        "classification": ir.as_json(verdict, "classification", policy),
        "obligations": ir.as_json(owed, "obligations", now=NOW),
        "obligation": ir.as_json(owed[0], "obligation", now=NOW),
        "brief": ir.as_json(ir.brief(incident, NOW), "brief"),
        "timeline": ir.as_json(ir.timeline(incident, NOW), "timeline"),
        "board": ir.as_json(ir.board(incident, NOW), "board"),
        "evidence": ir.as_json(ir.evidence(incident, NOW), "evidence"),
        "draft": ir.as_json(ir.draft(policy, "resolution-message", {"action-summary": "made anew"}), "draft", now=NOW),
        "templates": ir.as_json(policy, "templates", now=NOW),
        "check": ir.as_json(ir.check(incident, closing), "check", incident, NOW),
        "explanation": ir.as_json(ir.explain(incident, "oaic-notice", NOW), "explanation", incident, NOW),
        "step": ir.as_json(ir.record(incident, note), "step"),
        "reminder": ir.as_json(ir.reminders(incident, None, NOW)[0], "reminder"),
        "paging": ir.as_json(ir.paging(incident, NOW), "paging", incident, NOW),
        "page-plan": ir.as_json(ir.page_plan(policy, ir.Severity.SEV0, NOW), "page-plan", policy),
        "notices": ir.as_json(ir.notices(incident, NOW), "notices"),
        "command": ir.as_json(ir.command(incident, NOW), "command"),
        "lint": ir.as_json(ir.lint(policy), "lint", policy),
        "verified": ir.as_json(ir.read_log(EXAMPLE.read_bytes()), "verified"),
        "refused": ir.as_json(ir.Refused(ir.check(incident, closing)), "refused"),
        "error": ir.as_json(error, "error"),
        "policy-ids": ir.as_json(policy, "policy-ids"),
    }


def test_every_answer_has_a_form_and_is_valid_by_it(policy: ir.Policy, incident: ir.Incident) -> None:
    """There is a form for each published schema of an answer, and what it gives is valid by that schema."""
    answers = every_answer(policy, incident)
    assert set(answers) == set(NAMES) - GOES_IN - {"export"}
    assert {name: faults(name, said) for name, said in answers.items()} == {name: [] for name in answers}


def test_what_depends_on_nothing_else(incident: ir.Incident) -> None:
    """A step says where the log stands after it, an error every problem, one obligation what the list says of it."""
    step = ir.record(incident, ir.Note(incident=incident.id, at=NOW, by="ana", text="calm"))
    said = ir.as_json(step, "step")
    assert (said["event"], said["seq"], said["head"]) == (step.event.id, incident.seq + 1, None)
    assert ir.as_json(ir.LogInvalid(3, "torn"), "error") == {
        "error": "LogInvalid",
        "problems": [{"where": "", "what": "log line 4: torn", "hint": ""}],
    }
    owed = ir.obligations(incident, NOW)
    assert len(owed) == 5
    assert [ir.as_json(one, "obligation", now=NOW) for one in owed] == ir.as_json(owed, "obligations", now=NOW)
    assert ir.as_json(owed, "obligations", now=NOW) == ir.brief(incident, NOW).as_json()["obligations"]
    late = next(one for one in owed if one.key == "respond@internal#0")
    assert [ir.as_json(late, "obligation", now=NOW + timedelta(hours=h))["late_by"] for h in (0, 1)] == [
        "PT42M",
        "PT1H42M",
    ]


def test_nothing_owed_and_nothing_against_it_are_two_answers(incident: ir.Incident) -> None:
    """An empty answer says which one it is by its name."""
    assert ir.as_json((), "obligations", now=NOW) == []
    assert ir.as_json((), "check", incident, NOW)["refusals"] == []


def test_the_command_line_prints_it(policy: ir.Policy, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a program gets from the command line and what an embedder makes are the same bytes."""
    incident = ir.replay(policy, ir.read_log(EXAMPLE.read_bytes()))
    closing = ir.Closed(incident=incident.id, at=NOW, by="ana", outcome="resolved")
    verdict = ir.classify(policy, {"streaming-unavailable": "yes"})
    made = {
        ("brief", str(EXAMPLE), "--now", AT): ir.as_json(ir.brief(incident, NOW), "brief"),
        ("timeline", str(EXAMPLE), "--now", AT): ir.as_json(ir.timeline(incident, NOW), "timeline"),
        ("check", str(EXAMPLE), "closed", "by=ana", "outcome=resolved", "--now", AT): ir.as_json(
            ir.check(incident, closing), "check", incident, NOW
        ),
        ("explain", str(EXAMPLE), "oaic-notice", "--now", AT): ir.as_json(
            ir.explain(incident, "oaic-notice", NOW), "explanation", incident, NOW
        ),
        ("classify", "streaming-unavailable=yes"): ir.as_json(verdict, "classification", policy),
        ("verify", str(EXAMPLE)): ir.as_json(ir.read_log(EXAMPLE.read_bytes()), "verified"),
        ("schema", "ids"): ir.as_json(policy, "policy-ids"),
    }
    for command, said in made.items():
        main([*command, "--json"])
        printed = capsys.readouterr().out
        assert printed == f"{json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(',', ':'))}\n"


def test_what_does_not_belong_together() -> None:
    """A wrong name, a wrong answer, a missing policy or instant: each is named with the way out."""
    policy, now = ir.load_policy("motion-mavericks"), NOW
    verdict = ir.classify(policy, {})
    wrong: list[tuple[tuple[Any, ...], str]] = [
        ((verdict, "brieff"), "name: no answer is called 'brieff'; did you mean 'brief'?"),
        ((verdict, "brief"), "answer: is not what 'brief' describes; pass what ir.brief returned"),
        (
            (verdict, "classification"),
            "of: 'classification' names the policy that answered; pass the incident or the policy",
        ),
        (((), "check", policy), "now: 'check' names the instant judged at; pass the one you asked with"),
        (((), "obligations", policy, NOW.replace(tzinfo=None)), "now: '2022-01-21T00:30:00' has no time zone; "),
        (
            ([verdict], "obligations", policy, now),
            "answer: is not what 'obligations' describes; pass what ir.obligations returned",
        ),
        (
            (ir.Refused([]), "error"),
            "answer: is not what 'error' describes; pass another error of the library that was raised",
        ),
        ((None, None), "name: no answer is called 'None'; known are classification, "),
    ]
    for call, sentence in wrong:
        with pytest.raises(ir.QuestionInvalid) as raised:
            ir.as_json(*call)
        assert str(raised.value).startswith(sentence), str(raised.value)
    assert len(wrong) == 8


class TestDocumentsOfAPolicy:
    def test_their_texts_give_the_policy_again(self, policy: ir.Policy) -> None:
        """A loaded policy holds the text of each of its documents; from them alone it loads to the same digest."""
        texts = {one.digest: one.written for one in policy.documents}
        assert len(texts) == len(policy.documents) > 2
        first, *others = texts.values()
        again = ir.load_policy(first, documents=others)
        assert again.digest == policy.digest
        assert [(one.digest, one.written) for one in again.documents] == list(texts.items())

    def test_each_is_as_it_was_written(self, tmp_path: Path) -> None:
        """Comments stay, line ends are line feeds, and what is only layout changes no digest."""
        shipped = ir.load_policy("motion-mavericks").documents[0].written
        own = tmp_path / "own.yaml"
        own.write_bytes(f"# ours\n{shipped}".replace("\n", "\r\n").encode())
        policy = ir.load_policy(own)
        assert policy.documents[0].written == f"# ours\n{shipped}"
        assert policy.digest == ir.load_policy("motion-mavericks").digest
