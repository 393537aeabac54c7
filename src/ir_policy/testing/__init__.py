"""Strategies for tests of whatever embeds the library: instants, facts, events and whole logs under a policy.

Every word that is drawn (facts, members, steps, duties, recipients, gates, roles) comes from the policy given, so a
host's own document is covered as the shipped one is. Nothing in the package imports this module: it needs hypothesis,
which an embedder brings.

A log drawn here is well-formed, not well-behaved: its people forget, contradict each other, act without power and
report late, as people do::

    @given(log=logs(policy))
    def test_the_board_shows_every_breach(log):
        incident = ir.replay(policy, log)
        ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from ir_policy.calendar import start_of_day
from ir_policy.clocks import Elapsed, Immediate
from ir_policy.log.events import KINDS, Event
from ir_policy.log.fields import PolicyPin
from ir_policy.rules.model import Policy
from ir_policy.rules.succession import with_newer
from ir_policy.terms import FINDINGS, LOWERINGS, MICROSECOND, OF_PROGRAMMES, OUTCOMES, Phase, Severity, Truth, rfc3339
from ir_policy.testing.ways import forms, members, paged, paging_lengths, recipients_of, stages_of, way_to

__all__ = ["events", "facts", "instants", "logs", "told"]

Draw = Callable[[st.SearchStrategy[Any]], Any]

FIRST: Final = datetime(2024, 1, 1, tzinfo=timezone.utc)
LAST: Final = datetime(2028, 1, 1, tzinfo=timezone.utc)


def instants(first: datetime = FIRST, last: datetime = LAST) -> st.SearchStrategy[datetime]:
    """Aware instants in UTC, to the microsecond; half of them on a whole minute, where people and limits meet."""
    start, end = (at.astimezone(timezone.utc) for at in (first, last))
    minutes = st.integers(0, (end - start) // timedelta(minutes=1)).map(lambda n: start + timedelta(minutes=n))
    return minutes | st.integers(0, (end - start) // MICROSECOND).map(lambda n: start + n * MICROSECOND)


def facts(policy: Policy) -> st.SearchStrategy[dict[str, Truth]]:
    """What was reported about any facts the policy knows, members of families among them. It may be nothing."""
    return _words(policy).facts


def events(policy: Policy, incident: str = "inc-1") -> st.SearchStrategy[Event]:
    """A well-formed event of any kind, alone: what it refers to need not exist."""
    words = _words(policy)

    def alone(at: datetime, plan: _Plan) -> Event:
        return _made(words, plan, incident, "", at, at + plan.lag, None)

    return st.builds(alone, instants(), words.plans)


def logs(
    policy: Policy, max_size: int = 20, incident: str = "inc-1", newer: Iterable[Policy] = ()
) -> st.SearchStrategy[list[Event]]:
    """The log of one incident in the order it was recorded, beginning with a detection; every event has its own id.

    Policies in ``newer`` are adopted in some of them: replay these logs with ``adopted=newer``.

    Events share instants, come late, are dated back, are known to the minute, the day or the month, correct each
    other; recipients come and go; the incident is closed and reopened.
    """
    words = _words(with_newer(policy, tuple(newer)))

    def written(known: datetime, first: _Plan, chapters: list[tuple[_Plan, ...]]) -> list[Event]:
        log = [_made(words, first, incident, "e0", known, None, None)]
        for plan in [plan for chapter in chapters for plan in chapter][: max_size - 1]:
            known += plan.gap
            log.append(_made(words, plan, incident, f"e{len(log)}", known - plan.lag, known, log))
        return log

    # Left alone, lists are short; what goes wrong needs a story.
    chapters = st.integers(0, max_size - 1).flatmap(
        lambda least: st.lists(words.chapters, min_size=least, max_size=max_size - 1)
    )
    return st.builds(written, instants(), words.detections, chapters)


def told(kind: str, at: datetime, by: str = "somebody", incident: str = "", **said: object) -> Event:
    """An event of that kind; what it must say and decides nothing is filled in where you leave it out.

    With ``programme`` it belongs to that, otherwise to the incident, which is ``inc-1`` where none is said.
    Raises :class:`~ir_policy.errors.EventInvalid` as the event's class does.
    """
    known = KINDS[kind]
    filled = {name: value for name, value in _filled(at).items() if name in known.required}
    whose = {} if "programme" in said and not incident else {"incident": incident or "inc-1"}
    return known.cls(kind=kind, at=at, by=by, **whose, **{**filled, **said})  # type: ignore[arg-type]


def _filled(at: datetime) -> Mapping[str, object]:
    """Fields no rule looks at, or whose plain value decides nothing."""
    return {
        "source": "monitor", "summary": "what it was", "disposition": "what became of it", "channel": "bridge",
        "level": "first", "person": "somebody", "reason": "because", "notice": "n-1", "digest": "d-1",
        "vendor": "a vendor", "ground": "a ground", "scope": "all stores", "text": "a note", "into": "inc-2",
        "action": "a-1", "owner": "somebody", "due": at, "until": at, "outcome": "resolved", "evidence": ("e-1",),
        "drill": "an-exercise", "duty": "a-duty",
    }  # fmt: skip


# --- plans: what somebody will say, before it is known when ---------------------------------------------


class _Plan(NamedTuple):
    """One event without its place in time: lengths stand where instants will."""

    kind: str
    by: str
    said: dict[str, Any]
    gap: timedelta = timedelta(0)
    """How long after the event before it the log learns of it."""
    lag: timedelta = timedelta(0)
    """How long before that it happened."""
    recorded: bool = False
    precision: str = ""


def _made(
    words: _Words, plan: _Plan, incident: str, id_: str, at: datetime, known: datetime | None, log: list[Event] | None
) -> Event:
    """The event at its place; ``log`` is what stands before it."""
    at = _first_of(plan.precision, at, words.policy)
    said: dict[str, Any] = dict(plan.said)
    said |= {name: at + length for name, length in said.items() if isinstance(length, timedelta)}
    said |= {name: _in_form(text, at, log or (), words.policy) for name, text in said.items() if _is_form(text)}
    if plan.kind == "corrected":
        said |= _correction(said.pop("change"), log or ())
    recorded_at = max(known, at) if known is not None and plan.recorded else None
    return KINDS[plan.kind].cls(
        kind=plan.kind, incident=incident, at=at, by=plan.by, id=id_, recorded_at=recorded_at,
        precision=plan.precision, **said,
    )  # fmt: skip


def _first_of(precision: str, at: datetime, policy: Policy) -> datetime:
    """The first instant of the minute, day or month that holds the instant, in the offset that day has in the policy's zone."""
    if precision == "minute":
        return at.replace(second=0, microsecond=0)
    if not precision:
        return at
    day = policy.calendar.local_date(at)
    day = day.replace(day=1) if precision == "month" else day
    first = start_of_day(day, policy.calendar.zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=timezone.utc)
    return first.astimezone(timezone(midnight - first))


