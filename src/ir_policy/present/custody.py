"""The list of what is kept as evidence: every reference the log names, who collected it and who has it, and what is missing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import frozen

from ir_policy.answers import detected_state
from ir_policy.duties.anew import in_order
from ir_policy.duties.unproven import no_evidence_words
from ir_policy.incident import Incident
from ir_policy.log.events import Event, EvidenceMoved, StepDone
from ir_policy.present.lines import LocalClock, wrapped
from ir_policy.present.result import policy_json
from ir_policy.rules.model import Policy
from ir_policy.terms import canonical_json, instant, rfc3339, show

__all__ = ["Collected", "Item", "Kept", "Manifest", "Moved", "evidence"]

WIDTH: Final = 100
VIEW: Final = "evidence"
"""What a tool of the policy says that is filled from here."""
KINDS: Final = ("digest", "link", "name")
STATES: Final = ("kept", "missing", "not-known")
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}(?![0-9a-f])")


@frozen
class Collected:
    """One event that names an item: what happened, when, and who said so."""

    event: str
    kind: str
    step: str
    """The step that was done; empty for another kind."""
    at: datetime
    by: str
    stands: bool
    """Whether the event still names it; not once a correction took it away."""


@frozen
class Moved:
    """One hand-over of an item."""

    event: str
    at: datetime
    by: str
    person: str
    """Who had it."""
    to: str
    """Who has it from then on."""
    reason: str


@frozen
class Item:
    """One thing that is kept, by the reference events give it."""

    reference: str
    kind: str
    """``digest`` where the reference holds one, ``link``, or ``name``."""
    digest: str
    """``sha256:`` and 64 digits where the reference holds that; else empty."""
    holds: tuple[str, ...]
    """The parts of the policy's evidence folder it belongs to, such as signed postmortems."""
    collected: tuple[Collected, ...]
    """In order; empty where it was handed over and never named as evidence."""
    moved: tuple[Moved, ...]
    held_by: str
    """Who has it, as the log tells: the last to whom it was handed over, else who collected it."""


@frozen
class Kept:
    """One part of what the policy keeps of each incident, and whether the log tells that it is there."""

    id: str
    means: str
    state: str
    """``kept``, ``missing``, or ``not-known`` where no event tells of it: look in the folder."""


