"""The door: open an incident, ask what is allowed, apply or record what happened, replay a log.

An :class:`Incident` is a value: its log and what follows from it. Nothing derived is ever written down; replaying the
log gives the same incident. A :class:`Programme` is another such value, and every function here takes either. Only :func:`open_incident` and :func:`replay` take documents, and no function here asks
what time it is. Who acts (``by``) is taken at its word: the host authenticates, and keeps the ids of roles and of their
primary contacts out of the names people may choose.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING, overload

from attrs import evolve

from ir_policy.duties.amend import hanging_on_later
from ir_policy.duties.anew import Correction, drawn_anew, folded, in_order, inverted, order
from ir_policy.duties.case import Case, Violation, fold
from ir_policy.duties.gates import Bite
from ir_policy.duties.ledger import Moves
from ir_policy.duties.severity import known_fact
from ir_policy.duties.suggested import suggestions
from ir_policy.errors import EventInvalid, LogInvalid, PolicyMismatch, Problem, QuestionInvalid, Refusal, Refused
from ir_policy.incident import Incident, Step, known_by, need_policies, pin_of
from ir_policy.log.events import Detected, Event, FactsReported, Notice, PolicyAdopted, RoleChange, StepDone
from ir_policy.log.fields import PolicyPin
from ir_policy.log.grown import Grown, LogSoFar
from ir_policy.log.wire import Log
from ir_policy.rules.model import Policy
from ir_policy.terms import instant, nearest

if TYPE_CHECKING:
    from ir_policy.log.chain import Chain
    from ir_policy.programme.value import Programme, ProgrammeStep

__all__ = ["apply", "check", "need_stream", "open_incident", "record", "replay"]


def open_incident(policy: Policy, event: Detected, *, salt: str = "") -> Step:
    """A new incident from its first signal; with a ``salt`` its log is a chained one.

    A salt is fresh for each event, secret until its line is written, 32 hexadecimal digits or more
    (``secrets.token_hex(16)``). Raises :class:`~ir_policy.errors.QuestionInvalid` when the event is not a detection, or the
    salt is none.
    """
    _need_policy(policy)
    if not isinstance(event, Detected):
        raise QuestionInvalid([Problem("event", "an incident is opened by a signal", "pass ir.Detected(…)")])
    case = Case(policy)
    moves = case.advance(event)
    incident = Incident(policy, LogSoFar([event]), case, order(event))
    step = _step(incident, event, moves, None)
    return _linked(step, _begun(incident), salt) if salt else step


def check(incident: Incident | Programme, event: Event) -> tuple[Refusal, ...]:
    """Every reason why the event may not happen in the incident or programme; ``()`` means go ahead. Changes nothing.

    Raises :class:`~ir_policy.errors.EventInvalid` when the event itself is malformed for this incident: another
    incident's, a known id with other content, a fact, step, role, exercise or scenario the policy does not know.
    """
    known = _admit(incident, event)
    if known:
        return ()
    ours = isinstance(incident, Incident)
    problems = (_unknown_words if ours else _of_programmes().unknown_words)(incident.policy, event)
    if problems:
        raise EventInvalid(problems)
    if not isinstance(incident, Incident):
        refusals: tuple[Refusal, ...] = _of_programmes().refusals(incident, event)
        return refusals
    return tuple(bite.refusal for bite in _bites(incident, event))


@overload
def apply(incident: Incident, event: Event, *, salt: str = "") -> Step: ...
@overload
def apply(incident: Programme, event: Event, *, salt: str = "") -> ProgrammeStep: ...
def apply(incident: Incident | Programme, event: Event, *, salt: str = "") -> Step | ProgrammeStep:
    """Let the event happen if the policy allows it; a chained log needs a ``salt``, see :func:`open_incident`.

    Raises :class:`~ir_policy.errors.Refused` with every refusal, and :class:`~ir_policy.errors.EventInvalid` as
    :func:`check` does; the incident given still stands.
    """
    refusals = check(incident, event)
    if refusals:
        raise Refused(refusals)
    return record(incident, event, salt=salt)


@overload
def record(incident: Incident, event: Event, *, salt: str = "") -> Step: ...
@overload
def record(incident: Programme, event: Event, *, salt: str = "") -> ProgrammeStep: ...
def record(incident: Incident | Programme, event: Event, *, salt: str = "") -> Step | ProgrammeStep:
    """Take in what did happen, allowed or not: a happening counts, and what the policy forbade is kept as a violation.

    An act of power without authority is kept, flagged, and has no effect. An event known already changes nothing,
    also when it is said to have been recorded at another time: what the log learnt first stands.
    Raises :class:`~ir_policy.errors.EventInvalid` for an event of another incident, or a known id with other content, and
    :class:`~ir_policy.errors.QuestionInvalid` for a chained log without a ``salt``, or a plain one with it.
    """
    if _admit(incident, event):
        return _known_already(incident, event)
    if bool(salt) != (incident._chain is not None):
        hint = (
            "pass salt=secrets.token_hex(16)"
            if not salt
            else "leave it out; a log is chained from its opening or not at all"
        )
        raise QuestionInvalid([Problem("salt", f"the log is {'chained' if not salt else 'a plain one'}", hint)])
    if not isinstance(incident, Incident):
        done: ProgrammeStep = _of_programmes().recorded(incident, event, salt)
        return done
    step = _taken_in(incident, event)
    return _linked(step, incident._chain, salt) if incident._chain is not None else step


def _known_already(incident: Incident | Programme, event: Event) -> Step | ProgrammeStep:
    if isinstance(incident, Incident):
        return Step(incident, event, level=(incident._case.level.governing,) * 2, known=True)
    step: ProgrammeStep = _of_programmes().ProgrammeStep(incident, event, known=True)
    return step


def _of_programmes() -> ModuleType:
    """The same functions for programmes: few need them, so they are loaded when one is at hand."""
    from ir_policy.programme import door

    return door


def need_stream(incident: object) -> None:
    """Refuse what is neither an incident nor a programme."""
    if not isinstance(incident, Incident) and not isinstance(incident, _of_programmes().Programme):
        raise QuestionInvalid([Problem("incident", "is not an incident", "pass what open_incident or replay returned")])


def _taken_in(incident: Incident, event: Event) -> Step:
    """What the event does: one step further, or the whole log again where it belongs before what was there."""
    log = incident._log.plus(event)
    another = isinstance(event, PolicyAdopted) and event.policy.digest != incident.policy.digest
    if another or _belongs_before(incident, event):
        return _step(_folded(incident.opened_under, log), event, None, incident)
    case = incident._case.branch()
    moves = case.advance(event)
    after = Incident(incident.opened_under, log, case, order(event))
    return _step(after, event, None if log.corrected else moves, incident)


@overload
def replay(
    policy: Policy,
    log: Log | Iterable[Event],
    *,
    adopted: Iterable[Policy] = (),
    known_at: datetime | None = None,
    stream: type[Incident] | None = None,
) -> Incident: ...
@overload
def replay(
    policy: Policy,
    log: Log | Iterable[Event],
    *,
    adopted: Iterable[Policy] = (),
    known_at: datetime | None = None,
    stream: type[Programme],
) -> Programme: ...
def replay(
    policy: Policy,
    log: Log | Iterable[Event],
    *,
    adopted: Iterable[Policy] = (),
    known_at: datetime | None = None,
    stream: type[Incident] | type[Programme] | None = None,
) -> Incident | Programme:
    """The incident a log says; the same as recording its events one by one. The log of a programme gives that programme.

    ``stream`` says which of the two is wanted, ``ir.Programme`` or ``ir.Incident``; for type checkers too, which without it
    take the answer for an incident.
    ``policy`` is the one the log was begun under. ``adopted`` are the others that its adoptions name, in any order; more than
    it names do no harm, and may be adopted later. ``known_at`` leaves out what the log had not learnt by then.

    Raises :class:`~ir_policy.errors.PolicyMismatch` when the log's header names another document, or an adoption one that was
    not given; :class:`~ir_policy.errors.LogInvalid` when it is not the log of one incident or programme; and
    :class:`~ir_policy.errors.QuestionInvalid` when ``known_at`` is asked of events without a recording time.
    """
    policy = _with_adopted(policy, adopted)
    chain = None
    if isinstance(log, Log):
        if not isinstance(log.policy, (PolicyPin, type(None))):
            raise QuestionInvalid([Problem("log.policy", "does not name a document", "use what read_log returned")])
        if log.policy is not None and log.policy != pin_of(policy):
            raise PolicyMismatch(_named(log.policy), _named(pin_of(policy)))
        chain = log.chain if known_at is None else None
        log = log.events
    events = _one_stream(log, stream)
    if known_at is not None:
        events = known_by(events, instant(known_at, "known_at"))
    if events and events[0].programme:
        programme: Programme = _of_programmes().folded(policy, events, chain)
        return programme
    if known_at is not None and not any(isinstance(event, Detected) for event in events):
        raise QuestionInvalid([Problem("known_at", "the log knew of no incident yet", "ask for a later instant")])
    if not any(isinstance(event, Detected) for event in events):
        raise LogInvalid(0, "no signal detected this incident; a log holds at least one 'detected'")
    for event in events:
        if isinstance(event, PolicyAdopted):
            _need_adopted(policy, event)
    return _folded(policy, LogSoFar(events), chain)


def _with_adopted(policy: Policy, adopted: Iterable[Policy]) -> Policy:
    """The policy with those at hand that may be adopted."""
    _need_policy(policy)
    try:
        newer = tuple(adopted)
    except TypeError:
        raise QuestionInvalid([Problem("adopted", "is not a list of policies", "put it in brackets")]) from None
    need_policies("adopted", newer)
    if not newer:
        return policy
    from ir_policy.rules.succession import with_newer  # few need it

    return with_newer(policy, newer)


def _at_hand(policy: Policy, event: PolicyAdopted) -> Policy | None:
    """The document that is adopted, where it was given or is the one the log was begun under."""
    return policy if event.policy.digest == policy.digest else policy.newer.get(event.policy.digest)


def _need_adopted(policy: Policy, event: PolicyAdopted) -> None:
    found = _at_hand(policy, event)
    if found is None:
        raise PolicyMismatch.at_adoption(event.policy.id, event.policy.version, event.policy.digest)
    if pin_of(found) != event.policy:
        raise PolicyMismatch(_named(event.policy), _named(pin_of(found)))


def _named(pin: PolicyPin) -> str:
    return f"'{pin.id}@{pin.version}' ({pin.digest[:15]})"


# --- the fold -------------------------------------------------------------------------------------------


def _folded(policy: Policy, log: LogSoFar, chain: Chain | None = None) -> Incident:
    """Sort once, then fold once."""
    events, bites = in_order(policy, log.events)
    return Incident(policy, log, fold(Case(policy), events, bites), order(events[-1]), chain)


def _begun(incident: Incident) -> Chain:
    """The chain that begins with this incident's header."""
    from ir_policy.log.chain import Chain  # few need it

    return Chain.begun(incident.header)


