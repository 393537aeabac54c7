"""Whether the call list can meet the severity matrix: its worst case against the limits that run beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Final

from ir_policy.clocks import in_words
from ir_policy.duties.calling_plan import PagePlan, page_plan
from ir_policy.duties.on_call import list_of
from ir_policy.review.findings import ADVICE, Flaw, Path, ask, decided_at, length_of, names, weight_of
from ir_policy.rules.about import Acknowledgement, Tool
from ir_policy.rules.model import Duty, Policy, Within
from ir_policy.terms import Clause, Severity

__all__ = ["meets_the_matrix"]

_ANY: Final = datetime(2000, 1, 1, tzinfo=timezone.utc)
"""An instant to play the list from: only lengths are looked at."""


def meets_the_matrix(policy: Policy, _: date | None) -> Iterator[Flaw]:
    """The list played through while nobody answers, level by level, against response and alert."""
    found = list_of(policy)
    for severity in found[1].within if found is not None else ():
        assert found is not None
        plan = page_plan(policy, severity, _ANY)
        for duty in _beside(policy, found[1]):
            within = duty.within[severity.index]
            if within is not None and decided_at(policy, duty, severity):
                yield from _compared(*found, plan, severity, duty, within)


def _beside(policy: Policy, rule: Acknowledgement) -> list[Duty]:
    """What paging has to be in time for: that the role which ends it is taken, and what is told inside from the same mark."""
    held = [duty for duty in policy.duties.values() if any(_takes(rule, duty))]
    starts = {duty.starts for duty in held}
    told = [duty for duty in policy.duties.values() if duty.starts in starts and _told_inside(policy, duty)]
    return [*held, *told]


def _takes(rule: Acknowledgement, duty: Duty) -> Iterator[bool]:
    for match in duty.met_by:
        yield match.kind == "holding" and (not rule.answered_by or rule.answered_by in match.names)


def _told_inside(policy: Policy, duty: Duty) -> bool:
    inside = all(to.to and not policy.notices.outside(to.to) for to in duty.owed_to)
    return inside and any(match.kind == "notice" for match in duty.met_by) and bool(duty.owed_to)


def _compared(
    tool: Tool, rule: Acknowledgement, plan: PagePlan, severity: Severity, duty: Duty, within: Within
) -> Iterator[Flaw]:
    limit, worst = length_of(within.limit), plan.exhausted_at - plan.at if plan.exhausted_at is not None else None
    if limit is None or worst is None or worst < limit or (worst == limit and not rule.then):
        return
    path: Path = ("tooling", tool.id, "paging", "acknowledge_within", severity.value)
    times = f"at {severity.value} the list may take {in_words(worst)} ({_levels(plan)})"
    against = f"'{duty.id}' is due after {in_words(limit)}"
    clause = Clause(tool.clause)
    if worst == limit:
        what = f"{times}, and {against}: it holds to the last minute, and {names(rule.then)} are paged only after that"
        yield Flaw(duty.document, path, what, _shorter(tool, plan, limit, "less than "), clause, ADVICE)
        return
    standing = "" if within.basis.binds else f", which is {within.basis.value}"
    what = f"{times}, and {against}{standing}: {_who(plan, limit)}"
    yield Flaw(duty.document, path, what, _shorter(tool, plan, limit, ""), clause, weight_of(within.basis.binds))


def _on_list(plan: PagePlan) -> list[tuple[str, timedelta]]:
    """Each level with the last moment at which its answer is in time."""
    listed_ = [page for page in plan.pages if plan.exhausted_at is None or page.at < plan.exhausted_at]
    return [(page.level, page.answer_by - plan.at) for page in listed_]


def _levels(plan: PagePlan) -> str:
    return ", ".join(f"'{level}' until {in_words(last)}" for level, last in _on_list(plan))


def _who(plan: PagePlan, limit: timedelta) -> str:
    """Whose answer, given at the last moment, is still in time, and whose is not."""
    late = [level for level, last in _on_list(plan) if last > limit]
    fine = [level for level, last in _on_list(plan) if last <= limit]
    if not fine:
        return f"nobody's answer is in time for certain, not even that of {names(late[:1])}"
    return f"an answer of {names(fine)} is in time, and one of {names(late)} may be too late"


def _shorter(tool: Tool, plan: PagePlan, limit: timedelta, how: str) -> str:
    each = in_words(limit / len(_on_list(plan)))
    return ask([tool.open_question], f"give each level {how}{each}" if how else f"give each level {each} at most")
