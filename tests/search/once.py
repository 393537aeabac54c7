"""Each slice searched once in a test run, whoever asks."""

from __future__ import annotations

from functools import cache
from typing import Final

from search.explore import Found, explore
from search.slices import ALL

SMALL: Final = ("unassessed", "promises", "exercise", "actions", "freeze", "cleaning", "regulators", "papers")
"""Slices of a second or two, searched with every test."""
PAIRS: Final = 150
"""How many pairs of incidents taken for the same state are kept of a slice."""


@cache
def searched(name: str) -> Found:
    """What the search of a slice found, with some pairs of different incidents it takes for the same state."""
    return explore(ALL[name](), PAIRS)
