"""What is kept and handed on: an incident as a whole, erasing over HTTP, documents by digest, and lists from page to page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from portal_backend.__main__ import main
from portal_backend.store import Store
from portal_backend.tables import DELIVERED, EVENT, INCIDENT, OUTBOX, Database
from portal_backend.work import Worker
from sqlalchemy import select

import ir_policy as ir
from conftest import Portal, bearer

# --- an incident as a whole -----------------------------------------------------------------------------


def overdue(portal: Portal) -> str:
    """An incident of which people were told; its head."""
    portal.open(summary="reported by Miriam", id="first")
    portal.add("facts-reported", facts={"streaming-unavailable": "yes"})
    portal.clock.move(hours=1)
    Worker(portal.store).until_idle()
    head: str = portal.add("note", text="Miriam called twice", id="note-1")["head"]
    return head


def test_the_export_needs_nothing_else_to_be_read(portal: Portal) -> None:
    """Its documents load, its log verifies and replays, and what people were told stands in it with when they were."""
    head = overdue(portal)
    answer = portal.client.get("/incidents/inc-7/export")
    assert (answer.status_code, answer.headers["etag"]) == (200, f'"{head}"')
    assert answer.headers["content-disposition"] == 'attachment; filename="inc-7.json"'
    whole = answer.json()
    texts = {one["digest"]: one["text"] for one in whole["documents"]}
    first, *others = (texts[digest] for digest in whole["policies"][0]["documents"])
    read = ir.read_log(whole["log"], head=head, seq=whole["verified"]["seq"])
    incident = ir.replay(ir.load_policy(first, documents=others), read)
    assert ir.as_json(ir.brief(incident, portal.clock()), "brief") == whole["brief"]
    assert whole["brief"] == portal.client.get("/incidents/inc-7/brief").json()
    told = portal.client.get("/incidents/inc-7/reminders").json()
    assert [one["key"] for one in whole["reminders"]] == [one["key"] for one in told]
    assert len(told) >= 2
    assert {one["sent_at"] for one in whole["reminders"]} == {"2026-04-03T09:05:00Z"}
    assert portal.client.get("/incidents/inc-7/export").content == answer.content
    assert portal.client.get("/incidents/inc-8/export").status_code == 404


def test_only_who_may_takes_an_incident_away_or_erases(guarded: Portal) -> None:
    """Reading and responding are not enough for either."""
    guarded.client.post("/incidents", json={"incident": "inc-7", "source": "sentry"}, headers=bearer("dana"))
    head = guarded.store.load("inc-7").head
    for person in ("dana", "ria", "olga"):
        assert guarded.client.get("/incidents/inc-7/export", headers=bearer(person)).status_code == 403
        answer = guarded.client.post(
            "/incidents/inc-7/erasures", json={"names": ["dana"]}, headers={**bearer(person), "if-match": f'"{head}"'}
        )
        assert answer.status_code == 403, person
    assert guarded.client.get("/incidents/inc-7/export").status_code == 401
    assert guarded.client.post("/incidents/inc-7/erasures", json={"names": ["dana"]}).status_code == 401
    assert guarded.client.get("/incidents/inc-7/export", headers=bearer("kim")).status_code == 200
    answer = guarded.client.post(
        "/incidents/inc-7/erasures", json={"names": ["dana"]}, headers={**bearer("kim"), "if-match": f'"{head}"'}
    )
    assert (answer.status_code, answer.json()) == (200, {"events": 1, "head": head})


# --- erasing --------------------------------------------------------------------------------------------


def erase(portal: Portal, head: str, **said: Any) -> Any:
    return portal.client.post("/incidents/inc-7/erasures", json=said, headers={"if-match": f'"{head}"'})


def everything(store: Store) -> str:
    """All that any table holds."""
    with store.database.reading() as connection:
        rows = [
            row for table in (INCIDENT, EVENT, OUTBOX, DELIVERED) for row in connection.execute(select(table)).all()
        ]
    assert len(rows) >= 3
    return "\n".join(str(tuple(row)) for row in rows)


def files_of(url: str) -> bytes:
    """The bytes of a database that is a file, its journal among them."""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def test_what_is_erased_over_http_is_gone_and_the_head_stays(portal: Portal, another: Callable[[], Store]) -> None:
    """From every table, and on SQLite from its files; hashes and head are as before, and the incident goes on."""
    overdue(portal)
    owned = {"action": "ring-the-client", "owner": "Miriam", "due": "2026-04-03T10:00:00Z", "id": "action-1"}
    portal.add("action-opened", **owned)
    portal.clock.move(hours=2)
    Worker(portal.store).until_idle()
    head = portal.store.load("inc-7").head
    before = portal.client.get("/incidents/inc-7/log").text
    assert everything(portal.store).count("Miriam") >= 4
    if portal.store.database.on_sqlite:
        assert b"Miriam" in files_of(portal.url)
    answer = erase(portal, head, names=["Miriam"], texts=["first", "note-1"])
    assert (answer.status_code, answer.json()) == (200, {"events": 3, "head": head})
    assert answer.headers["etag"] == f'"{head}"'
    assert "Miriam" not in everything(portal.store)
    if portal.store.database.on_sqlite:
        assert b"Miriam" not in files_of(portal.url)
    after = portal.client.get("/incidents/inc-7/log").text
    hashes = re.compile(r'"hash":"(sha256:[0-9a-f]{64})"')
    assert hashes.findall(after) == hashes.findall(before)
    assert ir.read_log(after, head=head, seq=4).events
    assert "Miriam" not in portal.client.get("/incidents/inc-7/export").text
    assert another().load("inc-7").head == head
    assert portal.add("note", text="goes on")["seq"] == 5
    again = erase(portal, portal.store.load("inc-7").head, names=["Miriam"])
    assert (again.status_code, again.json()["problems"][0]["where"]) == (422, "names")


def test_whoever_saw_an_old_head_erases_nothing(portal: Portal) -> None:
    """They are told the new one; and a head must be named, since what is erased is gone."""
    old = portal.open(summary="reported by Miriam", id="first")
    new = portal.add("note", text="Miriam again", id="note-1")["head"]
    answer = erase(portal, old, texts=["first"])
    assert (answer.status_code, answer.json()) == (409, {"error": "Moved", "seq": 2, "head": new})
    unnamed = portal.client.post("/incidents/inc-7/erasures", json={"texts": ["first"]})
    assert unnamed.status_code == 422
    assert everything(portal.store).count("Miriam") == 2
    assert erase(portal, new, texts=["first", "note-1"]).status_code == 200
    assert "Miriam" not in everything(portal.store)


@pytest.mark.parametrize(
    "said",
    [{}, {"names": []}, {"names": "Miriam"}, {"names": [1]}, {"texts": {"a": 1}}, {"name": ["Miriam"]},
     {"names": ["nobody"]}, {"texts": ["no-event"]}, {"names": ["\ud800"]}, {"names": [""], "texts": ["first"]}],
)  # fmt: skip
def test_what_cannot_be_erased_is_said_and_nothing_changes(portal: Portal, said: dict[str, Any]) -> None:
    head = portal.open(summary="reported by Miriam", id="first")
    before = portal.client.get("/incidents/inc-7/log").text
    answer = portal.client.post(
        "/incidents/inc-7/erasures",
        content=json.dumps(said),
        headers={"if-match": f'"{head}"', "content-type": "application/json"},
    )
    assert answer.status_code == 422, answer.text
    assert portal.client.get("/incidents/inc-7/log").text == before


def test_a_freeze_pauses_erasing_until_legal_releases_it(portal: Portal, capsys: pytest.CaptureFixture[str]) -> None:
    """The clause of the freeze is cited, over HTTP and on the command line; afterwards it works."""
    portal.open(summary="reported by Miriam", id="first")
    portal.add("role-taken", role="legal-liaison", person="demo")
    head = portal.add("hold-started", scope="deletion requests of Acme")["head"]
    answer = erase(portal, head, texts=["first"])
    (refusal,) = answer.json()["refusals"]
    assert answer.status_code == 409
    assert (refusal["clause"], refusal["who"]) == ("privacy-integration/freeze", ["legal-liaison"])
    asked = ["erase", "inc-7", "--text", "first", "--database", portal.url]
    assert main([*asked, "--clock", portal.clock().isoformat()]) == 2
    assert "the freeze pauses erasing" in capsys.readouterr().err
    assert "Miriam" in everything(portal.store)
    head = portal.add("hold-released", scope="deletion requests of Acme", reason="all were answered")["head"]
    assert erase(portal, head, texts=["first"]).status_code == 200
    assert "Miriam" not in everything(portal.store)


# --- documents ------------------------------------------------------------------------------------------


def test_each_document_is_handed_out_by_its_digest(guarded: Portal) -> None:
    """From what the list of policies names, everybody who may read can load the very policy of an incident."""
    (pin,) = guarded.client.get("/policies", headers=bearer("ria")).json()
    texts = []
    for digest in pin["documents"]:
        answer = guarded.client.get(f"/documents/{digest}", headers=bearer("ria"))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
        texts.append(answer.text)
    assert ir.load_policy(texts[0], documents=texts[1:]).digest == pin["digest"]
    assert len(texts) > 2
    for digest, status in (("sha256:" + "0" * 64, 404), ("sha256:0", 422), ("..%2f..%2fetc", 404)):
        assert guarded.client.get(f"/documents/{digest}", headers=bearer("ria")).status_code == status
    assert guarded.client.get(f"/documents/{pin['documents'][0]}").status_code == 401


# --- lists ----------------------------------------------------------------------------------------------


def many(portal: Portal, count: int) -> list[str]:
    ids = [f"inc-{number:04d}" for number in range(count)]
    for id_ in ids:
        portal.open(id_)
    return ids


def walked(portal: Portal, path: str, pattern: str) -> list[list[str]]:
    """From page to page by the links there are: what each page shows."""
    pages = []
    while path:
        answer = portal.client.get(path)
        assert answer.status_code == 200, answer.text
        if "json" in answer.headers["content-type"]:
            pages.append([line["incident"] for line in answer.json()])
            path = answer.links["next"]["url"] if "next" in answer.links else ""
        else:
            pages.append(re.findall(pattern, answer.text))
            on = re.search(r'href="([^"]+)" rel="next"', answer.text)
            path = on[1] if on else ""
    return pages


def test_a_list_goes_on_from_page_to_page(portal: Portal) -> None:
    """Each incident once and in order; what is opened or closed between two pages moves nothing that was there."""
    ids = many(portal, 25)
    assert walked(portal, "/incidents?limit=10", "") == [ids[:10], ids[10:20], ids[20:]]
    assert walked(portal, "/incidents?limit=25", "") == [ids]
    first = portal.client.get("/incidents?limit=10&closed=true")
    assert first.headers["link"] == '</incidents?after=inc-0009&limit=10&closed=true>; rel="next"'
    portal.open("inc-0000a")  # before the place one has reached
    portal.add("role-taken", ids[9], role="incident-commander", person="demo")
    portal.add("facts-reported", ids[9], facts={"false-positive": "yes"})
    portal.add("severity-decided", ids[9], severity="SEV3", reason="a test of the alert")
    portal.add("documented", ids[9], summary="a test of the alert", disposition="nothing to do")
    portal.add("closed", ids[9], outcome="false-positive")  # the very one the place is named by
    assert walked(portal, "/incidents?after=inc-0009&limit=10", "") == [ids[10:20], ids[20:]]


def test_the_page_goes_on_too(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows so many at a time, says how many there are, and leads on and back."""
    monkeypatch.setattr("portal_backend.pages.ON_A_PAGE", 10)
    ids = many(portal, 25)
    shown = r'<a id="to-(inc-\d+)" href="/incidents/inc-\d+">'
    assert walked(portal, "/", shown) == [ids[:10], ids[10:20], ids[20:]]
    last = portal.client.get("/?after=inc-0019").text
    assert 'Open incidents <span class="count">25</span>' in last
    assert '<a id="to-first" href="/">' in last
    assert 'rel="next"' not in last
    assert "No incident is open after this one." in portal.client.get("/?after=zzz").text
    assert portal.client.get("/?after=%3Cscript%3E").status_code == 422


