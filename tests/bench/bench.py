"""How fast, as ratios to what a careful engineer would write by hand for the same job, in one run.

``python tests/bench/bench.py`` (or ``run.py bench``). Every round calls every case once, in turning order; the ratio is
taken round by round and its median is shown, so that a busy machine slows both sides alike. Process CPU time.
Nothing here is a test and nothing gates on it.
"""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import attrs

import ir_policy as ir

ROUNDS = 11
START = datetime(2026, 4, 3, 8, 5, tzinfo=timezone.utc)
MATRIX = (
    ("cross-tenant-critical", 0), ("exfiltration-likely", 0), ("share-token-leak-broad", 0), ("major-function-lost", 1),
    ("privacy-suspected", 1), ("streaming-unavailable", 1), ("notifications-blocked", 1), ("credentials-compromised", 1),
    ("asset-compromised", 1), ("performance-degraded", 2), ("partial-outage", 2), ("share-links-failing", 2),
)  # fmt: skip


# --- the same jobs by hand ------------------------------------------------------------------------------


def hand_classify(facts: dict[str, str]) -> int:
    """The matrix as an if-chain over a mapping; no range, no reasons."""
    get = facts.get
    if (
        get("cross-tenant-critical") == "yes"
        or get("exfiltration-likely") == "yes"
        or get("share-token-leak-broad") == "yes"
    ):
        level = 0
    elif (
        get("major-function-lost") == "yes"
        or get("privacy-suspected") == "yes"
        or get("streaming-unavailable") == "yes"
        or get("notifications-blocked") == "yes"
        or get("credentials-compromised") == "yes"
        or get("asset-compromised") == "yes"
    ):
        level = 1
    elif get("performance-degraded") == "yes" or get("partial-outage") == "yes" or get("share-links-failing") == "yes":
        level = 2
    else:
        level = 3
    if level and (get("integrity-threatened") == "yes" or get("residency-threatened") == "yes"):
        level -= 1
    return level


@attrs.frozen
class HandState:
    """Nine fields and no rules: the least an immutable incident could be."""

    phase: str
    level: int
    facts: tuple[tuple[str, str], ...]
    detected: datetime
    commander: str
    dues: tuple[datetime, ...]
    met: frozenset[str]
    closed: bool
    seq: int


def hand_apply(state: HandState, line: dict[str, object]) -> HandState:
    if line["kind"] == "facts-reported":
        facts = dict(state.facts)
        facts.update(line["facts"])  # type: ignore[call-overload]
        return attrs.evolve(state, facts=tuple(sorted(facts.items())), level=hand_classify(facts), seq=state.seq + 1)
    if line["kind"] == "notice-sent":
        return attrs.evolve(state, met=state.met | set(line["duties"]), seq=state.seq + 1)  # type: ignore[call-overload]
    return attrs.evolve(state, seq=state.seq + 1)


@attrs.frozen
class HandOwed:
    duty: str
    due: datetime
    status: str
    late: bool


def hand_obligations(rows: list[tuple[str, datetime]], now: datetime) -> list[HandOwed]:
    return [HandOwed(duty, due, "active", now > due) for duty, due in rows]


# --- the incident they work on --------------------------------------------------------------------------


def incident_events() -> list[ir.Event]:
    """Forty events of a busy incident: facts, roles, phases, steps, notices, notes."""
    about = {"incident": "bench-1", "by": "dana"}

    def at(minutes: float) -> datetime:
        return START + timedelta(minutes=minutes)

    events: list[ir.Event] = [
        ir.Detected(at=START, source="sentry", **about),
        ir.RoleChange(kind="role-taken", at=at(1), role="incident-commander", person="dana", **about),
        ir.FactsReported(at=at(2), facts={"streaming-unavailable": "yes", "clients-impacted": "yes"}, **about),
        ir.SeverityDecided(at=at(3), severity=ir.Severity.SEV1, **about),
        ir.PhaseChange(kind="phase-entered", at=at(4), phase="assess", **about),
        ir.FactsReported(at=at(5), facts={"client/acme": "yes", "client/zen": "yes"}, **about),
        ir.Notice(kind="notice-sent", at=at(6), duties=("internal-alert",), recipients=("internal",), **about),
        ir.PhaseChange(kind="phase-entered", at=at(7), phase="contain", **about),
        ir.BreachFinding(at=at(9), finding="confirmed", **about),
        ir.FactsReported(at=at(10), facts={"affected-in/de": "yes", "affected-in/fr": "yes"}, **about),
    ]
    while len(events) < 40:
        minute = 10 + len(events)
        if len(events) % 3:
            events.append(ir.Note(at=at(minute), text=f"note {minute}", **about))
        else:
            events.append(ir.StepDone(at=at(minute), step="isolate", **about))
    return events


def first_asked(incident: ir.Incident, now: datetime) -> object:
    """Obligations as after an event: nothing worked out before is handed out again."""
    incident._case._forget()
    return ir.obligations(incident, now)


