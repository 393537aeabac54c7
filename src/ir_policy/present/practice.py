"""What a programme practised, confirmed and still owes at an instant: coverage, what is overdue, and the history of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from attrs import frozen

from ir_policy.answers import next_wakeup, obligations
from ir_policy.desk import need_stream
from ir_policy.duties.judge import Obligation
from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.incident import Incident
from ir_policy.log.events import Event, Session
from ir_policy.present.practice_parts import Action, Held, Kept, PeriodHeld, Practice, Practised
from ir_policy.present.result import obligation_json, policy_json
from ir_policy.programme.owing import Period, periods_at
from ir_policy.programme.questions import story_at
from ir_policy.programme.rules import kept_true
from ir_policy.programme.told import Told
from ir_policy.programme.value import Programme
from ir_policy.rules.about import Assumption, Exercise
from ir_policy.terms import instant, rfc3339

__all__ = ["Drills", "drills"]


@frozen(eq=False)
class Drills(Practice):
    """A programme as of an instant, for people (:meth:`text`, :meth:`svg`) and for programs (:meth:`as_json`).

    ``exercises`` holds each period of each exercise so far, the present one last; ``kept`` how old the last word is on what the
    policy takes for granted; ``actions`` what is still open; ``switched_off`` the options nobody has decided on. ``overdue``
    names by key what is past a limit that binds and was not made up for since, ``past_advice`` what is past one that only
    advises. Instants are UTC.
    """

    def as_json(self) -> dict[str, Any]:
        """All of it as plain JSON material; the same programme and instant give the same bytes."""
        return {
            "as_of": rfc3339(self.now),
            "policy": policy_json(self.programme.policy),
            "programme": self.programme.id,
            "seq": self.programme.seq,
            "head": self.programme.head,
            "opened_at": rfc3339(self.programme.opened_at),
            "exercises": [_practised_json(one) for one in self.exercises],
            "kept": [_kept_json(one) for one in self.kept],
            "actions": [_action_json(one) for one in self.actions],
            "overdue": list(self.overdue),
            "past_advice": list(self.past_advice),
            "switched_off": [
                {"id": one.id, "clause": one.clause, "adds": one.switched_off, "asked_of": list(one.asked_of)}
                for one in self.switched_off
            ],
            "obligations": [obligation_json(one, self.now) for one in self.obligations],
            "next_wakeup": _instant(self.next_wakeup),
        }

    def text(self, *, colour: bool = False) -> str:
        """All of it as text, 80 columns wide: what to do now and next, each period by exercise, and what is kept ready."""
        from ir_policy.present.practice_text import page  # few print it

        return page(self, colour)

    def svg(self) -> str:
        """A picture of it: a row for each exercise, a cell for each period, and the age of what is kept ready."""
        from ir_policy.present.practice_picture import picture  # few draw it

        return picture(self)

    def __str__(self) -> str:
        return self.text()


def drills(programme: Programme, now: datetime) -> Drills:
    """What the programme practised and confirmed by ``now``, what is overdue, and how each period before went.

    Events later than ``now`` have not happened yet; before the opening nothing is owed. Raises
    :class:`~ir_policy.errors.QuestionInvalid` for a naive ``now`` and for anything but a programme.
    """
    if isinstance(programme, Incident) or not isinstance(programme, Programme):
        need_stream(programme)
        raise QuestionInvalid([Problem("programme", "is an incident", "pass what open_programme or replay returned")])
    at = instant(now, "now")
    policy, story = programme.policy, story_at(programme, at)
    owed = {one.key: one for one in obligations(programme, at)}
    begun = story.opening is not None
    about = policy.about
    return Drills(
        programme=programme, now=at,
        exercises=tuple(_practised(one, periods_at(policy, story, one, at), owed) for one in about.exercises.values()) if begun else (),
        kept=tuple(_kept(programme, one, story, owed, at) for one in kept_true(policy)) if begun else (),
        actions=_actions(programme, story, owed, at),
        switched_off=tuple(one for _, one in sorted(about.open_questions.items()) if one.switched_off),
        next_wakeup=next_wakeup(programme, at), obligations=tuple(owed.values()),
    )  # fmt: skip


# --- exercises ------------------------------------------------------------------------------------------


def _practised(exercise: Exercise, periods: tuple[Period, ...], owed: dict[str, Obligation]) -> Practised:
    found = tuple(_period(one, owed[one.entry.key]) for one in periods)
    return Practised(
        exercise.id, exercise.title, exercise.clause, exercise.every, exercise.owed_by, exercise.covers, found
    )


def _period(period: Period, owed: Obligation) -> PeriodHeld:
    return PeriodHeld(
        owed.key, period.number, period.start, period.end, tuple(_held(one) for one in period.held), period.covered,
        period.perhaps, period.missing, owed.verdict, owed.met_at,
    )  # fmt: skip


def _held(event: Session) -> Held:
    return Held(event.id, event.at, event.precision, event.by, event.covers, event.evidence)


# --- what is kept ready -----------------------------------------------------------------------------------


def _kept(
    programme: Programme, assumption: Assumption, story: Told, owed: dict[str, Obligation], now: datetime
) -> Kept:
    last = max((one for one in owed.values() if one.duty == assumption.id), key=lambda one: one.period)
    words: list[Event] = [one for one in story.attested if one.duty == assumption.id]
    return Kept(
        key=last.key, id=assumption.id, means=assumption.means, clause=assumption.clause, kept_by=assumption.kept_by,
        attested_at=words[-1].at if words else None, age=_days(programme, last.anchor, now), good_for=last.limit,
        due=last.due, overdue=last.overdue_by(now) is not None, binds=last.basis != "advisory",
    )  # fmt: skip


def _days(programme: Programme, since: datetime, now: datetime) -> int:
    """Civil days from one instant to the other in the policy's zone."""
    calendar = programme.policy.calendar
    return (calendar.local_date(now) - calendar.local_date(since)) // timedelta(days=1)


