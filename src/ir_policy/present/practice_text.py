"""A programme as text: what to do now and next, every period of every exercise, and what is kept ready."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from ir_policy.present.lines import WIDTH, LocalClock, fit, short, wrapped
from ir_policy.present.practice_parts import Action, Held, Kept, PeriodHeld, Practice, Practised
from ir_policy.rules.words import listed
from ir_policy.terms import rfc3339

__all__ = ["page", "period_name"]

WHEN: Final = 17
"""Columns of how late something is, or how long there still is."""
NAMES: Final = 18
"""Columns for a name at the end of a line."""


def page(shown: Practice, colour: bool) -> str:
    """The whole of it, 80 columns wide."""
    return "\n".join(line.rstrip() for line in _Page(shown, colour).lines()) + "\n"


def period_name(every: str, start: datetime, zone: ZoneInfo) -> str:
    """How a period is called: ``Mar 2026``, ``2026 Q1``, ``2026 H1``, ``2026``."""
    local = start.astimezone(zone)
    part = {"quarter": f" Q{(local.month + 2) // 3}", "half-year": f" H{(local.month + 5) // 6}"}.get(every, "")
    return f"{local:%b} {local.year}" if every == "month" else f"{local.year}{part}"


class _Page:
    def __init__(self, shown: Practice, colour: bool) -> None:
        self.shown, self.colour = shown, colour
        self.zone = shown.programme.policy.calendar.zone
        self.clock = LocalClock(self.zone, shown.now)

    def lines(self) -> Iterator[str]:
        yield from self._head()
        for name, rows in (("DO NOW", list(self._do_now())), ("NEXT", list(self._next()))):
            yield self._bold(name)
            yield from rows or ["  nothing"]
        for name, section in (
            ("EACH PERIOD", self._periods()), ("KEPT READY", self._kept()), ("ACTIONS STILL OPEN", self._actions()),
            ("SWITCHED OFF", self._options()),
        ):  # fmt: skip
            rows = [line for row in section for line in wrapped(row)]
            if rows:
                yield ""
                yield self._bold(name)
                yield from rows
        yield ""
        policy = self.shown.programme.policy
        yield f"policy {policy.id} {policy.version}, {policy.digest[:15]}; zone data {policy.zone_data}"

    def _bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def _head(self) -> Iterator[str]:
        shown, policy = self.shown, self.shown.programme.policy
        local, since = shown.now.astimezone(self.zone), shown.programme.opened_at.astimezone(self.zone)
        yield self._bold(fit(f"{shown.programme.id}  the programme of {policy.title}"))
        zone = policy.calendar.zone_name
        yield fit(f"owed since {since:%a %d %b %Y} · {local:%a %d %b %Y %H:%M} {zone} ({shown.now:%H:%MZ})")
        words = [f"{len(shown.overdue)} overdue" if shown.overdue else "nothing overdue"]
        words += [f"{len(shown.past_advice)} past advice"] if shown.past_advice else []
        words += ["INCOMPLETE: unknown events in the log"] if not shown.programme.complete else []
        words += [f"{len(shown.programme.violations)} against the rules"] if shown.programme.violations else []
        if shown.next_wakeup is not None:
            words.append(f"next change {self.clock.since(shown.next_wakeup)}")
        yield fit(" · ".join(words))

    # --- what to do ---

    def _do_now(self) -> Iterator[str]:
        for action in self.shown.actions:
            if action.overdue:
                yield self._row("!", action.due, f"close action '{action.action}'", action.owner)
        for one in self.shown.exercises:
            if one.overdue or (one.periods and one.periods[-1].verdict == "at-risk"):
                yield from self._session("!", one)
        for kept in self.shown.kept:
            if kept.overdue:
                yield self._row("!", kept.due, f"confirm {kept.id}", kept.kept_by)

    def _next(self) -> Iterator[str]:
        waiting = [one for one in self.shown.exercises if one.periods and not one.overdue]
        for one in sorted(waiting, key=lambda one: (one.periods[-1].end, one.id)):
            if one.periods[-1].verdict in ("open", "undetermined"):
                yield from self._session(" ", one)
        for action in self.shown.actions:
            if not action.overdue:
                yield self._row(" ", action.due, f"close action '{action.action}'", action.owner)
        for kept in self.shown.kept:
            if not kept.overdue:
                yield self._row(" ", kept.due, f"confirm {kept.id}", kept.kept_by)

    def _session(self, flag: str, one: Practised) -> Iterator[str]:
        present = one.periods[-1]
        name = period_name(one.every, present.start, self.zone)
        yield self._row(flag, present.end, f"{name}: {one.title}", one.owed_by)
        if present.missing and len(present.missing) < len(one.scenarios):
            yield fit(f"    still to cover: {listed(present.missing)}")
        if one.overdue:
            before = one.periods[-2]
            lacking = f": {listed(before.missing)} not covered" if before.missing and before.sessions else ""
            yield fit(f"    {period_name(one.every, before.start, self.zone)} was missed{lacking}")

    def _row(self, flag: str, due: datetime | None, what: str, who: str) -> str:
        now = self.shown.now
        if due is None:
            when = "no instant"
        else:
            when = f"overdue {short(now - due)}" if due <= now else f"due in {short(due - now)}"
        room = WIDTH - WHEN - NAMES - 4
        return f"{flag} {when:<{WHEN}} {fit(what, room):<{room}} {fit(who, NAMES)}"

    # --- what is known ---

    def _periods(self) -> Iterator[str]:
        for one in self.shown.exercises:
            yield f"  {one.title}, every {one.every} ({one.owed_by}; {one.clause})"
            for period in one.periods:
                yield f"    {period_name(one.every, period.start, self.zone):<9} {period.verdict:<13}{self._held(one, period)}"

    def _held(self, one: Practised, period: PeriodHeld) -> str:
        days = [self._day(held) for held in period.sessions]
        parts = [f"held {', '.join(days)}"] if days else ["nothing held"]
        if one.scenarios:
            parts.append(f"{len(period.covered)} of {len(one.scenarios)} covered")
        parts += [f"perhaps {listed(period.perhaps)}"] if period.perhaps else []
        parts += [f"missing {listed(period.missing)}"] if period.missing and period.sessions else []
        return "; ".join(parts)

    def _day(self, held: Held) -> str:
        local = held.at.astimezone(self.zone)
        return f"some day in {local:%b}" if held.precision == "month" else f"{local:%d %b}"

    def _kept(self) -> Iterator[str]:
        for one in self.shown.kept:
            yield f"  {one.id}: {_age(one)}; {one.means} ({one.kept_by})"

    def _actions(self) -> Iterator[str]:
        for one in self.shown.actions:
            yield f"  {_action(one)}"

    def _options(self) -> Iterator[str]:
        for one in self.shown.switched_off:
            yield f"  {one.id}: off; a yes would add that {one.switched_off} (decided by {listed(one.asked_of)})"


def _age(one: Kept) -> str:
    said = f"confirmed {one.age} days ago" if one.attested_at is not None else f"never confirmed in {one.age} days"
    late = ", OVERDUE" if one.overdue else ""
    return f"{said}, good for {one.good_for}{late}{'' if one.binds else ' (advice)'}"


def _action(one: Action) -> str:
    due = f"due {rfc3339(one.due)}" if one.due is not None else "no due"
    came = f", from {one.incident}" if one.incident else ""
    return f"{one.action}: {one.owner}, {due}{', OVERDUE' if one.overdue else ''}, opened {one.age} days ago{came}"
