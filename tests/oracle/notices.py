"""*Notices*: the record of each, the table of its life, and what is so of its text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import product
from typing import Final

from ir_policy.log.events import Event, Notice
from ir_policy.rules.model import Gate, Release
from ir_policy.rules.templates import Template, digest_of_text, filled
from oracle.asking import complete, may_act
from oracle.state import Judgement, Obligation, Record, Sending, State, Wait
from oracle.tenures import stands_for

OPEN: Final = ("drafted", "in-review", "reviewed", "approved", "released")
GONE: Final = ("sent", "delivered", "failed")
WRITTEN: Final = ("notice-drafted", "notice-edited")
JUDGED: Final = ("notice-reviewed", "notice-approved")
BOUND: Final = ("notice-review-requested", *JUDGED, "notice-rejected", "notice-sent")
"""What is said of one text, by its digest."""
END_OF_WAIT: Final = (
    *WRITTEN, "notice-reviewed", "notice-rejected", "notice-withdrawn", "notice-sent", "notice-delivered", "notice-failed",
)  # fmt: skip
LIFE: Final[dict[str, dict[str, str]]] = {
    "notice-drafted": {"unwritten": "drafted", **dict.fromkeys((*OPEN, "rejected", "failed"), "drafted")},
    "notice-edited": dict.fromkeys((*OPEN, "rejected", "failed"), "drafted"),
    "notice-review-requested": {state: state for state in OPEN} | {"drafted": "in-review"},
    "notice-reviewed": dict.fromkeys(OPEN, "reviewed") | {"approved": "released", "released": "released"},
    "notice-approved": dict.fromkeys(OPEN, "approved") | {"reviewed": "released", "released": "released"},
    "notice-rejected": dict.fromkeys(OPEN, "rejected"),
    "notice-sent": dict.fromkeys(("unwritten", *OPEN, *GONE), "sent"),
    "notice-delivered": dict.fromkeys(GONE, "delivered"),
    "notice-failed": dict.fromkeys(GONE, "failed"),
    "notice-withdrawn": dict.fromkeys((*OPEN, "rejected", *GONE), "withdrawn"),
}
"""The rows of the table: what comes after an event in a state. A pair that is not here has no row."""


# --- whether an event of a notice is refused --------------------------------------------------------------


def record_of(state: State, event: Event) -> Record:
    """The record of the notice an event is of, or an empty one."""
    assert isinstance(event, Notice)
    return state.records.get(event.notice) or Record(event.notice)


def notice_refused(state: State, event: Event) -> bool:
    """*Forbidden*, the rule ``notices``: no row, another text than the one that stands, or nobody it goes to."""
    if not isinstance(event, Notice) or not event.notice:
        return False
    record = record_of(state, event)
    bound = event.kind in BOUND and bool(event.digest) and record.text is not None
    if record.life not in LIFE[event.kind]:
        why = "no row"
    elif bound and record.text is not None and event.digest != record.text.digest:
        why = "another text"
    elif event.kind == "notice-sent" and not goes_to(state, event):
        why = "nobody it goes to"
    elif event.kind == "notice-sent" and record.text is not None and claims_more(record.text, event):
        why = "more than its text"
    else:
        return False
    state.happened[f"refused for {why}"] += 1
    state.happened["a judgement void by the rule"] += event.kind in JUDGED
    return True


def claims_more(text: Notice, event: Notice) -> bool:
    """Duties or states the text does not name, or another stage than it has."""
    other = bool(event.stage and text.stage and event.stage != text.stage)
    return other or not (set(event.duties) <= set(text.duties) and set(event.states) <= set(text.states))


def goes_to(state: State, event: Notice) -> tuple[str, ...]:
    """Those an event of a notice goes to, by itself or by its draft."""
    return complete(state, event).recipients


def is_about_outside(state: State, event: Event, how: str) -> bool:
    """*Forbidden*: whether a sending is ``external``, or ``beyond-exercise``."""
    if event.kind != "notice-sent":
        return False
    assert isinstance(event, Notice)
    outside = [who for who in goes_to(state, event) if who not in state.policy.notices.inside]
    if how == "beyond-exercise":
        outside = [who for who in outside if who != state.policy.notices.in_drills]
    return bool(outside)


# --- the record -------------------------------------------------------------------------------------------


def record(state: State, event: Event) -> None:
    """What an effective event of a notice changes in its record."""
    if not isinstance(event, Notice) or not event.notice:
        return
    kept = state.records.setdefault(event.notice, Record(event.notice))
    waits_for(kept, event)
    if event.kind in WRITTEN:
        state.drafts[event.notice] = event
        kept.text = event
        kept.persons |= set(stands_for(state, event.by))
        mine = {role for role in (*state.policy.roles, *state.tenures) if may_act(state, event.by, role)}
        kept.roles = mine if kept.roles is None else kept.roles & mine
    if event.kind in (*WRITTEN, "notice-rejected", "notice-withdrawn"):
        kept.review = kept.approval = None
    if event.kind in JUDGED and kept.text is not None:
        said = Judgement(event.at, event.digest, kept.text.recipients, state.policy.digest, event.until)
        if event.kind == "notice-reviewed":
            kept.review = said
        else:
            kept.approval = said
    otherwise = {"notice-sent": "sent", **dict.fromkeys(WRITTEN, "drafted")}.get(event.kind, kept.life)
    kept.life = LIFE[event.kind].get(kept.life, otherwise)
    if event.kind in ("notice-failed", "notice-delivered"):
        reached_or_not(state, event)


def waits_for(kept: Record, event: Notice) -> None:
    """*Notices*: from when to when a review that was asked for waits, and for what."""
    waiting = bool(kept.waits) and kept.waits[-1].end is None
    if event.kind in END_OF_WAIT and waiting:
        kept.waits[-1].end = event.at
    if event.kind == "notice-review-requested" and not waiting and kept.review is None and kept.text is not None:
        kept.waits.append(Wait(event.at, None, kept.text.duties, kept.text.recipients))


def reached_or_not(state: State, event: Notice) -> None:
    """*Notices*: each sending of that notice to them so far did not reach them, or did."""
    sendings = [
        act for act in state.acts if act.sending is not None and getattr(act.event, "notice", "") == event.notice
    ]
    whom = set(event.recipients) or {who for act in sendings for who in act.sending.recipients if act.sending}
    for act in sendings:
        if event.kind == "notice-failed":
            act.failed.update(whom)
        else:
            act.failed.difference_update(whom)


# --- what is so of a text ---------------------------------------------------------------------------------


def releases(state: State, release: Release, event: Event) -> bool:
    """*Forbidden*: whether what is so of the notice's text, or who wrote it, gives this release for an event."""
    if not isinstance(event, Notice) or not event.notice:
        return False
    kept = record_of(state, event)
    if kept.text is None:
        return False
    if release.author == "another":
        given = not set(stands_for(state, event.by)) & kept.persons
    elif event.digest and event.digest != kept.text.digest:
        given = False
    else:
        given = so_of(state, kept, release, goes_to(state, event), event.at)
    said = f"{'notice' if release.notice else 'author'} {release.notice or release.author}"
    state.happened[f"a gate {'passed' if given else 'not passed'} by {said}"] += 1
    return given


