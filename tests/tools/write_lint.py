"""Writes what the lint finds in the shipped policy into docs/lint.md.

    python tests/tools/write_lint.py

`tests/laws/test_lint.py` compares it, so that a finding that comes or goes shows as a change of the page.
"""

from __future__ import annotations

import sys
from pathlib import Path

import ir_policy as ir
from ir_policy.present.linted import lint_lines

PAGE = Path(__file__).parents[2] / "docs" / "lint.md"
BEGIN, END = "<!-- findings -->\n", "<!-- end -->"


def page(text: str) -> str:
    """The page with the findings as they are now between the two marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    shown = "".join(f"    {line}\n" for line in lint_lines(ir.lint(ir.load_policy("motion-mavericks"))))
    return f"{before}{BEGIN}\n{shown}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    sys.stdout.write("wrote the findings\n")
