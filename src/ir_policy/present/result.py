"""Answers as plain JSON material, in the shapes other programs rely on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ir_policy.duties.anew import Correction
from ir_policy.duties.case import Case, Violation
from ir_policy.duties.explanation import Explanation
from ir_policy.duties.judge import Breach, Obligation
from ir_policy.duties.remind import Reminder
from ir_policy.duties.severity import Classification
from ir_policy.errors import Problem, Refusal
from ir_policy.incident import Step
from ir_policy.log.wire import Log
from ir_policy.rules.model import Policy
from ir_policy.terms import Severity, Source, rfc3339

if TYPE_CHECKING:
    from ir_policy.programme.value import ProgrammeStep

__all__ = [
    "MOVED", "classification_json", "correction_json", "duration", "explanation_json", "obligation_json", "policy_json",
    "problem_json", "refusal_json", "reminder_json", "severity_json", "step_json", "verified_json", "violation_json",
]  # fmt: skip

MOVED: Final = ("opened", "revived", "tightened", "discharged", "cancelled", "waived", "lapsed", "dropped", "moved")
"""What an event can move, by the names a step has for it."""


def policy_json(policy: Policy) -> dict[str, Any]:
    """Which document answered, and what else the answer rests on."""
    return {
        "id": policy.id,
        "version": policy.version,
        "digest": policy.digest,
        "semantics": policy.semantics,
        "zone_data": policy.zone_data,
    }


def severity_json(case: Case, proposed: Classification) -> dict[str, Any]:
    level = case.level
    return {
        "governing": _level(level.governing),
        "decided": _level(level.decided),
        "provisional": _level(level.raised),
        "proposed": classification_json(proposed),
        "initial": _level(level.initial),
        "peak": _level(level.peak),
    }


def classification_json(proposed: Classification) -> dict[str, Any]:
    return {
        "severity": proposed.severity.value,
        "best": proposed.range.best.value,
        "worst": proposed.range.worst.value,
        "determined_by": list(proposed.determined_by),
        "facts": list(proposed.facts),
        "open_questions": [
            {
                "fact": question.fact,
                "means": question.means,
                "if_yes": {"best": question.if_yes.best.value, "worst": question.if_yes.worst.value},
                "if_no": {"best": question.if_no.best.value, "worst": question.if_no.worst.value},
            }
            for question in proposed.open_questions
        ],
    }


def obligation_json(obligation: Obligation, as_of: datetime) -> dict[str, Any]:
    """One obligation; ``late_by`` of an open one is how late it is as of the answer."""
    late_by = obligation.late_by if obligation.late_by is not None else obligation.overdue_by(as_of)
    return {
        "key": obligation.key,
        "duty": obligation.duty,
        "title": obligation.title,
        "item": obligation.item or None,
        "recipient": obligation.recipient,
        "episode": obligation.episode,
        "period": obligation.period,
        "act": obligation.act or None,
        "basis": obligation.basis,
        "binding": _instant(obligation.binding),
        "clause": obligation.clause,
        "document": obligation.document,
        "source": _source(obligation.source),
        "reading": obligation.reading or None,
        "owed_by": obligation.owed_by,
        "mark": obligation.mark,
        "anchor": rfc3339(obligation.anchor),
        "limit": obligation.limit or None,
        "opened_at": rfc3339(obligation.opened_at),
        "due": _instant(obligation.due),
        "due_kind": obligation.due_kind or None,
        "boundary": obligation.boundary or None,
        "status": obligation.status,
        "breach": _breach(obligation.breach),
        "verdict": obligation.verdict,
        "met_at": _instant(obligation.met_at),
        "late_by": duration(late_by) if late_by is not None else None,
        "blocked_by": list(obligation.blocked_by),
        "attempts": [{"event": a.event, "at": rfc3339(a.at), "missing": list(a.missing)} for a in obligation.attempts],
    }


def refusal_json(refusal: Refusal) -> dict[str, Any]:
    return {
        "rule": refusal.rule,
        "clause": refusal.clause,
        "missing": list(refusal.missing),
        "who": list(refusal.who),
    }


def violation_json(policy: Policy, violation: Violation) -> dict[str, Any]:
    kind = "duty" if violation.rule in policy.duties else "gate"
    return {
        kind: violation.rule,
        "at": rfc3339(violation.at),
        "clause": violation.clause,
        "event": violation.event,
        "missing": list(violation.missing),
        "without_effect": violation.void,
    }


def correction_json(correction: Correction) -> dict[str, Any]:
    return {
        "what": correction.what,
        "before": correction.before,
        "after": correction.after,
        "event": correction.event,
        "reason": correction.reason,
    }


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    lines: list[dict[str, str]] = [{"label": label, "text": text} for label, text in explanation.lines]
    return {"subject": explanation.subject, "headline": explanation.headline, "lines": lines}


def step_json(step: Step | ProgrammeStep) -> dict[str, Any]:
    """What one event did; ``seq`` and ``head`` are where the log stands after it."""
    stream = step.incident if isinstance(step, Step) else step.programme
    level = [level.value if level is not None else None for level in step.level]
    against = [{"rule": v.rule, "clause": v.clause, "missing": list(v.missing)} for v in step.violations]
    return {
        "event": step.event.id,
        "seq": stream.seq,
        "head": stream.head,
        "level": level,
        **{name: list(getattr(step, name)) for name in MOVED},
        "violations": against,
        "corrections": [correction_json(anew) for anew in step.corrections],
        "suggested": list(step.suggested),
    }


def reminder_json(reminder: Reminder) -> dict[str, Any]:
    return {
        "key": reminder.key,
        **({"programme": reminder.programme} if reminder.programme else {"incident": reminder.incident}),
        "obligation": reminder.obligation,
        "duty": reminder.duty,
        "title": reminder.title,
        "recipient": reminder.recipient,
        "owed_by": reminder.owed_by,
        "kind": reminder.kind,
        "at": rfc3339(reminder.at),
        "due": _instant(reminder.due),
    }


def verified_json(log: Log) -> dict[str, Any]:
    chain = log.chain
    return {"seq": len(log.events), "head": chain.head if chain is not None else None, "chained": chain is not None}


def problem_json(problem: Problem) -> dict[str, Any]:
    return {"where": problem.where, "what": problem.what, "hint": problem.hint}


def duration(length: timedelta) -> str:
    """A length of time as ISO 8601 in days, hours, minutes and seconds: never years or months."""
    total = length // timedelta(microseconds=1)
    seconds, micro = divmod(total, 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    fraction = f".{micro:06d}".rstrip("0") if micro else ""
    time = _parts((hours, "H"), (minutes, "M")) + (f"{seconds}{fraction}S" if seconds or micro else "")
    day = f"{days}D" if days else ""
    return f"P{day}T{time}" if time else f"P{day or 'T0S'}"


def _parts(*parts: tuple[int, str]) -> str:
    return "".join(f"{count}{unit}" for count, unit in parts if count)


def _breach(breach: Breach | None) -> dict[str, Any] | None:
    if breach is None:
        return None
    return {"at": rfc3339(breach.at), "known_at": rfc3339(breach.known_at), "cause": breach.cause}


def _source(source: Source | None) -> dict[str, Any] | None:
    if source is None:
        return None
    days = ("checked", "review_by", "in_force_from", "in_force_to")
    said: dict[str, Any] = {day: getattr(source, day).isoformat() for day in days if getattr(source, day) is not None}
    return {"cite": source.cite, **said, "evidence": source.evidence or None}


def _level(level: Severity | None) -> str | None:
    return level.value if level is not None else None


def _instant(at: datetime | None) -> str | None:
    return rfc3339(at) if at is not None else None
