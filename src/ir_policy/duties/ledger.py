"""The obligations of one incident, by key; and what one step did to them.

The ledger only keeps; ``step.py`` decides. A branch shares nothing that changes with the ledger it came from.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from ir_policy.duties.entries import OPEN, Entry
from ir_policy.log.grown import Grown
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

    __slots__ = ("_lent", "entries", "in_scope", "in_scope_first", "latest", "of_duty", "open_keys")

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.of_duty: dict[str, Grown[str]] = {}
        self.open_keys: dict[str, tuple[str, ...]] = {}
        """Those of each duty that are not settled: what a step looks at, however much was settled before."""
        self.latest: dict[tuple[str, str], str] = {}
        self.in_scope: dict[str, Stamp] = {}
        """When each duty's own condition first held in this episode."""
        self.in_scope_first: dict[str, Stamp] = {}
        self._lent = False
        """Whether a branch holds the same collections: then they are copied before anything is put in."""

    def branch(self) -> Ledger:
        twin = object.__new__(Ledger)
        self._lent = True
        for name in self.__slots__:
            setattr(twin, name, getattr(self, name))
        return twin

    def under(self, becomes: Mapping[Duty, Duty]) -> None:
        """Let every obligation go on by what its rule becomes when another policy is adopted."""
        self.entries = {key: evolve(entry, duty=becomes[entry.duty]) for key, entry in self.entries.items()}

    def of(self, duty_id: str) -> list[Entry]:
        """Every obligation of a duty, in the order they opened."""
        return [self.entries[key] for key in self.of_duty.get(duty_id, ())]

    def open_of(self, duty_id: str, episode: int | None) -> list[Entry]:
        """Those that are neither settled nor of another episode; ``None`` means any episode."""
        keys = self.open_keys.get(duty_id)
        if not keys:
            return []
        entries = [self.entries[key] for key in keys]
        return entries if episode is None else [entry for entry in entries if entry.episode == episode]

    def latest_to(self, duty_id: str, recipient: str) -> Entry | None:
        """The last obligation of a duty to a recipient."""
        key = self.latest.get((duty_id, recipient))
        return self.entries[key] if key is not None else None

    def enter(self, duty_id: str, stamp: Stamp) -> None:
        """Note since when a duty's own condition holds, unless it is noted already."""
        if duty_id not in self.in_scope:
            self.in_scope = {**self.in_scope, duty_id: stamp}
        if duty_id not in self.in_scope_first:
            self.in_scope_first = {**self.in_scope_first, duty_id: stamp}

    def put(self, entry: Entry) -> None:
        """Keep an obligation, new or changed."""
        self._own()
        key, duty_id = entry.key, entry.duty.id
        standing = self.entries.get(key)
        self.entries[key] = entry
        is_open = entry.status in OPEN
        if standing is None:
            before = self.of_duty.get(duty_id)
            self.of_duty[duty_id] = before.plus(key) if before is not None else Grown((key,))
            self.latest[(duty_id, entry.recipient)] = key
            if is_open:
                self.open_keys[duty_id] = (*self.open_keys.get(duty_id, ()), key)
        elif (standing.status in OPEN) != is_open:
            # What is owed again takes its old place among the others.
            of_duty = self.open_keys[duty_id] if standing.status in OPEN else self.of_duty[duty_id]
            self.open_keys[duty_id] = tuple(one for one in of_duty if self.entries[one].status in OPEN)

    def drop(self, entry: Entry) -> None:
        """Forget an obligation that would have opened by time alone and never did."""
        self._own()
        duty_id = entry.duty.id
        del self.entries[entry.key]
        self.of_duty[duty_id] = Grown(key for key in self.of_duty[duty_id] if key != entry.key)
        self.open_keys[duty_id] = tuple(key for key in self.open_keys.get(duty_id, ()) if key != entry.key)
        others = [e.key for e in self.of(duty_id) if e.recipient == entry.recipient]
        pair = (duty_id, entry.recipient)
        if others:
            self.latest[pair] = others[-1]
        else:
            del self.latest[pair]

    def _own(self) -> None:
        """Make sure that nobody else sees what is put in next."""
        if self._lent:
            for name in ("entries", "of_duty", "open_keys", "latest"):
                setattr(self, name, getattr(self, name).copy())
            self._lent = False
