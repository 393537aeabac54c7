"""A programme as a value: its log, and what follows from it; and what one event did to it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from attrs import field, frozen

from ir_policy.duties.anew import Correction
from ir_policy.duties.case import Violation
from ir_policy.incident import pin_of
from ir_policy.log.events import Event
from ir_policy.log.fields import PolicyPin
from ir_policy.log.grown import LogSoFar
from ir_policy.log.wire import header_line, log_line
from ir_policy.programme.told import Told
from ir_policy.rules.model import Policy
from ir_policy.terms import Severity

if TYPE_CHECKING:
    from ir_policy.log.chain import Chain

__all__ = ["Programme", "ProgrammeStep"]


@frozen(eq=False)
class Programme:
    """What an organisation practises, reviews and keeps ready under its policy: a log, as an incident is one. It never changes.

    Two programmes are equal when their policies and logs are.
    """

    policy: Policy
    _log: LogSoFar = field(repr=False)
    _told: Told = field(repr=False)
    _chain: Chain | None = field(repr=False, default=None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Programme) and (self.policy.digest, self.log) == (other.policy.digest, other.log)

    def __hash__(self) -> int:
        return hash((self.policy.digest, self.log))

    def __repr__(self) -> str:
        return f"<Programme {self.id}, {self.seq} events, {self.policy.id} {self.policy.version}>"

    @property
    def id(self) -> str:
        return self._log.events[0].programme

    @property
    def log(self) -> tuple[Event, ...]:
        """Every event in the order it was recorded."""
        return self._log.events.whole()

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
        """The first line of this programme's log, without the line break."""
        return header_line(self.pin)

    @property
    def pin(self) -> PolicyPin:
        """What the header of this programme's log says."""
        return pin_of(self.policy)

    @property
    def opened_at(self) -> datetime:
        """The first day of which anything is owed: where its earliest opening stands."""
        assert self._told.opening is not None
        return self._told.opening.at

    @property
    def complete(self) -> bool:
        """Whether this version knows every event of the log."""
        return not self._told.opaque

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Everything that was recorded against a rule, in the order it happened."""
        return self._told.violations


@frozen(eq=False)
class ProgrammeStep:
    """What one event did to a programme: the new programme, and what moved. Obligations are named by key.

    The names are those of :class:`Step`; what only an incident has, such as a level, is empty.
    """

    programme: Programme
    event: Event
    opened: tuple[str, ...] = ()
    tightened: tuple[str, ...] = ()
    discharged: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    """Obligations that are no more: a late or corrected event took away what they rested on."""
    revived: tuple[str, ...] = ()
    """Obligations that were met and are owed again, because of a late or corrected event."""
    violations: tuple[Violation, ...] = ()
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

    @property
    def level(self) -> tuple[Severity | None, Severity | None]:
        """A programme has no level."""
        return None, None

    @property
    def cancelled(self) -> tuple[str, ...]:
        """Nothing in a programme is cancelled."""
        return ()

    @property
    def waived(self) -> tuple[str, ...]:
        """Nothing in a programme is waived."""
        return ()

    @property
    def lapsed(self) -> tuple[str, ...]:
        """Nothing in a programme lapses."""
        return ()

    @property
    def moved(self) -> tuple[str, ...]:
        """A programme has no marks that move."""
        return ()
