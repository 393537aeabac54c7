"""One log of an incident, from a thousand events to a million: what one more event costs, in time and in memory.

Each figure is made in a process of its own, ``python -m bench.peers.growth WHO FILE SECONDS``, so that memory is counted from nothing.
"""

from __future__ import annotations

import gc
import json
import math
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import ir_policy as ir
from bench.peers import fold
from bench.peers.agree import Disagreement
from bench.peers.measure import ENOUGH
from bench.peers.tables import Growth

__all__ = ["busy", "grown", "measure"]

START: Final = datetime(2026, 3, 11, 1, 0, tzinfo=timezone.utc)
FACTS: Final = ("partial-outage", "performance-degraded", "share-links-failing", "access-log-anomaly")
OURS: Final = "ir_policy"
OURS_IN_HAND: Final = "ir_policy, events in hand"
BY_HAND: Final = "by hand: json, then one object that changes"
AGAIN: Final = 3
"""How often the short logs are measured; the median is taken."""
SHORT: Final = 100_000
SHARED: Final = 6
"""So many times its CPU time may a process take on the wall, where others work on the same machine."""
OUT_OF_TIME: Final = getattr(signal, "SIGXCPU", 0)


def busy(count: int) -> Iterator[str]:
    """Lines of an incident that goes on and on: news, notices, steps, people taking over, notes; one each twenty seconds."""
    common = {"incident": "inc-1", "by": "dana"}

    def line(number: int, kind: str, **said: object) -> str:
        at = (START + timedelta(seconds=20 * number)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return json.dumps({"at": at, "id": f"e{number}", "kind": kind, **common, **said}, sort_keys=True)

    yield line(0, "detected", source="monitor")
    for number in range(1, count):
        what = number % 5
        if what == 0:
            yield line(number, "facts-reported", facts={FACTS[number // 5 % 4]: ("yes", "no")[number // 20 % 2]})
        elif what == 1:
            yield line(number, "notice-sent", duties=["internal-alert"], recipients=["internal"])
        elif what == 2:
            yield line(number, "step-done", step=("isolate", "patch")[number // 5 % 2])
        elif what == 3:
            yield line(number, "role-taken", role="scribe", person=f"person-{number % 9}")
        else:
            yield line(number, "note", text="what was seen")


def grown(sizes: Sequence[int], peers: Sequence[str], patience: float) -> tuple[Growth, ...]:
    """Everybody at every size; who takes more than ``patience`` seconds of CPU at one size is not asked at the next."""
    who = [OURS, BY_HAND, *peers]
    told: dict[str, list[dict[str, Any] | None]] = {name: [] for name in who}
    with tempfile.TemporaryDirectory(prefix="ir-policy-bench-") as folder:
        for size in sizes:
            path = Path(folder) / "log.jsonl"
            with path.open("w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in busy(size))
            for name in who:
                gave_up = bool(told[name]) and told[name][-1] is None
                told[name].append(None if gave_up else _apart(name, path, AGAIN if size < SHORT else 1, patience))
            _same(size, {name: answers[-1] for name, answers in told.items()})
    return _lines(sizes, told, patience)


def _apart(name: str, path: Path, times: int, patience: float) -> dict[str, Any] | None:
    found = []
    for _ in range(times):
        command = [sys.executable, "-m", "bench.peers.growth", name, str(path), str(patience)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SHARED * patience)
        except subprocess.TimeoutExpired:
            return None
        if OUT_OF_TIME and done.returncode == -OUT_OF_TIME:
            return None
        if done.returncode:
            raise Disagreement(f"growth: '{name}' did not finish: {done.stderr.strip().splitlines()[-1:]}")
        found.append(json.loads(done.stdout))
    middle = {key: statistics.median(one[key] for one in found) for key in ("seconds", "replayed", "bytes")}
    return {**middle, "state": found[0]["state"]}


def _same(size: int, answers: dict[str, dict[str, Any] | None]) -> None:
    finished = {name: answer["state"] for name, answer in answers.items() if answer is not None}
    if len(finished) < 2:
        raise Disagreement(f"growth: of {size} events fewer than two came to an end; raise --patience")
    for name, state in finished.items():
        if state != next(iter(finished.values())):
            raise Disagreement(f"growth: after {size} events '{name}' says {state}, '{next(iter(finished))}' otherwise")


def _lines(sizes: Sequence[int], told: dict[str, list[dict[str, Any] | None]], patience: float) -> tuple[Growth, ...]:
    def line(name: str, who: str, role: str, key: str) -> Growth:
        answers = told[who]
        seconds = [None if answer is None else answer[key] / size for size, answer in zip(sizes, answers, strict=True)]
        grown = [
            None if answer is None else answer["bytes"] / size for size, answer in zip(sizes, answers, strict=True)
        ]
        package = who.partition(",")[0].partition(":")[0]
        return Growth(name, role, package, tuple(sizes), tuple(seconds), tuple(grown), patience)

    found = [
        line("ir_policy, from text", OURS, "ours", "seconds"),
        line(OURS_IN_HAND, OURS, "ours", "replayed"),
        line(BY_HAND, BY_HAND, "floor", "seconds"),
    ]
    return (*found, *(line(name, name, "peer", "seconds") for name in told if name not in (OURS, BY_HAND)))


# --- in a process of its own -----------------------------------------------------------------------------


def measure(name: str, path: Path, patience: float = math.inf) -> dict[str, Any]:
    """Seconds of CPU and bytes for the log in that file, and what it comes to."""
    policy = ir.load_policy("motion-mavericks") if name == OURS else None
    peer = next((one for one in (*fold.DECODERS, *fold.STORES) if one.name == name), None)
    with path.open(encoding="utf-8") as file:
        head = [line for line, _ in zip(file, range(200), strict=False)]
    built = peer.build(head) if peer is not None else None
    before = _peak()
    if policy is not None:
        _limit(patience)
        log, read = _timed(lambda: _from_file(path, ir.read_log), lambda log: log)
        state, replayed = _timed(lambda: ir.replay(policy, log), fold.said_by)
        spent = read + replayed
    elif isinstance(built, fold.Store):
        gc.disable()  # what is stored beforehand is not timed, and need not take all day
        kept = _from_file(path, built.keep)
        gc.enable()
        _limit(patience)
        state, spent = _timed(lambda: built.get(kept), fold.plain)
        replayed = spent
    else:
        _limit(patience)
        state, spent = _timed(lambda: _from_file(path, _by_hand if built is None else _decoded(built)), fold.plain)
        replayed = spent
    return {"seconds": spent, "replayed": replayed, "bytes": _peak() - before, "state": state}


def _from_file(path: Path, read: Callable[[Iterator[str]], Any]) -> Any:
    with path.open(encoding="utf-8") as file:
        return read(file)


def _by_hand(lines: Iterator[str]) -> Any:
    return fold.by_hand_from_text(lines)


def _decoded(decode: Callable[[str], Any]) -> Callable[[Iterator[str]], Any]:
    return lambda lines: fold.by_hand([decode(line) for line in lines])


def _timed(act: Callable[[], Any], said: Callable[[Any], Any]) -> tuple[Any, float]:
    """What it comes to, and the seconds of CPU it takes: often enough for the clock, which may be a coarse one."""
    result, count, start = None, 0, time.process_time()
    while True:
        del result  # two at once would be counted as memory
        result = act()
        count += 1
        spent = time.process_time() - start
        if spent >= ENOUGH:
            return said(result), spent / count


def _peak() -> int:
    """The most memory this process has held, in bytes; nothing where the system does not count it.

    Linux keeps a count that begins with the program itself. The one of ``resource`` begins with the process that started it.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        held = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(held.split()[1]) * 1024
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _limit(seconds: float) -> None:
    """End this process after so many more seconds of CPU, where the system can."""
    with suppress(ImportError):
        import resource

        if seconds < math.inf:
            until = math.ceil(time.process_time() + seconds)
            resource.setrlimit(resource.RLIMIT_CPU, (until, until + 5))


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))))
