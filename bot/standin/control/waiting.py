"""Waiting for something to be true, instead of sleeping."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any

from bot.standin.control.reading import whole, words
from bot.standin.problems import JSON, ControlError
from bot.standin.world import World

Look = Callable[[], JSON | None]


async def wait(world: World, told: JSON) -> JSON | None:
    """Return what was waited for, or None when it did not come within `seconds` of the machine's own time."""
    looks: dict[str, Callable[[World, JSON], Look]] = {
        "message": _message,
        "queue-empty": _queue_empty,
        "request": _request,
        "alert": _alert,
    }
    make = looks.get(str(told.get("for")))
    if make is None:
        raise ControlError(f"for is one of {', '.join(looks)}")
    seconds: Any = told.get("seconds", 10)
    if not isinstance(seconds, int | float) or not 0 <= seconds <= 600:
        raise ControlError("seconds is a number from 0 to 600")
    look = make(world, told)
    try:
        async with asyncio.timeout(seconds):
            return await world.clock.hold(look, math.inf)
    except TimeoutError:
        return look()


def _message(world: World, told: JSON) -> Look:
    user, contains = whole(told, "user"), words(told, "contains")
    since = whole(told, "since") if told.get("since") is not None else 0
    return lambda: world.ledger.find(user, contains, since)


def _queue_empty(world: World, told: JSON) -> Look:
    return lambda: {"pending": 0} if not world.queue.pending() else None


def _request(world: World, told: JSON) -> Look:
    """Wait until a method was called so many times."""
    method = words(told, "method")
    count = whole(told, "count") if told.get("count") is not None else 1

    def look() -> JSON | None:
        calls = world.records.requests(method)
        return calls[count - 1] if len(calls) >= count else None

    return look


def _alert(world: World, told: JSON) -> Look:
    query = words(told, "query")
    return lambda: next((alert for alert in world.alerts if alert["query"] == query), None)
