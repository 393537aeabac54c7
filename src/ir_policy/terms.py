"""The nouns every other module speaks in. Nothing here knows a rule, a log or the time."""

from __future__ import annotations

import re
from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from typing import Final, Generic, NewType, TypeVar, overload

from attrs import frozen

from ir_policy.errors import EventInvalid, Problem, QuestionInvalid

__all__ = [
    "NO",
    "UNKNOWN",
    "YES",
    "Basis",
    "Clause",
    "FrozenMap",
    "Phase",
    "Severity",
    "Source",
    "Truth",
    "instant",
    "is_id",
    "nearest",
    "rfc3339",
]

Clause = NewType("Clause", str)
"""Where in its document a rule comes from: ``severity-matrix/recovery-target``, ``art-33-1``."""


class Severity(Enum):
    """How bad an incident is: ``SEV0`` is the worst, ``SEV3`` the mildest.

    A plain enum on purpose: as a number the worst level would be zero, hence false, and "worse" would mean
    "smaller". Ask :meth:`worse_than`.
    """

    SEV0 = "SEV0"
    SEV1 = "SEV1"
    SEV2 = "SEV2"
    SEV3 = "SEV3"

    __hash__ = object.__hash__  # each member is one object; the inherited hash is many times slower

    def __init__(self, _: str) -> None:
        self._row = len(type(self).__members__)

    @property
    def index(self) -> int:
        """Position in the matrix, 0 for the worst row."""
        return self._row

    def worse_than(self, other: Severity) -> bool:
        """Whether this level is strictly worse than the other."""
        if not isinstance(other, Severity):
            raise QuestionInvalid([Problem("severity", "is not a level", "compare with ir.Severity.SEV1")])
        return self._row < other._row

    def raised(self, levels: int) -> Severity:
        """This level made worse by so many levels, capped at the worst one."""
        return LEVELS[max(0, self._row - levels)]


LEVELS: Final = tuple(Severity)


def worst(*levels: Severity | None) -> Severity | None:
    """The worst of the levels given; ``None`` stands for "no level" and never wins."""
    found: Severity | None = None
    for level in levels:
        if level is not None and (found is None or level.index < found.index):
            found = level
    return found


