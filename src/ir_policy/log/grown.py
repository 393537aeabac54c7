"""Sequences that only grow: a longer one shares what it holds with those it grew from, and each keeps its own length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar, overload

from ir_policy.log.events import Corrected, Event

__all__ = ["Grown", "LogSoFar"]

T = TypeVar("T")


class Grown(Sequence[T], Generic[T]):
    """A sequence nobody can change; :meth:`plus` gives a longer one, and this one stays as long as it is.

    All lengths of one story share one register. Where two stories go on from the same length, the first one goes on in
    it and the other takes a copy of its own; so growing costs the same however long the sequence is.
    """

    __slots__ = ("_held", "_length", "_whole")

    def __init__(self, items: Iterable[T] = ()) -> None:
        self._held = dict(enumerate(items))
        self._length = len(self._held)
        self._whole: tuple[T, ...] | None = None

    def plus(self, item: T) -> Grown[T]:
        """This sequence and one more item."""
        held, place = self._held, self._length
        # One operation, which threads cannot tear apart: of two that want the place, one gets it.
        if held.setdefault(place, item) is not item:
            held = dict(enumerate(self))
            held[place] = item
        longer: Grown[T] = object.__new__(Grown)
        longer._held, longer._length, longer._whole = held, place + 1, None
        return longer

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
        return map(self._held.__getitem__, range(self._length))

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        places = range(self._length)[index]
        return self._held[places] if isinstance(places, int) else tuple(map(self._held.__getitem__, places))

    def __repr__(self) -> str:
        return f"Grown({self.whole()!r})"

    def __reduce__(self) -> tuple[type[Grown[T]], tuple[tuple[T, ...]]]:
        return Grown, (tuple(self),)  # its own length, and nothing of what others went on with


class LogSoFar:
    """The events of a log in the order they were recorded, found by their ids."""

    __slots__ = ("_places", "corrected", "events")

    def __init__(self, events: Iterable[Event]) -> None:
        self.events = Grown(events)
        self.corrected = any(isinstance(event, Corrected) for event in self.events)
        """Whether an event of it corrects another."""
        self._places = {event.id: place for place, event in enumerate(self.events)}
        # Shared like the register: a place beyond the length of a log is that of an event it does not hold.

    def plus(self, event: Event) -> LogSoFar:
        """This log and one more event, which it does not hold yet."""
        longer: LogSoFar = object.__new__(LogSoFar)
        longer.events = self.events.plus(event)
        longer.corrected = self.corrected or isinstance(event, Corrected)
        if longer.events.shares_with(self.events):
            longer._places = self._places
            longer._places[event.id] = len(self.events)
        else:
            longer._places = {event.id: place for place, event in enumerate(longer.events)}
        return longer

    def of_id(self, id_: str) -> Event | None:
        """The event of that id, if the log holds it."""
        place = self._places.get(id_)
        return self.events[place] if place is not None and place < len(self.events) else None

    def __reduce__(self) -> tuple[type[LogSoFar], tuple[tuple[Event, ...]]]:
        return LogSoFar, (self.events.whole(),)
