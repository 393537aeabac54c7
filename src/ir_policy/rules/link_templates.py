"""Linking the texts a policy keeps ready: every gap is said, every name is known, and a clearance still fits its text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol, TypeAlias

from ir_policy.rules.templates import (
    LONGEST,
    MOST_FILLINGS,
    Cleared,
    Gap,
    Template,
    canonical,
    digest_of_template,
    gaps_in,
    stray_brace,
)
from ir_policy.terms import Clause, FrozenMap, nearest

__all__ = ["Place", "link_template"]

_Path: TypeAlias = tuple[str | int, ...]


class Place(Protocol):
    """Where a template stands, and what is known there; whoever links the rest of the document gives it."""

    def known(self, path: _Path, what: str, names: Iterable[str]) -> None:
        """Report each name unless it is known: a duty, a reading, a role or person."""

    def flaw(self, path: _Path, what: str, hint: str = "") -> None:
        """Report something that is wrong at that place."""


def link_template(id_: str, rule: Any, document: str, place: Place) -> Template:
    """The template as a value; what is wrong with it is reported to ``place``. Paths are those below the template."""
    subject, text = canonical(rule.subject), canonical(rule.text)
    place.known(("for",), "duty", rule.for_)
    place.known(("reading",), "reading", (rule.reading,))
    gaps = {name: _gap(name, gap, subject, place) for name, gap in sorted(rule.fields.items())}
    if "\n" in subject:
        place.flaw(("subject",), "is longer than one line", "put the rest into 'text'")
    for part, words in (("subject", subject), ("text", text)):
        _check_gaps(part, words, gaps, place)
    used = {*gaps_in(subject), *gaps_in(text)}
    for name in sorted(set(gaps) - used):
        place.flaw(("fields", name), f"no '{{{name}}}' stands in the text", "put it there, or take the field out")
    for name in rule.states:
        if name not in gaps:
            hint = nearest(name, gaps) or "what a text states is one of its fields"
            place.flaw(("states",), f"'{name}' is no field of this template", hint)
    digest = digest_of_template(subject, text, gaps, rule.audience, rule.for_, rule.states)
    template = Template(
        id_, Clause(rule.clause), document, rule.for_, rule.audience, rule.states, subject, text, FrozenMap(gaps), rule.reading,
        digest, _cleared(rule.cleared),
    )  # fmt: skip
    if template.longest > LONGEST:
        place.flaw(("text",), f"can become longer than {LONGEST} characters", "allow fewer in its fields")
    if template.cleared is not None:
        _check_cleared(template, template.cleared, place)
    return template


def _gap(name: str, rule: Any, subject: str, place: Place) -> Gap:
    path: _Path = ("fields", name)
    place.known((*path, "reading"), "reading", (rule.reading,))
    words = tuple(canonical(word).strip() for word in rule.one_of or ())
    in_subject = name in gaps_in(subject)
    if (rule.one_of is None) == (not rule.free):
        place.flaw(path, "takes either fixed texts or free words", "say 'one_of', or 'free: yes' and 'at_most'")
    elif rule.free != (rule.at_most is not None):
        place.flaw(path, "'at_most' belongs to free words", "say 'free: yes' and how many characters at most")
    for index, word in enumerate(words):
        if word in words[:index]:
            place.flaw((*path, "one_of", index), "stands here twice", "keep one of them")
        if "\n" in word and in_subject:
            place.flaw((*path, "one_of", index), "is longer than one line, and stands in the subject", "shorten it")
    return Gap(name, rule.means, words, 0 if words else rule.at_most or 0, rule.reading, in_subject)


def _check_gaps(part: str, words: str, gaps: Mapping[str, Gap], place: Place) -> None:
    for name in gaps_in(words):
        if name not in gaps:
            hint = nearest(name, gaps) or "say under 'fields' what may be filled in"
            place.flaw((part,), f"nothing is said of '{{{name[:60]}}}'", hint)
    if stray_brace(words):
        place.flaw(
            (part,), "holds a brace that is no field's", "fields are written {field-id}, and nothing else has braces"
        )


def _cleared(rule: Any) -> Cleared | None:
    return None if rule is None else Cleared(rule.by, rule.digest, rule.until, rule.on)


def _check_cleared(template: Template, cleared: Cleared, place: Place) -> None:
    """What counsel cleared is every text the template can become: known beforehand, few enough, and the same as then."""
    place.known(("cleared", "by"), "role or person", (cleared.by,))
    if cleared.on is not None and cleared.until < cleared.on:
        place.flaw(("cleared", "until"), "the clearance ends before it begins", "check both days")
    free = [name for name, gap in template.gaps.items() if not gap.closed]
    if free:
        place.flaw(("cleared",), f"'{free[0]}' takes free words, which nobody can clear beforehand", _CLOSE_IT)
    elif template.count > MOST_FILLINGS:
        what = f"it can become {template.count} texts, more than the {MOST_FILLINGS} that can be cleared at once"
        place.flaw(("cleared",), what, "keep fewer fields, or fewer texts for each")
    elif cleared.digest != template.digest:
        what = "the template was changed since it was cleared"
        place.flaw(("cleared", "digest"), what, f"have it cleared again; it is {template.digest} now")


_CLOSE_IT: Final = "give each field fixed texts, or take 'cleared' out"
