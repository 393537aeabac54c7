"""The texts a policy keeps ready, as they stand in its document: with their gaps, and whether counsel cleared them."""

from __future__ import annotations

from collections.abc import Iterator

from ir_policy.present.pages.markdown import bullets, code, link, sentence, table, text
from ir_policy.present.pages.readings import reading_link
from ir_policy.present.pages.rules import duty_link
from ir_policy.present.pages.words import people, roles
from ir_policy.rules.model import Policy
from ir_policy.rules.templates import Cleared, Gap, Template
from ir_policy.rules.words import listed

__all__ = ["templates"]


def templates(policy: Policy) -> Iterator[str]:
    """Each text with what may be filled in; nothing where the policy keeps none."""
    if not policy.templates:
        return
    yield "## Texts kept ready"
    yield ""
    yield ("Plain texts with named gaps. What was filled in is never read again, and a text has its digest: reviews and approvals bind"
           " to it. A text whose gaps all take fixed words can be cleared beforehand by counsel, as a whole and until a day.")  # fmt: skip
    yield ""
    for template in policy.templates.values():
        yield from _template(policy, template)


def _template(policy: Policy, template: Template) -> Iterator[str]:
    yield f"### Text {template.id}"
    yield ""
    if template.subject:
        yield f"    Subject: {template.subject}"
        yield ""
    yield from (f"    {line}" for line in template.text.split("\n"))
    yield ""
    yield from table(("Gap", "What stands there", "What it takes"), (_gap(gap) for gap in template.gaps.values()))
    yield from bullets(_about(policy, template))


def _gap(gap: Gap) -> tuple[str, ...]:
    reading = f", read as {reading_link(gap.reading)}" if gap.reading else ""
    takes = (
        listed((text(f"“{word}”") for word in gap.one_of), "or")
        if gap.closed
        else f"free words, {gap.at_most} characters at most"
    )
    return code(gap.id), f"{sentence(text(gap.means))}{reading}", sentence(takes)


def _about(policy: Policy, template: Template) -> Iterator[str]:
    yield f"Called: {code(template.id)}"
    yield f"For: {listed(duty_link(policy, policy.duties[name]) for name in template.duties)}"
    yield f"Read by: {'people outside the company' if template.guest_facing else 'people inside the company only'}"
    if template.states:
        yield f"States: {listed(text(name.replace('-', ' ')) for name in template.states)}"
    yield f"Cleared beforehand: {_cleared(policy, template)}"
    yield f"Digest: {code(template.digest)}"
    reading = f"; read as {reading_link(template.reading)}" if template.reading else ""
    yield f"Stands in: {code(template.clause)}{reading}"


def _cleared(policy: Policy, template: Template) -> str:
    if template.cleared is not None:
        return _by(policy, template.cleared)
    if not template.closed:
        return "no, and it cannot be: it takes free words, so each text is reviewed by itself"
    asked = [one for one in policy.about.open_questions.values() if template.reading in one.readings]
    see = "".join(f"; see {link('open question', 'open-questions', one.id)}" for one in asked)
    return f"not yet; it can become {template.count} texts, all known beforehand{see}"


def _by(policy: Policy, cleared: Cleared) -> str:
    who = roles(policy, (cleared.by,)) if cleared.by in policy.roles else people(policy, (cleared.by,))
    since = f", from {cleared.on.isoformat()}" if cleared.on is not None else ""
    return f"by {who}{since} until {cleared.until.isoformat()}, that day included"
