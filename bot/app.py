"""The one place that knows all rooms and joins them; nobody imports it but the command line."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.alarms import AlarmTeller
from bot.engine import releases
from bot.engine.client import EngineClient
from bot.errors import HarbourError
from bot.failpoints import failpoint
from bot.gateway.fetch import FetchLoop
from bot.gateway.read import read_body
from bot.gateway.telegram_api import TelegramApi
from bot.gateway.webhook import Webhook, announce
from bot.health import Figures, routes
from bot.inbox.ports import Claimed
from bot.inbox.timers import TimerLoop
from bot.inbox.workers import InboxWorkers
from bot.joined import join_walk, load_places
from bot.messages import Alarm, ChatId, InboxItem, Language
from bot.notices import TopicAgain, WordedNotices
from bot.outbox.aftermath import Rules
from bot.outbox.pacing import UNLIMITED, Pacing
from bot.outbox.sender import OutboxSender
from bot.settings import Settings
from bot.storage.keys import KeyRing
from bot.storage.stores import Stores, open_stores
from bot.storage.timers import read_timer
from bot.waking import wait_or_wake
from bot.words import Words

log = structlog.get_logger(__name__)

WEBHOOK_PATH = "/telegram/webhook"
START_GRACE_SECONDS = 10.0
"""How long the first messages wait for the engine's first start before they get the fixed texts."""

FINISH_SECONDS = 25.0
"""How long a stop waits for sends under way; what is cut off then ends uncertain at the next start."""

HOUSEKEEPING_SECONDS = 3600.0
POLL_LOCK = "poll"
LOCK_SECONDS = 5.0
TAKE_OVER_SECONDS = 60.0


def now() -> datetime:
    """Return the time, in aware UTC."""
    return datetime.now(UTC)


