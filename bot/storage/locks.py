"""Who may use the database: one `harbour run` per SQLite file; named locks on PostgreSQL."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import threading
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import SecondCopy


class FileLock:
    """An exclusive lock on a file beside the database; the system frees it when the process ends."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".lock")
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this process has the lock."""
        return self._descriptor is not None

    def take(self) -> None:
        """Take the lock. Raises SecondCopy if another process has it."""
        if self._descriptor is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise SecondCopy(
                "Another `harbour run` uses this database.",
                remedy="Stop it first. Only PostgreSQL can be shared by several.",
            ) from None
        self._descriptor = descriptor

    def free(self) -> None:
        """Let the lock go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class NamedLocks:
    """PostgreSQL advisory locks, each on a connection of its own that keeps it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: dict[str, Connection] = {}
        self._one_at_a_time = threading.RLock()

    def take(self, name: str) -> bool:
        """Take or keep the lock; False if another process has it.

        A held lock is asked for again: if its connection died, the lock died with it.
        """
        with self._one_at_a_time:
            if self._still_held(name):
                return True
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            asked = text("SELECT pg_try_advisory_lock(:key)")
            if not connection.execute(asked, {"key": lock_number(name)}).scalar():
                connection.close()
                return False
            self._held[name] = connection
            return True

    def free(self, name: str) -> None:
        """Let the lock go, if held."""
        with self._one_at_a_time:
            connection = self._held.pop(name, None)
            if connection is None:
                return
            with contextlib.suppress(SQLAlchemyError):
                connection.execute(text("SELECT pg_advisory_unlock_all()"))
            # Thrown away, not given back: a lock never outlives its connection.
            connection.invalidate()
            connection.close()

    def free_all(self) -> None:
        """Let every lock go."""
        for name in list(self._held):
            self.free(name)

    def _still_held(self, name: str) -> bool:
        connection = self._held.get(name)
        if connection is None:
            return False
        try:
            connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            self.free(name)
            return False
        return True


def lock_number(name: str) -> int:
    """Return the number PostgreSQL knows a named lock by."""
    return int.from_bytes(hashlib.sha256(f"harbour/{name}".encode()).digest()[:8], "big", signed=True)
