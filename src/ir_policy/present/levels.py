"""The governing level for people: where it comes from, and whether somebody has still to decide it."""

from __future__ import annotations

from collections.abc import Sequence

from ir_policy.duties.case import Case
from ir_policy.duties.severity import Classification
from ir_policy.log.events import Event, SeverityDecided

__all__ = ["level_words", "to_decide"]


def level_words(case: Case, proposed: Classification, log: Sequence[Event]) -> str:
    """Where the governing level comes from: a decision, somebody's raise, or facts; and which other one was decided."""
    level, rules = case.level, ", ".join(proposed.determined_by)
    if level.governing is None:
        return "no fact supports a level yet; nobody has decided one"
    if level.decided is None and level.raised is None:
        return f"proposed by {rules}; nobody has decided"
    facts = f"facts: {', '.join(proposed.facts) or 'none'}"
    if level.governing is level.decided:
        how = "decided" if level.authorised else "as before it was reopened, decided by nobody"
        differs = level.supported is not None and level.supported is not level.governing
        return f"{how}; the rules propose {proposed.severity.value} ({rules})" if differs else f"{how}; {facts}"
    decided = (
        f"decided {level.decided.value}" if level.decided is not None and level.authorised else "nobody has decided"
    )
    if level.governing is level.raised:
        return f"raised by {_who_raised(case, log)}; {decided}; {facts}"
    return f"by facts; {decided}; {facts}"


def to_decide(case: Case, proposed: Classification, log: Sequence[Event]) -> str:
    """Why the level has to be decided, where the governing one is not the one decided; empty while it is, or once closed."""
    level = case.level
    settled = level.authorised and level.governing is level.decided
    if level.governing is None or settled or case.history.closed_at is not None:
        return ""
    if level.authorised and level.decided is not None:
        other = f"decided is {level.decided.value}"
    elif level.supported is not None:
        other = f"the rules propose {proposed.severity.value}"
    else:
        other = "no fact says so"
    if level.governing is level.raised:
        return f"{_who_raised(case, log)} raised it to {level.governing.value}; {other}"
    if level.authorised:
        return f"{level.governing.value} by facts; {other}"
    if level.governing is level.decided:
        return f"{level.governing.value} as before it was reopened; {other}"
    return other


def _who_raised(case: Case, log: Sequence[Event]) -> str:
    """Who made the provisional raise that stands."""
    void = {violation.event for violation in case.violations if violation.void}
    raises = [e for e in log if isinstance(e, SeverityDecided) and e.severity is case.level.raised and e.id not in void]
    return raises[-1].by if raises else "the policy before an adoption"
