"""The long poll: ask, store, commit, and only then tell Telegram with a higher offset that it arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from bot.failpoints import failpoint
from bot.gateway.errors import CallFailed
from bot.gateway.lanes import to_store, update_id_of
from bot.gateway.presses import PressAnswers
from bot.inbox.ports import InboxStore
from bot.messages import Alarm
from bot.outbox.ports import Refusal
from bot.waking import Wait, wait_or_wake

log = structlog.get_logger(__name__)

POLL_SECONDS = 25
NOT_READY_AFTER = timedelta(seconds=60)
LONGEST_PAUSE = 30.0


class Updates(Protocol):
    """What the loop needs of Telegram; ``TelegramApi`` fits."""

    async def get_updates(self, offset: int, *, wait_seconds: int, limit: int = 100) -> list[Any]: ...

    async def webhook_url(self) -> str: ...

    async def delete_webhook(self) -> None: ...

    async def answer_press(self, query: str, text: str = "", *, alert: bool = False) -> None: ...


class FetchLoop:
    """Fetches updates for ever; neither a wrong token nor a second copy nor a full disk ends it."""

    def __init__(
        self,
        telegram: Updates,
        store: InboxStore,
        wake_workers: Callable[[], None],
        clock: Callable[[], datetime],
        *,
        poll_seconds: int = POLL_SECONDS,
        wait: Wait = wait_or_wake,
    ) -> None:
        self._telegram = telegram
        self._store = store
        self._wake_workers = wake_workers
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._wait = wait
        self._stopping = asyncio.Event()
        self._presses = PressAnswers(telegram.answer_press)
        self._poll: asyncio.Future[list[Any]] | None = None
        self._offset = 0
        self._troubles = 0
        self._started_at = clock()
        self.last_poll_at: datetime | None = None

    def ready(self) -> bool:
        """Whether Telegram has answered a poll within the last minute."""
        return self.last_poll_at is not None and self._clock() - self.last_poll_at <= NOT_READY_AFTER

    def stop(self) -> None:
        """End ``run``: a poll under way is dropped, which confirms nothing; what came is still stored."""
        self._stopping.set()
        if self._poll is not None:
            self._poll.cancel()

    async def run(self) -> None:
        """Fetch until stopped."""
        await self._drop_webhook()
        while not self._stopping.is_set():
            await self.once()
        await self._presses.finish()

    async def once(self) -> int:
        """Poll once and store what came; returns how many updates there were."""
        # The first poll does not wait, so that we know at once whether Telegram answers.
        wait_seconds = self._poll_seconds if self.last_poll_at else 0
        asking = self._telegram.get_updates(self._offset, wait_seconds=wait_seconds)
        self._poll = asyncio.ensure_future(asking)
        try:
            raws = await self._poll
        except asyncio.CancelledError:
            if self._stopping.is_set():
                return 0
            raise
        except CallFailed as failed:
            await self._trouble(failed)
            return 0
        self.last_poll_at = self._clock()
        if raws and not await self._keep(raws):
            return 0
        self._troubles = 0
        return len(raws)

    async def _keep(self, raws: Sequence[Any]) -> bool:
        """Commit the batch; only then may the next poll confirm it."""
        failpoint("fetch.before-store")
        try:
            await self._store.add([to_store(raw) for raw in raws])
        except Exception as error:
            # Not confirmed, so Telegram brings them again.
            log.error("updates not stored", count=len(raws), exc_info=error)
            await self._alarm(Alarm("updates not stored"))
            await self._pause()
            return False
        failpoint("fetch.after-commit")
        # The last one's number, not the highest: after a quiet week Telegram's numbers begin anywhere.
        numbers = [number for raw in raws if (number := update_id_of(raw)) is not None]
        if not numbers:
            # Nothing to confirm with: asked again at once they would only come again.
            await self._alarm(Alarm("updates without numbers"))
            await self._pause()
            return False
        self._offset = numbers[-1] + 1
        self._wake_workers()
        for raw in raws:
            self._presses.answer(raw)
        return True

    async def _trouble(self, failed: CallFailed) -> None:
        """Say what is wrong, mend what can be mended, and wait a little longer each time."""
        result = failed.result
        log.warning("updates not fetched", end=result.end.value, refusal=_word(result.refusal))
        if result.refusal is Refusal.UNAUTHORIZED:
            await self._alarm(Alarm("telegram refuses the token"))
        elif failed.conflict:
            await self._alarm(Alarm("another copy asks for updates"))
            await self._drop_webhook()
        elif self._clock() - (self.last_poll_at or self._started_at) > NOT_READY_AFTER:
            await self._alarm(Alarm("telegram cannot be reached"))
        await self._pause(result.retry_after)

    async def _drop_webhook(self) -> None:
        """Take away a webhook that was left set: while one stands, nobody may poll."""
        try:
            if await self._telegram.webhook_url():
                log.warning("webhook taken away")
                await self._telegram.delete_webhook()
        except CallFailed as failed:
            log.warning("webhook not looked at", end=failed.result.end.value)

    async def _pause(self, asked: float | None = None) -> None:
        self._troubles += 1
        own = min(0.5 * 2.0 ** min(self._troubles, 8), LONGEST_PAUSE)
        await self._wait(self._stopping, own if asked is None else asked)

    async def _alarm(self, alarm: Alarm) -> None:
        try:
            await self._store.raise_alarm(alarm)
        except Exception as error:
            log.error("alarm not kept", what=alarm.what, exc_info=error)


def _word(refusal: Refusal | None) -> str:
    return refusal.value if refusal else ""
