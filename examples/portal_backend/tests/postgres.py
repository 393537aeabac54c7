"""A PostgreSQL for tests: its own cluster in a folder that is gone afterwards, on loopback, as a user that is not root."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

__all__ = ["CannotBeHad", "Cluster", "free_port"]

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",  # a power cut in a test loses nothing anybody wants
    "max_connections": "200",
}


class CannotBeHad(Exception):
    """There is no PostgreSQL on this machine that a test can start."""


@dataclass
class Cluster:
    """A running server; every test gets a database of its own in it."""

    port: int
    password: str
    _control: tuple[str, ...] = ()
    _start: tuple[str, ...] = ()
    _numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    @contextmanager
    def started(cls, fsync: str = SETTINGS["fsync"], within: Path | None = None) -> Iterator[Cluster]:
        """A server until the end of the block, its files in a folder of their own ``within`` another."""
        programs, folder = _programs(), Path(tempfile.mkdtemp(prefix="portal-pg-", dir=within))
        as_user = _as_user(folder)
        try:
            control = (*as_user, str(programs / "pg_ctl"), "-D", str(folder / "data"), "-w")
            cluster = cls(free_port(), secrets.token_hex(16), control)
            _run(*as_user, str(programs / "initdb"), "-D", str(folder / "data"), "-U", "portal", "-E", "UTF8",
                 "--locale=C.UTF-8", "-A", "scram-sha-256", f"--pwfile={_password_file(folder, cluster.password)}")  # fmt: skip
            settings = " ".join(f"-c {name}='{value}'" for name, value in {**SETTINGS, "fsync": fsync}.items())
            cluster._start = ("-l", str(folder / "server.log"), "-o", f"-p {cluster.port} {settings}", "start")
            _run(*control, *cluster._start)
            try:
                yield cluster
            finally:
                _run(*control, "-m", "immediate", "stop")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"create database {name}")
        return self._url(name)

    def up(self) -> None:
        """Wait until it answers; one that went down is started, as a supervisor would."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                psycopg.connect(self._url("postgres"), connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.1)
            if subprocess.run([*self._control, "status"], capture_output=True, check=False).returncode == 3:
                with suppress(CannotBeHad):
                    _run(*self._control, *self._start)
        raise AssertionError("PostgreSQL did not come back")

    def _url(self, name: str) -> str:
        return f"postgresql://portal:{self.password}@127.0.0.1:{self.port}/{name}"


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise CannotBeHad("no PostgreSQL server is installed; on Debian: apt install postgresql")
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


def _as_user(folder: Path) -> tuple[str, ...]:
    """How to run a program as somebody who is not root: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return ()
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        raise CannotBeHad("PostgreSQL does not run as root, and there is no user 'postgres'") from None
    if shutil.which("runuser") is None:
        raise CannotBeHad("PostgreSQL does not run as root, and there is no runuser")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ("runuser", "-u", "postgres", "--")


def _password_file(folder: Path, password: str) -> Path:
    path = folder / "password"
    path.write_text(password, encoding="utf-8")
    os.chown(path, folder.stat().st_uid, folder.stat().st_gid)
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(*command: str) -> None:
    # the server keeps what it inherits: a pipe would never end
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            command, stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd="/", timeout=60, check=False
        )
        said.seek(0)
        if done.returncode != 0:
            raise CannotBeHad(f"PostgreSQL does not start: {said.read().decode(errors='replace')[-300:]}")
