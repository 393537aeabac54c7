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
from ir_policy.rules.model import Policy
from ir_policy.terms import Severity, Truth
from ir_policy.testing import told
from ir_policy.testing.host.contract import Host
from ir_policy.testing.host.report import Trial
from ir_policy.testing.ways import members

__all__ = [
    "HOURS",
    "START",
    "Story",
    "everything_at_once",
    "last_of",
    "may_tell",
    "owed",
    "stored",
    "strangers",
    "to_tell",
    "written",
]

START: Final = datetime(2026, 4, 3, 8, 5, tzinfo=timezone.utc)
HOURS: Final = timedelta(hours=240)
"""By so long after a story everything that is short is due."""

Story = Callable[[str], Sequence[Event]]
"""The events of an incident with that id: a signal first, each with an id and at an instant of its own, in order."""


def everything_at_once(policy: Policy) -> Story:
    """A story for any policy: every fact it knows is so, a breach is confirmed, and nobody is told of anything."""
    one_of_each = [f"{family}/{members(policy, family)[0]}" for family in policy.families if members(policy, family)]
    names = sorted({*policy.facts, *one_of_each})
    reported: list[dict[str, object]] = [{"facts": facts} for facts in _quarters(names) if facts]
    acts: list[tuple[str, dict[str, object]]] = [
        ("detected", {"source": "monitor"}),
        *(("facts-reported", said) for said in reported[:2]),
        ("severity-decided", {"severity": Severity.SEV0}),
        *(("facts-reported", said) for said in reported[2:]),
        ("breach-finding", {"finding": "confirmed"}),
        ("note", {"text": "the first night"}),
    ]

    def story(incident: str) -> list[Event]:
        instants = [START + timedelta(minutes=number) for number in range(len(acts))]
        return [
            told(kind, at, "kit", incident, id=f"event-{number}", recorded_at=at, **said)
            for number, (at, (kind, said)) in enumerate(zip(instants, acts, strict=True))
        ]

    return story


def _quarters(names: Sequence[str]) -> list[dict[str, Truth]]:
    return [dict.fromkeys(names[part::4], Truth.YES) for part in range(4)]


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
        lines = list(host.lines(id_))
        log = read_log(lines)
        if log.chain is None:
            trial.broken.append(f"{id_}: its lines are not chained")
            return None
        there = {event.id for event in log.events}
        trial.miss(f"{id_}: {event.id}" for event in story if event.id not in there)
        adopted = [host.newer] if host.newer is not None else []
        return replay(host.policy, read_log(lines, head=head, seq=seq), adopted=adopted)
    except IRPolicyError as error:
        trial.broken.append(f"{id_}: {error}")
        return None


def strangers(trial: Trial, incident: Incident, story: Sequence[Event]) -> None:
    """Events in a log that nobody handed in are such as were stored twice."""
    known = {event.id for event in story}
    trial.doubled += [f"{incident.id}: {event.id}" for event in incident.log if event.id not in known]


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
