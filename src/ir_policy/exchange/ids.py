"""The ids of a policy for the code base of whoever embeds it: as JSON, and as a Python module a type checker knows.

With the module a mistyped fact, duty or step is a type error in the host's own code, long before an incident.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.log.events import KINDS
from ir_policy.present.result import policy_json
from ir_policy.rules.model import Policy
from ir_policy.terms import FINDINGS, OUTCOMES, show

__all__ = ["ids_json", "ids_module", "policy_ids"]


def policy_ids(policy: Policy) -> dict[str, dict[str, str]]:
    """Every id somebody may have to name, by what it is, each with what it means; in order of the ids."""
    found: dict[str, Mapping[str, str]] = {
        "facts": {**{id_: fact.means for id_, fact in policy.facts.items()}, **_members(policy)},
        "families": {id_: family.means for id_, family in policy.families.items()},
        "roles": {id_: role.title for id_, role in policy.roles.items()},
        "duties": {id_: duty.title for id_, duty in policy.duties.items()},
        "gates": {id_: gate.says for id_, gate in policy.gates.items()},
        "steps": policy.steps,
        "marks": {id_: mark.means for id_, mark in policy.marks.items()},
        "rows": {row.id: row.example for row in policy.rows},
        "raises": {id_: str(mask.source) for id_, mask in policy.raises.rules.items()},
        "phases": {rule.phase.value: rule.means for rule in policy.phases},
        "recipients": _recipients(policy),
        "states": _states(policy),
        "event_kinds": {kind: _first_sentence(known.cls.__doc__) for kind, known in KINDS.items()},
    }
    in_order = ("phases", "event_kinds")
    return {
        what: {id_: _line(ids[id_]) for id_ in (ids if what in in_order else sorted(ids))}
        for what, ids in found.items()
    }


def ids_module(policy: Policy) -> str:
    """The ids as the text of a Python module, laid out as ``ruff format`` does; same policy, same text.

    Each kind of id is an enumeration whose members are text, so they serve wherever the library takes an id. Raises
    :class:`~ir_policy.errors.QuestionInvalid` where two ids would be called alike.
    """
    ids = policy_ids(policy)
    classes = [_class(name, says, ids[what], what) for what, (name, says) in _CLASSES.items() if ids[what]]
    words = {"findings": ("Finding", "What can be concluded about personal data.", FINDINGS),
             "outcomes": ("Outcome", "How an incident can end.", OUTCOMES)}  # fmt: skip
    classes += [_class(name, says, dict.fromkeys(known, ""), what) for what, (name, says, known) in words.items()]
    names = [name for name, _ in classes]
    public = ["POLICY", "DIGEST", "Phase", "Severity", *names, *(["member"] if "Family" in names else [])]
    parts = [
        _HEAD.format(id=policy.id, version=policy.version, digest=policy.digest),
        "__all__ = [\n" + "".join(f'    "{name}",\n' for name in sorted(public, key=_as_ruff_sorts)) + "]\n",
        "".join(f"{line}\n" for line in _constants(policy)),
    ]
    body = "\n\n".join(text for _, text in classes)
    return "\n".join(parts) + "\n\n" + body + (f"\n\n{_MEMBER}" if "Family" in names else "")


def ids_json(policy: Policy) -> dict[str, Any]:
    """The ids as JSON material, with the policy they belong to."""
    return {"policy": policy_json(policy), **policy_ids(policy)}


# --- what there is --------------------------------------------------------------------------------------


def _members(policy: Policy) -> dict[str, str]:
    """Members of families that are listed or that a condition asks for; of an open family anything can be a member."""
    listed = [f"{f.id}/{member}" for f in policy.families.values() for member in (*f.members, *f.known)]
    asked = [atom.name for atom in policy.bits if atom.kind == "fact" and atom.name not in policy.facts]
    return {
        name: f"{policy.families[name.partition('/')[0]].means}: {name.partition('/')[2]}" for name in (*listed, *asked)
    }


def _recipients(policy: Policy) -> dict[str, str]:
    """Recipients that documents name; who is affected of a family is named as the incident goes."""
    found: dict[str, list[str]] = {}
    for duty in policy.duties.values():
        for case in duty.owed_to:
            for recipient in filter(None, (case.to, case.unnamed)):
                found.setdefault(recipient, []).append(duty.id)
    return {recipient: f"owed {', '.join(dict.fromkeys(duties))}" for recipient, duties in found.items()}


def _states(policy: Policy) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for duty in policy.duties.values():
        for field in duty.must_state:
            found.setdefault(field, []).append(duty.id)
    return {field: f"asked for by {', '.join(duties)}" for field, duties in found.items()}


def _first_sentence(text: str | None) -> str:
    return _line((text or "").partition("\n\n")[0])


def _line(text: str) -> str:
    return " ".join(text.split())


# --- Python ---------------------------------------------------------------------------------------------

_CLASSES: Final = {
    "facts": ("Fact", "What can be reported of an incident as yes, no or unknown."),
    "families": ("Family", "Facts with a member of your own: ``member(family, name)``."),
    "roles": ("Role", "Who can owe something or release it."),
    "duties": ("Duty", "What can be owed."),
    "gates": ("Gate", "What can hold an event back."),
    "steps": ("Step", "What can be carried out."),
    "marks": ("Mark", "Instants that clocks start from."),
    "rows": ("Row", "Rows of the severity matrix."),
    "raises": ("Raise", "What raises the level that the rows give."),
    "recipients": ("Recipient", "To whom something can be owed, beside members of families."),
    "states": ("Statement", "What a notice can be asked to state."),
    "event_kinds": ("EventKind", "What can be said to have happened."),
}

_HEAD: Final = '''\
"""The ids of the incident policy {id} {version}, so that a type checker sees a slip of the pen.

