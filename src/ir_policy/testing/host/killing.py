"""Two pollers race and are killed at instants swept over their work; what fell due is told once all the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ir_policy.desk import replay
from ir_policy.log.events import Event
from ir_policy.testing.host.contract import Host
from ir_policy.testing.host.processes import HostFailed, Program, folder, run, until
from ir_policy.testing.host.report import Trial
from ir_policy.testing.host.story import HOURS, Story, a_long_night, last_of, may_tell, stored, to_tell, written

__all__ = ["killed_pollers"]

LOOK: Final = 0.004
STEP: Final = 0.0017
"""Seconds: each kill comes so much later after the progress it waits for, so that kills fall everywhere in a batch."""
BOTH_EACH: Final = 3
"""Every so many kills it is both pollers at once, as when a machine dies."""


def killed_pollers(host: Host, reminders: int = 120, kills: int = 3, story: Story = a_long_night) -> Trial:
    """At least so many reminders are due at once; pollers are killed so often while they tell them."""
    trial = Trial("pollers that are killed", {"reminders due": 0, "kills while there was work": 0})
    one = replay(host.policy, story("kit-0"))
    begun, at = last_of(one.log), last_of(one.log) + HOURS
    due_of_one = len(to_tell([one], at) - to_tell([one], begun))
    if not due_of_one:
        trial.wrong.append(f"nothing falls due in {HOURS} after the story")
        return trial
    stories = [story(f"kit-{number}") for number in range(-(-reminders // due_of_one))]
    try:
        with folder() as logs:
            run(host.prepare(written(logs, stories), begun), host.environment)
        before = set(host.effects())
        due = due_of_one * len(stories)
        trial.examined["kills while there was work"] = _race(host, trial, at, kills, len(before), due)
        run(host.poll(at), host.environment)  # after a restart there is nothing more to tell
    except HostFailed as error:
        trial.wrong.append(str(error))
    _judge(host, trial, stories, begun, at)
    return trial


def _race(host: Host, trial: Trial, at: datetime, kills: int, before: int, due: int) -> int:
    """Two pollers at a time until everything is told; how many kills hit one while there was work left."""
    pollers, landed = [_poller(host, at), _poller(host, at)], 0
    try:
        for number in range(kills):
            goal = before + due * (number + 1) // (kills + 2)
            if not _got(host, pollers, goal, STEP * number):
                break
            # the one that has run longest is at work; the other may still be starting
            victims = pollers if number % BOTH_EACH == BOTH_EACH - 1 else pollers[:1]
            hits = [victim.kill() for victim in victims]
            landed += any(hits) and len(host.effects()) < before + due
            pollers = [*pollers[len(victims) :], *(_poller(host, at) for _ in victims)]
        for poller in pollers:
            poller.finish()
    finally:
        for poller in pollers:
            poller.stop()
    if landed < kills:
        trial.wrong.append(f"only {landed} of {kills} kills came while there was work: make more reminders due")
    return landed


def _got(host: Host, pollers: list[Program], goal: int, then: float) -> bool:
    """Wait until so many reminders had an effect; whether they had while somebody was still at work."""
    until(lambda: len(host.effects()) >= goal or not any(one.runs for one in pollers), LOOK, then)
    return any(one.runs for one in pollers)


def _poller(host: Host, at: datetime) -> Program:
    return Program(host.poll(at), host.environment)


def _judge(host: Host, trial: Trial, stories: list[Sequence[Event]], begun: datetime, at: datetime) -> None:
    found = [stored(host, trial, story, seq=len(story), head=None) for story in stories]
    incidents = [incident for incident in found if incident is not None]
    due = to_tell(incidents, at) - to_tell(incidents, begun)
    trial.examined |= {"incidents": len(incidents), "reminders due": len(due)}
    trial.count(host.effects(), due, may_tell(incidents, at))
