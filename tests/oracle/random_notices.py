"""Lives of notices for random logs: written, asked about, judged, sent, lost and taken back, in order and out of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any, Final

import ir_policy as ir
from oracle.random_words import CONTACTS, PEOPLE, RECIPIENTS, ROLES, STATES

Line = tuple[str, dict[str, Any]]

EXERCISE: Final = "exercise"
WRITERS: Final = (
    "comms-lead",
    "client-success-lead",
    "ana",
    "bo",
    "cy",
    "legal-liaison",
    "legal-counsel",
    "incident-commander",
)
COUNSEL: Final = ("legal-liaison", "legal-counsel")
COMMAND: Final = ("incident-commander", "reliability-partner")
OUTSIDE: Final = ("client-update", "client-update", "client-update", "stakeholder-notice", "resolution-message", "next-update",
                  "oaic-notice", "eu.gdpr.33-1", "internal-alert", "legal-review")  # fmt: skip
ANYBODY: Final = (*PEOPLE, *ROLES, *CONTACTS)
NOTICES: Final = ("n1", "n2", "n3", "n4")
LATER: Final = (timedelta(0), timedelta(minutes=3), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=12))
UPDATES: Final = ("client/acme", "client/blue", "client/coda", "client/unspecified")


@cache
def cleared_text() -> str:
    """The digest of one of the texts that the holding text can become."""
    policy = ir.load_policy("motion-mavericks")
    filled = {"share-link-status": "affected", "mitigation-steps": "none yet"}
    return ir.draft(policy, "holding-text", filled).digest


class Notices:
    """What is known of the notices of one log while it is being made up."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.texts: dict[str, dict[str, Any]] = {}
        self.drill = False
        self.count = 0

    def some(self) -> str:
        """The name of a notice, mostly of one that was written."""
        rng = self.rng
        return rng.choice(sorted(self.texts)) if self.texts and rng.random() < 0.9 else rng.choice(NOTICES)

    def digest(self, notice: str, wrong: float = 0.1) -> str:
        text = self.texts.get(notice)
        return str(text["digest"]) if text and self.rng.random() >= wrong else "sha256:other"

    def about(self, asked: bool) -> dict[str, Any]:
        """What a text is for and to whom, in a drill mostly to those who hear in everybody's place."""
        rng = self.rng
        duties = sorted({rng.choice(OUTSIDE) for _ in range(rng.choice((1, 1, 2)))})
        if asked:
            duties = sorted({"client-update", *duties} if rng.random() < 0.4 else {"client-update"})
        every = [who for duty in duties for who in RECIPIENTS.get(duty, UPDATES)]
        recipients = {rng.choice(every) for _ in range(rng.choice((1, 1, 2, 3)))}
        if asked:
            recipients |= set(rng.choice((UPDATES[:1], UPDATES[:2], UPDATES[:2], UPDATES)))
        if rng.random() < (0.75 if self.drill else 0.04):
            recipients = {EXERCISE} if rng.random() < 0.8 else recipients | {EXERCISE}
        fields: dict[str, Any] = {"duties": duties, "recipients": sorted(recipients), "states": list(STATES)}
        return fields if rng.random() < 0.9 else fields | {"states": list(STATES[:1])}

    def text(self, notice: str, asked: bool = False) -> dict[str, Any]:
        """A new text of a notice, seldom one that could be cleared beforehand."""
        self.count += 1
        fields = {"notice": notice, "digest": f"sha256:t{self.count}", **self.about(asked)}
        if self.rng.random() < 0.15:
            digest = cleared_text() if self.rng.random() < 0.8 else fields["digest"]
            fields |= {"digest": digest, "template": "holding-text"}
            if self.rng.random() < 0.8:  # what it was cleared for
                fields |= {"duties": ["client-update"], "states": ["share-link-status", "mitigation-steps"]}
        self.texts[notice] = fields
        return fields

    def narrower(self, notice: str) -> dict[str, Any]:
        """Whom a sending goes to: all of its text, some, or more."""
        rng = self.rng
        text = self.texts.get(notice)
        if text is None or rng.random() < 0.6:
            return {}
        every = text["recipients"]
        if rng.random() < 0.5:
            return {"recipients": [rng.choice(every)]}
        return {"recipients": sorted({*every, rng.choice(UPDATES)})}

    def whom(self, notice: str) -> dict[str, Any]:
        """Whom it did not reach, or did: nobody named, or some."""
        text = self.texts.get(notice)
        if text is None or self.rng.random() < 0.5:
            return {}
        return {"recipients": [self.rng.choice(text["recipients"])]}

    def by(self, those: tuple[str, ...], trust: float = 0.9) -> str:
        return self.rng.choice(those if self.rng.random() < trust else ANYBODY)

    def until(self) -> dict[str, Any]:
        """How long it is good for, which the writer of the log reckons from its own instant."""
        return {"good_for": self.rng.choice(LATER)} if self.rng.random() < 0.3 else {}