def so_of(state: State, kept: Record, release: Release, to: Iterable[str], at: datetime) -> bool:
    """*Notices*, what is so of the text: at an instant, for those it goes to."""
    if kept.text is None or kept.life in ("rejected", "withdrawn"):
        return False
    if release.notice == "reviewed":
        return holds(state, kept, kept.review, to, at)
    if release.notice == "approved":
        good_for = state.policy.notices.approval_good_for
        reading = state.policy.readings.get(state.policy.notices.approval_reading)
        binds = good_for is not None and not (reading is not None and reading.advisory)
        fresh = not binds or kept.approval is None or at <= kept.approval.at + (good_for or timedelta(0))
        state.happened["an approval gone stale"] += not fresh
        return fresh and holds(state, kept, kept.approval, to, at)
    if release.notice == "cleared":
        return is_cleared(state, kept, at)
    return bool(release.author) and release.author != "another" and release.author in (kept.roles or ())


def holds(state: State, kept: Record, said: Judgement | None, to: Iterable[str], at: datetime) -> bool:
    """*Notices*: of this digest, for all it goes to, under this policy, and not after its last instant."""
    assert kept.text is not None
    if said is None:
        return False
    against = {
        "of another digest": said.digest != kept.text.digest,
        "not for all it goes to": not set(to) <= set(said.recipients),
        "under another version": said.policy != state.policy.digest,
        "past its end": said.until is not None and at > said.until,
    }
    for why in against:
        state.happened[f"a judgement {why}"] += against[why]
    return not any(against.values())


