"""The closed set of events: what can be said to have happened, defined once.

An event is a value: made complete or refused with every problem named, never changed. Kinds with the same fields
share one class; :data:`KINDS` says which fields each kind must and may carry. Nothing here knows what an event
leads to.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any, ClassVar, Final, TypeVar, cast

from attrs import Attribute, field, fields, frozen

from ir_policy.errors import EventInvalid, Problem
from ir_policy.log.fields import KINDS_OF_VALUE, PolicyPin, parse_instant, plain, read_value
from ir_policy.terms import (
    EVENT_FIELDS,
    MICROSECOND,
    OF_ACTIONS,
    OF_BOTH,
    OF_PROGRAMMES,
    FrozenMap,
    Phase,
    Severity,
    Truth,
    canonical_json,
    is_id,
    nearest,
    show,
)

__all__ = [
    "KINDS", "ActionEvent", "BreachFinding", "ChannelOpened", "Closed", "Corrected", "Detected", "Documented",
    "Event", "EvidenceMoved", "FactsReported", "Hold", "Merged", "Milestone", "Note", "NotNotifying", "Notice", "Opaque", "Page",
    "PhaseChange", "PolicyAdopted", "ProcessorTold", "ProgrammeOpened", "RansomPaid", "ReadinessAttested", "Reopened", "RoleChange",
    "Session", "SeverityDecided", "StepDone", "Waived", "event_from_wire", "kinds_of_value", "to_wire",
]  # fmt: skip

T = TypeVar("T")


def _field(kind: str, default: object = None) -> Any:
    """A field holding that kind of value; ``None``, empty and ``False`` mean "not said"."""
    return field(default=default, metadata={"kind": kind})


@frozen(kw_only=True, eq=False, repr=False)
class Event:
    """What every event says: which kind, of which incident or programme, when it happened, when the log learnt it, who.

    Either ``incident`` or ``programme`` names the log it belongs to; an action of a programme may say both, and then
    ``incident`` is where it comes from.
    ``at`` is when it happened; with ``precision`` it is the first instant of that minute, day or month.
    ``recorded_at`` is when the log learnt it, unknown when left out. ``id`` defaults to a digest of the rest, so the
    same words give the same id. Raises :class:`~ir_policy.errors.EventInvalid` with every problem at once.
    """

    only_kind: ClassVar[str] = ""

    kind: str = field(default="")
    incident: str = _field("label", "")
    at: datetime = _field("instant")
    by: str = _field("name")
    id: str = _field("label", "")
    recorded_at: datetime | None = _field("instant")
    precision: str = _field("precision", "")
    programme: str = _field("label", "")
    offset: timedelta = field(default=timedelta(0), init=False)
    """The offset an imprecise ``at`` was given in: it says which day or month is meant."""

    def __attrs_post_init__(self) -> None:
        given = self.at
        if not self.kind:
            object.__setattr__(self, "kind", self.only_kind)
        if not isinstance(self.kind, str):
            raise EventInvalid([Problem("kind", "is not text", "say what happened, such as detected")])
        object.__setattr__(self, "kind", plain(self.kind))
        problems = [*self._read_fields(), *_missing(self)]
        if not problems and self.precision:
            problems = self._keep_offset(given)
        if not problems:
            problems = list(_out_of_order(self))
        if problems:
            raise EventInvalid(problems)
        if not self.id:
            object.__setattr__(self, "id", _digest(self))

    def _read_fields(self) -> list[Problem]:
        """Freeze every field given; what is wrong with those that cannot be."""
        problems = []
        for attribute in _readable(cast(Hashable, type(self))):
            given = getattr(self, attribute.name)
            if _left_out(attribute, given):
                continue
            value, problem = read_value(attribute.metadata["kind"], given, attribute.name)
            if problem is None:
                object.__setattr__(self, attribute.name, value)
            else:
                problems.append(Problem(attribute.name, problem.what, problem.hint))
        return problems

    def _keep_offset(self, given: object) -> list[Problem]:
        """Remember in which offset an imprecise instant was said; it must be the first one of its minute, day or month."""
        local = parse_instant(given) if isinstance(given, str) else cast(datetime, given)
        object.__setattr__(self, "offset", local.utcoffset() or timedelta(0))
        first = local.replace(second=0, microsecond=0)
        if self.precision != "minute":
            first = first.replace(hour=0, minute=0)
        if self.precision == "month":
            first = first.replace(day=1)
        if first == local:
            return []
        what = f"is not the first instant of its {self.precision} in the offset given"
        return [Problem("at", what, f"write {first.isoformat()}")]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Event) and to_wire(self) == to_wire(other)

    def __hash__(self) -> int:
        return hash((self.kind, self.id))

    def says_the_same(self, other: Event) -> bool:
        """Whether both say that the same happened: everything but ``recorded_at``, which says when a log learnt it.

        So an event that is sent again, and recorded anew on the way, is still the same one.
        """
        if type(self) is not type(other):
            return False
        one, another = to_wire(self), to_wire(other)
        one.pop("recorded_at", None)
        another.pop("recorded_at", None)
        return one == another

    @property
    def stream(self) -> str:
        """Whose log it belongs to, in words: ``programme 'p'`` where it names one, else ``incident 'i'``."""
        return f"programme '{self.programme}'" if self.programme else f"incident '{self.incident}'"

    def shares_log_with(self, other: Event) -> bool:
        """Whether both belong to one log: in that of a programme an action may come from any incident."""
        return self.programme == other.programme and (self.programme != "" or self.incident == other.incident)

    def strays_from(self, other: Event, called: str) -> str:
        """In words whose log this event belongs to, and whose the other one, ``called`` so, with which it stands."""
        kind, _, name = other.stream.partition(" ")
        alike = self.stream.startswith(f"{kind} ")
        return f"this event belongs to {self.stream}, {called} to {name if alike else other.stream}"

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in to_wire(self).items() if name != "kind")
        return f"<{self.kind} {said}>"

    @property
    def latest(self) -> datetime:
        """The last instant ``at`` can mean at this precision; ``at`` itself when it is exact."""
        if not self.precision:
            return self.at
        end = _end_of_month(self.at, self.offset) if self.precision == "month" else self.at + _SPANS[self.precision]
        return end - MICROSECOND


@frozen(kw_only=True, eq=False, repr=False)
class Detected(Event):
    """A signal of the incident. It may come again for an earlier signal that was linked later."""

    only_kind: ClassVar[str] = "detected"
    source: str = _field("label")
    summary: str = _field("text", "")
    impact_started: datetime | None = _field("instant")
    drill: bool = _field("flag", False)


@frozen(kw_only=True, eq=False, repr=False)
class FactsReported(Event):
    """Facts as yes, no or unknown. ``since`` is since when the reporter held them, not since when they were so."""

    only_kind: ClassVar[str] = "facts-reported"
    facts: Mapping[str, Truth] = _field("truths")
    since: datetime | None = _field("instant")


@frozen(kw_only=True, eq=False, repr=False)
class SeverityDecided(Event):
    """Somebody set the level: the commander decides, anybody may raise."""

    only_kind: ClassVar[str] = "severity-decided"
    severity: Severity = _field("severity")
    reason: str = _field("text", "")
    lowering: str = _field("lowering", "")


@frozen(kw_only=True, eq=False, repr=False)
class RoleChange(Event):
    """A role was taken, released or handed over (``role-taken``, ``handover-accepted``, …)."""

    role: str = _field("id")
    person: str = _field("name", "")
    to: str = _field("name", "")
    acting: bool = _field("flag", False)


@frozen(kw_only=True, eq=False, repr=False)
class Page(Event):
    """A page to a person on call went out, was acknowledged or failed."""

    level: str = _field("id")
    person: str = _field("name")
    outcome: str = _field("label", "")


@frozen(kw_only=True, eq=False, repr=False)
class PhaseChange(Event):
    """A phase was entered, or found not applicable."""

    phase: Phase = _field("phase")
    reason: str = _field("text", "")


@frozen(kw_only=True, eq=False, repr=False)
class StepDone(Event):
    """A step of the response was carried out."""

    only_kind: ClassVar[str] = "step-done"
    step: str = _field("id")
    evidence: tuple[str, ...] = _field("references", ())


@frozen(kw_only=True, eq=False, repr=False)
class ChannelOpened(Event):
    """A channel in which the incident is worked on was opened."""

    only_kind: ClassVar[str] = "channel-opened"
    channel: str = _field("label")


@frozen(kw_only=True, eq=False, repr=False)
class Documented(Event):
    """The incident was written down: what it was and what became of it."""

    only_kind: ClassVar[str] = "documented"
    summary: str = _field("text")
    disposition: str = _field("text")


@frozen(kw_only=True, eq=False, repr=False)
class Notice(Event):
    """A message in its life: drafted, edited, reviewed, approved, sent, delivered, failed, withdrawn.

    ``duties`` and ``recipients`` say what it is meant to meet and for whom, ``states`` which required fields its
    text carries. ``digest`` binds reviews and approvals to the exact text; the text itself is never held. ``until`` is the
    last instant a review or an approval is good for.
    """

    notice: str = _field("label", "")
    digest: str = _field("label", "")
    duties: tuple[str, ...] = _field("ids", ())
    recipients: tuple[str, ...] = _field("ids", ())
    states: tuple[str, ...] = _field("ids", ())
    template: str = _field("label", "")
    next_update_by: datetime | None = _field("instant")
    until: datetime | None = _field("instant")
    role: str = _field("id", "")
    reason: str = _field("text", "")
    channel: str = _field("label", "")
    evidence: tuple[str, ...] = _field("references", ())
    stage: str = _field("stage", "")
    reasons_for_delay: str = _field("text", "")


@frozen(kw_only=True, eq=False, repr=False)
class BreachFinding(Event):
    """Somebody concluded something about personal data; ``since`` is since when the grounds were held."""

    only_kind: ClassVar[str] = "breach-finding"
    finding: str = _field("finding")
    since: datetime | None = _field("instant")
    role: str = _field("id", "")
    position: str = _field("position", "")
    reason: str = _field("text", "")


@frozen(kw_only=True, eq=False, repr=False)
class ProcessorTold(Event):
    """A processor told us of a breach; our own clock starts at our receipt."""

    only_kind: ClassVar[str] = "processor-told"
    vendor: str = _field("label")


@frozen(kw_only=True, eq=False, repr=False)
class RansomPaid(Event):
    """A ransom was paid, whether or not the amount is known."""

    only_kind: ClassVar[str] = "ransom-paid"
    amount_known: bool = _field("flag", False)


@frozen(kw_only=True, eq=False, repr=False)
class NotNotifying(Event):
    """A decision, with its ground, that one duty to one recipient is not owed."""

    only_kind: ClassVar[str] = "not-notifying"
    duty: str = _field("id")
    recipient: str = _field("id")
    ground: str = _field("text")
    role: str = _field("id", "")
    reason: str = _field("text")


@frozen(kw_only=True, eq=False, repr=False)
class Hold(Event):
    """The freeze of data-subject requests was started, extended or released."""

    scope: str = _field("text", "")
    until: datetime | None = _field("instant")
    role: str = _field("id", "")
    reason: str = _field("text", "")


@frozen(kw_only=True, eq=False, repr=False)
class Milestone(Event):
    """Service was restored (``recovered``), or the postmortem went out (``postmortem-distributed``)."""

    evidence: tuple[str, ...] = _field("references", ())


@frozen(kw_only=True, eq=False, repr=False)
class Closed(Event):
    """The incident was closed, and how it ended."""

    only_kind: ClassVar[str] = "closed"
    outcome: str = _field("outcome")
    reason: str = _field("text", "")


@frozen(kw_only=True, eq=False, repr=False)
class Reopened(Event):
    """The incident came back: a new episode begins, with new service clocks and the same privacy clocks."""

    only_kind: ClassVar[str] = "reopened"
    reason: str = _field("text")


@frozen(kw_only=True, eq=False, repr=False)
class Merged(Event):
    """The incident goes on as another one; its log stays as it is."""

    only_kind: ClassVar[str] = "merged"
    into: str = _field("label")
    reason: str = _field("text")


@frozen(kw_only=True, eq=False, repr=False)
class Waived(Event):
    """Somebody with the power released an obligation (by key) or a gate (by id)."""

    only_kind: ClassVar[str] = "waived"
    obligation: str = _field("label", "")
    gate: str = _field("id", "")
    role: str = _field("id", "")
    reason: str = _field("text")


@frozen(kw_only=True, eq=False, repr=False)
class ProgrammeOpened(Event):
    """A programme of drills, reviews and readiness begins; ``at`` is the first day of which anything is owed."""

    only_kind: ClassVar[str] = "programme-opened"


@frozen(kw_only=True, eq=False, repr=False)
class Session(Event):
    """An exercise was held (``drill-held``) or a review (``review-held``), and which scenarios it covered."""

    drill: str = _field("id")
    covers: tuple[str, ...] = _field("ids", ())
    evidence: tuple[str, ...] = _field("references", ())


@frozen(kw_only=True, eq=False, repr=False)
class ReadinessAttested(Event):
    """Somebody looked and confirms that something the policy takes for granted is still so."""

    only_kind: ClassVar[str] = "readiness-attested"
    duty: str = _field("id")
    evidence: tuple[str, ...] = _field("references", ())


@frozen(kw_only=True, eq=False, repr=False)
class ActionEvent(Event):
    """A follow-up action was opened or closed."""

    action: str = _field("label")
    owner: str = _field("name", "")
    due: datetime | None = _field("instant")


@frozen(kw_only=True, eq=False, repr=False)
class EvidenceMoved(Event):
    """An item of evidence went from the person who had it to another; ``item`` is the reference other events give it."""

    only_kind: ClassVar[str] = "evidence-moved"
    item: str = _field("reference")
    person: str = _field("name")
    to: str = _field("name")
    reason: str = _field("text", "")


@frozen(kw_only=True, eq=False, repr=False)
class PolicyAdopted(Event):
    """The incident goes on under another version of its policy; what runs already is kept, and may only get stricter."""

    only_kind: ClassVar[str] = "policy-adopted"
    policy: PolicyPin = _field("pin")
    role: str = _field("id", "")
    reason: str = _field("text")


@frozen(kw_only=True, eq=False, repr=False)
class Corrected(Event):
    """An earlier event was recorded wrongly; ``fields`` holds the wire values that should have stood there."""

    only_kind: ClassVar[str] = "corrected"
    event: str = _field("label")
    fields: Mapping[str, object] = _field("wire")
    role: str = _field("id", "")
    reason: str = _field("text")
    evidence: tuple[str, ...] = _field("references", ())


@frozen(kw_only=True, eq=False, repr=False)
class Note(Event):
    """Something worth keeping that no other kind says; it changes nothing."""

    only_kind: ClassVar[str] = "note"
    text: str = _field("text")


@frozen(kw_only=True, eq=False, repr=False)
class Opaque(Event):
    """An event of a kind this version does not know. It is kept whole and marks the incident incomplete."""

    fields: Mapping[str, object] = _field("wire", FrozenMap())


@frozen(eq=False, repr=False)
class KindOfEvent:
    """Which class carries a kind, which of its fields must be there and which may."""

    cls: type[Event]
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


_CLASSES: Final[Mapping[str, type[Event]]] = {
    "detected": Detected, "facts-reported": FactsReported, "severity-decided": SeverityDecided,
    "role-taken": RoleChange, "role-released": RoleChange, "handover-offered": RoleChange,
    "handover-accepted": RoleChange, "handover-declined": RoleChange, "channel-opened": ChannelOpened,
    "page-sent": Page, "page-acknowledged": Page, "page-failed": Page, "phase-entered": PhaseChange,
    "phase-not-applicable": PhaseChange, "step-done": StepDone, "documented": Documented, "notice-drafted": Notice,
    "notice-edited": Notice, "notice-review-requested": Notice, "notice-reviewed": Notice, "notice-approved": Notice,
    "notice-rejected": Notice, "notice-sent": Notice, "notice-delivered": Notice, "notice-failed": Notice,
    "notice-withdrawn": Notice, "breach-finding": BreachFinding, "processor-told": ProcessorTold,
    "ransom-paid": RansomPaid, "not-notifying": NotNotifying, "hold-started": Hold, "hold-extended": Hold,
    "hold-released": Hold, "recovered": Milestone, "postmortem-distributed": Milestone, "closed": Closed,
    "reopened": Reopened, "merged": Merged, "waived": Waived, "action-opened": ActionEvent,
    "action-closed": ActionEvent, "evidence-moved": EvidenceMoved, "programme-opened": ProgrammeOpened, "drill-held": Session, "review-held": Session,
    "readiness-attested": ReadinessAttested, "policy-adopted": PolicyAdopted, "corrected": Corrected, "note": Note,
}  # fmt: skip

KINDS: Final[FrozenMap[str, KindOfEvent]] = FrozenMap(
    {kind: KindOfEvent(_CLASSES[kind], must, may) for kind, (must, may) in EVENT_FIELDS.items()}
)

_COMMON_REQUIRED: Final = ("at", "by")
COMMON: Final = ("kind", "id", "incident", "programme", "at", "recorded_at", "by", "precision")


def event_from_wire(line: Mapping[str, object], *, id_needed: bool = True) -> Event:
    """The event one line of a log says. A kind this version does not know stays opaque.

    On the wire an event must say its id; ``id_needed=False`` lets it default, as in Python.

    Raises :class:`~ir_policy.errors.EventInvalid` with every problem: unknown, missing and malformed fields.
    """
    if not all(isinstance(name, str) for name in line):
        raise EventInvalid([Problem("event", "has a field whose name is not text", "name each field by a word")])
    kind = line.get("kind")
    if not isinstance(kind, str) or not kind:
        raise EventInvalid([Problem("kind", "the event has no kind", "say what happened, such as detected")])
    if not is_id(kind):
        hint = "use lower-case words joined by '-'"
        raise EventInvalid([Problem("kind", f"'{show(kind)}' can be no kind of event", hint)])
    if kind not in KINDS:
        return _opaque(kind, line)
    known = KINDS[kind]
    problems = _unknown_fields(kind, line)
    empty = sorted(name for name, value in line.items() if value is None and name != "id" and name in _allowed(kind))
    problems += [Problem(name, "says nothing (null)", "leave the field out") for name in empty]
    blank = sorted(name for name, value in line.items() if value == "" and name in _optional_texts(kind))
    problems += [Problem(name, "is empty", "leave the field out or say something") for name in blank]
    said = {name: line[name] for name in line if name in _allowed(kind)}
    if id_needed and not line.get("id"):
        problems.append(Problem("id", "the event has no id", "give each event one id of its own"))
    try:
        event = known.cls(**cast(dict[str, Any], said))
    except EventInvalid as error:
        raise EventInvalid([*problems, *error.problems]) from None
    if problems:
        raise EventInvalid(problems)
    return event


def to_wire(event: Event) -> dict[str, object]:
    """The event as plain JSON material, without the fields nobody filled in."""
    line: dict[str, object] = {"kind": event.kind}
    for attribute in _readable(cast(Hashable, type(event))):
        value = getattr(event, attribute.name)
        if not _unsaid(value):
            line[attribute.name] = KINDS_OF_VALUE[attribute.metadata["kind"]].write(value)
    if event.precision:
        line["at"] = event.at.astimezone(timezone(event.offset)).isoformat().replace("+00:00", "Z")
    if isinstance(event, Opaque):
        line.update(cast(dict[str, object], line.pop("fields", {})))
    return line


def kinds_of_value(kind: str) -> dict[str, str]:
    """The fields of a kind, and what kind of value each holds."""
    return {a.name: a.metadata["kind"] for a in _readable(cast(Hashable, KINDS[kind].cls))}


# --- helpers --------------------------------------------------------------------------------------------

_SPANS: Final = {"minute": timedelta(minutes=1), "day": timedelta(days=1)}


@cache
def _readable(cls: Hashable) -> tuple[Attribute[Any], ...]:
    """The fields of a class that hold values of a kind; worked out once for each class."""
    return tuple(a for a in fields(cast(type[Event], cls)) if "kind" in a.metadata)


def _unsaid(value: object) -> bool:
    return value is None or value is False or value == "" or (isinstance(value, (tuple, FrozenMap)) and not value)


def _left_out(attribute: Attribute[Any], given: object) -> bool:
    """Whether whoever made the event did not say this: only a flag is left out by a no, only a text by an empty one."""
    if isinstance(given, str) and not given:
        return attribute.default in (None, "") and attribute.metadata["kind"] != "instant"
    return given is None or (type(given) is type(attribute.default) and _unsaid(given))


@cache
def _allowed(kind: str) -> frozenset[str]:
    known = KINDS[kind]
    streams = {"incident", "programme"} if kind in OF_BOTH else {"programme" if kind in OF_PROGRAMMES else "incident"}
    return frozenset((*COMMON, *known.required, *known.optional)) - {"incident", "programme"} | streams


@cache
def _optional_texts(kind: str) -> frozenset[str]:
    """Fields that hold text where somebody has some to say; an empty one is said only by mistake."""
    known = KINDS[kind]
    readable = _readable(cast(Hashable, known.cls))
    texts = {a.name for a in readable if a.default == ""}
    return frozenset((texts & _allowed(kind)) - {"id", *known.required})


def _missing(event: Event) -> list[Problem]:
    """Fields that must be there and are not, and fields this kind has no use for."""
    if isinstance(event, Opaque):
        needed: tuple[str, ...] = _COMMON_REQUIRED
    elif event.kind not in KINDS or not isinstance(event, KINDS[event.kind].cls):
        return [_wrong_kind(event)]
    else:
        needed = (*_COMMON_REQUIRED, *KINDS[event.kind].required)
    said = {a.name for a in _readable(cast(Hashable, type(event))) if not _left_out(a, getattr(event, a.name))}
    problems = _no_stream(event.kind, "incident" in said, "programme" in said)
    problems += [Problem(name, f"'{event.kind}' must say {name}") for name in needed if name not in said]
    if event.kind in KINDS:
        problems += _unknown_fields(event.kind, dict.fromkeys(said))
    return problems


def _no_stream(kind: str, incident: bool, programme: bool) -> list[Problem]:
    """Why an event belongs to no log, or to two of them."""
    if kind in OF_PROGRAMMES:
        return [] if programme else [Problem("programme", f"'{kind}' must say programme")]
    if incident and programme and kind in OF_BOTH - OF_ACTIONS:
        return [Problem("programme", "an event belongs to an incident or to a programme", "leave one of them out")]
    if incident or (programme and kind not in KINDS):
        return []
    if kind in OF_BOTH:
        return (
            [] if programme else [Problem("incident", f"'{kind}' must say incident", "or programme, in the log of one")]
        )
    return [Problem("incident", f"'{kind}' must say incident")]


def _wrong_kind(event: Event) -> Problem:
    kinds = sorted(kind for kind, known in KINDS.items() if known.cls is type(event))
    if not kinds:
        return Problem("kind", "an event is made with the class of its kind", "use one such as ir.Detected")
    said = f"'{show(event.kind)}' is not a kind of this event" if event.kind else "the event has no kind"
    return Problem("kind", said, f"write one of: {', '.join(kinds)}")


def _unknown_fields(kind: str, line: Mapping[str, object]) -> list[Problem]:
    allowed = _allowed(kind)
    return [
        Problem(show(name), f"'{kind}' has no field of that name", nearest(name, allowed))
        for name in sorted(line)
        if name not in allowed
    ]


def _out_of_order(event: Event) -> list[Problem]:
    """Instants that contradict each other, and notices and waivers about nothing."""
    problems = []
    if event.recorded_at is not None and event.at > event.recorded_at:
        problems.append(Problem("at", "it happened after it was recorded", "check both instants"))
    since = getattr(event, "since", None)
    if since is not None and since > event.at:
        problems.append(
            Problem("since", "it is later than the event itself", "since is when the grounds were first held")
        )
    if event.kind == "notice-sent" and isinstance(event, Notice):
        if not event.notice and not (event.duties and event.recipients):
            problems.append(Problem("duties", "a sending names its draft, or its duties and recipients"))
    until = getattr(event, "until", None)
    if isinstance(event, Notice) and until is not None and until < event.at:
        problems.append(Problem("until", "it ended before it was given", "say the last instant it is good for"))
    if isinstance(event, Waived) and bool(event.obligation) == bool(event.gate):
        problems.append(Problem("obligation", "a waiver names one obligation or one gate"))
    if isinstance(event, Merged) and event.into == event.incident:
        problems.append(Problem("into", "it is merged into itself", "name the incident it goes on as"))
    return problems


def _opaque(kind: str, line: Mapping[str, object]) -> Event:
    common = {name: line[name] for name in COMMON if name in line}
    rest = {name: value for name, value in line.items() if name not in COMMON}
    if not line.get("id"):
        raise EventInvalid([Problem("id", "the event has no id", "give each event one id of its own")])
    event: Event = Opaque(**cast(dict[str, Any], common), fields=cast(Any, rest or FrozenMap()))
    return event


def _digest(event: Event) -> str:
    import hashlib

    line = to_wire(event)
    for name in ("id", "recorded_at"):  # who sends it again says the same, and is recorded later
        line.pop(name, None)
    return "e-" + hashlib.sha256(canonical_json(line).encode()).hexdigest()[:24]


def _end_of_month(first: datetime, offset: timedelta) -> datetime:
    """The first instant of the next month in that offset, as UTC."""
    local = first.astimezone(timezone(offset))
    following = (local.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following.astimezone(timezone.utc)
