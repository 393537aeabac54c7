"""Who commands, who is paged, and what is written: what a host needs of it."""

from __future__ import annotations

from typing import Any, Final

import pytest
from portal_backend.tables import DELIVERED, EVENT, OUTBOX
from sqlalchemy import select

import ir_policy as ir
from conftest import START, Portal, bearer

HOLDING: Final = {"share-link-status": "affected", "mitigation-steps": "affected share links are being withdrawn"}
ASKED: Final = {"notice": "n-1", "template": "holding-text", "fields": HOLDING, "recipients": ["client/acme"]}
ANSWERS: Final = {
    "command": ir.command,
    "paging": ir.paging,
    "notices": ir.notices,
    "board": ir.board,
    "evidence": ir.evidence,
}


def draft(portal: Portal, headers: dict[str, str] | None = None, **said: Any) -> Any:
    return portal.client.post("/incidents/inc-7/drafts", json={**ASKED, **said}, headers=headers or {})


def post(portal: Portal, who: str, kind: str, **said: Any) -> int:
    answer = portal.client.post("/incidents/inc-7/events", json={"kind": kind, **said}, headers=bearer(who))
    return int(answer.status_code)


def stored(portal: Portal) -> str:
    """Everything the database holds of incidents and of what people were told."""
    with portal.store.database.reading() as connection:
        lines = list(connection.scalars(select(EVENT.c.line)))
        told = [text for table in (OUTBOX, DELIVERED) for text in connection.scalars(select(table.c.body))]
    assert lines
    return "\n".join([*lines, *told])


# --- questions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ANSWERS)
def test_it_answers_what_the_library_says_as_of_now(portal: Portal, name: str) -> None:
    """The same bytes, with the head they stand for."""
    portal.open(summary="playback fails")
    portal.add("page-sent", level="reliability-partner", person="ravi")
    portal.add("role-taken", role="incident-commander", person="demo")
    portal.clock.move(minutes=1)
    answer = portal.client.get(f"/incidents/inc-7/{name}")
    kept = portal.store.load("inc-7")
    now = portal.clock()
    assert answer.json() == ir.as_json(ANSWERS[name](kept.incident, now), name, kept.incident, now)
    assert answer.headers["etag"] == f'"{kept.head}"'


def test_who_is_paged_next_follows_the_clock(portal: Portal) -> None:
    """The first on the list at once; the second once the first was paged and is silent; nobody once somebody commands."""

    def state() -> tuple[str, list[str]]:
        said = portal.client.get("/incidents/inc-7/paging").json()
        return said["state"], [one["level"] for one in said["next"]]

    portal.open()
    portal.add("facts-reported", facts={"streaming-unavailable": "yes"})
    assert state() == ("to-page", ["reliability-partner"])
    portal.add("page-sent", level="reliability-partner", person="ravi")
    assert state() == ("waiting", ["owen-backup"])
    portal.clock.move(minutes=15, microseconds=1)
    assert state() == ("to-page", ["owen-backup"])
    portal.add("role-taken", role="incident-commander", person="demo")
    assert state() == ("answered", [])
    (held,) = (one for one in portal.client.get("/incidents/inc-7/command").json()["roles"] if one["holders"])
    assert (held["role"], [one["person"] for one in held["holders"]]) == ("incident-commander", ["demo"])


def test_questions_need_a_token_and_an_incident(guarded: Portal) -> None:
    guarded.client.post("/incidents", json={"incident": "inc-7", "source": "sentry"}, headers=bearer("dana"))
    for name in (*ANSWERS, "templates"):
        assert guarded.client.get(f"/incidents/inc-7/{name}").status_code == 401
        assert guarded.client.get(f"/incidents/inc-8/{name}", headers=bearer("ria")).status_code == 404
        assert guarded.client.get(f"/incidents/inc-7/{name}", headers=bearer("ria")).status_code == 200


# --- drafts ---------------------------------------------------------------------------------------------


