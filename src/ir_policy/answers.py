"""Questions to an incident or a programme at an instant: what is owed, when anything changes by itself, what was corrected.

Every question takes ``now``; events later than ``now`` have not happened yet, and what the log says of the time before
is taken as it is known today. ``known_at`` asks instead what the log had learnt by then.
"""

from __future__ import annotations

from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING

from ir_policy.desk import need_stream, replay
from ir_policy.duties.anew import Correction, all_drawn_anew, folded, in_order
from ir_policy.duties.case import Case
from ir_policy.duties.explanation import (
    Explanation,
    explain_duty,
    explain_gate,
    explain_obligation,
    explain_own_rule,
    explain_severity,
)
from ir_policy.duties.judge import Obligation
from ir_policy.duties.own_rules import OWN_RULES
from ir_policy.duties.remind import Reminder, reminders_of
from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.incident import Incident, known_by
from ir_policy.log.events import Detected
from ir_policy.terms import instant, nearest, rfc3339

if TYPE_CHECKING:
    from ir_policy.duties.calls import Paging
    from ir_policy.duties.commanders import Command
    from ir_policy.duties.messages import Notices
    from ir_policy.programme.value import Programme

__all__ = [
    "Correction",
    "command",
    "corrections",
    "detected_state",
    "explain",
    "next_wakeup",
    "notices",
    "obligations",
    "paging",
    "reminders",
    "state_at",
]


def obligations(
    incident: Incident | Programme, now: datetime, *, known_at: datetime | None = None
) -> tuple[Obligation, ...]:
    """Everything owed and settled in the incident, or the programme, as of ``now``, in order of key.

    ``known_at`` answers from what the log had learnt by then. Raises :class:`~ir_policy.errors.QuestionInvalid` for
    a naive or ambiguous ``now``. With ``now`` at or after the last event the work depends on the obligations, not on the
    length of the log; an earlier ``now`` and ``known_at`` fold the log again.
    """
    if not isinstance(incident, Incident):
        owed: tuple[Obligation, ...] = _asked(incident).obligations(incident, now, known_at)
        return owed
    case, _ = state_at(incident, now, known_at=known_at)
    return case.obligations(instant(now, "now"))


def next_wakeup(incident: Incident | Programme, now: datetime) -> datetime | None:
    """The least instant later than ``now`` at which any status or verdict, or whom to page, changes by itself: by time alone, or
    because the log holds an event that happens then.

    Until then :func:`obligations` and :func:`paging` give the same answer unless an event is recorded, so a host may sleep. For a
    deadline that is inclusive it is one microsecond after it. ``None`` means that only an event can change anything.
    """
    if not isinstance(incident, Incident):
        first: datetime | None = _asked(incident).next_wakeup(incident, now)
        return first
    case, coming = state_at(incident, now)
    at = instant(now, "now")
    story = case.on_call(at)
    found = [case.next_change(at), story.deadline() if story is not None else None, coming]
    return min((change for change in found if change is not None), default=None)


def reminders(incident: Incident | Programme, after: datetime | None, now: datetime) -> tuple[Reminder, ...]:
    """Every obligation that changed by time alone later than ``after`` and no later than ``now``, and whom to page since then,
    in the order it did.

    ``None`` for ``after`` asks where every obligation stands: the last change of each, however long ago. A host that asks so
    after each event and at each wake-up, and keeps each ``key`` once, loses nothing, not even what was overdue
    already when the event that tells of it arrived. What was settled by ``now`` is not mentioned any more. A reminder about
    paging names no obligation: its key, ``obligation`` and ``duty`` begin with ``paging``.
    """
    if not isinstance(incident, Incident):
        told: tuple[Reminder, ...] = _asked(incident).reminders(incident, after, now)
        return told
    case, _ = state_at(incident, now)
    since = instant(after, "after") if after is not None else None
    at = instant(now, "now")
    found = reminders_of(incident.id, case.ledger.entries.values(), since, at, case.policy.at_risk)
    story = case.on_call(at)
    paged = story.reminders(incident.id, since) if story is not None else ()
    return tuple(sorted((*found, *paged), key=lambda one: (one.at, one.key))) if paged else found


def paging(incident: Incident, now: datetime) -> Paging:
    """Whom to page as of ``now``: every try so far and how it ended, who is told next, from when on and why.

    Between two wake-ups of :func:`next_wakeup` the answer stays the same unless an event is recorded. It is a view: paging
    opens no obligation and changes no verdict. It goes by the paging list of the policy in force. Raises
    :class:`~ir_policy.errors.QuestionInvalid` for a naive ``now``. Source: ``tooling/on-call``.
    """
    from ir_policy.duties.on_call import NO_LIST

    case, _ = state_at(incident, now)
    story = case.on_call(instant(now, "now"))
    return story.paging() if story is not None else NO_LIST


