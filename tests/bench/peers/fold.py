"""What a log says so far, folded by hand and by packages for events: phase, facts, who holds which role, closed, how many events.

It is a small part of what a replay here gives. Everybody folds the same part, and the library is compared in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Union

from attrs import evolve, frozen

import ir_policy as ir
from bench.peers.installed import Peer

__all__ = ["DECODERS", "STORES", "State", "by_hand", "by_hand_from_text", "by_hand_frozen", "plain", "said_by"]


class State:
    """One object that changes."""

    __slots__ = ("closed", "count", "facts", "holders", "phase")

    def __init__(self) -> None:
        self.phase: object = "detect"
        self.facts: dict[str, object] = {}
        self.holders: dict[str, dict[str, None]] = {}
        self.closed, self.count = False, 0


def plain(state: Any) -> tuple[object, ...]:
    """The state as plain values, to be compared and written down."""
    facts = {fact: getattr(answer, "value", answer) for fact, answer in sorted(state.facts.items())}
    holders = {role: sorted(people) for role, people in sorted(state.holders.items()) if people}
    return getattr(state.phase, "value", state.phase), facts, holders, state.closed, state.count


def said_by(incident: ir.Incident) -> tuple[object, ...]:
    """The same of an incident."""
    facts = {fact: state.truth.value for fact, state in incident.facts.items()}
    holders = {role: sorted(one.person for one in held) for role, held in incident.roles.items()}
    return incident.phase.value, facts, holders, incident.closed, incident.seq


# --- by hand ---------------------------------------------------------------------------------------------


def _phase(state: State, event: Any) -> None:
    state.phase = event.phase


def _facts(state: State, event: Any) -> None:
    state.facts.update(event.facts)


def _taken(state: State, event: Any) -> None:
    state.holders.setdefault(event.role, {})[event.person] = None


def _released(state: State, event: Any) -> None:
    state.holders.get(event.role, {}).pop(event.person, None)


def _handed_over(state: State, event: Any) -> None:
    people = state.holders.setdefault(event.role, {})
    people.pop(event.person, None)
    people[event.to] = None


def _closed(state: State, event: Any) -> None:
    state.closed = True


TABLE: Final = {
    "phase-entered": _phase,
    "facts-reported": _facts,
    "role-taken": _taken,
    "role-released": _released,
    "handover-accepted": _handed_over,
    "closed": _closed,
}


def by_hand(events: Iterable[Any]) -> State:
    """The fold one would write over events that are objects already."""
    state = State()
    find = TABLE.get
    for event in events:
        what = find(event.kind)
        if what is not None:
            what(state, event)
        state.count += 1
    return state


@frozen
class FrozenState:
    """The same as a value; every event gives a new one."""

    phase: object = "detect"
    facts: Mapping[str, object] = {}  # never written to
    holders: Mapping[str, Mapping[str, None]] = {}
    closed: bool = False
    count: int = 0


def by_hand_frozen(events: Iterable[Any]) -> FrozenState:
    state = FrozenState()
    for event in events:
        count = state.count + 1
        if event.kind == "phase-entered":
            state = evolve(state, phase=event.phase, count=count)
        elif event.kind == "facts-reported":
            state = evolve(state, facts={**state.facts, **event.facts}, count=count)
        elif event.kind == "role-taken":
            held = {**state.holders.get(event.role, {}), event.person: None}
            state = evolve(state, holders={**state.holders, event.role: held}, count=count)
        elif event.kind == "handover-accepted":
            stay = {person: None for person in state.holders.get(event.role, {}) if person != event.person}
            state = evolve(state, holders={**state.holders, event.role: {**stay, event.to: None}}, count=count)
        elif event.kind == "role-released":
            held = {person: None for person in state.holders.get(event.role, {}) if person != event.person}
            state = evolve(state, holders={**state.holders, event.role: held}, count=count)
        else:
            state = evolve(state, closed=state.closed or event.kind == "closed", count=count)
    return state


def by_hand_from_text(lines: Iterable[str]) -> State:
    """Read each line as JSON and fold it, without a check."""
    state = State()
    for line in lines:
        said = json.loads(line)
        kind = said["kind"]
        if kind == "phase-entered":
            state.phase = said["phase"]
        elif kind == "facts-reported":
            state.facts.update(said["facts"])
        elif kind == "role-taken":
            state.holders.setdefault(said["role"], {})[said["person"]] = None
        elif kind == "role-released":
            state.holders.get(said["role"], {}).pop(said["person"], None)
        elif kind == "handover-accepted":
            people = state.holders.setdefault(said["role"], {})
            people.pop(said["person"], None)
            people[said["to"]] = None
        elif kind == "closed":
            state.closed = True
        state.count += 1
    return state


# --- packages that read typed events ---------------------------------------------------------------------

Shapes = dict[str, dict[str, tuple[Any, bool]]]


def shapes(lines: Iterable[str]) -> Shapes:
    """For each kind of event in those lines its fields, each with its type and whether every such line has it."""
    seen: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        said = json.loads(line)
        seen.setdefault(said["kind"], []).append(said)
    return {
        kind: {
            name: (
                _type_of(next(said[name] for said in all_said if name in said)),
                all(name in said for said in all_said),
            )
            for name in sorted({name for said in all_said for name in said} - {"kind"})
        }
        for kind, all_said in seen.items()
    }


def _type_of(value: object) -> Any:
    if isinstance(value, str):
        try:
            return datetime if datetime.fromisoformat(value).tzinfo else str
        except ValueError:
            return str
    return {dict: dict[str, str], list: list[str]}.get(type(value), type(value))


def msgspec(lines: Sequence[str]) -> Callable[[str], Any]:
    """One struct for each kind, chosen by the tag in the line."""
    import msgspec as package

    structs = []
    for kind, known in shapes(lines).items():
        fields = [(name, type_) if needed else (name, type_ | None, None) for name, (type_, needed) in known.items()]
        fields.sort(key=len)
        structs.append(
            package.defstruct(kind, fields, tag=kind, tag_field="kind", frozen=True, namespace={"kind": kind})
        )
    return package.json.Decoder(Union[tuple(structs)]).decode  # noqa: UP007  # the kinds are known only now


def pydantic(lines: Sequence[str]) -> Callable[[str], Any]:
    """One frozen model for each kind, in a union that the kind tells apart."""
    import pydantic as package

    models = []
    for kind, known in shapes(lines).items():
        fields: dict[str, Any] = {
            name: (type_, ...) if needed else (type_ | None, None) for name, (type_, needed) in known.items()
        }
        config = package.ConfigDict(frozen=True, extra="forbid")
        models.append(package.create_model(kind, __config__=config, kind=(Literal[kind], ...), **fields))  # type: ignore[valid-type]
    union = Annotated[Union[tuple(models)], package.Field(discriminator="kind")]  # noqa: UP007
    return package.TypeAdapter(union).validate_json


# --- a package that stores events ------------------------------------------------------------------------


class Store:
    """Incidents of eventsourcing's own kind in its store in memory."""

    def __init__(self, lines: Sequence[str]) -> None:
        from eventsourcing.application import Application
        from eventsourcing.domain import Aggregate, event

        class Stored(Aggregate):
            @event("Detected")
            def __init__(self, source: str) -> None:
                self.phase: object = "detect"
                self.facts: dict[str, str] = {}
                self.holders: dict[str, dict[str, None]] = {}
                self.closed, self.count = False, 1

            @event("PhaseEntered")
            def enter(self, phase: str) -> None:
                self.phase = phase
                self.count += 1

            @event("FactsReported")
            def report(self, facts: dict[str, str]) -> None:
                self.facts.update(facts)
                self.count += 1

            @event("RoleTaken")
            def take(self, role: str, person: str) -> None:
                self.holders.setdefault(role, {})[person] = None
                self.count += 1

            @event("RoleReleased")
            def release(self, role: str, person: str) -> None:
                self.holders.get(role, {}).pop(person, None)
                self.count += 1

            @event("HandedOver")
            def hand_over(self, role: str, person: str, to: str) -> None:
                people = self.holders.setdefault(role, {})
                people.pop(person, None)
                people[to] = None
                self.count += 1

            @event("Closed")
            def close(self) -> None:
                self.closed = True
                self.count += 1

            @event("Noted")
            def note(self, kind: str, said: dict[str, object]) -> None:
                self.count += 1

        self.new, self.application = Stored, Application()

    def keep(self, lines: Iterable[str]) -> Any:
        """A new incident that all lines were told to, stored; its id."""
        incident = None
        for line in lines:
            said = json.loads(line)
            if incident is None:
                incident = self.new(said.get("source", ""))
            else:
                _tell(incident, said)
        self.application.save(incident)
        return incident.id  # type: ignore[union-attr]  # a log has a first line

    def get(self, id_: Any) -> Any:
        return self.application.repository.get(id_)

    def events(self, id_: Any) -> list[Any]:
        return list(self.application.events.get(id_))

    @staticmethod
    def mutated(events: Iterable[Any]) -> Any:
        incident = None
        for one in events:
            incident = one.mutate(incident)
        return incident


def _tell(incident: Any, said: dict[str, Any]) -> None:
    kind = said["kind"]
    if kind == "phase-entered":
        incident.enter(said["phase"])
    elif kind == "facts-reported":
        incident.report(said["facts"])
    elif kind == "role-taken":
        incident.take(said["role"], said["person"])
    elif kind == "role-released":
        incident.release(said["role"], said["person"])
    elif kind == "handover-accepted":
        incident.hand_over(said["role"], said["person"], said["to"])
    elif kind == "closed":
        incident.close()
    else:
        incident.note(kind, {name: value for name, value in said.items() if name != "kind"})


DECODERS: Final = (
    Peer("msgspec, then the fold by hand", "msgspec", msgspec),
    Peer("pydantic, then the fold by hand", "pydantic", pydantic),
)
STORES: Final = (Peer("eventsourcing", "eventsourcing", Store),)
