"""Write the shipped holidays of New South Wales as dated data.

    python tests/tools/write_au_nsw.py

It needs the `holidays` package, 0.91 or newer, which the development extra brings. The file is read by a
person and kept: nothing computes holidays while the library runs.

A day this tool has no source for stops it, so that a newly declared day is never filed under the act.
"""

from __future__ import annotations

import sys
import textwrap
from datetime import date
from pathlib import Path

import holidays

TARGET = Path(__file__).parents[2] / "src" / "ir_policy" / "rules" / "catalog" / "calendars" / "au-nsw.yaml"

VERSION = "2026.11.0"
FIRST_YEAR, LAST_YEAR = 2020, 2032
CHECKED, REVIEW_BY = "2026-11-24", "2027-11-24"

OLDEST_PACKAGE = (0, 91)
"""Earlier ones do not know the additional days after Anzac Day."""

SPELLING = {"ANZAC Day": "Anzac Day", "Labor Day": "Labour Day"}
"""The act's own spelling where the package has another."""

STANDARD = {
    "New Year's Day", "Australia Day", "Good Friday", "Easter Saturday", "Easter Sunday", "Easter Monday",
    "Anzac Day", "Queen's Birthday", "King's Birthday", "Labour Day", "Christmas Day", "Boxing Day",
    "New Year's Day (additional day)", "Christmas Day (additional day)", "Boxing Day (additional day)",
}  # fmt: skip
"""What section 4 names. An additional day for Anzac Day is not among them."""

DECLARED = {
    date(2022, 9, 22): "mourning",
    date(2026, 4, 27): "anzac",
    date(2027, 4, 26): "anzac",
}

SOURCES = {
    "act": {
        "cite": "Public Holidays Act 2010 (NSW) section 4",
        "evidence": "secondary: section 4 read in an unofficial copy; days computed with the "
        "holidays package {package}",
    },
    "anzac": {
        "cite": "Public Holidays Act 2010 (NSW) section 5, additional days for Anzac Day announced in February 2026",
        "evidence": "secondary: press reports, which name the Public Holidays Amendment (Anzac Day) "
        "Order 2026, and the holidays package {package}; the instrument itself was not read",
    },
    "mourning": {
        "cite": "Public Holidays Act 2010 (NSW) section 5, national day of mourning on 22 September 2022",
        "evidence": "secondary: public reports and the holidays package {package}; the instrument itself was not read",
    },
}

NOTES = (
    "25 April 2032 falls on a Sunday; whether the Monday is added was not decided when this was checked",
    "the Bank Holiday, the first Monday in August, is left out; it does not close an ordinary business",
    "holidays of a part of the State and part-days are left out",
)


def days() -> dict[date, tuple[str, str]]:
    """Every holiday with its name and the key of its source, in order."""
    found = holidays.country_holidays("AU", subdiv="NSW", years=range(FIRST_YEAR, LAST_YEAR + 1))
    rows: dict[date, tuple[str, str]] = {}
    for day, label in sorted(found.items()):
        plain = label.removesuffix(" (observed)")
        name = SPELLING.get(plain, plain) + (" (additional day)" if label != plain else "")
        if name not in STANDARD and day not in DECLARED:
            sys.exit(f"{day.isoformat()} '{label}': no source is known; add one to DECLARED")
        rows[day] = name, DECLARED.get(day, "act")
    missing = DECLARED.keys() - rows.keys()
    if missing:
        sys.exit(f"the holidays package does not know {sorted(map(str, missing))}; use a newer one")
    return rows


def _text(key: str, text: str) -> list[str]:
    """One quoted text, folded over lines that fit an editor."""
    return textwrap.wrap(
        f'{key}: "{text}"', 110, drop_whitespace=True, subsequent_indent=" " * 6, break_on_hyphens=False
    )


def document() -> str:
    """The whole file as text."""
    lines = [
        "# Written by `python tests/tools/write_au_nsw.py` with the holidays package, 0.91 or newer.",
        "# Change the tool, not this file. tests/unit/test_holiday_data.py compares every day.",
        "document: calendar",
        "id: au-nsw",
        f"version: {VERSION}",
        "title: Public holidays of New South Wales",
        f"covers: {{from: {FIRST_YEAR}-01-01, to: {LAST_YEAR}-12-31}}",
        "sources:",
    ]
    for key, source in SOURCES.items():
        lines += [
            f"  {key}:",
            *_text("    cite", source["cite"]),
            f"    checked: {CHECKED}",
            f"    review_by: {REVIEW_BY}",
            *_text("    evidence", source["evidence"].format(package=holidays.__version__)),
        ]
    lines += ["notes:", *(f'  - "{note}"' for note in NOTES), "days:"]
    lines += [f"  {day.isoformat()}: {{name: {name}, source: {key}}}" for day, (name, key) in days().items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    installed = tuple(int(part) for part in holidays.__version__.split(".")[:2])
    if installed < OLDEST_PACKAGE:
        sys.exit(f"holidays {holidays.__version__} is too old: install 'holidays>=0.91'")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(document(), encoding="utf-8", newline="\n")
    sys.stdout.write(f"wrote {TARGET.name}\n")
