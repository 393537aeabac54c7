"""What a log holds of a report and of a deed: a fact as last said, and an act that may discharge duties."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from ir_policy.log.tenures import Stamp
from ir_policy.terms import Truth

__all__ = ["Act", "FactState"]


class FactState(NamedTuple):
    """What was last reported about a fact, by whom, and since when it was held."""

    truth: Truth
    at: datetime
    since: datetime
    by: str
    event: str


class Act(NamedTuple):
    """Something done that may discharge duties."""

    kind: str
    name: str
    stamp: Stamp
    event: str
    episode: int
    duties: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    stage: str = ""
    to_all: bool = False
    """A sending in a drill to whoever hears in everybody's place."""

    def reaches(self, recipient: str) -> bool:
        return self.to_all or recipient in self.recipients
