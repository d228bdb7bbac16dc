"""Builds the library's `Bot` as we use it: own connection pools, long waits, raw updates that survive."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import httpx
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.gateway.quiet import quieten
from bot.gateway.salvage import salvage

READ_SECONDS = 20.0
"""A shorter wait would call messages uncertain that Telegram is only slow to acknowledge."""

CONNECT_SECONDS = 5.0
POOL_SECONDS = 5.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class RawUpdatesRequest(HTTPXRequest):
    """Hands on every whole update of a batch, even when one in the middle is no JSON."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the answer; pieces that are no JSON come as objects with their text in ``unreadable``."""
        text = payload.decode("utf-8", "replace")
        try:
            answer: dict[str, Any] = json.loads(text)
        except (ValueError, RecursionError):
            found = salvage(text)
            if found is None:
                raise TelegramError("Invalid server response") from None
            return {"ok": True, "result": found}
        return answer


def build_bot(token: str, api: str, *, pool: int, transport: httpx.AsyncBaseTransport | None = None) -> Bot:
    """Return a `Bot` for this token at this address (``https://api.telegram.org`` or a stand-in's).

    Nothing is asked of Telegram yet. ``pool`` is how many sends may be on their way at once.
    """
    quieten()
    kwargs: dict[str, Any] = {}
    if transport is not None:
        kwargs["transport"] = transport
    elif urlsplit(api).hostname in _LOOPBACK:
        # A proxy from the environment is for the way out of this machine only.
        kwargs["trust_env"] = False
    times: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "read_timeout": READ_SECONDS,
        "write_timeout": READ_SECONDS,
        "pool_timeout": POOL_SECONDS,
    }
    sends = HTTPXRequest(connection_pool_size=pool, httpx_kwargs=dict(kwargs), **times)
    polls = RawUpdatesRequest(connection_pool_size=2, httpx_kwargs=dict(kwargs), **times)
    return Bot(
        token,
        base_url=f"{api}/bot",
        base_file_url=f"{api}/file/bot",
        request=sends,
        get_updates_request=polls,
    )
