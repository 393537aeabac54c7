"""What callers do: open an incident, add to it, ask whether they may. No HTTP here.

A race is settled by the store: whoever named the head they saw is told the new one; whoever named none is tried again,
and checked again, on what the log has become.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ir_policy as ir
from portal_backend.answers import only_the_actor
from portal_backend.authority import beyond_the_token
from portal_backend.bodies import is_incident_id
from portal_backend.people import Person
from portal_backend.store import Kept, Moved, Store, Unknown

__all__ = ["Done", "Forbidden", "add", "asked", "erase", "open_"]

TRIES: Final = 10


@dataclass(frozen=True)
class Done:
    """What an event did, its place in the log, and whether it is new there."""

    step: ir.Step
    seq: int
    new: bool


class Forbidden(Exception):
    """Nothing was stored: the policy or the token does not allow it. ``actor`` says that somebody else could do it."""

    def __init__(self, refusals: tuple[ir.Refusal, ...], *, actor: bool) -> None:
        super().__init__(refusals)
        self.refusals = refusals
        self.actor = actor


def open_(store: Store, body: Mapping[str, Any], person: Person, policy: str | None = None) -> Done:
    """Open an incident by its first signal. The same signal again changes nothing; another one finds it open already."""
    said = {"kind": "detected", **body}
    id_ = said.get("incident")
    problems = []
    if not isinstance(id_, str) or not is_incident_id(id_):
        hint = "write letters, digits, '.', '_' and '-', at most 64, a letter or digit first"
        problems.append(ir.Problem("incident", "is no id of an incident", hint))
    if said["kind"] != "detected":
        problems.append(ir.Problem("kind", "an incident is opened by a signal", "write detected, or leave it out"))
    if problems:
        raise ir.EventInvalid(problems)
    assert isinstance(id_, str)
    try:
        return _opened_before(store, store.load(id_), said, person)
    except Unknown:
        pass
    now, chosen = store.now(), _policy(store, policy)
    event = _said(said, id_, person, now)
    assert isinstance(event, ir.Detected)
    _need_token(chosen, event, person)
    step = ir.open_incident(chosen, event, salt=secrets.token_hex(16))
    try:
        store.open(step, now)
    except Moved:  # somebody opened it meanwhile: perhaps this caller, trying twice
        return _opened_before(store, store.load(id_), said, person)
    return Done(step, 1, new=True)


def add(
    store: Store, id_: str, body: Mapping[str, Any], person: Person, *, head: str | None = None, record: bool = False
) -> Done:
    """Add an event if the policy allows it; with ``record`` also what happened against it. A retry changes nothing.

    Raises :class:`~portal_backend.store.Moved` if ``head`` is given and no longer the head of the log.
    """
    for left in reversed(range(TRIES)):
        kept = store.load(id_)
        try:
            return _added(store, kept, body, person, head, record)
        except Moved as moved:  # words may have been erased meanwhile: then the head is still the one that was named
            if head not in (None, moved.head) or not left:
                raise
    raise AssertionError("unreachable")


def asked(store: Store, id_: str, body: Mapping[str, Any], person: Person) -> tuple[Kept, ir.Event, Any]:
    """Whether an event may happen now: the incident, the event, and every reason why not."""
    kept = store.load(id_)
    event = _said(body, kept.incident, person, store.now(kept))
    incident = _knowing(store, kept.incident, event)
    return kept, event, (*beyond_the_token(incident.policy, event, person), *ir.check(incident, event))


def erase(store: Store, id_: str, names: Iterable[str], texts: Iterable[str], *, head: str | None = None) -> int:
    """Take names and free texts out of a log for good; in how many events they stood. The head stays.

    Raises :class:`Forbidden` while a freeze stands, since what is affected by the incident is not erased then, and
    :class:`~portal_backend.store.Moved` if ``head`` is given and no longer the head of the log.
    """
    names, texts = frozenset(names), frozenset(texts)
    for left in reversed(range(TRIES)):
        kept = store.load(id_)
        if head not in (None, kept.head):
            raise Moved(kept.seq, kept.head)
        if kept.incident.frozen_since is not None:
            raise Forbidden((_frozen(kept.incident.policy),), actor=False)
        try:
            return store.erase(id_, names, texts, kept.head)
        except Moved:
            if head is not None or not left:
                raise
    raise AssertionError("unreachable")


def _frozen(policy: ir.Policy) -> ir.Refusal:
    """Why nothing is erased while a freeze stands, under the rule that says who releases it."""
    released = "hold-released"
    gates = policy.gates.values()
    gate = next((one for one in gates if any(act.name == released for act in one.forbids)), None)
    missing = (f"event {released}, for the freeze pauses erasing",)
    return ir.Refusal(gate.id, gate.clause, missing, gate.who) if gate else ir.Refusal("freeze", "README/http", missing)


def _added(store: Store, kept: Kept, body: Mapping[str, Any], person: Person, head: str | None, record: bool) -> Done:
    if head not in (None, kept.head) and not _holds(kept, body):
        raise Moved(kept.seq, kept.head)
    now = store.now(kept)
    event = _said(body, kept.incident, person, now)
    _need_token(kept.incident.policy, event, person)
    step = _step(_knowing(store, kept.incident, event), event, record)
    if not step.line:
        return Done(step, _place(kept, event), new=False)
    store.append(kept, step, now)
    return Done(step, step.incident.seq, new=True)


def _knowing(store: Store, incident: ir.Incident, event: ir.Event) -> ir.Incident:
    """The incident with the policy at hand that the event adopts, if it adopts one."""
    if not isinstance(event, ir.PolicyAdopted):
        return incident
    found = store.policies.adopted_in([event])
    if not found and event.policy.digest != incident.opened_under.digest:
        raise ir.EventInvalid([ir.Problem("policy.digest", "is the digest of no policy here", "add the policy first")])
    return incident.knowing(*found)


def _step(incident: ir.Incident, event: ir.Event, record: bool) -> ir.Step:
    refusals = ir.check(incident, event)  # tells a slip of the pen also from what is only recorded
    if refusals and not record:
        raise Forbidden(refusals, actor=only_the_actor(incident, event, refusals))
    return ir.record(incident, event, salt=secrets.token_hex(16))


def _opened_before(store: Store, kept: Kept, said: Mapping[str, Any], person: Person) -> Done:
    if not _holds(kept, said):
        raise Moved(kept.seq, kept.head)
    event = _said(said, kept.incident, person, store.now(kept))
    step = ir.record(kept.incident, event, salt=secrets.token_hex(16))  # raises if it says something else by now
    return Done(step, _place(kept, event), new=False)


def _said(body: Mapping[str, Any], incident: ir.Incident | str, person: Person, now: datetime) -> ir.Event:
    """The event a body says. Who acts comes from the token; an id made by chance says nothing of the words."""
    return ir.read_said(body, incident, now, by=person.name, id=secrets.token_hex(16))


def _holds(kept: Kept, body: Mapping[str, Any]) -> bool:
    """Whether the log holds an event of this id already: then it is a retry, and moves nothing."""
    return any(event.id == body.get("id") for event in kept.incident.log)


def _place(kept: Kept, event: ir.Event) -> int:
    return next(place for place, one in enumerate(kept.incident.log, 1) if one.id == event.id)


def _policy(store: Store, digest: str | None) -> ir.Policy:
    if digest is None:
        return store.policies.current()
    try:
        return store.policies.of(digest)
    except KeyError:
        problem = ir.Problem("policy", "is the digest of no policy here", "add it first, or leave it out")
        raise ir.QuestionInvalid([problem]) from None


def _need_token(policy: ir.Policy, event: ir.Event, person: Person) -> None:
    refusals = beyond_the_token(policy, event, person)
    if refusals:
        raise Forbidden(refusals, actor=True)
