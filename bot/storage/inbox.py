"""The inbox store: each update once, in order per lane, one holder per lane."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, Row, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.conversation.ports import Clock
from bot.errors import Conflict, SealBroken
from bot.failpoints import failpoint
from bot.inbox.ports import Claimed, RawUpdate
from bot.messages import Alarm
from bot.storage.alarms import db_raise_alarm
from bot.storage.database import Database
from bot.storage.lanes import db_add_lanes, db_claim_lanes, db_release_lane
from bot.storage.numbers import db_new_numbers
from bot.storage.seal import Place, Vault
from bot.storage.tables import dead_letters, inbox
from bot.storage.timers import db_take_due_timers
from bot.storage.times import to_hour_ms

ROWS_PER_STATEMENT = 500
_COUNT_ATTEMPT = update(inbox).where(inbox.c.id == bindparam("row")).values(attempt=inbox.c.attempt + 1)
_NEXT = (
    select(inbox)
    .where(inbox.c.lane == bindparam("in_lane"), inbox.c.done_at.is_(None))
    .order_by(inbox.c.id)
    .limit(bindparam("count", type_=Integer))
)
_WIPE = (
    update(inbox)
    .where(inbox.c.id == bindparam("row"), inbox.c.done_at.is_(None))
    .values(done_at=bindparam("done"), body=None)
)
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class InboxRows:
    """Fits ``bot.inbox.ports.InboxStore``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._vault = database.vault
        self._clock = clock

    async def add(self, updates: Sequence[RawUpdate]) -> int:
        """Commit all in one transaction; repeats are passed over. Returns how many were new."""
        if not updates:
            return 0

        def work(db: Connection) -> int:
            added = 0
            for start in range(0, len(updates), ROWS_PER_STATEMENT):
                added += _db_add(db, self._vault, updates[start : start + ROWS_PER_STATEMENT])
                failpoint("inbox.add.after-insert")
            return added

        failpoint("inbox.add.before")
        return await self._database.run(work)

    async def add_due_timers(self, now: datetime) -> int:
        """Move due timers into the inbox, in their person's lane, in one transaction."""

        def work(db: Connection) -> int:
            due = db_take_due_timers(db, self._vault, now)
            if due:
                failpoint("inbox.timers.after-take")
                lanes = [private_lane(self._vault, chat) for chat, _ in due]
                rows = [(None, lane, body) for lane, (_, body) in zip(lanes, due, strict=True)]
                _db_insert(db, self._vault, "timer", rows)
            return len(due)

        return await self._database.run(work)

    async def claim(self, holder: str, *, lanes: int, rows: int, lease_seconds: float) -> list[list[Claimed]]:
        """Claim up to ``lanes`` free lanes; each inner list is one lane's next rows, in order."""
        now = self._clock()

        def work(db: Connection) -> list[list[Claimed]]:
            until = now + timedelta(seconds=lease_seconds)
            names = db_claim_lanes(db, holder, lanes, now, until, alone=self._database.alone)
            failpoint("inbox.claim.after-lanes")
            return self._db_rows_of(db, holder, names, rows, now)

        return await self._database.run(work)

    async def release(self, holder: str, lane: str) -> None:
        """Let the lane go; its remaining rows can be claimed again."""
        await self._database.run(lambda db: db_release_lane(db, holder, lane))

    async def set_aside(self, row: int, why: str) -> None:
        """Move a row to the dead letters, still sealed, with an alarm; nothing if it is done already."""
        now = self._clock()
        await self._database.run(lambda db: _db_set_aside(db, self._vault, row, why, now))

    async def done(self, row: int) -> None:
        """Mark a row done that needs nothing else; nothing if it is done already."""
        now = self._clock()
        await self._database.run(lambda db: _db_wipe(db, row, now))

    async def raise_alarm(self, alarm: Alarm) -> None:
        """Keep an alarm; the same one within ten minutes counts up."""
        now = self._clock()
        await self._database.run(lambda db: db_raise_alarm(db, self._vault, alarm, now))

    async def waiting(self) -> int:
        """Return how many rows wait."""
        count = select(func.count()).select_from(inbox).where(inbox.c.done_at.is_(None))
        return await self._database.run(lambda db: db.execute(count).scalar() or 0, writes=False)

    async def dead_letter(self, row: int) -> bytes | None:
        """Return the body of a row that was set aside, for a human; ``None`` if there is none."""

        def work(db: Connection) -> bytes | None:
            found = db.execute(select(dead_letters).where(dead_letters.c.id == row)).first()
            return None if found is None else self._vault.open(found.body, body_place(row, found.lane))

        return await self._database.run(work, writes=False)

    def _db_rows_of(
        self, db: Connection, holder: str, lanes: Sequence[str], rows: int, now: datetime
    ) -> list[list[Claimed]]:
        claimed: list[list[Claimed]] = []
        for lane in lanes:
            found = self._db_open(db, _db_next(db, lane, rows), now)
            if not found:
                db_release_lane(db, holder, lane)
                continue
            db.execute(_COUNT_ATTEMPT, {"row": found[0].id})
            claimed.append(found)
        return claimed

    def _db_open(self, db: Connection, rows: Sequence[Row[Any]], now: datetime) -> list[Claimed]:
        opened: list[Claimed] = []
        for row in rows:
            try:
                body = self._vault.open(row.body, body_place(row.id, row.lane))
            except SealBroken as error:
                _db_set_aside(db, self._vault, row.id, type(error).__name__, now)
                continue
            opened.append(Claimed(row.id, row.lane, row.attempt + 1, row.source, body))
        return opened


