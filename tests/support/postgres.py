"""A throw-away PostgreSQL for tests: made in a temporary folder, on a socket of its own, gone afterwards."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg2

PLACES = ("/usr/lib/postgresql", "/usr/local/lib/postgresql", "/opt/homebrew/opt")
PROGRAMS = ("initdb", "pg_ctl", "postgres")
ACCOUNTS = ("postgres", "nobody")
SETTINGS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c max_connections=60"


def find_binaries() -> Path | None:
    """Return the folder that holds PostgreSQL's server programs, or ``None``."""
    on_path = shutil.which("initdb")
    folders = [] if on_path is None else [Path(on_path).resolve().parent]
    folders += sorted(
        (one.parent for place in PLACES for one in Path(place).glob("*/bin/initdb")), reverse=True
    )
    return next((one for one in folders if all((one / name).exists() for name in PROGRAMS)), None)


class Postgres:
    """One running server. ``new_database`` gives each test tables of its own."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        # A short path: a socket's may be no longer than 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="hpg"))
        self._account = _account()
        self._names = (f"t{number}" for number in itertools.count(1))
        if self._account is not None:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)

    def start(self) -> None:
        """Make the files and start serving; returns when it answers."""
        data, log = self._folder / "data", self._folder / "log"
        self._run("initdb", "-D", str(data), "-U", "harbour", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"{SETTINGS} -k {self._folder}"
        self._run("pg_ctl", "-D", str(data), "-l", str(log), "-w", "-t", "60", "-o", options, "start")

    def stop(self) -> None:
        """Stop at once and remove every file."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_database(self) -> str:
        """Return the URL of an empty schema of its own: as good as a database, and made in no time."""
        name = next(self._names)
        connection = psycopg2.connect(host=str(self._folder), user="harbour", dbname="postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {name}")
        connection.close()
        return f"postgresql://harbour@/postgres?host={self._folder}&options=-csearch_path%3D{name}"

    def _run(self, program: str, *arguments: str) -> None:
        account = self._account
        subprocess.run(
            [str(self._binaries / program), *arguments],
            check=True,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=None if account is None else account.pw_uid,
            group=None if account is None else account.pw_gid,
            extra_groups=None if account is None else [],
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        )


def _account() -> pwd.struct_passwd | None:
    """Return whom to run as: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and neither postgres nor nobody exists.")
