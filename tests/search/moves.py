"""What can happen in a slice: the events people may say.

An event happens at the present instant, with the next id; what needs something to point at (an open obligation, a name
for the channel) finds it in the incident, or does not happen.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import ir_policy as ir
from ir_policy import Event, Severity, Truth
from ir_policy.testing import told
from search.story import COMMANDER, LEGAL, SOMEBODY, Move, State


def says(name: str, kind: str, by: str = SOMEBODY, against: bool = False, **said: object) -> Move:
    """An event that says the same wherever it happens."""
    return Move(name, lambda state: told(kind, state.now, by, id=next_id(state), **said), against)


def while_open(move: Move) -> Move:
    """What is said only until the incident is closed, where saying it afterwards leads to nothing new worth its states."""
    return Move(move.name, lambda state: None if state.incident.closed else move.event(state), move.against)


def next_id(state: State) -> str:
    return f"e{state.incident.seq}"


# --- what people say ------------------------------------------------------------------------------------


def reports(name: str, fact: str, truth: Truth = ir.YES) -> Move:
    return says(name, "facts-reported", facts={fact: truth})


def decides(name: str, level: Severity, by: str = COMMANDER, reason: str = "because", lowering: str = "") -> Move:
    return says(name, "severity-decided", by, severity=level, reason=reason, lowering=lowering)


def sends(name: str, duty: str, recipient: str, states: tuple[str, ...] = ()) -> Move:
    return says(name, "notice-sent", duties=(duty,), recipients=(recipient,), states=states)


def does(step: str) -> Move:
    return says(f"step {step}", "step-done", step=step)


def closes(outcome: str = "resolved", by: str = COMMANDER, against: bool = False) -> Move:
    """Closed with an outcome, where it is open; told again it is refused, which one slice tries."""
    who = "" if by == COMMANDER else f" by {by}"
    return says(f"closed as {outcome}{who}", "closed", by, against, outcome=outcome)


def reopens(episodes: int = 2) -> Move:
    """The incident comes back, until it has had so many episodes. While it is open this is refused."""

    def told_so(state: State) -> Event | None:
        again = state.incident.episode + 1 < episodes
        return told("reopened", state.now, id=next_id(state)) if again else None

    return Move("reopened", told_so)


def waives(name: str, duty: str, by: str = COMMANDER) -> Move:
    """Somebody waives an open obligation of a duty."""

    def told_so(state: State) -> Event | None:
        keys = [entry.key for entry in state.incident._case.ledger.of(duty) if entry.is_open(state.now)]
        return told("waived", state.now, by, id=next_id(state), obligation=keys[0]) if keys else None

    return Move(name, told_so)


def opens_channel(name: str, right: bool) -> Move:
    """The channel is opened, called by the day of detection in Sydney or by another one."""

    def told_so(state: State) -> Event | None:
        detection = state.incident._case.history.detection
        assert detection is not None
        day = detection.at + timedelta(hours=11, days=0 if right else 1)
        return told("channel-opened", state.now, id=next_id(state), channel=f"#inc-{day:%Y%m%d}-no-playback")

    return Move(name, told_so)


def begins(name: str, kind: str, **said: object) -> Move:
    """A finding whose grounds were held since the first signal."""

    def told_so(state: State) -> Event | None:
        return told(kind, state.now, LEGAL, id=next_id(state), since=state.incident.log[0].at, **said)

    return Move(name, told_so)


def exempts(duty: str, recipient: str, by: str = LEGAL) -> Move:
    """Somebody decides that a duty to a recipient is not owed."""
    who = "legal" if by == LEGAL else by
    return says(
        f"{who} decides not to tell {recipient} under {duty}", "not-notifying", by, duty=duty, recipient=recipient
    )


# --- said in several slices -----------------------------------------------------------------------------

SEV0, SEV1, SEV2, SEV3 = Severity
NO: Final = ir.NO
STATED: Final = ("share-link-status", "mitigation-steps")
"""What an update to a client must state."""
DOWN: Final = reports("playback is down", "streaming-unavailable")
BACK: Final = reports("playback is back", "streaming-unavailable", NO)
PART_OUT: Final = reports("a part is out", "partial-outage")
THREAT: Final = reports("integrity is threatened", "integrity-threatened")
SAFE: Final = reports("integrity is safe", "integrity-threatened", NO)
RAISED: Final = while_open(decides("somebody raises to SEV0", SEV0, by=SOMEBODY))
IN_ERROR: Final = while_open(
    decides("the commander lowers what was classified in error", SEV3, lowering="classified-in-error")
)
IMPROVED: Final = while_open(decides("the commander lowers what got better", SEV3, lowering="situation-improved"))
CLOSED: Final = while_open(closes())
DUPLICATE: Final = while_open(closes("duplicate"))
MERGED: Final = says("merged", "merged")
REOPENED: Final = reopens()
CONFIRMED: Final = says("a breach is confirmed", "breach-finding", LEGAL, finding="confirmed")
NO_BREACH: Final = says("no breach, legal finds", "breach-finding", LEGAL, finding="not-a-breach")
HIT: Final = while_open(reports("clients are hit", "clients-impacted"))
ACME: Final = while_open(reports("acme is hit", "client/acme"))
NOT_ACME: Final = while_open(reports("acme is not hit", "client/acme", NO))
UPDATED: Final = sends("acme is updated", "client-update", "client/acme", STATED)
UPDATED_IN_PART: Final = sends("acme is updated in part", "client-update", "client/acme", STATED[:1])
UNNAMED_UPDATED: Final = sends("whoever it is is updated", "client-update", "client/unspecified", STATED)
HEARS: Final = sends("acme hears of the end", "resolution-message", "client/acme", ("action-summary",))
TOLD: Final = sends("the OAIC is told", "oaic-notice", "oaic")
RECOVERED: Final = says("recovered", "recovered")
