"""What must be owed when, to whom and by when: each law a clause of the policy in our words and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ir_policy import Obligation, Truth
from ir_policy.log.events import Closed
from search.laws_shared import OPEN, PERSONAL, SEV0, SEV1, SEV2, SEV3, is_yes, of, past
from search.story import Finding, Owed, State, Turn

SYDNEY: Final = ZoneInfo("Australia/Sydney")
LAPSES: Final = ("internal-alert", "stakeholder-notice", "client-update", "next-update")
RESPONSE: Final = {SEV0: timedelta(minutes=5), SEV1: timedelta(minutes=30), SEV2: timedelta(hours=2)}
RECOVERY: Final = {SEV0: timedelta(hours=1), SEV1: timedelta(hours=4)}


def the_list_is_owed_an_alert(state: State, owed: Owed) -> Iterator[Finding]:
    """At the two worst levels the internal list is owed an alert within fifteen minutes of when that level was reached."""
    incident = state.incident
    if incident.severity.governing in (SEV0, SEV1) and not incident.closed:
        alerts = of(owed, "internal-alert", incident.episode)
        yield "" if any(one.status != "cancelled" for one in alerts) else "no alert is owed"
        for one in alerts:
            yield _within(one, timedelta(minutes=15))


def stakeholders_are_owed_a_notice(state: State, owed: Owed) -> Iterator[Finding]:
    """At the worst level the stakeholders are owed a notice within an hour of when it was reached."""
    incident = state.incident
    if incident.severity.governing is SEV0 and not incident.closed:
        notices = of(owed, "stakeholder-notice", incident.episode)
        yield "" if any(one.status != "cancelled" for one in notices) else "the stakeholders are owed nothing"
        for one in notices:
            yield _within(one, timedelta(hours=1))


def the_unassessed_alert_the_list(state: State, owed: Owed) -> Iterator[Finding]:
    """With no level a quarter of an hour after detection the internal list is owed an alert, until there is a level."""
    incident = state.incident
    if incident.closed or incident.severity.governing is not None or incident.episode:
        return
    detected = incident.marks["detected"]
    found = of(owed, "unassessed-alert", 0)
    yield "" if found and found[0].anchor == detected else "nothing is owed for want of a level"
    if found and found[0].status != "discharged":
        status = "active" if state.now >= detected + timedelta(minutes=15) else "pending"
        yield "" if found[0].status == status else f"it is {found[0].status}, not {status}"


def clients_are_owed_an_update(state: State, owed: Owed) -> Iterator[Finding]:
    """At the two worst levels each client who is or may be hit is owed an update within the hour; an unnamed one while none is named."""
    incident = state.incident
    facts = {fact: said.truth for fact, said in incident.facts.items()}
    named = sorted(fact for fact, truth in facts.items() if fact.startswith("client/") and truth is not Truth.NO)
    hit = any(is_yes(state, fact) for fact in ("clients-impacted", *named))
    if incident.severity.governing not in (SEV0, SEV1) or not hit or incident.closed:
        return
    for recipient in named or ["client/unspecified"]:
        updates = [one for one in of(owed, "client-update", incident.episode) if one.recipient == recipient]
        yield "" if any(one.status != "cancelled" for one in updates) else f"no update is owed to {recipient}"
        for one in updates:
            yield _within(one, timedelta(hours=1))


def whoever_was_owed_an_update_hears_of_the_end(state: State, owed: Owed) -> Iterator[Finding]:
    """Once service is restored everybody an update is or was owed to is owed a message that says so."""
    incident = state.incident
    if "recovered" not in incident.marks or incident.closed:
        return
    told = {one.recipient for one in of(owed, "resolution-message", incident.episode) if one.status != "cancelled"}
    for one in of(owed, "client-update", incident.episode):
        if one.status != "cancelled":
            yield "" if one.recipient in told else f"{one.recipient} does not hear of the end"


def the_oaic_is_owed_a_notice(state: State, owed: Owed) -> Iterator[Finding]:
    """A confirmed breach of personal data owes the OAIC a notice, once for the whole incident, unless it was a drill or legal
    found that it was no breach and decided so."""
    if _is_confirmed(state):
        notices = [one for one in owed.values() if one.duty == "oaic-notice"]
        exempt = _exempts(state, "oaic-notice")
        yield "" if len(notices) == 1 or (exempt and not notices) else f"{len(notices)} notices are owed to the OAIC"
        for one in notices:
            yield "" if exempt or one.status in (*OPEN, "discharged") else f"{one.key} is {one.status}"


def europe_is_owed_a_notice(state: State, owed: Owed) -> Iterator[Finding]:
    """A confirmed breach owes European authorities a notice under the policy and under the Regulation: to each country that
    is hit, to a nameless one while none is named."""
    if _is_confirmed(state):
        hit = sorted(fact.partition("/")[2] for fact in state.incident.facts if fact.startswith("affected-in/"))
        for duty in ("eu-authority-notice", "eu.gdpr.33-1"):
            for country in hit or ["unspecified"]:
                key = f"{duty}@authority/{country}#0"
                yield (
                    ""
                    if (key in owed and owed[key].status != "cancelled") or _exempts(state, duty)
                    else f"{key} is not owed"
                )


def regulators_hear_within_seventy_two_hours(state: State, owed: Owed) -> Iterator[Finding]:
    """Seventy-two hours run from the first confirmation, whatever is found afterwards; reopening starts none anew."""
    confirmed = state.incident._case.history.first_marks.get("breach-confirmed")
    for one in owed.values():
        if one.duty in ("oaic-notice", "eu-authority-notice") and one.status in OPEN:
            last = confirmed.at + timedelta(hours=72) if confirmed is not None else None
            yield (
                ""
                if last is not None and one.due is not None and one.due <= last
                else f"{one.key} is due {one.due}, not {last}"
            )


def a_freeze_is_owed_at_once(state: State, owed: Owed) -> Iterator[Finding]:
    """As soon as personal data is or may be involved, a freeze of privacy requests is owed within a quarter of an hour."""
    if any(is_yes(state, fact) for fact in PERSONAL):
        freezes = [one for one in owed.values() if one.duty == "dsr-freeze"]
        yield "" if freezes else "no freeze is owed"
        for one in freezes:
            yield _within(one, timedelta(minutes=15))


def what_is_closed_owes_a_postmortem(turn: Turn) -> Iterator[Finding]:
    """A real incident that was closed as resolved owes its postmortem within five business days, and had to have its evidence."""
    if _closes(turn, "resolved") and not turn.before.incident.drill:
        owed = of(turn.now, "postmortem", turn.after.incident.episode)
        last = _fifth_close(turn.event.at)
        kept = owed and all(one.due is not None and one.due <= last for one in owed)
        yield "" if kept else f"the postmortem is due {[one.due for one in owed]}, not by {last}"


def evidence_comes_before_closing(turn: Turn) -> Iterator[Finding]:
    """The compliance evidence is owed for every real incident from its detection, and missed by closing without it."""
    if _closes(turn, "resolved") and not turn.before.incident.drill:
        owed = of(turn.now, "compliance-evidence", turn.after.incident.episode)
        yield "" if owed else "no evidence was owed"
        done = "checklist-updated" in turn.before.incident._case.history.steps
        for one in owed:
            missed = one.breach is not None and one.breach.at == turn.event.at
            yield "" if missed is not done and (one.status == "discharged") is done else f"{one.key}: {one.verdict}"


def targets_follow_the_level(state: State, owed: Owed) -> Iterator[Finding]:
    """Response, recovery and documentation are owed at their levels, and due in the time the matrix gives: recovery and
    documentation from detection, response from when the level was reached; what got milder keeps the shorter time."""
    incident = state.incident
    if incident.severity.governing is not None and not incident.closed:
        wanted = ("document",) if incident.severity.governing is SEV3 else ("respond", "recover")
        for duty in wanted:
            if duty in incident.policy.duties:
                yield "" if of(owed, duty, incident.episode) else f"{duty} is not owed at {incident.severity.governing}"
    for duty in ("document", "respond", "recover"):
        for one in of(owed, duty, incident.episode):
            last = _last_for(state, one)
            yield "" if one.due is not None and one.due <= last else f"{one.key} is due {one.due}, not by {last}"


def what_lapses_ends_once_it_is_closed(state: State, owed: Owed) -> Iterator[Finding]:
    """An alert or an update that is missed and whose incident is closed, or has come back since, is over and keeps its breach."""
    for one in owed.values():
        ended = state.incident.closed or one.episode < state.incident.episode
        if one.duty in LAPSES and ended and one.due is not None and past(one, state.now) and one.basis == "policy":
            yield "" if one.status not in OPEN else f"{one.key} is still owed"


# --- in short -------------------------------------------------------------------------------------------


def _within(one: Obligation, limit: timedelta) -> Finding:
    return "" if one.due is not None and one.due <= one.anchor + limit else f"{one.key} is due {one.due}"


def _last_for(state: State, one: Obligation) -> datetime:
    """When a target of the matrix ends, at the worst level that governed while it was owed."""
    case = state.incident._case
    level, detected = case.ledger.entries[one.key].level, state.incident.marks["detected"]
    assert level is not None
    if one.duty == "document":
        return detected + timedelta(hours=24)
    if one.duty == "respond":
        return case.level.reached[level].at + RESPONSE[level]
    return _close_of_day(detected) if level is SEV2 else detected + RECOVERY[level]


def _is_confirmed(state: State) -> bool:
    return "breach-confirmed" in state.incident._case.history.first_marks and not state.incident.drill


def _exempts(state: State, duty: str) -> bool:
    """Whether somebody decided that one duty is not owed."""
    return any(name == duty for name, _ in state.incident._case.history.exempted)


def _closes(turn: Turn, outcome: str) -> bool:
    return isinstance(turn.event, Closed) and turn.event.outcome == outcome and not turn.void


def _fifth_close(at: datetime) -> datetime:
    """Five in the afternoon of the fifth working day after it; no holiday is near."""
    day, left = at.astimezone(SYDNEY), 5
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day.replace(hour=17, minute=0, second=0, microsecond=0)


def _close_of_day(detected: datetime) -> datetime:
    """Five in the afternoon of the day of detection, a working day in the morning."""
    return detected.astimezone(SYDNEY).replace(hour=17, minute=0, second=0, microsecond=0)
