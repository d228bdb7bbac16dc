"""Erasing a person: their key, every row of theirs, and what the log still holds of both."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from bot.failpoints import failpoint
from bot.messages import Alarm, ChatId, PersonId
from bot.storage.alarms import db_raise_alarm
from bot.storage.cases import open_case
from bot.storage.database import Database
from bot.storage.groups import db_current_group
from bot.storage.inbox import private_lane, topic_lane
from bot.storage.people import open_chat
from bot.storage.seal import Vault
from bot.storage.tables import alarms, cases, dead_letters, handles, inbox, lanes, outbox, people, timers
from bot.storage.times import to_hour_ms

ERASED_LANE = "erased"
LOG_TRIES = 20
LOG_WAIT_SECONDS = 0.25


@dataclass(frozen=True)
class Erased:
    """What became of an erasure.

    ``log_emptied`` is False while another program reads the database file: what was deleted then
    still lies in its write-ahead log, and ``Database.truncate_log`` must be called again.
    """

    found: bool
    rows: int
    log_emptied: bool


async def erase_person(
    database: Database, person: PersonId, now: datetime, *, log_tries: int = LOG_TRIES
) -> Erased:
    """Destroy a person's key and rows. Whatever of theirs survives anywhere cannot be opened again.

    A log that a reader holds raises an alarm; every housekeeping tries to empty it again.
    """
    vault = database.vault
    rows = await database.run(lambda db: _db_erase(db, vault, person, now))
    failpoint("erase.before-log")
    emptied = await empty_log(database, log_tries)
    if not emptied:
        kept = Alarm("erased-words-in-the-log")
        await database.run(lambda db: db_raise_alarm(db, vault, kept, now))
    return Erased(found=rows is not None, rows=rows or 0, log_emptied=emptied)


async def empty_log(database: Database, tries: int) -> bool:
    """Empty the write-ahead log, waiting for readers between tries. False if one holds on to it."""
    for left in reversed(range(tries)):
        if await database.truncate_log():
            return True
        if left:
            await asyncio.sleep(LOG_WAIT_SECONDS)
    return False


def _db_erase(db: Connection, vault: Vault, person: PersonId, now: datetime) -> int | None:
    row = db.execute(select(people).where(people.c.id == person).with_for_update()).first()
    if row is None:
        return None
    key = vault.person_key(person, row.wrapped_key)
    handoffs = [open_case(key, one) for one in db.execute(select(cases).where(cases.c.person_id == person))]
    names = [private_lane(vault, open_chat(key, row.chat))]
    for handoff in handoffs:
        if handoff.thread is not None:
            names += _topic_lanes(db, vault, handoff.group, handoff.thread)
    gone = _db_clear_lanes(db, names, now)
    failpoint("erase.after-lanes")
    about = [vault.blind("alarm", one) for one in (person, *(handoff.id for handoff in handoffs))]
    gone += db.execute(delete(alarms).where(alarms.c.about_blind.in_(about))).rowcount
    for table in (handles, timers, outbox, cases):
        gone += db.execute(delete(table).where(table.c.person_id == person)).rowcount
    gone += db.execute(delete(people).where(people.c.id == person)).rowcount
    failpoint("erase.after-rows")
    return gone


def _topic_lanes(db: Connection, vault: Vault, group: ChatId, thread: int) -> list[str]:
    ids = {group, db_current_group(db, vault, group)}
    return [topic_lane(vault, one, thread) for one in ids]


def _db_clear_lanes(db: Connection, names: Sequence[str], now: datetime) -> int:
    """Wipe updates of these lanes. Their bare numbers stay a while: a repeat must not bring words back."""
    cleared = (
        update(inbox)
        .where(inbox.c.lane.in_(names))
        .values(lane=ERASED_LANE, body=None, done_at=to_hour_ms(now))
    )
    gone = db.execute(cleared).rowcount
    gone += db.execute(delete(dead_letters).where(dead_letters.c.lane.in_(names))).rowcount
    return gone + db.execute(delete(lanes).where(lanes.c.lane.in_(names))).rowcount
