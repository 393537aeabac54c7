"""Who commands, who is paged and what was written, as HTML: the sections of a page beside the clocks.

Everything shown was worked out by the library. A text is known here by its digest alone: where it is kept is the host's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Final

import ir_policy as ir
from portal_backend.instants import local

__all__ = ["command_part", "commanding", "page_now", "paging_part", "words_part"]

SHOWN_OF_A_DIGEST: Final = 19
"""Characters: the name of the hash, and enough to tell texts apart by eye."""
_STATES: Final = {
    "not-needed": "Nobody is paged at this level.",
    "to-page": "Somebody is to be paged now.",
    "waiting": "Somebody was paged and has time to answer.",
    "exhausted": "Nobody on the list answered.",
    "over": "Nobody is to be paged any more.",
}
_BECAUSE: Final = {
    "first-page": "nobody was paged yet",
    "no-answer": "no answer in time",
    "failed": "the page before failed",
    "nobody-there": "nobody stands at the level before",
    "exhausted": "nobody on the list answered",
    "again": "still no answer",
    "raised": "the level got worse",
    "answer-stale": "the answer no longer holds",
    "command-ended": "nobody is in command any more",
    "reopened": "it was reopened",
}
_BEGUN: Final = {"taken": "", "handed-over": ", handed over", "succession": ", by succession"}


def page_now(paging: ir.Paging, now: datetime) -> str:
    """Whom to page at this instant, on top of everything; empty while nobody is."""
    due = paging.due(now)
    if not due:
        return ""
    why = ", ".join(dict.fromkeys(_because(one) for one in due))
    people = ", ".join(one.person for one in due)
    return f'<p><strong class="late">Page now: {escape(people)}</strong> ({escape(why)})</p>'


def commanding(command: ir.Command) -> str:
    """Who holds the role that decides, in two or three words."""
    people = [one.person for role in command.roles if role.id == command.lead for one in role.holders]
    return f"{', '.join(people)} commands" if people else "nobody commands"


def command_part(command: ir.Command, incident: ir.Incident) -> str:
    """The role that decides, every role somebody holds, hand-overs that wait, and what to be careful about."""
    shown = [role for role in command.roles if role.id == command.lead or role.holders or role.offers]
    items = [f"<li>{''.join(_role(role, incident))}</li>" for role in shown]
    items += [f'<li class="soon">careful: {escape(one.says)}</li>' for one in command.cautions]
    return _part("Command", items)


def paging_part(paging: ir.Paging, incident: ir.Incident) -> str:
    """Where paging stands, each page and how it ended, and who is next."""
    if paging.paged_as is None and not paging.tries:
        return ""
    items = [_paging_state(paging, incident)]
    items += [_try(one, incident) for one in paging.tries]
    items += [f"{escape(one.level)}: nobody was told, {escape(_plain(one.why))}" for one in paging.skipped]
    items += [
        f"next: {escape(one.person)} ({escape(one.level)}), {escape(_because(one))}{_quiet(local(one.at, incident))}"
        for one in paging.next
    ]
    return _part("Paging", [f"<li>{item}</li>" for item in items])


def words_part(notices: ir.Notices, incident: ir.Incident) -> str:
    """Every message with what it waits for or whom it reached, and ways that are in doubt."""
    items = [f"<li>{''.join(_message(one, incident))}</li>" for one in notices.messages]
    for way in notices.ways:
        if way.in_doubt:
            instead = (
                f"use {way.fallback}" if way.fallback else "no other way is set; tell people otherwise and keep proof"
            )
            doubt = f"{way.channel} is in doubt with {', '.join(way.in_doubt)}: {instead}"
            items.append(f'<li class="soon">{escape(doubt)}</li>')
    for word in notices.next:
        said = f"the next word to {escape(word.recipient)} is suggested by {local(word.at, incident)} (advice)"
        items.append(f'<li class="quiet">{said}</li>')
    return _part("Words", items)


# --- one of each ----------------------------------------------------------------------------------------


def _role(role: ir.RoleHeld, incident: ir.Incident) -> Iterator[str]:
    yield escape(role.title)
    for one in role.holders:
        how = f"{', for the time being' if one.acting else ''}{_BEGUN.get(one.how, '')}"
        yield f": {escape(one.person)}{_quiet(f'since {local(one.since.at, incident)}{escape(how)}')}"
    if not role.holders:
        may = ", ".join(f"{one.name} may act" for one in role.may_act)
        yield f': <span class="soon">nobody holds it</span>{_quiet(escape(may)) if may else ""}'
    for offer in role.offers:
        said = f"offered by {escape(offer.person)} to {escape(offer.to)}, not answered since {local(offer.at.at, incident)}"
        yield f'<p class="soon">{said}</p>'


def _paging_state(paging: ir.Paging, incident: ir.Incident) -> str:
    if paging.answered_at is None:
        return _STATES.get(paging.state, escape(_plain(paging.state)))
    said = f"Answered by {escape(paging.answered_by)} ({escape(paging.answered_level)})"
    until = f", holds until {local(paging.holds_until, incident)}" if paging.holds_until is not None else ""
    return f"{said}{_quiet(local(paging.answered_at, incident) + until)}"


def _try(one: ir.PageTry, incident: ir.Incident) -> str:
    sent = f"paged {local(one.sent_at, incident)}" if one.sent_at is not None else "no page is in the log"
    if one.outcome is not None:
        ended = f" {local(one.ended_at, incident)}" if one.ended_at is not None else ""
        end = f"; {'late ' if one.late else ''}{escape(_plain(one.outcome.value))}{ended}"
    else:
        end = f"; may answer until {local(one.answer_by, incident)}" if one.answer_by is not None else ""
    return f"{escape(one.person)} ({escape(one.level)}){_quiet(f'{sent}{end}')}"


def _message(one: ir.Message, incident: ir.Incident) -> Iterator[str]:
    known = incident.policy.duties
    meant = ", ".join(known[duty].title if duty in known else duty for duty in one.duties)
    to = f" ({escape(', '.join(one.recipients))})" if one.recipients else ""
    look = {"failed": "late", "rejected": "late", "delivered": "fine", "sent": "fine"}.get(one.state, "soon")
    state = f'<strong class="{look}">{escape(_plain(one.state))}</strong>'
    yield f"{escape(one.id)}: {state}{f' · {escape(meant)}' if meant else ''}{to}"
    if one.authors:
        yield f'<p class="quiet">by {escape(", ".join(one.authors))}, text {escape(one.digest[:SHOWN_OF_A_DIGEST])}…</p>'
    for word, judged in (("reviewed", one.review), ("approved", one.approval)):
        if judged is not None:
            worth = "" if judged.stands else ", and stands no more"
            yield f'<p class="quiet">{word} by {escape(judged.by)} {local(judged.at, incident)}{worth}</p>'
    if one.asked is not None:
        yield f'<p class="soon">a review is asked for since {local(one.asked, incident)} and not answered</p>'
    for gate in one.blocked_by:
        says = incident.policy.gates[gate].says if gate in incident.policy.gates else gate
        yield f'<p class="soon">waits: {escape(says)}</p>'
    for way in one.told:
        by = f" by {escape(way.channel)}" if way.channel else ""
        yield f'<p class="quiet">{escape(way.state)}: {escape(way.recipient)}{by} {local(way.at, incident)}</p>'


# --- words ----------------------------------------------------------------------------------------------


def _part(title: str, items: list[str]) -> str:
    return f'<h2>{title}</h2><ul class="plain">{"".join(items)}</ul>' if items else ""


def _quiet(html: str) -> str:
    return f'<span class="quiet line">{html}</span>'


def _because(one: ir.NextPage) -> str:
    return _BECAUSE.get(one.why, _plain(one.why))


def _plain(word: str) -> str:
    return word.replace("-", " ")