def private_lane(vault: Vault, chat: int) -> str:
    """Return the stored lane of a private chat: that of its updates, so that timers keep their order."""
    return vault.blind("lane", f"private:{chat}")


def topic_lane(vault: Vault, group: int, thread: int) -> str:
    """Return the stored lane of a topic."""
    return vault.blind("lane", f"topic:{group}:{thread}")


def body_place(row: int, lane: str) -> Place:
    """Return where an update rests; also among the dead letters, which keep number and lane."""
    return Place("inbox", "body", str(row), lane)


def db_finish(db: Connection, row: int, now: datetime) -> None:
    """Mark a row done and wipe its words; its ``update_id`` stays to know repeats by.

    Raises:
        Conflict: If it is done already: another holder was faster, and its effects stand.
    """
    if not _db_wipe(db, row, now):
        raise Conflict("This update is done already.")


def _db_add(db: Connection, vault: Vault, updates: Sequence[RawUpdate]) -> int:
    rows = [(one.update_id, vault.blind("lane", one.lane), one.body) for one in updates]
    return _db_insert(db, vault, "telegram", rows)


def _db_insert(
    db: Connection, vault: Vault, source: str, rows: Sequence[tuple[int | None, str, bytes]]
) -> int:
    db_add_lanes(db, (lane for _, lane, _ in rows))
    numbers = db_new_numbers(db, inbox, len(rows))
    values = [
        {
            "id": number,
            "update_id": update_id,
            "source": source,
            "lane": lane,
            "attempt": 0,
            "body": vault.seal(body, body_place(number, lane)),
        }
        for number, (update_id, lane, body) in zip(numbers, rows, strict=True)
    ]
    once = _INSERTS[db.dialect.name](inbox).values(values)
    return int(db.execute(once.on_conflict_do_nothing(index_elements=["update_id"])).rowcount)


def _db_next(db: Connection, lane: str, count: int) -> Sequence[Row[Any]]:
    return db.execute(_NEXT, {"in_lane": lane, "count": count}).all()


def _db_wipe(db: Connection, row: int, now: datetime) -> bool:
    return db.execute(_WIPE, {"row": row, "done": to_hour_ms(now)}).rowcount == 1


def _db_set_aside(db: Connection, vault: Vault, row: int, why: str, now: datetime) -> None:
    found = db.execute(select(inbox).where(inbox.c.id == row, inbox.c.done_at.is_(None))).first()
    if found is None or not _db_wipe(db, row, now):
        return
    db.execute(
        insert(dead_letters).values(
            id=row,
            source=found.source,
            lane=found.lane,
            why=why[:80],
            body=found.body,
            set_aside_at=to_hour_ms(now),
        )
    )
    db_raise_alarm(db, vault, Alarm("update-set-aside", str(row)), now)
