"""The command line: what it writes, what it answers, how it ends; and that it never ends in a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy.cli import main
from ir_policy.rules.model import Policy

REPO: Final = Path(__file__).parents[2]
EXAMPLES: Final = sorted((REPO / "examples" / "incidents").glob("*.jsonl"))
DOCUMENT: Final = REPO / "src" / "ir_policy" / "rules" / "catalog" / "motion-mavericks.yaml"

T0: Final = "2026-05-05T10:00:00+10:00"
T10: Final = "2026-05-05T10:10:00+10:00"
T20: Final = "2026-05-05T10:20:00+10:00"
EVENING: Final = "2026-05-05T18:00:00+10:00"

# The shapes other programs rely on: every one of these keys, and perhaps more.
BRIEF: Final = {
    "as_of", "policy", "incident", "seq", "head", "severity", "phase", "obligations", "next_wakeup", "violations",
    "corrections",
}  # fmt: skip
POLICY: Final = {"id", "version", "digest", "semantics", "zone_data"}
SEVERITY: Final = {"governing", "decided", "proposed", "initial", "peak"}
PROPOSED: Final = {"best", "worst", "determined_by", "open_questions"}
PHASE: Final = {"current", "episode", "blocked_by"}
OBLIGATION: Final = {
    "key", "duty", "recipient", "episode", "period", "act", "basis", "binding", "clause", "source", "reading", "owed_by",
    "mark", "opened_at", "due", "due_kind", "boundary", "status", "breach", "verdict", "met_at", "late_by", "blocked_by",
}  # fmt: skip
BREACH: Final = {"at", "known_at", "cause"}
REFUSAL: Final = {"rule", "clause", "missing", "who"}
VIOLATION: Final = {"at", "clause", "event"}
CORRECTION: Final = {"what", "before", "after", "event", "reason"}


class Answer(NamedTuple):
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What it said to a program: one line of JSON."""
        assert self.out.count("\n") == 1
        return json.loads(self.out)


Run = Callable[..., Answer]


