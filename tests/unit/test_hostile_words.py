"""Whatever is typed where a word is asked for: a safe text or one clear error, in one line and not longer than a screen.

Values of a template's fields have laws of their own. Here is everything else that is said about a text, in the library and
at the terminal.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

import pytest

import ir_policy as ir
from ir_policy.cli import main
from ir_policy.terms import HIDDEN
from support_time import REPO

SHIPPED: Final = ir.load_policy("motion-mavericks")
T0: Final = datetime(2026, 4, 2, 21, 15, tzinfo=timezone.utc)
INCIDENT: Final = ir.open_incident(SHIPPED, ir.Detected(incident="inc-7", at=T0, by="sentry", source="sentry")).incident
NOW: Final = ("--now", "2026-04-02T21:15:00Z")
EXAMPLE: Final = REPO / "examples" / "incidents" / "share-token-leak.jsonl"
LONG: Final = 10_000_000
SCREEN: Final = 600
"""No problem needs more characters, whatever it is about."""

FORMATS: Final = ("{0.__class__.__mro__}", "%s%n%(x)s", "{}", "${HOME}", "$(id)", "`id`", "{{7*7}}", "\\N{BULLET}")
MARKUP: Final = (
    "<script>alert(1)</script>",
    "[x](javascript:y)",
    "<!channel>",
    "@here",
    "&lt;",
    '"><img src=x>',
    "]]>",
)
UNSEEN: Final = (
    "a\x00b", "a\x1b[2Jb", "a\x07b", "a\x85b", "a\u202eb", "a\u2066b", "a\u200bb", "a\u2028b", "a\ufeffb", "a\ud800b", "a\U000e0041b",
    f"a{chr(0x301) * 40}",
)  # fmt: skip
LINES: Final = ("a\nb", "a\r\nBcc: x", "a\tb")
PATHS: Final = ("../../etc/passwd", "/etc/passwd", "C:\\x", "a/b", "..", "~", "-rf", "--help-me", "file:///x")
EMOJI: Final = ("\U0001f4a5", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u2764\ufe0f", "\U0001f1e6\U0001f1fa")
OTHER: Final = (
    " ",
    "  a  ",
    "ａｂｃ",
    "\u0430bc",
    "null",
    "true",
    "1e999",
    "'; drop table x; --",
    "a,b;c=d",
    "#x",
    "ß",
    "ı",
)
HOSTILE: Final = (*FORMATS, *MARKUP, *UNSEEN, *LINES, *PATHS, *EMOJI, *OTHER)
HUGE: Final = {
    "letters": "a" * LONG, "separators": "/" * LONG, "hyphens": "a-" * (LONG // 2), "dots": "a." * (LONG // 2), "braces": "{" * LONG,
    "emoji": "\U0001f4a5" * (LONG // 4), "bidirectional": "\u202e" * (LONG // 3), "lines": "\n" * LONG, "accents": "e" + "\u0301" * (LONG // 4),
}  # fmt: skip
_UNSEEN: Final = re.compile(rf"[{HIDDEN}]")


def every(values: dict[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("value", values.values(), ids=list(values))


HOSTILE_WORDS: Final = every({f"{number}-{value!a}"[:40]: value for number, value in enumerate(HOSTILE)})


def safe(text: str) -> None:
    """Nothing that cannot be seen, but for the joiners that some scripts and emoji are spelt with."""
    assert not _UNSEEN.search(re.sub("[\u200c\u200d]", "", text))


def one_error(raised: ir.IncidentPolicyError, value: str) -> None:
    """Each problem on one line, short, with nothing unseen in it."""
    problems = [str(problem) for problem in raised.problems]
    assert problems
    for said in problems:
        safe(said)
        assert "\n" not in said
        assert len(said) <= SCREEN


def outcome(ask: Callable[[], Any], value: str) -> Any:
    """What came of it; ``None`` where it was refused in the words of the library."""
    try:
        return ask()
    except (ir.QuestionInvalid, ir.EventInvalid, ir.LogInvalid) as raised:
        one_error(raised, value)
        return None


# --- in the library -------------------------------------------------------------------------------------


def check_words_of_a_draft(value: str) -> None:
    fields = {"action-summary": "done"}
    asked: list[Callable[[], ir.Draft]] = [
        lambda: ir.draft(SHIPPED, value, fields),
        lambda: ir.draft(SHIPPED, "resolution-message", {**fields, value: "x"}),
        lambda: ir.draft(SHIPPED, "resolution-message", fields, recipients=[value]),
        lambda: ir.draft(SHIPPED, "resolution-message", fields, duties=[value]),
        lambda: ir.draft(SHIPPED, "resolution-message", fields, allow=[value]),
    ]
    found = [outcome(ask, value) for ask in asked]
    assert found[:2] == [None, None]
    assert found[3:] == [None, None]
    if found[2] is not None:  # a word that is an id is one
        assert found[2].recipients == (value,)
        assert re.fullmatch("[a-z0-9./-]+", value, re.ASCII)


def check_a_channel(value: str) -> None:
    for taken in ([], [value], [value] * 3):
        name = ir.channel_name(INCIDENT, value, taken=taken)
        assert re.fullmatch("#inc-20260403-[a-z0-9]+(?:-[a-z0-9]+)*", name, re.ASCII)
        assert len(name) <= 80
        assert name not in taken


def check_a_digest(value: str) -> None:
    found = outcome(lambda: ir.digest(value, value), value)
    if found is not None:
        assert re.fullmatch("sha256:[0-9a-f]{64}", found)


SAID: Final = (
    "notice",
    "digest",
    "template",
    "channel",
    "recipients",
    "duties",
    "states",
    "stage",
    "evidence",
    "reasons_for_delay",
    "by",
    "id",
)
LISTS: Final = ("recipients", "duties", "states", "evidence")


def check_an_event(value: str) -> None:
    taken = {name: outcome(lambda name=name: of_notice(name, value), value) for name in SAID}
    for name, event in taken.items():
        if event is None:
            continue
        kept = getattr(event, name)
        for word in kept if name in LISTS else (kept,):
            safe(word)
            assert "\n" not in word or name == "reasons_for_delay"
        step = outcome(lambda event=event: ir.record(INCIDENT, event), value)
        if step is not None:
            again = ir.read_log(ir.write_log(step.incident.log, step.incident.pin))
            assert ir.replay(SHIPPED, again) == step.incident
            safe(str(ir.timeline(step.incident, T0)) + ir.brief(step.incident, T0).text())


def of_notice(name: str, value: str) -> ir.Event:
    said: dict[str, Any] = {
        "kind": "notice-sent",
        "id": "e1",
        "incident": "inc-7",
        "at": T0,
        "by": "sam",
        "notice": "n-1",
        "recipients": ["internal"],
    }
    return ir.Notice(**said | {name: [value] if name in LISTS else value})


CHECKS: Final = (check_words_of_a_draft, check_a_channel, check_a_digest, check_an_event)


@pytest.mark.parametrize("check", CHECKS)
@HOSTILE_WORDS
def test_any_word(check: Callable[[str], None], value: str) -> None:
    check(value)


@pytest.mark.parametrize("check", CHECKS)
@every(HUGE)
def test_ten_megabytes(check: Callable[[str], None], value: str) -> None:
    """Refused by its length, or cut: nothing of that length comes back."""
    check(value)


NO_TEXT: Final[tuple[Any, ...]] = (None, 7, b"x", ["x"], {}, object(), float("nan"), T0)


@pytest.mark.parametrize("value", NO_TEXT, ids=[type(value).__name__ for value in NO_TEXT])
def test_what_is_no_text_at_all(value: Any) -> None:
    assert outcome(lambda: ir.channel_name(INCIDENT, value), "") is None
    assert outcome(lambda: ir.digest(value), "") is None
    assert outcome(lambda: of_notice("notice", value), "") is None


# --- at the terminal ------------------------------------------------------------------------------------


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        code = main(list(words))
    except SystemExit as ended:  # argparse
        code = int(ended.code or 0)
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    assert (code == 0) is not bool(err)
    safe((out + err).replace("\n", ""))
    assert len(err) <= 4 * SCREEN
    return code, out, err


TYPED: Final = (
    *FORMATS[:2],
    *MARKUP[:1],
    *UNSEEN[:2],
    UNSEEN[4],
    *UNSEEN[-3::2],
    LINES[1],
    *PATHS[:2],
    EMOJI[1],
    *OTHER[:1],
)
"""Some of each kind; a command takes its time to start."""
ON_THE_LINE: Final = every({f"{number}-{value!a}"[:40]: value for number, value in enumerate(TYPED)})


@ON_THE_LINE
def test_at_the_terminal(value: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    at_the_terminal(value, capsys, tmp_path)


@every({name: value for name, value in HUGE.items() if name in ("letters", "bidirectional")})
def test_ten_megabytes_at_the_terminal(value: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    at_the_terminal(value, capsys, tmp_path)


def at_the_terminal(value: str, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, out, _ = ran(capsys, "channel", str(EXAMPLE), value)
    assert code == 0
    assert re.fullmatch("#inc-20260403-[a-z0-9-]+\n", out, re.ASCII)
    assert ran(capsys, "draft", f"x{value}", *NOW)[0] == 2
    code, out, _ = ran(capsys, "draft", "resolution-message", f"action-summary={value}", *NOW)
    assert code in (0, 2)
    assert len(out) < 5000
    assert ran(capsys, "draft", "resolution-message", "action-summary=done", f"{value}=x", *NOW)[0] == 2
    assert ran(capsys, "draft", "resolution-message", "action-summary=done", "--to", f"{value}!", *NOW)[0] == 2
    log = folder / "log.jsonl"
    for name in ("notice", "digest", "recipients", "template"):
        log.write_bytes(EXAMPLE.read_bytes())
        said = {"notice": "n-9", "digest": "d-9", "recipients": "internal", "duties": "internal-alert"} | {name: value}
        code, _, _ = ran(
            capsys, "add", str(log), "notice-drafted", "by=sam", *(f"{one}={word}" for one, word in said.items()), *NOW
        )
        assert code in (0, 1, 2)
        if code != 0:
            assert log.read_bytes() == EXAMPLE.read_bytes()
        else:
            written = ir.read_log(log.read_text(encoding="utf-8")).events[-1]
            assert isinstance(written, ir.Notice)
            safe(f"{written.notice}{written.digest}{written.template}{written.recipients}")
