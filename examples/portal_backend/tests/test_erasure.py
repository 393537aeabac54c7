"""A name or a text can be taken out of a log for good, and the log still proves itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from portal_backend import actions
from portal_backend.store import Store
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


def test_what_is_not_there_is_said_and_nothing_changes(portal: Portal) -> None:
    portal.open(summary="reported by Miriam")
    before = stored(portal.store)
    with pytest.raises(ir.QuestionInvalid):
        actions.erase(portal.store, "inc-7", ["nobody"], [])
    assert stored(portal.store) == before