def test_what_policy_and_statute_ask_for_is_one_clock_on_the_page(portal: Portal) -> None:
    """One notice to one authority is shown once, with both clauses; what no act joins stays apart."""
    portal.open()
    facts = ("personal-data-involved", "privacy-suspected", "affected-in/de", "acts-as-controller")
    portal.add("facts-reported", facts=dict.fromkeys(facts, "yes"))
    portal.add("breach-finding", finding="confirmed", since=portal.clock().isoformat(), role="legal-liaison")
    owed = [one for one in portal.owed().values() if one["recipient"] == "authority/de"]
    assert {one["duty"] for one in owed} == {"eu-authority-notice", "eu.gdpr.33-1"}
    page = portal.client.get("/incidents/inc-7", headers={"accept": "text/html"}).text
    (clock,) = (item for item in re.findall(r"<li class=.*?</li>", page) if "authority/de" in item)
    assert [clause in clock for clause in (f"clause {one['clause']}" for one in owed)] == [True, True]


def test_the_tables_are_those_that_were_looked_through(url: str) -> None:
    """A table that is added must be looked through for what was erased, or hold nothing of incidents."""
    database = Database(url)
    database.create()
    names = set(INCIDENT.metadata.tables)
    database.close()
    assert names == {"incident", "event", "outbox", "delivered", "document", "policy"}
