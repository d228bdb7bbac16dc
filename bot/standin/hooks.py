"""The webhook pusher: one request at a time per lane, lanes side by side, and patience.

Source: telegram-bot-api `WebhookActor.cpp`:410-477, 493-520, 561, 637; `Client.cpp`:16016-16023.
"""

from __future__ import annotations

import asyncio

import httpx

from bot.standin.botapi import update_json
from bot.standin.queue import Lane, Pending
from bot.standin.world import World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
TIMEOUT = httpx.Timeout(60, connect=10)
LONGEST_WAIT = 60
LONGEST_ASKED_WAIT = 3600
GONE_FOR = 23 * 3600


class Pusher:
    """Pushes the queue to the webhook for as long as one is set."""

    def __init__(self, world: World, *, target: httpx.AsyncBaseTransport | None = None) -> None:
        self._world = world
        self._target = target
        self._lanes: dict[Lane, asyncio.Task[None]] = {}
        self._main: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to watch the queue."""
        self._client = httpx.AsyncClient(timeout=TIMEOUT, transport=self._target, trust_env=False)
        self._main = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop pushing; what waits stays in the queue."""
        tasks = [task for task in [self._main, *self._lanes.values()] if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lanes.clear()
        await self._client.aclose()

    async def _watch(self) -> None:
        while True:
            seen = self._world.clock.version
            self._begin_lanes()
            await self._world.clock.changed_since(seen)

    def _begin_lanes(self) -> None:
        if not self._world.hook.url:
            return
        for item in self._world.queue.heads():
            if len(self._lanes) >= self._world.hook.connections:
                return
            if item.lane not in self._lanes and item.kind not in self._world.hook.held:
                self._lanes[item.lane] = asyncio.create_task(self._drain(item.lane))

    def _head(self, lane: Lane) -> Pending | None:
        """Return what a lane sends next; none when the webhook is gone or the lane is held."""
        head = self._world.queue.head(lane)
        if head is None or not self._world.hook.url or head.kind in self._world.hook.held:
            return None
        return head

    async def _drain(self, lane: Lane) -> None:
        try:
            while (item := self._head(lane)) is not None:
                await self._push(item)
        finally:
            self._lanes.pop(lane, None)
            self._world.clock.ring()

    async def _push(self, item: Pending) -> None:
        """Send one update until it is taken, its life ends, or the webhook goes."""
        tries = 0
        while item is self._world.queue.head(item.lane) and self._world.hook.url:
            fault = self._world.faults.take("webhook", {"kind": item.kind, "update_id": item.update_id})
            asked_wait = await self._once(item)
            if fault is not None:
                await self._once(item)
            if asked_wait is None:
                if item is self._world.queue.head(item.lane):
                    self._world.queue.settle(item)
                return
            await self._wait(item, asked_wait or self._usual_wait(tries))
            tries += 1

    def _usual_wait(self, tries: int) -> float:
        """Return the wait before the next try: none, then 2, 4, 8 ... seconds up to a minute or two."""
        if tries == 0:
            return 0.0
        return float(min(2**tries, LONGEST_WAIT + self._world.ids.between(0, LONGEST_WAIT)))

    async def _wait(self, item: Pending, seconds: float) -> None:
        hook, until = self._world.hook, self._world.clock.now() + seconds
        gone = lambda: True if self._world.hook is not hook else None  # noqa: E731
        await self._world.clock.hold(gone, min(until, item.expires_at))

    async def _once(self, item: Pending) -> float | None:
        """Send an update once; None when it was taken, else the wait that was asked for (0: none)."""
        hook = self._world.hook
        headers = {"content-type": "application/json"} | ({SECRET_HEADER: hook.secret} if hook.secret else {})
        try:
            answer = await self._client.post(hook.url, content=update_json(item).encode(), headers=headers)
        except httpx.TimeoutException:
            return self._failed("Read timeout expired")
        except httpx.HTTPError:
            return self._failed("Connection refused")
        if answer.is_success:
            hook.gone_since = None
            self._complain_about_reply(answer)
            return None
        return self._refused(answer)

    def _failed(self, why: str) -> float:
        self._world.hook.last_error, self._world.hook.last_error_at = why, self._world.clock.now()
        self._world.hook.failures += 1
        self._world.clock.ring()
        return 0.0

    def _refused(self, answer: httpx.Response) -> float:
        hook, now = self._world.hook, self._world.clock.now()
        self._failed(f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}")
        if answer.status_code != httpx.codes.GONE:
            hook.gone_since = None
        elif hook.gone_since is None:
            hook.gone_since = now
        elif now - hook.gone_since >= GONE_FOR:
            self._world.drop_hook()
        asked = answer.headers.get("retry-after", "")
        return float(min(int(asked), LONGEST_ASKED_WAIT)) if asked.isdigit() else 0.0

    def _complain_about_reply(self, answer: httpx.Response) -> None:
        if (
            answer.headers.get("content-type", "").startswith("application/json")
            and b'"method"' in answer.content
        ):
            self._world.records.complain("webhook", "a method in the webhook's answer is not written here")
