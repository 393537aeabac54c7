"""Many callers at once: every place in the log is taken once, and everybody learns what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from portal_backend import actions
from portal_backend.people import DEMO
from portal_backend.store import Moved, Store
from portal_backend.tables import EVENT
from sqlalchemy import select
from test_commands import ask, serving

import ir_policy as ir
from conftest import START, Portal

RACERS = 200
AT_ONCE = 20


def test_two_hundred_race_for_one_place_and_one_wins(portal: Portal, another: Callable[[], Store]) -> None:
    """Two hosts, one database: one winner, and everybody else is told where the log stands now."""
    head = portal.open()
    stores = [another(), another()]

    def race(number: int) -> tuple[int, str] | str:
        said = {"kind": "note", "text": f"racer {number}"}
        try:
            return actions.add(stores[number % 2], "inc-7", said, DEMO, head=head).step.incident.head or ""
        except Moved as moved:
            return moved.seq, moved.head

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = Counter(pool.map(race, range(RACERS)))
    (winner,) = (outcome for outcome in outcomes if isinstance(outcome, str))
    assert outcomes == {winner: 1, (2, winner): RACERS - 1}
    assert another().load("inc-7").head == winner


def test_whoever_names_no_head_gets_the_next_place(portal: Portal, another: Callable[[], Store]) -> None:
    """Each is in the log once, in a place of its own, or was told that it is not; and the chain is whole."""
    portal.open()
    stores = [another(), another()]

    def add(number: int) -> int | None:
        try:
            return actions.add(stores[number % 2], "inc-7", {"kind": "note", "text": f"{number}"}, DEMO).seq
        except Moved:
            return None

    with ThreadPoolExecutor(4) as pool:
        places = [place for place in pool.map(add, range(40)) if place is not None]
    assert sorted(places) == list(range(2, len(places) + 2))
    assert another().load("inc-7").seq == len(places) + 1
    assert len(places) >= 20


def test_one_incident_is_opened_once(portal: Portal, another: Callable[[], Store]) -> None:
    """Twenty retries of one request, all at once: one opens it, the others are told the same place."""
    stores = [another(), another()]
    said = {"incident": "inc-7", "source": "sentry", "id": "signal-1"}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(lambda number: actions.open_(stores[number % 2], said, DEMO), range(20)))
    assert Counter(one.new for one in done) == {True: 1, False: 19}
    assert {one.seq for one in done} == {1}
    with portal.store.database.reading() as connection:
        assert connection.scalars(select(EVENT.c.seq)).all() == [1]


def test_a_cached_incident_is_never_a_stale_one(portal: Portal, another: Callable[[], Store]) -> None:
    """What another host appended is seen at once."""
    portal.open()
    other = another()
    for number in range(5):
        actions.add(other, "inc-7", {"kind": "note", "text": f"{number}"}, DEMO)
        assert portal.client.get("/incidents/inc-7/brief").json()["seq"] == number + 2


def test_two_hundred_race_over_http_for_ten_places(url: str, tmp_path: Path) -> None:
    """Two hosts on one database, twenty clients on the wire: each place has one winner, and each loser is told the winner's head."""
    clock = tmp_path / "now"
    clock.write_text(START.isoformat(), encoding="utf-8")
    where = ("--no-poll", "--database", url, "--clock", f"@{clock}")
    with serving("serve", *where) as one, serving("serve", *where) as two, ThreadPoolExecutor(AT_ONCE) as pool:
        status, opened = ask(one, "/incidents", {"incident": "inc-7", "source": "sentry"})
        assert status == 201
        heads = [opened["head"]]
        for place in range(2, 2 + RACERS // AT_ONCE):
            seen = heads[-1]

            def race(number: int, head: str = seen, place: int = place) -> tuple[int, Any]:
                said = {"kind": "note", "text": f"racer {number} for place {place}"}
                return ask((one, two)[number % 2], "/incidents/inc-7/events", said, **{"if-match": f'"{head}"'})

            answers = list(pool.map(race, range(AT_ONCE)))
            won = [said for status, said in answers if status == 201]
            lost = [said for status, said in answers if status == 409]
            assert (len(won), len(lost)) == (1, AT_ONCE - 1)
            assert won[0]["seq"] == place
            assert lost == [{"error": "Moved", "seq": place, "head": won[0]["head"]}] * (AT_ONCE - 1)
            heads.append(won[0]["head"])
        _, log = ask(two, "/incidents/inc-7/log")
    assert len(set(heads)) == 11
    assert len(ir.read_log(log, head=heads[-1], seq=11).events) == 11
