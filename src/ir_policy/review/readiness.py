"""The readiness lint: one table of rules, and the two questions that ask them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.programme.value import Programme
from ir_policy.review.calls_in_time import meets_the_matrix
from ir_policy.review.findings import Finding, Flaw, Rule
from ir_policy.review.limits_fit import a_year_is_covered, leads_fit
from ir_policy.review.messages_through import channels_stand_alone, texts_are_cleared, texts_state_it
from ir_policy.review.places import Places
from ir_policy.review.practice_kept import periods_skipped, promised_periods
from ir_policy.review.roles_reached import roles_are_reached
from ir_policy.rules.model import Policy
from ir_policy.terms import instant

__all__ = ["RULES", "lint", "lint_programme"]

_PRACTICE: Final = "programme-skips-no-period"

RULES: Final = (
    Rule(
        "calendar-covers-a-year",
        "The holidays reach a year beyond the day asked about, so that deadlines in business days can be worked out.",
        a_year_is_covered,
    ),
    Rule(
        "channel-depends-on-what-fails",
        "No duty's message goes only by a channel that fails together with what it has to report.",
        channels_stand_alone,
    ),
    Rule(
        "lead-fits-the-limit",
        "What has to be done before a duty can begin after the duty's own clock has started.",
        leads_fit,
    ),
    Rule(
        "paging-meets-the-matrix",
        "Everybody on the call list may use all their time, one after the other, and response and internal alert are in time.",
        meets_the_matrix,
    ),
    Rule(
        _PRACTICE,
        "Nothing is practised less often than promised, and no period of a programme passed without a session on record.",
        promised_periods,
    ),
    Rule(
        "role-can-be-reached",
        "Behind every role, every level of the call list and every successor stands somebody known; a person where one decides.",
        roles_are_reached,
    ),
    Rule(
        "template-states-what-its-duties-ask",
        "A text kept ready for a duty carries every field that a message meeting the duty must state.",
        texts_state_it,
    ),
    Rule(
        "text-cleared-for-what-waits",
        "Where counsel reviews what is due within hours, at least one text for it is cleared beforehand.",
        texts_are_cleared,
    ),
)
"""Every rule, in order of id. A new one is a function from a policy, and a day if one is asked about, to flaws."""


def lint(policy: Policy, *, as_of: date | None = None) -> tuple[Finding, ...]:
    """Where a policy cannot keep what it promises, and where its owner should look, as a reader of the document meets it.

    ``as_of`` is the civil day, in the policy's zone, to judge what ends by: holidays and clearances. Without one those that end
    are not judged. The numbers are the policy's own. The same policy and day give the same findings; none raises for a policy that
    was loaded, and nothing else changes by them. The text of the documents is read again for the places.

    Raises :class:`~ir_policy.errors.QuestionInvalid` for what is no policy or no day.
    """
    problems = []
    if not isinstance(policy, Policy):
        problems.append(Problem("policy", "is not a loaded policy", "pass what load_policy returned"))
    if as_of is not None and (not isinstance(as_of, date) or isinstance(as_of, datetime)):
        problems.append(Problem("as_of", "is not a day", "pass datetime.date, or leave it out"))
    if problems:
        raise QuestionInvalid(problems)
    return _placed(policy, ((rule.id, flaw) for rule in RULES for flaw in rule.check(policy, as_of)))


def lint_programme(programme: Programme, now: datetime) -> tuple[Finding, ...]:
    """The periods of a programme that were over by ``now`` and in which nothing at all is on record, with their exercise's place.

    A period in which something was held and something is missing is not skipped: ``ir.drills`` shows what it lacks. Before the programme was
    opened nothing is owed; periods without a session between the first one on record and the opening are advice.

    Raises :class:`~ir_policy.errors.QuestionInvalid` for what is no programme, and for an instant without a zone.
    """
    if not isinstance(programme, Programme):
        raise QuestionInvalid(
            [Problem("programme", "is not a programme", "pass what open_programme or replay returned")]
        )
    at = instant(now, "now")
    return _placed(programme.policy, ((_PRACTICE, flaw) for flaw in periods_skipped(programme, at)))


def _placed(policy: Policy, flaws: Iterable[tuple[str, Flaw]]) -> tuple[Finding, ...]:
    places = Places(policy)
    found = [places.finding(rule, flaw) for rule, flaw in flaws]
    return tuple(finding for _, finding in sorted(found, key=lambda one: one[0]))
