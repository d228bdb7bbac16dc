"""The load: the same messages in the same order to either side."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

Say = Callable[[int, str], Awaitable[float]]
"""Says a person's message and returns the seconds until its answer."""

HELLO = "hello"
FIRST_PERSON = 10_001
LONGEST_ANSWER_SECONDS = 60.0


@dataclass(frozen=True)
class Loaded:
    """What a load came to: seconds of each message, and of the whole."""

    each: Sequence[float]
    whole: float

    @property
    def per_second(self) -> float:
        """Return messages a second."""
        return len(self.each) / self.whole


async def one_at_a_time(say: Say, texts: Sequence[str], *, people: int, first: int = FIRST_PERSON) -> Loaded:
    """Send every text when the one before is answered, the people taking turns."""
    async with asyncio.timeout(LONGEST_ANSWER_SECONDS * len(texts)):
        began = time.perf_counter()
        each = [await say(first + at % people, text) for at, text in enumerate(texts)]
        return Loaded(each, time.perf_counter() - began)


async def at_once(say: Say, texts: Sequence[str], *, people: int, first: int = FIRST_PERSON) -> Loaded:
    """Let the people write side by side, each waiting for their answer before their next message."""

    async def talk(person: int) -> list[float]:
        return [await say(first + person, text) for text in texts[person::people]]

    async with asyncio.timeout(LONGEST_ANSWER_SECONDS * len(texts) / people):
        began = time.perf_counter()
        each = await asyncio.gather(*(talk(person) for person in range(people)))
        return Loaded([seconds for one in each for seconds in one], time.perf_counter() - began)


async def greet(say: Say, *, people: int, first: int = FIRST_PERSON) -> None:
    """Let each person say hello once, so that the measured messages meet conversations that have begun."""
    for person in range(people):
        await say(first + person, HELLO)
