"""Slices of the policy about messages: the list, clients, and what was promised them."""

from __future__ import annotations

from datetime import timedelta

from ir_policy import Event
from ir_policy.testing import told
from search import laws_gates, laws_kept, laws_owed
from search.asked import LEVELS, asks
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
    UNNAMED_UPDATED,
    UPDATED,
    UPDATED_IN_PART,
    decides,
    next_id,
    reports,
    sends,
    waives,
    while_open,
)
from search.story import LONGER, Move, Slice, State

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
