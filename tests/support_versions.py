"""Other versions of the shipped policy, as its owner would publish them: edits of the document, one function each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

import yaml

import ir_policy as ir
from ir_policy.rules.model import Policy
from support_documents import POLICY as TEXT

Tree = dict[str, Any]
Edit = Callable[[Tree], None]

_OWNER: Final = "incident-commander"


def version(*edits: Edit, number: str = "0.3.0", documents: Iterable[str] = ()) -> Policy:
    """The shipped policy with those edits, and with other laws or contracts where they are given."""
    tree: Tree = yaml.load(TEXT, Loader=yaml.BaseLoader)
    tree["version"] = number
    for edit in edits:
        edit(tree)
    return ir.load_policy(json.dumps(tree), documents=documents)


def within(duty: str, limit: object) -> Edit:
    return lambda tree: tree["duties"][duty].update(within=limit)


def without(*duties: str) -> Edit:
    """Without these duties, also where channels carry them."""

    def edit(tree: Tree) -> None:
        for duty in duties:
            del tree["duties"][duty]
        for channel in tree["channels"].values():
            if "carries" in channel:
                channel["carries"] = [duty for duty in channel["carries"] if duty not in duties]

    return edit


def field(duty: str, name: str, value: object) -> Edit:
    return lambda tree: tree["duties"][duty].update({name: value})


def every(name: str, value: object) -> Edit:
    def edit(tree: Tree) -> None:
        for duty in tree["duties"].values():
            duty[name] = value

    return edit


def row(id_: str, level: str) -> Edit:
    def edit(tree: Tree) -> None:
        tree["severity_rows"][id_]["level"] = level

    return edit


def added(name: str, **fields: object) -> Edit:
    duty = {"title": name, "clause": "metadata/status", "owed_by": _OWNER, **fields}
    return lambda tree: tree["duties"].update({name: duty})


def mark(name: str, *set_by: dict[str, str], per: str = "episode", **fields: object) -> Edit:
    """A mark the shipped policy does not have, or one it has with other sources."""
    said = {"means": name, "per": per, **fields} | ({"set_by": list(set_by)} if set_by else {})
    return lambda tree: tree["marks"].update({name: said})


def gate(name: str, forbids: dict[str, str], **fields: object) -> Edit:
    said = {"says": name, "clause": "metadata/status", "forbids": [forbids], "who": _OWNER, **fields}
    return lambda tree: tree["gates"].update({name: said})


def section(name: str, **fields: object) -> Edit:
    return lambda tree: tree[name].update(fields)


def of_every(name: str, change: Callable[[object], object]) -> Edit:
    """One field of every duty, and of every gate that has it, worked out from what it was."""

    def edit(tree: Tree) -> None:
        for rule in (*tree["duties"].values(), *tree["gates"].values()):
            if name in rule:
                rule[name] = change(rule[name])

    return edit


def lacking(name: str) -> Edit:
    """No duty has that field."""

    def edit(tree: Tree) -> None:
        for duty in tree["duties"].values():
            duty.pop(name, None)

    return edit
