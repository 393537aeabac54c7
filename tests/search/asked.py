"""What slices ask: the laws every one of them asks, and how a slice adds its own."""

from __future__ import annotations

from typing import Final

from search import laws_gates, laws_kept
from search.story import Laws, OnState, OnTurn

ALWAYS: Final[tuple[OnTurn, ...]] = (
    laws_kept.what_was_forbidden_is_on_record, laws_kept.no_event_clears_a_breach, laws_kept.what_is_settled_stays_so,
    laws_kept.what_is_void_has_no_effect, laws_kept.a_raise_moves_no_clock_later, laws_kept.anchors_only_move_back,
    laws_gates.only_the_commander_closes,
)  # fmt: skip
GATES: Final[tuple[OnTurn, ...]] = (
    laws_kept.what_was_forbidden_is_on_record, laws_kept.what_is_void_has_no_effect, laws_kept.anchors_only_move_back, laws_gates.only_the_commander_closes,
)  # fmt: skip
"""What is asked where nothing is owed."""
LEVELS: Final[tuple[OnTurn, ...]] = (laws_kept.lowering_moves_no_clock, laws_gates.only_the_commander_lowers)
ANYWHERE: Final[tuple[OnState, ...]] = (laws_kept.labels_tell_the_truth, laws_kept.what_is_owed_ends_or_is_missed)


def asks(*turns: OnTurn, states: tuple[OnState, ...] = (), binds: bool = True) -> Laws:
    """What every slice asks, and more; ``binds`` is whether anything in it binds, so that it can be breached."""
    always = ALWAYS if binds else tuple(law for law in ALWAYS if law is not laws_kept.no_event_clears_a_breach)
    return Laws((*always, *turns), (laws_kept.time_alone_changes_labels_only,), (*(ANYWHERE if binds else ()), *states))
