"""What callers are answered, in good weather and bad."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib import resources

import pytest
from portal_backend.store import Store
from portal_backend.tables import EVENT
from sqlalchemy import func, update

import ir_policy as ir
from conftest import START, Portal, client_of

HEAD = re.compile(r"sha256:[0-9a-f]{64}")


# --- opening and adding ---------------------------------------------------------------------------------


def test_an_incident_is_opened_and_its_log_is_its_own_proof(portal: Portal) -> None:
    """The log that is downloaded verifies against the head, and replays to what the host answers."""
    head = portal.open(summary="playback fails")
    step = portal.add("facts-reported", facts={"streaming-unavailable": "yes"})
    assert (step["seq"], step["level"]) == (2, [None, "SEV1"])
    answer = portal.client.get("/incidents/inc-7/log")
    assert answer.headers["etag"] == f'"{step["head"]}"' != f'"{head}"'
    log = ir.read_log(answer.text, head=step["head"])
    assert [(event.kind, event.by, event.recorded_at) for event in log.events] == [
        ("detected", "demo", START),
        ("facts-reported", "demo", START),
    ]
    incident = ir.replay(portal.store.policies.current(), log)
    assert ir.brief(incident, START).as_json() == portal.client.get("/incidents/inc-7/brief").json()


def test_what_was_changed_in_the_database_is_not_answered_from(portal: Portal, another: Callable[[], Store]) -> None:
    """A changed line no longer fits its head: the host says that the log is damaged, and where."""
    portal.open(summary="playback fails")
    portal.add("note", text="as told by Acme")
    with portal.store.database.writing() as connection:
        forged = update(EVENT).where(EVENT.c.seq == 1).values(line=func.replace(EVENT.c.line, "sentry", "nobody"))
        assert connection.execute(forged).rowcount == 1
    answer = client_of(another()).get("/incidents/inc-7/brief")
    assert answer.status_code == 503
    assert answer.json()["error"] == "Damaged"
    assert "log line 2" in answer.json()["problems"][0]["what"]


def test_a_retry_changes_nothing_and_is_told_the_same_place(portal: Portal) -> None:
    """Also later, when other events came after it, and also when it names the head it once saw."""
    head = portal.open(id="first")
    said = {"kind": "note", "text": "seen by two people", "id": "note-1"}
    first = portal.client.post("/incidents/inc-7/events", json=said, headers={"if-match": f'"{head}"'})
    assert (first.status_code, first.json()["seq"]) == (201, 2)
    portal.clock.move(minutes=5)
    portal.add("note", text="another")
    again = portal.client.post("/incidents/inc-7/events", json=said, headers={"if-match": f'"{head}"'})
    assert (again.status_code, again.json()["seq"]) == (200, 2)
    opened = portal.client.post("/incidents", json={"incident": "inc-7", "source": "sentry", "id": "first"})
    assert (opened.status_code, opened.json()["seq"]) == (200, 1)
    assert portal.store.load("inc-7").seq == 3


def test_one_id_never_means_two_things(portal: Portal) -> None:
    """The same id with other words is refused, and so is a second signal for an incident that is open."""
    portal.open()
    portal.add("note", text="one", id="note-1")
    other = portal.client.post("/incidents/inc-7/events", json={"kind": "note", "text": "two", "id": "note-1"})
    assert (other.status_code, other.json()["problems"][0]["where"]) == (422, "id")
    second = portal.client.post("/incidents", json={"incident": "inc-7", "source": "mux"})
    assert (second.status_code, second.json()["seq"]) == (409, 2)
    assert HEAD.fullmatch(second.json()["head"])


def test_whoever_saw_an_old_head_is_told_the_new_one(portal: Portal) -> None:
    old = portal.open()
    new = portal.add("note", text="meanwhile")["head"]
    answer = portal.client.post(
        "/incidents/inc-7/events", json={"kind": "note", "text": "late"}, headers={"if-match": f'"{old}"'}
    )
    assert (answer.status_code, answer.json()) == (409, {"error": "Moved", "seq": 2, "head": new})
    assert answer.headers["etag"] == f'"{new}"'
    again = portal.client.post(
        "/incidents/inc-7/events", json={"kind": "note", "text": "late"}, headers={"if-match": f'"{new}"'}
    )
    assert (again.status_code, again.json()["seq"]) == (201, 3)


# --- what the policy says -------------------------------------------------------------------------------


def test_what_another_role_could_do_now_is_403_and_names_the_clause(portal: Portal) -> None:
    portal.open()
    portal.add("facts-reported", facts={"streaming-unavailable": "yes"})
    answer = portal.client.post("/incidents/inc-7/events", json={"kind": "severity-decided", "severity": "SEV1"})
    assert answer.status_code == 403
    (refusal,) = answer.json()["refusals"]
    assert (refusal["rule"], refusal["clause"]) == ("commander-decides-severity", "roles/incident-commander")
    portal.add("role-taken", role="incident-commander", person="demo")
    portal.add("severity-decided", severity="SEV1")
    assert portal.store.load("inc-7").seq == 4


def test_what_nobody_could_do_now_is_409_with_every_reason(portal: Portal) -> None:
    """Closing at once is refused for many reasons, and none of them is that somebody else should do it."""
    portal.open()
    answer = portal.client.post("/incidents/inc-7/events", json={"kind": "closed", "outcome": "resolved"})
    assert answer.status_code == 409
    refusals = answer.json()["refusals"]
    assert len(refusals) > 5
    assert all(refusal["clause"] for refusal in refusals)
    asked = portal.client.post("/incidents/inc-7/check", json={"kind": "closed", "outcome": "resolved"})
    assert (asked.status_code, asked.json()["refusals"]) == (200, refusals)
    assert portal.store.load("inc-7").seq == 1


def test_what_happened_against_the_policy_can_be_recorded(portal: Portal) -> None:
    portal.open()
    step = portal.client.post("/incidents/inc-7/events?record=true", json={"kind": "phase-entered", "phase": "contain"})
    assert step.status_code == 201
    assert step.json()["violations"]


# --- what only the host says ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"by": "mallory"}, "by"),
        ({"recorded_at": "2026-04-03T08:00:00Z"}, "recorded_at"),
        ({"incident": "inc-8"}, "incident"),
        ({"at": "2026-04-03T08:06:00Z"}, "at"),
        ({"at": "2026-04-03T08:00:00"}, "at"),
        ({"id": 7}, "id"),
        ({"kind": "severity-decide"}, "kind"),
        ({"text": "\ud800"}, "text"),
        ({"text": "x" * 30_000}, "text"),
        ({"text": None}, "text"),
        ({"txet": "slip"}, "txet"),
    ],
)
def test_a_bad_event_names_the_place_and_nothing_is_stored(portal: Portal, said: dict[str, object], where: str) -> None:
    """Who acts and when it was recorded are the host's; the rest must be what the library reads."""
    portal.open()
    body = json.dumps({"kind": "note", "text": "fine", **said})
    answer = portal.client.post("/incidents/inc-7/events", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert where in [problem["where"] for problem in answer.json()["problems"]]
    assert portal.store.load("inc-7").seq == 1


def test_saying_what_the_host_says_anyway_is_fine(portal: Portal) -> None:
    portal.open()
    portal.add("note", text="fine", by="demo", incident="inc-7")
    portal.clock.move(minutes=1)
    portal.add("note", text="earlier", at="2026-04-03T18:05:30+10:00")
    assert [event.at.minute for event in portal.store.load("inc-7").incident.log] == [5, 5, 5]


# --- questions ------------------------------------------------------------------------------------------


def test_obligations_explanations_and_the_timeline_follow_the_clock(portal: Portal) -> None:
    portal.open()
    portal.add("facts-reported", facts={"streaming-unavailable": "yes"})
    assert portal.owed()["respond@internal#0"]["verdict"] == "open"
    portal.clock.move(hours=2)
    assert portal.owed()["respond@internal#0"]["verdict"] == "missed"
    why = portal.client.get("/incidents/inc-7/explain", params={"subject": "respond"})
    assert (why.status_code, why.json()["subject"]) == (200, "respond@internal#0")
    assert "respond@internal#0" in portal.client.get("/incidents/inc-7/timeline").text
    (line,) = portal.client.get("/incidents").json()
    assert (line["incident"], line["severity"], line["overdue"] > 0) == ("inc-7", "SEV1", True)
    nothing = portal.client.get("/incidents/inc-7/explain", params={"subject": "respnod"})
    assert (nothing.status_code, nothing.json()["problems"][0]["where"]) == (422, "subject")


def test_a_browser_gets_the_page_and_a_program_the_brief(portal: Portal) -> None:
    """The page escapes what people wrote, loads nothing from elsewhere, and allows no script but its own."""
    portal.open(summary="<script>alert(1)</script>")
    portal.add("facts-reported", facts={"streaming-unavailable": "yes"})
    portal.add("facts-reported", facts={"client/acme": "yes"})
    page = portal.client.get("/incidents/inc-7", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert "put a commander in place" in page.text
    assert page.text.count("<script>") == 1
    assert not re.findall(r"(?:src|href)=\"https?:", page.text)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert portal.client.get("/incidents/inc-7").json() == portal.client.get("/incidents/inc-7/brief").json()
    assert '<a id="to-inc-7" href="/incidents/inc-7">' in portal.client.get("/").text


# --- policies and health --------------------------------------------------------------------------------


def test_a_policy_is_added_with_its_problems_or_for_good(portal: Portal) -> None:
    bad = portal.client.post(
        "/policies", content="document: policy\nid: X\n", headers={"content-type": "application/yaml"}
    )
    assert bad.status_code == 422
    assert bad.json()["error"] == "PolicyInvalid"
    assert len(bad.json()["problems"]) > 3
    assert all(problem["where"] for problem in bad.json()["problems"])
    known = portal.client.post("/policies", json={"document": "motion-mavericks@0.2.0"})
    assert known.status_code == 200
    assert [one["digest"] for one in portal.client.get("/policies").json()] == [known.json()["digest"]]


def test_an_incident_keeps_its_policy_when_another_becomes_current(
    portal: Portal, another: Callable[[], Store]
) -> None:
    """A new document changes what new incidents open under, and nothing else, also after a restart."""
    portal.open("inc-1")
    old = portal.store.policies.current()
    shipped = resources.files("ir_policy.rules").joinpath("catalog/motion-mavericks.yaml").read_text(encoding="utf-8")
    changed = re.sub(r"^version: .*$", "version: 9.0.0", shipped, count=1, flags=re.MULTILINE)
    portal.clock.move(minutes=1)
    answer = portal.client.post("/policies", params={"current": True}, json={"document": changed})
    assert answer.status_code == 201, answer.text
    portal.open("inc-2")
    store = another()
    versions = {id_: store.load(id_).incident.policy.version for id_ in ("inc-1", "inc-2")}
    assert versions == {"inc-1": old.version, "inc-2": "9.0.0"}
    assert store.policies.current().version == "9.0.0"
    head = portal.client.post(
        "/incidents", params={"policy": old.digest}, json={"incident": "inc-3", "source": "sentry"}
    )
    assert head.status_code == 201
    assert portal.store.load("inc-3").incident.policy.digest == old.digest


def test_health_says_how_far_behind_the_poller_is(portal: Portal) -> None:
    portal.open()
    assert portal.client.get("/health").json()["due"] == 0
    portal.clock.move(minutes=20)
    said = portal.client.get("/health").json()
    assert (said["status"], said["due"]) == ("ok", 1)
    assert said["behind_seconds"] > 0


def test_the_document_of_the_api_names_every_schema_of_the_library(portal: Portal) -> None:
    """References stay inside the document, and each answer of an operation has a status it can meet."""
    document = portal.client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    assert {
        "brief",
        "obligations",
        "step",
        "refused",
        "error",
        "new-event",
        "explanation",
        "timeline",
    } <= schemas.keys()
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', portal.client.get("/openapi.json").text))
    assert len(references) > 20
    assert references <= schemas.keys()
    assert {"403", "409", "413", "415", "422"} <= document["paths"]["/incidents/{id}/events"]["post"][
        "responses"
    ].keys()


def test_the_lists_say_what_the_document_says(portal: Portal) -> None:
    """Every field that is named, and no other; each with something in it."""
    portal.open()
    portal.clock.move(hours=2)
    portal.add("facts-reported", facts={"streaming-unavailable": "yes"})
    schemas = portal.client.get("/openapi.json").json()["components"]["schemas"]
    said = {
        "listed": "/incidents",
        "listed-policy": "/policies",
        "told": "/incidents/inc-7/reminders",
        "health": "/health",
    }
    for name, path in said.items():
        answer = portal.client.get(path).json()
        found = [answer] if name == "health" else answer
        assert found, path
        assert all(set(one) == set(schemas[name]["required"]) == set(schemas[name]["properties"]) for one in found), (
            path
        )
