"""Any answer as plain JSON material, in the form its published schema describes. The command line prints these and no others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from attrs import frozen

from ir_policy.duties.calling_plan import PagePlan
from ir_policy.duties.calls import Paging
from ir_policy.duties.commanders import Command
from ir_policy.duties.explanation import Explanation
from ir_policy.duties.judge import Obligation
from ir_policy.duties.messages import Notices
from ir_policy.duties.remind import Reminder
from ir_policy.duties.severity import Classification
from ir_policy.errors import IRPolicyError, Problem, QuestionInvalid, Refusal, Refused
from ir_policy.exchange.ids import ids_json
from ir_policy.incident import Incident, Step
from ir_policy.log.wire import Log
from ir_policy.present.calling import page_plan_json, paging_json
from ir_policy.present.card import Board
from ir_policy.present.chronicle import Timeline
from ir_policy.present.commanding import command_json
from ir_policy.present.custody import Manifest
from ir_policy.present.kept_ready import templates_json
from ir_policy.present.linted import lint_json
from ir_policy.present.practice import Drills
from ir_policy.present.result import (
    classification_json,
    explanation_json,
    obligation_json,
    policy_json,
    problem_json,
    refusal_json,
    reminder_json,
    step_json,
    verified_json,
)
from ir_policy.present.screen import Brief
from ir_policy.present.wording import notices_json
from ir_policy.programme.value import Programme, ProgrammeStep
from ir_policy.review.findings import Finding
from ir_policy.rules.model import Policy
from ir_policy.terms import instant, nearest, rfc3339, show
from ir_policy.words.drafts import Draft

__all__ = ["as_json"]


def as_json(
    answer: object, name: str, of: Incident | Programme | Policy | None = None, now: datetime | None = None
) -> Any:
    """An answer as plain dictionaries, lists and text, valid by ``ir.schema(name)``; what the command line prints with ``--json``.

    ``as_json(step, "step")``, and so ``brief``, ``timeline``, ``drills``, ``board``, ``evidence``, ``reminder``, ``refused`` and ``error`` (what was raised), ``verified``
    (a log that was read) and ``policy-ids``, say all by themselves. ``as_json(ir.obligations(incident, now), "obligations", now=now)``,
    ``obligation`` for one of them, ``draft`` and ``templates`` (of a policy) need the instant they were judged at. ``as_json(refusals, "check", incident, event.at)`` and
    ``explanation`` and ``paging`` need the incident, or its policy, and the instant; ``classification``, ``page-plan`` and ``lint`` the policy.

    Keys come in the order of the schema; the command line sorts them, and the same answer gives the same bytes. Raises
    :class:`~ir_policy.errors.QuestionInvalid` for a name or an answer that do not belong together, and where ``of`` or ``now`` is missing.
    """
    form = _FORMS.get(name) if isinstance(name, str) else None
    if form is None:
        hint = nearest(name, _FORMS) if isinstance(name, str) else ""
        raise QuestionInvalid(
            [Problem("name", f"no answer is called '{show(str(name))}'", hint or f"known are {_KNOWN}")]
        )
    if not _is(answer, form.takes, form.several):
        raise QuestionInvalid([Problem("answer", f"is not what '{name}' describes", f"pass {form.means}")])
    policy = of.policy if isinstance(of, (Incident, Programme)) else of
    if form.needs_policy and not isinstance(policy, Policy):
        raise QuestionInvalid(
            [Problem("of", f"'{name}' names the policy that answered", "pass the incident or the policy")]
        )
    if form.needs_now and now is None:
        raise QuestionInvalid([Problem("now", f"'{name}' names the instant judged at", "pass the one you asked with")])
    return form.make(answer, policy, instant(now, "now") if form.needs_now else None)


# --- forms ----------------------------------------------------------------------------------------------

Make = Callable[[Any, Any, Any], Any]


@frozen
class _Form:
    """What an answer is made from, and how."""

    takes: type | tuple[type, ...]
    means: str
    make: Make
    several: bool = False
    needs_policy: bool = False
    needs_now: bool = False


def _is(answer: object, wanted: type | tuple[type, ...], several: bool) -> bool:
    if several:
        return isinstance(answer, (tuple, list)) and all(isinstance(one, wanted) for one in answer)
    return isinstance(answer, wanted) and not (wanted is IRPolicyError and isinstance(answer, Refused))


def _whose(policy: Policy, now: datetime) -> dict[str, Any]:
    return {"as_of": rfc3339(now), "policy": policy_json(policy)}


def _refusals(refusals: tuple[Refusal, ...]) -> dict[str, Any]:
    return {"refusals": [refusal_json(one) for one in refusals]}


def _error(error: IRPolicyError) -> dict[str, Any]:
    problems = getattr(error, "problems", None) or [Problem("", str(error))]
    return {"error": type(error).__name__, "problems": [problem_json(one) for one in problems]}


_FORMS: Final[dict[str, _Form]] = {
    "classification": _Form(
        Classification,
        "what ir.classify returned",
        lambda verdict, policy, _: {"policy": policy_json(policy), **classification_json(verdict)},
        needs_policy=True,
    ),
    "obligations": _Form(
        Obligation,
        "what ir.obligations returned",
        lambda owed, _, now: [obligation_json(one, now) for one in owed],
        several=True,
        needs_now=True,
    ),
    "obligation": _Form(
        Obligation, "one of ir.obligations", lambda owed, _, now: obligation_json(owed, now), needs_now=True
    ),
    "brief": _Form(Brief, "what ir.brief returned", lambda shown, *_: shown.as_json()),
    "timeline": _Form(Timeline, "what ir.timeline returned", lambda told, *_: told.as_json()),
    "drills": _Form(Drills, "what ir.drills returned", lambda shown, *_: shown.as_json()),
    "board": _Form(Board, "what ir.board returned", lambda card, *_: card.as_json()),
    "evidence": _Form(Manifest, "what ir.evidence returned", lambda kept, *_: kept.as_json()),
    "draft": _Form(Draft, "what ir.draft returned", lambda text, _, now: text.as_json(now), needs_now=True),
    "templates": _Form(Policy, "a loaded policy", lambda policy, _, now: templates_json(policy, now), needs_now=True),
    "check": _Form(
        Refusal,
        "what ir.check returned",
        lambda refusals, policy, now: {**_whose(policy, now), **_refusals(refusals)},
        several=True,
        needs_policy=True,
        needs_now=True,
    ),
    "explanation": _Form(
        Explanation,
        "what ir.explain returned",
        lambda why, policy, now: {**_whose(policy, now), **explanation_json(why)},
        needs_policy=True,
        needs_now=True,
    ),
    "step": _Form(
        (Step, ProgrammeStep), "what apply, record or open_incident returned", lambda step, *_: step_json(step)
    ),
    "reminder": _Form(Reminder, "one of ir.reminders", lambda reminder, *_: reminder_json(reminder)),
    "paging": _Form(
        Paging,
        "what ir.paging returned",
        lambda paging, policy, now: {**_whose(policy, now), **paging_json(paging)},
        needs_policy=True,
        needs_now=True,
    ),
    "page-plan": _Form(
        PagePlan,
        "what ir.page_plan returned",
        lambda plan, policy, _: {"policy": policy_json(policy), **page_plan_json(plan)},
        needs_policy=True,
    ),
    "notices": _Form(Notices, "what ir.notices returned", lambda found, *_: notices_json(found)),
    "command": _Form(Command, "what ir.command returned", lambda command, *_: command_json(command)),
    "lint": _Form(
        Finding,
        "what ir.lint returned",
        lambda found, policy, _: {"policy": policy_json(policy), **lint_json(found)},
        several=True,
        needs_policy=True,
    ),
    "verified": _Form(Log, "what ir.read_log returned", lambda log, *_: verified_json(log)),
    "refused": _Form(Refused, "the ir.Refused that was raised", lambda refused, *_: _refusals(refused.refusals)),
    "error": _Form(IRPolicyError, "another error of the library that was raised", lambda error, *_: _error(error)),
    "policy-ids": _Form(Policy, "a loaded policy", lambda policy, *_: ids_json(policy)),
}
_KNOWN: Final = ", ".join(_FORMS)
