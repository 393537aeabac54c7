"""The life of one offer to hand a role over: offered by whoever may act in it, accepted or declined by whom it was offered to.

Until it is accepted whoever offered keeps everything. It ends with the tenure it was to end.
"""

from __future__ import annotations

from typing import Final

from ir_policy.rules.machines import Machine, Row, Stop
from ir_policy.terms import Clause

__all__ = ["HANDOVER", "OFFER_ENDS", "STANDS"]

_COMMAND: Final = Clause("roles/incident-commander")
STANDS: Final = "offered"
"""The one state in which an offer can be taken up."""
OFFER_ENDS: Final = "tenure-ended"
"""What ends an offer that nobody answered: whoever offered may act in the role no longer. It is no kind of event."""
_ANSWERED: Final = ("accepted", "declined", "ended")

HANDOVER: Final = Machine(
    id="handover",
    title="an offer to hand a role over",
    start="not-offered",
    events=("handover-offered", "handover-accepted", "handover-declined", OFFER_ENDS),
    rows=(
        *(Row(state, "handover-offered", STANDS, _COMMAND) for state in ("not-offered", STANDS, *_ANSWERED)),
        Row(STANDS, "handover-accepted", "accepted", _COMMAND),
        Row(STANDS, "handover-declined", "declined", _COMMAND),
        Row(STANDS, OFFER_ENDS, "ended", _COMMAND),
    ),
    stops=tuple(
        Stop(state, event, f"an offer that stands: {why}", _COMMAND)
        for state, why in (
            ("not-offered", "none was made"),
            ("accepted", "this one was accepted"),
            ("declined", "this one was declined"),
            ("ended", "this one ended with the tenure of whoever made it"),
        )
        for event in ("handover-accepted", "handover-declined", OFFER_ENDS)
    ),
)  # fmt: skip
"""By role, by who offers it and to whom."""
