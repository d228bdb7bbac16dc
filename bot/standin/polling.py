"""Long polls: one at a time, the newest wins."""

from __future__ import annotations

from dataclasses import dataclass

from bot.standin.clock import Clock
from bot.standin.problems import conflict
from bot.standin.queue import Pending, UpdateQueue

MOST_UPDATES = 100
MOST_SECONDS = 50
OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_SET = "terminated by setWebhook request"
RESTARTED = "restarted"


class Dropped(Exception):
    """The connection goes away without an answer, as when Telegram restarts."""


@dataclass(frozen=True)
class Batch:
    """The updates of one answer."""

    items: tuple[Pending, ...]


class Poller:
    """The state of the getUpdates side of a bot."""

    def __init__(self, clock: Clock, queue: UpdateQueue) -> None:
        self._clock = clock
        self._queue = queue
        self._turn = 0
        self.waiting: int | None = None
        """Which poll waits now, if any."""
        self._ended_by = OTHER_POLL
        self._last_offset: int | None = None
        self._last_at = 0.0

    def end(self, by: str) -> None:
        """End the long poll that is under way."""
        self._turn += 1
        self._ended_by = by
        self._clock.ring()

    async def poll(self, offset: int, limit: int, seconds: int) -> Batch:
        """Return updates from `offset` on, waiting up to so many seconds for the first.

        Source: telegram-bot-api `Client.cpp`:15700-15720, 16229; Client.h:1610.

        Raises:
            ApiError: 409 when another poll or a webhook takes over.
            Dropped: When the stand-in restarts meanwhile.
        """
        limit, seconds = min(max(limit, 1), MOST_UPDATES), min(max(seconds, 0), MOST_SECONDS)
        limit, seconds = self._slow_down(offset, limit, seconds)
        self.end(OTHER_POLL)
        turn = self._turn
        first = self._queue.fetch(offset, limit)

        def look() -> list[Pending] | None:
            if self._turn != turn:
                return []
            return self._queue.fetch(0, limit) or None

        self.waiting = turn
        found = first or await self._clock.hold(look, self._clock.now() + seconds)
        self.waiting = None if self.waiting == turn else self.waiting
        if found == [] and self._turn != turn:
            if self._ended_by == RESTARTED:
                raise Dropped
            raise conflict(self._ended_by)
        items = tuple(found or ())
        self._queue.mark_delivered(items)
        return Batch(items)

    def _slow_down(self, offset: int, limit: int, seconds: int) -> tuple[int, int]:
        """Hold back a bot that asks for the same again and again."""
        now = self._clock.now()
        if offset == self._last_offset and seconds < 3 and now < self._last_at + 3:
            seconds = 3
        if offset == self._last_offset and now < self._last_at + 0.5:
            limit = 1
        self._last_offset, self._last_at = offset, now
        return limit, seconds
