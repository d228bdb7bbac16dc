"""Moves timers that came due into the inbox, where they walk in their person's order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.failpoints import failpoint
from bot.inbox.ports import InboxStore
from bot.waking import Wait, wait_or_wake

log = structlog.get_logger(__name__)


class TimerLoop:
    """Looks every ``every_seconds`` by ``clock``; timers are rows, so one that was missed is only late."""

    def __init__(
        self,
        store: InboxStore,
        clock: Callable[[], datetime],
        wake_workers: Callable[[], None],
        *,
        every_seconds: float = 1.0,
        wait: Wait = wait_or_wake,
    ) -> None:
        self._store = store
        self._clock = clock
        self._wake_workers = wake_workers
        self._every_seconds = every_seconds
        self._wait = wait
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End ``run``."""
        self._stopping.set()

    async def run(self) -> None:
        """Look until stopped."""
        while not self._stopping.is_set():
            await self.look()
            await self._wait(self._stopping, self._every_seconds)

    async def look(self) -> int:
        """Move what is due now; returns how many, 0 if the database does not answer."""
        failpoint("timers.before-move")
        try:
            moved = await self._store.add_due_timers(self._clock())
        except Exception as error:
            log.error("timers not moved", exc_info=error)
            return 0
        failpoint("timers.after-move")
        if moved:
            self._wake_workers()
        return moved
