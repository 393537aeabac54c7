"""The timeline: what happened and what fell due, in one list; and after ``now`` what time alone will change.

It is told as the log is known today: late and corrected events stand where they belong, and what they changed in earlier
conclusions stands where the log learnt of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import field, frozen

from ir_policy.answers import detected_state
from ir_policy.duties.anew import all_drawn_anew, in_order
from ir_policy.duties.case import Case
from ir_policy.incident import Incident
from ir_policy.log.events import Detected, Event, PolicyAdopted
from ir_policy.present.changes import Told, by_event, by_time
from ir_policy.present.happened import event_words
from ir_policy.present.lines import LocalClock, short, wrapped
from ir_policy.present.result import duration, policy_json
from ir_policy.terms import instant, rfc3339

__all__ = ["Timeline", "TimelineEntry", "timeline"]

WIDTH: Final = 100
MARGIN: Final = 18
"""Columns before the text of a line: a flag, the local time, and how long after detection."""


@frozen
class TimelineEntry:
    """One thing that happened, or that time alone brings. ``at`` is UTC.

    ``kind`` is ``event`` for what somebody recorded; what it did follows it as ``level``, ``mark``, ``opened``, ``revived``,
    ``tightened``, ``attempt``, ``met``, ``cancelled``, ``waived``, ``lapsed``, ``dropped`` and ``violation``. By time alone come
    ``opened``, ``at-risk``, ``past-advice``, ``undetermined`` and ``missed``, and after ``now`` also ``due``. A ``correction`` is a
    conclusion drawn anew. ``about`` is the obligation, gate, mark or conclusion it is about, ``event`` the id of what
    did it, ``ahead`` whether it is later than the instant asked about.
    """

    at: datetime
    kind: str
    text: str
    by: str = ""
    event: str = ""
    about: str = ""
    ahead: bool = False
    precision: str = ""
    """How exactly the record knows ``at``: empty, ``minute``, ``day`` or ``month``."""
    _told: Told | None = field(default=None, repr=False, eq=False)


@frozen(eq=False)
class Timeline:
    """An incident from its first signal on, for people (:meth:`text`) and for programs (:meth:`as_json`)."""

    incident: Incident
    now: datetime
    detected: datetime
    """The first signal: what offsets are counted from."""
    entries: tuple[TimelineEntry, ...]
    """In the order of time; what an event did stands behind it."""
    left_out: int
    """Events of the log that are later than ``now``."""

    def as_json(self) -> dict[str, Any]:
        """The timeline as plain JSON material; the same incident and instant give the same bytes."""
        return {
            "as_of": rfc3339(self.now),
            "policy": policy_json(self.incident.policy),
            "incident": self.incident.id,
            "detected": rfc3339(self.detected),
            "entries": [self._entry_json(entry) for entry in self.entries],
            "left_out": self.left_out,
        }

    def _entry_json(self, entry: TimelineEntry) -> dict[str, Any]:
        since = entry.at - self.detected
        return {
            "at": rfc3339(entry.at),
            "precision": entry.precision or None,
            "since_detection": duration(since) if since >= timedelta(0) else f"-{duration(-since)}",
            "kind": entry.kind,
            "text": entry.text,
            "by": entry.by or None,
            "event": entry.event or None,
            "about": entry.about or None,
            "ahead": entry.ahead,
        }

    def text(self, *, colour: bool = False) -> str:
        """The timeline as text, 100 columns wide at most, in local time with offsets from detection."""
        return "\n".join(line.rstrip() for line in _Page(self, colour).lines()) + "\n"

    def __str__(self) -> str:
        return self.text()


def timeline(incident: Incident, now: datetime) -> Timeline:
    """What happened in an incident, what fell due by ``now``, and what time alone changes afterwards.

    Events later than ``now`` are left out and counted. Raises :class:`~ir_policy.errors.QuestionInvalid` for a naive
    ``now`` and for one before the first signal. The work is a fold of the log, and another for each late or corrected event.
    """
    at = instant(now, "now")
    detected_state(incident, at)
    log, bites = in_order(incident.opened_under, incident.log)
    past = [event for event in log if event.at <= at]
    case = Case(incident.opened_under)
    entries: list[TimelineEntry] = []
    since: datetime | None = None
    for index, event in enumerate(past):
        if since is not None:
            entries += _told(by_time(case, since, event.at), ahead=False)
        before, case = case, case.branch()
        moves = case.advance(event, bites.get(event.id, ()), past[:index] if isinstance(event, PolicyAdopted) else ())
        entries.append(_happened(incident, event))
        entries += _told(by_event(before, case, event, moves), ahead=False)
        since = event.at
    assert since is not None  # it was detected
    entries += _told(by_time(case, since, at), ahead=False)
    entries += _corrections(incident, at)
    entries.sort(key=lambda entry: entry.at)
    entries += sorted(_told(by_time(case, at, None), ahead=True), key=lambda entry: entry.at)
    detected = min(event.at for event in past if isinstance(event, Detected))
    return Timeline(incident, at, detected, tuple(entries), len(log) - len(past))


def _happened(incident: Incident, event: Event) -> TimelineEntry:
    clock = LocalClock(incident.policy.calendar.zone, event.at)
    words = event_words(incident.policy, event, clock.since)
    return TimelineEntry(event.at, "event", words, by=event.by, event=event.id, precision=event.precision)


def _told(found: Iterator[Told], ahead: bool) -> Iterator[TimelineEntry]:
    for told in found:
        if ahead and told.kind == "missed":
            told = told._replace(kind="due", before=told.before.replace("MISSED", "due", 1))
        yield TimelineEntry(told.at, told.kind, told.text(), event=told.event, about=told.about, ahead=ahead, told=told)


def _corrections(incident: Incident, at: datetime) -> Iterator[TimelineEntry]:
    """Conclusions drawn anew, where the log learnt better."""
    by_id = {event.id: event for event in incident.log}
    for one in all_drawn_anew(incident.opened_under, [event for event in incident.log if event.at <= at]):
        event = by_id[one.event]
        learnt = event.recorded_at if event.recorded_at is not None else event.at
        text = f"concluded anew: {one.what}: {one.before} -> {one.after} ({' '.join(one.reason.split())})"
        yield TimelineEntry(min(learnt, at), "correction", text, by=event.by, event=event.id, about=one.what)


# --- the page -------------------------------------------------------------------------------------------


class _Page:
    """The text of one timeline."""

    def __init__(self, shown: Timeline, colour: bool) -> None:
        self.shown = shown
        self.clock = LocalClock(shown.incident.policy.calendar.zone, shown.now)
        self.colour = colour
        self.day = ""

    def lines(self) -> Iterator[str]:
        shown, zone = self.shown, self.shown.incident.policy.calendar.zone_name
        local = shown.now.astimezone(self.clock.zone)
        yield self._tint(
            f"{shown.incident.id}  timeline as of {local:%a %d %b %Y %H:%M} {zone} ({shown.now:%d %b %H:%MZ})", "1"
        )
        yield "times are local; + counts from detection"
        yield from self._part([entry for entry in shown.entries if not entry.ahead and not self._unsaid(entry)])
        ahead = [entry for entry in shown.entries if entry.ahead]
        if ahead:
            yield ""
            yield self._tint("STILL TO COME, if nothing happens", "1")
            self.day = ""
            yield from self._part(ahead)
        if shown.left_out:
            yield ""
            yield f"{shown.left_out} events of the log are later than this instant and left out"

    def _unsaid(self, entry: TimelineEntry) -> bool:
        """What the text leaves out of what has been: warnings that have passed, doubts that the next minute settled."""
        if entry.kind != "undetermined":
            return entry.kind == "at-risk"
        missed = (one.at for one in self.shown.entries if one.kind == "missed" and one.about == entry.about)
        return any(timedelta(0) <= at - entry.at <= timedelta(minutes=1) for at in missed)

    def _part(self, entries: list[TimelineEntry]) -> Iterator[str]:
        """The entries under their days; several recipients of the same thing on one line."""
        groups: list[list[TimelineEntry]] = []
        for entry in entries:
            alike = groups and _alike(groups[-1][0], entry)
            if alike:
                groups[-1].append(entry)
            else:
                groups.append([entry])
        for group in groups:
            first = group[0]
            if not (first.event and first.kind != "event"):
                yield from self._heading(first)
            yield from self._line(group)

    def _heading(self, entry: TimelineEntry) -> Iterator[str]:
        day = f"{entry.at.astimezone(self.clock.zone):%a %d %b %Y}"
        if day != self.day:
            self.day = day
            yield ""
            yield day

    def _line(self, group: list[TimelineEntry]) -> Iterator[str]:
        first = group[0]
        consequence = bool(first.event) and first.kind not in ("event", "correction")
        loud = first.kind in ("missed", "violation") and not first.ahead
        flag = "!" if loud else " "
        when = "" if consequence else f"{self._time(first)} {self._offset(first)}"
        indent = "  " if consequence else ""
        text = f"{first.by}: {first.text}" if first.kind in ("event", "correction") else _joined(group)
        rows = wrapped(f"{indent}{text}", WIDTH - MARGIN)
        for index, row in enumerate(rows):
            head = f"{flag} {when}" if index == 0 else ""
            yield self._tint(f"{head:<{MARGIN}}{row}", "31" if loud else "")

    def _time(self, entry: TimelineEntry) -> str:
        if entry.precision in ("day", "month"):
            return f"{entry.precision:<5}"
        return f"{entry.at.astimezone(self.clock.zone):%H:%M}"

    def _offset(self, entry: TimelineEntry) -> str:
        since = entry.at - self.shown.detected
        if since == timedelta(0):
            return "+0"
        return f"+{short(since)}" if since > timedelta(0) else f"-{short(-since)}"

    def _tint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text


def _alike(one: TimelineEntry, other: TimelineEntry) -> bool:
    """Whether both say the same of several recipients."""
    if one._told is None or other._told is None:
        return False
    return (one.at, one.kind, one.event, one._told.before, one._told.after) == (
        other.at, other.kind, other.event, other._told.before, other._told.after,
    ) and one._told.recipient != "" != other._told.recipient  # fmt: skip


def _joined(group: list[TimelineEntry]) -> str:
    told = group[0]._told
    if told is None:
        return group[0].text
    return told.text(*(entry._told.recipient for entry in group[1:] if entry._told is not None))
