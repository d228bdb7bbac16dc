"""Answers people's button presses at once, beside everything else: a press lives 150 seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.gateway.lanes import pressed_in_private

log = structlog.get_logger(__name__)

AnswerPress = Callable[[str], Awaitable[None]]


class PressAnswers:
    """Answers presses in private chats; those in a group wait for what the relay says to them."""

    def __init__(self, answer_press: AnswerPress) -> None:
        self._answer_press = answer_press
        self._under_way: set[asyncio.Task[None]] = set()

    def answer(self, untrusted_update: object) -> None:
        """Answer the update's press, if it holds one, without waiting for it."""
        query = pressed_in_private(untrusted_update)
        if query is None:
            return
        task = asyncio.create_task(self._quietly(query))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def finish(self) -> None:
        """Wait for the answers under way."""
        await asyncio.gather(*self._under_way)

    async def _quietly(self, query: str) -> None:
        try:
            await self._answer_press(query)
        except Exception as error:
            log.warning("press not answered", exc_info=error)