def _is_form(value: object) -> bool:
    return isinstance(value, str) and "{" in value


def _in_form(text: str, at: datetime, log: Sequence[Event], policy: Policy) -> str:
    """A text in the form a gate asks for, on the day of the first signal in the log."""
    first = min((event.at for event in log if event.kind == "detected"), default=at)
    return text.replace("{day}", f"{policy.calendar.local_date(first):%Y%m%d}").replace("{summary}", "some-words")


def _correction(change: tuple[int, str, timedelta], log: Sequence[Event]) -> dict[str, Any]:
    """Which event was wrong and what should have stood there: another time, since another time, another answer."""
    number, field, length = change
    if not log:
        return {"event": f"e{number}", "fields": {"recorded_at": None}}
    target = log[number % len(log)]
    truths = getattr(target, "facts", None)
    if field == "facts" and truths is not None:
        fields: dict[str, Any] = {"facts": {fact: _OTHER[truth] for fact, truth in truths.items()}}
    elif field == "since" and "since" in KINDS[target.kind].optional:
        fields = {"since": rfc3339(target.at - abs(length))}
    else:
        fields = {"at": rfc3339(target.at + length)}
    return {"event": target.id, "fields": fields}


_OTHER: Final = {Truth.YES: "no", Truth.NO: "yes", Truth.UNKNOWN: "yes"}


