"""Who holds which role, and since when: how tenures begin and end, and whom a role's name stands for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from ir_policy.log.events import Event, RoleChange
from ir_policy.rules.model import Policy

__all__ = ["SUCCESSION", "Offer", "Paged", "Stamp", "Tenure", "changed", "may_act_as", "persons_of", "stamp_of"]


class Stamp(NamedTuple):
    """An instant a mark or act stands at. ``latest`` differs from ``at`` only for imprecise records."""

    at: datetime
    latest: datetime


def stamp_of(event: Event) -> Stamp:
    """When the event counts from: its ``since`` where it has one, else its own time."""
    since = getattr(event, "since", None)
    return Stamp(since, since) if since is not None else Stamp(event.at, event.latest)


TAKEN: Final = "taken"
HANDED_OVER: Final = "handed-over"
SUCCESSION: Final = "succession"


class Tenure(NamedTuple):
    """Somebody holding a role from one instant to another; ``until`` is ``None`` while it lasts."""

    role: str
    person: str
    since: Stamp
    until: datetime | None
    acting: bool
    how: str = TAKEN
    """How it began: ``taken``, ``handed-over``, or by ``succession`` because whoever acted in the role did not answer."""


class Offer(NamedTuple):
    """An offer to hand a role over that nobody has answered yet."""

    role: str
    person: str
    to: str
    at: Stamp


class Paged(NamedTuple):
    """A page that was sent, or acknowledged."""

    answered: bool
    level: str
    person: str
    at: Stamp
    episode: int


Holders = Mapping[str, Mapping[str, Tenure]]
"""By role and person, the tenures that last."""


def may_act_as(policy: Policy, holders: Holders, role: str, actor: str) -> bool:
    """Whether the actor has a role's authority: as its holder, as the role itself, or as its primary contact while
    nobody holds it."""
    if actor == role:
        return True
    held_by = holders.get(role)
    if held_by:
        return actor in held_by
    rule = policy.roles.get(role)
    return rule is not None and actor == rule.contact


def persons_of(policy: Policy, holders: Holders, by: str) -> frozenset[str]:
    """Whom a name stands for: itself, or where it is a role, whoever holds that, or its primary contact while nobody does."""
    found: set[str] = set()
    seen: set[str] = set()
    asked = [by]
    while asked:  # a role may be held in the name of another role: only people stand for themselves
        name = asked.pop()
        if name not in policy.roles:
            found.add(name)
        elif name not in seen:
            seen.add(name)
            asked += holders.get(name) or (policy.roles[name].contact,)
    return frozenset(found)


def changed(policy: Policy, holders: Holders, event: RoleChange) -> tuple[dict[str, Tenure], tuple[Tenure, ...]]:
    """Who holds the event's role after it, and the tenures it ended, at the event's own instant."""
    people = dict(holders.get(event.role, {}))
    rule = policy.roles.get(event.role)
    newcomer = {"role-taken": event.person, "handover-accepted": event.to}.get(event.kind, "")
    leaving = [event.person] if event.kind in ("role-released", "handover-accepted") else []
    if newcomer and rule is not None and rule.held_by_one:
        leaving += [person for person in people if person not in (newcomer, *leaving)]
    ended = tuple(people.pop(person)._replace(until=event.at) for person in leaving if person in people)
    if newcomer and newcomer not in people:
        how = TAKEN if event.kind == "role-taken" else HANDED_OVER
        people[newcomer] = Tenure(event.role, newcomer, stamp_of(event), None, event.acting, how)
    return people, ended
