"""Slices of the policy about messages: the list, clients, and what was promised them."""

from __future__ import annotations

from datetime import timedelta

from ir_policy import Event
from ir_policy.testing import told
from search import laws_gates, laws_kept, laws_owed, laws_told
from search.asked import ALWAYS, LEVELS, asks
from search.documents import OUTCOMES, Edit, cut
from search.moves import (
    ACME,
    BACK,
    CLOSED,
    DOWN,
    DUPLICATE,
    HEARS,
    HIT,
    IN_ERROR,
    MERGED,
    NO,
    NOT_ACME,
    RAISED,
    RECOVERED,
    REOPENED,
    SEV3,
    STATED,
    UNNAMED_UPDATED,
    UPDATED,
    UPDATED_IN_PART,
    decides,
    next_id,
    reports,
    says,
    sends,
    waives,
    while_open,
)
from search.story import LONGER, Laws, Move, Slice, State

COUNSEL = "legal-counsel"
FIRST = "reliability-partner"
"""Whoever commands while nobody has taken command."""
WORDS = (laws_told.nothing_leaves_unseen, laws_told.a_text_that_failed_told_nobody, laws_told.who_is_reached_was_told_then,
         laws_told.no_due_gets_later)  # fmt: skip
REGULATORS = "regulator-decision-before-close"


def alert(edit: Edit | None = None) -> Slice:
    moves = (DOWN, BACK, IN_ERROR, RAISED, sends("the list is alerted", "internal-alert", "internal"),
             CLOSED, DUPLICATE, REOPENED, waives("the commander waives the alert", "internal-alert"))  # fmt: skip
    return Slice(
        "alert", cut(["internal-alert"], OUTCOMES, edit=edit), moves,
        asks(*LEVELS, laws_kept.no_statute_is_waived, states=(laws_owed.the_list_is_owed_an_alert, laws_owed.what_lapses_ends_once_it_is_closed)),
        prologue=(MERGED,),
    )  # fmt: skip


def stakeholders(edit: Edit | None = None) -> Slice:
    moves = (reports("data has left", "exfiltration-likely"), reports("no data has left", "exfiltration-likely", NO), RAISED, IN_ERROR,
             sends("the stakeholders are told", "stakeholder-notice", "stakeholders"), CLOSED, DUPLICATE, REOPENED)  # fmt: skip
    return Slice(
        "stakeholders", cut(["stakeholder-notice"], OUTCOMES, edit=edit), moves,
        asks(*LEVELS, states=(laws_owed.stakeholders_are_owed_a_notice, laws_owed.what_lapses_ends_once_it_is_closed)), prologue=(MERGED,),
    )  # fmt: skip


def unassessed(edit: Edit | None = None) -> Slice:
    moves = (DOWN, BACK, while_open(decides("the commander decides SEV3", SEV3)), IN_ERROR, CLOSED, REOPENED,
             sends("the list is alerted", "unassessed-alert", "internal"))  # fmt: skip
    return Slice(
        "unassessed", cut(["unassessed-alert"], OUTCOMES, edit=edit), moves,
        asks(states=(laws_owed.the_unassessed_alert_the_list,), binds=False),
    )  # fmt: skip


def clients(edit: Edit | None = None) -> Slice:
    moves = (
        RAISED, HIT, ACME, NOT_ACME, UPDATED, UPDATED_IN_PART, UNNAMED_UPDATED, CLOSED, DUPLICATE, REOPENED,
    )  # fmt: skip
    return Slice(
        "clients", cut(["client-update"], OUTCOMES, edit=edit), moves, asks(states=(laws_owed.clients_are_owed_an_update, laws_owed.what_lapses_ends_once_it_is_closed)),
        prologue=(MERGED, DOWN),
    )  # fmt: skip


def endings(edit: Edit | None = None) -> Slice:
    """The message of the end, to whoever an update was owed; it has no deadline, so that time passes for long or not at all."""
    moves = (
        HIT, ACME, NOT_ACME, UPDATED, UNNAMED_UPDATED, RECOVERED,
        HEARS,
        sends("whoever it is hears of the end", "resolution-message", "client/unspecified", ("action-summary",)),
        sends("acme hears of the end, but not of what was done", "resolution-message", "client/acme"),
        CLOSED, DUPLICATE, REOPENED,
    )  # fmt: skip
    policy = cut(["client-update", "resolution-message"], [*OUTCOMES, "resolution-message-before-close"], edit=edit)
    return Slice(
        "endings", policy, moves,
        asks(laws_gates.closing_leaves_nothing_owed,
             states=(laws_owed.clients_are_owed_an_update, laws_owed.whoever_was_owed_an_update_hears_of_the_end)),
        prologue=(MERGED, DOWN), ticks=(LONGER,),
    )  # fmt: skip


def promises(edit: Edit | None = None) -> Slice:
    def promised(state: State) -> Event:
        return told("notice-sent", state.now, id=next_id(state), duties=("client-update",), recipients=("client/acme",),
                    next_update_by=state.now + timedelta(hours=1))  # fmt: skip

    moves = (Move("acme is promised an update within the hour", promised),
             sends("acme is updated", "client-update", "client/acme"), CLOSED, DUPLICATE, REOPENED)  # fmt: skip
    return Slice(
        "promises",
        cut(["next-update", "client-update"], OUTCOMES, edit=edit),
        moves,
        asks(states=(laws_owed.what_lapses_ends_once_it_is_closed,)),
        prologue=(MERGED,),
    )


TEXTS = ("people-decide", "legal-review-before-external", "approval-before-external", "author-is-not-approver",
         "commander-approves", "counsel-reviews", "drills-stay-inside")  # fmt: skip
