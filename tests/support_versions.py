"""Other versions of the shipped policy, as its owner would publish them, one function for each edit; and incidents that adopt them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any, Final

import yaml

import ir_policy as ir
from ir_policy import Event, Obligation
from ir_policy.log.events import PolicyAdopted
from ir_policy.rules.model import Policy
from ir_policy.testing import told
from support_documents import POLICY as TEXT
from support_duties import COMMANDER, POLICY

Tree = dict[str, Any]
Edit = Callable[[Tree], None]


def version(*edits: Edit, number: str = "0.3.0", documents: Iterable[str] = ()) -> Policy:
    """The shipped policy with those edits, and with other laws or contracts where they are given."""
    tree: Tree = json.loads(_written())
    tree["version"] = number
    for edit in edits:
        edit(tree)
    return ir.load_policy(json.dumps(tree), documents=documents)


@cache
def _written() -> str:
    """The document as it is shipped; read once, since reading YAML is what takes long."""
    return json.dumps(yaml.load(TEXT, Loader=yaml.BaseLoader))


def within(duty: str, limit: object) -> Edit:
    return lambda tree: tree["duties"][duty].update(within=limit)


def without(*duties: str) -> Edit:
    """Without these duties, also where channels carry them and texts are for them."""

    def edit(tree: Tree) -> None:
        for duty in duties:
            del tree["duties"][duty]
        for channel in tree["channels"].values():
            if "carries" in channel:
                channel["carries"] = [duty for duty in channel["carries"] if duty not in duties]
        for id_, text in list(tree.get("templates", {}).items()):
            named = text["for"] if isinstance(text["for"], list) else [text["for"]]
            text["for"] = [duty for duty in named if duty not in duties]
            if not text["for"]:
                del tree["templates"][id_]

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
    duty = {"title": name, "clause": "metadata/status", "owed_by": COMMANDER, **fields}
    return lambda tree: tree["duties"].update({name: duty})


def mark(name: str, *set_by: dict[str, str], per: str = "episode", **fields: object) -> Edit:
    """A mark the shipped policy does not have, or one it has with other sources."""
    said = {"means": name, "per": per, **fields} | ({"set_by": list(set_by)} if set_by else {})
    return lambda tree: tree["marks"].update({name: said})


def gate(name: str, forbids: dict[str, str], **fields: object) -> Edit:
    said = {"says": name, "clause": "metadata/status", "forbids": [forbids], "who": COMMANDER, **fields}
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


# --- versions of the edges ------------------------------------------------------------------------------


def without_field(duty: str, name: str) -> Edit:
    return lambda tree: tree["duties"][duty].pop(name)


NOTE: Final = {"event": "note"}
EDGES: Final[dict[str, tuple[Edit, ...]]] = {
    "a mark protected": (
        mark("talking", {"event": "channel-opened"}, corrected_by=[COMMANDER]),
        added("minutes", when={"mark": "talking"}, starts="talking", within="2 hours", met_by=NOTE),
    ),
    "evidence in five days": (within("compliance-evidence", "5 days"),),
    "evidence in half an hour": (within("compliance-evidence", "30 minutes"),),
    "evidence whatever the outcome": (without_field("compliance-evidence", "not_for"),),
    "handed in before closing": (
        added("hand-in", when={"any": ["partial-outage", {"mark": "closed"}]}, starts="detected", within="before closed",
              met_by=NOTE, on_scope_exit="cancel"),
    ),
    "an alert that is shorter": (within("internal-alert", "10 minutes"),),
    "an alert that sets a mark": (
        mark("alerted"), field("internal-alert", "sets", "alerted"),
        added("after-the-alert", starts="alerted", within="30 minutes", met_by=NOTE),
    ),
    "an alert for more": (
        field("internal-alert", "when", {"severity": "SEV2 or worse"}), field("internal-alert", "must_state", ["action-summary"]),
    ),
    "decided by security": (
        of_every("until", lambda until: {"role": ["security-lead"]} if until == {"role": COMMANDER} else until),
    ),
    "a mark of deciding": (
        mark("weighed", {"decision": "authorised"}), mark("ever-weighed", {"decision": "authorised"}, per="incident"),
    ),
    "a day more for notices": (within("eu-authority-notice", "96 hours"),),
    "actions in two days": (within("action-item", "2 days"), without_field("action-item", "given")),
}  # fmt: skip
"""Versions for stories worked out by hand, where what two rules say of one obligation meets."""


@cache
def edge(name: str) -> Policy:
    return version(*EDGES[name], number=f"0.4.{list(EDGES).index(name)}")


# --- adopting them --------------------------------------------------------------------------------------


def adopts(policy: Policy, at: datetime, by: str = COMMANDER, **said: Any) -> PolicyAdopted:
    pin = ir.PolicyPin(policy.id, policy.version, policy.digest)
    event = told("policy-adopted", at, by, policy=pin, **{"reason": "the new version is in force", **said})
    assert isinstance(event, PolicyAdopted)
    return event


def incident(*story: Event, adopted: Iterable[Policy] = ()) -> ir.Incident:
    return ir.replay(POLICY, story, adopted=adopted)


def owed(found: ir.Incident, now: datetime) -> dict[str, Obligation]:
    return {one.key: one for one in ir.obligations(found, now)}
