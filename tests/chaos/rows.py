"""Our tables from outside: counts and states only, read from a copy so that nothing is disturbed."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.storage.times import to_ms


@dataclass(frozen=True)
class SendingRow:
    """A row that was on its way when the service died: nobody knows whether it arrived."""

    id: int
    road: str
    kind: str
    origin: str


@dataclass(frozen=True)
class Rows:
    """What stands in the database after a run."""

    inbox_waiting: int
    dead_letters: tuple[str, ...]
    outbox: dict[tuple[int, str, str], str]
    """State of every row by (number, road, kind)."""
    alarms: tuple[str, ...]
    open_cases: int
    offers_to_come: int
    sound: bool

    def states(self, state: str) -> list[tuple[int, str, str]]:
        """Return the rows in a state."""
        return [row for row, found in self.outbox.items() if found == state]


def sending(database: Path) -> tuple[SendingRow, ...]:
    """Return the rows that are marked as on their way; none if there is no such table yet."""
    with _copy(database) as db:
        if db is None or not _has(db, "outbox"):
            return ()
        found = db.execute("SELECT id, road, kind, origin FROM outbox WHERE state = 'sending' ORDER BY id")
        return tuple(SendingRow(*row) for row in found)


def soon(database: Path) -> int:
    """Return how many timers are due and not yet in the inbox, and alarms nobody was told of yet."""
    with _copy(database) as db:
        if db is None or not _has(db, "timers"):
            return 0
        due = _count(db, f"timers WHERE due_at <= {to_ms(datetime.now(UTC))}")
        return due + _count(db, "alarms WHERE delivered_at IS NULL")


def alarms(database: Path) -> list[str]:
    """Return the alarms kept so far; none if there is no such table yet."""
    with _copy(database) as db:
        if db is None or not _has(db, "alarms"):
            return []
        return [row[0] for row in db.execute("SELECT what FROM alarms ORDER BY id")]


def read(database: Path) -> Rows:
    """Return what stands in the database."""
    with _copy(database) as db:
        assert db is not None, "there is no database"
        outbox = db.execute("SELECT id, road, kind, state FROM outbox")
        return Rows(
            inbox_waiting=_count(db, "inbox WHERE done_at IS NULL"),
            dead_letters=tuple(row[0] for row in db.execute("SELECT why FROM dead_letters")),
            outbox={(row[0], row[1], row[2]): row[3] for row in outbox},
            alarms=tuple(row[0] for row in db.execute("SELECT what FROM alarms ORDER BY id")),
            open_cases=_count(db, "cases WHERE state <> 'closed'"),
            offers_to_come=_count(db, "timers WHERE kind = 'answer_again'"),
            sound=db.execute("PRAGMA integrity_check").fetchone()[0] == "ok",
        )


def _count(db: sqlite3.Connection, what: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


def _has(db: sqlite3.Connection, table: str) -> bool:
    return bool(_count(db, f"sqlite_master WHERE type = 'table' AND name = '{table}'"))


@contextmanager
def _copy(database: Path) -> Iterator[sqlite3.Connection | None]:
    """Open a copy: opening the file itself would check its log in, which the next start has to do."""
    if not database.exists():
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("", "-wal"):
            source = database.with_name(database.name + suffix)
            if source.exists():
                shutil.copy(source, Path(folder) / source.name)
        with closing(sqlite3.connect(Path(folder) / database.name)) as db:
            yield db
