"""Texts that a policy keeps ready: what stands in them, which gaps they have, and whether counsel cleared them beforehand.

A template is plain text with named gaps. Putting a text together is replacing each gap once: there are no conditions, no
loops, and what was put in is never looked at again.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import product
from math import prod
from typing import Final

from attrs import frozen

from ir_policy.terms import Clause, FrozenMap, canonical_json

__all__ = [
    "AUDIENCES", "GUEST_FACING", "LONGEST", "MOST_FILLINGS", "Cleared", "Gap", "Template", "canonical", "digest_of_template", "digest_of_text", "filled", "fillings", "gaps_in",
    "stray_brace",
]  # fmt: skip

GUEST_FACING: Final = "guest-facing"
AUDIENCES: Final = (GUEST_FACING, "internal")
"""Whom a text is written for: people outside the company (administrators and agencies among them), or its own."""

MOST_FILLINGS: Final = 10_000
"""Texts a template that is cleared beforehand may stand for: each is digested once, and a person must be able to mean them all."""
LONGEST: Final = 20_000
"""Characters of a text with every gap at its longest."""


@frozen(eq=False, repr=False)
class Gap:
    """What is filled into a template at one name: one of a few fixed texts, or free words up to a length."""

    id: str
    means: str
    one_of: tuple[str, ...]
    """The texts it can take; empty for free words."""
    at_most: int
    """The most characters of free words; 0 for fixed texts."""
    reading: str
    in_subject: bool
    """Whether it stands in the subject: then it is one line."""

    @property
    def closed(self) -> bool:
        """Whether it takes fixed texts only."""
        return bool(self.one_of)


@frozen(eq=False, repr=False)
class Cleared:
    """Counsel saw every text that a template can become, and lets each go out without being asked again."""

    by: str
    """The role or the person who cleared it."""
    digest: str
    """The digest of the template as it was seen."""
    until: date
    """The last civil day in the policy's zone on which that is good."""
    on: date | None
    """The civil day on which it was cleared, where the document says it; it is good from then on."""


@frozen(eq=False, repr=False)
class Template:
    """One text kept ready. ``subject`` and ``text`` are in their canonical form, with gaps written ``{gap-id}``."""

    id: str
    clause: Clause
    document: str
    duties: tuple[str, ...]
    """The duties a message of this text is meant to meet."""
    audience: str
    states: tuple[str, ...]
    """The required fields of those duties that the text carries; each is one of its gaps."""
    subject: str
    text: str
    gaps: FrozenMap[str, Gap]
    reading: str
    digest: str
    """Over all that counsel judges: texts, gaps, audience, duties. It changes with any of them, and with nothing else."""
    cleared: Cleared | None

    @property
    def guest_facing(self) -> bool:
        """Whether people outside the company read it."""
        return self.audience == GUEST_FACING

    @property
    def closed(self) -> bool:
        """Whether all its gaps take fixed texts only, so that every text it can become is known beforehand."""
        return all(gap.closed for gap in self.gaps.values())

    @property
    def longest(self) -> int:
        """The most characters a text of it can have, its subject among them."""
        whole = self.subject + self.text
        longest = {
            name: max((len(word) for word in gap.one_of), default=gap.at_most) for name, gap in self.gaps.items()
        }
        return len(_GAP.sub("", whole)) + sum(longest.get(name, 0) for name in _GAP.findall(whole))

    @property
    def count(self) -> int:
        """How many texts it can become; 0 where a gap takes free words."""
        return prod(len(gap.one_of) for gap in self.gaps.values())


# --- texts ----------------------------------------------------------------------------------------------


def canonical(text: str) -> str:
    """A text as it is digested: Unicode normal form C, lines parted by line feeds, none at the end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines).rstrip("\n")


def digest_of_text(text: str, subject: str = "") -> str:
    """``sha256:`` and the hexadecimal digest of the UTF-8 bytes of a canonical text; a subject stands before it, parted by an empty line."""
    whole = f"{subject}\n\n{text}" if subject else text
    return "sha256:" + hashlib.sha256(whole.encode()).hexdigest()


_GAP: Final = re.compile(r"\{([a-z0-9]+(?:[-./][a-z0-9]+)*)\}")


def gaps_in(text: str) -> tuple[str, ...]:
    """The names of the gaps of a text, each once, in the order they stand there."""
    return tuple(dict.fromkeys(_GAP.findall(text)))


def stray_brace(text: str) -> bool:
    """Whether a brace stands there that is no gap's: nobody can say what was meant by it."""
    rest = _GAP.sub("", text)
    return "{" in rest or "}" in rest


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with each gap replaced in one pass: a value that looks like a gap stays as it was said."""
    return canonical(_GAP.sub(lambda gap: values[gap[1]], text))


def digest_of_template(
    subject: str, text: str, gaps: Mapping[str, Gap], audience: str, duties: tuple[str, ...], states: tuple[str, ...]
) -> str:
    """The digest of a template, over its canonical JSON."""
    said = {
        "audience": audience,
        "fields": {
            id_: {"means": gap.means, **({"one_of": list(gap.one_of)} if gap.one_of else {"at_most": gap.at_most})}
            for id_, gap in gaps.items()
        },
        "for": sorted(duties),
        "states": sorted(states),
        "subject": subject,
        "text": text,
    }
    return "sha256:" + hashlib.sha256(canonical_json(said).encode()).hexdigest()


@lru_cache(maxsize=64)
def fillings(template: Template) -> frozenset[str]:
    """The digest of every text a template can become; none where a gap takes free words, or where they are too many."""
    if not template.closed or template.count > MOST_FILLINGS:
        return frozenset()
    return frozenset(
        digest_of_text(filled(template.text, one), filled(template.subject, one)) for one in _choices(template)
    )


def _choices(template: Template) -> Iterator[dict[str, str]]:
    names = tuple(template.gaps)
    for words in product(*(template.gaps[name].one_of for name in names)):
        yield dict(zip(names, words, strict=True))
