"""Waiting that can be cut short: loops sleep until something new is there, or a time has passed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

Wait = Callable[[asyncio.Event, float], Awaitable[None]]
"""Waits until the event is set or so many seconds have passed; tests hand in one on a virtual clock."""


async def wait_or_wake(event: asyncio.Event, seconds: float) -> None:
    """Return when ``event`` is set (it stays set) or after ``seconds``."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
