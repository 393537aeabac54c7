"""The governing level: what was decided, provisionally raised, or is supported by facts, step by step.

See "The governing level" in ``docs/semantics.md``. Nothing here knows a duty.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from ir_policy.duties.severity import supported_level
from ir_policy.log.events import Event, PolicyAdopted, Reopened, SeverityDecided
from ir_policy.log.history import History, Stamp, stamp_of
from ir_policy.rules.model import Policy
from ir_policy.terms import LEVELS, Severity, Truth, worst

__all__ = ["Level", "as_if", "decides", "deciding_roles", "set_decided_marks"]


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
        if seen == self.seen and not isinstance(event, (SeverityDecided, Reopened)):
            self._stamp(history, event, decided_before)  # a first signal may make levels reached
            self.worsened = False
            return
        if seen != self.seen:
            self.supported, self.seen = supported_level(policy, history.yes, history.no), seen
        if isinstance(event, SeverityDecided):
            self._decide(policy, history, event)
        elif isinstance(event, Reopened):
            # What was supported at the decision stays: facts that are worse than that count on.
            self.decided, self.raised = self.worst_decided, None
            self.reached = {}
        self.governing = self._governs()
        if (
            isinstance(event, PolicyAdopted)
            and before is not None
            and worst(before, self.governing) is not self.governing
        ):
            # A milder matrix lowers nothing: that is for the commander to decide.
            self.raised = worst(self.raised, before)
            self.governing = self._governs()
        self._stamp(history, event, decided_before and not isinstance(event, Reopened))
        self.worsened = self.governing is not None and (before is None or self.governing.worse_than(before))
        if self.governing is not None:
            self.initial = self.governing if self.initial is None else self.initial
            self.peak = worst(self.peak, self.governing)
        if self.governing is not before:
            _tell(policy, history, self.governing)

    def _decide(self, policy: Policy, history: History, event: SeverityDecided) -> None:
        if decides(policy, history, event):
            self.decided, self.raised, self.base = event.severity, None, self.supported
            self.authorised = True
            set_decided_marks(policy, history, event)
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
        if reach is None or reach in self.reached or history.detection is None:
            return  # with a level all milder ones are reached
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
    so, not_so = _bits_at(policy)[level.index]
    return (history.yes | so) & ~not_so, (history.no | not_so) & ~so


@lru_cache(maxsize=16)
def _bits_at(policy: Policy) -> tuple[tuple[int, int], ...]:
    """For each level, what is so and not so of the levels while it governs."""
    bits = [policy.bit_index.get(("severity", level.value), 0) for level in LEVELS]
    return tuple((sum(bits[at:]), sum(bits[:at])) for at in range(len(LEVELS)))


def decides(policy: Policy, history: History, event: SeverityDecided) -> bool:
    """Whether it is said by somebody who decides the level, and does not only raise it."""
    return any(history.may_act_as(policy, role, event.by) for role in deciding_roles(policy))


def set_decided_marks(policy: Policy, history: History, event: Event) -> None:
    """Let the marks that a decision sets stand at this one, unless they stand already."""
    for mark in policy.marks.values():
        if any(source.kind == "decision" for source in mark.sources):
            history.set_mark(policy, mark.id, stamp_of(event))


def _tell(policy: Policy, history: History, governing: Severity | None) -> None:
    if governing is not None:
        history.yes, history.no = as_if(policy, history, governing)
    else:
        for level in LEVELS:
            history.set_atom(policy, "severity", level.value, Truth.UNKNOWN)
    history.set_atom(policy, "unassessed", "unassessed", Truth.NO if governing is not None else Truth.YES)
