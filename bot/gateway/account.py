"""Asking Telegram about our own account and group, for commands that run beside the service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from telegram import ChatMemberAdministrator, ChatMemberOwner
from telegram.error import TelegramError

from bot.gateway.errors import CallFailed
from bot.gateway.telegram_api import TelegramApi
from bot.messages import ChatId
from bot.outbox.ports import Refusal
from bot.settings import Settings

NEEDED_RIGHTS = ("can_manage_topics", "can_delete_messages", "can_pin_messages")


@dataclass(frozen=True)
class AccountState:
    """What Telegram says of us: our username, or why it does not tell."""

    username: str | None
    refused: bool = False


@dataclass(frozen=True)
class GroupState:
    """What Telegram says of a configured group; ``missing_rights`` are Bot API names."""

    found: bool
    is_forum: bool = False
    is_admin: bool = False
    missing_rights: tuple[str, ...] = ()


async def username_of(settings: Settings) -> str | None:
    """Return the bot's username, or ``None`` if Telegram does not tell it now."""
    return (await account_state(settings)).username


async def account_state(settings: Settings) -> AccountState:
    """Ask who we are; ``refused`` when Telegram does not know the token."""
    async with _telegram(settings) as telegram:
        try:
            return AccountState((await telegram.get_me()).username)
        except CallFailed as failed:
            return AccountState(None, refused=failed.result.refusal is Refusal.UNAUTHORIZED)


async def group_state(settings: Settings, group: ChatId) -> GroupState:
    """Ask how a group stands and what we may do there."""
    async with _telegram(settings) as telegram:
        try:
            chat = await telegram.bot.get_chat(group)
            member = await telegram.bot.get_chat_member(group, telegram.bot_id)
        except TelegramError:
            return GroupState(found=False)
    if isinstance(member, ChatMemberOwner):
        return GroupState(True, bool(chat.is_forum), True)
    if not isinstance(member, ChatMemberAdministrator):
        return GroupState(True, bool(chat.is_forum))
    missing = tuple(right for right in NEEDED_RIGHTS if not getattr(member, right))
    return GroupState(True, bool(chat.is_forum), True, missing)


@asynccontextmanager
async def _telegram(settings: Settings) -> AsyncIterator[TelegramApi]:
    telegram = TelegramApi(settings.token, settings.api)
    try:
        yield telegram
    finally:
        await telegram.close()
