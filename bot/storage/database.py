"""The database: one transaction per call, in a thread, with errors in our words."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import DatabaseUnfit
from bot.failpoints import failpoint
from bot.storage import schema
from bot.storage.engines import BUSY_TIMEOUT, postgres_engine, read_url, sqlite_engine, sqlite_path
from bot.storage.faults import Fault, damaged, not_migrated, read_fault
from bot.storage.key_check import db_check_key
from bot.storage.keys import KeyRing
from bot.storage.locks import FileLock, NamedLocks
from bot.storage.seal import Vault

T = TypeVar("T")
TRIES = 6
POSTGRES_THREADS = 4
PERSONAL_TABLES = ("people", "inbox", "dead_letters", "timers", "outbox", "cases", "handles")


class Database:
    """SQLite with its one writer thread, or PostgreSQL with a few; callers need not know which."""

    def __init__(self, url: str, ring: KeyRing) -> None:
        self._url = read_url(url)
        self.vault = Vault(ring)
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            path = sqlite_path(self._url)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file_lock = FileLock(path)
        threads = 1 if self.is_sqlite else POSTGRES_THREADS
        self._engine = (
            sqlite_engine(self._url) if self.is_sqlite else postgres_engine(self._url, threads=threads)
        )
        self._locks = NamedLocks(self._engine)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="storage")

    async def run(self, work: Callable[[Connection], T], *, writes: bool = True) -> T:
        """Run ``work`` in one transaction, in a thread; commit if it returns, roll back if it raises.

        What surely was rolled back (a lock, a serialization failure) is tried again a few times, so
        ``work`` must not change anything but rows.

        Raises:
            Conflict: If a unique or foreign key was taken or gone meanwhile.
            DatabaseUnfit: If the database cannot be used; nothing of the statement is in the message.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.run_here, work, writes)

    def run_here(self, work: Callable[[Connection], T], writes: bool = True) -> T:
        """Do what ``run`` does in the calling thread; for tools that have no loop."""
        for attempt in range(TRIES):
            outcome = self._once(work, writes)
            if not isinstance(outcome, Fault):
                return outcome[0]
            # Raised outside of the handler: the library's error, with its values, is not chained.
            if not outcome.transient or attempt == TRIES - 1:
                raise outcome.error
            time.sleep(random.uniform(0.002, 0.02) * 2**attempt)  # noqa: S311 - jitter, no secret
        raise AssertionError("unreachable")

    def _once(self, work: Callable[[Connection], T], writes: bool) -> tuple[T] | Fault:
        try:
            with self._engine.connect() as plain:
                connection = plain.execution_options(reading=not writes)
                with connection.begin():
                    result = work(connection)
                    failpoint("storage.before-commit")
            failpoint("storage.after-commit")
            return (result,)
        except SQLAlchemyError as error:
            return read_fault(error)

    async def check(self) -> None:
        """Look whether the database is sound, of this version, and sealed with our keys.

        Raises:
            DatabaseUnfit: If it is damaged or of another version.
            KeyMissing: If the key file is another database's.
        """
        await self.run(self._db_check, writes=False)

    async def is_new(self) -> bool:
        """Tell whether nothing of ours stands in the database yet."""
        return await self.run(lambda connection: schema.db_revision(connection) is None, writes=False)

    async def upgrade(self) -> None:
        """Make or bring up all tables, in one transaction."""
        await self.run(schema.db_upgrade)

    async def downgrade(self, revision: str) -> None:
        """Bring all tables down to an older revision, in one transaction."""
        await self.run(lambda connection: schema.db_downgrade(connection, revision))

    @property
    def alone(self) -> bool:
        """Whether this process surely is the only service on the database: ``hold_alone`` succeeded."""
        return self.is_sqlite and self._file_lock.held

    def hold_alone(self) -> None:
        """Claim a SQLite file for this process until ``close``; nothing to do on PostgreSQL.

        Raises:
            SecondCopy: If another process holds it.
        """
        if self.is_sqlite:
            self._file_lock.take()

    async def try_lock(self, name: str) -> bool:
        """Take or keep a named lock among all that share the database; who polls Telegram holds ``poll``.

        On SQLite the file lock already made this process the only one.
        """
        if self.is_sqlite:
            return True
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._take, name)

    async def unlock(self, name: str) -> None:
        """Let a named lock go."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, self._locks.free, name)

    async def truncate_log(self) -> bool:
        """Empty SQLite's write-ahead log, where deleted rows linger. False if a reader held it.

        On PostgreSQL dead rows are given free for reuse; their old bytes on disk are the disk's matter.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._truncate)

    async def close(self) -> None:
        """Finish what runs, close every connection, free every lock."""
        await asyncio.to_thread(self.close_here)

    def close_here(self) -> None:
        """Do what ``close`` does in the calling thread."""
        self._threads.shutdown(wait=True)
        self._locks.free_all()
        self._engine.dispose()
        if self.is_sqlite:
            self._file_lock.free()

    def _take(self, name: str) -> bool:
        try:
            return self._locks.take(name)
        except SQLAlchemyError as error:
            fault = read_fault(error)
        raise fault.error

    def _truncate(self) -> bool:
        try:
            return self._truncate_sqlite() if self.is_sqlite else self._vacuum()
        except (SQLAlchemyError, sqlite3.Error) as error:
            fault = read_fault(error)
        if fault.transient:
            return False
        raise fault.error

    def _truncate_sqlite(self) -> bool:
        # The driver's own connection: a checkpoint is refused inside a transaction, and SQLAlchemy's
        # autocommit would leave the connection in another mode.
        borrowed = self._engine.raw_connection()
        try:
            cursor = borrowed.cursor()
            # No waiting here: this thread carries every transaction of the service.
            cursor.execute("PRAGMA busy_timeout = 0")
            try:
                row = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                cursor.execute(BUSY_TIMEOUT)
            return row is not None and int(row[0]) == 0
        finally:
            borrowed.close()

    def _vacuum(self) -> bool:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text(f"VACUUM {', '.join(PERSONAL_TABLES)}"))
            connection.invalidate()
        return True

    def _db_check(self, connection: Connection) -> None:
        if self.is_sqlite and connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
            raise damaged()
        revision = schema.db_revision(connection)
        if revision is None or revision != schema.head():
            raise not_migrated() if revision is None or schema.knows(revision) else _too_new()
        db_check_key(connection, self.vault)


def _too_new() -> DatabaseUnfit:
    return DatabaseUnfit(
        "The database was made by a newer version of Harbour.", remedy="Install that version or a newer one."
    )