_load_once: Final = cache(ir.load_policy)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command in this process; a document is read once for all of them."""
    monkeypatch.setattr(ir, "load_policy", _load_once, raising=False)

    def run_one(*words: object) -> Answer:
        try:
            code = main([str(word) for word in words])
        except SystemExit as ended:  # argparse
            code = int(ended.code or 0)
        return Answer(code, *capsys.readouterr())

    return run_one


@pytest.fixture
def log(tmp_path: Path, run: Run) -> Path:
    """The log of an incident detected at ten in the morning."""
    path = tmp_path / "inc-7.jsonl"
    opened = run("open", path, "incident=inc-7", "by=sentry", "source=sentry", "id=e1", "--now", T0)
    assert opened.code == 0, opened
    return path


@pytest.fixture
def sev1(log: Path, run: Run) -> Path:
    """The same after ten minutes, with playback down."""
    assert run("add", log, "facts-reported", "by=ravi", "streaming-unavailable=yes", "id=e2", "--now", T10).code == 0
    return log


def stored(path: Path) -> ir.Log:
    return ir.read_log(path.read_bytes())


# --- open -----------------------------------------------------------------------------------------------


class TestOpen:
    """The first signal begins a log, and nothing that is there is ever overwritten."""

    def test_it_writes_a_header_and_the_signal(self, log: Path, policy: Policy) -> None:
        """The header pins the policy's id, version and digest; the signal stands with when it was recorded."""
        expected = ir.Detected(
            incident="inc-7", id="e1", by="sentry", source="sentry", at=instant(T0), recorded_at=instant(T0)
        )
        assert stored(log) == ir.Log((expected,), ir.PolicyPin(policy.id, policy.version, policy.digest))

    def test_it_says_what_it_did(self, tmp_path: Path, run: Run) -> None:
        """In words: the event, what it opened, which marks it set."""
        opened = run("open", tmp_path / "a.jsonl", "incident=a", "by=x", "source=y", "id=e1", "--now", T0)
        assert opened == Answer(
            0,
            "recorded detected at 2026-05-05T00:00:00Z as e1\n"
            "  opened      compliance-evidence@internal#0, unassessed-alert@internal#0\n"
            "  moved       detected\n",
            "",
        )

    def test_a_log_that_is_there_stays_as_it_is(self, log: Path, run: Run) -> None:
        """Opening it again is a usage error that names the way out."""
        before = log.read_bytes()
        again = run("open", log, "incident=inc-8", "by=x", "source=y", "--now", T20)
        assert (again.code, again.out) == (2, "")
        assert "holds a log already" in again.err
        assert "ir-policy add" in again.err
        assert log.read_bytes() == before

    def test_an_empty_file_holds_no_log_yet(self, tmp_path: Path, run: Run) -> None:
        """A file somebody made beforehand, with the rights it needs, can be used."""
        path = tmp_path / "made.jsonl"
        path.touch()
        assert run("open", path, "incident=a", "by=x", "source=y", "--now", T0).code == 0
        assert len(stored(path).events) == 1

    def test_every_missing_field_is_named_at_once(self, tmp_path: Path, run: Run) -> None:
        """Three fields are missing, three lines say so, and no file is made."""
        path = tmp_path / "a.jsonl"
        answer = run("open", path, "--now", T0)
        assert answer.code == 2
        assert answer.err.splitlines() == [
            "ir-policy: incident: 'detected' must say incident",
            "ir-policy: by: 'detected' must say by",
            "ir-policy: source: 'detected' must say source",
        ]
        assert not path.exists()

    @pytest.mark.parametrize("name", ["missing/a.jsonl", "a" * 300, "."])
    def test_a_path_nothing_can_be_written_to_is_named(
        self, name: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No such folder, too long a name, a folder."""
        monkeypatch.chdir(tmp_path)
        answer = run("open", name, "incident=a", "by=x", "source=y", "--now", T0)
        assert answer.code == 2
        assert "cannot be written" in answer.err

    def test_a_kind_among_the_fields_is_refused(self, tmp_path: Path, run: Run) -> None:
        """An incident begins with a signal, whatever somebody types."""
        answer = run("open", tmp_path / "a.jsonl", "kind=note", "incident=a", "by=x", "text=t", "--now", T0)
        assert answer.code == 2
        assert answer.err == "ir-policy: kind: is said before the fields; leave it out here\n"


# --- add ------------------------------------------------------------------------------------------------


class TestAdd:
    """An event is checked, then appended as one whole line; or nothing is."""

    def test_it_appends_one_line_and_says_what_moved(self, log: Path, run: Run) -> None:
        """The old bytes stand, one line follows, and the level and the new obligations are told."""
        before = log.read_bytes()
        added = run("add", log, "facts-reported", "by=ravi", "streaming-unavailable=yes", "id=e2", "--now", T10)
        assert added == Answer(
            0,
            "recorded facts-reported at 2026-05-05T00:10:00Z as e2\n"
            "  level       unassessed -> SEV1\n"
            "  opened      internal-alert@internal#0, recover@internal#0, respond@internal#0\n"
            "  dropped     unassessed-alert@internal#0\n"
            "  note        the rules propose SEV1: the commander has not decided a level yet\n",
            "",
        )
        after = log.read_bytes()
        assert after.startswith(before)
        assert after.removeprefix(before).count(b"\n") == 1
        assert stored(log).events[-1] == ir.FactsReported(
            incident="inc-7", id="e2", by="ravi", at=instant(T10), recorded_at=instant(T10),
            facts={"streaming-unavailable": ir.YES},
        )  # fmt: skip

    def test_for_programs_it_says_the_same_as_data(self, log: Path, run: Run) -> None:
        """Keys of obligations by what became of them, the level before and after, and the length of the log."""
        added = run(
            "add", log, "facts-reported", "by=ravi", "streaming-unavailable=yes", "id=e2", "--now", T10, "--json"
        )
        assert added.code == 0
        assert added.data == {
            "event": "e2", "seq": 2, "head": None, "level": [None, "SEV1"], "moved": [], "violations": [],
            "opened": ["internal-alert@internal#0", "recover@internal#0", "respond@internal#0"],
            "revived": [], "tightened": [], "discharged": [], "cancelled": [], "waived": [], "lapsed": [],
            "dropped": ["unassessed-alert@internal#0"], "corrections": [],
            "suggested": ["the rules propose SEV1: the commander has not decided a level yet"],
        }  # fmt: skip

    def test_a_refusal_lists_every_reason_with_clause_and_who(self, sev1: Path, run: Run) -> None:
        """A lowering by nobody in particular without a reason is refused three times over; nothing is appended."""
        before = sev1.read_bytes()
        refused = run("add", sev1, "severity-decided", "by=ravi", "severity=SEV2", "--now", T20)
        assert (refused.code, refused.out) == (1, "")
        assert refused.err.splitlines() == [
            "refused:",
            "  'commander-decides-severity' forbids it (clause roles/incident-commander): "
            "needs somebody acting as incident-commander; ask incident-commander",
            "  'difference-has-a-reason' forbids it (clause roles/incident-commander): "
            "needs the event to state its reason; ask incident-commander",
            "  'lowering-has-a-reason' forbids it (clause roles/incident-commander): "
            "needs the event to state its reason; ask incident-commander",
        ]
        assert sev1.read_bytes() == before

    def test_what_happened_all_the_same_is_recorded_with_its_violations(self, sev1: Path, run: Run) -> None:
        """With `--record` the event is appended, told as against the rules, and stays so in the brief."""
        words = ("step-done", "by=ravi", "step=clean-up", "id=e3", "--now", T20)
        refused = run("add", sev1, *words)
        assert refused.code == 1
        recorded = run("add", sev1, *words, "--record")
        assert recorded.code == 0
        assert "AGAINST     snapshot-before-cleanup (clause response-phases/contain): needs " in recorded.out
        violations = run("brief", sev1, "--now", T20, "--json").data["violations"]
        assert [(v["gate"], v["event"], v["at"]) for v in violations] == [
            ("snapshot-before-cleanup", "e3", "2026-05-05T00:20:00Z")
        ]

    def test_recorded_violations_are_data_too(self, sev1: Path, run: Run) -> None:
        """A program sees which rule, which clause and what was missing."""
        recorded = run("add", sev1, "closed", "by=ravi", "outcome=superseded", "--now", T20, "--record", "--json")
        assert recorded.code == 0
        assert recorded.data["violations"] == [
            {
                "rule": "commander-closes",
                "clause": "response-phases/close",
                "missing": ["somebody acting as incident-commander"],
            },
            {
                "rule": "merged-before-duplicate",
                "clause": "response-phases/close",
                "missing": ["merged (the incident was merged into another one)"],
            },
        ]
        assert recorded.data["suggested"] == [
            "kept in the log without effect: it needs somebody acting as incident-commander and merged (the incident was "
            "merged into another one)"
        ]

    def test_the_same_event_twice_changes_nothing(self, log: Path, run: Run) -> None:
        """The same id with the same content is known already, in words and as data."""
        words = ("add", log, "note", "by=dana", "text=hello", "id=n1", f"at={T10}", f"recorded_at={T10}", "--now", T20)
        assert run(*words).code == 0
        before = log.read_bytes()
        assert run(*words) == Answer(0, "n1 is in the log already; nothing was added\n", "")
        again = run(*words, "--json")
        assert (again.code, again.data["event"], again.data["seq"]) == (0, "n1", 2)
        assert log.read_bytes() == before

    def test_a_known_id_with_other_content_is_an_error(self, log: Path, run: Run) -> None:
        """Two events cannot share an id, recorded or not."""
        assert run("add", log, "note", "by=dana", "text=hello", "id=n1", "--now", T10).code == 0
        before = log.read_bytes()
        for option in ([], ["--record"]):
            other = run("add", log, "note", "by=dana", "text=good day", "id=n1", "--now", T10, *option)
            assert (other.code, other.out) == (2, "")
            assert "event 'n1' is in the log with other content" in other.err
        assert log.read_bytes() == before

    def test_a_last_line_without_its_end_is_ended_first(self, log: Path, run: Run) -> None:
        """Some editors leave out the last line break; the new event still gets a line of its own."""
        log.write_bytes(log.read_bytes().removesuffix(b"\n"))
        assert run("add", log, "note", "by=dana", "text=hello", "id=n1", "--now", T10).code == 0
        assert [event.id for event in stored(log).events] == ["e1", "n1"]
        assert log.read_bytes().endswith(b"\n")

    def test_a_torn_last_line_stops_everything(self, sev1: Path, run: Run) -> None:
        """Half a line is not mended by guessing: exit 2, the line is named, nothing is appended."""
        torn = sev1.read_bytes()[:-20]
        sev1.write_bytes(torn)
        for words in (
            ["add", sev1, "note", "by=x", "text=t"],
            ["brief", sev1],
            ["check", sev1, "note", "by=x", "text=t"],
        ):
            answer = run(*words, "--now", T20)
            assert (answer.code, answer.out) == (2, "")
            assert "log line 3" in answer.err
            assert "torn" in answer.err
        assert sev1.read_bytes() == torn

    def test_two_writers_do_not_overwrite_each_other(
        self, log: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """When somebody else wrote after the log was read, nothing is appended and the way out is said."""

        def meanwhile(incident: ir.Incident, event: ir.Event, *, salt: str) -> ir.Step:
            log.write_bytes(log.read_bytes() + b"\n")
            return ir.record(incident, event, salt=salt)

        monkeypatch.setattr(ir, "apply", meanwhile)
        answer = run("add", log, "note", "by=dana", "text=hello", "--now", T10)
        assert answer.code == 2
        assert "somebody else wrote to the log just now; run the command again" in answer.err
        assert len(stored(log).events) == 1

    def test_fields_and_options_come_in_any_order(self, log: Path, run: Run) -> None:
        """An option in front of, between or behind the fields means the same."""
        for number, words in enumerate([
            ("--now", T10, log, "note", "by=dana", "text=hello"),
            (log, "note", "--now", T10, "by=dana", "text=hello"),
            (log, "note", "by=dana", "--now", T10, "text=hello"),
        ]):  # fmt: skip
            assert run("add", *words, f"id=n{number}").code == 0
        assert [event.at for event in stored(log).events[1:]] == [instant(T10)] * 3

    def test_lists_flags_mappings_and_facts_are_typed_as_words(self, sev1: Path, run: Run) -> None:
        """Commas part lists, yes and true are flags, `facts=a:yes,b:no` and `a=yes` both report facts."""
        run("add", sev1, "facts-reported", "by=ravi", "facts=clients-impacted:yes,client/acme:no", "client/zen=yes",
            "id=e3", "--now", T10)  # fmt: skip
        run("add", sev1, "role-taken", "by=dana", "role=incident-commander", "person=dana", "acting=yes", "id=e4",
            "--now", T10)  # fmt: skip
        run("add", sev1, "notice-sent", "--record", "by=lee", "duties=internal-alert, client-update",
            "recipients=internal,client/zen", "states=share-link-status,mitigation-steps", "id=e5", "--now", T10)  # fmt: skip
        run("add", sev1, "corrected", "by=ravi", "event=e2", 'fields={"since": "2026-05-05T10:05:00+10:00"}',
            "reason=it was seen earlier", "evidence=graph", "id=e6", "--now", T20)  # fmt: skip
        facts, taken, sent, corrected = stored(sev1).events[2:]
        assert facts.facts == {"clients-impacted": ir.YES, "client/acme": ir.NO, "client/zen": ir.YES}
        assert taken.acting is True
        assert (sent.duties, sent.recipients) == (("internal-alert", "client-update"), ("internal", "client/zen"))
        assert corrected.fields == {"since": "2026-05-05T10:05:00+10:00"}

    def test_what_happened_earlier_is_recorded_now(self, sev1: Path, run: Run) -> None:
        """`at` is when it happened; the log learns of it at `--now`."""
        assert run("add", sev1, "note", "by=dana", "text=hello", f"at={T0}", "--now", EVENING).code == 0
        note = stored(sev1).events[-1]
        assert (note.at, note.recorded_at) == (instant(T0), instant(EVENING))

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["nots"], "kind: 'nots' is not a kind of event; did you mean 'note'?"),
            (["xyzzy"], "kind: 'xyzzy' is not a kind of event; known are detected, "),
            (["note", "by=x", "txt=hello"], "txt: 'note' has no field of that name; did you mean 'text'?"),
            (["note", "by=x", "hello"], "hello: is not a field; write field=value"),
            (["note", "by=x", "=hello"], "=hello: is not a field; write field=value"),
            (["facts-reported", "by=x", "streaming-unavalable=yes"],
             "facts.streaming-unavalable: unknown fact 'streaming-unavalable'; did you mean 'streaming-unavailable'?"),
            (["facts-reported", "by=x", "streaming-unavailable=maybe"], "facts: 'streaming-unavailable': a fact is yes, no or unknown"),
            (["step-done", "by=x", "step=forensic-snapshoot"],
             "step: unknown step 'forensic-snapshoot'; did you mean 'forensic-snapshot'?"),
            (["role-taken", "by=x", "person=x", "role=incident-comander"],
             "role: unknown role 'incident-comander'; did you mean 'incident-commander'?"),
            (["notice-sent", "by=x", "duties=internal-alrt", "recipients=internal"],
             "duties: unknown duty 'internal-alrt'; did you mean 'internal-alert'?"),
            (["severity-decided", "by=x", "severity=sev1"], "severity: is not a level; write SEV0, SEV1, SEV2 or SEV3"),
            (["note", "by=x", "text=t", "at=noon"], "at: 'noon' is not an instant"),
            (["note", "by=x", "text=t", "at=2026-05-05T10:00:00"], "at: '2026-05-05T10:00:00' has no offset"),
            (["note", "by=x", "text=t", "incident=inc-8"], "incident: 'inc-8' is not this incident, 'inc-7'"),
            (["note", "by=x", "text=t", "kind=closed"], "kind: is said before the fields"),
            (["role-taken", "by=x", "role=scribe", "person=x", "acting=perhaps"], "acting: is neither true nor false"),
            (["corrected", "by=x", "event=e1", "reason=r", "evidence=e", "fields=since"], "fields: is not a JSON object"),
            (["corrected", "by=x", "event=e1", "reason=r", "evidence=e", f"fields={'[' * 5000}"], "fields: is not a JSON"),
            (["corrected", "by=x", "event=e1", "reason=r", "evidence=e", f"fields={'9' * 5000}"], "fields: is not a JSON"),
        ],
    )  # fmt: skip
    def test_a_slip_of_the_pen_is_named_with_the_way_out(
        self, words: list[str], said: str, log: Path, run: Run
    ) -> None:
        """Unknown kinds, fields, facts and ids, and malformed values: exit 2, and nothing is appended."""
        before = log.read_bytes()
        answer = run("add", log, *words, "--now", T10)
        assert (answer.code, answer.out) == (2, "")
        assert any(line.startswith(f"ir-policy: {said}") for line in answer.err.splitlines()), answer.err
        assert log.read_bytes() == before

    def test_every_problem_of_an_event_is_named_at_once(self, log: Path, run: Run) -> None:
        """One line each for a missing field, an unknown one and a malformed one."""
        answer = run("add", log, "notice-drafted", "by=x", "digest=d", "tone=kind", "states=Not An Id", "--now", T10)
        assert answer.code == 2
        assert [line.split(": ")[1] for line in answer.err.splitlines()] == [
            "tone", "states", "notice", "duties", "recipients",
        ]  # fmt: skip


# --- check, classify, explain ---------------------------------------------------------------------------


class TestCheck:
    """May this happen, and if not why; nothing is written either way."""

    def test_no_is_one_and_names_what_is_missing(self, sev1: Path, run: Run) -> None:
        """Exit 1 with the instant, the rule, its clause and who can release it."""
        before = sev1.read_bytes()
        answer = run("check", sev1, "step-done", "by=ravi", "step=clean-up", "--now", T20)
        assert answer.code == 1
        assert answer.out.splitlines() == [
            "no, as of 2026-05-05T00:20:00Z:",
            "  the forensic snapshot comes before clean-up",
            "      needs step forensic-snapshot (save an image of what was touched), or a no to malicious-cause",
            "        (the cause is or may be an attacker) and personal-data-involved (personal data is in what",
            "        was reached); ask security-specialist (security-lead)",
            "      snapshot-before-cleanup, clause response-phases/contain",
        ]
        assert sev1.read_bytes() == before

    def test_every_reason_at_once_in_words(self, sev1: Path, run: Run) -> None:
        """Closing too early: what each rule says, what is missing of it, and the person who can supply it."""
        run("add", sev1, "role-taken", "by=dana", "role=incident-commander", "person=dana", "--now", T10)
        answer = run("check", sev1, "closed", "by=dana", "outcome=resolved", "--now", T20)
        assert answer.code == 1
        lines = answer.out.splitlines()
        assert lines[0] == "no, as of 2026-05-05T00:20:00Z, for 10 reasons:"
        reasons = [line for line in lines if line.startswith("  ") and line[2] != " "]
        assert reasons == [
            "  follow-up work is in the backlog before closing",
            "  the change log is up to date before closing",
            "  the evidence of the compliance checklist is up to date before closing",
            "  where personal data is or may be involved privacy requests were frozen before closing",
            "  lessons are written down before closing",
            "  what is resolved has been through every phase",
            "  where recovery is owed it comes before closing as resolved",
            "  the incident report is drafted from template 20-01 before closing",
            "  who is impacted is named before containment or closing",
            "  the level is decided before containment or closing",
        ]
        assert "      needs step backlog-filed (file the follow-up work); ask dana (incident-commander)" in lines
        said = " ".join(answer.out.split())
        assert "needs 'restore the service' to be settled (open: recover@internal#0, due 2026-05-05T04:00:00Z)" in said
        assert (
            "needs requests-frozen (the freeze of privacy requests was started, by hold-started), or a no to " in said
        )
        assert all(len(line) <= 100 for line in lines)

    def test_yes_is_nought(self, sev1: Path, run: Run) -> None:
        """Exit 0, and nothing is written though it would be allowed."""
        before = sev1.read_bytes()
        answer = run("check", sev1, "step-done", "by=ravi", "step=isolate", "--now", T20)
        assert answer == Answer(0, "yes, as of 2026-05-05T00:20:00Z: nothing forbids it\n", "")
        assert sev1.read_bytes() == before

    def test_for_programs_it_is_a_list_of_refusals(self, sev1: Path, run: Run) -> None:
        """Each refusal has the four keys programs rely on; none means go ahead."""
        no = run("check", sev1, "phase-entered", "by=ravi", "phase=contain", "--now", T20, "--json")
        assert no.code == 1
        assert no.data["as_of"] == "2026-05-05T00:20:00Z"
        assert [refusal["rule"] for refusal in no.data["refusals"]] == [
            "channel-before-contain", "roles-identified-before-contain", "severity-before-contain", "phases",
        ]  # fmt: skip
        assert all(refusal.keys() >= REFUSAL for refusal in no.data["refusals"])
        yes = run("check", sev1, "phase-entered", "by=ravi", "phase=assess", "--now", T20, "--json")
        assert (yes.code, yes.data["refusals"]) == (0, [])


class TestChained:
    """A log whose lines are chained: begun so, added to, verified, and rid of a name."""

    @pytest.fixture
    def chained(self, tmp_path: Path, run: Run) -> Path:
        """Two events, the second by dana."""
        path = tmp_path / "inc-8.jsonl"
        assert run("open", path, "incident=inc-8", "by=sentry", "source=sentry", "--chained", "--now", T0).code == 0
        assert run("add", path, "note", "by=dana", "text=hello", "--now", T10).code == 0
        return path

    def test_it_is_added_to_and_read_like_any_other(self, chained: Path, run: Run) -> None:
        """The lines are chained, the brief says where the chain stands, and ids say nothing of the words."""
        log = stored(chained)
        assert log.chain is not None
        assert run("brief", chained, "--now", T20, "--json").data["head"] == log.chain.head
        again = ir.Note(incident="inc-8", at=log.events[1].at, recorded_at=log.events[1].at, by="dana", text="hello")
        assert log.events[1].id != again.id

    def test_an_id_that_is_given_stays(self, chained: Path, run: Run) -> None:
        """And said again nothing is added."""
        for _ in range(2):
            assert run("add", chained, "note", "by=dana", "text=hello", "id=n1", "--now", T20).code == 0
        assert [event.id for event in stored(chained).events[2:]] == ["n1"]

    def test_whole(self, chained: Path, run: Run) -> None:
        """In words and as data, with a head that was kept and without."""
        log = stored(chained)
        assert log.chain is not None
        head = log.chain.head
        assert run("verify", chained).out.splitlines()[0] == f"whole: 2 events, each as it was written; head {head}"
        assert run("verify", chained, "--head", head).out == f"whole: 2 events, each as it was written; head {head}\n"
        assert run("verify", chained, "--json").data == {"seq": 2, "head": head, "chained": True}

    def test_a_plain_log_is_whole_too(self, log: Path, run: Run) -> None:
        """And nothing more is claimed for it."""
        assert run("verify", log).out == "whole: 1 events in plain lines, which no chain holds to their words\n"
        assert run("verify", log, "--json").data == {"seq": 1, "head": None, "chained": False}

    def test_changed_or_cut_short(self, chained: Path, run: Run) -> None:
        """The line is named; a head that was kept shows what is missing at the end."""
        head = run("verify", chained, "--json").data["head"]
        whole = chained.read_text(encoding="utf-8")
        chained.write_text(whole.replace("hello", "hallo"), encoding="utf-8")
        answer = run("verify", chained)
        assert answer.code == 2
        assert "log line 3: this line was changed after it was written" in answer.err
        chained.write_text("".join(whole.splitlines(keepends=True)[:2]), encoding="utf-8")
        assert run("verify", chained).code == 0
        assert "lines are missing at its end" in run("verify", chained, "--head", head).err

    def test_erased(self, chained: Path, run: Run, tmp_path: Path) -> None:
        """What is printed is the log without the name and the text, under the same head; the file stays."""
        before, note = chained.read_bytes(), stored(chained).events[1].id
        head = run("verify", chained, "--json").data["head"]
        answer = run("erase", chained, "--name", "dana", "--text", note)
        assert (answer.code, chained.read_bytes()) == (0, before)
        assert "dana" not in answer.out
        assert "hello" not in answer.out
        left = tmp_path / "left.jsonl"
        left.write_text(answer.out, encoding="utf-8")
        assert run("verify", left, "--json").data == {"seq": 2, "head": head, "chained": True}
        assert run("erase", chained, "--name", "nobody").code == 2


class TestClassify:
    """Facts in, a level out, with the rules that decided and what to find out next."""

    def test_it_answers_in_words(self, run: Run) -> None:
        """The level and its rule, the range, and a line for each open question."""
        answer = run("classify", "streaming-unavailable=yes", "integrity-threatened=no", "residency-threatened=no")
        assert answer.code == 0
        level, span, *unknown = answer.out.splitlines()
        assert level == "SEV1  by sev1-streaming"
        assert span == "range  SEV1 at best, SEV0 at worst"
        assert [line.partition(":")[0] for line in unknown] == [
            "unknown  cross-tenant-critical", "unknown  exfiltration-likely", "unknown  share-token-leak-broad",
        ]  # fmt: skip

    def test_it_answers_as_data(self, run: Run) -> None:
        """The shape of a proposed severity."""
        answer = run("classify", "exfiltration-likely=yes", "--json")
        assert answer.code == 0
        assert answer.data.keys() >= PROPOSED
        assert answer.data["severity"] == answer.data["best"] == answer.data["worst"] == "SEV0"
        assert answer.data["determined_by"] == ["sev0-exfiltration"]
        assert answer.data["open_questions"] == []

    def test_every_unknown_fact_is_named(self, run: Run) -> None:
        """Two slips, two lines, each with its hint."""
        answer = run("classify", "streaming-unavalable=yes", "exfiltration-likly=no")
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.count("did you mean") == 2


class TestExplain:
    """Why something is so, with the instant it is so at."""

    def test_it_answers_in_words(self, sev1: Path, run: Run) -> None:
        """The subject, labelled lines, and the instant."""
        answer = run("explain", sev1, "respond", "--now", T20)
        assert answer.code == 0
        assert answer.out.startswith("respond@internal#0: put a commander in place\n")
        assert answer.out.endswith("\nas of 2026-05-05T00:20:00Z\n")

    def test_it_answers_as_data(self, sev1: Path, run: Run) -> None:
        """The same lines as pairs of label and text."""
        answer = run("explain", sev1, "oaic-notice", "--now", T20, "--json")
        assert answer.code == 0
        assert answer.data.keys() >= {"as_of", "subject", "headline", "lines"}
        assert (answer.data["as_of"], answer.data["subject"]) == ("2026-05-05T00:20:00Z", "oaic-notice")
        assert all(line.keys() == {"label", "text"} for line in answer.data["lines"])

    def test_an_unknown_subject_gets_a_hint(self, sev1: Path, run: Run) -> None:
        """Exit 2 and the nearest name."""
        answer = run("explain", sev1, "oaic-notce", "--now", T20)
        assert answer == Answer(
            2, "", "ir-policy: subject: nothing is called 'oaic-notce'; did you mean 'oaic-notice'?\n"
        )


# --- brief ----------------------------------------------------------------------------------------------


class TestBrief:
    """What an incident needs now: a screen for people, a shape for programs."""

    def test_its_shape_is_the_one_programs_rely_on(self, sev1: Path, run: Run) -> None:
        """Every key of every part, on an incident that has something in each of them."""
        run("add", sev1, "step-done", "by=ravi", "step=clean-up", "id=e3", "--now", T20, "--record")
        run("add", sev1, "note", "by=dana", "text=quiet", "id=e4", "--now", "2026-05-05T11:00:00+10:00")
        run("add", sev1, "notice-sent", "by=lee", "duties=internal-alert", "recipients=internal", "id=e5",
            "at=2026-05-05T10:12:00+10:00", "--now", EVENING)  # fmt: skip
        run("add", sev1, "breach-finding", "by=x", "finding=aware", "position=controller", "id=e6", "--now", EVENING)
        answer = run("brief", sev1, "--now", EVENING, "--json")
        assert answer.code == 0
        shown = answer.data
        assert shown.keys() >= BRIEF
        assert (shown["as_of"], shown["incident"], shown["seq"], shown["head"]) == (
            "2026-05-05T08:00:00Z", "inc-7", 6, None,
        )  # fmt: skip
        assert shown["policy"].keys() >= POLICY
        assert shown["severity"].keys() >= SEVERITY
        assert shown["severity"]["proposed"].keys() >= PROPOSED
        assert shown["phase"].keys() >= PHASE
        assert shown["next_wakeup"].endswith("Z")
        assert [o["key"] for o in shown["obligations"]] == sorted(o["key"] for o in shown["obligations"])
        assert all(o.keys() >= OBLIGATION for o in shown["obligations"])
        breaches = [o["breach"] for o in shown["obligations"] if o["breach"] is not None]
        assert breaches
        assert all(breach.keys() >= BREACH for breach in breaches)
        assert [v.keys() >= {"gate", *VIOLATION} for v in shown["violations"]] == [True]
        assert shown["corrections"]
        assert all(correction.keys() >= CORRECTION for correction in shown["corrections"])
        by_duty = {o["duty"]: o for o in shown["obligations"]}
        assert (by_duty["recover"]["verdict"], by_duty["recover"]["late_by"]) == ("missed", "PT4H")
        assert by_duty["eu.gdpr.33-1"]["source"]["cite"] == "Regulation (EU) 2016/679 Art 33(1)"

    def test_blocked_by_lists_refusals(self, sev1: Path, run: Run) -> None:
        """Why the next phase may not be entered, each reason with the keys of a refusal."""
        run("add", sev1, "phase-entered", "by=dana", "phase=assess", "--now", T20)
        blocked = run("brief", sev1, "--now", T20, "--json").data["phase"]["blocked_by"]
        assert [refusal["rule"] for refusal in blocked] == [
            "channel-before-contain", "roles-identified-before-contain", "severity-before-contain",
        ]  # fmt: skip
        assert all(refusal.keys() >= REFUSAL for refusal in blocked)

    def test_it_fails_on_what_is_overdue_only_when_asked_to(self, sev1: Path, run: Run) -> None:
        """Nothing is overdue at the limit; a microsecond later something is."""
        at_the_limit, after = "2026-05-05T10:15:00+10:00", "2026-05-05T10:15:00.000001+10:00"
        assert run("brief", sev1, "--now", at_the_limit, "--fail-on", "overdue").code == 0
        assert run("brief", sev1, "--now", after, "--fail-on", "overdue").code == 1
        assert run("brief", sev1, "--now", after, "--fail-on", "overdue", "--json").code == 1
        assert run("brief", sev1, "--now", after).code == 0

    def test_there_is_no_colour_where_there_is_no_terminal(self, sev1: Path, run: Run) -> None:
        """What goes to a file or a pipe holds no escape codes."""
        shown = run("brief", sev1, "--now", EVENING)
        assert "DO NOW" in shown.out
        assert "\x1b" not in shown.out

    def test_before_the_first_signal_there_is_nothing_to_show(self, log: Path, run: Run) -> None:
        """Exit 2, and the first instant that can be asked about."""
        answer = run("brief", log, "--now", "2026-05-05T09:59:59+10:00")
        assert (answer.code, answer.out) == (2, "")
        assert "ask for 2026-05-05T00:00:00Z or later" in answer.err

    def test_a_file_that_is_not_there_is_named(self, tmp_path: Path, run: Run) -> None:
        """Exit 2 with the path, the reason and the command that begins a log."""
        for words in (
            ["brief"],
            ["add", "note", "by=x", "text=t"],
            ["check", "note", "by=x", "text=t"],
            ["explain", "respond"],
        ):
            command, *rest = words
            answer = run(command, tmp_path / "none.jsonl", *rest, "--now", T0)
            assert (answer.code, answer.out) == (2, "")
            assert "none.jsonl: cannot be read" in answer.err
            assert "ir-policy open" in answer.err

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"", "no signal detected this incident"),
            (b"hello\n", "log line 1"),
            (b"\xff\xfe", "log line 1: this is not UTF-8 text"),
            (b'{"log":2}\n', "log line 1: this log has form 2"),
            (b"[" * 100_000, "log line 1"),
        ],
        ids=["empty", "no JSON", "no text", "newer", "too deep"],
    )
    def test_a_file_that_is_no_log_is_an_error(self, content: bytes, why: str, tmp_path: Path, run: Run) -> None:
        """Exit 2 and the first bad line."""
        path = tmp_path / "a.jsonl"
        path.write_bytes(content)
        answer = run("brief", path, "--now", T0)
        assert (answer.code, answer.out) == (2, "")
        assert why in answer.err


# --- the screen -----------------------------------------------------------------------------------------

PARTS: Final = ["DO NOW", "NEXT", "BLOCKED", "UNKNOWN"]


def assert_fits(text: str) -> None:
    """The four parts are on the first screen, no line is too wide, and every clock says due or overdue."""
    lines = text.splitlines()
    assert [line for line in lines[:24] if line in PARTS] == PARTS
    assert [line for line in lines if len(line) > 80] == []
    clocks = list(clock_lines(lines))
    assert [line for line in clocks if not line.startswith(("due ", "overdue "))] == []
    assert "\x1b" not in text


def clock_lines(lines: list[str]) -> Iterator[str]:
    """The lines that tell a time limit: in DO NOW and NEXT, and the first below each key under EVERY CLOCK."""
    screen = lines[lines.index("DO NOW") + 1 : lines.index("BLOCKED")]
    for line in screen:
        told = line[2:].strip()
        if line not in PARTS and not told.startswith(
            ("decide the level", "page ", "not answered in time", "nothing", "and ", "sent ", "to ", "may be closed")
        ):
            yield told
    below = lines[lines.index("EVERY CLOCK") + 1 :]
    for line, following in pairwise(below):
        if not line:
            break
        if line.startswith("  ") and not line.startswith("   ") and "@" in line:
            yield following.strip()


def at_its_turns(incident: ir.Incident) -> Iterator[datetime]:
    """Every instant at which something happens or changes by itself, and the microsecond before."""
    now: datetime | None = incident.log[0].at
    while now is not None:
        yield now
        now = ir.next_wakeup(incident, now)
        if now is not None and now - timedelta(microseconds=1) >= incident.log[0].at:
            yield now - timedelta(microseconds=1)


class TestScreen:
    """A tired commander reads one screen of 24 lines by 80 columns."""

    @pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
    def test_every_example_fits_at_every_turn(self, path: Path, policy: Policy) -> None:
        """At each event and each change by time alone, and just before."""
        incident = ir.replay(policy, ir.read_log(path.read_bytes()))
        turns = list(at_its_turns(incident))
        assert len(turns) >= 12, f"{len(turns)} instants examined"
        for now in turns:
            assert_fits(ir.brief(incident, now).text())

    def test_the_worst_case_fits(self, policy: Policy) -> None:
        """Thirty clients, every member state, long names, two violations, everything overdue for weeks."""
        incident = worst_case(policy)
        for now in (
            instant("2026-05-05T10:30:00+10:00"),
            instant("2026-05-05T11:30:00+10:00"),
            instant("2027-09-01T10:00:00+10:00"),
        ):
            shown = ir.brief(incident, now)
            assert_fits(shown.text())
        assert len(shown.overdue) > 80

    def test_the_command_prints_that_screen(self, run: Run, policy: Policy) -> None:
        """What `brief` prints is the text of the library, to the letter."""
        incident = ir.replay(policy, ir.read_log(EXAMPLES[0].read_bytes()))
        expected = ir.brief(incident, incident.log[-1].at).text()
        shown = run("brief", EXAMPLES[0], "--now", incident.log[-1].at.isoformat())
        assert shown == Answer(0, expected, "")


def worst_case(policy: Policy) -> ir.Incident:
    """An incident in which everything that can be owed to many is owed, and nothing was done."""
    about = {"incident": "inc-" + "9" * 190, "by": "x" * 200}
    at, minute = instant(T0), timedelta(minutes=1)
    countries = policy.duties["eu.gdpr.33-1"].owed_to[-1].among
    members = {f"affected-in/{country}": ir.YES for country in countries}
    clients = {f"client/agency-with-a-long-name-{number:02d}": ir.YES for number in range(30)}
    events: list[ir.Event] = [
        ir.Detected(at=at, source="sentry", **about),
        *(
            ir.RoleChange(kind="role-taken", at=at, role=role, person=f"{role} {'n' * 100} {number}", **about)
            for role in policy.roles
            for number in range(2)
            if role != "incident-commander"
        ),
        ir.FactsReported(
            at=at + minute,
            facts={
                "cross-tenant-critical": ir.YES,
                "privacy-suspected": ir.YES,
                "clients-impacted": ir.YES,
                **clients,
                **members,
            },
            **about,
        ),
        ir.BreachFinding(at=at + 2 * minute, finding="confirmed", **about),
        ir.StepDone(at=at + 3 * minute, step="clean-up", **about),
        ir.Closed(at=at + 4 * minute, outcome="resolved", **about),
        ir.Notice(
            kind="notice-sent", at=at + 5 * minute, duties=("client-update",), recipients=tuple(clients), **about
        ),
        ir.Milestone(kind="recovered", at=at + 5 * 60 * minute, **about),
        ir.Detected(at=at - minute, recorded_at=at + 10 * minute, source="neon", **about),
    ]
    return ir.replay(policy, events)


# --- the policy -----------------------------------------------------------------------------------------


class TestPolicy:
    """The document is the one named, else the log header's, else the shipped one."""

    @pytest.mark.parametrize("name", ["motion-mavericks", "motion-mavericks@0.2.0", str(DOCUMENT)])
    def test_by_id_by_version_or_by_path(self, name: str, sev1: Path, run: Run) -> None:
        """All three are the same document, and give the same answer."""
        plain = run("brief", sev1, "--now", T20, "--json")
        assert run("brief", sev1, "--now", T20, "--json", "--policy", name) == plain
        assert run("classify", "partial-outage=yes", "--policy", name).code == 0

    def test_another_document_than_the_header_names_is_refused(self, sev1: Path, tmp_path: Path, run: Run) -> None:
        """Yesterday's log is not judged by tomorrow's rules: exit 2, both documents named, nothing appended."""
        other = tmp_path / "ours.yaml"
        text = DOCUMENT.read_text(encoding="utf-8")
        assert "SEV1: 30 minutes" in text
        other.write_text(text.replace("SEV1: 30 minutes", "SEV1: 45 minutes"), encoding="utf-8")
        before = sev1.read_bytes()
        for words in (["brief", sev1], ["add", sev1, "note", "by=x", "text=t"], ["explain", sev1, "respond"]):
            answer = run(*words, "--now", T20, "--policy", other)
            assert (answer.code, answer.out) == (2, "")
            assert "this log was written under policy 'motion-mavericks@0.2.0' (sha256:" in answer.err
            assert "load the document the log names" in answer.err
        assert sev1.read_bytes() == before

    def test_a_log_begun_under_a_document_of_ones_own_says_so(self, tmp_path: Path, run: Run) -> None:
        """Its header pins that document, which must be named again by path."""
        own = tmp_path / "ours.yaml"
        text = DOCUMENT.read_text(encoding="utf-8").replace("SEV1: 30 minutes", "SEV1: 45 minutes")
        own.write_text(text, encoding="utf-8")
        path = tmp_path / "a.jsonl"
        begun = run("open", path, "incident=a", "by=x", "source=y", "--policy", own, "--now", T0)
        assert begun.code == 0
        assert run("brief", path, "--now", T0).code == 2
        assert run("brief", path, "--now", T0, "--policy", own).code == 0

    def test_a_log_without_a_header_is_read_under_the_shipped_policy(self, run: Run) -> None:
        """The examples name none."""
        shown = run("brief", EXAMPLES[0], "--now", "2026-05-05T10:00:00+10:00", "--json")
        assert (shown.code, shown.data["policy"]["id"]) == (0, "motion-mavericks")

    def test_a_document_with_mistakes_is_refused_with_all_of_them(self, sev1: Path, tmp_path: Path, run: Run) -> None:
        """Each with file, line and column."""
        own = tmp_path / "ours.yaml"
        text = DOCUMENT.read_text(encoding="utf-8").replace("SEV1: 30 minutes", "SEV1: half an hour")
        own.write_text(
            text.replace("clause: severity-matrix/sev3\n    reading", "claws: x\n    reading"), encoding="utf-8"
        )
        answer = run("brief", sev1, "--now", T20, "--policy", own)
        assert (answer.code, answer.out) == (2, "")
        assert len([line for line in answer.err.splitlines() if line.startswith("ir-policy: ours.yaml:")]) >= 2

    @pytest.mark.parametrize("name", ["motion-maverics", "motion-mavericks@9.9.9", "none.yaml", "a" * 300])
    def test_a_document_nobody_has_is_an_error(self, name: str, sev1: Path, run: Run) -> None:
        """An unknown id, an unknown version, a file that is not there, a name too long for a file."""
        for words in (["brief", sev1], ["classify", "partial-outage=yes"]):
            answer = run(*words, "--now", T20, "--policy", name)
            assert (answer.code, answer.out) == (2, "")
            assert answer.err.startswith("ir-policy: ")


# --- the instant ----------------------------------------------------------------------------------------


class TestNow:
    """A command that judges uses `--now`, and a malformed one is an error with the way out."""

    @pytest.mark.parametrize(
        ("now", "said"),
        [
            ("yesterday", "is not an instant; write it like 2026-04-03T18:05:00+10:00"),
            ("", "is not an instant"),
            ("2026-05-05", "is not an instant"),
            ("2026-05-05T10:00:00", "has no offset; end it with Z or an offset such as +10:00"),
            ("2026-02-30T10:00:00Z", "is not a day and time of the calendar"),
            ("2026-05-05T10:00:60Z", "names an hour 24 or a second 60"),
            ("2026-05-05T10:00:00.1234567Z", "is finer than a microsecond"),
            ("0001-01-01T00:00:00+10:00", "is outside the years 2000 to 2100"),
            ("9999-12-31T23:59:59-10:00", "is outside the years 2000 to 2100"),
        ],
    )
    def test_a_malformed_instant_is_named(self, now: str, said: str, sev1: Path, run: Run) -> None:
        """Every command that reads it ends with 2 and says what is wrong with it."""
        before = sev1.read_bytes()
        event = ["note", "by=x", "text=t"]
        for words in (["brief", sev1], ["explain", sev1, "respond"], ["add", sev1, *event], ["check", sev1, *event]):
            answer = run(*words, "--now", now)
            assert (answer.code, answer.out) == (2, "")
            assert answer.err.startswith("ir-policy: --now: ")
            assert said in answer.err
        assert sev1.read_bytes() == before

    def test_the_clock_is_read_when_nobody_names_an_instant(self, sev1: Path, run: Run) -> None:
        """The answer names the instant it used, and that is now."""
        before = datetime.now(timezone.utc)
        as_of = instant(run("brief", sev1, "--json").data["as_of"])
        assert before <= as_of <= datetime.now(timezone.utc)


# --- usage ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [[], ["help"], ["brief"], ["brief", "a", "b"], ["brief", "a", "--fail-on", "due"], ["add", "a"], ["explain", "a"],
     ["--now", T0, "brief", "a"], ["add", "a", "note", "--colour", "by=x"], ["classify", "--json=yes"]],
)  # fmt: skip
def test_wrong_usage_is_two(words: list[str], run: Run) -> None:
    """No command, an unknown one, too few or too many words, an unknown option."""
    answer = run(*words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("usage: ir-policy")


@pytest.mark.parametrize("command", ["open", "add", "brief", "classify", "check", "explain"])
def test_every_command_has_a_help_page(command: str, run: Run) -> None:
    """Exit 0, with the options every command takes."""
    answer = run(command, "--help")
    assert answer.code == 0
    assert all(option in answer.out for option in ("--now", "--policy", "--json"))


# --- whatever somebody types ----------------------------------------------------------------------------

WORDS: Final = st.sampled_from(
    ["LOG", "okta.jsonl", "note", "facts-reported", "closed", "waived", "corrected", "severity-decided", "notice-sent",
     "by=x", "text=t", "incident=inc-7", "source=s", "severity=SEV1", "severity=SEV9", "outcome=resolved", "at=now",
     f"at={T10}", "at=0001-01-01T00:00:00+10:00", "facts=a", "facts=a:yes", "a=yes", "id=e1", "kind=note", "fields={}",
     'fields={"at": 1}', "fields=[[", "event=e1", "reason=r", "evidence=e", "duties=,", "recipients=internal", "gate=x",
     "precision=day", "precision=week", "respond", "severity", "--json", "--record", "--fail-on", "overdue", "--now", T20,
     "--policy", "motion-mavericks", "-", "--", "=", "a=", "=a"]
)  # fmt: skip
# A slash could name a place outside the folder the test runs in; a shell passes no NUL and no half of a pair.
TYPED: Final = st.text(st.characters(codec="utf-8", exclude_characters="/\\\x00"), max_size=12)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of its own to run in, with a log in it; the shipped policy is read once."""
    folder = tmp_path_factory.mktemp("typed")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(ir, "load_policy", _load_once, raising=False)
        yield folder


@settings(max_examples=300)
@given(
    command=st.sampled_from(["open", "add", "brief", "classify", "check", "explain"]),
    words=st.lists(WORDS | TYPED, max_size=8),
)
def test_nothing_anybody_types_ends_in_a_traceback(desk: Path, command: str, words: list[str]) -> None:
    """Whatever follows a command, it ends with 0, 1 or 2."""
    log = desk / "LOG"
    log.write_bytes(EXAMPLES[0].read_bytes())
    try:
        code = main([command, *words, "--now", T20])
    except SystemExit as ended:
        code = ended.code
    assert code in (0, 1, 2)


# --- another process ------------------------------------------------------------------------------------


def in_a_process(
    *words: object, stdout: int = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run one command as a program."""
    command = [sys.executable, "-m", "ir_policy", *(str(word) for word in words)]
    return subprocess.run(
        command, stdout=stdout, stderr=subprocess.PIPE, env={**os.environ, **environment}, check=False, timeout=60
    )


def test_the_bytes_depend_on_neither_hashing_nor_the_machine_s_zone() -> None:
    """The same log and instant give the same bytes under any hash seed, in any zone, for programs and for people."""
    path, now = EXAMPLES[1], "2026-04-03T09:00:00+11:00"
    for form in ([], ["--json"]):
        answers = {
            in_a_process("brief", path, "--now", now, *form, PYTHONHASHSEED=seed, TZ=zone).stdout
            for seed, zone in (("0", "UTC"), ("1", "Asia/Kathmandu"), ("42", "America/New_York"))
        }
        assert len(answers) == 1
        assert b"inc-2026-0403" in answers.pop()


def test_a_reader_that_goes_away_is_no_error() -> None:
    """Piped into something that stops reading, the program ends quietly."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = in_a_process("brief", EXAMPLES[0], "--now", T0, stdout=write_end)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_that_lacks_letters_still_shows_the_rest() -> None:
    """People get a stand-in for what cannot be shown; programs get UTF-8 all the same."""
    shown = in_a_process("brief", EXAMPLES[0], "--now", T0, PYTHONIOENCODING="ascii")
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert b"DO NOW" in shown.stdout
    data = in_a_process("brief", EXAMPLES[0], "--now", T0, "--json", PYTHONIOENCODING="ascii")
    assert (data.returncode, data.stderr) == (0, b"")
    assert data.stdout == in_a_process("brief", EXAMPLES[0], "--now", T0, "--json", PYTHONIOENCODING="utf-8").stdout


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(timezone.utc)
