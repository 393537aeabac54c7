"""What a token lets somebody be. Who may do what in an incident is the policy's; who somebody is, is the host's."""

from __future__ import annotations

from collections.abc import Iterator

import ir_policy as ir
from portal_backend.people import Person

__all__ = ["beyond_the_token"]

RULE = "token"
CLAUSE = "README/tokens"


def beyond_the_token(policy: ir.Policy, event: ir.Event, person: Person) -> tuple[ir.Refusal, ...]:
    """Why this person may not say this, whatever the incident stands like."""
    return tuple(_beyond(policy, event, person))


def _beyond(policy: ir.Policy, event: ir.Event, person: Person) -> Iterator[ir.Refusal]:
    for role in policy.roles.values():
        # the library lets a role's own id, and its contact until somebody takes it, act in the role
        if person.name in (role.id, role.contact) and not person.may_take(role.id):
            yield _refusal(f"a token that lists the role '{role.id}', or another name")
    if isinstance(event, ir.Page) and event.kind == "page-acknowledged" and event.person != person.name:
        yield _refusal(f"'{event.person}' to say so: a page is answered by whom it reached")
    if not isinstance(event, ir.RoleChange):
        return
    if event.kind in ("role-taken", "handover-accepted") and not person.may_take(event.role):
        yield _refusal(f"a token that lists the role '{event.role}'")
    says = event.to if event.kind in ("handover-accepted", "handover-declined") else event.person
    if says != person.name and not (event.kind == "role-released" and person.may_take(event.role)):
        yield _refusal(f"'{says}' to say so: people take, give and hand over roles themselves")


def _refusal(missing: str) -> ir.Refusal:
    return ir.Refusal(RULE, CLAUSE, (missing,))
