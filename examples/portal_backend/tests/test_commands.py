"""The command line: what a person or a supervisor starts, and what is there after a restart."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from conformance import environment

import ir_policy as ir
from conftest import TOKENS

LONGEST = 30.0
"""Seconds a process may take to begin or end."""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portal_backend", *arguments]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60, check=False)


@contextmanager
def serving(*arguments: str, **more: str) -> Iterator[int]:
    """A host in a process of its own, until it is told to end; the port it answers at."""
    port = free_port()
    command = [sys.executable, "-m", "portal_backend", *arguments, "--port", str(port)]
    with subprocess.Popen(
        command, env={**environment(), **more}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as host:
        try:
            wait_for(port, host)
            yield port
        finally:
            host.send_signal(signal.SIGINT)
            host.communicate(timeout=LONGEST)


def ask(port: int, path: str, body: dict[str, Any] | None = None, **headers: str) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    try:
        sent = json.dumps(body) if body is not None else None
        connection.request(
            "POST" if body is not None else "GET", path, sent, {"content-type": "application/json", **headers}
        )
        answer = connection.getresponse()
        text = answer.read().decode()
        return answer.status, json.loads(text) if answer.getheader("content-type") == "application/json" else text
    finally:
        connection.close()


def wait_for(port: int, host: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + LONGEST
    while time.monotonic() < until and host.poll() is None:
        try:
            if ask(port, "/health")[0] in (200, 401):
                return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("the host did not begin to answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_init_can_be_run_twice_and_poll_finds_nothing(url: str) -> None:
    for _ in range(2):
        done = run("init", "--database", url)
        assert (done.returncode, done.stdout[:6]) == (0, "ready:"), done.stderr
    done = run("poll", "--once", "--database", url)
    assert (done.returncode, done.stdout) == (0, "woken 0, told 0\n"), done.stderr


def test_a_database_that_is_not_there_is_said_in_one_line() -> None:
    done = run("init", "--database", "postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 2
    assert re.fullmatch(r"portal_backend: the database cannot be used.*\n", done.stderr), done.stderr
    wrong = run("init", "--database", "nonsense")
    assert wrong.returncode == 2
    assert wrong.stderr.count("\n") == 1, wrong.stderr


def test_what_was_answered_before_a_kill_is_there_after_it(url: str) -> None:
    """Every event that was answered with 201 is in the log of the next process, in the same place."""
    command = [sys.executable, "-m", "portal_backend", "serve", "--database", url, "--port", str(port := free_port())]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as host:
        try:
            wait_for(port, host)
            assert ask(port, "/incidents", {"incident": "inc-7", "source": "sentry"})[0] == 201
            heads = [
                ask(port, "/incidents/inc-7/events", {"kind": "note", "text": f"{n}"})[1]["head"] for n in range(10)
            ]
        finally:
            os.kill(host.pid, signal.SIGKILL)
            host.communicate(timeout=LONGEST)
    with serving("serve", "--database", url, "--no-poll") as port:
        status, brief = ask(port, "/incidents/inc-7/brief")
    assert (status, brief["seq"], brief["head"]) == (200, 11, heads[-1])


def test_a_log_from_elsewhere_is_taken_over_once(url: str) -> None:
    """Its events are the same; its lines are chained from now on, and what it says of people can be erased."""
    log = Path(__file__).parents[2] / "incidents" / "okta-2022.jsonl"
    for said in ("brought in", "here already"):
        done = run("bring-in", str(log), "--database", url)
        assert (done.returncode, done.stdout) == (0, f"{said}: {log}\n"), done.stderr
    under_another = Path(url.removeprefix("sqlite:///")).parent / "another.jsonl" if url.startswith("sqlite") else None
    if under_another is not None:
        header = ir.PolicyPin("motion-mavericks", "0.1.0", "sha256:0")
        late = ir.Note(incident="inc-8", at=datetime(2099, 1, 1, tzinfo=timezone.utc), by="kit", text="x", id="n")
        first = ir.Detected(
            incident="inc-8", at=datetime(2026, 5, 5, tzinfo=timezone.utc), by="kit", source="x", id="d"
        )
        under_another.write_text(ir.write_log([first, late], header), encoding="utf-8")
        done = run("bring-in", str(under_another), "--database", url)
        assert done.stdout == (
            "brought in, under motion-mavericks 0.2.0: motion-mavericks 0.1.0 of its header is not here, "
            f"without what is later than now (1 of 2 events): {under_another}\n"
        ), done.stderr
    done = run("erase", "okta-2022", "--name", "okta-service-desk", "--database", url)
    assert (done.returncode, done.stdout) == (0, "erased in 2 events\n"), done.stderr
    for wrong in (
        ("erase", "nothing", "--name", "x"),
        ("erase", "okta-2022", "--name", "x"),
        ("bring-in", __file__),
        ("bring-in", "/"),
    ):
        done = run(*wrong, "--database", url)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr


def test_tokens_come_from_the_environment(url: str) -> None:
    with serving("serve", "--database", url, "--host", "0.0.0.0", PORTAL_TOKENS=json.dumps(TOKENS)) as port:
        assert ask(port, "/incidents")[0] == 401
        token = next(iter(TOKENS))
        assert ask(port, "/incidents", authorization=f"Bearer {token}") == (200, [])


def test_the_demonstration_shows_the_recorded_incidents() -> None:
    with serving("demo") as port:
        status, page = ask(port, "/")
        assert status == 200
        for incident in ("inc-2026-0403", "inc-2026-0417", "okta-2022"):
            assert f'href="/incidents/{incident}"' in page
        assert ask(port, "/incidents/inc-2026-0417", accept="text/html")[0] == 200
