"""Questions to a programme at an instant; the functions of ``answers.py`` come here with one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from attrs import evolve

from ir_policy.duties.anew import Correction
from ir_policy.duties.entries import Entry
from ir_policy.duties.explanation import Explanation
from ir_policy.duties.judge import Obligation, obligations_of
from ir_policy.duties.remind import Reminder, reminders_of
from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.incident import known_by
from ir_policy.programme.door import all_corrected, next_change
from ir_policy.programme.owing import Period, entries_at, periods_at
from ir_policy.programme.rules import programme_duties
from ir_policy.programme.told import ACTIONS, Told, told
from ir_policy.programme.value import Programme
from ir_policy.rules.model import Duty, Policy
from ir_policy.rules.words import listed
from ir_policy.terms import instant, nearest, rfc3339

__all__ = ["corrections", "explain", "next_wakeup", "obligations", "reminders", "story_at"]


def story_at(programme: Programme, now: datetime, known_at: datetime | None = None) -> Told:
    """What the log says of the time up to ``now``, as it is known today or as it was at ``known_at``."""
    at = instant(now, "now")
    if known_at is None and programme._told.events[-1].at <= at:
        return programme._told
    log = programme.log if known_at is None else known_by(programme.log, instant(known_at, "known_at"))
    return told(programme.policy, log, at)


def obligations(programme: Programme, now: datetime, known_at: datetime | None) -> tuple[Obligation, ...]:
    """Everything that was owed by ``now``."""
    at = instant(now, "now")
    entries = entries_at(programme.policy, story_at(programme, at, known_at), at)
    return tuple(sorted(obligations_of(entries, at, programme.policy.at_risk), key=lambda one: (one.duty, one.period)))


def next_wakeup(programme: Programme, now: datetime) -> datetime | None:
    """The least instant later than ``now`` at which anything changes by itself, or because the log says so."""
    at = instant(now, "now")
    coming = next((event.at for event in programme._told.events if event.at > at), None)
    found = [next_change(programme, story_at(programme, at), at), coming]
    return min((change for change in found if change is not None), default=None)


def reminders(programme: Programme, after: datetime | None, now: datetime) -> tuple[Reminder, ...]:
    """Every obligation that changed, or opened, by time alone later than ``after`` and by ``now``."""
    at = instant(now, "now")
    since = instant(after, "after") if after is not None else None
    entries = entries_at(programme.policy, story_at(programme, at), at)
    found = reminders_of(f"programme {programme.id}", entries.values(), since, at, programme.policy.at_risk)
    return tuple(evolve(one, incident="", programme=programme.id) for one in found)


def corrections(programme: Programme) -> tuple[Correction, ...]:
    """Every conclusion that was drawn once and is drawn otherwise now."""
    return all_corrected(programme.policy, programme.log)


# --- why ------------------------------------------------------------------------------------------------


def explain(programme: Programme, subject: str, now: datetime) -> Explanation:
    """Why something is owed in the programme: by key, or by the rule, whose last obligation is then meant."""
    if not isinstance(subject, str):
        raise QuestionInvalid([Problem("subject", "is not text", "name an obligation or a rule")])
    at, policy = instant(now, "now"), programme.policy
    story, rules = story_at(programme, at), programme_duties(programme.policy)
    entries = entries_at(policy, story, at)
    found = [one for one in obligations(programme, at, None) if subject in (one.key, one.duty)]
    if found:
        latest = max(found, key=lambda one: (one.status == "active", one.period))
        return _explained(policy, story, entries[latest.key], latest, at)
    if subject in rules:
        waits = "the first day owed" if story.opening is None else "nothing of it was opened yet"
        return Explanation(
            subject, f"not owed: {rules[subject].title}", (("waits for", waits), *_rule(policy, rules[subject]))
        )
    if subject == ACTIONS:
        return Explanation(subject, "only an open action is closed", (("who", "whoever owns it"),))
    known = [*rules, *entries, ACTIONS]
    hint = nearest(subject, known) or f"known are {', '.join(sorted(known))}"
    raise QuestionInvalid([Problem("subject", f"nothing is called '{subject[:80]}'", hint)])


def _explained(policy: Policy, story: Told, entry: Entry, owed: Obligation, now: datetime) -> Explanation:
    until = (
        f"{owed.limit}: {rfc3339(owed.due)}{' (exclusive)' if owed.boundary == 'exclusive' else ''}"
        if owed.due
        else owed.due_kind
    )
    lines = [
        ("now", _standing(owed, now)),
        *_of_period(policy, story, entry, now),
        *([("comes from", f"incident {story.came_from[owed.key]}")] if owed.key in story.came_from else []),
        ("owed by", owed.owed_by),
        *_rule(policy, entry.duty),
        ("from", f"{owed.mark} at {rfc3339(owed.anchor)}"),
        ("until", until),
    ]
    about = f": {owed.item}" if owed.item else ""
    return Explanation(owed.key, f"{owed.title}{about}", tuple(lines))


def _standing(owed: Obligation, now: datetime) -> str:
    if owed.met_at is not None:
        return f"{owed.verdict} at {rfc3339(owed.met_at)}"
    late = owed.overdue_by(now)
    age = f", {(now - owed.anchor).days} days after {owed.mark}" if owed.due_kind != "given" else ""
    return f"{owed.verdict}{', overdue' if late is not None else ''}{age}"


def _of_period(policy: Policy, story: Told, entry: Entry, now: datetime) -> Iterator[tuple[str, str]]:
    exercise = policy.about.exercises.get(entry.duty.id)
    if exercise is None:
        return
    period: Period = periods_at(policy, story, exercise, now)[entry.n]
    yield "period", f"{exercise.every} from {rfc3339(period.start)} until before {rfc3339(period.end)}"
    for one in period.held:
        covered = f", covering {listed(one.covers)}" if one.covers else ""
        yield (
            "held",
            f"{rfc3339(one.at)}{f' ({one.precision})' if one.precision else ''} by {one.by} ({one.id}){covered}",
        )
    if period.perhaps:
        yield "perhaps", f"{listed(period.perhaps)}: the record does not say in which period"
    if period.missing:
        yield "missing", listed(period.missing)


def _rule(policy: Policy, rule: Duty) -> Iterator[tuple[str, str]]:
    yield "clause", rule.clause
    yield "basis", rule.basis.value
    if rule.reading:
        yield "reading", f"{rule.reading}: {policy.readings[rule.reading].text}"
    yield "met by", ", ".join(name for match in rule.met_by for name in match.names)
