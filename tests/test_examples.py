"""What we show works: the recorded incidents, the backend in miniature, and every block of the README."""

from __future__ import annotations

import inspect
import re
import shlex
import subprocess
import sys
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import pytest

import ir_policy as ir
from ir_policy.cli import main
from ir_policy.exchange.published import NAMES
from ir_policy.rules.model import Policy
from ir_policy.testing import host

REPO: Final = Path(__file__).parents[1]
INCIDENTS: Final = sorted((REPO / "examples" / "incidents").glob("*.jsonl"))
BACKEND: Final = REPO / "examples" / "embed_in_backend.py"
README: Final = (REPO / "README.md").read_text(encoding="utf-8")
BLOCKS: Final = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
COMMANDS: Final = re.findall(r"^    ir-policy (.+)$", README, re.MULTILINE)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def stored(name: str) -> tuple[ir.Event, ...]:
    path = REPO / "examples" / "incidents" / f"{name}.jsonl"
    return ir.read_log(path.read_bytes()).events


def verdicts(policy: Policy, name: str, now: str) -> dict[str, str]:
    """Every verdict of an example at an instant, by key."""
    shown = ir.brief(ir.replay(policy, stored(name)), instant(now))
    return {one.key: one.verdict for one in shown.obligations}


# --- the recorded incidents -----------------------------------------------------------------------------


def test_there_are_incidents_to_look_at() -> None:
    """Three of them, and these are the ones the tests below know."""
    assert [path.stem for path in INCIDENTS] == ["okta-2022", "share-token-leak", "streaming-outage"]


@pytest.mark.parametrize("path", INCIDENTS, ids=lambda path: path.stem)
def test_it_loads_and_replays_and_is_written_back_to_the_same_events(path: Path, policy: Policy) -> None:
    """Nothing in it is unknown to this version, and its text and its events say the same."""
    log = ir.read_log(path.read_bytes())
    incident = ir.replay(policy, log)
    assert incident.complete
    assert incident.log == log.events
    assert ir.read_log(ir.write_log(log.events)) == log
    assert path.read_text(encoding="utf-8").splitlines()[1:] == ir.write_log(log.events).splitlines()


@pytest.mark.parametrize("path", [path for path in INCIDENTS if path.stem != "okta-2022"], ids=lambda path: path.stem)
def test_its_people_never_did_what_the_policy_forbids(path: Path, policy: Policy) -> None:
    """Event by event, nothing is refused; and telling it so gives what replaying the whole log gives."""
    first, *others = ir.read_log(path.read_bytes()).events
    assert isinstance(first, ir.Detected)
    incident = ir.open_incident(policy, first).incident
    for event in others:
        assert ir.check(incident, event) == (), event
        incident = ir.apply(incident, event).incident
    assert incident == ir.replay(policy, (first, *others))
    assert incident.violations == ()


def test_okta_seventy_two_minutes_after_detection(policy: Policy) -> None:
    """Nobody alerted the list in fifteen minutes nor took command in thirty; recovery had hours left."""
    assert verdicts(policy, "okta-2022", "2022-01-21T00:30:00Z") == {
        "compliance-evidence@internal#0": "open",
        "internal-alert@internal#0": "missed",
        "recover@internal#0": "open",
        "respond@internal#0": "missed",
        "unassessed-alert@internal#0": "met",  # a level came, late; that limit only advises
    }
    shown = ir.brief(ir.replay(policy, stored("okta-2022")), instant("2022-01-21T00:30:00Z"))
    assert shown.as_json()["severity"]["governing"] == "SEV1"
    by_duty = {one.duty: one for one in shown.obligations}
    assert {duty: one.due for duty, one in by_duty.items()} == {
        "compliance-evidence": None,  # before closing: no instant can be computed
        "internal-alert": instant("2022-01-20T23:33:00Z"),
        "recover": instant("2022-01-21T03:18:00Z"),
        "respond": instant("2022-01-20T23:48:00Z"),
        "unassessed-alert": instant("2022-01-20T23:33:00Z"),
    }
    # known to the minute: the breach is certain a minute after the earliest reading
    assert by_duty["respond"].breach == ir.Breach(
        at=instant("2022-01-20T23:48:59.999999Z"), known_at=instant("2022-01-20T23:49:00Z"), cause="deadline"
    )
    assert by_duty["internal-alert"].breach == ir.Breach(
        at=instant("2022-01-20T23:33:59.999999Z"), known_at=instant("2022-01-20T23:46:00Z"), cause="born-overdue"
    )


