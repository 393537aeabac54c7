"""*Tenures* and *In turn*: when a role should not be taken or handed over so; what happened all the same counts."""

from __future__ import annotations

from datetime import datetime, timedelta

from ir_policy.log.events import RoleChange
from ir_policy.rules.model import RoleRule
from oracle.asking import may_act
from oracle.state import State


def stands_for(state: State, name: str) -> list[str]:
    """*Who may act*: a name stands for itself, a role for its holders or else its primary contact."""
    people, looked_at, names = [], set(), [name]
    while names:
        one = names.pop(0)
        if one not in state.policy.roles:
            people += [one] if one not in people else []
        elif one not in looked_at:
            looked_at.add(one)
            names += list(state.tenures.get(one, {})) or [state.policy.roles[one].contact]
    return people


def taking_refused(state: State, event: RoleChange) -> bool:
    """*Tenures*: a role that one holds is not taken from somebody else, but in turn and for the time being."""
    rule = state.policy.roles.get(event.role)
    holders = state.tenures.get(event.role, {})
    if event.kind != "role-taken" or rule is None or not rule.held_by_one or not holders or event.person in holders:
        return False
    return not (event.acting and event.person in in_turn(state, rule, event.at))


def handing_over_refused(state: State, event: RoleChange) -> bool:
    """*Tenures*: an offer is made by whoever may act in the role, and answered by whom it was made to."""
    if event.kind == "handover-offered":
        may = may_act(state, event.person, event.role) and may_act(state, event.by, event.role)
        return not may or event.to == event.person
    if event.kind in ("handover-accepted", "handover-declined"):
        stands = (event.role, event.person, event.to) in state.offers and may_act(state, event.person, event.role)
        return not stands or event.by != event.to
    return False


def in_turn(state: State, rule: RoleRule, at: datetime) -> list[str]:
    """*In turn*: whoever acts now is silent, and so is everybody before in the succession."""
    gone = stands_for(state, rule.id)
    if not rule.succession or not silent(state, gone, rule.id, at):
        return []
    for name in rule.succession:
        people = [one for one in stands_for(state, name) if one not in gone]
        if people and not silent(state, people, name, at):
            return people
        gone = [*gone, *people]
    return []


def silent(state: State, people: list[str], name: str, at: datetime) -> bool:
    """*In turn*: their time to answer is over since the first page to them that waits for an answer."""
    within = time_to_answer(state)
    if within is None:
        return False
    sent = []
    for episode, page in state.pages:
        if episode == len(state.episodes) - 1 and {page.level, page.person} & {*people, name}:
            sent = [] if page.kind == "page-acknowledged" else [*sent, page]
    begun = [stamp[0] for person, stamp in state.tenures.get(name, {}).items() if person in people]
    waiting = [page.latest for page in sent if not begun or page.at >= max(begun)]
    return bool(waiting) and at > waiting[0] + within


def time_to_answer(state: State) -> timedelta | None:
    """*In turn*: of the first tool that has a time for the governing level."""
    for _, tool in sorted(state.policy.about.tooling.items()):
        if tool.paging is not None and state.governing in tool.paging.within:
            return tool.paging.within[state.governing]
    return None
