"""A refusal with its weight: what every part that forbids something hands to the desk."""

from __future__ import annotations

from attrs import frozen

from ir_policy.errors import Refusal

__all__ = ["Bite"]


@frozen(eq=False)
class Bite:
    """A refusal, and whether the event has no effect when it is recorded all the same."""

    refusal: Refusal
    void: bool
