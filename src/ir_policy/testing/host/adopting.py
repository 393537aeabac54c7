"""A newer version of the policy is adopted by live incidents, half of them at a time, with a restart between."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from ir_policy.answers import obligations
from ir_policy.desk import replay
from ir_policy.duties.own_rules import who_may
from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.incident import Incident
from ir_policy.log.events import Event, PolicyAdopted
from ir_policy.log.fields import PolicyPin
from ir_policy.rules.model import Policy
from ir_policy.rules.reader import read_document
from ir_policy.testing import told
from ir_policy.testing.host.contract import Host
from ir_policy.testing.host.processes import HostFailed, folder, run
from ir_policy.testing.host.report import Trial
from ir_policy.testing.host.story import HOURS, Story, everything_at_once, last_of, may_tell, stored, to_tell, written
from ir_policy.testing.host.telling import taken_in, where_it_stands

__all__ = ["adopted_policy", "another_version"]

APART: Final = timedelta(minutes=40)
"""So long after the story the first half adopts, and so long after them the others: some things are due between."""


def another_version(text: str) -> str:
    """The document of a policy as another version of it: half of its limits twice as long, half of them half as long, one
    duty more. It is for trials, which look whether what runs is kept.

    Raises :class:`~ir_policy.errors.QuestionInvalid` for what is no document of a policy, and
    :class:`~ir_policy.errors.PolicyInvalid` for what cannot be read as one.
    """
    tree: dict[str, Any] = dict(read_document(text, "text").root)
    if not isinstance(tree.get("duties"), dict) or not isinstance(tree.get("version"), str):
        raise QuestionInvalid([Problem("text", "is not the document of a policy", "pass what load_policy is given")])
    turned = {id_: _turned(duty, number) for number, (id_, duty) in enumerate(sorted(tree["duties"].items()))}
    first = next(iter(turned.values()))
    more = {"title": "look at the newer version", "clause": first["clause"], "owed_by": first["owed_by"],
            "starts": "detected", "within": "90 minutes", "met_by": {"event": "note"}}  # fmt: skip
    major, _, patch = tree["version"].rpartition(".")
    version = f"{major}.{int(patch) + 1}" if major and patch.isdigit() else tree["version"]
    return json.dumps({**tree, "version": version, "duties": {**turned, "newer-version": more}})


def _turned(duty: dict[str, Any], number: int) -> dict[str, Any]:
    return {**duty, "within": _stretched(duty["within"], longer=number % 2 == 0)} if "within" in duty else duty


def _stretched(limit: Any, longer: bool) -> Any:
    """The limit, or those by level, twice as long, or half as long where that is a whole number."""
    if isinstance(limit, dict):
        return {name: _stretched(one, longer) if name != "reading" else one for name, one in limit.items()}
    found = re.fullmatch(r"(\d+) (minutes|hours)", str(limit))
    if found is None:
        return limit
    number = int(found[1]) * (2 if longer else 1)
    return f"{number} {found[2]}" if longer or number % 2 else f"{number // 2} {found[2]}"


def adopted_policy(host: Host, incidents: int = 50, story: Story | None = None) -> Trial:
    """Live incidents go on under a newer version: no deadline later, none dropped, and everything told by both."""
    trial = Trial(
        "a newer policy that is adopted", {"incidents": 0, "obligations": 0, "changed": 0, "reminders due": 0}
    )
    newer, by = host.newer, who_may(host.policy, PolicyAdopted.only_kind)
    if newer is None or not by:
        trial.wrong.append("the host names no newer policy, or nobody may adopt one: pass Host(newer=…)")
        return trial
    story = story or everything_at_once(host.policy)
    stories = [story(f"kit-{number}") for number in range(incidents)]
    begun = last_of(stories[0])
    halves = (stories[: incidents // 2], stories[incidents // 2 :])
    ends: dict[str, tuple[int, str]] = {}
    try:
        with folder() as logs:
            run(host.prepare(written(logs, stories), begun), host.environment)
        for half, at in zip(halves, (begun + APART, begun + 2 * APART), strict=True):
            run(host.poll(at), host.environment)
            for events in half:
                adoption = _adoption(newer, events[0].incident, by[0], at)
                ends[adoption.incident] = taken_in(host, trial, adoption, where_it_stands(host, trial, events), at)
            run(host.poll(at), host.environment)
        run(host.poll(begun + HOURS), host.environment)
    except HostFailed as error:
        trial.wrong.append(str(error))
        return trial
    _judge(host, trial, halves, begun, ends)
    return trial


def _adoption(newer: Policy, incident: str, by: str, at: datetime) -> Event:
    pin = PolicyPin(newer.id, newer.version, newer.digest)
    said = {"policy": pin, "reason": "the newer version is in force"}
    return told(PolicyAdopted.only_kind, at, by, incident, id="adoption", recorded_at=at, **said)


def _judge(
    host: Host,
    trial: Trial,
    halves: Sequence[Sequence[Sequence[Event]]],
    begun: datetime,
    ends: dict[str, tuple[int, str]],
) -> None:
    due: set[str] = set()
    ever: set[str] = set()
    for half, at in zip(halves, (begun + APART, begun + 2 * APART), strict=True):
        for events in half:
            without = replay(host.policy, events)
            found = stored(host, trial, [*events, _adopted(host, events, at)], *ends[events[0].incident])
            if found is None:
                continue
            if host.newer is not None and found.policy.digest != host.newer.digest:
                trial.wrong.append(f"{found.id} is not under the version it adopted")
            trial.examined["incidents"] += 1
            _compare(trial, without, found, (at, at + APART, begun + HOURS))
            looks = [begun + APART, begun + 2 * APART, begun + HOURS]
            due |= {key for look in looks if look <= at for key in to_tell([without], look)}
            due |= {key for look in looks if look >= at for key in to_tell([found], look)}
            due -= to_tell([without], begun)
            ever |= may_tell([without, found], begun + HOURS)
    trial.examined["reminders due"] = len(due)
    trial.count(host.effects(), due, ever)


def _adopted(host: Host, events: Sequence[Event], at: datetime) -> Event:
    assert host.newer is not None
    return _adoption(host.newer, events[0].incident, who_may(host.policy, PolicyAdopted.only_kind)[0], at)


def _compare(trial: Trial, without: Incident, found: Incident, instants: Iterable[datetime]) -> None:
    """Everything that was owed is owed, and by no later instant; some of it came earlier, or something came to it."""
    for at in instants:
        before = {one.key: one for one in obligations(without, at)}
        after = {one.key: one for one in obligations(found, at)}
        trial.examined["obligations"] += len(before)
        trial.lost += [f"{found.id} no longer owes {key}" for key in sorted(before.keys() - after.keys())]
        later = [key for key, one in sorted(before.items()) if key in after and _later(after[key].due, one.due)]
        trial.wrong += [f"{found.id} owes {key} later than before" for key in later]
        changed = [key for key, one in after.items() if key not in before or one.due != before[key].due]
        trial.examined["changed"] += len(changed)


def _later(one: datetime | None, other: datetime | None) -> bool:
    return other is not None and (one is None or one > other)
