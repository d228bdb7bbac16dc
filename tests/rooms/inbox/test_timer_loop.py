"""Timers that came due are moved every second, and nothing ends that."""

from __future__ import annotations

import asyncio

from bot.inbox.timers import TimerLoop
from tests.support.ports import MemoryInbox
from tests.support.virtual import VirtualTime, eventually


def timer_loop() -> tuple[TimerLoop, MemoryInbox, VirtualTime, list[int]]:
    inbox, time, woken = MemoryInbox(), VirtualTime(), list[int]()
    return TimerLoop(inbox, time.clock, lambda: woken.append(1), wait=time.wait), inbox, time, woken


async def test_what_is_due_is_moved_and_the_workers_are_woken() -> None:
    loop, inbox, _, woken = timer_loop()
    inbox.due = 2
    assert await loop.look() == 2
    assert len(inbox.rows) == 2
    assert woken == [1]


async def test_with_nothing_due_nobody_is_woken() -> None:
    loop, _, _, woken = timer_loop()
    assert await loop.look() == 0
    assert woken == []


async def test_it_looks_every_second_also_after_a_failure() -> None:
    loop, inbox, time, _ = timer_loop()
    inbox.broken = True
    running = asyncio.create_task(loop.run())
    await eventually(lambda: len(time.waits) >= 3)
    inbox.broken, inbox.due = False, 1
    await eventually(lambda: len(inbox.rows) == 1)
    loop.stop()
    async with asyncio.timeout(10):
        await running
    assert set(time.waits) == {1.0}
