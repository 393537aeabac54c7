"""An event as a caller says it: what happened is the caller's to say, who it was and when it was recorded are the host's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ir_policy.errors import EventInvalid, Problem, QuestionInvalid
from ir_policy.incident import Incident
from ir_policy.log.events import KINDS, Event, event_from_wire
from ir_policy.programme.value import Programme
from ir_policy.terms import OF_PROGRAMMES, instant, nearest, show

__all__ = ["read_said"]


def read_said(
    said: Mapping[str, Any],
    incident: Incident | Programme | str,
    now: datetime,
    *,
    by: str,
    id: str = "",  # noqa: A002
) -> Event:
    """The event that somebody says to a host, with what only the host may say: ``by`` whom, in which incident, recorded ``now``.

    ``said`` holds the kind and the fields of an ``event``, as :func:`read_object` or a mapping gives them. It may leave ``at`` out, and
    means ``now`` by that. It may bring an ``id``, by which a retry is known; else ``id`` is used (make one by chance, such as
    ``secrets.token_hex(16)``), and without one a digest of the words. If the log of the ``incident`` holds that id already, an ``at`` that
    is left out is what it was then: so the same words are the same event however late they come again. For an incident or programme that is
    still to be opened its id is passed. In a programme, an action may say the ``incident`` it comes from.

    Raises :class:`~ir_policy.errors.EventInvalid` with every problem: a ``by`` or an ``incident`` that is another, a ``recorded_at``, a
    kind this version does not know, and whatever :func:`read_event` finds.
    """
    at = instant(now, "now")
    if not isinstance(said, Mapping):
        raise EventInvalid([Problem("event", "is not a mapping", "pass what read_object returned")])
    if not isinstance(incident, (Incident, Programme, str)):
        raise QuestionInvalid([Problem("incident", "is neither an incident nor an id", "pass what replay returned")])
    whose = incident if isinstance(incident, str) else incident.id
    of_programme = isinstance(incident, Programme) or (isinstance(incident, str) and said.get("kind") in OF_PROGRAMMES)
    name = "programme" if of_programme else "incident"
    problems = list(_claims(said, name, whose, by))
    if problems:
        raise EventInvalid(problems)
    named = said.get("id") or id
    before = _known(incident, named) if not isinstance(incident, str) else None
    happened = at if before is None else before.recorded_at or before.at
    filled = {"at": happened, **said, "id": named, name: whose, "by": by, "recorded_at": at}
    return event_from_wire(filled, id_needed=False)


def _known(incident: Incident | Programme, id_: object) -> Event | None:
    return incident._log.of_id(id_) if isinstance(id_, str) else None


def _claims(said: Mapping[str, Any], name: str, whose: str, by: str) -> Iterator[Problem]:
    """What a caller says and only the host may say, and a kind of event nobody knows."""
    if said.get("by", by) != by:
        yield Problem("by", "is somebody else than the host recognised", "leave it out")
    if said.get(name, whose) != whose:
        yield Problem(name, f"is another {name} than the one addressed", "leave it out")
    if "recorded_at" in said:
        yield Problem("recorded_at", "is said by the host", "leave it out; say when it happened with at")
    if "id" in said and not (isinstance(said["id"], str) and said["id"]):
        yield Problem("id", "is not text", "make a random one for each event, or leave it out")
    kind = said.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        near = nearest(kind, KINDS) if isinstance(kind, str) else ""
        yield Problem("kind", f"is no kind of event{_called(kind)}", near or f"known are {', '.join(KINDS)}")


def _called(kind: object) -> str:
    return f": '{show(kind)}'" if isinstance(kind, str) and kind else ""
