"""The card of an incident on the tracking board: the fields the policy names for it, filled from the incident."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from attrs import frozen

from ir_policy.answers import detected_state
from ir_policy.duties.anew import in_order
from ir_policy.duties.case import Case
from ir_policy.duties.own_rules import who_may
from ir_policy.duties.severity import classify_bits
from ir_policy.incident import Incident
from ir_policy.log.events import Detected, Event, SeverityDecided
from ir_policy.present.custody import evidence
from ir_policy.present.happened import event_words
from ir_policy.present.levels import level_words
from ir_policy.present.lines import LocalClock, short, wrapped
from ir_policy.present.response import channels_of
from ir_policy.present.result import policy_json
from ir_policy.rules.about import NOT_SET, Objective
from ir_policy.rules.conditions import atoms
from ir_policy.rules.model import Policy
from ir_policy.terms import Truth, instant, rfc3339, show

__all__ = ["Board", "BoardField", "board"]

WIDTH: Final = 100
VIEW: Final = "board"
"""What a tool of the policy says that is filled from here."""
FEATURES: Final = "feature"
"""The family of facts that says which features are affected."""
RECOVERED: Final = "recovered"
"""The kind of event that ends what recovery is measured by."""


@frozen
class BoardField:
    """One field of the card, as the policy names it."""

    id: str
    means: str
    available: bool
    """Whether this version of the library can fill it; a field nobody here knows stays on the card and says so."""
    lines: tuple[str, ...]
    """What stands there, in local time; empty where nothing is known or the field is not available."""


@frozen(eq=False)
class Board:
    """The card of an incident as of an instant, for people (:meth:`text`) and for programs (:meth:`as_json`)."""

    incident: Incident
    now: datetime
    summary: str
    """What the first signal said it was about; empty where it said nothing."""
    severity: str
    """The governing level; empty while there is none."""
    phase: str
    episode: int
    outcome: str
    """How it was closed; empty while it is open."""
    commander: tuple[str, ...]
    """Who holds the role that decides the level; its first contact while nobody does."""
    channels: tuple[str, ...]
    links: tuple[str, ...]
    """References to pages that the log names as evidence, in order."""
    merged_into: str
    fields: tuple[BoardField, ...]
    """Exactly those the policy names for its board, in order of their ids."""

    def as_json(self) -> dict[str, Any]:
        """The card as plain JSON material; the same incident and instant give the same bytes."""
        return {
            "as_of": rfc3339(self.now),
            "policy": policy_json(self.incident.policy),
            "incident": self.incident.id,
            "summary": self.summary or None,
            "severity": self.severity or None,
            "phase": self.phase,
            "episode": self.episode,
            "outcome": self.outcome or None,
            "commander": list(self.commander),
            "channels": list(self.channels),
            "links": list(self.links),
            "merged_into": self.merged_into or None,
            "fields": [
                {"field": one.id, "means": one.means, "available": one.available, "lines": list(one.lines)}
                for one in self.fields
            ],
        }

    def text(self) -> str:
        """The card as text, in local time, 100 columns wide at most."""
        return "\n".join(line.rstrip() for line in _lines(self)) + "\n"

    def __str__(self) -> str:
        return self.text()


def board(incident: Incident, now: datetime) -> Board:
    """The incident's card for a tracking board: level with its reason, timeline, affected features, how recovery stands.

    Its fields are exactly those the policy names for the tool that is ``shown_by: board``; one that this version cannot fill stays on the card and
    says that it is not available. It is no payload of any product. Raises :class:`~ir_policy.errors.QuestionInvalid` for a naive
    ``now`` and for one before the first signal. The source: each incident is a card with level, timeline, affected features and
    recovery status (clause ``tooling/tracking-board``).
    """
    at = instant(now, "now")
    case = detected_state(incident, at)
    log, _ = in_order(incident.opened_under, incident.log)
    past = tuple(event for event in log if event.at <= at)
    seen = _Seen(incident, case, past, at, LocalClock(case.policy.calendar.zone, at))
    level, history = case.level.governing, case.history
    return Board(
        incident=incident, now=at,
        summary=next((event.summary for event in past if isinstance(event, Detected) and event.summary), ""),
        severity=level.value if level is not None else "", phase=history.phase.value, episode=history.episode,
        outcome=history.outcome, commander=_commander(case), channels=channels_of(case, past),
        links=tuple(item.reference for item in evidence(incident, at).items if item.kind == "link"),
        merged_into=history.merged_into, fields=tuple(_fields(seen)),
    )  # fmt: skip


# --- its fields -----------------------------------------------------------------------------------------


@frozen(eq=False)
class _Seen:
    """What fields are filled from."""

    incident: Incident
    case: Case
    past: tuple[Event, ...]
    now: datetime
    clock: LocalClock


def _fields(seen: _Seen) -> Iterator[BoardField]:
    for tool in seen.case.policy.about.tooling.values():
        for id_, means in tool.holds.items() if tool.shown_by == VIEW else ():
            fill = _FILLED.get(id_)
            yield BoardField(id_, means, fill is not None, tuple(fill(seen)) if fill is not None else ())


def _severity(seen: _Seen) -> Iterator[str]:
    history, level = seen.case.history, seen.case.level.governing
    proposed = classify_bits(seen.case.policy, history.yes, history.no)
    name = level.value if level is not None else "not assessed"
    yield f"{name}: {level_words(seen.case, proposed, seen.past)}"


def _timeline(seen: _Seen) -> Iterator[str]:
    for event in seen.past:
        yield f"{seen.clock.since(event.at)} {event.by}: {event_words(seen.case.policy, event, seen.clock.since)}"


def _features(seen: _Seen) -> Iterator[str]:
    reported = seen.case.history.families.get(FEATURES, {})
    yield from (member for member in sorted(reported) if reported[member] is Truth.YES)


def _recovery(seen: _Seen) -> Iterator[str]:
    """How recovery stands against its time, which obligations tell, and against its point, which facts tell."""
    policy = seen.case.policy
    for objective in policy.about.objectives.values():
        if objective.duty and _ends_with_recovery(policy, objective.duty):
            yield from _time(seen, objective)
        elif set(objective.facts) & _asked_before_recovery(policy):
            yield _point(seen, objective)


def _time(seen: _Seen, objective: Objective) -> Iterator[str]:
    owed = [one for one in seen.case.obligations(seen.now) if one.duty == objective.duty]
    if not owed:
        yield f"{objective.id} ({objective.means}): nothing is owed"
    for one in owed:
        due = f"due {seen.clock.full(one.due)}" if one.due is not None else one.due_kind.replace("-", " ")
        met = f", met {seen.clock.full(one.met_at)}" if one.met_at is not None else ""
        late = one.late_by if one.late_by is not None else one.overdue_by(seen.now)
        by = f" by {short(late)}" if late else ""
        yield f"{objective.id} ({objective.means}): {one.verdict.replace('-', ' ')}{by}; {due}{met}"


def _point(seen: _Seen, objective: Objective) -> str:
    target = objective.target.value if objective.target is not None else None
    facts = seen.case.history.facts
    said = [f"{fact} {facts[fact].truth.value if fact in facts else 'not known'}" for fact in objective.facts]
    return f"{objective.id} ({objective.means}): {target or NOT_SET}; {', '.join(said)}"


_FILLED: Final[Mapping[str, Callable[[_Seen], Iterator[str]]]] = {
    "severity": _severity,
    "timeline": _timeline,
    "affected-features": _features,
    "recovery-status": _recovery,
}
"""The fields of a board that can be filled from an incident, by the id the policy gives them."""


def _ends_with_recovery(policy: Policy, duty: str) -> bool:
    return any(act.kind == "event" and RECOVERED in act.names for rule in policy.rules_of(duty) for act in rule.met_by)


def _asked_before_recovery(policy: Policy) -> set[str]:
    """The facts that gates on recovery ask about."""
    gates = [gate for gate in policy.gates.values() if any(act.name == RECOVERED for act in gate.forbids)]
    return {atom.name for gate in gates for atom in atoms(gate.when.source) if atom.kind == "fact"}


def _commander(case: Case) -> tuple[str, ...]:
    """Who leads: the holders of the roles that decide the level, else their first contacts."""
    names: list[str] = []
    for role in who_may(case.policy, SeverityDecided.only_kind):
        holders = case.history.holders.get(role)
        known = case.policy.roles.get(role)
        names += holders or [known.contact if known is not None else role]
    return tuple(dict.fromkeys(names))


# --- as text --------------------------------------------------------------------------------------------


def _lines(shown: Board) -> Iterator[str]:
    clock = LocalClock(shown.incident.policy.calendar.zone, shown.now)
    yield from wrapped(
        f"{show(shown.incident.id, 60)}  {shown.severity or 'not assessed'}  {' '.join(shown.summary.split())}", WIDTH
    )
    state = f"closed as {shown.outcome}" if shown.outcome else f"phase {shown.phase}"
    again = f", reopened {shown.episode} times" if shown.episode else ""
    yield from wrapped(f"{state}{again}; led by {', '.join(shown.commander)}; as of {clock.full(shown.now)}", WIDTH)
    for label, said in (
        ("channel", shown.channels),
        ("link", shown.links),
        ("goes on as", (shown.merged_into,) if shown.merged_into else ()),
    ):
        yield from (line for one in said for line in wrapped(f"{label}: {one}", WIDTH))
    for one in shown.fields:
        yield ""
        yield one.id.replace("-", " ").upper()
        if not one.available:
            yield from wrapped(f"  not available from an incident: {one.means}", WIDTH)
        elif not one.lines:
            yield "  none known"
        for line in one.lines:
            yield from wrapped(f"  {line}", WIDTH)