def _linked(step: Step, chain: Chain, salt: str) -> Step:
    """The step with its line on the chain."""
    longer, line = chain.link(step.event, salt)
    return evolve(step, incident=evolve(step.incident, chain=longer), line=line)


def _belongs_before(incident: Incident, event: Event) -> bool:
    """Whether the log must be folded afresh: the event stands before others, or a correction may hang on it."""
    hanging = hanging_on_later(incident.opened_under)
    return inverted(event, incident._last) or not incident._log.corrected.isdisjoint(hanging)


def _bites(incident: Incident, event: Event) -> tuple[Bite, ...]:
    """What forbids the event at its own place in the order."""
    if not _belongs_before(incident, event):
        return incident._case.forbidden(event)
    events, ineffective = in_order(incident.opened_under, (*incident.log, event))
    here = next(one for one in events if one.id == event.id)
    case = folded(incident.opened_under, (*incident.log, event), until=lambda one: one.id == event.id)
    return (*case.forbidden(here), *ineffective.get(event.id, ()))


# --- admission ------------------------------------------------------------------------------------------


def _need_policy(policy: object) -> None:
    if not isinstance(policy, Policy):
        raise QuestionInvalid([Problem("policy", "is not a loaded policy", "pass what load_policy returned")])


def _admit(incident: Incident | Programme, event: object) -> bool:
    """Whether the event is known already; refuses what can be no event of this incident or programme."""
    if not isinstance(incident, Incident):
        need_stream(incident)
    if not isinstance(event, Event):
        raise QuestionInvalid([Problem("event", "is not an event", "make one with its class, or read_event")])
    if not event.shares_log_with(incident._log.events[0]):
        what = f"{event.stream} is not this one, {incident._log.events[0].stream}"
        if isinstance(incident, Incident) and not event.programme:
            what = f"'{event.incident}' is not this incident, '{incident.id}'"
        raise EventInvalid([Problem("programme" if event.programme else "incident", what)])
    known = incident._log.of_id(event.id)
    if known is None:
        if isinstance(event, PolicyAdopted) and isinstance(incident, Incident):
            _admit_adopted(incident.opened_under, event)
        return False
    if known is not event and not known.says_the_same(event):
        raise EventInvalid(
            [Problem("id", f"event '{event.id}' is in the log with other content", "give it an id of its own")]
        )
    return True


