"""What the examples' `run.py` share: an environment beside each, with the library and what it needs in it."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

__all__ = ["python_of", "run_with"]

LIBRARY = Path(__file__).resolve().parents[1]


def python_of(example: Path, wanted: Sequence[str]) -> Path | None:
    """The Python of an example, set up unless it is there already; ``None`` if that failed. The last file asks for all others."""
    environment, said = example / ".venv", "".join((example / name).read_text(encoding="utf-8") for name in wanted)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = environment / f"installed-{wanted[-1]}"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == said:
        return python
    if not python.is_file():
        print(f"setting up {environment.relative_to(LIBRARY)}", flush=True)
        venv.create(environment, with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*install, "--editable", str(LIBRARY), "-r", str(example / wanted[-1])], check=False)
    if done.returncode != 0:
        print("could not install what the example needs; the reason is above", file=sys.stderr)
        return None
    stamp.write_text(said, encoding="utf-8")
    return python


def run_with(python: Path, command: Sequence[str], paths: Sequence[Path], folder: Path | None) -> int:
    """Run a program of an example, which finds its modules in ``paths``, and stands in ``folder`` or where the caller is."""
    path = os.pathsep.join(filter(None, [*map(str, paths), os.environ.get("PYTHONPATH", "")]))
    try:
        return subprocess.run(
            [str(python), *command], env={**os.environ, "PYTHONPATH": path}, cwd=folder, check=False
        ).returncode
    except KeyboardInterrupt:
        return 0
