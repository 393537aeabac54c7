"""A plain model of people and words: who holds a role, what may be said to whom, and what may not.

Written from the page on semantics and from nothing of the engine: it reads a log as plain fields, in a few loops, and
knows one level, one episode and no waivers. The numbers stand here once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

import attrs

from ir_policy import Event, Truth
from ir_policy.rules.model import Policy

COMMAND: Final = "incident-commander"
COUNSEL: Final = "legal-liaison"
COMMS: Final = "comms-lead"
EXERCISE: Final = "exercise"
INSIDE: Final = "internal"
SUCCESSION: Final = ("owen-backup", "security-lead")
TO_ANSWER: Final = timedelta(minutes=5)
APPROVAL_GOOD_FOR: Final = timedelta(hours=4)
PERSONAL: Final = ("personal-data-involved", "privacy-suspected")

EXTERNAL_GATES: Final = frozenset({"legal-review-before-external", "approval-before-external"})
SENDING_GATES: Final = EXTERNAL_GATES | {"drills-stay-inside"}
ROLE_KINDS: Final = ("role-taken", "role-released", "handover-offered", "handover-accepted", "handover-declined")
JUDGING: Final = ("notice-reviewed", "notice-approved")
OF_THE_TEXT: Final = ("notice-review-requested", *JUDGING, "notice-rejected", "notice-sent")
OPEN: Final = "open"
WRITING: Final = {
    "unwritten": ("notice-drafted",),
    **dict.fromkeys((OPEN, "rejected", "failed"), ("notice-drafted", "notice-edited")),
}
"""In which lives a text may be written, and how."""


@dataclass
class Said:
    """A review or an approval."""

    digest: str
    recipients: frozenset[str]
    policy: str
    ends: datetime | None

    def good(self, digest: str, recipients: Iterable[str], policy: str, at: datetime) -> bool:
        same = (self.digest, self.policy) == (digest, policy)
        return same and set(recipients) <= self.recipients and (self.ends is None or at <= self.ends)


@dataclass
class Sending:
    event: str
    at: datetime
    recipients: tuple[str, ...]
    duties: tuple[str, ...]
    states: tuple[str, ...]
    to_all: bool
    failed: set[str] = field(default_factory=set)

    def reached(self, recipient: str) -> bool:
        if self.to_all:
            return recipient not in self.failed and EXERCISE not in self.failed
        return recipient in self.recipients and recipient not in self.failed


@dataclass
class Letter:
    life: str = "unwritten"
    text: SimpleNamespace | None = None
    persons: set[str] = field(default_factory=set)
    counsels: bool = True
    """Whether every author could act as counsel when writing."""
    review: Said | None = None
    approval: Said | None = None
    sendings: list[Sending] = field(default_factory=list)


class Model:
    """What a log says, told event by event in the order of the fold."""

    def __init__(self, policy: Policy, newer: Policy) -> None:
        self.contacts = {id_: role.contact for id_, role in policy.roles.items()}
        self.programs = policy.programs
        self.binding = {policy.digest: False, newer.digest: True}
        """Under which version an approval is good for four hours only."""
        self.policy = policy.digest
        self.drill, self.signals = False, 0
        self.known: dict[str, Truth] = {}
        self.holders: dict[str, dict[str, datetime]] = {}
        self.offers: set[tuple[str, str, str]] = set()
        self.pages: list[SimpleNamespace] = []
        self.letters: dict[str, Letter] = {}
        self.loose: list[Sending] = []
        """Sendings without a notice."""
        self.against: dict[str, frozenset[str]] = {}
        self.commanders: list[tuple[datetime, tuple[str, ...]]] = []
        self.late_by_failure = 0

    # --- people ---

    def may_act(self, role: str, by: str) -> bool:
        held = self.holders.get(role)
        return by == role or (by in held if held else by == self.contacts.get(role))

    def people(self, name: str) -> set[str]:
        return set(self.holders.get(name) or {self.contacts[name]}) if name in self.contacts else {name}

    def silent(self, people: set[str], name: str, at: datetime) -> bool:
        began = [since for person, since in self.holders.get(name, {}).items() if person in people]
        first = None
        for page in self.pages:
            if not {page.level, page.person} & (people | {name}):
                continue
            if page.kind == "page-acknowledged":
                first = None
            elif page.kind == "page-sent" and first is None and all(page.at >= since for since in began):
                first = page.at
        return first is not None and at > first + TO_ANSWER

    def in_turn(self, at: datetime) -> set[str]:
        passed = self.people(COMMAND)
        if not self.silent(passed, COMMAND, at):
            return set()
        for name in SUCCESSION:
            people = self.people(name) - passed
            if people and not self.silent(people, name, at):
                return people
            passed = passed | people
        return set()

    # --- what is refused ---

    def refused(self, said: SimpleNamespace) -> frozenset[str]:
        """The rules on people and words that the event is against."""
        if said.kind in ROLE_KINDS:
            return frozenset(self._roles_refuse(said))
        if said.kind.startswith("notice-"):
            return frozenset(self._words_refuse(said))
        return frozenset()

    def _roles_refuse(self, said: SimpleNamespace) -> Iterator[str]:
        if said.kind == "role-taken" and said.role == COMMAND:
            held = self.holders.get(COMMAND, {})
            if held and said.person not in held and not (said.acting and said.person in self.in_turn(said.at)):
                yield "command"
        elif said.kind == "handover-offered":
            both_may = self.may_act(said.role, said.person) and self.may_act(said.role, said.by)
            if not both_may or said.to == said.person:
                yield "handovers"
        elif said.kind in ("handover-accepted", "handover-declined"):
            if (said.role, said.person, said.to) not in self.offers or said.by != said.to:
                yield "handovers"

    def _words_refuse(self, said: SimpleNamespace) -> Iterator[str]:
        letter = self.letters.get(said.notice) or Letter()
        if not self._has_its_place(letter, said):
            yield "notices"
        if said.kind in JUDGING:
            yield from self._judging_refused(letter, said)
        if said.kind == "notice-sent":
            yield from self._sending_refused(letter, said)

    def _has_its_place(self, letter: Letter, said: SimpleNamespace) -> bool:
        life, what = letter.life, said.kind.removeprefix("notice-")
        if what in ("drafted", "edited"):
            return said.kind in WRITING.get(life, ())
        if what in ("delivered", "failed"):
            return life in ("sent", "delivered", "failed")
        if what == "withdrawn":
            return life not in ("unwritten", "withdrawn")
        if what == "sent":
            allowed = life not in ("rejected", "withdrawn")
        else:
            allowed = life == OPEN
        another = bool(letter.text and said.digest and said.digest != letter.text.digest)
        return allowed and not another and (what != "sent" or bool(self._to(letter, said)))

    def _judging_refused(self, letter: Letter, said: SimpleNamespace) -> Iterator[str]:
        people = self.people(said.by)
        if people <= self.programs:
            yield "people-decide"
        if letter.text is None or people & letter.persons:
            yield "author-is-not-approver"
        if said.kind == "notice-approved" and not self.may_act(COMMAND, said.by):
            yield "commander-approves"
        if said.kind == "notice-reviewed" and not self.may_act(COUNSEL, said.by):
            yield "counsel-reviews"

    def _sending_refused(self, letter: Letter, said: SimpleNamespace) -> Iterator[str]:
        to = self._to(letter, said)
        outside = [one for one in to if one != INSIDE]
        if outside:
            yield from self.lacking(letter, to, said.digest, said.at)
        if self.drill and any(one != EXERCISE for one in outside):
            yield "drills-stay-inside"

    def lacking(self, letter: Letter, to: Iterable[str], digest: str, at: datetime) -> Iterator[str]:
        """The gates on sending outside that this letter does not pass for those recipients at that instant."""
        text = letter.text
        standing = text is not None and letter.life not in ("rejected", "withdrawn") and digest in ("", text.digest)
        asked = not all(self.known.get(fact) is Truth.NO for fact in PERSONAL)
        good = [standing and one is not None and one.good(text.digest, to, self.policy, at)  # type: ignore[union-attr]
                for one in (letter.review, letter.approval)]  # fmt: skip
        if asked and not good[0] and not (standing and letter.counsels):
            yield "legal-review-before-external"
        if not good[1]:
            yield "approval-before-external"

    # --- what happens ---

    def take(self, said: SimpleNamespace) -> None:
        against = self.refused(said)
        self.against[said.id] = against
        void = said.kind in JUDGING and bool(against)
        if said.kind == "detected":
            self.drill, self.signals = said.drill and (self.drill or not self.signals), self.signals + 1
        elif said.kind == "facts-reported":
            self.known |= said.facts
        elif said.kind in ROLE_KINDS:
            self._role(said)
        elif said.kind.startswith("page-"):
            self.pages.append(said)
        elif said.kind == "policy-adopted" and self.may_act(COMMAND, said.by):
            self.policy = said.policy.digest
        elif said.kind == "notice-sent" and not said.notice:
            self.loose.append(self._sending(Letter(), said))
        elif said.kind.startswith("notice-") and not void:
            self._word(self.letters.setdefault(said.notice, Letter()), said)
        self.commanders.append((said.at, tuple(self.holders.get(COMMAND, ()))))

    def _role(self, said: SimpleNamespace) -> None:
        held = self.holders.setdefault(said.role, {})
        if said.kind == "handover-offered" and self.may_act(said.role, said.person):
            self.offers.add((said.role, said.person, said.to))
        if said.kind in ("handover-accepted", "handover-declined"):
            self.offers.discard((said.role, said.person, said.to))
        if said.kind in ("role-released", "handover-accepted"):
            held.pop(said.person, None)
        comes = {"role-taken": said.person, "handover-accepted": said.to}.get(said.kind)
        if comes:
            if said.role == COMMAND:
                for person in [one for one in held if one != comes]:
                    del held[person]
            held.setdefault(comes, said.at)
        self.offers = {one for one in self.offers if self.may_act(one[0], one[1])}

    def _word(self, letter: Letter, said: SimpleNamespace) -> None:
        had_its_place = self._has_its_place_in_the_table(letter, said)
        what = said.kind.removeprefix("notice-")
        if what in ("drafted", "edited"):
            letter.text, letter.life, letter.review, letter.approval = said, OPEN, None, None
            letter.persons |= self.people(said.by)
            letter.counsels = letter.counsels and self.may_act(COUNSEL, said.by)
        elif what in ("reviewed", "approved"):
            assert letter.text is not None
            ends = [said.until] if said.until is not None else []
            if what == "approved" and self.binding[self.policy]:
                ends.append(said.at + APPROVAL_GOOD_FOR)
            word = Said(said.digest, frozenset(letter.text.recipients), self.policy, min(ends, default=None))
            letter.review, letter.approval = (word, letter.approval) if what == "reviewed" else (letter.review, word)
        elif what in ("rejected", "withdrawn"):
            letter.review = letter.approval = None
            letter.life = what if had_its_place else letter.life
        elif what == "sent":
            letter.sendings.append(self._sending(letter, said))
            letter.life = "sent"
        elif what in ("delivered", "failed"):
            letter.life = what if had_its_place else letter.life
            self._arrives(letter, said, what)

    def _has_its_place_in_the_table(self, letter: Letter, said: SimpleNamespace) -> bool:
        return self._has_its_place(letter, SimpleNamespace(**{**vars(said), "digest": ""}))

    def _arrives(self, letter: Letter, said: SimpleNamespace, what: str) -> None:
        for one in letter.sendings:
            named = set(said.recipients or one.recipients) & set(one.recipients)
            one.failed = one.failed | named if what == "failed" else one.failed - named

    def _sending(self, letter: Letter, said: SimpleNamespace) -> Sending:
        text = letter.text
        of_text = {name: getattr(text, name) if text else () for name in ("duties", "states")}
        to = self._to(letter, said)
        duties, states = said.duties or of_text["duties"], said.states or of_text["states"]
        return Sending(said.id, said.at, to, duties, states, self.drill and EXERCISE in to)

    def _to(self, letter: Letter, said: SimpleNamespace) -> tuple[str, ...]:
        to: tuple[str, ...] = said.recipients or (letter.text.recipients if letter.text else ())
        return to

    @property
    def sendings(self) -> list[Sending]:
        return [*self.loose, *(one for letter in self.letters.values() for one in letter.sendings)]

    def commander_at(self, at: datetime) -> tuple[str, ...]:
        return next((who for then, who in reversed(self.commanders) if then <= at), ())


def plain(event: Event) -> SimpleNamespace:
    return SimpleNamespace(**attrs.asdict(event, recurse=False))


def told_by(policy: Policy, newer: Policy, log: Sequence[Event]) -> Model:
    """The whole log, corrections first, then in the order of the fold."""
    said = [plain(event) for event in log]
    for one in sorted((one for one in said if one.kind == "corrected"), key=_when):
        target = next(other for other in said if other.id == one.event)
        for name, value in one.fields.items():
            setattr(target, name, _read(name, value))
    model = Model(policy, newer)
    for _, one in sorted(enumerate(said), key=lambda pair: (*_when(pair[1]), pair[0])):
        model.take(one)
    return model


def _when(said: SimpleNamespace) -> tuple[datetime, datetime]:
    return said.at, said.recorded_at or said.at


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name == "at" else tuple(value)
