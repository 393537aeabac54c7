"""Two pollers race and are killed at instants swept over their work; what fell due is told once all the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ir_policy.answers import reminders as reminders_of
from ir_policy.desk import replay
from ir_policy.log.events import Event
from ir_policy.testing.host.contract import Host
from ir_policy.testing.host.processes import HostFailed, Program, folder, run, seconds, until, wait
from ir_policy.testing.host.report import Trial
from ir_policy.testing.host.story import HOURS, Story, everything_at_once, last_of, may_tell, stored, to_tell, written

__all__ = ["killed_pollers"]

LOOK: Final = 0.004
STEP: Final = 0.0017
"""Seconds: each kill comes so much later after the progress it waits for, so that kills fall everywhere in a batch."""
IN_A_WAVE: Final = 2
"""Kills while one wave of reminders is told: of both pollers before they tell, and of one in the middle."""


def killed_pollers(host: Host, reminders: int = 120, kills: int = 3, story: Story | None = None) -> Trial:
    """At least so many reminders fall due, in waves; so often pollers are killed while they wake and tell."""
    trial = Trial("pollers that are killed", {"reminders due": 0, "kills while there was work": 0})
    story = story or everything_at_once(host.policy)
    one = replay(host.policy, story("kit-0"))
    begun = last_of(one.log)
    waves = _waves(sorted({due.at for due in reminders_of(one, begun, begun + HOURS)}), kills)
    if not waves:
        trial.wrong.append(f"less than two waves of reminders fall due in {HOURS} after the story")
        return trial
    each = {key for at in waves for key in to_tell([one], at)} - to_tell([one], begun)
    stories = [story(f"kit-{number}") for number in range(-(-reminders // len(each)))]
    killing = _Killing(host, len(stories))
    try:
        with folder() as logs:
            run(host.prepare(written(logs, stories), begun), host.environment)
        landed = killing.all(begun, waves, kills)
        run(host.poll(waves[-1]), host.environment)  # after a restart there is nothing more to tell
    except HostFailed as error:
        trial.wrong.append(str(error))
        if killing.begun:  # one that waits for ever for what it lost shall hear what that is
            _judge(host, trial, stories, [begun, *killing.begun])
        return trial
    trial.examined["kills while there was work"] = landed
    if landed < kills:
        trial.wrong.append(f"only {landed} of {kills} kills came while there was work: make more reminders due")
    _judge(host, trial, stories, [begun, *waves])
    return trial


def _waves(instants: Sequence[datetime], kills: int) -> list[datetime]:
    """The first instant at which something falls due, and of the last ones as many as there are kills for."""
    if len(instants) < 2:
        return []
    many = min(max(-(-kills // IN_A_WAVE), 1), len(instants) - 1)
    return [instants[0], *instants[-many:]]


def _judge(host: Host, trial: Trial, stories: Sequence[Sequence[Event]], begun_and_waves: Sequence[datetime]) -> None:
    begun, *waves = begun_and_waves
    found = [stored(host, trial, story, seq=len(story), head=None) for story in stories]
    incidents = [incident for incident in found if incident is not None]
    due = {key for at in waves for key in to_tell(incidents, at)} - to_tell(incidents, begun)
    trial.examined |= {"incidents": len(incidents), "reminders due": len(due)}
    trial.count(host.effects(), due, may_tell(incidents, waves[-1]))


class _Killing:
    """Kills, wave by wave. The first wave is told in peace, to learn how long a poller takes to begin."""

    def __init__(self, host: Host, incidents: int) -> None:
        self.begun: list[datetime] = []
        """The waves that were begun to be told so far."""
        self._host = host
        self._incidents = incidents
        self._pollers: list[Program] = []
        self._swept = 0

    def all(self, begun: datetime, waves: Sequence[datetime], kills: int) -> int:
        """Tell every wave and kill so often; how many kills hit one that ran while there was something left to tell."""
        start = seconds()
        run(self._host.poll(begun), self._host.environment)
        idle = seconds() - start
        self.begun.append(waves[0])
        working = max(self._first(waves[0]), idle)
        landed, later = 0, waves[1:]
        for number, at in enumerate(later):
            self.begun.append(at)
            here = kills * (number + 1) // len(later) - kills * number // len(later)
            share = (number + 0.5) / len(later)
            landed += self._wave(at, here, early=idle * 0.8 + (working - idle * 0.8) * share)
        return landed

    def _first(self, at: datetime) -> float:
        """How many seconds pass from the start of two pollers to their first effect."""
        start, before = seconds(), len(self._host.effects())
        try:
            self._start(at, 2)
            self._told(before + 1)
            took = seconds() - start
            self._finish()
        finally:
            self._stop()
        return took

    def _wave(self, at: datetime, kills: int, early: float) -> int:
        """Both pollers are killed so early; then the one that has run longest, again and again."""
        before, written, told = len(self._host.effects()), self._written(), []
        try:
            self._start(at, 2)
            for number in range(kills):
                if number == 0:
                    self._begun_to_wake(before, written, early)
                else:
                    self._told(before + max(self._incidents * number // kills, 1), STEP * (number % 5))
                so_far = len(self._host.effects())
                # the one that has run longest is at work; the other may still be starting
                if self._kill(at, 1 if number else 2):
                    told.append(so_far)
            self._finish()
        finally:
            self._stop()
        return sum(so_far < len(self._host.effects()) for so_far in told)

    def _written(self) -> int:
        return self._host.written() if self._host.written is not None else 0

    def _begun_to_wake(self, before: int, written: int, early: float) -> None:
        """Wait until something is written down; or for so long, but not until much is told already."""
        if self._host.written is None:
            self._told(before + 1, within=early)
        else:
            until(lambda: self._written() > written or not any(one.runs for one in self._pollers), LOOK)
            wait(STEP * self._swept)
            self._swept += 1

    def _told(self, goal: int, then: float = 0.0, within: float | None = None) -> None:
        """Wait until so many reminders had an effect, or nobody is at work any more."""
        until(lambda: len(self._host.effects()) >= goal or not any(one.runs for one in self._pollers), LOOK, within)
        wait(then)

    def _kill(self, at: datetime, many: int) -> bool:
        hits = [victim.kill() for victim in self._pollers[:many]]
        del self._pollers[:many]
        self._start(at, many)
        return any(hits)

    def _start(self, at: datetime, many: int) -> None:
        self._pollers += [Program(self._host.poll(at), self._host.environment) for _ in range(many)]

    def _finish(self) -> None:
        for poller in self._pollers:
            poller.finish()

    def _stop(self) -> None:
        for poller in self._pollers:
            poller.stop()
        self._pollers = []
