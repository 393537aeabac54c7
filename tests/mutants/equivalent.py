"""Mutants of the policy that change nothing anybody could see, each with the reason."""

from __future__ import annotations

from typing import Final

_BY_ITS_STATE: Final = "it is met by a state that lasts, and that counts whenever it began"
_BY_ITS_OWN_WAY: Final = "a duty whose limit the event gives opens and is met by its own way, which does not ask this"
_IN_THE_LAW_TOO: Final = "the law the policy names says the same of this mark"
_ADVICE: Final = "its reading adds to the source, so that it ends no approval until somebody accepts it"
_NEVER_LEFT: Final = "nothing that happens makes its condition untrue again"

EQUIVALENT: Final[dict[str, str]] = {
    "calendar.opens: a minute earlier": "before it opens and after, a business day ends with the same close",
    "calendar.opens: a minute later": "before it opens and after, a business day ends with the same close",
    "notices.approval.good_for: 5 hours": _ADVICE,
    "notices.approval.good_for: 3 hours": _ADVICE,
    "notices.approval: without end": _ADVICE,
    "marks.severity-supported.per: the other": "levels are reached anew in each episode, whatever the mark says",
    "marks.scope-met.per: the other": "the duty's own word decides which of its stamps counts",
    "marks.suspected.set_by.0: dropped": _IN_THE_LAW_TOO,
    "marks.suspected.set_by.1: dropped": _IN_THE_LAW_TOO,
    "marks.suspected.corrected_by: by anybody": _IN_THE_LAW_TOO,
    "duties.respond.done_before: counts": _BY_ITS_STATE,
    "duties.document.when.all.0: left out": "without a level it is not a definite no that SEV2 is reached either",
    "duties.document.again_on: raise": "nothing gets worse by becoming SEV3 once it was documented as one",
    "duties.internal-alert.owed_to: nobody outside": "internal is the recipient of what nobody outside receives",
    "duties.unassessed-alert.owed_to: nobody outside": "internal is the recipient of what nobody outside receives",
    "duties.unassessed-alert.again_on: raise": "with a level the duty is out of scope, and a raise gives one",
    "duties.next-update.on_scope_exit: cancel": _BY_ITS_OWN_WAY,
    "duties.next-update.done_before: counts": _BY_ITS_OWN_WAY,
    "duties.next-update.again_on: raise": _BY_ITS_OWN_WAY,
    "duties.resolution-message.when: dropped": "it starts from the very mark its condition asks for",
    "duties.oaic-notice.when.all.0: left out": "it starts from the mark that only this finding sets",
    "duties.oaic-notice.on_scope_exit: cancel": _NEVER_LEFT,
    "duties.oaic-notice.act: its own": "no other duty shares this act yet",
    "duties.eu-authority-notice.when.all.0: left out": "it starts from the mark that only this finding sets",
    "duties.dsr-freeze.done_before: counts": _BY_ITS_STATE,
    "duties.postmortem.on_scope_exit: cancel": _NEVER_LEFT,
    "duties.compliance-evidence.on_scope_exit: cancel": _NEVER_LEFT,
    "duties.action-item.owed_by: another role": "the event that opens an action always names its owner",
    "duties.action-item.on_scope_exit: cancel": _BY_ITS_OWN_WAY,
    "duties.action-item.done_before: counts": _BY_ITS_OWN_WAY,
    "duties.action-item.again_on: raise": _BY_ITS_OWN_WAY,
}
