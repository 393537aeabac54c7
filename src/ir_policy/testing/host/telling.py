"""What hosts are told twice, in another order, or while their clock is wrong: the same is owed, and told once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from ir_policy.desk import replay
from ir_policy.incident import Incident
from ir_policy.log.events import Event
from ir_policy.testing import told
from ir_policy.testing.host.contract import Answer, Host
from ir_policy.testing.host.processes import HostFailed, Program, folder, run
from ir_policy.testing.host.report import Trial
from ir_policy.testing.host.story import (
    HOURS,
    Story,
    everything_at_once,
    last_of,
    may_tell,
    owed,
    stored,
    to_tell,
    written,
)

__all__ = ["appended", "other_orders", "stepping_clocks", "taken_in", "where_it_stands"]

TRIES: Final = 50
MOVES: Final = (60, -25, -20, 90, 60 * 24 * 11)
"""Minutes by which the clock is moved, one after the other; back too, and never to before the story."""


def other_orders(host: Host, story: Story | None = None) -> Trial:
    """Each event is delivered again and again, and late: the same is owed as when everything came once and in order."""
    trial = Trial("deliveries again and in other orders", {"deliveries": 0, "obligations": 0, "reminders due": 0})
    story = story or everything_at_once(host.policy)
    orders = _orders(story("kit-0"))
    stories = [story(f"kit-{number}") for number in range(len(orders))]
    begun, now = stories[0][0].at, last_of(stories[0])
    at = now + HOURS
    try:
        with folder() as logs:
            run(host.prepare(written(logs, [events[:1] for events in stories]), begun), host.environment)
        told_to = list(zip(stories, orders, strict=True))
        ends = [_delivered(host, trial, *one, now) for one in told_to[:-1]]
        for instant in (now, at):
            run(host.poll(instant), host.environment)
        ends.append(_delivered(host, trial, *told_to[-1], at))  # news that come when all is overdue
        run(host.poll(at), host.environment)
    except HostFailed as error:
        trial.wrong.append(str(error))
        return trial
    incidents = []
    for events, (seq, head) in zip(stories, ends, strict=True):
        incident = stored(host, trial, events, seq, head)
        if incident is not None:
            incidents.append(incident)
            _compare(host, trial, incident, events, (now, at))
    due = to_tell(incidents, at)
    trial.examined["reminders due"] = len(due)
    trial.count(host.effects(), due)
    return trial


def stepping_clocks(host: Host, incidents: int = 3, story: Story | None = None) -> Trial:
    """The clock steps back and forward, two pollers have clocks that differ, and an event comes while it is behind."""
    trial = Trial("clocks that step back and forward", {"looks": 0, "reminders due": 0})
    story = story or everything_at_once(host.policy)
    stories = [story(f"kit-{number}") for number in range(incidents)]
    begun = now = last_of(stories[0])
    ends: dict[int, tuple[int, str]] = {}
    try:
        with folder() as logs:
            run(host.prepare(written(logs, stories), begun), host.environment)
        for minutes in MOVES:
            now += timedelta(minutes=minutes)
            _two_looks(host, now, now - timedelta(minutes=7))
            trial.examined["looks"] += 2
            for number, events in enumerate(stories):
                late = told("note", begun, "kit", events[0].incident, text="late", id=f"late-{minutes}")
                ends[number] = taken_in(
                    host, trial, late, ends.get(number) or where_it_stands(host, trial, events), now
                )
    except HostFailed as error:
        trial.wrong.append(str(error))
        return trial
    found = [stored(host, trial, events, *ends.get(number, (None, None))) for number, events in enumerate(stories)]
    kept = [incident for incident in found if incident is not None]
    due = to_tell(kept, now) - to_tell(kept, begun)
    trial.examined["reminders due"] = len(due)
    trial.count(host.effects(), due, may_tell(kept, begun + HOURS * 2))
    return trial


def where_it_stands(host: Host, trial: Trial, story: Sequence[Event]) -> tuple[int, str]:
    """How many events an incident has and its head, by its stored lines. Raises :class:`HostFailed` if it has none."""
    incident = stored(host, trial, story, seq=None, head=None)
    if incident is None or incident.head is None:
        raise HostFailed(f"{story[0].incident} is not there, or is no whole chain")
    return incident.seq, incident.head


def appended(host: Host, event: Event, stands: tuple[int, str], now: datetime) -> Answer:
    """What the host says to an append. Raises :class:`HostFailed` for whatever it raises."""
    try:
        return host.append(event, *stands, now)
    except Exception as error:
        raise HostFailed(f"append of {event.id} to {event.incident} failed: {type(error).__name__}: {error}") from error


def taken_in(host: Host, trial: Trial, event: Event, stands: tuple[int, str], now: datetime) -> tuple[int, str]:
    """Append an event however often somebody else is faster; where the log stands then."""
    for _ in range(TRIES):
        answer = appended(host, event, stands, now)
        before, stands = stands, (answer.seq, answer.head)
        if answer.stored and answer.seq != before[0] + 1:
            trial.wrong.append(f"{event.id} was stored as event {answer.seq} after event {before[0]}")
        if answer.stored or stands == before:
            return stands
    raise HostFailed(f"{event.id} of {event.incident} was not taken in: somebody was faster {TRIES} times")


def _orders(story: Sequence[Event]) -> list[list[int]]:
    """In what order the events after the first are delivered, each of them more than once."""
    straight = list(range(1, len(story)))
    halves = [*straight[1::2], *straight[0::2]]
    return [
        [number for number in straight for _ in range(2)],
        [*straight[::-1], *straight],
        [*halves, 0, *halves[::-1]],
        [*straight[len(straight) // 2 :], *straight[::-1], 0],
    ]


def _delivered(
    host: Host, trial: Trial, events: Sequence[Event], order: Sequence[int], now: datetime
) -> tuple[int, str]:
    stands, known = where_it_stands(host, trial, events[:1]), {0}
    for number in order:
        seq = stands[0]
        stands = taken_in(host, trial, events[number], stands, now)
        trial.examined["deliveries"] += 1
        if (stands[0] == seq) != (number in known):
            again = f"{events[number].id} of {events[number].incident}"
            (trial.doubled if number in known else trial.lost).append(again)
        known.add(number)
    return stands


def _compare(
    host: Host, trial: Trial, incident: Incident, events: Sequence[Event], instants: Sequence[datetime]
) -> None:
    straight = replay(host.policy, events)
    for at in instants:
        wanted, found = owed(straight, at), owed(incident, at)
        trial.examined["obligations"] += len(wanted)
        trial.wrong += [
            f"{incident.id} owes {key} as {found.get(key)}, in order {wanted.get(key)}"
            for key in sorted(wanted.keys() | found.keys())
            if wanted.get(key) != found.get(key)
        ]


def _two_looks(host: Host, *instants: datetime) -> None:
    lookers = [Program(host.poll(at), host.environment) for at in instants]
    try:
        for one in lookers:
            one.finish()
    finally:
        for one in lookers:
            one.stop()
