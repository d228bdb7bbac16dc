"""Migrations, run by code: no ini file, no working folder. All steps of a run are one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.storage.locks import lock_number

_FOLDER = Path(__file__).parent / "migrations"


def db_upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables up to ``revision`` inside the caller's transaction."""
    _db_alone(connection)
    command.upgrade(_config(connection), revision)


def db_downgrade(connection: Connection, revision: str) -> None:
    """Bring the tables down to ``revision`` inside the caller's transaction."""
    _db_alone(connection)
    command.downgrade(_config(connection), revision)


def db_revision(connection: Connection) -> str | None:
    """Return the revision the database stands at, ``None`` when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Return the newest revision this program brings along."""
    return ScriptDirectory(str(_FOLDER)).get_current_head() or ""


def knows(revision: str) -> bool:
    """Return whether this program brings that revision along; a newer program's is unknown."""
    return any(script.revision == revision for script in ScriptDirectory(str(_FOLDER)).walk_revisions())


def _db_alone(connection: Connection) -> None:
    # Two services that start together must not migrate at once; SQLite's write lock does it there.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_number("migrations")})


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