def test_okta_after_its_customers_were_told(policy: Policy) -> None:
    """The update owed within an hour came two months later, and is met late by just under sixty days."""
    assert verdicts(policy, "okta-2022", "2022-03-23T00:00:00Z") == {
        "client-update@client/unspecified#0": "met-late",
        "compliance-evidence@internal#0": "open",
        "internal-alert@internal#0": "missed",
        "recover@internal#0": "missed",
        "respond@internal#0": "missed",
        "unassessed-alert@internal#0": "met",
    }
    owed = ir.obligations(ir.replay(policy, stored("okta-2022")), instant("2022-03-23T00:00:00Z"))
    update = next(one for one in owed if one.duty == "client-update")
    assert update.due == instant("2022-01-21T00:18:00Z")
    assert update.met_at == instant("2022-03-22T00:00:00Z")
    assert update.late_by == timedelta(days=59, hours=23, minutes=42)
    assert update.breach is not None
    assert update.breach.cause == "born-overdue"


def test_the_share_token_leak_in_its_fourth_hour(policy: Policy) -> None:
    """Everybody was told in time; only the service is not back within the hour of SEV0, and regulators wait."""
    now = "2026-04-02T22:00:00Z"
    assert verdicts(policy, "share-token-leak", now) == {
        "au.ndb.assess@internal#0": "met",
        "client-update@client/acme#0": "met",
        "compliance-evidence@internal#0": "open",
        "dsr-freeze@internal#0": "met",
        "eu-authority-notice@authority/de#0": "open",
        "eu-authority-notice@authority/fr#0": "open",
        "eu-authority-notice@authority/unspecified#0": "cancelled",
        "eu.gdpr.33-1@authority/de#0": "open",
        "eu.gdpr.33-1@authority/fr#0": "open",
        "eu.gdpr.33-1@authority/unspecified#0": "cancelled",
        "internal-alert@internal#0": "met",
        "legal-review@client/acme#0": "met",
        "oaic-notice@oaic#0": "open",
        "recover@internal#0": "missed",
        "respond@internal#0": "met",
        "stakeholder-notice@stakeholders#0": "met",
    }
    owed = {one.key: one for one in ir.obligations(ir.replay(policy, stored("share-token-leak")), instant(now))}
    # thirty days after 3 April in Sydney end with 3 May
    assert owed["au.ndb.assess@internal#0"].due == instant("2026-05-04T00:00:00+10:00")
    # seventy-two hours from when the grounds were held
    assert owed["oaic-notice@oaic#0"].due == instant("2026-04-05T20:50:00Z")
    assert owed["eu.gdpr.33-1@authority/fr#0"].due == instant("2026-04-05T20:50:00Z")
    assert owed["recover@internal#0"].due == instant("2026-04-02T19:05:00Z")


def test_the_streaming_outage_when_service_is_back(policy: Policy) -> None:
    """Everything was in time but one client's update, which lacked the mitigation steps; everybody is still to be told."""
    now = "2026-04-17T20:00:00+10:00"
    assert verdicts(policy, "streaming-outage", now) == {
        "client-update@client/acme#0": "met",
        "client-update@client/blue-heron#0": "missed",
        "client-update@client/unspecified#0": "cancelled",
        "compliance-evidence@internal#0": "open",
        "internal-alert@internal#0": "met",
        "next-update@client/acme#0": "met",
        "postmortem@internal#0": "open",
        "recover@internal#0": "met",
        "resolution-message@client/acme#0": "open",
        "resolution-message@client/blue-heron#0": "open",
        "respond@internal#0": "met",
    }
    owed = {one.key: one for one in ir.obligations(ir.replay(policy, stored("streaming-outage")), instant(now))}
    blue_heron = owed["client-update@client/blue-heron#0"]
    assert [attempt.missing for attempt in blue_heron.attempts] == [("mitigation-steps",)]
    # promised in the update of 17:33, and kept ten minutes before
    assert owed["next-update@client/acme#0"].due == instant("2026-04-17T19:00:00+10:00")
    assert owed["next-update@client/acme#0"].met_at == instant("2026-04-17T18:50:00+10:00")
    # Monday 20 to Friday 24 April
    assert owed["postmortem@internal#0"].due == instant("2026-04-24T17:00:00+10:00")


