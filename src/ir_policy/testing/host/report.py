"""What trials found: what was lost, doubled, broken or otherwise wrong, and how much was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["Report", "Trial"]

SHOWN = 5


@dataclass
class Trial:
    """One trial of a host. It passes only if it looked at something."""

    name: str
    examined: dict[str, int] = field(default_factory=dict)
    """What was looked at, by its name; none of it may be 0."""
    noted: dict[str, int] = field(default_factory=dict)
    """What also came about, by its name; it may be 0 and is no fault."""
    lost: list[str] = field(default_factory=list)
    """Keys of reminders that fell due and had no effect, and ids of events that were taken in and are not stored."""
    doubled: list[str] = field(default_factory=list)
    """Keys of reminders that had more than one effect, and events that were stored twice."""
    broken: list[str] = field(default_factory=list)
    """Incidents whose stored lines are not the chain that was handed in, each with the reason."""
    wrong: list[str] = field(default_factory=list)
    """Everything else that must not be, in sentences."""

    @property
    def ok(self) -> bool:
        return not self.problems()

    def problems(self) -> list[str]:
        """Everything that was found, in sentences; nothing examined is one of them."""
        empty = [f"no {what} were examined" for what, count in self.examined.items() if count <= 0]
        if not self.examined:
            empty = ["nothing was examined"]
        return [
            *empty,
            *_some("lost", self.lost),
            *_some("doubled", self.doubled),
            *_some("broken", self.broken),
            *self.wrong[:SHOWN],
        ]

    def miss(self, lost: Iterable[str]) -> None:
        """What is lost is lost once, however often it is looked for."""
        self.lost += [one for one in lost if one not in self.lost]

    def count(self, effects: Mapping[str, int], due: set[str], ever: set[str] | None = None) -> None:
        """Compare effects with what was due, and with everything that could ever be said."""
        self.miss(sorted(due - effects.keys()))
        self.doubled += sorted(key for key, times in effects.items() if times > 1 and key not in self.doubled)
        if ever is not None:
            self.wrong += [f"told, and never due: {key}" for key in sorted(effects.keys() - ever)]

    def __str__(self) -> str:
        looked = ", ".join(f"{count:,} {what}" for what, count in {**self.examined, **self.noted}.items())
        found = f"{len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.broken)} broken"
        lines = [f"{'passed' if self.ok else 'FAILED'}  {self.name}: {looked or 'nothing'}: {found}"]
        return "\n".join([*lines, *(f"        {problem}" for problem in self.problems())])


@dataclass(frozen=True)
class Report:
    """Every trial of one host."""

    trials: tuple[Trial, ...]
    not_tried: tuple[str, ...] = ()
    """Trials that the host gives no means for, in sentences; no fault, and nothing is known about them."""

    @property
    def ok(self) -> bool:
        return bool(self.trials) and all(trial.ok for trial in self.trials)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.trials), *(f"not tried  {one}" for one in self.not_tried)])


def _some(what: str, found: list[str]) -> list[str]:
    more = f", and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
    return [f"{what}: {', '.join(found[:SHOWN])}{more}"] if found else []