def _actions(programme: Programme, story: Told, owed: dict[str, Obligation], now: datetime) -> tuple[Action, ...]:
    open_ = [owed[key] for key in story.actions if owed[key].status == "active"]
    found = [
        Action(one.key, one.item, one.owed_by, one.anchor, _days(programme, one.anchor, now), one.due,
               story.came_from.get(one.key, ""), one.overdue_by(now) is not None)
        for one in open_
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.due is None, one.due or now, one.key)))


# --- as plain JSON material -------------------------------------------------------------------------------


def _practised_json(one: Practised) -> dict[str, Any]:
    return {
        "id": one.id, "title": one.title, "clause": one.clause, "every": one.every, "owed_by": one.owed_by,
        "scenarios": [{"id": name, "means": means} for name, means in one.scenarios.items()],
        "overdue": one.overdue,
        "periods": [
            {
                "key": period.key, "period": period.number, "from": rfc3339(period.start), "to": rfc3339(period.end),
                "sessions": [
                    {"event": held.event, "at": rfc3339(held.at), "precision": held.precision or None, "by": held.by,
                     "covers": list(held.covers), "evidence": list(held.evidence)}
                    for held in period.sessions
                ],
                "covered": list(period.covered), "perhaps": list(period.perhaps), "missing": list(period.missing),
                "verdict": period.verdict, "met_at": _instant(period.met_at),
            }
            for period in one.periods
        ],
    }  # fmt: skip


def _kept_json(one: Kept) -> dict[str, Any]:
    return {
        "key": one.key, "id": one.id, "means": one.means, "clause": one.clause, "kept_by": one.kept_by,
        "attested_at": _instant(one.attested_at), "age_days": one.age, "good_for": one.good_for or None,
        "due": _instant(one.due), "overdue": one.overdue, "binds": one.binds,
    }  # fmt: skip


def _action_json(one: Action) -> dict[str, Any]:
    return {
        "key": one.key, "action": one.action, "owner": one.owner, "opened_at": rfc3339(one.opened_at), "age_days": one.age,
        "due": _instant(one.due), "incident": one.incident or None, "overdue": one.overdue,
    }  # fmt: skip


def _instant(at: datetime | None) -> str | None:
    return rfc3339(at) if at is not None else None
