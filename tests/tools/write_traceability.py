"""Write the page and the data on what became of each sentence of the policy's source.

python tests/tools/write_traceability.py
"""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "scenarios")]


def main() -> int:
    from traceability.trace import files

    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote {path.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