# --- words: everything a policy has a name for ----------------------------------------------------------


class _Words:
    """The words of one policy, and the strategies that draw them; made once for each policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.people = ("alex", "kim")
        roles = tuple(policy.roles)
        contacts = tuple(dict.fromkeys(rule.contact for rule in policy.roles.values()))
        self.actors = st.sampled_from((*roles, *self.people, *contacts))
        self.persons = st.sampled_from((*self.people, *contacts))
        self.duties = tuple(policy.duties)
        self.recipients = {duty.id: recipients_of(policy, duty.owed_to) for duty in policy.duties.values()}
        self.steps_of_time = st.sampled_from(_lengths(policy))
        self.facts = _facts(policy)
        self.kinds = self._kinds()
        most_first = sorted(self.kinds, key=lambda kind: -_OFTEN.get(kind, 1))
        often = st.sampled_from([kind for kind in most_first for _ in range(_OFTEN.get(kind, 1))])
        self.plans = self._plans(often)
        self.detections = self._plans(st.just("detected"))
        closing = self._plans(st.just("closed"), by=st.sampled_from(self._who_may("event", "closed")))
        again = closing.flatmap(lambda one: self._plans(st.just("reopened")).map(lambda other: (one, other)))
        alone = self.plans.map(lambda plan: (plan,))
        ways = [alone] * 18 + [again, self._led_to_a_close()]
        self.chapters = st.sampled_from(range(20)).flatmap(lambda n: ways[n])

    def _who_may(self, kind: str, name: str) -> tuple[str, ...]:
        """The roles that release the gates on that act; anybody where there is none."""
        roles = {
            role
            for gate in self.policy.gates.values()
            if any((forbidden.kind, forbidden.name) == (kind, name) for forbidden in gate.forbids)
            for release in gate.until
            for role in release.roles
        }
        return tuple(sorted(roles)) or self.people

    def _plans(self, kinds: st.SearchStrategy[str], by: st.SearchStrategy[str] | None = None) -> Any:
        """Plans of these kinds; most happen when the log learns of them."""

        @st.composite
        def plans(draw: Draw) -> _Plan:
            kind = draw(kinds)
            gap = draw(self.steps_of_time)
            manner = draw(_MANNERS)
            return _Plan(kind, draw(self.actors if by is None else by), draw(self.kinds[kind]), gap, *manner)

        return plans()

    def _kinds(self) -> dict[str, st.SearchStrategy[dict[str, Any]]]:
        """What an event of each kind says, beside who and when."""
        policy, label, back = self.policy, st.just("words"), self.steps_of_time.map(lambda length: -length)
        role, step = _one_of(policy.roles), _one_of(policy.steps)
        notice, phase = st.sampled_from(("n-1", "n-2")), st.sampled_from(Phase)
        action = st.sampled_from(("a-1", "a-1", "a-2"))
        change = st.tuples(st.integers(0, 19), st.sampled_from(("at", "since", "facts")), self.steps_of_time | back)
        labels = st.just(("ref-1",))
        about, draft = self._about(), self._about(whole=True)
        said: dict[str, st.SearchStrategy[dict[str, Any]]] = {
            "detected": _said(
                {"source": label}, {"impact_started": back, "drill": st.sampled_from((False,) * 9 + (True,))}
            ),
            "facts-reported": _said({"facts": self.facts.filter(bool)}, {"since": back}),
            "severity-decided": _said(
                {"severity": st.sampled_from(Severity)}, {"reason": label, "lowering": st.sampled_from(LOWERINGS)}
            ),
            "role-taken": _said({"role": role, "person": self.persons}, {"acting": st.booleans()}),
            "role-released": _said({"role": role, "person": self.persons}),
            "channel-opened": _said({"channel": st.sampled_from(("words", *forms(policy, "channel")))}),
            "phase-entered": _said({"phase": phase}, {"reason": label}),
            "phase-not-applicable": _said({"phase": phase}, {"reason": label}),
            "step-done": _said({"step": step}, {"evidence": labels}),
            "documented": _said({"summary": label, "disposition": label}),
            "notice-drafted": draft,
            "notice-edited": draft,
            "notice-sent": about | st.builds(lambda name: {"notice": name}, notice),
            "breach-finding": _said(
                {"finding": st.sampled_from(FINDINGS)},
                {"since": back, "position": st.sampled_from(("controller", "processor"))},
            ),
            "processor-told": _said({"vendor": label}),
            "ransom-paid": _said({}, {"amount_known": st.booleans()}),
            "not-notifying": self._not_notifying(),
            "hold-started": _said({"scope": label}, {"until": self.steps_of_time}),
            "hold-extended": _said({"scope": label, "until": self.steps_of_time}),
            "hold-released": _said({"scope": label}),
            "closed": _said({"outcome": st.sampled_from(OUTCOMES)}),
            "reopened": _said({"reason": label}),
            "merged": _said({"into": label, "reason": label}),
            "waived": self._waived(),
            "action-opened": _said({"action": action, "owner": self.persons, "due": self.steps_of_time | back}),
            "action-closed": _said({"action": action}),
            "evidence-moved": _said({"item": label, "person": self.persons, "to": self.persons}),
            "policy-adopted": _said({"policy": st.sampled_from(self._pins()), "reason": label}),
            "corrected": _said({"change": change, "reason": label, "evidence": labels}),
            "note": _said({"text": label}),
            "recovered": _said({}),
            "postmortem-distributed": _said({}),
        }
        for word in ("offered", "accepted", "declined"):
            said[f"handover-{word}"] = _said({"role": role, "person": self.persons, "to": self.persons})
        for word in ("sent", "acknowledged", "failed"):
            said[f"page-{word}"] = _said(
                {"level": st.sampled_from(paged(policy)), "person": self.persons}, {"outcome": _ENDS}
            )
        for word in ("review-requested", "reviewed", "approved", "rejected"):
            said[f"notice-{word}"] = _said({"notice": notice, "digest": label, "reason": label})
        for word in ("delivered", "failed", "withdrawn"):
            said[f"notice-{word}"] = _said({"notice": notice})
        assert said.keys() == KINDS.keys() - OF_PROGRAMMES
        return {kind: said[kind] for kind in KINDS if kind in said}

    def _pins(self) -> tuple[PolicyPin, ...]:
        """The documents that may be adopted: the policy itself, which changes nothing, and the newer ones at hand."""
        return tuple(PolicyPin(one.id, one.version, one.digest) for one in (self.policy, *self.policy.newer.values()))

    def _led_to_a_close(self) -> Any:
        """All that lets the incident be closed with some outcome, as far as events can, and that closing."""

        @st.composite
        def chapter(draw: Draw) -> tuple[_Plan, ...]:
            outcome = draw(st.sampled_from(OUTCOMES))
            by = draw(st.sampled_from(self._who_may("event", "closed")))
            gap = draw(st.sampled_from((timedelta(0), timedelta(minutes=1))))
            way = way_to(self.policy, ("outcome", outcome), ("event", "closed"))
            return tuple(_Plan(kind, by, said, gap) for kind, said in (*way, ("closed", {"outcome": outcome})))

        return chapter()

    def _about(self, whole: bool = False) -> Any:
        """A draft, or a sending without one: for which duties, to whom, stating what."""
        sent = [duty for duty in self.policy.duties.values() if any(act.kind == "notice" for act in duty.met_by)]
        fields = sorted({field for duty in sent for field in duty.must_state})
        stages = stages_of(act for duty in sent for act in duty.met_by)

        @st.composite
        def about(draw: Draw) -> dict[str, Any]:
            duties = draw(st.lists(st.sampled_from(sent), min_size=1, max_size=2, unique=True)) if sent else []
            recipients = sorted({to for duty in duties for to in self.recipients[duty.id]}) or ["somebody"]
            said: dict[str, Any] = {
                "duties": tuple(duty.id for duty in duties) or self.duties[:1],
                "recipients": tuple(draw(st.lists(st.sampled_from(recipients), min_size=1, max_size=3, unique=True))),
                "states": tuple(fields if draw(st.booleans()) else fields[1:]),
            }
            if draw(_SELDOM):
                said["next_update_by"] = draw(self.steps_of_time)
            if stages:
                said["stage"] = draw(st.sampled_from(stages))
            if whole:
                said |= {"notice": draw(st.sampled_from(("n-1", "n-2"))), "digest": "words"}
            return said

        return about()

    def _not_notifying(self) -> Any:
        """A decision not to notify; of duties from which something exempts, where there are any."""
        duties = [duty.id for duty in self.policy.duties.values() if duty.unless is not None] or list(self.duties)
        pairs = st.sampled_from([(duty, to) for duty in duties for to in self.recipients[duty]])
        return pairs.map(lambda pair: {"duty": pair[0], "recipient": pair[1], "ground": "words", "reason": "words"})

    def _waived(self) -> Any:
        """The waiver of a gate or of an obligation, by its key."""
        keys = [f"{duty}@{to}#{n}" for duty in self.duties for to in self.recipients[duty] for n in (0, 1)]
        said = [{"obligation": key} for key in keys] + [{"gate": gate} for gate in self.policy.gates for _ in range(4)]
        return st.sampled_from(said).map(lambda one: {**one, "reason": "words"})


@lru_cache(maxsize=16)
def _words(policy: Policy) -> _Words:
    return _Words(policy)


_OFTEN: Final = {
    "facts-reported": 16, "severity-decided": 8, "role-taken": 4, "role-released": 2, "handover-accepted": 2,
    "phase-entered": 3, "step-done": 4, "notice-drafted": 2, "notice-sent": 10, "breach-finding": 8,
    "processor-told": 2, "not-notifying": 4, "hold-started": 2, "recovered": 2, "postmortem-distributed": 2,
    "documented": 2, "closed": 2, "reopened": 2, "waived": 3, "corrected": 3, "action-opened": 2,
}  # fmt: skip
"""How much more often than once a kind is drawn: those that move something."""

_LATE: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 20, 180, 60 * 24 * 4))
_MANNERS: Final = st.sampled_from(
    [(timedelta(0), False, "")] * 8
    + [(timedelta(0), True, "")] * 4
    + [(lag, True, "") for lag in _LATE]
    + [(lag, False, "") for lag in _LATE[:2]]
    + [(timedelta(0), True, precision) for precision in ("minute", "day", "month")]
)
"""How long ago it happened, whether its recording time is known, and how exactly its time is."""
_ENDS: Final = st.sampled_from(("nobody-on-duty", "declined", "line dead"))
_SELDOM: Final = st.sampled_from((False,) * 5 + (True,))


def _lengths(policy: Policy) -> list[timedelta]:
    """Steps of time at which something may change: the policy's own lengths, just short of them and just past."""
    limits = [within.limit for duty in policy.duties.values() for within in duty.within if within is not None]
    lengths = {limit.length for limit in limits if isinstance(limit, Elapsed)}
    lengths |= {limit.grace for limit in limits if isinstance(limit, Immediate)}
    lengths |= paging_lengths(policy)
    near = [length + by for length in sorted(lengths) for by in (timedelta(0), -MICROSECOND, MICROSECOND)]
    usual = [timedelta(0)] * 6 + [timedelta(minutes=n) for n in (1, 3, 7, 16, 45, 60 * 9, 60 * 26, 60 * 24 * 6)]
    return [*usual, *near, timedelta(days=31), MICROSECOND]


def _facts(policy: Policy) -> st.SearchStrategy[dict[str, Truth]]:
    names = [
        *policy.facts,
        *(f"{family}/{member}" for family in policy.families for member in members(policy, family)),
    ]
    truths = st.sampled_from((Truth.YES, Truth.YES, Truth.YES, Truth.NO, Truth.NO, Truth.UNKNOWN))
    return st.dictionaries(st.sampled_from(names), truths, max_size=4) if names else st.just({})


def _one_of(names: Iterable[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(tuple(names) or ("none",))


def _said(
    required: dict[str, st.SearchStrategy[Any]], optional: dict[str, st.SearchStrategy[Any]] | None = None
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional or {})
