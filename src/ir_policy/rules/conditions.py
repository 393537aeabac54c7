"""Conditions: all, any and not over what is known of a case. Three-valued, and compiled to bit masks.

A case is two integers, the atoms known to be so and the atoms known not to be. An atom in neither is not known.
The compiler refuses a condition that uses one atom with both signs: then the plain three-valued reading below is
also the exact one (no outcome is called open that every completion of the facts would settle).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from attrs import frozen

from ir_policy.terms import FINDINGS, Phase, Severity, Truth

__all__ = [
    "All",
    "Any",
    "Atom",
    "Condition",
    "ConditionFault",
    "Mask",
    "Not",
    "atoms",
    "bits_of",
    "compile_mask",
    "condition_schema",
    "parse",
]

MOST_TERMS: Final = 256


class ConditionFault(ValueError):
    """A condition that cannot be read: where below its own root, what is wrong, the way out."""

    def __init__(self, path: tuple[str | int, ...], what: str, hint: str = "") -> None:
        super().__init__(what)
        self.path = path
        self.what = what
        self.hint = hint


@frozen(order=True)
class Atom:
    """One thing that can be so, not so, or not known. ``kind`` says which register it is looked up in."""

    kind: str
    name: str

    def __str__(self) -> str:
        return _ATOM_WORDS.get(self.kind, "{0}").format(self.name)


_ATOM_WORDS: Final = {
    "fact": "{0}",
    "severity": "severity is {0} or worse",
    "mark": "{0} has happened",
    "step": "step {0} is done",
    "phase": "the phase is {0}",
    "finding": "there is a finding {0}",
    "some": "some {0} is affected",
    "settled": "nothing is owed under {0} any more",
    "drill": "this is a drill",
    "unassessed": "no level is set yet",
}


@frozen
class All:
    """Yes when every part is; no when any is no; otherwise not known. Without parts it is always yes."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return " and ".join(_wrapped(part, Any) for part in self.parts) if self.parts else "always"


