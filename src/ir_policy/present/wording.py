"""What became of every message, for programs and for the brief."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from ir_policy.answers import detected_state
from ir_policy.duties.case import Case
from ir_policy.duties.messages import Judgement, Message, Notices, Way, notices_of
from ir_policy.duties.own_rules import rule_says
from ir_policy.incident import Incident
from ir_policy.log.messages import GONE, Delivery
from ir_policy.present.lines import LocalClock, fit
from ir_policy.rules.words import listed
from ir_policy.terms import instant, rfc3339

__all__ = ["notices_json", "notices_lines", "notices_part_json", "notices_text"]


_DIGEST: Final = 24
"""Columns for a digest: enough to tell texts apart; it stands whole in the JSON."""


def notices_json(notices: Notices) -> dict[str, Any]:
    """Every message as plain JSON material, with the instant judged at."""
    return {"as_of": rfc3339(notices.at), "incident": notices.incident, **notices_part_json(notices)}


def notices_text(incident: Incident, now: datetime) -> str:
    """Every message of an incident as lines for people."""
    case, at = detected_state(incident, now), instant(now, "now")
    clock = LocalClock(case.policy.calendar.zone, at)
    lines = list(notices_lines(case, notices_of(case, incident.id, at), clock)) or ["  nobody wrote a message yet"]
    return "\n".join([f"{incident.id}  {clock.full(at)}", *lines]) + "\n"


def notices_part_json(notices: Notices) -> dict[str, Any]:
    """The same as a part of another answer."""
    return {
        "notices": [_message(one) for one in notices.messages],
        "ways": [
            {"channel": one.channel, "means": one.means, "carries": list(one.carries), "in_doubt": list(one.in_doubt),
             "fallback": one.fallback, "question": one.question or None}
            for one in notices.ways
        ],
        "next_words": [
            {"recipient": one.recipient, "at": rfc3339(one.at), "after": rfc3339(one.after), "reading": one.reading}
            for one in notices.next
        ],
    }  # fmt: skip


def notices_lines(case: Case, notices: Notices, clock: LocalClock) -> Iterator[str]:
    """Each message with what it waits for or whom it reached, ways that are in doubt, and when the next word is suggested."""
    for one in notices.messages:
        yield f"  {one.id}: {_about(case, one)}"
        yield from (f"      {line}" for line in _state(case, one, clock))
    for way in notices.ways:
        if way.in_doubt:
            yield f"  {way.channel} is in doubt with {listed(way.in_doubt)}: {_instead(way)}"
    for word in notices.next:
        past = "was" if word.at <= clock.now else "is"
        yield f"  the next word to {word.recipient} {past} suggested by {clock.full(word.at)} (advice)"


def _about(case: Case, one: Message) -> str:
    titles = [case.policy.rules_of(duty)[-1].title if case.policy.rules_of(duty) else duty for duty in one.duties]
    to = f", to {', '.join(one.recipients)}" if one.recipients else ""
    return f"{one.state.replace('-', ' ')}{f'; {listed(titles)}' if titles else ''}{to}"


def _state(case: Case, one: Message, clock: LocalClock) -> Iterator[str]:
    if one.authors:
        yield f"by {listed(one.authors)}; text {fit(one.digest, _DIGEST)}"
    for word, judged in (("reviewed", one.review), ("approved", one.approval)):
        if judged is not None:
            worth = _worth(judged, clock) if one.state not in GONE else ""
            yield f"{word} by {judged.by} {clock.full(judged.at)}{worth}"
    if one.asked is not None:
        yield f"a review is asked for since {clock.full(one.asked)} and not answered"
    for gate in one.blocked_by:
        yield f"waits: {rule_says(case.policy, gate)} ({gate})"
    for way in one.told:
        yield f"{way.state} to {way.recipient}{f' by {way.channel}' if way.channel else ''} {clock.full(way.at)}"


def _worth(judged: Judgement, clock: LocalClock) -> str:
    if not judged.stands:
        return ", and stands no more"
    if judged.until is not None:
        return f", good until {clock.full(judged.until)}"
    stale = judged.ask_again is not None and judged.ask_again < clock.now
    return "; old by now, ask again (advice)" if stale else ""


def _instead(way: Way) -> str:
    if way.fallback is not None:
        return f"use {way.fallback}"
    return f"another way is not set{f' ({way.question})' if way.question else ''}; tell them otherwise and keep proof"


def _message(one: Message) -> dict[str, Any]:
    return {
        "notice": one.id,
        "state": one.state,
        "template": one.template or None,
        "digest": one.digest or None,
        "duties": list(one.duties),
        "recipients": list(one.recipients),
        "states": list(one.states),
        "authors": list(one.authors),
        "review": _judged(one.review),
        "approval": _judged(one.approval),
        "review_asked_since": _instant(one.asked),
        "blocked_by": list(one.blocked_by),
        "told": [_delivery(way) for way in one.told],
    }


def _judged(judged: Judgement | None) -> dict[str, Any] | None:
    if judged is None:
        return None
    return {
        "by": judged.by,
        "at": rfc3339(judged.at),
        "digest": judged.digest,
        "recipients": list(judged.recipients),
        "until": _instant(judged.until),
        "stands": judged.stands,
        "ask_again": _instant(judged.ask_again),
    }


def _delivery(way: Delivery) -> dict[str, Any]:
    return {
        "recipient": way.recipient,
        "state": way.state,
        "at": rfc3339(way.at),
        "channel": way.channel or None,
        "evidence": list(way.evidence),
        "event": way.event,
    }


def _instant(at: datetime | None) -> str | None:
    return rfc3339(at) if at is not None else None
