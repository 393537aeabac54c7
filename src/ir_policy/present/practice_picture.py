"""A programme as a picture: a row for each exercise and a cell for each of its periods, drawn from the data alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from xml.sax.saxutils import escape

from ir_policy.present.lines import fit
from ir_policy.present.practice_parts import PeriodHeld, Practice, Practised
from ir_policy.present.practice_text import period_name

__all__ = ["picture"]

WIDTH: Final = 1000
LEFT: Final = 210
ROW: Final = 46
TOP: Final = 64
CELL: Final = 30
COLOURS: Final = {
    "met": ("#d9f0dd", "#1d6b34"), "missed": ("#f8d7d5", "#a01c17"), "open": ("#eef1f5", "#3b4a5a"),
    "at-risk": ("#fdeccb", "#8a5a00"), "undetermined": ("#e9e0f3", "#5d3b8c"), "overdue": ("#f8d7d5", "#a01c17"),
}  # fmt: skip
"""Ground and ink of each verdict; the word stands in the cell too, for who does not see colours."""


def picture(shown: Practice) -> str:
    """The picture as SVG; the same programme and instant give the same bytes."""
    return "\n".join(_Picture(shown).lines()) + "\n"


class _Picture:
    def __init__(self, shown: Practice) -> None:
        self.shown = shown
        self.zone = shown.programme.policy.calendar.zone
        ends = [period.end for one in shown.exercises for period in one.periods]
        starts = [period.start for one in shown.exercises for period in one.periods]
        self.start = min(starts, default=shown.now)
        self.span = max(max(ends, default=shown.now) - self.start, timedelta(days=1))

    def x(self, at: datetime) -> float:
        share = (min(max(at, self.start), self.start + self.span) - self.start) / self.span
        return round(LEFT + share * (WIDTH - LEFT - 20), 1)

    def lines(self) -> Iterator[str]:
        shown = self.shown
        rows = [*self._exercises(), *self._kept(), *self._actions()]
        height = TOP + ROW * len(rows) + 30
        local = shown.now.astimezone(self.zone)
        title = f"{shown.programme.id}: what was practised and kept ready, as of {local:%d %b %Y %H:%M}"
        yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
               ' role="img" font-family="sans-serif" font-size="12">')  # fmt: skip
        yield f"<title>{_safe(title)}</title>"
        yield f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
        yield _text(16, 28, title, "#1b2733", size=16, weight="bold")
        yield _text(16, 48, f"times of {shown.programme.policy.calendar.zone_name}", "#5a6875")
        for index, row in enumerate(rows):
            yield from row(TOP + ROW * index)
        now = self.x(shown.now)
        yield f'<line x1="{now}" y1="{TOP - 6}" x2="{now}" y2="{height - 24}" stroke="#1b2733" stroke-dasharray="3 3"/>'
        yield _text(now, height - 10, "now", "#1b2733", anchor="middle")
        yield "</svg>"

    def _exercises(self) -> Iterator[_Row]:
        for one in self.shown.exercises:
            yield _Row(self, one.title, f"every {one.every}", [_cell(self, one, period) for period in one.periods])

    def _kept(self) -> Iterator[_Row]:
        for one in self.shown.kept:
            since = one.attested_at if one.attested_at is not None else self.shown.programme.opened_at
            state = "overdue" if one.overdue else "met"
            words = f"{one.age} days old, good for {one.good_for}{'' if one.binds else ' (advice)'}"
            yield _Row(self, one.id, one.kept_by, [(self.x(since), self.x(self.shown.now), state, words, words)])

    def _actions(self) -> Iterator[_Row]:
        for one in self.shown.actions:
            came = f", from {one.incident}" if one.incident else ""
            words = f"{'overdue' if one.overdue else 'open'}, {one.age} days old{came}"
            cell = self.x(one.opened_at), self.x(self.shown.now), "overdue" if one.overdue else "open", words, words
            yield _Row(self, f"action {one.action}", one.owner, [cell])


class _Row:
    """A row: what it is about at the left, and cells (from, to, state, word, whole sentence)."""

    def __init__(
        self, within: _Picture, name: str, below: str, cells: list[tuple[float, float, str, str, str]]
    ) -> None:
        self.within, self.name, self.below, self.cells = within, name, below, cells

    def __call__(self, y: int) -> Iterator[str]:
        yield _text(16, y + 14, fit(self.name, 30), "#1b2733", weight="bold")
        yield _text(16, y + 29, fit(self.below, 30), "#5a6875")
        for left, right, state, word, sentence in self.cells:
            ground, ink = COLOURS[state]
            width = round(max(right - left - 2, 3), 1)
            yield f'<g><title>{_safe(sentence)}</title><rect x="{left}" y="{y}" width="{width}" height="{CELL}" rx="3" fill="{ground}" stroke="{ink}"/>'
            room = int(width // 7)
            if len(word) <= room:
                yield _text(left + width / 2, y + 19, word, ink, anchor="middle")
            elif len(self.cells) == 1:  # a short bar alone in its row has its words beside it
                yield _text(left - 6, y + 19, word, ink, anchor="end")
            yield "</g>"


def _cell(within: _Picture, one: Practised, period: PeriodHeld) -> tuple[float, float, str, str, str]:
    name = period_name(one.every, period.start, within.zone)
    covered = f" {len(period.covered)}/{len(one.scenarios)}" if one.scenarios else ""
    sentence = f"{one.title}, {name}: {period.verdict}{covered}"
    if period.missing and one.scenarios:
        sentence += f"; missing {', '.join(period.missing)}"
    left, right = within.x(period.start), within.x(period.end)
    words = (
        f"{name}: {period.verdict}{covered}",
        f"{period.verdict}{covered}",
        period.verdict,
        _LETTER[period.verdict],
    )
    word = next((said for said in words if len(said) * 7 <= right - left - 2), "")
    return left, right, period.verdict, word, sentence


_LETTER: Final = {"met": "✓", "missed": "✗", "open": "·", "at-risk": "!", "undetermined": "?"}


def _text(x: float, y: float, words: str, ink: str, *, size: int = 12, weight: str = "", anchor: str = "") -> str:
    more = (f' font-size="{size}"' if size != 12 else "") + (f' font-weight="{weight}"' if weight else "")
    more += f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{round(x, 1)}" y="{y}" fill="{ink}"{more}>{_safe(words)}</text>'


def _safe(words: str) -> str:
    return escape(words, {'"': "&quot;"})
