"""The words a rule chooses between: of which kind a fact is, and how a duty is counted, kept and missed."""

from __future__ import annotations

from enum import Enum

__all__ = ["DoneBefore", "IfMissed", "OnScopeExit", "Per", "Polarity"]


class Polarity(Enum):
    """Whether a yes to a fact makes an incident worse, better, or neither."""

    WORSE = "worse"
    BETTER = "better"
    NEITHER = "neither"


class Per(Enum):
    """Whether a duty or mark belongs to one episode or to the whole incident."""

    EPISODE = "episode"
    INCIDENT = "incident"


class OnScopeExit(Enum):
    """What happens to a running duty whose condition no longer holds."""

    KEEP = "keep"
    CANCEL = "cancel"


class DoneBefore(Enum):
    """Which acts done before a duty opened meet it: none, those since its mark, or any."""

    DOES_NOT_COUNT = "does-not-count"
    COUNTS_SINCE_MARK = "counts-since-mark"
    COUNTS = "counts"


class IfMissed(Enum):
    """Whether a missed duty is owed for ever, or ends with its breach when the incident is closed."""

    STILL_OWED = "still-owed"
    LAPSES = "lapses"
