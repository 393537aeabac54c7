"""Everything about one incident in one text: whoever has it alone can verify, replay and read on."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings

import ir_policy as ir
from ir_policy.cli import main
from ir_policy.testing import logs
from support_documents import shipped
from support_duties import POLICY
from support_schema import faults
from support_time import REPO

EXAMPLE: Final = REPO / "examples" / "incidents" / "okta-2022.jsonl"
NOW: Final = datetime(2022, 1, 21, 0, 30, tzinfo=timezone.utc)
T0: Final = datetime(2026, 4, 3, 8, 5, tzinfo=timezone.utc)
SALT: Final = "5c" * 16


def chained(policy: ir.Policy) -> tuple[list[str], ir.Incident]:
    """The lines of a chained log, and the incident they say."""
    step = ir.open_incident(
        policy, ir.Detected(incident="inc-7", at=T0, by="sentry", source="sentry", summary="Miriam called"), salt=SALT
    )
    lines = [step.incident.header, step.line]
    for event in (
        ir.FactsReported(incident="inc-7", at=T0, by="dana", facts={"privacy-suspected": ir.YES}),
        ir.Note(incident="inc-7", at=T0 + timedelta(minutes=1), by="dana", id="n-1", text="Miriam called twice"),
    ):
        step = ir.record(step.incident, event, salt=SALT)
        lines.append(step.line)
    return lines, step.incident


def policies_in(whole: dict[str, Any]) -> list[ir.Policy]:
    """The policies an export holds, from its documents alone; each is the one whose digest it names."""
    texts = {one["digest"]: one["text"] for one in whole["documents"]}
    found = []
    for named in whole["policies"]:
        first, *others = (texts[digest] for digest in named["documents"])
        policy = ir.load_policy(first, documents=others)
        assert (policy.id, policy.version, policy.digest) == (named["id"], named["version"], named["digest"])
        found.append(policy)
    return found


class TestWhole:
    """The text is enough: documents, log and heads in it give every answer again."""

    @settings(max_examples=25)
    @given(log=logs(POLICY))
    def test_nothing_else_is_needed(self, log: list[ir.Event]) -> None:
        """From the text alone the policy loads, the log replays, and the brief is the one in the text."""
        incident = ir.replay(POLICY, log)
        now = max(event.at for event in log)
        lines = ir.write_log(incident.log, incident.pin)
        whole = json.loads(ir.export(lines, POLICY, now))
        assert faults("export", whole) == []
        (policy,) = policies_in(whole)
        assert [one["digest"] for one in whole["documents"]] == [one.digest for one in policy.documents]
        read = ir.read_log(whole["log"], head=whole["verified"]["head"], seq=whole["verified"]["seq"])
        again = ir.replay(policy, read)
        assert again == incident
        assert ir.as_json(ir.brief(again, now), "brief") == whole["brief"]
        assert ir.as_json(ir.timeline(again, now), "timeline") == whole["timeline"]

    def test_a_chained_log_proves_itself_in_it(self, policy: ir.Policy) -> None:
        """The lines are those that were stored, byte for byte, and verify against the head named beside them."""
        lines, incident = chained(policy)
        whole = json.loads(ir.export(lines, policy, T0 + timedelta(hours=1), head=incident.head, seq=3))
        assert whole["log"] == lines
        assert whole["verified"] == {"seq": 3, "head": incident.head, "chained": True}
        assert faults("export", whole) == []

    def test_the_same_gives_the_same_bytes(self, policy: ir.Policy) -> None:
        """Also from text, bytes or lines, and in whatever order what was told is given."""
        lines, incident = chained(policy)
        now = T0 + timedelta(hours=1)
        told = ir.reminders(incident, None, now)
        assert len(told) >= 2
        text = "".join(f"{line}\n" for line in lines)
        found = {
            ir.export(given, policy, now, told=order)
            for given in (lines, text, text.encode(), tuple(lines))
            for order in (told, told[::-1])
        }
        assert len(found) == 1
        (whole,) = found
        assert whole == f"{json.dumps(json.loads(whole), ensure_ascii=False, sort_keys=True, separators=(',', ':'))}\n"

    def test_a_policy_that_was_adopted_is_in_it_too(self, policy: ir.Policy) -> None:
        """With the documents of both, each once; from the text alone the log replays under one after the other."""
        newer = ir.load_policy(shipped("motion-mavericks.yaml").replace("version: 0.2.0", "version: 0.3.0", 1))
        first = ir.Detected(incident="inc-7", at=T0, by="sentry", source="sentry")
        adoption = ir.PolicyAdopted(
            incident="inc-7",
            at=T0 + timedelta(minutes=1),
            by="incident-commander",
            policy=ir.PolicyPin(newer.id, newer.version, newer.digest),
            reason="in force since today",
        )
        incident = ir.record(ir.open_incident(policy, first).incident.knowing(newer), adoption).incident
        lines = ir.write_log(incident.log, incident.pin)
        now = T0 + timedelta(hours=1)
        whole = json.loads(ir.export(lines, policy, now, adopted=[newer]))
        assert faults("export", whole) == []
        begun, adopted = policies_in(whole)
        assert [begun.digest, adopted.digest] == [policy.digest, newer.digest]
        assert len(whole["documents"]) == len(policy.documents) + 1
        again = ir.replay(begun, ir.read_log(whole["log"]), adopted=[adopted])
        assert again.policies == incident.policies
        assert ir.as_json(ir.brief(again, now), "brief") == whole["brief"]
        assert whole["brief"]["policy"]["digest"] == newer.digest
        with pytest.raises(ir.PolicyMismatch):
            ir.export(lines, policy, now)

    def test_what_was_told(self, policy: ir.Policy) -> None:
        """Reminders as values, or as a host keeps them, with when they were sent; in order of time and key."""
        lines, incident = chained(policy)
        now = T0 + timedelta(hours=1)
        first, *others = ir.reminders(incident, None, now)
        kept = {**ir.as_json(first, "reminder"), "sent_at": "2026-04-03T18:21:00+10:00"}
        whole = json.loads(ir.export(lines, policy, now, told=[*others, kept]))
        assert whole["reminders"] == [
            {**ir.as_json(first, "reminder"), "sent_at": "2026-04-03T08:21:00Z"},
            *({**ir.as_json(one, "reminder"), "sent_at": None} for one in others),
        ]
        sent_at = {**kept, "sent_at": T0 + timedelta(minutes=16)}
        assert ir.export(lines, policy, now, told=[*others, sent_at]) == ir.export(
            lines, policy, now, told=[*others, kept]
        )

    def test_what_was_erased_is_in_no_part_of_it(self, policy: ir.Policy) -> None:
        """Names and texts that were taken out of the log are neither in the log nor in anything drawn from it."""
        lines, incident = chained(policy)
        erased = ir.erase(lines, names=["dana"], texts=["n-1", incident.log[0].id])
        now = T0 + timedelta(hours=1)
        before, after = ir.export(lines, policy, now), ir.export(erased, policy, now, head=incident.head)
        own = {one.written for one in policy.documents}
        words = [word for word in ("Miriam", '\\"dana\\"', '"dana"') if word in before]
        assert len(words) == 3
        assert [word for word in words if word in after] == []
        assert {one["text"] for one in json.loads(after)["documents"]} == own


class TestRefused:
    """What is not whole, or not of this incident, is not exported."""

    def test_a_log_that_is_not_whole(self, policy: ir.Policy) -> None:
        """A line too few, a changed one, another policy: the error is that of reading or replaying."""
        lines, incident = chained(policy)
        with pytest.raises(ir.LogInvalid, match="lines are missing at its end"):
            ir.export(lines[:-1], policy, T0, head=incident.head)
        with pytest.raises(ir.LogInvalid, match="was changed after it was written"):
            ir.export([*lines[:-1], lines[-1].replace("twice", "once")], policy, T0)
        with pytest.raises(ir.PolicyMismatch):
            ir.export(ir.write_log(incident.log, ir.PolicyPin("other", "1", "sha256:0")), policy, T0)
        with pytest.raises(ir.QuestionInvalid, match="was not detected yet then"):
            ir.export(lines, policy, T0 - timedelta(days=1))

    def test_what_is_no_reminder_of_it(self, policy: ir.Policy) -> None:
        """Each is named by its place in the list."""
        lines, incident = chained(policy)
        now = T0 + timedelta(hours=1)
        said = ir.as_json(ir.reminders(incident, None, now)[0], "reminder")
        wrong: list[tuple[Any, str]] = [
            (said, "told: is not a list of reminders"),
            ("x", "told: is not a list of reminders"),
            ([None], "told[0]: is not a reminder"),
            ([said, {**said, "more": 1}], "told[1]: is not a reminder"),
            ([{**said, "kind": "shouted"}], "told[0]: is not a reminder"),
            ([{**said, "key": 5}], "told[0]: is not a reminder"),
            ([{**said, "incident": "inc-8"}], "told[0]: is of incident 'inc-8'; leave it out of 'inc-7'"),
            ([{**said, "at": None}], "told[0].at: is missing; say when that was"),
            ([{**said, "sent_at": "yesterday"}], "told[0].sent_at: 'yesterday' is not an instant"),
            ([{**said, "due": 5}], "told[0].due: an instant is a datetime, not a number"),
        ]
        for told, sentence in wrong:
            with pytest.raises(ir.QuestionInvalid) as raised:
                ir.export(lines, policy, now, told=told)
            assert str(raised.value).startswith(sentence), str(raised.value)
        assert len(wrong) == 10


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], policy: ir.Policy) -> None:
    """The command writes the very text, whatever --json says; a torn log is an error and no text."""
    expected = ir.export(EXAMPLE.read_bytes(), policy, NOW)
    for more in ([], ["--json"]):
        assert main(["export", str(EXAMPLE), "--now", "2022-01-21T00:30:00Z", *more]) == 0
        assert capsys.readouterr().out == expected
    torn = tmp_path / "torn.jsonl"
    torn.write_bytes(EXAMPLE.read_bytes()[:-20])
    assert main(["export", str(torn), "--now", "2022-01-21T00:30:00Z"]) == 2
    assert capsys.readouterr().out == ""
