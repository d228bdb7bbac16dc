"""SQLAlchemy engines, set up so that no connection ever lacks a safety setting."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import QueuePool

from bot.errors import SettingsError

BUSY_TIMEOUT = "PRAGMA busy_timeout = 5000"
SQLITE_PRAGMAS = (
    BUSY_TIMEOUT,
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
)
_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg2"}
POSTGRES_SETTINGS = (
    "SET statement_timeout = '30s'",
    "SET lock_timeout = '10s'",
    "SET idle_in_transaction_session_timeout = '60s'",
)


def sqlite_engine(url: URL) -> Engine:
    """Return an engine for one SQLite file: one connection, every transaction of ours explicit."""
    _private_file(url)
    engine = create_engine(
        url,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"check_same_thread": False, "timeout": 5.0},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN comes late and leaves DDL outside; ours below does neither.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def postgres_engine(url: URL, *, threads: int) -> Engine:
    """Return an engine for a shared PostgreSQL, with a connection per thread and two for locks."""
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=threads,
        max_overflow=2,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "application_name": "harbour"},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for setting in POSTGRES_SETTINGS:
            cursor.execute(setting)
        cursor.close()
        connection.commit()

    return engine


def read_url(text: str) -> URL:
    """Return the URL with the driver we ship.

    Raises:
        SettingsError: If it is no URL, or of a database we do not know; it is not repeated, as it may
            hold a password.
    """
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        backend = ""
    if backend not in _DRIVERS:
        raise SettingsError(
            "HARBOUR_DATABASE_URL is not a database URL we know.",
            remedy="Write sqlite:////path/harbour.db or postgresql://user@host/name.",
        )
    return url.set(drivername=_DRIVERS[backend])


def sqlite_path(url: URL) -> Path:
    """Return the file of a SQLite URL."""
    return Path(url.database or "harbour.db")


def _private_file(url: URL) -> None:
    path = sqlite_path(url)
    if path.exists() or not path.parent.exists():
        return
    # SQLite gives its WAL the mode of the file: made once, closed to others from the first byte.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
