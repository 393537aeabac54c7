"""Who calls: bearer tokens stand for people. The tokens come from the environment and are kept as digests only.

``PORTAL_TOKENS`` holds JSON, or ``PORTAL_TOKENS_FILE`` names a file that does::

    {"<token>": {"person": "dana", "roles": ["incident-commander"], "may": ["read", "respond"]}}

``roles`` are the roles of the policy that the person may take; ``may`` is what the portal lets them do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

__all__ = ["DEMO", "People", "Person", "SetUpError", "people_from"]

POWERS: Final = ("read", "respond", "policies", "export", "erase")
SHORTEST: Final = 20
"""Characters of a token; shorter ones can be guessed."""


class SetUpError(Exception):
    """The host must not start like this; the sentence says why and the way out. It never holds a token."""


@dataclass(frozen=True)
class Person:
    """Somebody who was recognised, the roles they may take (``*`` for all), and what the portal lets them do."""

    name: str
    roles: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset({"read", "respond"})

    def may_take(self, role: str) -> bool:
        return role in self.roles or "*" in self.roles


DEMO: Final = Person("demo", frozenset({"*"}), frozenset(POWERS))
"""Who everybody is while there are no tokens; then the host answers this machine only."""


@dataclass(frozen=True)
class People:
    """Everybody with a token. Empty: nobody has one, and callers on this machine act as :data:`DEMO`."""

    by_digest: Mapping[str, Person] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        return bool(self.by_digest)

    def of(self, token: str) -> Person | None:
        """Looked up by digest, so that the time it takes tells nothing about the tokens there are."""
        return self.by_digest.get(_digest(token))


def people_from(environ: Mapping[str, str]) -> People:
    """The people that the environment names; raises :class:`SetUpError` for anything that is not as it should be."""
    for name in ("PORTAL_TOKENS", "PORTAL_TOKENS_FILE"):
        if environ.get(name, "-").strip() == "":
            raise SetUpError(
                f"{name} is set and empty: a secret is missing; fill it in, or unset it to be without tokens"
            )
    text, path = environ.get("PORTAL_TOKENS", ""), environ.get("PORTAL_TOKENS_FILE", "")
    if text and path:
        raise SetUpError("both PORTAL_TOKENS and PORTAL_TOKENS_FILE are set; keep one of them")
    if path:
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise SetUpError("the file that PORTAL_TOKENS_FILE names cannot be read") from None
    elif not text:
        return People()
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        raise SetUpError("the tokens are not JSON; see README.md for their form") from None
    if not isinstance(held, dict) or not held:
        raise SetUpError('the tokens are not an object such as {"<token>": {"person": "dana"}}')
    return People({_digest(token): _person(number, token, said) for number, (token, said) in enumerate(held.items())})


def _person(number: int, token: str, said: Any) -> Person:
    place = f"token {number + 1}"
    if len(token) < SHORTEST:
        raise SetUpError(f"{place} is shorter than {SHORTEST} characters; make one with: openssl rand -hex 32")
    if not isinstance(said, dict) or not isinstance(said.get("person"), str) or not said["person"].strip():
        raise SetUpError(f'{place} names no person; write {{"person": "dana", "roles": []}}')
    if unknown := sorted(said.keys() - {"person", "roles", "may"}):
        raise SetUpError(f"{place} has an unknown field '{unknown[0]}'; known are person, roles, may")
    roles, may = said.get("roles", []), said.get("may", ["read", "respond"])
    for name, words in (("roles", roles), ("may", may)):
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise SetUpError(f"{place}: '{name}' is not a list of words")
    if wrong := sorted(set(may) - set(POWERS)):
        raise SetUpError(f"{place}: 'may' holds '{wrong[0]}'; known are {', '.join(POWERS)}")
    return Person(said["person"], frozenset(roles), frozenset(may))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
