"""A recorded outage, told event by event: may this happen, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import ir_policy as ir
from bench.peers.agree import Agreement, agree
from bench.peers.installed import Peers
from bench.peers.lifecycle import Act, Told, acts, before_closing, told
from bench.peers.machines import MACHINES, by_hand, by_hand_changing, run
from bench.peers.measure import Case
from bench.peers.tables import Table, Workload
from ir_policy.rules.model import Policy

__all__ = ["compared", "recorded", "workload"]

INCIDENTS: Final = Path(__file__).parents[3] / "examples" / "incidents"


def workload(policy: Policy, peers: Peers) -> Workload:
    events = before_closing(recorded("streaming-outage"))
    known = acts(policy)
    story = told(policy, events, known)
    phases = [rule.phase.value for rule in policy.phases]
    built = peers.built(MACHINES, phases, known)
    machines = {"by hand": by_hand(phases, known), "by hand, one object that changes": by_hand_changing(phases, known)}
    machines |= {name: new for name, (new, _) in built.items()}
    agreed = compared(policy, events, story, known, machines)
    count = len(events)

    def ours(events: Sequence[ir.Event]) -> ir.Incident:
        return incidents(policy, events)[-1]

    cases = [
        Case("ir_policy: each event checked and applied", "ours", ours, [events], count),
        Case("by hand: frozen value, table and guards", "floor", lambda s: run(machines["by hand"], s), [story], count),
        Case("by hand, one object that changes", "hand", lambda s: run(machines["by hand, one object that changes"], s), [story], count),
        *(Case(name, "peer", _run(new), [story], count, package) for name, (new, package) in built.items()),
    ]  # fmt: skip
    return Workload(
        "step", (Table("step", "event", agreed, cases=tuple(cases)), _refusals(policy, events, story, known, built))
    )


def recorded(name: str) -> tuple[ir.Event, ...]:
    """The events of one of the example logs."""
    return ir.read_log((INCIDENTS / f"{name}.jsonl").read_bytes()).events


def incidents(policy: Policy, events: Sequence[ir.Event]) -> list[ir.Incident]:
    """The incident after each of its events, applied one by one."""
    first, *others = events
    assert isinstance(first, ir.Detected)
    found = [ir.open_incident(policy, first).incident]
    for event in others:
        found.append(ir.apply(found[-1], event).incident)
    return found


def compared(
    policy: Policy, events: Sequence[ir.Event], story: Sequence[Told], known: Sequence[Act], machines: dict[str, Any]
) -> tuple[Agreement, ...]:
    """After each event: the phase, what each machine holds to be so, and of every act whether it may happen."""
    after = incidents(policy, events)
    places = range(len(events))
    tries = [(place, act) for place in places for act in known]

    def ours(tried: tuple[int, Act]) -> tuple[str, bool]:
        incident = after[tried[0]]
        return incident.phase.value, ir.check(incident, tried[1].event(incident.id, _later(incident))) == ()

    def asked(new: Callable[[], Any]) -> Callable[[tuple[int, Act]], tuple[str, bool]]:
        def answer(tried: tuple[int, Act]) -> tuple[str, bool]:
            machine = run(new, story[: tried[0] + 1])
            phase, taken = machine.phase, machine.taken
            after = machine.tell(tried[1].name, frozenset(), frozenset()) or machine
            return phase, after.taken > taken

        return answer

    def state(new: Callable[[], Any]) -> Callable[[int], tuple[str, frozenset[str], int]]:
        def answer(place: int) -> tuple[str, frozenset[str], int]:
            machine = run(new, story[: place + 1])
            return machine.phase, machine.flags, machine.taken

        return answer

    may = {"ir_policy": ours} | {name: asked(new) for name, new in machines.items()}
    what = "the phase after each event, and of every act whether it may happen then"
    return (
        agree(what, tries, may, lambda tried: f"{tried[1].name} after event {tried[0] + 1}"),
        agree(
            "what the machines hold to be so after each event",
            places,
            {name: state(new) for name, new in machines.items()},
        ),
    )


def _later(incident: ir.Incident) -> Any:
    last = incident.log[-1]
    return max(last.at, last.recorded_at or last.at) + timedelta(microseconds=1)


def _run(new: Callable[[], Any]) -> Callable[[Sequence[Told]], Any]:
    def told_to(story: Sequence[Told]) -> Any:
        machine = run(new, story)
        leave = getattr(machine, "leave", None)
        return leave() if leave is not None else machine  # a machine for all would keep every incident

    return told_to


def _refusals(
    policy: Policy, events: Sequence[ir.Event], story: Sequence[Told], known: Sequence[Act], built: dict[str, Any]
) -> Table:
    """One act that may not happen, asked again and again: recovery before its checks were made."""
    place = next(i for i, event in enumerate(events) if event.kind == "step-done" and "playback" in event.step)
    act = next(act for act in known if act.name == "recovered")
    incident = incidents(policy, events[: place + 1])[-1]
    event = act.event(incident.id, _later(incident))
    phases = [rule.phase.value for rule in policy.phases]
    hand = run(by_hand(phases, known), story[: place + 1])
    machines = {name: (run(new, story[: place + 1]), package) for name, (new, package) in built.items()}
    nothing: frozenset[str] = frozenset()

    def told_to(machine: Any) -> Callable[[object], bool]:
        def ask(_: object) -> bool:
            before = machine.taken
            return (machine.tell(act.name, nothing, nothing) or machine).taken == before

        return ask

    refused = {"ir_policy": lambda _: ir.check(incident, event) != (), "by hand": told_to(hand)}
    refused |= {name: told_to(machine) for name, (machine, _) in machines.items()}
    agreed = agree("that recovery may not be said before its checks", [act.name], refused)
    cases = [
        Case("ir_policy: no, with what is missing, who can supply it and the clause", "ours", lambda _: ir.check(incident, event), [0]),
        Case("by hand: no", "floor", told_to(hand), [0]),
        *(Case(f"{name}: no", "peer", told_to(machine), [0], package=package) for name, (machine, package) in machines.items()),
    ]  # fmt: skip
    return Table("refusal", "question", (agreed,), cases=tuple(cases))