def test_a_draft_is_answered_and_only_its_digest_is_stored(portal: Portal) -> None:
    """The text comes back, the log says that it was drafted, and no table holds a word of it."""
    portal.open()
    portal.add("facts-reported", facts={"streaming-unavailable": "yes", "client/acme": "yes"})
    words = {
        "what-you-may-notice": "Videos stop.",
        "share-link-status": "not affected",
        "mitigation-steps": "We test on.",
    }
    answer = draft(portal, template="client-update", fields=words)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    wanted = ir.draft(portal.store.policies.current(), "client-update", words, recipients=["client/acme"])
    assert said["draft"] == wanted.as_json(START)
    assert "Videos stop." in said["draft"]["text"]
    event = portal.store.load("inc-7").incident.log[-1]
    assert isinstance(event, ir.Notice)
    assert event.kind == "notice-drafted"
    assert (event.notice, event.digest, event.template) == ("n-1", wanted.digest, "client-update")
    assert (event.recipients, event.states, event.duties) == (wanted.recipients, wanted.states, wanted.duties)
    assert (event.by, said["step"]["seq"]) == ("demo", 3)
    assert answer.headers["etag"] == f'"{portal.store.load("inc-7").head}"'
    assert not [word for word in ("Videos stop.", "We test on.") if word in stored(portal)]


def test_a_draft_that_is_sent_again_changes_nothing(portal: Portal) -> None:
    """Under its own id the same text and place; another text under that id is refused; an old head is told the new one."""
    head = portal.open()
    first = draft(portal, id="d-1")
    portal.clock.move(minutes=3)
    again = draft(portal, {"if-match": f'"{head}"'}, id="d-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["draft"]["text"] == again.json()["draft"]["text"]
    assert (first.json()["step"]["seq"], again.json()["step"]["seq"]) == (2, 2)
    other = draft(portal, id="d-1", fields={**HOLDING, "share-link-status": "not affected"})
    assert (other.status_code, other.json()["problems"][0]["where"]) == (422, "id")
    late = draft(portal, {"if-match": f'"{head}"'}, notice="n-2")
    assert (late.status_code, late.json()["error"]) == (409, "Moved")
    assert portal.store.load("inc-7").seq == 2


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"template": "holding-txt"}, "template"),
        ({"template": 7}, "template"),
        ({"fields": {}}, "fields.mitigation-steps"),
        ({"fields": {**HOLDING, "share-link-status": "perhaps"}}, "fields.share-link-status"),
        ({"fields": 3}, "fields"),
        ({"recipients": []}, "recipients"),
        ({"recipients": "client/acme"}, "recipients"),
        ({"recipients": [7]}, "recipients"),
        ({"notice": 7}, "notice"),
        ({"notice": ""}, "notice"),
        ({"text": "of my own"}, "text"),
        ({"by": "dana"}, "by"),
        ({"digest": "sha256:0"}, "digest"),
    ],
)
def test_a_bad_draft_names_the_place_and_nothing_is_stored(portal: Portal, said: dict[str, object], where: str) -> None:
    """Who drafts is the token's person, and the digest is that of the text: neither is said by the caller."""
    portal.open()
    answer = draft(portal, **said)
    assert answer.status_code == 422, answer.text
    places = [problem["where"] for problem in answer.json()["problems"]]
    assert [place for place in places if place.split("[")[0] == where or place == where], places
    assert portal.store.load("inc-7").seq == 1


def test_what_looks_private_is_neither_stored_nor_repeated(portal: Portal) -> None:
    portal.open()
    words = {
        "what-you-may-notice": "Write to jo@example.org.",
        "share-link-status": "affected",
        "mitigation-steps": "None.",
    }
    answer = draft(portal, template="client-update", fields=words)
    assert answer.status_code == 422
    assert "jo@example.org" not in answer.text + stored(portal)