class Truth(Enum):
    """What was reported about a fact. Not known is never no and never yes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise QuestionInvalid(
            [Problem("truth", "a fact is yes, no or unknown, never true or false", "compare with `is ir.YES`")]
        )


YES: Final = Truth.YES
NO: Final = Truth.NO
UNKNOWN: Final = Truth.UNKNOWN


class Phase(Enum):
    """The six phases of a response, in order."""

    DETECT = "detect"
    ASSESS = "assess"
    CONTAIN = "contain"
    ERADICATE = "eradicate"
    RECOVER = "recover"
    CLOSE = "close"

    __hash__ = object.__hash__


class Basis(Enum):
    """What stands behind a limit. The first three bind; guidance and advisory limits only inform."""

    STATUTE = "statute"
    CONTRACT = "contract"
    POLICY = "policy"
    GUIDANCE = "guidance"
    ADVISORY = "advisory"

    @property
    def binds(self) -> bool:
        """Whether missing a limit of this basis is a breach."""
        return self not in (Basis.GUIDANCE, Basis.ADVISORY)


@frozen
class Source:
    """Where a number or a rule comes from outside the company: which law, when it was read, what is sure of it."""

    cite: str
    checked: date | None = None
    """The day somebody last compared the document with the source."""
    review_by: date | None = None
    """The day by which somebody must compare it again."""
    in_force_from: date | None = None
    in_force_to: date | None = None
    """First day on which the rule no longer applies."""
    evidence: str = ""
    """``read in the primary text``, ``secondary`` or ``unverified``."""


K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


class FrozenMap(Mapping[K, V], Generic[K, V]):
    """A mapping nobody can change. Unlike a read-only view it owns its items, can be hashed and pickled."""

    __slots__ = ("_items",)
    _items: dict[K, V]

    def __init__(self, items: Mapping[K, V] | None = None) -> None:
        object.__setattr__(self, "_items", dict(items or {}))

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    # What Mapping would build on the item alone, in many times the time.
    def __contains__(self, key: object) -> bool:
        return key in self._items

    @overload
    def get(self, key: K) -> V | None: ...
    @overload
    def get(self, key: K, default: V) -> V: ...
    @overload
    def get(self, key: K, default: T) -> V | T: ...
    def get(self, key: K, default: object = None) -> object:
        return self._items.get(key, default)

    def keys(self) -> KeysView[K]:
        return self._items.keys()

    def values(self) -> ValuesView[V]:
        return self._items.values()

    def items(self) -> ItemsView[K, V]:
        return self._items.items()

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"FrozenMap({self._items!r})"

    def __hash__(self) -> int:
        return hash(frozenset(self._items))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a FrozenMap does not change")

    def __reduce__(self) -> tuple[type[FrozenMap[K, V]], tuple[dict[K, V]]]:
        return FrozenMap, (self._items,)


# --- instants -------------------------------------------------------------------------------------------

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=timezone.utc)
LATEST: Final = datetime(2100, 1, 1, tzinfo=timezone.utc)
MICROSECOND: Final = timedelta(microseconds=1)


def instant(value: object, where: str, error: type[QuestionInvalid] | type[EventInvalid] = QuestionInvalid) -> datetime:
    """An aware instant as UTC.

    Naive datetimes, local times that do not exist or exist twice, nanoseconds and instants outside 2000 to
    2100 are refused with ``error``: each would need a guess.
    """
    if type(value) is datetime and value.tzinfo is timezone.utc and EARLIEST <= value < LATEST:
        return value  # the usual case, and already what is promised
    what, hint = _flaw(value)
    if what:
        raise error([Problem(where, what, hint)])
    assert isinstance(value, datetime)
    utc = value.astimezone(timezone.utc)
    # A plain datetime whatever subclass came in, so that equal instants are equal values everywhere.
    return datetime(utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.microsecond, timezone.utc)


def _flaw(value: object) -> tuple[str, str]:
    """What is wrong with a would-be instant, and the way out; two empty strings when nothing is."""
    if not isinstance(value, datetime):
        return f"an instant is a datetime, not {_kind(value)}", "pass an aware datetime such as one in UTC"
    if getattr(value, "nanosecond", 0):
        return "an instant has microseconds, this one has nanoseconds", "round it yourself first"
    try:
        offset = value.utcoffset()
    except Exception:  # a time zone may be anybody's code
        return "the time zone of this instant says no offset", "pass the instant in UTC"
    try:
        if offset is None:
            return (
                f"'{value.isoformat()}' has no time zone",
                "attach one, such as datetime.timezone.utc; the library does not guess",
            )
        in_utc = value.astimezone(timezone.utc)
        if not EARLIEST <= in_utc < LATEST:
            return f"'{value.isoformat()}' is outside the years 2000 to 2100", "check the year"
        back = in_utc.astimezone(value.tzinfo)
        if back.replace(tzinfo=None) != value.replace(tzinfo=None):
            return (
                f"local time '{value.replace(tzinfo=None).isoformat()}' does not exist in {value.tzinfo}: "
                f"the clocks went forward",
                "pass the instant in UTC",
            )
        other = value.replace(fold=1)
        if value.fold == 0 and other.utcoffset() != offset:
            first, second = (rfc3339(at.astimezone(timezone.utc)) for at in (value, other))
            return (
                f"local time '{value.replace(tzinfo=None).isoformat()}' happens twice in {value.tzinfo}",
                f"pass it in UTC: {first} or {second}",
            )
    except OverflowError:
        return f"'{value.isoformat()}' is outside the years 2000 to 2100", "check the year"
    except Exception:
        return "the time zone of this instant cannot be computed with", "pass the instant in UTC"
    return "", ""


def _kind(value: object) -> str:
    """A type in the words of a person who does not write Python."""
    return {
        type(None): "nothing", str: "text", bool: "true or false", int: "a number", float: "a number",
        list: "a list", tuple: "a list", dict: "a mapping", date: "a date",
    }.get(type(value), "something else")  # fmt: skip


def rfc3339(at: datetime) -> str:
    """An instant in UTC as text; microseconds only where there are any."""
    text = at.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{at.microsecond:06d}Z" if at.microsecond else f"{text}Z"


# --- words a document and a log share --------------------------------------------------------------------

FINDINGS: Final = (
    "suspected",
    "believed",
    "aware",
    "confirmed",
    "statement-completed",
    "not-a-breach",
    "remediated",
)
OUTCOMES: Final = ("resolved", "false-positive", "duplicate", "superseded", "out-of-scope")
LOWERINGS: Final = ("classified-in-error", "situation-improved")
STAGES: Final = ("initial", "supplementary", "final")
_DRAFT: Final = (("notice", "digest", "duties", "recipients"), ("states", "template", "next_update_by", "stage"))
_ASKED: Final = (("notice", "digest"), ("role", "reason"))
_JUDGED: Final = (("notice", "digest"), ("role", "reason", "until"))
_ABOUT: Final = ("duties", "recipients", "states", "template", "next_update_by", "stage", "reasons_for_delay")
_AFTERWARDS: Final = (("notice",), ("digest", "channel", "evidence", "reason", *_ABOUT))
_HANDOVER: Final[tuple[tuple[str, ...], tuple[str, ...]]] = (("role", "person", "to"), ())

EVENT_FIELDS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "detected": (("source",), ("summary", "impact_started", "drill")),
    "facts-reported": (("facts",), ("since",)),
    "severity-decided": (("severity",), ("reason", "lowering")),
    "role-taken": (("role", "person"), ("acting",)),
    "role-released": (("role", "person"), ("acting",)),
    "handover-offered": _HANDOVER,
    "handover-accepted": _HANDOVER,
    "handover-declined": _HANDOVER,
    "channel-opened": (("channel",), ()),
    "page-sent": (("level", "person"), ("outcome",)),
    "page-acknowledged": (("level", "person"), ("outcome",)),
    "page-failed": (("level", "person"), ("outcome",)),
    "phase-entered": (("phase",), ("reason",)),
    "phase-not-applicable": (("phase",), ("reason",)),
    "step-done": (("step",), ("evidence",)),
    "documented": (("summary", "disposition"), ()),
    "notice-drafted": _DRAFT,
    "notice-edited": _DRAFT,
    "notice-review-requested": _ASKED,
    "notice-reviewed": _JUDGED,
    "notice-approved": _JUDGED,
    "notice-rejected": (("notice", "digest", "reason"), ("role",)),
    "notice-sent": ((), ("notice", "digest", "channel", "evidence", *_ABOUT)),
    "notice-delivered": _AFTERWARDS,
    "notice-failed": _AFTERWARDS,
    "notice-withdrawn": _AFTERWARDS,
    "breach-finding": (("finding",), ("since", "role", "position", "reason")),
    "processor-told": (("vendor",), ()),
    "ransom-paid": ((), ("amount_known",)),
    "not-notifying": (("duty", "recipient", "ground", "reason"), ("role",)),
    "hold-started": (("scope",), ("until", "role", "reason")),
    "hold-extended": (("scope", "until"), ("role", "reason")),
    "hold-released": (("scope",), ("until", "role", "reason")),
    "recovered": ((), ("evidence",)),
    "postmortem-distributed": ((), ("evidence",)),
    "closed": (("outcome",), ("reason",)),
    "reopened": (("reason",), ()),
    "merged": (("into", "reason"), ()),
    "waived": (("reason",), ("obligation", "gate", "role")),
    "action-opened": (("action", "owner", "due"), ()),
    "action-closed": (("action",), ("owner", "due")),
    "evidence-moved": (("item", "person", "to"), ("reason",)),
    "programme-opened": ((), ()),
    "drill-held": (("drill",), ("covers", "evidence")),
    "review-held": (("drill",), ("covers", "evidence")),
    "readiness-attested": (("duty",), ("evidence",)),
    "policy-adopted": (("policy", "reason"), ("role",)),
    "corrected": (("event", "fields", "reason", "evidence"), ("role",)),
    "note": (("text",), ()),
}
"""Every kind of event: the fields each one must and may hold beside those all share."""
EVENT_KINDS: Final = tuple(EVENT_FIELDS)
OF_PROGRAMMES: Final = frozenset({"programme-opened", "drill-held", "review-held", "readiness-attested"})
"""Kinds that only the log of a programme holds."""
OF_INCIDENTS: Final = tuple(kind for kind in EVENT_KINDS if kind not in OF_PROGRAMMES)
"""Kinds that happen in incidents: the rules of a policy speak of these."""
OF_ACTIONS: Final = frozenset({"action-opened", "action-closed"})
"""Kinds that either log holds; in that of a programme they may say which incident they come from."""
OF_BOTH: Final = frozenset({*OF_ACTIONS, "corrected", "note"})
"""Kinds that either log holds; all others belong to an incident."""
EVENT_INSTANTS: Final = {
    "detected": ("impact_started",), "facts-reported": ("since",), "notice-drafted": ("next_update_by",),
    "notice-edited": ("next_update_by",), "notice-sent": ("next_update_by",), "breach-finding": ("since",),
    "notice-delivered": ("next_update_by",), "notice-failed": ("next_update_by",), "notice-withdrawn": ("next_update_by",),
    "notice-reviewed": ("until",), "notice-approved": ("until",),
    "hold-started": ("until",), "hold-extended": ("until",), "hold-released": ("until",), "action-opened": ("due",),
    "action-closed": ("due",),
}  # fmt: skip
"""Fields beside ``at`` and ``recorded_at`` that hold an instant: a mark can be set from these."""


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spaces: the same value gives the same bytes everywhere."""
    import json

    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
