"""Who is paged: nobody yet, somebody until when, nobody left on the list; answered, or over.

Some events are things that happen and some are what the clock or the list says: ``no-answer`` is the time to answer
gone by, ``list-ended`` that nobody on the list is left, ``answer-stale`` that an answer held so long and no longer.
A page that fails goes on as one nobody answers does, only at once.
"""

from __future__ import annotations

from typing import Final

from ir_policy.rules.machines import ANY, Machine, Row, Stop
from ir_policy.terms import Clause

__all__ = ["ON_CALL"]

_LIST: Final = Clause("tooling/on-call")
_LEVEL: Final = Clause("severity-matrix/response-target")
_WORSE: Final = Clause("severity-matrix/escalation")
_COMMAND: Final = Clause("roles/incident-commander")
_BACK: Final = Clause("response-phases/recover")
_CLOSED: Final = Clause("response-phases/close")

_UNANSWERED: Final = ("to-page", "waiting", "exhausted")
"""Nobody has answered, and somebody has to."""
_LIVE: Final = (*_UNANSWERED, "answered")
_ALL: Final = ("not-needed", *_LIVE, "over")

ON_CALL: Final = Machine(
    id="on-call",
    title="who is paged",
    start="not-needed",
    events=(
        "needed", "not-needed", "page-sent", "page-failed", "no-answer", "list-ended", "page-acknowledged", "answer-stale",
        "raised", "role-taken", "role-released", "recovered", "closed", "reopened",
    ),
    rows=(
        Row("not-needed", "needed", "to-page", _LEVEL),
        *(Row(state, "not-needed", "not-needed", _LEVEL) for state in _LIVE),
        Row("to-page", "page-sent", "waiting", _LIST),
        Row("to-page", "page-failed", "to-page", _LIST),
        Row("to-page", "list-ended", "exhausted", _LIST),
        Row("waiting", "page-sent", "waiting", _LIST),
        Row("waiting", "page-failed", "to-page", _LIST),
        Row("waiting", "no-answer", "to-page", _LIST),
        *(Row("exhausted", event, "exhausted", _LIST) for event in ("page-sent", "page-failed", "no-answer", "list-ended")),
        *(Row(state, "page-acknowledged", "answered", _LIST) for state in _LIVE),
        Row("answered", "answer-stale", "to-page", _LIST),
        *(Row(state, "raised", state, _WORSE) for state in _UNANSWERED),
        Row("answered", "raised", "to-page", _WORSE),
        Row("over", "raised", "to-page", _WORSE),
        *(Row(state, "role-taken", "answered", _COMMAND) for state in _LIVE),
        Row("answered", "role-released", "answered", _COMMAND),
        *(Row(state, "recovered", "over", _BACK) for state in _ALL),
        *(Row(state, "closed", "over", _CLOSED) for state in _ALL),
        Row("over", "reopened", "not-needed", _CLOSED),
    ),
    stops=(
        Stop("not-needed", ANY, "a level at which somebody is paged", _LEVEL),
        Stop("to-page", ANY, "a page to somebody first", _LIST),
        Stop("waiting", ANY, "the end of the time to answer, or an answer", _LIST),
        Stop("answered", ANY, "nothing: somebody answered, and that holds", _LIST),
        Stop("exhausted", ANY, "an answer, or a commander: nobody on the list is left", _LIST),
        Stop("over", ANY, "the incident reopened: recovery and closing come before any answer", _BACK),
        *(Stop(state, "reopened", "the incident closed first", _CLOSED) for state in ("not-needed", *_LIVE)),
        *(Stop(state, "needed", "nothing: somebody is paged already", _LEVEL) for state in _UNANSWERED),
    ),
)  # fmt: skip
