"""What `ir.drills` shows of a programme: the recorded year as text, picture and data, and its odd ends."""

from __future__ import annotations

import re
import shlex
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy.cli import main
from support_programme import POLICY, after, held, local, opened, opening, stories
from support_schema import faults
from support_time import REPO

YEAR: Final = REPO / "examples" / "programmes" / "a-year-of-drills.jsonl"
NOW: Final = datetime(2026, 2, 24, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def year() -> ir.Programme:
    return ir.replay(POLICY, ir.read_log(YEAR.read_bytes()), stream=ir.Programme)


class TestTheRecordedYear:
    def test_it_is_complete_and_written_back_to_the_same_events(self, year: ir.Programme) -> None:
        assert (year.complete, year.violations, year.seq) == (True, (), 31)
        assert ir.read_log(ir.write_log(year.log)).events == year.log

    def test_each_period(self, year: ir.Programme) -> None:
        """A quarter with two of three scenarios is missed, a month nobody reviewed too; what was held otherwise is met."""
        shown = {one.id: one for one in ir.drills(year, NOW).exercises}
        assert [period.verdict for period in shown["tabletop"].periods] == ["met", "missed", "met", "met", "open"]
        assert shown["tabletop"].periods[1].missing == ("share-token-leak",)
        assert [period.verdict for period in shown["recovery-drill"].periods] == ["met", "met", "open"]
        missed = [period.number for period in shown["action-review"].periods if period.verdict == "missed"]
        assert (len(shown["action-review"].periods), missed) == (14, [6])

    def test_what_is_overdue(self, year: ir.Programme) -> None:
        """An action that outlived its incident is overdue, and a word of thirteen months only past advice."""
        shown = ir.drills(year, NOW)
        assert (shown.overdue, shown.past_advice) == (
            ("action-item@internal#1",),
            ("contact-lists-current@internal#1",),
        )
        assert [(one.action, one.owner, one.incident, one.age, one.overdue) for one in shown.actions] == [
            ("alert-on-replayed-tokens", "kim", "inc-2025-0916", 160, True),
        ]  # fmt: skip
        assert {one.id: one.age for one in shown.kept} == {"contact-lists-current": 400, "on-call-configured": 67}

    def test_options_are_off(self, year: ir.Programme) -> None:
        """What the owner has not decided on is shown with what it would add, and adds nothing."""
        shown = ir.drills(year, NOW)
        assert [one.id for one in shown.switched_off] == ["forensic-retainer", "principals-by-sms"]
        assert all(one.switched_off for one in shown.switched_off)
        assert {one.duty for one in shown.obligations} == {
            "action-item", "action-review", "contact-lists-current", "on-call-configured", "recovery-drill", "tabletop",
        }  # fmt: skip

    def test_as_text(self, year: ir.Programme) -> None:
        """The first screen: what is overdue, what comes next; then every period. No line is wider than a terminal."""
        text = str(ir.drills(year, NOW))
        lines = text.splitlines()
        assert max(map(len, lines)) <= 80
        assert lines[2] == "1 overdue · 1 past advice · next change Sun 1 Mar 00:00"
        assert lines[3:8] == [
            "DO NOW",
            "! overdue 70d18h    close action 'alert-on-replayed-tokens'   kim",
            "! due in 4d13h      Feb 2026: review of action items still o… incident-commander",
            "! overdue 309d10h   confirm contact-lists-current             comms-lead",
            "NEXT",
        ]
        assert "    2025 Q2   missed       held 20 May; 2 of 3 covered; missing share-token-leak" in lines
        assert "    2025 Q4   met          held some day in Nov; 3 of 3 covered" in lines
        assert text == str(ir.drills(year, NOW))

    def test_as_a_picture(self, year: ir.Programme) -> None:
        """Whole XML, a cell for each period, and every verdict as a word somebody can hear read out."""
        picture = ir.drills(year, NOW).svg()
        root = ET.fromstring(picture)
        titles = [node.text for node in root.iter("{http://www.w3.org/2000/svg}title")]
        assert len(titles) == 1 + 14 + 3 + 5 + 2 + 1
        assert "tabletop exercise, 2025 Q2: missed 2/3; missing share-token-leak" in titles
        assert picture == ir.drills(year, NOW).svg()

    def test_as_data(self, year: ir.Programme) -> None:
        said = ir.as_json(ir.drills(year, NOW), "drills")
        assert faults("drills", said) == []
        (tabletop,) = [one for one in said["exercises"] if one["id"] == "tabletop"]
        assert tabletop["periods"][1] == {
            "key": "tabletop@internal#1", "period": 1, "from": "2025-03-31T13:00:00Z", "to": "2025-06-30T14:00:00Z",
            "sessions": [{"event": "pd-012", "at": "2025-05-20T04:00:00Z", "precision": None, "by": "incident-commander",
                          "covers": ["neon-outage", "mux-drm-incident"], "evidence": ["minutes of 20 May"]}],
            "covered": ["mux-drm-incident", "neon-outage"], "perhaps": [], "missing": ["share-token-leak"],
            "verdict": "missed", "met_at": None,
        }  # fmt: skip


class TestTheCommand:
    def test_it_fails_on_overdue(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Exit 1 while something that binds is overdue, and the picture and the brief are the same answer in other forms."""
        ask = ["drills", str(YEAR), "--now", "2026-02-24T00:00:00Z"]
        assert main(ask) == 0
        text = capsys.readouterr().out
        assert main([*ask, "--fail-on", "overdue"]) == 1
        assert capsys.readouterr().out == text
        assert main(["brief", *ask[1:]]) == 0
        assert capsys.readouterr().out == text
        assert main([*ask, "--svg"]) == 0
        assert capsys.readouterr().out.startswith("<svg ")
        assert main(["drills", str(YEAR), "--now", "2025-02-27T00:00:00Z", "--fail-on", "overdue"]) == 0

    def test_a_log_of_the_other_kind(self, capsys: pytest.CaptureFixture[str]) -> None:
        incident = REPO / "examples" / "incidents" / "streaming-outage.jsonl"
        for words, said in (
            (["drills", str(incident)], "is the log of an incident; ask it with: ir-policy brief"),
            (["timeline", str(YEAR)], "is the log of a programme; ask it with: ir-policy drills"),
        ):
            assert main([*words, "--now", "2026-02-24T00:00:00Z"]) == 2
            assert said in capsys.readouterr().err

    def test_begun_and_fed(self, tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
        """A programme is opened, added to, refused and explained by the commands an incident has."""
        log, now = str(tmp_path / "p.jsonl"), ["--now", "2026-02-24T00:00:00Z"]
        assert main(["open", log, "programme=drills", "by=ana", "at=2026-01-01T00:00:00+11:00", "--chained", *now]) == 0
        assert (
            main(["add", log, "drill-held", "drill=tabletop", "covers=neon-outage,share-token-leak", "by=ana", *now])
            == 0
        )
        assert main(["add", log, "drill-held", "drill=tabeltop", "by=ana", *now]) == 2
        assert main(["check", log, "action-closed", "action=a-1", "by=ana", *now]) == 1
        assert (
            main(
                [
                    "add",
                    log,
                    "action-opened",
                    "action=a-1",
                    "incident=inc-7",
                    "owner=kim",
                    "due=2026-03-01T00:00:00Z",
                    "by=ana",
                    *now,
                ]
            )
            == 0
        )
        assert main(["verify", log]) == 0
        assert main(["explain", log, "tabletop", *now]) == 0
        out = " ".join(capsys.readouterr().out.split())
        assert "missing mux-drm-incident" in out
        assert "an open action; 'a-1' is none; none is open" in out


class TestOddEnds:
    def test_nothing_is_owed_before_the_opening(self) -> None:
        """Before its first day a programme owes nothing, and wakes for that day."""
        shown = ir.drills(opened(), local(2024, 12))
        assert (shown.exercises, shown.kept, shown.obligations, shown.overdue) == ((), (), (), ())
        assert shown.next_wakeup == local(2025, 1)
        assert "nothing overdue" in str(shown)
        ET.fromstring(shown.svg())

    def test_years_far_apart(self) -> None:
        """From the first year there is to the last one: every period is there, and no instant lies beyond."""
        programme = opened(datetime(2000, 1, 1, tzinfo=timezone.utc))
        last = datetime(2099, 12, 31, 23, 59, tzinfo=timezone.utc)
        for now in (last - timedelta(days=60), last):
            shown = ir.drills(programme, now)
            months = next(one for one in shown.exercises if one.id == "action-review").periods
            assert len(months) == 1200 + (now == last) - (now != last)
            assert shown.next_wakeup is None or shown.next_wakeup.year < 2100
            assert re.search(r"\d+ overdue", str(shown))

    def test_what_is_no_programme(self, year: ir.Programme) -> None:
        incident = ir.replay(POLICY, ir.read_log((REPO / "examples" / "incidents" / "okta-2022.jsonl").read_bytes()))
        for wrong in (incident, None, "drills"):
            with pytest.raises(ir.QuestionInvalid):
                ir.drills(wrong, NOW)  # type: ignore[arg-type]  # what a caller without types may pass
        for ask in (ir.brief, ir.timeline):
            with pytest.raises(ir.QuestionInvalid):
                ask(year, NOW)  # type: ignore[arg-type]  # these are asked of incidents
        with pytest.raises(ir.QuestionInvalid):
            ir.open_programme(POLICY, incident.log[0])  # type: ignore[arg-type]  # a signal opens an incident
        with pytest.raises(ir.QuestionInvalid, match="time zone"):
            ir.drills(year, datetime(2026, 1, 1))  # noqa: DTZ001 (naive on purpose)

    def test_as_we_knew_then(self, year: ir.Programme) -> None:
        """The review of December was entered with the wrong day and mended later; before, the month stood missed."""
        known = {
            at: {one.key: one.verdict for one in ir.obligations(year, at, known_at=at)}
            for at in (local(2026, 1, 5), local(2026, 1, 13))
        }
        assert [said["action-review@internal#11"] for said in known.values()] == ["missed", "met"]

    def test_what_an_embedder_says(self, year: ir.Programme) -> None:
        """A host says by whom and when for a programme as for an incident."""
        event = ir.read_said({"kind": "drill-held", "drill": "tabletop"}, year, NOW, by="ana")
        assert (event.programme, event.incident, event.by, event.at) == ("portal-drills", "", "ana", NOW)
        first = ir.read_said({"kind": "programme-opened"}, "new", NOW, by="ana")
        assert (first.programme, first.kind) == ("new", "programme-opened")
        with pytest.raises(ir.EventInvalid, match="another programme"):
            ir.read_said({"kind": "note", "text": "t", "programme": "p"}, year, NOW, by="ana")

    @given(stories(8), st.integers(0, 700))
    @settings(max_examples=80)
    def test_whatever_was_said_it_can_be_shown(self, story: list[ir.Event], days: int) -> None:
        """Any log can be shown at any instant, as valid data, whole XML and lines that fit."""
        programme = ir.replay(POLICY, story, stream=ir.Programme)
        now = local(2024, 12, 1) + timedelta(days=days)
        shown = ir.drills(programme, now)
        assert faults("drills", shown.as_json()) == []
        ET.fromstring(shown.svg())
        assert max(map(len, str(shown).splitlines())) <= 80
        for one in ir.obligations(programme, now):
            assert str(ir.explain(programme, one.key, now)).startswith(one.key)
        for reminder in ir.reminders(programme, None, now):
            assert faults("reminder", ir.as_json(reminder, "reminder")) == []

    @given(
        st.one_of(st.none(), st.text(), st.integers(), st.just(opening(local(2025, 1)))),
        st.one_of(st.none(), st.text(), st.just(NOW)),
    )
    @settings(max_examples=60)
    def test_anything_in_place_of_what_is_asked_for(self, event: Any, now: Any) -> None:
        """Whatever is passed, the answer is one of the library's own errors or an answer."""
        programme = after(opened(), held("tabletop", local(2025, 2)))
        asked = (
            lambda: ir.open_programme(POLICY, event),
            lambda: ir.check(programme, event),
            lambda: ir.record(programme, event, salt=now),
            lambda: ir.drills(programme, now),
            lambda: ir.obligations(programme, now, known_at=now),
            lambda: ir.explain(programme, event, now),
            lambda: ir.reminders(programme, now, now),
            lambda: ir.replay(POLICY, event, stream=ir.Programme),
        )
        said = []
        for ask in asked:
            try:
                said.append(str(ask()))
            except ir.IRPolicyError as error:
                said.append(str(error))
        assert all(said)
        assert len(said) == len(asked)


class TestThePage:
    """docs/programme.md: what it shows is so."""

    PAGE: Final = (REPO / "docs" / "programme.md").read_text(encoding="utf-8")

    def test_its_code_runs(self) -> None:
        (block,) = re.findall(r"^```python\n(.*?)^```$", self.PAGE, re.DOTALL | re.MULTILINE)
        space: dict[str, Any] = {}
        exec(compile(block, "docs/programme.md", "exec"), space)
        assert space["again"] == space["step"].programme

    def test_its_commands_run(
        self, tmp_path: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        commands = re.findall(r"^    ir-policy ([^#>\n]*)", self.PAGE, re.MULTILINE)
        assert len(commands) == 6
        now = ["--now", "2026-02-24T00:00:00Z"]
        here = [word.replace("examples/", f"{REPO}/examples/") for word in commands]
        answers = [main([*shlex.split(one), *(now if "--now" not in one else [])]) for one in here]
        assert answers == [0, 0, 0, 0, 1, 0]
        assert "2026 Q1   open         held 24 Feb; 2 of 3 covered; missing mux-drm-incident" in capsys.readouterr().out