@frozen
class Any:
    """Yes when any part is; no when every one is no; otherwise not known."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return " or ".join(_wrapped(part, All) for part in self.parts)


@frozen
class Not:
    """The opposite of its part; not known stays not known."""

    part: Condition

    def __str__(self) -> str:
        return f"not ({self.part})"


Condition: TypeAlias = Atom | All | Any | Not
ALWAYS: Final = All(())


def _wrapped(part: Condition, loose: type[All] | type[Any]) -> str:
    return f"({part})" if isinstance(part, loose) and len(part.parts) > 1 else str(part)


@frozen(eq=False, repr=False)
class Mask:
    """A compiled condition: alternatives of (atoms that must be so, atoms that must not be so)."""

    terms: tuple[tuple[int, int], ...]
    watch: int
    """Every bit whose change can change the answer."""
    source: Condition

    def holds(self, yes: int, no: int) -> bool:
        """Whether the condition is definitely so: duties open on this."""
        for must, must_not in self.terms:
            if must & yes == must and must_not & no == must_not:
                return True
        return False

    def possible(self, yes: int, no: int) -> bool:
        """Whether the condition is not definitely false: gates bite on this."""
        for must, must_not in self.terms:
            if not (must & no or must_not & yes):
                return True
        return False

    def truth(self, yes: int, no: int) -> Truth:
        """The condition as yes, no or not known."""
        if self.holds(yes, no):
            return Truth.YES
        return Truth.UNKNOWN if self.possible(yes, no) else Truth.NO


def compile_mask(condition: Condition, bit: Callable[[Atom], int]) -> Mask:
    """The condition as masks over the bits that ``bit`` gives its atoms.

    Raises :class:`ConditionFault` for an atom with both signs or a condition too wide to spell out.
    """
    signs = dict(_signed(condition, True))
    for atom, sign in _signed(condition, True):
        if signs[atom] is not sign:
            raise ConditionFault((), f"'{atom.name}' stands in one condition both as such and under 'not'",
                                 "split the rule in two")  # fmt: skip
    terms = {(_or_bits(t[0], bit), _or_bits(t[1], bit)) for t in _terms(condition, True)}
    minimal = [t for t in terms if not any(o != t and o[0] & t[0] == o[0] and o[1] & t[1] == o[1] for o in terms)]
    watch = 0
    for atom in signs:
        watch |= bit(atom)
    return Mask(tuple(sorted(minimal)), watch, condition)


def atoms(condition: Condition) -> Iterator[Atom]:
    """Every atom of the condition, in the order written."""
    for atom, _ in _signed(condition, True):
        yield atom


def literals(condition: Condition) -> Iterator[tuple[Atom, bool]]:
    """Every atom of the condition with its sign: ``False`` under a ``not``."""
    return _signed(condition, True)


def _signed(condition: Condition, sign: bool) -> Iterator[tuple[Atom, bool]]:
    if isinstance(condition, Atom):
        yield condition, sign
    elif isinstance(condition, Not):
        yield from _signed(condition.part, not sign)
    else:
        for part in condition.parts:
            yield from _signed(part, sign)


def bits_of(mask: int) -> Iterator[int]:
    """The bits that are set, from the lowest."""
    while mask:
        lowest = mask & -mask
        yield lowest
        mask ^= lowest


_Term: TypeAlias = tuple[frozenset[Atom], frozenset[Atom]]
_NOTHING: Final[frozenset[Atom]] = frozenset()


def _terms(condition: Condition, sign: bool) -> set[_Term]:
    """The condition, or its negation, as alternatives of (must be so, must not be so)."""
    if isinstance(condition, Atom):
        one = frozenset((condition,))
        return {(one, _NOTHING) if sign else (_NOTHING, one)}
    if isinstance(condition, Not):
        return _terms(condition.part, not sign)
    parts = [_terms(part, sign) for part in condition.parts]
    if isinstance(condition, Any) is sign:
        return _not_too_wide({term for part in parts for term in part})
    product: set[_Term] = {(_NOTHING, _NOTHING)}
    for part in parts:
        product = _not_too_wide({(a | c, b | d) for a, b in product for c, d in part})
    return product


def _not_too_wide(terms: set[_Term]) -> set[_Term]:
    if len(terms) > MOST_TERMS:
        raise ConditionFault((), f"the condition has more than {MOST_TERMS} alternatives", "split the rule")
    return terms


def _or_bits(group: frozenset[Atom], bit: Callable[[Atom], int]) -> int:
    bits = 0
    for atom in group:
        bits |= bit(atom)
    return bits


# --- reading --------------------------------------------------------------------------------------------

_NAMED: Final = ("severity", "mark", "step", "phase", "finding", "some", "settled")
BARE: Final = ("drill", "unassessed")
_OR_WORSE: Final = " or worse"


def parse(node: object, path: tuple[str | int, ...] = ()) -> Condition:
    """The condition a document's tree says; raises :class:`ConditionFault` with the place below its root.

    Text is a fact, or one of the words ``drill`` and ``unassessed``; ``{all: […]}``, ``{any: […]}`` and
    ``{not: …}`` combine; ``{severity: SEV1 or worse}``, ``{mark: …}``, ``{step: …}``, ``{phase: …}`` and
    ``{finding: …}`` ask the other registers; ``{some: family}`` holds once a member of the family is reported yes, and
    ``{settled: duty}``, which only gates may ask, while no obligation of that duty is open.
    """
    if isinstance(node, str):
        return Atom(node, node) if node in BARE else Atom("fact", node)
    if not isinstance(node, dict) or len(node) != 1:
        raise ConditionFault(path, "a condition is a fact or a mapping with one key", f"one of {_words()}")
    ((word, inner),) = node.items()
    below = (*path, word)
    if word in ("all", "any"):
        if not isinstance(inner, list) or not inner:
            raise ConditionFault(below, f"'{word}' needs a list with something in it")
        parts = tuple(parse(part, (*below, index)) for index, part in enumerate(inner))
        return All(parts) if word == "all" else Any(parts)
    if word == "not":
        return Not(parse(inner, below))
    if word in _NAMED:
        return _named(word, inner, below)
    raise ConditionFault(below, f"'{word}' is not a word of conditions", f"use one of {_words()}")


def _named(word: str, inner: object, path: tuple[str | int, ...]) -> Atom:
    if not isinstance(inner, str):
        raise ConditionFault(path, f"'{word}' needs one name")
    if word == "severity":
        level = inner.removesuffix(_OR_WORSE)
        if level == inner or level not in Severity.__members__:
            raise ConditionFault(path, f"'{inner[:60]}' is not a level", "write 'SEV1 or worse'")
        return Atom(word, level)
    if word == "phase" and inner not in {phase.value for phase in Phase}:
        raise ConditionFault(path, f"'{inner[:60]}' is not a phase")
    return Atom(word, inner)


def condition_schema(whole: dict[str, object], name: dict[str, object]) -> dict[str, object]:
    """What :func:`parse` accepts, as JSON Schema; ``whole`` refers to a condition, ``name`` to an id."""
    parts = {"type": "array", "minItems": 1, "items": whole}
    asked: dict[str, object] = {
        **dict.fromkeys(_NAMED, name),
        "severity": {"enum": [f"{level}{_OR_WORSE}" for level in Severity.__members__]},
        "phase": {"enum": [phase.value for phase in Phase]},
        "finding": {"enum": list(FINDINGS)},
    }
    return {
        "description": f"A condition: a fact, one of the words {' and '.join(BARE)}, or one of {_words()}.",
        "anyOf": [
            name,
            {
                "type": "object",
                "properties": {"all": parts, "any": parts, "not": whole, **asked},
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": False,
            },
        ],
    }


def _words() -> str:
    return ", ".join(("all", "any", "not", *_NAMED))
