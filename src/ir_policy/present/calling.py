"""Paging for people and programs: where it stands, what was tried, who is next; and who would be told when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from ir_policy.clocks import in_words
from ir_policy.duties.calling_plan import PagePlan
from ir_policy.duties.calls import NextPage, PageOutcome, PageTry, Paging, Skipped
from ir_policy.duties.on_call import name_of
from ir_policy.present.lines import LocalClock, short
from ir_policy.present.result import duration
from ir_policy.rules.model import Policy
from ir_policy.rules.words import listed
from ir_policy.terms import rfc3339

__all__ = ["page_plan_json", "paging_json", "paging_lines", "plan_lines", "to_page"]

_STATES: Final = {
    "not-needed": "nobody is paged at this level",
    "to-page": "somebody is to be paged now",
    "waiting": "somebody was paged and has time to answer",
    "answered": "answered",
    "exhausted": "nobody on the list answered",
    "over": "over: the service is back or the incident is closed",
}
_REASONS: Final = {
    "first-page": "nobody was paged yet",
    "no-answer": "no answer in time",
    "failed": "the page before failed",
    "nobody-there": "nobody stands at the level before",
    "exhausted": "nobody on the list answered",
    "again": "still no answer",
    "raised": "the level got worse",
    "answer-stale": "the answer held no longer and nobody is in command",
    "command-ended": "nobody is in command any more",
    "reopened": "the incident was reopened",
}


def to_page(policy: Policy, paging: Paging, now: datetime) -> Iterator[str]:
    """Whom to page at this instant and why; nothing while nobody is."""
    because: dict[str, list[str]] = {}
    for one in paging.due(now):
        because.setdefault(_because(policy, paging, one), []).append(one.person)
    for why, people in because.items():
        yield f"page {listed(people, 'and')} ({why})"


def paging_lines(policy: Policy, paging: Paging, clock: LocalClock) -> Iterator[str]:
    """Where paging stands, each try and how it ended, and who is next; nothing where nobody is or was paged."""
    if paging.paged_as is None and not paging.tries:
        return
    yield f"  {_state(policy, paging, clock)}"
    for one in paging.tries:
        yield f"  {_try(policy, one, clock)}"
    for gap in paging.skipped:
        yield f"  {_name(policy, gap.level)}: nobody was told, {gap.why.replace('-', ' ')} ({clock.full(gap.at)})"
    for coming in paging.next:
        yield f"  next {clock.full(coming.at)}: {coming.person} ({coming.level}), {_because(policy, paging, coming)}"
    if paging.state == "exhausted" and not paging.next:
        yield "  nobody else is to be paged, and nobody answered"


def plan_lines(policy: Policy, plan: PagePlan, clock: LocalClock) -> Iterator[str]:
    """Who would be told when, if nobody answered."""
    level = plan.severity.value if plan.severity is not None else "unassessed"
    if plan.paged_as is None:
        yield f"{level}: nobody is paged"
        return
    like = f", paged as {plan.paged_as.value}" if plan.severity is None else ""
    yield f"{level}{like}: who is told if nobody answers (clause {plan.clause})"
    for page in plan.pages:
        late = short(page.at - plan.at) if page.at > plan.at else "now"
        yield f"  {late:<7} {clock.full(page.at)}  {page.person} ({page.level}), {_REASONS[page.why]}"
    for gap in plan.skipped:
        yield f"  nobody stands at {gap.level}: paging goes on at once"
    if plan.repeats_every is not None:
        often = f", {plan.times} times in all" if plan.times is not None else ", until somebody answers"
        yield f"  then again every {in_words(plan.repeats_every)}{often}"
    else:
        yield "  after that nobody is paged"


# --- words ----------------------------------------------------------------------------------------------


def _state(policy: Policy, paging: Paging, clock: LocalClock) -> str:
    as_level = paging.paged_as.value if paging.paged_as is not None else ""
    level = f"{as_level}, as nobody has assessed it" if paging.severity is None and as_level else as_level
    said = f"{_STATES[paging.state]}{f' ({level})' if level else ''}"
    if paging.state == "answered" and paging.answered_at is not None:
        said = f"{said} by {paging.answered_by} ({paging.answered_level}) at {clock.full(paging.answered_at)}"
        if paging.holds_until is not None:
            said = f"{said}; holds until {clock.full(paging.holds_until)} unless somebody takes command"
    elif paging.exhausted_at is not None and paging.state in ("waiting", "exhausted"):
        verb = "is" if paging.state == "waiting" else "was"
        said = f"{said}; the list {verb} at its end {clock.full(paging.exhausted_at)}"
    return said


def _try(policy: Policy, one: PageTry, clock: LocalClock) -> str:
    who = f"{one.person} ({one.level})" if one.person != one.level else _name(policy, one.level)
    sent = f"paged {clock.full(one.sent_at)}" if one.sent_at is not None else "no page is in the log"
    if one.outcome is None:
        by = f", answer by {clock.full(one.answer_by)}" if one.answer_by is not None else ""
        return f"{who}: {sent}{by}"
    words = f"{'late ' if one.late else ''}{one.outcome.value.replace('-', ' ')}"
    if one.outcome is PageOutcome.FAILED and one.said:
        words = f"{words} ({one.said})"
    ended = f" {clock.full(one.ended_at)}" if one.ended_at is not None else ""
    off = "" if one.on_list else "; not on the list"
    return f"{who}: {sent}, {words}{ended}{off}"


def _because(policy: Policy, paging: Paging, one: NextPage) -> str:
    """Why somebody is told: who did not answer, and for how long, where that is the reason."""
    silent = [page for page in paging.tries if page.outcome is PageOutcome.NO_ANSWER and page.ended_at == one.at]
    if one.why == "no-answer" and silent and silent[-1].sent_at is not None:
        return (
            f"{_name(policy, silent[-1].level)} has not answered for {in_words(_minutes(one.at - silent[-1].sent_at))}"
        )
    return _REASONS[one.why]


def _minutes(length: timedelta) -> timedelta:
    """The limit that went by, without the microsecond behind it."""
    return length - timedelta(microseconds=length.microseconds)


def _name(policy: Policy, level: str) -> str:
    return name_of(policy, level, {})


# --- for programs ---------------------------------------------------------------------------------------


def paging_json(paging: Paging) -> dict[str, Any]:
    """Where paging stands as plain JSON material."""
    return {
        "state": paging.state,
        "severity": _level(paging.severity),
        "paged_as": _level(paging.paged_as),
        "begun_at": _instant(paging.begun_at),
        "tries": [_try_json(one) for one in paging.tries],
        "next": [
            {"level": one.level, "person": one.person, "at": rfc3339(one.at), "why": one.why} for one in paging.next
        ],
        "skipped": [_skipped_json(one) for one in paging.skipped],
        "exhausted_at": _instant(paging.exhausted_at),
        "answered_by": paging.answered_by or None,
        "answered_level": paging.answered_level or None,
        "answered_at": _instant(paging.answered_at),
        "holds_until": _instant(paging.holds_until),
        "clause": paging.clause or None,
        "reading": paging.reading or None,
    }


def page_plan_json(plan: PagePlan) -> dict[str, Any]:
    """Who would be told when as plain JSON material."""
    return {
        "severity": _level(plan.severity),
        "paged_as": _level(plan.paged_as),
        "at": rfc3339(plan.at),
        "pages": [
            {
                "level": one.level,
                "person": one.person,
                "at": rfc3339(one.at),
                "answer_by": rfc3339(one.answer_by),
                "why": one.why,
            }
            for one in plan.pages
        ],
        "skipped": [_skipped_json(one) for one in plan.skipped],
        "exhausted_at": _instant(plan.exhausted_at),
        "repeats_every": duration(plan.repeats_every) if plan.repeats_every is not None else None,
        "times": plan.times,
        "clause": plan.clause or None,
        "reading": plan.reading or None,
    }


def _try_json(one: PageTry) -> dict[str, Any]:
    return {
        "level": one.level,
        "person": one.person,
        "sent_at": _instant(one.sent_at),
        "answer_by": _instant(one.answer_by),
        "outcome": one.outcome.value if one.outcome is not None else None,
        "ended_at": _instant(one.ended_at),
        "late": one.late,
        "said": one.said or None,
        "on_list": one.on_list,
    }


def _skipped_json(gap: Skipped) -> Mapping[str, Any]:
    return {"level": gap.level, "why": gap.why, "at": rfc3339(gap.at)}


def _level(level: Any) -> str | None:
    return level.value if level is not None else None


def _instant(at: datetime | None) -> str | None:
    return rfc3339(at) if at is not None else None