def test_the_streaming_outage_when_its_papers_are_in_place(policy: Policy) -> None:
    """Closed as resolved with one breach that no closing clears; the follow-up action outlives it."""
    incident = ir.replay(policy, stored("streaming-outage"))
    assert (incident.closed, incident.outcome, incident.violations) == (True, "resolved", ())
    assert verdicts(policy, "streaming-outage", "2026-04-23T09:00:00+10:00") == {
        "action-item@internal#0": "open",
        "client-update@client/acme#0": "met",
        "client-update@client/blue-heron#0": "missed",  # lapsed when the incident was closed
        "client-update@client/unspecified#0": "cancelled",
        "compliance-evidence@internal#0": "met",
        "internal-alert@internal#0": "met",
        "next-update@client/acme#0": "met",
        "postmortem@internal#0": "met",
        "recover@internal#0": "met",
        "resolution-message@client/acme#0": "met",
        "resolution-message@client/blue-heron#0": "met",
        "respond@internal#0": "met",
    }
    owed = {one.key: one for one in ir.obligations(incident, instant("2026-04-23T09:00:00+10:00"))}
    action = owed["action-item@internal#0"]
    assert (action.item, action.owed_by, action.due) == (
        "second-player-fallback", "ravi", instant("2026-05-15T17:00:00+10:00"),
    )  # fmt: skip
    assert owed["client-update@client/blue-heron#0"].status == "lapsed"


def test_who_was_paged_and_who_had_command_in_the_night_of_the_leak(policy: Policy) -> None:
    """The first on the list is silent, the second answers and takes command, and hands over once the first is there."""
    incident = ir.replay(policy, stored("share-token-leak"))
    paging = ir.paging(incident, instant("2026-04-02T18:12:20Z"))
    assert [(one.level, one.person, one.outcome) for one in paging.tries] == [
        ("reliability-partner", "dana", ir.PageOutcome.NO_ANSWER),
        ("owen-backup", "owen", ir.PageOutcome.ANSWERED),
    ]
    assert (paging.state, paging.answered_by) == ("answered", "owen")
    handed = instant("2026-04-02T18:42:00Z")
    tenures = ir.command(incident, handed).history
    assert [(one.role, one.person, one.how) for one in tenures] == [
        ("incident-commander", "owen", "taken"),
        ("incident-commander", "dana", "handed-over"),
    ]
    assert (tenures[0].until, tenures[1].until) == (handed, None)
    (offer,) = ir.command(incident, handed - timedelta(microseconds=1)).role("incident-commander").offers
    assert (offer.person, offer.to) == ("owen", "dana")


def test_a_mail_that_did_not_arrive_goes_another_way(policy: Policy) -> None:
    """The mail to one of two clients came back: that one is owed the message again, until it is told by telephone."""
    key = "resolution-message@client/blue-heron#0"
    asked = ("2026-04-17T10:20:00Z", "2026-04-17T10:24:00Z", "2026-04-17T10:41:00Z")
    assert [verdicts(policy, "streaming-outage", now)[key] for now in asked] == ["met", "open", "met"]
    assert verdicts(policy, "streaming-outage", asked[1])["resolution-message@client/acme#0"] == "met"


TEXTS: Final = {
    "holding": ("holding-text", {"share-link-status": "affected", "mitigation-steps": "affected share links are being withdrawn"}),
    "acme-update": ("client-update", {
        "what-you-may-notice": "Share links that were sent before this morning no longer open. New ones can be made as usual.",
        "share-link-status": "affected",
        "mitigation-steps": "We withdrew the links, ended every session that came from them and keep a copy of what was touched.",
    }),
    "acme-update-1": ("client-update", {
        "what-you-may-notice": "Videos stop with an error on every project. Uploads are paused; nothing that was uploaded is lost.",
        "share-link-status": "not affected",
        "mitigation-steps": "The streaming service works on its fault. We paused uploads and test playback every ten minutes.",
    }),
    "acme-update-2": ("client-update", {
        "what-you-may-notice": "Most videos play again, some still stop with an error. Uploads stay paused.",
        "share-link-status": "not affected",
        "mitigation-steps": "The streaming service has found its fault and mends it region by region. We go on testing.",
    }),
    "resolved": ("resolution-message", {
        "action-summary": "The streaming service mended its fault. We compared all data with the copy of noon, played videos of each "
        "project and took uploads up again.",
    }),
}  # fmt: skip
"""The texts behind the logs, by notice: a log holds digests only."""
WRITTEN_BY_HAND: Final = {"first-mail"}


