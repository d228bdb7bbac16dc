"""Takes rows in order per chat, urgent first, at Telegram's pace; commits before a call and after it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from bot.failpoints import failpoint
from bot.messages import CaseId, Change
from bot.outbox.aftermath import Aftermath, Rules
from bot.outbox.choosing import Choosing
from bot.outbox.pacing import Pacing
from bot.outbox.ports import End, OutboxStore, Refusal, Result, Row, Telegram
from bot.outbox.repeats import Repeats
from bot.waking import Wait, wait_or_wake

log = structlog.get_logger(__name__)

TopicAgain = Callable[[CaseId], Awaitable[Sequence[Change]]]
"""Returns the changes that make a case's deleted topic anew; none if it shall stay gone."""

MERGED_CODE_POINTS = 3000
MERGED_ROWS = 20


class OutboxSender:
    """Sends what waits.

    Args:
        store: Where the rows are.
        telegram: Makes the calls.
        rules: What follows from how a call ended.
        pacing: Telegram's limits.
        topic_again: Makes a deleted topic anew.
        holder: This process's name among those that share the database.
        clock: Now, in aware UTC, for due times.
        steady: Seconds of a clock that never jumps, for the limits.
        alive: Names of the processes that live now, this one included; default: only this one.
        at_once: How many calls may be under way.
        poll_seconds: Looked at least so often, for rows that others stored or that come due.
        ended: Hears each call's true end (``sent``, ``uncertain`` …), for the figures.
    """

    def __init__(
        self,
        store: OutboxStore,
        telegram: Telegram,
        rules: Rules,
        pacing: Pacing,
        topic_again: TopicAgain,
        *,
        holder: str,
        clock: Callable[[], datetime],
        steady: Callable[[], float] = time.monotonic,
        alive: Callable[[], Awaitable[Sequence[str]]] | None = None,
        at_once: int = 16,
        poll_seconds: float = 1.0,
        wait: Wait = wait_or_wake,
        ended: Callable[[str], None] = lambda end: None,
    ) -> None:
        self._store = store
        self._telegram = telegram
        self._rules = rules
        self._pacing = pacing
        self._topic_again = topic_again
        self._holder = holder
        self._clock = clock
        self._steady = steady
        self._alive = alive
        self._at_once = at_once
        self._poll_seconds = poll_seconds
        self._wait = wait
        self._ended = ended
        self._choosing = Choosing(store, pacing, clock, steady)
        self._repeats = Repeats()
        self._news = asyncio.Event()
        self._stopping = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Say that rows were stored."""
        self._news.set()

    def stop(self) -> None:
        """Let calls under way end and be written down, then end ``run``."""
        self._stopping.set()
        self._news.set()

    async def run(self) -> None:
        """Send until stopped."""
        await self.settle_abandoned()
        try:
            while not self._stopping.is_set():
                self._news.clear()
                room = self._at_once - len(self._under_way)
                # Fewer than there was room for: that was all until there is news.
                if await self.start_what_may_leave() < max(room, 1):
                    await self._wait(self._news, self._choosing.pause(self._poll_seconds))
        finally:
            await self.finish()

    async def finish(self) -> None:
        """Wait for the calls under way; to be cancelled here cancels none of them."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def settle_abandoned(self) -> None:
        """Treat what a dead process left in mid-call as uncertain: it may have arrived."""
        while not self._stopping.is_set():
            try:
                alive = [self._holder] if self._alive is None else await self._alive()
                rows = await self._store.abandoned(alive)
                break
            except Exception as error:
                log.error("outbox not readable", exc_info=error)
                await self._wait(self._stopping, self._poll_seconds)
        else:
            return
        for row in rows:
            failpoint("outbox.before-abandoned")
            await self._settle([row], Result(End.UNCERTAIN))

    async def start_what_may_leave(self) -> int:
        """Start every call that pace and room allow; returns how many."""
        room = self._at_once - len(self._under_way)
        if room <= 0:
            return 0
        try:
            chosen = await self._choosing.choose(room)
            groups = [await self._with_merged(row) for row in chosen]
            taken = await self._take(groups)
        except Exception as error:
            log.error("outbox not readable", exc_info=error)
            return 0
        for rows in taken:
            task = asyncio.create_task(self._deliver(rows))
            self._under_way.add(task)
            task.add_done_callback(self._call_ended)
        return len(taken)

    def _call_ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._news.set()

    async def _with_merged(self, row: Row) -> list[Row]:
        """Return the row, with those behind it that go along because the limits made it wait."""
        if not self._choosing.was_held_up(row):
            return [row]
        together, length = [row], len(getattr(row.body, "text", ""))
        for behind in await self._store.merge_candidates(row, limit=MERGED_ROWS):
            length += 1 + len(getattr(behind.body, "text", ""))
            if length > MERGED_CODE_POINTS:
                break
            together.append(behind)
        return together

    async def _take(self, groups: Sequence[list[Row]]) -> list[list[Row]]:
        """Commit that these are about to leave; those that another took meanwhile are left out."""
        if not groups:
            return []
        failpoint("outbox.before-mark-sending")
        if await self._store.mark_sending([row.id for rows in groups for row in rows], self._holder):
            failpoint("outbox.after-mark-sending")
            return list(groups)
        return [
            rows for rows in groups if await self._store.mark_sending([row.id for row in rows], self._holder)
        ]

    async def _deliver(self, rows: Sequence[Row]) -> None:
        mark = self._rules.mark()
        first, *merged = [self._repeats.marked(row, mark) for row in rows]
        failpoint("outbox.before-call")
        result = await self._telegram.send(first, merged)
        failpoint("outbox.after-call")
        self._ended(result.end.value)
        if result.end is not End.SENT:
            refusal = result.refusal.value if result.refusal else ""
            log.info("send ended", row=first.id, end=result.end.value, refusal=refusal)
        await self._settle(rows, result)

    async def _settle(self, rows: Sequence[Row], result: Result) -> None:
        """Write how it ended and what follows, until the database takes it: the call cannot be made again."""
        row, now = rows[0], self._clock()
        result, topic_again = await self._topic_changes(row, result)
        after = self._rules.after(row, result, now, topic_again)
        self._hold(row, result, after, now)
        for each in rows:
            self._repeats.note(each, result, again=after.retry_at is not None)
        pause = 0.2
        while True:
            failpoint("outbox.before-settle")
            try:
                await self._store.settle(
                    [each.id for each in rows], after.result, after.changes, retry_at=after.retry_at
                )
            except Exception as error:
                log.error("end of a send not stored", row=row.id, exc_info=error)
                if self._stopping.is_set():
                    # Left as "sending": the next start finds it and calls it uncertain.
                    return
                await self._wait(self._stopping, pause)
                pause = min(pause * 2, 5.0)
                continue
            failpoint("outbox.after-settle")
            self._choosing.note_retry(after.retry_at)
            return

    async def _topic_changes(self, row: Row, result: Result) -> tuple[Result, Sequence[Change]]:
        if result.refusal is not Refusal.TOPIC_GONE or row.case is None:
            return result, ()
        try:
            return result, await self._topic_again(row.case)
        except Exception as error:
            log.error("topic not made anew", row=row.id, exc_info=error)
            return Result(End.NOT_SENT), ()

    def _hold(self, row: Row, result: Result, after: Aftermath, now: datetime) -> None:
        """Hold back the chat that asked for a wait, and a group that refuses everything; nobody else."""
        seconds = result.retry_after
        if seconds is None and row.is_group and after.retry_at is not None and result.end is End.REFUSED:
            seconds = (after.retry_at - now).total_seconds()
        if seconds:
            self._pacing.hold(self._steady(), row.chat, seconds)
