"""What hosts are told in trials, and what the library says must follow from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from ir_policy.answers import obligations, reminders
from ir_policy.desk import replay
from ir_policy.errors import IRPolicyError
from ir_policy.incident import Incident
from ir_policy.log.events import Event
from ir_policy.log.wire import read_log, write_log
from ir_policy.terms import Severity, Truth
from ir_policy.testing import told
from ir_policy.testing.host.contract import Host
from ir_policy.testing.host.report import Trial

__all__ = ["HOURS", "START", "Story", "a_long_night", "last_of", "may_tell", "owed", "stored", "to_tell", "written"]

START: Final = datetime(2026, 4, 3, 8, 5, tzinfo=timezone.utc)
HOURS: Final = timedelta(hours=240)
"""By so long after a story everything that is short is due."""

Story = Callable[[str], Sequence[Event]]
"""The events of an incident with that id: a signal first, each with an id and at an instant of its own, in order."""


def a_long_night(incident: str) -> list[Event]:
    """The story for the shipped policy: an outage with stolen data, of which nobody outside is told."""
    acts: list[tuple[str, dict[str, object]]] = [
        ("detected", {"source": "monitor"}),
        ("facts-reported", {"facts": {"streaming-unavailable": Truth.YES, "acts-as-controller": Truth.YES}}),
        ("facts-reported", {"facts": {"affected-in/au": Truth.YES}}),
        ("role-taken", {"role": "incident-commander", "person": "kit"}),
        ("severity-decided", {"severity": Severity.SEV1}),
        ("breach-finding", {"finding": "confirmed"}),
        ("note", {"text": "the first night"}),
        ("facts-reported", {"facts": {"client/acme": Truth.YES}}),
    ]
    return [
        told(kind, at, "kit", incident, id=f"event-{number}", recorded_at=at, **said)
        for number, (kind, said) in enumerate(acts)
        for at in [START + timedelta(minutes=number)]
    ]


def last_of(story: Sequence[Event]) -> datetime:
    """When the log of a story had learnt all of it."""
    return max(event.recorded_at or event.at for event in story)


def written(folder: Path, told_so_far: Iterable[Sequence[Event]]) -> list[Path]:
    """Plain logs of incidents, one file each."""
    paths = []
    for story in told_so_far:
        paths.append(folder / f"{story[0].incident}.jsonl")
        paths[-1].write_text(write_log(story), encoding="utf-8")
    return paths


def stored(host: Host, trial: Trial, story: Sequence[Event], seq: int | None, head: str | None) -> Incident | None:
    """The incident that the stored lines make, after making sure that they are a whole chain of those very events."""
    id_ = story[0].incident
    try:
        log = read_log(host.lines(id_), head=head, seq=seq)
        if log.chain is None:
            trial.broken.append(f"{id_}: its lines are not chained")
            return None
        incident = replay(host.policy, log)
    except IRPolicyError as error:
        trial.broken.append(f"{id_}: {error}")
        return None
    trial.lost += [f"{id_}: {event.id}" for event in story if event.id not in {one.id for one in log.events}]
    return incident


def to_tell(incidents: Iterable[Incident], now: datetime) -> set[str]:
    """Where every obligation stands: the keys that must have been told by ``now``."""
    return {one.key for incident in incidents for one in reminders(incident, None, now)}


def owed(incident: Incident, now: datetime) -> dict[str, tuple[object, ...]]:
    """What is owed by key, as far as it must not depend on the order in which the log learnt of the events."""
    return {one.key: (one.status, one.verdict, one.due, one.met_at) for one in obligations(incident, now)}


def may_tell(incidents: Iterable[Incident], until: datetime) -> set[str]:
    """Every change by time alone there was until then, also those that were overtaken before anybody looked."""
    return {
        one.key
        for incident in incidents
        for one in reminders(incident, min(event.at for event in incident.log) - timedelta(days=1), until)
    }