def _admit_adopted(policy: Policy, event: PolicyAdopted) -> None:
    """Refuse a document that is not at hand, and a digest that is said to be that of another one."""
    found = _at_hand(policy, event)
    if found is None:
        hint = "load it, and go on with incident.knowing(policy)"
        raise EventInvalid([Problem("policy", f"{_named(event.policy)} is not at hand", hint)])
    if pin_of(found) != event.policy:
        what = f"{_named(event.policy)} is not what has that digest"
        raise EventInvalid([Problem("policy", what, f"the document of that digest is {_named(pin_of(found))}")])


def _one_stream(log: Iterable[Event], wanted: type | None) -> tuple[Event, ...]:
    events: dict[str, Event] = {}
    try:
        items = list(log)
    except TypeError:
        raise QuestionInvalid([Problem("log", "is not a log", "pass what read_log returned, or events")]) from None
    for index, event in enumerate(items):
        if not isinstance(event, Event):
            raise QuestionInvalid([Problem(f"log[{index}]", "is not an event", "read the log with read_log")])
        if not event.shares_log_with(items[0]):
            raise LogInvalid(index, event.strays_from(items[0], "the first one"))
        if wanted is not None and (wanted is Incident) is bool(event.programme):
            raise LogInvalid(index, f"this event belongs to {event.stream}, where the log of another kind is wanted")
        if event.id in events and not events[event.id].says_the_same(event):
            raise EventInvalid(
                [Problem("id", f"event '{event.id}' is in the log with other content", "give it an id of its own")]
            )
        events.setdefault(event.id, event)
    return tuple(events.values())


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
            if not policy.rules_of(duty):
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
    fresh = _fresh(before._case.violations if before is not None else (), after._case.violations)
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
        violations=fresh,
        late=late or bool(anew),
        suggested=suggestions(after._case, event, moves, _unknown_words(after.policy, event), fresh),
    )


def _fresh(before: Sequence[Violation], after: Grown[Violation]) -> tuple[Violation, ...]:
    """The violations that were none before."""
    if after is before:
        return ()
    if not before or (isinstance(before, Grown) and after.shares_with(before)):
        return after[len(before) :]  # they only grew
    old = set(before)
    return tuple(violation for violation in after if violation not in old)


def _moved(before: Incident | None, after: Incident) -> tuple[str, ...]:
    old = before._case.history.marks if before is not None else {}
    new = after._case.history.marks
    if new is old:
        return ()
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