def notices(incident: Incident, now: datetime) -> Notices:
    """Every message as of ``now``: its text as it stands, who reviewed and approved it, what it still waits for, whom it
    reached; which channels are in doubt, and when the next word is suggested.

    A text is known by its digest alone. Raises :class:`~ir_policy.errors.QuestionInvalid` for a naive ``now``, and before the
    first signal. Source: ``comms-cadence/client-updates``, ``privacy-integration/legal-review``.
    """
    from ir_policy.duties.messages import notices_of  # few need it

    return notices_of(detected_state(incident, now), incident.id, instant(now, "now"))


def command(incident: Incident, at: datetime) -> Command:
    """Who holds each role at ``at``, who may act in it and why, who is next, and what to be careful about.

    Any past instant may be asked about: ``ir.command(incident, at).role("incident-commander").may_act`` says who could decide
    then. Tenures are as the log knows them today, from ``since`` up to and without ``until``; what happened at ``at`` itself
    has happened. Raises :class:`~ir_policy.errors.QuestionInvalid` for a naive ``at`` and for one before the first signal.
    Source: ``roles/incident-commander``.
    """
    from ir_policy.duties.commanders import command_of  # few need it

    return command_of(detected_state(incident, at), incident.id, instant(at, "at"))


def _asked(programme: object) -> ModuleType:
    """The same questions to a programme: few ask them, so they are loaded when one is at hand."""
    need_stream(programme)
    from ir_policy.programme import questions

    return questions


def state_at(incident: Incident, now: datetime, *, known_at: datetime | None = None) -> tuple[Case, datetime | None]:
    """The derived state as of ``now``, and the instant of the first event in the log that is later still."""
    if not isinstance(incident, Incident):
        raise QuestionInvalid([Problem("incident", "is not an incident", "pass what open_incident or replay returned")])
    at = instant(now, "now")
    if known_at is not None:
        known = known_by(incident.log, instant(known_at, "known_at"))
        if not any(isinstance(event, Detected) for event in known):
            return Case(incident.opened_under), None  # the log knew of no incident yet
        incident = replay(incident.opened_under, known)
    if incident._last[0] <= at:
        return incident._case, None
    events, _ = in_order(incident.opened_under, incident.log)
    coming = next((event.at for event in events if event.at > at), None)
    return folded(incident.opened_under, incident.log, until=lambda event: event.at > at), coming


def detected_state(incident: Incident, now: datetime) -> Case:
    """The derived state as of ``now``; raises :class:`~ir_policy.errors.QuestionInvalid` before the first signal."""
    case, _ = state_at(incident, now)
    if case.history.detection is None:
        first = min(event.at for event in incident.log)
        raise QuestionInvalid([Problem("now", f"incident '{incident.id}' was not detected yet then",
                                       f"ask for {rfc3339(first)} or later")])  # fmt: skip
    return case


def explain(incident: Incident | Programme, subject: str, now: datetime) -> Explanation:
    """Why something stands as it does as of ``now``, back to facts, rules, clauses and sources.

    ``subject`` is an obligation's key, a duty (the reasons why nothing is owed under it, if nothing is), a gate, a rule of the
    library itself that a refusal cites, or ``severity``. Raises :class:`~ir_policy.errors.QuestionInvalid` for a subject the policy does not know.
    """
    if not isinstance(incident, Incident):
        why: Explanation = _asked(incident).explain(incident, subject, now)
        return why
    case, _ = state_at(incident, now)
    policy = case.policy
    if not isinstance(subject, str):
        raise QuestionInvalid([Problem("subject", "is not text", "name a duty, an obligation, a gate or severity")])
    found = [o for o in obligations(incident, now) if subject in (o.key, o.duty)]
    if found:
        latest = max(found, key=lambda o: (o.status in ("active", "pending"), o.period, o.recipient))
        at = instant(now, "now")
        log = [event for event in in_order(incident.opened_under, incident.log)[0] if event.at <= at]
        return explain_obligation(case, latest, at, log)
    if subject in policy.duties:
        return explain_duty(case, policy.duties[subject])
    if subject in policy.gates:
        return explain_gate(case, policy.gates[subject], instant(now, "now"))
    if subject == "severity":
        return explain_severity(case)
    if subject in OWN_RULES:
        return explain_own_rule(case, subject)
    known = [*policy.duties, *policy.gates, *case.ledger.entries, *OWN_RULES, "severity"]
    hint = nearest(str(subject), known) or f"known are {', '.join(sorted(known))}"
    raise QuestionInvalid([Problem("subject", f"nothing is called '{str(subject)[:80]}'", hint)])


def corrections(incident: Incident | Programme) -> tuple[Correction, ...]:
    """Every conclusion that was drawn once and is drawn otherwise now, in the order the log learnt better."""
    if not isinstance(incident, Incident):
        anew: tuple[Correction, ...] = _asked(incident).corrections(incident)
        return anew
    return all_drawn_anew(incident.opened_under, incident.log)
