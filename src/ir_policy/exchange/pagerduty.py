"""The paging list in the form in which PagerDuty takes an escalation policy. Nothing is sent: a host sends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from ir_policy.duties.call_list import repeats
from ir_policy.duties.on_call import list_of
from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.rules.about import Acknowledgement, Tool
from ir_policy.rules.model import Policy
from ir_policy.terms import Severity, nearest, show

__all__ = ["escalation_policy"]

TYPES: Final = ("user_reference", "schedule_reference", "schedule_v3_reference", "user", "schedule")
"""What a rule there may be aimed at."""
MOST_TARGETS: Final = 10
MOST_LOOPS: Final = 9
"""Limits of the service, not of any policy: it refuses more."""
MINUTE: Final = timedelta(minutes=1)

Target = Mapping[str, str]


def escalation_policy(
    policy: Policy, severity: Severity | None, targets: Mapping[str, Target | Sequence[Target]]
) -> dict[str, Any]:
    """The body that creates the paging list of one level as an escalation policy of PagerDuty.

    ``targets`` says for each level and each role after the list whom to page there: ``{"id": …, "type": …}`` or several of
    them, with a type such as ``user_reference`` or ``schedule_reference``. ``None`` for ``severity`` is an incident nobody has
    assessed. There is one rule for each level and one for all the roles, each with the time to answer in minutes (a document knows no shorter one). Where the
    list is repeated until somebody answers, the service begins again with the first level and does so nine times at most: it cannot
    repeat the last rule alone, and it gives up in the end, which the policy does not. A host that keeps to the policy pages by
    :func:`ir_policy.paging`.

    Raises :class:`~ir_policy.errors.QuestionInvalid` with every problem at once: a target that is missing or malformed, a name
    nobody pages, a level at which nobody is paged. Source: ``tooling/on-call``.
    """
    tool, rule, level = _list_at(policy, severity)
    problems = [*_of_targets(rule, targets)]
    if problems:
        raise QuestionInvalid(problems)
    minutes = rule.within[level] // MINUTE
    aimed = [[*_several(targets[name])] for name in rule.levels]
    last = [one for role in rule.then for one in _several(targets[role])]
    again = repeats(rule, level)
    aimed += [last] * (1 if again else rule.times or 1)
    shown = severity.value if severity is not None else "unassessed"
    return {
        "escalation_policy": {
            "type": "escalation_policy",
            "name": f"{policy.title}, {shown}",
            "description": f"{policy.id} {policy.version}, clause {tool.clause}",
            "num_loops": MOST_LOOPS if again else 0,
            "escalation_rules": [
                {
                    "escalation_delay_in_minutes": minutes,
                    "targets": [{"id": one["id"], "type": one["type"]} for one in group],
                }
                for group in aimed
            ],
        }
    }


# --- what may be wrong with the question ----------------------------------------------------------------


def _list_at(policy: object, severity: object) -> tuple[Tool, Acknowledgement, Severity]:
    """The paging list and the level whose times are used."""
    if not isinstance(policy, Policy):
        raise QuestionInvalid([Problem("policy", "is not a loaded policy", "pass what load_policy returned")])
    if severity is not None and not isinstance(severity, Severity):
        hint = "pass ir.Severity.SEV1, or None for an incident nobody has assessed"
        raise QuestionInvalid([Problem("severity", "is not a level", hint)])
    found = list_of(policy)
    if found is None:
        raise QuestionInvalid([Problem("policy", f"'{policy.id}' has no paging list", "add one under tooling")])
    tool, rule = found
    level = severity if severity is not None else rule.unassessed
    if level is None or level not in rule.within:
        asked = level.value if level is not None else "an incident nobody has assessed"
        known = ", ".join(one.value for one in rule.within)
        raise QuestionInvalid([Problem("severity", f"nobody is paged at {asked}", f"people are paged at {known}")])
    return tool, rule, level


def _of_targets(rule: Acknowledgement, targets: object) -> Iterator[Problem]:
    if not isinstance(targets, Mapping):
        yield Problem("targets", "is not a mapping", "write {level: {'id': …, 'type': 'user_reference'}}")
        return
    names = (*rule.levels, *rule.then)
    for name in targets:
        if name not in names:
            shown = show(name) if isinstance(name, str) else "something that is not text"
            hint = nearest(name, names) if isinstance(name, str) else ""
            yield Problem("targets", f"nobody is paged as '{shown}'", hint or f"known are {', '.join(names)}")
    for name in names:
        if name not in targets:
            yield Problem("targets", f"no target for '{name}'", f"add '{name}': {{'id': …, 'type': 'user_reference'}}")
        else:
            yield from _of_target(name, targets[name])
    last = sum(len(_several(targets[role])) for role in rule.then if role in targets)
    if last > MOST_TARGETS:
        yield Problem("targets", f"{', '.join(rule.then)} are {last} targets together",
                      f"a rule takes {MOST_TARGETS} at most")  # fmt: skip


def _of_target(name: str, given: object) -> Iterator[Problem]:
    several = _several(given)
    if not 0 < len(several) <= MOST_TARGETS:
        yield Problem(f"targets.{name}", f"has {len(several)} targets", f"give 1 to {MOST_TARGETS}")
    for one in several:
        if not isinstance(one, Mapping) or not _filled(one.get("id")) or one.get("type") not in TYPES:
            yield Problem(
                f"targets.{name}", "is not a target", f"write an 'id', and as 'type' one of {', '.join(TYPES)}"
            )
            return


def _filled(text: object) -> bool:
    return isinstance(text, str) and bool(text.strip())


def _several(given: Any) -> tuple[Any, ...]:
    """One target or several as several."""
    return tuple(given) if isinstance(given, (list, tuple)) else (given,)