def test_the_digests_in_the_logs_are_those_of_texts(policy: Policy) -> None:
    """Each draft, review, approval and sending names the digest of the text it is about; one was written without a template."""
    logs = [event for path in INCIDENTS if path.stem != "okta-2022" for event in stored(path.stem)]
    said = [one for one in logs if isinstance(one, ir.Notice) and one.notice and one.digest]
    assert {one.notice for one in said} == {*TEXTS, *WRITTEN_BY_HAND}
    assert len(said) > 20
    for one in said:
        if one.notice not in WRITTEN_BY_HAND:
            template, fields = TEXTS[one.notice]
            assert one.digest == ir.draft(policy, template, fields).digest, one
            assert one.kind != "notice-drafted" or one.template == template
    by_hand = ir.digest(
        "Videos stop with an error at the moment. Share links are not affected. We will write again soon.",
        "Playback errors",
    )
    assert {one.digest for one in said if one.notice in WRITTEN_BY_HAND} == {by_hand}


# --- the backend in miniature ---------------------------------------------------------------------------


def test_the_backend_runs_and_fits_on_a_page() -> None:
    """As a program of its own, with nothing but the library; sixty lines at most."""
    done = subprocess.run([sys.executable, str(BACKEND)], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()
    assert len(BACKEND.read_text(encoding="utf-8").splitlines()) <= 60


# --- the README -----------------------------------------------------------------------------------------


def test_every_block_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """One after the other in one namespace, as a reader types them; what a comment says is printed is printed."""
    assert BLOCKS, "no python block examined"
    namespace: dict[str, object] = {"__name__": "readme"}
    for block in BLOCKS:
        exec(compile(block, "README.md", "exec"), namespace)
    printed = capsys.readouterr().out
    lines = [line for line in README.splitlines() if line.startswith("print(")]
    promised = [line.rpartition(")  # ")[2] for line in lines if line.startswith("print(verdict") or ")  # [" in line]
    assert len(promised) == 3, "not every promise examined"
    assert all(f"{line}\n" in printed for line in promised)


def test_the_readme_s_commands_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command is understood; only the question what may happen is answered with no."""
    monkeypatch.chdir(tmp_path)
    commands = [shlex.split(command, comments=True) for command in COMMANDS]
    assert len(commands) >= 5, f"{len(commands)} commands examined"
    answers = {command[0]: main(command) for command in commands}
    assert answers == {
        "open": 0,
        "add": 0,
        "check": 1,
        "brief": 0,
        "explain": 0,
        "timeline": 0,
        "draft": 0,
        "notices": 0,
        "who": 0,
        "board": 0,
        "evidence": 0,
        "export": 0,
    }
    assert "DO NOW" in capsys.readouterr().out


# --- the page about answers -----------------------------------------------------------------------------


def test_the_samples_of_the_page_about_answers_are_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Both stand as they are in what the commands say of the recorded outage."""
    page = (REPO / "docs" / "answers.md").read_text(encoding="utf-8")
    samples = [[line[4:] for line in block.splitlines()] for block in re.findall(r"(?:^    .+\n)+", page, re.MULTILINE)]
    assert len(samples) == 2
    outage = str(REPO / "examples" / "incidents" / "streaming-outage.jsonl")
    assert main(["check", outage, "recovered", "by=ravi", "--now", "2026-04-17T09:41:00Z"]) == 1
    assert capsys.readouterr().out.splitlines() == samples[0]
    assert main(["timeline", outage, "--now", "2026-04-17T10:00:00Z"]) == 0
    assert "\n".join(samples[1]) in capsys.readouterr().out


# --- the page about schemas -----------------------------------------------------------------------------

SCHEMAS_PAGE: Final = (REPO / "docs" / "schemas.md").read_text(encoding="utf-8")


def test_the_page_about_schemas_names_every_schema() -> None:
    """Its table has each published schema once, in their order."""
    assert re.findall(r"^\| `([a-z-]+)` \|", SCHEMAS_PAGE, re.MULTILINE) == list(NAMES)


def test_the_commands_of_the_page_about_schemas_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is answered; what is written with --python is the module that the code below it imports."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    source = REPO / "src" / "ir_policy" / "rules" / "catalog" / "motion-mavericks.yaml"
    Path("our-policy.yaml").write_bytes(source.read_bytes())
    commands = re.findall(r"^    ir-policy (schema[^#>\n]*)(?:> (\S+))?", SCHEMAS_PAGE, re.MULTILINE)
    assert len(commands) == 6
    for command, target in commands:
        assert main(shlex.split(command)) == 0
        said = capsys.readouterr().out
        assert said
        if target:
            Path(target).write_text(said, encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", SCHEMAS_PAGE, re.DOTALL | re.MULTILINE)
    now = instant("2026-04-03T08:05:00Z")
    opened = ir.open_incident(
        ir.load_policy("motion-mavericks"), ir.Detected(incident="inc-7", at=now, by="a", source="s")
    )
    space: dict[str, object] = {"ir": ir, "now": now, "incident": opened.incident, "step": opened}
    space |= {"event": opened.event, "error": ir.EventInvalid([ir.Problem("at", "is missing")])}
    for block in blocks:
        exec(block, space)
    assert len(blocks) == 2
    assert space["reported"] == ir.FactsReported(
        incident="inc-7", at=now, by="dana", facts={"streaming-unavailable": ir.YES, "client/acme": ir.UNKNOWN}
    )
    assert space["late"] == []


# --- the page about hosts -------------------------------------------------------------------------------

HOSTS_BLOCKS: Final = re.findall(
    r"^```python\n(.*?)^```$", (REPO / "docs" / "hosts.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)


class Shelf:
    """A row and its tables, as the page names them."""

    def __init__(self, step: ir.Step) -> None:
        self.lines = [step.incident.header, step.line]
        self.seq, self.head = step.incident.seq, step.incident.head
        self.told: dict[str, ir.Reminder] = {}
        self.wake: datetime | None = None

    def move_on(self, row: Shelf, to: tuple[int, str]) -> None:
        assert row is self
        self.seq, self.head = to

    def add_line(self, line: str) -> None:
        self.lines.append(line)

    def add_once(self, key: str, reminder: ir.Reminder) -> None:
        self.told.setdefault(key, reminder)

    def wake_at(self, wake: datetime | None) -> None:
        self.wake = wake


def test_the_host_on_the_page_tells_everything_once(policy: Policy) -> None:
    """Its two functions are a host: an event is taken once, and waking as it asks for says every change."""
    now = instant("2026-04-03T08:05:00Z")
    step = ir.open_incident(policy, ir.Detected(incident="i", at=now, by="a", source="s"), salt=token_hex(16))
    shelf = Shelf(step)
    assert isinstance(step.incident, ir.Incident)
    space: dict[str, Any] = {
        "ir": ir,
        "policy": policy,
        "token_hex": token_hex,
        "transaction": lambda: nullcontext(shelf),
    }
    exec(HOSTS_BLOCKS[0], space)
    event = ir.FactsReported(incident="i", at=now, by="a", facts={"streaming-unavailable": ir.YES})
    for _ in range(2):
        space["append"](shelf, event, now)
    assert (shelf.seq, len(shelf.lines)) == (2, 3)
    incident = ir.replay(policy, ir.read_log(shelf.lines, head=shelf.head, seq=2))
    while shelf.wake is not None:
        now = shelf.wake
        for _ in range(2):
            space["tell_and_sleep"](shelf, incident, now)
    assert [one.key for one in ir.reminders(incident, incident.log[0].at, now)] == [*shelf.told]
    assert len(shelf.told) > 3


def test_the_page_asks_for_trials_as_they_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The call on it binds, and what comes back is printed and judged."""
    asks = inspect.signature(host.examine)
    passed = host.Report((host.Trial("races", {"appends": 1}),))
    monkeypatch.setattr(host, "examine", lambda *given, **more: asks.bind(*given, **more) and passed)
    exec(HOSTS_BLOCKS[1], {"a_new_host": lambda: None})
    assert capsys.readouterr().out == f"{passed}\n"
    assert len(HOSTS_BLOCKS) == 2
