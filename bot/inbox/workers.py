"""Takes stored updates to their end: in order within a lane, lanes side by side, poison set aside."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence

import structlog

from bot.errors import DatabaseUnfit, EngineDown, UnreadableUpdate
from bot.failpoints import failpoint
from bot.inbox.ports import Claimed, Handler, InboxStore
from bot.waking import Wait, wait_or_wake

log = structlog.get_logger(__name__)

NOT_ITS_FAULT = (DatabaseUnfit, EngineDown, OSError)
"""Troubles of ours, which pass: an update is never set aside for them.

A `Conflict` is not among them: the handler has already decided again several times, so one that stays
would hold the lane for good.
"""

Ended = Callable[[str], None]
"""Hears how each row ended: ``done``, ``set aside`` or ``again``."""


class InboxWorkers:
    """Claims lanes and runs the handler on their rows.

    Args:
        store: Where the rows are.
        handler: Takes one row to its commit; raises UnreadableUpdate for poison.
        holder: This process's name among those that share the database.
        lanes_at_once: How many conversations are worked on at the same time.
        rows_at_once: How many rows of a lane are taken before others get their turn.
        attempts: A row whose handler failed so often is set aside.
        lease_seconds: A lane is ours so long; if we die, others take it then.
        poll_seconds: Looked at least so often, for rows that others stored.
    """

    def __init__(
        self,
        store: InboxStore,
        handler: Handler,
        *,
        holder: str,
        lanes_at_once: int = 16,
        rows_at_once: int = 8,
        attempts: int = 3,
        lease_seconds: float = 60.0,
        poll_seconds: float = 1.0,
        steady: Callable[[], float] = time.monotonic,
        wait: Wait = wait_or_wake,
        ended: Ended = lambda how: None,
    ) -> None:
        self._store = store
        self._handler = handler
        self._holder = holder
        self._lanes_at_once = lanes_at_once
        self._rows_at_once = rows_at_once
        self._attempts = attempts
        self._lease_seconds = lease_seconds
        self._poll_seconds = poll_seconds
        self._steady = steady
        self._wait = wait
        self._ended = ended
        self._news = asyncio.Event()
        self._stopping = asyncio.Event()
        self._lanes: set[asyncio.Task[None]] = set()
        self._failures: Counter[int] = Counter()

    def wake(self) -> None:
        """Say that rows were stored."""
        self._news.set()

    def stop(self) -> None:
        """Finish the rows at hand, then end ``run``; what is left stays stored."""
        self._stopping.set()
        self._news.set()

    async def run(self) -> None:
        """Work until stopped."""
        try:
            while not self._stopping.is_set():
                self._news.clear()
                if not await self._claim():
                    await self._wait(self._news, self._poll_seconds)
        finally:
            self._stopping.set()
            if self._lanes:
                await asyncio.wait(self._lanes)

    async def _claim(self) -> bool:
        """Start work on free lanes; False when none is left now, or no room for more."""
        room = self._lanes_at_once - len(self._lanes)
        if room <= 0:
            return False
        failpoint("inbox.before-claim")
        try:
            claimed = await self._store.claim(
                self._holder, lanes=room, rows=self._rows_at_once, lease_seconds=self._lease_seconds
            )
        except Exception as error:
            log.error("inbox not readable", exc_info=error)
            return False
        failpoint("inbox.after-claim")
        for rows in claimed:
            task = asyncio.create_task(self._lane(rows))
            self._lanes.add(task)
            task.add_done_callback(self._lane_ended)
        # Fewer than asked for: that was all. Whatever comes now is news, also a lane that ends.
        return len(claimed) == room

    def _lane_ended(self, task: asyncio.Task[None]) -> None:
        self._lanes.discard(task)
        self._news.set()

    async def _lane(self, rows: Sequence[Claimed]) -> None:
        """Take one lane's rows in order; the first that must be tried again ends the round."""
        # A lane whose lease ran out could be taken by another process in the middle of a row.
        until = self._steady() + self._lease_seconds / 2
        for row in rows:
            if self._stopping.is_set() or self._steady() >= until or not await self._row(row):
                break
        failpoint("inbox.before-release")
        try:
            await self._store.release(self._holder, rows[0].lane)
        except Exception as error:
            log.error("lane not released", row=rows[0].id, exc_info=error)
        failpoint("inbox.after-release")

    async def _row(self, row: Claimed) -> bool:
        """Handle one row; False if it must be tried again before the lane goes on."""
        failpoint("inbox.before-handler")
        try:
            await self._handler(row)
        except UnreadableUpdate as error:
            return await self._set_aside(row, error)
        except NOT_ITS_FAULT as error:
            await self._pause(row, error)
            return False
        except Exception as error:
            self._failures[row.id] += 1
            if self._failures[row.id] >= self._attempts:
                return await self._set_aside(row, error)
            await self._pause(row, error)
            return False
        failpoint("inbox.after-handler")
        self._failures.pop(row.id, None)
        self._ended("done")
        return True

    async def _set_aside(self, row: Claimed, error: Exception) -> bool:
        """Put a row by for a human, so that the lane goes on."""
        failpoint("inbox.before-set-aside")
        log.error("update set aside", row=row.id, exc_info=error)
        try:
            await self._store.set_aside(row.id, type(error).__name__)
        except Exception as unfit:
            await self._pause(row, unfit)
            return False
        failpoint("inbox.after-set-aside")
        self._failures.pop(row.id, None)
        self._ended("set aside")
        return True

    async def _pause(self, row: Claimed, error: Exception) -> None:
        log.warning("update tried again", row=row.id, attempt=row.attempt, exc_info=error)
        self._ended("again")
        await self._wait(self._stopping, min(0.1 * 2.0 ** min(row.attempt, 10), 10.0))
