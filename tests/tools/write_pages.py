"""Write the pages of the shipped policy as Markdown.

    python tests/tools/write_pages.py

The pages are drawn from the policy document and kept beside the other documentation, so that a change of a rule shows as a
change of a sentence. `tests/unit/test_pages.py` compares every file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import ir_policy as ir
from ir_policy.present.pages import pages

TARGET = Path(__file__).parents[2] / "docs" / "policy"


def main() -> None:
    """Every page, and no file that is none."""
    drawn = pages(ir.load_policy("motion-mavericks"))
    TARGET.mkdir(parents=True, exist_ok=True)
    for old in sorted(TARGET.glob("*.md")):
        if old.name not in drawn:
            old.unlink()
    for name, text in drawn.items():
        TARGET.joinpath(name).write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(f"wrote {len(drawn)} pages\n")


if __name__ == "__main__":
    main()
