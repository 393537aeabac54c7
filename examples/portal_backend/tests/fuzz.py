"""Odd and hostile requests to a running host on this machine: what its OpenAPI document allows and forbids, and what no document thinks of.

python3 examples/portal_backend/run.py fuzz --examples 40

Nothing may be answered with a failure of the host, nor with a status, a type, a header or a shape that the document does not name;
and what was refused has stored nothing.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from conformance import databases
from test_commands import ask, serving

TOKEN = "token-of-the-fuzzer-0123456789"
PEOPLE = {
    TOKEN: {"person": "fay", "roles": ["*"], "may": ["read", "respond", "policies", "export", "erase"]},
    "token-of-a-reader-0123456789": {"person": "ria", "may": ["read"]},
}
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "unsupported_method", "allow_header_conformance", "missing_required_header",
)  # fmt: skip
MINE = {"authorization": f"Bearer {TOKEN}"}
JSON = {**MINE, "content-type": "application/json"}
EVENTS = "/incidents/inc-7/events"

Request = tuple[str, str, bytes, dict[str, str], int]
"""Method, address, body, headers, and the status it must have."""


def hostile() -> Iterator[Request]:
    """What no document thinks of."""
    note = b'{"kind": "note", "text": "x"}'
    big = b'{"kind": "note", "text": "' + b"x" * 10 * 1024 * 1024 + b'"}'
    million = json.dumps(
        {"kind": "facts-reported", "facts": {f"client/c{n}": "yes" for n in range(1_000_000)}}
    ).encode()
    many = json.dumps({"kind": "facts-reported", "facts": {f"client/c{n}": "yes" for n in range(40_000)}}).encode()
    deep = b'{"kind": "note", "text": ' + b"[" * 400_000 + b"]" * 400_000 + b"}"
    for path in (
        "/incidents",
        EVENTS,
        "/incidents/inc-7/check",
        "/incidents/inc-7/drafts",
        "/incidents/inc-7/erasures",
        "/policies",
    ):
        for body, status in ((big, 413), (million, 413), (deep, 400), (b"", 400), (b"\xff\xfe{}", 400), (b"[]", 400)):
            yield "POST", path, body, JSON, status
        for media in (
            "text/plain",
            "application/xml",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded",
            "",
        ):
            yield "POST", path, note, {**MINE, "content-type": media}, 415
        for token in ("", "Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer " + "x" * 5000):
            yield "POST", path, note, {"content-type": "application/json", "authorization": token}, 401
        yield "POST", path, note, {"content-type": "application/json"}, 401
        reader = {**JSON, "authorization": "Bearer token-of-a-reader-0123456789"}
        yield "POST", path, note, reader, 403
    yield "POST", EVENTS, many, JSON, 422
    for body in (b'{"kind": "note"}', b'{"kind": "shout", "text": "x"}', b'{"kind": "note", "text": "x", "by": "dana"}',
                 b'{"kind": "note", "text": "x", "precision": false}', b'{"kind": "note", "text": "\\ud800"}',
                 b'{"kind": "note", "text": "x", "at": "9999-12-31T23:59:59Z"}',
                 b'{"kind": "note", "text": "x", "id": "%s"}' % (b"i" * 5000)):  # fmt: skip
        yield "POST", EVENTS, body, JSON, 422
    for name in ("..%2f..%2fetc%2fpasswd", "%00", "inc-7%00", "%ff%fe", "%F0%9F%98%80", "x" * 5000, "inc-7%20", "%2e%2e", "'--",
                 "inc-7%0d%0aset-cookie:%20a=b", "..", "inc-7;", "INC-7", "__proto__"):  # fmt: skip
        for rest in ("", "/brief", "/log", "/export", "/reminders", "/paging", "/evidence"):
            yield "GET", f"/incidents/{name}{rest}", b"", MINE, 404
    for path in (
        "/../../etc/passwd",
        "//etc/passwd",
        "/documents/..%2f..%2fetc",
        "/docs",
        "/static/x",
        "/incidents/inc-7/",
        "/.git/config",
    ):
        yield "GET", path, b"", MINE, 404
    for path in ("/documents/sha256:0", "/incidents?limit=0", "/incidents?limit=99999999999999999999", "/incidents?after=%00",
                 "/?after=%3Cscript%3E", "/incidents/inc-7/explain", "/incidents/inc-7/explain?subject=%00"):  # fmt: skip
        yield "GET", path, b"", MINE, 422
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"):
        for path in ("/incidents", "/incidents/inc-7/brief", "/policies", "/"):
            yield method, path, b"", MINE, 405


def send(port: int, request: Request) -> int:
    """The status of one request; a host that does not read what is too long may close the line on whoever goes on sending."""
    method, path, body, headers, _ = request
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def tried_by_hand(port: int) -> tuple[int, list[str]]:
    """How many hostile requests there were, and those that were answered otherwise than they must be, or stored something."""
    wrong: list[str] = []
    before = ask(port, "/incidents/inc-7/log", **MINE)[1]
    requests = list(hostile())
    for request in requests:
        try:
            status: int | str = send(port, request)
        except (OSError, HTTPException) as error:
            status = type(error).__name__
        if status != request[4]:
            wrong.append(f"{request[0]} {request[1][:60]} {request[2][:40]!r}: {status}, not {request[4]}")
    if ask(port, "/incidents/inc-7/log", **MINE)[1] != before or ask(port, "/incidents?limit=200", **MINE)[1][1:]:
        wrong.append("something was stored")
    return len(requests), wrong


def tried_by_document(port: int, examples: int, seed: int, folder: Path, more: str) -> tuple[int, list[str]]:
    """How many requests schemathesis made out of the document, and what failed."""
    settings = folder / "schemathesis.toml"
    settings.write_text(more, encoding="utf-8")
    command = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(settings), "run"]
    command += [
        f"http://127.0.0.1:{port}/openapi.json",
        "--checks",
        ",".join(CHECKS),
        "-n",
        str(examples),
        "--seed",
        str(seed),
    ]
    command += ["--continue-on-failure", "--no-shrink", "-H", f"Authorization: Bearer {TOKEN}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = re.search(r"([\d,]+) generated", done.stdout)
    if found is None:
        return 0, [f"schemathesis did not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"]
    return int(found[1].replace(",", "")), [] if done.returncode == 0 else [done.stdout]


def main(arguments: Sequence[str] | None = None) -> int:
    """Every request on SQLite and on PostgreSQL; 0 if all were answered as they must be."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--examples", type=int, default=40, help="of each operation and each kind of request")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    failures: list[str] = []
    with ExitStack() as stack:
        for name, new_database in databases(stack):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = new_database() or f"sqlite:///{folder}/portal.sqlite"
            with serving("serve", "--database", url, PORTAL_TOKENS=json.dumps(PEOPLE)) as port:
                status, _ = ask(port, "/incidents", {"incident": "inc-7", "source": "sentry"}, **MINE)
                assert status == 201
                for how, (count, wrong) in (
                    ("by hand", tried_by_hand(port)),
                    ("of any incident", tried_by_document(port, given.examples, given.seed, folder, "")),
                    ("of one incident", tried_by_document(port, given.examples, given.seed, folder, '[parameters]\n"path.id" = "inc-7"\n')),
                ):  # fmt: skip
                    print(f"{name}, {how}: {count:,} requests, {len(wrong)} answered wrongly", flush=True)
                    failures += wrong if count else [*wrong, "nothing was tried"]
    print(*failures, sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