class Harbour:
    """The service: `run` until told to stop. Pulling the plug instead loses nothing either."""

    def __init__(
        self, settings: Settings, ring: KeyRing, on_ready: Callable[[Harbour], Awaitable[None]]
    ) -> None:
        self.settings = settings
        self._ring = ring
        self._on_ready = on_ready
        self.holder = f"{os.getpid()}-{secrets.token_hex(4)}"
        self.figures = Figures()
        self.stores: Stores = open_stores(settings, ring, clock=now)
        self.telegram = TelegramApi(settings.token, settings.api)
        self.words = Words.load(settings.root)
        self.engine = EngineClient(
            live_model(settings),
            settings.root,
            start_grace_seconds=START_GRACE_SECONDS,
            alarm=self._engine_alarm,
        )
        group = ChatId(settings.groups[0]) if settings.groups else None
        walk, handoff = join_walk(
            self.stores.walk,
            self.engine,
            self.words,
            now,
            load_places(settings.root, self.words),
            group=group,
            advocates_language=Language(settings.advocates_language),
            answer_press=self.telegram.answer_press,
        )
        self._walk = walk
        self.sender = OutboxSender(
            self.stores.outbox,
            self.telegram,
            Rules(WordedNotices(handoff), random.random),
            Pacing(None if settings.paced else UNLIMITED),
            TopicAgain(self.stores.walk, handoff),
            holder=self.holder,
            clock=now,
            alive=lambda: self.stores.living_holders(self.holder),
            ended=lambda end: self.figures.sends.labels(end=end).inc(),
        )
        self.workers = InboxWorkers(
            self.stores.inbox,
            self._handle,
            holder=self.holder,
            ended=lambda how: self.figures.turns.labels(end=how).inc(),
        )
        self.timers = TimerLoop(self.stores.inbox, now, self.workers.wake)
        self.fetch = FetchLoop(self.telegram, self.stores.inbox, self.workers.wake, now)
        self.webhook = (
            Webhook(
                self.stores.inbox,
                settings.webhook_secret or ring.webhook_secret(),
                self.workers.wake,
                self.telegram.answer_press,
                now,
            )
            if settings.webhook_url
            else None
        )
        self.alarms = AlarmTeller(self.stores, handoff, group, self.figures, self.sender.wake)
        self._stop = asyncio.Event()
        self._server: uvicorn.Server | None = None

    def stop(self) -> None:
        """Finish what is at hand and end `run`."""
        self._stop.set()

    async def run(self) -> None:
        """Open everything, work until `stop`, close everything.

        Raises:
            HarbourError: If something at the start cannot be used; nothing was begun then.
        """
        # The child takes seconds to import Rasa: it starts before anything else.
        await self.engine.start()
        try:
            await self._open_database()
            async with asyncio.TaskGroup() as group:
                # What is under way is finished when we stop; everything else is cut short.
                finishing = [group.create_task(self.workers.run()), group.create_task(self.sender.run())]
                others = [group.create_task(work) for work in self._work()]
                await self._stop.wait()
                self._wind_down()
                await asyncio.wait(finishing, timeout=FINISH_SECONDS)
                for task in (*finishing, *others):
                    task.cancel()
        finally:
            await self.engine.stop()
            await self.telegram.close()
            await self.stores.database.close()

    def _work(self) -> list[Coroutine[Any, Any, None]]:
        return [
            self._serve_pages(),
            self._connect(),
            self._receive(),
            self.timers.run(),
            self._take_over(),
            self.alarms.run(),
            self._keep_house(),
        ]

    async def _open_database(self) -> None:
        database = self.stores.database
        database.hold_alone()
        if await database.is_new():
            await database.upgrade()
        await database.check()
        failpoint("app.database-open")

    async def _connect(self) -> None:
        """Reach Telegram, however long it takes; everything else is up meanwhile."""
        me = await self.telegram.connect(self._telegram_trouble)
        if me is not None:
            log.info("telegram reached")
            await self._on_ready(self)

    async def _telegram_trouble(self, result: Any) -> None:
        await self.stores.inbox.raise_alarm(Alarm("telegram not reached at start"))

    async def _receive(self) -> None:
        """Be pushed to, or poll; of several processes on one database exactly one polls."""
        if self.webhook is not None:
            secret = self.settings.webhook_secret or self._ring.webhook_secret()
            await announce(self.telegram, self.settings.webhook_url, secret, self._stop)
            return
        while not self._stop.is_set():
            if await self.stores.database.try_lock(POLL_LOCK):
                await self.fetch.run()
                return
            await wait_or_wake(self._stop, LOCK_SECONDS)

    async def _handle(self, row: Claimed) -> None:
        """Read one stored row and walk it to its commit."""
        incoming = (
            read_timer(row.body) if row.source == "timer" else read_body(row.body, self.telegram.bot_id)
        )
        failpoint("app.read")
        await self._walk(InboxItem(row.id, row.lane, row.attempt, incoming))
        self.sender.wake()

    async def _keep_house(self) -> None:
        while not self._stop.is_set():
            try:
                await self.stores.housekeeping(now())
            except HarbourError as problem:
                log.error("housekeeping failed", exc_info=problem)
            await wait_or_wake(self._stop, HOUSEKEEPING_SECONDS)

    async def _take_over(self) -> None:
        """Where several processes share a database: find what one that died left in mid-call."""
        while not self.stores.database.is_sqlite and not self._stop.is_set():
            await wait_or_wake(self._stop, TAKE_OVER_SECONDS)
            await self.sender.settle_abandoned()

    async def _serve_pages(self) -> None:
        all_routes: list[BaseRoute] = list(routes(self.figures, self._wrong, self._waiting))
        if self.webhook is not None:
            all_routes.append(self.webhook.route(WEBHOOK_PATH))
        address = self.settings.http
        config = uvicorn.Config(
            Starlette(routes=all_routes),
            host=address.host,
            port=address.port,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
        )
        self._server = _Server(config)
        await self._server.serve()

    async def _wrong(self) -> Mapping[str, str]:
        wrong = {}
        if not self.engine.healthy:
            wrong["engine"] = "not ready"
        if self.webhook is None and not self.fetch.ready():
            wrong["telegram"] = "no successful poll within a minute"
        return wrong

    async def _waiting(self) -> Mapping[str, int]:
        return {"inbox": await self.stores.inbox.waiting(), "outbox": await self.stores.outbox.waiting()}

    def _wind_down(self) -> None:
        """Stop taking, finish what is at hand; whatever is left is stored."""
        self.fetch.stop()
        self.timers.stop()
        self.workers.stop()
        self.sender.stop()
        self.alarms.stop()
        if self._server is not None:
            self._server.should_exit = True

    def _engine_alarm(self, word: str) -> None:
        self.alarms.soon(Alarm(f"engine: {word}"))


class _Server(uvicorn.Server):
    """uvicorn without its hold on signals: the command owns them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def live_model(settings: Settings) -> Path:
    """Return the archive of the current release, or where one would stand.

    The service starts without one: fixed texts and hand-offs work, and an alarm says what is missing.
    """
    release = releases.current(settings.models_dir)
    if release is not None:
        return release.archive
    log.error("no model", remedy="harbour train")
    return settings.models_dir / "none.tar.gz"
