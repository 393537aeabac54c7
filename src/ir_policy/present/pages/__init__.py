"""The policy as plain Markdown pages, one a chapter, drawn from the document: nothing is written here that it does not say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from ir_policy.present.pages.around import index, open_questions, readiness
from ir_policy.present.pages.chapters import communications, phases, privacy, severity, who_does_what
from ir_policy.present.pages.markdown import code, link, text
from ir_policy.present.pages.rules import home_of
from ir_policy.rules.model import Duty, Gate, Policy
from ir_policy.terms import FrozenMap

__all__ = ["pages", "unplaced"]


def pages(policy: Policy) -> FrozenMap[str, str]:
    """The pages of a policy: for each file name its Markdown, in reading order.

    The same policy gives the same text, whatever the layout of its documents. A rule that stands in no chapter is shown in
    full with the people who owe it; :func:`unplaced` names those.
    """
    return FrozenMap({f"{name}.md": _page(policy, name, title, draw) for name, title, draw in _PAGES})


def unplaced(policy: Policy) -> tuple[str, ...]:
    """The duties and gates whose clause stands in no chapter of the policy."""
    rules: list[Duty | Gate] = [*policy.duties.values(), *policy.gates.values()]
    return tuple(rule.id for rule in rules if not home_of(policy, rule.clause, rule.document))


_PAGES: Final[tuple[tuple[str, str, Callable[[Policy], Iterator[str]]], ...]] = (
    ("index", "", index),
    ("severity", "Severity", severity),
    ("phases", "Phases, steps and gates", phases),
    ("who-does-what", "Who does what", who_does_what),
    ("communications", "Communications", communications),
    ("privacy", "Privacy and regulators", privacy),
    ("readiness", "Readiness", readiness),
    ("open-questions", "Open questions and readings", open_questions),
)


def _page(policy: Policy, name: str, title: str, draw: Callable[[Policy], Iterable[str]]) -> str:
    lines = [f"# {title or text(policy.title)}", "", _drawn_from(policy), "", *draw(policy), *_others(name)]
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def _drawn_from(policy: Policy) -> str:
    status = f", {text(policy.status)}" if policy.status else ""
    return f"*Drawn from the policy document {code(f'{policy.id}@{policy.version}')}{status}. Change the document, not this page.*"


def _others(name: str) -> Iterator[str]:
    """The way to the other pages."""
    yield "---"
    yield ""
    yield " · ".join(link(title or "What this policy is", other) for other, title, _ in _PAGES if other != name)
