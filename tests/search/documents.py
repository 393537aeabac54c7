"""The shipped policy cut down to a few of its duties, so that every state of an incident under it can be visited.

Leaving a duty out is sound for what is asked of the others. A duty hears of another one in three ways alone: it is
owed to whoever the other is owed to, it starts from or asks about a mark the other's discharge sets, or a gate asks
whether the other is settled. :func:`cut` keeps the followed duties, refuses the second, and opens such gates: an
incident under the cut policy can then do whatever it can do under the whole one, and more. What is shown of all its
states therefore holds of all those of the whole policy as far as the kept duties go.

What others need first hears of each of them: it is searched as far as the kept ones need it. They hear nothing of it, so
that they may be kept alone. Gates on what leaves the company are left out like any other, where a slice is about something else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from importlib import resources
from typing import Any, Final

import yaml

import ir_policy as ir
from ir_policy.rules.model import Policy
from ir_policy.rules.sections import ABOUT_SECTIONS

Document = dict[str, Any]
Edit = Callable[[Document], object]
"""Changes a document: a limit in another size, or a fault."""

WHO: Final = (
    "commander-decides-severity",
    "no-lowering-under-threat",
    "lowering-has-a-reason",
    "difference-has-a-reason",
    "commander-closes",
)
"""Gates on who decides, lowers and closes: every slice keeps them."""
PAPERS: Final = ("report-before-close", "lessons-before-close", "backlog-before-close", "change-log-before-close")
"""Gates that ask for a paper before an incident is closed as resolved."""
OUTCOMES: Final = ("false-positive-is-found", "worse-outweighs", "merged-before-duplicate")
"""Gates on what an incident may be closed as."""

LAWS: Final = {"au-ndb": ("au.ndb.assess",), "eu-gdpr": ("eu.gdpr.33-1",)}


def shipped() -> Document:
    """The company policy as plain mappings, lists and text, to be changed at will."""
    text = resources.files("ir_policy.rules").joinpath("catalog", "motion-mavericks.yaml").read_text("utf-8")
    document: Document = deepcopy(yaml.load(text, yaml.BaseLoader))
    return document


def cut(
    duties: Iterable[str],
    gates: Iterable[str] = (),
    laws: Iterable[str] = (),
    edit: Edit | None = None,
) -> Policy:
    """The shipped policy with these duties and gates of its own alone, under these of its laws.

    ``edit`` changes the document afterwards.
    """
    document, kept, shut = shipped(), set(duties), {*WHO, *gates}
    assert kept <= document["duties"].keys(), sorted(kept - document["duties"].keys())
    assert shut <= document["gates"].keys(), sorted(shut - document["gates"].keys())
    dropped = document["duties"].keys() - kept
    heard = [name for duty in kept for name in _heard_by(document, duty) if name in dropped]
    assert not heard, f"what is kept hears of {heard}"
    gone = dropped | {
        duty for law in document["laws"] if (id_ := law.partition("@")[0]) not in set(laws) for duty in LAWS[id_]
    }
    for gate in shut:
        _ask_less(document["gates"][gate], gone)
    for section in (*ABOUT_SECTIONS, "templates"):  # they name duties, and decide nothing
        document.pop(section, None)
    document["duties"] = {id_: duty for id_, duty in document["duties"].items() if id_ in kept}
    for duty in document["duties"].values():
        if duty.get("needs", {}).get("duty") in dropped:
            del duty["needs"]
    document["gates"] = {id_: gate for id_, gate in document["gates"].items() if id_ in shut}
    document["laws"] = [law for law in document["laws"] if law.partition("@")[0] in set(laws)]
    if not document["laws"]:
        del document["laws"]
    if edit is not None:
        edit(document)
    return ir.load_policy(json.dumps(document))


def _heard_by(document: Document, duty: str) -> Iterator[str]:
    """Duties of which this one would hear: it follows them, or starts from a mark they set."""
    rule = document["duties"][duty]
    owed_to = rule.get("owed_to", "")
    yield from (case["owed"] for case in ([owed_to] if isinstance(owed_to, dict) else []) if "owed" in case)
    names = set(_texts(rule.get("starts"))) | set(_texts(rule.get("when")))
    yield from (other for other, that in document["duties"].items() if that.get("sets") in names)


def _settled(gate: Document) -> Iterator[str]:
    """The duties a gate asks to be settled."""
    for part in _mappings(gate.get("until")):
        if "settled" in part:
            yield part["settled"]


def _ask_less(gate: Document, gone: set[str]) -> None:
    """Let a gate no longer ask whether a duty is settled that is left out: it opens for less, and so for more incidents."""
    until = gate.get("until")
    if isinstance(until, dict) and "all" in until:
        until["all"] = [part for part in until["all"] if not (isinstance(part, dict) and part.get("settled") in gone)]
    left = sorted(gone & set(_settled(gate)))
    assert not left, f"a gate asks about {left}, which are left out"


def _mappings(value: object) -> Iterator[Document]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _mappings(inner)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)
