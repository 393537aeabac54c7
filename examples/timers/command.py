"""The commands of both hosts: command.py dbos|procrastinate init|bring-in|work|rearm URL [LOG...]"""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from incidents import Incidents, connecting

__all__ = ["main"]

DOES = {
    "init": "make the tables of the host and of its engine",
    "bring-in": "take over incidents from their logs; what is due by now was told elsewhere",
    "work": "ring alarms and tell; any number may run",
    "rearm": "set all alarms again, should the engine have lost any",
}


def main() -> None:
    """Do one of them."""
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.epilog = "\n".join(f"{name:<10}{does}" for name, does in DOES.items())
    parser.add_argument("engine", choices=("dbos", "procrastinate"))
    parser.add_argument("command", choices=tuple(DOES))
    parser.add_argument("url", help="postgresql://user@host/name")
    parser.add_argument("logs", nargs="*", type=Path)
    parser.add_argument("--until-idle", action="store_true", help="work until nothing is due and everything is told")
    given = parser.parse_args()
    engine = importlib.import_module(f"on_{given.engine}")
    if given.command == "work":
        engine.work(given.url, given.until_idle)
        return
    incidents = Incidents(connecting(given.url), engine.arm)
    if given.command == "init":
        incidents.create()
        engine.prepare(given.url)
    elif given.command == "bring-in":
        for path in given.logs:
            incidents.bring_in(path)
    else:
        incidents.rearm()


if __name__ == "__main__":
    main()
