"""Telegram's pushes: secret, size, store, commit, and only then 200.

Every answer but 2xx makes Telegram push the same body again, for a day. So only a failed commit says 503;
a body that cannot be read is stored like any other, and set aside by the inbox.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.failpoints import failpoint
from bot.gateway.errors import CallFailed
from bot.gateway.lanes import to_store
from bot.gateway.presses import AnswerPress, PressAnswers
from bot.inbox.ports import InboxStore
from bot.messages import Alarm
from bot.waking import Wait, wait_or_wake

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
MOST_BYTES = 1024 * 1024
LONGEST_PAUSE = 60.0


class SetsWebhook(Protocol):
    """What telling Telegram needs; ``TelegramApi`` fits."""

    async def set_webhook(self, url: str, secret: str) -> None: ...


class Webhook:
    """Takes pushes into the inbox."""

    def __init__(
        self,
        store: InboxStore,
        secret: str,
        wake_workers: Callable[[], None],
        answer_press: AnswerPress,
        clock: Callable[[], datetime],
        *,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        if not secret:
            raise ValueError("A webhook without a secret would take anybody's updates.")
        self._store = store
        self._secret = secret.encode()
        self._wake_workers = wake_workers
        self._presses = PressAnswers(answer_press)
        self._clock = clock
        self._most_bytes = most_bytes
        self.last_push_at: datetime | None = None

    def route(self, path: str) -> Route:
        """Return the route for the path of the webhook's address."""
        return Route(path, self.take, methods=["POST"])

    async def take(self, request: Request) -> Response:
        """Store one push."""
        header = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(header, self._secret):
            return PlainTextResponse("forbidden\n", 403)
        body = await self._read(request)
        if body is None:
            await self._alarm(Alarm("webhook body too large"))
            return PlainTextResponse("passed over\n")
        self.last_push_at = self._clock()
        return await self._keep(body)

    async def _read(self, request: Request) -> bytes | None:
        """Return the body, or ``None`` as soon as it is longer than we take."""
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self._most_bytes:
            return None
        read = bytearray()
        try:
            async for piece in request.stream():
                read += piece
                if len(read) > self._most_bytes:
                    return None
        except ClientDisconnect:
            # Nobody waits for an answer; Telegram pushes it again.
            return b""
        return bytes(read)

    async def _keep(self, body: bytes) -> Response:
        if not body:
            return PlainTextResponse("empty\n")
        untrusted_update = _parse(body)
        failpoint("webhook.before-store")
        try:
            await self._store.add([to_store(untrusted_update, body)])
        except Exception as error:
            log.error("push not stored", exc_info=error)
            return PlainTextResponse("try again\n", 503)
        failpoint("webhook.after-commit")
        self._wake_workers()
        self._presses.answer(untrusted_update)
        return PlainTextResponse("stored\n")

    async def finish(self) -> None:
        """Wait for the press answers under way."""
        await self._presses.finish()

    async def _alarm(self, alarm: Alarm) -> None:
        try:
            await self._store.raise_alarm(alarm)
        except Exception as error:
            log.error("alarm not kept", what=alarm.what, exc_info=error)


async def announce(
    telegram: SetsWebhook, url: str, secret: str, stopping: asyncio.Event, *, wait: Wait = wait_or_wake
) -> None:
    """Tell Telegram where to push, trying until it takes it."""
    pause = 1.0
    while not stopping.is_set():
        try:
            return await telegram.set_webhook(url, secret)
        except CallFailed as failed:
            log.warning("webhook not set", end=failed.result.end.value)
        await wait(stopping, pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
