"""The door: open an incident, ask what is allowed, apply or record what happened, replay a log.

An :class:`Incident` is a value: its log and what follows from it. Nothing derived is ever written down; replaying the
log gives the same incident. Only :func:`open_incident` and :func:`replay` take documents, and no function here asks
what time it is. Who acts (``by``) is taken at its word: the host authenticates, and keeps the ids of roles and of their
primary contacts out of the names people may choose.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import field, frozen

from ir_policy.duties.anew import Correction, drawn_anew, folded, in_order, inverted, order
from ir_policy.duties.case import Case, Violation
from ir_policy.duties.gates import Bite
from ir_policy.duties.ledger import Moves
from ir_policy.duties.severity import Classification, classify_bits, known_fact
from ir_policy.duties.suggested import suggestions
from ir_policy.errors import EventInvalid, LogInvalid, PolicyMismatch, Problem, QuestionInvalid, Refusal, Refused
from ir_policy.log.events import Corrected, Detected, Event, FactsReported, Notice, RoleChange, StepDone
from ir_policy.log.history import FactState, Tenure
from ir_policy.log.wire import Log, PolicyPin
from ir_policy.rules.model import Policy
from ir_policy.terms import FrozenMap, Phase, Severity, instant, nearest

__all__ = ["Incident", "Levels", "Step", "apply", "check", "open_incident", "record", "replay"]


@frozen
class Levels:
    """The levels of an incident: what governs duties, what was decided, what the rules propose, how it began, its worst."""

    governing: Severity | None
    """``None`` while nobody has assessed it and no fact supports a level."""
    decided: Severity | None
    provisional: Severity | None
    """Raised by somebody other than the commander since the last decision."""
    initial: Severity | None
    peak: Severity | None


@frozen(eq=False)
class Incident:
    """One incident: its log, and everything that follows from it under its policy. It never changes.

    Two incidents are equal when their policies and logs are.
    """

    policy: Policy
    log: tuple[Event, ...]
    """Every event in the order it was recorded."""
    _case: Case = field(repr=False)
    _positions: dict[str, int] = field(repr=False)
    _last: tuple[datetime, datetime] = field(repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Incident) and (self.policy.digest, self.log) == (other.policy.digest, other.log)

    def __hash__(self) -> int:
        return hash((self.policy.digest, self.log))

    def __repr__(self) -> str:
        return f"<Incident {self.id}, {self.seq} events, {self.policy.id} {self.policy.version}>"

    @property
    def id(self) -> str:
        return self.log[0].incident

    @property
    def seq(self) -> int:
        """How many events the log holds; a host appends under this number."""
        return len(self.log)

    @property
    def head(self) -> str | None:
        """The hash of the last line of a chained log; ``None`` for a plain one."""
        return None

    @property
    def pin(self) -> PolicyPin:
        """What the header of this incident's log says."""
        return PolicyPin(self.policy.id, self.policy.version, self.policy.digest)

    @property
    def severity(self) -> Levels:
        level = self._case.level
        return Levels(level.governing, level.decided, level.raised, level.initial, level.peak)

    @property
    def proposed(self) -> Classification:
        """What the rules propose from the facts, with the reasons and the open questions."""
        return classify_bits(self.policy, self._case.history.yes, self._case.history.no)

    @property
    def phase(self) -> Phase:
        return self._case.history.phase

    @property
    def episode(self) -> int:
        """0 until the incident is first reopened."""
        return self._case.history.episode

    @property
    def closed(self) -> bool:
        return self._case.history.closed_at is not None

    @property
    def outcome(self) -> str:
        """How it was closed; empty while it is open."""
        return self._case.history.outcome

    @property
    def merged_into(self) -> str:
        """The incident this one goes on as; empty while it is on its own. Both records stay."""
        return self._case.history.merged_into

    @property
    def drill(self) -> bool:
        return self._case.history.drill

    @property
    def complete(self) -> bool:
        """Whether this version knows every event of the log."""
        return not self._case.history.opaque

    @property
    def facts(self) -> FrozenMap[str, FactState]:
        """What was last reported about each fact."""
        return FrozenMap(dict(sorted(self._case.history.facts.items())))

    @property
    def marks(self) -> FrozenMap[str, datetime]:
        """Where each mark of this episode, or of the whole incident, stands."""
        return FrozenMap({name: stamp.at for name, stamp in sorted(self._case.history.marks.items())})

    @property
    def roles(self) -> FrozenMap[str, tuple[Tenure, ...]]:
        """Who holds each role now."""
        holders = self._case.history.holders
        return FrozenMap({role: tuple(people.values()) for role, people in sorted(holders.items()) if people})

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Everything that happened against a rule, in the order it happened."""
        return self._case.violations


@frozen(eq=False)
class Step:
    """What one event did: the new incident, and what moved. Obligations are named by key."""

    incident: Incident
    event: Event
    opened: tuple[str, ...] = ()
    revived: tuple[str, ...] = ()
    tightened: tuple[str, ...] = ()
    discharged: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    """Marks that were set or moved."""
    level: tuple[Severity | None, Severity | None] = (None, None)
    """The governing level before and after."""
    violations: tuple[Violation, ...] = ()
    dropped: tuple[str, ...] = ()
    """Obligations that are no more: they would have opened by time and never did, or rested on what was corrected."""
    corrections: tuple[Correction, ...] = ()
    """Conclusions that had been drawn and that this event changed."""
    late: bool = False
    """Whether it was known late enough for conclusions to be drawn anew."""
    suggested: tuple[str, ...] = ()
    """What a person should know or do next, in words."""


def open_incident(policy: Policy, event: Detected) -> Step:
    """A new incident from its first signal.

    Raises :class:`~ir_policy.errors.QuestionInvalid` when the event is not a detection.
    """
    _need_policy(policy)
    if not isinstance(event, Detected):
        raise QuestionInvalid([Problem("event", "an incident is opened by a signal", "pass ir.Detected(…)")])
    case = Case(policy)
    moves = case.advance(event)
    incident = Incident(policy, (event,), case, {event.id: 0}, order(event))
    return _step(incident, event, moves, None)


def check(incident: Incident, event: Event) -> tuple[Refusal, ...]:
    """Every reason why the event may not happen; ``()`` means go ahead. Changes nothing.

    Raises :class:`~ir_policy.errors.EventInvalid` when the event itself is malformed for this incident: another
    incident's, a known id with other content, a fact, step or role the policy does not know.
    """
    known = _admit(incident, event)
    if known:
        return ()
    problems = _unknown_words(incident.policy, event)
    if problems:
        raise EventInvalid(problems)
    return tuple(bite.refusal for bite in _bites(incident, event))


def apply(incident: Incident, event: Event) -> Step:
    """Let the event happen if the policy allows it.

    Raises :class:`~ir_policy.errors.Refused` with every refusal, and :class:`~ir_policy.errors.EventInvalid` as
    :func:`check` does; the incident given still stands.
    """
    refusals = check(incident, event)
    if refusals:
        raise Refused(refusals)
    return record(incident, event)


def record(incident: Incident, event: Event) -> Step:
    """Take in what did happen, allowed or not: a happening counts, and what the policy forbade is kept as a violation.

    An act of power without authority is kept, flagged, and has no effect. An event known already changes nothing.
    Raises :class:`~ir_policy.errors.EventInvalid` for an event of another incident, or a known id with other content.
    """
    if _admit(incident, event):
        return Step(incident, event, level=(incident._case.level.governing,) * 2)
    log = (*incident.log, event)
    if _belongs_before(incident, event):
        return _step(_folded(incident.policy, log), event, None, incident)
    case = incident._case.branch()
    moves = case.advance(event)
    positions = {**incident._positions, event.id: incident.seq}
    return _step(Incident(incident.policy, log, case, positions, order(event)), event, moves, incident)


def replay(policy: Policy, log: Log | Iterable[Event], *, known_at: datetime | None = None) -> Incident:
    """The incident a log says; the same as recording its events one by one.

    ``known_at`` leaves out what the log had not learnt by then. Raises :class:`~ir_policy.errors.PolicyMismatch` when
    the log's header names another document, :class:`~ir_policy.errors.LogInvalid` when it is not the log of one
    incident, and :class:`~ir_policy.errors.QuestionInvalid` when ``known_at`` is asked of events without a recording time.
    """
    _need_policy(policy)
    if isinstance(log, Log):
        if not isinstance(log.policy, (PolicyPin, type(None))):
            raise QuestionInvalid([Problem("log.policy", "does not name a document", "use what read_log returned")])
        if log.policy is not None and log.policy.digest != policy.digest:
            expected = f"'{log.policy.id}@{log.policy.version}' ({log.policy.digest[:15]})"
            raise PolicyMismatch(expected, f"'{policy.id}@{policy.version}' ({policy.digest[:15]})")
        log = log.events
    events = _one_incident(log)
    if known_at is not None:
        events = known_by(events, instant(known_at, "known_at"))
    if known_at is not None and not any(isinstance(event, Detected) for event in events):
        raise QuestionInvalid([Problem("known_at", "the log knew of no incident yet", "ask for a later instant")])
    if not any(isinstance(event, Detected) for event in events):
        raise LogInvalid(0, "no signal detected this incident; a log holds at least one 'detected'")
    return _folded(policy, events)


# --- the fold -------------------------------------------------------------------------------------------


def _folded(policy: Policy, log: tuple[Event, ...]) -> Incident:
    """Sort once, then fold once."""
    events, bites = in_order(policy, log)
    case = Case(policy)
    for event in events:
        case.advance(event, bites.get(event.id, ()))
    positions = {event.id: index for index, event in enumerate(log)}
    return Incident(policy, log, case, positions, order(events[-1]))


def _belongs_before(incident: Incident, event: Event) -> bool:
    """Whether the log must be folded afresh: the event stands before others, or something in the log was corrected."""
    corrected = any(isinstance(earlier, Corrected) for earlier in incident.log)
    return corrected or inverted(event, incident._last)


def _bites(incident: Incident, event: Event) -> tuple[Bite, ...]:
    """What forbids the event at its own place in the order."""
    if not _belongs_before(incident, event):
        return incident._case.forbidden(event)
    events, ineffective = in_order(incident.policy, (*incident.log, event))
    here = next(one for one in events if one.id == event.id)
    case = folded(incident.policy, (*incident.log, event), until=lambda one: one.id == event.id)
    return (*case.forbidden(here), *ineffective.get(event.id, ()))


# --- admission ------------------------------------------------------------------------------------------


def _need_policy(policy: object) -> None:
    if not isinstance(policy, Policy):
        raise QuestionInvalid([Problem("policy", "is not a loaded policy", "pass what load_policy returned")])


def _admit(incident: object, event: object) -> bool:
    """Whether the event is known already; refuses what can be no event of this incident."""
    if not isinstance(incident, Incident):
        raise QuestionInvalid([Problem("incident", "is not an incident", "pass what open_incident or replay returned")])
    if not isinstance(event, Event):
        raise QuestionInvalid([Problem("event", "is not an event", "make one with its class, or read_event")])
    if event.incident != incident.id:
        raise EventInvalid([Problem("incident", f"'{event.incident}' is not this incident, '{incident.id}'")])
    position = incident._positions.get(event.id)
    if position is None:
        return False
    if incident.log[position] != event:
        raise EventInvalid(
            [Problem("id", f"event '{event.id}' is in the log with other content", "give it an id of its own")]
        )
    return True


def _one_incident(log: Iterable[Event]) -> tuple[Event, ...]:
    events: dict[str, Event] = {}
    try:
        items = list(log)
    except TypeError:
        raise QuestionInvalid([Problem("log", "is not a log", "pass what read_log returned, or events")]) from None
    for index, event in enumerate(items):
        if not isinstance(event, Event):
            raise QuestionInvalid([Problem(f"log[{index}]", "is not an event", "read the log with read_log")])
        if event.incident != items[0].incident:
            raise LogInvalid(
                index, f"this event belongs to incident '{event.incident}', the first one to '{items[0].incident}'"
            )
        if event.id in events and events[event.id] != event:
            raise EventInvalid(
                [Problem("id", f"event '{event.id}' is in the log with other content", "give it an id of its own")]
            )
        events.setdefault(event.id, event)
    return tuple(events.values())


def known_by(events: tuple[Event, ...], known_at: datetime) -> tuple[Event, ...]:
    """What the log had learnt by then. A recording time nobody knows cannot be guessed."""
    unknown = [event for event in events if event.recorded_at is None and event.at <= known_at]
    if unknown:
        what = f"{len(unknown)} events have no recorded_at, the first is '{unknown[0].id}'"
        raise QuestionInvalid(
            [Problem("known_at", what, "ask without known_at, or record when the log learnt of each event")]
        )
    return tuple(event for event in events if event.recorded_at is not None and event.recorded_at <= known_at)


def _unknown_words(policy: Policy, event: Event) -> list[Problem]:
    """Ids in an event that this policy does not know: most likely slips of the pen."""
    problems = []
    if isinstance(event, FactsReported):
        for fact in event.facts:
            if not known_fact(policy, fact):
                problems.append(Problem(f"facts.{fact}", f"unknown fact '{fact}'", nearest(fact, policy.facts)))
    if isinstance(event, StepDone) and event.step not in policy.steps:
        problems.append(Problem("step", f"unknown step '{event.step}'", nearest(event.step, policy.steps)))
    if isinstance(event, RoleChange) and event.role not in policy.roles:
        problems.append(Problem("role", f"unknown role '{event.role}'", nearest(event.role, policy.roles)))
    if isinstance(event, Notice):
        for duty in event.duties:
            if duty not in policy.duties:
                problems.append(Problem("duties", f"unknown duty '{duty}'", nearest(duty, policy.duties)))
    return problems


# --- steps ----------------------------------------------------------------------------------------------


def _step(after: Incident, event: Event, moves: Moves | None, before: Incident | None) -> Step:
    late = before is not None and inverted(event, before._last)
    if moves is None:
        assert before is not None
        moves = _moves_between(before._case, after._case)
    anew: tuple[Correction, ...] = ()
    if before is not None:
        anew = drawn_anew(before._case, after._case, event, max(before._last[0], event.at), late)
    old_violations = set(before._case.violations) if before is not None else set()
    return Step(
        incident=after,
        event=event,
        opened=tuple(moves.opened),
        revived=tuple(moves.revived),
        tightened=tuple(moves.tightened),
        discharged=tuple(moves.discharged),
        cancelled=tuple(moves.cancelled),
        waived=tuple(moves.waived),
        lapsed=tuple(moves.lapsed),
        dropped=tuple(moves.dropped),
        corrections=anew,
        moved=_moved(before, after),
        level=(before._case.level.governing if before is not None else None, after._case.level.governing),
        violations=tuple(v for v in after._case.violations if v not in old_violations),
        late=late or bool(anew),
        suggested=suggestions(after._case, event, moves, _unknown_words(after.policy, event)),
    )


def _moved(before: Incident | None, after: Incident) -> tuple[str, ...]:
    old = before._case.history.marks if before is not None else {}
    new = after._case.history.marks
    return tuple(sorted(name for name in new if old.get(name) != new[name]))


def _moves_between(before: Case, after: Case) -> Moves:
    """What a refold changed, as if one step had done it."""
    moves = Moves()
    old, new = before.ledger.entries, after.ledger.entries
    by_status = {
        "discharged": moves.discharged,
        "cancelled": moves.cancelled,
        "waived": moves.waived,
        "lapsed": moves.lapsed,
    }
    for key in sorted(old.keys() | new.keys()):
        if key not in new:
            moves.dropped.append(key)
            continue
        status = new[key].status.value
        if key not in old:
            moves.opened.append(key)
        elif old[key].status is new[key].status:
            if _instant_of_due(old[key]) != _instant_of_due(new[key]):
                moves.tightened.append(key)
            continue
        by_status.get(status, moves.revived if key in old else []).append(key)
    return moves


def _instant_of_due(entry: object) -> object:
    due = getattr(entry, "due", None)
    return due.deadline if due is not None else None