def test_a_text_goes_out_once_other_people_reviewed_and_approved_it(guarded: Portal) -> None:
    """Who may speak as whom is the token's rule: Lee writes, counsel reviews, Dana approves in command, and only then it is sent."""
    guarded.client.post("/incidents", json={"incident": "inc-7", "source": "sentry"}, headers=bearer("lee"))
    assert post(guarded, "lee", "facts-reported", facts={"privacy-suspected": "yes", "client/acme": "yes"}) == 201
    answer = draft(guarded, bearer("lee"))
    assert answer.status_code == 201, answer.text
    text = {"notice": "n-1", "digest": answer.json()["draft"]["digest"]}
    assert draft(guarded, bearer("ria"), notice="n-2").status_code == 403
    assert post(guarded, "lee", "notice-sent", **text) == 409  # nobody else could send it now either
    assert post(guarded, "lee", "notice-approved", **text) == 403
    assert post(guarded, "dana", "notice-approved", **text) == 403  # she may command, and does not yet
    assert post(guarded, "dana", "role-taken", role="incident-commander", person="dana") == 201
    assert post(guarded, "dana", "notice-approved", **text) == 201
    assert post(guarded, "lee", "notice-sent", **text) == 409
    assert post(guarded, "lex", "role-taken", role="legal-liaison", person="lex") == 201
    assert post(guarded, "lex", "notice-reviewed", **text) == 201
    assert post(guarded, "lee", "notice-sent", channel="mail", **text) == 201
    (one,) = guarded.client.get("/incidents/inc-7/notices", headers=bearer("ria")).json()["notices"]
    assert (one["state"], one["authors"], one["review"]["by"], one["approval"]["by"]) == (
        "sent",
        ["lee"],
        "lex",
        "dana",
    )
    assert guarded.store.load("inc-7").incident.violations == ()


def test_the_texts_kept_ready_can_be_listed(portal: Portal) -> None:
    """With their fields, so that a form can be made of each; every template that is listed can be drafted by its fields."""
    portal.open()
    policy = portal.store.policies.current()
    said = portal.client.get("/incidents/inc-7/templates").json()
    assert said == ir.as_json(policy, "templates", now=START)
    assert {one["template"] for one in said} == set(policy.templates)


# --- the page -------------------------------------------------------------------------------------------


def test_the_page_shows_command_paging_and_words(portal: Portal) -> None:
    """Whom to page stands on top; who commands, each page and each message below; everything people wrote is escaped."""

    def page() -> str:
        return str(portal.client.get("/incidents/inc-7", headers={"accept": "text/html"}).text)

    portal.open()
    portal.add("facts-reported", facts={"streaming-unavailable": "yes", "client/acme": "yes", "service/resend": "yes"})
    assert "Page now: " in page()
    assert "nobody holds it" in page()
    assert " · nobody commands · " in page()
    portal.add("page-sent", level="reliability-partner", person="<b>ravi</b>")
    portal.add("role-taken", role="incident-commander", person="demo")
    portal.add("handover-offered", role="incident-commander", person="demo", to="<i>")
    assert draft(portal, notice="<u>").status_code in (201, 422)
    assert draft(portal).status_code == 201
    text = {"notice": "n-1", "digest": portal.client.get("/incidents/inc-7/notices").json()["notices"][-1]["digest"]}
    portal.add("notice-review-requested", **text)
    shown = page()
    for words in ("<h2>Command</h2>", "Incident Commander: demo", "offered by demo to &lt;i&gt;, not answered", "<h2>Paging</h2>",
                  "&lt;b&gt;ravi&lt;/b&gt; (reliability-partner)", "Answered by demo", "<h2>Words</h2>", "n-1: ", "in review",
                  "a review is asked for", "waits: the commander approves the very text", "mail is in doubt with resend"):  # fmt: skip
        assert words in shown, words
    assert " · demo commands · " in shown
    assert "Page now: " not in shown
    assert not [tag for tag in ("<b>", "<i>", "<u>") if tag in shown]
