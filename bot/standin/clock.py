"""The one clock of the stand-in, and the one way to wait on it."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

A_FIXED_START = 1_780_000_000.0


class Clock:
    """Seconds since 1970 that a test may move; everything that waits, waits here.

    A ticking clock follows the machine's time plus whatever it was advanced by. A fixed clock moves only
    when it is advanced, so nothing under test depends on how fast the machine is.
    """

    def __init__(self, *, ticking: bool = True, start: float | None = None) -> None:
        self.ticking = ticking
        self._start = start if start is not None else (time.time() if ticking else A_FIXED_START)
        self._began = time.monotonic()
        self._advanced = 0.0
        self._waiting: set[asyncio.Future[None]] = set()
        self.version = 0

    def now(self) -> float:
        """Return the present time in seconds since 1970."""
        ran = time.monotonic() - self._began if self.ticking else 0.0
        return self._start + self._advanced + ran

    def advance(self, seconds: float) -> None:
        """Move the clock forward and wake everything that waits."""
        if seconds < 0:
            raise ValueError("a clock does not go back")
        self._advanced += seconds
        self.ring()

    def ring(self) -> None:
        """Say that something changed: everyone who waits looks again."""
        self.version += 1
        waiting, self._waiting = self._waiting, set()
        for one in waiting:
            if not one.done():
                one.set_result(None)

    async def hold(self, look: Callable[[], T | None], deadline: float) -> T | None:
        """Return what `look` finds as soon as it is not None, or None once the clock reaches `deadline`."""
        while True:
            found = look()
            if found is not None:
                return found
            left = deadline - self.now()
            if left <= 0:
                return None
            await self._next_change(left if self.ticking and left < math.inf else None)

    async def changed_since(self, version: int) -> None:
        """Return once anything changed after the clock stood at `version`."""
        await self.hold(lambda: True if self.version != version else None, math.inf)

    async def until(self, deadline: float) -> None:
        """Return once the clock reaches `deadline`."""
        await self.hold(lambda: None, deadline)

    async def _next_change(self, at_most: float | None) -> None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiting.add(waiter)
        # A hair later than asked, so that the deadline has surely passed when we look again.
        alarm = loop.call_later(at_most + 0.001, _wake, waiter) if at_most is not None else None
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)
            if alarm is not None:
                alarm.cancel()


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
