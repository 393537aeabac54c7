"""Sequences that only grow: a longer one shares what it holds with those it grew from, and each keeps its own length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar, overload

from ir_policy.log.events import Corrected, Event

__all__ = ["Grown", "LogSoFar"]

T = TypeVar("T")


class Grown(Sequence[T], Generic[T]):
    """A sequence nobody can change; :meth:`plus` gives a longer one, and this one stays as long as it is.

    All lengths of one story share a register to which only the longest may add. Where a story goes on from a shorter
    length than another one did, it takes a copy of its own; so growing costs the same however long the sequence is.
    """

    __slots__ = ("_held", "_length", "_longest", "_whole")

    def __init__(self, items: Iterable[T] = ()) -> None:
        self._held = list(items)
        self._length = len(self._held)
        self._longest = [self._length]
        self._whole: tuple[T, ...] | None = None

    def plus(self, item: T) -> Grown[T]:
        """This sequence and one more item."""
        longer: Grown[T] = object.__new__(Grown)
        longer._held, longer._length, longer._longest, longer._whole = self._held, self._length + 1, self._longest, None
        if not (self._goes_on_with(item) or self._added(item)):
            longer._held = [*self._held[: self._length], item]
            longer._longest = [longer._length]
        return longer

    def _goes_on_with(self, item: T) -> bool:
        """Whether the register holds this very item next: who does the same once more needs no copy."""
        return self._length < len(self._held) and self._held[self._length] is item

    def _added(self, item: T) -> bool:
        """Add to the register, where this is its longest and nobody else is adding to it at this moment."""
        try:
            longest = self._longest.pop()  # one thread at a time holds it, and who comes meanwhile makes a copy
        except IndexError:
            return False
        if longest == self._length:
            self._held.append(item)
            self._longest.append(longest + 1)
            return True
        self._longest.append(longest)
        return False

    def shares_with(self, other: Grown[T]) -> bool:
        """Whether both are lengths of one story."""
        return self._held is other._held

    def whole(self) -> tuple[T, ...]:
        """All of it as a tuple: made when first asked for, and the same one from then on."""
        if self._whole is None:
            self._whole = tuple(self)
        return self._whole

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        return islice(self._held, self._length)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        if isinstance(index, slice):
            return tuple(self._held[place] for place in range(self._length)[index])
        return self._held[range(self._length)[index]]

    def __repr__(self) -> str:
        return f"Grown({self.whole()!r})"

    def __reduce__(self) -> tuple[type[Grown[T]], tuple[tuple[T, ...]]]:
        return Grown, (tuple(self),)  # its own length, and nothing of what others went on with


class LogSoFar:
    """The events of a log in the order they were recorded, found by their ids."""

    __slots__ = ("_places", "corrected", "events")

    def __init__(self, events: Iterable[Event]) -> None:
        self.events = Grown(events)
        self._places = {event.id: place for place, event in enumerate(self.events)}
        # Shared like the register: it may name places of events that others went on with, see of_id.
        self.corrected: frozenset[str] = frozenset()
        """The kinds of the events that later ones of it correct; an empty one for a correction of none it held by then."""
        for place, event in enumerate(self.events):
            if isinstance(event, Corrected):
                self.corrected |= self._kind_before(place, event.event)

    def plus(self, event: Event) -> LogSoFar:
        """This log and one more event, which it does not hold yet."""
        longer: LogSoFar = object.__new__(LogSoFar)
        longer.events = self.events.plus(event)
        longer.corrected = self.corrected
        if isinstance(event, Corrected):
            longer.corrected = self.corrected | self._kind_before(len(self.events), event.event)
        shared = longer.events.shares_with(self.events)
        longer._places = self._places if shared else self._places.copy()
        longer._places[event.id] = len(self.events)
        return longer

    def of_id(self, id_: str) -> Event | None:
        """The event of that id, if the log holds it."""
        place = self._places.get(id_)
        found = self.events[place] if place is not None and place < len(self.events) else None
        return found if found is not None and found.id == id_ else None

    def _kind_before(self, place: int, id_: str) -> set[str]:
        """The kind of the event of that id, if it stands before that place."""
        found = self.of_id(id_)
        return {found.kind if found is not None and self._places[id_] < place else ""}

    def __reduce__(self) -> tuple[type[LogSoFar], tuple[tuple[Event, ...]]]:
        return LogSoFar, (self.events.whole(),)
