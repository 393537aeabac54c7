"""One alarm for each incident: it moves with the events, earlier and later, and one that was overtaken changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from incidents import POLICY
from trials import Timers

import ir_policy as ir
from ir_policy.testing.host import Answer
from ir_policy.testing.host.processes import run

OUTAGE: Final = Path(__file__).parents[2] / "incidents" / "streaming-outage.jsonl"
EVENTS: Final = ir.read_log(OUTAGE.read_bytes()).events


def set_for(timers: Timers, id_: str) -> list[datetime]:
    """The alarms of an incident, to the millisecond: an engine may know no smaller ones, and rings after and not before."""
    return [whole(at) for at in timers.alarms(id_)]


def whole(at: datetime) -> datetime:
    """The next whole millisecond."""
    return at + timedelta(microseconds=-at.microsecond % 1000)


def standing(incident: ir.Incident, now: datetime) -> set[str]:
    return {one.key for one in ir.reminders(incident, None, now)}


def learnt(event: ir.Event) -> datetime:
    return event.recorded_at or event.at


@pytest.fixture
def begun(timers: Timers, tmp_path: Path) -> Timers:
    """The recorded outage, as far as its first signal."""
    path = tmp_path / "first.jsonl"
    path.write_text(ir.write_log(EVENTS[:1]), encoding="utf-8")
    host = timers.host()
    run(host.prepare([path], learnt(EVENTS[0])), host.environment)
    return timers


def stored(timers: Timers) -> tuple[ir.Incident, datetime | None]:
    id_ = EVENTS[0].incident
    row = timers.db.execute("select seq, head, next_wakeup from incident where id = %s", (id_,)).fetchone()
    assert row is not None
    seq, head, wake = row
    return ir.replay(POLICY, ir.read_log(timers.incidents.lines(id_), head=head, seq=seq)), wake


def test_it_moves_with_the_events(begun: Timers) -> None:
    """After each event of a whole incident it is set for the next instant; in the end all that was due is told."""
    incident, before = stored(begun)
    elsewhere = due = standing(incident, learnt(EVENTS[0]))
    moved = set()
    for event in EVENTS[1:]:
        answer = begun.append(event, incident.seq, str(incident.head), learnt(event))
        incident, wake = stored(begun)
        assert answer == Answer(True, incident.seq, str(incident.head))
        assert wake == ir.next_wakeup(incident, learnt(event))
        assert wake is None or whole(wake) in set_for(begun, incident.id)
        if wake is not None and before is not None and wake != before:
            moved.add("earlier" if wake < before else "later")
        before, due = wake, due | standing(incident, learnt(event))
    assert moved == {"earlier", "later"}

    end, host = learnt(EVENTS[-1]) + timedelta(days=400), begun.host()
    run(host.poll(end), host.environment)
    incident, wake = stored(begun)
    assert wake == ir.next_wakeup(incident, end)
    assert begun.effects().keys() == (due | standing(incident, end)) - elsewhere


def test_one_that_rings_too_early_is_set_again(begun: Timers) -> None:
    """An engine whose clock is ahead of the database's loses nothing; an alarm that was overtaken is not set again."""
    incident, wake = stored(begun)
    assert wake is not None
    assert set_for(begun, incident.id) == [whole(wake)]
    early = wake - timedelta(minutes=1)
    assert begun.look(incident.id, wake - timedelta(seconds=1), early) == []
    assert set_for(begun, incident.id) == [whole(wake)]
    assert begun.look(incident.id, wake, early) == []
    assert set_for(begun, incident.id) == [whole(wake), whole(wake)]


def test_one_that_rings_twice_changes_nothing(begun: Timers) -> None:
    """A worker that was killed after it looked leaves an alarm that rings again."""
    incident, wake = stored(begun)
    assert wake is not None
    first = begun.look(incident.id, wake, wake)
    later, alarms = stored(begun)[1], set_for(begun, incident.id)
    assert later is not None
    assert later > wake
    assert alarms == [whole(wake), whole(later)]
    assert (begun.look(incident.id, wake, wake), set_for(begun, incident.id)) == (first, alarms)


def test_all_can_be_set_again(begun: Timers) -> None:
    """An engine that lost its alarms has one for each incident again, and what was not told is told."""
    incident, wake = stored(begun)
    assert wake is not None
    waiting = begun.look(incident.id, wake, wake)  # nobody tells it
    begun.lose_alarms()
    assert begun.alarms(incident.id) == []
    host, later = begun.host(), stored(begun)[1]
    run(begun.command(wake, "rearm"), host.environment)
    assert later is not None
    assert set_for(begun, incident.id) == [whole(wake), whole(later)]
    run(host.poll(wake), host.environment)
    assert begun.effects().keys() == set(waiting)
