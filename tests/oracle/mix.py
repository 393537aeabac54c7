"""What random logs held and what came of them, in per cent, so that a silent loss is noticed; and when to look."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from datetime import datetime, timedelta

from ir_policy.log.events import Closed, Event, PolicyAdopted
from ir_policy.terms import MICROSECOND, NO, OUTCOMES, Phase, Truth
from oracle.oracle import World
from oracle.reading import cause


def mix(logs: Iterable[Sequence[Event]]) -> Counter[str]:
    """How often each kind came, and how often the nasty things: ties, late entries and others."""
    counted: Counter[str] = Counter()
    for log in logs:
        counted["= logs"] += 1
        reported: dict[str, Truth] = {}
        retracted = False
        for index, event in enumerate(log):
            counted[event.kind] += 1
            counted["= events"] += 1
            before = log[index - 1] if index else None
            counted["= tie"] += before is not None and before.at == event.at
            counted["= late"] += any(earlier.at > event.at for earlier in log[:index])
            counted["= precision"] += bool(event.precision)
            counted["= recorded_at"] += event.recorded_at is not None
            if event.kind in ("facts-reported", "breach-finding"):
                counted["= facts and findings"] += 1
                counted["= since"] += getattr(event, "since", None) is not None
            for fact, value in getattr(event, "facts", {}).items() if event.kind == "facts-reported" else ():
                if value is NO and fact.startswith(("client/", "affected-in/")):
                    retracted = retracted or reported.get(fact, NO) is not NO
                reported[fact] = value
        counted["= logs reopened"] += any(event.kind == "reopened" for event in log)
        counted["= logs with recipients retracted"] += retracted
        counted["= logs with a drill"] += any(getattr(event, "drill", False) for event in log)
    return counted


def outcome(world: World) -> Counter[str]:
    """What came of one log: closings with effect and without, each gate shut and open, each duty's verdicts."""
    counted: Counter[str] = Counter()
    taken_in = {act.event.id for act in world.state.acts}
    closings = [event for event in world.story if isinstance(event, Closed)]
    clean = {event for _, event in world.violations}
    for name in OUTCOMES:
        ids = {event.id for event in closings if event.outcome == name}
        counted[f"= logs closed {name}"] += bool(ids & taken_in)
        counted[f"= logs closed {name}, nothing against it"] += bool((ids & taken_in) - clean)
    counted["= logs closed without effect"] += any(event.id not in taken_in for event in closings)
    counted["= logs contained or later"] += any(len(one.entered - {Phase.ASSESS}) > 0 for one in world.state.episodes)
    counted["= logs closed, then reopened"] += len(world.state.episodes) > 1
    for gate, shut in world.state.asked:
        counted[f"= gate {gate}"] += 1
        counted[f"= gate {gate} shut"] += shut
    for row in world.obligations(world.story[-1].at + timedelta(days=1)).values():
        counted[f"= duty {row.duty}"] += 1
        counted[f"= duty {row.duty} {row.verdict}"] += 1
    return counted + adoptions(world, taken_in) + notices(world)


def notices(world: World) -> Counter[str]:
    """What came of notices, in one log: each refusal, what was judged and sent, and what that did to obligations."""
    counted: Counter[str] = Counter()
    for what, count in world.state.happened.items():
        counted[f"= logs with {what}"] += count > 0
    rows = world.obligations(world.story[-1].at).values()
    causes = {row.breach[2] for row in rows if row.breach is not None}
    for name in ("deadline", "gate", "born-overdue", "raised-after-limit"):
        counted[f"= logs with a breach for {name}"] += name in causes
    lengths = {len(row.blocked_by[0]) for row in rows}
    for length in range(4):
        counted[f"= logs with something {length} gates block"] += length in lengths
    judged = {rule for rule, _ in world.violations}
    for rule in judged & {"notices", *world.state.policy.gates}:
        counted[f"= logs refused by {rule}"] += 1
    return counted


def adoptions(world: World, taken_in: Set[str]) -> Counter[str]:
    """What came of adopting other versions, in one log: with effect and without, and what that did to obligations."""
    counted: Counter[str] = Counter()
    state = world.state
    past = [one.binding for one in state.obligations if one.binding and isinstance(one.binding.event, PolicyAdopted)]
    counted["= logs adopting"] += bool(state.adopted)
    counted["= logs adopting without effect"] += any(
        isinstance(event, PolicyAdopted) and event.id not in taken_in for event in world.story
    )
    counted["= logs with something open by a former rule"] += any(
        one.is_open() and state.is_former(one.duty) for one in state.obligations
    )
    counted["= logs tightened by the rule in force"] += any(one.tightened for one in state.obligations)
    counted["= logs opened by adopting"] += any(isinstance(one.opened_by, PolicyAdopted) for one in state.obligations)
    counted["= logs born overdue by adopting"] += any(cause(due) == "born-overdue" for due in past)
    return counted


def share(counted: Counter[str], what: str) -> float:
    """Of all events, or of what else it is a part of, in per cent."""
    return 100 * counted[what] / max(1, counted[_whole(what)])


def _whole(what: str) -> str:
    if what.startswith(("= gate ", "= duty ")):
        return " ".join(what.split()[:3])
    return {"= since": "= facts and findings"}.get(what, "= logs" if what.startswith("= logs ") else "= events")


def mix_in_words(counted: Counter[str]) -> str:
    """The mix as lines of per cent, the most frequent first."""
    rows = [f"{counted['= logs']} logs, {counted['= events']} events"]
    for what, count in sorted(counted.items(), key=lambda item: (_rank(item[0]), -item[1], item[0])):
        if what != _whole(what) and what not in ("= events", "= facts and findings"):
            rows.append(f"  {share(counted, what):5.1f} %  {what}")
        elif what.startswith(("= gate ", "= duty ")):
            rows.append(f"{count:9d}  {what}")
    return "\n".join(rows)


def _rank(what: str) -> tuple[bool, str]:
    return what.startswith("="), _whole(what) if what.startswith(("= gate ", "= duty ")) else ""


def probe_instants(world: World, rng: random.Random, count: int) -> list[datetime]:
    """Instants at which something may turn: when events happened, when deadlines near or end, or beside it."""
    first, last = world.story[0].at, world.story[-1].at
    instants = {event.at for event in world.story}
    for row in world.obligations(last).values():
        for due in (row.due_at, row.binding_due_at):
            if due is not None:
                nearly = {due, due - (due - row.anchor) / 5, due - timedelta(minutes=5)}
                instants |= {one + beside for one in nearly for beside in (-MICROSECOND, timedelta(0), MICROSECOND)}
    span = (last - first) // MICROSECOND
    instants |= {first + timedelta(microseconds=rng.randrange(span + 1)) for _ in range(3)}
    instants |= {last + timedelta(seconds=rng.randrange(1, 40 * 86400)) for _ in range(2)}
    kept = sorted(instant for instant in instants if instant >= first)
    return sorted(rng.sample(kept, min(count, len(kept))))
