"""The governing level: what was decided, provisionally raised, or is supported by facts, step by step.

See "The governing level" in ``docs/semantics.md``. Nothing here knows a duty.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from ir_policy.duties.severity import supported_level
from ir_policy.log.events import Event, SeverityDecided
from ir_policy.log.history import History, Stamp, stamp_of
from ir_policy.rules.model import Policy
from ir_policy.terms import LEVELS, Severity, Truth, worst

__all__ = ["Level", "as_if", "deciding_roles"]


class Level:
    """Levels of one incident. ``initial``, ``peak`` and the governing one are all kept."""

    __slots__ = (
        "authorised",
        "base",
        "decided",
        "governing",
        "initial",
        "peak",
        "raised",
        "reached",
        "seen",
        "supported",
        "worsened",
        "worst_decided",
    )

    def __init__(self) -> None:
        self.authorised = False
        """Whether the commander has decided a level at all: until then nothing is "after the first decision"."""
        self.decided: Severity | None = None
        self.raised: Severity | None = None
        """A provisional raise since the last decision."""
        self.base: Severity | None = None
        """What facts supported at the last decision."""
        self.supported: Severity | None = None
        self.governing: Severity | None = None
        self.initial: Severity | None = None
        self.peak: Severity | None = None
        self.worst_decided: Severity | None = None
        self.reached: dict[Severity, Stamp] = {}
        self.seen = (0, 0)
        """The facts of the matrix as last looked at."""
        self.worsened = False
        """Whether the last step made the governing level worse."""

    def branch(self) -> Level:
        """A copy that can be advanced without touching this one: collections are replaced, never changed."""
        twin = object.__new__(Level)
        for name in _SLOTS:
            setattr(twin, name, getattr(self, name))
        return twin

    def under(self, policy: Policy, history: History) -> None:
        """Look at the facts with another policy's matrix; what the level does about it is left to the next advance."""
        _tell(policy, history, self.governing)
        supported = supported_level(policy, history.yes, history.no)
        self.seen = (-1, -1)
        if self.base is not None and (supported is None or self.base.worse_than(supported)):
            # What the newer matrix makes of the facts now is the measure for what gets worse from here on.
            self.base = supported

    def advance(self, policy: Policy, history: History, event: Event) -> None:
        """Take in one effective event; tells the history what the level is now."""
        before, decided_before = self.governing, self.authorised
        facts = policy.worse_if_yes | policy.worse_if_no
        seen = (history.yes & facts, history.no & facts)
        if seen != self.seen:
            self.supported, self.seen = supported_level(policy, history.yes, history.no), seen
        if isinstance(event, SeverityDecided):
            self._decide(policy, history, event)
        elif event.kind == "reopened":
            # What was supported at the decision stays: facts that are worse than that count on.
            self.decided, self.raised = self.worst_decided, None
            self.reached = {}
        self.governing = self._governs()
        if (
            event.kind == "policy-adopted"
            and before is not None
            and worst(before, self.governing) is not self.governing
        ):
            # A milder matrix lowers nothing: that is for the commander to decide.
            self.raised = worst(self.raised, before)
            self.governing = self._governs()
        self._stamp(history, event, decided_before and event.kind != "reopened")
        self.worsened = self.governing is not None and (before is None or self.governing.worse_than(before))
        if self.governing is not None:
            self.initial = self.governing if self.initial is None else self.initial
            self.peak = worst(self.peak, self.governing)
        if self.governing is not before:
            _tell(policy, history, self.governing)

    def _decide(self, policy: Policy, history: History, event: SeverityDecided) -> None:
        if any(history.may_act_as(policy, role, event.by) for role in deciding_roles(policy)):
            self.decided, self.raised, self.base = event.severity, None, self.supported
            self.authorised = True
            _set_decided_marks(policy, history, event)
        else:
            self.raised = worst(self.raised, event.severity)
        self.worst_decided = worst(self.worst_decided, event.severity)

    def _governs(self) -> Severity | None:
        if self.decided is None:
            return worst(self.supported, self.raised)
        now_worse = self.supported is not None and (self.base is None or self.supported.worse_than(self.base))
        return worst(self.decided, self.raised, self.supported if now_worse else None)

    def _stamp(self, history: History, event: Event, decided_before: bool) -> None:
        """Levels reached up to the first decision count from detection, later ones from when they were reached."""
        reach = worst(self.supported, self.decided, self.raised)
        if reach is None or history.detection is None:
            return
        # Grounds held before the first signal start no clock earlier than that: nobody could have met it.
        stamp = max(stamp_of(event), history.detection) if decided_before else history.detection
        new = {level: stamp for level in LEVELS[reach.index :] if level not in self.reached}
        if new:
            self.reached = {**self.reached, **new}


_SLOTS: Final = Level.__slots__


@lru_cache(maxsize=16)
def deciding_roles(policy: Policy) -> tuple[str, ...]:
    """The roles whose decision decides: those that release a gate on decisions that are not worse."""
    roles = {
        role
        for gate in policy.gates.values()
        if any(forbidden.kind == "decision" and forbidden.name == "not-worse" for forbidden in gate.forbids)
        for release in gate.until
        for role in release.roles
    }
    return tuple(sorted(roles))


def as_if(policy: Policy, history: History, level: Severity) -> tuple[int, int]:
    """What is known, were the governing level this one and everything else as it is."""
    yes, no = history.yes, history.no
    for other in LEVELS:
        bit = policy.bit_index.get(("severity", other.value), 0)
        holds = not other.worse_than(level)
        yes, no = (yes | bit, no & ~bit) if holds else (yes & ~bit, no | bit)
    return yes, no


def _set_decided_marks(policy: Policy, history: History, event: Event) -> None:
    for mark in policy.marks.values():
        if any(source.kind == "decision" for source in mark.sources):
            history.set_mark(policy, mark.id, stamp_of(event))


def _tell(policy: Policy, history: History, governing: Severity | None) -> None:
    for level in LEVELS:
        if governing is None:
            truth = Truth.UNKNOWN
        else:
            truth = Truth.NO if level.worse_than(governing) else Truth.YES
        history.set_atom(policy, "severity", level.value, truth)
    history.set_atom(policy, "unassessed", "unassessed", Truth.NO if governing is not None else Truth.YES)
