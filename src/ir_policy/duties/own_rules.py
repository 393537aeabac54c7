"""Rules of the library itself, which every policy has: what each says, and who can do what it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from ir_policy.duties.level import deciding_roles
from ir_policy.rules.model import Policy

__all__ = [
    "ADOPTIONS", "COMMAND", "CORRECTIONS", "EPISODES", "HANDOVERS", "NOTICES", "OWN_RULES", "PHASES", "UNKNOWN_EVENTS", "rule_says", "who_may",
]  # fmt: skip

PHASES: Final = "phases"
EPISODES: Final = "episodes"
UNKNOWN_EVENTS: Final = "unknown-events"
CORRECTIONS: Final = "corrections"
ADOPTIONS: Final = "adoptions"
NOTICES: Final = "notices"
COMMAND: Final = "command"
HANDOVERS: Final = "handovers"

OWN_RULES: Final[Mapping[str, str]] = {
    PHASES: "phases follow each other, and none is skipped in silence",
    EPISODES: "an open incident is closed once, and only a closed one is reopened",
    UNKNOWN_EVENTS: "nothing is lowered or closed while the log holds events this version does not know",
    CORRECTIONS: "a correction mends an event of this log, with evidence, and gives nobody a power",
    COMMAND: "a role that one holds at a time passes by hand-over, or in turn when whoever holds it does not answer",
    HANDOVERS: "a role is handed over by an offer of whoever may act in it, and by the answer of whom it was offered to",
    ADOPTIONS: "another version of the same policy is adopted on record, from the day it is decided, and loosens nothing that runs",
    NOTICES: "a notice is drafted, then judged as it stands, then sent; what is said of it is said of its very text",
}
"""Each of them by the name a refusal cites, as a sentence."""


def rule_says(policy: Policy, rule: str) -> str:
    """What a rule that a refusal cites says: a gate's sentence, one of the library's own, or what a duty asks for."""
    if rule in policy.gates:
        return policy.gates[rule].says
    rules = policy.rules_of(rule)
    if rules:
        return f"'{rules[-1].title}' is owed unless somebody who has the power says otherwise"
    return OWN_RULES.get(rule, f"'{rule}' forbids it")


@lru_cache(maxsize=64)
def who_may(policy: Policy, kind: str) -> tuple[str, ...]:
    """The roles that may let an event of a kind happen, where a gate says so; else those who decide the level, who lead."""
    roles = {
        role
        for gate in policy.gates.values()
        if any((act.kind, act.name) == ("event", kind) for act in gate.forbids)
        for release in gate.until
        for role in release.roles
    }
    return tuple(sorted(roles)) or deciding_roles(policy)
