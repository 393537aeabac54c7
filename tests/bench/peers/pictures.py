"""Pictures of the figures as SVG, written by hand: bars beside ours on a scale of powers of ten, and lines that grow."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from typing import Any, Final

from bench.peers.data import Data
from bench.peers.page import ORDER, ratio, seconds_words

__all__ = ["bars", "lines", "pictures"]

COLOURS: Final = {"ours": "#1a5fb4", "floor": "#77767b", "hand": "#a5a3a8", "peer": "#c64600"}
PALETTE: Final = ("#1a5fb4", "#62a0ea", "#77767b", "#c64600", "#26a269", "#813d9c", "#a51d2d")
FONT: Final = "font-family='system-ui, sans-serif' font-size='12'"
WIDTH, NAMES, ROW, RIGHT = 820, 330, 22, 70


def pictures(data: Data) -> dict[str, str]:
    """Every picture by the name of its file."""
    drawn = {}
    for id_ in ORDER:
        workload = data["workloads"].get(id_, {"tables": (), "growth": ()})
        for table in workload["tables"]:
            drawn[f"{table['id']}.svg"] = bars(table["rows"])
        if workload["growth"]:
            drawn["growth.svg"] = lines(workload["growth"])
    return drawn


def bars(rows: list[dict[str, Any]]) -> str:
    """One bar for each case, from the line at 1, which is ours: to the right it takes longer, to the left less."""
    shown = sorted(rows, key=lambda row: row["beside_ours"]["median"])
    values = [row["beside_ours"]["median"] for row in shown]
    low, high = _decades([*values, 0.5, 2.0])  # both sides of the line at 1
    height = 34 + ROW * len(shown) + 26

    def x(value: float) -> float:
        return NAMES + (math.log10(value) - low) / (high - low) * (WIDTH - NAMES - RIGHT)

    parts = []
    for decade in range(low, high + 1):
        at = x(10.0**decade)
        parts.append(f"<line x1='{at:.1f}' x2='{at:.1f}' y1='26' y2='{height - 26}' stroke='#deddda'/>")
        parts.append(_text(at, height - 10, _decade(decade), "middle", "#5e5c64"))
    parts.append(_text(x(1.0) - 8, 16, "takes less ←", "end", "#5e5c64"))
    parts.append(_text(x(1.0) + 8, 16, "→ takes longer", "start", "#5e5c64"))
    for place, (row, value) in enumerate(zip(shown, values, strict=True)):
        top = 30 + ROW * place
        start, end = sorted((x(1.0), x(value)))
        colour = COLOURS[row["role"]]
        parts.append(
            _text(
                NAMES - 8, top + 14, _short(row["name"]), "end", COLOURS["ours"] if row["role"] == "ours" else "#241f31"
            )
        )
        parts.append(
            f"<rect x='{start:.1f}' y='{top + 3}' width='{max(end - start, 2):.1f}' height='{ROW - 7}' fill='{colour}'/>"
        )
        parts.append(
            _text(
                max(x(value), x(1.0)) + 6, top + 14, ratio(value) if row["role"] != "ours" else "1", "start", "#241f31"
            )
        )
    middle = x(1.0)
    parts.append(
        f"<line x1='{middle:.1f}' x2='{middle:.1f}' y1='26' y2='{height - 26}' stroke='#1a5fb4' stroke-width='2'/>"
    )
    return _svg(WIDTH, height, parts)


def lines(growth: list[dict[str, Any]]) -> str:
    """One line for each who: what an event takes, by how many events there are."""
    times = [one for line in growth for one in line["seconds"] if one is not None]
    low, high = _decades(times)
    first, last = math.log10(growth[0]["sizes"][0]), math.log10(growth[0]["sizes"][-1])
    left, right, top, bottom = 70, 250, 20, 330

    def x(size: float) -> float:
        return left + (math.log10(size) - first) / max(last - first, 1) * (WIDTH - left - right)

    def y(seconds: float) -> float:
        return bottom - (math.log10(seconds) - low) / (high - low) * (bottom - top)

    parts = []
    for decade in range(low, high + 1):
        at = y(10.0**decade)
        parts.append(f"<line x1='{left}' x2='{WIDTH - right}' y1='{at:.1f}' y2='{at:.1f}' stroke='#deddda'/>")
        parts.append(_text(left - 8, at + 4, seconds_words(10.0**decade), "end", "#5e5c64"))
    for size in growth[0]["sizes"]:
        parts.append(_text(x(size), bottom + 20, f"{size:,}", "middle", "#5e5c64"))
    parts.append(_text((left + WIDTH - right) / 2, bottom + 40, "events in the log", "middle", "#5e5c64"))
    ends = []
    for line, colour in zip(growth, PALETTE, strict=False):
        points = [
            (x(size), y(one)) for size, one in zip(line["sizes"], line["seconds"], strict=True) if one is not None
        ]
        if not points:
            continue
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2'/>")
        parts += [f"<circle cx='{a:.1f}' cy='{b:.1f}' r='3' fill='{colour}'/>" for a, b in points]
        ends.append((points[-1][1], line["name"], colour))
    for at, name, colour in _apart(ends):
        parts.append(_text(WIDTH - right + 10, at + 4, _short(name, 36), "start", colour))
    return _svg(WIDTH, bottom + 55, parts)


def _apart(ends: Iterable[tuple[float, str, str]]) -> list[tuple[float, str, str]]:
    """The names at the ends of the lines, moved down where they would lie on each other."""
    placed: list[tuple[float, str, str]] = []
    for at, name, colour in sorted(ends):
        placed.append((max(at, placed[-1][0] + 15) if placed else at, name, colour))
    return placed


def _decades(values: list[float]) -> tuple[int, int]:
    """The powers of ten that hold all values, one apart at least."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return (low, high) if high > low else (low - 1, high + 1)


def _decade(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"


def _short(name: str, most: int = 50) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _text(x: float, y: float, said: str, anchor: str, colour: str) -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' fill='{colour}' {FONT}>{escape(said)}</text>"


def _svg(width: int, height: int, parts: list[str]) -> str:
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}'>"
    return "\n".join([head, f"<rect width='{width}' height='{height}' fill='#ffffff'/>", *parts, "</svg>", ""])
