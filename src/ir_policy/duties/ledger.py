"""The obligations of one incident, by key; and what one step did to them.

The ledger only keeps; ``step.py`` decides. A branch shares nothing that changes with the ledger it came from.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from ir_policy.duties.entries import OPEN, Entry
from ir_policy.log.history import Stamp
from ir_policy.rules.model import Duty

__all__ = ["Ledger", "Moves"]


class Moves:
    """What one step did, by key."""

    __slots__ = ("cancelled", "discharged", "dropped", "lapsed", "opened", "revived", "tightened", "waived")

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.revived: list[str] = []
        self.tightened: list[str] = []
        self.discharged: list[str] = []
        self.cancelled: list[str] = []
        self.waived: list[str] = []
        self.lapsed: list[str] = []
        self.dropped: list[str] = []


class Ledger:
    """The obligations of one incident after some events."""

    __slots__ = ("entries", "in_scope", "in_scope_first", "latest", "of_duty")

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.of_duty: dict[str, tuple[str, ...]] = {}
        self.latest: dict[tuple[str, str], str] = {}
        self.in_scope: dict[str, Stamp] = {}
        """When each duty's own condition first held in this episode."""
        self.in_scope_first: dict[str, Stamp] = {}

    def branch(self) -> Ledger:
        twin = object.__new__(Ledger)
        for name in self.__slots__:
            setattr(twin, name, getattr(self, name).copy())
        return twin

    def under(self, becomes: Mapping[Duty, Duty]) -> None:
        """Let every obligation go on by what its rule becomes when another policy is adopted."""
        self.entries = {key: evolve(entry, duty=becomes[entry.duty]) for key, entry in self.entries.items()}

    def of(self, duty_id: str) -> list[Entry]:
        """Every obligation of a duty, in the order they opened."""
        return [self.entries[key] for key in self.of_duty.get(duty_id, ())]

    def open_of(self, duty_id: str, episode: int | None) -> list[Entry]:
        """Those that are neither settled nor of another episode; ``None`` means any episode."""
        return [e for e in self.of(duty_id) if e.status in OPEN and episode in (None, e.episode)]

    def latest_to(self, duty_id: str, recipient: str) -> Entry | None:
        """The last obligation of a duty to a recipient."""
        key = self.latest.get((duty_id, recipient))
        return self.entries[key] if key is not None else None

    def put(self, entry: Entry) -> None:
        """Keep an obligation, new or changed."""
        if entry.key not in self.entries:
            self.of_duty[entry.duty.id] = (*self.of_duty.get(entry.duty.id, ()), entry.key)
            self.latest[(entry.duty.id, entry.recipient)] = entry.key
        self.entries[entry.key] = entry

    def drop(self, entry: Entry) -> None:
        """Forget an obligation that would have opened by time alone and never did."""
        del self.entries[entry.key]
        self.of_duty[entry.duty.id] = tuple(key for key in self.of_duty[entry.duty.id] if key != entry.key)
        others = [e.key for e in self.of(entry.duty.id) if e.recipient == entry.recipient]
        pair = (entry.duty.id, entry.recipient)
        if others:
            self.latest[pair] = others[-1]
        else:
            del self.latest[pair]
