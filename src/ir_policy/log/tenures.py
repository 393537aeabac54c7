"""Who holds which role, and since when: how tenures begin and end, and whom a role's name stands for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from ir_policy.log.events import Event
from ir_policy.rules.model import Policy

__all__ = ["Stamp", "Tenure", "may_act_as", "persons_of", "stamp_of"]


class Stamp(NamedTuple):
    """An instant a mark or act stands at. ``latest`` differs from ``at`` only for imprecise records."""

    at: datetime
    latest: datetime


def stamp_of(event: Event) -> Stamp:
    """When the event counts from: its ``since`` where it has one, else its own time."""
    since = getattr(event, "since", None)
    return Stamp(since, since) if since is not None else Stamp(event.at, event.latest)


class Tenure(NamedTuple):
    """Somebody holding a role from one instant to another; ``until`` is ``None`` while it lasts."""

    role: str
    person: str
    since: Stamp
    until: datetime | None
    acting: bool


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
    if by not in policy.roles:
        return frozenset((by,))
    return frozenset(holders.get(by) or (policy.roles[by].contact,))
