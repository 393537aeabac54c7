"""From a log to what is so: an incident of ordinary length again and again, then one log that grows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ir_policy as ir
from bench.peers import fold
from bench.peers.agree import agree
from bench.peers.growth import grown
from bench.peers.installed import Peers
from bench.peers.measure import Case
from bench.peers.step import INCIDENTS, recorded
from bench.peers.tables import Table, Workload
from ir_policy.rules.model import Policy

__all__ = ["prefixes", "workload"]


def workload(policy: Policy, peers: Peers, sizes: Sequence[int] = (), patience: float = 300.0) -> Workload:
    logs = prefixes()
    lines = [line for log in logs for line in log]
    decoders = peers.built(fold.DECODERS, lines)
    stores = peers.built(fold.STORES, lines)
    outage = tuple(ir.write_log(recorded("streaming-outage")).splitlines())
    tables = (_in_hand(policy, logs, outage, stores), _from_text(policy, logs, outage, decoders, stores))
    return Workload("replay", tables, grown(sizes, [*decoders, *stores], patience) if sizes else ())


def prefixes() -> list[tuple[str, ...]]:
    """Every beginning of every recorded incident, as lines without a header."""
    found = []
    for path in sorted(INCIDENTS.glob("*.jsonl")):
        lines = ir.write_log(recorded(path.stem)).splitlines()
        found += [tuple(lines[: count + 1]) for count in range(len(lines))]
    return found


def _in_hand(policy: Policy, logs: Sequence[tuple[str, ...]], outage: tuple[str, ...], stores: dict[str, Any]) -> Table:
    def ours(events: Sequence[ir.Event]) -> ir.Incident:
        return ir.replay(policy, events)

    read = {log: ir.read_log("\n".join(log)).events for log in logs}
    kept = {name: {log: store.events(store.keep(log)) for log in logs} for name, (store, _) in stores.items()}
    answers: dict[str, Callable[[tuple[str, ...]], object]] = {
        "ir_policy": lambda log: fold.said_by(ours(read[log])),
        "by hand": lambda log: fold.plain(fold.by_hand(read[log])),
        "by hand, frozen": lambda log: fold.plain(fold.by_hand_frozen(read[log])),
    }
    for name, (store, _) in stores.items():
        answers[name] = lambda log, name=name, store=store: fold.plain(store.mutated(kept[name][log]))
    agreed = agree("what is so after each event of the recorded incidents", logs, answers, _shown)
    events, count = read[outage], len(outage)
    cases = [
        Case("ir_policy: with all obligations, gates and levels", "ours", ours, [events], count),
        Case("by hand: one object that changes", "floor", fold.by_hand, [events], count),
        Case("by hand: a frozen value for each event", "hand", fold.by_hand_frozen, [events], count),
    ]
    for name, (store, package) in stores.items():
        cases.append(
            Case(f"{name}: its own events, applied", "peer", store.mutated, [kept[name][outage]], count, package)
        )
    return Table("replay", "event", (agreed,), cases=tuple(cases))


def _from_text(
    policy: Policy,
    logs: Sequence[tuple[str, ...]],
    outage: tuple[str, ...],
    decoders: dict[str, Any],
    stores: dict[str, Any],
) -> Table:
    def ours(lines: Sequence[str]) -> ir.Incident:
        return ir.replay(policy, ir.read_log(lines))

    answers: dict[str, Callable[[tuple[str, ...]], object]] = {
        "ir_policy": lambda log: fold.said_by(ours(log)),
        "by hand": lambda log: fold.plain(fold.by_hand_from_text(log)),
    }
    reading = {name: _reading(decode) for name, (decode, _) in decoders.items()}
    answers |= {name: (lambda log, read=read: fold.plain(read(log))) for name, read in reading.items()}
    kept = {name: {log: store.keep(log) for log in logs} for name, (store, _) in stores.items()}
    for name, (store, _) in stores.items():
        answers[name] = lambda log, name=name, store=store: fold.plain(store.get(kept[name][log]))
    agreed = agree("what the text of each beginning of the recorded incidents says", logs, answers, _shown)
    count = len(outage)
    cases = [
        Case("ir_policy: read strictly, then replayed", "ours", ours, [outage], count),
        Case("by hand: json, then one object that changes", "floor", fold.by_hand_from_text, [outage], count),
        *(Case(name, "peer", read, [outage], count, decoders[name][1]) for name, read in reading.items()),
    ]
    for name, (store, package) in stores.items():
        cases.append(
            Case(f"{name}: loaded from its store in memory", "peer", store.get, [kept[name][outage]], count, package)
        )
    return Table("replay-text", "event", (agreed,), cases=tuple(cases))


def _reading(decode: Callable[[str], Any]) -> Callable[[Sequence[str]], Any]:
    return lambda lines: fold.by_hand([decode(line) for line in lines])


def _shown(log: tuple[str, ...]) -> str:
    return f"after {len(log)} events, the last one {log[-1][:120]}"