def is_cleared(state: State, kept: Record, at: datetime) -> bool:
    """*Notices*, ``cleared``: its template was cleared, the day lies in it, and it is one of the texts it can become."""
    assert kept.text is not None
    template = state.policy.templates.get(kept.text.template)
    if template is None or template.cleared is None:
        return False
    if not (set(kept.text.duties) <= set(template.duties) and set(kept.text.states) <= set(template.states)):
        return False
    day = state.policy.calendar.local_date(at)
    cleared = template.cleared
    if day > cleared.until or (cleared.on is not None and day < cleared.on):
        return False
    return kept.text.digest in every_text(template)


def every_text(template: Template) -> set[str]:
    """The digest of every text it can become: each gap takes one of a few texts."""
    names = list(template.gaps)
    every = product(*(template.gaps[name].one_of for name in names))
    choices = [dict(zip(names, words, strict=True)) for words in every]
    return {digest_of_text(filled(template.text, one), filled(template.subject, one)) for one in choices}


# --- drills -----------------------------------------------------------------------------------------------


def to_everybody(state: State, recipients: Iterable[str]) -> bool:
    """*Notices*, in a drill: whether those recipients hold the one who hears in place of everybody."""
    return state.drill and bool(state.policy.notices.in_drills) and state.policy.notices.in_drills in recipients


def would_hear(state: State, recipients: Iterable[str], recipient: str) -> bool:
    """*Notices*, in a drill: a text is for somebody outside only where it is for the one named under ``in_drills``."""
    if state.drill and state.policy.notices.in_drills and recipient not in state.policy.notices.inside:
        return to_everybody(state, recipients)
    return is_to(state, recipients, recipient)


def is_to(state: State, recipients: Iterable[str], recipient: str) -> bool:
    return recipient in recipients or to_everybody(state, recipients)


def failed_for(state: State, sending: Sending, failed: set[str], recipient: str) -> bool:
    """*Duties* 5: known to have failed for whom it would meet; in a drill, where it does not name them, for the one who hears."""
    return (recipient if recipient in sending.recipients else state.policy.notices.in_drills) in failed


# --- texts that stand, and gates a text passes --------------------------------------------------------------


def names(state: State, duties: Iterable[str], duty_id: str, act: str) -> bool:
    """Whether they name the duty, or one with the same act, under whatever rule."""
    return any(rule.id in duties and (rule.id == duty_id or bool(act and rule.act == act)) for rule in state.rules())


def is_for(state: State, duties: Iterable[str], recipients: Iterable[str], one: Obligation) -> bool:
    """Whether words name what an obligation is about, and its recipient; any do, where any notice meets it."""
    any_notice = any(match.kind == "notice" and "any" in match.names for match in one.duty.met_by)
    return (any_notice or names(state, duties, one.duty.id, one.duty.act)) and is_to(state, recipients, one.recipient)


def passes(state: State, kept: Record, gate: Gate, at: datetime) -> bool:
    """Whether a text passes a gate by what is so of it, or by who wrote it."""
    assert kept.text is not None
    return any(so_of(state, kept, release, kept.text.recipients, at) for release in gate.until)


def not_out(kept: Record) -> bool:
    """Whether there is a text that was not sent and not withdrawn."""
    return kept.text is not None and kept.life not in (*GONE, "withdrawn")
