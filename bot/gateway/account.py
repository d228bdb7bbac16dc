"""Asking Telegram about our own account, for commands that run beside the service."""

from __future__ import annotations

from bot.gateway.errors import CallFailed
from bot.gateway.telegram_api import TelegramApi
from bot.settings import Settings


async def username_of(settings: Settings) -> str | None:
    """Return the bot's username, or ``None`` if Telegram does not tell it now."""
    telegram = TelegramApi(settings.token, settings.api)
    try:
        return (await telegram.get_me()).username or None
    except CallFailed:
        return None
    finally:
        await telegram.close()