"""The dialect all our JSON Schemas are written in."""


def schema_id(name: str) -> str:
    """The name of a published schema; its number goes up when what it describes can no longer be read as before."""
    return f"urn:ir-policy:schema:{name}:1"


# --- characters -----------------------------------------------------------------------------------------

HIDDEN: Final = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What no document and no event may hold, for a character class: controls, half characters, line separators and all
that Unicode calls default-ignorable (bidirectional and zero-width characters among it), save the variation selectors
that emoji need."""
MAX_MARKS: Final = 30
"""Accents on one letter; Unicode's stream-safe bound. Normalising an endless pile takes quadratic time."""


_UNSHOWN: Final = re.compile(rf"[\t\n{HIDDEN}]")


def show(text: str, longest: int = 60) -> str:
    """An excerpt fit for one line of a message."""
    shown = _UNSHOWN.sub(lambda bad: bad[0].encode("unicode_escape").decode(), text[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[: longest - 3]}..."


def piled(text: str) -> bool:
    """Whether some letter carries more accents than any script needs."""
    if text.isascii():
        return False
    import unicodedata

    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run > MAX_MARKS:
            return True
    return False


# --- ids ------------------------------------------------------------------------------------------------

ID_FORM: Final = "[a-z0-9]+(?:[-.][a-z0-9]+)*(?:/[a-z0-9]+(?:[-.][a-z0-9]+)*)*"
"""An id as a regular expression of the common kind."""
_ID: Final = re.compile(ID_FORM, re.ASCII)


def is_id(text: object) -> bool:
    """Whether the text is an id: lower-case ASCII words joined by ``-``, documents by ``.``, groups by ``/``."""
    return isinstance(text, str) and len(text) <= 200 and _ID.fullmatch(text) is not None


MANY_WORDS: Final = 300


def nearest(word: str, known: object) -> str:
    """A hint naming the closest known word, or an empty string."""
    import difflib  # only when somebody mistyped: costs 10 ms

    words = sorted(known)  # type: ignore[call-overload]
    if len(words) > MANY_WORDS:  # comparing with every one would take seconds; most slips leave the beginning right
        words = [other for other in words if other[:3] == word[:3]][:MANY_WORDS]
    close = difflib.get_close_matches(word[:200], words, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else ""
