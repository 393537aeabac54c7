"""The slices: which part of the policy each keeps, what may happen in it, and which laws it asks.

Every slice keeps who decides, lowers and closes; the level as far as its duties ask for it; closing, and one reopening or two.
What a slice leaves out is nothing its duties hear of: ``documents.py`` says why, and refuses what it is not so for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from search import slices_closing, slices_messages, slices_privacy, slices_work
from search.story import Slice

ALL: Final[dict[str, Callable[..., Slice]]] = {
    make.__name__: make
    for make in (
        slices_messages.alert, slices_messages.stakeholders, slices_messages.unassessed, slices_messages.clients, slices_messages.endings, slices_messages.promises,
        slices_messages.words, slices_messages.words_to_two, slices_messages.exercise,
        slices_privacy.regulators, slices_privacy.europe, slices_privacy.assessment, slices_privacy.freeze,
        slices_work.document, slices_work.response, slices_work.restoring, slices_work.recovery, slices_work.cleaning,
        slices_work.outcomes, slices_work.postmortem, slices_work.actions,
        slices_closing.phases, slices_closing.papers, slices_closing.client_and_regulator, slices_closing.closing,
    )
}  # fmt: skip
