"""Bot API calls for everything we do, each ending in one of our four ends; never raises for a send."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import structlog
from telegram import Bot
from telegram.error import Conflict, TelegramError

from bot.failpoints import failpoint
from bot.gateway.client import READ_SECONDS, build_bot
from bot.gateway.errors import CallFailed, result_of
from bot.gateway.sending import Sending
from bot.outbox.ports import End, Result, Row
from bot.waking import Wait, wait_or_wake

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "message_reaction",
)
"""Always named in full: left out, Telegram keeps whatever was asked for before."""

LONGEST_ANSWER = 200
Trouble = Callable[[Result], Awaitable[None]]


@dataclass(frozen=True)
class Me:
    """Our own bot, as Telegram knows it."""

    id: int
    username: str


class TelegramApi:
    """Telegram as the other rooms use it. Fits ``bot.outbox.ports.Telegram``."""

    def __init__(
        self,
        token: str,
        api: str,
        *,
        sends_at_once: int = 32,
        transport: httpx.AsyncBaseTransport | None = None,
        wait: Wait = wait_or_wake,
    ) -> None:
        self.bot: Bot = build_bot(token, api, pool=sends_at_once, transport=transport)
        self._sending = Sending(self.bot)
        self._wait = wait
        self._closing = asyncio.Event()

    @property
    def bot_id(self) -> int:
        """Our user id; it is the first part of the token."""
        first = self.bot.token.partition(":")[0]
        return int(first) if first.isdigit() else 0

    async def connect(self, trouble: Trouble | None = None) -> Me | None:
        """Ask who we are until Telegram answers, waiting longer each time; ``None`` if closed meanwhile.

        ``trouble`` hears of each failure, so that a wrong token raises an alarm while everything else runs.
        """
        pause = 1.0
        while not self._closing.is_set():
            try:
                return await self.get_me()
            except CallFailed as failed:
                log.warning("telegram not reached", end=failed.result.end.value)
                if trouble is not None:
                    await trouble(failed.result)
            await self._wait(self._closing, pause)
            pause = min(pause * 2, 60.0)
        return None

    async def send(self, row: Row, merged: Sequence[Row] = ()) -> Result:
        """Make the calls for this row and what merged into it; the end is one of ours, whatever happens."""
        failpoint("gateway.before-send")
        try:
            result = await self._sending.send(row, merged)
        except TelegramError as error:
            result = result_of(error)
        except Exception as error:
            # Whatever broke, the request may have left.
            log.error("send failed in our own code", row=row.id, exc_info=error)
            result = Result(End.UNCERTAIN)
        failpoint("gateway.after-send")
        return result

    async def answer_press(self, query: str, text: str = "", *, alert: bool = False) -> None:
        """Answer a button press; a press that is too old, or a lost answer, harms nobody."""
        failpoint("gateway.before-answer-press")
        try:
            await self.bot.answer_callback_query(query, text[:LONGEST_ANSWER] or None, show_alert=alert)
        except TelegramError as error:
            log.info("press not answered", end=result_of(error).end.value)
        failpoint("gateway.after-answer-press")

    async def get_updates(self, offset: int, *, wait_seconds: int, limit: int = 100) -> list[Any]:
        """Return raw updates from ``offset`` on, waiting for the first. Raises CallFailed."""
        asked = {
            "offset": offset,
            "limit": limit,
            "timeout": wait_seconds,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        failpoint("gateway.before-get-updates")
        found = await self._call(
            "getUpdates",
            self.bot.do_api_request("getUpdates", asked, read_timeout=wait_seconds + READ_SECONDS),
        )
        failpoint("gateway.after-get-updates")
        if not isinstance(found, list):
            raise CallFailed("getUpdates", Result(End.UNCERTAIN))
        return found

    async def set_webhook(self, url: str, secret: str) -> None:
        """Ask Telegram to push updates to ``url``. Raises CallFailed."""
        call = self.bot.set_webhook(url, secret_token=secret, allowed_updates=list(ALLOWED_UPDATES))
        await self._call("setWebhook", call)

    async def webhook_url(self) -> str:
        """Return where Telegram pushes updates, empty if nowhere. Raises CallFailed."""
        return str((await self._call("getWebhookInfo", self.bot.get_webhook_info())).url)

    async def delete_webhook(self) -> None:
        """End the pushing; what waits is kept. Raises CallFailed."""
        await self._call("deleteWebhook", self.bot.delete_webhook(drop_pending_updates=False))

    async def get_me(self) -> Me:
        """Return our own bot. Raises CallFailed."""
        user = await self._call("getMe", self.bot.get_me())
        return Me(user.id, user.username or "")

    async def close(self) -> None:
        """Stop waiting and close every connection."""
        self._closing.set()
        await self.bot.shutdown()

    async def _call(self, method: str, call: Awaitable[Any]) -> Any:
        try:
            return await call
        except TelegramError as error:
            conflict = isinstance(error, Conflict)
            raise CallFailed(method, result_of(error), conflict=conflict) from None
        except Exception as error:
            log.error("call failed in our own code", method=method, exc_info=error)
            raise CallFailed(method, Result(End.UNCERTAIN)) from None
