"""What a scenario expects of an instant, compared with what the library answers. Each flaw is one line of text.

`expect` says what must be so at an instant (`now`), in these words:

- `severity`, `decided`, `raised` (provisionally), `initial`, `peak`; `proposed` by `rows`, within `range`;
- `phase`, `episode`, `outcome` (`open` while it is not closed), `marks`, `next_wakeup`;
- `obligations` by key, each with any of the words in `OBLIGATION_WORDS`; `not_owed`: no key may begin so;
- `paging`, with any of `state`, `next` (levels, `none` where there is nobody), `at` (from when on they are told), `why`, `tries`
  (`level outcome`, `open` while it is not ended), `skipped`, `exhausted_at`, `answered_by`, `holds_until`;
- `violations`, `blocked` (what may not happen next), `corrections`, and `shows`: pieces of the brief as people read it.

`none` is said where there is none, and `late_by` as hours, minutes and seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any, Final

import ir_policy as ir
from ir_policy.terms import rfc3339
from telling import instant

LEVELS: Final = frozenset({"severity", "decided", "raised", "initial", "peak", "proposed", "rows", "range"})
STATE: Final = frozenset({"phase", "episode", "outcome", "marks", "next_wakeup", "paging"})
OWED: Final = frozenset({"obligations", "not_owed", "violations", "blocked", "corrections", "shows"})
MOMENT_WORDS: Final = frozenset({"now"}) | LEVELS | STATE | OWED
OBLIGATION_WORDS: Final = frozenset(
    {"verdict", "status", "due", "due_kind", "binding", "boundary", "basis", "met_at", "late_by", "breach", "owed_by", "recipient"}
    | {"item", "clause", "reading", "mark", "anchor", "limit", "opened_at", "title", "act", "blocked_by"}
)  # fmt: skip


def flaws_at(incident: ir.Incident, moment: Mapping[str, Any]) -> Iterator[str]:
    """Everything that is otherwise at one instant than the scenario says."""
    shown = ir.brief(incident, instant(moment["now"]))
    answer = shown.as_json()
    said = {**moment, "blocked": sorted(moment["blocked"])} if "blocked" in moment else moment
    for word, found in state_of(shown, answer).items():
        yield from differing(word, said.get(word), found)
    yield from differing("next_wakeup", expected_wakeup(moment), answer["next_wakeup"] or "none")
    yield from flawed_marks(incident, moment)
    yield from flawed_paging(answer["paging"], moment.get("paging", {}))
    yield from flawed_obligations(shown, answer, moment)
    drawn_anew = [{"what": c.what, "before": c.before, "after": c.after} for c in shown.corrections]
    for expected in moment.get("corrections", []):
        if expected not in drawn_anew:
            yield f"no such correction: {expected}; there are {drawn_anew}"
    text = shown.text()
    yield from (f"the brief does not show '{piece}':\n{text}" for piece in moment.get("shows", []) if piece not in text)


def state_of(shown: ir.Brief, answer: Mapping[str, Any]) -> dict[str, Any]:
    """What a brief says of the incident as a whole, in the words of the scenarios."""
    level, proposed = answer["severity"], answer["severity"]["proposed"]
    return {
        "severity": level["governing"] or "unassessed",
        "decided": level["decided"] or "none",
        "raised": level["provisional"] or "none",
        "initial": level["initial"] or "none",
        "peak": level["peak"] or "none",
        "proposed": proposed["severity"],
        "rows": proposed["determined_by"],
        "range": f"{proposed['best']} to {proposed['worst']}",
        "phase": answer["phase"]["current"],
        "episode": str(answer["phase"]["episode"]),
        "violations": [words_of(violation) for violation in answer["violations"]],
        "blocked": sorted(refusal.rule for refusal in (*shown.held_back, *shown.shut)),
    }


def words_of(violation: Mapping[str, Any]) -> str:
    effect = " (without effect)" if violation["without_effect"] else ""
    return f"{violation.get('gate') or violation['duty']}{effect}"


def flawed_marks(incident: ir.Incident, moment: Mapping[str, Any]) -> Iterator[str]:
    """Marks and the outcome, which are read off the log as it stood then."""
    if not {"marks", "outcome"} & moment.keys():
        return
    then = as_of(incident, instant(moment["now"]))
    yield from differing("outcome", moment.get("outcome"), then.outcome or "open")
    for mark, expected in moment.get("marks", {}).items():
        at = then.marks.get(mark)
        same = at is not None and expected != "none" and instant(expected) == at
        yield from differing(f"mark {mark}", expected, expected if same else written(at))


def as_of(incident: ir.Incident, now: datetime) -> ir.Incident:
    """The incident that the events up to an instant make."""
    return ir.replay(incident.policy, [event for event in incident.log if event.at <= now])


def flawed_obligations(shown: ir.Brief, answer: Mapping[str, Any], moment: Mapping[str, Any]) -> Iterator[str]:
    """What is owed otherwise than expected, word by word."""
    owed = {said["key"]: said for said in answer["obligations"]}
    late = {obligation.key: obligation.late_by for obligation in shown.obligations}
    for key, expected in moment.get("obligations", {}).items():
        if key not in owed:
            yield f"{key} is not owed; owed are {sorted(owed)}"
            continue
        assert expected, f"{key}: nothing is expected of it"
        assert expected.keys() <= OBLIGATION_WORDS, f"{key}: unknown words in {sorted(expected)}"
        said = {**owed[key], "late_by": late[key], "breach": (owed[key]["breach"] or {}).get("cause")}
        for word, value in expected.items():
            found = "none" if said[word] is None else str(said[word])
            # An instant may be written in the scenario's own words.
            same = looks_like_instant(found) and value != "none" and instant(value) == instant(found)
            yield from differing(f"{key}: {word}", str(value), value if same else found)
    for prefix in moment.get("not_owed", []):
        yield from (f"{key} is owed, {prefix} was not to be" for key in owed if key.startswith(prefix))


PAGING_WORDS: Final = frozenset(
    {"state", "next", "at", "why", "tries", "skipped", "exhausted_at", "answered_by", "holds_until"}
)


def flawed_paging(said: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[str]:
    """Where paging stands otherwise than expected."""
    assert expected.keys() <= PAGING_WORDS, f"paging: unknown words in {sorted(expected)}"
    coming = said["next"]
    found: dict[str, Any] = {
        "next": [one["level"] for one in coming] or "none",
        "at": coming[0]["at"] if coming else "none",
        "why": coming[0]["why"] if coming else "none",
        "tries": [f"{one['level']} {one['outcome'] or 'open'}" for one in said["tries"]],
        "skipped": [f"{one['level']} {one['why']}" for one in said["skipped"]],
        **{word: said[word] or "none" for word in ("state", "exhausted_at", "answered_by", "holds_until")},
    }
    for word, value in expected.items():
        wanted = (
            [value] if word in ("next", "tries", "skipped") and isinstance(value, str) and value != "none" else value
        )
        same = looks_like_instant(str(found[word])) and value != "none" and instant(value) == instant(found[word])
        yield from differing(f"paging: {word}", wanted, wanted if same else found[word])


def looks_like_instant(text: str) -> bool:
    return text.endswith("Z") and text[4:5] == "-"


def expected_wakeup(moment: Mapping[str, Any]) -> str | None:
    said = moment.get("next_wakeup")
    return said if said in (None, "none") else written(instant(said))


def written(at: datetime | None) -> str:
    """An instant as answers write it; `none` where there is none."""
    return "none" if at is None else rfc3339(at.astimezone(timezone.utc))


def differing(what: str, expected: object, found: object) -> Iterator[str]:
    if expected is not None and expected != found:
        yield f"{what}: expected {expected}, found {found}"
