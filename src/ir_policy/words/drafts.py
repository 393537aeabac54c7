"""Texts to send, put together from the templates of the policy, and the digest that reviews and approvals bind to."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NoReturn

from attrs import field, frozen

from ir_policy.errors import Problem, QuestionInvalid
from ir_policy.log.events import Notice
from ir_policy.log.fields import Flaw, clean_text, plain
from ir_policy.rules.cleared import why_not_cleared
from ir_policy.rules.model import INTERNAL, Policy
from ir_policy.rules.templates import Cleared, Gap, Template, canonical, digest_of_text, filled
from ir_policy.terms import instant, is_id, nearest, piled, rfc3339, show
from ir_policy.words.guard import active_part, private_part

__all__ = ["Draft", "digest", "draft"]

LONGEST_MESSAGE: Final = 100_000
"""Characters of a text written elsewhere."""


@frozen
class Draft:
    """A text that is ready to be reviewed: what stands in it, what it states, and the digest that binds reviews to it.

    ``digest`` is that of exactly this subject and text; any other wording has another one, and what was reviewed or approved
    is not it. ``duties``, ``recipients`` and ``states`` are what a ``notice-drafted`` event says of it: :meth:`event` makes one.
    """

    template: str
    audience: str
    """``guest-facing`` or ``internal``."""
    subject: str
    """One line; empty where the template has none."""
    text: str
    """Plain text: whoever shows it in a page escapes it, whoever mails it sends ``text/plain``."""
    digest: str
    duties: tuple[str, ...]
    recipients: tuple[str, ...]
    states: tuple[str, ...]
    allowed: tuple[str, ...]
    """Fields in which what looks like personal data or a secret was let through."""
    clearance: Cleared | None
    """Who cleared every text of this template beforehand, and for how long; see :meth:`is_cleared`."""
    _policy: Policy = field(eq=False, repr=False)

    def is_cleared(self, now: datetime) -> bool:
        """Whether the text may go out at that instant without a review of its own, because counsel cleared it beforehand."""
        return not self.why_not_cleared(now)

    def why_not_cleared(self, now: datetime) -> str:
        """Why it needs a review of its own at that instant; empty when it was cleared. ``now`` is an aware instant."""
        return why_not_cleared(self._policy, self.template, instant(now, "now"))

    def as_json(self, now: datetime) -> dict[str, Any]:
        """The draft as plain JSON material, as of an aware instant; the same draft and instant give the same bytes."""
        why, cleared = self.why_not_cleared(now), self.clearance
        return {
            "as_of": rfc3339(instant(now, "now")),
            "template": self.template,
            "audience": self.audience,
            "subject": self.subject or None,
            "text": self.text,
            "digest": self.digest,
            "duties": list(self.duties),
            "recipients": list(self.recipients),
            "states": list(self.states),
            "allowed": list(self.allowed),
            "clearance": None
            if cleared is None
            else {
                "by": cleared.by,
                "on": cleared.on.isoformat() if cleared.on is not None else None,
                "until": cleared.until.isoformat(),
            },
            "cleared": not why,
            "why_not_cleared": why or None,
        }

    def event(
        self,
        *,
        incident: str,
        at: datetime,
        by: str,
        notice: str,
        recipients: Iterable[str] | None = None,
        next_update_by: datetime | None = None,
    ) -> Notice:
        """That the text was drafted, as an event for the log. The text itself is never in a log; keep it beside.

        ``recipients`` stands in for those of the draft. Raises :class:`~ir_policy.errors.EventInvalid` as events do, among others
        when nobody is named.
        """
        return Notice(
            kind="notice-drafted", incident=incident, at=at, by=by, notice=notice, digest=self.digest, duties=self.duties,
            recipients=self.recipients if recipients is None else tuple(recipients), states=self.states,
            template=self.template, next_update_by=next_update_by,
        )  # fmt: skip


def draft(
    policy: Policy,
    template: str,
    fields: Mapping[str, str] | None = None,
    *,
    recipients: Iterable[str] = (),
    duties: Iterable[str] | None = None,
    allow: Iterable[str] = (),
) -> Draft:
    """A text from one of the policy's templates, with every field filled in.

    ``fields`` says each field of the template and nothing else. A field of fixed texts takes one of these, word for word; one of
    free words takes plain text up to its length. Each value is put in once and never looked at again: braces, percent signs and
    dollar signs in it stay as they are. ``duties`` narrows what the message is meant to meet, ``recipients`` says to whom it goes.

    Refused in any free words: control, bidirectional and other unseen characters, markup, and mentions that would call people;
    line breaks where the field stands in the subject. Refused too is what looks like personal data or a secret (addresses, phone
    numbers, keys, links with a query), save in the fields that ``allow`` names; the refusal says the kind of thing and never the
    thing.

    Raises :class:`~ir_policy.errors.QuestionInvalid` with every problem at once. The source: client updates carry the state of
    share links and what is being done, and counsel reviews what leaves the company (clauses ``comms-cadence/client-updates``,
    ``privacy-integration/legal-review``).
    """
    if not isinstance(policy, Policy):
        raise QuestionInvalid([Problem("policy", "is not a policy", "load one with ir.load_policy")])
    found = policy.templates.get(template) if isinstance(template, str) else None
    if found is None:
        _no_template(policy, template)
    given = {} if fields is None else fields
    if not isinstance(given, Mapping):
        raise QuestionInvalid([Problem("fields", "is not a mapping of fields", "write {field: text}")])
    problems: list[Problem] = []
    told, meant = _ids("recipients", recipients, problems), _meant(found, duties, problems)
    allowed = _ids("allow", allow, problems)
    values = _values(found, given, frozenset(allowed), problems)
    problems += _strange(found, given, allowed)
    if not found.guest_facing and set(told) - {INTERNAL}:
        problems.append(Problem("recipients", "this text is for people inside the company", f"send it to '{INTERNAL}'"))
    if problems:
        raise QuestionInvalid(problems)
    subject, text = filled(found.subject, values), filled(found.text, values)
    for where, words in (("subject", subject), ("text", text)):
        if piled(words):
            raise QuestionInvalid(
                [Problem(where, "holds more accents on one letter than any script needs", "delete them")]
            )
    return Draft(
        found.id, found.audience, subject, text, digest_of_text(text, subject), meant, told, found.states, allowed,
        found.cleared, policy,
    )  # fmt: skip


def digest(text: str, subject: str = "") -> str:
    """The digest of a text written elsewhere, as reviews, approvals and sendings bind to it.

    Any language can compute it: take the text in Unicode normal form C, with lines parted by line feeds and none at the end;
    where there is a subject, put it and an empty line before; ``sha256:`` and the lower-case hexadecimal SHA-256 of the UTF-8
    bytes. So the digest of a :class:`Draft` is ``digest(draft.text, draft.subject)``.

    Raises :class:`~ir_policy.errors.QuestionInvalid` for a text that is empty, holds characters nobody can see, or is longer
    than 100,000 characters, and for a subject of more than one line.
    """
    problems: list[Problem] = []
    clean = [
        _clean("text", text, LONGEST_MESSAGE, True, problems),
        _clean("subject", subject, LONGEST_MESSAGE, False, problems) if subject != "" else "",
    ]
    if problems:
        raise QuestionInvalid(problems)
    return digest_of_text(*(canonical(one) for one in clean))


# --- what was given -------------------------------------------------------------------------------------


def _no_template(policy: Policy, template: object) -> NoReturn:
    known = f"known are {', '.join(policy.templates)}" if policy.templates else "the policy keeps no texts ready"
    if not isinstance(template, str):
        raise QuestionInvalid([Problem("template", "is not the name of a template", known)])
    what = f"no template is called '{show(template)}'"
    raise QuestionInvalid([Problem("template", what, nearest(template, policy.templates) or known)])


def _values(
    template: Template, given: Mapping[str, object], allowed: frozenset[str], problems: list[Problem]
) -> dict[str, str]:
    """The value of each field that may stand in the text; what is wrong with the others is reported."""
    values: dict[str, str] = {}
    for name, gap in template.gaps.items():
        where = f"fields.{name}"
        if name not in given:
            problems.append(Problem(where, "is missing", _way_to_fill(gap)))
        elif gap.closed:
            values[name] = _fixed(where, gap, given[name], problems)
        else:
            values[name] = _free(where, gap, given[name], template.guest_facing, name in allowed, problems)
    return values


def _strange(template: Template, given: Mapping[str, object], allowed: tuple[str, ...]) -> list[Problem]:
    """Names that are no field of the template."""
    problems = []
    if not all(isinstance(name, str) for name in given):
        problems.append(Problem("fields", "names a field by something that is not text", "use the field's id"))
    for where, used in (("allow", allowed), ("fields", [name for name in given if isinstance(name, str)])):
        for name in sorted({plain(name) for name in used} - set(template.gaps)):
            hint = nearest(name, template.gaps) if len(problems) < _MOST_HINTS else ""
            problems.append(Problem(where, f"'{show(name)}' is no field of '{template.id}'", hint))
    return problems


_MOST_HINTS: Final = 20
"""Finding the nearest word takes milliseconds; a call with more slips than this has another trouble."""


def _way_to_fill(gap: Gap) -> str:
    return (
        f"write one of: {', '.join(gap.one_of)}"
        if gap.closed
        else f"say {gap.means}, in {gap.at_most} characters at most"
    )


def _fixed(where: str, gap: Gap, value: object, problems: list[Problem]) -> str:
    longest = max(len(word) for word in gap.one_of)
    words = value if isinstance(value, str) and len(value) <= longest * 4 and not piled(value) else ""
    said = canonical(words).strip()
    if said not in gap.one_of:
        problems.append(Problem(where, "is not one of its fixed texts", _way_to_fill(gap)))
    return said


def _free(where: str, gap: Gap, value: object, outside: bool, allowed: bool, problems: list[Problem]) -> str:
    said = _clean(where, value, gap.at_most, not gap.in_subject, problems).strip()
    found = active_part(said)
    if said and unicodedata.combining(said[0]):
        problems.append(Problem(where, "begins with an accent, which would join the text before it", "delete it"))
    elif found:
        problems.append(Problem(where, f"holds {found}", "texts are plain: say it in words"))
    elif not allowed and (found := private_part(said, outside=outside)):
        hint = "leave it out; allow the field if it is none"
        problems.append(Problem(where, f"holds what looks like {found}", hint))
    return said


def _clean(where: str, value: object, longest: int, lines: bool, problems: list[Problem]) -> str:
    try:
        return clean_text(value, longest, lines=lines)
    except Flaw as flaw:
        problems.append(Problem(where, flaw.what, flaw.hint))
        return ""


def _meant(template: Template, duties: Iterable[str] | None, problems: list[Problem]) -> tuple[str, ...]:
    """The duties the message is meant to meet: those of the template, or some of them."""
    if duties is None:
        return template.duties
    chosen = _ids("duties", duties, problems)
    for name in chosen:
        if name not in template.duties:
            hint = nearest(name, template.duties) or f"it is written for {', '.join(template.duties)}"
            problems.append(Problem("duties", f"'{name}' is not what this text is for", hint))
    return chosen or template.duties


def _ids(where: str, value: object, problems: list[Problem]) -> tuple[str, ...]:
    """A list of ids, each once; a text alone would be read letter by letter."""
    if not isinstance(value, (list, tuple, set, frozenset)):
        problems.append(Problem(where, "is not a list", "put it in brackets"))
        return ()
    if not all(is_id(name) for name in value):
        problems.append(
            Problem(where, "holds something that is not an id", "use lower-case words joined by '-', groups by '/'")
        )
        return ()
    names = [plain(name) for name in value]
    return tuple(dict.fromkeys(sorted(names) if isinstance(value, (set, frozenset)) else names))
