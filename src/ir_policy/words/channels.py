"""What the channel of an incident is called: the day it was detected and what it is about, in a form the policy gives."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from itertools import count
from typing import Final

from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.incident import Incident
from ir_policy.log.events import ChannelOpened
from ir_policy.rules.model import Form, Policy

__all__ = ["channel_name"]

_DAY: Final = "{day}"
_SUMMARY: Final = "{summary}"
_LOOKED_AT: Final = 1_000
"""Characters of a summary that are looked at: more than a name can hold, and few enough for any text."""
_DIGITS: Final = 8


def channel_name(incident: Incident, summary: str, *, taken: Iterable[str] = (), restricted: bool = False) -> str:
    """A name for the incident's channel that the policy lets one open: ``#inc-20260403-mux-streaming-down``.

    The day is that of detection, in the policy's zone. The summary is put into lower-case ASCII words: accents are taken off,
    other signs part words, and it is cut between words to the length the policy allows. Where the name is ``taken`` it gets a
    number: ``-2``, ``-3`` and so on. A ``restricted`` incident, and one whose summary has no such word in it, gets a neutral code
    word instead, made from the incident's id alone: the same one each time, and it tells nothing of the summary.

    The form and the length are those of the gate on opening a channel, the code words those of the policy's tooling. For an
    incident that was reopened the day is that of reopening, as the gate asks. Raises :class:`~ir_policy.errors.QuestionInvalid`
    for a summary that is no text, and where the policy asks for no form or its form has no room. The source: a channel
    ``#inc-YYYYMMDD-<summary>`` is opened while an incident is assessed (clause ``response-phases/assess``).
    """
    problems = _wrong(incident, summary, taken)
    if problems:
        raise QuestionInvalid(problems)
    form = _form(incident.policy)
    detection = incident._case.history.detection
    assert detection is not None, "an incident begins with its detection"
    day = incident.policy.calendar.local_date(detection.at).strftime("%Y%m%d")
    opening, _, rest = form.like.replace(_DAY, day).partition(_SUMMARY)
    room = form.at_most - len(opening) - len(rest.replace(_SUMMARY, ""))
    words = [] if restricted else _words(summary)
    known = {name.casefold() for name in taken if isinstance(name, str)}
    for number in count(1):
        suffix = f"-{number}" if number > 1 else ""
        slug = _cut(words or _code_words(incident), room - len(suffix))
        name = f"{opening}{slug}{suffix}{rest}"
        if not slug or (_SUMMARY not in form.like and number > 1):
            break
        if name.casefold() not in known:
            return name
    hint = "let the form hold {summary}, and allow more characters"
    raise QuestionInvalid([Problem("policy", "its form of a channel's name has no room for a summary", hint)])


def _wrong(incident: object, summary: object, taken: object) -> list[Problem]:
    problems = []
    if not isinstance(incident, Incident):
        problems.append(Problem("incident", "is not an incident", "pass what open_incident or replay returned"))
    if not isinstance(summary, str):
        problems.append(Problem("summary", "is not text", "say in a few words what it is about"))
    if not isinstance(taken, (list, tuple, set, frozenset)):
        problems.append(Problem("taken", "is not a list of names", "put it in brackets"))
    return problems


def _form(policy: Policy) -> Form:
    """The form a gate asks of a channel's name."""
    for gate in policy.gates.values():
        if any((act.kind, act.name) == ("event", ChannelOpened.only_kind) for act in gate.forbids):
            for release in gate.until:
                if release.form is not None and _SUMMARY in release.form.like:
                    return release.form
    hint = "call it as you like, or let a gate on opening a channel ask for a form"
    raise QuestionInvalid([Problem("policy", "asks for no form of a channel's name", hint)])


def _words(summary: str) -> list[str]:
    """The summary as lower-case ASCII words."""
    plain = unicodedata.normalize("NFKD", summary[:_LOOKED_AT].casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char) and char not in _INSIDE_WORDS)
    return re.findall("[a-z0-9]+", bare.lower(), re.ASCII)


_INSIDE_WORDS: Final = "'\u2019\u02bc"
"""Signs that stand within a word and part none: a guest's link is about guests."""


def _cut(words: list[str], room: int) -> str:
    """As many of the words as there is room for, at least a piece of the first."""
    slug = words[0][: max(0, room)]
    for word in words[1:]:
        if len(slug) + 1 + len(word) > room:
            break
        slug = f"{slug}-{word}"
    return slug


def _code_words(incident: Incident) -> list[str]:
    """Two of the policy's code words chosen by the incident's id; without a list, a number made of the id."""
    chosen = hashlib.sha256(incident.id.encode()).hexdigest()
    known = next((tool.code_words for tool in incident.policy.about.tooling.values() if tool.code_words), ())
    if not known:
        return [f"x{chosen[:_DIGITS]}"]
    number, size = int(chosen, 16), len(known)
    return [known[number % size], known[number // size % size]]
