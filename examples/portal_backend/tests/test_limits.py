"""Hostile requests: the right status, nothing stored, and never a failure of the host."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from portal_backend.calls import Host
from portal_backend.limits import LONGEST_BODY
from portal_backend.people import People
from portal_backend.web import create_app

from conftest import Portal, client_of

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "path",
    [
        "/incidents/..%2f..%2fetc%2fpasswd/brief", "/incidents/%00/brief", "/incidents/inc-7%00/brief",
        "/incidents/%F0%9F%98%80/log", "/incidents/%FF%FE/log", "/incidents/" + "x" * 5000 + "/brief",
        "/incidents/'; drop table event; --/brief", "/incidents/inc-8/brief", "/incidents/inc-7/", "/incidents//brief",
        "/incidents/%2e%2e/brief", "/static/../../etc/passwd", "/docs",
    ],
)  # fmt: skip
def test_what_names_nothing_is_not_found(portal: Portal, path: str) -> None:
    portal.open()
    answer = portal.client.get(path)
    assert answer.status_code == 404, answer.text
    assert answer.json()["error"] == "NotFound"


DEEP = "[" * 100_000 + "]" * 100_000
BODIES = {
    "nothing": b"", "no JSON": b"{", "a list": b"[]", "not UTF-8": b'{"kind": "note\xff"}', "deep": DEEP.encode(),
    "deep inside": json.dumps({"kind": "note", "text": json.loads("[" * 50 + "]" * 50)}).encode(),
    "twins": b'{"kind": "note", "text": "a", "text": "b"}', "no number": b'{"kind": "note", "text": NaN}',
    "a long number": b'{"kind": "note", "text": ' + b"9" * 10_000 + b"}",
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_a_body_nobody_can_read_is_400(portal: Portal, name: str) -> None:
    portal.open()
    for path in ("/incidents", "/incidents/inc-7/events", "/incidents/inc-7/check", "/policies"):
        answer = portal.client.post(path, content=BODIES[name], headers=JSON)
        assert answer.status_code == 400, (path, answer.text)
        assert answer.json()["error"] == "NotJson"
    assert portal.store.load("inc-7").seq == 1


def test_a_body_of_another_kind_is_415(portal: Portal) -> None:
    portal.open()
    for media in ("text/plain", "application/xml", "multipart/form-data; boundary=x", ""):
        answer = portal.client.post(
            "/incidents/inc-7/events", content=b'{"kind":"note","text":"x"}', headers={"content-type": media}
        )
        assert answer.status_code == 415, media
    assert portal.store.load("inc-7").seq == 1


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_long_is_413(portal: Portal, announced: bool) -> None:
    """Ten megabytes are refused whether their length is announced or they come piece by piece."""
    portal.open()

    def pieces() -> Iterator[bytes]:
        for _ in range(10):
            yield b" " * LONGEST_BODY

    content = b" " * (10 * LONGEST_BODY) if announced else pieces()
    answer = portal.client.post("/incidents/inc-7/events", content=content, headers=JSON)
    assert (answer.status_code, answer.json()["error"]) == (413, "TooLong")
    assert portal.store.load("inc-7").seq == 1


def test_a_million_facts_and_a_thousand_and_one_are_refused(portal: Portal) -> None:
    portal.open()
    for many, status in ((1_000_000, 413), (1_001, 422)):
        facts = {f"client/c{number}": "yes" for number in range(many)}
        answer = portal.client.post("/incidents/inc-7/events", json={"kind": "facts-reported", "facts": facts})
        assert answer.status_code == status
    assert portal.store.load("inc-7").seq == 1


@pytest.mark.parametrize("incident", ["", "a/b", "../x", "x" * 65, "a b", "\u0000", ".x", 7, None, ["x"]])
def test_an_id_that_could_not_stand_in_an_address_opens_nothing(portal: Portal, incident: object) -> None:
    answer = portal.client.post("/incidents", json={"incident": incident, "source": "sentry"})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"] == "incident"
    assert portal.client.get("/incidents").json() == []


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=9999", "limit=x", "after=%00", "after=" + "x" * 99, "closed=perhaps", "limit=1e400"]
)
def test_a_question_that_makes_no_sense_is_422(portal: Portal, query: str) -> None:
    answer = portal.client.get(f"/incidents?{query}")
    assert answer.status_code == 422
    assert answer.json()["error"] == "QuestionInvalid"


def test_methods_that_are_not_there_are_405(portal: Portal) -> None:
    portal.open()
    for method, path in (("DELETE", "/incidents/inc-7"), ("PUT", "/incidents"), ("GET", "/incidents/inc-7/events")):
        answer = portal.client.request(method, path)
        assert answer.status_code == 405, (method, path)
        assert answer.headers["allow"]


@pytest.mark.parametrize("name", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_without_tokens_a_name_that_is_not_ours_is_refused(portal: Portal, name: str) -> None:
    """A page of a stranger can make its own name point at this machine; its name gives it away."""
    answer = portal.client.get("/incidents", headers={"host": name})
    assert (answer.status_code, answer.json()["error"]) == (403, "NotLocal")


def test_without_tokens_another_machine_is_refused(portal: Portal) -> None:
    app = create_app(Host(portal.store, People()))
    stranger = TestClient(app, base_url="http://127.0.0.1", client=("192.0.2.7", 40000))
    assert stranger.get("/health").status_code == 403
    assert client_of(portal.store).get("/health").status_code == 200


def test_a_method_nobody_answers_names_those_that_are(portal: Portal) -> None:
    """All of an address's methods, also where two functions answer it."""
    for path, allowed in (
        ("/policies", "GET, POST"),
        ("/incidents", "GET, POST"),
        ("/health", "GET"),
        ("/incidents/inc-7/events", "POST"),
    ):
        answer = portal.client.delete(path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
