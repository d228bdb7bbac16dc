"""What time lets go: numbers for telling repeats, spent buttons, ended sends, old letters and alarms.

Nothing that still waits for somebody goes without an alarm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, select, text, update

from bot.failpoints import failpoint
from bot.messages import Alarm
from bot.storage.alarms import db_raise_alarm
from bot.storage.database import Database
from bot.storage.seal import Vault
from bot.storage.tables import alarms, dead_letters, handles, inbox, invites, lanes, outbox
from bot.storage.times import to_hour_ms, to_ms

REPEATS_KNOWN_FOR = timedelta(days=9)
SENT_KEPT_FOR = timedelta(days=2)
REFUSED_KEPT_FOR = timedelta(days=7)
UNCERTAIN_KEPT_FOR = timedelta(days=14)
LETTERS_KEPT_FOR = timedelta(days=30)
ALARMS_KEPT_FOR = timedelta(days=30)
INVITES_KEPT_FOR = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Tidied:
    """How many rows went, by table; ``log_emptied`` as in ``Database.truncate_log``."""

    rows: dict[str, int]
    log_emptied: bool


async def housekeeping(database: Database, now: datetime) -> Tidied:
    """Let go of what is over. Safe to call at any time, by any number of services."""

    def work(db: Connection) -> dict[str, int]:
        return {
            "inbox": _db_inbox(db, now),
            "lanes": _db_lanes(db, now),
            "handles": _db_handles(db, now),
            "outbox": _db_outbox(db, database.vault, now),
            "dead_letters": _db_letters(db, database.vault, now),
            "alarms": _db_alarms(db, now),
            "invites": _db_invites(db, now),
        }

    rows = await database.run(work)
    failpoint("housekeeping.before-log")
    return Tidied(rows, await database.truncate_log())


def _before(now: datetime, kept: timedelta) -> int:
    # Times at rest are cut to the hour: one hour more, so that nothing goes early.
    return to_ms(now - kept - _HOUR)


def _db_inbox(db: Connection, now: datetime) -> int:
    old = inbox.c.done_at <= _before(now, REPEATS_KNOWN_FOR)
    return db.execute(delete(inbox).where(old)).rowcount


def _db_lanes(db: Connection, now: datetime) -> int:
    if db.dialect.name == "postgresql":
        # An update being added must not lose its lane between our look and our deletion.
        db.execute(text("LOCK TABLE lanes IN EXCLUSIVE MODE"))
    known = select(inbox.c.lane)
    free = or_(lanes.c.holder.is_(None), lanes.c.lease_until <= to_ms(now))
    return db.execute(delete(lanes).where(lanes.c.lane.not_in(known), free)).rowcount


def _db_handles(db: Connection, now: datetime) -> int:
    over = or_(handles.c.used_at.is_not(None), handles.c.expires_at <= to_ms(now))
    return db.execute(delete(handles).where(over)).rowcount


def _db_outbox(db: Connection, vault: Vault, now: datetime) -> int:
    given_up = select(outbox.c.id).where(
        outbox.c.state == "uncertain", outbox.c.due_at <= _before(now, UNCERTAIN_KEPT_FOR)
    )
    for number in db.execute(given_up).scalars().all():
        ended: dict[str, Any] = {"state": "refused", "ended_at": to_hour_ms(now)}
        db.execute(update(outbox).where(outbox.c.id == number).values(**ended))
        db_raise_alarm(db, vault, Alarm("uncertain-unresolved", str(number)), now)
    refused = (outbox.c.state == "refused") & (outbox.c.ended_at <= _before(now, REFUSED_KEPT_FOR))
    unread = select(outbox.c.id).where(refused, outbox.c.body.is_not(None))
    for number in db.execute(unread).scalars().all():
        db_raise_alarm(db, vault, Alarm("refused-expired", str(number)), now)
    sent = (outbox.c.state == "sent") & (outbox.c.ended_at <= _before(now, SENT_KEPT_FOR))
    return db.execute(delete(outbox).where(or_(sent, refused))).rowcount


def _db_letters(db: Connection, vault: Vault, now: datetime) -> int:
    old = dead_letters.c.set_aside_at <= _before(now, LETTERS_KEPT_FOR)
    for number in db.execute(select(dead_letters.c.id).where(old)).scalars().all():
        db_raise_alarm(db, vault, Alarm("dead-letter-expired", str(number)), now)
    return db.execute(delete(dead_letters).where(old)).rowcount


def _db_alarms(db: Connection, now: datetime) -> int:
    old = alarms.c.delivered_at <= _before(now, ALARMS_KEPT_FOR)
    return db.execute(delete(alarms).where(old)).rowcount


def _db_invites(db: Connection, now: datetime) -> int:
    over = or_(invites.c.used_at.is_not(None), invites.c.expires_at <= _before(now, INVITES_KEPT_FOR))
    return db.execute(delete(invites).where(over)).rowcount
