"""The outbox store: waiting -> sending -> sent | waiting again | uncertain | refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from bot.conversation.ports import Clock
from bot.errors import SealBroken
from bot.failpoints import failpoint
from bot.messages import Alarm, CaseId, Change, OpenTopic, ToTopic
from bot.outbox.ports import End, Result, Row
from bot.storage.alarms import db_raise_alarm
from bot.storage.cases import db_note_card, db_note_thread
from bot.storage.changes import db_apply_what_can_be
from bot.storage.database import Database
from bot.storage.outbox_open import db_open_rows
from bot.storage.outbox_read import db_behind, db_heads, db_left_behind
from bot.storage.seal import Vault
from bot.storage.tables import outbox
from bot.storage.times import to_hour_ms, to_ms

_MARK = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("rows", expanding=True)), outbox.c.state == "waiting")
    .values(state="sending", holder=bindparam("new_holder"), attempt=outbox.c.attempt + 1)
)
_NOT_ENDED = select(outbox.c.id, outbox.c.kind, outbox.c.origin, outbox.c.case_id).where(
    outbox.c.id.in_(bindparam("rows", expanding=True)), outbox.c.state.not_in(("sent", "refused"))
)
_END = update(outbox).where(outbox.c.id == bindparam("row"))


class OutboxRows:
    """Fits ``bot.outbox.ports.OutboxStore``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._vault = database.vault
        self._clock = clock

    async def next_rows(self, now: datetime, *, limit: int) -> list[Row]:
        """Return due rows, the oldest of each destination only, urgent destinations first."""
        rows = await self._open(lambda db: db_heads(db, now, limit))
        return [row for row in rows if not _would_miss_its_topic(row)]

    async def merge_candidates(self, row: Row, *, limit: int) -> list[Row]:
        """Return the messages right behind ``row`` in its topic that may travel in the same send."""
        if not may_merge(row):
            return []
        behind = await self._open(lambda db: db_behind(db, row.id, self._clock(), limit))
        together: list[Row] = []
        for found in behind:
            if not may_merge(found):
                break
            together.append(found)
        return together

    async def mark_sending(self, rows: Sequence[int], holder: str) -> bool:
        """Commit that these rows are about to leave. False, and nothing changed, if one was taken."""

        def work(db: Connection) -> None:
            taken = db.execute(_MARK, {"rows": list(rows), "new_holder": holder})
            failpoint("outbox.mark-sending.after-update")
            if taken.rowcount != len(set(rows)):
                raise _TakenError

        try:
            await self._database.run(work)
        except _TakenError:
            return False
        return True

    async def settle(
        self, rows: Sequence[int], result: Result, changes: Sequence[Change], *, retry_at: datetime | None
    ) -> None:
        """Write how a send ended and what follows from it, in one transaction.

        A row that was erased meanwhile is passed over, and so is a change for someone who is gone.
        """
        now = self._clock()

        def work(db: Connection) -> None:
            ended = _db_end(db, rows, result, now, retry_at)
            failpoint("outbox.settle.after-end")
            db_apply_what_can_be(db, self._vault, changes, now)
            failpoint("outbox.settle.after-changes")
            self._db_write_back(db, ended, result, now)

        await self._database.run(work)

    async def abandoned(self, holder_alive: Sequence[str]) -> list[Row]:
        """Return rows still marked sending by a holder that no longer lives."""
        return await self._open(lambda db: db_left_behind(db, holder_alive))

    async def waiting(self) -> int:
        """Return how many rows wait."""
        count = select(func.count()).select_from(outbox).where(outbox.c.state == "waiting")
        return await self._database.run(lambda db: db.execute(count).scalar() or 0, writes=False)

    async def _open(self, choose: Any) -> list[Row]:
        def work(db: Connection) -> list[Row]:
            return db_open_rows(db, self._vault, choose(db), self._clock())

        return await self._database.run(work)

    def _db_write_back(self, db: Connection, ended: Sequence[Any], result: Result, now: datetime) -> None:
        if result.end is not End.SENT or result.message is None:
            return
        for row in ended:
            if row.case_id is None:
                continue
            try:
                taken = _db_note(db, self._vault, row, result.message)
            except SealBroken:
                # The send has happened; an altered case must not keep its end from being written.
                taken = False
            if not taken:
                db_raise_alarm(db, self._vault, Alarm("topic-taken", row.case_id), now)


class _TakenError(Exception):
    """Rolls the marking back."""


def may_merge(row: Row) -> bool:
    """Return whether a row may share a send with its neighbours: plain text without buttons."""
    return getattr(row.body, "mergeable", False) and not row.handles


def _would_miss_its_topic(row: Row) -> bool:
    """Return whether a topic's row has no topic to go to: Telegram would show it to all, in General."""
    return isinstance(row.to, ToTopic) and row.thread is None and not isinstance(row.body, OpenTopic)


def _db_note(db: Connection, vault: Vault, row: Any, message: int) -> bool:
    case = CaseId(row.case_id)
    if row.kind == "open_topic":
        return db_note_thread(db, vault, case, message)
    if row.kind == "show_card":
        db_note_card(db, vault, case, message)
    return True


def _db_end(
    db: Connection, rows: Sequence[int], result: Result, now: datetime, retry_at: datetime | None
) -> Sequence[Any]:
    found = db.execute(_NOT_ENDED, {"rows": list(rows)}).all()
    for row in found:
        db.execute(_END, {"row": row.id, "holder": None, **_end_values(row, result, now, retry_at)})
    return found


def _end_values(row: Any, result: Result, now: datetime, retry_at: datetime | None) -> dict[str, Any]:
    match result.end:
        case End.SENT:
            # The row's own fine time goes with its words.
            hour = to_hour_ms(now)
            return {"state": "sent", "body": None, "due_at": hour, "ended_at": hour}
        case End.NOT_SENT:
            return {"state": "waiting", "due_at": to_ms(retry_at or now)}
        case End.UNCERTAIN:
            return {"state": "uncertain"}
        case End.REFUSED:
            # Somebody's words wait for a human; our own text can be made again.
            somebodys = row.kind == "say" and row.origin in {"person", "advocate"}
            kept = {} if somebodys else {"body": None}
            return {"state": "refused", "ended_at": to_hour_ms(now), **kept}
