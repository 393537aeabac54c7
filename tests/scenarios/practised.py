"""Stories of a programme: how they are told, and what they may expect. Their files stand in `programme/`.

They are told like the others (`telling.py`): a `name`, `events` and `expect`. The first event opens the programme; its
name is filled in. An instant of a story may be a bare day, `2025-04-01`: its first instant in Sydney; `2025-03-31 23:59`
is that minute there. At each `now` may be expected:

- `obligations`: by key, any of `verdict`, `status`, `due`, `met_at`, `owed_by`, `item`, `basis`, `breach` (its cause, or none);
- `overdue`, `past_advice`: keys, all of them; `missing`: by exercise, what its present period lacks;
- `next_wakeup`; `actions`: by action, the incident it comes from, all that are open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from functools import cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import yaml

import ir_policy as ir
from telling import HERE, answered_otherwise, policy, refusals_in

FOLDER: Final = HERE / "programme"
WORDS: Final = frozenset({"now", "obligations", "overdue", "past_advice", "missing", "next_wakeup", "actions"})
INSTANTS: Final = frozenset({"at", "recorded_at", "due", "now", "met_at", "next_wakeup"})
SYDNEY: Final = ZoneInfo("Australia/Sydney")


class Story(NamedTuple):
    """One story of a programme, as its file says it."""

    file: str
    said: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.said["name"])

    def __repr__(self) -> str:
        return f"{self.file}: {self.name}"


@cache
def stories() -> tuple[Story, ...]:
    """Every story of every file, in order."""
    return tuple(
        Story(file.stem, said)
        for file in sorted(FOLDER.glob("*.yaml"))
        for said in yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)
    )


def instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo is not None else found.replace(tzinfo=SYDNEY)).astimezone(timezone.utc)


def played(story: Story, rules: ir.Policy | None = None) -> tuple[ir.Programme, list[str]]:
    """The programme after every event, and every answer that was not the one written; under other rules where some are given."""
    rules = rules if rules is not None else policy("")
    programme: ir.Programme | None = None
    flaws: list[str] = []
    for number, line in enumerate(story.said["events"], start=1):
        event = _event(line, f"e{number}")
        if programme is None:
            assert isinstance(event, ir.ProgrammeOpened), f"{story}: begins with an opening"
            programme = ir.open_programme(rules, event).programme
            continue
        answer = ir.check(programme, event)
        flaws += [f"{event.id} {flaw}" for flaw in answered_otherwise(answer, refusals_in(line))]
        if not answer or line.get("recorded") == "yes":
            programme = ir.record(programme, event).programme
    assert programme is not None, f"{story}: no events"
    return programme, flaws


def _event(line: Mapping[str, Any], default_id: str) -> ir.Event:
    said = {name: value for name, value in line.items() if name not in ("refused", "recorded")}
    for name in INSTANTS & said.keys():
        local = datetime.fromisoformat(said[name])
        said[name] = (local if local.tzinfo is not None else local.replace(tzinfo=SYDNEY)).isoformat()
    if "fields" in said:
        said["fields"] = {n: instant(v).isoformat() if n in INSTANTS else v for n, v in said["fields"].items()}
    return ir.read_event({"id": default_id, "programme": "drills", **said})


def flaws_at(programme: ir.Programme, moment: Mapping[str, Any]) -> Iterator[str]:
    """What is otherwise than a moment expects."""
    now = instant(moment["now"])
    shown = ir.drills(programme, now)
    owed = {one.key: one for one in shown.obligations}
    for key, words in moment.get("obligations", {}).items():
        if key not in owed:
            yield f"{key}: not owed; owed are {', '.join(owed)}"
            continue
        for word, value in words.items():
            found = _said(getattr(owed[key], word))
            wanted = _said(instant(value)) if word in INSTANTS and value != "none" else value
            if found != wanted:
                yield f"{key}: {word}: expected {wanted}, found {found}"
    present = {one.id: one.periods[-1] for one in shown.exercises}
    found_all = {
        "overdue": list(shown.overdue),
        "past_advice": list(shown.past_advice),
        "actions": {one.action: one.incident or "none" for one in shown.actions},
        "missing": {id_: list(present[id_].missing) for id_ in moment.get("missing", {})},
        "next_wakeup": _said(shown.next_wakeup),
    }
    for word in moment.keys() & found_all.keys():
        wanted = _said(instant(moment[word])) if word == "next_wakeup" else moment[word]
        if found_all[word] != wanted:
            yield f"{word}: expected {wanted}, found {found_all[word]}"


def _said(value: object) -> str:
    if isinstance(value, ir.Breach):
        return value.cause
    return "none" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
