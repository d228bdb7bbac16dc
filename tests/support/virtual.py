"""Time that passes only when everybody waits, so that minutes of pacing take milliseconds to test."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta

TURNS = 200
"""How often the loop goes round before time passes; anything in process has ended by then."""


@types.coroutine
def one_turn() -> Generator[None, None, None]:
    """Let everything else that can run do so once."""
    yield


async def settle(turns: int = TURNS) -> None:
    """Let everything that can run in process do so."""
    for _ in range(turns):
        await one_turn()


class VirtualTime:
    """A clock, a steady clock, and a way to wait on both."""

    def __init__(self) -> None:
        self.began = datetime(2026, 3, 4, 10, 20, 30, tzinfo=UTC)
        self.seconds = 0.0
        self.waits: list[float] = []
        self.until: float | None = None
        self.on_end: Callable[[], None] = lambda: None

    def clock(self) -> datetime:
        """Return now in aware UTC."""
        return self.began + timedelta(seconds=self.seconds)

    def steady(self) -> float:
        """Return seconds since the beginning."""
        return self.seconds

    def stop_at(self, seconds: float, stop: Callable[[], None]) -> None:
        """Call ``stop`` once time has come so far."""
        self.until, self.on_end = seconds, stop

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Wait as the real thing does; time moves once nothing else can."""
        for _ in range(TURNS):
            if event.is_set():
                return
            await one_turn()
        self.waits.append(seconds)
        self.seconds += max(seconds, 0.001)
        if self.until is not None and self.seconds >= self.until:
            self.on_end()


async def eventually(what: Callable[[], bool], *, seconds: float = 10.0) -> None:
    """Return once ``what()`` holds; fails after ``seconds``."""
    async with asyncio.timeout(seconds):
        while not what():
            await one_turn()
