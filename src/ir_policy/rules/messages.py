"""What a policy says of messages as such, whoever they are for and whatever they meet."""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen

from ir_policy.terms import FrozenMap, Severity

__all__ = ["NoticeRules", "Rhythm"]


@frozen(eq=False, repr=False)
class Rhythm:
    """How often people hear again, as advice: after a message for a duty, at each level, until a mark stands."""

    after: str
    every: FrozenMap[Severity, timedelta]
    until: tuple[str, ...]
    reading: str


@frozen(eq=False, repr=False)
class NoticeRules:
    """Who of those who are told belongs to the company, who hears in a drill, and how long an approval is good for."""

    inside: tuple[str, ...]
    """Recipients inside the company; everybody else is outside."""
    in_drills: str
    """Whoever hears in a drill in place of everybody outside; empty where the policy names nobody."""
    approval_good_for: timedelta | None
    """``None`` where an approval is good until the text changes, or until its own last instant."""
    approval_binds: bool
    """Whether one that is older is no approval any more; else that is only advised."""
    readings: tuple[str, ...]
    approval_reading: str
    rhythm: Rhythm | None
    """How often people hear again; ``None`` where the policy suggests nothing."""

    def outside(self, recipient: str) -> bool:
        """Whether a recipient is outside the company."""
        return recipient not in self.inside
