"""The descriptive sections of a policy document as people write them: scope, objectives, services, tools, exercises.

Nothing here knows whether a name that is used exists; ``link_about.py`` links.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from ir_policy.clocks import CalendarDays, CalendarMonths, Limit, parse_limit
from ir_policy.rules.about import PAGES
from ir_policy.rules.scalars import By, Day, Duration, Flag, Id, Ids, Text, Texts, plain_text, slip
from ir_policy.terms import Severity

__all__ = [
    "ABOUT_SECTIONS", "AssumptionDoc", "ChannelDoc", "ChapterDoc", "DependencyDoc", "ExerciseDoc", "ObjectiveDoc",
    "OpenQuestionDoc", "ScopeDoc", "SeeAlsoDoc", "SignalDoc", "TemplateDoc", "ToolDoc",
]  # fmt: skip


class _Section(BaseModel):
    """Closed at every depth: a key nobody knows is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _read_age(value: object) -> Limit:
    """How old something may be: civil days or months, because nobody confirms by the hour."""
    text = plain_text(value)
    try:
        limit = parse_limit(text)
    except ValueError:
        limit = None
    if not isinstance(limit, CalendarDays | CalendarMonths):
        raise slip(f"'{text[:60]}' is not an age", "write it like 90 days or 3 months")
    return limit


def _read_or_worse(value: object) -> Severity:
    level = plain_text(value).removesuffix(" or worse")
    if level == value or level not in Severity.__members__:
        raise slip(f"'{plain_text(value)[:60]}' is not a level", "write 'SEV1 or worse'")
    return Severity[level]


def _read_page(value: object) -> str:
    page = plain_text(value)
    if page not in PAGES:
        raise slip(f"no page is called '{page[:60]}'", f"write one of: {', '.join(PAGES)}")
    return page


def _read_length(value: object) -> int:
    text = plain_text(value)
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 6 and 0 < int(text) <= LONGEST_GAP):
        raise slip("is not a number of characters", f"write one from 1 to {LONGEST_GAP}")
    return int(text)


def _read_code_words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) < 2:
        raise slip("must be a list of words with two in it or more")
    for index, word in enumerate(value):
        if not isinstance(word, str) or re.fullmatch(_CODE_WORD, word, re.ASCII) is None:
            raise slip("is not a code word", "write one lower-case word of 20 letters at most", (index,))
        if word in value[:index]:
            raise slip("stands here twice", "keep one of them", (index,))
    return tuple(value)


_CODE_WORD: Final = "[a-z]{1,20}"


def _read_digest(value: object) -> str:
    text = plain_text(value)
    if re.fullmatch(_DIGEST, text, re.ASCII) is None:
        raise slip("is not a digest", "write sha256: and 64 hexadecimal digits; ir-policy draft --list says it")
    return text


LONGEST_GAP: Final = 5_000
"""Free words of one field. What is longer is a text of its own."""
_DIGEST: Final = "sha256:[0-9a-f]{64}"
Length = Annotated[
    int,
    By(_read_length, {"type": ["string", "integer"], "pattern": "^[0-9]{1,5}$", "minimum": 1, "maximum": LONGEST_GAP}),
]
Digest = Annotated[str, By(_read_digest, {"type": "string", "pattern": f"^{_DIGEST}$"})]


def _read_times(value: object) -> int:
    if value not in TIMES:
        raise slip(f"'{plain_text(value)[:60]}' is not a number of times", "write a number from 1 to 9")
    return int(str(value))


TIMES: Final = tuple("123456789")
Times = Annotated[
    int, By(_read_times, {"anyOf": [{"enum": list(TIMES)}, {"type": "integer", "minimum": 1, "maximum": 9}]})
]
Age = Annotated[Any, By(_read_age, {"type": "string", "pattern": "^[0-9]+ (day|month)s?$"})]
OrWorse = Annotated[Severity, By(_read_or_worse, {"enum": ["SEV0 or worse", "SEV1 or worse", "SEV2 or worse"]})]


LevelName = Literal["SEV0", "SEV1", "SEV2", "SEV3"]


class ChapterDoc(_Section):
    title: Text
    page: Annotated[str, By(_read_page, {"enum": list(PAGES)})]


class CoveredDoc(_Section):
    clause: Id
    means: Text
    facts: Ids


class LeftOutDoc(_Section):
    clause: Id
    means: Text
    fact: Id = ""
    unless: Text = ""


class ScopeDoc(_Section):
    covers: dict[Id, CoveredDoc]
    leaves_out: dict[Id, LeftOutDoc] = {}


