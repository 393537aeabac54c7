"""The life of one notice: drafted, edited, reviewed, approved or rejected, sent, delivered, failed, withdrawn.

Review and approval come in either order; both are needed where a gate asks for both. Any edit takes both away.
"""

from __future__ import annotations

from typing import Final

from ir_policy.rules.machines import ANY, Machine, Row, Stop
from ir_policy.terms import Clause

__all__ = ["GONE", "NOTICE"]

_REVIEW: Final = Clause("privacy-integration/legal-review")
_APPROVE: Final = Clause("roles/incident-commander")
_TELL: Final = Clause("roles/comms-lead")

_OPEN: Final = ("drafted", "in-review", "reviewed", "approved", "released")
"""A text that may still be worked on, and may be sent as far as gates let it."""
GONE: Final = ("sent", "delivered", "failed")
"""States of a notice that left."""


def _to(event: str, clause: Clause, **ends: str) -> tuple[Row, ...]:
    return tuple(Row(state.replace("_", "-"), event, to, clause) for state, to in ends.items())


NOTICE: Final = Machine(
    id="notice",
    title="the life of a notice",
    start="unwritten",
    events=(
        "notice-drafted", "notice-edited", "notice-review-requested", "notice-reviewed", "notice-approved",
        "notice-rejected", "notice-sent", "notice-delivered", "notice-failed", "notice-withdrawn",
    ),
    rows=(
        Row("unwritten", "notice-drafted", "drafted", _TELL),
        Row("unwritten", "notice-sent", "sent", _TELL),
        *(Row(state, event, "drafted", _TELL) for state in (*_OPEN, "rejected", "failed")
          for event in ("notice-drafted", "notice-edited")),
        *_to("notice-review-requested", _REVIEW, drafted="in-review", in_review="in-review", reviewed="reviewed",
             approved="approved", released="released"),
        *_to("notice-reviewed", _REVIEW, drafted="reviewed", in_review="reviewed", reviewed="reviewed",
             approved="released", released="released"),
        *_to("notice-approved", _APPROVE, drafted="approved", in_review="approved", reviewed="released",
             approved="approved", released="released"),
        *(Row(state, "notice-rejected", "rejected", _APPROVE) for state in _OPEN),
        *(Row(state, "notice-sent", "sent", _TELL) for state in (*_OPEN, *GONE)),
        *(Row(state, "notice-delivered", "delivered", _TELL) for state in GONE),
        *(Row(state, "notice-failed", "failed", _TELL) for state in GONE),
        *(Row(state, "notice-withdrawn", "withdrawn", _TELL) for state in (*_OPEN, "rejected", *GONE)),
    ),
    stops=(
        Stop("unwritten", ANY, "a draft of that notice first", _TELL),
        *(Stop(state, ANY, "a sending of it first", _TELL) for state in _OPEN),
        Stop("rejected", ANY, "another text: this one was rejected", _APPROVE),
        *(Stop(state, ANY, "a notice of its own: this one was sent", _TELL) for state in ("sent", "delivered")),
        Stop("failed", ANY, "a sending by another way, or another text: this one was sent and failed", _TELL),
        Stop("withdrawn", ANY, "a notice of its own: this one was withdrawn", _TELL),
    ),
)  # fmt: skip
