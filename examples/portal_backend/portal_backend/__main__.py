"""The command line: ``init``, ``serve``, ``poll`` and a few more; with nothing at all, a demonstration."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

import ir_policy as ir
from portal_backend import actions, demo
from portal_backend.arrivals import bring_in
from portal_backend.clock import Clock, clock_of, ticking_from
from portal_backend.limits import is_loopback
from portal_backend.people import People, SetUpError, people_from
from portal_backend.policies import Policies, PolicyLost
from portal_backend.store import Store, Unknown
from portal_backend.tables import Database
from portal_backend.work import Worker

__all__ = ["main"]

OK: Final = 0
WRONG: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, 2 when it could not begin."""
    given = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        code: int = given.run(given)
    except SetUpError as error:
        print(f"portal_backend: {error}", file=sys.stderr)
        return WRONG
    except PolicyLost as error:
        print(f"portal_backend: {error}", file=sys.stderr)
        return WRONG
    except SQLAlchemyError as error:
        print(f"portal_backend: the database cannot be used: {type(error).__name__}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        return OK
    return code


def init(given: argparse.Namespace) -> int:
    """Make the tables and keep the shipped policy; again it changes nothing."""
    with _store(given.database, given.clock) as store:
        print(f"ready: {store.policies.current()}")
    return OK


def serve(given: argparse.Namespace) -> int:
    """Answer HTTP, and wake and tell meanwhile."""
    people = people_from(os.environ)
    if not people and not is_loopback(given.host):
        raise SetUpError(
            f"without tokens anybody at '{given.host}' could act as anybody; set PORTAL_TOKENS or PORTAL_TOKENS_FILE, or "
            "leave out --host"
        )
    with _store(given.database, given.clock) as store:
        return _serve(store, people, given.host, given.port, polls=not given.no_poll, banner="")


def show(given: argparse.Namespace) -> int:
    """Serve the recorded incidents from a database that is gone afterwards, to this machine."""
    banner = "demonstration: recorded incidents, on a clock that began on 17 April 2026"
    with (
        tempfile.TemporaryDirectory() as folder,
        _store(f"sqlite:///{folder}/demo.sqlite", ticking_from(demo.BEGINS)) as store,
    ):
        demo.fill(store)
        return _serve(store, People(), "127.0.0.1", given.port, polls=True, banner=banner)


def poll(given: argparse.Namespace) -> int:
    """Wake what is due and tell people: once, until nothing is left to do now, or for ever."""
    with _store(given.database, given.clock) as store:
        worker = Worker(store)
        if given.once:
            woken, told = worker.once()
        elif given.until_idle:
            woken, told = worker.until_idle()
        else:
            worker.for_ever(threading.Event())
            return OK
        print(f"woken {woken}, told {told}")
    return OK


def bring(given: argparse.Namespace) -> int:
    """Take over incidents that were run elsewhere, each from its log; what is here already stays as it is."""
    with _store(given.database, given.clock) as store:
        for path in given.logs:
            try:
                became = bring_in(store, path)
            except OSError as error:
                raise SetUpError(f"'{path}' cannot be read: {error.strerror}") from None
            print(f"{became}: {path}")
    return OK


def erase(given: argparse.Namespace) -> int:
    """Take names and texts out of a log for good; its head stays."""
    with _store(given.database, given.clock) as store:
        try:
            changed = actions.erase(store, given.incident, given.name, given.text)
        except Unknown:
            raise SetUpError(f"no incident is called '{given.incident}'") from None
        except actions.Forbidden as refused:
            raise SetUpError("; ".join(str(refusal) for refusal in refused.refusals)) from None
        print(f"erased in {changed} events")
    return OK


def _serve(store: Store, people: People, host: str, port: int, *, polls: bool, banner: str) -> int:
    import uvicorn

    from portal_backend.calls import Host
    from portal_backend.web import create_app

    app = create_app(Host(store, people, banner))
    name = f"[{host}]" if ":" in host else host
    print(f"look at   http://{name}:{port}/\nAPI       http://{name}:{port}/openapi.json", flush=True)
    print(f"who acts  {'whoever the token stands for' if people else 'demo, in every role'}", flush=True)
    stop = threading.Event()
    worker = threading.Thread(target=Worker(store).for_ever, args=(stop,), name="poller")
    if polls:
        worker.start()
    try:
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False, proxy_headers=False)
    finally:
        stop.set()
        if polls:
            worker.join()
    return OK


@contextmanager
def _store(url: str, clock: Clock) -> Iterator[Store]:
    database = Database(url)
    try:
        database.create()
        policies = Policies(database, clock)
        policies.add_shipped()
        for pin in policies.listed():  # an incident nobody can read is found at the start, not in the night
            policies.of(pin["digest"])
        yield Store(database, policies, clock)
    except ir.IRPolicyError as error:
        raise SetUpError(str(error)) from None
    finally:
        database.close()


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--database",
        default=os.environ.get("PORTAL_DATABASE", "sqlite:///portal.sqlite"),
        help="where everything is kept, such as postgresql://user@host/name (PORTAL_DATABASE; sqlite:///portal.sqlite)",
    )
    common.add_argument(
        "--clock",
        type=clock_of,
        default=os.environ.get("PORTAL_CLOCK", ""),
        help="for tests: begin at this instant, or read it from @FILE at every look",
    )
    parser = argparse.ArgumentParser(prog="portal_backend", description=__doc__)
    parser.set_defaults(run=show, port=8000)
    commands = parser.add_subparsers(title="commands")
    commands.add_parser("init", parents=[common], help="make the tables").set_defaults(run=init)
    serving = commands.add_parser("serve", parents=[common], help="answer HTTP, wake and tell")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8000)
    serving.add_argument("--no-poll", action="store_true", help="another process wakes and tells")
    serving.set_defaults(run=serve)
    showing = commands.add_parser("demo", help="serve recorded incidents, to look at")
    showing.add_argument("--port", type=int, default=8000)
    showing.set_defaults(run=show)
    polling = commands.add_parser("poll", parents=[common], help="wake and tell")
    how = polling.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="one look")
    how.add_argument("--until-idle", action="store_true", help="until nothing is due and everybody is told")
    polling.set_defaults(run=poll)
    bringing = commands.add_parser("bring-in", parents=[common], help="take over incidents from their logs")
    bringing.add_argument("logs", nargs="+", type=Path, metavar="LOG")
    bringing.set_defaults(run=bring)
    erasing = commands.add_parser("erase", parents=[common], help="take names and texts out of a log for good")
    erasing.add_argument("incident")
    erasing.add_argument("--name", action="append", default=[], help="a person's, wherever it stands")
    erasing.add_argument("--text", action="append", default=[], help="the free text of the event with this id")
    erasing.set_defaults(run=erase)
    return parser


if __name__ == "__main__":
    sys.exit(main())
