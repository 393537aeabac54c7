"""Chained logs: each line carries a hash over itself and the line before, so that no entry can be changed unseen.

The hash covers names and free text only by salted digests, with the words and their salts beside them. Taking a word and
its salt away and leaving the digest in its place, as :func:`erased` does, leaves every hash as it was. A chain says
nothing about lines that are missing at its end: for that, keep its head elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final, cast

from attrs import frozen

from ir_policy.errors import EventInvalid, LogInvalid, Problem, QuestionInvalid
from ir_policy.log.events import KINDS, Event, event_from_wire, kinds_of_value, to_wire
from ir_policy.terms import FrozenMap, canonical_json

__all__ = ["CHAINED", "Chain", "erased", "is_chained"]

CHAINED: Final = ("prev", "hash", "event")
"""What every chained line says; ``salts`` may stand beside it."""
SALTS: Final = "salts"


@frozen
class Chain:
    """Where a chained log stands: how many events it holds, and the hash of its last line, or of its header."""

    seq: int
    head: str
    _names: FrozenMap[str, str] = FrozenMap()
    """The salt of each name: one name has one digest in a whole log, so that it is still one person when erased."""

    @classmethod
    def begun(cls, header: str) -> Chain:
        """The chain of a log that holds nothing but its header."""
        return cls(0, _hash(header))

    def link(self, event: Event, salt: str) -> tuple[Chain, str]:
        """The chain with one more event, and the line that says it.

        ``salt`` must be fresh and secret until the line is written, 32 hexadecimal digits or more. Raises
        :class:`~ir_policy.errors.QuestionInvalid` when it is none.
        """
        if not isinstance(salt, str) or not _SALT.fullmatch(salt):
            hint = "pass secrets.token_hex(16), anew for each event"
            raise QuestionInvalid([Problem("salt", "is not 32 to 128 hexadecimal digits in lower case", hint)])
        wire, names = to_wire(event), dict(self._names)
        salts = {}
        for path, value, is_name in _private(wire):
            own = sha256(f"{salt}:{path}".encode()).hexdigest()[:_LENGTH]
            salts[path] = names.setdefault(value, own) if is_name else own
        head = _hash(canonical_json({"event": _sealed(wire, salts), "prev": self.head}))
        line = canonical_json({"event": wire, "hash": head, "prev": self.head, SALTS: salts})
        return Chain(self.seq + 1, head, self._names if len(names) == len(self._names) else FrozenMap(names)), line

    def follow(self, index: int, line: str, value: Mapping[str, object]) -> tuple[Chain, Event]:
        """The chain with the event that a line says, after making sure that the line follows on this chain.

        Raises :class:`~ir_policy.errors.LogInvalid` with what is wrong.
        """
        wire, salts = _parts(index, line, value)
        if value["prev"] != self.head:
            raise LogInvalid(
                index, "this line does not follow on the one before: lines were changed, left out or moved"
            )
        if value["hash"] != _hash(canonical_json({"event": _sealed(wire, salts), "prev": self.head})):
            raise LogInvalid(index, "this line was changed after it was written: its hash is not that of its words")
        try:
            event = event_from_wire(wire)
        except EventInvalid as error:
            raise LogInvalid(index, f"not an event: {error}") from None
        names = {said: salts[path] for path, said, is_name in _private(wire) if is_name and path in salts}
        more = names.keys() - self._names.keys()
        return Chain(
            self.seq + 1, str(value["hash"]), FrozenMap({**self._names, **names}) if more else self._names
        ), event


def is_chained(value: Mapping[str, object]) -> bool:
    """Whether a line is one of a chained log."""
    return "kind" not in value and any(word in value for word in CHAINED)


def erased(
    index: int, line: str, value: Mapping[str, object], names: frozenset[str], texts: frozenset[str]
) -> tuple[str, set[str]]:
    """A chained line without those names, and without its free text where its event is one of ``texts``; and which of
    all these it held. The line that is left has the hash it had."""
    wire, salts = _parts(index, line, value)
    gone = [
        (path, said if is_name else str(wire.get("id")), is_name)
        for path, said, is_name in _private(wire)
        if path in salts
    ]
    gone = [(path, what, is_name) for path, what, is_name in gone if what in (names if is_name else texts)]
    if not gone:
        return line, set()
    paths = {path for path, _, _ in gone}
    left = {path: salt for path, salt in salts.items() if path not in paths}
    kept = {"event": _sealed(wire, {path: salts[path] for path in paths}), "hash": value["hash"], "prev": value["prev"]}
    return canonical_json({**kept, SALTS: left} if left else kept), {what for _, what, _ in gone}


# --- what is private -----------------------------------------------------------------------------------------

_SALT: Final = re.compile(r"[0-9a-f]{32,128}")
_LENGTH: Final = 32
_KINDS: Final = {
    name: said for kind in KINDS for name, said in kinds_of_value(kind).items() if said in ("name", "text")
}


def _private(wire: Mapping[str, object]) -> Iterator[tuple[str, str, bool]]:
    """Each name and free text an event says, a correction's too: its path, its words, and whether it is a name."""
    inner = wire.get("fields")
    places = [("", wire), *([("fields.", inner)] if isinstance(inner, Mapping) else [])]
    for prefix, holder in places:
        for name in sorted(holder):
            value = holder[name]
            if isinstance(value, str) and name in _KINDS:
                yield f"{prefix}{name}", value, _KINDS[name] == "name"


def _sealed(wire: Mapping[str, object], salts: Mapping[str, str]) -> dict[str, object]:
    """The event as the hash covers it: a digest for each word that has a salt."""
    sealed = dict(wire)
    for path, salt in salts.items():
        *outer, name = path.split(".", 1)
        holder: dict[str, object] = sealed
        if outer:
            holder = dict(cast(Mapping[str, object], sealed[outer[0]]))
            sealed[outer[0]] = holder
        holder[name] = "erased-" + sha256(f"{salt}\0{holder[name]}".encode()).hexdigest()[:40]
    return sealed


def _parts(index: int, line: str, value: Mapping[str, object]) -> tuple[Mapping[str, object], Mapping[str, str]]:
    """The event and the salts of a chained line that has the right form."""
    wire, salts = value.get("event"), value.get(SALTS, {})
    texts = all(isinstance(value.get(word), str) for word in ("prev", "hash"))
    if not texts or not isinstance(wire, dict) or set(value) - {*CHAINED, SALTS}:
        raise LogInvalid(index, "a chained line says prev, hash and event, and salts beside them")
    if line != canonical_json(value):
        raise LogInvalid(index, "this line is not written in its one canonical form, so it was changed")
    private = {path for path, _, _ in _private(wire)}
    if not isinstance(salts, dict) or not all(
        path in private and isinstance(salt, str) for path, salt in salts.items()
    ):
        raise LogInvalid(index, "the salts of this line are not those of names and texts it says")
    return wire, salts


def _hash(text: str) -> str:
    return f"sha256:{sha256(text.encode()).hexdigest()}"