"""Gates on texts: who judges them, and what they need before they leave the company."""


def _of_the_text(name: str, kind: str, by: str, against: bool = False, after: bool = False, **said: object) -> Move:
    """Said of the one notice of a slice, once there is a text: before that it is against the table, and says nothing of anybody."""

    def told_so(state: State) -> Event | None:
        record = state.incident._case.history.notices.get("n-1")
        if record is None or record.draft is None:
            return None
        return told(kind, state.now, by, id=next_id(state), **{"notice": "n-1", "digest": record.digest, **said})

    return Move(name, told_so, against) if after else while_open(Move(name, told_so, against))


def _written(name: str, kind: str, by: str, recipients: tuple[str, ...]) -> Move:
    """A text of the notice; each writing has a digest of its own."""

    def told_so(state: State) -> Event:
        id_ = next_id(state)
        return told(kind, state.now, by, id=id_, notice="n-1", digest=f"sha256:{id_}", duties=("client-update",),
                    recipients=recipients, states=STATED)  # fmt: skip

    return while_open(Move(name, told_so))


def words(edit: Edit | None = None) -> Slice:
    """One message to one client, from its first draft to its delivery; what is sent against the rules is sent all the same."""
    acme = ("client/acme",)
    moves = (
        _written("lee drafts an update", "notice-drafted", "lee", acme), _written("lee edits it", "notice-edited", "lee", acme),
        _written("counsel edits it", "notice-edited", COUNSEL, acme),
        _of_the_text("a review is asked for", "notice-review-requested", "lee"),
        _of_the_text("counsel reviews it", "notice-reviewed", COUNSEL), _of_the_text("lee reviews it", "notice-reviewed", "lee"),
        _of_the_text("the commander approves it", "notice-approved", FIRST), _of_the_text("mux approves it", "notice-approved", "mux"),
        _of_the_text("the commander approves another text", "notice-approved", FIRST, digest="sha256:other"),
        _of_the_text("it is rejected", "notice-rejected", COUNSEL), _of_the_text("it is withdrawn", "notice-withdrawn", "lee"),
        _of_the_text("it is sent", "notice-sent", "lee", against=True), _of_the_text("it fails", "notice-failed", "resend", after=True),
        _of_the_text("it arrives", "notice-delivered", "resend", after=True, recipients=acme), CLOSED,
    )  # fmt: skip
    return Slice(
        "words", cut(["client-update", "legal-review"], TEXTS, edit=edit), moves,
        asks(*WORDS, laws_told.nobody_judges_their_own_text,
             states=(laws_told.a_review_is_owed_in_time, laws_told.a_wait_is_told_from_a_delay, laws_owed.clients_are_owed_an_update)),
        prologue=(reports("privacy may be hit", "privacy-suspected"), ACME), episodes=1,
    )  # fmt: skip


def words_to_two(edit: Edit | None = None) -> Slice:
    """One message to two clients, approved for one or for both; it reaches one of them, the other, or neither."""
    acme, zen = "client/acme", "client/zen"
    both = (acme, zen)
    moves = (
        _written("lee drafts an update to both", "notice-drafted", "lee", both), _written("lee takes zen out", "notice-edited", "lee", (acme,)),
        _of_the_text("counsel reviews it", "notice-reviewed", COUNSEL), _of_the_text("the commander approves it", "notice-approved", FIRST),
        _of_the_text("it is sent", "notice-sent", "lee", against=True),
        _of_the_text("it is sent to both", "notice-sent", "lee", against=True, recipients=both),
        _of_the_text("it is sent to zen alone", "notice-sent", "lee", against=True, recipients=(zen,)),
        _of_the_text("it fails", "notice-failed", "resend"), _of_the_text("it fails for acme", "notice-failed", "resend", recipients=(acme,)),
        _of_the_text("it arrives at acme", "notice-delivered", "resend", recipients=(acme,)),
        _of_the_text("it arrives at zen", "notice-delivered", "resend", recipients=(zen,)), CLOSED,
    )  # fmt: skip
    return Slice(
        "words to two", cut(["client-update", "legal-review"], TEXTS, edit=edit), moves,
        Laws((*ALWAYS, *WORDS), states=(laws_told.a_review_is_owed_in_time, laws_owed.clients_are_owed_an_update)),
        prologue=(reports("privacy may be hit", "privacy-suspected"), ACME, reports("zen is hit", "client/zen")),
        ticks=(LONGER,), episodes=1,
    )  # fmt: skip


def exercise(edit: Edit | None = None) -> Slice:
    """A message in a drill: to the exercise list in place of everybody, or outside against the rules; or it was no drill."""
    listed = ("exercise",)
    moves = (
        _written("lee drafts an update", "notice-drafted", "lee", listed), _written("lee edits it, for acme", "notice-edited", "lee", ("client/acme",)),
        _of_the_text("counsel reviews it", "notice-reviewed", COUNSEL), _of_the_text("the commander approves it", "notice-approved", FIRST),
        _of_the_text("it is sent", "notice-sent", "lee", against=True), _of_the_text("it fails", "notice-failed", "resend", recipients=listed),
        says("it was no drill", "detected"), CLOSED,
    )  # fmt: skip
    return Slice(
        "exercise", cut(["client-update", "legal-review"], TEXTS, edit=edit), moves,
        Laws((*ALWAYS, laws_told.nothing_leaves_unseen, laws_told.no_due_gets_later), states=(laws_owed.clients_are_owed_an_update,)),
        prologue=(reports("privacy may be hit", "privacy-suspected"), ACME), ticks=(LONGER,), episodes=1, drill=True,
    )  # fmt: skip
