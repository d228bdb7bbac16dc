"""Telling humans of alarms: kept in the database first, then a notice in the group's General topic."""

from __future__ import annotations

import asyncio

import structlog

from bot.conversation.handoff import Handoff
from bot.errors import HarbourError
from bot.health import Figures
from bot.messages import Alarm, ChatId, Origin, Say, Send, ToGroup
from bot.storage.stores import Stores
from bot.waking import wait_or_wake

log = structlog.get_logger(__name__)

LOOK_SECONDS = 5.0


class AlarmTeller:
    """Looks for alarms nobody was told of, and tells the group once for all of them."""

    def __init__(
        self, stores: Stores, handoff: Handoff, group: ChatId | None, figures: Figures, wake: object
    ) -> None:
        self._stores = stores
        self._handoff = handoff
        self._group = group
        self._figures = figures
        self._wake = wake
        self._soon: list[Alarm] = []
        self._news = asyncio.Event()
        self._stopping = False

    def soon(self, alarm: Alarm) -> None:
        """Take an alarm from where nothing can be awaited."""
        self._soon.append(alarm)
        self._news.set()

    def stop(self) -> None:
        """End `run`."""
        self._stopping = True
        self._news.set()

    async def run(self) -> None:
        """Look until stopped."""
        while not self._stopping:
            self._news.clear()
            try:
                await self.look()
            except HarbourError as problem:
                log.error("alarms not told", exc_info=problem)
            await wait_or_wake(self._news, LOOK_SECONDS)

    async def look(self) -> int:
        """Keep and tell what is new; returns how many."""
        while self._soon:
            await self._stores.inbox.raise_alarm(self._soon[0])
            self._soon.pop(0)
        waiting = await self._stores.alarms.undelivered()
        for alarm in waiting:
            log.error("alarm", what=alarm.alarm.what, count=alarm.count)
            self._figures.alarms.labels(what=alarm.alarm.what).inc()
        if waiting and self._group is not None:
            what = ", ".join(sorted({alarm.alarm.what for alarm in waiting}))
            text = self._handoff.text("adv_alarm", what=what)
            await self._stores.walk.commit(
                None, [Send(ToGroup(self._group), Say(text), Origin.SYSTEM, urgent=True)]
            )
        await self._stores.alarms.mark_delivered([alarm.id for alarm in waiting])
        return len(waiting)
