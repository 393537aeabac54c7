"""Storage runs out in the middle of appends, and there is room again: what was acknowledged is there, and nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from ir_policy.incident import Incident
from ir_policy.log.events import Event
from ir_policy.testing import told
from ir_policy.testing.host.contract import Host, LeaveRoom
from ir_policy.testing.host.processes import PATIENCE, HostFailed, Program, folder, run, seconds, wait
from ir_policy.testing.host.report import Trial
from ir_policy.testing.host.room import files_that_may_not_grow
from ir_policy.testing.host.serving import AGAIN, Served
from ir_policy.testing.host.story import (
    HOURS,
    Story,
    everything_at_once,
    last_of,
    stored,
    strangers,
    to_tell,
    written,
)
from ir_policy.testing.host.telling import where_it_stands

__all__ = ["full_disk"]

PAGE: Final = 4096
MOST_PAGES: Final = 160
"""So many pages more are given, one by one, before all room is given back."""
FILLER: Final = 2_000
"""Characters of a note that fills what room is left in pages already there."""
MOST_FILLERS: Final = 200
APART: Final = 1_000
"""Bytes by which the shortages differ: writes are cut in the middle of a page too."""
ENDS: Final = 3
"""In so many places stories end."""
POLLING: Final = 4.0
"""Seconds a poller may go on without room."""
BACK: Final = 20.0
"""Seconds by which a host takes events again once there is room."""
SOON: Final = timedelta(minutes=15)
"""By so long after the last event everything is told that was due by then, also what could not be told without room."""


def full_disk(host: Host, shortages: int = 4, story: Story | None = None) -> Trial:
    """So often the host runs short of room, an incident each: every event is sent with no room, then with a little more
    each time, until it is taken."""
    trial = Trial("a full disk", dict.fromkeys(("shortages", "appends refused", "appends", "reminders due"), 0))
    trial.noted = dict.fromkeys((STORED, ENDED, POLLED), 0)
    story = story or everything_at_once(host.policy)
    stories = [story(f"kit-{number}") for number in range(shortages)]
    begun, now = stories[0][0].at, last_of(stories[0])
    kept: list[list[Event]] = []
    ends: list[tuple[int, str]] = []
    try:
        with folder() as logs:
            run(host.prepare(written(logs, [events[:1] for events in stories]), begun), host.environment)
        with Served(host, now) as served:
            leave = host.leave_room or _limited(host, served)
            for number, events in enumerate(stories):
                shortage = _Shortage(host, trial, served, leave, number, now)
                # what comes last differs: no later event does what one should have done
                ends.append(shortage.through(events[: len(events) - number % ENDS]))
                kept.append(shortage.kept)
        incidents = _incidents(host, trial, kept, ends)
        for at in (now + SOON, now + HOURS):
            run(host.poll(at), host.environment)
            due = to_tell(incidents, at)
            trial.examined["reminders due"] = len(due)
            trial.count(host.effects(), due)
    except HostFailed as error:
        trial.wrong.append(str(error))
    return trial


STORED: Final = "refused and stored all the same"
ENDED: Final = "times the program ended"
POLLED: Final = "looks without room"


def _limited(host: Host, served: Served) -> LeaveRoom:
    if host.writer is None or not host.writer.writes_files:
        raise HostFailed("the host does not say how it is run short of room: give Host.leave_room")
    return files_that_may_not_grow(lambda: served.pid)


def _incidents(
    host: Host, trial: Trial, kept: Sequence[Sequence[Event]], ends: Sequence[tuple[int, str]]
) -> list[Incident]:
    """What became of what was acknowledged."""
    found = []
    for events, (seq, head) in zip(kept, ends, strict=True):
        incident = stored(host, trial, events, seq, head)
        if incident is not None:
            strangers(trial, incident, events)
            found.append(incident)
    return found


class _Shortage:
    """One incident, most of whose events come while there is no room."""

    def __init__(self, host: Host, trial: Trial, served: Served, leave: LeaveRoom, number: int, now: datetime) -> None:
        self._host = host
        self._trial = trial
        self._served = served
        self._leave = leave
        self._number = number
        self._now = now
        self._incident = ""
        self._stands = (0, "")
        self.kept: list[Event] = []
        """What the host has acknowledged."""

    def through(self, story: Sequence[Event]) -> tuple[int, str]:
        """Tell it the story with no room, and go on when there is some; where the log stands then."""
        self._incident = story[0].incident
        self.kept.append(story[0])
        self._stands = where_it_stands(self._host, self._trial, story[:1])
        self._insist(self._note("before"))
        try:
            refused = sum([self._pressed(event) for event in story[1:]])
            fillers = (self._note(f"filler-{number}", FILLER) for number in range(MOST_FILLERS))
            while not refused and not self._trial.lost and (filler := next(fillers, None)):
                refused += self._pressed(filler)
            self._poll_without_room()
        finally:
            self._leave(None)
        if not refused:
            self._trial.wrong.append(
                f"{self._incident}: nothing was refused: say how there is no room, Host.leave_room"
            )
        self._trial.examined["shortages"] += refused > 0
        return self._stands

    def _note(self, name: str, length: int = 0) -> Event:
        return told("note", self._now, "kit", self._incident, id=f"full-{name}", text=f"{name} {'x' * length}".strip())

    def _pressed(self, event: Event) -> int:
        """Send an event with no room, then with a page more and again, until it is taken; how often it was refused."""
        for pages in range(MOST_PAGES):
            self._leave(pages * PAGE + self._number * APART % PAGE)
            error = self._taken(event, again=pages > 0)
            if pages == 0 or error is None:
                self._look_at_the_log()
            if error is None:
                return pages
            if not self._served.runs:
                break
        self._leave(None)
        self._insist(event, again=True)
        return pages + 1

    def _insist(self, event: Event, *, again: bool = False) -> None:
        """Send an event until it is taken, now that there is room. A program that has ended is started again."""
        last = seconds() + (BACK if len(self.kept) > 1 else PATIENCE)
        while (error := self._taken(event, again=again, short=False)) is not None:
            if seconds() > last:
                raise HostFailed(
                    f"{event.id} of {event.incident} is not taken, and there is room again: {type(error).__name__}: {error}"
                ) from error
            if not self._served.runs:
                self._trial.noted[ENDED] += 1
                self._served.start()
            wait(AGAIN)
            again = True

    def _taken(self, event: Event, *, again: bool, short: bool = True) -> Exception | None:
        """Send an event once; what the host raised, if it was not taken."""
        try:
            answer = self._served.append(event, self._stands)
            before, self._stands = self._stands, (answer.seq, answer.head)
            if not answer.stored and self._stands != before:  # it is there already, or so it says
                answer = self._served.append(event, self._stands)
                self._trial.noted[STORED] += 1
        except Exception as error:
            self._trial.examined["appends refused"] += short
            return error
        if not answer.stored and (self._stands != (answer.seq, answer.head) or not again):
            self._trial.wrong.append(f"{event.id} of {event.incident} was not stored, and nobody else appends")
        self.kept.append(event)
        self._trial.examined["appends"] += 1
        return None

    def _look_at_the_log(self) -> None:
        """What was acknowledged is there and whole, also while nothing more can be stored."""
        try:
            stored(self._host, self._trial, self.kept, seq=None, head=None)
        except Exception as error:
            self._trial.wrong.append(f"{self._incident} cannot be read without room: {type(error).__name__}: {error}")

    def _poll_without_room(self) -> None:
        """A poller has things to tell and no room to note it; it may fail, and is ended if it waits."""
        if self._host.leave_room is not None and self._number % 2 == 0:
            self._leave(0)
            Program(self._host.poll(self._now), self._host.environment).ends_within(POLLING)
            self._trial.noted[POLLED] += 1