def growing(policy: ir.Policy, events: list[ir.Event], count: int) -> Callable[[], object]:
    """One more note each time, on a log that is so long at first."""
    first = events[-1].at
    notes = [
        ir.Note(incident="bench-1", by="dana", at=first + timedelta(seconds=number), text="x", id=f"n{number}")
        for number in range(1, count - len(events) + 200 * ROUNDS + 1)
    ]
    now = ir.replay(policy, [*events, *notes[: count - len(events)]])
    coming = iter(notes[count - len(events) :])

    def one_more() -> None:
        nonlocal now
        now = ir.apply(now, next(coming)).incident

    return one_more


# --- measuring ------------------------------------------------------------------------------------------


def cpu(call: Callable[[], object], times: int) -> float:
    gc.collect()
    start = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - start) / times


def measured(
    name: str, ours: Callable[[], object], floor: Callable[[], object], ours_times: int, floor_times: int, per: int = 1
) -> None:
    ratios, costs = [], []
    for turn in range(ROUNDS):
        if turn % 2:
            mine, hand = cpu(ours, ours_times), cpu(floor, floor_times)
        else:
            hand, mine = cpu(floor, floor_times), cpu(ours, ours_times)
        ratios.append(mine / hand)
        costs.append((mine / per, hand / per))
    mine, hand = (statistics.median(side) for side in zip(*costs, strict=True))
    low, high = min(ratios), max(ratios)
    print(
        f"{name:<42} {statistics.median(ratios):8.1f} x floor   ({low:.1f} to {high:.1f})   here {mine * 1e6:9.1f} µs, floor {hand * 1e6:8.1f} µs"
    )


def process(code: str) -> Callable[[], object]:
    def run() -> None:
        subprocess.run([sys.executable, "-c", code], check=True)

    return run


def wall_ratio(name: str, code: str, floor: str) -> None:
    ratios = []
    for _ in range(ROUNDS):
        times = []
        for run in (process(floor), process(code)):
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
        ratios.append(times[1] / times[0])
    print(
        f"{name:<42} {statistics.median(ratios):8.2f} x floor   ({min(ratios):.2f} to {max(ratios):.2f})   whole process"
    )


def main() -> None:
    policy = ir.load_policy("motion-mavericks")
    facts = {name: "no" for name, _ in MATRIX[:6]} | {"streaming-unavailable": "yes"}
    events = incident_events()
    incident = ir.replay(policy, events)
    before = ir.replay(policy, events[:-1])
    now = events[-1].at + timedelta(minutes=1)
    owed = ir.obligations(incident, now)
    rows = [(o.duty, o.due or now) for o in owed]
    text = ir.write_log(events)
    lines = [json.loads(line) for line in text.splitlines()]
    state = HandState("detect", 3, (), START, "", (), frozenset(), False, 0)
    fact_event = ir.FactsReported(incident="bench-1", by="dana", at=now, facts={"exfiltration-likely": "yes"})
    fact_line = {"kind": "facts-reported", "facts": {"exfiltration-likely": "yes"}}

    def hand_replay() -> HandState:
        current = state
        for line in text.splitlines():
            current = hand_apply(current, json.loads(line))
        return current

    def hand_fold() -> HandState:
        current = state
        for line in lines:
            current = hand_apply(current, line)
        return current

    print(
        f"{len(events)} events, {len(owed)} obligations, median of {ROUNDS} rounds; floors are hand-written, without rules or reasons\n"
    )
    measured("classify (7 facts)", lambda: ir.classify(policy, facts), lambda: hand_classify(facts), 2000, 20000)
    measured("apply a note", lambda: ir.apply(before, events[-1]), lambda: hand_apply(state, lines[-1]), 500, 5000)
    measured(
        "apply facts that raise",
        lambda: ir.apply(incident, fact_event),
        lambda: hand_apply(state, fact_line),
        300,
        5000,
    )
    measured(
        "obligations, asked again",
        lambda: ir.obligations(incident, now),
        lambda: hand_obligations(rows, now),
        500,
        2000,
    )
    measured(
        "next_wakeup",
        lambda: ir.next_wakeup(incident, now),
        lambda: min((due for _, due in rows if due > now), default=None),
        1000,
        5000,
    )
    measured(
        "replay, events in hand (per event)", lambda: ir.replay(policy, events), hand_fold, 50, 500, per=len(events)
    )
    measured(
        "replay from text (per event)",
        lambda: ir.replay(policy, ir.read_log(text)),
        hand_replay,
        30,
        200,
        per=len(events),
    )
    for count in (40, 400, 4000, 20000):
        measured(
            f"one more note on {count} events",
            growing(policy, events, count),
            lambda: hand_apply(state, lines[-2]),
            200,
            5000,
        )
    for extra in (0, 360, 1960):
        notes = [
            ir.Note(incident="bench-1", by="dana", at=now + timedelta(seconds=i), text="x", id=f"n{i}")
            for i in range(extra)
        ]
        longer = ir.replay(policy, [*events, *notes])
        later = longer.log[-1].at + timedelta(minutes=1)
        measured(
            f"obligations, first asked, {len(events) + extra} events",
            lambda i=longer, t=later: first_asked(i, t),
            lambda: hand_obligations(rows, now),
            200,
            2000,
        )
    wall_ratio("import ir_policy", "import ir_policy", "import attrs")
    wall_ratio(
        "load_policy", "import ir_policy as ir; ir.load_policy('motion-mavericks')", "import attrs, pydantic, yaml"
    )


if __name__ == "__main__":
    main()
