"""Facts → severity: the worst row wins, a threat raises once, and what is not known stays visible.

The rules propose; who decides is a matter for the log. Nothing here knows an incident.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.log.fields import Flaw, read_truth
from ir_policy.rules.conditions import Mask, atoms
from ir_policy.rules.model import Policy, SeverityRow
from ir_policy.terms import Severity, Truth, nearest, show

__all__ = ["Classification", "Question", "Range", "classify", "classify_bits", "known_fact", "supported_level"]


@frozen
class Range:
    """The levels the incident may turn out to have, once everything is known."""

    best: Severity
    worst: Severity


@frozen
class Question:
    """A fact nobody knows yet that could change the level, and the range each answer would leave."""

    fact: str
    means: str
    if_yes: Range
    if_no: Range


@frozen(eq=False)
class Classification:
    """What the rules propose, and why.

    ``severity`` is what facts known to be yes support, else the otherwise row; ``range`` treats what is not known
    both ways. ``determined_by`` names the rows of the deciding level that hold, and the raise rules if
    they changed it: without all of them the rules would propose a milder level, unless a threat raises a milder row to the same.
    """

    severity: Severity
    range: Range
    determined_by: tuple[str, ...]
    facts: tuple[str, ...]
    """The facts known to be yes on which those rules rest."""
    _policy: Policy = field(repr=False)
    _yes: int = field(repr=False)
    _no: int = field(repr=False)

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """What to find out next: facts that could still change the level, the most settling one first."""
        return tuple(sorted(self._questions(), key=_unsettled))

    def _questions(self) -> Iterable[Question]:
        for atom, bit in self._policy.bits.items():
            if (self._yes | self._no) & bit or not _matters(self._policy, bit, self._yes, self._no):
                continue
            yield Question(
                atom.name,
                _means(self._policy, atom.name),
                _range(self._policy, self._yes | bit, self._no),
                _range(self._policy, self._yes, self._no | bit),
            )


def classify(policy: Policy, facts: Mapping[str, Truth | str]) -> Classification:
    """How severe an incident with these facts is, under which rules, and what is still open.

    Facts not mentioned are not known. Raises :class:`~ir_policy.errors.QuestionInvalid` for a fact the policy does
    not know and for a value that is not yes, no or unknown. Source: the policy's severity matrix and raise rule.
    """
    if not isinstance(policy, Policy):
        raise QuestionInvalid([Problem("policy", "is not a loaded policy", "pass what load_policy returned")])
    if not isinstance(facts, Mapping):
        raise QuestionInvalid([Problem("facts", "is not a mapping of facts", "write {fact: ir.YES}")])
    yes = no = 0
    problems = []
    for fact, value in facts.items():
        try:
            truth = read_truth(value)
        except Flaw as flaw:
            problems.append(Problem(_place(fact), flaw.what, flaw.hint))
            continue
        if not known_fact(policy, fact):
            problems.append(_unknown(policy, fact))
            continue
        bit = policy.bit_index.get(("fact", fact), 0)
        if truth is Truth.YES:
            yes |= bit
        elif truth is Truth.NO:
            no |= bit
    if problems:
        raise QuestionInvalid(problems)
    return classify_bits(policy, yes, no)


def classify_bits(policy: Policy, yes: int, no: int) -> Classification:
    """The same from what is known as two integers; bits that are not facts of the matrix change nothing."""
    level, rows, raises = _outcome(policy, yes, no)
    masks = [row.when for row in rows] + [policy.raises.rules[id_] for id_ in raises]
    return Classification(
        severity=level,
        range=_range(policy, yes, no),
        determined_by=(*(row.id for row in rows), *raises),
        facts=_deciding(masks, yes, no),
        policy=policy,
        yes=yes,
        no=no,
    )


def supported_level(policy: Policy, yes: int, no: int) -> Severity | None:
    """What facts known to be yes support; ``None`` while no row and no raise rule holds."""
    level, rows, raises = _outcome(policy, yes, no)
    return None if rows[0].otherwise and not raises else level


def known_fact(policy: Policy, fact: object) -> bool:
    """Whether the policy knows this fact, by itself or as a member of a family."""
    if not isinstance(fact, str):
        return False
    if fact in policy.facts:
        return True
    family, _, member = fact.partition("/")
    rule = policy.families.get(family)
    return rule is not None and bool(member) and (not rule.members or member in rule.members)


def _place(fact: object) -> str:
    return f"facts.{show(fact)}" if isinstance(fact, str) else "facts"


def _unknown(policy: Policy, fact: object) -> Problem:
    if not isinstance(fact, str):
        return Problem("facts", "names a fact by something that is not text", "use the fact's id")
    return Problem(_place(fact), f"unknown fact '{show(fact)}'", nearest(fact, policy.facts))


# --- helpers --------------------------------------------------------------------------------------------


def _outcome(policy: Policy, yes: int, no: int) -> tuple[Severity, tuple[SeverityRow, ...], tuple[str, ...]]:
    """The level, the rows that give it, and the raise rules that changed it."""
    rows: list[SeverityRow] = []
    otherwise: SeverityRow | None = None
    for row in policy.rows:  # worst first
        if rows and row.level is not rows[0].level:
            break
        if row.otherwise:
            otherwise = row
        elif row.when.holds(yes, no):
            rows.append(row)
    if not rows:
        assert otherwise is not None  # the compiler insists on one
        rows = [otherwise]
    level = rows[0].level
    raised = level.raised(policy.raises.levels)
    if raised is level:
        return level, tuple(rows), ()
    raises = tuple(id_ for id_, mask in policy.raises.rules.items() if mask.holds(yes, no))
    return (raised if raises else level), tuple(rows), raises


def _range(policy: Policy, yes: int, no: int) -> Range:
    """Each fact makes the matrix worse or better and never both, so the two extremes are exact."""
    unknown = (policy.worse_if_yes | policy.worse_if_no) & ~(yes | no)
    for_worse, for_better = unknown & policy.worse_if_yes, unknown & policy.worse_if_no
    return Range(
        best=_outcome(policy, yes | for_better, no | for_worse)[0],
        worst=_outcome(policy, yes | for_worse, no | for_better)[0],
    )


def _matters(policy: Policy, bit: int, yes: int, no: int) -> bool:
    """Whether some completion of the other facts leaves the level to this one."""
    for mask in (*(row.when for row in policy.rows), *policy.raises.rules.values()):
        for must, must_not in mask.terms:
            if not (must | must_not) & bit or must & no or must_not & yes:
                continue
            with_yes, with_no = yes | (must & ~bit), no | (must_not & ~bit)
            unknown = (policy.worse_if_yes | policy.worse_if_no) & ~(with_yes | with_no | bit)
            with_yes |= unknown & policy.worse_if_no
            with_no |= unknown & policy.worse_if_yes
            if _outcome(policy, with_yes | bit, with_no)[0] is not _outcome(policy, with_yes, with_no | bit)[0]:
                return True
    return False


def _unsettled(question: Question) -> tuple[int, str]:
    """How much stays open after asking, worst answer and best answer together."""
    return sum(r.best.index - r.worst.index for r in (question.if_yes, question.if_no)), question.fact


def _deciding(masks: list[Mask], yes: int, no: int) -> tuple[str, ...]:
    """The known facts on which the masks rest."""
    names: set[str] = set()
    for mask in masks:
        held = mask.holds(yes, no)
        names.update(atom.name for atom in atoms(mask.source) if held)
    return tuple(sorted(names))


def _means(policy: Policy, fact: str) -> str:
    known = policy.facts.get(fact)
    if known is not None:
        return known.means
    family = policy.families.get(fact.partition("/")[0])
    return family.means if family is not None else ""
