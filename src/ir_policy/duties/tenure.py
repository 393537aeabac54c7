"""Whether a role may be taken or handed over as somebody wants: one at a time, by an offer and its answer, or in turn.

The pages that were not answered are read off the history; who is to be paged when is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ir_policy.duties.level import Level
from ir_policy.duties.own_rules import COMMAND, HANDOVERS
from ir_policy.errors import Refusal
from ir_policy.log.events import RoleChange
from ir_policy.log.history import History
from ir_policy.rules.machines import Row
from ir_policy.rules.machines.handover import HANDOVER, STANDS
from ir_policy.rules.model import Policy, RoleRule
from ir_policy.terms import Clause

__all__ = ["is_promoted", "role_refusals", "time_to_answer", "turn", "unanswered_since"]


def role_refusals(policy: Policy, history: History, level: Level, event: RoleChange) -> Iterator[Refusal]:
    """Every reason why a role should not be taken or handed over so. What happened all the same counts."""
    if event.kind == "role-taken":
        yield from _taking(policy, history, level, event)
    elif event.kind == "handover-offered":
        yield from _refused(policy, HANDOVERS, event.role, _offering(policy, history, event))
    elif event.kind in ("handover-accepted", "handover-declined"):
        yield from _refused(policy, HANDOVERS, event.role, _answering(policy, history, event))


def is_promoted(policy: Policy, history: History, level: Level, event: RoleChange) -> bool:
    """Whether taking the role is a succession: for the time being, by whoever is next while nobody before answers."""
    rule = policy.roles.get(event.role)
    if (
        event.kind != "role-taken"
        or not event.acting
        or rule is None
        or event.person in history.holders.get(rule.id, {})
    ):
        return False
    return event.person in turn(policy, history, level, rule, event.at)


# --- the succession -------------------------------------------------------------------------------------


def turn(policy: Policy, history: History, level: Level, rule: RoleRule, at: datetime) -> frozenset[str]:
    """Who may take the role at that instant because nobody before them answered; nobody while somebody may still answer."""
    if not rule.succession or not _all_silent(policy, history, level, _acting(history, rule), rule.id, at):
        return frozenset()
    passed = _acting(history, rule)
    for name in rule.succession:
        people = history.persons_of(policy, name) - passed
        if not people:
            continue
        if not _all_silent(policy, history, level, people, name, at):
            return people
        passed = passed | people
    return frozenset()


def unanswered_since(history: History, rule: RoleRule | None, names: frozenset[str]) -> datetime | None:
    """When whoever goes by one of these names was first paged since they last answered or took the role, in this episode.

    An instant the record gives as a span counts from its end. ``None`` where no page waits for an answer.
    """
    held = history.holders.get(rule.id, {}) if rule is not None else {}
    since = max((tenure.since.at for person, tenure in held.items() if person in names), default=None)
    first: datetime | None = None
    for page in history.pages:
        if page.episode != history.episode or not names & {page.level, page.person}:
            continue
        if page.answered:
            first = None
        elif first is None and (since is None or page.at.at >= since):
            first = page.at.latest
    return first


def time_to_answer(policy: Policy, level: Level) -> timedelta | None:
    """How long a page may go unanswered at the level that governs now; ``None`` where the document gives no time."""
    if level.governing is None:
        return None
    lists = [tool.paging for tool in policy.about.tooling.values() if tool.paging is not None]
    return next((one.within[level.governing] for one in lists if level.governing in one.within), None)


def _acting(history: History, rule: RoleRule) -> frozenset[str]:
    """Who acts in the role now: its holders, or its contact."""
    return frozenset(history.holders.get(rule.id) or (rule.contact,))


def _all_silent(
    policy: Policy, history: History, level: Level, people: frozenset[str], name: str, at: datetime
) -> bool:
    """Whether they were paged, by their own names or by the one given, and their time to answer is over."""
    within = time_to_answer(policy, level)
    first = unanswered_since(history, policy.roles.get(name), people | {name})
    return within is not None and first is not None and at > first + within


# --- what is refused ------------------------------------------------------------------------------------


def _refused(policy: Policy, own_rule: str, role: str, missing: list[str]) -> Iterator[Refusal]:
    if missing:
        who = (role,) if role in policy.roles else ()
        yield Refusal(own_rule, Clause(f"roles/{role}"), tuple(missing), who)


def _taking(policy: Policy, history: History, level: Level, event: RoleChange) -> Iterator[Refusal]:
    """A role that one holds is not taken from whoever holds it, but in turn."""
    rule = policy.roles.get(event.role)
    held_by = history.holders.get(event.role, {})
    if rule is None or not rule.held_by_one or not held_by or event.person in held_by:
        return
    if is_promoted(policy, history, level, event):
        return
    missing = f"a hand-over by {' and '.join(held_by)}"
    next_up = turn(policy, history, level, rule, event.at)
    if event.person in next_up:
        missing += ", or the event to say that it is acting"
    elif next_up:
        missing += f", or {' or '.join(sorted(next_up))} to take it for the time being"
    elif rule.succession:
        missing += ", or a page to them that is not answered in time and then the next in turn"
    yield from _refused(policy, COMMAND, event.role, [missing])


def _offering(policy: Policy, history: History, event: RoleChange) -> list[str]:
    missing = []
    if not history.may_act_as(policy, event.role, event.person):
        missing.append(f"a role that '{event.person}' may act in")
    if not history.may_act_as(policy, event.role, event.by):
        missing.append("whoever may act in the role to offer it")
    if event.to == event.person:
        missing.append("somebody else to hand it to")
    return missing


def _answering(policy: Policy, history: History, event: RoleChange) -> list[str]:
    standing = {(one.role, one.person, one.to) for one in history.offers_that_stand(policy)}
    state = STANDS if (event.role, event.person, event.to) in standing else HANDOVER.start
    found = HANDOVER.after(state, event.kind)
    missing = [] if isinstance(found, Row) else [found.needs.partition(":")[0]]
    if event.by != event.to:
        missing.append("whom it was offered to, to answer for themselves")
    return missing