@frozen(eq=False)
class Manifest:
    """What is kept of an incident as of an instant, for people (:meth:`text`) and for programs (:meth:`as_json`).

    ``digest`` is that of all the rest, over its canonical JSON: keep it apart from the list, and a change of the list shows.
    """

    incident: Incident
    now: datetime
    items: tuple[Item, ...]
    """In the order they were first collected."""
    kept: tuple[Kept, ...]
    unproven: tuple[tuple[str, str], ...]
    """Events on which a rule rests and that name no evidence: the event's id, and in words which clause rests on it."""
    left_out: int
    """Events of the log that are later than ``now``."""

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(canonical_json(self._said()).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """The list as plain JSON material; the same incident and instant give the same bytes."""
        return {**self._said(), "digest": self.digest}

    def text(self) -> str:
        """The list as text, in local time, 100 columns wide at most."""
        return "\n".join(_lines(self)) + "\n"

    def __str__(self) -> str:
        return self.text()

    def _said(self) -> dict[str, Any]:
        return {
            "as_of": rfc3339(self.now),
            "policy": policy_json(self.incident.policy),
            "incident": self.incident.id,
            "items": [_item_json(item) for item in self.items],
            "kept": [{"part": one.id, "means": one.means, "state": one.state} for one in self.kept],
            "unproven": [{"event": event, "why": why} for event, why in self.unproven],
            "left_out": self.left_out,
        }


def evidence(incident: Incident, now: datetime) -> Manifest:
    """Everything the log names as evidence by ``now``: by whom and when it was collected, who has it since, and what is missing.

    Events are taken as corrections left them; what only a corrected event named is listed as well and marked. What must be kept is
    what the policy's evidence folder holds. The library sees references and never the things: whether they are where they should
    be a person has to look. Raises :class:`~ir_policy.errors.QuestionInvalid` for a naive ``now`` and for one before the first
    signal. The source: a shared folder keeps evidence, recordings and signed postmortems (clause ``tooling/evidence-store``).
    """
    at = instant(now, "now")
    policy = detected_state(incident, at).policy
    log, _ = in_order(incident.opened_under, incident.log)
    past = [event for event in log if event.at <= at]
    items = _items(policy, past, [event for event in incident.log if event.at <= at])
    unproven = tuple((event.id, words) for event in past if (words := no_evidence_words(policy, event)))
    return Manifest(incident, at, items, tuple(_kept(policy, items)), unproven, len(log) - len(past))


# --- what there is --------------------------------------------------------------------------------------


def _items(policy: Policy, past: Sequence[Event], recorded: Sequence[Event]) -> tuple[Item, ...]:
    stands = {(event.id, reference) for event in past for reference in getattr(event, "evidence", ())}
    collected: dict[str, list[Collected]] = {}
    moved: dict[str, list[Moved]] = {}
    seen: set[tuple[str, str]] = set()
    for event in [*past, *sorted(recorded, key=lambda event: event.at)]:
        for reference in dict.fromkeys(getattr(event, "evidence", ())):
            if (event.id, reference) not in seen:
                seen.add((event.id, reference))
                collected.setdefault(reference, []).append(_collected(event, (event.id, reference) in stands))
    for event in past:
        if isinstance(event, EvidenceMoved):
            said = Moved(event.id, event.at, event.by, event.person, event.to, event.reason)
            moved.setdefault(event.item, []).append(said)
    parts = _parts(policy)
    found = [
        _item(reference, collected.get(reference, []), moved.get(reference, []), parts)
        for reference in {**collected, **moved}
    ]
    return tuple(sorted(found, key=lambda item: (_first(item), item.reference)))


def _collected(event: Event, stands: bool) -> Collected:
    step = event.step if isinstance(event, StepDone) else ""
    return Collected(event.id, event.kind, step, event.at, event.by, stands)


def _item(reference: str, collected: list[Collected], moved: list[Moved], parts: dict[str, tuple[str, ...]]) -> Item:
    digest = _DIGEST.search(reference)
    kind = "digest" if digest is not None else "link" if "://" in reference else "name"
    standing = [one for one in collected if one.stands]
    holds = tuple(part for part, kinds in parts.items() if any(one.kind in kinds for one in standing))
    held_by = moved[-1].to if moved else standing[0].by if standing else ""
    return Item(
        reference, kind, digest[0] if digest is not None else "", holds,
        tuple(sorted(collected, key=lambda one: one.at)), tuple(moved), held_by,
    )  # fmt: skip


def _first(item: Item) -> datetime:
    return min([*(one.at for one in item.collected), *(one.at for one in item.moved)])


def _parts(policy: Policy) -> dict[str, tuple[str, ...]]:
    """For each part of the folder that the log tells of, the kinds of event whose evidence belongs there."""
    tools = [tool for tool in policy.about.tooling.values() if tool.shown_by == VIEW]
    return {part: kinds for tool in tools for part, kinds in tool.kept_from.items()}


def _kept(policy: Policy, items: Sequence[Item]) -> Iterator[Kept]:
    told = _parts(policy)
    there = {part for item in items for part in item.holds}
    for tool in policy.about.tooling.values():
        for part, means in tool.holds.items() if tool.shown_by == VIEW else ():
            state = "not-known" if part not in told else "kept" if part in there else "missing"
            yield Kept(part, means, state)


# --- as JSON and as text --------------------------------------------------------------------------------


def _item_json(item: Item) -> dict[str, Any]:
    return {
        "reference": item.reference,
        "kind": item.kind,
        "digest": item.digest or None,
        "holds": list(item.holds),
        "collected": [
            {"event": one.event, "kind": one.kind, "step": one.step or None, "at": rfc3339(one.at), "by": one.by, "stands": one.stands}
            for one in item.collected
        ],
        "moved": [
            {"event": one.event, "at": rfc3339(one.at), "by": one.by, "person": one.person, "to": one.to, "reason": one.reason or None}
            for one in item.moved
        ],
        "held_by": item.held_by or None,
    }  # fmt: skip


def _lines(shown: Manifest) -> Iterator[str]:
    clock = LocalClock(shown.incident.policy.calendar.zone, shown.now)
    yield f"Evidence of {show(shown.incident.id, 60)}, as of {clock.full(shown.now)}"
    yield ""
    for item in shown.items:
        yield from wrapped(f"- {item.reference}{_marks(item)}", WIDTH)
        for one in item.collected:
            what = f"{one.kind} {one.step}".strip()
            gone = "" if one.stands else "; a correction took it away"
            yield from wrapped(f"    {clock.since(one.at)}  {one.by}: {what} ({one.event}){gone}", WIDTH, 4)
        for move in item.moved:
            because = f"; because: {' '.join(move.reason.split())}" if move.reason else ""
            said = f"    {clock.since(move.at)}  {move.person} handed it over to {move.to}{because} ({move.event})"
            yield from wrapped(said, WIDTH, 4)
        if item.moved:
            yield f"    held by {item.held_by}"
    if not shown.items:
        yield "No event names any evidence."
    yield ""
    for part in shown.kept:
        yield from wrapped(f"{_STATES[part.state]:<24}{part.id.replace('-', ' ')}: {part.means}", WIDTH, 24)
    for event, why in shown.unproven:
        yield from wrapped(f"{'NO EVIDENCE':<24}{event}: {why}", WIDTH, 24)
    if shown.left_out:
        yield f"{shown.left_out} later events are left out"
    yield ""
    yield shown.digest


_STATES: Final = {"kept": "kept", "missing": "MISSING", "not-known": "not known, look there"}


def _marks(item: Item) -> str:
    return f"  [{', '.join(part.replace('-', ' ') for part in item.holds)}]" if item.holds else ""