def notice_life(known: Notices) -> Iterator[Line]:
    """One notice from its first word to its end, mostly as it should be."""
    rng = known.rng
    notice = rng.choice(NOTICES)
    asked = rng.random() < 0.7
    if asked:
        yield from _asked_for(known)
    author = known.by(WRITERS)
    if rng.random() < 0.2:
        yield (
            "role-taken",
            {"role": rng.choice(("comms-lead", "legal-liaison", "incident-commander")), "person": author},
        )
    yield "notice-drafted", known.text(notice, asked) | {"by": author}
    for _ in range(rng.choice((1, 1, 1, 2))):
        yield from _judged(known, notice, author)
        if rng.random() < 0.1:
            yield (
                "notice-rejected",
                {"notice": notice, "digest": known.digest(notice), "reason": "not so", "by": known.by(COMMAND)},
            )
        if rng.random() < 0.2:
            yield (
                "notice-edited",
                known.text(notice, asked) | {"by": author if rng.random() < 0.5 else known.by(WRITERS)},
            )
    if rng.random() < 0.06:
        yield "closed", {"outcome": rng.choice(("resolved", "duplicate")), "by": "incident-commander"}
        yield "reopened", {"reason": "it came back"}
    if rng.random() < 0.85:
        yield from _sent(known, notice)
    if rng.random() < 0.1:
        yield "notice-withdrawn", {"notice": notice}


def _asked_for(known: Notices) -> Iterator[Line]:
    """What makes clients owed an update, and that update in need of a review; now and then it ends, or gets worse."""
    rng = known.rng
    client = rng.choice(UPDATES[:2])
    said = {"clients-impacted": "yes", "privacy-suspected": "yes", client: "yes"}
    lines: list[Line] = [("facts-reported", {"facts": said, "after": rng.choice(LATER[:3])})]
    if rng.random() < 0.25:
        lines.append(
            (
                "severity-decided",
                {"severity": rng.choice(("SEV0", "SEV1", "SEV2")), "reason": "seen enough", "by": "incident-commander"},
            )
        )
    if rng.random() < 0.25:
        lines.append(("recovered", {}))
    if rng.random() < 0.15:
        lines.append(("facts-reported", {"facts": {"privacy-suspected": "no", "personal-data-involved": "no"}}))
    if rng.random() < 0.12:
        lines.append(("facts-reported", {"facts": {client: "no"}}))
    yield from lines


def _judged(known: Notices, notice: str, author: str) -> Iterator[Line]:
    rng = known.rng
    steps: list[Line] = []
    said = {"notice": notice, "digest": known.digest(notice, 0.05)}
    if rng.random() < 0.6:
        steps.append(("notice-review-requested", {**said, "by": author}))
        if rng.random() < 0.3:
            steps.append(("note", {"text": "nobody answers", "after": rng.choice(LATER[2:])}))
    judged: list[Line] = []
    if rng.random() < 0.8:
        judged.append(("notice-reviewed", {**said, **known.until(), "by": known.by(COUNSEL)}))
    if rng.random() < 0.85:
        judged.append(("notice-approved", {**said, **known.until(), "by": known.by(COMMAND)}))
    rng.shuffle(judged)
    yield from (*steps, *judged)


def _sent(known: Notices, notice: str) -> Iterator[Line]:
    rng = known.rng
    digest = {"digest": known.digest(notice, 0.08)} if rng.random() < 0.6 else {}
    by = known.by(WRITERS)
    promise = {"good_for_more": True} if rng.random() < 0.2 else {}
    if rng.random() < 0.2:
        yield "note", {"text": "it waits", "after": rng.choice(LATER)}
    yield "notice-sent", {"notice": notice, **digest, **known.narrower(notice), "by": by, **promise}
    way = rng.random()
    if way < 0.15:
        yield "notice-delivered", {"notice": notice, **known.whom(notice)}
        return
    if way < 0.25:
        return
    if rng.random() < 0.4:
        yield "closed", {"outcome": rng.choice(("resolved", "duplicate")), "by": "incident-commander"}
    again = rng.random()
    if again < 0.2:
        yield "notice-sent", {"notice": rng.choice((notice, known.some())), "by": by}
    elif again < 0.6:
        yield (
            "notice-sent",
            {"duties": ["client-update"], "recipients": list(UPDATES), "states": list(STATES), "by": by},
        )
    yield "notice-failed", {"notice": notice, **known.whom(notice)}
    after = rng.random()
    if after < 0.3:
        yield "notice-sent", {"notice": notice, "by": by}
    elif after < 0.4:
        yield "notice-edited", known.text(notice) | {"by": known.by(WRITERS)}
    elif after < 0.95:
        yield "notice-delivered", {"notice": notice, **known.whom(notice)}
