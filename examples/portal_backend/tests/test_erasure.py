"""A name or a text can be taken out of a log for good, and the log still proves itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from portal_backend import actions
from portal_backend.people import DEMO
from portal_backend.store import Kept, Moved, Store
from portal_backend.tables import EVENT
from sqlalchemy import select

import ir_policy as ir
from conftest import Portal


def stored(store: Store) -> str:
    with store.database.reading() as connection:
        return "\n".join(connection.scalars(select(EVENT.c.line)))


def test_what_is_erased_is_gone_everywhere_and_the_head_stays(portal: Portal, another: Callable[[], Store]) -> None:
    """Also from what a host had in its memory; and the incident goes on."""
    portal.open(summary="reported by Miriam")
    portal.add("note", text="Miriam called twice", id="note-1")
    head = portal.add("role-taken", role="incident-commander", person="demo")["head"]
    other = another()
    before = {one.key: one.due for one in ir.obligations(other.load("inc-7").incident, portal.clock())}
    opened = other.load("inc-7").incident.log[0].id
    assert actions.erase(portal.store, "inc-7", ["demo"], ["note-1", opened]) == 3
    for store in (portal.store, other, another()):
        kept = store.load("inc-7")
        assert kept.head == head
        assert "Miriam" not in ir.write_log(kept.incident.log)
        assert '"demo"' not in ir.write_log(kept.incident.log)
        assert {one.key: one.due for one in ir.obligations(kept.incident, portal.clock())} == before
    assert "Miriam" not in stored(portal.store)
    assert ir.read_log(portal.client.get("/incidents/inc-7/log").text, head=head).events
    assert portal.add("note", text="goes on")["seq"] == 4
    assert another().load("inc-7").seq == 4


def test_whoever_loaded_it_before_brings_no_erased_word_back(portal: Portal, another: Callable[[], Store]) -> None:
    """An append from what was loaded before the erasure is not stored; tried again from what is there now, it is, under the same head."""
    portal.open(summary="reported by Miriam")
    owned = {"action": "ring-the-client", "owner": "Miriam", "due": "2026-04-03T08:00:00Z"}
    head = portal.add("action-opened", **owned)["head"]
    slow = another()
    kept = slow.load("inc-7")
    assert actions.erase(portal.store, "inc-7", ["Miriam"], []) == 1
    note = ir.Note(incident="inc-7", at=portal.clock(), by="Miriam", recorded_at=portal.clock(), text="x")
    with pytest.raises(Moved) as moved:
        slow.append(kept, ir.record(kept.incident, note, salt="5c" * 16), portal.clock())
    assert (moved.value.seq, moved.value.head) == (2, head)
    done = actions.add(slow, "inc-7", {"kind": "note", "text": "goes on"}, DEMO, head=head)
    assert (done.seq, done.new) == (3, True)
    assert '"Miriam"' not in stored(portal.store)


def test_an_append_that_meets_an_erasure_is_tried_again(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when its caller named the head, which the erasure did not move."""
    head = portal.open(summary="reported by Miriam", id="first")
    append = portal.store.append
    meanwhile = iter([lambda: actions.erase(portal.store, "inc-7", [], ["first"])])

    def slowly(kept: Kept, step: ir.Step, now: datetime) -> None:
        for erase in meanwhile:
            assert erase() == 1
        append(kept, step, now)

    monkeypatch.setattr(portal.store, "append", slowly)
    done = actions.add(portal.store, "inc-7", {"kind": "note", "text": "goes on"}, DEMO, head=head)
    assert (done.seq, done.new) == (2, True)
    assert "Miriam" not in stored(portal.store)


def test_what_is_not_there_is_said_and_nothing_changes(portal: Portal) -> None:
    portal.open(summary="reported by Miriam")
    before = stored(portal.store)
    with pytest.raises(ir.QuestionInvalid):
        actions.erase(portal.store, "inc-7", ["nobody"], [])
    assert stored(portal.store) == before
