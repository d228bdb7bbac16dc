"""Which services live: on a shared PostgreSQL each keeps a lock that goes when it does."""

from __future__ import annotations

from sqlalchemy import Connection, select, text

from bot.storage.database import Database
from bot.storage.locks import lock_number
from bot.storage.tables import outbox

_HELD = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND classid = CAST(:high AS bigint) AND objid = CAST(:low AS bigint)"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


async def living_holders(database: Database, holder: str) -> list[str]:
    """Return the names of services that live, of those that sends are marked with, and ``holder``.

    Also says of ``holder`` that it lives, until its process ends: call it before its first send.
    """
    if database.is_sqlite:
        return [holder]
    await database.try_lock(_lock(holder))
    return await database.run(lambda db: _db_living(db, holder), writes=False)


def _db_living(db: Connection, holder: str) -> list[str]:
    named = db.execute(select(outbox.c.holder).where(outbox.c.state == "sending").distinct()).scalars().all()
    return [holder, *(name for name in named if name not in {None, holder} and _db_lives(db, name))]


def _db_lives(db: Connection, name: str) -> bool:
    number = lock_number(_lock(name)) % 2**64
    return bool(db.execute(_HELD, {"high": number >> 32, "low": number % 2**32}).scalar())


def _lock(holder: str) -> str:
    return f"alive {holder}"
