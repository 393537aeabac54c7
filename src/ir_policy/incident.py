"""What the door hands out: an incident, its levels, and what one event did to it. All are values that never change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from ir_policy.duties.anew import Correction
from ir_policy.duties.case import Case, Violation
from ir_policy.duties.severity import Classification, classify_bits
from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.log.events import Event, PolicyAdopted
from ir_policy.log.fields import PolicyPin
from ir_policy.log.grown import LogSoFar
from ir_policy.log.history import FactState, Tenure
from ir_policy.log.wire import header_line, log_line
from ir_policy.rules.model import Policy
from ir_policy.terms import FrozenMap, Phase, Severity

if TYPE_CHECKING:
    from ir_policy.log.chain import Chain

__all__ = ["Incident", "Levels", "Step", "known_by", "need_policies", "pin_of"]


@frozen
class Levels:
    """The levels of an incident: what governs duties, what was decided, what the rules propose, how it began, its worst."""

    governing: Severity | None
    """``None`` while nobody has assessed it and no fact supports a level."""
    decided: Severity | None
    provisional: Severity | None
    """Raised by somebody other than the commander since the last decision."""
    initial: Severity | None
    peak: Severity | None


@frozen(eq=False)
class Incident:
    """One incident: its log, and everything that follows from it under its policy. It never changes.

    Two incidents are equal when their policies and logs are.
    """

    opened_under: Policy
    """The policy the log's header names; the one in force now is :attr:`policy`."""
    _log: LogSoFar = field(repr=False)
    _case: Case = field(repr=False)
    _last: tuple[datetime, datetime] = field(repr=False)
    _chain: Chain | None = field(repr=False, default=None)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Incident) or (self.opened_under.digest, self.seq) != (
            other.opened_under.digest,
            other.seq,
        ):
            return False
        return self._log.events.shares_with(other._log.events) or self.log == other.log

    def __hash__(self) -> int:
        return hash((self.opened_under.digest, self.log))

    def __repr__(self) -> str:
        return f"<Incident {self.id}, {self.seq} events, {self.policy.id} {self.policy.version}>"

    def knowing(self, *newer: Policy) -> Incident:
        """The same incident with those policies at hand, so that a ``policy-adopted`` may name one of them by digest.

        Raises :class:`~ir_policy.errors.QuestionInvalid` for anything but a loaded policy.
        """
        from ir_policy.rules.succession import having, with_newer  # few need it

        need_policies("newer", newer)
        opened_under, case = with_newer(self.opened_under, newer), self._case.branch()
        case.policy = opened_under if case.policy is self.opened_under else having(case.policy, opened_under.newer)
        return evolve(self, opened_under=opened_under, case=case)

    @property
    def policy(self) -> Policy:
        """The policy in force: the one the incident was opened under, or the one it adopted last."""
        return self._case.policy

    @property
    def policies(self) -> tuple[PolicyPin, ...]:
        """Every policy the incident was under, in order: a host keeps these documents as long as the log."""
        void = {violation.event for violation in self._case.violations if violation.void}
        return (self.pin, *(e.policy for e in self.log if isinstance(e, PolicyAdopted) and e.id not in void))

    @property
    def log(self) -> tuple[Event, ...]:
        """Every event in the order it was recorded."""
        return self._log.events.whole()

    @property
    def id(self) -> str:
        return self._log.events[0].incident

    @property
    def seq(self) -> int:
        """How many events the log holds; a host appends under this number."""
        return len(self._log.events)

    @property
    def head(self) -> str | None:
        """The hash of the last line of a chained log; ``None`` for a plain one."""
        return self._chain.head if self._chain is not None else None

    @property
    def header(self) -> str:
        """The first line of this incident's log, without the line break."""
        return header_line(self.pin)

    @property
    def pin(self) -> PolicyPin:
        """What the header of this incident's log says."""
        return pin_of(self.opened_under)

    @property
    def severity(self) -> Levels:
        level = self._case.level
        return Levels(level.governing, level.decided, level.raised, level.initial, level.peak)

    @property
    def proposed(self) -> Classification:
        """What the rules propose from the facts, with the reasons and the open questions."""
        return classify_bits(self.policy, self._case.history.yes, self._case.history.no)

    @property
    def phase(self) -> Phase:
        return self._case.history.phase

    @property
    def episode(self) -> int:
        """0 until the incident is first reopened."""
        return self._case.history.episode

    @property
    def closed(self) -> bool:
        return self._case.history.closed_at is not None

    @property
    def outcome(self) -> str:
        """How it was closed; empty while it is open."""
        return self._case.history.outcome

    @property
    def merged_into(self) -> str:
        """The incident this one goes on as; empty while it is on its own. Both records stay."""
        return self._case.history.merged_into

    @property
    def frozen_since(self) -> datetime | None:
        """Since when a freeze of privacy requests stands in this episode or an earlier one; ``None`` while nothing is frozen.

        While it stands nothing that is affected is erased or overwritten; closing the incident does not release it.
        """
        since = self._case.history.hold_since
        return since.at if since is not None else None

    @property
    def drill(self) -> bool:
        return self._case.history.drill

    @property
    def complete(self) -> bool:
        """Whether this version knows every event of the log."""
        return not self._case.history.opaque

    @property
    def facts(self) -> FrozenMap[str, FactState]:
        """What was last reported about each fact."""
        return FrozenMap(dict(sorted(self._case.history.facts.items())))

    @property
    def marks(self) -> FrozenMap[str, datetime]:
        """Where each mark of this episode, or of the whole incident, stands."""
        return FrozenMap({name: stamp.at for name, stamp in sorted(self._case.history.marks.items())})

    @property
    def roles(self) -> FrozenMap[str, tuple[Tenure, ...]]:
        """Who holds each role now."""
        holders = self._case.history.holders
        return FrozenMap({role: tuple(people.values()) for role, people in sorted(holders.items()) if people})

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Everything that happened against a rule, in the order it happened."""
        return self._case.violations.whole()


@frozen(eq=False)
class Step:
    """What one event did: the new incident, and what moved. Obligations are named by key."""

    incident: Incident
    event: Event
    opened: tuple[str, ...] = ()
    revived: tuple[str, ...] = ()
    tightened: tuple[str, ...] = ()
    discharged: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    """Marks that were set or moved."""
    level: tuple[Severity | None, Severity | None] = (None, None)
    """The governing level before and after."""
    violations: tuple[Violation, ...] = ()
    dropped: tuple[str, ...] = ()
    """Obligations that are no more: they would have opened by time and never did, or rested on what was corrected."""
    corrections: tuple[Correction, ...] = ()
    """Conclusions that had been drawn and that this event changed."""
    late: bool = False
    """Whether it was known late enough for conclusions to be drawn anew."""
    suggested: tuple[str, ...] = ()
    """What a person should know or do next, in words."""
    known: bool = False
    """Whether the log held the event already, so that nothing changed."""
    _line: str = field(repr=False, default="")

    @property
    def line(self) -> str:
        """What is to be appended to the log, without the line break: chained if the log is; empty when nothing is."""
        return "" if self.known else self._line or log_line(self.event)


def pin_of(policy: Policy) -> PolicyPin:
    """How a log names the policy."""
    return PolicyPin(policy.id, policy.version, policy.digest)


def need_policies(where: str, policies: Iterable[object]) -> None:
    """Refuse anything that is not a loaded policy."""
    for index, policy in enumerate(policies):
        if not isinstance(policy, Policy):
            raise QuestionInvalid(
                [Problem(f"{where}[{index}]", "is not a loaded policy", "pass what load_policy returned")]
            )


def known_by(events: tuple[Event, ...], known_at: datetime) -> tuple[Event, ...]:
    """What the log had learnt by then. A recording time nobody knows cannot be guessed."""
    unknown = [event for event in events if event.recorded_at is None and event.at <= known_at]
    if unknown:
        what = f"{len(unknown)} events have no recorded_at, the first is '{unknown[0].id}'"
        raise QuestionInvalid(
            [Problem("known_at", what, "ask without known_at, or record when the log learnt of each event")]
        )
    return tuple(event for event in events if event.recorded_at is not None and event.recorded_at <= known_at)
