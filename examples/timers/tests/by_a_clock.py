"""Runs a program in a process whose clock begins at an instant: by_a_clock.py INSTANT PROGRAM [ARGUMENT...]"""

from __future__ import annotations

import runpy
import sys
import time
from datetime import datetime

_, instant, *program = sys.argv
begins, started, read = datetime.fromisoformat(instant).timestamp(), time.monotonic(), time.monotonic
time.time = lambda: begins + read() - started  # it runs on: an engine waits for it
sys.argv = program
runpy.run_path(program[0], run_name="__main__")
