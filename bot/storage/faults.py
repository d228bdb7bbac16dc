"""What a database error means, in our words. Nothing of the statement or its values is repeated."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import Conflict, DatabaseUnfit, HarbourError


@dataclass(frozen=True)
class Fault:
    """One reading of an error. ``transient``: surely rolled back, and worth another try at once."""

    error: HarbourError
    transient: bool = False


def read_fault(error: SQLAlchemyError | sqlite3.Error) -> Fault:
    """Return what went wrong and what an operator does about it."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.Error):
        return _sqlite(original)
    code = str(getattr(original, "pgcode", None) or "")
    if code:
        return _postgres(code)
    if isinstance(error, DBAPIError):
        return Fault(_unreachable())
    return Fault(_program(type(error).__name__))


def _sqlite(error: sqlite3.Error) -> Fault:
    name = str(getattr(error, "sqlite_errorname", ""))
    text = str(error)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Fault(_locked(), transient=True)
    if name in _CONFLICTS:
        return Fault(_conflict())
    if name.startswith("SQLITE_CONSTRAINT"):
        return Fault(_program(text))
    if name == "SQLITE_FULL":
        return Fault(_full())
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or "Could not decode" in text:
        return Fault(damaged())
    if "no such table" in text or "no such column" in text or "has no column" in text:
        return Fault(not_migrated())
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_PERM")):
        return Fault(_unwritable(name))
    return Fault(_program(name or type(error).__name__))


def _postgres(code: str) -> Fault:
    if code in {"40001", "40P01", "55P03"}:
        return Fault(_locked(), transient=True)
    if code in {"23505", "23503"}:
        return Fault(_conflict())
    if code in {"53100", "53200"}:
        return Fault(_full())
    if code in {"XX001", "XX002"}:
        return Fault(damaged())
    if code in {"42P01", "42703"}:
        return Fault(not_migrated())
    if code.startswith(("08", "57P", "53", "28", "3D")):
        return Fault(_unreachable())
    return Fault(_program(f"SQLSTATE {code}"))


_CONFLICTS = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_FOREIGNKEY"}


def damaged() -> DatabaseUnfit:
    """Return the error for a file that is no longer a sound database."""
    return DatabaseUnfit(
        "The database is damaged.",
        remedy="Stop Harbour, keep a copy of the file, and restore the newest backup.",
    )


def not_migrated() -> DatabaseUnfit:
    """Return the error for a database of another version."""
    return DatabaseUnfit(
        "The database does not have the tables of this version.", remedy="Run `harbour db upgrade`."
    )


def _locked() -> DatabaseUnfit:
    return DatabaseUnfit(
        "The database stayed locked by another process.",
        remedy="Close other programs that use it; work goes on by itself afterwards.",
    )


def _full() -> DatabaseUnfit:
    return DatabaseUnfit(
        "The disk or the database is full.", remedy="Free space; work goes on by itself afterwards."
    )


def _unreachable() -> DatabaseUnfit:
    return DatabaseUnfit(
        "The database cannot be reached.",
        remedy="Check HARBOUR_DATABASE_URL and that the server runs and lets this account in.",
    )


def _unwritable(name: str) -> DatabaseUnfit:
    return DatabaseUnfit(
        f"The database file cannot be opened or written ({name}).",
        remedy="Check that its folder exists, belongs to the account that runs Harbour, and has space.",
    )


def _conflict() -> Conflict:
    return Conflict("Someone else changed these rows first.")


def _program(rule: str) -> HarbourError:
    return HarbourError(
        f"The database refused a change ({rule}).", remedy="This is a fault in the program: report it."
    )
