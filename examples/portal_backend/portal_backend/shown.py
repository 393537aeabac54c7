"""An incident as HTML: what is due now, what comes next, what is held back, who acts, what nobody knows yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from html import escape
from typing import Any

import ir_policy as ir
from portal_backend.answers import rfc3339
from portal_backend.instants import local
from portal_backend.shown_people import command_part, commanding, page_now, paging_part, words_part

__all__ = ["incident_main", "list_main"]


def list_main(lines: list[dict[str, Any]], now: datetime, total: int, after: str, more: str) -> str:
    """Open incidents on pages by id, the worst of each page first; ``more`` is the id after which the next page begins."""
    ranked = sorted(lines, key=lambda line: (line["severity"] or "SEV", -line["overdue"], line["incident"]))
    items = "".join(_incident_item(line) for line in ranked)
    none = "<p>No incident is open after this one.</p>" if after else "<p>No incident is open.</p>"
    body = f'<ul class="clocks">{items}</ul>' if items else none
    return _main(now, f'<h1>Open incidents <span class="count">{total}</span></h1>{body}{_pages(lines, after, more)}')


def incident_main(incident: ir.Incident, now: datetime) -> str:
    """The live clocks of one incident."""
    shown, command = ir.brief(incident, now), ir.command(incident, now)
    owed = [one for one in shown.obligations if one.status in ("active", "pending")]
    groups = ir.by_act(owed)
    urgent = [group for group in groups if any(_is_urgent(one, now) for one in group)]
    later = [group for group in groups if group not in urgent]
    settled = [one for one in shown.obligations if one not in owed]
    parts = [
        _head(shown, commanding(command)),
        page_now(shown.paging, now),
        _clocks("Do now", urgent, incident, now, "Nothing is overdue or at risk."),
        _clocks("Next", later, incident, now, "Nothing else is owed."),
        _held_back(incident, [*shown.held_back, *shown.shut]),
        command_part(command, incident),
        paging_part(shown.paging, incident),
        words_part(ir.notices(incident, now), incident),
        _unknown(shown),
        _folded("settled", f"Settled ({len(settled)})", _settled(settled, incident)),
        _folded("brief", "The brief as text", f'<pre tabindex="0">{escape(shown.text())}</pre>'),
        _foot(incident, now),
    ]
    return _main(now, "".join(parts))


def _pages(lines: list[dict[str, Any]], after: str, more: str) -> str:
    """Where one is among the pages, and the way on; nothing where there is one page."""
    if not after and not more:
        return ""
    here = f"<span>{escape(lines[0]['incident'])} to {escape(lines[-1]['incident'])}</span>" if lines else ""
    first = '<a id="to-first" href="/">from the beginning</a>' if after else ""
    on = f'<a id="to-next" href="/?after={escape(more)}" rel="next">next page</a>' if more else ""
    return f'<nav aria-label="pages"><p class="quiet">{" · ".join(filter(None, (first, here, on)))}</p></nav>'


# --- parts ----------------------------------------------------------------------------------------------


def _main(now: datetime, inner: str) -> str:
    return f'<main id="main" data-now="{rfc3339(now)}">{inner}</main>'


def _head(shown: ir.Brief, commanding: str) -> str:
    incident = shown.incident
    level = incident.severity.governing
    name, look = (
        (level.value, "late" if level.value in ("SEV0", "SEV1") else "soon") if level else ("unassessed", "soon")
    )
    state = f"closed as {incident.outcome}" if incident.closed else f"phase {incident.phase.value}"
    decided = "decided" if incident.severity.decided is not None else "nobody has decided the level yet"
    why = ", ".join(shown.proposed.determined_by)
    drill = "DRILL · " if incident.drill else ""
    late = len(ir.by_act(shown.overdue))
    overdue = f'<strong class="late">{late} overdue</strong>' if late else "nothing overdue"
    return (
        f'<h1>{escape(incident.id)} <span class="level {look}">{name}</span></h1>'
        f"<p>{drill}{escape(state)} · {escape(decided)} · {escape(commanding)} · {overdue}</p>"
        f'<p class="quiet">The rules propose {shown.proposed.severity.value}{f" by {escape(why)}" if why else ""}. '
        f"As of {local(shown.now, incident)}.</p>"
    )


def _clocks(
    title: str, groups: list[tuple[ir.Obligation, ...]], incident: ir.Incident, now: datetime, none: str
) -> str:
    items = "".join(_clock(group, incident, now) for group in groups)
    body = f'<ul class="clocks">{items}</ul>' if items else f'<p class="quiet">{none}</p>'
    return f'<h2>{title} <span class="count">{len(groups)}</span></h2>{body}'


def _clock(group: tuple[ir.Obligation, ...], incident: ir.Incident, now: datetime) -> str:
    """What one act meets, by its most urgent clock, and below it every limit that asks for the act."""
    first = group[0]
    late = any(_past(one, now) or one.verdict == "missed" for one in group)
    look = "late" if late else "soon" if any(one.verdict == "at-risk" for one in group) else "fine"
    recipients = dict.fromkeys(one.recipient for one in group if one.recipient != "internal")
    to = f" ({escape(', '.join(recipients))})" if recipients else ""
    about = f": {escape(first.item)}" if first.item else ""
    if first.due is not None:
        left = f'<span class="left" data-due="{rfc3339(first.due)}">{_left(first, now)}</span>'
        due = f"due {local(first.due, incident)}"
    else:
        left, due = f'<span class="left">{escape((first.limit or first.due_kind).replace("-", " "))}</span>', ""
    limits = dict.fromkeys(f"{one.owed_by} · {one.basis}, clause {one.clause}{_other(one, first)}" for one in group)
    said = "".join(f'<span class="quiet line">{escape(limit)}</span>' for limit in limits)
    return (
        f'<li class="{look}"><span class="what">{escape(first.title)}{about}{to}</span>{left}'
        f'<span class="quiet">{said}</span><span class="quiet due">{due}</span></li>'
    )


def _other(one: ir.Obligation, first: ir.Obligation) -> str:
    """The limit of an obligation that the same act meets and that is not the one whose clock is shown."""
    return f", {one.limit}" if one.limit and one.due != first.due else ""


def _held_back(incident: ir.Incident, refusals: Iterable[ir.Refusal]) -> str:
    items = []
    for one in refusals:
        gate = incident.policy.gates.get(one.rule)
        says = gate.says if gate is not None else one.rule
        missing, who = "; ".join(one.missing), " or ".join(one.who)
        ask = f" · ask {escape(who)}" if who else ""
        items.append(
            f"<li>{escape(says)}<p>needs {escape(missing)}</p>"
            f'<p class="quiet">clause {escape(str(one.clause))}{ask}</p></li>'
        )
    if not items:
        return ""
    return f'<h2>Held back <span class="count">{len(items)}</span></h2><ul class="plain">{"".join(items)}</ul>'


def _unknown(shown: ir.Brief) -> str:
    questions = () if shown.incident.closed else shown.proposed.open_questions
    items = "".join(
        f'<li>{escape(one.means)} <span class="quiet">{escape(one.fact)}: a yes makes it '
        f"{one.if_yes.best.value}{f' to {one.if_yes.worst.value}' if one.if_yes.worst is not one.if_yes.best else ''}"
        f"</span></li>"
        for one in questions
    )
    if not items:
        return ""
    return _folded("unknown", f"Not known ({len(questions)})", f'<ul class="plain">{items}</ul>')


def _settled(settled: list[ir.Obligation], incident: ir.Incident) -> str:
    items = "".join(
        f"<li>{escape(one.title)} <span class='quiet'>{escape(one.recipient)} · {escape(one.verdict)}"
        f"{f' · {local(one.met_at, incident)}' if one.met_at is not None else ''}</span></li>"
        for one in settled
    )
    return f'<ul class="plain">{items}</ul>' if items else '<p class="quiet">Nothing yet.</p>'


def _folded(id_: str, title: str, inner: str) -> str:
    return f'<details id="{id_}"><summary id="{id_}-head">{title}</summary>{inner}</details>'


def _foot(incident: ir.Incident, now: datetime) -> str:
    at = f"/incidents/{incident.id}"
    links = " · ".join(
        f'<a id="to-{name}" href="{at}/{name}">{name}</a>'
        for name in ("brief", "timeline", "board", "evidence", "log", "reminders")
    )
    policy = f"{incident.policy.id} {incident.policy.version}"
    return f"<footer>{links}<p>{incident.seq} events under {escape(policy)}, as of {rfc3339(now)}</p></footer>"


def _incident_item(line: dict[str, Any]) -> str:
    look = "late" if line["overdue"] else "fine"
    name = escape(line["incident"])
    said = f"{line['overdue']} overdue, {line['owed']} owed"
    return (
        f'<li class="{look}"><span class="what"><a id="to-{name}" href="/incidents/{name}">{name}</a> '
        f'{line["severity"] or "unassessed"}</span><span class="left">{said}</span>'
        f'<span class="quiet">phase {escape(line["phase"])}, {line["seq"]} events</span><span></span></li>'
    )


# --- words ----------------------------------------------------------------------------------------------


def _is_urgent(one: ir.Obligation, now: datetime) -> bool:
    return one.verdict in ("missed", "at-risk", "undetermined") or _past(one, now)


def _past(one: ir.Obligation, now: datetime) -> bool:
    return one.overdue_by(now) is not None


def _left(one: ir.Obligation, now: datetime) -> str:
    over, left = one.overdue_by(now), one.time_left(now)
    return f"overdue by {_span(over)}" if over is not None else f"{_span(left or timedelta(0))} left"


def _span(length: timedelta) -> str:
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds:02d} s"
