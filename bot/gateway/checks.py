"""What an advocates' group must be, checked against what Telegram says it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import ChatFullInfo, ChatMember, ChatMemberAdministrator

from bot.gateway.read import NEEDED_RIGHT


@dataclass(frozen=True)
class GroupFacts:
    """A group as Telegram shows it to our bot."""

    id: int
    is_supergroup: bool
    is_forum: bool
    is_public: bool
    has_linked_chat: bool
    bot_present: bool
    bot_admin: bool
    bot_may_manage_topics: bool
    members: int


@dataclass(frozen=True)
class Problem:
    """What is wrong, as a fixed word for alarms, and how an operator mends it."""

    what: str
    remedy: str


def facts_of(chat: ChatFullInfo, bot: ChatMember, members: int) -> GroupFacts:
    """Return the facts from Telegram's answers."""
    return GroupFacts(
        id=chat.id,
        is_supergroup=chat.type == "supergroup",
        is_forum=chat.is_forum is True,
        is_public=bool(chat.username or chat.active_usernames),
        has_linked_chat=chat.linked_chat_id is not None,
        bot_present=bot.status not in {ChatMember.LEFT, ChatMember.BANNED},
        bot_admin=isinstance(bot, ChatMemberAdministrator),
        bot_may_manage_topics=getattr(bot, NEEDED_RIGHT, None) is True,
        members=members,
    )


def problems_of(facts: GroupFacts) -> Sequence[Problem]:
    """Return what keeps the group from being used, the first to mend first."""
    found: list[Problem] = []
    if not facts.bot_present:
        found.append(Problem("bot not in the group", "Add the bot to the advocates' group."))
    if not facts.is_forum:
        found.append(Problem("group is not a forum", "Switch Topics on in the group's settings."))
    if not facts.bot_admin:
        found.append(Problem("bot is not an admin", "Make the bot an administrator of the group."))
    elif not facts.bot_may_manage_topics:
        found.append(Problem("bot may not manage topics", "Give the bot the right to manage topics."))
    if facts.is_public:
        found.append(Problem("group is public", "Make the group private: remove its public link."))
    if facts.has_linked_chat:
        found.append(Problem("group has a linked channel", "Unlink the channel from the group."))
    return found
