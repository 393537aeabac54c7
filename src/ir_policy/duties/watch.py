"""Which duties an event touches, and to whom a duty is owed: worked out from the rules, once for a policy.

It only saves time: stepping every duty at every event would give the same obligations, so a duty that is named once too
often costs a look, and one that is missing here would silently stay as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from attrs import frozen

from ir_policy.duties.entries import Status
from ir_policy.duties.ledger import Ledger
from ir_policy.log.events import Closed, Event, Notice, NotNotifying, PolicyAdopted, Reopened, Waived
from ir_policy.log.history import History
from ir_policy.rules.model import Duty, Per, Policy, Recipients
from ir_policy.terms import Severity, Truth

__all__ = ["Plan", "plan_of", "recipients_of"]


def recipients_of(duty: Duty, history: History, ledger: Ledger, policy: Policy) -> tuple[str, ...]:
    """To whom the duty is owed as things stand, in order; a placeholder while nobody is named."""
    for case in duty.owed_to:
        if case.when is not None and not case.when.holds(history.yes, history.no):
            continue
        if case.to:
            return (case.to,)
        if case.owed:
            return _followed(duty, case.owed, history, ledger)
        if case.told:
            return ()
        named = _named(case, history, policy)
        if named:
            return named
        return () if _ruled_out(case, history) else (case.unnamed,)
    return ()


def _followed(duty: Duty, other: str, history: History, ledger: Ledger) -> tuple[str, ...]:
    """Everybody another duty is or was owed to, unless it was cancelled."""
    any_episode = duty.per is Per.INCIDENT
    owed = [entry for entry in ledger.of(other) if any_episode or entry.episode == history.episode]
    return tuple(sorted({entry.recipient for entry in owed if entry.status is not Status.CANCELLED}))


def _ruled_out(case: Recipients, history: History) -> bool:
    """Whether somebody said no to the whole group at once, or to each of its members."""
    if not case.group:
        return False
    reported = history.families.get(case.each, {})
    return reported.get(case.group) is Truth.NO or all(reported.get(member) is Truth.NO for member in case.among)


def _named(case: Recipients, history: History, policy: Policy) -> tuple[str, ...]:
    reported = history.families.get(case.each, {})
    members = {member for member, truth in reported.items() if truth is not Truth.NO}
    members.update(member for member in policy.families[case.each].known if reported.get(member) is not Truth.NO)
    if case.group:
        members &= case.among
    return tuple(sorted(f"{case.as_}/{member}" for member in members))


# --- which duties an event touches ----------------------------------------------------------------------


@frozen(eq=False)
class Plan:
    """Who watches what, worked out once for a policy."""

    bits: tuple[tuple[str, int], ...]
    by_mark: dict[str, frozenset[str]]
    by_family: dict[str, frozenset[str]]
    asking: dict[str, frozenset[str]]
    """By the kinds of event that ask for something."""
    by_event: dict[str, frozenset[str]]
    """By the kinds of event that may meet them."""
    by_level: frozenset[str]
    by_act: dict[str, frozenset[str]]
    followers: dict[str, frozenset[str]]
    """Duties owed to whoever another one is owed to: looked at after it."""
    following: frozenset[str]
    """All of those."""
    everything: frozenset[str]

    def touched(
        self, history: History, before: tuple[int, int, Severity | None], governing: Severity | None, event: Event
    ) -> set[str]:
        if isinstance(event, (Reopened, Waived, NotNotifying, Closed, PolicyAdopted)) or event.kind == "detected":
            return set(self.everything)
        duties = self.watching(before[0] ^ history.yes | before[1] ^ history.no)
        if history.changed_marks:
            duties |= self.started_by(history.changed_marks)
        duties |= self.asking.get(event.kind, frozenset())
        for family in history.changed_families:
            duties |= self.by_family.get(family, frozenset())
        if governing is not before[2]:
            duties |= self.by_level
        return duties

    def met(self, history: History, event: Event) -> frozenset[str]:
        """The duties that the event may meet, and which it may leave as they are in all else."""
        duties = self.by_event.get(event.kind, _NONE)
        if isinstance(event, Notice) and event.kind == "notice-sent" and history.acts:
            duties = duties.union(*(self.by_act.get(duty, _NONE) for duty in history.acts[-1].duties))
        return duties

    def in_order(self, duties: Iterable[str]) -> list[str]:
        """The duties and those that follow them, in the order they are looked at: by id, followers after the others."""
        followers = {follower for duty in duties for follower in self.followers.get(duty, ())}
        return sorted({*duties, *followers}, key=lambda duty: (duty in self.following, duty))

    def watching(self, changed: int) -> set[str]:
        return {duty for duty, watch in self.bits if watch & changed} if changed else set()

    def started_by(self, marks: Iterable[str]) -> set[str]:
        duties: set[str] = set()
        for mark in marks:
            duties |= self.by_mark.get(mark, frozenset())
        return duties


_NONE: Final[frozenset[str]] = frozenset()
_EVENTS_OF: Final = {
    "finding": ("breach-finding",),
    "step": ("step-done",),
    "holding": ("role-taken", "role-released", "handover-accepted"),
    "hold": ("hold-started", "hold-extended", "hold-released"),
}


@lru_cache(maxsize=16)
def plan_of(policy: Policy) -> Plan:
    """Which duties each fact, mark, family, event and act can touch; worked out once for each policy."""
    bits, by_mark, by_family, asking, by_event = [], _Index(), _Index(), _Index(), _Index()
    by_act, by_level, followers = _Index(), set(), _Index()
    for duty in policy.all_rules():
        watch = duty.when.watch | (duty.unless.watch if duty.unless is not None else 0)
        for case in duty.owed_to:
            watch |= case.when.watch if case.when is not None else 0
            if case.each:
                by_family.add(case.each, duty.id)
            if case.owed:
                followers.add(case.owed, duty.id)
        bits.append((duty.id, watch))
        for mark in duty.starts:
            by_mark.add(mark, duty.id)
            if any(source.kind == "level" for source in policy.marks[mark].sources):
                by_level.add(duty.id)
        if duty.again_on_raise or any(limit is not duty.within[0] for limit in duty.within):
            by_level.add(duty.id)
        for kind in duty.given.kinds if duty.given is not None else ():
            asking.add(kind, duty.id)
        for act in duty.met_by:
            for kind in act.names if act.kind == "event" else _EVENTS_OF.get(act.kind, ()):
                by_event.add(kind, duty.id)
            if act.kind == "notice" and "any" in act.names:
                by_event.add("notice-sent", duty.id)
            if act.kind == "notice" and "reviewed" in act.names:
                by_event.add("notice-reviewed", duty.id)
            if act.kind == "level":
                by_level.add(duty.id)
        for other in policy.all_rules():
            if other.id == duty.id or (duty.act and other.act == duty.act):
                by_act.add(other.id, duty.id)
    return Plan(tuple(bits), by_mark.done(), by_family.done(), asking.done(), by_event.done(), frozenset(by_level), by_act.done(),
                 followers.done(), frozenset().union(*followers.values()),
                 frozenset(duty.id for duty in policy.all_rules()))  # fmt: skip


class _Index(dict[str, set[str]]):
    def add(self, key: str, duty: str) -> None:
        self.setdefault(key, set()).add(duty)

    def done(self) -> dict[str, frozenset[str]]:
        return {key: frozenset(duties) for key, duties in self.items()}
