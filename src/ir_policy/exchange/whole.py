"""Everything about one incident in one text: what was written, under which documents, and what followed from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from ir_policy.desk import replay
from ir_policy.duties.remind import Reminder
from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.incident import Incident
from ir_policy.log.events import PolicyAdopted
from ir_policy.log.fields import Flaw, parse_instant
from ir_policy.log.wire import log_lines, read_log
from ir_policy.present.chronicle import timeline
from ir_policy.present.happening_schemas import REMINDED
from ir_policy.present.result import reminder_json, verified_json
from ir_policy.present.screen import brief
from ir_policy.rules.model import Document, Policy
from ir_policy.terms import canonical_json, instant, rfc3339, show

__all__ = ["FORM", "export"]

FORM: Final = 1


def export(
    lines: str | bytes | Iterable[str],
    policy: Policy,
    now: datetime,
    *,
    adopted: Iterable[Policy] = (),
    told: Iterable[Reminder | Mapping[str, Any]] = (),
    head: str | None = None,
    seq: int | None = None,
) -> str:
    """Everything about one incident as of ``now``, for keeping or handing on: canonical JSON on one line, valid by ``ir.schema("export")``.

    It holds the log line by line as it is stored, whether it is whole and where it stands, the policy it was begun under and those it
    ``adopted``, the documents they are composed of as texts under their digests, the brief (every obligation, violation and correction), the timeline, and the reminders that were ``told``. Whoever has
    nothing but this text can load the documents, read and verify the log, and replay it to the same answers. What was erased from the log
    is in no part of it.

    ``told`` is what the host kept: reminders, or what ``as_json(reminder, "reminder")`` made of them, with ``sent_at`` beside it once it
    was sent (an instant, or its text). They are put in order of time and key. ``head`` and ``seq`` are those of :func:`read_log`. The same
    arguments give the same bytes.

    Raises what :func:`read_log` and :func:`replay` raise for a log that is not whole or not under this policy, and
    :class:`~ir_policy.errors.QuestionInvalid` for a ``now`` before the first signal, or something ``told`` that is no reminder of this incident.
    """
    held = [line for line in log_lines(lines) if line.strip()]
    log = read_log(held, head=head, seq=seq)
    incident = replay(policy, log, adopted=adopted)
    policies = list(_policies(incident))
    at = instant(now, "now")
    shown, story = brief(incident, at).as_json(), timeline(incident, at).as_json()
    whole = {
        "export": FORM,
        "as_of": rfc3339(at),
        "incident": incident.id,
        "policies": [_policy(one) for one in policies],
        "documents": list({one.digest: _document(one) for policy in policies for one in policy.documents}.values()),
        "verified": verified_json(log),
        "log": held,
        "brief": shown,
        "timeline": story,
        "reminders": _reminders(told, incident.id),
    }
    return f"{canonical_json(whole)}\n"


# --- documents ------------------------------------------------------------------------------------------


def _policies(incident: Incident) -> Iterator[Policy]:
    """The policy the log was begun under, then each that it adopts, once."""
    first = incident.opened_under
    yield first
    named = (event.policy.digest for event in incident.log if isinstance(event, PolicyAdopted))
    yield from (first.newer[digest] for digest in dict.fromkeys(named) if digest != first.digest)


def _policy(policy: Policy) -> dict[str, Any]:
    documents = [one.digest for one in policy.documents]
    return {"id": policy.id, "version": policy.version, "digest": policy.digest, "documents": documents}


def _document(one: Document) -> dict[str, str]:
    return {"kind": one.kind, "id": one.id, "version": one.version, "digest": one.digest, "text": one.written}


# --- what was told --------------------------------------------------------------------------------------

_SAID: Final = ("key", "incident", "obligation", "duty", "title", "recipient", "owed_by", "kind", "at", "due")


def _reminders(told: object, incident: str) -> list[dict[str, Any]]:
    if isinstance(told, (str, bytes, Mapping)) or not isinstance(told, Iterable):
        raise QuestionInvalid(
            [Problem("told", "is not a list of reminders", "pass what the host kept, or leave it out")]
        )
    found = [_reminder(f"told[{index}]", one, incident) for index, one in enumerate(told)]
    return sorted(found, key=lambda one: (one["at"], one["key"], one["sent_at"] or ""))


def _reminder(where: str, one: object, incident: str) -> dict[str, Any]:
    said = reminder_json(one) if isinstance(one, Reminder) else one
    if not isinstance(said, Mapping) or set(said) - {"sent_at"} != set(_SAID):
        hint = f"say {', '.join(_SAID)}, and sent_at"
        raise QuestionInvalid([Problem(where, "is not a reminder", hint)])
    texts = [said[name] for name in _SAID if name not in ("at", "due")]
    if not all(isinstance(text, str) for text in texts) or said["kind"] not in REMINDED:
        raise QuestionInvalid([Problem(where, "is not a reminder", "pass what as_json made of it")])
    if said["incident"] != incident:
        raise QuestionInvalid(
            [Problem(where, f"is of incident '{show(said['incident'])}'", f"leave it out of '{incident}'")]
        )
    instants = {name: _instant(f"{where}.{name}", said.get(name)) for name in ("at", "due", "sent_at")}
    if instants["at"] is None:
        raise QuestionInvalid([Problem(f"{where}.at", "is missing", "say when that was")])
    return {**said, **instants}


def _instant(where: str, value: object) -> str | None:
    """An instant in its one written form."""
    if value is None:
        return None
    try:
        return rfc3339(instant(parse_instant(value) if isinstance(value, str) else value, where))
    except Flaw as flaw:
        raise QuestionInvalid([Problem(where, flaw.what, flaw.hint)]) from None
