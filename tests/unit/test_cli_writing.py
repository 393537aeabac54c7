"""Commands about what is written: texts, the channel's name, the card and the evidence, from a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

import ir_policy as ir
from ir_policy.cli import main
from support_time import REPO

LOG: Final = str(REPO / "examples" / "incidents" / "share-token-leak.jsonl")
NOW: Final = ("--now", "2026-04-02T21:15:00Z")
SHIPPED: Final = ir.load_policy("motion-mavericks")
HOLDING: Final = ("share-link-status=affected", "mitigation-steps=none yet")


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        code = main(list(words))
    except SystemExit as ended:  # argparse
        code = int(ended.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def test_a_draft(capsys: pytest.CaptureFixture[str]) -> None:
    """Subject, text, digest, what it states, and whether it needs a review, with the instant it was judged at."""
    text = ir.draft(SHIPPED, "holding-text", {"share-link-status": "affected", "mitigation-steps": "none yet"})
    code, out, err = ran(capsys, "draft", "holding-text", *HOLDING, *NOW)
    assert (code, err) == (0, "")
    assert out == (
        f"Subject: {text.subject}\n\n{text.text}\n\n{text.digest}\nstates share-link-status, mitigation-steps\n"
        "needs a review of its own: nobody cleared it beforehand, as of 2026-04-02T21:15:00Z\n"
    )


def test_a_draft_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    """To whom it goes, and which fields were let through."""
    words = (
        "draft",
        "resolution-message",
        "action-summary=call +61 412 345 678",
        "--allow",
        "action-summary",
        "--to",
        "client/acme",
    )
    code, out, _ = ran(capsys, *words, *NOW, "--json")
    said = json.loads(out)
    assert (code, said["recipients"], said["allowed"], said["cleared"]) == (
        0,
        ["client/acme"],
        ["action-summary"],
        False,
    )


def test_slips_in_a_draft(capsys: pytest.CaptureFixture[str]) -> None:
    """Every one of them on a line of its own, and none repeats what was typed."""
    code, out, err = ran(capsys, "draft", "holding-text", "share-link-status=dana@example.com", *NOW)
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "ir-policy: fields.mitigation-steps: is missing; write one of: none yet, affected share links are being withdrawn,"
        " the affected feature is switched off, access keys are being replaced, service is being restored",
        "ir-policy: fields.share-link-status: is not one of its fixed texts; write one of: affected, not affected, under investigation",
    ]
    assert ran(capsys, "draft", "holding", *NOW)[0] == 2
    assert ran(capsys, "draft", "holding-text", "no-field", *NOW)[0] == 2


def test_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    """Every template with its fields, what each takes, whether it is cleared, and its digest; asked for by a word or by none."""
    code, out, _ = ran(capsys, "draft", "--list", *NOW)
    assert (code, out) == ran(capsys, "draft", *NOW)[:2]
    assert code == 0
    for template in SHIPPED.templates.values():
        assert f"{template.id}  ({template.audience}; for {', '.join(template.duties)})\n" in out
        assert template.digest in out
    assert (
        "  share-link-status: how share links are doing; one of: affected, not affected, under investigation\n" in out
    )
    assert "  cleared beforehand: no, nobody cleared it beforehand\n" in out
    assert max(map(len, out.split("\n"))) <= 100
    assert ran(capsys, "draft", "holding-text", "--list", *NOW)[0] == 2


def test_the_channel(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that may be opened, with a number where it is taken, and a code word for a restricted incident."""
    name = "#inc-20260403-share-token-leak"
    assert ran(capsys, "channel", LOG, "Share token leak!")[:2] == (0, f"{name}\n")
    assert ran(capsys, "channel", LOG, "Share token leak!", "--taken", name)[:2] == (0, f"{name}-2\n")
    code, out, _ = ran(capsys, "channel", LOG, "Share token leak!", "--restricted", "--json")
    assert code == 0
    assert "share" not in json.loads(out)


@pytest.mark.parametrize("command", ["board", "evidence"])
def test_what_is_shown(capsys: pytest.CaptureFixture[str], command: str) -> None:
    """In words for people and as data for programs, the same as from Python."""
    incident = ir.replay(SHIPPED, ir.read_log(Path(LOG).read_bytes()))
    now = max(event.at for event in incident.log)
    shown = ir.board(incident, now) if command == "board" else ir.evidence(incident, now)
    assert ran(capsys, command, LOG, *NOW) == (0, shown.text(), "")
    assert json.loads(ran(capsys, command, LOG, *NOW, "--json")[1]) == shown.as_json()
    assert ran(capsys, command, "none.jsonl", *NOW)[0] == 2


def test_what_the_page_for_writers_shows(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Each command on it runs as it stands there, on a log where one is asked for."""
    import shlex

    log = tmp_path / "inc-7.jsonl"
    log.write_text(Path(LOG).read_text(encoding="utf-8"), encoding="utf-8")
    page = (REPO / "docs" / "texts.md").read_text(encoding="utf-8").replace("\\\n", " ")
    commands = [line.strip() for line in page.split("\n") if line.startswith("    ir-policy ")]
    assert len(commands) >= 6
    for line in commands:
        words = [str(log) if word == "inc-7.jsonl" else word for word in shlex.split(line, comments=True)][1:]
        recorded = ("at=2026-04-02T21:15:00Z", *NOW) if words[0] == "add" else NOW
        assert ran(capsys, *words, *recorded)[0] == 0, line
