"""Many write at once: each place in the log is taken once, and everybody else is told where the log stands now."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Final

from ir_policy.log.events import Event
from ir_policy.testing import told
from ir_policy.testing.host.contract import Answer, Host
from ir_policy.testing.host.processes import PATIENCE, HostFailed, folder, run
from ir_policy.testing.host.report import Trial
from ir_policy.testing.host.story import Story, everything_at_once, last_of, stored, written
from ir_policy.testing.host.telling import appended, taken_in, where_it_stands

__all__ = ["racing_writers"]

INCIDENT: Final = "kit-0"


def racing_writers(host: Host, appends: int = 40, at_once: int = 8, story: Story | None = None) -> Trial:
    """So many appends, so many of them at once after the same event; then one event by all of them, each again and again."""
    trial = Trial("racing writers", {"appends": 0, "retries of one event": 0, "places": 0})
    events = list((story or everything_at_once(host.policy))(INCIDENT))
    now = last_of(events)
    try:
        with folder() as logs:
            run(host.prepare(written(logs, [events]), now), host.environment)
        stands = where_it_stands(host, trial, events)
        with ThreadPoolExecutor(at_once) as pool:
            for number in range(-(-appends // at_once)):
                notes = [_note(f"race-{number}-{racer}", now) for racer in range(at_once)]
                answers = _at_once(pool, host, notes, stands, now)
                events += [note for note, answer in zip(notes, answers, strict=True) if answer.stored]
                trial.examined["appends"] += at_once
                stands = _after(trial, answers, stands)
            stands = _one_event_by_all(pool, host, trial, at_once, stands, now)
    except HostFailed as error:
        trial.wrong.append(str(error))
        return trial
    seq, head = stands
    trial.examined["places"] = seq
    incident = stored(host, trial, events, seq, head)
    if incident is not None and incident.head != head:
        trial.broken.append(f"{INCIDENT}: it goes on after the head that the last writer was told")
    return trial


def _at_once(
    pool: ThreadPoolExecutor, host: Host, events: Sequence[Event], stands: tuple[int, str], now: datetime
) -> list[Answer]:
    gate = Barrier(len(events))

    def write(event: Event) -> Answer:
        gate.wait(PATIENCE)
        return appended(host, event, stands, now)

    return list(pool.map(write, events))


def _after(trial: Trial, answers: Sequence[Answer], stands: tuple[int, str]) -> tuple[int, str]:
    """Where the log stands after a race: there is one winner, and everybody names the same place."""
    place = stands[0] + 1
    winners = [answer for answer in answers if answer.stored]
    if len(winners) != 1:
        trial.wrong.append(f"{len(winners)} of {len(answers)} writers were told that they have place {place}")
    after = (winners or answers)[0]
    misled = [one for one in answers if (one.seq, one.head) != (place, after.head)]
    if misled:
        trial.wrong.append(f"{len(misled)} of {len(answers)} writers were told another head than that of place {place}")
    return after.seq, after.head


def _one_event_by_all(
    pool: ThreadPoolExecutor, host: Host, trial: Trial, at_once: int, stands: tuple[int, str], now: datetime
) -> tuple[int, str]:
    """One request that many send at once and again: it is one event."""
    event, gate = _note("race-of-one", now), Barrier(at_once)

    def write(_: int) -> tuple[int, str]:
        gate.wait(PATIENCE)
        return taken_in(host, trial, event, stands, now)

    ends = set(pool.map(write, range(at_once)))
    trial.examined["retries of one event"] += at_once
    if {seq for seq, _ in ends} != {stands[0] + 1}:
        trial.doubled.append(f"{INCIDENT}: {event.id}")
    return max(ends)


def _note(id_: str, now: datetime) -> Event:
    return told("note", now, "kit", INCIDENT, id=id_, text=id_)