class ObjectiveDoc(_Section):
    clause: Id
    means: Text
    target: Text = ""
    duty: Id = ""
    facts: Ids = ()
    given_in: Id = ""
    reading: Id = ""
    open_question: Id = ""


class EndangersDoc(_Section):
    functions: Ids
    channels: Ids = ()


class DependencyDoc(_Section):
    title: Text
    clause: Id
    does: Text
    fact: Id
    endangers: EndangersDoc
    reading: Id = ""


class ChannelDoc(_Section):
    clause: Id
    means: Text
    carries: Ids = ()
    depends_on: Ids = ()
    fallback: Text = ""
    reading: Id = ""
    open_question: Id = ""


class SignalDoc(_Section):
    clause: Id
    means: Text
    source: Id


class ExhaustedDoc(_Section):
    page: Ids
    repeat: OrWorse | None = None
    times: Times | None = None


class UnassessedDoc(_Section):
    counts_as: LevelName
    reading: Id = ""


class AnswerHoldsDoc(_Section):
    within: dict[LevelName, Duration]
    reading: Id = ""


class AnsweredByDoc(_Section):
    role: Id
    reading: Id = ""


class PagingDoc(_Section):
    levels: Ids
    acknowledge_within: dict[LevelName, Duration]
    exhausted: ExhaustedDoc
    unassessed: UnassessedDoc | None = None
    answer_holds: AnswerHoldsDoc | None = None
    answered_by: AnsweredByDoc | None = None


class ToolDoc(_Section):
    title: Text
    clause: Id
    means: Text
    channel: Id = ""
    holds: dict[Id, Text] = {}
    kept_from: dict[Id, Ids] = {}
    shown_by: Literal["board", "evidence"] | None = None
    pattern: Text = ""
    template: Id = ""
    code_words: Annotated[
        tuple[str, ...],
        By(
            _read_code_words,
            {"type": "array", "minItems": 2, "items": {"type": "string", "pattern": f"^{_CODE_WORD}$"}},
        ),
    ] = ()
    paging: PagingDoc | None = None
    reading: Id = ""
    open_question: Id = ""


class ExerciseDoc(_Section):
    title: Text
    clause: Id
    every: Literal["month", "quarter", "half-year", "year"]
    owed_by: Id
    held_as: Literal["drill-held", "review-held"] = "drill-held"
    covers: dict[Id, Text] = {}
    follows: Id = ""
    reading: Id = ""


class AssumptionDoc(_Section):
    clause: Id
    means: Text
    kept_by: Id
    attested_within: Age | None = None
    reading: Id = ""


class GapDoc(_Section):
    """One named gap of a template, and what may be filled in."""

    means: Text
    """What stands there."""
    one_of: Texts | None = None
    """The fixed texts it can take."""
    free: Flag = False
    """Whether it takes free words."""
    at_most: Length | None = None
    """The most characters of free words."""
    reading: Id = ""
    """Our interpretation behind it."""


class ClearedDoc(_Section):
    """That every text a template can become was seen and cleared beforehand."""

    by: Id
    """The role or person who cleared it."""
    digest: Digest
    """The digest of the template that was seen."""
    until: Day
    """The last day on which that is good."""
    on: Day | None = None
    """The day on which it was cleared."""


class TemplateDoc(_Section):
    """A text kept ready, with named gaps."""

    clause: Id
    """Where it comes from."""
    for_: Annotated[Ids, Field(alias="for")]
    """The duties a message of this text meets."""
    audience: Literal["guest-facing", "internal"]
    """Whether people outside the company read it."""
    states: Ids = ()
    """The fields its duties ask for that it carries."""
    subject: Text = ""
    """The line above it."""
    text: Text
    """The text, with gaps written {field-id}."""
    fields: dict[Id, GapDoc] = {}
    """What may be filled into each gap."""
    reading: Id = ""
    """Our interpretation behind it."""
    cleared: ClearedDoc | None = None
    """Who cleared it beforehand, and for how long."""


class OpenQuestionDoc(_Section):
    clause: Id
    text: Text
    options: Texts
    readings: Ids = ()
    asked_of: Ids
    switched_off: Text = ""


class SeeAlsoDoc(_Section):
    title: Text
    clause: Id
    where: Text = ""
    used_for: Text


ABOUT_SECTIONS: Final = (
    "project", "tags", "summary", "context", "people", "clauses", "scope", "objectives", "functions", "dependencies",
    "channels", "signals", "tooling", "exercises", "assumptions", "open_questions", "references", "drawn_from",
)  # fmt: skip
"""The sections a policy may have beside its rules."""