Written from {id}@{version},
digest {digest}.
Do not edit. After a change of the policy write it anew:

    ir-policy schema ids --python --policy ID|FILE

with the document your service loads, then look at what the type checker says.
"""

from enum import StrEnum

from ir_policy import Phase, Severity
'''

_MEMBER: Final = '''\
def member(family: Family, name: str) -> str:
    """The fact that says a member of a family is so."""
    return f"{family.value}/{name}"
'''

_WIDTH: Final = 88
"""The line length that ``ruff format`` keeps where nobody configures another."""


def _constants(policy: Policy) -> Iterator[str]:
    """Which policy the ids are of, so that a host can ask at its start whether it still is."""
    yield from _assigned("", "POLICY", f"{policy.id}@{policy.version}")
    yield from _assigned("", "DIGEST", policy.digest)


def _class(name: str, says: str, ids: Mapping[str, str], what: str) -> tuple[str, str]:
    """One enumeration: its name, and its text."""
    named: dict[str, str] = {}
    for id_ in ids:
        member = _identifier(id_)
        if member in named:
            problem = f"'{show(named[member])}' and '{show(id_)}' would both be called '{name}.{member}'"
            raise QuestionInvalid([Problem(what, problem, "rename one of them in its document")])
        named[member] = id_
    lines = [line for member, id_ in named.items() for line in _member(member, id_, ids[id_])]
    return name, f'class {name}(StrEnum):\n    """{says}"""\n\n' + "".join(f"{line}\n" for line in lines)


def _member(member: str, id_: str, means: str) -> Iterator[str]:
    yield from _assigned("    ", member, id_)
    if means:
        yield f'    """{_quoted(means)}"""'


def _assigned(indent: str, name: str, text: str) -> Iterator[str]:
    """One text under a name, in brackets where only they make it fit."""
    whole, alone = f'{indent}{name} = "{text}"', f'{indent}    "{text}"'
    if len(whole) <= _WIDTH or len(alone) > _WIDTH:
        yield whole
    else:
        yield from (f"{indent}{name} = (", alone, f"{indent})")


def _identifier(id_: str) -> str:
    """An id as a constant: words parted by one underscore, groups by two."""
    name = re.sub(r"[-.]", "_", id_.replace("/", "__")).upper()
    return f"ID_{name}" if name[0].isdigit() else name


def _quoted(text: str) -> str:
    """The text fit for a docstring: nothing in it can end it or escape from it."""
    return text.replace("\\", "\\\\").replace('"', "'")


def _as_ruff_sorts(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name
