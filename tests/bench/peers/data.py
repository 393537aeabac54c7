"""What was measured, as plain JSON beside the page: the page and its pictures are drawn from this and nothing else."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, TypeAlias

from attrs import asdict

from bench.peers.installed import Peers
from bench.peers.tables import Workload

__all__ = ["Data", "fitting", "gathered", "read", "written"]

Data: TypeAlias = dict[str, Any]
DIGITS: Final = 4
"""So many significant ones are kept: more would be noise, and a file that changes without a reason."""


def gathered(workloads: Iterable[Workload], peers: Peers, rounds: int, minutes: float) -> Data:
    """The figures of this run with what they were made with."""
    return {
        "made_with": made_with(peers),
        "minutes": round(minutes, 1),
        "rounds": rounds,
        "not_measured": dict(sorted(peers.missing.items())),
        "workloads": {one.id: _rounded(asdict(one, filter=_measured)) for one in workloads},
    }


def made_with(peers: Peers) -> Data:
    """The kind of machine in general words, Python, and every package by its version."""
    system, cores = platform.system(), os.cpu_count()
    return {
        "machine": f"{system} on {platform.machine()}, {cores} cores",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "versions": dict(sorted(peers.versions().items())),
    }


def fitting(old: Data | None, new: Data) -> Data:
    """The new figures with those old ones that were not made again; each figure is a ratio in a run of its own.

    Raises ``ValueError`` when the old ones were made with something else.
    """
    kept = old["workloads"].keys() - new["workloads"].keys() if old is not None else set()
    if old is None or not kept:
        return new
    if old["made_with"] != new["made_with"]:
        raise ValueError("the figures on the page were made with other versions or elsewhere; measure all workloads")
    workloads = {**old["workloads"], **new["workloads"]}
    return {
        **new,
        "workloads": workloads,
        "minutes": old["minutes"],
        "not_measured": {**old["not_measured"], **new["not_measured"]},
    }


def read(path: Path) -> Data | None:
    """What is kept there; nothing where there is none."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def written(data: Data) -> str:
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _measured(attribute: Any, value: object) -> bool:
    """All but what was called: a count of compared ``cases`` is a figure."""
    return attribute.name != "apart" and (attribute.name != "cases" or isinstance(value, int))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, (list, tuple)) else value
